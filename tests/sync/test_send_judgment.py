"""Right before a request, the live campaign is compared with the reach of dialing that the plan showed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.sync.builders import NOW, definition, live, planned
from voxosync.model.document import from_document, to_document
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.sync.send_judgment import exceeds

FEW = {"6015550123": "", "6015550124": "", "6015550125": ""}
MANY = {f"6015550{number}": "" for number in range(100, 200)}
SPRING: dict[str, Any] = {
    "state": "READY",
    "tech": "VOICE",
    "dateStart": "2026-03-02",
    "dateEnd": "2026-03-30",
    "timeStart": "11:00",
    "timeEnd": "15:00",
    "callHoursStart": "10:00",
    "callHoursEnd": "18:00",
    "timezone": "America/Chicago",
    "callFrequency": 30,
    "numbers": FEW,
}


@pytest.fixture(params=["at hand", "saved"])
def reread(request: pytest.FixtureRequest) -> Any:
    """Returns a plan as it is in the run that made it, or as another run reads it from a file."""

    def plan_of(plan: CampaignPlan) -> CampaignPlan:
        if request.param == "at hand":
            return plan
        document = to_document(Plan(NOW, "https://api.example", [plan]))
        return from_document(json.loads(json.dumps(document))).campaigns[0]

    return plan_of


def excess(reread: Any, desired: dict[str, Any], then: dict[str, Any], now: dict[str, Any]) -> Any:
    """What exceeds the plan made from the values of `then` if VOXO has those of `now`."""
    plan = reread(planned(definition(**desired), live(**{**SPRING, **then})))
    assert plan.patch
    return exceeds(plan, live(**{**SPRING, **then, **now}))


START = ({"state": "READY"}, {"state": "PAUSED"})
"""The definition, and the live values when the plan was made; all other fields are unmanaged."""
NARROWER: tuple[dict[str, Any], dict[str, Any]] = ({"callHoursEnd": "16:00"}, {})


@pytest.mark.parametrize(
    ("case", "now", "expected"),
    [
        (START, {}, None),
        (START, {"state": "READY", "message": "Hello", "callerId": "6015550199"}, None),
        (START, {"state": "RUNNING"}, None),
        (START, {"numbers": MANY}, "numbers (100 instead of 3)"),
        (
            START,
            {"numbers": MANY, "callHoursStart": None, "callHoursEnd": None},
            "callHoursStart and callHoursEnd and numbers (100 instead of 3)",
        ),
        (START, {"numbers": {**FEW, "6015550126": ""}}, "numbers (4 instead of 3)"),
        (START, {"numbers": {"6015550123": "", "6015550124": "", "6015550126": ""}}, "numbers"),
        (START, {"numbers": dict.fromkeys(FEW, "reworded")}, None),
        (START, {"numbers": {}}, None),
        (START, {"callFrequency": 10}, "callFrequency"),
        (START, {"callFrequency": None}, "callFrequency"),
        (START, {"callFrequency": 60}, None),
        (START, {"dateEnd": "2026-04-30"}, "dateEnd"),
        (START, {"dateEnd": "30/03/2026"}, "dateEnd"),
        (START, {"dateEnd": "2026-03-29", "callHoursEnd": "17:30"}, None),
        (START, {"callHoursStart": "9:00 AM"}, "callHoursStart"),
        (START, {"timezone": "America/Los_Angeles"}, "timezone"),
        (START, {"timezone": "Mars/Base"}, "timezone"),
        (START, {"tech": "SMS"}, "tech"),
        (NARROWER, {}, None),
        (NARROWER, {"callHoursStart": "08:00"}, "callHoursStart"),
        (NARROWER, {"callHoursStart": "11:00"}, None),
        (NARROWER, {"state": None}, None),
        (NARROWER, {"state": "PAUSED", "callHoursStart": "08:00"}, None),
        (({"callHoursEnd": "16:00"}, {"state": "PAUSED"}), {"state": "READY"}, "state"),
        (({"callHoursEnd": "16:00"}, {"state": "PAUSED"}), {"state": None}, "state"),
        (({"callHoursEnd": "20:00"}, {}), {"callHoursEnd": "19:00"}, None),
        (({"numbers": FEW}, {"numbers": {}}), {"callFrequency": 10}, "callFrequency"),
        (({"numbers": FEW}, {"numbers": {}}), {"callFrequency": 60}, None),
        (({"state": "PAUSED"}, {}), {"numbers": MANY, "callFrequency": 10}, None),
        (({"message": "Hello"}, {}), {"numbers": MANY, "callFrequency": 10}, None),
        (({"callFrequency": 60}, {"state": None}), {}, None),
        (({"callFrequency": 60}, {"state": None}), {"state": "READY"}, "state"),
        (({"callFrequency": 60}, {"dateEnd": "30/03/2026"}), {}, None),
    ],
)
def test_field_that_dials_more_than_the_plan_showed_is_named(
    reread: Any,
    case: tuple[dict[str, Any], dict[str, Any]],
    now: dict[str, Any],
    expected: str | None,
) -> None:
    assert excess(reread, *case, now) == expected


def test_fewer_phones_exceed_only_a_saved_plan_since_they_may_be_different_ones() -> None:
    plan = planned(definition(state="READY"), live(**{**SPRING, "state": "PAUSED"}))
    now = live(**{**SPRING, "state": "PAUSED", "numbers": {"6015550123": ""}})
    assert exceeds(plan, now) is None
    saved = from_document(to_document(Plan(NOW, "https://api.example", [plan]))).campaigns[0]
    assert exceeds(saved, now) == "numbers (1 instead of 3)"


def test_list_that_is_no_longer_readable_exceeds_the_plan(reread: Any) -> None:
    plan = reread(planned(definition(state="READY"), live(**{**SPRING, "state": "PAUSED"})))
    now = live(**{**SPRING, "state": "PAUSED"})
    values = {name: value for name, value in now.values.items() if name != "numbers"}
    assert (
        exceeds(plan, replace(now, values=values, unreadable={"numbers": "nothing"})) == "numbers"
    )


def test_no_step_of_a_quiesced_update_exceeds_the_plan(reread: Any) -> None:
    plan = reread(planned(definition(numbers=MANY, callFrequency=20), live(**SPRING)))
    pause, resume = (replace(plan, patch={"state": state}) for state in ("PAUSED", "READY"))
    assert exceeds(pause, live(**SPRING)) is None
    assert exceeds(plan, live(**{**SPRING, "state": "PAUSED"})) is None
    desired_values = {**SPRING, "state": "PAUSED", "numbers": MANY, "callFrequency": 20}
    assert exceeds(resume, live(**desired_values)) is None
    widened = {**desired_values, "numbers": {**MANY, "6015550200": ""}}
    assert exceeds(resume, live(**widened)) == "numbers (101 instead of 100)"


def test_any_dialing_exceeds_a_plan_without_a_reach() -> None:
    plan = planned(definition(state="READY"), live(**{**SPRING, "state": "PAUSED"}))
    assert exceeds(replace(plan, reach=None), live(**{**SPRING, "state": "PAUSED"})) == "state"
