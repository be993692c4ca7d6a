"""`voxosync init`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.files import content_of, replace_all
from voxosync.cli.schema import file_text
from voxosync.definitions.derive import DERIVED
from voxosync.definitions.settings import FILE
from voxosync.errors import UsageError
from voxosync.report.escape import terminal
from voxosync.resources import folder

if TYPE_CHECKING:
    from pathlib import Path

CAMPAIGNS, SCHEMAS = "campaigns", "schemas"
FOR_EDITORS = (*DERIVED, "settings.schema.json", "policy.schema.json")
"""The schemas of what people write."""
GITHUB = ("plan.yml", "apply.yml", "drift.yml")
"""The workflows that every repository wants; plan-forks.yml runs each hour, and only forks need it."""
KEPT_OUT_OF_GIT = (".voxosync/", "*.plan.json")

SETTINGS = """\
# yaml-language-server: $schema=schemas/settings.schema.json
#
# The VOXO accounts of this project, by name: voxosync --env prod plan. The token is never written here.
environments:
  prod:
    baseUrl: https://api.voxo.co
    # tenantId: 17              # refuse campaigns of any other tenant
    # campaigns: campaigns/prod # where this environment's definitions are; else campaigns
    # tokenEnv: VOXO_PROD_TOKEN # the variable that holds the token; else VOXO_API_TOKEN
    # read: auto                # which of VOXO's two ways to read a campaign: auto, admin or v2
    # protected: true           # CI sends here only with --env prod
#
# What apply refuses unless somebody lifts it with a flag. These are the defaults, and an example of a freeze.
# guards:
#   maxCampaigns: 30%           # of those managed, or a number; where more than 10 are managed
#   maxNumbersRemoved: 20%      # of a campaign's live numbers, or a number; where it has more than 10
#   goLive: confirm             # or allow, deny
#   frozen:
#     timezone: America/Chicago
#     dates: [2027-12-24..2028-01-02]
#     weekdays: {fri: 15:00-24:00}
"""


@click.command("init")
@click.option("--github", is_flag=True, help="Also write workflows for GitHub Actions.")
@click.option("--gitlab", is_flag=True, help="Also write .gitlab-ci.yml.")
@pass_context
def command(context: Context, *, github: bool, gitlab: bool) -> None:
    """Begin a project in this folder.

    Writes voxosync.yaml, the campaigns folder, the schemas for editors and .gitignore; what is there already
    is left as it is.

    Exit status: 0 done; 1 the call is wrong, or a file cannot be written: nothing was written.
    """
    project = context.folder
    if (github or gitlab) and (root := _repository(project)) not in (None, project):
        raise UsageError(
            f"CI files belong into the root of the repository, and that is {root}: run init there"
        )
    wanted = _wanted(github=github, gitlab=gitlab)
    new = {file: text for file, text in wanted.items() if not os.path.lexists(project / file)}
    contents = {project / file: text.encode() for file, text in new.items()}
    before: dict[Path, bytes | None] = dict.fromkeys(contents)
    ignoring = (project / ".gitignore").resolve()
    old = content_of(ignoring, project)
    if (ignored := _ignoring(old)) is not None:
        contents[ignoring], before[ignoring] = ignored, old
        new[".gitignore"] = ""
    _check_folders(project, contents)
    replace_all(contents, before, project)
    with output.file_errors(project / CAMPAIGNS, "make"):
        is_new = not (project / CAMPAIGNS).is_dir()
        (project / CAMPAIGNS).mkdir(exist_ok=True)
    made = [f"{CAMPAIGNS}/"] if is_new else []
    left = [*([] if is_new else [f"{CAMPAIGNS}/"]), *(each for each in wanted if each not in new)]
    left += [] if ".gitignore" in new else [".gitignore"]
    told = [f"wrote {each}" for each in (*made, *new)] + [f"left {each} as it is" for each in left]
    output.result(
        "".join(f"{terminal(line)}\n" for line in [*told, *_next(github=github, gitlab=gitlab)])
    )


def _wanted(*, github: bool, gitlab: bool) -> dict[str, str]:
    """The text of each file of a new project, .gitignore aside."""
    files = {FILE: SETTINGS}
    files |= {f"{SCHEMAS}/{name}": file_text(name) for name in FOR_EDITORS}
    examples = folder("examples")
    if github:
        for name in GITHUB:
            text = (examples / "github" / name).read_text(encoding="utf-8")
            files[f".github/workflows/voxosync-{name}"] = text
    if gitlab:
        name = ".gitlab-ci.yml"
        files[name] = (examples / "gitlab" / name).read_text(encoding="utf-8")
    return files


def _ignoring(old: bytes | None) -> bytes | None:
    """A .gitignore that keeps what is personal or private out of Git; None: it does already."""
    lines = {line.strip().strip(b"/") for line in (old or b"").splitlines()}
    missing = [each for each in KEPT_OUT_OF_GIT if each.strip("/").encode() not in lines]
    if not missing:
        return None
    end = b"\r\n" if b"\r\n" in (old or b"") else b"\n"
    gap = b"" if not old or old.endswith(b"\n") else end
    added = ["# Journals and saved plans of voxosync hold people's phone numbers.", *missing]
    return (old or b"") + gap + b"".join(line.encode() + end for line in added)


def _repository(project: Path) -> Path | None:
    """The root of the Git repository that a folder is in."""
    return next((root for root in (project, *project.parents) if (root / ".git").exists()), None)


def _check_folders(project: Path, contents: dict[Path, bytes]) -> None:
    """Nothing is written where a folder is needed and something else is, or outside of the project."""
    for needed in sorted({project / CAMPAIGNS, *(path.parent for path in contents)}):
        above = next(each for each in (needed, *needed.parents) if os.path.lexists(each))
        if not above.is_dir():
            raise UsageError(f"{above.name} is in the way: a folder is needed there")
        if not above.resolve().is_relative_to(project.resolve()):
            raise UsageError(f"{needed}: a link leads out of the project folder")


def _next(*, github: bool, gitlab: bool) -> list[str]:
    told = ["", "Next:"]
    if github or gitlab:
        told.append("  in the CI files, write where voxosync comes from instead of OWNER")
    return [
        *told,
        "  export VOXO_API_TOKEN=… VOXO_TENANT_ID=…",
        "  voxosync import --all    # or write a definition into campaigns/",
        "  voxosync plan",
    ]
