"""The embedded edition of the factsheet; written by ``sojourn pack``."""
