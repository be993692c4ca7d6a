"""Reads YAML and CSV files into campaigns, checks them, and writes campaigns as text."""
