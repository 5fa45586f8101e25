"""Publish safely: what may leave, proven against attackers, with a memory of what has left."""
