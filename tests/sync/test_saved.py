"""Saved plans: what verifies is the plan, what does not is refused with PlanFileError and nothing else."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.sync.builders import NOW, base_of, campaign, definition, plan_of
from tests.sync.fake_voxo import BASE_URL, FakeVoxo
from voxosync.errors import PlanFileError
from voxosync.model.change import FieldChange
from voxosync.model.document import digest, from_document, to_document
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.sync.saved_plans import read_plan

if TYPE_CHECKING:
    from pathlib import Path


def some_plan(**options: Any) -> Plan:
    """A plan with every key that a document can hold."""
    old = campaign(
        4711,
        name="old",
        state="PAUSED",
        numbers={"6015550123": "", "6015550124": ""},
        dispositions={"6015550123": "BUSY"},
        destinations=[("QUEUE", 12)],
    )
    now = definition(
        4711,
        name="new",
        state="READY",
        callFrequency=30.5,
        numbers={"6015550123": "Ann", "6015550125": ""},
        destinations=[("QUEUE", 12), ("EXTENSION", 101)],
    )
    before = definition(4711, name="older", numbers={"6015550125": ""}, destinations=[])
    base = base_of(before, definition(5, name="gone"))
    return plan_of(FakeVoxo([old]), now, definition(404, name="x"), base=base, **options)


DOCUMENT = to_document(some_plan())


def write(path: Path, document: object, *, seal: bool = False) -> Path:
    """A file of this document; sealed, it has the digest of what it then says."""
    if seal and isinstance(document, dict):
        document = {**document, "digest": digest(document)}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def refusal(path: Path, base_url: str = BASE_URL) -> str:
    with pytest.raises(PlanFileError) as caught:
        read_plan(path, base_url)
    assert caught.value.exit_status == 1
    return str(caught.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


def test_what_was_saved_is_the_plan(file: Path) -> None:
    assert read_plan(write(file, DOCUMENT), BASE_URL).plan == some_plan()


def test_its_layout_does_not_matter(file: Path) -> None:
    shuffled = dict(reversed(DOCUMENT.items()))
    file.write_text(json.dumps(shuffled, indent=7), encoding="utf-8")
    assert read_plan(file, BASE_URL).plan == some_plan()


def test_a_key_that_is_new_within_the_version_is_let_through(file: Path) -> None:
    assert read_plan(write(file, {**DOCUMENT, "later": 1}, seal=True), BASE_URL).plan == some_plan()


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["campaigns"][0]["patch"].update(name="newer"),
        lambda d: d["campaigns"][0]["patch"]["numbers"][0].update(number="6015550199"),
        lambda d: d["campaigns"][0].update(id=4712),
        lambda d: d["campaigns"].pop(),
        lambda d: d.update(baseUrl="https://other.test"),
        lambda d: d.update(createdAt="2026-03-01T12:00:01Z"),
        lambda d: d.update(digest="sha256:" + "0" * 64),
        lambda d: d.pop("digest"),
        lambda d: d.update(digest=None),
    ],
)
def test_an_edit_by_hand_is_refused(file: Path, change: Any) -> None:
    document = deepcopy(DOCUMENT)
    change(document)
    assert "changed since it was saved" in refusal(write(file, document))


def test_a_plan_for_another_voxo_is_refused_naming_both(file: Path) -> None:
    message = refusal(write(file, DOCUMENT), "https://other.test")
    assert BASE_URL in message
    assert "https://other.test" in message


@pytest.mark.parametrize("version", [0, 2, "1", None, [1]])
def test_another_version_is_refused_naming_both(file: Path, version: object) -> None:
    message = refusal(write(file, {**DOCUMENT, "formatVersion": version}, seal=True))
    assert f"formatVersion {version!r}, not 1" in message


def test_true_is_no_version(file: Path) -> None:
    refusal(write(file, {**DOCUMENT, "formatVersion": True}, seal=True))


@pytest.mark.parametrize("command", ["drift", "snapshot", None])
def test_what_another_command_made_is_refused(file: Path, command: object) -> None:
    message = refusal(write(file, {**DOCUMENT, "command": command}, seal=True))
    assert f"{command!r}" in message


def test_a_drift_document_is_refused(file: Path) -> None:
    assert "'drift'" in refusal(write(file, to_document(some_plan(), "drift")))


def test_a_plan_made_with_a_snapshot_is_refused(file: Path) -> None:
    assert "--live" in refusal(write(file, to_document(some_plan(live_as_of=NOW))))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"not JSON",
        b"{",
        b"[]",
        b"null",
        b"1" * 5000,
        b"[" * 100_000,
        b'{"formatVersion": 1}',
        b'{"formatVersion": NaN}',
        b"id: 4711",
    ],
)
def test_what_is_no_plan_at_all_is_refused(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    assert str(file) in refusal(file)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    assert "cannot read" in refusal(tmp_path)
    assert "cannot read" in refusal(tmp_path / "missing.json")
    assert refusal(tmp_path / "a\0b")
    assert refusal(tmp_path / ("x" * 300))


@pytest.mark.parametrize("key", ["later", "formatVersion", "command", "digest", "campaigns"])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting_is_refused_at_every_depth(file: Path, key: str, opening: str) -> None:
    """Reading, sealing, checking and telling each have a depth of their own at which they end."""
    closing = {"[": "]", '{"a":': "}"}[opening]
    remainder = json.dumps({name: value for name, value in DOCUMENT.items() if name != key})
    for depth in (*range(60, 1100, 40), *range(900, 1000, 3), 20_000):
        nested = opening * depth + "1" + closing * depth
        file.write_text(f"{{{json.dumps(key)}: {nested}, {remainder[1:]}", encoding="utf-8")
        refusal(file)


def test_text_that_is_no_unicode_survives(file: Path) -> None:
    r"""VOXO may answer `"\ud800"`, so a plan may hold it."""
    plan = plan_of(FakeVoxo([campaign(4711, name="\ud800")]), definition(name="new"))
    assert read_plan(write(file, to_document(plan)), BASE_URL).plan == plan


SCRAP = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=5)
    | st.sampled_from(
        ["numbers", "name", "\ud800", 4711.0, 10**30, "change", "sha256:" + "0" * 64]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "count", "type", "file", "\ud800"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)


def places(document: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a document."""
    inner: Any = {}
    if isinstance(document, dict):
        inner = document.items()
    elif isinstance(document, list):
        inner = enumerate(document)
    below = [inner_path for key, value in inner for inner_path in places(value, (*path, key))]
    return [path, *below] if path else below


@st.composite
def mutations(draw: st.DrawFn) -> dict[Any, Any]:
    """The document with some values replaced, removed, or joined by others."""
    document = deepcopy(DOCUMENT)
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(places(document)))
        holder: Any = document
        for key in path:
            holder = holder[key]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                holder[last] = draw(SCRAP)
            case "remove":
                del holder[last]
            case _ if isinstance(holder, dict):
                keys = ["beforeDigest", "base", "position", "error", "dialing", "live", "\ud800"]
                holder[draw(st.sampled_from(keys))] = draw(SCRAP)
            case _:
                holder.append(draw(SCRAP))
    return document


@pytest.mark.slow
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=mutations())
@example(document={**DOCUMENT, "\ud800": 1})
@example(document={**DOCUMENT, "createdAt": "2026-02-31T00:00:00Z"})
def test_a_sealed_forgery_is_a_plan_or_a_plan_file_error(
    document: dict[Any, Any], file: Path
) -> None:
    """The digest finds accidents, and whoever seals again passes it: still no traceback."""
    try:
        plan = read_plan(write(file, document, seal=True), BASE_URL).plan
    except PlanFileError:
        return
    assert plan.base_url == BASE_URL
    assert all(type(campaign_plan.id) is int for campaign_plan in plan.campaigns)
    assert from_document(to_document(plan)) == plan


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_any_bytes_are_a_plan_file_error(text: bytes, file: Path) -> None:
    file.write_bytes(text)
    refusal(file)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(json.dumps(DOCUMENT)) - 1))
def test_a_file_that_was_cut_off_is_refused(cut: int, file: Path) -> None:
    file.write_text(json.dumps(DOCUMENT)[:cut], encoding="utf-8")
    refusal(file)


@pytest.mark.parametrize(
    "forged",
    [
        {"patch": {"callFrequency": 20}},
        {"patch": {}},
        {"changes": []},
    ],
    ids=["another value", "nothing sent", "nothing shown"],
)
def test_a_plan_that_sends_what_it_does_not_show_is_refused(
    tmp_path: Path, forged: dict[str, Any]
) -> None:
    """Sealed anew, it is whole; but a reviewer saw something else."""
    change = FieldChange("callFrequency", 30, 60)
    campaign_plan = CampaignPlan(4711, "Spring", "a.yaml", (change,), patch={"callFrequency": 60})
    moment = datetime(2027, 1, 4, tzinfo=UTC)
    document = to_document(Plan(moment, "https://api.voxo.co", [campaign_plan]))
    (document["campaigns"][0]).update(forged)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({**document, "digest": digest(document)}))
    with pytest.raises(PlanFileError, match="does not show"):
        read_plan(path, "https://api.voxo.co")
