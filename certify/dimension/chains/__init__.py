"""Covering chains: chaos of smooth maps of R^d, found in doubles and proved in ball arithmetic."""
