"""Phone numbers are people's: how one is shown where everybody can read."""

from __future__ import annotations

import re

_HIDDEN = "•••"
_USUAL = range(10, 16)
"""How many digits a phone number has, with its country code (E.164 allows 15)."""


def masked(number: str) -> str:
    """A number that is called, with its middle hidden: `601•••0123`.

    What may be a phone number keeps all but its exchange; anything else keeps at most its last two digits, because
    what is not a usual phone number may be more telling than one.
    """
    digits = "".join(character for character in number if character in "0123456789")
    if len(digits) in _USUAL:
        return f"{digits[:-7]}{_HIDDEN}{digits[-4:]}"
    return f"{_HIDDEN}{digits[-2:]}"


_INSIDE = re.compile(r"(?<![\d/])\+?\d{10,15}(?!\d)")
"""What looks like a phone number inside of a text; not the id in a path."""


def masked_in(text: str) -> str:
    """A text of somebody else's, such as VOXO's own message, with the numbers in it hidden."""
    return _INSIDE.sub(lambda found: masked(found[0]), text)
