"""How a site is made of a measure: grids of numbers with their cells, and their order."""
