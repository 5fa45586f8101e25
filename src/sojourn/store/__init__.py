"""Observations kept by edition: immutable Parquet, one manifest, DuckDB to ask."""
