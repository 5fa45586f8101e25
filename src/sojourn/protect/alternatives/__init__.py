"""Other ways than withholding: controlled rounding, cell keys, differential privacy."""
