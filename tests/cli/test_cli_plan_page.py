"""The page of a plan: what applying does, and when campaigns dial before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lxml import html

from tests.cli.cli_project import SPRING

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


def test_shows_what_applying_does(project: Project, voxo: FakeVoxo) -> None:
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
    assert "pull --only" not in text  # what is about to be applied was not changed by hand


def test_says_who_is_called_on_another_clock(project: Project, voxo: FakeVoxo) -> None:
    voxo.has()
    project.write(
        "contacts.csv", "number,timezone\n2135550123,\n6015550124,America/Denver\n6015550125,\n"
    )
    project.spring("state: READY", "numbers: {file: ../contacts.csv}")
    page = html.document_fromstring(project.run("plan", "--format", "html").out)
    lines = [line.text_content() for line in page.xpath("//ul[@class='when']/li")]
    assert lines[0].endswith(
        "; 1 phone in America/Denver, called 07:00–19:00 there"  # noqa: RUF001  # as written
        "; 1 phone in America/Los_Angeles, called 06:00–18:00 there"  # noqa: RUF001  # as written
    )
    assert "Los_Angeles" not in lines[1]
    assert page.find_class("cal-everyone")


def test_is_written_next_to_a_saved_plan_that_can_be_applied(
    project: Project, voxo: FakeVoxo
) -> None:
    voxo.has(callFrequency=45)
    project.spring()
    planned = project.run("plan", "--report", "html=plan.html", "--out", "plan.json")
    assert planned.status == 0
    assert (project.folder / "plan.html").read_text().startswith("<!DOCTYPE html>")
    [campaign] = json.loads((project.folder / "plan.json").read_text())["campaigns"]
    assert campaign["schedules"]["live"]["timezone"] == "America/Chicago"
    assert project.run("apply", "--plan", "plan.json", "--yes").status == 0
    assert voxo.campaigns[4711]["callFrequency"] == 30


def test_of_other_plans_say_nothing_of_schedules(project: Project, voxo: FakeVoxo) -> None:
    voxo.has()
    project.spring()
    [campaign] = project.run("plan", "--format", "json").json["campaigns"]
    assert "schedules" not in campaign
