"""The explorer: a folder of pages in which anybody chooses, sees, traces and takes away numbers."""
