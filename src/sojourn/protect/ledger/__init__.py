"""The memory of releases: append-only, hash-chained, and what their differences give away."""
