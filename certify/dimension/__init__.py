"""Maps of R^d: horseshoes of blocks for piecewise-linear maps, found by floats and proved by exact arithmetic."""
