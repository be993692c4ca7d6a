"""Times whole processes in turn, so that other load on the machine affects all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Process:
    """A command to time, and its environment variables in addition to ours."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sample:
    """The runs of one process: seconds, and peak memory in MiB."""

    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median time, in seconds."""
        return statistics.median(self.seconds)

    @property
    def peak(self) -> float:
        """The highest peak memory of all runs, in MiB."""
        return max(self.peaks)


def in_turn(processes: Mapping[str, Process], runs: int) -> dict[str, Sample]:
    """Runs each process once without measuring, then all of them one after another, `runs` times."""
    samples = {name: Sample() for name in processes}
    for run in range(runs + 1):
        for name, process in processes.items():
            seconds, peak = _run(name, process)
            if run:
                samples[name].seconds.append(seconds)
                samples[name].peaks.append(peak)
    return samples


def ratio(samples: Mapping[str, Sample], over: str, under: str) -> float:
    """The median of the ratios of consecutive runs, which is less noisy than the ratio of the medians."""
    pairs = zip(samples[over].seconds, samples[under].seconds, strict=True)
    return statistics.median(numerator / denominator for numerator, denominator in pairs)


def _run(name: str, process: Process) -> tuple[float, float]:
    """Runs a process once; returns seconds and MiB. If it fails, the benchmark ends."""
    with tempfile.TemporaryFile() as stderr_file:
        start = time.perf_counter()
        child = subprocess.Popen(
            process.command,
            env={**os.environ, **process.environment},
            stdout=subprocess.DEVNULL,
            stderr=stderr_file,
        )
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            stderr_file.seek(0)
            sys.exit(f"{name} failed ({child.returncode}): {stderr_file.read()[-2000:].decode()}")
    return seconds, used.ru_maxrss / 1024
