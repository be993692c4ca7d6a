"""The process: `python -m voxosync`, the same as the command `voxosync`."""

import gc
from typing import NoReturn

from voxosync.cli.main import main


def run() -> NoReturn:
    """Runs the command line as this whole process."""
    try:
        main()
    finally:
        gc.freeze()  # at its end Python looks for cycles in all that was read, just before all of it is gone


if __name__ == "__main__":
    run()
