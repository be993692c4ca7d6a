"""Runs voxosync with the inputs of `action.yml`, and writes the job summary, the comment and the outputs.

Needs only Python and an installed voxosync. The inputs are variables named INPUT_….
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE, PAGES = 100, 30
"""The number of comments on a page, and of pages that are searched for the comment to update."""

DIFFERENCES = 2
"""The exit status of a plan with something to send."""


@dataclass(frozen=True)
class Files:
    """The files that voxosync writes; `journal` is a folder."""

    report: Path
    plan: Path
    journal: Path


def main() -> int:
    """Runs the command; returns the exit status of the step."""
    command = value("COMMAND")
    if command not in ("validate", "plan", "apply", "drift"):
        print(f"::error::command is {command!r}: write validate, plan, apply or drift")
        return 1
    sys.stdout.reconfigure(encoding="utf-8")
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("RUNNER_TEMP")))
    files = Files(
        report=folder / "report.md",
        plan=Path(value("PLAN_FILE") or folder / "plan.json").absolute(),
        journal=folder / "journal",
    )
    report = files.report
    status, output = run(arguments(command, files))
    has_changes = False
    if command == "plan":
        has_changes = status == DIFFERENCES or (status == 0 and leaves_unsent(files.plan))
        add_to("GITHUB_OUTPUT", f"changes={'true' if has_changes else 'false'}")
        status = 0 if status == DIFFERENCES and not fails_on_differences() else status
    if command == "apply":
        report.write_text(fenced(output) + keep_journal(files.journal), encoding="utf-8")
    if report.exists():
        add_to("GITHUB_STEP_SUMMARY", report.read_text(encoding="utf-8"))
    add_to("GITHUB_OUTPUT", f"exit-status={status}")
    if command in ("plan", "drift") and report.exists():
        add_to("GITHUB_OUTPUT", f"report-file={report}")
    if command == "plan" and files.plan.exists():
        add_to("GITHUB_OUTPUT", f"plan-file={files.plan}")
    # Last, so that the outputs of the step exist even if requests to GitHub fail.
    if command == "plan" and value("COMMENT") == "true" and report.exists():
        may_create = bool(status) or has_changes or reports_more(files.plan)
        comment(report.read_text(encoding="utf-8"), may_create=may_create)
    return status


def arguments(command: str, files: Files) -> list[str]:
    """The arguments of voxosync."""
    line = ["-C", value("DIRECTORY") or "."]
    if value("ENV"):
        line += ["--env", value("ENV")]
    line.append(command)
    if command != "apply":
        line += ["--format", "github"]
    if command in ("plan", "drift"):
        line += ["--report", f"markdown={files.report}", *link_base()]
        if value("LIVE"):
            line += ["--live", str(Path(value("LIVE")).absolute())]
    if base(command):
        line += ["--base", base(command)]
    if command == "plan":
        line += ["--out", str(files.plan), "--exit-code"]
    if command == "apply":
        line += ["--yes", "--journal", str(files.journal)]
        line += ["--plan", str(files.plan)] if value("PLAN_FILE") else []
    return line + shlex.split(value("ARGS"))


def link_base() -> list[str]:
    """`--link-base`: the files at the head of a pull request, or else at the commit of the run."""
    server, repository = map(os.environ.get, ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"))
    pull_request = event().get("pull_request", {})
    head = pull_request.get("head", {}).get("sha") or os.environ.get("GITHUB_SHA")
    return ["--link-base", f"{server}/{repository}/blob/{head}"] if server and head else []


def fails_on_differences() -> bool:
    """Whether `args` asks plan to exit with status 2 if something would be sent."""
    names = {option.partition("=")[0] for option in shlex.split(value("ARGS"))}
    return not names.isdisjoint(("--exit-code", "--fail-on"))


def leaves_unsent(plan: Path) -> bool:
    """Whether a saved plan leaves a conflict or a merged change alone, so that apply would exit with status 2."""
    campaigns = json.loads(plan.read_text(encoding="utf-8"))["campaigns"]
    return any(
        change["reason"] == "kind" and change["kind"] != "drift"
        for campaign in campaigns
        for change in campaign.get("leftAlone", ())
    )


def reports_more(plan: Path) -> bool:
    """Whether a saved plan without changes says something else about the branch."""
    document = json.loads(plan.read_text(encoding="utf-8"))
    return bool(
        document.get("abandoned") or document.get("guards") or document["summary"].get("create")
    )


def base(command: str) -> str:
    """The ref of `--base`: the input, or else the target of a pull request or merge queue; empty: no base."""
    takes_none = command == "validate" or (command == "apply" and value("PLAN_FILE"))
    usual = target() if command in ("plan", "drift") else ""
    chosen = "none" if takes_none else value("BASE") or usual
    return "" if chosen == "none" else chosen


def target() -> str:
    """The branch or commit into which a pull request or merge queue merges; empty for other events."""
    branch = os.environ.get("GITHUB_BASE_REF", "")
    return f"origin/{branch}" if branch else str(event().get("merge_group", {}).get("base_sha", ""))


def keep_journal(folder: Path) -> str:
    """Names the journal of this run for the step that uploads it; returns a paragraph of the summary about it."""
    days = value("JOURNAL_RETENTION_DAYS")
    journals = sorted(folder.glob("*.jsonl"))
    if not journals or days == "0":
        return ""
    name = f"voxosync-journal-{journals[-1].stem}"
    add_to("GITHUB_OUTPUT", f"journal={folder}")
    add_to("GITHUB_OUTPUT", f"journal-artifact={name}")
    return (
        f"\nThe artifact `{name}` has the journal of this run for {days} days, for `voxosync rollback`. "
        "It holds phone numbers, and whoever can read this repository can download it.\n"
    )


def run(line: list[str]) -> tuple[int, str]:
    """Runs voxosync and prints its output at once; returns the exit status and the output."""
    environment = dict(os.environ)
    for variable, name in (
        ("VOXO_API_TOKEN", "TOKEN"),
        ("VOXO_TENANT_ID", "TENANT_ID"),
        ("VOXO_API_BASE_URL", "BASE_URL"),
    ):
        if value(name):
            environment[variable] = value(name)
    for name in ("INPUT_TOKEN", "INPUT_GITHUB_TOKEN"):
        environment.pop(name, None)
    process = subprocess.Popen(
        # -I: modules of the checkout, such as one named yaml, are not imported.
        [sys.executable, "-I", "-X", "utf8", "-m", "voxosync", *line],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    lines = []
    assert process.stdout is not None
    for text in process.stdout:
        print(text, end="", flush=True)
        lines.append(text)
    return process.wait(), "".join(lines)


def comment(body: str, *, may_create: bool) -> None:
    """Updates the comment of this plan in the pull request, or creates it; a failure is a warning.

    Args:
        body: the comment, whose first line is the marker by which it is found again.
        may_create: whether to create a comment if there is none, which is not done for a pull request without
            changes to campaigns.
    """
    number = event().get("pull_request", {}).get("number")
    if not isinstance(number, int):
        return
    issue = f"/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    marker = body.partition("\n")[0]
    try:
        for own in marked_comments(f"{issue}/{number}/comments", marker):
            if update_comment(f"{issue}/comments/{own}", body):
                return
        if may_create:
            github("POST", f"{issue}/{number}/comments", {"body": body})
    except (OSError, ValueError, TypeError, AttributeError, LookupError) as failure:
        # GitHub cannot be reached, refuses, or its response has no comments.
        reason = getattr(failure, "code", None) or type(failure).__name__
        print(
            f"::warning::the plan could not be written as a comment ({reason}); the job summary has it"
        )


def event() -> dict[str, Any]:
    """The event that started this run, from the file that GitHub wrote."""
    path = os.environ.get("GITHUB_EVENT_PATH")
    if not path or not Path(path).exists():
        return {}
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    return content if isinstance(content, dict) else {}


def marked_comments(comments: str, marker: str) -> Iterator[int]:
    """The ids of comments that begin with the marker. Only those of bots, because people could copy the marker."""
    for page in range(1, PAGES + 1):
        listed = github("GET", f"{comments}?per_page={PAGE}&page={page}")
        for entry in listed:
            # The user of a deleted account is null; the text may be null too.
            author = (entry.get("user") or {}).get("type")
            if author == "Bot" and (entry.get("body") or "").startswith(marker):
                yield int(entry["id"])
        if len(listed) < PAGE:
            break


def update_comment(path: str, body: str) -> bool:
    """Updates a comment; returns False if it has been deleted or is of another bot, for which GitHub refuses."""
    try:
        github("PATCH", path, {"body": body})
    except urllib.error.HTTPError as refusal:
        if refusal.code in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            return False
        raise
    return True


def github(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Calls the API of GitHub with the token of the job; returns the parsed response."""
    request = urllib.request.Request(
        os.environ.get("GITHUB_API_URL", "https://api.github.com") + path,
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {value('GITHUB_TOKEN')}",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def fenced(text: str) -> str:
    """The output as a code block, with a fence that is longer than any in the output."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"### voxosync apply\n\n{fence}text\n{text}\n{fence}\n"


def add_to(variable: str, text: str) -> None:
    """Appends a line to the file of the runner that a variable names, such as GITHUB_OUTPUT."""
    path = os.environ.get(variable)
    if path:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{text}\n")


def value(name: str) -> str:
    """The value of an input; empty: it is not set."""
    return os.environ.get(f"INPUT_{name}", "").strip()


if __name__ == "__main__":
    sys.exit(main())
