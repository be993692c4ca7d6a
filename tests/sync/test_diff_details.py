"""What differs inside a field: the details of a change lead from the live value to the definition's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxosync.model.change import Detail, change_from_document
from voxosync.model.values import Destination
from voxosync.sync.diff import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.change import Change

_ENTRIES = st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=8)
_LINES = st.lists(st.text(alphabet="ab-+@ ", max_size=3), min_size=2, max_size=12)


def queues(names: Sequence[str]) -> tuple[Destination, ...]:
    return tuple(Destination("QUEUE", ord(name)) for name in names)


def led_by(details: Sequence[Detail], before: Sequence[str]) -> list[str]:
    """The entries of a value after what the details say happened to them."""
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
def test_the_details_of_destinations_lead_from_one_list_to_the_other(
    before: list[str], after: list[str]
) -> None:
    if before != after:
        change = change_of("destinations", queues(before), queues(after))
        texts = [str(entry) for entry in queues(before)]
        assert change.details
        assert led_by(change.details, texts) == [str(entry) for entry in queues(after)]


@given(_LINES, _LINES)
def test_the_details_of_a_text_lead_from_its_lines_to_the_other_lines(
    before: list[str], after: list[str]
) -> None:
    old, new = "\n".join(before), "\n".join(after)
    if old.splitlines() != new.splitlines() and old and new:
        change = change_of("message", old, new)
        assert change.details
        assert led_by(change.details, old.splitlines()) == new.splitlines()


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
        "first",
        "none left",
        "too long",
        "too long after",
    ],
)
def test_what_happened_to_destinations(before: str, after: str, details: list[Detail]) -> None:
    assert [*change_of("destinations", queues(before), queues(after)).details] == details


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, "a\nb"), ("a\nb", ""), ("one line", "another"), ("a\nb", "a\r\nb"), ("a\nb", "a\nb\n")],
    ids=["no text before", "no text after", "one line", "line ends", "the last line end"],
)
def test_a_text_without_lines_to_compare_has_no_details(before: str | None, after: str) -> None:
    change = change_of("message", before, after)
    assert change.details == ()
    assert change.after == after


def test_details_and_descriptions_survive_a_document() -> None:
    for change in (
        change_of("destinations", queues("ABC"), queues("CAD")),
        change_of("message", "a\nb\nc", "a\nc\nd"),
    ):
        assert change_from_document({"field": change.field, **change.to_document()}) == change
