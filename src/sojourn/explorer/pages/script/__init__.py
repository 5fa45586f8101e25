"""The script of the page, in parts; they are joined in the order of their names."""
