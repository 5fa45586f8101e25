"""The commands `fetch`, `load`, `declare` and `upgrade`."""
