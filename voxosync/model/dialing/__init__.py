"""When a campaign dials, whom and how fast: the one answer for guards, plans, policies and reports."""
