"""What `demo` shows: a copy of the sample campaigns, and a local VOXO that differs from them."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.app import local_sandbox
from voxosync.app.project import Project
from voxosync.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voxosync.sandbox.server import Sandbox

_TOKEN = "demo-token"  # noqa: S105  # opens nothing but this sandbox
_TENANT = 17


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A project, and the local VOXO that it is for.

    Attributes:
        folder: the project folder.
        server: the local VOXO.
    """

    folder: Path
    server: Sandbox

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment variables that direct a command to this VOXO."""
        return {
            "VOXO_API_BASE_URL": self.server.base_url,
            "VOXO_API_TOKEN": _TOKEN,
            "VOXO_TENANT_ID": str(_TENANT),
        }

    def change_by_hand(self) -> None:
        """Changes a campaign in VOXO, as a person would in its own pages."""
        self.server.store.patch(4720, {"callHoursEnd": "21:30"})


@contextmanager
def demonstration() -> Iterator[Demonstration]:
    """Starts the local VOXO; leaving the context ends it, and removes the project.

    Three campaigns differ from their definitions; one number of them has been called already.

    Raises:
        UsageError: the extra of the sandbox is not installed.
    """
    numbers = [
        {"number": "6015550110", "description": "Patient 2041", "disposition": "ANSWERED"},
        {"number": "6015550111", "description": "Patient 2057"},
        {"number": "6015550112", "description": "Patient 2036"},
    ]
    with tempfile.TemporaryDirectory(prefix="voxosync-demo-") as temporary:
        project = Path(temporary)
        shutil.copytree(folder("campaigns"), project / "campaigns")
        with local_sandbox.sandbox(token=_TOKEN, tenant_id=_TENANT) as server:
            local_sandbox.fill(server, Project.open(project))
            server.store.patch(4711, {"callFrequency": 60, "numbers": numbers})
            server.store.patch(4720, {"dateEnd": "2027-03-31", "enableVMDetect": "0"})
            message = "Test call, sorry for the noise."
            server.store.patch(4730, {"state": "PAUSED", "message": message})
            yield Demonstration(project, server)
