"""`voxosync import` writes definitions of live campaigns, which agree with VOXO."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import SPRING, TOKEN, answer
from voxosync.app import file_writer, import_files
from voxosync.definitions.writing.emit import DefinitionText, emit
from voxosync.errors import UsageError
from voxosync.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.cli_voxo import FakeVoxo, Handler
    from voxosync.model.campaign import LiveCampaign

FILE = "campaigns/spring-renewal-4711.yaml"


@pytest.fixture
def project(tmp_path: Path, voxo: FakeVoxo) -> Project:
    """A project without definitions; VOXO has campaign 4711."""
    folder = tmp_path / "project"
    folder.mkdir()
    variables = {"VOXO_API_BASE_URL": voxo.url, "VOXO_API_TOKEN": TOKEN, "VOXO_TENANT_ID": "17"}
    return Project(folder, variables)


def texts(project: Project) -> dict[str, str]:
    """The text of each file of the project, by path."""
    return {
        path.relative_to(project.folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(project.folder.rglob("*"))
        if path.is_file()
    }


def is_in_sync(project: Project, count: int = 1, *arguments: str) -> bool:
    ran = project.run(*arguments, "plan", "--format", "json", "--exit-code")
    assert ran.status == 0, ran.said
    return bool(ran.json["summary"]["inSync"] == count == len(ran.json["campaigns"]))


class TestCampaign:
    def test_becomes_a_file_named_by_its_name_and_id(self, project: Project) -> None:
        ran = project.run("import", "--id", "4711")
        assert (ran.status, ran.err) == (0, "")
        assert ran.out == (
            f"{FILE}  4711 Spring renewal  (2 numbers)\nImported 1 campaign.\nNext: voxosync plan\n"
        )
        assert list(texts(project)) == [FILE]
        assert is_in_sync(project)

    def test_is_requested_by_its_id_without_a_list(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("import", "--id", "4711", VOXO_TENANT_ID=None).status == 0
        assert voxo.asked == ["GET /v2/admin/call-campaigns/4711"]

    def test_file_has_the_permissions_of_the_umask(self, project: Project) -> None:
        before = os.umask(0o022)
        try:
            project.run("import", "--id", "4711")
        finally:
            os.umask(before)
        assert stat.S_IMODE((project.folder / FILE).stat().st_mode) == 0o644

    def test_file_points_editors_to_the_schema_of_the_project(self, project: Project) -> None:
        project.run("schema", "--write", "schemas")
        project.run("import", "--id", "4711", "--into", "campaigns/a/b")
        path = project.folder / "campaigns/a/b/spring-renewal-4711.yaml"
        line = path.read_text().splitlines()[0]
        assert line == "# yaml-language-server: $schema=../../../schemas/campaign.schema.json"
        assert (path.parent / line.partition("=")[2]).is_file()

    def test_has_its_numbers_in_a_csv_file_above_numbers_inline(self, project: Project) -> None:
        ran = project.run("import", "--id", "4711", "--numbers-inline", "1")
        csv = "campaigns/contacts/spring-renewal-4711.csv"
        assert f"(2 numbers in {csv})" in ran.out
        assert list(texts(project)) == [csv, FILE]
        assert texts(project)[csv] == "number,description\n6015550123,Customer 1042\n6015550124,\n"
        assert is_in_sync(project)

    def test_reports_fields_that_are_left_out(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(tech="SMS", name="ab")
        ran = project.run("import", "--id", "4711")
        assert ran.status == 0
        assert ran.err == "campaigns/ab-4711.yaml: left out (see its comments): name, tech\n"
        assert project.run("-q", "import", "--id", "4711", "--overwrite").err == ""
        assert is_in_sync(project)

    def test_name_with_control_characters_is_escaped(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(name="\x1b[2J::error::x\nSpring")
        ran = project.run("import", "--id", "4711")
        assert r"4711 \x1b[2J::error::x\nSpring" in ran.out
        assert "\x1b" not in ran.said + "".join(texts(project).values())
        assert is_in_sync(project)


class TestCampaigns:
    @pytest.fixture(autouse=True)
    def _more_campaigns(self, voxo: FakeVoxo) -> None:
        voxo.has(4712, name="Autumn renewal")
        voxo.has(4713, name="SPRING survey")
        voxo.has(4714, name=None)
        voxo.has(4715, name="Of another tenant", tenantId=18)

    @pytest.mark.parametrize(
        ("arguments", "ids"),
        [
            (["--all"], [4711, 4712, 4713, 4714]),
            (["--match", "spring*"], [4711, 4713]),
            (["--match", "*RENEWAL", "--all"], [4711, 4712]),
            (["--match", ""], [4714]),
            (["--match", "[as]*l"], [4711, 4712]),
            (["--id", "4713", "--id", "4711", "--id", "4713"], [4711, 4713]),
        ],
        ids=str,
    )
    def test_are_chosen_by_id_name_or_all(
        self, arguments: list[str], ids: list[int], project: Project
    ) -> None:
        assert project.run("import", *arguments).status == 0
        imported = [int(name.removesuffix(".yaml").rpartition("-")[2]) for name in texts(project)]
        assert sorted(imported) == ids
        assert is_in_sync(project, len(ids))

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "to choose campaigns, pass --id, --all, or --match"),
            (["--id", "4711", "--all"], "--id cannot be combined with --all or --match"),
            (["--id", "4711", "--match", "*"], "--id cannot be combined with --all or --match"),
            (["--id", "0"], "--id"),
            (
                ["--match", "winter*"],
                "--match winter*: no campaign of tenant 17 has a name that matches",
            ),
            (["--all", "--into", ".."], "--into ..: definitions are read only from campaigns"),
            (["--all", "--into", "."], "--into .: definitions are read only from campaigns"),
            (["--all", "--into", "campaigns/.old"], "do not begin with a dot"),
            (["--all", "--numbers-inline", "-1"], "--numbers-inline"),
        ],
        ids=str,
    )
    def test_with_contradictory_or_invalid_options_are_refused(
        self, arguments: list[str], message: str, project: Project
    ) -> None:
        ran = project.run("import", *arguments)
        assert (ran.status, ran.out) == (1, "")
        assert message in ran.err
        assert texts(project) == {}

    @pytest.mark.parametrize("argument", ["--all", "--match=*"])
    def test_are_listed_only_with_a_tenant_id(
        self, argument: str, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("import", argument, VOXO_TENANT_ID=None)
        assert ran.status == 1
        assert "VOXO_TENANT_ID" in ran.err
        assert voxo.asked == []

    def test_of_another_tenant_are_not_imported(self, project: Project) -> None:
        ran = project.run("import", "--id", "4715", "--id", "4711")
        assert ran.status == 3
        assert "4715: the live campaign is of tenant 18, but tenant 17 is expected" in ran.err
        assert "Imported 1 campaign, 1 failed." in ran.out
        assert list(texts(project)) == [FILE]

    def test_are_written_though_others_cannot_be_read(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(404, {"message": "gone"}), about="/4712")
        voxo.say(answer(200, b"<html>"), about="/4713")
        ran = project.run("import", "--all")
        assert ran.status == 3
        assert "4712: " in ran.err
        assert "4713: " in ran.err
        assert list(texts(project)) == ["campaigns/campaign-4714.yaml", FILE]
        assert is_in_sync(project, 2)

    def test_are_not_written_if_the_token_is_rejected(self, project: Project) -> None:
        assert project.run("import", "--all", VOXO_API_TOKEN="of-another-user").status == 3
        assert texts(project) == {}

    def test_are_not_written_if_the_list_is_forbidden(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(403, {"message": "not yours"}), about="?tenantId=17")
        ran = project.run("import", "--all")
        assert ran.status == 3
        assert "not yours" in ran.err
        assert texts(project) == {}

    def test_are_read_from_all_pages_of_the_list(self, project: Project, voxo: FakeVoxo) -> None:
        for number in range(5000, 5230):
            voxo.has(number, name=f"Campaign {number}")
        campaigns = [campaign for campaign in voxo.campaigns.values() if campaign["tenantId"] == 17]

        def page(handler: Handler) -> None:
            query = parse_qs(urlsplit(handler.path).query)
            number, size = (
                int(query.get("page", ["1"])[0]),
                int(query.get("recordsPerPage", ["10"])[0]),
            )
            records = [{"id": campaign["id"], "name": campaign["name"]} for campaign in campaigns]
            part = records[(number - 1) * size : number * size]
            answer(200, {"records": part, "page": number, "totalRecords": len(campaigns)})(handler)

        voxo.say(page, about="?tenantId=17")
        ran = project.run("import", "--match", "campaign 5*")
        assert ran.status == 0
        assert len(texts(project)) == 230
        assert "campaigns/campaign-5229-5229.yaml" in texts(project)

    def test_are_imported_by_hundreds(self, project: Project, voxo: FakeVoxo) -> None:
        for number in range(5000, 5300):
            voxo.has(number, name="Spring renewal", message=f"Number {number}\nof 300")
        ran = project.run("import", "--all", "--numbers-inline", "1")
        assert ran.status == 0
        assert "Imported 304 campaigns." in ran.out
        assert len(texts(project)) == 608
        assert is_in_sync(project, 304)


def test_a_tenant_without_campaigns_has_nothing_to_import(project: Project, voxo: FakeVoxo) -> None:
    voxo.campaigns.clear()
    assert project.run("import", "--all").out == "Nothing to import: the tenant has no campaigns.\n"


class TestDefinedCampaigns:
    @pytest.fixture(autouse=True)
    def _defined_campaign(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60", name="campaigns/team/mine.yaml")
        voxo.has(4712, name="Autumn renewal")

    def test_are_skipped_with_all(self, project: Project) -> None:
        before = texts(project)
        ran = project.run("-v", "import", "--all")
        assert ran.status == 0
        assert ran.err == "1 campaign skipped: already defined\n  4711: campaigns/team/mine.yaml\n"
        assert texts(project) == before | {
            "campaigns/autumn-renewal-4712.yaml": texts(project)[
                "campaigns/autumn-renewal-4712.yaml"
            ]
        }
        ran = project.run("-q", "import", "--all")
        assert (ran.status, ran.err) == (0, "")
        assert ran.out == "Nothing to import: all of these campaigns have a definition.\n"

    def test_are_refused_with_id(self, project: Project, voxo: FakeVoxo) -> None:
        before = texts(project)
        ran = project.run("import", "--id", "4712", "--id", "4711")
        assert ran.status == 1
        assert (
            "campaigns/team/mine.yaml already defines 4711: to replace it, pass --overwrite"
            in ran.err
        )
        assert texts(project) == before
        assert voxo.asked == []

    def test_are_rewritten_in_their_file_with_overwrite(self, project: Project) -> None:
        file = "campaigns/team/mine.yaml"
        path = project.folder / file
        path.chmod(0o600)
        ran = project.run("import", "--all", "--overwrite")
        assert ran.status == 0
        assert list(texts(project)) == ["campaigns/autumn-renewal-4712.yaml", file]
        assert "callFrequency: 30\n" in texts(project)[file]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert is_in_sync(project, 2)

    def test_keep_settings_and_fields_that_voxo_does_not_return(self, project: Project) -> None:
        project.spring(
            "numbers: [{number: 6015550123, field1: Gold}, {number: 6015550124}]",
            "voxosync: {manageNumbers: add, unmanaged: [message]}",
            name="campaigns/team/mine.yaml",
        )
        assert project.run("import", "--id", "4711", "--overwrite").status == 0
        text = texts(project)["campaigns/team/mine.yaml"]
        assert "{number: 6015550123, description: Customer 1042, field1: Gold}" in text
        assert "  manageNumbers: add\n  unmanaged: [message]\n" in text

    def test_are_not_rewritten_in_a_file_with_several_campaigns(self, project: Project) -> None:
        path = project.folder / "campaigns/team/mine.yaml"
        path.write_text(f"{path.read_text()}---\nid: 4713\n")
        before = texts(project)
        ran = project.run("import", "--id", "4711", "--id", "4712", "--overwrite")
        assert ran.status == 1
        assert "campaigns/team/mine.yaml holds several campaigns" in ran.err
        assert texts(project) == before

    def test_of_several_environments_are_not_rewritten(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        path = project.folder / "campaigns/team/mine.yaml"
        path.write_text(path.read_text().replace("id: 4711", "id: {prod: 4711, test: 12}", 1))
        environments = f"environments: {{prod: {{baseUrl: '{voxo.url}'}}, test: {{}}}}"
        project.write("voxosync.yaml", environments)
        before = texts(project)
        ran = project.run("--env", "prod", "import", "--id", "4711", "--overwrite")
        assert ran.status == 1
        assert "is shared by several environments" in ran.err
        assert texts(project) == before

    @pytest.mark.parametrize("folder", ["campaigns", "elsewhere"])
    def test_of_a_single_environment_are_rewritten_for_it_alone(
        self, project: Project, voxo: FakeVoxo, folder: str
    ) -> None:
        path = project.folder / "campaigns/team/mine.yaml"
        path.write_text(path.read_text().replace("id: 4711", "id: {prod: 4711}", 1))
        project.write(
            "voxosync.yaml",
            f"environments: {{prod: {{baseUrl: '{voxo.url}'}}, test: {{campaigns: {folder}}}}}",
        )
        ran = project.run("--env", "prod", "import", "--id", "4711", "--overwrite")
        assert ran.status == 0, ran.said
        assert path.read_text().startswith("id: {prod: 4711}\n")

    def test_with_errors_stop_the_import(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("campaigns/wrong.yaml", "id: 4712\nstate: RUNNING\n")
        ran = project.run("import", "--all")
        assert ran.status == 1
        assert "campaigns/wrong.yaml:2:8: error: " in ran.err
        assert voxo.asked == []

    def test_name_a_csv_file_that_is_no_longer_used(self, project: Project) -> None:
        project.run("import", "--id", "4712", "--numbers-inline", "0")
        ran = project.run("import", "--id", "4712", "--overwrite")
        assert ran.status == 0
        assert "campaigns/contacts/autumn-renewal-4712.csv: no longer used; remove it" in ran.err


class TestConflictingFile:
    @pytest.fixture(autouse=True)
    def _more_campaigns(self, voxo: FakeVoxo) -> None:
        voxo.has(4712, name="Autumn renewal")

    def refusal(self, project: Project, *arguments: str) -> str:
        before = texts(project)
        ran = project.run("import", "--all", *arguments)
        assert (ran.status, ran.out) == (1, "")
        assert texts(project) == before
        return ran.err

    @pytest.mark.parametrize("overwrite", [[], ["--overwrite"]], ids=str)
    def test_of_another_campaign_is_refused(self, overwrite: list[str], project: Project) -> None:
        project.spring(name=FILE, number=9999)
        err = self.refusal(project, *overwrite)
        assert f"{FILE}: already exists; move it away" in err

    def test_with_phones_is_refused_without_overwrite(self, project: Project) -> None:
        project.write("campaigns/contacts/spring-renewal-4711.csv", "number\n6015550199\n")
        arguments = ("--numbers-inline", "0")
        assert "spring-renewal-4711.csv: already exists" in self.refusal(project, *arguments)
        assert project.run("import", "--all", *arguments, "--overwrite").status == 0
        assert is_in_sync(project, 2)

    def test_with_the_same_phones_left_by_a_killed_import_is_accepted(
        self, project: Project
    ) -> None:
        arguments = ("--all", "--numbers-inline", "0")
        project.run("import", *arguments)
        (project.folder / FILE).unlink()
        assert project.run("import", *arguments).status == 0
        assert is_in_sync(project, 2)

    def test_in_place_of_a_folder_is_refused(self, project: Project) -> None:
        project.write("campaigns/contacts", "a file")
        project.spring(name="campaigns/other.yaml", number=1)
        err = self.refusal(project, "--numbers-inline", "0")
        assert "campaigns/contacts is not a folder" in err

    def test_behind_a_link_out_of_the_project_is_refused(
        self, project: Project, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (project.folder / "campaigns").mkdir()
        (project.folder / "campaigns/out").symlink_to(outside)
        err = self.refusal(project, "--into", "campaigns/out")
        assert "a link leads out of the project folder" in err
        assert list(outside.iterdir()) == []

    def test_is_not_left_behind_by_a_full_disk(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The disk is full before the second file is written: the first file is removed too."""
        staged = file_writer._stage  # noqa: SLF001  # the disk that fills up
        calls = iter([staged])

        def full(path: Path, content: bytes, mode: int) -> Path:
            stage = next(calls, None)
            if stage is None:
                raise OSError(28, "No space left on device")
            return stage(path, content, mode)

        monkeypatch.setattr(file_writer, "_stage", full)
        assert "No space left on device" in self.refusal(project)

    def test_created_by_another_process_meanwhile_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "one.yaml"
        path.write_text("mine")
        with pytest.raises(UsageError, match="was changed in the meantime"):
            file_writer.replace_all(
                {tmp_path / "two.yaml": b"", path: b"theirs"},
                dict.fromkeys([tmp_path / "two.yaml", path]),
                tmp_path,
            )
        assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_import_reports_a_definition_that_differs_from_voxo_as_a_bug(
    project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch
) -> None:
    voxo.has(4712, name="Autumn renewal")

    def emit_wrong_name(live: LiveCampaign, *arguments: Any) -> DefinitionText:
        right = emit(live, *arguments)
        return replace(right, text=right.text.replace("name: Autumn", "name: Summer"))

    monkeypatch.setattr(import_files, "emit", emit_wrong_name)
    ran = project.run("import", "--all")
    assert ran.status == 3
    assert ran.err == "4712: this is a bug in voxosync: what it wrote is not what VOXO has\n"
    assert "Imported 2 campaigns, 1 failed." in ran.out


KILLED_AFTER_COUNT = """\
import os, signal, sys
from pathlib import Path
from voxosync.cli.main import main
limit, count = int(sys.argv.pop(1)), 0
replace = Path.replace
def replaced(self, target):
    global count
    count += 1
    if count > limit:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)
Path.replace = replaced
main()
"""


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_killed_import_leaves_only_complete_files_and_can_be_repeated(
    count: int, project: Project, voxo: FakeVoxo
) -> None:
    voxo.has(4712, name="Autumn renewal")
    call = ("import", "--all", "--numbers-inline", "0")
    process = subprocess.run(
        [sys.executable, "-c", KILLED_AFTER_COUNT, str(count), *call],
        cwd=project.folder, env=project.environment({}), capture_output=True, check=False,
    )  # fmt: skip
    assert process.returncode == -9
    names = {name for name in texts(project) if not Path(name).name.startswith(".")}
    assert len(names) == count
    csv = {name for name in names if name.endswith(".csv")}
    assert len(csv) >= count / 2, "a CSV file is written before the definition that names it"
    assert project.run(*call).status == 0
    assert is_in_sync(project, 2)
    assert {name: text for name, text in texts(project).items() if name in names}.keys() == names


class TestDefaults:
    def test_that_voxo_does_not_have_become_unmanaged(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(state="RUNNING", callHoursStart=None)
        defaults = (
            "state: PAUSED\ncallHoursStart: 09:00\ntech: VOICE\nvoxosync: {manageNumbers: add}\n"
        )
        project.write("campaigns/a/_defaults.yaml", defaults)
        assert project.run("import", "--all", "--into", "campaigns/a").status == 0
        text = texts(project)["campaigns/a/spring-renewal-4711.yaml"]
        assert "voxosync:\n  manageNumbers: add\n  unmanaged: [state, callHoursStart]\n" in text
        assert is_in_sync(project)

    def test_with_errors_stop_the_import(self, project: Project) -> None:
        project.write("campaigns/_defaults.yaml", "state: RUNNING\n")
        ran = project.run("import", "--all")
        assert ran.status == 1
        assert "campaigns/_defaults.yaml:1:8: error: " in ran.err
        assert list(texts(project)) == ["campaigns/_defaults.yaml"]

    def test_with_a_tenant_refuse_a_campaign_without_one(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(tenantId=None)
        project.write("campaigns/_defaults.yaml", "tenantId: 17\n")
        ran = project.run("import", "--id", "4711", VOXO_TENANT_ID=None)
        assert ran.status == 3
        assert "4711: cannot be written as a definition: VOXO names no tenant" in ran.err


class TestEnvironments:
    def write_settings(self, project: Project, voxo: FakeVoxo, folder: str) -> None:
        text = (
            f"environments:\n  prod: {{baseUrl: '{voxo.url}', tenantId: 17, campaigns: {folder}}}\n"
        )
        project.write("voxosync.yaml", f"{text}  test: {{baseUrl: 'https://voxo.test'}}\n")
        project.variables = {"VOXO_API_TOKEN": TOKEN}

    def test_with_separate_folders_get_plain_ids(self, project: Project, voxo: FakeVoxo) -> None:
        self.write_settings(project, voxo, "campaigns/prod")
        ran = project.run("--env", "prod", "import", "--all")
        assert ran.status == 0
        assert ran.out.endswith("Next: voxosync --env prod plan\n")
        text = texts(project)["campaigns/prod/spring-renewal-4711.yaml"]
        assert text.startswith("id: 4711\n")
        assert is_in_sync(project, 1, "--env", "prod")

    def test_with_a_shared_folder_get_ids_of_their_own(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        self.write_settings(project, voxo, "./campaigns")
        assert project.run("--env", "prod", "import", "--all").status == 0
        assert texts(project)[FILE].startswith("id: {prod: 4711}\n")
        assert is_in_sync(project, 1, "--env", "prod")
        assert project.run("--env", "prod", "import", "--id", "4711").status == 1


class TestPolicies:
    def test_that_a_live_campaign_violates_are_reported(self, project: Project) -> None:
        schema = {"properties": {"callFrequency": {"minimum": 60}}}
        rules = {"slow": {"message": "call slowly: write 60", "schema": schema}}
        project.write("policies/slow.yaml", json.dumps({"rules": rules}))
        ran = project.run("import", "--all")
        assert ran.status == 0
        assert re.search(f"^{FILE}:[0-9]+:[0-9]+: error: .*call slowly", ran.err)


SPELLINGS = ["", "datetimes", "seconds", "strings", "datetimes seconds strings", "no-admin-get"]
SPELLINGS += [f"omit-field:{key}" for key in SPRING if key not in ("id", "tenantId")]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(token=TOKEN, tenant_id=17) as sandbox:
        yield sandbox


@pytest.mark.parametrize("faults", SPELLINGS)
def test_import_agrees_with_voxo_in_each_response_format_of_the_sandbox(
    faults: str, project: Project, sandbox: Sandbox
) -> None:
    project.variables["VOXO_API_BASE_URL"] = sandbox.base_url
    body: dict[str, Any] = {"name": "yes", "message": "a\nb: #c\n", "callerId": "6015550100"}
    numbers = [
        {"number": f"60155501{n:02}", "description": "" if n % 3 else "no"} for n in range(9)
    ]
    sandbox.faults.set([])
    sandbox.store.put(
        1, {"numbers": numbers, "dateStart": "2096-03-01", "timeEnd": "18:30", **body}
    )
    sandbox.store.put(2, {"name": "Nothing else"})
    sandbox.faults.set(faults.split())
    assert project.run("import", "--all", "--numbers-inline", "5").status == 0
    assert is_in_sync(project, 2)
