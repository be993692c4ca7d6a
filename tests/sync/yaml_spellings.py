"""Definitions as people write them: the same values in any YAML style, for property tests.

Every line is recorded with the key that it belongs to, so that a test knows which lines had to change.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from voxosync.model.numbers import Numbers
from voxosync.model.values import Destination

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS = st.sampled_from(
    ["Spring", "yes", "007", "a: b", "it's # it", "Zoë ☎", "two\nlines", "one\n\ntwo\n", " ends ", "- x",
     "a fairly long text that a folded block would spread over lines", "[x]", "*abc", "null", "1e3", "a\\b", "…\x07"]
)  # fmt: skip
CLOCKS = st.sampled_from(["00:00", "09:00", "18:30"])
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "name": TEXTS.filter(lambda text: len(text) > 2) | st.text(min_size=3, max_size=8),
    "state": st.sampled_from(["READY", "PAUSED"]),
    "dateStart": st.sampled_from(["2096-03-01", "2096-03-02"]),
    "dateEnd": st.sampled_from(["2097-03-01", "2097-03-02"]),
    "callHoursStart": CLOCKS,
    "callHoursEnd": CLOCKS,
    "timezone": st.sampled_from(["America/Chicago", "Etc/UTC"]),
    "callerId": st.sampled_from(["6015550100", "6015550199"]),
    "callFrequency": st.sampled_from([10, 30, 30.5]),
    "recording": st.sampled_from(["yes", "no"]),
    "enableVMDetect": st.sampled_from(["0", "1"]),
    "message": TEXTS | st.text(max_size=8),
}
NUMBERS = st.sampled_from([f"601555010{n}" for n in range(6)] + ["+1 601 555 0123", "0123"])
DESCRIPTIONS = st.sampled_from(["", "Customer 1042", "1043", "a, b", "it's", 'say "x"'])
DESTINATION_LISTS = st.lists(
    st.builds(Destination, st.sampled_from(["QUEUE", "IVR"]), st.integers(1, 3)), max_size=4
).map(tuple)
LISTS: dict[str, st.SearchStrategy[Any]] = {
    "numbers": st.dictionaries(NUMBERS, DESCRIPTIONS, max_size=5).map(Numbers.spelled),
    "destinations": DESTINATION_LISTS,
    "matchDestinations": DESTINATION_LISTS,
}
VALUES = {**SCALARS, **LISTS}

values = st.fixed_dictionaries({}, optional=VALUES)


@dataclass(frozen=True)
class Spelled:
    """A document: its lines without line ends, each with the key that it belongs to, if any."""

    lines: tuple[tuple[str | None, str], ...]
    shares: bool


@st.composite
def documents(draw: st.DrawFn, campaign_id: int, field_values: Mapping[str, Any]) -> Spelled:
    """A definition with these values in any spelling."""
    if draw(st.integers(0, 7)) == 0:
        parts = [f"{key}: {_flow(draw, key, value)}" for key, value in field_values.items()]
        text = ", ".join([f"id: {campaign_id}", *parts])
        return Spelled((("*", f"{{{text}}}"),), shares=False)
    margin = draw(st.sampled_from(["", "", "  "]))
    tagged_lines: list[tuple[str | None, str]] = []
    anchors: dict[str, str] = {}
    shares = False
    keys = ["id", *draw(st.permutations(list(field_values)))]
    for key in keys:
        if draw(st.booleans()):
            comment = draw(st.sampled_from(["", "# about it", "# 'odd: {"]))
            tagged_lines.append((None, comment and margin + comment))
        value = campaign_id if key == "id" else field_values[key]
        same = anchors.get(repr(value))
        if same and draw(st.booleans()):
            tagged_lines.append((key, f"{margin}{key}: *{same}"))
            shares = True
            continue
        anchor = ""
        if key != "id" and draw(st.integers(0, 3)) == 0:
            anchors[repr(value)] = f"a{len(anchors)}"
            anchor = f"&{anchors[repr(value)]} "
        lines = _value(draw, key, value)
        lines[0] = f"{key}: {anchor}{lines[0]}".rstrip(" ")
        tagged_lines += [(key, f"{margin}{line}" if line else "") for line in lines]
    return Spelled(tuple(tagged_lines), shares)


def _value(draw: st.DrawFn, key: str, value: Any) -> list[str]:
    comment = draw(st.sampled_from(["", "", "  # why"]))
    if isinstance(value, dict | tuple):
        return _list(draw, key, value, comment)
    text = str(value)
    style = draw(st.sampled_from(["plain", "single", "double", "literal", "folded"]))
    ends = text.endswith("\n")
    body = text.removesuffix("\n")
    blocky = (
        body.isprintable()
        if "\n" not in body
        else all(p and p.isprintable() for p in body.split("\n") if p)
    )
    if key == "message" and blocky and body and body[0] not in " \n" and body[-1] not in " \n":
        chomp = "" if ends else "-"
        if style == "literal":
            return [
                f"|{chomp}{comment}",
                *(f"  {line}" if line else "" for line in body.split("\n")),
            ]
        if style == "folded" and "\n" not in body and "  " not in body:
            words = body.split(" ")
            half = len(words) // 2
            pieces = [" ".join(part) for part in (words[:half], words[half:]) if part]
            return [f">{chomp}{comment}", *(f"   {piece}" for piece in pieces)]
    return [_scalar(key, text, style, flow=False) + comment]


def _scalar(key: str, text: str, style: str, *, flow: bool) -> str:
    special = key in ("name", "message", "description") and not text.replace(" ", "").isalnum()
    plain = text.isascii() and text.strip() == text and text not in ("", "null") and not special
    if style == "plain" and plain and not (flow and ":" in text):
        return text
    if style == "single" and text.isprintable():
        doubled = text.replace("'", "''")
        return f"'{doubled}'"
    return json.dumps(text)


def _flow(draw: st.DrawFn, key: str, value: Any) -> str:
    if isinstance(value, dict | tuple):
        return f"[{', '.join(_entries(draw, value))}]"
    return _scalar(key, str(value), draw(st.sampled_from(["plain", "single", "double"])), flow=True)


def _pairs(draw: st.DrawFn, value: Any) -> list[list[str]]:
    style = draw(st.sampled_from(["plain", "single", "double"]))
    if isinstance(value, tuple):
        return [[f"type: {destination.type}", f"id: {destination.id}"] for destination in value]
    return [
        [f"number: {_scalar('number', number, style, flow=True)}"]
        + (
            [f"description: {_scalar('description', description, style, flow=True)}"]
            if description
            else []
        )
        for number, description in value.as_written().items()
    ]


def _entries(draw: st.DrawFn, value: Any) -> list[str]:
    pad = draw(st.sampled_from(["", " "]))
    return [f"{{{pad}{', '.join(pairs)}{pad}}}" for pairs in _pairs(draw, value)]


def _list(draw: st.DrawFn, key: str, value: Any, comment: str) -> list[str]:
    style = draw(st.sampled_from(["flow", "lines", "flow lines", "block", "own dash"]))
    if not value or style == "flow":
        return [_flow(draw, key, value) + comment]
    comments = st.sampled_from(["", "", "  # one"])
    if style == "flow lines":
        entries = _entries(draw, value)
        last = draw(st.sampled_from(["", ","]))
        commas = [","] * (len(entries) - 1) + [last]
        lines = [
            f"    {entry}{comma}{draw(comments)}"
            for entry, comma in zip(entries, commas, strict=True)
        ]
        return [f"[{comment}", *lines, "  ]"]
    step = draw(st.sampled_from(["", "  "]))
    if style == "lines":
        return [comment.strip(), *(f"{step}- {e}{draw(comments)}" for e in _entries(draw, value))]
    lines = [comment.strip()]
    for pairs in _pairs(draw, value):
        if draw(st.integers(0, 4)) == 0:
            lines.append(f"{step}# among them")
        first = (
            [f"{step}-", f"{step}  {pairs[0]}"] if style == "own dash" else [f"{step}- {pairs[0]}"]
        )
        lines += [*first, *(f"{step}  {pair}{draw(comments)}" for pair in pairs[1:])]
    return lines
