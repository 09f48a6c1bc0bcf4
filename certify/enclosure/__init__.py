"""Enclosures: what holds for every network of a box, and for smooth activations, by interval arithmetic."""
