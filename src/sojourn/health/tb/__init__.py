"""Tuberculosis among those born in a country and those born abroad."""
