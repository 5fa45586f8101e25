"""Figures as declarations: their evaluation, statements, comparison and lineage."""
