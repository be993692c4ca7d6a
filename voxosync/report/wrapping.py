"""Lines that fit a terminal."""

from __future__ import annotations

from textwrap import fill

import click

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


def wrap_colored(text: str, width: int | None, indent: int = 4) -> str:
    """A text that may have colors on as many lines as a terminal needs; the lines after the first are indented.

    Args:
        text: the text, safe for a terminal, and colored or not.
        width: the columns of the terminal; None: it is not one, and nothing is wrapped.
        indent: the columns before the lines after the first.
    """
    if width is None:
        return text
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1].strip() else f"{lines[-1]}{word}"
        if len(click.unstyle(longer)) <= max(width, NARROWEST):
            lines[-1] = longer
        else:
            lines.append(" " * indent + word)
    return "\n".join(lines)
