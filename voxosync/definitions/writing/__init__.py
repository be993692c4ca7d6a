"""Definitions and lists of numbers as text: written anew, or changed by place so that all else stays."""
