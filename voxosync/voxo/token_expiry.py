"""When a token expires, as far as the token itself says so."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS = 3


def expires_at(token: str) -> datetime | None:
    """The moment in the claim `exp` of a JSON Web Token (RFC 7519), in UTC.

    Nothing is verified: that is VOXO's part. None where the token is not a JWT, or gives no moment.
    """
    parts = token.split(".")
    if len(parts) != _PARTS or not isinstance(_decoded(parts[0]), dict):
        return None
    claims = _decoded(parts[1])
    seconds = claims.get("exp") if isinstance(claims, dict) else None
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return None
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):  # beyond the calendar, or not a number
        return None


def _decoded(part: str) -> object:
    """The JSON in one part of a JWT, or None."""
    try:
        return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
