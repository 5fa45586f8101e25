"""The commands `figures` and `trace`."""
