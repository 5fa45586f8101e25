"""An orderly relocation: families together, the most vulnerable safest, nobody lost."""
