"""Fixtures of the tests of the command line that these tests share."""

from tests.cli.conftest import project, voxo

__all__ = ["project", "voxo"]
