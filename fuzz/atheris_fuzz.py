#!/usr/bin/env python3
"""Fuzzes one kind of input with atheris, guided by coverage; for developers, not for CI.

    python3 -m venv .venv-fuzz && .venv-fuzz/bin/pip install atheris -e .
    .venv-fuzz/bin/python -m fuzz.atheris_fuzz journal -max_total_time=60

The first argument is a name in `targets.TARGETS`; the others are options of libFuzzer. A crash is written to a file
`crash-…`; with this file as an argument, only its input is tried. Before you fix a bug, write a test for it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # not a dependency of the project

with atheris.instrument_imports(include=["voxosync"]):
    from fuzz.seeds import seeds
    from fuzz.targets import TARGETS

MAX_SECONDS = 10  # seconds for one input
MAX_MEMORY = 2048  # MiB


def main() -> None:
    """Runs one target until it crashes or is stopped."""
    if len(sys.argv) == 1 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(TARGETS)} [LIBFUZZER ARGUMENT]...")
    name = sys.argv.pop(1)
    with tempfile.TemporaryDirectory() as temporary:
        corpus, folder = Path(temporary, "corpus"), Path(temporary, "project")
        corpus.mkdir()
        for number, seed in enumerate(seeds()[name]):
            (corpus / str(number)).write_bytes(seed)
        limits = [f"-timeout={MAX_SECONDS}", f"-rss_limit_mb={MAX_MEMORY}"]
        arguments = sys.argv[1:]
        has_corpus = any(not argument.startswith("-") for argument in arguments)
        atheris.Setup(
            [sys.argv[0], *limits, *arguments, *([] if has_corpus else [str(corpus)])],
            lambda data: TARGETS[name](data, folder),
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
