"""Text from outside, made safe for the place where it lands. One function a place."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

# Controls (ANSI sequences begin with one), formats (bidi overrides, zero-width), line and paragraph
# separators, lone surrogates, private use, unassigned: nothing of them is shown as itself.
_HIDDEN_OR_ACTIVE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))

# Workflow commands that the log of a job may hold: `::` where a line begins, `##[` anywhere in it.
_COMMAND_AHEAD = re.compile(r"(\A\s*):(?=:)")
_COMMAND_INSIDE = re.compile(r"(?<=#)#(?=(?:vso)?\[)")


def terminal(text: str) -> str:
    """Text for a terminal or a line of a job's log: visible, and no workflow command."""
    return _COMMAND_INSIDE.sub(r"\\x23", _COMMAND_AHEAD.sub(r"\1\\x3a", visible(text)))


def visible(text: str) -> str:
    r"""Text in which anything that could move, colour or hide becomes `\x1b` and the like."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escaped(character) if unicodedata.category(character) in _HIDDEN_OR_ACTIVE else character
        for character in text
    )


def _escaped(character: str) -> str:
    short = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}
    return short.get(character) or character.encode("unicode_escape", "surrogatepass").decode(
        "ascii"
    )


def markdown(text: str) -> str:
    """Text for Markdown and for HTML inside of it, as code: nothing in it can act.

    Every character that is no letter, digit or space becomes an entity, which no Markdown parser takes
    for markup, no table for a border and no autolinker for a link; inside of `<code>` GitHub and
    GitLab turn no `@name` into a mention.
    """
    return f"<code>{''.join(map(_entity, visible(text)))}</code>"


def _entity(character: str) -> str:
    plain = character == " " or not character.isascii() or character.isalnum()
    return character if plain else f"&#{ord(character)};"


def workflow_data(text: str) -> str:
    """Text for the message of a GitHub workflow command. Source: actions/toolkit, `command.ts`."""
    return visible(text).replace("%", "%25")


def workflow_property(text: str) -> str:
    """Text for a property, such as `file`, of a GitHub workflow command."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def sarif(text: str) -> str:
    """Text for a SARIF message, where brackets make links and braces placeholders (SARIF 2.1.0, 3.11)."""
    marked = "".join(f"\\{c}" if c in "\\[]" else c for c in visible(text))
    return marked.replace("{", "{{").replace("}", "}}")


def quoted_path(file: str) -> str:
    """A path within a URL; the bytes of a name that is no UTF-8 as the file system has them."""
    try:
        return quote(file, errors="surrogateescape")
    except UnicodeEncodeError:  # no file system's
        return quote(file, errors="replace")


def dumped(document: Mapping[str, Any]) -> str:
    """A JSON document as text, in ASCII, with no workflow command where it lands in a job's log."""
    text = json.dumps(document, indent=2, ensure_ascii=True)
    return _COMMAND_INSIDE.sub(r"\\u0023", text) + "\n"
