"""Hostile text, such as markup and control characters, and plans that contain it wherever text is possible."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.report.samples import COMMIT, NOW
from voxosync.model.change import FieldChange, NumbersChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.drift import Acknowledgement, UnmanagedCampaign
from voxosync.model.numbers import Digest
from voxosync.model.outcome import Outcome, Result
from voxosync.model.plan import AbandonedCampaign, AcknowledgedChange, CampaignPlan, Plan
from voxosync.model.problem import AllowedProblem, Position, error, warning
from voxosync.model.validation import Validation
from voxosync.model.values import Destination

Text: TypeAlias = Callable[[str], str]
"""A function that returns the text for a place, given the name of the place."""

FRAGMENTS = (
    "\n", "\r", "\r\n", "\t", "\0", "\x07", "\x85", "\u2028", "\u2029", "\x1b[31m", "\x9b2J",
    "\x1b]8;;https://evil.test\x07", "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\udcff",
    "::error file=x::", "::stop-commands::t", "##[add-mask]x", "##vso[task.x]y", "%0A", "%25", "::",
    "`", "``", "~~~", "|", "\\|", "\\", "<b>", "</code>", "</details>", "<!-- ", "-->", "<script>",
    "&lt;", "&#10;", "&", '"', "'", "@octocat", "@org/team", "#1", "GH-1", "http://evil.test",
    "www.evil.test", "a@evil.test", "[x](http://evil.test)", "![x](y)", "[0]", "{0}", "{}", "]", "[",
    "# ", "- ", "1. ", "> ", "    ", "---", "***", "**", "__", "_", "*", "~~", "$$", ":tada:",
    "<details>", "<summary>", "\n\n# Heading\n\n", "\n| a | b |\n|---|---|\n", ",", "=", " ", "é",
    "\N{FAMILY}", "\u00a0", "\u3000",
)  # fmt: skip

DIGEST = Digest(f"sha256:{0:064}")

texts = st.lists(
    st.sampled_from(FRAGMENTS) | st.text(st.characters(exclude_categories=()), max_size=4),
    max_size=5,
).map("".join)
"""Any text, including lone surrogates; most of it consists of characters with a meaning in some format."""

PLACES = (
    "name", "file", "error", "warning", "before", "after", "base", "zone", "reason", "number",
    "type", "abandoned name", "abandoned file", "default file", "message", "detail", "acknowledgement", "owner",
    "unmanaged name", "unmanaged state", "unlisted",
)  # fmt: skip

texts_for_places = st.fixed_dictionaries(dict.fromkeys(PLACES, texts))


def plan(text: Text, **options: Any) -> Plan:
    """A plan with text in every place; its shape is always the same."""
    change, drift, conflict = ChangeKind.CHANGE, ChangeKind.DRIFT, ChangeKind.CONFLICT
    before, after, base = text("before"), text("after"), text("base")
    number = text("number")
    file = text("file")
    first = CampaignPlan(
        4711,
        text("name"),
        file,
        changes=(
            FieldChange("name", before, after, drift, after, Position(text("default file"), 2, 3)),
            FieldChange("message", None, after, conflict, base, Position(file, 4, 5)),
            FieldChange(
                "destinations",
                (),
                (Destination(text("type"), 12), Destination("QUEUE", 13)),
                change,
            ),
            NumbersChange(
                3, 3, (number, "6015550123"), (number + "1",), (number + "2",), DIGEST, change
            ),
        ),
        warnings=(text("warning"), "a warning"),
        patch={"name": after},
        live_state="READY",
        dialing=DialingEffect(Effect.STARTS, (text("reason"),), 3, 2, "2026-03-02", text("zone")),
    )
    second = CampaignPlan(4712, text("name"), file, error=text("error"))
    third = CampaignPlan(4713, None, file, warnings=(text("warning"),))
    abandoned = AbandonedCampaign(4714, text("abandoned name"), text("abandoned file"))
    campaigns = [first, second, third]
    problem = error(Position(file, 8, 3), "policy/slowly", text("warning"))
    allowed = (AllowedProblem(problem, text("reason")),)
    return Plan(
        NOW, "https://voxo.test", campaigns, COMMIT, (abandoned,), **{"allowed": allowed, **options}
    )


def drift_plan(text: Text, **options: Any) -> Plan:
    """A plan of `drift`, with text also in the places that only `drift` has."""
    base_plan = plan(text)
    first, second, third = base_plan.campaigns
    acknowledgement = Acknowledgement(
        "name",
        date(2027, 1, 31),
        text("acknowledgement"),
        text("owner"),
        Position(text("file"), 5, 3),
    )
    acknowledged = tuple(
        AcknowledgedChange(replace(change, since=NOW), acknowledgement)
        for change in (first.changes[0], first.changes[3])
    )
    missing = CampaignPlan(4715, text("name"), text("file"), error=text("error"), missing=True)
    changes: dict[str, Any] = {
        "campaigns": [
            replace(first, changes=tuple(replace(change, since=NOW) for change in first.changes)),
            second, replace(third, acknowledged=acknowledged), missing,
        ],
        "unmanaged": (
            UnmanagedCampaign(4720, text("unmanaged name"), text("unmanaged state")),
            UnmanagedCampaign(4721, None, None),
        ),
    }  # fmt: skip
    return replace(base_plan, **{**changes, **options})


def unlisted_plan(text: Text) -> Plan:
    """A plan of `drift` whose unmanaged campaigns could not be listed."""
    return drift_plan(text, unmanaged=(), unlisted=text("unlisted"))


def validation(text: Text) -> Validation:
    problems = (
        error(Position(text("file"), 7, 16), "schema", text("message")),
        warning(Position(text("default file"), 1, 1), "rule", text("warning")),
    )
    allowed = AllowedProblem(
        error(Position(text("file"), 3), "policy/x", text("message")), text("reason")
    )
    return Validation(1, 2, problems, (allowed,))


def results(text: Text) -> list[Result]:
    failed = Result(1, text("name"), text("file"), Outcome.FAILED, ("name",), text("detail") + ".")
    return [failed, Result(2, None, text("file"), Outcome.APPLIED, ("name",))]


def harmless_text(place: str) -> str:
    """A harmless text that contains the name of its place."""
    return f"x {place}"


def is_visible(character: str) -> bool:
    """Whether a character is displayed as itself and has no other effect."""
    return unicodedata.category(character)[0] != "C" and character not in "\u2028\u2029"
