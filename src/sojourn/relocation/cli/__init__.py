"""The commands `site`, `relocate` and `custody`."""
