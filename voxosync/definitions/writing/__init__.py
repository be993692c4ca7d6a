"""Definitions and lists of numbers as text: generated, or edited in place so that everything else stays."""
