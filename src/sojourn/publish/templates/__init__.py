"""Templates of the page and of the paper."""
