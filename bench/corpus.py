"""Creates the test data: definitions of a project, and the response of VOXO for each of its campaigns.

Usage: `corpus.py small|csv|yaml COUNT FOLDER`

Every number has ten digits and begins with 1, which no area code does, so the numbers reach no one.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIRST_ID = 100_000
WEB_PATH = "v2/admin/call-campaigns"
_SMALL = 4  # numbers of a small campaign: its file has 25 lines, its JSON about 2 KB
_KINDS = 30  # differing entries of each kind: added, removed, changed


@dataclass(frozen=True, slots=True)
class Corpus:
    """A project folder, and a folder whose files are the responses of VOXO."""

    project: Path
    web: Path
    ids: range

    @property
    def definitions(self) -> list[Path]:
        """The files of the definitions."""
        return sorted((self.project / "campaigns").glob("*.yaml"))


def small_campaigns(folder: Path, count: int) -> Corpus:
    """Creates campaigns with a few numbers each, all of them in sync."""
    corpus = _corpus(folder, count)
    for campaign_id in corpus.ids:
        numbers = list(_numbers(_SMALL))
        _define(corpus, campaign_id, _inline(numbers))
        _serve(corpus, campaign_id, numbers)
    return corpus


def large_campaign(folder: Path, count: int, *, csv: bool) -> Corpus:
    """Creates one campaign with many numbers, in its YAML or in a CSV file, of which up to 90 differ in VOXO."""
    corpus = _corpus(folder, 1)
    numbers = list(_numbers(count))
    if csv:
        rows = "".join(f"{number},{text}\n" for number, text in numbers)
        contacts = corpus.project / "contacts.csv"
        contacts.write_text(f"number,description\n{rows}", encoding="utf-8")
        _define(corpus, FIRST_ID, "numbers: {file: ../contacts.csv}\n")
    else:
        _define(corpus, FIRST_ID, _inline(numbers))
    _serve(corpus, FIRST_ID, _live_numbers(numbers))
    return corpus


def _corpus(folder: Path, count: int) -> Corpus:
    corpus = Corpus(folder / "project", folder / "web", range(FIRST_ID, FIRST_ID + count))
    (corpus.project / "campaigns").mkdir(parents=True)
    (corpus.web / WEB_PATH).mkdir(parents=True)
    return corpus


def _numbers(count: int) -> Iterator[tuple[str, str]]:
    return ((f"1{index:09}", f"Customer {index}") for index in range(count))


def _live_numbers(numbers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The list in VOXO, in which a few numbers are missing, a few are added, and a few have another description."""
    per_kind = min(_KINDS, len(numbers) // 10)
    step = len(numbers) // per_kind // 2
    added = set(range(0, per_kind * step, step))
    reworded = {index + 1 for index in added}
    live = [
        (number, f"{text} (old)" if index in reworded else text)
        for index, (number, text) in enumerate(numbers)
        if index not in added
    ]
    return live + [(f"0{10**9 - 1 - index}", "Removed") for index in range(per_kind)]


def _inline(numbers: Sequence[tuple[str, str]]) -> str:
    entries = (f"  - {{number: {number}, description: {text}}}\n" for number, text in numbers)
    return "numbers:\n" + "".join(entries)


def _define(corpus: Corpus, campaign_id: int, numbers: str) -> None:
    text = f"""\
# yaml-language-server: $schema=../schemas/campaign.schema.json
id: {campaign_id}
name: Appointment reminders {campaign_id}
tech: VOICE
state: PAUSED
dateStart: 2097-01-04
dateEnd: 2097-06-30
timeStart: 09:00
timeEnd: 18:30
timezone: America/Chicago
callHoursStart: 09:00
callHoursEnd: 18:30
callerId: 6015550100
callFrequency: 30
recording: yes
enableVMDetect: 0
message: Hello, this is Riverside clinic. You have an appointment with us tomorrow.
destinations:
  - {{type: QUEUE, id: 12}}
{numbers}"""
    path = corpus.project / "campaigns" / f"{campaign_id}.yaml"
    path.write_text(text, encoding="utf-8")


def _serve(corpus: Corpus, campaign_id: int, numbers: Sequence[tuple[str, str]]) -> None:
    none: list[Any] = []
    campaign = {
        "id": campaign_id,
        "tenantId": 17,
        "name": f"Appointment reminders {campaign_id}",
        "tech": "VOICE",
        "state": "PAUSED",
        "dateStart": "2097-01-04",
        "dateEnd": "2097-06-30",
        "timeStart": "09:00:00",
        "timeEnd": "18:30:00",
        "timezone": "America/Chicago",
        "callHoursStart": "09:00:00",
        "callHoursEnd": "18:30:00",
        "callerId": "6015550100",
        "callFrequency": 30,
        "recording": "yes",
        "enableVMDetect": "0",
        "message": "Hello, this is Riverside clinic. You have an appointment with us tomorrow.",
        "createdAt": "2096-12-01T08:00:00.000Z",
        "updatedAt": "2096-12-01T08:00:00.000Z",
        "numbers": [
            {
                "id": index,
                "campaignId": campaign_id,
                "number": number,
                "description": text,
                "disposition": None,
                "createdAt": "2096-12-01T08:00:00.000Z",
            }
            for index, (number, text) in enumerate(numbers)
        ],
        "destinations": [{"id": 12, "destType": "QUEUE", "order": 0, "name": "Front desk"}],
        "matchDestinations": none,
        "notMatchDestinations": none,
    }
    path = corpus.web / WEB_PATH / str(campaign_id)
    path.write_text(json.dumps(campaign, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    kind, size, target = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if kind == "small":
        small_campaigns(target, size)
    else:
        large_campaign(target, size, csv=kind == "csv")
