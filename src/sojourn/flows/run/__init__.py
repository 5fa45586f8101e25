"""Runs, checks, validation, kept flows."""
