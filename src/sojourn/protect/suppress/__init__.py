"""Which cells are withheld: the rules, and the further cells that protect them."""
