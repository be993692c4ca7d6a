"""`policies/*.yaml`, the rules of an organization for its definitions: read, checked, and applied."""
