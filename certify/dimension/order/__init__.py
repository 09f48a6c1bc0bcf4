"""Order in R^d: a tree of boxes along which every orbit runs down to a cycle."""
