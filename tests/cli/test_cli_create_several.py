"""`voxosync create` with several files and folders, and with definitions whose id was removed again."""

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
def _new_definition(project: Project) -> None:
    project.variables["VOXO_TENANT_ID"] = str(TENANT)
    project.write(FILE, NEW_SPRING)


def create_in(project: Project, *arguments: str) -> Ran:
    return project.run("create", "--yes", *arguments)


class TestSeveralFiles:
    @pytest.fixture(autouse=True)
    def _second_definition(self, project: Project) -> None:
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

    def test_refusal_of_one_definition_does_not_stop_others(
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

    def test_all_files_are_checked_and_all_errors_reported_before_sending(
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

    def test_file_that_a_link_refers_to_is_created_once(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        (project.folder / "campaigns/link.yaml").symlink_to("new.yaml")
        assert create_in(project, "campaigns").status == 0
        assert len(voxo.posted) == 2

    def test_the_same_file_under_two_names_is_an_error(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        (project.folder / "campaigns/link.yaml").symlink_to("new.yaml")
        ran = create_in(project, FILE, "campaigns/link.yaml")
        assert ran.status == 1
        assert "are the same file: name it once" in ran.err
        assert voxo.asked == []
        assert create(project).status == 0

    def test_user_is_asked_once_for_all_files(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("create", "campaigns", answer="y\n")
        assert ran.status == 0, ran.out
        assert ran.out.count("[y/N]") == 1
        assert len(voxo.posted) == 2

    def test_nothing_is_created_if_all_definitions_have_ids(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        assert create_in(project, "campaigns").status == 0
        voxo.received.clear()
        ran = create_in(project, FILE, "campaigns/2096")
        assert ran.out == (
            f"Every definition in {FILE}, campaigns/2096 has an id: nothing to create.\n"
        )
        assert (ran.status, voxo.asked) == (0, [])

    def test_unwritten_id_is_not_guessed_for_two_definitions_with_the_name(
        self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from voxosync.app import file_writer  # noqa: PLC0415  # used only here

        def raise_disk_full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as full_disk:
            full_disk.setattr(file_writer, "_stage", raise_disk_full)
            assert create(project).status == 3
        (project.folder / FILE).rename(project.folder / "campaigns/a.yaml")
        project.write("campaigns/b.yaml", NEW_SPRING)
        ran = create_in(project, "campaigns")
        assert ran.status == 1
        assert "campaigns/a.yaml:1:1: " in ran.err
        assert "campaigns/b.yaml:1:1: " in ran.err
        assert "write id: 5001 into the right one" in ran.err
        assert len(voxo.posted) == 1

    def test_path_is_required(self, project: Project, voxo: FakeVoxo) -> None:
        ran = create_in(project)
        assert ran.status == 1
        assert "FILE|FOLDER" in ran.err
        assert voxo.asked == []


class TestRemovedId:
    @pytest.fixture
    def run(self, project: Project, voxo: FakeVoxo) -> str:
        """The id of the run that created the campaign; the definition no longer has the id of the campaign."""
        assert create(project).status == 0
        project.write(FILE, NEW_SPRING)
        voxo.received.clear()
        return str(events(project)[0]["run"])

    def assert_refused(
        self, ran: Ran, voxo: FakeVoxo, run: str, file: str = FILE, campaign: int = 5001
    ) -> None:
        assert ran.status == 1, ran.said
        assert f"{file}:1:1: run {run} created campaign {campaign} of this definition" in ran.err
        assert f"write id: {campaign} back into it, or pass --again" in ran.err
        assert f"POST {NEW}" not in voxo.asked

    @pytest.mark.parametrize("path", [FILE, "campaigns"])
    def test_is_an_error_that_says_what_to_write(
        self, project: Project, voxo: FakeVoxo, run: str, path: str
    ) -> None:
        self.assert_refused(create_in(project, path), voxo, run)
        assert text(project) == NEW_SPRING
        project.write(FILE, f"id: 5001\n{NEW_SPRING}")
        assert "nothing to create" in create(project).out
        assert agrees(project)

    def test_is_recognized_after_other_edits(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        project.write(FILE, f"name: First\n---\n{NEW_SPRING.replace('Time to renew', 'Soon')}")
        ran = create(project)
        assert f"{FILE}:3:1: run {run} created campaign 5001" in ran.err
        assert f"POST {NEW}" not in voxo.asked

    def test_is_reported_for_every_definition(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        project.write(WINTER_FILE, WINTER)
        assert create_in(project, WINTER_FILE).status == 0
        winter = max(event["run"] for event in events(project) if event["event"] == "run")
        project.write(WINTER_FILE, WINTER)
        voxo.received.clear()
        ran = create_in(project, "campaigns")
        self.assert_refused(ran, voxo, run)
        self.assert_refused(ran, voxo, winter, WINTER_FILE, 5002)

    def test_allows_a_second_campaign_with_the_again_option(
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
        self.assert_refused(create(project), voxo, second, campaign=5002)

    def test_is_still_recognized_after_a_refused_second_creation(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        voxo.say(answer(422, {"message": "no"}), to="POST", times=1)
        assert create(project, "--again").status == 3
        voxo.received.clear()
        self.assert_refused(create(project), voxo, run)

    def test_is_recognized_in_another_file(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        (project.folder / FILE).unlink()
        moved = project.write("campaigns/2096/autumn.yaml", NEW_SPRING)
        ran = create_in(project, str(moved))
        assert ran.status == 1
        assert f"run {run} created campaign 5001 of this definition when its definition was in" in (
            ran.err
        )
        assert voxo.asked == []

    @pytest.mark.usefixtures("run")
    def test_that_another_file_now_has_is_not_removed(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/moved.yaml", f"id: 5001\n{NEW_SPRING}")
        assert create(project).status == 0
        assert text(project) == f"id: 5002\n{NEW_SPRING}"
        assert len(voxo.posted) == 1

    @pytest.mark.usefixtures("run")
    def test_does_not_concern_a_campaign_with_another_name(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, WINTER)
        assert create(project).status == 0
        assert len(voxo.posted) == 1

    @pytest.mark.usefixtures("run")
    def test_does_not_concern_another_voxo_or_tenant(self, project: Project) -> None:
        assert create(project, VOXO_TENANT_ID="18").status == 0
        assert text(project) == f"id: 5002\n{NEW_SPRING}"
        project.write(FILE, NEW_SPRING)
        second_voxo = FakeVoxo()
        try:
            assert create(project, VOXO_API_BASE_URL=second_voxo.url).status == 0
        finally:
            second_voxo.stop()

    def test_is_recognized_after_git_checkout(self, project: Project, voxo: FakeVoxo) -> None:
        project.git("init", "--quiet")
        project.commit()
        assert create_in(project, "campaigns").status == 0
        project.git("checkout", "--quiet", ".")
        assert text(project) == NEW_SPRING
        ran = create_in(project, "campaigns")
        assert ran.status == 1
        assert "created campaign 5001 of this definition" in ran.err
        assert len(voxo.posted) == 1

    def test_is_recognized_outside_the_campaigns_folder(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
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

    def test_of_an_environment_is_reported_in_its_notation(
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
