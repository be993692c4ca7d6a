"""A local VOXO: the documented calls, over real HTTP, with faults on request.

It shares no code with the tool that it tests: what it knows of VOXO comes from the
OpenAPI file.
"""
