"""What the models start from, out of the store, each with its cells."""
