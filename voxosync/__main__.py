"""`python -m voxosync`, the same as the command `voxosync`."""

from voxosync.cli.main import main

if __name__ == "__main__":
    main()
