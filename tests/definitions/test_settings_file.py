"""`voxosync.yaml`: what is accepted, and the positions of problems."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from voxosync.definitions.project_settings import Environment, Settings, read_settings
from voxosync.definitions.schema_check import checker
from voxosync.definitions.yaml_reader import read_documents
from voxosync.errors import SettingsError
from voxosync.resources import schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_content(folder: Path, content: str | bytes) -> Settings:
    data = content.encode() if isinstance(content, str) else content
    (folder / "voxosync.yaml").write_bytes(data)
    return read_settings(folder)


def positions(failure: pytest.ExceptionInfo[SettingsError]) -> list[str]:
    """`line:column` of each problem that the message lists."""
    first, *problems = str(failure.value).split("\n")
    assert first == "the settings are wrong"
    assert all(problem.startswith("voxosync.yaml:") for problem in problems)
    return [":".join(problem.split(":")[1:3]) for problem in problems]


def test_without_a_file_there_are_no_settings(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()


def test_all_settings_are_read(tmp_path: Path) -> None:
    content = """
# yaml-language-server: $schema=schemas/settings.schema.json
environments:
  prod:
    baseUrl: https://api.voxo.co
    tenantId: 17
    campaigns: campaigns/prod
    tokenEnv: VOXO_PROD_TOKEN
    read: admin
  test: {tenantId: "010"}
  2026: {}
"""
    assert read_content(tmp_path, content).environments == {
        "prod": Environment(
            base_url="https://api.voxo.co",
            tenant_id=17,
            campaigns="campaigns/prod",
            token_variable="VOXO_PROD_TOKEN",
            read="admin",
        ),
        "test": Environment(tenant_id=10),
        "2026": Environment(),
    }


@pytest.mark.parametrize("content", ["{}", "environments: {a: {read: auto}}", "{environments: {a: {}}}"])  # fmt: skip
def test_optional_keys_may_be_omitted(tmp_path: Path, content: str) -> None:
    read_content(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", ["1:1"]),
        ("# nothing", ["1:1"]),
        ("~", ["1:1"]),
        ("- prod", ["1:1"]),
        ("environments:", ["1:14"]),
        ("environments: {}", ["1:15"]),
        ("environments: prod", ["1:15"]),
        ("environments: {prod: }", ["1:22"]),
        ("environments: {prod: []}", ["1:22"]),
        ("enviroments: {}", ["1:1"]),
        ("tenantId: 17", ["1:1"]),
        ("environments:\n  prod: {tenant: 17, tenantId: 0}\n", ["2:10", "2:32"]),
        ("environments:\n  prod: {tenantId: prod}\n", ["2:20"]),
        ("environments:\n  prod: {tenantId: 17.5}\n", ["2:20"]),
        ("environments:\n  prod: {tenantId: 0x11}\n", ["2:20"]),
        ('environments:\n  prod: {tenantId: "9007199254740992"}\n', ["2:20"]),
        ("environments:\n  prod: {read: v1}\n", ["2:16"]),
        ("environments:\n  prod: {read: ~, baseUrl: ~, campaigns: ''}\n", ["2:16", "2:28", "2:42"]),
        ("environments:\n  prod: {tokenEnv: VOXO-TOKEN}\n", ["2:20"]),
        ("environments:\n  prod: {tokenEnv: [A]}\n", ["2:20"]),
        ("environments:\n  prod: {}\n  prod: {}\n", ["3:3"]),
        ("environments: {prod: {}}\n---\nenvironments: {test: {}}\n", ["3:1"]),
        ("environments: {prod: !!map {}}", ["1:22"]),
        ("environments: {prod: *x}", ["1:22"]),
        ("environments: [", ["1:16"]),
        ("environments:\n\tprod: {}", ["2:1"]),
        (b"environments: \xff", ["1:15"]),
        ("environments: {prod: {read: v1}}\nread: v1\nread: v2", ["1:29", "2:1", "3:1"]),
    ],
)  # fmt: skip
def test_invalid_settings_are_refused_with_every_position(
    tmp_path: Path, content: str | bytes, expected: list[str]
) -> None:
    with pytest.raises(SettingsError) as failure:
        read_content(tmp_path, content)
    assert positions(failure) == expected


def test_message_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as failure:
        read_content(tmp_path, "- a list")
    assert "write environments:" in str(failure.value)
    with pytest.raises(SettingsError) as failure:
        read_content(tmp_path, "environments: {prod: {read: v1, tenantid: 17}}")
    assert "'v1' is not accepted: write auto, admin or v2" in str(failure.value)
    assert "did you mean tenantId?" in str(failure.value)


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "voxosync.yaml").symlink_to("nowhere.yaml")
    with pytest.raises(SettingsError, match="cannot read the file"):
        read_settings(tmp_path)


def test_every_setting_is_described_for_editors() -> None:
    schema = json.loads(schema_text("settings.schema.json"))
    environments = schema["properties"]["environments"]
    for setting in environments["additionalProperties"]["properties"].values():
        assert setting["title"]
        assert setting["description"]
        assert setting["errorMessage"]


def examples(node: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every example and default value of a schema, with the dotted path of its key."""
    for name, subschema in node.get("properties", {}).items():
        inner = (*path, name)
        values = [
            *subschema.get("examples", []),
            *([subschema["default"]] if "default" in subschema else []),
        ]
        for value in values:
            yield ".".join(inner), value
        yield from examples(subschema, inner)
    if isinstance(node.get("additionalProperties"), dict):
        yield from examples(node["additionalProperties"], (*path, "prod"))


EXAMPLES = [*examples(json.loads(schema_text("settings.schema.json")))]


@pytest.mark.parametrize(("path", "value"), EXAMPLES, ids=str)
def test_every_example_and_default_in_the_schema_is_accepted(
    tmp_path: Path, path: str, value: Any
) -> None:
    """A scalar is also checked as text, so a number has the types integer and string, with a pattern."""
    keys = tuple(path.split("."))
    document = value
    for key in reversed(keys):
        document = {key: document}
    file = tmp_path / "voxosync.yaml"
    file.write_text(yaml.safe_dump(document))
    [node], _ = read_documents(file, file.name, "settings", tmp_path)
    refused_paths = checker("settings.schema.json").refused_paths(node)
    assert [
        refused_path for refused_path in refused_paths if refused_path[: len(keys)] == keys
    ] == []
