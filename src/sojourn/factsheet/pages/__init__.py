"""What the factsheet says, section by section."""
