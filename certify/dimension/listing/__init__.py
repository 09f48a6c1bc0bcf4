"""Lists of cycles in R^d: exact cycles with their stability, and the proof that a list is complete."""
