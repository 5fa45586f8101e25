"""The command `flows`."""
