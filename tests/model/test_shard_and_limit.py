"""Shards and limits are read from the texts that people write, and from no others."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxosync.model.guard import Limit
from voxosync.model.shard import Shard


@given(
    st.integers(1, 99_999).flatmap(lambda count: st.tuples(st.integers(1, count), st.just(count)))
)
def test_shard_is_read_as_it_is_written(numbers: tuple[int, int]) -> None:
    shard = Shard(*numbers)
    assert Shard.from_text(str(shard)) == shard


@pytest.mark.parametrize(
    "text",
    ["", "1", "0/4", "5/4", "1/0", "01/4", "1/4 ", "-1/4", "1/100000", "\u0661/\u0664", "1/4/4"],
)
def test_other_texts_are_no_shards(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        Shard.from_text(text)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("0", Limit(0, is_percent=False)),
        ("5", Limit(5, is_percent=False)),
        ("30%", Limit(30, is_percent=True)),
        ("999999999", Limit(999_999_999, is_percent=False)),
    ],
)
def test_limit_is_a_count_or_a_percentage(text: str, limit: Limit) -> None:
    assert Limit.from_text(text) == limit


@pytest.mark.parametrize(
    "text", ["", "%", "-1", "+5", "5 %", "5%%", "0.5", "1_0", "\u0665", "9999999999"]
)
def test_other_texts_are_no_limits(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        Limit.from_text(text)
