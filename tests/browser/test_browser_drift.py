"""The page in a browser: reading, searching, sorting, printing, and using it without a mouse."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.report import hostile, html_samples, samples
from voxosync.model.dialing.schedule import Schedules
from voxosync.report.view import View

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import Desk

CAMPAIGN_COUNT = 13
"""The number of campaigns in all sections of `html_samples.full_plan`."""
UNFOLDED = [4711, 4715, 4712, 4713, 4716, 4801, 4802, 4790]
"""The campaigns that are visible at first; the others are in sync and folded."""


def ids(page: Page) -> list[int]:
    """The ids of the visible campaigns, from top to bottom."""
    campaign_ids: list[int] = page.locator(".entry:visible").evaluate_all(
        "entries => entries.map((entry) => Number(entry.dataset.id))"
    )
    return campaign_ids


def result_count(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def background(page: Page) -> str:
    color: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return color


class TestOpening:
    def test_requests_only_the_file(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        assert page.title() == "Drift of prod, 2026-03-01 12:00 UTC"
        assert [address.rpartition("/")[2] for address in desk.requests] == ["drift.html"]

    def test_shows_campaigns_that_need_a_decision_first(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        assert ids(page) == UNFOLDED
        page.locator(".fold > summary").click()
        assert len(ids(page)) == CAMPAIGN_COUNT
        assert result_count(page) == f"Showing all {CAMPAIGN_COUNT} campaigns."

    @pytest.mark.parametrize("make", [samples.three_sided_plan, samples.in_sync_plan, samples.plan])
    def test_works_for_any_plan(self, desk: Desk, make: Any) -> None:
        assert "Showing all" in result_count(desk.open(make()))

    def test_works_without_scripts(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan(), java_script_enabled=False)
        assert ids(page) == UNFOLDED
        assert page.get_by_role("search").count() == 0
        assert page.get_by_role("button").count() == 0
        assert visible_clocks(page) == {"0"}

    @pytest.mark.parametrize("make", [html_samples.full_plan, html_samples.similar_plan])
    def test_fits_the_screen_of_a_phone(self, desk: Desk, make: Any) -> None:
        page = desk.open(make(), viewport={"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == 390

    def test_has_a_light_and_a_dark_theme(self, desk: Desk) -> None:
        assert (
            background(desk.open(html_samples.full_plan(), color_scheme="light"))
            == "rgb(255, 255, 255)"
        )
        assert (
            background(desk.open(html_samples.full_plan(), color_scheme="dark"))
            == "rgb(13, 17, 23)"
        )


class TestPolicy:
    VIOLATION = """new Promise((resolve) => {
        addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
        const node = Object.assign(document.createElement("%s"), %s);
        document.body.append(node);
    })"""

    @pytest.mark.parametrize(
        ("element", "attributes", "directive"),
        [
            ("img", "{src: 'http://127.0.0.1:9/x'}", "img-src"),
            ("script", "{textContent: 'document.title = 1'}", "script-src-elem"),
            ("style", "{textContent: 'body { color: red }'}", "style-src-elem"),
            ("iframe", "{src: 'http://127.0.0.1:9/'}", "frame-src"),
        ],
    )
    def test_blocks_all_other_content(
        self, desk: Desk, element: str, attributes: str, directive: str
    ) -> None:
        page = desk.open(html_samples.full_plan())
        assert page.evaluate(self.VIOLATION % (element, attributes)) == directive
        assert page.title() != "1"
        assert all("Content Security Policy" in text for text in desk.messages)
        desk.messages.clear()
        desk.requests.clear()  # the browser records blocked requests, but does not send them

    def test_blocks_event_handlers_in_attributes(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b onclick=\"x()\">go</b>')")
        page.locator("b", has_text="go").last.click()
        assert any("inline event handler" in text for text in desk.messages)
        desk.messages.clear()


class TestSearching:
    def test_finds_names_ids_files_and_fields(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        for words, expected in {
            "reminders 3": 4723,
            "RENEWAL": 4711,
            "4713": 4713,
            "clinic/4": 4724,
            "callFrequency": 4711,
            "test dialler": 4801,
        }.items():
            page.get_by_role("searchbox").fill(words)
            assert ids(page) == [expected]
            assert result_count(page) == f"Showing 1 of {CAMPAIGN_COUNT} campaigns."

    def test_hides_headings_of_empty_sections(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        page.get_by_role("searchbox").fill("autumn")
        assert page.locator("h2:visible").all_inner_texts() == ["Needs a decision 4"]

    def test_says_that_nothing_matches_and_offers_a_reset(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        page.get_by_role("searchbox").fill("<script>")
        assert result_count(page) == "No campaigns match. Select Reset to show all campaigns."
        page.get_by_role("button", name="Reset").click()
        page.get_by_text(f"Showing all {CAMPAIGN_COUNT} campaigns.").wait_for()
        assert ids(page)[: len(UNFOLDED)] == UNFOLDED

    def test_hides_statuses_that_are_not_checked(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        for name in ("In sync", "Without a definition", "No longer managed"):
            page.get_by_role("checkbox", name=name).uncheck()
        assert ids(page) == [4711, 4715, 4712, 4713, 4716]

    def test_hides_kinds_of_changes_that_are_not_checked(self, desk: Desk) -> None:
        plan = samples.three_sided_plan()
        [spring] = plan.campaigns
        kinds = [replace(spring, id=n, changes=(spring.changes[n],)) for n in range(3)]
        page = desk.open(replace(plan, campaigns=kinds))
        page.get_by_role("checkbox", name="conflict").uncheck()
        assert ids(page) == [0, 2, 4715]
        page.get_by_role("checkbox", name="drift", exact=False).nth(1).uncheck()
        assert ids(page) == [2, 4715]


class TestSorting:
    def test_changes_the_order_of_the_list(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan(), "#sort=name")
        for order, expected in {
            "Risk": [4711, 4715, 4712, 4713],
            "File order": [4711, 4712, 4715, 4713],
            "Name": [4713, 4712, 4715, 4711],
            "Id": [4711, 4712, 4713, 4715],
            "First seen": [4711, 4715, 4712, 4713],
            "Start": [4715, 4711, 4712, 4713],
        }.items():
            page.get_by_label("Sort by").select_option(order)
            assert ids(page)[:4] == expected, order

    def test_keeps_the_filter(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        page.get_by_role("searchbox").fill("clinic")
        page.get_by_label("Sort by").select_option("Name")
        assert ids(page) == [4721, 4722, 4723, 4724, 4725]


class TestAddress:
    def test_contains_the_selected_view(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        page.get_by_role("searchbox").fill("é & a=b#c reminders")
        page.get_by_role("checkbox", name="In sync").uncheck()
        page.get_by_label("Sort by").select_option("Name")
        page.get_by_label("Clock").select_option("America/Chicago")
        page.reload()
        assert page.get_by_role("searchbox").input_value() == "é & a=b#c reminders"
        assert not page.get_by_role("checkbox", name="In sync").is_checked()
        assert page.get_by_label("Sort by").input_value() == "name"
        assert visible_clocks(page) == {"2"}

    def test_opens_the_view_that_it_contains(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan(), "#q=clinic&no-status=drifted&sort=id")
        assert ids(page) == [4721, 4722, 4723, 4724, 4725]

    def test_with_invalid_values_shows_all_campaigns(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan(), "#sort=<b>&clock=Mars&no-status=x&%%=1")
        assert ids(page) == UNFOLDED

    def test_of_a_campaign_scrolls_to_it(self, desk: Desk) -> None:
        page = desk.open(html_samples.large_plan(200, 50), "#c5199")
        assert page.locator("#c5199").evaluate(
            "node => node.getBoundingClientRect().bottom <= innerHeight"
        )


def visible_clocks(page: Page) -> set[str | None]:
    """The clocks that are visible in any picture."""
    clocks: list[str] = page.locator("[data-clock]").evaluate_all(
        "groups => groups.filter((group) => getComputedStyle(group).display !== 'none')"
        ".map((group) => group.dataset.clock)"
    )
    return {*clocks}


class TestClock:
    def test_shows_one_clock_for_all_campaigns(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        clock = page.get_by_label("Clock")
        names = clock.locator("option").all_inner_texts()
        assert names == ["Each campaign's own", "UTC", "America/Chicago", "Europe/Berlin"]
        assert visible_clocks(page) == {"0"}
        clock.select_option("Europe/Berlin")
        assert visible_clocks(page) == {clock.input_value()} != {"0"}

    def test_cannot_be_selected_if_nothing_is_drawn(self, desk: Desk) -> None:
        assert desk.open(samples.plan()).get_by_label("Clock").count() == 0

    @pytest.mark.parametrize("width", [390, 1280])
    def test_rows_have_readable_labels_that_are_aligned_with_the_days(
        self, desk: Desk, width: int
    ) -> None:
        page = desk.open(html_samples.full_plan(), viewport={"width": width, "height": 900})
        page.locator(".fold > summary").click()
        boxes = [strip.bounding_box() for strip in page.locator(".entry .cal-row").all()]
        assert len({(box["x"], box["width"]) for box in boxes if box}) == 1
        for size in page.locator("#cal-labels text").evaluate_all(
            "labels => labels.map((label) => getComputedStyle(label).fontSize)"
        ):
            assert size == "11px"

    def test_half_an_hour_is_visible(self, desk: Desk) -> None:
        later_end = replace(html_samples.DAYS, callHoursEnd="18:30")
        plan = replace(html_samples.full_plan(), campaigns=[replace(
            html_samples.full_plan().campaigns[0], schedules=Schedules(html_samples.DAYS, later_end))])  # fmt: skip
        page = desk.open(plan)
        added_hours = page.locator("#c4711 [data-clock='0'] .cal-more")
        height, stroke = added_hours.evaluate(
            "path => [path.getBoundingClientRect().height, getComputedStyle(path).strokeWidth]"
        )
        assert height + float(stroke.removesuffix("px")) > 4


class TestKeyboard:
    def test_skips_to_the_campaigns(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the campaigns")
        assert (skip.bounding_box() or {"x": -1})["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "list"

    def test_focuses_the_search_with_a_slash(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        page.keyboard.press("/")
        page.keyboard.type("clinic/3")
        assert page.get_by_role("searchbox").input_value() == "clinic/3"
        assert ids(page) == [4723]

    def test_focus_is_visible(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        outlines = []
        for _ in range(30):
            page.keyboard.press("Tab")
            outlines.append(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
        assert set(outlines) <= {"solid", "auto"}

    def test_reaches_every_control(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        reached_controls = set()
        for _ in range(20):
            page.keyboard.press("Tab")
            reached_controls.add(
                page.evaluate("document.activeElement.id || document.activeElement.value")
            )
        assert reached_controls >= {"search", "sort", "clock", "drifted", "in-sync"}


class TestCommands:
    def test_are_copied_by_their_button(self, desk: Desk) -> None:
        page = desk.open(
            html_samples.full_plan(), permissions=["clipboard-read", "clipboard-write"]
        )
        command = "voxosync --env prod pull --only 4711"
        page.get_by_role("button", name=f"Copy: {command}").click()
        page.get_by_text(f"Copied: {command}").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == command


class TestPrinting:
    @pytest.fixture
    def printed_text(self, desk: Desk, tmp_path: Path) -> str:
        """The text of the printed pages; the tests are skipped without a tool that extracts it."""
        page = desk.open(html_samples.full_plan(), color_scheme="dark")
        paper = page.pdf(path=tmp_path / "drift.pdf", print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) >= 1
        if shutil.which("pdftotext") is None:
            pytest.skip("no pdftotext on PATH (poppler-utils)")
        process = subprocess.run(
            ["pdftotext", "-layout", tmp_path / "drift.pdf", "-"],
            capture_output=True,
            text=True,
            check=True,
        )
        return " ".join(process.stdout.split())

    def test_includes_everything(self, printed_text: str) -> None:
        for text in (
            "Drift report prod", "2 differ", "Spring renewal reminders", "becomes READY",
            "voxosync --env prod apply --only 4711",
            "voxosync --env prod import --id 4801", "Autumn", "Winter", "Trial until the audit is over", "601•••0124",
            "Appointment reminders 5", "campaigns/clinic/5.yaml",
        ):  # fmt: skip
            assert text in printed_text

    def test_unfolds_all_details(self, printed_text: str) -> None:
        assert "2026-01-22 12:00 UTC" in printed_text

    def test_omits_controls(self, printed_text: str) -> None:
        assert "Sort by" not in printed_text
        assert "Copy" not in printed_text

    def test_is_dark_on_white_in_either_theme(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan(), color_scheme="dark")
        page.emulate_media(media="print", color_scheme="dark")
        assert background(page) == "rgb(255, 255, 255)"

    def test_folds_the_details_again_afterwards(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        page.pdf()
        assert page.locator("details[open]").count() == 0

    @pytest.mark.slow
    def test_of_300_drifted_campaigns_takes_fewer_than_ten_pages(self, desk: Desk) -> None:
        paper = desk.open(html_samples.large_plan(300, 300)).pdf(print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) < 10

    @pytest.mark.slow
    def test_of_many_campaigns_includes_all(self, desk: Desk, tmp_path: Path) -> None:
        page = desk.open(html_samples.large_plan(300, 60))
        page.pdf(path=tmp_path / "drift.pdf")
        if shutil.which("pdftotext") is None:
            pytest.skip("no pdftotext on PATH (poppler-utils)")
        process = subprocess.run(
            ["pdftotext", tmp_path / "drift.pdf", "-"], capture_output=True, text=True, check=True
        )
        assert set(re.findall(r"\b5[0-2]\d\d\b", process.stdout)) >= {
            str(5000 + n) for n in range(300)
        }


class TestAccessibility:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize(
        "make", [html_samples.full_plan, samples.three_sided_plan, html_samples.similar_plan]
    )
    def test_has_no_violations(self, desk: Desk, scheme: str, make: Any) -> None:
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        violations = axe.Axe().run(desk.open(make(), color_scheme=scheme))
        assert violations.generate_snapshot() == ""

    def test_has_no_violations_on_a_phone_or_after_a_search(self, desk: Desk) -> None:
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        page = desk.open(
            html_samples.full_plan(), "#q=4711", viewport={"width": 390, "height": 844}
        )
        assert axe.Axe().run(page).generate_snapshot() == ""

    def test_pictures_have_names(self, desk: Desk) -> None:
        page = desk.open(html_samples.full_plan())
        assert page.get_by_role("img", name="40 runs").count() == 1
        assert page.locator("#c4711").get_by_role("img", name="VOXO: READY").count() == 1


class TestHostileText:
    @pytest.mark.parametrize(
        "fragment", ["".join(hostile.FRAGMENTS), "</script>", "<!--", "&quot;", "\0\ud800"]
    )
    def test_has_no_effect(self, desk: Desk, fragment: str) -> None:
        def text(place: str) -> str:
            return f"\"'><img src=x onerror=alert(1)>{fragment} {place}"

        page = desk.open(hostile.plan(text), view=View(command="drift"))
        assert page.locator("script").count() == 1
        assert page.locator("img, iframe").count() == 0
        assert len(ids(page)) == 4


@pytest.mark.slow
class TestManyCampaigns:
    def test_remain_usable(self, desk: Desk, tmp_path: Path) -> None:
        page = desk.open(html_samples.large_plan())
        assert (tmp_path / "drift.html").stat().st_size < 6_000_000
        assert result_count(page) == "Showing all 1000 campaigns."
        page.get_by_role("searchbox").fill("region-07")
        assert result_count(page) == "Showing 50 of 1000 campaigns."
        page.get_by_role("searchbox").fill("")
        page.get_by_role("checkbox", name="In sync").uncheck()
        assert result_count(page) == "Showing 200 of 1000 campaigns."
        page.get_by_label("Sort by").select_option("Name")
        first = page.locator(".entry:not([hidden])").first
        assert first.locator(".name").inner_text() == "Campaign 5 of region 15"
        page.get_by_label("Clock").select_option("Asia/Tokyo")
        assert visible_clocks(page) != {"0"}
