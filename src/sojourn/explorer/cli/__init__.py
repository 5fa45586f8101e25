"""``sojourn explorer``."""
