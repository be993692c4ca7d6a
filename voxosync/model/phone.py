"""Phones: which numbers are the same one, and how one is shown where everybody can read."""

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
    """Whose number this is, whatever its spelling: two numbers are one phone where this is equal.

    The digits, without the leading 1 of eleven; behind an `x` the extension, because two people may share all
    the rest. `6015550100`, `1-601-555-0100` and `(601) 555-0100` are all `6015550100`. A text that is not a phone
    number stands for itself. Source: `docs/voxo.md`, "When are two numbers the same phone?".
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
    """Whether a definition may hold this number: digits, at least three, with the usual signs and an extension.

    The same as the pattern in `schemas/voxo-call-campaigns.openapi.yaml`.
    """
    if text.isascii() and text.isdigit():
        return len(text) >= _SHORTEST
    return _NUMBER.fullmatch(text) is not None and _DECIMAL.fullmatch(text) is None


def is_usual(key: str) -> bool:
    """Whether a phone is one that VOXO surely calls: ten digits, or eleven with a leading 1.

    Source: *Call and Play*, which wants ten digits; *Update Campaign* gives no pattern.

    Args:
        key: as `phone` gives it.
    """
    return len(key) == _LOCAL and key.isdigit()


def are_local(texts: Collection[str]) -> bool:
    """Whether every text is ten digits, and so its own phone; all at once, because lists hold a million."""
    joined = "".join(texts)
    if not joined:
        return not texts
    return joined.isascii() and joined.isdigit() and {*map(len, texts)} == {_LOCAL}


def plain(text: str) -> str:
    """A text with the ASCII signs for what only looks like them: other dashes, spaces, digits, hidden marks."""
    if text.isascii():
        return text
    signs = {"Pd": "-", "Zs": " ", "Cf": ""}
    return "".join(signs.get(category(sign), sign) for sign in normalize("NFKC", text))


_APPEARANCES = (
    (r"\s*", "nothing"),
    (
        r"[0-9.,]+[eE][+-]?[0-9]+",
        "a number that a spreadsheet rounded, so that its digits are lost",
    ),
    (r"[0-9]{7,}\.0+", "a decimal number of a spreadsheet"),
    (r"['`\u2019].*", "a text with a spreadsheet's leading apostrophe"),
    (r"(<{7}|={7}|>{7}|\|{7}).*", "a conflict marker of Git"),
    (r"\([0-9,]+ rows?( affected)?\)", "the last line of a database's output"),
    (r"#[A-Za-z/0]+[!?]?", "an error of a spreadsheet"),
    (r"=.*", "a formula of a spreadsheet"),
    (r"(?i:nan|null|none|nil|n/?a|undefined|<na>|-+)", "a program's word for no value"),
    (r".*[^\W\d_].*", "words"),
    (r"[^0-9]*([0-9][^0-9]*){0,2}", "fewer than three digits"),
)
"""What stands where a phone number should, each pattern with what it looks like; the first that matches counts."""


def appearance(text: str) -> str:
    """What a text that is not a phone number looks like: `words`, `a conflict marker of Git`."""
    if not text.isascii() and is_phone(plain(text)):
        return "a phone number with signs that only look like spaces, dashes or digits"
    for pattern, words in _APPEARANCES:
        if re.fullmatch(pattern, text, re.DOTALL):
            return words
    return "signs that no phone number has"


def not_a_phone(text: str) -> str:
    """What is wrong with a text that stands where a phone number should."""
    return f"{abridged(text)} is not a phone number, it looks like {appearance(text)}: write one such as 6015550123"


def masked(number: str) -> str:
    """A number that is called, with its middle hidden: `601•••0123`.

    What may be a phone number keeps all but its exchange; anything else keeps at most its last two digits, because
    what is not a usual phone number may be more telling than one.
    """
    digits = "".join(character for character in number if character in "0123456789")
    if len(digits) in _USUAL:
        return f"{digits[:-7]}{_HIDDEN}{digits[-4:]}"
    return f"{_HIDDEN}{digits[-2:]}"


def abridged(text: str) -> str:
    """A text that is not a phone number, short, and masked where it holds most of one."""
    if sum(character.isdigit() for character in text) >= _TELLING:
        return masked(text)
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


_TELLING, _LONGEST = 7, 40
"""From how many digits on a text tells of a person, and how much of others is shown."""

_INSIDE = re.compile(r"(?<![\d/])\+?\d{10,15}(?!\d)")
"""What looks like a phone number inside of a text; not the id in a path."""


def masked_in(text: str) -> str:
    """Text from outside, such as a message from VOXO, with its phone numbers masked."""
    return _INSIDE.sub(lambda match: masked(match[0]), text)
