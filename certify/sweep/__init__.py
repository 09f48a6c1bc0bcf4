"""Sweeps: certified statistics of chaos and order over random networks, at the speed of floats."""
