"""Phone numbers are people's: how one is shown where everybody can read."""

from __future__ import annotations

_HIDDEN = "•••"
_LONG_ENOUGH = 10


def masked(number: str) -> str:
    """A number that is called, with its middle hidden: `601•••0123`.

    Ten digits or more keep all but the exchange; anything else keeps at most its last two digits, because
    what is not a usual phone number may be more telling than one.
    """
    digits = "".join(character for character in number if character in "0123456789")
    if len(digits) >= _LONG_ENOUGH:
        return f"{digits[:-7]}{_HIDDEN}{digits[-4:]}"
    return f"{_HIDDEN}{digits[-2:]}"
