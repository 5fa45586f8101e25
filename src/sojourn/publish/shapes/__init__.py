"""Shapes of countries, and how each disputed border is drawn."""
