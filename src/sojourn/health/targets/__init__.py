"""Official targets and how areas stand against them."""
