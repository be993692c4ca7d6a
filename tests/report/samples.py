"""The plans, validations and results that the golden files show, and functions to build others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from voxosync.model.change import Description, Detail, FieldChange, NumbersChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.dialing.forecast import Forecast
from voxosync.model.drift import Acknowledgement, DriftRun, History, UnmanagedCampaign
from voxosync.model.numbers import Digest
from voxosync.model.outcome import Outcome, Result
from voxosync.model.plan import AbandonedCampaign, AcknowledgedChange, CampaignPlan, Plan
from voxosync.model.problem import Position, Problem, Severity, error, warning
from voxosync.model.validation import Validation
from voxosync.model.values import Destination

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SPRING = "campaigns/spring.yaml"
CALLED = ("6015550123", "6015550124", "6015550125", "6015550126")
CALLER = "6015550100"


def numbers(
    kind: ChangeKind = ChangeKind.CHANGE,
    *,
    added: tuple[str, ...] = (),
    removed: tuple[str, ...] = (),
    changed: tuple[str, ...] = (),
) -> NumbersChange:
    """A change of a list of two numbers."""
    return NumbersChange(
        count_before=2,
        count_after=2 + len(added) - len(removed),
        added=added,
        removed=removed,
        changed=changed,
        before_digest=Digest({CALLED[1]: "", CALLED[2]: "Customer 1043"}),
        kind=kind,
        position=Position(SPRING, 14, 1),
        descriptions=tuple(
            Description(number, "Customer 1043", "Customer 1043, call 6015550177")
            for number in changed
        ),
    )


def plan(**options: Any) -> Plan:
    """A plan with every status and every sort of change."""
    spring = CampaignPlan(
        4711,
        "Spring renewal reminders",
        SPRING,
        changes=(
            FieldChange("state", "PAUSED", "READY", position=Position(SPRING, 3, 8)),
            FieldChange("callerId", "6015550199", CALLER, position=Position(SPRING, 6, 11)),
            FieldChange("callFrequency", 30, 60.5, position=Position(SPRING, 7, 16)),
            FieldChange(
                "message",
                None,
                "Time to renew: press 1 to talk to us, press 2 to be called back later",
                position=Position("campaigns/_defaults.yaml", 2, 10),
            ),
            numbers(added=CALLED[:1], removed=CALLED[1:2], changed=CALLED[2:3]),
            FieldChange(
                "destinations",
                (Destination("EXTENSION", 101), Destination("IVR", 3)),
                (Destination("QUEUE", 12), Destination("EXTENSION", 101)),
                details=(
                    Detail("IVR 3", 2),
                    Detail("QUEUE 12", None, 1),
                    Detail("EXTENSION 101", 1, 2),
                ),
            ),
        ),
        warnings=("sending numbers may clear field1 … field9 of 1 numbers that stay",),
        patch={
            "state": "READY",
            "callerId": CALLER,
            "callFrequency": 60.5,
            "message": "Time to renew: press 1 to talk to us, press 2 to be called back later",
            "numbers": [
                {"number": CALLED[2], "description": "Customer 1044", "disposition": "BUSY"},
                {"number": CALLED[0], "description": "", "field1": "Gold"},
            ],
            "destinations": [{"id": 12, "type": "QUEUE"}, {"id": 101, "type": "EXTENSION"}],
        },
        live_state="PAUSED",
        dialing=DialingEffect(
            Effect.STARTS,
            ("becomes READY",),
            2,
            1,
            "2026-03-02 09:00",
            "America/Chicago",
            forecast=Forecast(1080, "2026-03-02 09:00", 0),
        ),
        line=2,
    )
    autumn = CampaignPlan(4712, "Autumn", "campaigns/autumn.yaml", live_state="PAUSED")
    running = CampaignPlan(
        4713,
        "Surveys",
        "campaigns/surveys.yaml",
        warnings=("VOXO says that the state is RUNNING",),
        live_state="RUNNING",
    )
    failed = CampaignPlan(
        4714, None, "campaigns/gone.yaml", error="GET /v2/…/4714: VOXO answered 404: not found"
    )
    return Plan(NOW, "https://api.voxo.co", [spring, autumn, running, failed], **options)


def three_sided_plan() -> Plan:
    """A plan with a merge base: each kind of change, also of numbers, and a removed definition."""
    changes = (
        FieldChange(
            "name", "By hand", "Spring", ChangeKind.DRIFT, "Spring", Position(SPRING, 2, 7)
        ),
        FieldChange("callFrequency", 45, 60, ChangeKind.CONFLICT, 30, Position(SPRING, 7, 16)),
        FieldChange("dateEnd", "2026-03-31", "2026-03-15", ChangeKind.CHANGE, "2026-03-31"),
        FieldChange("timeEnd", "18:00", "18:30", ChangeKind.PENDING, "18:00", commit="cafe" * 10),
        numbers(ChangeKind.CHANGE, added=CALLED[:1]),
        numbers(ChangeKind.PENDING, removed=CALLED[3:4]),
        numbers(ChangeKind.DRIFT, removed=CALLED[1:2]),
        numbers(ChangeKind.CONFLICT, changed=CALLED[2:3]),
    )
    spring = CampaignPlan(
        4711,
        "Spring",
        SPRING,
        changes=changes,
        patch={
            "name": "Spring",
            "callFrequency": 60,
            "dateEnd": "2026-03-15",
            "timeEnd": "18:30",
            "numbers": [
                {"number": CALLED[2], "description": "Customer 1044"},
                {"number": CALLED[0], "description": ""},
            ],
        },
        live_state="READY",
        dialing=DialingEffect(Effect.MORE, ("+1 phone",), 2, 2, already_dialing=True),
        line=1,
    )
    abandoned = AbandonedCampaign(4715, "Winter", "campaigns/winter.yaml")
    return Plan(NOW, "https://api.voxo.co", [spring], base=COMMIT, abandoned=(abandoned,))


def acknowledged_changes() -> tuple[AcknowledgedChange, ...]:
    """Differences that a definition acknowledges, with and without an owner; one is of numbers."""
    differences = (
        (FieldChange("dateEnd", "2026-03-31", "2026-04-30"), "agreed trial", "support team"),
        (replace(numbers(removed=CALLED[3:]), position=None), "asked not to be called", None),
    )
    return tuple(
        AcknowledgedChange(
            replace(change, since=NOW - timedelta(days=4)),
            Acknowledgement(
                change.field, date(2026, 12, 31), reason, owner, Position(SPRING, 9, 5)
            ),
        )
        for change, reason, owner in differences
    )


def drift_plan(**options: Any) -> Plan:
    """A plan of `drift`: everything that only `drift` reports, and a history with the times of differences."""
    base = plan()
    spring, autumn, running, failed = base.campaigns
    weeks = [NOW - timedelta(weeks=age) for age in (2, 1, 0)]
    dated = [replace(change, since=weeks[index % 3]) for index, change in enumerate(spring.changes)]
    trial = CampaignPlan(
        4716,
        "Trial",
        "campaigns/trial.yaml",
        live_state="READY",
        acknowledged=acknowledged_changes(),
    )
    missing = CampaignPlan(
        4717,
        "Withdrawn",
        "campaigns/prod/withdrawn.yaml",
        error="GET /v2/…/4717: VOXO answered 404 (not found); check the id",
        missing=True,
    )
    fields: dict[str, Any] = {
        "campaigns": [
            replace(spring, changes=tuple(dated), acknowledged=acknowledged_changes()[:1]),
            autumn, running, failed, trial, missing,
        ],
        "unmanaged": (UnmanagedCampaign(4720, "Autumn pilot", "READY"), UnmanagedCampaign(4721, None, None)),
        "history": History([DriftRun(week, 3, 1, 2) for week in weeks]),
    }  # fmt: skip
    return replace(base, **{**fields, **options})


def findings() -> tuple[Problem, ...]:
    """The findings of two checks, one of which is an alarm."""
    message = (
        "doNotCall: VOXO is still to call 2 phones (601•••0123, 601•••0124) on a do-not-call list "
        "(READY): remove them in VOXO, or apply"
    )
    return (
        Problem(Position(SPRING, 7, 3), Severity.ERROR, "doNotCall", message, 2, 4711),
        Problem(
            Position(SPRING, 3, 8),
            Severity.WARNING,
            "unreachable",
            "unreachable: state: READY, but there is no destination and no message: whoever answers reaches no one",
            None,
            4711,
        ),
    )


def in_sync_plan(**options: Any) -> Plan:
    """A plan without differences."""
    campaigns = [
        CampaignPlan(4711, "Spring", SPRING),
        CampaignPlan(4712, "Autumn", "campaigns/a.yaml"),
    ]
    return Plan(NOW, "https://api.voxo.co", campaigns, **options)


def validation() -> Validation:
    """A validation with an error and a warning."""
    return Validation(
        2,
        3,
        (
            error(Position(SPRING, 7, 16), "minimum", "callFrequency: 5 is too small: write more than 9"),
            warning(
                Position("campaigns/autumn.yaml", 3, 12), "recording-no",
                "recording: no is sent as written, but VOXO's reference lists only yes as an option",
            ),
        ),
    )  # fmt: skip


def results() -> list[Result]:
    """A result of every outcome."""
    details = {
        Outcome.STALE: "name changed in VOXO since the plan was made: plan again",
        Outcome.FAILED: "PATCH /v2/admin/call-campaigns/3: VOXO answered 422: name is taken",
        Outcome.NOT_CONVERGED: "callFrequency: sent 60, came back 30",
        Outcome.UNKNOWN: "PATCH: timed out; and it could not be read again: no answer",
        Outcome.NOT_SENT: "the run was interrupted",
    }
    sent = (Outcome.APPLIED, Outcome.NOT_CONVERGED, Outcome.UNKNOWN)
    return [
        Result(
            number, "Spring", SPRING, outcome,
            ("callFrequency", "numbers") if outcome in sent else (), details.get(outcome, ""),
        )
        for number, outcome in enumerate(Outcome, start=1)
    ]  # fmt: skip
