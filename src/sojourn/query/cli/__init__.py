"""The commands `observations`, `editions`, `diff`, `disagreements` and `check`."""
