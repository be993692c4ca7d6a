"""`voxosync create` creates a campaign from a definition without an id, at most once, and writes its id there."""

from __future__ import annotations

import json
import os
import re
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_project import SPRING
from tests.cli.cli_voxo import (
    NEW,
    TENANT,
    TOKEN,
    FakeVoxo,
    answer,
    applied_then,
    dropped,
    echoed_token,
    html,
    silence,
    truncated,
)
from tests.cli.creating import FILE, NEW_SPRING, agrees, create, event_names, events, text
from voxosync.app import approval, file_writer
from voxosync.errors import JournalError
from voxosync.sync.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import Reply


@pytest.fixture(autouse=True)
def _new_definition(project: Project) -> None:
    project.variables["VOXO_TENANT_ID"] = str(TENANT)
    project.write(FILE, NEW_SPRING)


def assert_nothing_sent(ran: Ran, voxo: FakeVoxo, project: Project, reason: str) -> None:
    assert ran.status == 1, ran.said
    assert reason in ran.err
    assert voxo.asked == []
    assert text(project) == NEW_SPRING
    assert event_names(project) == []


class TestCampaign:
    @pytest.mark.parametrize("status", [201, 200])
    def test_agrees_with_its_definition(
        self, project: Project, voxo: FakeVoxo, status: int
    ) -> None:
        voxo.status_of_new = status
        ran = create(project)
        assert ran.status == 0, ran.said
        assert voxo.asked == [f"POST {NEW}", f"GET {NEW}5001"]
        assert text(project) == f"id: 5001\n{NEW_SPRING}"
        assert "5001 Autumn renewal: created; campaigns/new.yaml now has its id" in ran.out
        assert agrees(project)

    def test_is_sent_with_contact_fields_but_without_call_results(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(
            "campaigns/n.csv", "number,description,field1,field9\n6015550123,A,x,y\n6015550124,,,\n"
        )
        head, _, _ = NEW_SPRING.partition("numbers:")
        project.write(
            FILE, head + "numbers: {file: n.csv}\ndestinations: [{type: QUEUE, id: 12}]\n"
        )
        assert create(project).status == 0
        assert voxo.posted == [
            {
                "tenantId": TENANT,
                "name": "Autumn renewal",
                "state": "PAUSED",
                "dateStart": "2096-03-01",
                "dateEnd": "2096-03-31",
                "timeStart": "09:00",
                "timeEnd": "18:30",
                "timezone": "America/Chicago",
                "callerId": "6015550100",
                "callFrequency": 30,
                "recording": "yes",
                "enableVMDetect": "1",
                "message": "Time to renew",
                "numbers": [
                    {"number": "6015550123", "description": "A", "field1": "x", "field9": "y"},
                    {"number": "6015550124", "description": ""},
                ],
                "destinations": [{"type": "QUEUE", "id": 12}],
            }
        ]
        assert agrees(project)
        assert "disposition" not in json.dumps(events(project))

    def test_includes_default_values(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(
            "campaigns/_defaults.yaml", "# ours\nname: Of the folder\ntech: VOICE\ntenantId: 17\n"
        )
        project.write(FILE, "state: PAUSED  # until May\n")
        assert create(project, VOXO_TENANT_ID=None).status == 0
        assert voxo.posted == [
            {"tenantId": 17, "name": "Of the folder", "tech": "VOICE", "state": "PAUSED"}
        ]
        assert text(project) == "id: 5001\nstate: PAUSED  # until May\n"
        assert text(project, "campaigns/_defaults.yaml").startswith("# ours\nname:")

    def test_is_shown_with_masked_numbers_before_it_is_created(self, project: Project) -> None:
        ran = project.run("-v", "create", FILE, "--yes")
        assert re.search(r"^id +\(new\)", ran.out, re.MULTILINE)
        assert re.search(rf"^tenantId +{TENANT}\b", ran.out, re.MULTILINE)
        assert "Autumn renewal" in ran.out
        assert "601•••0123" in ran.out
        assert "6015550123" not in ran.said
        assert TOKEN not in ran.said

    def test_is_shown_with_full_numbers_if_requested(self, project: Project) -> None:
        assert "6015550123" in project.run("-v", "create", FILE, "--yes", "--show-numbers").out


class TestTenant:
    @pytest.mark.parametrize(
        ("line", "arguments", "variable"),
        [
            ("tenantId: 18\n", (), None),
            ("", ("--tenant-id", "18"), None),
            ("", (), "18"),
            ("tenantId: 18\n", ("--tenant-id", "18"), "18"),
        ],
    )
    def test_comes_from_the_definition_an_option_or_a_variable(
        self,
        project: Project,
        voxo: FakeVoxo,
        line: str,
        arguments: tuple[str, ...],
        variable: str | None,
    ) -> None:
        project.write(FILE, line + NEW_SPRING)
        assert create(project, *arguments, VOXO_TENANT_ID=variable).status == 0
        assert voxo.posted[0]["tenantId"] == 18

    def test_comes_from_the_environment(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(
            "voxosync.yaml", f"environments: {{one: {{baseUrl: '{voxo.url}', tenantId: 19}}}}\n"
        )
        ran = project.run(
            "--env", "one", "create", FILE, "--yes", VOXO_TENANT_ID=None, VOXO_API_BASE_URL=None
        )
        assert ran.status == 0, ran.said
        assert voxo.posted[0]["tenantId"] == 19
        assert text(project) == f"id: 5001\n{NEW_SPRING}"

    def test_is_required(self, project: Project, voxo: FakeVoxo) -> None:
        ran = create(project, VOXO_TENANT_ID=None)
        assert_nothing_sent(
            ran, voxo, project, "campaigns/new.yaml:1:1: a new campaign belongs to a tenant"
        )

    def test_of_the_definition_must_be_that_of_the_call(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}tenantId: 18\n")
        ran = create(project)
        assert ran.status == 1
        assert "tenant 18, but the call is about 17" in ran.err
        assert voxo.asked == []


class TestRefuses:
    def test_a_definition_without_a_name(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(FILE, "state: PAUSED\n")
        ran = create(project)
        assert ran.status == 1
        assert "campaigns/new.yaml:1:1: a new campaign needs a name" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize(
        "invalid_line", ["state: GO\n", "dateStart: 2096-02-30\n", "type: X\n", "id:\n", "id: 0\n"]
    )
    def test_a_file_with_an_error_in_one_definition(
        self, project: Project, voxo: FakeVoxo, invalid_line: str
    ) -> None:
        project.write(FILE, f"name: First\nstate: PAUSED\n---\nname: Other\n{invalid_line}")
        ran = create(project)
        assert ran.status == 1
        assert f"{FILE}:5:" in ran.err
        assert voxo.asked == []

    def test_a_definition_that_violates_a_policy(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(
            "policies/house.yaml",
            "rules:\n  slowly:\n    message: leave 60 seconds between calls\n"
            "    schema: {properties: {callFrequency: {minimum: 60}}}\n",
        )
        ran = create(project)
        assert ran.status == 1, ran.said
        assert f"{FILE}:9:16: error: policy slowly: leave 60 seconds" in ran.err
        assert voxo.asked == []

    def test_two_new_campaigns_with_the_same_name(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{NEW_SPRING}")
        ran = create(project)
        assert ran.status == 1
        assert "two new campaigns have the name 'Autumn renewal'" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize(
        "name", ["elsewhere", "campaigns/none.yaml", "campaigns/_defaults.yaml"]
    )
    def test_a_path_without_definitions(self, project: Project, voxo: FakeVoxo, name: str) -> None:
        project.write("campaigns/_defaults.yaml", "tech: VOICE\n")
        ran = project.run("create", name, "--yes")
        assert_nothing_sent(ran, voxo, project, name)

    def test_ids_of_environments_if_no_environment_is_chosen(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("voxosync.yaml", "environments: {one: {}, two: {}}\n")
        project.write(FILE, f"id: {{one: 5}}\n{NEW_SPRING}")
        ran = create(project)
        assert ran.status == 1
        assert "--env one" in ran.err
        assert voxo.asked == []

    def test_a_definition_into_which_no_id_can_be_written(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(
            "voxosync.yaml", f"environments: {{one: {{baseUrl: '{voxo.url}'}}, two: {{}}}}\n"
        )
        project.write(FILE, f"<<: {{id: {{two: 5}}}}\n{NEW_SPRING}")
        ran = project.run("--env", "one", "create", FILE, "--yes")
        assert ran.status == 1, ran.said
        assert "its id could not be written here: its id comes by <<" in ran.err
        assert voxo.asked == []

    def test_a_file_that_cannot_be_written(
        self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        access = os.access  # replaced, because root can write any file
        monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and access(path, mode))
        assert_nothing_sent(create(project), voxo, project, "read-only")

    def test_a_call_without_a_token(self, project: Project, voxo: FakeVoxo) -> None:
        assert_nothing_sent(
            create(project, VOXO_API_TOKEN=None), voxo, project, "there is no token"
        )


class TestFile:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (
                "# a\r\nname: Autumn\r\nstate: PAUSED  # b\r\n",
                "# a\r\nid: 5001\r\nname: Autumn\r\nstate: PAUSED  # b\r\n",
            ),
            ("\ufeffname: Autumn\nstate: PAUSED\n", "\ufeffid: 5001\nname: Autumn\nstate: PAUSED\n"),
            ("--- # a\nname: Autumn\nstate: PAUSED", "--- # a\nid: 5001\nname: Autumn\nstate: PAUSED"),
            ("{name: Autumn, state: PAUSED}", "{id: 5001, name: Autumn, state: PAUSED}"),
            (
                "&a\nname: &n Autumn\nmessage: *n\nstate: PAUSED\n",
                "&a\nid: 5001\nname: &n Autumn\nmessage: *n\nstate: PAUSED\n",
            ),
        ],
    )  # fmt: skip
    def test_changes_only_by_its_id(self, project: Project, before: str, after: str) -> None:
        project.write(FILE, before)
        ran = create(project)
        assert ran.status == 0, ran.said
        assert text(project) == after
        assert agrees(project)

    def test_can_contain_several_definitions(self, project: Project, voxo: FakeVoxo) -> None:
        old = SPRING.replace("4711", "12")
        voxo.has(12)
        third = NEW_SPRING.replace("Autumn", "Winter")
        project.write(FILE, f"# first\n{NEW_SPRING}---\n{old}---\n# third\n{third}")
        ran = create(project)
        assert ran.status == 0, ran.said
        assert [body["name"] for body in voxo.posted] == ["Autumn renewal", "Winter renewal"]
        assert (
            text(project)
            == f"# first\nid: 5001\n{NEW_SPRING}---\n{old}---\n# third\nid: 5002\n{third}"
        )
        assert agrees(project)

    def test_can_be_a_link_and_relative_to_another_folder(self, project: Project) -> None:
        target = project.write("shared/new.yaml", NEW_SPRING)
        (project.folder / FILE).unlink()
        (project.folder / FILE).symlink_to(target)
        ran = project.run("-C", "campaigns/..", "create", FILE, "--yes")
        assert ran.status == 0, ran.said
        assert (project.folder / FILE).is_symlink()
        assert target.read_text() == f"id: 5001\n{NEW_SPRING}"

    def test_without_new_definitions_needs_no_request_and_no_token(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("create", "campaigns/spring.yaml", "--yes", VOXO_API_TOKEN=None)
        assert (ran.status, ran.out) == (
            0, "Every definition in campaigns/spring.yaml has an id: nothing to create.\n",
        )  # fmt: skip
        assert voxo.asked == []
        assert event_names(project) == []


@pytest.fixture
def create_in_staging(project: Project, voxo: FakeVoxo) -> Callable[..., Ran]:
    """A function that creates with `--env staging`; both environments use the same VOXO, but different tenants."""

    def run(folder: str, definition: str, environment: str = "staging", name: str = FILE) -> Ran:
        project.write(
            "voxosync.yaml",
            "environments:\n"
            f"  staging: {{baseUrl: '{voxo.url}', tenantId: 18, campaigns: {folder}}}\n"
            f"  prod: {{baseUrl: '{voxo.url}', tenantId: 17}}\n",
        )
        project.variables = {"VOXO_API_TOKEN": TOKEN}
        if definition:
            project.write(name, definition)
        return project.run("--env", environment, "create", name, "--yes")

    return run


class TestEnvironments:
    @pytest.mark.parametrize("folder", ["campaigns", "campaigns/", "./campaigns", "."])
    def test_definition_in_a_shared_folder_gets_an_id_for_its_environment(
        self, project: Project, create_in_staging: Callable[..., Ran], folder: str
    ) -> None:
        ran = create_in_staging(folder, NEW_SPRING)
        assert ran.status == 0, ran.said
        assert text(project) == f"id: {{staging: 5001}}\n{NEW_SPRING}"

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("id: {prod: 4711}\n", "id: {prod: 4711, staging: 5001}\n"),
            ("id:\n  prod: 4711\n", "id:\n  prod: 4711\n  staging: 5001\n"),
        ],
    )  # fmt: skip
    def test_id_is_added_to_that_of_another_environment(
        self,
        project: Project,
        voxo: FakeVoxo,
        create_in_staging: Callable[..., Ran],
        before: str,
        after: str,
    ) -> None:
        (project.folder / "campaigns/spring.yaml").unlink()
        voxo.has(4711, name="Autumn renewal")
        ran = create_in_staging("campaigns", before + NEW_SPRING)
        assert ran.status == 0, ran.said
        assert text(project) == after + NEW_SPRING
        assert agrees(project, "--env", "staging")
        assert agrees(project, "--env", "prod")

    def test_definition_in_the_folder_of_one_environment_gets_a_plain_id(
        self, project: Project, create_in_staging: Callable[..., Ran]
    ) -> None:
        (project.folder / "campaigns/spring.yaml").unlink()
        ran = create_in_staging("staging", NEW_SPRING, name="staging/new.yaml")
        assert ran.status == 0, ran.said
        assert text(project, "staging/new.yaml") == f"id: 5001\n{NEW_SPRING}"
        assert agrees(project, "--env", "staging")

    def test_unwritten_id_of_one_environment_is_not_used_for_another(
        self,
        project: Project,
        voxo: FakeVoxo,
        create_in_staging: Callable[..., Ran],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with monkeypatch.context() as full_disk:
            full_disk.setattr(file_writer, "_stage", _raise_disk_full)
            assert create_in_staging("campaigns", NEW_SPRING).status == 3
        assert create_in_staging("campaigns", "", "prod").status == 0
        assert text(project) == f"id: {{prod: 5002}}\n{NEW_SPRING}"
        assert create_in_staging("campaigns", "").status == 0
        assert text(project) == f"id: {{prod: 5002, staging: 5001}}\n{NEW_SPRING}"
        assert [body["tenantId"] for body in voxo.posted] == [18, 17]


def _raise_disk_full(*_: object) -> None:
    raise OSError(28, "No space left on device")


class TestAtMostOnce:
    @pytest.mark.parametrize(
        "reply",
        [
            pytest.param(answer(408), id="408"),
            pytest.param(answer(500, {"message": "oops"}), id="500"),
            pytest.param(answer(502), id="502"),
            pytest.param(answer(503), id="503"),
            pytest.param(answer(504), id="504"),
            pytest.param(answer(202, {"queued": True}), id="202"),
            pytest.param(answer(201), id="an empty 201"),
            pytest.param(answer(201, {"name": "Autumn renewal"}), id="a 201 without an id"),
            pytest.param(answer(201, {"id": 0}), id="id zero"),
            pytest.param(answer(201, {"id": 2**53}), id="an id that is too large"),
            pytest.param(answer(201, {"id": -4}), id="a negative id"),
            pytest.param(html(201), id="an HTML page"),
            pytest.param(truncated, id="a truncated response"),
            pytest.param(dropped, id="a dropped connection"),
        ],
    )
    def test_request_with_unknown_outcome_is_not_repeated(
        self, project: Project, voxo: FakeVoxo, reply: Reply
    ) -> None:
        voxo.say(applied_then(reply), to="POST", times=1)
        ran = create(project)
        assert ran.status == 3
        assert "error: Autumn renewal: " in ran.err
        assert len(voxo.posted) == 1
        assert text(project) == NEW_SPRING
        assert event_names(project) == ["run", "create", "created unknown", "end"]
        again = create(project)
        assert again.status == 1
        assert "look in VOXO for 'Autumn renewal'" in again.err
        assert "--again" in again.err
        assert len(voxo.posted) == 1
        voxo.campaigns.pop(5001, None)
        assert create(project, "--again").status == 0
        assert len(voxo.posted) == 2
        assert agrees(project)

    @pytest.mark.usefixtures("impatient")
    def test_request_that_times_out_is_not_repeated(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(silence, to="POST", times=1)
        assert create(project).status == 3
        assert event_names(project) == ["run", "create", "created unknown", "end"]
        assert create(project).status == 1
        assert len(voxo.posted) == 1

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
    def test_refused_request_can_be_repeated(
        self, project: Project, voxo: FakeVoxo, status: int
    ) -> None:
        voxo.say(answer(status, {"message": "6015550123 is not allowed"}), to="POST", times=1)
        ran = create(project)
        assert ran.status == 3
        assert "601•••0123 is not allowed" in ran.err
        assert "6015550123" not in ran.said
        assert event_names(project) == ["run", "create", "created refused", "end"]
        assert create(project).status == 0
        assert agrees(project)

    def test_refusal_of_one_campaign_does_not_stop_others(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        third = NEW_SPRING.replace("Autumn", "Winter")
        project.write(FILE, f"{NEW_SPRING}---\n{third}")
        voxo.say(answer(422, {"message": "no"}), to="POST", times=1)
        assert create(project).status == 3
        assert text(project) == f"{NEW_SPRING}---\nid: 5001\n{third}"
        assert create(project).status == 0
        assert text(project) == f"id: 5002\n{NEW_SPRING}---\nid: 5001\n{third}"

    def test_rejected_token_ends_the_run_with_one_message(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{NEW_SPRING.replace('Autumn', 'Winter')}")
        ran = create(project, VOXO_API_TOKEN="another-token-0123456789")
        assert ran.status == 3
        assert ran.err.count("does not accept the token") == 1
        assert "error: Autumn renewal: not created\nerror: Winter renewal: not created\n" in ran.err
        assert len(voxo.posted) == 1
        assert event_names(project) == ["run", "create", "created refused", "end"]
        assert create(project).status == 0

    def test_request_is_repeated_after_429_which_had_no_effect(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(429), to="POST", times=2)
        assert create(project).status == 0
        assert len(voxo.posted) == 3
        assert len(voxo.campaigns) == 2

    def test_token_in_a_response_is_not_shown_or_recorded(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(echoed_token(500), to="POST", times=1)
        ran = create(project)
        assert ran.status == 3
        assert TOKEN not in ran.said
        assert event_names(project)[-2:] == ["created unknown", "end"]

    @pytest.mark.parametrize(
        "edit",
        [
            pytest.param(lambda new: f"{SPRING.replace('4711', '12')}---\n{new}", id="moved down"),
            pytest.param(lambda new: new.replace("Time to renew", "Soon"), id="edited"),
            pytest.param(lambda new: f"# c\n\n{new}", id="commented"),
        ],
    )
    def test_campaign_is_recognized_after_the_file_was_edited(
        self,
        project: Project,
        voxo: FakeVoxo,
        monkeypatch: pytest.MonkeyPatch,
        edit: Callable[[str], str],
    ) -> None:
        with monkeypatch.context() as full_disk:
            full_disk.setattr(file_writer, "_stage", _raise_disk_full)
            ran = create(project)
        assert ran.status == 3
        assert "was created as campaign 5001, and its id could not be written" in ran.err
        assert "No space left" in ran.err
        assert event_names(project) == ["run", "create", "created accepted", "end"]
        project.write(FILE, edit(NEW_SPRING))
        ran = create(project)
        assert ran.status == 0, ran.said
        assert "an earlier run created campaign 5001; its id is missing here" in ran.out
        assert len(voxo.posted) == 1
        assert text(project) == edit(NEW_SPRING).replace("name: Autumn", "id: 5001\nname: Autumn")
        assert event_names(project)[4:] == ["run", "written", "end"]
        assert "nothing to create" in create(project).out

    @pytest.fixture
    def id_not_written(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        """The campaign was created, but its id could not be written."""
        with monkeypatch.context() as full_disk:
            full_disk.setattr(file_writer, "_stage", _raise_disk_full)
            assert create(project).status == 3

    @pytest.fixture
    def outcome_unknown(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(applied_then(dropped), to="POST", times=1)
        assert create(project).status == 3

    @pytest.mark.usefixtures("id_not_written")
    @pytest.mark.parametrize("remainder", [None, "# nothing\nname: Another one\n"])
    def test_campaign_is_recognized_in_another_file(
        self, project: Project, voxo: FakeVoxo, remainder: str | None
    ) -> None:
        (project.folder / FILE).unlink()
        if remainder is not None:
            project.write(FILE, remainder)
        project.write("campaigns/2096/autumn.yaml", NEW_SPRING)
        ran = project.run("create", "campaigns/2096/autumn.yaml", "--yes")
        assert ran.status == 0, ran.said
        assert len(voxo.posted) == 1
        assert text(project, "campaigns/2096/autumn.yaml") == f"id: 5001\n{NEW_SPRING}"
        project.write("campaigns/a.yaml", NEW_SPRING)  # new, because 5001 has a definition now
        assert project.run("create", "campaigns/a.yaml", "--yes").status == 0
        assert len(voxo.posted) == 2

    @pytest.mark.usefixtures("outcome_unknown")
    def test_unknown_outcome_still_counts_in_another_file(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        (project.folder / FILE).rename(project.folder / "campaigns/moved.yaml")
        ran = project.run("create", "campaigns/moved.yaml", "--yes")
        assert ran.status == 1
        assert f"may have created this campaign when its definition was in {FILE}" in ran.err
        assert len(voxo.posted) == 1
        assert project.run("create", "campaigns/moved.yaml", "--yes", "--again").status == 0
        assert len(voxo.posted) == 2

    @pytest.mark.usefixtures("id_not_written")
    @pytest.mark.parametrize("id_added", [True, False])
    def test_second_definition_with_the_name_is_another_campaign(
        self, project: Project, voxo: FakeVoxo, *, id_added: bool
    ) -> None:
        if id_added:
            (project.folder / FILE).unlink()
            project.write("campaigns/moved.yaml", f"id: 5001\n{NEW_SPRING}")
        project.write("campaigns/twin.yaml", NEW_SPRING)
        ran = project.run("create", "campaigns/twin.yaml", "--yes")
        assert ran.status == 0, ran.said
        assert text(project, "campaigns/twin.yaml") == f"id: 5002\n{NEW_SPRING}"
        assert len(voxo.posted) == 2

    @pytest.mark.usefixtures("outcome_unknown")
    def test_invalid_file_of_an_unknown_outcome_is_an_error(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}nam: x\n")
        project.write("campaigns/twin.yaml", NEW_SPRING)
        ran = project.run("create", "campaigns/twin.yaml", "--yes")
        assert ran.status == 1
        assert f"{FILE}:23:1: error: unknown key 'nam'" in ran.err
        assert len(voxo.posted) == 1

    def test_manually_written_id_is_not_written_again(
        self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as full_disk:
            full_disk.setattr(file_writer, "_stage", _raise_disk_full)
            create(project)
        project.write(FILE, f"id: 5001\n{NEW_SPRING}---\n{NEW_SPRING}")
        assert create(project).status == 0
        assert text(project) == f"id: 5001\n{NEW_SPRING}---\nid: 5002\n{NEW_SPRING}"
        assert len(voxo.posted) == 2

    def test_file_that_changes_during_the_request_is_not_overwritten(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        def edit_file_and_reply(handler: Any) -> None:
            project.write(FILE, f"# mine\n{NEW_SPRING}")
            voxo.well_behaved(voxo.received[-1])(handler)

        voxo.say(edit_file_and_reply, to="POST", times=1)
        ran = create(project)
        assert ran.status == 3
        assert "was created as campaign 5001" in ran.err
        assert "was changed in the meantime" in ran.err
        assert text(project) == f"# mine\n{NEW_SPRING}"
        assert create(project).status == 0
        assert text(project) == f"# mine\nid: 5001\n{NEW_SPRING}"
        assert len(voxo.posted) == 1

    @pytest.mark.parametrize("event", ["created", "written", "end"])
    def test_journal_failure_after_the_request_exits_with_3(
        self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch, event: str
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{NEW_SPRING.replace('Autumn', 'Winter')}")
        write = Journal._write  # noqa: SLF001  # simulates that the disk is full from one line on

        def write_until_full(self: Journal, line: dict[str, Any]) -> None:
            if line["event"] == event or self._failure:
                self._failure = "cannot write the journal: No space left on device"
                raise JournalError(self._failure)
            write(self, line)

        with monkeypatch.context() as patched_journal:
            patched_journal.setattr(Journal, "_write", write_until_full)
            ran = create(project)
        assert ran.status == 3
        assert "cannot write the journal: No space left" in ran.err
        assert "5001" in ran.said
        assert len(voxo.posted) == (2 if event == "end" else 1)
        if event == "created":
            assert create(project).status == 1
        else:
            assert create(project).status == 0
        assert len(voxo.posted) == (1 if event == "created" else 2)

    @pytest.mark.skipif(os.name != "posix", reason="Windows ends a process instead")
    def test_interrupted_run_completes_one_campaign_and_names_the_others(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        third = NEW_SPRING.replace("Autumn", "Winter")
        project.write(FILE, f"{NEW_SPRING}---\n{third}")

        def interrupt_and_reply(handler: Any) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            voxo.well_behaved(voxo.received[-1])(handler)

        voxo.say(interrupt_and_reply, to="POST", times=1)
        ran = create(project)
        assert ran.status == 3
        assert "error: Winter renewal: not created" in ran.err
        assert len(voxo.posted) == 1
        assert text(project) == f"id: 5001\n{NEW_SPRING}---\n{third}"
        assert event_names(project) == ["run", "create", "created accepted", "written", "end"]
        assert create(project).status == 0
        assert agrees(project)

    @pytest.mark.skipif(os.name != "posix", reason="Windows ends a process instead")
    def test_interrupted_run_does_not_repeat_a_delayed_request(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        too_many_requests = answer(429, Retry_After="100")

        def interrupt_and_delay(handler: Any) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            too_many_requests(handler)

        voxo.say(interrupt_and_delay, to="POST", times=1)
        ran = create(project)
        assert ran.status == 3
        assert "error: Autumn renewal: not created" in ran.err
        assert len(voxo.posted) == 1
        assert event_names(project) == ["run", "create", "created refused", "end"]
        assert create(project).status == 0

    @pytest.mark.parametrize(
        ("damage", "position"),
        [
            pytest.param(
                lambda lines: [lines[0], b"{", *lines[2:]], ":2:1:", id="invalid JSON in the middle"
            ),
            pytest.param(
                lambda lines: [lines[0], b"{}", *lines[2:]],
                ":2:1:",
                id="an invalid event in the middle",
            ),
            pytest.param(lambda lines: [b"\0" * 512, *lines[1:]], ":1:1:", id="a block of zeros"),
            pytest.param(lambda _: [b"\0" * 512], ":1:1:", id="only zeros"),
            pytest.param(lambda lines: lines[1:], ":1:1:", id="without the first line"),
            pytest.param(lambda _: [b"notes", b""], ":1:1:", id="not a journal"),
        ],
    )
    def test_damaged_journal_that_may_hide_a_creation_is_an_error(
        self,
        project: Project,
        voxo: FakeVoxo,
        damage: Callable[[list[bytes]], list[bytes]],
        position: str,
    ) -> None:
        voxo.say(applied_then(dropped), to="POST", times=1)
        assert create(project).status == 3
        [journal] = (project.folder / ".voxosync/runs").glob("*.jsonl")
        journal.write_bytes(b"\n".join(damage(journal.read_bytes().split(b"\n"))))
        ran = create(project)
        assert ran.status == 1, ran.said
        assert f"{journal.relative_to(project.folder)}{position}" in ran.err
        assert f"{FILE}:1:1: so an earlier run may have created this campaign" in ran.err
        assert "look in VOXO for 'Autumn renewal'" in ran.err
        assert len(voxo.posted) == 1
        assert text(project) == NEW_SPRING
        voxo.campaigns.pop(5001)
        journal.rename(journal.with_suffix(".damaged"))
        assert create(project).status == 0

    def test_damaged_journal_is_ignored_with_the_again_option(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(".voxosync/runs/notes.jsonl", "notes\n")
        assert create(project).status == 1
        assert create(project, "--again").status == 0
        assert len(voxo.posted) == 1

    @pytest.mark.parametrize(
        "damage",
        [
            pytest.param(lambda text: text[:100], id="truncated in the first line"),
            pytest.param(lambda _: b"", id="empty"),
            pytest.param(
                lambda text: text.replace(b"intent", b"intend"), id="an invalid event of apply"
            ),
        ],
    )
    def test_damaged_journal_that_cannot_hide_a_creation_is_ignored(
        self, project: Project, voxo: FakeVoxo, damage: Callable[[bytes], bytes]
    ) -> None:
        project.write("campaigns/spring.yaml", SPRING.replace("Time to renew", "Renew now"))
        voxo.has(4711)
        assert project.run("apply", "campaigns/spring.yaml", "--yes").status == 0
        [journal] = (project.folder / ".voxosync/runs").glob("*.jsonl")
        journal.write_bytes(damage(journal.read_bytes()))
        assert "is damaged" in project.run("history").out
        assert create(project).status == 0
        assert len(voxo.posted) == 1

    def test_nothing_is_sent_if_the_journal_cannot_be_created(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(".voxosync", "a file")
        ran = create(project)
        assert ran.status == 1
        assert voxo.asked == []
        assert text(project) == NEW_SPRING


class TestConfirmation:
    def test_nothing_is_sent_without_a_terminal_or_yes(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        assert_nothing_sent(project.run("create", FILE), voxo, project, "--yes")

    def test_answer_no_sends_nothing(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("create", FILE, answer="n\n")
        assert ran.status == 1
        assert "not confirmed: nothing was sent" in ran.out
        assert voxo.asked == []
        assert text(project) == NEW_SPRING
        assert event_names(project) == []

    def test_answer_yes_creates(self, project: Project) -> None:
        ran = project.terminal("create", FILE, answer="y\n")
        assert ran.status == 0, ran.out
        assert "1 campaign is created? [y/N]" in ran.out
        assert text(project) == f"id: 5001\n{NEW_SPRING}"

    @pytest.fixture
    def during_the_prompt(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[[Callable[[], object]], None]:
        """A function that has its argument called once, while the prompt is shown."""
        approve = approval.approve  # shows the prompt

        def schedule(action: Callable[[], object]) -> None:
            def interject(*arguments: Any, **options: Any) -> Any:
                monkeypatch.setattr(approval, "approve", approve)
                action()
                return approve(*arguments, **options)

            monkeypatch.setattr(approval, "approve", interject)

        return schedule

    def test_file_that_changes_during_the_prompt_is_not_sent(
        self, project: Project, voxo: FakeVoxo, during_the_prompt: Callable[..., None]
    ) -> None:
        during_the_prompt(lambda: project.write(FILE, f"name: Mine\n---\n{NEW_SPRING}"))
        ran = create(project)
        assert ran.status == 1
        assert "was changed in the meantime: nothing was sent" in ran.err
        assert voxo.asked == []
        assert event_names(project) == []

    def test_campaign_that_another_run_sends_during_the_prompt_is_not_sent_again(
        self, project: Project, voxo: FakeVoxo, during_the_prompt: Callable[..., None]
    ) -> None:
        voxo.say(applied_then(dropped), to="POST")
        during_the_prompt(lambda: create(project))
        ran = create(project)
        assert ran.status == 1
        assert "an earlier run may have created this campaign" in ran.err
        assert len(voxo.posted) == 1

    @pytest.mark.parametrize("step_name", ["begin", "creating", "created"])
    def test_concurrent_runs_do_not_both_send(
        self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch, step_name: str
    ) -> None:
        step, second_runs = getattr(Journal, step_name), []

        def interject(self: Journal, *arguments: Any, **options: Any) -> None:
            monkeypatch.setattr(Journal, step_name, step)
            second_runs.append(create(project))
            step(self, *arguments, **options)

        monkeypatch.setattr(Journal, step_name, interject)
        assert create(project).status == 0
        [second] = second_runs
        assert second.status == 1, second.said
        assert "another run is creating campaigns right now: nothing was sent" in second.err
        assert len(voxo.posted) == 1
        assert agrees(project)
        assert "nothing to create" in create(project).out

    def test_nothing_is_sent_without_the_lock(self, project: Project, voxo: FakeVoxo) -> None:
        (project.folder / ".voxosync/runs/create.lock").mkdir(parents=True)
        assert_nothing_sent(
            create(project), voxo, project, "cannot lock .voxosync/runs/create.lock"
        )


def newest_run(project: Project) -> str:
    """The line of the newest run in the history, which must be of `create`, with single spaces between columns."""
    row = project.run("history").out.splitlines()[1]
    assert " create " in row
    return " ".join(row.split())


class TestHistory:
    def runs(self, project: Project) -> list[str]:
        return [line.split()[0] for line in project.run("history").out.splitlines()[1:]]

    def test_shows_the_created_campaign(self, project: Project) -> None:
        assert create(project).status == 0
        assert event_names(project) == ["run", "create", "created accepted", "written", "end"]
        [run] = self.runs(project)
        assert "1 created" in newest_run(project)
        history = project.run("history", run)
        assert history.status == 0
        assert f"POST {FILE} Autumn renewal: accepted, campaign 5001\n" in history.out
        assert "ended    with exit status 0" in history.out
        assert "no definition" not in history.out
        assert "6015550123" not in history.out

    @pytest.mark.parametrize(
        ("reply", "line", "id_missing"),
        [
            (answer(422, {"message": "6015550123 is bad"}), "1 not created", False),
            (dropped, "1 unknown", True),
        ],
    )
    def test_shows_a_failed_creation(
        self, project: Project, voxo: FakeVoxo, reply: Reply, line: str, *, id_missing: bool
    ) -> None:
        voxo.say(reply, to="POST", times=1)
        create(project)
        assert line in newest_run(project)
        history = project.run("history", *self.runs(project)).out
        assert ("its id is not in a definition" in history) == id_missing
        assert "6015550123" not in history

    def test_shows_an_id_that_was_written_later(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as full_disk:
            full_disk.setattr(file_writer, "_stage", _raise_disk_full)
            create(project)
        assert "1 created, id not written" in newest_run(project)
        create(project)
        assert "1 id written" in newest_run(project)
        later, _ = self.runs(project)
        assert "id 5001 written" in project.run("history", later).out
        assert "POST" not in project.run("history", later).out

    def test_writing_only_an_id_is_not_a_go_live(
        self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.write(FILE, NEW_SPRING.replace("PAUSED", "READY"))
        with monkeypatch.context() as full_disk:
            full_disk.setattr(file_writer, "_stage", _raise_disk_full)
            assert create(project, "--allow-go-live").status == 3
        ran = create(project)
        assert ran.status == 0, ran.said
        assert len(voxo.posted) == 1

    def test_creation_cannot_be_rolled_back(self, project: Project, voxo: FakeVoxo) -> None:
        assert create(project).status == 0
        voxo.received.clear()
        ran = project.run("rollback", *self.runs(project), "--yes")
        assert ran.status == 1
        assert "cannot be undone" in ran.err
        assert voxo.asked == []

    def test_journal_in_another_folder_is_used(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(dropped, to="POST", times=1)
        assert create(project, "--journal", "elsewhere").status == 3
        assert create(project, "--journal", "elsewhere").status == 1
        assert "1 unknown" in project.run("history", "--journal", "elsewhere").out

    def test_creation_in_another_voxo_does_not_count(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(dropped, to="POST", times=1)
        assert create(project).status == 3
        second_voxo = FakeVoxo()
        try:
            assert create(project, VOXO_API_BASE_URL=second_voxo.url).status == 0
        finally:
            second_voxo.stop()
