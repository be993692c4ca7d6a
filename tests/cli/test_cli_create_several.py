"""`voxosync create` with several files and folders, and with definitions whose id was taken back out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import SPRING
from tests.cli.cli_voxo import NEW, TENANT, TOKEN, FakeVoxo, answer
from tests.cli.creating import FILE, NEW_SPRING, agrees, create, events, text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Project, Ran

WINTER_FILE = "campaigns/2096/winter.yml"
WINTER = NEW_SPRING.replace("Autumn", "Winter")


@pytest.fixture(autouse=True)
def _of_a_tenant(project: Project) -> None:
    project.variables["VOXO_TENANT_ID"] = str(TENANT)
    project.write(FILE, NEW_SPRING)


def create_in(project: Project, *arguments: str) -> Ran:
    return project.run("create", "--yes", *arguments)


class TestSeveral:
    @pytest.fixture(autouse=True)
    def _winter(self, project: Project) -> None:
        project.write(WINTER_FILE, f"# ours\n{WINTER}")

    @pytest.mark.parametrize(
        "paths",
        [
            (FILE, WINTER_FILE),
            ("campaigns",),
            (".",),
            ("campaigns/2096", FILE),
            ("campaigns", FILE, "campaigns/2096"),
        ],
    )
    def test_every_definition_without_an_id_is_created_once(
        self, project: Project, voxo: FakeVoxo, paths: tuple[str, ...]
    ) -> None:
        ran = create_in(project, *paths)
        assert ran.status == 0, ran.said
        assert sorted(body["name"] for body in voxo.posted) == ["Autumn renewal", "Winter renewal"]
        for file, name in ((FILE, "Autumn"), (WINTER_FILE, "Winter")):
            campaign = text(project, file).partition("id: ")[2].partition("\n")[0]
            assert f"{campaign} {name} renewal: created; {file} now has its id" in ran.out
        assert text(project, WINTER_FILE).startswith("# ours\nid: 500")
        assert text(project, "campaigns/spring.yaml") == SPRING
        assert agrees(project)

    def test_one_that_is_refused_does_not_stop_the_others(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(422, {"message": "no"}), to="POST", times=1)
        ran = create_in(project, FILE, WINTER_FILE)
        assert ran.status == 3
        assert "error: Autumn renewal: " in ran.err
        assert "5001 Winter renewal: created" in ran.out
        assert text(project) == NEW_SPRING
        assert create_in(project, "campaigns").status == 0
        assert agrees(project)

    def test_all_are_checked_before_any_is_sent_and_every_fault_is_named(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(WINTER_FILE, "state: PAUSED\n")
        project.write("campaigns/other.yaml", f"tenantId: 18\n{WINTER}")
        ran = create_in(project, "campaigns")
        assert ran.status == 1
        assert f"{WINTER_FILE}:1:1: a new campaign needs a name" in ran.err
        assert "campaigns/other.yaml:1:1: this is of tenant 18" in ran.err
        project.write(WINTER_FILE, f"{WINTER}colour: red\n")
        ran = create_in(project, "campaigns")
        assert ran.status == 1
        assert f"{WINTER_FILE}:23:1: error: unknown key 'colour'" in ran.err
        assert voxo.asked == []

    def test_a_file_with_a_link_to_it_is_created_once(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        (project.folder / "campaigns/link.yaml").symlink_to("new.yaml")
        assert create_in(project, "campaigns").status == 0
        assert len(voxo.posted) == 2

    def test_a_file_under_two_names_is_not_created_twice(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        (project.folder / "campaigns/link.yaml").symlink_to("new.yaml")
        ran = create_in(project, FILE, "campaigns/link.yaml")
        assert ran.status == 1
        assert "are the same file: name it once" in ran.err
        assert voxo.asked == []
        assert create(project).status == 0

    def test_one_question_is_asked(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("create", "campaigns", answer="y\n")
        assert ran.status == 0, ran.out
        assert ran.out.count("[y/N]") == 1
        assert len(voxo.posted) == 2

    def test_where_all_have_ids_there_is_nothing_to_create(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        assert create_in(project, "campaigns").status == 0
        voxo.received.clear()
        ran = create_in(project, FILE, "campaigns/2096")
        assert ran.out == (
            f"Every definition in {FILE}, campaigns/2096 has an id: nothing to create.\n"
        )
        assert (ran.status, voxo.asked) == (0, [])

    def test_what_is_open_of_one_name_is_not_given_to_two(
        self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from voxosync.app import file_writer  # noqa: PLC0415  # only here

        def no_room(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as full:
            full.setattr(file_writer, "_stage", no_room)
            assert create(project).status == 3
        (project.folder / FILE).rename(project.folder / "campaigns/a.yaml")
        project.write("campaigns/b.yaml", NEW_SPRING)
        ran = create_in(project, "campaigns")
        assert ran.status == 1
        assert "campaigns/a.yaml:1:1: " in ran.err
        assert "campaigns/b.yaml:1:1: " in ran.err
        assert "write id: 5001 into the right one" in ran.err
        assert len(voxo.posted) == 1

    def test_a_path_is_needed(self, project: Project, voxo: FakeVoxo) -> None:
        ran = create_in(project)
        assert ran.status == 1
        assert "FILE|FOLDER" in ran.err
        assert voxo.asked == []


class TestAnIdThatWasTakenBackOut:
    @pytest.fixture
    def run(self, project: Project, voxo: FakeVoxo) -> str:
        """The campaign was created, and its file checked out again; the run that created it."""
        assert create(project).status == 0
        project.write(FILE, NEW_SPRING)
        voxo.received.clear()
        return str(events(project)[0]["run"])

    def refused(
        self, ran: Ran, voxo: FakeVoxo, run: str, file: str = FILE, campaign: int = 5001
    ) -> None:
        assert ran.status == 1, ran.said
        assert f"{file}:1:1: run {run} created campaign {campaign} of this definition" in ran.err
        assert f"write id: {campaign} back into it, or pass --again" in ran.err
        assert f"POST {NEW}" not in voxo.asked

    @pytest.mark.parametrize("path", [FILE, "campaigns"])
    def test_is_refused_with_what_to_do(
        self, project: Project, voxo: FakeVoxo, run: str, path: str
    ) -> None:
        self.refused(create_in(project, path), voxo, run)
        assert text(project) == NEW_SPRING
        project.write(FILE, f"id: 5001\n{NEW_SPRING}")
        assert "nothing to create" in create(project).out
        assert agrees(project)

    def test_is_known_whatever_else_was_edited(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        project.write(FILE, f"name: First\n---\n{NEW_SPRING.replace('Time to renew', 'Soon')}")
        ran = create(project)
        assert f"{FILE}:3:1: run {run} created campaign 5001" in ran.err
        assert f"POST {NEW}" not in voxo.asked

    def test_all_of_them_are_named(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        project.write(WINTER_FILE, WINTER)
        assert create_in(project, WINTER_FILE).status == 0
        winter = max(event["run"] for event in events(project) if event["event"] == "run")
        project.write(WINTER_FILE, WINTER)
        voxo.received.clear()
        ran = create_in(project, "campaigns")
        self.refused(ran, voxo, run)
        self.refused(ran, voxo, winter, WINTER_FILE, 5002)

    def test_makes_a_second_campaign_by_again(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        ran = create(project, "--again")
        assert ran.status == 0, ran.said
        assert "It is a second campaign: 5001 was created before." in ran.out
        [second_run] = [event for event in events(project) if event.get("overrides")]
        assert second_run["overrides"] == {"--again": "yes"}
        assert text(project) == f"id: 5002\n{NEW_SPRING}"
        project.write(FILE, NEW_SPRING)
        voxo.received.clear()
        second = max(event["run"] for event in events(project) if event["event"] == "run")
        assert second != run
        self.refused(create(project), voxo, second, campaign=5002)

    def test_is_not_forgotten_by_an_again_that_voxo_refused(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        voxo.say(answer(422, {"message": "no"}), to="POST", times=1)
        assert create(project, "--again").status == 3
        voxo.received.clear()
        self.refused(create(project), voxo, run)

    def test_is_known_in_another_file(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        (project.folder / FILE).unlink()
        moved = project.write("campaigns/2096/autumn.yaml", NEW_SPRING)
        ran = create_in(project, str(moved))
        assert ran.status == 1
        assert f"run {run} created campaign 5001 of this definition when its definition was in" in (
            ran.err
        )
        assert voxo.asked == []

    @pytest.mark.usefixtures("run")
    def test_is_not_taken_out_where_another_file_has_it(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/moved.yaml", f"id: 5001\n{NEW_SPRING}")
        assert create(project).status == 0
        assert text(project) == f"id: 5002\n{NEW_SPRING}"
        assert len(voxo.posted) == 1

    @pytest.mark.usefixtures("run")
    def test_of_a_campaign_of_another_name_is_another_matter(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, WINTER)
        assert create(project).status == 0
        assert len(voxo.posted) == 1

    @pytest.mark.usefixtures("run")
    def test_in_another_voxo_or_tenant_is_another_matter(self, project: Project) -> None:
        assert create(project, VOXO_TENANT_ID="18").status == 0
        assert text(project) == f"id: 5002\n{NEW_SPRING}"
        project.write(FILE, NEW_SPRING)
        second_voxo = FakeVoxo()
        try:
            assert create(project, VOXO_API_BASE_URL=second_voxo.url).status == 0
        finally:
            second_voxo.stop()

    def test_after_a_checkout_by_git(self, project: Project, voxo: FakeVoxo) -> None:
        project.git("init", "--quiet")
        project.commit()
        assert create_in(project, "campaigns").status == 0
        project.git("checkout", "--quiet", ".")
        assert text(project) == NEW_SPRING
        ran = create_in(project, "campaigns")
        assert ran.status == 1
        assert "created campaign 5001 of this definition" in ran.err
        assert len(voxo.posted) == 1

    def test_outside_the_campaigns_folder(self, project: Project, voxo: FakeVoxo) -> None:
        shared: Path = project.write("shared/new.yaml", NEW_SPRING)
        (project.folder / FILE).unlink()
        assert create_in(project, str(shared)).status == 0
        twin = project.write("campaigns/twin.yaml", NEW_SPRING)
        assert create_in(project, str(twin)).status == 0  # the first one still has its id
        shared.write_text(NEW_SPRING)
        ran = create_in(project, str(shared))
        assert ran.status == 1
        assert "created campaign 5001 of this definition" in ran.err
        assert len(voxo.posted) == 2

    def test_of_an_environment_says_how_to_write_it_back(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(
            "voxosync.yaml",
            f"environments:\n  staging: {{baseUrl: '{voxo.url}', tenantId: 18}}\n"
            f"  prod: {{baseUrl: '{voxo.url}', tenantId: 17}}\n",
        )
        project.variables = {"VOXO_API_TOKEN": TOKEN}
        (project.folder / "campaigns/spring.yaml").unlink()
        assert project.run("--env", "staging", "create", FILE, "--yes").status == 0
        project.write(FILE, NEW_SPRING)
        ran = project.run("--env", "staging", "create", FILE, "--yes")
        assert ran.status == 1
        assert "write id: {staging: 5001} back into it" in ran.err
        project.write(FILE, f"id: {{staging: 5001}}\n{NEW_SPRING}")
        assert project.run("--env", "prod", "create", FILE, "--yes").status == 0
        assert text(project) == f"id: {{staging: 5001, prod: 5002}}\n{NEW_SPRING}"
