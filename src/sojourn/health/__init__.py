"""Malaria and tuberculosis: the targets, and what leaving mobile people out does to them."""
