"""Fakes that tests of several folders share, such as an HTTP server that stands in for VOXO."""
