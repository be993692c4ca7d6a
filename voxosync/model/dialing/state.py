"""Whether a campaign dials in a state."""

from __future__ import annotations


def dials(state: object) -> bool | None:
    """Whether a campaign in this state calls people, now or when its time comes; None: unknown.

    A word that the reference does not list (RUNNING, say) counts as dialing. What is empty, or is not a
    text, says neither.
    """
    if not isinstance(state, str) or not state:
        return None
    return state != "PAUSED"
