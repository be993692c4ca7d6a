"""The phones that a campaign dials, in a form for comparison."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


class Phones:
    """The phones of a list, without their descriptions: their count and a fingerprint.

    The fingerprint is computed on demand, because that takes longer than a comparison of two lists.

    Attributes:
        count: the number of phones.
    """

    __slots__ = ("_digest", "_phones", "count")

    def __init__(self, phones: Collection[str]) -> None:
        """Takes a list; `saved` is for a list that is not available."""
        self._phones: Collection[str] | None = phones
        self._digest: str | None = None
        self.count = len(phones)

    @classmethod
    def saved(cls, count: int, digest: str) -> Phones:
        """Phones of a document, which holds only their count and fingerprint."""
        phones = cls(())
        phones._phones, phones._digest, phones.count = None, digest, count  # its own
        return phones

    @property
    def digest(self) -> str:
        """The fingerprint, whatever the order of the phones."""
        if self._digest is None:
            text = "\n".join(sorted(self._phones or ()))
            self._digest = f"sha256:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
        return self._digest

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Phones):
            return NotImplemented
        return self.count == other.count and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def beyond(self, known_phones: Phones) -> int | None:
        """How many of them are not among known phones; None: a list is not available, so the count is unknown."""
        if self._phones is None or known_phones._phones is None:
            return 0 if not self.count or self == known_phones else None
        if self._phones is known_phones._phones:
            return 0
        return len(set(self._phones).difference(known_phones._phones))
