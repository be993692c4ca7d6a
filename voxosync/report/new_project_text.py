"""What init wrote, and the next commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEXT = """
Next:
  export VOXO_API_TOKEN=… VOXO_TENANT_ID=…
  voxosync import --all    # or write a definition into campaigns/
  voxosync plan
"""
_NEXT_WITH_CI = """\
  voxosync applied --set HEAD    # once VOXO agrees with main: CI applies what comes after
"""


def render_text(created: Sequence[str], existing: Sequence[str], *, has_ci: bool) -> str:
    """A line for each file, then the commands that are usually next.

    Args:
        created: files and folders that were written.
        existing: files that existed and are left as they are.
        has_ci: whether there are workflows, which need the applied record.
    """
    lines = [f"wrote {file}" for file in created]
    lines += [f"left {file} as it is" for file in existing]
    files = "".join(f"{terminal(line)}\n" for line in lines)
    return files + _NEXT + (_NEXT_WITH_CI if has_ci else "")
