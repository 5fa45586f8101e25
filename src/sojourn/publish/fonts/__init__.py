"""The typefaces, and the widths of their letters."""
