"""The invariants of every history, checked by what VOXO received rather than by what voxosync reports."""

from __future__ import annotations

import json
import traceback
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.simulation.engine import FRESH, LATEST, MARK, SUCCESSFUL
from tests.simulation.voxo_model import Campaign, copy, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.simulation.engine import Run, Wish
    from tests.simulation.network import Request
    from tests.simulation.scheduler import Process, Scheduler
    from tests.simulation.voxo_model import Voxo

PERSON = "a person"


@dataclass(frozen=True)
class Violation:
    """A promise that was broken."""

    kind: str
    moment: float
    text: str

    def __str__(self) -> str:
        return f"{self.kind} at {self.moment:.1f} s: {self.text}"


class Touch(NamedTuple):
    """The author and the time of the last change of a field."""

    moment: float
    author: object


class Removed(NamedTuple):
    """A call result that was removed with its phone, and the time of the read that the removal was based on."""

    result: str
    moment: float
    as_of: float


class Late(NamedTuple):
    """A call result that was replaced by a write that was sent before the call ended."""

    request: Request
    campaign: int
    phone: str
    result: str
    ended: float
    replaced: float


class Oracle:
    """Checks every write of every run when it takes effect, and each run when it has ended."""

    def __init__(self, voxo: Voxo, scheduler: Scheduler, requests: list[Request]) -> None:
        self.violations: list[Violation] = []
        self._voxo = voxo
        self._scheduler = scheduler
        self._requests = requests
        self._runs: dict[Process, Run] = {}
        self._shown: dict[tuple[Process, int], Campaign] = {}
        self._results: dict[tuple[int, str], tuple[str, float]] = {}
        self._removed: dict[tuple[int, str], Removed] = {}
        self._touched: dict[tuple[int, str], Touch] = {}
        self._dialing_writes: dict[Process, list[Request]] = defaultdict(list)
        self._late: list[Late] = []
        self._creators: dict[str, str] = {}
        voxo.ended.append(self._call_ended)
        for campaign in voxo.campaigns.values():
            self.record_results(campaign)

    def watch(self, run: Run) -> None:
        """Watch a process from its start."""
        self._runs[run.process] = run

    def record_plan(self, run: Run) -> None:
        """Record the campaigns that the process of a shown plan had read, which is what a person agreed to."""
        for campaign in run.planned:
            read = self._last_read(run.process, campaign, self._scheduler.now)
            if read is not None and read.snapshot is not None:
                self._shown[run.process, campaign] = read.snapshot

    def record_results(self, campaign: Campaign) -> None:
        """Record the present call results of a campaign, set by VOXO or by hand."""
        results = campaign.results()
        for key in [key for key in self._results if key[0] == campaign.id]:
            if key[1] not in results:
                del self._results[key]
        for phone, result in results.items():
            if self._results.get((campaign.id, phone), ("", 0.0))[0] != result:
                self._results[campaign.id, phone] = (result, self._scheduler.now)

    def record_edit(self, campaign: int, field: str) -> None:
        """Record that a person changed a field by hand."""
        self._touched[campaign, field] = Touch(self._scheduler.now, PERSON)
        self.record_results(self._voxo.campaigns[campaign])

    def _call_ended(self, campaign: int, phone: str, result: str) -> None:
        self._results[campaign, phone] = (result, self._scheduler.now)

    def _report(self, kind: str, text: str) -> None:
        self.violations.append(Violation(kind, self._scheduler.now, text))
        self._scheduler.note(f"VIOLATION {kind}: {text}")

    # Each write, when it takes effect

    def before_write(self, request: Request) -> Callable[[], None]:
        """Record the state before a write; returns a function to call after it."""
        if request.method == "POST":
            return lambda: self._check_creation(request)
        assert request.campaign is not None
        before = copy(self._voxo.campaigns[request.campaign])
        return lambda: self._check_write(request, before, self._voxo.campaigns[before.id])

    def _check_creation(self, request: Request) -> None:
        assert request.campaign is not None
        request.snapshot, request.as_of = (
            copy(self._voxo.campaigns[request.campaign]),
            self._scheduler.now,
        )
        process, name = request.process.name, request.body["name"]
        if request.stopped:
            self._report("stop", f"{process} creates {name} after it was asked to stop")
        if name in self._creators:
            self._report("twice", f"{process} creates {name}, as {self._creators[name]} did before")
        self._creators[name] = process

    def _check_write(self, request: Request, before: Campaign, after: Campaign) -> None:
        run = self._runs[request.process]
        request.snapshot, request.as_of = copy(after), self._scheduler.now
        planned, at_plan = run.planned.get(after.id), self._shown.get((run.process, after.id))
        process = run.process.name
        if run.invocation.command == "create" and request.body == {"state": "PAUSED"}:
            if not any(post.landed and post.campaign == after.id for post in self._created(run)):
                self._report("outside", f"{process} pauses {after.id}, which it did not make")
            return
        if planned is None or not planned.patch or at_plan is None:
            self._report(
                "outside", f"{process} writes to {after.id}, of which its plan sends nothing"
            )
            return
        if request.stopped:
            self._report("stop", f"{process} writes to {after.id} after it was asked to stop")
        after_plan = copy(at_plan)
        after_plan.take(planned.patch)
        window = self._window(request)
        self._check_results(request, before, after, window)
        self._check_hands(request, before, after, at_plan, window)
        self._check_dialing(request, before, after, (at_plan, after_plan), window)
        for name in request.body:
            if before.holds(name) != after.holds(name):
                self._touched[after.id, name] = Touch(self._scheduler.now, run.process)

    def _window(self, request: Request) -> Callable[[float], bool]:
        """A function that says whether an event at a moment could not be known when a write was sent."""
        read = self._last_read(request.process, request.campaign, request.sent_at)
        if read is None or read.answered is None:
            return lambda moment: moment > request.sent_at
        fresh = request.sent_at - read.as_of <= FRESH

        def is_unknowable(moment: float) -> bool:
            return moment > request.sent_at or (fresh and moment > read.as_of)

        return is_unknowable

    def _check_results(
        self,
        request: Request,
        before: Campaign,
        after: Campaign,
        unknowable: Callable[[float], bool],
    ) -> None:
        if "numbers" not in request.body:
            return
        run = self._runs[request.process]
        had, has = before.results(), after.results()
        phones = after.holds("numbers")
        read = self._last_read(request.process, after.id, request.sent_at)
        for (campaign, phone), (result, moment) in list(self._results.items()):
            if campaign != after.id or had.get(phone) != result or has.get(phone) == result:
                continue
            if phone not in phones:
                del self._results[campaign, phone]
                as_of = read.as_of if read else 0.0
                self._removed[campaign, phone] = Removed(result, moment, as_of)
                continue
            if not unknowable(moment) or self._has_seen(request, moment):
                text = f"{request.process.name} replaces {result} of {phone} in {campaign} by {has.get(phone)}"
                self._report("result", f"{text}, which was there since {moment:.1f} s")
            else:
                late = Late(request, campaign, phone, result, moment, self._scheduler.now)
                self._late.append(late)
                if run.status == 0 and late.replaced - request.sent_at <= LATEST:
                    text = f"{run.process.name} ended with 0, and its late write replaces {result} of {phone}"
                    self._report("late", f"{text} in {campaign}")
        if run.invocation.command == "rollback":
            self._check_return(request, before, after)
        for phone, result in has.items():
            self._results.setdefault((after.id, phone), (result, self._scheduler.now))

    def _has_seen(self, request: Request, moment: float) -> bool:
        """Whether any response to the run of a request showed what happened at a moment."""
        return any(
            answer.as_of >= moment
            for answer in self._answers(request.process, request.campaign, request.sent_at)
        )

    def _check_return(self, request: Request, before: Campaign, after: Campaign) -> None:
        """A phone that a rollback restores must have its last result, because it is called again otherwise."""
        has = after.results()
        for phone in set(after.holds("numbers")) - set(before.holds("numbers")):
            removed = self._removed.get((after.id, phone))
            if removed and removed.moment <= removed.as_of and has.get(phone) != removed.result:
                self._report(
                    "rollback",
                    f"{request.process.name} puts {phone} back with {has.get(phone)}, which had {removed.result}",
                )

    def _check_hands(
        self,
        request: Request,
        before: Campaign,
        after: Campaign,
        at_plan: Campaign,
        unknowable: Callable[[float], bool],
    ) -> None:
        read = self._last_read(request.process, after.id, request.sent_at)
        if read is not None and read.lagged:
            return
        for name in request.body:
            was, is_now = before.holds(name), after.holds(name)
            if same(name, was, at_plan.holds(name)) or same(name, was, is_now):
                continue
            touch = self._touched.get((after.id, name), Touch(0.0, PERSON))
            is_pause = name == "state" and is_now == "PAUSED"
            if touch.author is request.process or is_pause or unknowable(touch.moment):
                continue
            text = f"{request.process.name} replaces {name} of {after.id}, {was!r} since {touch.moment:.1f} s"
            self._report("hand", f"{text}, where its plan showed {at_plan.holds(name)!r}")

    def _check_dialing(
        self,
        request: Request,
        before: Campaign,
        after: Campaign,
        plan: tuple[Campaign, Campaign],
        unknowable: Callable[[float], bool],
    ) -> None:
        run, (at_plan, after_plan) = self._runs[request.process], plan
        planned = run.planned[after.id]
        may = planned.shows_dialing and (run.invocation.allows or run.invocation.review is not None)
        own = copy(before)
        for name in own.scalars:
            touch = self._touched.get((after.id, name))
            if touch is not None and touch.author is run.process:
                own.scalars[name] = at_plan.scalars[name]
        resumed = copy(before)
        # A run that was cut off has paused it; it dialed before.
        if MARK in str(resumed.scalars["name"]):
            resumed.scalars["state"] = "READY"
        if _starts(after, (before, own, at_plan, resumed)):
            self._dialing_writes[run.process].append(request)
        if any(
            touch.author is not run.process and unknowable(touch.moment)
            for (campaign, _), touch in self._touched.items()
            if campaign == after.id
        ):
            return
        if more := _exceeds(after, (before, own, resumed, after_plan if may else at_plan)):
            verdict = "does not say so" if not may else "says less"
            self._report(
                "dialing", f"{run.process.name} lets {after.id} dial {more}; its plan {verdict}"
            )

    # Each run, when it has ended

    def _created(self, run: Run) -> list[Request]:
        return [
            request
            for request in self._requests
            if request.process is run.process and request.method == "POST"
        ]

    def _check_created(self, run: Run) -> None:
        """A new campaign is as requested and does not dial unless requested, or the run reports a failure."""
        for request in self._created(run):
            name = request.body["name"]
            if run.journal is None or '"event":"create"' not in run.journal.read_text():
                self._report("journal", f"{run.process.name} creates {name} without an intent")
            if not request.landed or request.campaign is None or run.status != 0:
                continue
            campaign = self._voxo.campaigns[request.campaign]
            # Without a state, VOXO would make it READY.
            body = {
                "state": "PAUSED",
                **request.body,
            }
            tenant = body.pop("tenantId")
            wished = copy(campaign)
            wished.take(body)
            wrong = [
                key for key in body if not _is_met(key, campaign.holds(key), wished.holds(key))
            ]
            if wrong or campaign.tenant_id != tenant:
                self._report(
                    "created", f"{run.process.name} ends with 0, but {name} is wrong: {wrong}"
                )

    def check_end(self, run: Run) -> None:
        """A run that reports success has restored the results that its own late writes replaced."""
        self._check_created(run)
        for late in self._late:
            has = self._voxo.campaigns[late.campaign].results()
            if (
                late.request.process is run.process
                and run.status == 0
                and has.get(late.phone) != late.result
                and late.phone in self._voxo.campaigns[late.campaign].holds("numbers")
                and any(
                    late.ended <= answer.as_of < late.replaced
                    for answer in self._answers(run.process, late.campaign, self._scheduler.now)
                )
                and self._results.get((late.campaign, late.phone), ("", 0.0))[1] <= late.replaced
            ):
                text = f"{run.process.name} saw {late.result} of {late.phone} in {late.campaign}"
                self._report(
                    "late", f"{text}, which a late write of its own replaced, and ends with 0"
                )

    def check_error(self, run: Run, error: BaseException | None) -> None:
        """No traceback reaches a user."""
        if error is not None:
            text = "".join(traceback.format_exception(error))
            self._report("crash", f"{run.process.name} ends with a traceback\n{text}")

    def check_run(self, run: Run) -> None:
        """Check a run that has ended."""
        self._check_order(run)
        self._check_journal(run)
        if run.invocation.command == "create":
            return
        for campaign, outcome in run.results.items():
            if outcome in SUCCESSFUL:
                self._check_truth(run, campaign)
            elif outcome == "stale":
                self._check_pause(run, campaign)

    def _check_order(self, run: Run) -> None:
        """After a failure, no campaign starts to dial, and none that dials gets more phones."""
        dialing_writes = self._dialing_writes.get(run.process)
        if not dialing_writes:
            return
        first = {
            campaign
            for campaign, planned in run.planned.items()
            if not (planned.shows_dialing or self._plans_to_dial(run, campaign))
        }
        failed = [
            f"{campaign} ({run.results[campaign]})"
            for campaign in sorted(first & set(run.results))
            if run.results[campaign] not in SUCCESSFUL
        ]
        failed += [
            f"{planned.campaign} (not planned)"
            for planned in run.planned.values()
            if planned.error is not None and not planned.missing
        ]
        if failed:
            text = f"{run.process.name} lets {dialing_writes[0].campaign} start to dial, or dial more phones"
            self._report("order", f"{text}, although it failed before: {', '.join(failed)}")

    def _plans_to_dial(self, run: Run, campaign: int) -> bool:
        at_plan = self._shown.get((run.process, campaign))
        if at_plan is None:
            return False
        after = copy(at_plan)
        after.take(run.planned[campaign].patch)
        return _starts(after, (at_plan,))

    def _check_truth(self, run: Run, campaign: int) -> None:
        """If a run reports `applied`, a response since the plan had the desired values."""
        until = run.result_times[campaign]
        answers = [
            answer.snapshot
            for answer in self._answers(run.process, campaign, until)
            if (answer.answered or 0.0) > run.planned_at and answer.snapshot is not None
        ]
        wished = copy(self._shown[run.process, campaign])
        wished.take(run.planned[campaign].patch)
        for name in run.planned[campaign].patch:
            if not any(_is_met(name, answer.holds(name), wished.holds(name)) for answer in answers):
                text = f"{run.process.name} says {campaign} {run.results[campaign]}, but {name} never was so"
                self._report("truth", text)

    def _check_pause(self, run: Run, campaign: int) -> None:
        """A pause is never stale."""
        if run.planned[campaign].patch.get("state") != "PAUSED":
            return
        answers = list(self._answers(run.process, campaign, run.result_times[campaign]))
        then = answers[-1].snapshot if answers else None
        if then is not None and then.scalars["state"] != "PAUSED":
            self._report(
                "pause",
                f"{run.process.name} leaves {campaign} {then.scalars['state']}, which its plan pauses",
            )

    def _check_journal(self, run: Run) -> None:
        """Each write that VOXO received has an earlier intent, and an outcome that is compatible with what happened."""
        writes = [
            request
            for request in self._requests
            if request.process is run.process and request.method == "PATCH"
        ]
        if not writes:
            return
        outcomes = _journaled(run)
        sent: dict[tuple[int, str], list[Request]] = defaultdict(list)
        for request in writes:
            assert request.campaign is not None
            sent[request.campaign, json.dumps(request.body, sort_keys=True)].append(request)
        for key, requests in sent.items():
            landed = sum(bool(request.landed) for request in requests)
            attempts, write = outcomes.get(key, []), f"{run.process.name}: a write to {key[0]}"
            if not attempts:
                self._report("journal", f"{write} has no intent")
            elif landed > len(attempts) - attempts.count("refused"):
                self._report("journal", f"{write} took place, and the journal calls it refused")
            elif landed < attempts.count("accepted"):
                self._report(
                    "journal", f"{write} never took place, and the journal calls it accepted"
                )

    # The end of a history

    def check_convergence(self, run: Run, wishes: Iterable[Wish]) -> None:
        """One more apply without faults has made VOXO agree with the definitions."""
        reported = False
        for wish in wishes:
            campaign = self._voxo.campaigns[wish.campaign]
            if self._is_left_paused(campaign, wish):
                reported = True
                if run.status == 0:
                    self._report("quiesce", f"{wish.campaign} stays PAUSED, and no run says so")
                continue
            wished = copy(campaign)
            wished.take(wish.fields)
            for name in wish.fields:
                actual, should_be = campaign.holds(name), wished.holds(name)
                if not _is_met(name, actual, should_be):
                    self._report("converge", f"{name} of {wish.campaign} stays {actual!r}")
        if run.status != 0 and not reported:
            results = "; ".join(f"{c} {o}: {run.details[c]}" for c, o in run.results.items())
            self._report(
                "converge", f"the last apply ends with {run.status}: {run.ended} {results}"
            )

    def _is_left_paused(self, campaign: Campaign, wish: Wish) -> bool:
        """Whether a run has paused a campaign whose definition does not want it PAUSED."""
        touch = self._touched.get((campaign.id, "state"))
        is_ours = touch is not None and touch.author != PERSON
        is_paused = campaign.scalars["state"] == "PAUSED" and "state" not in wish.fields
        return MARK in str(campaign.scalars["name"]) or (is_paused and is_ours)

    def _answers(self, process: Process, campaign: int | None, until: float) -> Iterable[Request]:
        """The usable responses about a campaign that a process had received by a moment."""
        answers = [
            request
            for request in self._requests
            if request.process is process
            and request.campaign == campaign
            and request.answered is not None
            and request.answered <= until
            and request.status in (200, 201)
            and request.snapshot is not None
        ]
        return sorted(answers, key=lambda answer: answer.answered or 0.0)

    def _last_read(self, process: Process, campaign: int | None, until: float) -> Request | None:
        answers = self._answers(process, campaign, until)
        reads = [answer for answer in answers if answer.method == "GET"]
        return reads[-1] if reads else None


def _is_met(name: str, actual: Any, wished: Any) -> bool:
    """Whether a field has its desired value; READY includes the states that VOXO sets while it dials."""
    if name == "state" and wished == "READY":
        return actual not in ("PAUSED", "", None)
    return same(name, actual, wished)


def _starts(after: Campaign, bounds: tuple[Campaign, ...]) -> bool:
    """Whether a campaign dials phones that none of the earlier ones dialed."""
    if not after.hours():
        return False
    reached = {phone for bound in bounds if bound.hours() for phone in bound.holds("numbers")}
    return bool(set(after.holds("numbers")) - reached)


def _exceeds(after: Campaign, bounds: tuple[Campaign, ...]) -> str:
    """The phones and hours at which a campaign dials beyond all of these, as text that may be empty."""
    hours = after.hours()
    if not hours:
        return ""
    allowed: dict[str, int] = defaultdict(int)
    for bound in bounds:
        if reach := bound.hours():
            for phone in bound.holds("numbers"):
                allowed[phone] |= reach
    more = {phone: (hours & ~allowed[phone]).bit_count() for phone in after.holds("numbers")}
    excess = [f"{phone} in {count} hours" for phone, count in more.items() if count]
    every = after.scalars.get("callFrequency") or 0
    dialing = [bound.scalars.get("callFrequency") or 0 for bound in bounds if bound.hours()]
    if not excess and every < min(dialing, default=0):
        excess = [f"every {every} s"]
    return ", ".join(excess)


def _journaled(run: Run) -> Mapping[tuple[int, str], list[str]]:
    """The outcomes in a journal by campaign and body: one for each intent, empty if it has none."""
    bodies: dict[tuple[int, int], tuple[int, str]] = {}
    outcomes: dict[tuple[int, int], str] = {}
    assert run.journal is not None
    for line in run.journal.read_bytes().split(b"\n"):
        try:
            event: dict[str, Any] = json.loads(line)
        except ValueError:  # a process that was killed may leave half a line
            continue
        if event["event"] == "intent":
            body = json.dumps(event["patch"], sort_keys=True)
            bodies[event["campaign"], event["attempt"]] = (event["campaign"], body)
        elif event["event"] == "outcome":
            outcomes[event["campaign"], event["attempt"]] = event["outcome"]
    by_body: dict[tuple[int, str], list[str]] = defaultdict(list)
    for attempt, key in bodies.items():
        by_body[key].append(outcomes.get(attempt, ""))
    return by_body
