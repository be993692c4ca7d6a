"""A project under Git with a bare repository as its remote."""

from __future__ import annotations

from tests.cli.cli_project import Project

APPLIED = "refs/voxosync/applied"


def push_to_new_remote(clone: Project, *refs: str) -> Project:
    """Put a project under Git, commit it on `main`, and push that to a new bare repository.

    Args:
        clone: the project, whose folder becomes the working tree.
        refs: other refs that `main` is also pushed to.

    Returns:
        The remote, in the folder `remote.git` next to the clone, which is its `origin` by relative path.
    """
    clone.git("init", "--quiet", "--initial-branch", "main")
    clone.commit("The campaign")
    clone.git("init", "--quiet", "--bare", "--initial-branch", "main", "../remote.git")
    clone.git("remote", "add", "origin", "../remote.git")
    clone.git("push", "--quiet", "origin", "main", *(f"main:{ref}" for ref in refs))
    return Project(clone.folder.parent / "remote.git")
