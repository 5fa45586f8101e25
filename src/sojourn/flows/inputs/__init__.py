"""The tables of an interval, out of the store."""
