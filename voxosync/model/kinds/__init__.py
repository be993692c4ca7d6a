"""The kinds of fields: one object a kind, which parses, reads, compares, sends, saves and describes its values."""
