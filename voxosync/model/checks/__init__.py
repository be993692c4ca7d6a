"""Checks: what a schema cannot see about whom a campaign calls. One module per check; `registry` lists them."""
