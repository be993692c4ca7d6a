"""`policies/*.yaml`, the rules of an organisation: read, checked, and held against definitions."""
