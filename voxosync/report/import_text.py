"""The result of an import: the definitions that were written, and remarks about the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.phone import masked_in
from voxosync.report.escape import terminal
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from voxosync.model.import_result import ImportedCampaign, ImportResult
    from voxosync.report.view import View


def describe_skipped(result: ImportResult, view: View) -> str:
    """How many campaigns are defined already; with `-v`, each with its file; empty without any."""
    if not result.skipped:
        return ""
    lines = [f"{count(len(result.skipped), 'campaign')} skipped: already defined"]
    if view.verbose:
        lines += [f"  {campaign}: {file}" for campaign, file in result.skipped.items()]
    return "\n".join(lines)


def describe_failures(result: ImportResult) -> list[str]:
    """Why a campaign has no definition, or is not in sync, in a line for each."""
    return [f"{campaign}: {masked_in(reason)}" for campaign, reason in result.failures.items()]


def describe_unused(campaign: ImportedCampaign) -> str:
    """That a CSV file is no longer used; empty if there is none."""
    return f"{campaign.unused_csv}: no longer used; remove it" if campaign.unused_csv else ""


def describe_left_out(campaign: ImportedCampaign) -> str:
    """The fields that are comments of a definition; empty without any."""
    names = ", ".join(campaign.left_out)
    return f"{campaign.file}: left out (see its comments): {names}" if names else ""


def render_text(result: ImportResult, view: View) -> str:
    """A line for each definition, a summary, and the next command."""
    if not result.campaigns and not result.failures:
        reason = "all of these campaigns have a definition"
        return (
            f"Nothing to import: {reason if result.skipped else 'the tenant has no campaigns'}.\n"
        )
    lines = [terminal(_line(campaign)) for campaign in result.campaigns]
    failed = f", {len(result.failures)} failed" if result.failures else ""
    lines.append(f"Imported {count(len(result.campaigns), 'campaign')}{failed}.")
    if result.campaigns:
        lines.append(f"Next: {terminal(view.command_line('plan'))}")
    return "".join(f"{line}\n" for line in lines)


def _line(campaign: ImportedCampaign) -> str:
    numbers = count(campaign.numbers, "number")
    if campaign.csv is not None:
        numbers += f" in {campaign.csv}"
    return f"{campaign.file}  {campaign.id} {campaign.name}  ({numbers})"
