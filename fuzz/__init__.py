"""Fuzzing of voxosync with invalid input."""
