"""Seeds for fuzzing: valid inputs of each kind, and mutations of them."""

from __future__ import annotations

import json
import tempfile
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuzz.targets import BASE_URL, DESIRED, LIVE, NOW, Voxo, plan_of
from voxosync.model.campaign import LiveCampaign
from voxosync.model.document import to_document
from voxosync.sync.apply import apply_plan
from voxosync.sync.journal import Journal
from voxosync.sync.snapshot import Snapshot

if TYPE_CHECKING:
    from random import Random

    from voxosync.model.plan import Plan

DEFINITION = """\
id: 4711
tenantId: 17
name: &name Spring renewal
state: PAUSED
dateStart: 2096-03-01
dateEnd: 2096-03-31
timeStart: 09:00
timeEnd: 18:30
callHoursStart: "10:00"
timezone: America/Chicago
callerId: 6015550100
callFrequency: 30.5
recording: yes
enableVMDetect: 1
message: >-
  Time to renew
numbers:
  - {number: 6015550123, description: *name, field1: Gold}
  - number: +1 601 555 0124
destinations: [{type: QUEUE, id: 12}, {type: EXTENSION, id: 101}]
matchDestinations: []
voxosync: {manageNumbers: add, ignore: [message], unmanaged: [recording]}
---
<<: {id: 4712}
name: Another
numbers: {file: one.csv}
"""

SETTINGS = """\
environments:
  prod: {baseUrl: "https://api.voxo.co", tenantId: 17, campaigns: calls, tokenEnv: VOXO_PROD, read: v2}
guards:
  maxCampaigns: 30%
  maxNumbersRemoved: 5
  goLive: confirm
  frozen:
    timezone: America/Chicago
    dates: [2026-12-24..2027-01-01, 2026-07-04]
    weekdays: {fri: 15:00-24:00, sun: 00:00-24:00}
"""

CONTACTS = """\
number,description,field1,field9\r
6015550123,"Customer ""1042"", first",Gold,\r
6015550124,,,"two
lines"\r
"""

WORDS = [
    b"", b"\0", b"\n", b"\r", b"\t", b" ", b'"', b"'", b",", b":", b"-", b"---\n", b"{", b"}", b"[", b"]", b"&a ",
    b"*a", b"<<: *a", b"!!str ", b"\\", b"\\ud800", b"\\u0000", b"%", b"~", b"null", b"true", b"NaN", b"1e999", b"-0",
    b"0x1E", b"9" * 400, b"1e308", b"9007199254740993", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xc2\x85",
    "\u2028\u202e🎉".encode(), b"\x1b[31m", b"../", b"::error::", b"[" * 2000, b"{a: " * 300, b"id", b"numbers",
]  # fmt: skip
"""Byte sequences that parsers often mishandle."""

SCRAPS: list[Any] = [
    None, True, False, 0, -1, 1, 1.5, 1e308, 4711.0, 10**30, 2**53 + 1, "", " ", "x", "\ud800", "\x1b[31m", "4711",
    "0009-01-01", "9999-12-31T23:59:59Z", "sha256:" + "0" * 64, "READY", "RUNNING", "numbers", "name", "x" * 5000,
    "9" * 5000, [], {}, [[]], [{}], {"": ""}, {"count": 1}, {"id": 1}, [{"type": "QUEUE", "id": 1}], [[[[[[]]]]]],
    {"number": "6015550123", "description": ""}, [{"number": "6015550123"}], {"6015550123": ""}, {"\ud800": "\ud800"},
]  # fmt: skip
"""JSON values that are unexpected almost anywhere in a document."""


def example_plan() -> Plan:
    """A plan with one campaign, of which many fields change."""
    live = LiveCampaign.from_response(LIVE)
    return plan_of([DESIRED], {DESIRED.id: live})


@cache
def _journal() -> bytes:
    """The journal of a run that applies the example plan."""
    with tempfile.TemporaryDirectory() as folder:
        with Journal(Path(folder), NOW) as journal:
            example = example_plan()
            journal.begin("apply", example, {"user": "operator"}, {"--allow-go-live": "yes"})
            results = apply_plan(Voxo(), example, journal=journal)  # type: ignore[arg-type]  # has all methods that apply_plan uses
            journal.end(results, 0)
        return journal.path.read_bytes()


@cache
def seeds() -> dict[str, list[bytes]]:
    """Maps the name of each target to valid inputs."""
    live = json.dumps(LIVE).encode()
    listed = json.dumps({"records": [LIVE], "page": 1, "totalRecords": 1}).encode()
    refusal = json.dumps(
        {"statusCode": 400, "message": ["no"], "error": {"message": "no"}}
    ).encode()
    return {
        "definition": [DEFINITION.encode(), DEFINITION.partition("---")[0].encode()],
        "defaults": [
            b"timezone: America/Chicago\nnumbers: {file: one.csv}\ncallerId: 6015550100\n"
        ],
        "contacts": [CONTACTS.encode(), b"number\n6015550123\n"],
        "spreadsheet": [
            CONTACTS.encode(),
            b"sep=;\nName;Phone\nAnn;601-555-0123\n",
            b"\xff\xfeP\0h\0",
        ],
        "settings": [SETTINGS.encode()],
        "plan": [json.dumps(to_document(example_plan())).encode()],
        "journal": [_journal()],
        "snapshot": [json.dumps(Snapshot(NOW, BASE_URL, [LIVE]).to_document()).encode()],
        "answer": [b"\0" + live, b"\0" + listed, b"\0[" + live + b"]", b"\5" + refusal],
    }


def mutated(data: bytes, random: Random) -> bytes:
    """Mutates a valid input as JSON, if it is JSON, as lines, or as bytes."""
    ways = [_bytes, _lines]
    if data[:1] in (b"{", b"\0", b"\5"):
        ways += [_json] * 4
    for _ in range(random.choice([1, 1, 1, 2, 3, 8])):
        data = random.choice(ways)(data, random)
    return data


def _bytes(data: bytes, random: Random) -> bytes:
    start = random.randint(0, len(data))
    end = min(len(data), start + random.choice([0, 0, 1, 2, 10, 50]))
    piece = random.choice(
        [random.choice(WORDS), random.randbytes(random.randint(0, 4)), data[:start][-20:]]
    )
    return data[:start] + piece + data[end:]


def _lines(data: bytes, random: Random) -> bytes:
    """Removes, repeats or swaps lines, or replaces what follows a colon or comma."""
    lines = data.split(b"\n")
    at, second = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(second, lines[at])
        case 2:
            lines[at], lines[second] = lines[second], lines[at]
        case _:
            before, sign, _ = lines[at].partition(random.choice([b":", b","]))
            lines[at] = before + sign + b" " + random.choice(WORDS)
    return b"\n".join(lines)


def _json(data: bytes, random: Random) -> bytes:
    """Replaces or removes one value of a JSON document or of a line of a journal, or adds one."""
    head, body = (data[:1], data[1:]) if data[:1] in (b"\0", b"\5") else (b"", data)
    lines = body.split(b"\n")
    at = random.randrange(len(lines))
    try:
        document = json.loads(lines[at])
    except (ValueError, RecursionError):
        return _bytes(data, random)
    values = list(_values(document))
    if not values:
        return _bytes(data, random)
    container, key = random.choice(values)
    match random.randrange(4):
        case 0 if isinstance(container, dict):
            container[random.choice(["later", "numbers", "name", "error", "\ud800", key])] = _scrap(
                random
            )
        case 0:
            container.append(_scrap(random))
        case 1:
            del container[key]
        case _:
            container[key] = _scrap(random)
    lines[at] = json.dumps(document).encode()
    return head + b"\n".join(lines)


def _scrap(random: Random) -> Any:
    return deepcopy(random.choice(SCRAPS))


def _values(value: Any) -> Any:
    """The container and the key of every value in a document."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, inner_value in inner:
        yield value, key
        yield from _values(inner_value)
