"""Campaigns, definitions and spellings for property tests, with few values so that two sides often agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.documented_fields import DESTINATIONS, SAMPLES
from tests.sync.builders import definition
from tests.sync.fake_voxo import Campaign, Spelling, phone_of
from voxosync.model.numbers import Numbers

if TYPE_CHECKING:
    from voxosync.model.campaign import Definition

TEXTS = st.sampled_from(["Spring", "Autumn", "a 'b' \"c\"\nd", "root['x']"])
NUMBERS = st.sampled_from(
    [f"601555010{n}" for n in range(6)]
    + ["16015550100", "(601) 555-0101", "+1 601.555.0102", "+1 601 555 0123", "0123"]
)
DESCRIPTIONS = st.sampled_from(["", "Customer 1042", "Customer 1043"])
RESULTS = st.sampled_from(["ANSWERED", "BUSY", ""])

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    **{name: st.sampled_from(samples) for name, samples in SAMPLES.items()},
    "name": TEXTS | st.text(min_size=3, max_size=8),
    "message": TEXTS | st.text(max_size=8),
}
DESTINATION_LISTS = st.lists(
    st.tuples(st.sampled_from(["QUEUE", "EXTENSION"]), st.integers(1, 3)), max_size=3
)


def without_repeats(numbers: dict[str, Any]) -> dict[str, Any]:
    """A list that has each phone once; test_phone.py tests lists that repeat a phone."""
    return {number: numbers[number] for number in {phone_of(n): n for n in numbers}.values()}


LISTS = st.dictionaries(NUMBERS, DESCRIPTIONS, max_size=6).map(without_repeats)
MANAGED = {**SCALARS, "numbers": LISTS, **dict.fromkeys(DESTINATIONS, DESTINATION_LISTS)}

spellings = st.builds(
    Spelling,
    **dict.fromkeys(
        ("time_part", "seconds", "swapped", "unordered", "extra_keys", "runs"), st.booleans()
    ),
)
managed_values = st.fixed_dictionaries({}, optional=MANAGED)


# Defined once, because creating and checking a strategy takes longer than drawing from it.
_FIELDS_OF_A_NUMBER = st.dictionaries(
    st.sampled_from(["field1", "field9"]), st.sampled_from(["Gold", ""]), min_size=1
)
_IGNORED = st.sets(st.sampled_from(list(MANAGED)), max_size=3)
_LIVE_SCALARS = st.fixed_dictionaries(
    {name: st.none() | strategy for name, strategy in SCALARS.items()}
    | {"state": st.sampled_from([None, "READY", "PAUSED", "FINISHED"])}
)
_LIVE_NUMBER = st.fixed_dictionaries(
    {"description": DESCRIPTIONS}, optional={"disposition": RESULTS, "field1": st.just("Gold")}
)
_LIVE_NUMBERS = st.dictionaries(NUMBERS, _LIVE_NUMBER, max_size=6).map(without_repeats)
_LIVE_DESTINATIONS = st.fixed_dictionaries(dict.fromkeys(DESTINATIONS, DESTINATION_LISTS))


@st.composite
def definitions(draw: st.DrawFn, campaign_id: int = 4711, *, may_ignore: bool = True) -> Definition:
    """Any definition: some fields are managed, some of those ignored; numbers are exact or only added."""
    values = draw(managed_values)
    numbers = list(Numbers.spelled(values.get("numbers", {})))
    fields = (
        st.dictionaries(st.sampled_from(numbers), _FIELDS_OF_A_NUMBER) if numbers else st.just({})
    )
    return definition(
        campaign_id,
        add_numbers=draw(st.booleans()),
        ignore=frozenset(draw(_IGNORED)) if may_ignore else frozenset(),
        number_fields=draw(fields),
        **values,
    )


def campaigns(campaign_id: int = 4711) -> st.SearchStrategy[Campaign]:
    """Any live campaign: scalars may be null, and states may be words that only VOXO uses."""
    return st.builds(
        Campaign,
        st.just(campaign_id),
        st.just(7),
        _LIVE_SCALARS,
        _LIVE_NUMBERS,
        _LIVE_DESTINATIONS,
    )
