"""The applied record: a ref in a remote repository that names the last commit that was applied in full.

A copy of the ref is kept in this repository, so that later comparisons do not need the network.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voxosync.definitions.git.blame import parse_blame
from voxosync.definitions.git.run_git import readable
from voxosync.errors import RecordError
from voxosync.model.applied_record import Commit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxosync.definitions.git.run_git import Git

_QUIET = ("--quiet", "--recurse-submodules=no")
_FETCH = ("fetch", *_QUIET, "--no-tags", "--no-write-fetch-head", "--upload-pack=git-upload-pack")
_PUSH = ("push", *_QUIET, "--no-follow-tags", "--no-signed", "--receive-pack=git-receive-pack")
_DEEPER = ("--deepen=50", "--deepen=1000", "--unshallow")
"""How the history of a shallow clone is completed, step by step, until it includes the recorded commit."""

_PUSH_RIGHT = "give this job the right to push (on GitHub, permissions: {contents: write})"
_MOST_PASSED = 50
"""The highest number of commits of a branch that are looked at; each is read completely."""
_PROBES = "refs/voxosync/probe"
_HEAD_LINE = re.compile(r"([0-9a-f]{40,64})\t(\S+)")
_ADDRESS = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s']+")
_COMPLAINT = re.compile(r"(?:(?:fatal|error|remote|ERROR): +)+(?!failed to push some refs)(\S.*)")
_FIELDS = "%H%x00%ct%x00%s"


class AppliedRecord:
    """A record in the remote of a repository.

    Attributes:
        ref: its full name.
        remote: the name of the remote.
    """

    def __init__(self, git: Git, ref: str, remote: str) -> None:
        self.ref, self.remote = ref, remote
        self._git = git

    def check_usable(self) -> None:
        """Refuses a ref or a remote that Git cannot use.

        Raises:
            RecordError: this is not a repository, it does not have the remote, or the ref has no valid name.
        """
        remotes = self._git("remote")
        if remotes is None:
            raise RecordError(f"the applied record needs a Git repository: {self._git.complaint}")
        if self.remote not in remotes.split():
            names = ", ".join(remotes.split()) or "none"
            raise RecordError(
                f"this repository has no remote {self.remote!r}, in which the applied record is kept "
                f"(its remotes: {names}): name one with applied: {{remote: …}} in voxosync.yaml"
            )
        if self._git("check-ref-format", self.ref) is None:
            raise RecordError(
                f"{self.ref} is not a valid name of a Git ref: "
                "rename the environment, or set applied: {ref: …} in voxosync.yaml"
            )

    @property
    def copy(self) -> str | None:
        """The commit that the copy in this repository names; None: there is none."""
        return _line(self._git("rev-parse", "--verify", "--quiet", f"{self.ref}^{{commit}}"))

    def read(self) -> str | None:
        """The recorded commit, which is then in this repository; None: there is no record yet.

        Raises:
            RecordError: the remote cannot be reached, or does not give the commit.
        """
        value = self._value()
        if value is None or value == self.copy:
            return value
        if self._git.has_commit(value):
            self._git("update-ref", self.ref, value)
            return value
        depth = ("--depth=1",) if self._git.is_shallow else ()
        self._git(*_FETCH, *depth, self.remote, f"+{self.ref}:{self.ref}")
        if not self._git.has_commit(value):
            raise RecordError(
                f"{self._description(value)}, which is not a commit that {self.remote} gives: "
                f"{_how_to_begin()}"
            )
        return value

    def leads_to(self, before: str, after: str) -> bool:
        """Whether a commit is the recorded one or descends from it. Completes a shallow clone as far as needed.

        Raises:
            RecordError: the history cannot be completed.
        """
        for depth in (None, *_DEEPER):
            if depth is not None:
                if not self._git.is_shallow:
                    break
                refspec = f"+{self.ref}:{self.ref}"
                if self._git(*_FETCH, depth, self.remote, refspec) is None:
                    raise RecordError(
                        f"this shallow clone ends before the recorded commit {before[:12]}, and its "
                        f"history cannot be fetched: {_reason(self._git.complaint)}; run git fetch "
                        f"--unshallow {self.remote}"
                    )
            if self._git("merge-base", "--is-ancestor", before, after) is not None:
                return True
        return False

    def check_writable(self, commit: str) -> None:
        """Creates and deletes another ref in the remote, because only a push shows whether a push is accepted.

        A dry run does not run the hooks of the server.

        Args:
            commit: the commit that the record must still name.

        Raises:
            RecordError: it names another commit now, or the push is refused.
        """
        if self._value() != commit:
            raise RecordError(
                f"nothing was sent: another run moved {self.ref} meanwhile; run this again on the newest commit"
            )
        probe = f"{_PROBES}/{secrets.token_hex(8)}"
        if self._git(*_PUSH, self.remote, f"{commit}:{probe}") is None:
            raise RecordError(
                f"the applied record cannot be moved, because {self.remote} refuses a push: "
                f"{_reason(self._git.complaint)}; {_PUSH_RIGHT}"
            )
        self._git(*_PUSH, self.remote, f":{probe}")

    def move(self, before: str | None, after: str) -> None:
        """Moves the record with a push that compares and swaps, so that it overwrites no other run's move.

        Args:
            before: the commit that it must still name; None: it must not exist.
            after: the commit that it names then.

        Raises:
            RecordError: it was not moved, because it names another commit now, or the push is refused.
        """
        lease = f"--force-with-lease={self.ref}:{before or ''}"
        if self._git(*_PUSH, lease, self.remote, f"{after}:{self.ref}") is None:
            complaint = self._git.complaint
            if "(stale info)" in complaint or "cannot lock ref" in complaint:
                raise RecordError(
                    f"another run moved {self.ref} meanwhile, so this one left it where it is"
                )
            raise RecordError(
                f"{self.remote} refuses to move {self.ref}: {_reason(complaint)}; {_PUSH_RIGHT}"
            )
        self._git("update-ref", self.ref, after)

    def passed(self, before: str, after: str, paths: Iterable[str]) -> list[str]:
        """The commits between two, without those, that the branch pointed to and that touch some paths, newest first.

        Args:
            before: the older commit.
            after: the newer one.
            paths: relative to the folder in which Git runs.
        """
        limits = ("--first-parent", f"--max-count={_MOST_PASSED}")
        listing = self._git("rev-list", *limits, f"{before}..{after}", "--", *map(_literal, paths))
        return [commit for commit in (listing or "").split() if commit != after]

    def since(self, before: str, after: str, paths: Iterable[str]) -> list[Commit]:
        """The commits after one, up to another, that touch some paths, newest first.

        Args:
            before: the older commit.
            after: the newer one.
            paths: relative to the folder in which Git runs.
        """
        return self._log(f"{before}..{after}", "--", *map(_literal, paths))

    def lines(self, before: str, after: str, file: str) -> dict[int, str]:
        """The commit of each line (from 1) of a file that changed after one commit, up to another.

        Args:
            before: the older commit.
            after: the newer one.
            file: relative to the folder in which Git runs.
        """
        blame = ("blame", "--line-porcelain", "--no-textconv", f"{before}..{after}", "--", file)
        revisions = parse_blame(self._git(*blame) or "", skips_boundary=True)
        return {line: revision.commit for line, revision in revisions.items()}

    def described(self, commit: str) -> Commit:
        """One commit that is in this repository."""
        [described] = self._log("--max-count=1", commit, "--")
        return described

    def _log(self, *arguments: str) -> list[Commit]:
        options = ("--no-show-signature", "--no-color", "-z", f"--format={_FIELDS}")
        fields = (self._git("log", *options, *arguments) or "").split("\0")
        return [
            Commit(id_, datetime.fromtimestamp(int(time), UTC), readable(subject))
            for id_, time, subject in zip(*[iter(fields)] * 3, strict=False)
        ]

    def _value(self) -> str | None:
        """The hash that the remote's ref holds now."""
        listing = self._git("ls-remote", "--quiet", "--upload-pack=git-upload-pack", self.remote, self.ref)  # fmt: skip
        if listing is None:
            raise RecordError(
                f"the applied record cannot be read from {self.remote}: {_reason(self._git.complaint)}"
            )
        hashes = [match[1] for match in _HEAD_LINE.finditer(listing) if match[2] == self.ref]
        return hashes[0] if hashes else None

    def _description(self, value: str) -> str:
        return f"{self.ref} in {self.remote} names {value[:12]}"


def _how_to_begin() -> str:
    return "begin the record again with voxosync applied --set COMMIT"


def _literal(path: str) -> str:
    return f":(literal){path}"


def _line(output: str | None) -> str | None:
    return None if output is None else output.strip()


def _reason(complaint: str) -> str:
    """What Git complains about, without URLs, because they may contain a password."""
    lines = [_ADDRESS.sub("…", line.strip()) for line in complaint.splitlines()]
    reasons = [match[1] for line in lines if (match := _COMPLAINT.match(line))]
    return "; ".join(dict.fromkeys(reasons)) or lines[0]
