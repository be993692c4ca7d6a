"""Diff, plan, apply and drift: desired campaigns against live ones."""
