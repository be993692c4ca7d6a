"""`checks:` of `voxosync.yaml`, the do-not-call lists that it names, and the findings that comments allow."""
