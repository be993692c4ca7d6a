"""Any input leads to a result or a documented error, in bounded time and memory.

`fuzz/targets.py` defines how an input is processed, and `fuzz/seeds.py` how valid ones are mutated. Developers find
more inputs with `fuzz/atheris_fuzz.py`. Every run tries the same inputs.
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
"""The number of different mutated inputs that are tried of each kind."""
GENERATED = 100
"""The number of generated inputs that are tried of each kind."""
OVER_HTTP = 300
"""The number of responses that are tried over a connection."""

LONGEST = 10.0  # seconds for one input; a hundred times as long as the slowest takes
MOST_MEMORY = 512  # MiB that the inputs of one kind may need in total


def peak() -> int:
    """The peak memory of this process in KiB, which never decreases."""
    resource = pytest.importorskip("resource", reason="only POSIX measures it")
    peak_memory: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak_memory // 1024 if sys.platform == "darwin" else peak_memory


def test_every_run_tries_ten_thousand_inputs() -> None:
    assert MUTATED.keys() == TARGETS.keys() == seeds().keys()
    assert sum(MUTATED.values()) + GENERATED * len(TARGETS) + OVER_HTTP >= 10_000


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_accepted(name: str, tmp_path: Path) -> None:
    for seed in seeds()[name]:
        TARGETS[name](seed, tmp_path)


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_input_leads_to_a_result_or_an_error(name: str, tmp_path: Path) -> None:
    target, valid_inputs = TARGETS[name], seeds()[name]
    before, tried = peak(), set[bytes]()
    for number in count():
        if len(tried) == MUTATED[name]:
            break
        random = Random(f"{name} {number}")  # noqa: S311  # the same inputs in every run
        data = mutated(random.choice(valid_inputs), random)
        if data in tried:
            continue
        tried.add(data)
        start = monotonic()
        try:
            target(data, tmp_path)
        except Exception as bug:
            bug.add_note(f"the input {number}: {data[:2000]!r}")
            raise
        assert monotonic() - start < LONGEST, f"the input {number}: {data[:2000]!r}"
    assert (peak() - before) / 1024 < MOST_MEMORY


def _line(number: int, key: str, value: object) -> bytes:
    """The valid journal with one key of one of its lines replaced."""
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
        ("replaces", {"name": "\ud800 renewal"}, 1),  # VOXO may contain it
        ("replaces", {"name": {"\ud800": ""}}, 1),
        ("replaces", {"destinations": [{}]}, 1),
        ("patch", {"numbers": 7}, 1),
        ("patch", {"numbers": [{"number": "6015550123"}]}, 1),
        ("patch", {"destinations": [{"type": "QUEUE"}]}, 1),
        ("outcome", [], 2),
        ("campaign", "4711", 2),
    ],
)
def test_journals_that_once_caused_a_bug(
    key: str, value: object, line: int, tmp_path: Path
) -> None:
    TARGETS["journal"](_line(line, key, value), tmp_path)


# Documents of any shape with the keys of VOXO and of our own files.
_keys = st.sampled_from(
    ["id", "numbers", "number", "records", "event", "campaign", "campaigns", "patch", "replaces", "environments",
     "guards", "prod", "frozen", "formatVersion", *FIELDS]
) | st.text(max_size=5)  # fmt: skip
_json = st.recursive(
    st.sampled_from(SCRAPS) | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=8,
)
generated_inputs = (
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.lists(st.dictionaries(_keys, _json, max_size=5), min_size=1, max_size=3).map(
        lambda lines: "\n".join(map(json.dumps, lines)).encode()
    )
)


@pytest.mark.parametrize("name", TARGETS)
def test_generated_input_leads_to_a_result_or_an_error(name: str, tmp_path: Path) -> None:
    tried = 0

    @settings(
        max_examples=GENERATED,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=generated_inputs)
    def attempt(data: bytes) -> None:
        nonlocal tried
        tried += 1
        start = monotonic()
        TARGETS[name](data, tmp_path)
        assert monotonic() - start < LONGEST

    attempt()
    assert tried >= GENERATED


HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: identity\r\n"
    b"Retry-After: 0\r\nContent-Length: %d\r\n\r\n"
)


def test_mutated_http_response_leads_to_a_result_or_an_error(server: FakeVoxo) -> None:
    """Headers are mutated too; a malformed response is an error of voxosync, after which the run continues or ends."""
    tried = 0

    def reply(handler: Handler) -> None:
        nonlocal tried
        random = Random(tried)  # noqa: S311  # the same inputs in every run
        body = random.choice(seeds()["answer"])[1:]
        response = HEAD % len(body) + body
        handler.wfile.write(
            mutated(response, random) if tried % 3 else response[: random.randint(0, len(response))]
        )
        handler.close_connection = True
        tried += 1

    server.say(reply)
    credentials = ApiCredentials.of(base_url=server.url, token=TOKEN)
    start = monotonic()
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
    assert monotonic() - start < 60
