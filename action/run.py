"""What `action.yml` runs: voxosync with the action's inputs, then job summary, comment and outputs.

Needs only Python and an installed voxosync. Inputs come as INPUT_… variables.
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
"""How many comments a page has, and how many pages are searched for the one to update."""

DIFFERENCES = 2
"""The exit status of a plan that has something to send."""


@dataclass(frozen=True)
class Files:
    """Where voxosync writes; `journal` is a folder."""

    report: Path
    plan: Path
    journal: Path


def main() -> int:
    """Runs the command; its exit status is the step's."""
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
    # Last, because it asks GitHub: whatever comes of that, the outputs of the step are there.
    if command == "plan" and value("COMMENT") == "true" and report.exists():
        is_worth_one = bool(status) or has_changes or reports_more(files.plan)
        comment(report.read_text(encoding="utf-8"), may_create=is_worth_one)
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
    """Where a browser sees the files: at the head of a pull request, else at the commit of the run."""
    server, repository = map(os.environ.get, ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"))
    pull_request = event().get("pull_request", {})
    head = pull_request.get("head", {}).get("sha") or os.environ.get("GITHUB_SHA")
    return ["--link-base", f"{server}/{repository}/blob/{head}"] if server and head else []


def fails_on_differences() -> bool:
    """Whether `args` asks plan to end with status 2 where something would be sent."""
    names = {option.partition("=")[0] for option in shlex.split(value("ARGS"))}
    return not names.isdisjoint(("--exit-code", "--fail-on"))


def leaves_unsent(plan: Path) -> bool:
    """Whether a saved plan leaves a conflict or a merged change alone, with which apply ends as a failure."""
    campaigns = json.loads(plan.read_text(encoding="utf-8"))["campaigns"]
    return any(
        change["reason"] == "kind" and change["kind"] != "drift"
        for campaign in campaigns
        for change in campaign.get("leftAlone", ())
    )


def reports_more(plan: Path) -> bool:
    """Whether a saved plan without changes of the branch still says something about it."""
    document = json.loads(plan.read_text(encoding="utf-8"))
    return bool(
        document.get("abandoned") or document.get("guards") or document["summary"].get("create")
    )


def base(command: str) -> str:
    """The ref of `--base`: the input, else the target of a pull request or merge queue; empty for none."""
    takes_none = command == "validate" or (command == "apply" and value("PLAN_FILE"))
    usual = target() if command in ("plan", "drift") else ""
    chosen = "none" if takes_none else value("BASE") or usual
    return "" if chosen == "none" else chosen


def target() -> str:
    """What a pull request or a merge queue merges into; empty for other events."""
    branch = os.environ.get("GITHUB_BASE_REF", "")
    return f"origin/{branch}" if branch else str(event().get("merge_group", {}).get("base_sha", ""))


def keep_journal(folder: Path) -> str:
    """Hands the journal of this run to the step that uploads it; what the summary says about that."""
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
    """Runs voxosync; shows its output as it comes, and gives it with the exit status."""
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
        # -I: a module of the checkout that is called yaml is not imported.
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
    """Writes the pull request's one comment of this plan, or updates it; a failure is a warning.

    A pull request that has nothing to do with campaigns gets none, but one that was written before is updated.
    """
    number = event().get("pull_request", {}).get("number")
    if not isinstance(number, int):
        return
    issue = f"/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    marker = body.partition("\n")[0]
    try:
        for own in existing(f"{issue}/{number}/comments", marker):
            if updated(f"{issue}/comments/{own}", body):
                return
        if may_create:
            github("POST", f"{issue}/{number}/comments", {"body": body})
    except (OSError, ValueError, TypeError, AttributeError, LookupError) as failure:
        # GitHub cannot be asked, or answers something else than comments.
        reason = getattr(failure, "code", None) or type(failure).__name__
        print(
            f"::warning::the plan could not be written as a comment ({reason}); the job summary has it"
        )


def event() -> dict[str, Any]:
    """The event that started this run, as GitHub describes it."""
    path = os.environ.get("GITHUB_EVENT_PATH")
    if not path or not Path(path).exists():
        return {}
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    return content if isinstance(content, dict) else {}


def existing(comments: str, marker: str) -> Iterator[int]:
    """The comments of bots that begin with the marker: people could copy the marker, so their comments do not count."""
    for page in range(1, PAGES + 1):
        listed = github("GET", f"{comments}?per_page={PAGE}&page={page}")
        for entry in listed:
            # The user of a deleted account is null, and so may the text be.
            author = (entry.get("user") or {}).get("type")
            if author == "Bot" and (entry.get("body") or "").startswith(marker):
                yield int(entry["id"])
        if len(listed) < PAGE:
            break


def updated(path: str, body: str) -> bool:
    """Updates a comment; False: it is another bot's, which GitHub refuses, or has been deleted."""
    try:
        github("PATCH", path, {"body": body})
    except urllib.error.HTTPError as refusal:
        if refusal.code in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            return False
        raise
    return True


def github(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """One call of GitHub's API with the job's own token."""
    request = urllib.request.Request(
        os.environ.get("GITHUB_API_URL", "https://api.github.com") + path,
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {value('GITHUB_TOKEN')}",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def fenced(text: str) -> str:
    """Output as a code block that no line of it can end."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"### voxosync apply\n\n{fence}text\n{text}\n{fence}\n"


def add_to(variable: str, text: str) -> None:
    """Appends to one of the files by which a step talks to its job."""
    path = os.environ.get(variable)
    if path:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{text}\n")


def value(name: str) -> str:
    """One input."""
    return os.environ.get(f"INPUT_{name}", "").strip()


if __name__ == "__main__":
    sys.exit(main())
