"""Maps of R^d: horseshoes of blocks, contractions and lines in disguise; in subpackages covering chains and lists of cycles."""
