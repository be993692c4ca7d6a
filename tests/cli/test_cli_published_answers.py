"""The examples of responses that VOXO publishes must be read: tests/examples/answers, each with its source.

They combine what VOXO's pages document: their keys, and their values where these are unusual.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import TENANT, FakeVoxo, answer
from voxosync.report.registry import FORMATS, ReportPart

if TYPE_CHECKING:
    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import Handler

FOLDER = Path(__file__).resolve().parent.parent / "examples/answers"
EXAMPLES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
ID = 5
FULL_ANSWER = EXAMPLES["get-L"]["answer"]


def examples(call: str) -> pytest.MarkDecorator:
    answers = {
        name: example["answer"] for name, example in EXAMPLES.items() if example["call"] == call
    }
    return pytest.mark.parametrize("example", answers.values(), ids=answers)


def check_status(ran: Ran, status: int = 0) -> Ran:
    assert ran.status == status, ran.said
    assert "Traceback" not in ran.said
    return ran


@pytest.fixture
def project(project: Project, voxo: FakeVoxo) -> Project:
    """A project without definitions, and a VOXO that holds the campaign of the example [L]."""
    project.variables["VOXO_TENANT_ID"] = str(TENANT)
    (project.folder / "campaigns/spring.yaml").unlink()
    voxo.campaigns.clear()
    voxo.campaigns[ID] = json.loads(json.dumps(FULL_ANSWER))
    return project


def import_definition(project: Project) -> str:
    check_status(project.run("import", "--id", str(ID)))
    (path,) = (project.folder / "campaigns").glob("*.yaml")
    return path.read_text()


def test_every_example_names_its_source() -> None:
    calls = {example["call"] for example in EXAMPLES.values()}
    assert calls == {"get", "list", "create", "update", "error"}
    assert {example["source"][:3] for example in EXAMPLES.values()} == {"[U]", "[C]", "[L]", "[F]"}


@pytest.mark.parametrize("call", ["get", "create", "update"])
def test_campaign_is_imported_planned_and_applied_without_a_difference(
    call: str, project: Project, voxo: FakeVoxo
) -> None:
    for name, example in EXAMPLES.items():
        if example["call"] != call or "numbers" not in example["answer"]:
            continue
        for path in (project.folder / "campaigns").glob("*.yaml"):
            path.unlink()
        live = voxo.campaigns[ID] = json.loads(json.dumps(example["answer"]))
        text = import_definition(project)
        for key in ("dateEnd", "timeEnd", "enableVMDetect", "recording", "timezone"):
            assert f"\n{key}: " in text, (name, text)
        if live["tech"] == "SMS":
            assert "# tech: SMS (left out" in text
        for command in (("validate",), ("plan", "--exit-code"), ("drift",), ("apply", "--yes")):
            check_status(project.run(*command))
        check_status(project.run("drift", "--report", "html=drift.html"))
    assert voxo.sent == []


@examples("update")
def test_response_to_an_update_may_lack_fields(
    example: dict[str, Any], project: Project, voxo: FakeVoxo
) -> None:
    text = import_definition(project)
    path = next((project.folder / "campaigns").glob("*.yaml"))
    path.write_text(text.replace("callFrequency: 30", "callFrequency: 60"))

    def reply_with_example(handler: Handler) -> None:
        voxo.well_behaved(voxo.received[-1])
        campaign = {**example, **{k: v for k, v in voxo.campaigns[ID].items() if k in example}}
        answer(200, campaign)(handler)

    voxo.say(reply_with_example, to="PATCH")
    check_status(project.run("apply", "--yes"))
    assert voxo.sent == [(ID, {"callFrequency": 60})]
    check_status(project.run("plan", "--exit-code"))


@examples("update")
def test_response_to_an_update_without_effect_is_a_failure(
    example: dict[str, Any], project: Project, voxo: FakeVoxo
) -> None:
    text = import_definition(project)
    path = next((project.folder / "campaigns").glob("*.yaml"))
    path.write_text(text.replace("callFrequency: 30", "callFrequency: 60"))
    campaign = {**voxo.campaigns[ID], "callFrequency": 30}
    sparse = {**example, "callFrequency": 60}
    voxo.say(answer(200, campaign if "numbers" in example else sparse), to="PATCH")
    ran = check_status(project.run("apply", "--yes"), 3)
    assert "callFrequency" in ran.said


@examples("create")
def test_response_to_a_creation_has_the_id_of_the_campaign(
    example: dict[str, Any], project: Project, voxo: FakeVoxo
) -> None:
    voxo.campaigns.clear()
    path = project.write("campaigns/new.yaml", "name: Test Campaign\nstate: PAUSED\n")

    def create(handler: Handler) -> None:
        voxo.well_behaved(voxo.received[-1])
        voxo.campaigns[ID] = {**voxo.campaigns.popitem()[1], "id": ID}
        answer(201, {**example, "state": "PAUSED"})(handler)

    voxo.say(create, to="POST")
    check_status(project.run("create", "campaigns/new.yaml", "--yes"))
    assert f"id: {ID}" in path.read_text()
    check_status(project.run("plan", "--exit-code"))


@examples("list")
def test_list_is_read_in_every_envelope(example: Any, project: Project, voxo: FakeVoxo) -> None:
    for number in range(6, 9):
        voxo.campaigns[number] = {**FULL_ANSWER, "id": number, "name": f"Test Campaign {number}"}
    voxo.say(answer(200, example), about="?tenantId=")
    check_status(project.run("import", "--all"))
    assert len(list((project.folder / "campaigns").glob("*.yaml"))) == 4
    check_status(project.run("plan", "--exit-code"))
    check_status(project.run("drift", "--unmanaged", "fail"))
    check_status(project.run("snapshot", "--all", "--out", "live.json"))
    check_status(project.run("plan", "--exit-code", "--live", "live.json"))


@examples("error")
def test_error_is_shown_in_the_words_of_voxo_with_masked_phones(
    example: dict[str, Any], project: Project, voxo: FakeVoxo
) -> None:
    import_definition(project)
    voxo.say(answer(example["code"], example))
    ran = check_status(project.run("plan"), 3)
    assert f"{example['code']} ({example['message']}" in ran.said
    assert example["className"] not in ran.said.replace(example["message"], "")
    nested = example["errors"]
    sentences = (
        nested.values() if isinstance(nested, dict) else [error["message"] for error in nested]
    )
    for sentence in sentences:
        assert sentence.replace("6015550123", "601•••0123") in ran.said
    assert "6015550123" not in ran.said


@pytest.mark.parametrize(
    "format_",
    [name for name, e in FORMATS.items() if e.shows(ReportPart.REASONS) and not e.shows_phones],
)
def test_phone_in_an_error_is_masked_in_every_format_for_people(
    format_: str, project: Project, voxo: FakeVoxo
) -> None:
    import_definition(project)
    error = EXAMPLES["error-F-bad-request"]["answer"]
    voxo.say(answer(400, error))
    command = ["drift"] if format_ == "text" else ["drift", "--report", f"{format_}=report"]
    ran = check_status(project.run(*command), 3)
    report = project.folder / "report"
    output = ran.said + (report.read_text() if report.exists() else "")
    assert "601•••0123 is not a callerId" in output
    assert "6015550123" not in output


def test_phone_in_an_error_about_the_list_is_masked(project: Project, voxo: FakeVoxo) -> None:
    import_definition(project)
    voxo.say(answer(400, EXAMPLES["error-F-bad-request"]["answer"]), about="?tenantId=")
    for command in (["import", "--all"], ["drift", "--unmanaged", "fail"]):
        ran = check_status(project.run(*command), 3)
        assert "601•••0123" in ran.said
        assert "6015550123" not in ran.said


def test_control_characters_in_an_error_are_escaped(project: Project, voxo: FakeVoxo) -> None:
    import_definition(project)
    error = {**EXAMPLES["error-F-not-found"]["answer"], "message": "\x1b[2J\u202egone"}
    voxo.say(answer(404, error))
    ran = check_status(project.run("plan"), 3)
    assert not {"\x1b", "\u202e"} & set(ran.said)
