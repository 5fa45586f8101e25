"""The commands `targets`, `simulate` and `brief`."""
