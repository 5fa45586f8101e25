"""Routes, negotiation of formats, status codes, limits."""
