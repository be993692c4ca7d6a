"""The page that `voxosync drift --format html` writes, displayed in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import TENANT, TOKEN, FakeVoxo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.conftest import Desk


@pytest.fixture
def voxo() -> Iterator[FakeVoxo]:
    """VOXO with campaign 4711, which was changed by hand, and 4720, which has no definition; 4712 is missing."""
    server = FakeVoxo()
    server.has(callFrequency=45, message="Time to <b>pay</b>")
    server.has(4720, name="Pilot")
    yield server
    server.stop()


def test_run_of_drift_writes_a_page_for_a_browser(
    desk: Desk, tmp_path: Path, voxo: FakeVoxo
) -> None:
    project = Project(tmp_path, {"VOXO_API_BASE_URL": voxo.url, "VOXO_API_TOKEN": TOKEN})
    project.spring()
    project.spring(name="campaigns/gone.yaml", number=4712)
    ran = project.run(
        "drift", "--format", "html", "--output", "drift.html", "--history", "history.sqlite",
        "--link-base", "https://git.example/calls/blob/main", "--tenant-id", str(TENANT),
    )  # fmt: skip
    assert ran.status == 3
    page = desk.show()
    assert TOKEN not in page.content()
    assert "6015550123" not in page.content()
    spring = page.locator("#c4711")
    assert spring.locator("tbody tr th").all_inner_texts() == [
        "callFrequency\nline 10",
        "message\nline 13",
    ]
    assert "Time to <b>pay</b>" in spring.inner_text()
    assert "in this run" in spring.inner_text()
    link = spring.get_by_role("link", name="line 10").get_attribute("href")
    assert link == "https://git.example/calls/blob/main/campaigns/spring.yaml#L10"
    assert spring.locator(".cal-row").is_visible()
    assert "voxosync apply --only 4711" in spring.inner_text()
    assert "Missing in VOXO" in page.locator("#c4712").inner_text()
    assert "voxosync import --id 4720" in page.locator("#u4720").inner_text()
