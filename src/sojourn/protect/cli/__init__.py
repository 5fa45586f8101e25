"""The command `protect`."""
