"""Every step in order; the only room that carries values from the store to the mathematics."""
