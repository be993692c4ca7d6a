"""Phones: which numbers are the same phone, and how phones are masked for people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import category, normalize

if TYPE_CHECKING:
    from collections.abc import Collection

_HIDDEN = "•••"
_USUAL = range(10, 16)
"""How many digits a phone number has, with its country code (E.164 allows 15)."""

_SHORTEST = 3
_LOCAL = 10
"""The digits of a number of the North American Numbering Plan, without its country code 1."""

_NUMBER = re.compile(
    r"(?P<number>[ +(]*(?:[0-9][ ().\/-]*){3,})(?:(?:x|ext\.?) *(?P<extension>[0-9]+) *)?",
    re.IGNORECASE | re.ASCII,
)
_DECIMAL = re.compile(r"[0-9]{7,}\.0+")
_NO_DIGIT = re.compile(r"[^0-9]+")


def phone(text: str) -> str:
    """The phone of a number in any spelling: two numbers are the same phone if this is equal.

    It is the digits, without the leading 1 of eleven and, after an `x`, the extension, because two people may share
    the rest. `6015550100`, `1-601-555-0100` and `(601) 555-0100` are all `6015550100`. A text that is not a phone
    number is returned unchanged. Source: `docs/voxo.md`, "When are two numbers the same phone?".
    """
    digits, extension = text, ""
    if not (text.isascii() and text.isdigit()):
        match = _NUMBER.fullmatch(plain(text))
        if match is None:
            return text
        digits = _NO_DIGIT.sub("", match["number"])
        extension = f"x{match['extension']}" if match["extension"] else ""
    if len(digits) == _LOCAL + 1 and digits[0] == "1":
        digits = digits[1:]
    return digits + extension


def is_phone(text: str) -> bool:
    """Whether a definition may have this number: at least three digits, with the usual punctuation and an extension.

    This is the same as the pattern in `schemas/voxo-call-campaigns.openapi.yaml`.
    """
    if text.isascii() and text.isdigit():
        return len(text) >= _SHORTEST
    return _NUMBER.fullmatch(text) is not None and _DECIMAL.fullmatch(text) is None


def is_usual(key: str) -> bool:
    """Whether VOXO surely calls a phone: it has ten digits, or eleven with a leading 1.

    Source: *Call and Play*, which requires ten digits; *Update Campaign* gives no pattern.

    Args:
        key: as `phone` gives it.
    """
    return len(key) == _LOCAL and key.isdigit()


def are_local(texts: Collection[str]) -> bool:
    """Whether every text has ten digits, and so is its own phone; tested all at once, because lists hold a million."""
    joined = "".join(texts)
    if not joined:
        return not texts
    # bytes tell in a seventh of the time that a text takes whether all of them are digits
    return joined.isascii() and joined.encode().isdigit() and {*map(len, texts)} == {_LOCAL}


def plain(text: str) -> str:
    """A text with ASCII characters in place of look-alikes: other dashes, spaces, digits, hidden marks."""
    if text.isascii():
        return text
    signs = {"Pd": "-", "Zs": " ", "Cf": ""}
    return "".join(signs.get(category(sign), sign) for sign in normalize("NFKC", text))


_CONFLICT_MARKER = "a Git conflict marker"
_APPEARANCES = (
    (r"\s*", "nothing"),
    (
        r"[0-9.,]+[eE][+-]?[0-9]+",
        "a number that a spreadsheet rounded, so that its digits are lost",
    ),
    (r"[0-9]{7,}\.0+", "a decimal number from a spreadsheet"),
    (r"['`\u2019].*", "a text with a spreadsheet's leading apostrophe"),
    (r"(<{7}|={7}|>{7}|\|{7}).*", _CONFLICT_MARKER),
    (r"\([0-9,]+ rows?( affected)?\)", "the last line of a database's output"),
    (r"#[A-Za-z/0]+[!?]?", "a spreadsheet error"),
    (r"=.*", "a spreadsheet formula"),
    (r"(?i:nan|null|none|nil|n/?a|undefined|<na>|-+)", "a program's word for no value"),
    (r".*[^\W\d_].*", "words"),
    (r"[^0-9]*([0-9][^0-9]*){0,2}", "fewer than three digits"),
)
"""Patterns of texts in place of a phone number, each with what it looks like; the first that matches counts."""


def appearance(text: str) -> str:
    """What a text that is not a phone number looks like: `words`, `a Git conflict marker`."""
    if not text.isascii() and is_phone(plain(text)):
        return "a phone number with characters that only look like spaces, dashes or digits"
    for pattern, words in _APPEARANCES:
        if re.fullmatch(pattern, text, re.DOTALL):
            return words
    return "characters that no phone number has"


def not_a_phone(text: str) -> str:
    """The message about a text in place of a phone number."""
    likeness = appearance(text)
    remedy = (
        "resolve the merge conflict"
        if likeness == _CONFLICT_MARKER
        else "write one such as 6015550123"
    )
    return f"{abridged(text)} is not a phone number; it looks like {likeness}: {remedy}"


def masked(number: str) -> str:
    """A phone number with its middle hidden: `601•••0123`.

    What may be a phone number keeps all digits but its exchange. Anything else keeps at most its last two digits,
    because it may reveal more than a phone number would.
    """
    digits = "".join(character for character in number if character in "0123456789")
    if len(digits) in _USUAL:
        return f"{digits[:-7]}{_HIDDEN}{digits[-4:]}"
    return f"{_HIDDEN}{digits[-2:]}"


def quoted(text: str) -> str:
    """A text that should not be a phone number, in quotes, or masked where it contains most of one."""
    return masked(text) if _tells(text) else repr(text)


def abridged(text: str) -> str:
    """The same for a text in place of a phone number, shortened."""
    is_short = len(text) <= _LONGEST
    return quoted(text) if is_short or _tells(text) else repr(f"{text[:_LONGEST]}…")


def _tells(text: str) -> bool:
    """Whether a text contains enough digits to identify a person."""
    return sum(character.isdigit() for character in text) >= _TELLING


_TELLING, _LONGEST = 7, 40
"""How many digits may identify a person, and how many characters of other texts are shown."""

_INSIDE = re.compile(r"(?<![\d/])\+?\d{10,15}(?!\d)")
"""What looks like a phone number within a text; not the id in a path."""


def masked_in(text: str) -> str:
    """Text from outside, such as a message from VOXO, with its phone numbers masked."""
    return _INSIDE.sub(lambda match: masked(match[0]), text)
