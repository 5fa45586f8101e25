"""Structures of the server as data: dataflows, their keys, concepts and code lists."""
