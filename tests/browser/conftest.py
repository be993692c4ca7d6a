"""A headless Chromium that opens reports from files; without it, these tests are skipped with a reason."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from voxosync.report.registry import DRIFT
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from voxosync.model.plan import Plan

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
VIEW = View(
    command="drift",
    prefix="calls/",
    environment="prod",
    link_base="https://github.com/acme/calls/blob/main",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module; with a wider scope, its event loop would remain for other tests."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip(f"no browser on PATH: none of {', '.join(NAMES)}")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*FLAGS])
        yield browser
        browser.close()


Pages = dict[str, Any]
"""Pages by the options of their contexts, as a text."""


@pytest.fixture(scope="module")
def pages() -> Pages:
    """The pages that tests share, because a page in a new context takes half a second of processor time."""
    return {}


@dataclass
class Desk:
    """Opens reports like a person, and records their requests and console messages."""

    browser: Browser
    pages: Pages
    folder: Path
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    open_pages: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listeners: dict[str, Callable[[Any], None]] = {
            "console": lambda message: self.messages.append(message.text),
            "pageerror": lambda failure: self.messages.append(str(failure)),
            "request": lambda request: self.requests.append(request.url),
        }

    def open(self, plan: Plan, state: str = "", view: View = VIEW, **options: Any) -> Page:
        """A page that shows the drift report of a plan.

        Args:
            plan: the plan.
            state: the fragment of the address, including `#`.
            view: the view with which the report is rendered.
            options: options of the browser context, such as `color_scheme`.
        """
        (self.folder / "drift.html").write_text(DRIFT["html"](plan, view), encoding="utf-8")
        return self.show(state, **options)

    def show(self, state: str = "", **options: Any) -> Page:
        """Opens the page `drift.html` in the folder."""
        key = repr(sorted(options.items()))
        if key not in self.pages:
            self.pages[key] = self.browser.new_context(**options).new_page()
        page: Page = self.pages[key]
        if page not in self.open_pages:
            self.open_pages.append(page)
            for event, listener in self.listeners.items():
                page.on(event, listener)  # type: ignore[call-overload]  # has an overload for each event
        page.goto((self.folder / "drift.html").as_uri() + state)
        return page

    def leave(self) -> None:
        """Leaves pages that are empty, for the next test."""
        for page in self.open_pages:
            page.goto("about:blank")
            page.emulate_media(media="null")
            for event, listener in self.listeners.items():
                page.remove_listener(event, listener)


@pytest.fixture
def desk(browser: Browser, pages: Pages, tmp_path: Path) -> Iterator[Desk]:
    """A desk that asserts after each test that the page requested only itself and logged nothing."""
    desk = Desk(browser, pages, tmp_path)
    yield desk
    desk.leave()
    assert {address.partition("#")[0] for address in desk.requests} <= {
        (tmp_path / "drift.html").as_uri()
    }
    assert desk.messages == []
