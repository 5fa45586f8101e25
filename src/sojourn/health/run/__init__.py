"""Runs, their summaries and their validation."""
