"""Rival counts of a site, compared only like with like."""
