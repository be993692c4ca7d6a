"""Checks: what a schema cannot see about whom a campaign calls. One module a check; `registry` lists them."""
