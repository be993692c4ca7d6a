"""Git, as far as voxosync needs it. Only this module runs it.

A checkout may come from an untrusted pull request, so nothing in it may execute. A repository that is itself committed
content (a bare one in a subfolder) is refused. Hooks, file system monitors, filters, text conversions, pagers and
prompts are off. Git gets an environment of its own, without the token and without any GIT_ variable. What fetching and
pushing need comes from Git's configuration files, which no commit can change: credential helpers, `http.extraHeader`
and `core.sshCommand`.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import IO, TYPE_CHECKING

from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TIMEOUT = 300
"""Seconds until a Git command is given up: a partial clone may have to fetch missing objects."""

_OF_SETTINGS = {"HOME", "USERPROFILE", "XDG_CONFIG_HOME", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP"}
_OF_FETCHING = {"SSH_AUTH_SOCK", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
_OF_CREDENTIALS = {"APPDATA", "LOCALAPPDATA", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"}
_INHERITED = _OF_SETTINGS | _OF_FETCHING | _OF_CREDENTIALS
"""The variables that Git gets, in any letter case, in addition to PATH and those of `_FIXED`."""

_FIXED = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}

_SETTINGS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.askPass=",
    "protocol.ext.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
)
"""They take precedence over all configuration files."""


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file, a link or a submodule of a commit.

    Attributes:
        path: from the root of the repository, with `/`.
        mode: Git's mode, such as `100644`, `120000` (a link) or `160000` (a submodule).
        object_id: the blob of a file or link; the commit of a submodule.
    """

    path: str
    mode: str
    object_id: str

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode == "120000"

    @property
    def is_submodule(self) -> bool:
        """Whether it refers to a commit of another repository."""
        return self.mode == "160000"


class Git:
    """Runs git in a folder; keeps what it last wrote to stderr as `complaint`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.complaint = ""

    @property
    def root(self) -> Path:
        """The top folder of the working tree."""
        return Path((self("rev-parse", "--show-toplevel") or str(self.folder)).rstrip("\n"))

    @property
    def is_shallow(self) -> bool:
        """Whether the clone has only the newest part of the history."""
        return (self("rev-parse", "--is-shallow-repository") or "").strip() == "true"

    @property
    def is_partial(self) -> bool:
        """Whether the clone lacks objects that Git would fetch when it needs them."""
        return self("config", "--get-regexp", r"^remote\..*\.promisor$") is not None

    def has_commit(self, ref: str) -> bool:
        """Whether `ref` names a commit, and is not an option."""
        commit = f"{ref}^{{commit}}"
        return (
            not ref.startswith("-") and self("rev-parse", "--verify", "--quiet", commit) is not None
        )

    def entries(self, commit: str) -> list[TreeEntry]:
        """All files, links and submodules of a commit.

        Raises:
            UsageError: it cannot be read.
        """
        listing = self("ls-tree", "-r", "-z", "--full-tree", commit)
        if listing is None:
            raise UsageError(f"cannot read the commit {commit}: {self.complaint}")
        entries = []
        for line in filter(None, listing.split("\0")):
            attributes, _, path = line.partition("\t")
            mode, _, object_id = attributes.split(" ")
            entries.append(TreeEntry(path, mode, object_id))
        return entries

    @contextmanager
    def blobs(self, limit: int) -> Iterator[Callable[[str], bytes | None]]:
        """Gives a function from the id of a blob to its bytes; None: the clone lacks it, or it exceeds `limit`."""
        command = self._command("cat-file", "--batch")
        with subprocess.Popen(  # noqa: S603  # as in __call__
            command,
            cwd=self.folder,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdin is not None  # noqa: S101  # for the type checker: pipes, as requested above
            assert process.stdout is not None  # noqa: S101  # for the type checker: a pipe
            question, answer = process.stdin, process.stdout

            def blob(object_id: str) -> bytes | None:
                question.write(f"{object_id}\n".encode())
                question.flush()
                return _blob(answer, limit)

            try:
                yield blob
            finally:
                question.close()
                process.kill()

    def __call__(self, *arguments: str) -> str | None:
        """What git prints; None if it fails.

        Raises:
            UsageError: git is missing or does not end, or the repository is not trusted.
        """
        try:
            process = subprocess.run(  # noqa: S603  # fixed words, and a ref that does not begin with -
                self._command(*arguments),
                cwd=self.folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
        except OSError as failure:
            raise UsageError(f"this needs git: {failure.strerror}") from failure
        except subprocess.TimeoutExpired as failure:
            raise UsageError(f"git {arguments[0]} did not end within {TIMEOUT} s") from failure
        self.complaint = os.fsdecode(process.stderr).strip() or f"git {arguments[0]} failed"
        return os.fsdecode(process.stdout) if process.returncode == 0 else None

    def _command(self, *arguments: str) -> list[str]:
        _refuse_committed_repository(self.folder)
        program = which("git", path=_path())
        if program is None or not os.path.isabs(program):  # noqa: PTH117  # a text
            raise UsageError("this needs git: it is not in PATH")
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        return [program, "--no-pager", *settings, *arguments]


def readable(text: str) -> str:
    """A text from Git in which bytes that are not UTF-8 are replaced, because no report can contain them."""
    return os.fsencode(text).decode(errors="replace")


def without_filters(git: Git) -> list[str]:
    """Options that turn off every configured filter: blame would run them on the file.

    Raises:
        UsageError: one has a name that no option can hold.
    """
    listing = git("config", "--null", "--name-only", "--get-regexp", r"^filter\.") or ""
    names = {name.rpartition(".")[0] for name in listing.split("\0") if name}
    if any("=" in name for name in names):
        raise UsageError("a filter's name holds the character =")
    off = ("clean=", "smudge=", "process=", "required=false")
    return [word for name in sorted(names) for key in off for word in ("-c", f"{name}.{key}")]


def _refuse_committed_repository(folder: Path) -> None:
    """Refuses a folder that Git would take for a repository although it has no `.git`.

    Git 2.38 and newer refuse it themselves, because of `safe.bareRepository`.
    """
    current = folder.resolve()
    for parent in (current, *current.parents):
        if os.path.lexists(parent / ".git"):
            return
        if all(os.path.lexists(parent / name) for name in ("HEAD", "objects", "refs")):
            message = "is itself laid out as a Git repository, whose settings could run programs"
            raise UsageError(f"{parent} {message}: use a working tree")


def _environment() -> dict[str, str]:
    inherited = {name: text for name, text in os.environ.items() if name.upper() in _INHERITED}
    return {**inherited, "PATH": _path(), **_FIXED}


def _path() -> str:
    """PATH without the entries that depend on the current folder, which may contain a program named git."""
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if os.path.isabs(entry))  # noqa: PTH117  # texts


def _blob(answer: IO[bytes], limit: int) -> bytes | None:
    """The next object that `cat-file --batch` prints; one that exceeds `limit` is skipped."""
    header = answer.readline().split()
    if len(header) != 3 or header[1] != b"blob":  # noqa: PLR2004  # else: ID missing
        return None
    size = int(header[2])
    if size > limit:
        while size > 0:
            size -= len(answer.read(min(size, 1 << 20))) or size
        answer.read(1)
        return None
    content = answer.read(size)
    answer.read(1)  # the line end after it
    return content
