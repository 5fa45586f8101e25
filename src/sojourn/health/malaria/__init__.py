"""Malaria on countries and corridors, and in one place."""
