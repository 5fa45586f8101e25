"""The commands `factsheet` and `pack`."""
