"""What is wrong with a JSON document is told in the same words and at the same place in every Python."""

from __future__ import annotations

import json

import pytest

from voxosync.sync.json_documents import json_error

ARRAY = "Illegal trailing comma before end of array"
OBJECT = "Illegal trailing comma before end of object"
VALUE = "Expecting value"
NAME = "Expecting property name enclosed in double quotes"


@pytest.mark.parametrize(
    ("text", "newer", "expected"),
    [
        ("[1,]", (ARRAY, 2), (1, 4, VALUE)),
        ("[1, \n]", (ARRAY, 2), (2, 1, VALUE)),
        ('{"a":1,}', (OBJECT, 6), (1, 8, NAME)),
        ('{"a":1, }', (OBJECT, 6), (1, 9, NAME)),
        ('{"a":1,\n\n  }', (OBJECT, 6), (3, 3, NAME)),
    ],
)
def test_a_comma_behind_the_last_entry(
    text: str, newer: tuple[str, int], expected: tuple[int, int, str]
) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    assert json_error(caught.value, text) == expected  # as this Python says it
    assert (
        json_error(json.JSONDecodeError(newer[0], text, newer[1]), text) == expected
    )  # as 3.13 does


@pytest.mark.parametrize("text", ["", "[1 2]", '{"a"}', "nul", '"a', "[1]x"])
def test_everything_else_is_as_python_says(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    failure = caught.value
    assert json_error(failure, text) == (failure.lineno, failure.colno, failure.msg)
