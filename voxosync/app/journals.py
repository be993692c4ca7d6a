"""The journals of runs, for callers without a project: history works even if `voxosync.yaml` is broken."""

from voxosync.sync.journal_reader import LATEST, find_run, read_runs
from voxosync.sync.journal_scan import journal_files

__all__ = ["LATEST", "find_run", "journal_files", "read_runs"]
