"""A store in, a site out."""
