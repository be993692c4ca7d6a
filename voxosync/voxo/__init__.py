"""The VOXO API over HTTP: the only importer of httpx."""
