"""The attack audit: it knows no suppression code."""
