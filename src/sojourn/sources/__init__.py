"""Readers, one per publisher: bytes in, tables as printed out."""
