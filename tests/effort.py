"""How many random inputs a test tries: half as many as with `--hypothesis-profile=deep`."""

from __future__ import annotations

from hypothesis import settings


def usual_or_deep(deep: int) -> int:
    """Half of a number, or the number itself in the profile `deep`."""
    return deep if settings.get_current_profile_name() == "deep" else deep // 2
