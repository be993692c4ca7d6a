"""What a message may quote from a response: the reason for a refusal, shortened, and never the token."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import unquote

_MOST = 500  # characters of VOXO's own words in a message
_DEEPEST = 5  # levels of lists and objects that are searched for words
_TAG = re.compile(r"<[^<>]*>")


def quote(text: str, token: str, most: int = _MOST) -> str:
    """`text` on one line of at most `most` characters, or a remark if it holds the token.

    It is not escaped; the code that prints the message does that.
    """
    spellings = (text, html.unescape(text), unquote(text))
    if any(token.casefold() in spelling.casefold() for spelling in spellings):
        return "(not shown: it repeats the token)"
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    beginning = line[: most - 1]
    if line[most - 1].isdigit():  # a part of a phone would not be masked where the message is shown
        beginning = beginning.rstrip("0123456789")
    return f"{beginning}…"


def reason(body: bytes) -> str:
    """VOXO's own words in the body of a refusal, whose form is not documented.

    They are in `message`, `errors` and `error` of a JSON object, each a text, a list or another object. Without
    these keys, they are all texts in the object, each with its key; without JSON, the text of the page.
    """
    text = body.decode("utf-8", errors="replace")
    try:
        sentences = _sentences(json.loads(text), _DEEPEST)
    except (ValueError, RecursionError):
        sentences = [_TAG.sub(" ", text)]
    return "; ".join(filter(None, map(str.strip, sentences))) or "no reason given"


def _sentences(value: object, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value]
    if depth and isinstance(value, list):
        return [sentence for item in value for sentence in _sentences(item, depth - 1)]
    if depth and isinstance(value, dict):
        values = [value[key] for key in ("message", "errors", "error") if value.get(key)]
        return _sentences(values, depth) if values else _by_key(value, depth)
    return []


def _by_key(value: dict[str, object], depth: int) -> list[str]:
    return [
        f"{key}: {sentence}"
        for key, item in value.items()
        for sentence in _sentences(item, depth - 1)
    ]
