"""Reports: one module per format. A formatter returns text and decides nothing."""
