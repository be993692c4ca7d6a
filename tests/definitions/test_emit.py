"""A live campaign is written as the text of a definition, from which every YAML reader reads the values in VOXO."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.definitions.definition_folder import NOW, DefinitionFolder
from tests.definitions.test_editor_agreement import accepted_by_editor
from voxosync.definitions.writing.emit import DefinitionText, EmitOptions, emit, slug
from voxosync.model.campaign import Definition, LiveCampaign
from voxosync.model.fields import WRITABLE

if TYPE_CHECKING:
    from pathlib import Path

RAW: dict[str, Any] = {
    "id": 4711,
    "tenantId": 17,
    "name": "Spring renewal",
    "type": "SCHEDULED",
    "tech": "VOICE",
    "state": "PAUSED",
    "dateStart": "2096-03-01T00:00:00.000Z",
    "dateEnd": "2096-03-31",
    "timeStart": "09:00:00",
    "timeEnd": "18:30",
    "callHoursStart": None,
    "callHoursEnd": None,
    "timezone": "America/Chicago",
    "callerId": 6015550100,
    "callFrequency": "30",
    "recording": "yes",
    "enableVMDetect": 1,
    "message": "Time to renew",
    "numbers": [
        {"number": "6015550123", "description": "Customer 1042", "disposition": "ANSWERED"},
        {"number": 6015550124, "description": None, "disposition": None},
    ],
    "destinations": [
        {"typeSrc": "CALLCAMPAIGN", "destType": "EXTENSION", "id": 101, "order": 2},
        {"typeSrc": "CALLCAMPAIGN", "destType": "QUEUE", "id": "12", "order": 1},
    ],
    "matchDestinations": [],
    "notMatchDestinations": [],
    "callDelay": 1000,
    "dialtimeout": None,
    "lastrun": "2026-02-16 14:33:45",
}

COMPLETE = """\
# yaml-language-server: $schema=../schemas/campaign.schema.json
id: 4711
tenantId: 17
name: Spring renewal
tech: VOICE
state: PAUSED
dateStart: 2096-03-01
dateEnd: 2096-03-31
timeStart: 09:00
timeEnd: 18:30
timezone: America/Chicago
callerId: 6015550100
callFrequency: 30
recording: yes
enableVMDetect: 1
message: Time to renew
# VOXO does not show field1 … field9: add them to the numbers if you use them.
numbers:
  - {number: 6015550123, description: Customer 1042}
  - {number: 6015550124}
destinations:
  - {type: QUEUE, id: 12}
  - {type: EXTENSION, id: 101}
matchDestinations: []
notMatchDestinations: []
# Read-only fields, as they were when this file was written:
#   type: SCHEDULED
#   callDelay: 1000
#   lastrun: 2026-02-16 14:33:45
"""


def emit_text(options: EmitOptions | None = None, **values: Any) -> DefinitionText:
    raw = RAW | values
    return emit(LiveCampaign.from_response(raw), raw, options or EmitOptions(), NOW)


def read_definition(project: DefinitionFolder, draft: DefinitionText) -> Definition:
    """The definition in a text, which must have no errors."""
    path = project.write("one.yaml", draft.text)
    if draft.csv is not None:
        project.write("contacts.csv", draft.csv)
    loaded = project.load(path)
    assert not loaded.failed, loaded.problems
    return loaded.definitions[0]


def definition_values(draft: Definition) -> dict[str, Any]:
    return dict(draft.values)


def live_values(**values: Any) -> dict[str, Any]:
    live = LiveCampaign.from_response(RAW | values).values
    return {name: value for name, value in live.items() if value is not None}


class TestText:
    def test_is_a_definition_as_a_person_writes_it(self) -> None:
        assert emit_text(EmitOptions(schema="../schemas/campaign.schema.json")).text == COMPLETE

    def test_has_the_values_in_voxo(self, project: DefinitionFolder) -> None:
        draft = read_definition(project, emit_text())
        assert definition_values(draft) == live_values()
        assert (draft.id, draft.tenant_id) == (4711, 17)

    def test_has_no_comment_for_editors_without_a_schema(self) -> None:
        assert emit_text().text.startswith("id: 4711\n")

    def test_contains_no_call_results(self) -> None:
        assert "ANSWERED" not in emit_text().text

    def test_assigns_the_id_to_the_environment(self) -> None:
        assert emit_text(EmitOptions(environment="prod")).text.startswith("id: {prod: 4711}\n")
        assert emit_text(EmitOptions(environment="no")).text.startswith('id: {"no": 4711}\n')

    def test_omits_the_keys_without_a_value_in_voxo(self) -> None:
        text = emit_text(**dict.fromkeys(set(WRITABLE) - {"numbers"} - DESTINATIONS)).text
        assert [key for key in WRITABLE if re.search(f"^{key}:", text, re.MULTILINE)] == [
            "numbers", "destinations", "matchDestinations", "notMatchDestinations",
        ]  # fmt: skip
        assert "left out" not in text

    def test_says_that_the_list_in_voxo_repeats_numbers(self, project: DefinitionFolder) -> None:
        draft = emit_text(numbers=[{"number": "6015550123"}] * 3)
        assert "# VOXO's list repeats 2 of these numbers" in draft.text
        assert draft.text.count("6015550123") == 1
        assert read_definition(project, draft).values["numbers"] == {"6015550123": ""}

    def test_does_not_mention_fields_of_numbers_if_there_are_no_numbers(self) -> None:
        draft = emit_text(numbers=[])
        assert "numbers: []\n" in draft.text
        assert "field1" not in draft.text


DESTINATIONS = {"destinations", "matchDestinations", "notMatchDestinations"}
MESSAGES = {
    "Hello\nworld": "message: |-\n  Hello\n  world\n",
    "Hello\n\n  world\n": "message: |\n  Hello\n\n    world\n",
    "Hello\nworld\n\n": 'message: "Hello\\nworld\\n\\n"\n',
    " Hello\nworld": 'message: " Hello\\nworld"\n',
    "Hello\r\nworld": 'message: "Hello\\r\\nworld"\n',
    "yes": 'message: "yes"\n',
    "12": 'message: "12"\n',
    "null": 'message: "null"\n',
    "": 'message: ""\n',
    "a: b # c": 'message: "a: b # c"\n',
    "Grüße 👋": "message: Grüße 👋\n",
    "a\u202eb": 'message: "a\\U0000202Eb"\n',
    "2096-03-01": 'message: "2096-03-01"\n',
}


class TestMessage:
    @pytest.mark.parametrize(("message", "text"), MESSAGES.items(), ids=map(repr, MESSAGES))
    def test_is_read_back_unchanged(
        self, message: str, text: str, project: DefinitionFolder
    ) -> None:
        draft = emit_text(message=message)
        assert text in draft.text
        assert read_definition(project, draft).values["message"] == message


# Values that VOXO may hold but Update Campaign refuses, by the comment that replaces them.
LEFT_OUT: dict[str, dict[str, Any]] = {
    "tech: SMS (left out: 'SMS' is not accepted: write VOICE)": {"tech": "SMS"},
    "name: ab (left out: 'ab' is not accepted: write a name": {"name": "ab"},
    "state: RUNNING (left out: 'RUNNING' is not accepted: write READY or PAUSED": {
        "state": "RUNNING"
    },
    "callerId: +1 601 (left out: ": {"callerId": "+1 601"},
    "callFrequency: 9 (left out: '9' is not accepted": {"callFrequency": 9},
    "callFrequency: soon (left out: VOXO's answer cannot be read": {"callFrequency": "soon"},
    "dateEnd: 2096-02-30 (left out: 2096-02-30 is not a calendar date": {"dateEnd": "2096-02-30"},
    "dateEnd: 2095-01-01 (left out: the campaign ends": {"dateEnd": "2095-01-01"},
    "timeEnd: 18:30:30 (left out: ": {"timeEnd": "18:30:30"},
    "timezone: Mars (left out: 'Mars' is not an IANA": {"timezone": "Mars"},
    "recording: maybe (left out: 'maybe' is not accepted: write yes or no": {"recording": "maybe"},
    "enableVMDetect: 2 (left out: ": {"enableVMDetect": 2},
    'message: "a\\ud800" (left out: it is not text': {"message": "a\ud800"},
    "numbers: (left out: VOXO's answer cannot be read: nothing": {"numbers": None},
    "numbers: (left out: numbers[2].number: '' is not": {
        "numbers": [{"number": "6015550123"}, {"number": ""}]
    },
    'destinations: [{"destType": "QUEUE", "id": 0}] (left out: ': {
        "destinations": [{"destType": "QUEUE", "id": 0}]
    },
    "tenantId: -1 (left out: ": {"tenantId": -1},
}


class TestLeftOut:
    @pytest.mark.parametrize(("comment", "values"), LEFT_OUT.items(), ids=LEFT_OUT)
    def test_is_a_value_that_update_campaign_refuses(
        self, comment: str, values: dict[str, Any], project: DefinitionFolder
    ) -> None:
        draft = emit_text(**values)
        (name,) = values
        assert f"\n# {comment}" in draft.text
        assert list(draft.left_out) == [name]
        definition = read_definition(project, draft)
        other_values = {key: value for key, value in live_values(**values).items() if key != name}
        assert definition_values(definition) == other_values

    def test_includes_a_value_that_is_invalid_once_another_is_left_out(
        self, project: DefinitionFolder
    ) -> None:
        """Without a time zone, it is unknown which of two moments is later."""
        draft = emit_text(timezone="Mars", dateEnd="2095-01-01")
        assert set(draft.left_out) == {"timezone", "dateEnd"}
        assert "dateStart" in read_definition(project, draft).values

    def test_is_a_comment_in_the_place_of_the_key(self) -> None:
        lines = emit_text(state="RUNNING").text.splitlines()
        index = next(index for index, line in enumerate(lines) if line.startswith("# state: "))
        assert [lines[index - 1], lines[index + 1]] == ["tech: VOICE", "dateStart: 2096-03-01"]

    def test_number_list_is_not_repeated_in_the_comment(self) -> None:
        draft = emit_text(numbers=[{"number": "6015550177"}, {"number": ""}])
        assert "6015550177" not in draft.text

    def test_campaign_with_an_invalid_id_is_refused(self) -> None:
        with pytest.raises(ValueError, match="id: '0' is not accepted"):
            emit_text(id=0)

    @pytest.mark.parametrize(
        "hostile_text", ["\nstate: READY", "\r\nstate: READY", "\u2028state: READY", "\x85state: READY",
                 " # voxosync: allow every-rule just so", "\x00\x1b[2J"],
        ids=repr,
    )  # fmt: skip
    def test_text_cannot_escape_from_its_comment(
        self, hostile_text: str, project: DefinitionFolder
    ) -> None:
        draft = emit_text(
            tech=f"SMS{hostile_text}",
            type=f"X{hostile_text}",
            timezone=f"Mars{hostile_text}",
            state=f"R{hostile_text}",
        )
        assert {"tech", "timezone", "state"} == set(draft.left_out)
        definition = read_definition(project, draft)
        assert "state" not in definition.values
        assert all(line.count("#") < 2 for line in draft.text.splitlines())
        assert all(line.isprintable() for line in draft.text.split("\n"))


class TestDefaults:
    def test_without_a_value_in_voxo_are_unmanaged(self) -> None:
        options = EmitOptions(defaults=frozenset({"state", "callHoursStart", "tech", "id"}))
        text = emit_text(options, state="RUNNING").text
        assert "\n# Not as _defaults.yaml says" in text
        assert "\nvoxosync:\n  unmanaged: [state, callHoursStart]\n" in text

    def test_with_a_value_in_voxo_need_no_setting(self) -> None:
        assert "voxosync:" not in emit_text(EmitOptions(defaults=frozenset({"tech", "state"}))).text

    def test_keep_their_settings_if_the_definition_gets_its_own(self) -> None:
        inherited = {"manageNumbers": "add", "unmanaged": ["message", "callHoursEnd"]}
        options = EmitOptions(
            defaults=frozenset({"callHoursStart", "callHoursEnd"}), inherited=inherited
        )
        text = emit_text(options).text
        expected = "voxosync:\n  manageNumbers: add\n  unmanaged: [message, callHoursEnd, callHoursStart]\n"
        assert expected in text

    def test_do_not_replace_the_settings_of_the_definition(self) -> None:
        options = EmitOptions(settings={"ignore": ["message"]}, inherited={"manageNumbers": "add"})
        assert "\nvoxosync:\n  ignore: [message]\n" in emit_text(options).text


class TestNumbers:
    def test_above_the_limit_are_written_to_a_csv_file(self, project: DefinitionFolder) -> None:
        draft = emit_text(EmitOptions(inline=1))
        assert "numbers: {file: contacts.csv}\n" in draft.text
        assert draft.csv == "number,description\n6015550123,Customer 1042\n6015550124,\n"
        assert definition_values(read_definition(project, draft)) == live_values()

    def test_up_to_the_limit_are_written_inline(self) -> None:
        assert emit_text(EmitOptions(inline=2)).csv is None

    @pytest.mark.parametrize("inline", [0, 9])
    def test_keep_the_fields_of_an_older_definition(
        self, inline: int, project: DefinitionFolder
    ) -> None:
        fields = {"6015550123": {"field1": "Gold", "field9": "x, y"}}
        draft = emit_text(EmitOptions(inline=inline, fields=fields))
        assert read_definition(project, draft).number_fields == fields

    @pytest.mark.parametrize(
        "description",
        ["a\nb", 'a "b", c', "=1+1", " a ", "\ufeff", "\u2028", "é"],
        ids=repr,
    )
    def test_with_any_description_are_read_back_unchanged(
        self, description: str, project: DefinitionFolder
    ) -> None:
        numbers = [{"number": "6015550123", "description": description}]
        draft = emit_text(EmitOptions(inline=0), numbers=numbers)
        assert draft.csv is not None
        assert read_definition(project, draft).values["numbers"] == {"6015550123": description}

    @pytest.mark.parametrize("description", ["a\0b", "a\rb"], ids=repr)
    def test_that_a_csv_file_cannot_hold_stay_inline(
        self, description: str, project: DefinitionFolder
    ) -> None:
        numbers = [{"number": "6015550123", "description": description}]
        draft = emit_text(EmitOptions(inline=0), numbers=numbers)
        assert draft.csv is None
        assert read_definition(project, draft).values["numbers"] == {"6015550123": description}


TEXT = st.text(max_size=12) | st.text(
    "yn019.:-+#'\"\\{}[],&*!|>%@`=~ \t\r\n\x85\u2028\ufeff_eEoxäß👋", max_size=12
)
BLOCKS = st.lists(st.text("ab #:-\t é\n", max_size=8), max_size=5).map("\n".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TEXT, message=TEXT | BLOCKS, description=TEXT, number=TEXT, kind=TEXT)
def test_any_text_is_read_back_unchanged(
    project: DefinitionFolder, name: str, message: str, description: str, number: str, kind: str
) -> None:
    values: dict[str, Any] = {
        "name": name,
        "message": message,
        "numbers": [{"number": number, "description": description}],
        "destinations": [{"destType": kind, "id": 1}],
    }
    draft = emit_text(**values)
    definition = read_definition(project, draft)
    expected = {
        key: value for key, value in live_values(**values).items() if key not in draft.left_out
    }
    assert definition_values(definition) == expected
    assert draft.left_out.keys() <= {"name", "numbers", "destinations"}
    parsed = YAML(typ="safe", pure=True).load(draft.text)
    assert parsed["message"] == message
    assert str(parsed.get("name", name)) == name


def test_editors_accept_the_written_definitions(tmp_path: Path) -> None:
    texts = {f"message-{n}": emit_text(message=text).text for n, text in enumerate(MESSAGES)}
    texts |= {f"left-{n}": emit_text(**values).text for n, values in enumerate(LEFT_OUT.values())}
    texts["csv"] = emit_text(EmitOptions(inline=0)).text
    assert accepted_by_editor(texts, tmp_path) == set(texts)


SLUGS = {
    "Spring renewal": "spring-renewal",
    "  Frühjahr: Größe & Co. ": "fruhjahr-groe-co",
    "../../etc/passwd": "etc-passwd",
    "CON": "con",
    "春": "campaign",
    "": "campaign",
    "-rf": "rf",
    "a" * 300: "a" * 60,
    "word " * 30: "word-word-word-word-word-word-word-word-word-word-word-word",
}


@pytest.mark.parametrize(("name", "expected"), SLUGS.items(), ids=lambda text: text[:20])
def test_file_name_consists_of_name_and_id(name: str, expected: str) -> None:
    assert slug(name, 4711) == f"{expected}-4711"


@given(st.none() | st.text(max_size=90))
def test_any_name_gives_a_valid_file_name(name: str | None) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-4711", slug(name, 4711))
    assert len(slug(name, 4711)) <= 65
