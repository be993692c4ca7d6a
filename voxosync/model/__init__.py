"""Campaigns, changes, plans and problems. No I/O, no third-party imports."""
