"""The journals of runs, for callers without a project: history works even if `voxosync.yaml` is broken."""

from voxosync.sync.journal_reader import LATEST, find_run, journal_files, read_runs

__all__ = ["LATEST", "find_run", "journal_files", "read_runs"]
