"""Finds out which edits prove right together, with few readings of the definitions. Pure: reading is a parameter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.sync.pull_edit_plan import PullEdit
    from voxosync.sync.pull_proof import Violation


class Trial(Protocol):
    """Makes edits in memory, and reads the definitions."""

    def __call__(self, edits: Sequence[PullEdit], *, of_all: bool) -> list[Violation]:
        """Where these edits together do not give the desired values, and why.

        Args:
            edits: the edits to make.
            of_all: whether all definitions are read; otherwise, those that the edits are for.
        """


def right_edits(
    edits: Sequence[PullEdit], trial: Trial
) -> tuple[list[PullEdit], dict[PullEdit, str]]:
    """The edits that prove right together, and the others, each with the reason. Both in no particular order.

    All definitions are read once if every edit is right. Otherwise, the edits of each group of files are tried
    at the same time as those of the other groups, so that the number of readings is that of the worst group.
    """
    violations = trial(edits, of_all=True)
    if not violations:
        return list(edits), {}
    groups = _connected(edits)
    _judge(groups, violations)
    _try_all(groups, trial, of_all=False)
    accepted = [edit for group in groups for edit in group.accepted]
    if accepted and trial(accepted, of_all=True):
        # An edit affects the files of another group, for example through a link.
        groups = [_EditGroup([list(edits)])]
        _try_all(groups, trial, of_all=True)
        accepted = groups[0].accepted
    return accepted, {edit: text for group in groups for edit, text in group.refused.items()}


@dataclass(slots=True)
class _EditGroup:
    """Edits that can affect one another, because they are of the same files.

    Attributes:
        untried: lists of edits, each to be tried as a whole with those that are accepted; the last one is next.
        accepted: the edits that proved right together.
        refused: those that did not, and why.
        has_grown: whether an edit was accepted since refused ones were tried again.
    """

    untried: list[list[PullEdit]]
    accepted: list[PullEdit] = field(default_factory=list)
    refused: dict[PullEdit, str] = field(default_factory=dict)
    has_grown: bool = False

    @property
    def files(self) -> set[str]:
        """The files in which something may be wrong because of an edit of the next trial."""
        return {file for edit in (*self.accepted, *self.untried[-1]) for file in edit.files}

    def judge(self, violations: Sequence[Violation]) -> None:
        """Takes the result of the next trial."""
        edits = self.untried.pop()
        if not violations:
            self.accepted += edits
            self.has_grown = True
        elif len(edits) == 1:
            self.refused[edits[0]] = violations[0][1]
        else:
            self.untried += reversed(_parts(edits, {file for file, _ in violations}))
        if not self.untried and self.refused and self.has_grown:
            # An edit that failed alone may succeed together with edits that were accepted since.
            self.untried = [list(self.refused)]
            self.refused = {}
            self.has_grown = False


def _try_all(groups: Sequence[_EditGroup], trial: Trial, *, of_all: bool) -> None:
    while open_groups := [group for group in groups if group.untried]:
        edits = [edit for group in open_groups for edit in (*group.accepted, *group.untried[-1])]
        _judge(open_groups, trial(edits, of_all=of_all))


def _judge(groups: Sequence[_EditGroup], violations: Sequence[Violation]) -> None:
    for group in groups:
        files = group.files
        is_only = len(groups) == 1
        group.judge([violation for violation in violations if is_only or violation[0] in files])


def _parts(edits: list[PullEdit], files: set[str]) -> tuple[list[PullEdit], list[PullEdit]]:
    """The edits of other files than those that are wrong, and the rest; or else both halves."""
    clean = [edit for edit in edits if not files & edit.files]
    suspect = [edit for edit in edits if files & edit.files]
    if clean and suspect:
        return clean, suspect
    return edits[: len(edits) // 2], edits[len(edits) // 2 :]


def _connected(edits: Sequence[PullEdit]) -> list[_EditGroup]:
    """The groups of edits that have no file in common with other groups; all are untried."""
    members: dict[str, list[PullEdit]] = {}
    for edit in edits:
        touched = {id(members[file]): members[file] for file in edit.files if file in members}
        group, *smaller_groups = sorted(touched.values(), key=len, reverse=True) or [[]]
        group.append(edit)
        members.update(dict.fromkeys(edit.files, group))
        for smaller in smaller_groups:
            group += smaller
            members.update({file: group for moved in smaller for file in moved.files})
    rank = {edit: index for index, edit in enumerate(edits)}
    groups = {id(group): group for group in members.values()}
    return [_EditGroup([sorted(group, key=rank.__getitem__)]) for group in groups.values()]
