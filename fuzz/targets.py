"""The targets of fuzzing: a function for each kind of input, which takes bytes and raises nothing.

A target catches the errors that are documented for its input; any other exception is a bug. Accepted input is also
planned, applied to a campaign in memory, and shown in every format.

`tests/security/test_fuzz.py` runs the targets in CI, and `atheris_fuzz.py` on the machine of a developer.
"""

from __future__ import annotations

import json
import pickle
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from voxosync.definitions.contacts_csv import from_csv
from voxosync.definitions.load import load
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.definitions.project_settings import read_settings
from voxosync.definitions.spreadsheet import NotATable, clean
from voxosync.errors import (
    CampaignError,
    JournalError,
    NotFound,
    PlanFileError,
    SettingsError,
    UsageError,
)
from voxosync.model.campaign import Definition, LiveCampaign
from voxosync.model.document import digest
from voxosync.model.guard import Guards
from voxosync.model.numbers import Numbers
from voxosync.model.plan import Plan
from voxosync.model.problem import Position
from voxosync.model.validation import Validation
from voxosync.model.values import Unreadable
from voxosync.report import history, results_text
from voxosync.report.registry import PLAN, VALIDATION
from voxosync.report.view import View
from voxosync.sync.apply import apply_plan
from voxosync.sync.fetch import fetch_all
from voxosync.sync.guards import refusals, summary_of_updates
from voxosync.sync.journal_reader import read_run, read_runs
from voxosync.sync.plan import Planner
from voxosync.sync.rollback import plan_rollback, undo
from voxosync.sync.saved_plans import read_plan
from voxosync.sync.snapshot import read_snapshot
from voxosync.voxo.api_response import ApiResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from threading import Event

T = TypeVar("T")

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BASE_URL = "https://voxo.test"
TOKEN = "fuzzed-token-0123456789"  # noqa: S105  # not a real token
STATUSES = (200, 200, 200, 201, 302, 400, 403, 404, 422, 429, 500, 503)

LIVE: dict[str, Any] = {
    "id": 4711,
    "tenantId": 17,
    "name": "Spring renewal",
    "state": "PAUSED",
    "dateStart": "2096-03-01",
    "timeStart": "09:00",
    "timezone": "America/Chicago",
    "callerId": "6015550100",
    "callFrequency": 30,
    "recording": "yes",
    "enableVMDetect": 1,
    "message": None,
    "numbers": [
        {"number": "6015550123", "description": "Customer 1042", "disposition": "ANSWERED"},
        {"number": "6015550124", "description": None, "disposition": None},
    ],
    "destinations": [{"typeSrc": "CALLCAMPAIGN", "destType": "QUEUE", "id": 12, "order": 1}],
    "matchDestinations": [],
    "notMatchDestinations": [],
}
"""A campaign in a response of VOXO."""

DESIRED = Definition(
    4711,
    Position("campaigns/spring.yaml"),
    {
        "name": "Spring",
        "state": "READY",
        "callFrequency": 60,
        "enableVMDetect": "0",
        "numbers": Numbers({"6015550124": "", "6015550125": "Customer 1043"}),
        "destinations": (),
    },
)
"""A definition of that campaign with differences of every kind."""


def plan_of(
    definitions: Sequence[Definition],
    live: Mapping[int, LiveCampaign | CampaignError],
    base_url: str = BASE_URL,
    live_as_of: datetime | None = None,
) -> Plan:
    """The plan for some definitions."""
    campaigns, _ = Planner(NOW).compare(definitions, live)
    return Plan(NOW, base_url, campaigns, live_as_of=live_as_of)


class Voxo:
    """VOXO in memory, which accepts every body that is valid JSON."""

    base_url = BASE_URL

    def __init__(self) -> None:
        self.live = deepcopy(LIVE)

    def campaign(self, campaign_id: int) -> dict[str, Any]:
        """Its one campaign; any other is not found."""
        if campaign_id != self.live["id"]:
            raise NotFound("there is no such campaign")
        return deepcopy(self.live)

    def update(self, campaign_id: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Stores a body as it is."""
        self.campaign(campaign_id)
        self.live.update(json.loads(json.dumps(body, allow_nan=False)))
        return deepcopy(self.live)

    def back_off(self, failures: int) -> None:
        """Does not wait."""

    def writer(self, campaign_id: int, _: Event) -> Writer:
        """A writer for one campaign."""
        return Writer(self, campaign_id)


@dataclass(frozen=True)
class Writer:
    """Reads and writes one campaign, as `CampaignWriter` does."""

    voxo: Voxo
    campaign_id: int

    def read(self) -> dict[str, Any]:
        """The campaign."""
        return self.voxo.campaign(self.campaign_id)

    def update(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Stores a body as it is."""
        return self.voxo.update(self.campaign_id, body)

    def looks(self, failures: int, *, late: bool) -> Iterator[None]:  # noqa: ARG002  # the signature of CampaignWriter
        """Does not wait."""
        return iter(())


def definition(data: bytes, folder: Path) -> None:
    """`campaigns/*.yaml`."""
    _loaded(folder, {"one.yaml": data})


def defaults(data: bytes, folder: Path) -> None:
    """`_defaults.yaml`."""
    _loaded(folder, {"_defaults.yaml": data, "one.yaml": b"id: 4711\n"})


def contacts(data: bytes, folder: Path) -> None:
    """A CSV file of numbers."""
    _loaded(folder, {"one.csv": data, "one.yaml": b"id: 4711\nnumbers: {file: one.csv}\n"})


def spreadsheet(data: bytes, folder: Path) -> None:
    """The export of a spreadsheet; the CSV file that is made of it must have no errors."""
    with suppress(NotATable):
        contacts = from_csv(_file(folder, "clean.csv", clean(data).text.encode()), "clean.csv")
        assert not any(problem.is_error for problem in contacts.problems)  # noqa: S101  # a property to check


def settings(data: bytes, folder: Path) -> None:
    """`voxosync.yaml`; its guards judge a plan."""
    _file(folder, "voxosync.yaml", data)
    with suppress(SettingsError):
        project_settings = read_settings(folder)
        live = LiveCampaign.from_response(LIVE)
        plan = plan_of([DESIRED], {4711: live})
        refusals(summary_of_updates(plan.campaigns, plan.part), project_settings.guards, NOW)


def plan(data: bytes, folder: Path) -> None:
    """A saved plan; JSON gets a valid digest, because otherwise all of it would be refused."""
    with suppress(ValueError, RecursionError):
        document = json.loads(data)
        if isinstance(document, dict):
            data = json.dumps({**document, "digest": digest(document)}).encode()
    path = _file(folder, "plan.json", data)
    with suppress(PlanFileError):
        _used(read_plan(path, BASE_URL).plan)


def journal(data: bytes, folder: Path) -> None:
    """The journal of a run, which is shown and rolled back."""
    path = _file(folder, "runs/20260601T120000Z-aaaaaa.jsonl", data)
    history.render_runs(read_runs(path.parent), View())
    with suppress(JournalError):
        run = read_run(path)
        history.render_run(run)
        reverse_changes, voxo = undo(run), Voxo()
        live = fetch_all(voxo, reverse_changes, workers=1)  # type: ignore[arg-type]  # has all methods that are used
        for force in (False, True):
            rollback = plan_rollback(
                run,
                reverse_changes,
                live,
                {},
                now=NOW,
                tenant_id=None,
                guards=Guards(),
                force=force,
            )
            _used(rollback.plan)


def snapshot(data: bytes, folder: Path) -> None:
    """A saved snapshot, and a plan made with it."""
    path = _file(folder, "live.json", data)
    with suppress(UsageError):
        saved = read_snapshot(path)
        _render(
            plan_of(
                [DESIRED], saved.live([4711]), base_url=saved.base_url, live_as_of=saved.created_at
            )
        )


def answer(data: bytes, _folder: Path) -> None:
    """The body of a response; the first byte chooses the status."""
    status, body = STATUSES[data[0] % len(STATUSES)] if data else 200, data[1:]
    response = ApiResponse("GET /x", status, body, token=TOKEN, content_type="application/json")
    assert isinstance(response.error(), CampaignError)  # noqa: S101  # a property to check
    response.summary()
    with suppress(CampaignError):
        response.page()
    with suppress(CampaignError, Unreadable):
        live = LiveCampaign.from_response(response.campaign(4711))
        _render(plan_of([DESIRED], {4711: live}))


TARGETS: dict[str, Callable[[bytes, Path], None]] = {
    target.__name__: target
    for target in (
        definition,
        defaults,
        contacts,
        spreadsheet,
        settings,
        plan,
        journal,
        snapshot,
        answer,
    )
}
"""Maps the name of each target to the function, which takes the input and a folder for its files."""


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # file systems may wait for the disk if a file is overwritten
    path.write_bytes(data)
    return path


def _loaded(folder: Path, files: Mapping[str, bytes]) -> None:
    """Reads definitions, shows their problems, and plans those that are valid."""
    for name, data in files.items():
        _file(folder, f"campaigns/{name}", data)
    loaded = load(ProjectLayout(folder, folder / "campaigns"), [], NOW)
    validation = Validation(loaded.files, len(loaded.definitions), loaded.problems)
    _show_once(validation, VALIDATION)
    live = LiveCampaign.from_response(LIVE)
    campaigns = {definition.id: live for definition in loaded.definitions}
    _render(plan_of(loaded.definitions, campaigns))


def _used(plan_to_apply: Plan) -> None:
    """Shows a plan and applies it."""
    _render(plan_to_apply)
    results = apply_plan(Voxo(), plan_to_apply)  # type: ignore[arg-type]  # has all methods that are used
    results_text.render_results(results, View())


def _render(plan_to_show: Plan) -> None:
    refusals(summary_of_updates(plan_to_show.campaigns, plan_to_show.part), Guards(), NOW)
    _show_once(plan_to_show, PLAN)


_SHOWN: set[int] = set()
"""The hashes of what was shown; three of four plans are equal to an earlier one, and would look the same."""


def _show_once(report: T, formats: Mapping[str, Callable[[T, View], str]]) -> None:
    """Shows a plan or a validation in every format, unless an equal one has been shown."""
    content = hash(pickle.dumps(report))
    if content not in _SHOWN:
        for render in formats.values():
            render(report, View())
        _SHOWN.add(content)  # not after an exception, which must occur again for the same input
