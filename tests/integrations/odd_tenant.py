"""A tenant of 300 campaigns with unusual values that VOXO could return; the values are the same in every run."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voxosync.sandbox.server import Sandbox

TENANT = 17
SIZE = 300
LAST_ID = 9_007_199_254_740_991

COLLIDING = ["Spring renewal", "spring-renewal", "SPRING  RENEWAL!", "Spring_renewal", "Spring"]
LIKE_OTHER_TYPES = [
    "yes", "no", "off", "true", "null", "NULL", "Null", "007", "1e3", "0x1F", "0o17", "1_000", "12:30", "1:30:00",
    "2026-03-01", "2026-03-01T00:00:00Z", ".inf", ".nan", "1.50", "+15", "<<", "===",
]  # fmt: skip
LIKE_YAML = [
    "---", "...", "- x", "? x", ": x", "x: y", "x #y", "#xyz", "*alias", "&anchor", "!!int 5", "%YAML 1.1", "@at",
    "`tick`", "| bar", "> fold", "{a: b}", "[a, b]", "'single'", '"double"', "it's", "a\\nb", "name: x\nid: 9",
    "voxosync:", "x, y}", "ends with:",
]  # fmt: skip
HOSTILE = [
    "\x1b[2Jgone", "nul\0byte", "bell\x07", "\u202eright to left", "\ufeffmark", "line\u2028end", "next\x85line",
    "zero\u200bwidth", "<script>alert(1)</script>", "<!-- x -->", "]]></failure>", "${{ github.token }}",
    "::error::x", "$(touch x)", "../../../etc/passwd", "a/b\\c", "CON", "nul.yaml", "[x](javascript:alert(1))",
    "| a | b |", "**bold** @everyone", "=1+1", "\ud800half a pair", "\x7f\x80\x9f", "{{ 7*7 }}", "%s%n {0}",
]  # fmt: skip
FOREIGN = [
    "☎️ 📞 call", "👨‍👩‍👧 family", "Zoë", "Zoe\u0308 in two", "日本語のキャンペーン", "עברית", "\u00a0hard space\u00a0",
    "\ufb01 ligature",
]  # fmt: skip
SPACED = [
    "  padded  ", "ends ", "tab\there", "two\nlines", "\nstarts", "ends\n", "three\r\nlines\r\n", "old\rmac",
]  # fmt: skip
SHORT = ["ab", "a", "", " ", "é", "☎"]
NO_TEXT: list[Any] = [None, 123, 1.5, 0, 10**20]

TEXTS: list[Any] = [
    *COLLIDING, *LIKE_OTHER_TYPES, *LIKE_YAML, *HOSTILE, *FOREIGN, *SPACED, *SHORT, *NO_TEXT, "x" * 300,
]  # fmt: skip

MESSAGES: list[Any] = [
    *(f"{text}\nand a second line" for text in TEXTS[:24:3]),
    "a\n\n\nb", "\n", "\n\n", " \n ", "ends twice\n\n", "no trailing \nspaces? \n", "\ttab first", "tabs\t\n\tinside",
    " indented\nthen not", "not\n  indented\n then", "# a comment?\n# another", "--- \n...\n---", "a: b\nc: d\n",
    "text # no comment", "it's \"both\" kinds", "back\\slash\\n", "'", '"', "''", '""', "|", ">", "|-\n  x",
    "long " * 2000, "\n".join(f"line {n}: it's #{n}" for n in range(600)), "word" * 2500, "é☎" * 1500, "x\n" * 300,
    "mixed\r\nends\nof\rlines", "Hello {{name}}, call us: 601-555-0123 # now",
    *TEXTS,
]  # fmt: skip

CALLER_IDS: list[Any] = [
    "6015550100", 6015550101, "+1 601 555 0102", "16015550103", "0601555010", "601-555-0104", "", "6015550105 ",
    "anonymous", None, 6015550106.0,
]  # fmt: skip
ZONES: list[Any] = [
    "America/Chicago", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca",
    "Antarctica/Troll", "US/Central", "EST5EDT", "Etc/GMT+12", "Pacific/Kiritimati", "Asia/Kathmandu", "UTC",
    "Mars/Phobos", "america/chicago", "", None, "../zones", "GMT+1",
]  # fmt: skip
DATES: list[Any] = [
    ("2096-03-01", "2096-03-31"), ("2096-03-11T00:00:00.000Z", "2096-11-04 00:00:00"), ("2096-02-29", None),
    (None, "2096-05-01"), (None, None), ("2097-02-29", "2097-03-01"), ("2096-12-31", "2096-01-01"),
    ("2096-06-01", "2096-06-01"), ("0999-01-01", "2096-01-01"), ("9999-12-31", "9999-12-31"), ("", ""),
    ("2096-3-1", "soon"), ("2020-01-01", "2020-01-02"), ("1000-01-01", "9999-12-31"), (20960301, 2096.5),
]  # fmt: skip
HOURS: list[Any] = [
    ("09:00", "18:30"), ("00:00", "23:59"), ("23:59", "00:00"), ("09:00:00", "18:30:00"), ("02:30", "02:30"),
    (None, None), ("09:00", None), (None, "18:30"), ("24:00", "9:00"), ("09:00:30", "18:30:59"), ("", "noon"),
    ("08:00:00.000", "08:00"), (900, 1830),
]  # fmt: skip
FREQUENCIES: list[Any] = [
    30, 30.0, "30", "30.50", 10.5, 9, 0, -1, 9.0001, 86400, 1e6, 1e22, "abc", "", None, "1e3",
]  # fmt: skip
STATES: list[Any] = [
    "PAUSED", "READY", "RUNNING", "PAUSED", "READY", "FINISHED", None, "", "ready", "PAUSED",
]  # fmt: skip
RECORDINGS: list[Any] = ["yes", "no", "yes", "YES", None, 1, "", "true"]
DETECTS: list[Any] = [1, 0, "1", "0", None, 2, 1.0, "yes", "", "01"]
TECHS: list[Any] = ["VOICE", "VOICE", "SMS", None, "VOICE", "", "voice"]

DESTINATIONS: list[Any] = [
    [{"typeSrc": "X", "destType": "EXTENSION", "id": 101, "order": 2}, {"destType": "QUEUE", "id": 12, "order": 1}],
    [{"destType": "QUEUE", "id": "12", "order": "2"}, {"destType": "IVR", "id": 7.0, "order": 10}],
    [],
    [{"destType": "QUEUE", "id": 12}, {"destType": "QUEUE", "id": 12}, {"destType": "queue", "id": 12}],
    [{"destType": "yes", "id": 1}, {"destType": "a, b}", "id": LAST_ID}, {"destType": "☎ #1: x", "id": 2}],
    [{"destType": "QUEUE", "id": 12, "order": 1}, {"destType": "VOICEMAIL", "id": 7, "order": 1}],
    [{"destType": "", "id": 3}],
    [{"destType": "QUEUE", "id": 0}],
    [{"destType": "QUEUE", "id": 12, "extra": {"deep": [1]}}],
    [{"destType": 5, "id": 5, "order": None}],
]  # fmt: skip


def number(index: int) -> str:
    """A fictional phone number, which is different for each index."""
    return f"{200 + index // 100}55501{index % 100:02}"


def _plain(count: int) -> list[dict[str, Any]]:
    return [
        {"number": number(n), "description": f"Customer {n}", "disposition": None} for n in range(count)
    ]  # fmt: skip


_HALF = "\ud800half a pair"
_UNUSUAL = [
    "+1 601 555 0123", "(601) 555-0124", "anonymous", "007", "1e3", "0", " 6015550125", "a,b", 'say "x"', "yes",
    "null", "~", "#6015550126", "6015550127\n",
]  # fmt: skip

NUMBERS: list[Any] = [
    _plain(2),
    [],
    _plain(1),
    [{"number": 6015550110, "description": None}, {"number": 6015550111.0}, {"number": "6015550112", "description": 7}],
    [
        {"number": "6015550110", "description": "a", "disposition": "ANSWERED"},
        {"number": "6015550110", "description": "b"},
    ],
    [
        {"number": number(n), "description": text, "disposition": "BUSY"}
        for n, text in enumerate(TEXTS)
        if text != _HALF
    ],
    [{"number": text} for text in _UNUSUAL],
    _plain(12)[::-1],
    [{"number": number(n), "description": "", "disposition": f"D{n}", "extra": n} for n in range(40)],
    [{"number": number(7), "description": _HALF}],
    [{"number": number(n), "description": ["", None, "x, y", "- z", "q: #"][n % 5]} for n in range(15)],
]  # fmt: skip
LONG = {5: 200, 6: 201, 7: 5000, 17: 201}
"""The count of numbers of some campaigns, by index."""

EXTRAS: list[dict[str, Any]] = [
    {}, {"callDelay": None, "dialtimeout": "30", "lastrun": "2022-02-16 14:33:45"}, {"type": None}, {"extra": "?"},
    {"createdBy": {"name": "x", "list": [1, {"a": None}]}}, {"tenantId": "17"}, {"lastrun": "\x1b[1m # x"},
    {"type": "☎\n"},
]  # fmt: skip


def _nth(values: list[Any], index: int, step: int) -> Any:
    return values[index * step % len(values)]


def _unusual_campaign(index: int) -> dict[str, Any]:
    """The campaign at an index, whose combination of unusual values is different from the others."""
    start, end = _nth(DATES, index, 1)
    from_time, to_time = _nth(HOURS, index, 1)
    from_hour, to_hour = _nth(HOURS, index, 3)
    return {
        "name": _nth(TEXTS, index, 1),
        "message": _nth(MESSAGES, index, 1),
        "tech": _nth(TECHS, index, 1),
        "state": _nth(STATES, index, 1),
        "dateStart": start,
        "dateEnd": end,
        "timeStart": from_time,
        "timeEnd": to_time,
        "callHoursStart": from_hour,
        "callHoursEnd": to_hour,
        "timezone": _nth(ZONES, index, 1),
        "callerId": _nth(CALLER_IDS, index, 1),
        "callFrequency": _nth(FREQUENCIES, index, 1),
        "recording": _nth(RECORDINGS, index, 1),
        "enableVMDetect": _nth(DETECTS, index, 1),
        "numbers": _plain(LONG[index]) if index in LONG else _nth(NUMBERS, index, 1),
        "destinations": _nth(DESTINATIONS, index, 1),
        "matchDestinations": _nth(DESTINATIONS, index, 3),
        "notMatchDestinations": _nth(DESTINATIONS, index, 7),
        **_nth(EXTRAS, index, 1),
    }


_ARRAYS = ("numbers", "destinations", "matchDestinations", "notMatchDestinations")
_ALL_NULL = dict.fromkeys(_unusual_campaign(0))

UNIFORM: list[dict[str, Any]] = [
    {name: None for name in _ALL_NULL if name not in _ARRAYS},
    _ALL_NULL,
    {name: [] if name in _ARRAYS else "" for name in _ALL_NULL},
    {name: {} for name in _ALL_NULL if name != "tenantId"},
    {name: True for name in _ALL_NULL if name != "tenantId"},
    {"numbers": [{}]},
    {"numbers": [{"description": "no number"}]},
    {"destinations": [{"id": 5}], "matchDestinations": "none", "notMatchDestinations": {}},
]
"""Campaigns in which all values are of the same kind, or in which arrays are invalid."""


def ids() -> list[int]:
    """The ids of the tenant: adjacent ones, distant ones, and the largest possible one."""
    return [*range(1, 11), *range(4711, 4711 + SIZE - 12), 2**31, LAST_ID]


def campaigns() -> dict[int, dict[str, Any]]:
    """The unusual values of each campaign, spelled as in a response from VOXO."""
    values = [*UNIFORM, *islice(map(_unusual_campaign, range(SIZE)), SIZE - len(UNIFORM))]
    return dict(zip(ids(), values, strict=True))


def fill(sandbox: Sandbox) -> None:
    """Fills a sandbox with the campaigns of the tenant, and with one of another tenant."""
    for campaign_id, raw in campaigns().items():
        sandbox.store.put(campaign_id, {})
        for key, value in raw.items():
            if key != "tenantId" or value is not None:
                sandbox.store.set_raw(campaign_id, key, value)
    sandbox.store.put(LAST_ID - 1, {"name": "Of another tenant"}, tenant_id=TENANT + 1)
