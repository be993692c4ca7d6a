"""The style sheet and the script of the page match the page and load nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.report import html_samples, samples
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.report.calendar import STYLE
from voxosync.report.registry import DRIFT, PLAN
from voxosync.report.view import View

FOLDER = Path(__file__).resolve().parents[2] / "voxosync" / "report" / "html"
CSS, JS, TEMPLATE = (
    (FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js", "page.html.j2")
)
VIEW = View(
    command="drift", environment="prod", link_base="https://github.com/acme/calls/blob/main"
)


def dialing_plan() -> Plan:
    """A plan with a campaign that stops dialing and one that is created."""
    stops = CampaignPlan(1, "Spring", "a.yaml", dialing=DialingEffect(Effect.STOPS))
    return replace(
        samples.in_sync_plan(), campaigns=[stops, CampaignPlan(0, "New", "b.yaml", is_new=True)]
    )


@cache
def pages() -> list[str]:
    """Pages that have every kind of content; rendering them takes a second."""
    plans = (
        html_samples.full_plan(),
        replace(html_samples.full_plan(), base=samples.COMMIT, unlisted="503"),
        html_samples.large_plan(120, 120),
        samples.three_sided_plan(),
        samples.in_sync_plan(),
    )
    return [DRIFT["html"](plan, VIEW) for plan in plans] + [
        PLAN["html"](plan, replace(VIEW, command="plan"))
        for plan in (dialing_plan(), html_samples.similar_plan(5))
    ]


@cache
def documents() -> list[Any]:
    """The same pages, parsed."""
    return [html.document_fromstring(page) for page in pages()]


def in_documents(xpath: str) -> set[str]:
    return {value for document in documents() for value in document.xpath(xpath)}


def classes_of_pages() -> set[str]:
    return {name for names in in_documents("//@class") for name in names.split()}


def ids_of_pages() -> set[str]:
    return in_documents("//@id")


@pytest.mark.parametrize("asset", [CSS, JS], ids=["page.css", "page.js"])
class TestBothAssets:
    def test_are_in_the_page_unchanged(self, asset: str) -> None:
        assert all(asset in page for page in pages())

    def test_cannot_end_their_element(self, asset: str) -> None:
        assert "</" not in asset
        assert "<!--" not in asset

    def test_load_nothing(self, asset: str) -> None:
        assert not re.search(
            r"url\(|@import|https?:|fetch\(|XMLHttpRequest|import\(|WebSocket", asset
        )

    def test_have_balanced_brackets(self, asset: str) -> None:
        code = re.sub(r'"[^"\n]*"|`[^`]*`|/(?![/*\s])[^/\n]+/|//[^\n]*', "", asset)
        for opening, closing in ("{}", "()", "[]"):
            assert code.count(opening) == code.count(closing)


class TestStyleSheet:
    def test_styles_only_classes_of_the_page(self) -> None:
        selectors = re.sub(r"\{[^{}]*\}", " ", re.sub(r'"[^"]*"', "", CSS))
        classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))
        assert classes <= classes_of_pages()

    def test_styles_only_ids_of_the_page(self) -> None:
        selectors = re.sub(r"\{[^{}]*\}", " ", CSS)
        assert set(re.findall(r"#([a-zA-Z][\w-]*)", selectors)) <= ids_of_pages()

    def test_uses_only_colors_that_it_defines(self) -> None:
        defined = set(re.findall(r"(--[\w-]+):", CSS))
        assert set(re.findall(r"var\((--[\w-]+)\)", CSS)) <= defined

    def test_defines_each_color_for_light_and_dark(self) -> None:
        light, dark = (
            set(re.findall(r"(--[\w-]+):", block))
            for block in re.findall(r":root \{([^}]*)\}", CSS)
        )
        assert light == dark

    def test_overrides_only_colors_that_the_calendar_uses(self) -> None:
        assert set(re.findall(r"(--cal-[\w-]+):", CSS)) <= set(re.findall(r"--cal-[\w-]+", STYLE))


class TestScript:
    def test_finds_each_element_that_it_looks_up(self) -> None:
        assert set(re.findall(r'\$\("([\w-]+)"\)', JS)) <= ids_of_pages()

    def test_finds_each_class_that_it_looks_up(self) -> None:
        assert set(re.findall(r'"\.([\w-]+)"', JS)) <= classes_of_pages()

    def test_reads_only_data_of_the_entries(self) -> None:
        data = {
            name.removeprefix("data-")
            for document in documents()
            for entry in document.find_class("entry")
            for name in entry.keys()  # noqa: SIM118  # an element iterates over its children
            if name.startswith("data-")
        }
        used_keys = set(re.findall(r"\b[ab]\.(\w+)", JS)) | set(re.findall(r"\bentry\.(\w+)", JS))
        assert used_keys - {"node", "hidden"} <= data

    def test_sorts_by_each_option(self) -> None:
        [orders] = re.findall(r"const orders = \{(.*?)\};", JS, flags=re.DOTALL)
        options = in_documents("//select[@id='sort']/option/@value")
        assert set(re.findall(r"^\s*(\w+):", orders, flags=re.MULTILINE)) == options

    def test_uses_strict_mode(self) -> None:
        assert JS.startswith('"use strict";\n')
