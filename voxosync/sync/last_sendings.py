"""Which run last sent each field, according to the journals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voxosync.model.moment import moment_from
from voxosync.model.provenance import Sending
from voxosync.sync.journal_reader import journal_content, journal_events, journal_files
from voxosync.voxo.endpoint import same_voxo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MOST_JOURNALS = 50
"""How many journals are read, newest first; most differences in a report are more recent than these."""

_REQUEST = re.compile(rb'\{"event":"(?:intent|outcome)","campaign":([0-9]+),')
"""The beginning of the lines of a journal that are about a PATCH."""


def last_sendings(
    folder: Path, base_url: str, fields: Mapping[int, frozenset[str]]
) -> dict[tuple[int, str], Sending]:
    """The newest run that sent each field of a campaign, and whose PATCH VOXO accepted.

    Of journals, only the lines about these campaigns are parsed; damaged lines are skipped.

    Args:
        folder: the journals.
        base_url: the VOXO of the campaigns.
        fields: the requested fields, by campaign.

    Raises:
        JournalError: the folder or a journal cannot be read.
    """
    unknown = {(campaign, field) for campaign, names in fields.items() for field in names}
    latest: dict[tuple[int, str], Sending] = {}
    for path in reversed(journal_files(folder)[-MOST_JOURNALS:]):
        if not unknown:
            break
        sendings = dict(_sendings(journal_content(path), base_url, fields))
        latest |= {key: sendings[key] for key in unknown & sendings.keys()}
        unknown -= latest.keys()
    return latest


def _sendings(
    journal: bytes, base_url: str, fields: Mapping[int, frozenset[str]]
) -> Iterator[tuple[tuple[int, str], Sending]]:
    """The fields of the requested campaigns that a run sent and VOXO accepted."""
    first, *lines = journal.split(b"\n")
    requests = [line for line in lines if (head := _REQUEST.match(line)) and int(head[1]) in fields]
    if not requests:
        return
    begin = next(journal_events(first), None)
    if begin is None or begin["event"] != "run":
        return
    try:
        if not same_voxo(begin["baseUrl"], base_url):
            return
        sending = Sending(begin["run"], moment_from(begin["startedAt"]))
    except ValueError:  # damaged: neither a URL nor a moment
        return
    patches: dict[int, Mapping[str, object]] = {}
    for event in journal_events(b"\n".join(requests)):
        campaign = event["campaign"]
        if event["event"] == "intent":
            is_step = "step" in event  # a pause or resume of --quiesce gives no value
            patches[campaign] = {} if is_step else event["patch"]
        elif event["outcome"] == "accepted":
            yield from (((campaign, field), sending) for field in patches.pop(campaign, {}))
