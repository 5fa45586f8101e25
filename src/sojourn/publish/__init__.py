"""Pages, documents, charts and tables for people."""
