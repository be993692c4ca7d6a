"""Which campaigns `apply --quiesce` left paused, according to the journals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.journal import PAUSE
from voxosync.sync.journal_reader import journal_beginning, journal_files, run_or_remark
from voxosync.voxo.endpoint import same_voxo

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from voxosync.model.journal import Run

_QUIESCES = b'"quiesce":true'


def left_paused(folder: Path, base_url: str, campaigns: Collection[int]) -> dict[int, str]:
    """Maps each campaign that a run paused while its numbers change, and that was not resumed since, to that run.

    A later run that found the campaign in another state, or sent its state, settles the pause. Only the beginning of
    journals of runs without --quiesce is read, unless a pause before them is open.

    Args:
        folder: the journals.
        base_url: the VOXO of the campaigns.
        campaigns: which campaigns; none: nothing is read.

    Raises:
        JournalError: the folder or a journal cannot be read; damaged ones are skipped.
    """
    paused_by: dict[int, str] = {}
    for path in journal_files(folder) if campaigns and folder.is_dir() else ():
        if paused_by or _QUIESCES in journal_beginning(path):
            run = run_or_remark(path)
            if same_voxo(run.base_url, base_url):
                _follow(paused_by, run, campaigns)
    return paused_by


def _follow(paused_by: dict[int, str], run: Run, campaigns: Collection[int]) -> None:
    for planned in run.plan["campaigns"]:
        if planned.get("liveState", "PAUSED") != "PAUSED":
            paused_by.pop(planned["id"], None)
    for sent in run.sent:
        if sent.campaign not in campaigns or "state" not in sent.patch:
            continue
        if sent.step == PAUSE and sent.may_have_happened:
            paused_by[sent.campaign] = run.id
        elif sent.outcome == "accepted":
            paused_by.pop(sent.campaign, None)
