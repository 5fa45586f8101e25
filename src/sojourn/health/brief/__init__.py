"""Two pages on one disease."""
