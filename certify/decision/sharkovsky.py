"""Sharkovsky's order of the natural numbers (Sharkovsky 1964): 3, 5, 7, ..., 2*3, 2*5, ..., 4*3, 4*5, ..., 16, 8, 4, 2, 1.

A continuous map of an interval that has a point of least period n has one of every period that stands after n.
"""

from __future__ import annotations


def split(n: int) -> tuple[int, int]:
    """(j, q) with n = q * 2**j and q odd. Raises `ValueError` unless n >= 1."""
    if n < 1:
        raise ValueError(f"a period is at least 1, got {n}")
    j = (n & -n).bit_length() - 1
    return j, n >> j


def rank(n: int) -> tuple[int, int, int]:
    """A sort key: smaller for the numbers that stand earlier, the stronger ones."""
    j, q = split(n)
    return (0, j, q) if q > 1 else (1, -j, 0)


def forces(n: int, k: int) -> bool:
    """Whether least period n implies least period k, for every continuous map of an interval."""
    return rank(n) <= rank(k)


def is_power_of_two(n: int) -> bool:
    """1, 2, 4, 8, ...: the periods that alone prove nothing about chaos."""
    return split(n)[1] == 1
