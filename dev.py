#!/usr/bin/env python3
"""Runs every task of a developer in a fresh checkout; needs only Python.

    python3 dev.py demo      run the demo
    python3 dev.py test      run the tests; more arguments go to pytest
    python3 dev.py coverage  run the fast tests and list the lines of the code that they do not run
    python3 dev.py simulate  run random histories in a simulated VOXO; --seed N prints one of them
    python3 dev.py mutate    list changes to the code that no test notices

Creates a virtual environment in .venv, installs the project into it, and runs one of TASKS.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"

PARALLEL = ["-n", "auto", "--dist", "worksteal"]
"""Uses every core (tests/conftest.py chooses the number of processes), and gives neighboring tests, which share servers
and browsers, to the same process."""

# Without the simulation: its threads are greenlets, with which coverage makes it ten times slower, and it uses no
# dependency except greenlet.
FAST = ["-q", "--ignore=tests/simulation"]
# Measures coverage, including that of subprocesses; pyproject.toml has the floor and the exclusions. Coverage makes
# each line take twice as long, so tests that limit the duration of something run without it.
MEASURED = [
    *FAST,
    "-m",
    "not slow and not timed",
    "--hypothesis-profile=coverage",
    "-o",
    "timeout=300",
    "--cov",
    "--cov-report=term",
]
TIMED = [*FAST, "-m", "timed and not slow"]

TASKS = {
    "demo": [["python", "-m", "voxosync", "demo"]],
    "test": [["python", "-m", "pytest", *PARALLEL]],
    "lint": [
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["mypy"],
        ["mypy", "--platform", "win32", "--package", "voxosync"],  # the tests need POSIX
        ["lint-imports"],
    ],
    "format": [["ruff", "check", "--fix"], ["ruff", "format"]],
    "schemas": [["python", "-m", "voxosync", "schema", "--write", "schemas"]],
    "area-codes": [["python", "-m", "data.area_codes"]],
    "reference": [["python", "-m", "docs.generate.pages"]],
    "screenshots": [["python", "-m", "docs.generate.screenshots"]],
    "docs": [["mkdocs", "build", "--strict"]],
    "coverage": [["python", "-m", "pytest", *PARALLEL, *MEASURED]],
    "simulate": [["python", "-m", "tests.simulation.simulate"]],
}


def main(arguments: list[str]) -> None:
    """Installs what is missing and runs one task; ends with the first exit status that is not 0."""
    if sys.version_info < PYTHON:
        sys.exit(f"voxosync needs Python {'.'.join(map(str, PYTHON))} or newer")
    # Compiling the tests takes ten seconds on each core, so the next run must be able to read the compiled files.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    task, *task_arguments = arguments or [""]
    own = {
        "wheel": wheel,
        "oldest": oldest,
        "bench": lambda: bench(task_arguments),
        "mutate": lambda: mutate(task_arguments),
    }
    if task in own:
        own[task]()
    elif task in TASKS:
        install()
        for program, *words in TASKS[task]:
            run(VENV / SCRIPTS / program, *words, *task_arguments)
    else:
        sys.exit(f"usage: python3 dev.py [{'|'.join([*TASKS, *own])}] [ARGUMENT]...")


def install() -> None:
    """Installs the project, editable, and what its tests need into .venv, whenever pyproject.toml has changed."""
    stamp = VENV / "installed.txt"
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    print("Installing into .venv …", file=sys.stderr, flush=True)
    python = make_venv(VENV)
    pip_install(python, "--editable", ".[dev]")
    # pip compiles what it copies, but not an editable project. Where Python may not write compiled files, each start
    # would compile everything.
    run(python, "-m", "compileall", "-q", "voxosync")
    stamp.write_text(digest)


def wheel() -> None:
    """Builds the wheel, and runs the demo and `init` with it in a folder without a checkout."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        python = make_venv(folder / "venv")
        pip_install(python, f"{build_wheel(python, folder)}[sandbox]")
        voxosync = folder / "venv" / SCRIPTS / "voxosync"
        run(voxosync, "demo", cwd=folder)
        (folder / "new").mkdir()
        run(
            voxosync,
            "-C",
            folder / "new",
            "init",
            "--github",
            "--gitlab",
            "--source",
            "acme/voxosync@v0.1.0",
        )


def bench(arguments: list[str]) -> None:
    """Runs the benchmark in an environment like that of a user.

    What only our tests need is not installed: httpx and deepdiff would import parts of it.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        python = make_venv(folder / "venv")
        pip_install(python, build_wheel(python, folder), "check-jsonschema")
        run(python, "bench/run.py", *arguments)


def mutate(paths: list[str]) -> None:
    """Lists changes to the engine that no test notices; see CONTRIBUTING.md."""
    install()
    pip_install(VENV / SCRIPTS / "python", "--editable", ".[mutate]")
    modules = [Path(path).with_suffix("").as_posix().replace("/", ".") for path in paths]
    run(VENV / SCRIPTS / "mutmut", "run", *(f"{module}.*" for module in modules))
    run(VENV / SCRIPTS / "mutmut", "results")


def oldest() -> None:
    """Runs the fast tests with the oldest direct dependencies that pyproject.toml admits, and measures coverage.

    These tests use every dependency and run nearly all lines; slow tests repeat the same calls with more faults and
    inputs.
    """
    import tomllib  # noqa: PLC0415  # an older Python, which main() refuses, does not have it

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    requirements = [*project["dependencies"], *extras["sandbox"]]
    # Newer versions of check-jsonschema use internals of newer versions of click.
    requirements += [line for line in extras["dev"] if line.startswith("check-jsonschema")]
    with tempfile.TemporaryDirectory() as temporary:
        constraints = Path(temporary, "oldest.txt")
        constraints.write_text("\n".join(re.sub(">=", "==", line) for line in requirements))
        python = make_venv(Path(temporary, "venv"))
        pip_install(python, "--constraint", constraints, "--editable", ".[dev]")
        run(python, "-m", "pytest", *PARALLEL, *MEASURED)
        run(python, "-m", "pytest", *TIMED)


def build_wheel(python: Path, folder: Path) -> Path:
    """Builds the wheel of this checkout in a folder."""
    run(python, "-m", "pip", *QUIET, "wheel", "--no-deps", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


QUIET = ("--quiet", "--disable-pip-version-check")


def make_venv(folder: Path) -> Path:
    """Creates a virtual environment, and returns its Python."""
    try:
        subprocess.run(
            [sys.executable, "-m", "venv", folder], check=True, stdout=subprocess.DEVNULL
        )
    except subprocess.CalledProcessError:
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit("cannot make a virtual environment; on Debian: apt-get install python3-venv")
    return folder / SCRIPTS / "python"


def pip_install(python: Path, *words: str | Path) -> None:
    """Installs packages into a virtual environment."""
    run(python, "-m", "pip", "install", *QUIET, *words)


def run(program: Path, *words: str | Path, cwd: Path = ROOT) -> None:
    """Runs a program; if it fails, exits with its status."""
    status = subprocess.run([program, *words], cwd=cwd, check=False).returncode
    if status:
        sys.exit(status)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
