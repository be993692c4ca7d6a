"""Bad input, without end; CONTRIBUTING.md says how to run it."""
