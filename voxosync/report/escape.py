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

_TRIGGER = re.compile(
    r"""
    ( [@#!$%~^&*] (?=\S)              # a mention or a reference: @name, #12, and others of GitLab
    | :(?=//|[\w+-]+(?::|\Z))        # an address, or the beginning of an emoji
    | \[(?=\w)                       # GitLab's [issue:12]
    | (?<=[a-z])-(?=\d)              # GH-12
    | www(?=\.)
    | (?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{7,40}(?![0-9a-z])  # a commit, but not a phone
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SYNTAX = re.compile(r"(?=[\x00-\x7F\s])[^0-9A-Za-z ,;()/']")
_IN_ADDRESS = "%:/?#+,=&;-._~"


def terminal(text: str) -> str:
    """Text for a terminal or a job log: all characters visible, workflow commands disarmed."""
    return _COMMAND_INSIDE.sub(r"\\x23", _COMMAND_AHEAD.sub(r"\1\\x3a", visible(text)))


def visible(text: str) -> str:
    r"""Text in which every character that could move, color or hide text becomes `\x1b` and the like."""
    if text.isprintable():
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
    """Text for Markdown and for HTML inside it, which GitHub and GitLab show literally.

    Characters that Markdown could read as its own become entities. Both sites then look for mentions, references,
    addresses, and emoji in the texts of the page, where an entity is the character again. They search each text by
    itself, so the characters that begin one of these get an element of their own. Source: GitHub, *Writing
    mathematical expressions*, which advises the same for a dollar sign; html-pipeline, whose list of allowed elements
    has `span`.
    """
    parts = _TRIGGER.split(visible(text))
    return "".join(
        _apart(part) if index % 2 else _entities(part) for index, part in enumerate(parts)
    )


def markdown_link(text: str, address: str) -> str:
    """A link for Markdown.

    Args:
        text: Markdown.
        address: a URL.
    """
    return f"[{text}]({quote(address, safe=_IN_ADDRESS, errors='replace').replace('&', '&amp;')})"


def _apart(text: str) -> str:
    """Text in separate elements, each shorter than the shortest abbreviation of a commit."""
    return "".join(f"<span>{_entities(text[at : at + 6])}</span>" for at in range(0, len(text), 6))


def _entities(text: str) -> str:
    return _SYNTAX.sub(_entity, text.replace("  ", " \N{NO-BREAK SPACE}"))


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


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
