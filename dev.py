#!/usr/bin/env python3
"""Everything for a fresh checkout, with nothing installed but Python: `python3 dev.py demo`, `python3 dev.py test`.

Makes a virtual environment in .venv, installs the project into it, and runs one of TASKS.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "installed.txt"

TASKS = {
    "demo": [["python", "-m", "voxosync", "demo"]],
    "test": [["python", "-m", "pytest", "-n", "auto"]],
    "lint": [
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["mypy"],
        ["lint-imports"],
    ],
    "format": [["ruff", "check", "--fix"], ["ruff", "format"]],
    "schemas": [["python", "-m", "voxosync", "schema", "--write", "schemas"]],
    "install": [],
}


def main(arguments: list[str]) -> int:
    """Installs what is missing, runs one task, and returns the first exit status that is not 0."""
    if sys.version_info < OLDEST:
        return fail(f"voxosync needs Python {'.'.join(map(str, OLDEST))} or newer")
    if not arguments or arguments[0] not in TASKS:
        return fail(f"usage: python3 dev.py [{'|'.join(TASKS)}] [ARGUMENT]...")
    task, *rest = arguments
    install()
    for program, *words in TASKS[task]:
        status = subprocess.run([BIN / program, *words, *rest], cwd=ROOT, check=False).returncode
        if status:
            return status
    return 0


def install() -> None:
    """A virtual environment with the project in it, made anew when pyproject.toml changes."""
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Installing into .venv …", file=sys.stderr, flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True, stdout=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        sys.exit(fail("cannot make a virtual environment; on Debian: apt-get install python3-venv"))
    pip = [BIN / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--editable", ".[dev]"], cwd=ROOT, check=True)
    STAMP.write_text(wanted)


def fail(message: str) -> int:
    """Says what is wrong."""
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (subprocess.CalledProcessError, KeyboardInterrupt):
        sys.exit(1)
