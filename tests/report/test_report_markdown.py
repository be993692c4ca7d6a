"""Markdown for a comment: its structure is ours whatever the text, and it always fits."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from tests.report.hostile import benign, chosen, drifted, plan, texts, unlisted
from tests.report.samples import COMMIT, NOW
from voxosync.model.change import FieldChange, NumbersChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.dialing_effect import DialingEffect, Effect
from voxosync.model.numbers import Digest
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.report import markdown_format
from voxosync.report.dialing import describe_effect
from voxosync.report.escape import markdown as escaped
from voxosync.report.escape import visible
from voxosync.report.view import View

VIEW = View()
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class Page(HTMLParser):
    """What a browser makes of Markdown: the skeleton without code, and the text of each code."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.skeleton: list[Any] = []
        self.codes: list[str] = []
        self._in_code = False
        self.feed(PARSER.render(source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not self._in_code, "markup inside of code"
        assert not attrs
        self.skeleton.append(tag)
        if tag == "code":
            self._in_code = True
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_code = False
        self.skeleton.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.codes[-1] += data
        else:
            self.skeleton.append(data)

    def handle_comment(self, data: str) -> None:
        self.skeleton.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def rows(self) -> list[int]:
        """How many cells each row of the table has."""
        counts: list[int] = []
        for part in self.skeleton:
            if part == "tr":
                counts.append(0)
            elif part in ("td", "th"):
                counts[-1] += 1
        return counts


@given(hostile_texts=chosen)
def test_the_structure_does_not_depend_on_the_text(hostile_texts: dict[str, str]) -> None:
    for make, rows in ((plan, [6] * 4), (drifted, [7] * 5), (unlisted, [7] * 5)):
        page = Page(markdown_format.render_plan(make(hostile_texts.__getitem__), VIEW))
        assert page.skeleton == Page(markdown_format.render_plan(make(benign), VIEW)).skeleton
        assert page.rows() == rows


@given(hostile_texts=chosen)
def test_code_shows_the_text_and_all_of_it(hostile_texts: dict[str, str]) -> None:
    hostile = plan(hostile_texts.__getitem__)
    first = hostile.campaigns[0]
    expected = {hostile_texts[place] for place in ("name", "file", "error", "warning", "gone name")}
    expected |= {str(change) for change in first.changes}
    assert first.dialing is not None
    expected.add(describe_effect(first.dialing))
    assert {visible(text) for text in expected} <= set(
        Page(markdown_format.render_plan(hostile, VIEW)).codes
    )


@given(hostile_texts=chosen)
def test_nobody_is_mentioned_and_nothing_linked(hostile_texts: dict[str, str]) -> None:
    """GitHub links names and addresses in text, but not in code."""
    page = Page(
        markdown_format.render_plan(drifted(hostile_texts.__getitem__), View(show_numbers=True))
    )
    outside = "".join(part for part in page.skeleton if isinstance(part, str))
    assert not any(sign in outside for sign in ("@", "://", "www.", "GH-"))
    assert not {"a", "img"} & set(page.skeleton)


@given(text=texts)
def test_any_text_is_one_code_element_wherever_it_stands(text: str) -> None:
    code = escaped(text)
    for source in (
        code, f"- {code}", f"| a | b |\n|---|---|\n| {code} | {code} |", f"**{code}**: x",
        f"<details><summary>{code}</summary>\n\n{code}\n\n</details>", f"#### {code}",
    ):  # fmt: skip
        calm = Page(source.replace(code, escaped("x")))
        page = Page(source)
        assert page.skeleton == calm.skeleton
        assert set(page.codes) == {visible(text)}


def campaigns(count: int, length: int = 60, changes: int = 3) -> list[CampaignPlan]:
    """Many campaigns, the last of which is the riskiest."""
    kinds = list(ChangeKind)
    plans = [
        CampaignPlan(
            number,
            "n" * length,
            "f" * length,
            tuple(
                FieldChange("message", "b" * length, "a" * length, kinds[place % 3], "c")
                for place in range(changes)
            ),
            warnings=("w" * length,),
        )
        for number in range(1, count)
    ]
    live = DialingEffect(Effect.STARTS, ("becomes READY",), 3, 3)
    dangerous = FieldChange("state", "PAUSED", "READY")
    return [*plans, CampaignPlan(999_999, "risky", "r.yaml", (dangerous,), dialing=live)]


@pytest.mark.parametrize(
    ("count", "length", "changes"),
    [(200, 60, 3), (300, 200, 3), (3000, 60, 1), (20_000, 3, 0), (5, 30_000, 2), (3, 70_000, 0)],
)
@pytest.mark.parametrize("base", [None, COMMIT])
def test_a_huge_plan_is_shortened_to_fit_and_says_so(
    count: int, length: int, changes: int, base: str | None
) -> None:
    large = Plan(NOW, "https://voxo.test", campaigns(count, length, changes), base)
    output = markdown_format.render_plan(large, VIEW)
    assert len(output.encode()) <= 65_536
    assert output.startswith("<!-- voxosync:plan -->\n")
    assert "shortened to fit" in output
    assert f"{large.count(large.campaigns[-1].status)} to update" in output
    assert "(1 STARTS DIALING, 3 phones)" in output
    assert "999999" in output
    page = Page(output)
    assert "STARTS DIALING" in "".join(part for part in page.skeleton if isinstance(part, str))
    if length < 1000:
        assert output.index("999999") < output.index("nnn")


def test_as_much_as_fits_is_told() -> None:
    """Characters of several bytes count as such, and the sample of numbers goes first."""
    numbers = tuple(f"60155501{n:02}" for n in range(40))
    change = NumbersChange(0, 40, numbers, (), (), Digest("sha256:0"))
    few = [CampaignPlan(n, "\N{SNOWMAN}" * 3, "x", (change,)) for n in range(1, 40)]
    small = markdown_format.render_plan(Plan(NOW, "", few), VIEW)
    assert "shortened" not in small
    assert "•••" in small
    many = [CampaignPlan(n, "\N{SNOWMAN}" * 90, "x", (change,)) for n in range(1, 90)]
    large = markdown_format.render_plan(Plan(NOW, "", many), VIEW)
    assert "shortened" in large
    assert "•••" not in large
    assert "40 added" in large


def test_a_small_plan_is_not_shortened() -> None:
    assert "shortened" not in markdown_format.render_plan(plan(benign), VIEW)


def test_the_riskiest_come_first() -> None:
    def of(number: int, *kinds: ChangeKind, **options: Any) -> CampaignPlan:
        changes = tuple(FieldChange("name", "a", "b", kind, "c") for kind in kinds)
        return CampaignPlan(number, None, "x.yaml", changes, **options)

    plans = [
        of(1, warnings=("w",)),
        of(2, ChangeKind.CHANGE),
        of(3, ChangeKind.DRIFT),
        of(4, ChangeKind.CONFLICT, ChangeKind.CHANGE),
        of(5, error="no"),
        of(6, ChangeKind.CHANGE, dialing=DialingEffect(Effect.STARTS, ("becomes READY",), 1, 1)),
    ]
    output = markdown_format.render_plan(Plan(NOW, "", plans, COMMIT), VIEW)
    rows = [line for line in output.splitlines() if line.startswith("| ") and line[2].isdigit()]
    assert [int(row.split()[1]) for row in rows] == [6, 5, 4, 3, 2, 1]
    sections = [line for line in output.splitlines() if line.startswith("#### ")]
    assert sections == [
        "#### Dialing", "#### Conflicts", "#### Drift that applying would revert",
        "#### Changes of this pull request", "#### Failed",
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_the_first_line_is_a_hidden_marker(command: str) -> None:
    output = markdown_format.render_plan(plan(benign), View(command=command))
    assert output.splitlines()[0] == f"<!-- voxosync:{command} -->"
    assert Page(output).skeleton[0] == ("comment", f" voxosync:{command} ")


def test_the_marker_differs_for_each_environment_and_project_folder() -> None:
    views = [
        View(environment=environment, prefix=prefix)
        for environment in (None, "prod", "a:b", "-->")
        for prefix in ("", "north/", "teams/north/", "a:b/", "-->/")
    ]
    markers = [markdown_format.render_plan(plan(benign), view).splitlines()[0] for view in views]
    assert len(set(markers)) == len(views)
    assert all(re.fullmatch(r"<!-- voxosync:plan[A-Za-z0-9%:._]* -->", line) for line in markers)
    assert "<!-- voxosync:plan:prod:teams%2Fnorth -->" in markers
    assert "<!-- voxosync:plan::north -->" in markers
