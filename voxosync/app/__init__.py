"""The application as a Python API: open a project, then plan, apply, look for drift. Prints and asks nothing itself."""
