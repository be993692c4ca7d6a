"""Markdown for a comment: hostile text does not change its structure, and it always fits."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.report.hostile import (
    FRAGMENTS,
    drift_plan,
    harmless_text,
    plan,
    texts,
    texts_for_places,
    unlisted_plan,
)
from tests.report.samples import COMMIT, NOW
from voxosync.model.change import FieldChange, NumbersChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.guard import GuardName, Refusal
from voxosync.model.numbers import Digest
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.model.problem import Position, error
from voxosync.report.escape import markdown as escaped
from voxosync.report.escape import markdown_link, visible
from voxosync.report.markdown import comment as markdown_format
from voxosync.report.markdown.comment import cut
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.report.hostile import Text

VIEW = View()
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


BASE = "https://git.example/calls/blob/cafe"
LINKED = View(link_base=BASE)

AUTOLINK_PATTERNS = (
    r"\B@\w", r"(?:[#!$%~^&*])[\w\"]", r"\w+://", r"www\.", r"(?i)\bGH-\d", r":[\w+-]+:", r"\[\w+:",
    r"(?i)(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{7,40}(?![0-9a-z])", r"\w@\w",
)  # fmt: skip
"""Patterns that GitHub and GitLab turn into links, mentions or symbols, except in code and links."""


class Page(HTMLParser):
    """Markdown as a browser renders it: its elements in order, and the text nodes in which sites look for patterns.

    An element that only separates texts is not part of the structure.
    """

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.structure: list[Any] = []
        self.texts: list[str] = []
        self.links: list[str] = []
        self._starts_text = True
        self.feed(PARSER.render(source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._starts_text = True
        if tag == "a":
            ((name, address),) = attrs
            assert name == "href"
            self.links.append(address or "")
        else:
            assert not attrs
        if tag != "span":
            self.structure.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._starts_text = True
        if tag != "span":
            self.structure.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self._starts_text:
            self.texts.append("")
        self._starts_text = False
        self.texts[-1] += data

    def handle_comment(self, data: str) -> None:
        self.structure.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    @property
    def text(self) -> str:
        return "".join(self.texts).replace("\N{NO-BREAK SPACE}", " ")

    def rows(self) -> list[int]:
        """The number of cells in each row of the tables."""
        counts: list[int] = []
        for part in self.structure:
            if part == "tr":
                counts.append(0)
            elif part in ("td", "th"):
                counts[-1] += 1
        return counts


def displayed_text(text: str) -> str:
    return visible(text).replace("\N{NO-BREAK SPACE}", " ")


@cache
def harmless_page(make: Callable[[Text], Plan], view: View) -> Page:
    return Page(markdown_format.render_plan(make(harmless_text), view))


@given(hostile_texts=texts_for_places)
def test_hostile_text_does_not_change_the_structure(hostile_texts: dict[str, str]) -> None:
    for view in (VIEW, LINKED):
        for make in (plan, drift_plan, unlisted_plan):
            hostile = make({**hostile_texts, "reason": f"x{hostile_texts['reason']}"}.__getitem__)
            page = Page(markdown_format.render_plan(hostile, view))
            harmless = harmless_page(make, view)
            assert page.structure == harmless.structure
            assert page.rows() == [4, 4]
            assert len(page.links) == len(harmless.links)
            assert all(link.startswith(f"{BASE}/") for link in page.links)


@given(hostile_texts=texts_for_places)
def test_hostile_text_is_displayed_completely(hostile_texts: dict[str, str]) -> None:
    hostile = plan(hostile_texts.__getitem__)
    first = hostile.campaigns[0]
    expected = {
        hostile_texts[place] for place in ("name", "file", "error", "warning", "abandoned name")
    }
    expected |= {str(change) for change in first.changes}
    expected.add(hostile_texts["reason"])
    text = Page(markdown_format.render_plan(hostile, VIEW)).text
    assert [part for part in expected if displayed_text(part).strip() not in text] == []


@given(hostile_texts=texts_for_places)
def test_hostile_text_produces_no_mentions_or_links(hostile_texts: dict[str, str]) -> None:
    """Sites turn names, numbers and addresses into links, so no text may match one of their patterns."""
    view = View(show_numbers=True)
    page = Page(markdown_format.render_plan(drift_plan(hostile_texts.__getitem__), view))
    assert not {"a", "img"} & set(page.structure)
    for pattern in AUTOLINK_PATTERNS:
        assert [text for text in page.texts if re.search(pattern, text)] == []


@given(text=texts)
def test_escaped_text_is_displayed_as_itself_in_every_context(text: str) -> None:
    escaped_text = escaped(text)
    for template in (
        "{} x", "x {} x", "- {} x", "| a | b |\n|---|---|\n| x{} | {}x |", "**x**: {}",
        "<strong>x {}</strong> in x", "<details><summary>x {}</summary>\n\nx {}\n\n</details>",
    ):  # fmt: skip
        page = Page(template.replace("{}", escaped_text))
        assert page.structure == Page(template.replace("{}", "x")).structure
        assert displayed_text(text).strip() in page.text


@given(text=texts, address=texts)
def test_hostile_address_stays_within_its_link(text: str, address: str) -> None:
    source = markdown_link(f"x{escaped(text)}", f"{BASE}/{address}")
    for template in ("{}", "| a | b |\n|---|---|\n| {} | x |"):
        page = Page(template.replace("{}", source))
        assert page.structure == Page(template.replace("{}", f"[x]({BASE})")).structure
        assert page.links[0].startswith(f"{BASE}/")


def campaigns(count: int, length: int = 60, changes: int = 3) -> list[CampaignPlan]:
    """Many campaigns; the last one has the highest risk."""
    kinds = list(ChangeKind)
    plans = [
        CampaignPlan(
            number,
            "n" * length,
            "f" * length,
            tuple(
                FieldChange(
                    "message", "b" * length, f"{number}{'a' * length}", kinds[index % 3], "c"
                )
                for index in range(changes)
            ),
            warnings=(f"w{number}" + "w" * length,),
        )
        for number in range(1, count)
    ]
    starts = DialingEffect(Effect.STARTS, ("becomes READY",), 3, 3)
    becomes_ready = FieldChange("state", "PAUSED", "READY")
    return [*plans, CampaignPlan(999_999, "risky", "r.yaml", (becomes_ready,), dialing=starts)]


@pytest.mark.parametrize(
    ("count", "length", "changes"),
    [
        (200, 60, 3),
        (300, 200, 3),
        (3000, 60, 1),
        pytest.param(12_000, 60, 0, marks=pytest.mark.slow),  # its ids alone are too long
        (5, 30_000, 2),
        (3, 70_000, 0),
    ],
)
@pytest.mark.parametrize("base", [None, COMMIT])
def test_huge_plan_is_shortened_to_fit_and_says_so(
    count: int, length: int, changes: int, base: str | None
) -> None:
    huge_plan = Plan(NOW, "https://voxo.test", campaigns(count, length, changes), base)
    output = markdown_format.render_plan(huge_plan, VIEW)
    assert len(output.encode()) <= 65_536
    assert output.startswith("<!-- voxosync:plan -->\n")
    assert "shortened to fit" in output
    assert f"{huge_plan.count(huge_plan.campaigns[-1].status)} to update" in output
    assert "(1 STARTS DIALING, 3 phones)" in output
    assert "999999" in output
    assert "1 STARTS DIALING, 3 phones" in Page(output).text
    if "nnn" in output:
        assert output.index("999999") < output.index("nnn")


def ringing(count: int, step: int) -> list[CampaignPlan]:
    """Campaigns that start dialing, whose ids are no ranges."""
    starts = DialingEffect(Effect.STARTS, ("becomes READY",), 3, 3)
    becomes_ready = FieldChange("state", "PAUSED", "READY")
    return [
        CampaignPlan(9_000_000_000_000_000 + step * n, "n", "f", (becomes_ready,), dialing=starts)
        for n in range(count)
    ]


LONG = "many words, " * 6_000
LONG_PLANS: dict[str, Plan] = {
    "ids that ring": Plan(NOW, "", ringing(7_000, 2)),
    "ids of a guard": Plan(
        NOW,
        "",
        ringing(5, 1),
        refusals=(
            Refusal(GuardName.GO_LIVE, f"campaigns would start dialing: {LONG}", "--allow-go-live"),
        ),
    ),
    "a failure": Plan(NOW, "", [CampaignPlan(1, "n", "f", error=LONG), *ringing(1, 1)]),
    "names of failures": Plan(
        NOW, "", [*(CampaignPlan(n, LONG, "f", error=f"e{n}") for n in (1, 2, 3)), *ringing(1, 1)]
    ),
    "errors of checks": Plan(
        NOW,
        "",
        ringing(1, 1),
        findings=tuple(error(Position("f", n), "sharedPhones", f"{n} {LONG}") for n in (1, 2, 3)),
    ),
    "campaigns without an id": Plan(
        NOW,
        "",
        [replace(campaign, id=0, file=f"{LONG}{campaign.id}") for campaign in ringing(5, 1)],
    ),
}


@pytest.mark.parametrize("long_plan", LONG_PLANS.values(), ids=LONG_PLANS)
def test_comment_fits_and_says_so_whatever_is_long(long_plan: Plan) -> None:
    output = markdown_format.render_plan(long_plan, LINKED)
    assert len(output.encode()) <= 65_536
    assert output.startswith("<!-- voxosync:plan -->\n")
    page = Page(output)
    assert (
        "This report was shortened to fit a comment; the job log has the full report." in page.text
    )
    rings = count_phrase(long_plan)
    assert page.text.count(rings) == 2, "in the summary, and as a heading"
    assert "… (the job log has the rest)" in page.text


def count_phrase(long_plan: Plan) -> str:
    starts = sum(campaign.dialing is not None for campaign in long_plan.campaigns)
    return f"{starts} STARTS DIALING, {3 * starts} phones"


@pytest.mark.parametrize(
    ("make", "view"), [(plan, LINKED), (drift_plan, VIEW), (unlisted_plan, LINKED)]
)
def test_comment_with_long_hostile_texts_fits_and_has_no_markup_of_theirs(
    make: Callable[[Text], Plan], view: View
) -> None:
    hostile = "".join(FRAGMENTS)
    output = markdown_format.render_plan(make(lambda _: hostile * (8_000 // len(hostile))), view)
    assert len(output.encode()) <= 65_536
    page = Page(output)
    assert "This report was shortened" in page.text
    own_tags = ("h3", "h4", "p", "strong", "em", "ul", "li", "details", "summary")
    tags = {part.removeprefix("/") for part in page.structure if isinstance(part, str)}
    assert tags <= {*own_tags}


@given(text=texts, length=st.integers(60, 200))
def test_cut_line_has_no_markup_of_its_text(text: str, length: int) -> None:
    for template in ("{}", "- **x**: {}", "<details><summary>x {}</summary>"):
        line = template.replace("{}", "x" * 30 + escaped(text * 10))
        page = Page(cut(line, length))
        assert page.structure in (
            Page(template.replace("{}", "x")).structure,
            Page(template.partition("{}")[0] + "x").structure,
        )


def test_large_plan_omits_samples_of_numbers_first() -> None:
    """The names consist of characters of several bytes, because the limit is one of bytes."""

    def report_of(count: int, length: int) -> str:
        changes = [
            NumbersChange(
                0,
                40,
                tuple(f"{n:04}550{index:04}" for index in range(40)),
                (),
                (),
                Digest("sha256:0"),
            )
            for n in range(1, count)
        ]
        plans = [
            CampaignPlan(n, "\N{SNOWMAN}" * length, "x", (change,))
            for n, change in enumerate(changes, start=1)
        ]
        return markdown_format.render_plan(Plan(NOW, "", plans), VIEW)

    assert "shortened" not in report_of(40, 3)
    assert "•••" in report_of(40, 3)
    large_report = report_of(120, 90)
    assert "shortened" in large_report
    assert "•••" not in large_report
    assert "40 added" in large_report


def test_small_plan_is_not_shortened() -> None:
    assert "shortened" not in markdown_format.render_plan(plan(harmless_text), VIEW)


def test_sections_are_in_order_of_risk() -> None:
    def campaign(number: int, *kinds: ChangeKind, **options: Any) -> CampaignPlan:
        changes = tuple(FieldChange("name", "a", "b", kind, "c") for kind in kinds)
        return CampaignPlan(number, None, "x.yaml", changes, **options)

    plans = [
        campaign(1, warnings=("w",)),
        campaign(2, ChangeKind.CHANGE),
        campaign(3, ChangeKind.DRIFT),
        campaign(4, ChangeKind.CONFLICT, ChangeKind.CHANGE),
        campaign(5, error="no"),
        campaign(
            6, ChangeKind.CHANGE, dialing=DialingEffect(Effect.STARTS, ("becomes READY",), 1, 1)
        ),
    ]
    output = markdown_format.render_plan(Plan(NOW, "", plans, COMMIT), VIEW)
    sections = [
        line for line in output.splitlines() if line.startswith(("#### ", "- **", "<details>"))
    ]
    assert sections == [
        "- **Failed**: 5 (x&#46;yaml): no", "- **Conflict**: 4 (x&#46;yaml): name",
        "#### 1 STARTS DIALING, 1 phone", "#### Conflicts", "#### Changes of this pull request",
        "#### Drift that applying would revert", "<details><summary>Warnings: 1</summary>",
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_first_line_is_a_hidden_marker(command: str) -> None:
    output = markdown_format.render_plan(plan(harmless_text), View(command=command))
    assert output.splitlines()[0] == f"<!-- voxosync:{command} -->"
    assert Page(output).structure[0] == ("comment", f" voxosync:{command} ")


def test_marker_is_unique_for_each_environment_and_project_folder() -> None:
    views = [
        View(environment=environment, prefix=prefix)
        for environment in (None, "prod", "a:b", "-->")
        for prefix in ("", "north/", "teams/north/", "a:b/", "-->/")
    ]
    markers = [
        markdown_format.render_plan(plan(harmless_text), view).splitlines()[0] for view in views
    ]
    assert len(set(markers)) == len(views)
    assert all(re.fullmatch(r"<!-- voxosync:plan[A-Za-z0-9%:._]* -->", line) for line in markers)
    assert "<!-- voxosync:plan:prod:teams%2Fnorth -->" in markers
    assert "<!-- voxosync:plan::north -->" in markers
