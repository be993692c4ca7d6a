"""Call results from the journals: VOXO forgets them when a number is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.phone import phone
from voxosync.sync.journal_reader import journal_content, journal_events, journal_files
from voxosync.voxo.endpoint import same_voxo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def latest_results(folder: Path, base_url: str) -> dict[int, dict[str, str]]:
    """The latest call result that any run read, by campaign and phone.

    Each PATCH of `numbers` directly follows a read of the whole list. Its intent holds the results that were sent
    along in the body, and those of the numbers that the body removes. So each intent is a reading, whatever the
    outcome of its PATCH, and a later one replaces an earlier one.

    Args:
        folder: the journals.
        base_url: the VOXO whose campaigns count.

    Raises:
        JournalError: the folder or a journal cannot be read; damaged lines are skipped.
    """
    results: dict[int, dict[str, str]] = {}
    for path in journal_files(folder):
        journal = journal_content(path)
        if b'"disposition' not in journal:
            continue
        events = journal_events(journal)
        if same_voxo(next(events, {}).get("baseUrl", ""), base_url):
            for event in events:
                if event["event"] == "intent":
                    _note(results.setdefault(event["campaign"], {}), event)
    return results


def _note(results: dict[str, str], intent: Mapping[str, Any]) -> None:
    """Adds what the read before a PATCH showed; an empty text replaces no result."""
    dispositions = {
        entry["number"]: entry.get("disposition")
        for entry in intent["patch"].get(NUMBERS_FIELD, ())
    }
    for number, result in {**dispositions, **intent.get("dispositions", {})}.items():
        key = phone(number)
        if result or (result is not None and key not in results):
            results[key] = result
