"""Block horseshoes: chaos of piecewise-linear maps of R^d, found in doubles and proved in exact arithmetic."""
