"""Maps of R^d: block horseshoes, contractions, lines in disguise; in subpackages covering chains, trees of boxes, lists of cycles."""
