"""`voxosync init`."""

from __future__ import annotations

import click

from voxosync.app.new_project import begin_project
from voxosync.app.project_folder import current_folder
from voxosync.cli import output
from voxosync.report.new_project_text import render_text


@click.command("init")
@click.option("--github", is_flag=True, help="Also write workflows for GitHub Actions.")
@click.option("--gitlab", is_flag=True, help="Also write .gitlab-ci.yml.")
@click.option(
    "--source", metavar="OWNER/REPOSITORY@REF",
    help="The GitHub repository from which CI installs voxosync; required with --github and --gitlab.",
)  # fmt: skip
def command(*, github: bool, gitlab: bool, source: str | None) -> None:
    """Start a project in this folder.

    Writes voxosync.yaml, the campaigns folder, the schemas for editors, and .gitignore. Existing files are
    left as they are.

    Exit status: 0 done; 1 invalid arguments, or a file cannot be written: nothing was written.
    """
    files = begin_project(current_folder(), github=github, gitlab=gitlab, source=source)
    has_ci = github or gitlab
    output.result(render_text(files.created, files.existing, has_ci=has_ci))
