"""The comparisons of the benchmark, and their targets."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from corpus import FIRST_ID, WEB_PATH
from measure import Process, Sample, in_turn, ratio
from servers import LATENCY, nginx, slow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).resolve().parent
SCHEMA = FOLDER.parent / "schemas" / "campaign.schema.json"
TOKEN = "benchmark-token"  # noqa: S105  # not a real token
_BIN = Path(sys.executable).parent
VOXOSYNC = str(_BIN / "voxosync")
OURS = "voxosync"
FLOOR = "the libraries' imports and parsing, nothing else"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    campaigns: int = 1_000
    numbers: int = 100_000
    many_campaigns: tuple[int, ...] = (100, 1_000, 10_000)
    many_numbers: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    runs: int = 5


SMOKE = Sizes(10, 200, (10, 20), (100, 200), 1)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measured ratio, and its target; None: it has no target."""

    against: str
    value: float
    target: float | None = None
    kind: Literal["at most", "at least"] = "at most"

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None: it has no target."""
        if self.target is None:
            return None
        return self.value <= self.target if self.kind == "at most" else self.value >= self.target


@dataclass(frozen=True, slots=True)
class Case:
    """One comparison: the runs of each process, and their ratios."""

    name: str
    samples: dict[str, Sample]
    ratios: list[Ratio] = field(default_factory=list)


class Bench:
    """Creates the test data in a folder, runs the servers, and measures one case after another."""

    def __init__(self, folder: Path, sizes: Sizes, report: Callable[[str], None]) -> None:
        self._folder = folder
        self._sizes = sizes
        self._report = report

    def cases(self) -> Iterator[Case]:
        """Every comparison."""
        yield self.small()
        yield self.latency()
        yield self.csv()
        yield self.yaml()
        yield self.validate()
        yield self.start()

    def small(self) -> Case:
        """A plan of many small campaigns, all in sync."""
        count = self._sizes.campaigns
        name = f"`plan`, {count:,} small campaigns, all in sync, 8 at once"
        with self._served("small", count) as (project, url):
            samples = self._measured(
                name,
                {
                    OURS: _plan(project, url),
                    "httpx in 8 threads, GET and json.loads only": _httpx(url, count, 8),
                    "curl --parallel, GET only": _curl(url, count, 8),
                    "an afternoon's script": _python(
                        "afternoon.py", str(project), url, str(SCHEMA)
                    ),
                },
            )
        _, bare, curl, afternoon = samples
        return Case(
            name,
            samples,
            [
                Ratio("the bare httpx loop", ratio(samples, OURS, bare), 1.0),
                Ratio("curl, the wire's own time", ratio(samples, OURS, curl)),
                Ratio(
                    "the afternoon's script is slower by",
                    ratio(samples, afternoon, OURS),
                    3.0,
                    "at least",
                ),
            ],
        )

    def latency(self) -> Case:
        """The same with 50 ms more for each request."""
        count, threads = self._sizes.campaigns, 16
        name = (
            f"`plan`, {count:,} small campaigns, {LATENCY * 1000:g} ms a request, {threads} at once"
        )
        with self._served("small", count) as (project, near), slow(near) as url:
            samples = self._measured(
                name,
                {
                    OURS: _plan(project, url, "--concurrency", str(threads)),
                    f"httpx in {threads} threads, GET and json.loads only": _httpx(
                        url, count, threads
                    ),
                    "curl --parallel, GET only": _curl(url, count, threads),
                    FLOOR: _python("floor.py", "yaml", str(project / "campaigns")),
                },
            )
        bound = math.ceil(count / threads) * LATENCY
        _, bare, curl, floor = samples
        least = (samples[floor].median + samples[curl].median) / bound
        return Case(
            name,
            samples,
            [
                Ratio(f"the latency bound, {bound:.2f} s", samples[OURS].median / bound, 1.1),
                Ratio("the bound, of that floor and curl one after the other", least),
                Ratio("the bare httpx loop", ratio(samples, OURS, bare)),
                Ratio("curl", ratio(samples, OURS, curl)),
            ],
        )

    def csv(self) -> Case:
        """A plan of one large campaign whose numbers are in a CSV file."""
        count = self._sizes.numbers
        name = f"`plan`, {count:,} numbers in CSV, up to 90 of them different"
        with self._served("csv", count) as (project, url):
            response = project.parent / "web" / WEB_PATH / str(FIRST_ID)
            contacts = project / "contacts.csv"
            samples = self._measured(
                name,
                {
                    OURS: _plan(project, url),
                    "csv.reader and json.loads alone": _python(
                        "parse_only.py", "csv", str(contacts), str(response)
                    ),
                    FLOOR: _python("floor.py", "csv", str(contacts), str(response)),
                },
            )
        _, parsing, floor = samples
        ratios = [
            Ratio("parsing alone", ratio(samples, OURS, parsing), 2.5),
            Ratio("parsing alone, of that floor", ratio(samples, floor, parsing)),
        ]
        return Case(name, samples, ratios)

    def yaml(self) -> Case:
        """A plan of one large campaign whose numbers are in its YAML."""
        count = self._sizes.numbers
        name = f"`plan`, {count:,} numbers in YAML, up to 90 of them different"
        with self._served("yaml", count) as (project, url):
            (definition,) = (project / "campaigns").glob("*.yaml")
            samples = self._measured(
                name,
                {
                    OURS: _plan(project, url),
                    "yaml.CSafeLoader alone": _python("parse_only.py", "yaml", str(definition)),
                },
            )
        _, loader = samples
        return Case(name, samples, [Ratio("the loader alone", ratio(samples, OURS, loader), 0.5)])

    def validate(self) -> Case:
        """Validation of files, by voxosync and by check-jsonschema with the same schema."""
        count = self._sizes.campaigns
        name = f"`validate`, {count:,} files"
        project, _ = self._corpus("small", count)
        files = sorted(map(str, (project / "campaigns").glob("*.yaml")))
        samples = self._measured(
            name,
            {
                OURS: Process([VOXOSYNC, "-C", str(project), "validate"]),
                "check-jsonschema": Process(
                    [check_jsonschema(), "--quiet", "--schemafile", str(SCHEMA), *files]
                ),
            },
        )
        _, checker = samples
        faster = Ratio(
            "check-jsonschema is slower by", ratio(samples, checker, OURS), 10, "at least"
        )
        return Case(name, samples, [faster])

    def start(self) -> Case:
        """The start of a command."""
        click = '`python -c "import click"`'
        samples = self._measured(
            "start",
            {
                "voxosync --version": Process([VOXOSYNC, "--version"]),
                "voxosync --help": Process([VOXOSYNC, "--help"]),
                click: Process([sys.executable, "-c", "import click"]),
            },
        )
        version, help_, _ = samples
        ratios = [
            Ratio(f"{side} against {click}", ratio(samples, side, click), 1.3)
            for side in (version, help_)
        ]
        return Case("start", samples, ratios)

    def growth(self) -> Iterator[dict[str, Any]]:
        """How time and memory grow with the number of campaigns, and of numbers in one of them."""
        yield self._growth("campaigns", "small", self._sizes.many_campaigns)
        yield self._growth(
            "numbers in the CSV file of one campaign", "csv", self._sizes.many_numbers
        )

    def _growth(self, of: str, kind: str, counts: tuple[int, ...]) -> dict[str, Any]:
        points = []
        for count in counts:
            with self._served(kind, count) as (project, url):
                samples = self._measured(f"{count:,} {of}", {OURS: _plan(project, url)})
            sample = samples[OURS]
            points.append({"count": count, "seconds": sample.median, "peakMiB": sample.peak})
        return {
            "of": of,
            "points": points,
            "exponent": exponent(points),
            "lastStep": exponent(points[-2:]),
        }

    def _measured(self, name: str, processes: dict[str, Process]) -> dict[str, Sample]:
        self._report(name)
        return in_turn(processes, self._sizes.runs)

    @contextmanager
    def _served(self, kind: str, count: int) -> Iterator[tuple[Path, str]]:
        project, web = self._corpus(kind, count)
        with ExitStack() as stack:
            own = self._folder / f"nginx-{kind}-{count}"
            own.mkdir(exist_ok=True)
            yield project, stack.enter_context(nginx(web, own))

    def _corpus(self, kind: str, count: int) -> tuple[Path, Path]:
        """Creates test data in another process, because our memory would count as that of processes that we start."""
        folder = self._folder / f"{kind}-{count}"
        if not folder.exists():
            script = str(FOLDER / "corpus.py")
            subprocess.run([sys.executable, script, kind, str(count), str(folder)], check=True)
        return folder / "project", folder / "web"


def exponent(points: list[dict[str, Any]]) -> float:
    """The slope of the line through the logarithms, by least squares; 1 means in proportion."""
    xs = [math.log(point["count"]) for point in points]
    ys = [math.log(point["seconds"]) for point in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum((x_value - x) * (y_value - y) for x_value, y_value in zip(xs, ys, strict=True))
    return rise / sum((x_value - x) ** 2 for x_value in xs)


def missing() -> list[str]:
    """The programs that are not installed."""
    needed = {"nginx": "nginx", "curl": "curl", "check-jsonschema": check_jsonschema()}
    programs = [name for name, program in needed.items() if shutil.which(program) is None]
    return programs + ([] if shutil.which(VOXOSYNC) else ["voxosync, in the same environment"])


def check_jsonschema() -> str:
    """check-jsonschema, from the environment of this Python or from the PATH."""
    own = _BIN / "check-jsonschema"
    return str(own) if own.exists() else "check-jsonschema"


def _plan(project: Path, url: str, *options: str) -> Process:
    environment = {"VOXO_API_BASE_URL": url, "VOXO_API_TOKEN": TOKEN}
    return Process([VOXOSYNC, "-C", str(project), "plan", *options], environment)


def _httpx(url: str, count: int, threads: int) -> Process:
    return _python("bare_httpx.py", url, str(FIRST_ID), str(count), str(threads))


def _curl(url: str, count: int, at_once: int) -> Process:
    ids = f"{url}/{WEB_PATH}/[{FIRST_ID}-{FIRST_ID + count - 1}]"
    header = f"Authorization: Bearer {TOKEN}"
    options = ["--silent", "--fail", "--no-progress-meter", "--header", header]
    parallel = ["--parallel", "--parallel-immediate", "--parallel-max", str(at_once)]
    return Process(["curl", *options, *parallel, "--output", "/dev/null", ids])


def _python(script: str, *arguments: str) -> Process:
    return Process([sys.executable, str(FOLDER / script), *arguments])
