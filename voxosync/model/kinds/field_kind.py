"""What every kind of field can do with its values."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voxosync.model.values import Scalar, Value

NOTHING: Mapping[str, Any] = MappingProxyType({})


class FieldKind:
    """A kind of field: its canonical values, and their forms outside the program.

    The canonical form is the one spelling in which a definition and a live campaign are compared. `from_text` (a
    definition) and `from_live` (a response) lead to it, and `to_wire` (a PATCH body) leads out of it;
    `from_wire` is the inverse of `to_wire`. A live value may also be None, except for a list. The methods of this class
    suit a kind whose canonical values are texts that are the same in every form.

    Attributes:
        policy_type: the JSON Schema type of the values that policies judge.
        body_schema: what the schema of plans says about a value in a body; `$ref` is to a part of that schema.
        is_plain: whether a definition usually has the value without quotes, since only the field says how it is read.
    """

    policy_type: ClassVar[str] = "string"
    body_schema: ClassVar[Mapping[str, str]] = MappingProxyType({"type": "string"})
    is_plain: ClassVar[bool] = False

    def from_text(self, text: str) -> Scalar:
        """The canonical form of a scalar in a definition that passed the schema.

        Raises:
            ValueError: the text has no canonical form.
        """
        return text

    def from_live(self, raw: Any) -> Value:
        """The canonical form of a value in a response.

        VOXO may format values differently, which is not a difference: a date with a time part, a time with seconds,
        a number as text and the reverse, a flag as true or false.

        Raises:
            Unreadable: the value is of a type that the field never has.
        """
        raise NotImplementedError

    def are_equal(self, first: Value, second: Value) -> bool:
        """Whether two canonical values mean the same."""
        return first == second

    def to_wire(
        self,
        value: Any,
        write_only: Mapping[str, Mapping[str, str]] = NOTHING,
        dispositions: Mapping[str, str] = NOTHING,
    ) -> Any:
        """What a body holds for a canonical value.

        Args:
            value: the value.
            write_only: of a list of numbers, phone to its `field1` … `field9`, which cannot be read back.
            dispositions: of a list of numbers, phone to the result of its call, as just read.
        """
        return value

    def from_wire(self, raw: Any) -> Value:
        """The canonical value of what a body holds."""
        value: Value = raw
        return value

    def to_document(self, value: Any) -> Any:
        """A canonical value, or None, as documents and journals hold it."""
        return value

    def from_document(self, saved: Any) -> Any:
        """The inverse of `to_document`."""
        return saved

    def to_policy(self, value: Any) -> Any:
        """What policies judge of a canonical value."""
        return value

    def describe(self, value: Any) -> str:
        """A canonical value for people; in quotes unless it is visible ASCII without spaces."""
        if value is None:
            return "(none)"
        text = str(value)
        if text and " " not in text and text.isascii() and text.isprintable():
            return text
        return json.dumps(text, ensure_ascii=False)
