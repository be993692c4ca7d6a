"""Lines that fit a terminal."""

from __future__ import annotations

from textwrap import fill

from voxosync.report.escape import terminal

NARROWEST = 50
"""The narrowest terminal for which text is wrapped, in columns; a narrower one wraps by itself."""


def wrap(head: str, text: str, width: int | None, indent: int = 4) -> str:
    """`head` and `text` on as many lines as a terminal needs; the lines after the first are indented.

    Args:
        head: begins the first line, which it stays on as a whole; without colors.
        text: what follows it; safe for a terminal.
        width: the columns of the terminal; None: it is not one, and nothing is wrapped.
        indent: the columns before the lines after the first.
    """
    if width is None:
        return head + text
    wrapped = fill(
        text,
        max(width, NARROWEST),
        initial_indent=" " * len(head),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    # a workflow command in outside text may only now begin a line
    return "\n".join(map(terminal, (head + wrapped[len(head) :]).split("\n")))
