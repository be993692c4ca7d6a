# noqa: INP001  # not part of a package, but found on the PYTHONPATH
"""Stands in for Pygments, with which httpx imports Rich, a quarter of the time of a call that uses HTTP.

Only the tools of developers need Pygments and Rich; an installed voxosync does not have them.
"""

raise ImportError("a user of voxosync does not have Pygments")
