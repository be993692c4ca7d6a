"""Whatever comes in: a result or a documented error, soon, and in bounded memory. Never anything else.

`fuzz/targets.py` says what is done with an input, `fuzz/seeds.py` how good ones are made bad; developers look
for more with `fuzz/atheris_fuzz.py`. Every run tries the same inputs.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from itertools import count
from random import Random
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.seeds import SCRAPS, mutated, seeds
from fuzz.targets import TARGETS, TOKEN
from voxosync.errors import VoxoError
from voxosync.model.fields import FIELDS
from voxosync.voxo.api_credentials import ApiCredentials
from voxosync.voxo.client import Voxo
from voxosync.voxo.retry_policy import RetryPolicy
from voxosync.voxo.run_limiter import RunLimiter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_voxo import FakeVoxo, Handler

pytestmark = pytest.mark.slow

MUTATED = {
    "definition": 800,
    "defaults": 400,
    "contacts": 600,
    "spreadsheet": 300,
    "settings": 800,
    "plan": 1000,
    "journal": 2400,
    "snapshot": 1000,
    "answer": 2000,
}
"""How many different bad inputs, made from good ones, are tried of each kind."""
MADE_UP = 100
"""How many made from nothing are tried, of each kind."""
OVER_HTTP = 300
"""How many answers are tried over a connection."""

LONGEST = 10.0  # seconds for one input: a hundred times what the slowest takes
MOST_MEMORY = 512  # MiB by which a run of one kind may grow


def peak() -> int:
    """The most memory that this process ever had, in KiB; it never falls."""
    resource = pytest.importorskip("resource", reason="only POSIX counts it")
    found: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found // 1024 if sys.platform == "darwin" else found


def test_ten_thousand_inputs_are_tried_in_every_run() -> None:
    assert MUTATED.keys() == TARGETS.keys() == seeds().keys()
    assert sum(MUTATED.values()) + MADE_UP * len(TARGETS) + OVER_HTTP >= 10_000


@pytest.mark.parametrize("name", TARGETS)
def test_the_good_inputs_are_good(name: str, tmp_path: Path) -> None:
    for seed in seeds()[name]:
        TARGETS[name](seed, tmp_path)


@pytest.mark.parametrize("name", TARGETS)
def test_a_good_input_made_bad(name: str, tmp_path: Path) -> None:
    target, good = TARGETS[name], seeds()[name]
    before, tried = peak(), set[bytes]()
    for number in count():
        if len(tried) == MUTATED[name]:
            break
        random = Random(f"{name} {number}")  # noqa: S311  # the same inputs in every run
        data = mutated(random.choice(good), random)
        if data in tried:
            continue
        tried.add(data)
        started = monotonic()
        try:
            target(data, tmp_path)
        except Exception as bug:
            bug.add_note(f"the input {number}: {data[:2000]!r}")
            raise
        assert monotonic() - started < LONGEST, f"the input {number}: {data[:2000]!r}"
    assert (peak() - before) / 1024 < MOST_MEMORY


def _line(number: int, key: str, value: object) -> bytes:
    """The good journal with one key of one of its lines replaced."""
    lines = seeds()["journal"][0].split(b"\n")
    event = json.loads(lines[number])
    lines[number] = json.dumps(
        {**event, key: {**event[key], **value} if isinstance(value, dict) else value}
    ).encode()
    return b"\n".join(lines)


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("plan", {"campaigns": None}, 0),
        ("plan", {"campaigns": [{"id": 4711}]}, 0),
        ("actor", {"job": [1]}, 0),
        ("replaces", {"name": "\ud800 renewal"}, 1),  # VOXO may have held it
        ("replaces", {"name": {"\ud800": ""}}, 1),
        ("replaces", {"destinations": [{}]}, 1),
        ("patch", {"numbers": 7}, 1),
        ("patch", {"numbers": [{"number": "6015550123"}]}, 1),
        ("patch", {"destinations": [{"type": "QUEUE"}]}, 1),
        ("outcome", [], 2),
        ("campaign", "4711", 2),
    ],
)
def test_what_was_found_in_journals_once(
    key: str, value: object, line: int, tmp_path: Path
) -> None:
    TARGETS["journal"](_line(line, key, value), tmp_path)


# What VOXO's and our own keys are, in documents of any shape.
_words = st.sampled_from(
    ["id", "numbers", "number", "records", "event", "campaign", "campaigns", "patch", "replaces", "environments",
     "guards", "prod", "frozen", "formatVersion", *FIELDS]
) | st.text(max_size=5)  # fmt: skip
_json = st.recursive(
    st.sampled_from(SCRAPS) | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=4),
    max_leaves=8,
)
made_up = (
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.lists(st.dictionaries(_words, _json, max_size=5), min_size=1, max_size=3).map(
        lambda lines: "\n".join(map(json.dumps, lines)).encode()
    )
)


@pytest.mark.parametrize("name", TARGETS)
def test_an_input_made_from_nothing(name: str, tmp_path: Path) -> None:
    tried = 0

    @settings(
        max_examples=MADE_UP,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=made_up)
    def attempt(data: bytes) -> None:
        nonlocal tried
        tried += 1
        started = monotonic()
        TARGETS[name](data, tmp_path)
        assert monotonic() - started < LONGEST

    attempt()
    assert tried >= MADE_UP


HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: identity\r\n"
    b"Retry-After: 0\r\nContent-Length: %d\r\n\r\n"
)


def test_an_answer_over_http(server: FakeVoxo) -> None:
    """Its head too: what no HTTP library expects is still an error of ours, and the run goes on or ends."""
    tried = 0

    def reply(handler: Handler) -> None:
        nonlocal tried
        random = Random(tried)  # noqa: S311  # as above
        body = random.choice(seeds()["answer"])[1:]
        whole = HEAD % len(body) + body
        handler.wfile.write(
            mutated(whole, random) if tried % 3 else whole[: random.randint(0, len(whole))]
        )
        handler.close_connection = True
        tried += 1

    server.say(reply)
    credentials = ApiCredentials.of(base_url=server.url, token=TOKEN)
    started = monotonic()
    while tried < OVER_HTTP:
        retry_policy = RetryPolicy(
            silence=2, between_bytes=1, requested_pause=0, attempts=2, first_backoff=0.001
        )
        with Voxo(credentials, limiter=RunLimiter(retry_policy)) as voxo:
            for call in (
                voxo.campaign,
                voxo.campaigns,
                lambda number: voxo.update(number, {"name": "New"}),
            ):
                with suppress(VoxoError):
                    call(4711)
    assert monotonic() - started < 60
