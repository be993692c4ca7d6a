"""The HTML page of a plan shows the changes, and when campaigns dial before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lxml import html

from tests.cli.cli_project import SPRING

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


def test_page_of_a_plan_shows_the_effect_of_applying_it(project: Project, voxo: FakeVoxo) -> None:
    voxo.has(timeEnd="20:00")
    project.write("campaigns/spring.yaml", SPRING.replace("state: PAUSED", "state: READY"))
    ran = project.run("plan", "--format", "html")
    assert ran.status == 0
    page = html.document_fromstring(ran.out)
    assert page.findtext(".//title", "").startswith("Plan, ")
    [entry] = page.find_class("entry")
    text = entry.text_content()
    assert "STARTS DIALING" in text
    assert "READY, 2096-03-01 09:00 to 2096-03-31 18:30" in text
    assert "PAUSED, 2096-03-01 09:00 to 2096-03-31 20:00" in text
    assert entry.find(".//svg") is not None
    assert "pull --only" not in text  # only a change by hand can be pulled


def test_page_of_a_plan_shows_phones_in_other_time_zones(project: Project, voxo: FakeVoxo) -> None:
    voxo.has()
    project.write(
        "contacts.csv", "number,timezone\n2135550123,\n6015550124,America/Denver\n6015550125,\n"
    )
    project.spring("state: READY", "numbers: {file: ../contacts.csv}")
    page = html.document_fromstring(project.run("plan", "--format", "html").out)
    lines = [line.text_content() for line in page.xpath("//ul[@class='when']/li")]
    assert lines[0].endswith(
        "; 1 phone in America/Denver, called 07:00–19:00 there"  # noqa: RUF001  # the page has an en dash
        "; 1 phone in America/Los_Angeles, called 06:00–18:00 there"  # noqa: RUF001  # the page has an en dash
    )
    assert "Los_Angeles" not in lines[1]
    assert page.find_class("cal-everyone")


def test_page_can_be_written_together_with_a_saved_plan(project: Project, voxo: FakeVoxo) -> None:
    voxo.has(callFrequency=45)
    project.spring()
    planned = project.run("plan", "--report", "html=plan.html", "--out", "plan.json")
    assert planned.status == 0
    assert (project.folder / "plan.html").read_text().startswith("<!DOCTYPE html>")
    [campaign] = json.loads((project.folder / "plan.json").read_text())["campaigns"]
    assert campaign["schedules"]["live"]["timezone"] == "America/Chicago"
    assert project.run("apply", "--plan", "plan.json", "--yes").status == 0
    assert voxo.campaigns[4711]["callFrequency"] == 30


def test_plans_without_a_page_have_no_schedules(project: Project, voxo: FakeVoxo) -> None:
    voxo.has()
    project.spring()
    [campaign] = project.run("plan", "--format", "json").json["campaigns"]
    assert "schedules" not in campaign
