"""A plan or drift as Markdown, for a comment or an issue."""
