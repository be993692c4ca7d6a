"""`python -m voxosync`, the same as the command `voxosync`."""

from voxosync.cli.main import run

if __name__ == "__main__":
    run()
