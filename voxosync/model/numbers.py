"""The numbers of a campaign in canonical form: read from responses and bodies, and written to bodies."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from voxosync.model.phone import are_local, is_phone, phone
from voxosync.model.values import live_entries, live_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NUMBERS_FIELD = "numbers"
"""The field that holds a list of numbers."""

_ANSWERED = "ANSWERED"
"""The result of a call that reached the person. Source: *Get Campaign* of the legacy reference, its example."""


class Numbers(dict[str, str]):
    """Phone to description (`""` where there is none), without an order.

    Two lists are equal if their phones and descriptions are. Another spelling is not a difference, but it is what is
    sent.

    Attributes:
        spellings: phone to the number as written, where that is not the phone itself.
    """

    __slots__ = ("spellings",)

    spellings: dict[str, str]

    def __init__(
        self,
        descriptions: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        spellings: Mapping[str, str] | None = None,
    ) -> None:
        """Creates a list of phones; `spelled` takes numbers as people write them."""
        super().__init__(descriptions)
        self.spellings = {**(spellings or {})}

    @classmethod
    def spelled(cls, descriptions: Mapping[str, str]) -> Numbers:
        """Numbers from their spellings, with their descriptions; of a phone in two spellings, the first is kept."""
        if are_local(descriptions):
            return cls(descriptions)
        numbers = cls()
        for number, description in descriptions.items():
            numbers.add(number, description)
        return numbers

    def add(self, number: str, description: str) -> None:
        """Adds a number as written, unless its phone is in the list."""
        key = phone(number)
        if key not in self:
            self[key] = description
            if key != number:
                self.spellings[key] = number

    def updated(self, numbers: Numbers) -> Numbers:
        """These numbers and others; a phone in both lists keeps its spelling and gets the other description."""
        added = {key: text for key, text in numbers.spellings.items() if key not in self}
        result = Numbers(self, {**self.spellings, **added})
        result.update(numbers)
        return result

    def only(self, phones: Iterable[str]) -> Numbers:
        """The numbers of some phones, in their order."""
        descriptions = {key: self[key] for key in phones}
        return Numbers(
            descriptions, {key: self.spellings[key] for key in descriptions.keys() & self.spellings}
        )

    def spelling(self, key: str) -> str:
        """How the number of a phone is written."""
        return self.spellings.get(key, key)

    def spellings_of(self, phones: Iterable[str]) -> tuple[str, ...]:
        """How the numbers of some phones are written."""
        return tuple(map(self.spelling, phones) if self.spellings else phones)

    def as_written(self) -> Mapping[str, str]:
        """Number as written to description; `spelled` is the inverse."""
        if not self.spellings:
            return self
        return dict(zip(self.spellings_of(self), self.values(), strict=True))

    def spelled_as(self, live: Numbers) -> Numbers:
        """These numbers, in the spelling of `live` where it has the phone: VOXO's spelling is the one to send."""
        if not self.spellings and not live.spellings:
            return self
        spellings = {key: (live if key in live else self).spelling(key) for key in self}
        return Numbers(self, {key: text for key, text in spellings.items() if key != text})


def numbers_of(values: Mapping[str, object]) -> Numbers | None:
    """The list of numbers among the canonical values of a campaign; None: there is none."""
    numbers = values.get(NUMBERS_FIELD)
    return numbers if isinstance(numbers, Numbers) else None


def wire_numbers(
    numbers: Numbers,
    fields: Mapping[str, Mapping[str, str]],
    dispositions: Mapping[str, str],
) -> list[dict[str, str]]:
    """The `numbers` of a body; VOXO replaces the whole array, so whatever is not repeated is lost.

    An entry that VOXO lists without a number calls no one and is not sent back.

    Args:
        numbers: the list.
        fields: phone to its `field1` … `field9`, which cannot be read back.
        dispositions: phone to the result of its call, as just read.
    """
    entries = [
        {"number": number, "description": description}
        for number, description in numbers.as_written().items()
    ]
    if fields or dispositions:
        for key, entry in zip(numbers, entries, strict=True):
            entry.update(fields.get(key, ()))
            if (disposition := dispositions.get(key)) is not None:
                entry["disposition"] = disposition
    return [entry for entry in entries if entry["number"]] if "" in numbers else entries


@dataclass(frozen=True, slots=True)
class LiveNumbers:
    """A campaign's numbers as VOXO returned them.

    Attributes:
        numbers: each phone once, in its first spelling.
        dispositions: phone to the result of its call; carried over, never compared.
        repeated: how many entries repeat a phone of another entry.
        not_phones: what entries hold instead of a phone number.
    """

    numbers: Numbers = field(default_factory=Numbers)
    dispositions: Mapping[str, str] = field(default_factory=dict)
    repeated: int = 0
    not_phones: tuple[str, ...] = ()


def numbers_from_live(raw: Any) -> LiveNumbers:
    """The numbers in a response.

    A text that is not a phone number is its own key, and an entry without a number is an empty text. Where entries
    repeat a phone, its description and its result come from entries that have one, so that a person who was called is
    not called again because an empty entry comes last.

    Raises:
        Unreadable: as `from_live`.
    """
    entries = live_entries(raw)
    numbers = _local_numbers(entries)
    if numbers is not None:
        return LiveNumbers(numbers, _dispositions(zip(numbers, entries, strict=True)))
    numbers = Numbers()
    pairs = []
    for entry in entries:
        number, description = entry.get("number"), entry.get("description")
        text = "" if number is None else live_text(number)
        key = phone(text)
        pairs.append((key, entry))
        numbers.add(text, "")
        numbers[key] = ("" if description is None else live_text(description)) or numbers[key]
    phones = [key for key, _ in pairs if is_phone(key)]
    return LiveNumbers(
        numbers,
        _dispositions(pairs),
        len(phones) - len({*phones}),
        tuple(key for key, _ in pairs if not is_phone(key)),
    )


def _local_numbers(entries: list[Mapping[str, Any]]) -> Numbers | None:
    """The numbers, in half the time, where each has ten digits and is listed once, as is usual; else None."""
    try:
        numbers = Numbers(map(itemgetter("number", "description"), entries))
    except (KeyError, TypeError):
        return None
    are_texts = {*map(type, numbers), *map(type, numbers.values())} <= {str}
    return numbers if are_texts and len(numbers) == len(entries) and are_local(numbers) else None


def _dispositions(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """Phone to call result; an empty result replaces no other, and no result replaces ANSWERED."""
    results: dict[str, str] = {}
    for key, entry in entries:
        if (raw := entry.get("disposition")) is None:
            continue
        result = live_text(raw)
        if not results.get(key) or (result and results[key] != _ANSWERED):
            results[key] = result
    return results


class Digest:
    """A fingerprint of (phone, description) pairs, whatever their order and spelling.

    Computed on demand: it takes longer than the comparison, and most reports do not need it.
    """

    __slots__ = ("_of",)

    def __init__(self, of: Mapping[str, str] | str) -> None:
        """Takes numbers, or the text of a digest that was computed before."""
        self._of = of

    def __str__(self) -> str:
        if not isinstance(self._of, str):
            self._of = _digest(self._of)
        return self._of

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, Digest) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def __repr__(self) -> str:
        return f"Digest({str(self)!r})"


def _digest(numbers: Mapping[str, str]) -> str:
    from hashlib import sha256  # noqa: PLC0415  # OpenSSL: only numbers that differ need it
    from json import dumps  # noqa: PLC0415  # only numbers that differ need it

    return "sha256:" + sha256(dumps(sorted(numbers.items())).encode()).hexdigest()
