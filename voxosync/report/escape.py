"""Makes outside text safe for where it lands: one function per destination."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

# Unicode categories that are never shown as is: controls (ANSI sequences begin with one), formats (bidi overrides,
# zero-width), line and paragraph separators, lone surrogates, private use, and unassigned.
_HIDDEN_OR_ACTIVE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))

# Workflow commands that a CI runner would execute: `::` at the beginning of a line, `##[` anywhere in it.
_COMMAND_AHEAD = re.compile(r"(\A\s*):(?=:)")
_COMMAND_INSIDE = re.compile(r"(?<=#)#(?=(?:vso)?\[)")


def terminal(text: str) -> str:
    """Text for a terminal or a job log: all characters visible, workflow commands disarmed."""
    return _COMMAND_INSIDE.sub(r"\\x23", _COMMAND_AHEAD.sub(r"\1\\x3a", visible(text)))


def visible(text: str) -> str:
    r"""Text in which every character that could move, color or hide text becomes `\x1b` and the like."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escape_sequence(character)
        if unicodedata.category(character) in _HIDDEN_OR_ACTIVE
        else character
        for character in text
    )


def _escape_sequence(character: str) -> str:
    short = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}
    return short.get(character) or character.encode("unicode_escape", "surrogatepass").decode(
        "ascii"
    )


def markdown(text: str) -> str:
    """Text for Markdown and for HTML inside it, as inert code.

    Every character other than a letter, digit or space becomes an entity, which is never read as Markdown,
    as a table border or as a link; inside `<code>`, GitHub and GitLab do not turn `@name` into a mention.
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


def slack(text: str) -> str:
    """Text for Slack's mrkdwn, where `<` begins a link or a mention, on one line. Source: Slack, *Escaping text*."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted_path(file: str) -> str:
    """A path for a URL; bytes of a file name that are not UTF-8 are kept."""
    try:
        return quote(file, errors="surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that does not come from a file name
        return quote(file, errors="replace")


def dump_json(document: Mapping[str, Any]) -> str:
    """A JSON document as ASCII text, with workflow commands disarmed in case it lands in a job log."""
    text = json.dumps(document, indent=2, ensure_ascii=True)
    return _COMMAND_INSIDE.sub(r"\\u0023", text) + "\n"
