"""`_defaults.yaml`: values for every definition in its folder and below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.definitions.definition_folder import DefinitionFolder


def values(project: DefinitionFolder) -> dict[int, dict[str, Any]]:
    loaded = project.load()
    assert not loaded.problems
    return {definition.id: dict(definition.values) for definition in loaded.definitions}


def test_each_key_comes_from_the_nearest_folder_that_has_it(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "timezone: UTC\ntech: VOICE\nrecording: yes\n")
    project.write("a/_defaults.yaml", "timezone: Europe/London\nstate: PAUSED\n")
    project.write("a/b/_defaults.yaml", "state: READY\n")
    project.write("one.yaml", "id: 1")
    project.write("a/two.yaml", "id: 2\nrecording: 'yes'")
    project.write("a/b/three.yaml", "id: 3\ntimezone: Asia/Tokyo")
    everywhere = {"timezone": "UTC", "tech": "VOICE", "recording": "yes"}
    assert values(project) == {
        1: everywhere,
        2: {**everywhere, "timezone": "Europe/London", "state": "PAUSED"},
        3: {**everywhere, "timezone": "Asia/Tokyo", "state": "READY"},
    }


def test_defaults_above_the_campaigns_folder_are_not_used(project: DefinitionFolder) -> None:
    (project.folder / "_defaults.yaml").write_text("tech: VOICE")
    project.write("one.yaml", "id: 1")
    assert values(project) == {1: {}}


def test_defaults_apply_to_every_document_of_a_file(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "tech: VOICE")
    project.write("one.yaml", "id: 1\n---\nid: 2")
    assert values(project) == {1: {"tech": "VOICE"}, 2: {"tech": "VOICE"}}


def test_definition_replaces_a_whole_value_of_the_defaults(project: DefinitionFolder) -> None:
    project.write(
        "_defaults.yaml",
        "numbers: [{number: 6015550123}]\nvoxosync: {manageNumbers: add, ignore: [message]}\n",
    )
    project.write("one.yaml", "id: 1\nvoxosync: {ignore: [name]}\nnumbers: []")
    project.write("two.yaml", "id: 2")
    first, second = project.load().definitions
    assert (first.add_numbers, first.ignore) == (False, frozenset({"name"}))
    assert first.values == {"numbers": {}}
    assert (second.add_numbers, second.ignore) == (True, frozenset({"message"}))
    assert second.values == {"numbers": {"6015550123": ""}}


def test_unmanaged_excludes_a_default(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "recording: yes\ntimezone: UTC\n")
    project.write("one.yaml", "id: 1\nvoxosync: {unmanaged: [recording]}")
    assert values(project) == {1: {"timezone": "UTC"}}


def test_tenant_id_may_be_a_default(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "tenantId: '017'")
    project.write("one.yaml", "id: 1")
    assert [definition.tenant_id for definition in project.load().definitions] == [17]


def test_id_is_not_accepted_as_a_default(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "id: 4711")
    project.write("one.yaml", "name: Spring")
    assert project.problems() == ["campaigns/_defaults.yaml:1:1: unknown-key"]
    assert "id belongs to one campaign" in project.load().problems[0].message


def test_definitions_do_not_get_an_id_from_defaults(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "id: 4711")
    project.write("one.yaml", "name: Spring")
    project.write("two.yaml", "name: Summer")
    project.write("three.yaml", "id: 4711\nname: Autumn")
    assert project.problems() == ["campaigns/_defaults.yaml:1:1: unknown-key"]
    loaded = project.load()
    assert [definition.id for definition in loaded.definitions] == [4711]
    assert [definition.values["name"] for _, definition in loaded.new] == ["Spring", "Summer"]


def test_problems_of_defaults_are_reported_at_their_own_lines_and_once(
    project: DefinitionFolder,
) -> None:
    project.write("_defaults.yaml", "stat: PAUSED\ntimezone: Nowhere\ntech: SMS\nrecording: no\n")
    for identity in (1, 2, 3):
        project.write(f"{identity}.yaml", f"id: {identity}")
    assert project.problems() == [
        "campaigns/_defaults.yaml:1:1: unknown-key",
        "campaigns/_defaults.yaml:2:11: timezone",
        "campaigns/_defaults.yaml:3:7: value",
        "campaigns/_defaults.yaml:4:12: recording-no",
    ]


def test_a_wrong_default_does_not_let_an_outer_one_through(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "dateStart: 2030-01-01")
    project.write("a/_defaults.yaml", "dateStart: soon")
    project.write("a/one.yaml", "id: 1\ndateEnd: 2026-01-01")
    assert project.problems() == ["campaigns/a/_defaults.yaml:1:12: value"]


def test_rules_compare_defaults_with_values_of_the_definition(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "dateStart: 2026-03-02\n")
    project.write("one.yaml", "id: 1\ndateEnd: 2026-03-01")
    assert project.problems() == ["campaigns/one.yaml:2:10: end-before-start"]


def test_csv_path_in_defaults_is_relative_to_the_defaults_file(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "numbers: {file: all.csv}")
    project.write("all.csv", "number\n6015550123\n")
    project.write("inner/one.yaml", "id: 1")
    assert values(project) == {1: {"numbers": {"6015550123": ""}}}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", ["1:1: empty"]),
        ("# nothing", ["1:1: empty"]),
        ("~", ["1:1: schema"]),
        ("- tech: VOICE", ["1:1: schema"]),
        ("tech: VOICE\n---\ntech: VOICE", ["3:1: defaults"]),
        ("tech: [\n", ["1:8: yaml"]),
        ("tech: &a VOICE\nname: *b", ["2:7: alias"]),
        ("tech: !!str VOICE", ["1:7: tag"]),
        ("disposition: x\ntype: y", ["1:1: unknown-key", "2:1: read-only"]),
        ("name:", ["1:6: null"]),
    ],
)
def test_defaults_file_is_checked_like_a_definition(
    project: DefinitionFolder, content: str, expected: list[str]
) -> None:
    project.write("_defaults.yaml", content)
    project.write("one.yaml", "id: 1")
    assert project.problems() == [f"campaigns/_defaults.yaml:{position}" for position in expected]


def test_unreadable_defaults_file_is_an_error(
    project: DefinitionFolder,
) -> None:
    project.write("one.yaml", "id: 1")
    (project.campaigns / "_defaults.yaml").symlink_to("nowhere.yaml")
    assert project.problems() == ["campaigns/_defaults.yaml:1:1: unreadable"]


def test_defaults_file_does_not_count_as_a_definition(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "tech: VOICE")
    project.write("one.yaml", "id: 1")
    assert project.load().files == 1
