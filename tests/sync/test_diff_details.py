"""The details of a change are the steps from the live value to the desired one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxosync.model.change import Detail, FieldChange, change_from_document
from voxosync.model.values import Destination
from voxosync.sync.diff import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.change import Change

_ENTRIES = st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=8)
_LINES = st.lists(st.text(alphabet="ab-+@ ", max_size=3), min_size=2, max_size=12)


def queues(names: Sequence[str]) -> tuple[Destination, ...]:
    return tuple(Destination("QUEUE", ord(name)) for name in names)


def apply_details(details: Sequence[Detail], before: Sequence[str]) -> list[str]:
    """The entries of a value after the steps in the details."""
    removed_indexes = {detail.before for detail in details}
    entries = [text for index, text in enumerate(before, start=1) if index not in removed_indexes]
    for detail in sorted(details, key=lambda detail: detail.after or 0):
        if detail.after is not None:
            entries.insert(detail.after - 1, detail.text)
    return entries


def change_of(field: str, before: object, after: object) -> Change:
    (change,) = differences({field: before}, {field: after})  # type: ignore[dict-item]  # of a fitting type
    return change


@given(_ENTRIES, _ENTRIES)
def test_details_of_destinations_are_the_steps_between_the_lists(
    before: list[str], after: list[str]
) -> None:
    if before != after:
        change = change_of("destinations", queues(before), queues(after))
        texts = [str(entry) for entry in queues(before)]
        assert change.details
        assert apply_details(change.details, texts) == [str(entry) for entry in queues(after)]


@given(_LINES, _LINES)
def test_details_of_a_text_are_the_steps_between_the_lines(
    before: list[str], after: list[str]
) -> None:
    old, new = "\n".join(before), "\n".join(after)
    if old.splitlines() != new.splitlines() and old and new:
        change = change_of("message", old, new)
        assert change.details
        assert apply_details(change.details, old.splitlines()) == new.splitlines()


@pytest.mark.parametrize(
    ("before", "after", "details"),
    [
        ("AB", "ABC", [Detail("QUEUE 67", None, 3)]),
        ("ABC", "AC", [Detail("QUEUE 66", 2)]),
        ("ABC", "BCA", [Detail("QUEUE 65", 1, 3)]),
        ("AB", "AC", [Detail("QUEUE 66", 2), Detail("QUEUE 67", None, 2)]),
        ("", "AB", []),
        ("AB", "", []),
        ("A" * 300, "B" * 300, []),
        ("A" * 199, "B" * 300, []),
    ],
    ids=[
        "added",
        "removed",
        "moved",
        "replaced",
        "none before",
        "none after",
        "too long",
        "too long after",
    ],
)
def test_details_of_destinations_that_were_added_removed_or_moved(
    before: str, after: str, details: list[Detail]
) -> None:
    assert [*change_of("destinations", queues(before), queues(after)).details] == details


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, "a\nb"), ("a\nb", ""), ("one line", "another"), ("a\nb", "a\r\nb"), ("a\nb", "a\nb\n")],
    ids=["no text before", "no text after", "one line", "other line ends", "a final line end"],
)
def test_text_without_lines_to_compare_has_no_details(before: str | None, after: str) -> None:
    change = change_of("message", before, after)
    assert isinstance(change, FieldChange)
    assert change.details == ()
    assert change.after == after


def test_details_survive_a_round_trip_through_a_document() -> None:
    for change in (
        change_of("destinations", queues("ABC"), queues("CAD")),
        change_of("message", "a\nb\nc", "a\nc\nd"),
    ):
        assert change_from_document({"field": change.field, **change.to_document()}) == change
