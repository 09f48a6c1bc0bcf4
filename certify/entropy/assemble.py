"""From a tower to evidence: its components, their Perron vectors, and growth rates rounded to the safe side."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from certify.entropy.anatomy import Anatomy
from certify.entropy.evidence import Covering, Transfer
from certify.entropy.laps import Laps
from certify.entropy.tower import Tower
from certify.numbers import Q, rational


def covering(inside: Tower, anatomy: Anatomy, index: int, laps: Laps, bits: int) -> Covering:
    """A component of an inner tower (or of an outer one that is exact) as evidence of a lower bound."""
    part = anatomy.parts[index]
    place = {node: i for i, node in enumerate(part)}
    rows = tuple(tuple((k, place[j]) for k, j in inside.rows[node] if j in place) for node in part)
    intervals = [laps.trimmed(*inside.intervals[node]) for node in part]
    found = anatomy.perron(index, bits)
    assert all(intervals), "an interval of a cycle is not inside a plateau"
    return Covering(
        tuple(interval for interval in intervals if interval), rows, found.vector, _rounded(found.low, bits, up=False)
    )


def transfer(outside: Tower, anatomy: Anatomy, core_steps: int, bits: int) -> tuple[Transfer, list[Q]]:
    """An outer tower as evidence of an upper bound, and a bound for the growth of each component.

    The places of the components in the list are the ranks.
    """
    ranks, vector = [0] * len(outside.rows), [1] * len(outside.rows)
    growths: list[Q] = []
    for rank, part in enumerate(anatomy.parts):
        found = anatomy.perron(rank, bits)
        growths.append(found.high)
        for node, weight in zip(part, found.vector):
            ranks[node], vector[node] = rank, weight
    growth = _rounded(max(growths, default=Q(1)), bits, up=True)
    evidence = Transfer(
        core_steps, outside.intervals, outside.rows, tuple(ranks), tuple(vector), max(Fraction(1), growth)
    )
    return evidence, growths


def _rounded(value: Q, bits: int, up: bool) -> Fraction:
    """A decimal fraction not below (above) the value, with about this many bits after the point."""
    scale = 10 ** ceil(bits / 3.32)
    scaled = value * rational(scale)
    return Fraction(int(scaled.ceil() if up else scaled.floor()), scale)
