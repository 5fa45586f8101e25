"""How often: a few in every run, all of them with ``HYPOTHESIS_PROFILE=deep``."""

import os


def times(few: int, many: int) -> int:
    """Return how many cases a test draws."""
    return many if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else few
