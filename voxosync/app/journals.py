"""The journals of runs, for callers that need no project: a broken `voxosync.yaml` hides no history."""

from voxosync.sync.journal_reader import LATEST, find_run, read_runs
from voxosync.sync.journal_scan import journal_files

__all__ = ["LATEST", "find_run", "journal_files", "read_runs"]
