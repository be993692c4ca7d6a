"""Faults that the simulation found, each as a short history with several orders of its threads."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulation.cooperative import virtual
from tests.simulation.engine import Invocation, Wish
from tests.simulation.history import Edit, History, Start
from tests.simulation.network import FINE, Fault, Request
from tests.simulation.voxo_model import Campaign
from tests.simulation.world import play_history

if TYPE_CHECKING:
    from pathlib import Path

ORDERS = range(8)
A, B = "6015550100", "6015550101"
C, D = "6015550102", "6015550103"

Scenario = Callable[[], History]


def campaign(campaign_id: int = 11, *numbers: Any, **scalars: Any) -> Campaign:
    """A campaign that dials all day, every 10 seconds."""
    defaults = {
        "name": f"Campaign {campaign_id}", "tech": "VOICE", "state": "READY", "dateStart": "2026-03-01",
        "timeStart": "00:00", "dateEnd": "2026-03-05", "timeEnd": "18:00", "callHoursStart": "08:00",
        "callHoursEnd": "18:00", "timezone": "America/Chicago", "callerId": "6015550190",
        "callFrequency": 10, "message": "Hello", "recording": "yes", "enableVMDetect": "0",
    }  # fmt: skip
    entries = [
        entry if isinstance(entry, tuple) else (entry, None) for entry in numbers or (A, B, C)
    ]
    return Campaign(
        campaign_id,
        defaults | scalars,
        [{"number": n, "description": "", "disposition": result} for n, result in entries],
    )


def wish(campaign_id: int = 11, *numbers: str, **fields: Any) -> Wish:
    """A definition whose numbers all have a new description."""
    if numbers:
        fields["numbers"] = [{"number": number, "description": "new"} for number in numbers]
    return Wish(campaign_id, fields)


def scenario_history(  # noqa: PLR0913  # the parts of a history
    campaigns: list[Campaign],
    wishes: list[Wish],
    *starts: Start,
    faults: dict[tuple[str, int], list[Fault]] | None = None,
    waits: tuple[Edit, ...] = (),
    edits: tuple[tuple[float, Edit], ...] = (),
    refusal: float = 0.0,
    retries: bool = False,
    new: tuple[Wish, ...] = (),
) -> History:
    """A history in which the faults of a method and a campaign happen to its requests in turn."""
    pending = {key: list(queue) for key, queue in (faults or {}).items()}

    def fault(request: Request) -> Fault:
        queue = pending.get((request.method, request.campaign or 0))
        return queue.pop(0) if queue else FINE

    retrying_campaigns = (
        frozenset(campaign.id for campaign in campaigns) if retries else frozenset()
    )
    starts = starts or (Start(1, Invocation()),)
    return History(
        campaigns,
        wishes,
        list(starts),
        list(edits),
        fault,
        list(new),
        refusal,
        list(waits),
        retries=retrying_campaigns,
    )


def set_by_hand(name: str, value: Any, campaign_id: int = 11) -> Edit:
    """A person sets a field by hand."""
    return Edit(
        campaign_id,
        f"sets {name} to {value}",
        name,
        lambda campaign: campaign.scalars.update({name: value}),
    )


def add_by_hand(*numbers: str, campaign_id: int = 11) -> Edit:
    """A person adds numbers by hand."""
    entries = [{"number": number, "description": "", "disposition": None} for number in numbers]
    return Edit(
        campaign_id, f"adds {numbers}", "numbers", lambda campaign: campaign.numbers.extend(entries)
    )


LATER = Fault(429, happens=False, wait=8)
REFUSED = Fault(400, happens=False)


def calls_end_while_limited() -> History:
    return scenario_history([campaign()], [wish(11, A, B, C)], faults={("PATCH", 11): [LATER]})


def calls_end_while_the_rate_is_limited() -> History:
    return scenario_history([campaign()], [wish(11, A, B, C)], Start(1, Invocation(rate=0.12)))


def calls_end_while_connections_are_refused() -> History:
    return scenario_history(
        [campaign(11), campaign(12, D, message="Hi")],
        [wish(11, A, B, C), wish(12, message="Ho")],
        Start(1, Invocation(rate=0.15)),
        refusal=0.5,
    )


def calls_end_while_another_campaign_is_limited() -> History:
    return scenario_history(
        [campaign(11), campaign(12, D)],
        [wish(11, A, B, C), wish(12, message="Ho")],
        faults={("GET", 12): [FINE, LATER], ("PATCH", 12): [LATER]},
    )


def field_is_edited_while_limited() -> History:
    return scenario_history(
        [campaign()],
        [wish(11, message="Ours")],
        faults={("PATCH", 11): [LATER]},
        waits=(set_by_hand("message", "Theirs"),),
    )


def campaign_is_made_ready_while_limited() -> History:
    return scenario_history(
        [campaign(11, A, state="PAUSED")],
        [wish(11, A, B)],
        Start(1, Invocation(allows=False)),
        faults={("PATCH", 11): [LATER]},
        waits=(set_by_hand("state", "READY"),),
    )


def run_is_stopped_while_limited() -> History:
    return scenario_history(
        [campaign(state="PAUSED")],
        [wish(state="READY")],
        Start(1, Invocation(), stops_at=5),
        faults={("PATCH", 11): [LATER]},
    )


def pause_before_a_start_is_refused() -> History:
    return scenario_history(
        [campaign(11), campaign(12, state="PAUSED")],
        [wish(11, state="PAUSED"), wish(12, state="READY")],
        faults={("PATCH", 11): [REFUSED]},
    )


def number_that_moves_is_not_removed() -> History:
    return scenario_history(
        [campaign(11, A, B), campaign(12, C)],
        [wish(11, B), wish(12, C, A)],
        faults={("PATCH", 11): [REFUSED]},
    )


def campaign_before_a_start_cannot_be_read() -> History:
    return scenario_history(
        [campaign(11), campaign(12, state="PAUSED")],
        [wish(11, state="PAUSED"), wish(12, state="READY")],
        faults={("GET", 11): [Fault(spoils="text")]},
    )


def pause_of_a_campaign_whose_state_changed() -> History:
    return scenario_history(
        [campaign(state="RUNNING")],
        [wish(state="PAUSED")],
        Start(1, Invocation(review=20.0)),
        waits=(set_by_hand("state", "READY"),) * 2,
    )


def pause_of_a_campaign_with_a_stale_field() -> History:
    return scenario_history(
        [campaign()],
        [wish(state="PAUSED", message="Ours")],
        Start(1, Invocation(review=20.0)),
        waits=(set_by_hand("message", "Theirs"),) * 2,
    )


def campaign_would_dial_more_than_was_reviewed() -> History:
    return scenario_history(
        [campaign(11, A, state="PAUSED")],
        [wish(state="READY")],
        Start(1, Invocation(review=20.0)),
        waits=(
            add_by_hand(B, C, D),
            set_by_hand("callHoursEnd", "23:00"),
            add_by_hand("6015550104"),
            add_by_hand("6015550105"),
        ),
    )


def start_is_edited_before_a_narrower_end_is_applied() -> History:
    return scenario_history(
        [campaign(callHoursStart="09:00", callHoursEnd="18:00")],
        [wish(callHoursEnd="11:00")],
        Start(1, Invocation(allows=False, review=20.0)),
        waits=(set_by_hand("callHoursStart", "12:00"),) * 3,
    )


def unusual_time_format_hides_more_hours() -> History:
    return scenario_history(
        [campaign(callHoursStart="9:30", callHoursEnd="18:00")],
        [wish(callHoursStart="07:00")],
        Start(1, Invocation(allows=False)),
    )


def empty_state_becomes_ready() -> History:
    return scenario_history(
        [campaign(state="")], [wish(state="READY")], Start(1, Invocation(allows=False))
    )


def apparent_refusal_took_effect() -> History:
    return scenario_history(
        [campaign()],
        [wish(message="Ours")],
        faults={("PATCH", 11): [Fault(408)]},
    )


def late_write_erases_a_result() -> History:
    return scenario_history(
        [campaign(11, A, B, C)],
        [wish(11, A, B, C)],
        faults={("PATCH", 11): [Fault(504, happens=False, lands=10)]},
    )


def late_write_restores_an_older_result() -> History:
    return scenario_history(
        [campaign(11, (A, "BUSY"), (B, "ANSWERED"))],
        [wish(11, A, B)],
        faults={("PATCH", 11): [Fault(504, happens=False, lands=10)]},
        retries=True,
    )


def rollback_restores_the_first_of_two_results() -> History:
    return scenario_history(
        [campaign(11, (A, "BUSY"), (B, "ANSWERED"))],
        [wish(11, B)],
        Start(1, Invocation()),
        Start(60, Invocation(command="rollback")),
        faults={("PATCH", 11): [Fault(504, happens=False)] * 4},
        retries=True,
    )


def phone_is_listed_twice() -> History:
    return scenario_history(
        [campaign(11, (A, "ANSWERED"), (A, "")), campaign(12, D)], [wish(11, A, B)]
    )


def read_before_a_write_is_old() -> History:
    return scenario_history(
        [campaign()],
        [wish(11, A, B, C)],
        faults={("GET", 11): [FINE, Fault(delay=9), Fault(delay=9)]},
    )


def two_runs_pause_a_campaign_at_once() -> History:
    slow, quick = Invocation(quiesce=True, rate=0.5), Invocation(quiesce=True, workers=1)
    fault = {("PATCH", 11): [Fault(delay=8)]}
    return scenario_history(
        [campaign()], [wish(11, A, B, C)], Start(0.1, slow), Start(2, quick), faults=fault
    )


CREATE = Invocation(command="create", workers=1)
NEW = wish(0, D, name="New", dateStart="2026-03-01", timeStart="09:00", timezone="America/Chicago")


def new_campaign_dials_although_not_requested() -> History:
    fault = {("POST", 0): [Fault(spoils="ignored")]}
    return scenario_history([campaign()], [], Start(1, CREATE), faults=fault, new=(NEW,))


def new_campaign_has_another_tenant() -> History:
    fault = {("POST", 0): [Fault(spoils="tenant")]}
    return scenario_history([campaign()], [], Start(1, CREATE), faults=fault, new=(NEW,))


def creation_is_killed(step: int) -> History:
    starts = Start(1, CREATE, dies_at=step), Start(30, CREATE)
    return scenario_history([campaign()], [], *starts, new=(NEW,))


def quiesced_change_is_killed(step: int) -> History:
    return scenario_history(
        [campaign()],
        [wish(11, A, B, C)],
        Start(1, Invocation(quiesce=True, workers=1), dies_at=step),
    )


SCENARIOS: dict[Scenario, str] = {
    calls_end_while_limited: "",
    calls_end_while_the_rate_is_limited: "",
    calls_end_while_connections_are_refused: "",
    calls_end_while_another_campaign_is_limited: "",
    field_is_edited_while_limited: "",
    campaign_is_made_ready_while_limited: "",
    run_is_stopped_while_limited: "",
    pause_before_a_start_is_refused: "",
    number_that_moves_is_not_removed: "",
    campaign_before_a_start_cannot_be_read: "",
    pause_of_a_campaign_whose_state_changed: "",
    pause_of_a_campaign_with_a_stale_field: "",
    campaign_would_dial_more_than_was_reviewed: "",
    start_is_edited_before_a_narrower_end_is_applied: "",
    unusual_time_format_hides_more_hours: "",
    empty_state_becomes_ready: "",
    apparent_refusal_took_effect: "",
    late_write_erases_a_result: "",
    late_write_restores_an_older_result: "",
    rollback_restores_the_first_of_two_results: "",
    phone_is_listed_twice: "",
    two_runs_pause_a_campaign_at_once: "",
    read_before_a_write_is_old: "",
    new_campaign_dials_although_not_requested: "",
    new_campaign_has_another_tenant: "",
}
"""The faults, each with the reason if it is not fixed yet."""


def _random(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # not for a secret but to repeat a history


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(
            scenario, marks=pytest.mark.xfail(strict=True, reason=reason) if reason else ()
        )
        for scenario, reason in SCENARIOS.items()
    ],
    ids=[scenario.__name__ for scenario in SCENARIOS],
)
def test_known_fault_is_fixed(scenario: Scenario, tmp_path: Path) -> None:
    with virtual():
        for order in ORDERS:
            result = play_history(scenario(), _random(order), tmp_path / str(order))
            assert not result.violations, "\n".join(result.lines)


def test_quiesced_change_may_be_killed_at_any_step(tmp_path: Path) -> None:
    with virtual():
        for step in range(1, 80):
            result = play_history(
                quiesced_change_is_killed(step), _random(step), tmp_path / str(step)
            )
            assert not result.violations, "\n".join(result.lines)


def test_creation_that_is_killed_at_any_step_makes_one_campaign(tmp_path: Path) -> None:
    with virtual():
        for step in range(1, 60):
            result = play_history(creation_is_killed(step), _random(step), tmp_path / str(step))
            assert not result.violations, "\n".join(result.lines)
