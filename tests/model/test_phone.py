"""Which numbers are the same phone, and lists of numbers, so that no spelling gets a person called twice."""

from __future__ import annotations

import pickle
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voxosync.model.numbers import Digest, Numbers, numbers_from_live, wire_numbers
from voxosync.model.phone import appearance, are_local, is_phone, is_usual, phone

ONE_PHONE = (
    "6015550100", "16015550100", "+16015550100", "601-555-0100", "(601) 555-0100", "1 (601) 555 0100", "601.555.0100",
    "601/555-0100", "+1-601-555-0100", " 6015550100 ", "601\u00a0555\u00a00100", "601\u2013555\u20130100",
    "\uff16\uff10\uff11\uff15\uff15\uff15\uff10\uff11\uff10\uff10", "\u202a6015550100\u202c",
)  # fmt: skip
WITH_EXTENSION = ("6015550100x12", "601-555-0100 x12", "1 601 555 0100 ext. 12", "6015550100 EXT12")
OTHER_PHONES = (
    "6015550101",
    "26015550100",
    "116015550100",
    "015550100",
    "6015550100x13",
    "",
    "Ann",
    "12",
)


@pytest.mark.parametrize("text", ONE_PHONE)
def test_spellings_of_a_number_are_the_same_phone(text: str) -> None:
    assert phone(text) == "6015550100"


@pytest.mark.parametrize("text", WITH_EXTENSION)
def test_an_extension_is_part_of_the_phone(text: str) -> None:
    assert phone(text) == "6015550100x12"


def test_different_numbers_are_different_phones() -> None:
    assert (
        len({phone(text) for text in (*OTHER_PHONES, "6015550100", "6015550100x12")})
        == len(OTHER_PHONES) + 2
    )


signs = st.text("0123456789 +-().,/xXextEXT#'=\u00a0\u2013\uff11\u0661", max_size=16)


@given(signs | st.text(max_size=8) | st.sampled_from(ONE_PHONE))
@example("1601555010012")
def test_canonical_form_of_a_phone_is_stable(text: str) -> None:
    assert phone(phone(text)) == phone(text)


@given(signs)
def test_phone_has_the_digits_of_the_number_as_written(text: str) -> None:
    """A slow and simple oracle: numbers with different digits are never the same phone."""
    if not is_phone(text):
        return
    main, _, extension = re.sub(r"(?i)ext\.?|x", "x", text).partition("x")
    digits, more = (re.sub(r"\D", "", part) for part in (main, extension))
    assert len(digits) >= 3
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    assert phone(text) == (f"{digits}x{more}" if more else digits)


@given(st.lists(signs | st.from_regex(r"\A[0-9]{9,11}\Z", alphabet="0123456789")))
def test_check_of_a_whole_list_agrees_with_the_check_of_each_number(texts: list[str]) -> None:
    assert are_local(texts) == all(re.fullmatch("[0-9]{10}", text, re.ASCII) for text in texts)
    if are_local(texts):
        assert [phone(text) for text in texts] == texts
    assert Numbers.spelled(dict.fromkeys(texts, "")).keys() == {phone(text) for text in texts}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing"),
        (" ", "nothing"),
        ("6.02E+09", "rounded"),
        ("6,02E+09", "rounded"),
        ("6015550110.0", "decimal"),
        ("'6015550110", "apostrophe"),
        ("<<<<<<< HEAD", "conflict marker"),
        ("=======", "conflict marker"),
        (">>>>>>> 1a2b3c", "conflict marker"),
        ("(1 row affected)", "database"),
        ("(1,024 rows affected)", "database"),
        ("#REF!", "spreadsheet error"),
        ("#N/A", "spreadsheet error"),
        ("#NAME?", "spreadsheet error"),
        ("=A1", "formula"),
        ("NaN", "no value"),
        ("null", "no value"),
        ("N/A", "no value"),
        ("12", "fewer than three"),
        ("call Ann", "words"),
        ("601-555-0110 (mobile)", "words"),
        ("601\u2013555\u20130110", "only look like"),
        ("\uff16\uff10\uff11\uff15\uff15\uff15\uff10\uff11\uff11\uff10", "only look like"),
        ("601;555;0110", "characters"),
        ("-6015550110", "characters"),
    ],
)
def test_appearance_describes_a_text_that_is_not_a_phone_number(text: str, words: str) -> None:
    assert not is_phone(text)
    assert words in appearance(text)


@given(st.text(max_size=12) | signs)
def test_appearance_is_never_empty(text: str) -> None:
    assert appearance(text)


@pytest.mark.parametrize(
    ("text", "usual"),
    [("6015550100", True), ("1-601-555-0100", True), ("601555010", False), ("26015550100", False),
     ("+44 20 7946 0000", False), ("911", False), ("6015550100x1", False)],
)  # fmt: skip
def test_a_usual_number_has_ten_digits(text: str, *, usual: bool) -> None:
    assert is_phone(text)
    assert is_usual(phone(text)) is usual


class TestNumbers:
    def test_spelling_is_kept_but_does_not_affect_equality(self) -> None:
        spelled, plain = (
            Numbers.spelled({"601-555-0100": "Ann"}),
            Numbers({"6015550100": "Ann"}),
        )
        assert spelled == plain
        assert Digest(spelled) == Digest(plain)
        assert spelled.as_written() == {"601-555-0100": "Ann"}
        assert Numbers.spelled({"6015550100": "Bob"}) != spelled

    def test_first_of_two_spellings_of_a_phone_is_kept(self) -> None:
        numbers = Numbers.spelled({"601-555-0100": "Ann", "6015550100": "Bob"})
        assert numbers.as_written() == {"601-555-0100": "Ann"}

    def test_pickling_keeps_spellings(self) -> None:
        numbers = Numbers.spelled({"601-555-0100": "Ann", "6015550101": ""})
        copy = pickle.loads(pickle.dumps(numbers))  # noqa: S301  # our own
        assert (copy, copy.spellings) == (numbers, numbers.spellings)

    def test_the_live_spelling_is_sent(self) -> None:
        numbers = Numbers.spelled({"601-555-0100": "Ann", "601-555-0101": "", "6015550102": ""})
        live = Numbers.spelled({"6015550100": "", "1 6015550102": ""})
        sent = wire_numbers(numbers.spelled_as(live), {}, {"6015550102": "BUSY"})
        assert sent == [
            {"number": "6015550100", "description": "Ann"},
            {"number": "601-555-0101", "description": ""},
            {"number": "1 6015550102", "description": "", "disposition": "BUSY"},
        ]

    def test_update_adds_phones_and_keeps_live_spellings(self) -> None:
        live = Numbers.spelled({"6015550100": "", "601-555-0101": ""})
        more = Numbers.spelled({"1-601-555-0100": "Ann", "(601) 555-0102": ""})
        assert live.updated(more).as_written() == {
            "6015550100": "Ann", "601-555-0101": "", "(601) 555-0102": "",
        }  # fmt: skip
        assert live.only(["6015550101"]).as_written() == {"601-555-0101": ""}


class TestLiveNumbers:
    RESULTS = ("ANSWERED", "", None, "BUSY")

    @given(
        st.permutations([("6015550100", "ANSWERED"), ("16015550100", ""), ("601-555-0100", None)])
    )
    def test_a_result_is_never_lost_to_an_empty_one(self, drawn: list[tuple[str, Any]]) -> None:
        listed = numbers_from_live([{"number": n, "disposition": result} for n, result in drawn])
        assert listed.dispositions == {"6015550100": "ANSWERED"}
        assert listed.numbers.as_written() == {drawn[0][0]: ""}
        assert listed.repeated == 2

    def test_number_listed_twice_keeps_its_result(self) -> None:
        entries = [{"number": "6015550100", "disposition": result} for result in ("ANSWERED", "")]
        assert numbers_from_live(entries).dispositions == {"6015550100": "ANSWERED"}

    def test_a_description_is_never_lost_to_an_empty_one(self) -> None:
        entries = [{"number": "601-555-0100", "description": "Ann"}, {"number": "6015550100"}]
        assert numbers_from_live(entries).numbers.as_written() == {"601-555-0100": "Ann"}

    def test_answered_outranks_every_other_result(self) -> None:
        for results in (("ANSWERED", "BUSY"), ("BUSY", "ANSWERED"), ("", "ANSWERED", "NO ANSWER")):
            entries = [{"number": "6015550100", "disposition": result} for result in results]
            assert numbers_from_live(entries).dispositions == {"6015550100": "ANSWERED"}

    def test_entry_without_a_number_is_not_sent_back(self) -> None:
        numbers = Numbers.spelled({"": "Nobody", "6015550100": ""})
        assert wire_numbers(numbers, {}, {}) == [{"number": "6015550100", "description": ""}]

    def test_entry_that_is_not_a_phone_is_read_and_reported(self) -> None:
        entries = [{"number": "NaN"}, {"number": 6015550100}, {"number": ""}, {}, {"number": None}]
        listed = numbers_from_live(entries)
        assert listed.numbers == {"NaN": "", "6015550100": "", "": ""}
        assert listed.not_phones == ("NaN", "", "", "")
        assert listed.repeated == 0
