"""The yearly factsheet."""
