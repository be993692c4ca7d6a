"""One module a format; a formatter returns text and decides nothing."""
