"""Evaluate, compare, compose, render, write."""
