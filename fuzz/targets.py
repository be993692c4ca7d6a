"""What is fuzzed: a function for each kind of input, which takes bytes and raises nothing.

Every error that voxosync.errors documents for the input is caught here; whatever else comes out is a bug. What
is accepted is used to its end: planned, applied to a campaign in memory, shown in every format.

`tests/security/test_fuzz.py` feeds these in CI, `atheris_fuzz.py` on a developer's machine.
"""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from voxosync.definitions.contacts_csv import from_csv
from voxosync.definitions.load import load
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.definitions.settings import read_settings
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

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BASE_URL = "https://voxo.test"
TOKEN = "fuzzed-token-0123456789"  # noqa: S105  # opens nothing
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
"""A campaign as VOXO answers it."""

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
"""A definition that differs from it in every way."""


def plan_of(
    definitions: Sequence[Definition],
    live: Mapping[int, LiveCampaign | CampaignError],
    base_url: str = BASE_URL,
    live_as_of: datetime | None = None,
) -> Plan:
    """The plan of some definitions."""
    campaigns, _ = Planner(NOW).compare(definitions, live)
    return Plan(NOW, base_url, campaigns, live_as_of=live_as_of)


class Voxo:
    """VOXO in memory: it takes every body that JSON can hold, and believes it."""

    base_url = BASE_URL

    def __init__(self) -> None:
        self.live = deepcopy(LIVE)

    def campaign(self, campaign_id: int) -> dict[str, Any]:
        """The one campaign; any other is not found."""
        if campaign_id != self.live["id"]:
            raise NotFound("there is no such campaign")
        return deepcopy(self.live)

    def update(self, campaign_id: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Keep a body as it came."""
        self.campaign(campaign_id)
        self.live.update(json.loads(json.dumps(body, allow_nan=False)))
        return deepcopy(self.live)

    def back_off(self, failures: int) -> None:
        """Time is not what is fuzzed."""

    def writer(self, campaign_id: int, _: Event) -> Writer:
        """What reads and writes one campaign."""
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
        """Keep a body as it came."""
        return self.voxo.update(self.campaign_id, body)

    def looks(self, failures: int, *, late: bool) -> Iterator[None]:  # noqa: ARG002  # as CampaignWriter has it
        """Time is not what is fuzzed."""
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
    """A spreadsheet's export; what is made of it must be a list of numbers without an error."""
    with suppress(NotATable):
        contacts = from_csv(_file(folder, "clean.csv", clean(data).text.encode()), "clean.csv")
        assert not any(problem.is_error for problem in contacts.problems)  # noqa: S101  # what is fuzzed


def settings(data: bytes, folder: Path) -> None:
    """`voxosync.yaml`; what it says about guards is asked of a plan."""
    _file(folder, "voxosync.yaml", data)
    with suppress(SettingsError):
        project_settings = read_settings(folder)
        live = LiveCampaign.from_response(LIVE)
        plan = plan_of([DESIRED], {4711: live})
        refusals(summary_of_updates(plan.campaigns), project_settings.guards, NOW)


def plan(data: bytes, folder: Path) -> None:
    """A saved plan; JSON is sealed again, so that the digest does not keep everything out."""
    with suppress(ValueError, RecursionError):
        document = json.loads(data)
        if isinstance(document, dict):
            data = json.dumps({**document, "digest": digest(document)}).encode()
    path = _file(folder, "plan.json", data)
    with suppress(PlanFileError):
        _used(read_plan(path, BASE_URL).plan)


def journal(data: bytes, folder: Path) -> None:
    """A run's journal: shown, and undone."""
    path = _file(folder, "runs/20260601T120000Z-aaaaaa.jsonl", data)
    history.render_runs(read_runs(path.parent), View())
    with suppress(JournalError):
        run = read_run(path)
        history.render_run(run)
        undone, voxo = undo(run), Voxo()
        live = fetch_all(voxo, undone, workers=1)  # type: ignore[arg-type]  # all that is used of a Voxo
        for force in (False, True):
            rollback = plan_rollback(
                run, undone, live, {}, now=NOW, tenant_id=None, guards=Guards(), force=force
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
    """The body of an answer, its status chosen by the first byte."""
    status, body = STATUSES[data[0] % len(STATUSES)] if data else 200, data[1:]
    response = ApiResponse("GET /x", status, body, token=TOKEN, content_type="application/json")
    assert isinstance(response.error(), CampaignError)  # noqa: S101  # what is shown of it
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
"""Each kind of input by name: `target(data, folder)`, where the folder is one to write into."""


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _loaded(folder: Path, files: Mapping[str, bytes]) -> None:
    """Reads definitions, shows what is wrong, and plans what is right."""
    for name, data in files.items():
        _file(folder, f"campaigns/{name}", data)
    loaded = load(ProjectLayout(folder, folder / "campaigns"), [], NOW)
    validation = Validation(loaded.files, len(loaded.definitions), loaded.problems)
    for formatted in VALIDATION.values():
        formatted(validation, View())
    live = LiveCampaign.from_response(LIVE)
    campaigns = {definition.id: live for definition in loaded.definitions}
    _render(plan_of(loaded.definitions, campaigns))


def _used(plan_to_apply: Plan) -> None:
    """Shows a plan, and applies it."""
    _render(plan_to_apply)
    results = apply_plan(Voxo(), plan_to_apply)  # type: ignore[arg-type]  # all that is used of a Voxo
    results_text.render_results(results, View())


def _render(plan_to_show: Plan) -> None:
    refusals(summary_of_updates(plan_to_show.campaigns), Guards(), NOW)
    for formatted in PLAN.values():
        formatted(plan_to_show, View())
