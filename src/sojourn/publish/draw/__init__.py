"""Drawings: small writers of SVG, each from plain rows to a ``Chart`` with its table twin."""
