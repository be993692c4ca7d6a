"""Bad input causes a clear error without a traceback and the documented exit status; nothing is sent or lost."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import answer, dropped, html, silence, truncated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo


def nest_aliases(first_line: str, line_template: str) -> str:
    """A few lines of aliases, each of which expands to many copies of the line before."""
    pairs = zip("abcdefgh", "bcdefghi", strict=True)
    return "\n".join(
        [first_line, *(line_template.format(below=below, name=name) for below, name in pairs)]
    )


BOMB = nest_aliases("a: &a [1, 2, 3]", f"{{name}}: &{{name}} [{', '.join(['*{below}'] * 9)}]")
MERGES = nest_aliases(
    "a: &a {k: 1}", f"{{name}}: &{{name}} {{{{<<: [{', '.join(['*{below}'] * 2000)}]}}}}"
)

FILES: dict[str, tuple[str | bytes, str]] = {
    "not YAML": ("id: [4711\nname: x\n", "not YAML"),
    "a quote that is not closed": (
        'id: 5\nname: "x\nstate: READY\n',
        "a quote that begins at line 2, column 7",
    ),
    "a bracket that is not closed": (
        "id: 5\nnumbers:\n  - {number: 1\n  - {number: 2}\n",
        "a '{' that begins at line 3, column 5",
    ),
    "a tab": ("id: 4711\n\tname: x\n", "not YAML"),
    "a NUL": (b"id: 4711\nname: a\x00b\n", "U+0000"),
    "Latin-1": ("name: Über\n".encode("latin-1"), "UTF-8"),
    "UTF-16": ("id: 4711\n".encode("utf-16"), "UTF-8"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00", "UTF-8"),
    "empty": ("", "empty"),
    "only a comment": ("# later\n", "empty"),
    "an empty document": ("id: 4711\n---\n", "empty"),
    "a list": ("- id: 4711\n", "mapping"),
    "a word": ("4711\n", "mapping"),
    "a tag": ("id: !!int 4711\n", "tag"),
    "a Python tag": ("id: 4711\nname: !!python/object/apply:os.system [ls]\n", "tag"),
    "an alias bomb": (BOMB, "aliases stand for more than"),
    "a merge bomb": (MERGES, "aliases stand for more than"),
    "recursion": ("&a [*a]\n", "inside the value that it refers to"),
    "recursion in a mapping": ("id: 4711\nx: &a {y: *a}\n", "inside the value that it refers to"),
    "an unknown alias": ("id: *nowhere\n", "*nowhere"),
    "deep nesting": ("[" * 900, "nested deeper"),
    "deeper nesting": ("[" * 100_000, "nest"),  # libyaml refuses it first, from 0.2.6 on
    "a key twice": ("id: 4711\nid: 4712\n", "'id'"),
    "a list as a key": ("? [a, b]\n: c\n", "key"),
    "a huge number": (f"id: {'9' * 5000}\n", "id"),
    "neither id nor name": ("state: PAUSED\n", "id"),
    "null": ("id: 4711\nname: ~\n", "name"),
}


PHONE = "6025550188"
PHONES_IN_WRONG_PLACES = [
    f"numbers: {PHONE}\n",
    f"numbers: '{PHONE}'\n",
    f"numbers:\n  - {PHONE}\n  - '602-555-0188'\n",
    f"numbers: {{{PHONE}: Customer}}\n",
    f"numbers:\n  - {PHONE}: Customer\n",
    f"numbers:\n  - number:{PHONE}\n",
    f"numbers:\n  - {{number: {PHONE}, {PHONE}: x}}\n",
    f"numbers: *{PHONE}\n",
    f"numbers: !{PHONE}\n",
    f"voxosync: {{overrides: {{prod: {{numbers: [{PHONE}]}}}}}}\n",
    f"{PHONE}: Customer\n{PHONE}: Customer\n",
    f"{PHONE}:Customer\nstate: PAUSED\n",
    f"description: #{PHONE}\nname: &{PHONE}\n",
]


def assert_expected_error(ran: Ran) -> None:
    assert "Traceback" not in ran.said
    assert "bug in voxosync" not in ran.said


class TestDocuments:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "doc.json:1:1: error: not JSON (Expecting value)"),
            (b'{\n "a": 1,\n}', "doc.json:3:1: error: not JSON ("),
            (b"\xff", "doc.json:1:1: error: not JSON (not UTF-8)"),
            (b"[" * 100_000, "doc.json:1:1: error: not usable JSON"),
        ],
        ids=["empty", "comma", "encoding", "nesting"],
    )
    @pytest.mark.parametrize(
        "command",
        [
            ("plan", "--live", "doc.json"),
            ("drift", "--live", "doc.json"),
            ("apply", "--yes", "--plan", "doc.json"),
            ("merge", "doc.json"),
        ],
        ids=str,
    )
    def test_that_are_not_json_are_refused_with_a_position(
        self,
        command: tuple[str, ...],
        content: bytes,
        message: str,
        project: Project,
        voxo: FakeVoxo,
    ) -> None:
        project.spring()
        project.write("doc.json", content)
        ran = project.run(*command)
        assert (ran.status, voxo.asked) == (1, [])
        assert message in ran.err
        how = {
            "plan": "snapshot",
            "drift": "snapshot",
            "apply": "plan --out",
            "merge": "plan or drift, with --format json",
        }
        assert f"create the file again with voxosync {how[command[0]]}\n" in ran.err
        assert_expected_error(ran)

    def test_that_are_snapshots_are_refused_as_plans(self, project: Project) -> None:
        project.write("doc.json", '{"command": "snapshot"}')
        ran = project.run("merge", "doc.json")
        assert ran.status == 1
        assert "doc.json was made by 'snapshot': read it with voxosync plan --live" in ran.err


class TestDefinitions:
    @pytest.mark.parametrize("command", [("validate",), ("plan",), ("apply", "--yes")], ids=str)
    @pytest.mark.parametrize("name", FILES)
    def test_are_refused_with_a_position(
        self, name: str, command: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        content, message = FILES[name]
        project.write("campaigns/bad.yaml", content)
        ran = project.run(*command)
        assert ran.status == 1
        assert "campaigns/bad.yaml:" in ran.said
        assert "error: " in ran.said
        assert message in ran.said
        assert voxo.asked == []
        assert_expected_error(ran)

    @pytest.mark.parametrize(
        ("contacts", "list_"),
        [
            (f"number,timezone\n6015550123,{PHONE}\n", ""),
            (f"number,{PHONE}\n6015550123,x\n", ""),
            (f"timezone,number\n'602-555-0188',{PHONE}\n", ""),
            ("", f"number,since\n6015550123,{PHONE}\n"),
            ("", f"number,{PHONE}\n6015550123,x\n"),
        ],
    )
    def test_with_lists_that_have_phones_in_wrong_columns_are_refused_without_showing_them(
        self, contacts: str, list_: str, project: Project
    ) -> None:
        project.write("voxosync.yaml", "checks: {doNotCall: {lists: [list.csv]}}\n")
        project.write("list.csv", list_ or "number\n")
        project.write("campaigns/a.csv", contacts or "number\n6015550123\n")
        project.write("campaigns/a.yaml", "id: 5\nname: abc\nnumbers: {file: a.csv}\n")
        ran = project.run("validate")
        assert ran.status == 1
        assert PHONE not in ran.said
        assert "602-555-0188" not in ran.said

    @pytest.mark.parametrize("content", PHONES_IN_WRONG_PLACES)
    def test_with_phones_in_wrong_places_are_refused_without_showing_them(
        self, content: str, project: Project
    ) -> None:
        project.write("campaigns/bad.yaml", f"id: 5\nname: abc\n{content}")
        ran = project.run("validate")
        assert ran.status == 1
        assert PHONE not in ran.said
        assert "602-555-0188" not in ran.said

    @pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="a device of POSIX")
    @pytest.mark.parametrize(
        "name",
        ["campaigns/a.yaml", "campaigns/_defaults.yaml", "policies/a.yaml", "voxosync.yaml"],
    )
    def test_that_are_devices_are_not_read(self, name: str, project: Project) -> None:
        project.write(name, "").unlink()
        (project.folder / name).symlink_to(
            "/dev/null"
        )  # harmless if it is read; /dev/zero never ends
        ran = project.run("plan")
        assert ran.status == 1
        assert f"{name}:1:1: error: this is a device: name a file" in ran.err
        assert_expected_error(ran)

    def test_do_not_hide_errors_in_other_definitions(self, project: Project) -> None:
        for name, (content, _) in FILES.items():
            project.write(f"campaigns/{name}.yaml", content)
        ran = project.run("validate")
        for name in FILES:
            assert f"campaigns/{name}.yaml:" in ran.out
        assert_expected_error(ran)

    @pytest.mark.parametrize("command", ["validate", "plan", "drift"])
    def test_in_a_missing_folder_are_an_error(
        self, command: str, project: Project, voxo: FakeVoxo
    ) -> None:
        (project.folder / "campaigns").rename(project.folder / "calls")
        ran = project.run(command)
        assert ran.status == 1
        assert "campaigns" in ran.said
        assert "-C" in ran.said
        assert voxo.asked == []

    @pytest.mark.parametrize("command", ["validate", "plan", "drift"])
    def test_in_an_empty_folder_are_an_error(self, command: str, project: Project) -> None:
        (project.folder / "campaigns/spring.yaml").unlink()
        ran = project.run(command)
        assert ran.status == 1
        assert "no definitions" in ran.said

    @pytest.mark.parametrize("target", ["bad.yaml", "nowhere.yaml"], ids=["circle", "nowhere"])
    def test_that_are_broken_links_are_refused(self, target: str, project: Project) -> None:
        (project.folder / "campaigns/bad.yaml").symlink_to(target)
        ran = project.run("plan")
        assert ran.status == 1
        assert "campaigns/bad.yaml:1:1: error: cannot read the file" in ran.err
        assert_expected_error(ran)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or not os.geteuid(), reason="root may read all")
    def test_without_read_permission_are_refused(self, project: Project) -> None:
        (project.folder / "campaigns/spring.yaml").chmod(0)
        ran = project.run("plan")
        assert ran.status == 1
        assert "campaigns/spring.yaml:1:1: error: cannot read the file" in ran.err

    def test_with_line_breaks_in_their_names_cannot_forge_output_lines(
        self, project: Project
    ) -> None:
        project.write("campaigns/a\n::error::forged\x1b[31m.yaml", "id: 0\n")
        for command in ("validate", "plan", "drift"):
            ran = project.run(command)
            assert ran.status == 1
            assert not [line for line in ran.said.splitlines() if line.startswith("::error")]
            assert "\x1b" not in ran.said

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (None, "file not found"),
            ("", "number"),
            ("name\nx\n", "number"),
            ("number,disposition\n6015550123,BUSY\n", "read-only"),
            ("number\n6015550123\n6015550123\n", "line 2"),
            ('number,description\n6015550123,"never ends\n', "CSV"),
            (b"number,description\n6015550123,\xff\n", "UTF-8"),
        ],
        ids=["missing", "empty", "header", "read-only", "duplicate", "quote", "encoding"],
    )
    def test_with_an_invalid_csv_file_are_refused(
        self, content: str | bytes | None, message: str, project: Project, voxo: FakeVoxo
    ) -> None:
        if content is not None:
            project.write("contacts/spring.csv", content)
        project.spring("numbers: {file: ../contacts/spring.csv}")
        ran = project.run("apply", "--yes")
        assert ran.status == 1
        assert message in ran.err
        assert voxo.asked == []
        assert_expected_error(ran)

    @pytest.mark.parametrize("path", ["../../outside.csv", "/etc/hostname", "link.csv"])
    def test_with_a_csv_file_outside_the_project_are_refused(
        self, path: str, project: Project, tmp_path: Path
    ) -> None:
        (tmp_path / "outside.csv").write_text("number\n6015550123\n")
        (project.folder / "campaigns/link.csv").symlink_to(tmp_path / "outside.csv")
        project.spring(f"numbers: {{file: {path}}}")
        ran = project.run("plan")
        assert ran.status == 1
        assert "outside" in ran.err


class TestToken:
    @pytest.mark.parametrize("token", [None, "", "  \n"], ids=repr)
    @pytest.mark.parametrize("command", [("plan",), ("apply", "--yes"), ("drift",)], ids=str)
    def test_that_is_missing_exits_with_1(
        self,
        command: tuple[str, ...],
        token: str | None,
        project: Project,
        voxo: FakeVoxo,
    ) -> None:
        ran = project.run(*command, VOXO_API_TOKEN=token)
        assert ran.status == 1
        assert "VOXO_API_TOKEN" in ran.err
        assert "--token-file" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("token", ["two words", "line\nbreak", "tökén", "Bearer x"])
    def test_that_cannot_be_sent_in_a_header_exits_with_1(
        self, token: str, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("plan", VOXO_API_TOKEN=token)
        assert ran.status == 1
        assert token not in ran.said
        assert voxo.asked == []

    def test_that_is_rejected_exits_with_3_and_says_what_to_check(self, project: Project) -> None:
        ran = project.run("plan", VOXO_API_TOKEN="of-somebody-else")
        assert ran.status == 3
        assert "401" in ran.err
        assert "token" in ran.err


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "http://api.voxo.co",
            "http://192.0.2.1",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com:8765",
        ],
    )
    def test_with_plain_http_to_another_machine_exits_with_1(
        self, url: str, project: Project
    ) -> None:
        ran = project.run("plan", VOXO_API_BASE_URL=url)
        assert ran.status == 1
        assert "https://" in ran.err
        assert "unencrypted" in ran.err

    @pytest.mark.parametrize(
        "url", ["api.voxo.co", "ftp://api.voxo.co", "https://", "https://[", "file:///etc", "x"]
    )
    def test_that_is_not_a_url_exits_with_1(self, url: str, project: Project) -> None:
        ran = project.run("plan", VOXO_API_BASE_URL=url)
        assert ran.status == 1
        assert "URL" in ran.err
        assert_expected_error(ran)

    def test_with_a_password_exits_with_1_and_does_not_show_it(self, project: Project) -> None:
        ran = project.run("plan", VOXO_API_BASE_URL="https://user:pa55word@api.voxo.co")
        assert ran.status == 1
        assert "pa55word" not in ran.said


class TestUnreachableServer:
    @pytest.fixture
    def closed_port_url(self) -> Iterator[str]:
        """The URL of a local port on which no process listens."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"

    def test_exits_with_3_and_says_what_to_check(
        self, closed_port_url: str, project: Project
    ) -> None:
        ran = project.run("apply", "--yes", VOXO_API_BASE_URL=closed_port_url)
        assert ran.status == 3
        assert ran.out == ""
        assert "cannot be reached" in ran.err
        assert "base URL" in ran.err
        assert_expected_error(ran)

    @pytest.mark.slow
    def test_is_reported_once_for_many_campaigns(
        self, closed_port_url: str, project: Project
    ) -> None:
        """With real pauses between attempts, there are five attempts, not five for each campaign."""
        for number in range(5000, 5050):
            project.spring(name=f"campaigns/{number}.yaml", number=number)
        ran = project.process("plan", VOXO_API_BASE_URL=closed_port_url)
        assert ran.status == 3
        assert ran.err.count("\n") == 1

    @pytest.mark.usefixtures("impatient")
    def test_that_never_responds_is_reported(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(silence)
        ran = project.run("plan")
        assert ran.status == 3
        assert ran.err.startswith("error: ")
        assert_expected_error(ran)


class TestResponses:
    @pytest.mark.parametrize(
        ("reply", "message"),
        [
            (html(), "JSON"),
            (html(404), "404"),
            (truncated, "attempts"),
            (dropped, ""),
            (answer(200, b""), "JSON"),
            (answer(200, b"null"), "object"),
            (answer(200, b"[]"), "object"),
            (answer(200, b"{}"), "id"),
            (answer(200, {"id": 4711}), "numbers"),
            (answer(200, b'{"id": NaN}'), "NaN"),
            (answer(200, b"[" * 100_000), "deep"),
            (answer(200, b'{"id": ' + b"9" * 5000 + b"}"), ""),
            (answer(302, b"", Location="https://login.example.com/"), "redirect"),
            (answer(307, b"", Location="/elsewhere"), "redirect"),
            (answer(500, {"message": "it is us"}), "it is us"),
            (answer(503, {"message": "maintenance"}), "maintenance"),
        ],
        ids=[
            "html", "html 404", "truncated", "dropped", "empty", "null", "list", "object", "id alone", "NaN", "deep",
            "huge number", "redirect", "redirect to itself", "500", "503",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("command", [("plan",), ("apply", "--yes"), ("drift",)], ids=str)
    def test_that_are_invalid_exit_with_3_and_nothing_is_sent(
        self,
        command: tuple[str, ...],
        reply: Any,
        message: str,
        project: Project,
        voxo: FakeVoxo,
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(reply)
        ran = project.run(*command)
        assert ran.status == 3
        assert message in ran.said
        assert voxo.sent == []
        assert_expected_error(ran)

    @pytest.mark.parametrize("missing", ["numbers", "destinations"])
    def test_without_an_array_are_not_taken_for_an_empty_list(
        self, missing: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        del voxo.has()[missing]
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert missing in ran.out
        assert voxo.sent == []

    def test_without_an_unmanaged_array_are_accepted(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/spring.yaml", "id: 4711\ncallFrequency: 60\n")
        del voxo.has()["numbers"]
        assert project.run("apply", "--yes").status == 0

    def test_that_redirect_are_not_followed(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(answer(307, b"", Location="/elsewhere"))
        project.run("plan")
        assert "GET /elsewhere" not in voxo.asked

    @pytest.mark.parametrize("status", [422, 500])
    def test_with_control_characters_are_shown_escaped(
        self, status: int, project: Project, voxo: FakeVoxo
    ) -> None:
        text = "\x1b[2J\x1b]0;x\x07bad\n::error::forged\r\nApply: 1 applied.\u202e\x9b31m"
        project.spring("callFrequency: 60")
        voxo.say(answer(status, {"message": text}), to="PATCH")
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert r"\x1b[2J" in ran.out
        for control_character in "\x1b\x07\r\u202e\x9b":
            assert control_character not in ran.said
        for line in ran.said.splitlines():
            assert not line.startswith(("::error::", "Apply: 1 applied."))

    def test_with_control_characters_in_a_name_are_shown_escaped(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("-name", "callFrequency: 60")
        voxo.has(name="\x1b[2Jbad\nApply: 1 applied.")
        ran = project.run("apply", "--yes")
        assert "\x1b" not in ran.said
        assert ran.out.count("\nApply: ") == 1
