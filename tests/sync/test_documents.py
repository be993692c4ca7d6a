"""Errors in JSON documents have the same message and position in every version of Python."""

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
def test_trailing_comma_has_the_same_message_in_every_python(
    text: str, newer: tuple[str, int], expected: tuple[int, int, str]
) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    assert json_error(caught.value, text) == expected  # the error of this Python
    # The error of Python 3.13:
    assert json_error(json.JSONDecodeError(newer[0], text, newer[1]), text) == expected


@pytest.mark.parametrize("text", ["", "[1 2]", '{"a"}', "nul", '"a', "[1]x"])
def test_other_errors_are_those_of_python(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    failure = caught.value
    assert json_error(failure, text) == (failure.lineno, failure.colno, failure.msg)
