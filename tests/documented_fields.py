"""The fields of a campaign, written by hand from VOXO's reference, to check the catalog and the OpenAPI file.

This module imports nothing from voxosync and reads no file, so that it contradicts them if one of the three is wrong.
The fakes of VOXO and the simulated VOXO take their fields from it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DATE = "^([1-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])$"
TIME = "^([01][0-9]|2[0-3]):([0-5][0-9])$"

TEXT = {"type": "string"}
ENTRIES = {"type": "array", "items": {"$ref": "#/components/schemas/NumberEntry"}}
DESTINATION_LIST = {"type": "array", "items": {"$ref": "#/components/schemas/Destination"}}


@dataclass(frozen=True)
class DocumentedField:
    """One key of a campaign.

    Attributes:
        rule: what a request body may hold, as a JSON Schema; None: it is not in the body.
        types: what a response may hold.
        samples: values of a body; few, so that the two sides of a property test often agree.
        answered: the first sample as a response has it, or, for a key that is not in the body, any value of it.
    """

    name: str
    rule: dict[str, Any] | None
    types: tuple[str, ...]
    samples: tuple[Any, ...] = ()
    answered: Any = None

    @property
    def is_array(self) -> bool:
        return self.types == ("array",)


def _text(name: str, *samples: str, **rule: Any) -> DocumentedField:
    return DocumentedField(name, {**TEXT, **rule}, ("string", "null"), samples, samples[0])


def _array(name: str, rule: dict[str, Any]) -> DocumentedField:
    return DocumentedField(name, rule, ("array",))


CAMPAIGN = (
    DocumentedField("id", None, ("integer",), answered=4711),
    DocumentedField("tenantId", None, ("integer",), answered=1),
    DocumentedField(
        "name",
        {**TEXT, "minLength": 3},
        ("string",),
        ("Spring renewal reminders", "Autumn"),
        "Spring renewal reminders",
    ),
    DocumentedField("type", None, ("string",), answered="SCHEDULED"),
    _text("tech", "VOICE", enum=["VOICE"]),
    _text("state", "PAUSED", "READY", enum=["READY", "PAUSED"]),
    _text("dateStart", "2026-03-01", "2026-03-31", "2027-01-04", pattern=DATE),
    _text("dateEnd", "2026-03-31", "2026-03-01", "2027-01-04", pattern=DATE),
    _text("timeStart", "09:00", "00:00", "17:00", "18:30", pattern=TIME),
    _text("timeEnd", "18:30", "00:00", "09:00", "17:00", pattern=TIME),
    _text("callHoursStart", "10:00", "00:00", "09:00", "17:00", "18:30", pattern=TIME),
    _text("callHoursEnd", "17:00", "00:00", "09:00", "18:30", pattern=TIME),
    _text("timezone", "America/Chicago", "Etc/UTC"),
    _text("callerId", "6015550100", "6015550199", pattern="^[1-9][0-9]{9}$"),
    DocumentedField(
        "callFrequency",
        {"type": "number", "exclusiveMinimum": 9},
        ("number", "null"),
        (30, 10, 30.0, 30.5, 60),
        30,
    ),
    _text("recording", "no", "yes", enum=["yes", "no"]),
    DocumentedField(
        "enableVMDetect",
        {**TEXT, "enum": ["1", "0"]},
        ("number", "boolean", "null"),
        ("1", "0"),
        1,
    ),
    _text("message", "Time to renew", "a 'b' \"c\"\nd"),
    _array("numbers", ENTRIES),
    _array("destinations", DESTINATION_LIST),
    _array("matchDestinations", DESTINATION_LIST),
    _array("notMatchDestinations", DESTINATION_LIST),
    DocumentedField("callDelay", None, ("number", "null"), answered=1000),
    DocumentedField("dialtimeout", None, ("number", "null"), answered=30),
    DocumentedField("lastrun", None, ("string", "null")),
)

RULES: dict[str, dict[str, Any]] = {
    field.name: field.rule for field in CAMPAIGN if field.rule is not None
}
"""Each key of a request body, and the rule for its value."""
SCALARS = tuple(name for name, rule in RULES.items() if rule["type"] != "array")
DESTINATIONS = tuple(name for name, rule in RULES.items() if rule == DESTINATION_LIST)
DIALING = (
    "state", "tech", "dateStart", "timeStart", "dateEnd", "timeEnd", "callHoursStart", "callHoursEnd",
    "timezone", "callFrequency", "numbers",
)  # fmt: skip
"""The keys that determine whether, when, how fast or whom a campaign dials."""

SAMPLES: dict[str, tuple[Any, ...]] = {
    field.name: field.samples for field in CAMPAIGN if field.samples
}
"""Some values of each scalar of a request body."""
SENT = {name: samples[0] for name, samples in SAMPLES.items()}
"""The scalars of a campaign as a request body has them."""
ANSWERED = {field.name: field.answered for field in CAMPAIGN if not field.is_array}
"""The same campaign as a response has it, without its arrays."""
