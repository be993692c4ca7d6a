"""What `action.yml` runs: voxosync with the action's inputs, then job summary, comment and outputs.

Needs nothing but Python and voxosync beside it. Inputs come as INPUT_… variables.
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
from pathlib import Path
from typing import Any

PAGE, PAGES = 100, 30
"""How many comments a page has, and how many pages are searched for the one to update."""


def main() -> int:
    """Runs the command; its exit status is the step's."""
    command = value("COMMAND")
    if command not in ("validate", "plan", "apply", "drift"):
        print(f"::error::command is {command!r}: write validate, plan, apply or drift")
        return 1
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("RUNNER_TEMP")))
    report = folder / "report.md"
    plan = Path(value("PLAN_FILE") or folder / "plan.json").absolute()
    status, shown = run(words(command, report, plan))
    if command == "apply":
        report.write_text(fenced(shown), encoding="utf-8")
    if report.exists():
        add_to("GITHUB_STEP_SUMMARY", report.read_text(encoding="utf-8"))
    add_to("GITHUB_OUTPUT", f"exit-status={status}")
    if command in ("plan", "drift") and report.exists():
        add_to("GITHUB_OUTPUT", f"report-file={report}")
    if command == "plan" and plan.exists():
        add_to("GITHUB_OUTPUT", f"plan-file={plan}")
    # Last, because it asks GitHub: whatever comes of that, the outputs of the step are there.
    if command == "plan" and value("COMMENT") == "true" and report.exists():
        comment(report.read_text(encoding="utf-8"))
    return status


def words(command: str, report: Path, plan: Path) -> list[str]:
    """The words of the command line."""
    found = ["-C", value("DIRECTORY") or "."]
    if value("ENV"):
        found += ["--env", value("ENV")]
    found.append(command)
    if command != "apply":
        found += ["--format", "github"]
    if command in ("plan", "drift"):
        found += ["--report", f"markdown={report}"]
        if value("LIVE"):
            found += ["--live", str(Path(value("LIVE")).absolute())]
    if base(command):
        found += ["--base", base(command)]
    if command == "plan":
        found += ["--out", str(plan)]
    if command == "apply":
        found += ["--yes", *(["--plan", str(plan)] if value("PLAN_FILE") else [])]
    return found + shlex.split(value("ARGS"))


def base(command: str) -> str:
    """The ref of `--base`: the input, else for reports a pull request's target; empty for none."""
    target = os.environ.get("GITHUB_BASE_REF", "")
    usual = f"origin/{target}" if target and command in ("plan", "drift") else ""
    takes_none = command == "validate" or (command == "apply" and value("PLAN_FILE"))
    chosen = "none" if takes_none else value("BASE") or usual
    return "" if chosen == "none" else chosen


def run(arguments: list[str]) -> tuple[int, str]:
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
        [sys.executable, "-m", "voxosync", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    shown = []
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        shown.append(line)
    return process.wait(), "".join(shown)


def comment(body: str) -> None:
    """Writes the pull request's one comment of this plan, or updates it; a failure is a warning."""
    number = pull_request()
    if number is None:
        return
    issue = f"/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    marker = body.partition("\n")[0]
    try:
        found = existing(f"{issue}/{number}/comments", marker)
        if found is None:
            github("POST", f"{issue}/{number}/comments", {"body": body})
        else:
            github("PATCH", f"{issue}/comments/{found}", {"body": body})
    except (OSError, ValueError, TypeError, AttributeError, LookupError) as failure:
        # GitHub cannot be asked, or answers something else than comments.
        reason = getattr(failure, "code", None) or type(failure).__name__
        print(
            f"::warning::the plan could not be written as a comment ({reason}); the job summary has it"
        )


def pull_request() -> int | None:
    """The number of the pull request that started this run."""
    path = os.environ.get("GITHUB_EVENT_PATH")
    if not path or not Path(path).exists():
        return None
    event = json.loads(Path(path).read_text(encoding="utf-8"))
    number = event.get("pull_request", {}).get("number")
    return number if isinstance(number, int) else None


def existing(comments: str, marker: str) -> int | None:
    """The comment that begins with the marker and is a bot's own: anybody else could have written it."""
    for page in range(1, PAGES + 1):
        found = github("GET", f"{comments}?per_page={PAGE}&page={page}")
        for one in found:
            # The user of a deleted account is null, and so may the text be.
            by = (one.get("user") or {}).get("type")
            if by == "Bot" and (one.get("body") or "").startswith(marker):
                return int(one["id"])
        if len(found) < PAGE:
            break
    return None


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
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")


def value(name: str) -> str:
    """One input."""
    return os.environ.get(f"INPUT_{name}", "").strip()


if __name__ == "__main__":
    sys.exit(main())
