"""The VOXO API over HTTP. No other package imports httpx."""
