"""The kinds of fields: one object per kind, which parses, reads, compares, sends, saves and describes its values."""
