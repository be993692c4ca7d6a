r"""Regular expressions for the decimal texts of the numbers in a range.

JSON Schema cannot limit the number that a text spells, so each limit of a number needs a pattern for its spelling as
text. A plus sign, leading zeros, and `.0` after a whole number are accepted, because YAML reads such texts as the same
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers between two whole limits.

    Attributes:
        lower: the lower limit; None: there is none.
        upper: likewise.
        excludes_lower: whether the lower limit itself is outside.
        excludes_upper: likewise.
    """

    lower: int | None = None
    upper: int | None = None
    excludes_lower: bool = False
    excludes_upper: bool = False

    @property
    def smallest(self) -> int | None:
        """The smallest whole number in the range."""
        return None if self.lower is None else self.lower + self.excludes_lower

    @property
    def largest(self) -> int | None:
        """The largest whole number in the range."""
        return None if self.upper is None else self.upper - self.excludes_upper


def integer_pattern(minimum: int | None, maximum: int | None) -> str:
    """A regular expression for the decimal texts of the whole numbers in a range; a limit of None means no limit.

    Raises:
        ValueError: the range is empty.
    """
    if minimum is not None and maximum is not None and minimum > maximum:
        raise ValueError(f"no whole number lies from {minimum} to {maximum}")
    patterns = []
    if maximum is None or maximum >= 0:
        patterns.append(rf"\+?0*(?:{_unsigned_pattern(max(minimum or 0, 0), maximum)})")
    if minimum is None or minimum < 0:
        largest = None if minimum is None else -minimum
        patterns.append(rf"-0*(?:{_unsigned_pattern(max(-(maximum or 0), 0), largest)})")
    signed = patterns[0] if len(patterns) == 1 else f"(?:{'|'.join(patterns)})"
    return rf"^{signed}(?:\.0*)?$"


def number_pattern(numbers: Range) -> str:
    """A regular expression for the decimal texts of all numbers in a range, whole or not.

    Raises:
        ValueError: the range is empty.
    """
    lower, upper = numbers.lower, numbers.upper
    mirrored = Range(
        None if upper is None else -upper,
        None if lower is None else -lower,
        numbers.excludes_upper,
        numbers.excludes_lower,
    )
    patterns = [rf"\+?0*(?:{'|'.join(texts)})"] if (texts := _unsigned_texts(numbers)) else []
    if (lower is None or lower < 0) and (texts := _unsigned_texts(mirrored)):
        patterns.append(rf"-0*(?:{'|'.join(texts)})")
    if not patterns:
        raise ValueError(f"no number lies between {lower} and {upper}")
    return f"^(?:{'|'.join(patterns)})$"


def _unsigned_texts(numbers: Range) -> list[str]:
    """Patterns for the decimal texts of the nonnegative numbers in a range, without sign and leading zeros."""
    lower, upper = numbers.lower, numbers.upper
    excludes_lower = numbers.excludes_lower
    if lower is None or lower < 0:
        lower, excludes_lower = 0, False
    first, last = lower + excludes_lower, None if upper is None else upper - 1
    texts = []
    if last is None or first <= last:  # any fraction may follow
        texts.append(rf"(?:{_unsigned_pattern(first, last)})(?:\.[0-9]*)?")
    if excludes_lower and (upper is None or lower < upper):
        texts.append(rf"{lower}\.0*[1-9][0-9]*")
    if upper is not None and not numbers.excludes_upper and first <= upper:
        texts.append(rf"{upper}(?:\.0*)?")
    return texts


def _unsigned_pattern(minimum: int, maximum: int | None) -> str:
    """A pattern for the whole numbers in a nonnegative range, without leading zeros."""
    patterns = ["0"] if minimum == 0 else []
    complete: list[int] = []  # the lengths for which every number is in the range
    partial: list[str] = []
    minimum = max(minimum, 1)
    highest_of_all = 10 ** len(str(minimum)) - 1 if maximum is None else maximum
    for length in range(len(str(minimum)), len(str(highest_of_all)) + 1):
        lowest, highest = 10 ** (length - 1), 10**length - 1
        if minimum <= lowest and highest <= highest_of_all:
            complete.append(length)
        elif max(minimum, lowest) <= min(highest_of_all, highest):
            partial += _same_length(str(max(minimum, lowest)), str(min(highest_of_all, highest)))
    if maximum is None:
        shortest = complete[0] if complete else len(str(minimum)) + 1
        patterns.append(f"[1-9][0-9]{{{shortest - 1},}}")
    elif complete:
        patterns.append(f"[1-9][0-9]{{{complete[0] - 1},{complete[-1] - 1}}}")
    return "|".join(patterns + partial)


def _same_length(low: str, high: str) -> list[str]:
    """Patterns for the numbers from `low` to `high`, which have the same number of digits."""
    if low == high:
        return [high]
    split = next(index for index in range(len(low)) if low[index] != high[index])
    low_is_round = not low[split + 1 :].strip("0")
    first = int(low[split]) + (0 if low_is_round else 1)
    patterns = _with_digit(high, split, first, int(high[split]) - 1)
    for index in range(split + 1, len(high)):
        patterns += _with_digit(high, index, 0, int(high[index]) - 1)
        if not low_is_round:
            patterns += _with_digit(low, index, int(low[index]) + 1, 9)
    return [*patterns, high] if low_is_round else [*patterns, low, high]


def _with_digit(number: str, index: int, first: int, last: int) -> list[str]:
    """A pattern: the number up to a digit, that digit from `first` to `last`, then any digits."""
    if first > last:
        return []
    digit = str(first) if first == last else f"[{first}-{last}]"
    remaining = len(number) - index - 1
    return [number[:index] + digit + (f"[0-9]{{{remaining}}}" if remaining else "")]
