"""YAML and CSV files become campaigns: positions, schema, rules."""
