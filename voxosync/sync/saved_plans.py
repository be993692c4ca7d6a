"""Reads and verifies saved plans, and other documents of earlier runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voxosync.errors import PlanFileError
from voxosync.model.document import FORMAT_VERSION, digest, from_document
from voxosync.sync.journal_reader import journal_beginning, journal_files, run_or_remark
from voxosync.sync.json_documents import read_json, validator
from voxosync.voxo.endpoint import same_voxo

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.model.plan import CampaignPlan, Plan


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan from a file, and the digest by which journals refer to it."""

    plan: Plan
    digest: str


def read_plan(path: Path, base_url: str) -> SavedPlan:
    """A plan that `plan --out` saved.

    Args:
        path: the file.
        base_url: the VOXO that it is to be applied to.

    Raises:
        PlanFileError: it cannot be read, was changed, is of another format, made by another command,
            or made against another VOXO. Nothing of such a plan is used.
    """
    try:
        document = _document(path)
        return SavedPlan(_applicable(path, document, base_url), document["digest"])
    except (ValueError, RecursionError) as failure:  # an invalid moment, lone surrogates, too deep
        raise PlanFileError(f"{path} is not a voxosync plan: {failure}") from failure


def check_unused(path: Path, digest: str, folder: Path) -> None:
    """Refuses a saved plan that was applied in full, because applying it again would undo later changes.

    A run that was killed, or did not apply all of it, does not use up a plan: the same plan can send the rest, since
    each campaign is compared with what the plan saw before it is changed.

    Args:
        path: the file, for the message.
        digest: the plan's.
        folder: the journals.

    Raises:
        PlanFileError: names the run that used it.
        JournalError: the journals cannot be read.
    """
    mark = digest.encode()
    for journal in reversed(journal_files(folder)):
        if mark in journal_beginning(journal):
            run = run_or_remark(journal)
            if run.saved_plan == digest and run.applied_all:
                raise PlanFileError(
                    f"{path} was applied by run {run.id}, and a saved plan is used once: plan again"
                )


def read_report(path: Path) -> tuple[str, Plan]:
    """Reads a document of `plan` or `drift` with `--format json`, to show it again; returns the command and the plan.

    Raises:
        PlanFileError: it cannot be read, was changed, or is of another format.
    """
    try:
        document = _document(path, "voxosync plan or drift, with --format json")
        _check_version(path, document)
        _check_genuine(path, document)
        return "drift" if document.get("command") == "drift" else "plan", from_document(document)
    except (ValueError, RecursionError) as failure:  # as in read_plan
        raise PlanFileError(f"{path} is not a voxosync plan: {failure}") from failure


def _applicable(path: Path, document: dict[str, Any], base_url: str) -> Plan:
    _check_version(path, document)
    if "command" in document:
        raise PlanFileError(
            f"{path} was made by {document['command']!r}, not by plan: it cannot be applied"
        )
    if "live" in document:
        raise PlanFileError(f"{path} was made with a snapshot (--live): it cannot be applied")
    _check_genuine(path, document)
    if not same_voxo(document["baseUrl"], base_url):
        raise PlanFileError(
            f"{path} was made against {document['baseUrl']}, but this command uses {base_url}"
        )
    plan = from_document(document)
    for campaign in plan.campaigns:
        if not _sends_what_it_shows(campaign):
            raise PlanFileError(f"{path} would send what it does not show: plan again")
    return plan


def _check_version(path: Path, document: dict[str, Any]) -> None:
    version = document.get("formatVersion")
    if version != FORMAT_VERSION:
        raise PlanFileError(
            f"{path} has formatVersion {version!r}, not {FORMAT_VERSION}: plan again"
        )


def _check_genuine(path: Path, document: dict[str, Any]) -> None:
    if document.get("digest") != digest(document):
        raise PlanFileError(f"{path} was changed since it was saved: plan again")
    if not validator("plan").is_valid(document):
        raise PlanFileError(f"{path} is not a voxosync plan: plan again")


def _sends_what_it_shows(campaign: CampaignPlan) -> bool:
    """Whether the body holds exactly the changes that a reviewer saw; for numbers, whether it holds some."""
    if campaign.is_new:  # nothing is sent for it
        return not campaign.patch
    if {change.field for change in campaign.changes} != set(campaign.patch):
        return False
    return all(change.is_sent_by(campaign.patch) for change in campaign.changes)


def _document(path: Path, command: str = "voxosync plan --out") -> dict[str, Any]:
    document = read_json(path, PlanFileError, command)
    if not isinstance(document, dict):
        raise PlanFileError(f"{path} is not a voxosync plan: plan again")
    if document.get("command") == "snapshot":
        raise PlanFileError(f"{path} was made by 'snapshot': read it with voxosync plan --live")
    return document
