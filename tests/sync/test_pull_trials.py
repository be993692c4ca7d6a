"""Edits that prove right together are found with few readings, however many files have edits that do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sync.test_pull import pull, read
from voxosync.definitions.load import LoadedDefinitions, load
from voxosync.sync import pull_edits
from voxosync.sync.pull_trials import right_edits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.sync.pull_proof import Violation


@dataclass(eq=False)
class FakeEdit:
    """What is used of a `PullEdit`.

    Attributes:
        files: its files.
        needs: another edit without which this one is wrong; itself: it is always wrong.
    """

    files: set[str]
    needs: FakeEdit | None = None


@dataclass
class CountedTrial:
    """Judges fake edits, and counts the readings of all definitions and of some."""

    linked: dict[str, str] = field(default_factory=dict)
    of_all: int = 0
    of_some: int = 0

    def violations(self, edits: Sequence[FakeEdit], *, of_all: bool) -> list[Violation]:
        if of_all:
            self.of_all += 1
        else:
            self.of_some += 1
        wrong = [e for e in edits if e.needs is e or (e.needs is not None and e.needs not in edits)]
        violations = [(file, f"wrong: {file}") for edit in wrong for file in sorted(edit.files)]
        if of_all:  # another file is read through a link
            changed = {file for edit in edits for file in edit.files}
            violations += [
                (other, "that would also change it")
                for file, other in self.linked.items()
                if file in changed
            ]
        return violations


def judged(
    edits: Sequence[FakeEdit], trial: CountedTrial
) -> tuple[list[FakeEdit], dict[FakeEdit, str]]:
    return right_edits(edits, trial.violations)  # type: ignore[arg-type, return-value]  # only the files are used


def search(edits: Sequence[FakeEdit], trial: CountedTrial) -> list[FakeEdit]:
    """The edits that prove right; check that each other one has a reason and cannot be added."""
    accepted, reasons = judged(edits, trial)
    assert {*accepted, *reasons} == set(edits)
    assert len(accepted) + len(reasons) == len(edits)
    assert not accepted or not trial.violations(accepted, of_all=True)
    for edit in reasons:
        assert trial.violations([*accepted, edit], of_all=True)
    return accepted


@st.composite
def edits_of_files(draw: st.DrawFn) -> list[FakeEdit]:
    names = st.sets(st.sampled_from("abcdefgh"), min_size=1, max_size=2)
    edits = [FakeEdit(files) for files in draw(st.lists(names, min_size=1, max_size=12))]
    for edit in edits:
        candidates = [other for other in edits if other is edit or other.files & edit.files]
        edit.needs = draw(st.sampled_from([None, None, *candidates]))
    return edits


@given(edits_of_files())
def test_every_edit_is_accepted_or_cannot_be_added(edits: list[FakeEdit]) -> None:
    search(edits, CountedTrial())


@given(edits_of_files(), st.dictionaries(st.sampled_from("abcd"), st.just("elsewhere"), max_size=2))
def test_edits_that_affect_files_of_others_are_refused(
    edits: list[FakeEdit], linked: dict[str, str]
) -> None:
    accepted = search(edits, CountedTrial(linked))
    assert not {file for edit in accepted for file in edit.files} & linked.keys()


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=1, max_size=8))
def test_edits_that_are_wrong_alone_are_refused_and_all_others_accepted(
    files: list[list[bool]],
) -> None:
    edits = []
    for index, file in enumerate(files):
        for is_wrong in file:
            edit = FakeEdit({str(index)})
            edit.needs = edit if is_wrong else None
            edits.append(edit)
    trial = CountedTrial()
    accepted, _ = judged(edits, trial)
    assert set(accepted) == {edit for edit in edits if edit.needs is None}
    assert trial.of_all <= 2
    assert trial.of_some <= 4 * max(map(len, files))


def test_right_edits_are_read_once() -> None:
    trial = CountedTrial()
    judged([FakeEdit({"a"}), FakeEdit({"b"})], trial)
    assert (trial.of_all, trial.of_some) == (1, 0)


BAD = {"name": "No", "dateEnd": "2095-01-01", "callFrequency": 5, "timezone": "Moon/Crater"}
GOOD = {"message": "Call us", "callerId": "6015550199", "recording": "no"}


@pytest.mark.parametrize("count", [3, 6])
def test_readings_of_all_definitions_do_not_grow_with_the_wrong_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    before = (
        "name: Spring renewal\ndateStart: 2096-03-01\ndateEnd: 2096-03-31\ncallFrequency: 30\n"
        "timezone: America/Chicago\nmessage: Renew\ncallerId: 6015550100\nrecording: yes\n"
    )
    (tmp_path / "campaigns").mkdir()
    for number in range(1, count + 1):
        (tmp_path / f"campaigns/{number}.yaml").write_text(f"id: {number}\n{before}")
    (tmp_path / "campaigns/good.yaml").write_text(f"id: 99\n{before}")
    live = {number: {"dateStart": "2096-03-01", **BAD, **GOOD} for number in range(1, count + 1)}
    own = read(tmp_path).definitions[-1]
    assert own.id == 99
    live[99] = dict(own.values)
    readings: list[int] = []

    def counted(*arguments: Any) -> LoadedDefinitions:
        loaded = load(*arguments)
        readings.append(loaded.files)
        return loaded

    monkeypatch.setattr(pull_edits, "load", counted)
    result = pull(tmp_path, live)
    assert {(wish.definition.id, wish.field) for wish in result.pulled} == {
        (number, name) for number in range(1, count + 1) for name in GOOD
    }
    assert {(remark.id, remark.field) for remark in result.remaining} == {
        (number, name) for number in range(1, count + 1) for name in BAD
    }
    of_all = [files for files in readings if files == count + 1]
    assert len(of_all) == 3  # as they are, with every edit, with the edits that are written
    assert len(readings) <= 3 + 20
