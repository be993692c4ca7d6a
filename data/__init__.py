"""Makes the package's tables from other projects' data; for developers."""
