"""`voxosync pull` writes live values into the definitions, and sends nothing."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_project import SPRING
from voxosync.app import file_writer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo

FILE = "campaigns/spring.yaml"


def entries(*numbers: tuple[str, str | None]) -> list[dict[str, Any]]:
    """A list of numbers as VOXO returns it."""
    return [
        {"number": number, "description": description, "disposition": None}
        for number, description in numbers
    ]


def destination_entries(*destinations: tuple[str, int]) -> list[dict[str, Any]]:
    return [
        {"destType": kind, "id": number, "order": n}
        for n, (kind, number) in enumerate(destinations)
    ]


def text(project: Project, name: str = FILE) -> str:
    return (project.folder / name).read_bytes().decode()


def agrees(project: Project) -> bool:
    return "Nothing to do" in project.run("plan").out


def pull(project: Project, *arguments: str) -> Ran:
    """Pull, and check that the project agrees with VOXO."""
    ran = project.run("pull", "--yes", *arguments)
    assert ran.status == 0, ran.said
    assert agrees(project)
    return ran


class TestApproval:
    @pytest.fixture(autouse=True)
    def _live_value_changed_by_hand(self, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=45)

    def test_is_required_before_any_request_without_a_terminal(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("pull")
        assert ran.status == 1
        assert "--yes" in ran.err
        assert voxo.asked == []

    def test_with_yes_writes_the_files(self, project: Project) -> None:
        ran = project.terminal("pull", answer="y\n")
        assert ran.status == 0
        assert "Write this to 1 file? [y/N]" in ran.out
        assert "\x1b[32m+callFrequency: 45" in ran.out
        assert text(project) == SPRING.replace("callFrequency: 30", "callFrequency: 45")

    def test_with_no_writes_nothing(self, project: Project) -> None:
        ran = project.terminal("pull", answer="n\n")
        assert ran.status == 1
        assert "nothing was written" in ran.out
        assert text(project) == SPRING

    def test_is_not_needed_for_a_dry_run_which_writes_nothing(self, project: Project) -> None:
        ran = project.run("pull", "--dry-run")
        assert ran.status == 2
        assert "+callFrequency: 45" in ran.out
        assert "Write" not in ran.out
        assert text(project) == SPRING

    def test_is_not_needed_for_a_dry_run_without_differences(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(callFrequency=30)
        assert project.run("pull", "--dry-run").status == 0

    def test_shows_one_screen_of_a_long_diff_without_full(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(numbers=entries(*((f"6015550{n}", None) for n in range(100, 199))))
        ran = project.run("pull", "--dry-run")
        assert "more lines; show them with --full" in ran.out
        assert len(ran.out.splitlines()) == 42
        full = project.run("pull", "--dry-run", "--full")
        assert "--full" not in full.out
        assert full.out.count("\n+  - {number:") == 98

    def test_is_not_requested_without_differences(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=30)
        ran = project.terminal("pull")
        assert ran.status == 0
        assert ran.out == "Nothing to pull: 1 campaign agrees with VOXO.\n"

    def test_does_not_overwrite_a_file_that_was_edited_meanwhile(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        original = file_writer.replace_all

        def replace_after_edit(*arguments: Any) -> None:
            project.spring("name: Edited meanwhile")
            original(*arguments)

        monkeypatch.setattr("voxosync.app.file_changes.replace_all", replace_after_edit)
        ran = project.run("pull", "--yes")
        assert ran.status == 1
        assert "was changed in the meantime" in ran.err
        assert "Edited meanwhile" in text(project)
        assert "callFrequency: 30" in text(project)


class TestValues:
    def test_of_every_kind_are_written(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(
            name="Summer",
            dateEnd="2096-04-30T00:00:00.000Z",
            timeEnd="19:00:00",
            callFrequency="45.5",
            recording="no",
            enableVMDetect=0,
            callerId="6015550199",
            numbers=entries(("6015550124", "Now told"), ("6015550125", None)),
            destinations=destination_entries(("EXTENSION", 101), ("IVR", 3)),
            matchDestinations=[],
        )
        ran = pull(project)
        assert "Pull: 10 values of 1 campaign into 1 file." in ran.out
        assert voxo.sent == []
        expected = SPRING
        for before, after in (
            ("Spring renewal", "Summer"),
            ("2096-03-31", "2096-04-30"),
            ("18:30", "19:00"),
            ("Frequency: 30", "Frequency: 45.5"),
            ("recording: yes", "recording: no"),
            ("Detect: 1", "Detect: 0"),
            ("6015550100", "6015550199"),
            ("  - {number: 6015550123, description: Customer 1042}\n", ""),
            ("{number: 6015550124}", "{number: 6015550124, description: Now told}\n  - {number: 6015550125}"),
            ("  - {type: QUEUE, id: 12}\n  - {type: EXTENSION, id: 101}\n",
             "  - {type: EXTENSION, id: 101}\n  - {type: IVR, id: 3}\n"),
            ("matchDestinations:\n  - {type: RECORDING, id: 7}", "matchDestinations: []"),
        ):  # fmt: skip
            expected = expected.replace(before, after, 1)
        assert text(project) == expected

    def test_keep_the_text_around_them(self, project: Project, voxo: FakeVoxo) -> None:
        before = (
            "# Spring\r\n\r\nid:   4711  # ours\r\nname: 'Spring'   # a word\r\n"
            'callFrequency: "30"\r\nmessage: |  # read out\r\n   Hello.\r\n   Bye.\r\n\r\n'
            "voxosync:\r\n      ignore: [ tech ]"
        )
        project.write(FILE, b"\xef\xbb\xbf" + before.encode())
        voxo.has(name="It's summer", callFrequency=60, message="Hello.\nBye now.\n")
        pull(project)
        after = before.replace("'Spring'", "'It''s summer'").replace('"30"', '"60"')
        assert text(project) == "\ufeff" + after.replace("Bye.", "Bye now.")

    def test_in_one_of_several_documents_do_not_change_the_others(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        documents = "id: 4711\ncallFrequency: 30\n---\nid: 4712\ncallFrequency: 30\n"
        project.write(FILE, documents)
        voxo.has(4712, callFrequency=60)
        pull(project)
        assert text(project) == documents.removesuffix("30\n") + "60\n"

    def test_that_yaml_would_read_as_another_type_are_quoted(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(name="007", message="yes")
        pull(project)
        assert 'name: "007"\n' in text(project)
        assert 'message: "yes"\n' in text(project)

    @pytest.mark.parametrize(
        "old", ["plain", '"double"', "'single'", "|-\n  literal", ">-\n  folded"]
    )
    def test_with_invisible_characters_are_written_with_escapes(
        self, old: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"id: 4711\nmessage: {old}\n")
        voxo.has(message="pay\u202e 02 ton\u2069 zero\u200bwidth, caf\u00e9\u00a0!")
        pull(project)
        assert text(project) == (
            "id: 4711\nmessage: "
            r'"pay\U0000202E 02 ton\U00002069 zero\U0000200Bwidth, café'
            '\u00a0!"\n'
        )

    @pytest.mark.parametrize("old", ["plain", '"double"', "'single'"])
    @pytest.mark.parametrize(
        ("value", "spelled"),
        [
            ("Press \U0001f389: #1", '"Press \U0001f389: #1"'),
            ("\\U0001F389: \U00020000", '"\\\\U0001F389: \U00020000"'),
            ("\U0001f389: \U000e0001", '"\U0001f389: \\U000E0001"'),
        ],
    )
    def test_with_emoji_that_need_quotes_are_readable(
        self, value: str, spelled: str, old: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"id: 4711\nmessage: {old}\n")
        voxo.has(message=value)
        pull(project)
        quoted = f"'{value}'" if old.startswith("'") and value.isprintable() else spelled
        assert text(project) == f"id: 4711\nmessage: {quoted}\n"

    @pytest.mark.parametrize("old", ["plain", '"double"', "|-\n  literal"])
    def test_with_a_no_break_space_keep_their_style(
        self, old: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"id: 4711\nmessage: {old}\n")
        value = old.strip('"').removeprefix("|-\n  ")
        new = f"{value}\u00a0!"
        voxo.has(message=new)
        pull(project)
        assert text(project) == f"id: 4711\nmessage: {old.replace(value, new)}\n"

    def test_of_other_campaigns_are_not_written_with_a_path_or_only(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(name="campaigns/autumn.yaml", number=4712)
        project.spring(name="campaigns/winter.yaml", number=4713)
        for number in (4711, 4712, 4713):
            voxo.has(number, callFrequency=60)
        assert project.run("pull", "--yes", "--only", "4712").status == 0
        assert project.run("pull", "--yes", "campaigns/winter.yaml").status == 0
        texts = [text(project, f"campaigns/{name}.yaml") for name in ("spring", "autumn", "winter")]
        assert ["callFrequency: 60" in text for text in texts] == [False, True, True]

    @pytest.mark.parametrize(
        "setting",
        ["ignore: [callFrequency]",
         "acknowledge: [{field: callFrequency, until: 2999-01-01, reason: a test}]"],
    )  # fmt: skip
    def test_of_ignored_or_acknowledged_fields_are_not_written(
        self, setting: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(f"voxosync: {{{setting}}}")
        before = text(project)
        voxo.has(callFrequency=60)
        ran = project.run("pull", "--yes")
        assert ran.status == 0
        assert ran.out == (
            "Nothing to pull: 1 campaign differs only in ignored or acknowledged fields.\n"
        )
        assert text(project) == before

    def test_can_come_from_a_snapshot(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=60)
        assert project.run("snapshot", "--out", "live.json").status == 0
        voxo.received.clear()
        ran = project.run("pull", "--yes", "--live", "live.json", VOXO_API_TOKEN=None)
        assert ran.status == 0
        assert "VOXO as of 2" in ran.out
        assert voxo.asked == []
        assert "callFrequency: 60" in text(project)


class TestValueThatADefinitionCannotHold:
    @pytest.mark.parametrize(
        ("field", "live", "reason"),
        [
            ("dateEnd", None, "remove the key dateEnd, or run voxosync apply"),
            ("state", "RUNNING", "VOXO has the state RUNNING, which a definition cannot hold"),
            ("name", "Ab", "at least 3 characters"),
            ("callFrequency", 5, "above 9"),
            ("callFrequency", "soon", "cannot be read"),
            ("tech", "SMS", "write VOICE"),
            ("dateEnd", "2096-02-01", "dateEnd"),
            ("message", "half \ud83d", "message"),
            ("numbers", entries(("", "Nobody")), "number"),
        ],
    )
    def test_is_left_alone_and_other_values_are_pulled(
        self, field: str, live: Any, reason: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("tech: VOICE")
        before = text(project)
        voxo.has(timezone="Etc/UTC", **{field: live})
        ran = project.run("pull", "--yes")
        assert ran.status == 2
        [remark] = [line for line in ran.out.splitlines() if line.startswith("left alone: ")]
        assert f"4711 Spring renewal  {FILE}: {field}: " in remark
        assert reason in remark
        assert "Pull: 1 value of 1 campaign into 1 file, 1 left alone." in ran.out
        assert text(project) == before.replace("America/Chicago", "Etc/UTC")

    def test_without_other_values_needs_no_approval(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(dateEnd=None)
        ran = project.terminal("pull")
        assert ran.status == 2
        assert "[y/N]" not in ran.out
        assert "Pull: nothing, 1 left alone." in ran.out

    def test_does_not_prevent_a_pull_of_both_dates(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(dateStart="2097-03-01", dateEnd="2097-03-31", name="Ab")
        ran = project.run("pull", "--yes")
        assert ran.status == 2
        assert "dateStart: 2097-03-01\ndateEnd: 2097-03-31\n" in text(project)
        assert "name: Spring renewal" in text(project)


class TestFailedCampaigns:
    def test_end_with_status_3_and_others_are_pulled(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/gone.yaml", "id: 4799\nname: Gone\n")
        voxo.has(callFrequency=60)
        ran = project.run("pull", "--yes")
        assert ran.status == 3
        assert "failed: 4799 Gone  campaigns/gone.yaml: " in ran.out
        assert "callFrequency: 60" in text(project)

    def test_of_another_tenant_are_not_pulled(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=60)
        ran = project.run("pull", "--yes", "--tenant-id", "18")
        assert ran.status == 3
        assert text(project) == SPRING

    def test_with_invalid_definitions_end_with_status_1_without_requests(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 5")
        assert project.run("pull", "--yes").status == 1
        assert voxo.asked == []


class TestDefaults:
    DEFAULTS = "# shared\ncallFrequency: 30 # s\n"

    @pytest.fixture(autouse=True)
    def _two_campaigns_with_one_default(self, project: Project, voxo: FakeVoxo) -> None:
        (project.folder / FILE).unlink()
        project.write("campaigns/_defaults.yaml", self.DEFAULTS)
        project.write(
            "campaigns/a.yaml", "id: 4711\nname: Spring renewal\ntimezone: America/Chicago\n"
        )
        project.write("campaigns/b.yaml", "id: 4712\n")
        voxo.has(4712)

    def test_are_changed_if_all_campaigns_that_use_them_have_the_same_value(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        for number in (4711, 4712):
            voxo.has(number, callFrequency=60)
        ran = pull(project)
        assert "Pull: 2 values of 2 campaigns into 1 file." in ran.out
        assert text(project, "campaigns/_defaults.yaml") == self.DEFAULTS.replace("30", "60")
        assert text(project, "campaigns/b.yaml") == "id: 4712\n"

    @pytest.mark.parametrize("second_value", [30, 45])
    def test_are_overridden_if_campaigns_have_different_values(
        self, second_value: int, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4711, callFrequency=60)
        voxo.has(4712, callFrequency=second_value)
        ran = pull(project)
        assert (
            "an own key overrides the default: campaigns/_defaults.yaml stays as it is" in ran.out
        )
        assert text(project, "campaigns/_defaults.yaml") == self.DEFAULTS
        assert "timezone: America/Chicago\ncallFrequency: 60\n" in text(project, "campaigns/a.yaml")

    def test_are_overridden_if_the_call_has_only_one_of_their_campaigns(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        for number in (4711, 4712):
            voxo.has(number, callFrequency=60)
        assert project.run("pull", "--yes", "campaigns/b.yaml").status == 0
        assert text(project, "campaigns/_defaults.yaml") == self.DEFAULTS
        assert text(project, "campaigns/b.yaml") == "id: 4712\ncallFrequency: 60\n"

    def test_without_a_live_value_suggest_unmanaged(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=None)
        ran = project.run("pull", "--yes")
        assert ran.status == 2
        assert "add callFrequency to voxosync: unmanaged:" in ran.out

    def test_that_another_environment_uses_are_not_changed(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(
            "voxosync.yaml",
            f"environments:\n  prod: {{baseUrl: '{voxo.url}', tokenEnv: VOXO_API_TOKEN}}\n"
            f"  test: {{baseUrl: '{voxo.url}', tokenEnv: VOXO_API_TOKEN}}\n",
        )
        project.write("campaigns/b.yaml", "id: {test: 4712}\n")
        voxo.has(4711, callFrequency=60)
        ran = project.run("--env", "prod", "pull", "--yes")
        assert ran.status == 0, ran.said
        assert text(project, "campaigns/_defaults.yaml") == self.DEFAULTS
        assert "callFrequency: 60" in text(project, "campaigns/a.yaml")

    def test_can_have_a_csv_file(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("lists/all.csv", "number\n6015550123\n6015550124\n")
        project.write("campaigns/_defaults.yaml", "numbers: {file: ../lists/all.csv}\n")
        for number in (4711, 4712):
            voxo.has(number, numbers=entries(("6015550124", None)))
        pull(project)
        assert text(project, "lists/all.csv") == "number\n6015550124\n"

    def test_that_are_links_to_one_file_are_changed_once(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        (project.folder / "campaigns/_defaults.yaml").unlink()
        for number, name in ((4711, "a"), (4712, "b")):
            project.write(f"campaigns/{name}/{name}.yaml", f"id: {number}\n")
            (project.folder / f"campaigns/{name}.yaml").unlink()
            link = project.folder / f"campaigns/{name}/_defaults.yaml"
            link.symlink_to(project.write("shared.yaml", self.DEFAULTS))
            voxo.has(number, callFrequency=60)
        pull(project)
        assert text(project, "shared.yaml") == self.DEFAULTS.replace("30", "60")


class TestFileOfSeveralEnvironments:
    def test_is_changed_for_all_of_them_with_a_remark(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(
            "voxosync.yaml",
            f"environments:\n  prod: {{baseUrl: '{voxo.url}', tokenEnv: VOXO_API_TOKEN}}\n"
            f"  test: {{baseUrl: '{voxo.url}', tokenEnv: VOXO_API_TOKEN}}\n",
        )
        project.write(FILE, "id: {prod: 4711, test: 4712}\ncallFrequency: 30\n")
        voxo.has(4712, callFrequency=60)
        ran = project.run("--env", "test", "pull", "--yes")
        assert ran.status == 0, ran.said
        assert (
            "callFrequency: this definition is also of prod: apply will send the value there too"
            in ran.out
        )
        assert text(project) == "id: {prod: 4711, test: 4712}\ncallFrequency: 60\n"


class TestAliases:
    def test_that_share_a_value_with_another_field_are_left_alone(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        before = "id: 4711\ntimeStart: &t 09:00\ncallHoursStart: *t\n"
        project.write(FILE, before)
        voxo.has(timeStart="10:00", callHoursStart="09:00")
        ran = project.run("pull", "--yes")
        assert ran.status == 2
        assert "timeStart: that would also change callHoursStart of campaign 4711" in ran.out
        assert text(project) == before

    def test_are_kept_if_both_fields_change_to_one_value(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, "id: 4711\ntimeStart: &t 09:00\ncallHoursStart: *t\n")
        voxo.has(timeStart="10:00", callHoursStart="10:00")
        pull(project)
        assert text(project) == "id: 4711\ntimeStart: &t 10:00\ncallHoursStart: *t\n"

    def test_are_replaced_by_a_different_value(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(FILE, "id: 4711\ntimeStart: &t 09:00\ncallHoursStart: *t  # as above\n")
        voxo.has(timeStart="09:00", callHoursStart="10:00")
        pull(project)
        assert "timeStart: &t 09:00\ncallHoursStart: 10:00  # as above\n" in text(project)

    def test_in_merge_keys_are_overridden(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(FILE, "id: 4711\n<<: {callFrequency: 30}\n")
        voxo.has(callFrequency=60)
        pull(project)
        assert text(project) == "id: 4711\ncallFrequency: 60\n<<: {callFrequency: 30}\n"


class TestNumbersInACsvFile:
    ROWS = (
        'field1,number,description\r\n"Gold, old",6015550123,Customer 1042\r\n'
        ',"6015550124",\r\nSilver,6015550125,"Customer ""1043"""'
    )

    @pytest.fixture(autouse=True)
    def _numbers_in_csv(self, project: Project) -> None:
        project.write("campaigns/spring.csv", b"\xef\xbb\xbf" + self.ROWS.encode())
        project.write(FILE, "id: 4711\nnumbers: {file: spring.csv}\n")

    def test_are_changed_row_by_row(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(
            numbers=entries(
                ("6015550123", "a, b"), ("6015550125", 'Customer "1043"'), ("6015550126", "New")
            )
        )
        pull(project)
        assert text(project, "campaigns/spring.csv") == (
            '\ufefffield1,number,description\r\n"Gold, old",6015550123,"a, b"\r\n'
            'Silver,6015550125,"Customer ""1043"""\r\n,6015550126,"New"'
        )
        assert text(project) == "id: 4711\nnumbers: {file: spring.csv}\n"

    def test_can_all_be_removed(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(numbers=[])
        pull(project)
        assert text(project, "campaigns/spring.csv") == "\ufefffield1,number,description"

    def test_without_a_column_for_descriptions_are_left_alone(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/spring.csv", "number\n6015550123\n")
        voxo.has(numbers=entries(("6015550123", "Told")))
        ran = project.run("pull", "--yes")
        assert ran.status == 2
        assert "no column description: add one" in ran.out
        assert text(project, "campaigns/spring.csv") == "number\n6015550123\n"

    def test_of_several_campaigns_change_if_all_have_the_same_list(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/sub/other.yaml", "id: 4712\nnumbers: {file: ../spring.csv}\n")
        for number in (4711, 4712):
            voxo.has(number, numbers=entries(("6015550123", "Customer 1042")))
        pull(project)
        assert text(project, "campaigns/spring.csv").count("\n") == 1

    @pytest.mark.parametrize("outside", [["6015550124"], None])
    def test_of_several_campaigns_are_kept_if_lists_differ(
        self, outside: list[str] | None, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/sub/other.yaml", "id: 4712\nnumbers: {file: ../spring.csv}\n")
        voxo.has(4711, numbers=entries(("6015550123", "Customer 1042")))
        as_written = entries(
            ("6015550123", "Customer 1042"), ("6015550124", ""), ("6015550125", 'Customer "1043"')
        )
        voxo.has(4712, numbers=entries(*((n, "") for n in outside)) if outside else as_written)
        ran = project.run("pull", "--yes")
        assert ran.status == 2
        assert "numbers: " in ran.out
        assert text(project, "campaigns/spring.csv") == "\ufeff" + self.ROWS


class TestManageNumbersAdd:
    def test_does_not_pull_numbers_that_only_voxo_has(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("voxosync: {manageNumbers: add}")
        voxo.has(numbers=entries(("6015550124", "Told"), ("6015550199", "Theirs")))
        pull(project)
        assert "numbers:\n  - {number: 6015550124, description: Told}\ndest" in text(project)


class TestDiff:
    def test_masks_numbers_but_not_the_caller_id(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("numbers: [{number: '+1 601 555 0123'}, {number: 6015550124}]")
        voxo.has(callerId="6015550199", numbers=entries(("6015550125", "ask 6015550126")))
        ran = project.run("pull", "--yes")
        assert "+callerId: 6015550199" in ran.out
        assert not re.search(r"555 ?01[12]|555012", ran.out)
        assert "601•••0125" in ran.out

    def test_has_full_numbers_with_show_numbers(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(numbers=[])
        assert "6015550123" in project.run("pull", "--yes", "--show-numbers").out

    def test_of_a_csv_file_masks_numbers(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("campaigns/spring.csv", "number\n+1 601 555 0123\n6015550124\n")
        project.write(FILE, "id: 4711\nnumbers: {file: spring.csv}\n")
        voxo.has(numbers=[])
        ran = project.run("pull", "--yes")
        assert "-601•••0124" in ran.out
        assert "555 0123" not in ran.out

    def test_escapes_control_characters(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("message: hello # \u202e odd")
        voxo.has(message="\x1b[2J::set-output")
        ran = project.run("pull", "--yes")
        assert "\x1b" not in ran.out
        assert "\u202e" not in ran.out

    def test_masks_numbers_in_a_definition_with_any_file_name(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("draft.txt", SPRING)
        voxo.has(numbers=[])
        ran = project.run("pull", "--yes", "draft.txt")
        assert ran.status == 0
        assert "-  - {number: 601•••0124}" in ran.out
        assert "numbers: []" in text(project, "draft.txt")
        assert text(project) == SPRING


class TestFiles:
    @pytest.fixture(autouse=True)
    def _live_value_changed_by_hand(self, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=45)

    def test_keep_their_permissions(self, project: Project) -> None:
        (project.folder / FILE).chmod(0o664)
        pull(project)
        assert stat.S_IMODE((project.folder / FILE).stat().st_mode) == 0o664
        assert [path.name for path in (project.folder / "campaigns").iterdir()] == ["spring.yaml"]

    def test_that_are_links_remain_links(self, project: Project) -> None:
        target = project.write("shared/spring.yaml", SPRING)
        (project.folder / FILE).unlink()
        (project.folder / FILE).symlink_to(target)
        pull(project)
        assert (project.folder / FILE).is_symlink()
        assert "callFrequency: 45" in target.read_text()

    def test_in_a_read_only_folder_are_an_error(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.spring(name="campaigns/other.yaml", number=4712)
        monkeypatch.setattr(os, "access", lambda *_: False)
        ran = project.run("pull", "--yes", "--only", "4711")
        assert ran.status == 1
        assert "read-only" in ran.err
        assert text(project) == SPRING

    def test_that_are_devices_are_not_read(self, project: Project) -> None:
        ran = project.process("pull", "--yes", "/dev/stdin", stdin=SPRING)
        assert ran.status == 1, ran.said
        assert "outside the project folder" in ran.err

    def test_are_complete_after_a_pull_is_killed_between_two(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(name="campaigns/autumn.yaml", number=4712)
        voxo.has(4712, callFrequency=45)
        status = run_killed(project.folder, project.environment({}))
        assert status == 9
        texts = sorted(text(project, f"campaigns/{name}.yaml") for name in ("autumn", "spring"))
        assert [text.count("callFrequency: 45") for text in texts] == [0, 1]
        assert [text.count("\n") for text in texts] == [SPRING.count("\n")] * 2
        pull(project)


KILLED_AFTER_ONE_FILE = """\
import os, pathlib, sys
replaced = []
original = pathlib.Path.replace
def replace(self, target):
    if replaced:
        os._exit(9)
    replaced.append(target)
    return original(self, target)
pathlib.Path.replace = replace
sys.argv = ["voxosync", "pull", "--yes"]
from voxosync.cli.main import main
main()
"""


def run_killed(folder: Path, environment: dict[str, str]) -> int:
    """Run a pull that is killed after it has replaced one file, and return its exit status."""
    process = subprocess.run(
        [sys.executable, "-c", KILLED_AFTER_ONE_FILE],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )
    return process.returncode
