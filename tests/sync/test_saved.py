"""A saved plan is read back as the same plan; any other file is refused with PlanFileError."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.effort import usual_or_deep
from tests.new_file import write_new
from tests.sync.builders import NOW, base_of, campaign, definition, plan_of
from tests.sync.fake_voxo import BASE_URL, FakeVoxo
from voxosync.errors import PlanFileError
from voxosync.model.change import FieldChange
from voxosync.model.document import digest, from_document, to_document
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.sync.saved_plans import read_plan

if TYPE_CHECKING:
    from pathlib import Path


def sample_plan(**options: Any) -> Plan:
    """A plan with every key that a document can have."""
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


DOCUMENT = to_document(sample_plan())


def write(path: Path, document: object, *, seal: bool = False) -> Path:
    """Write a document to a file; with `seal`, with the digest of its content."""
    if seal and isinstance(document, dict):
        document = {**document, "digest": digest(document)}
    write_new(path, json.dumps(document))
    return path


def refusal(path: Path, base_url: str = BASE_URL) -> str:
    with pytest.raises(PlanFileError) as caught:
        read_plan(path, base_url)
    assert caught.value.exit_status == 1
    return str(caught.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


def test_saved_plan_is_read_back_as_the_same_plan(file: Path) -> None:
    assert read_plan(write(file, DOCUMENT), BASE_URL).plan == sample_plan()


def test_json_layout_of_a_saved_plan_does_not_matter(file: Path) -> None:
    shuffled = dict(reversed(DOCUMENT.items()))
    file.write_text(json.dumps(shuffled, indent=7), encoding="utf-8")
    assert read_plan(file, BASE_URL).plan == sample_plan()


def test_unknown_key_in_a_plan_of_the_same_version_is_accepted(file: Path) -> None:
    assert (
        read_plan(write(file, {**DOCUMENT, "later": 1}, seal=True), BASE_URL).plan == sample_plan()
    )


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
def test_edited_plan_is_refused(file: Path, change: Any) -> None:
    document = deepcopy(DOCUMENT)
    change(document)
    assert "changed since it was saved" in refusal(write(file, document))


def test_plan_for_another_base_url_is_refused_with_both_urls(file: Path) -> None:
    message = refusal(write(file, DOCUMENT), "https://other.test")
    assert BASE_URL in message
    assert "https://other.test" in message


@pytest.mark.parametrize("version", [0, 2, "1", None, [1]])
def test_plan_of_another_format_version_is_refused_with_both_versions(
    file: Path, version: object
) -> None:
    message = refusal(write(file, {**DOCUMENT, "formatVersion": version}, seal=True))
    assert f"formatVersion {version!r}, not 1" in message


def test_true_is_not_a_format_version(file: Path) -> None:
    refusal(write(file, {**DOCUMENT, "formatVersion": True}, seal=True))


@pytest.mark.parametrize("command", ["drift", "snapshot", None])
def test_document_of_another_command_is_refused(file: Path, command: object) -> None:
    message = refusal(write(file, {**DOCUMENT, "command": command}, seal=True))
    assert f"{command!r}" in message


def test_drift_document_is_refused(file: Path) -> None:
    assert "'drift'" in refusal(write(file, to_document(sample_plan(), "drift")))


def test_plan_made_from_a_snapshot_is_refused(file: Path) -> None:
    assert "--live" in refusal(write(file, to_document(sample_plan(live_as_of=NOW))))


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
def test_file_that_is_not_a_plan_is_refused(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    assert str(file) in refusal(file)


def test_folder_and_missing_file_are_refused(tmp_path: Path) -> None:
    assert "cannot read" in refusal(tmp_path)
    assert "cannot read" in refusal(tmp_path / "missing.json")
    assert refusal(tmp_path / "a\0b")
    assert refusal(tmp_path / ("x" * 300))


@pytest.mark.parametrize("key", ["later", "formatVersion", "command", "digest", "campaigns"])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deeply_nested_plan_is_refused_at_every_depth(file: Path, key: str, opening: str) -> None:
    """Reading, hashing, validation and error messages each have their own maximum depth."""
    closing = {"[": "]", '{"a":': "}"}[opening]
    remainder = json.dumps({name: value for name, value in DOCUMENT.items() if name != key})
    for depth in (*range(60, 1100, 40), *range(900, 1000, 3), 20_000):
        nested = opening * depth + "1" + closing * depth
        write_new(file, f"{{{json.dumps(key)}: {nested}, {remainder[1:]}")
        refusal(file)


def test_text_that_is_not_valid_unicode_is_preserved(file: Path) -> None:
    r"""VOXO may answer `"\ud800"`, so a plan may contain it."""
    plan = plan_of(FakeVoxo([campaign(4711, name="\ud800")]), definition(name="new"))
    assert read_plan(write(file, to_document(plan)), BASE_URL).plan == plan


ARBITRARY_VALUES = st.recursive(
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


def paths_of(document: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values in a document."""
    inner: Any = {}
    if isinstance(document, dict):
        inner = document.items()
    elif isinstance(document, list):
        inner = enumerate(document)
    below = [inner_path for key, value in inner for inner_path in paths_of(value, (*path, key))]
    return [path, *below] if path else below


@st.composite
def mutations(draw: st.DrawFn) -> dict[Any, Any]:
    """The document with some values replaced, removed or added."""
    document = deepcopy(DOCUMENT)
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(paths_of(document)))
        holder: Any = document
        for key in path:
            holder = holder[key]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                holder[last] = draw(ARBITRARY_VALUES)
            case "remove":
                del holder[last]
            case _ if isinstance(holder, dict):
                keys = ["beforeDigest", "base", "position", "error", "dialing", "live", "\ud800"]
                holder[draw(st.sampled_from(keys))] = draw(ARBITRARY_VALUES)
            case _:
                holder.append(draw(ARBITRARY_VALUES))
    return document


@pytest.mark.slow
@settings(
    max_examples=usual_or_deep(400), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(document=mutations())
@example(document={**DOCUMENT, "\ud800": 1})
@example(document={**DOCUMENT, "createdAt": "2026-02-31T00:00:00Z"})
def test_forged_plan_with_a_valid_digest_is_a_plan_or_a_plan_file_error(
    document: dict[Any, Any], file: Path
) -> None:
    """The digest only detects accidents; a forged plan with a new digest must not cause a traceback."""
    try:
        plan = read_plan(write(file, document, seal=True), BASE_URL).plan
    except PlanFileError:
        return
    assert plan.base_url == BASE_URL
    assert all(type(campaign_plan.id) is int for campaign_plan in plan.campaigns)
    assert from_document(to_document(plan)) == plan


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_arbitrary_bytes_are_a_plan_file_error(text: bytes, file: Path) -> None:
    write_new(file, text)
    refusal(file)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(json.dumps(DOCUMENT)) - 1))
def test_truncated_file_is_refused(cut: int, file: Path) -> None:
    write_new(file, json.dumps(DOCUMENT)[:cut])
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
def test_plan_whose_patch_differs_from_its_changes_is_refused(
    tmp_path: Path, forged: dict[str, Any]
) -> None:
    """Its digest is valid, but it would send something other than what a reviewer saw."""
    change = FieldChange("callFrequency", 30, 60)
    campaign_plan = CampaignPlan(4711, "Spring", "a.yaml", (change,), patch={"callFrequency": 60})
    moment = datetime(2027, 1, 4, tzinfo=UTC)
    document = to_document(Plan(moment, "https://api.voxo.co", [campaign_plan]))
    (document["campaigns"][0]).update(forged)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({**document, "digest": digest(document)}))
    with pytest.raises(PlanFileError, match="does not show"):
        read_plan(path, "https://api.voxo.co")
