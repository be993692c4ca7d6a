"""The engine as the command line uses it; only this module of the simulation calls voxosync."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.simulation.cooperative import Event, active
from tests.simulation.voxo_model import BEGIN, TENANT
from voxosync.errors import CampaignError, InvocationError, JournalError, RunEnded
from voxosync.model.campaign import Definition, LiveCampaign
from voxosync.model.document import to_document
from voxosync.model.guard import GoLive, Guards, Limit
from voxosync.model.outcome import exit_status
from voxosync.model.plan import Plan, Status
from voxosync.model.problem import Position
from voxosync.sync.apply import RunOptions, apply_plan
from voxosync.sync.call_results import latest_results
from voxosync.sync.create import Account, creations, dialing_of_creations
from voxosync.sync.create_campaign import Creator
from voxosync.sync.exclusive_lock import exclusive_lock
from voxosync.sync.fetch import fetch_all
from voxosync.sync.guards import refusals, summary_of_creations, summary_of_updates
from voxosync.sync.journal import Journal
from voxosync.sync.journal_reader import LATEST as LATEST_RUN
from voxosync.sync.journal_reader import find_run, read_runs
from voxosync.sync.plan import Planner
from voxosync.sync.quiesce_journals import left_paused
from voxosync.sync.quiesce_recovery import could_be_left_paused
from voxosync.sync.rollback import plan_rollback, undo
from voxosync.sync.saved_plans import check_unused, read_plan
from voxosync.voxo.api_credentials import ApiCredentials
from voxosync.voxo.client import Voxo
from voxosync.voxo.retry_policy import RetryPolicy
from voxosync.voxo.run_limiter import RunLimiter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path
    from random import Random

    from tests.simulation.scheduler import Process, Scheduler, Task
    from voxosync.model.creation import Creation
    from voxosync.model.guard import ChangeSummary
    from voxosync.model.outcome import Result
    from voxosync.model.plan import CampaignPlan

_CREDENTIALS = ApiCredentials.of(base_url="http://127.0.0.1:9", token="simulated-token")
_NO_LIMIT = Limit(100, is_percent=True)

FRESH = 4.1
"""The most seconds between the read that a write is based on and the write: 2 for the response, and 2 after it."""
LATEST = 15.0
"""The seconds after which a write with an unknown outcome has taken effect or never will."""
MARK = "[voxosync:"
"""The text in the name of a campaign that a run has paused only while its numbers change (docs/adr/0014)."""
SUCCESSFUL = frozenset({"applied", "already so"})


@dataclass(frozen=True)
class Wish:
    """A definition: the values of its managed fields as they would be sent."""

    campaign: int
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Invocation:
    """A command of a person, with its options.

    Attributes:
        command: `apply`, `create`, or `rollback` of the newest run.
        review: seconds between saving and applying a plan; None if it is not saved.
        allows: whether `--allow-go-live` is passed.
    """

    command: str = "apply"
    workers: int = 2
    quiesce: bool = False
    review: float | None = None
    allows: bool = True
    rate: float | None = None


@dataclass
class Planned:
    """A campaign of a plan that a person saw, with values in the form of VOXO."""

    campaign: int
    patch: Mapping[str, Any]
    shows_dialing: bool
    error: str | None = None
    missing: bool = False


@dataclass
class Run:
    """A process, with the plan and the results that it showed."""

    process: Process
    invocation: Invocation
    stop: Event = field(default_factory=Event)
    planned: dict[int, Planned] = field(default_factory=dict)
    planned_at: float = 0.0
    results: dict[int, str] = field(default_factory=dict)
    details: dict[int, str] = field(default_factory=dict)
    result_times: dict[int, float] = field(default_factory=dict)
    status: int | None = None
    ended: str = ""
    journal: Path | None = None
    was_stopped: bool = False
    task: Task = field(init=False)


@dataclass(frozen=True)
class Engine:
    """voxosync in one project folder.

    Attributes:
        wishes: the definitions.
        new: the definitions without an id.
        on_plan: called when a plan is made, before anything is sent.
        ids: the ids of new campaigns that have been written into their definitions, by name.
    """

    folder: Path
    scheduler: Scheduler
    random: Random
    wishes: list[Wish]
    new: list[Wish]
    on_plan: Callable[[Run], None]
    ids: dict[str, int] = field(default_factory=dict)

    def work(self, run: Run) -> None:
        """Run the command of a process, and set its exit status."""
        try:
            run.status = self._command(run)
        except (InvocationError, RunEnded) as failure:
            run.ended = f"{type(failure).__name__}: {failure}"
            run.status = failure.exit_status
        self.scheduler.note(f"ends with {run.status} {run.ended}")

    def _command(self, run: Run) -> int:
        retry_policy = RetryPolicy(requests_per_second=run.invocation.rate)
        limiter = RunLimiter(
            retry_policy, clock=lambda: self.scheduler.now, jitter=self.random.random
        )
        with Voxo(_CREDENTIALS, limiter=limiter) as voxo:
            if run.invocation.command == "create":
                return self._create(voxo, run)
            undoes = run.invocation.command == "rollback"
            plan = self._rollback_plan(voxo, run) if undoes else self._planned(voxo, run)
            run.planned = {campaign.id: _planned_campaign(campaign) for campaign in plan.campaigns}
            run.planned_at = self.scheduler.now
            self.scheduler.note(f"plans {_summary(plan)}")
            self.on_plan(run)
            digest = None
            if run.invocation.review is not None:
                plan, digest = self._reviewed(voxo, run, plan)
            if self._is_refused(run, summary_of_updates(plan.campaigns, plan.part)):
                run.ended = "a guard refuses"
                return 1
            return max(plan.exit_status(count=()), self._send(voxo, run, plan, digest))

    def _planned(self, voxo: Voxo, run: Run) -> Plan:
        definitions = [_definition(wish) for wish in self.wishes]
        live = fetch_all(
            voxo, [definition.id for definition in definitions], workers=run.invocation.workers
        )
        paused = [
            definition.id
            for definition in definitions
            if could_be_left_paused(definition, live[definition.id])
        ]
        planner = Planner(
            self._now(),
            TENANT,
            left_paused=left_paused(self.folder, voxo.base_url, paused),
            quiesce=run.invocation.quiesce,
        )
        campaigns, _ = planner.compare(definitions, live)
        return Plan(planner.now, voxo.base_url, campaigns)

    def _rollback_plan(self, voxo: Voxo, run: Run) -> Plan:
        undone_run = find_run(self.folder, LATEST_RUN)
        undone = undo(undone_run)
        live = fetch_all(voxo, undone, workers=run.invocation.workers)
        rollback = plan_rollback(
            undone_run,
            undone,
            live,
            latest_results(self.folder, voxo.base_url),
            now=self._now(),
            tenant_id=TENANT,
            guards=_guards(run),
            force=False,
            quiesce=run.invocation.quiesce,
        )
        return rollback.plan

    def _is_refused(self, run: Run, summary: ChangeSummary) -> bool:
        """Whether a guard refuses; the review of a saved plan counts as the answer to a guard that asks."""
        return any(
            run.invocation.review is None or not refusal.answerable
            for refusal in refusals(summary, _guards(run), self._now())
        )

    def _reviewed(self, voxo: Voxo, run: Run, plan: Plan) -> tuple[Plan, str]:
        """Save the plan, wait for its review, and read it again."""
        assert run.invocation.review is not None
        path = self.folder / f"plan-{run.process.name}.json"
        path.write_text(json.dumps(to_document(plan)))
        active.waits(run.invocation.review)
        self.scheduler.sleep(run.invocation.review)
        saved = read_plan(path, voxo.base_url)
        check_unused(path, saved.digest, self.folder)
        return saved.plan, saved.digest

    def _send(self, voxo: Voxo, run: Run, plan: Plan, digest: str | None) -> int:
        def record(result: Result) -> None:
            run.results[result.id] = result.outcome.value
            run.result_times[result.id] = self.scheduler.now
            run.details[result.id] = result.detail
            self.scheduler.note(f"says {result.id} {result.outcome.value}: {result.detail}")

        if not plan.differs:
            return 0
        with Journal(self.folder, self._now()) as journal:
            run.journal = journal.path
            journal.begin(run.invocation.command, plan, {}, {}, saved_plan=digest)
            results = apply_plan(
                voxo,
                plan,
                tenant_id=TENANT,
                journal=journal,
                options=RunOptions(run.invocation.workers, run.invocation.quiesce),
                on_result=record,
                stop=run.stop,  # type: ignore[arg-type]  # an event in virtual time
            )
            for result in results:
                if run.results.get(result.id) != result.outcome.value:
                    record(result)
            status = exit_status(results)
            journal.end(results, status)
        return status

    def _create(self, voxo: Voxo, run: Run) -> int:
        account = Account(voxo.base_url, TENANT)
        definitions = [
            (index, definition)
            for index, definition in enumerate(map(_definition, self.new))
            if definition.name not in self.ids
        ]

        def planned_creations() -> list[Creation]:
            return creations(definitions, account, read_runs(self.folder), self, again=False)

        with exclusive_lock(self.folder):
            planned = planned_creations()
        dialing = dialing_of_creations(planned, self._now())
        if self._is_refused(run, summary_of_creations(planned, dialing)):
            run.ended = "a guard refuses"
            return 1
        with exclusive_lock(self.folder):
            if planned_creations() != planned:
                run.ended = "another run came between"
                return 1
            with Journal(self.folder, self._now()) as journal:
                run.journal = journal.path
                journal.begin("create", Plan(self._now(), voxo.base_url, ()), {}, {})
                creator = Creator(voxo, journal, run.stop)  # type: ignore[arg-type]  # an event in virtual time
                status = self._create_all(creator, journal, run, planned)
                journal.end([], status)
        return status

    def _create_all(
        self, creator: Creator, journal: Journal, run: Run, planned: list[Creation]
    ) -> int:
        status = 0
        for creation in planned:
            if run.stop.is_set():
                return 3
            try:
                result = creator.create(creation)
            except CampaignError as failure:
                self.scheduler.note(f"says {creation.new.name}: {failure}")
                status = 3
                continue
            except (RunEnded, JournalError):
                return 3
            run.results[result.id] = result.outcome.value
            self.scheduler.note(f"says {result.id} {result.outcome.value}: {result.detail}")
            if result.outcome.value not in SUCCESSFUL:
                status = 3
            if result.outcome.value != "failed":
                self.scheduler.step("before the id is written")
                self.ids[creation.new.name] = result.id
                journal.id_written(creation.new, result.id)
        return status

    def has_id(self, campaign: int, file: str) -> bool:
        """Whether a definition has the id of a campaign."""
        del file
        return campaign in self.ids.values() or campaign in {wish.campaign for wish in self.wishes}

    def has_new(self, file: str, name: str) -> bool:
        """Whether a definition of this name has no id yet."""
        del file
        return name not in self.ids

    def _now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.scheduler.now)


def _guards(run: Run) -> Guards:
    return Guards(_NO_LIMIT, _NO_LIMIT, GoLive.ALLOW if run.invocation.allows else GoLive.CONFIRM)


def _definition(wish: Wish) -> Definition:
    """A definition with these fields, in the canonical form of a response with the same values."""
    raw: dict[str, Any] = {"id": wish.campaign, "tenantId": TENANT}
    for name in ("numbers", "destinations", "matchDestinations", "notMatchDestinations"):
        raw[name] = []
    for name, value in wish.fields.items():
        raw[name] = value
        if name.lower().endswith("destinations"):
            raw[name] = [{"destType": entry["type"], "id": entry["id"]} for entry in value]
    values = LiveCampaign.from_response(raw).values
    position = Position(f"campaigns/{wish.campaign}.yaml")
    return Definition(wish.campaign, position, {name: values[name] for name in wish.fields})


def _planned_campaign(campaign: CampaignPlan) -> Planned:
    return Planned(
        campaign.id,
        campaign.patch if campaign.status is Status.UPDATE else {},
        campaign.dials_more,
        campaign.error,
        campaign.missing,
    )


def _summary(plan: Plan) -> str:
    texts = []
    for planned in map(_planned_campaign, plan.campaigns):
        changes = planned.error or (sorted(planned.patch) if planned.patch else "nothing")
        dialing = " DIALS MORE" if planned.shows_dialing else ""
        texts.append(f"{planned.campaign}: {changes}{dialing}")
    return "; ".join(texts)
