"""Content that a pull request can bring is processed in time that grows linearly with its length."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import SPRING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

pytestmark = pytest.mark.timed

LIMIT = 20  # seconds of processor time, several times what each test takes; other processes do not count
POLICY = "rules: {{house: {{message: as agreed, paths: {paths}, schema: {schema}}}}}\n"


@pytest.fixture(autouse=True)
def _processor_time_is_limited() -> Iterator[None]:
    def fail(*_: object) -> None:
        pytest.fail(f"more than {LIMIT} s of processor time")

    handler = signal.signal(signal.SIGPROF, fail)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, handler)


@pytest.mark.parametrize(
    "path", ["*a" * 60, "**a" * 60, "**/" * 200 + "x", "?*" * 100 + "x", "*" * 500 + "x"]
)
def test_paths_of_a_policy_are_matched_in_linear_time(path: str, project: Project) -> None:
    project.spring(name="campaigns/" + "a" * 80 + "/" + "a" * 200 + ".yaml", number=4712)
    project.write(
        "policies/house.yaml", POLICY.format(paths=f'["{path}"]', schema="{required: [id]}")
    )
    assert project.run("validate").status == 0


def test_paths_of_a_policy_match_like_glob_patterns(project: Project) -> None:
    schema = "{required: [id], properties: {id: {const: 1}}}"
    for path, matches in {
        "campaigns/spring.yaml": True,
        "campaigns/*.yaml": True,
        "campaigns/?pring.yaml": True,
        "*/spring.yaml": True,
        "**/spring.yaml": True,
        "**": True,
        "campaigns/**": True,
        "campaigns/**/spring.yaml": True,
        "*": False,
        "*.yaml": False,
        "campaigns": False,
        "campaigns/**/*/spring.yaml": False,
        "campaigns/spring.yam": False,
        "ampaigns/spring.yaml": False,
        "campaigns/spring?yaml": True,
        "campaigns/(s|x)pring.yaml": False,
        "campaigns/[s]pring.yaml": False,
    }.items():
        project.write("policies/house.yaml", POLICY.format(paths=f'["{path}"]', schema=schema))
        assert project.run("validate").status == (1 if matches else 0), path


@pytest.mark.parametrize("pattern", ["^(?=(a+)+$)b", r"^(a|aa)+\1$", "(?<!a)b"])
def test_pattern_with_lookaround_or_backreference_is_refused(
    pattern: str, project: Project
) -> None:
    """Engines with these features give up after a number of steps, and report no match: a policy could be evaded."""
    schema = f"{{properties: {{message: {{not: {{pattern: '{pattern}'}}}}}}}}"
    project.write("policies/house.yaml", POLICY.format(paths="['**']", schema=schema))
    ran = project.run("validate")
    assert ran.status == 1
    assert "without lookaround and backreferences" in ran.out


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(x+x+)+y", "(a|a)*b", "(.*.*)*z"])
def test_pattern_of_a_policy_is_matched_in_linear_time(pattern: str, project: Project) -> None:
    project.spring(f"message: {'a' * 50_000}!")
    schema = f"{{properties: {{message: {{pattern: '{pattern}'}}}}}}"
    project.write("policies/house.yaml", POLICY.format(paths="['**']", schema=schema))
    assert project.run("validate").status == 1


@pytest.mark.parametrize(
    "comment",
    [
        "# voxosync: allow" + " " * 200_000,
        "# voxosync: allow house" + " " * 200_000,
        "# voxosync: allow house reason" + " \t" * 100_000 + "x",
        "#" * 200_000 + " voxosync: allow house x",
        "# voxosync: allow house x\n" * 20_000,
        "# voxosync: allow house x\n\n" * 20_000,
        "# voxosync: allow " * 20_000,
    ],
    ids=[
        "no rule",
        "no reason",
        "spaces",
        "number signs",
        "many comments",
        "blank lines",
        "one line",
    ],
)
def test_comment_that_allows_an_exception_is_read_in_linear_time(
    comment: str, project: Project
) -> None:
    project.write("policies/house.yaml", POLICY.format(paths="['**']", schema="{required: [id]}"))
    project.write("campaigns/spring.yaml", f"{comment}\n{SPRING}")
    ran = project.run("validate", "--format", "json")
    assert ran.status in (0, 1)


@pytest.mark.parametrize(
    "text",
    [
        "message:\n" + "  word\n" * 600_000 + "  last #x\n",
        "numbers:\n" + "".join(
            f"  - number: {6015550000 + index}\n    description: d  # x\n" for index in range(60_000)
        ),
    ],
    ids=["long text", "many numbers"],
)  # fmt: skip
def test_text_that_a_comment_may_cut_is_read_in_linear_time(text: str, project: Project) -> None:
    project.write("campaigns/spring.yaml", f"id: 4711\nname: Spring\n{text}")
    assert project.run("validate").status == 0


def test_many_definitions_with_comments_are_read_in_linear_time(project: Project) -> None:
    project.write("policies/house.yaml", POLICY.format(paths="['**']", schema="{required: [id]}"))
    definition = "# voxosync: allow house x\nid: {}\nname: Spring\n"
    text = "---\n".join(definition.format(number) for number in range(1, 1_500))
    project.write("campaigns/spring.yaml", text)
    assert project.run("validate").status == 0


def test_empty_values_of_many_definitions_are_explained_in_linear_time(project: Project) -> None:
    definition = "id: {}\nname:\ntech: VOICE\nmessage: Hello\n"
    text = "---\n".join(definition.format(number) for number in range(1, 4_000))
    project.write("campaigns/spring.yaml", text)
    assert project.run("validate").status == 1


@pytest.mark.parametrize(
    "text",
    [
        SPRING.replace("{type: EXTENSION, id: 101}\n", "{type: EXTENSION, id: 101" + " " * 200_000 + "}\n"),
        SPRING + " " * 200_000,
        SPRING.replace("callFrequency: 30", "callFrequency: 30" + " " * 200_000 + "# x"),
        SPRING.replace("numbers:\n", "numbers: [{number: 6015550123}" + " " * 200_000 + "]\nmessage2:\n"),
    ],
    ids=["in an entry", "at the end", "before a comment", "in a list"],
)  # fmt: skip
def test_pull_edits_a_long_line_in_linear_time(text: str, project: Project, voxo: FakeVoxo) -> None:
    project.write("campaigns/spring.yaml", text)
    live = voxo.has(callFrequency=45)
    live["destinations"].pop()
    live["numbers"].pop()
    assert project.run("pull", "--yes").status in (0, 1, 2)


def test_pull_writes_many_destinations_in_linear_time(project: Project, voxo: FakeVoxo) -> None:
    entries = [f"  - {{type: QUEUE, id: {number % 7 + 1}}}" for number in range(1_500)]
    project.spring("\n".join(["destinations:", *entries]))
    voxo.has(
        destinations=[
            {"destType": "QUEUE", "typeSrc": "x", "id": number % 5 + 1, "order": number}
            for number in range(1_500)
        ]
    )
    assert project.run("pull", "--yes").status == 0
    assert project.run("plan", "--exit-code").status == 0


def test_many_unknown_keys_are_reported_in_linear_time(project: Project) -> None:
    keys = "".join(f"unknownKey{number}: x\n" for number in range(2_000))
    project.write("campaigns/spring.yaml", SPRING + keys)
    assert project.run("validate", "--format", "json").json["summary"]["error"] == 2_000
