"""The history of runs for people: newest first, killed runs marked, numbers masked, and text escaped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.hostile import is_visible, texts
from voxosync.model.journal import CampaignEnd, Run, SentPatch
from voxosync.model.phone import masked_in
from voxosync.report import history
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping

STARTED = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
CALLED = ("6015550123", "6015550124")
RUN = Run(
    id="20260301T120005.000001Z-a1b2c3",
    command="apply",
    started_at=STARTED,
    base_url="https://api.voxo.co",
    actor={"commit": "0123456789abcdef", "job": "https://ci.test/jobs/7", "user": "deploy"},
    plan={"campaigns": []},
    sent=(
        SentPatch(
            4711,
            {
                "callFrequency": 30,
                "message": None,
                "callerId": "6015550199",
                "numbers": {CALLED[0]: "Customer 1042"},
                "destinations": [],
            },
            {
                "callFrequency": 60,
                "message": "Time to renew",
                "callerId": "6015550100",
                "numbers": [{"number": number, "description": ""} for number in CALLED],
                "destinations": [{"type": "QUEUE", "id": 12}],
            },
            "accepted",
        ),
        SentPatch(
            4712, {"name": "old"}, {"name": "new"}, "refused", f"422: {CALLED[0]} is no name"
        ),
    ),
    ends=(
        CampaignEnd(4711, "Spring", "applied"),
        CampaignEnd(4712, None, "failed", f"422: {CALLED[0]} is no name"),
    ),
    exit_status=3,
    overrides={"--during-freeze": "The queue is gone"},
)
KILLED = replace(
    RUN,
    sent=(*RUN.sent, SentPatch(4713, {"name": "old"}, {"name": "new"})),
    ends=(),
    exit_status=None,
)


def test_run_is_shown_with_its_origin_its_requests_and_its_end() -> None:
    assert history.render_run(RUN) == (
        "run      20260301T120005.000001Z-a1b2c3 (apply)\n"
        "started  2026-03-01 12:00:05 UTC\n"
        "against  https://api.voxo.co\n"
        "commit   0123456789abcdef\n"
        "job      https://ci.test/jobs/7\n"
        "user     deploy\n"
        "override --during-freeze The queue is gone\n"
        "ended    with exit status 3\n"
        "\n"
        "PATCH 4711: accepted\n"
        "    callFrequency: 30 → 60\n"
        '    message: (none) → "Time to renew"\n'
        "    callerId: 6015550199 → 6015550100\n"
        "    numbers: 1 → 2\n"
        "    destinations: [] → [QUEUE 12]\n"
        "\n"
        "PATCH 4712: refused\n"
        "    name: old → new\n"
        "    422: 601•••0123 is no name\n"
        "\n"
        "4711 Spring: applied\n"
        "\n"
        "4712: failed\n"
        "    422: 601•••0123 is no name\n"
    )


def test_killed_run_is_marked_and_shows_which_requests_are_unknown() -> None:
    output = history.render_run(KILLED)
    assert "ended    KILLED: requests marked UNKNOWN may have taken effect" in output
    assert "PATCH 4713: UNKNOWN: the run ended before VOXO responded" in output


def test_list_has_one_line_for_each_run_and_the_newest_first() -> None:
    later = replace(RUN, id="20260302T", command="rollback", actor={"user": "deploy"})
    silent = replace(RUN, id="20260303T", sent=(), ends=(), exit_status=0, actor={})
    killed = replace(KILLED, id="20260304T", environment="production")
    assert history.render_runs([RUN, later, silent, killed], View()) == (
        "RUN              STARTED                  ENVIRONMENT  COMMAND   COMMIT        "
        "RESULT                   BY\n"
        "20260304T        2026-03-01 12:00:05 UTC  production   apply     0123456789ab  "
        "KILLED after 3 requests  https://ci.test/jobs/7\n"
        "20260303T        2026-03-01 12:00:05 UTC  -            apply     -             "
        "nothing sent             -\n"
        "20260302T        2026-03-01 12:00:05 UTC  -            rollback  -             "
        "1 applied, 1 failed      deploy\n"
        "20260301T120005  2026-03-01 12:00:05 UTC  -            apply     0123456789ab  "
        "1 applied, 1 failed      https://ci.test/jobs/7\n"
    )


def test_run_takes_several_lines_next_to_its_id_on_a_narrow_terminal() -> None:
    run = replace(RUN, id="20260301T120005", environment="prod")
    lines = history.render_runs([run], View(width=60)).splitlines()
    assert lines[2:] == [
        "20260301T120005  2026-03-01 12:00:05 UTC  prod  apply",
        "                 0123456789ab  1 applied, 1 failed",
        "                 https://ci.test/jobs/7",
    ]


IDS = st.lists(
    st.from_regex(r"2026030[12]T12000[01]\.00000[01]Z-[0-9a-f]{6}", fullmatch=True),
    min_size=1,
    unique=True,
)


@given(ids=IDS)
def test_short_id_is_the_beginning_of_only_one_id(ids: list[str]) -> None:
    for run_id, short in history.short_ids(ids).items():
        assert [full_id for full_id in ids if full_id.startswith(short)] == [run_id]
        assert len(short) >= len("20260301T120000")


def test_empty_list_says_that_there_are_no_runs() -> None:
    assert history.render_runs([], View()) == "No runs yet.\n"


def test_remarks_about_a_journal_are_shown() -> None:
    output = history.render_run(replace(RUN, remarks=("line 4 was not written whole",)))
    assert "remark   line 4 was not written whole\n" in output


@pytest.mark.parametrize("run", [RUN, KILLED])
def test_called_numbers_are_masked(run: Run) -> None:
    output = history.render_run(run) + history.render_runs([run], View())
    for number in CALLED:
        assert number not in output


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6015550123 is no number", "601•••0123 is no number"),
        ("+16015550123, 6015550124", "1601•••0123, 601•••0124"),
        ('["6015550123"]', '["601•••0123"]'),
        ("PATCH /v2/admin/call-campaigns/6015550123", "PATCH /v2/admin/call-campaigns/6015550123"),
        ("9007199254740991 is too large", "9007199254740991 is too large"),
        ("422 at 2026-03-01", "422 at 2026-03-01"),
    ],
)
def test_numbers_in_messages_of_voxo_are_masked(text: str, expected: str) -> None:
    assert masked_in(text) == expected


@given(hostile_text=texts)
def test_hostile_text_has_no_effect_and_adds_no_lines(hostile_text: str) -> None:
    values: Mapping[str, str] = {"name": hostile_text, "message": hostile_text}
    hostile = replace(
        RUN,
        id=hostile_text,
        base_url=hostile_text,
        actor={"job": hostile_text, "user": hostile_text},
        sent=(SentPatch(4711, values, values, "refused", hostile_text),),
        ends=(CampaignEnd(4711, hostile_text, "failed", hostile_text),),
        overrides={"--during-freeze": hostile_text},
        remarks=(hostile_text,),
    )
    harmless = replace(
        hostile,
        id="x",
        base_url="x",
        actor={"job": "x", "user": "x"},
        sent=(SentPatch(4711, {"name": "x", "message": "x"}, {"name": "x", "message": "x"}, "refused", "x"),),
        ends=(CampaignEnd(4711, "x", "failed", "x"),),
        overrides={"--during-freeze": "x"},
        remarks=("x",),
    )  # fmt: skip
    for output, expected in (
        (history.render_run(hostile), history.render_run(harmless)),
        (history.render_runs([hostile], View()), history.render_runs([harmless], View())),
    ):
        assert all(is_visible(character) for character in output.replace("\n", ""))
        detail = 2 * (not hostile_text)  # an empty detail is not shown
        assert expected.count("\n") - output.count("\n") in (0, detail)
        assert not any(line.lstrip().startswith(("::", "##[")) for line in output.splitlines())
