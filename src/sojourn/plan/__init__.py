"""Relocation planning: families together, the most vulnerable safest, nobody lost."""
