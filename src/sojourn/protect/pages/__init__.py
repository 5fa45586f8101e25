"""The report on a protected table."""
