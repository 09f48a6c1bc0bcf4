"""Topological entropy: exact or enclosed from both sides, with evidence to be replayed; and what a cycle implies."""
