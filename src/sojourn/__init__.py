"""sojourn: official migration statistics, as their publishers ship them, as evidence."""

__version__ = "0.1.0"

__all__ = ["__version__"]
