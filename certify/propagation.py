"""Exact propagation of piecewise-linear functions of one variable through the layers of a network, in whole numbers.

All units of a layer are kept over one common denominator. A unit is its line at the left end of the domain and a list
of kinks, at which its slope and its constant change; a weighted sum of units just adds up lines and changes. A unit
is continuous, so a kink that changes them by (rise, shift) lies at the x with rise * x + shift = 0: places need not
be stored, and no fraction is reduced before the pieces of the whole network are known. A hidden layer of 10,000 units
costs one sort and one pass of prefix sums.

A point of [-inf, inf] is a pair (p, q) with q >= 0: the number p/q, or an infinite end when q = 0.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from math import inf, lcm
from operator import add, mul, sub
from typing import NamedTuple

import numpy as np

from certify.errors import BudgetExceeded
from certify.numbers import Extended, Infinity, Q, Z, over_common_denominator
from certify.piecewise import PiecewiseLinear

Point = tuple[int, int]


class Affine(NamedTuple):
    """A layer before its activation, x -> (weight x + bias) / scale, in whole numbers."""

    weight: Sequence[Sequence[int]]
    bias: Sequence[int]
    scale: int


class Bend(NamedTuple):
    """An activation, z/n -> (slopes[r] * z + constants[r]) / (n * factor) for z between bounds r - 1 and r."""

    bounds: list[int]
    slopes: list[int]
    constants: list[int]
    factor: int


class Units(NamedTuple):
    """The outputs of a layer, all over one denominator.

    Unit u is slopes[u] * x + constants[u] at the left end of the domain. Kink i adds rises[i] to the slope of unit
    number units[i] and shifts[i] to its constant. The kinks are in increasing order, strictly inside the domain;
    `last` lists the last one at each place, or is None when no two share a place.
    """

    slopes: list[int]
    constants: list[int]
    units: list[int]
    rises: list[int]
    shifts: list[int]
    last: list[int] | None


class Graph(NamedTuple):
    """One unit: piece i is slopes[i] * x + constants[i] over a common denominator; it ends at ps[i] / qs[i]."""

    ps: list[int]
    qs: list[int]
    slopes: list[int]
    constants: list[int]


def propagate(
    layers: Sequence[tuple[Affine, PiecewiseLinear]], ends: tuple[Extended, Extended], max_pieces: int | None = None
) -> PiecewiseLinear:
    """The map of a network on the interval with these ends: its layers, each with the activation of its outputs.

    Raises `BudgetExceeded` when a unit has more than `max_pieces` pieces.
    """
    lo, hi = _point(ends[0]), _point(ends[1])
    over = 1
    units: Units | None = None
    for i, (affine, activation) in enumerate(layers):
        weight, bias, scale = _with_room_for(activation, affine)
        before, over = over, over * scale
        bend = _bend(activation, over)
        over *= bend.factor
        if units is None:  # the input of the first layer is x itself
            slopes, constants = [w for (w,) in weight], list(bias)
            if len(layers) > 1:
                units = _in_order(_activated_lines(slopes, constants, bend), lo, hi)
                continue
            graphs = [Graph([], [], slopes, constants)]
        else:
            ps, qs = _places(units)
            graphs = [Graph(ps, qs, *_weighted_sum(row, b * before, units, max_pieces)) for row, b in zip(weight, bias)]
        graphs = [_activated(graph, bend, lo, hi) for graph in graphs]
        if i < len(layers) - 1:
            units = _in_order(_kinks(graphs), lo, hi)
    (graph,) = graphs
    denominator = Z(over)
    return PiecewiseLinear.from_canonical_pieces(
        ends,
        [Q(p, q) for p, q in zip(graph.ps, graph.qs)],
        [Q(slope, denominator) for slope in graph.slopes],
        [Q(constant, denominator) for constant in graph.constants],
    )


def _weighted_sum(row: Sequence[int], bias: int, units: Units, max_pieces: int | None) -> tuple[list[int], list[int]]:
    """Slopes and constants between the places of the kinks, of which some may not change this sum."""
    weights = [row[u] for u in units.units]
    slope = sum(map(mul, row, units.slopes))
    constant = sum(map(mul, row, units.constants)) + bias
    slopes = list(accumulate(map(mul, weights, units.rises), initial=slope))
    constants = list(accumulate(map(mul, weights, units.shifts), initial=constant))
    if units.last is not None:
        slopes[1:] = [slopes[i + 1] for i in units.last]
        constants[1:] = [constants[i + 1] for i in units.last]
    if (
        max_pieces is not None
        and len(slopes) > max_pieces
        and 1 + sum(s != t for s, t in pairwise(slopes)) > max_pieces
    ):
        raise BudgetExceeded(f"a unit of more than {max_pieces} pieces")
    return slopes, constants


def _places(units: Units) -> tuple[list[int], list[int]]:
    """Where the kinks lie, each place once, as lists of p and q > 0."""
    rises, shifts = units.rises, units.shifts
    if units.last is not None:
        rises, shifts = [rises[i] for i in units.last], [shifts[i] for i in units.last]
    return [-shift if rise > 0 else shift for rise, shift in zip(rises, shifts)], list(map(abs, rises))


# Activations


def _with_room_for(activation: PiecewiseLinear, affine: Affine) -> Affine:
    """The same layer over a denominator that is also one of the activation's bounds and constants."""
    numbers = (*activation.breaks, *activation.intercepts)
    room = lcm(affine.scale, *(int(number.q) for number in numbers)) // affine.scale
    if room == 1:
        return affine
    weight = [[room * w for w in row] for row in affine.weight]
    return Affine(weight, [room * b for b in affine.bias], room * affine.scale)


def _bend(activation: PiecewiseLinear, over: int) -> Bend:
    """The activation of numbers z/over, for a denominator with room for its bounds and constants."""
    slopes, factor = over_common_denominator(activation.slopes)
    bounds = [int((over * bound).p) for bound in activation.breaks]
    return Bend(bounds, slopes, [int((over * factor * c).p) for c in activation.intercepts], factor)


def _activated_lines(slopes: list[int], constants: list[int], bend: Bend) -> Units:
    """The activation of affine units on the whole line, with kinks in any order.

    Where z rises with x it passes the bounds from the first on, and at each the slope of the activation jumps; where
    z falls, the jumps are the opposite and z moves the other way, so that the slope of the unit jumps alike.
    """
    left_slopes, left_constants = [], []
    for s, c in zip(slopes, constants):
        region = 0 if s > 0 else len(bend.bounds) if s < 0 else bisect_left(bend.bounds, c)
        left_slopes.append(bend.slopes[region] * s)
        left_constants.append(bend.slopes[region] * c + bend.constants[region])
    units: list[int] = []
    rises: list[int] = []
    shifts: list[int] = []
    for bound, (below, above) in zip(bend.bounds, pairwise(bend.slopes)):
        jump = above - below
        units += [u for u, s in enumerate(slopes) if s]
        rises += [jump * abs(s) for s in slopes if s]
        shifts += [jump * (c - bound if s > 0 else bound - c) for s, c in zip(slopes, constants) if s]
    return Units(left_slopes, left_constants, units, rises, shifts, None)


def _activated(graph: Graph, bend: Bend, lo: Point, hi: Point) -> Graph:
    """The activation of one unit, without breaks at which nothing changes."""
    codes = _codes(graph, bend.bounds, lo, hi)
    result = Graph([], [], [], [])
    flat = -1  # a code: pieces with this code at both ends continue the plateau that came before
    for i, (s, c) in enumerate(zip(graph.slopes, graph.constants)):
        a, b = codes[i], codes[i + 1]
        if a == b == flat:
            continue
        first, last = ((a + 1) >> 1, b >> 1) if a < b else (a >> 1, (b + 1) >> 1 if a > b else a >> 1)
        step = 1 if first <= last else -1
        for r in range(first, last + step, step):
            slope, constant = bend.slopes[r] * s, bend.slopes[r] * c + bend.constants[r]
            if result.slopes:
                if slope == result.slopes[-1] and constant == result.constants[-1]:
                    continue
                if r == first:
                    p, q = graph.ps[i - 1], graph.qs[i - 1]
                else:  # s x + c meets the bound between this region and the one before
                    p, q = bend.bounds[min(r, r - step)] - c, s
                    p, q = (p, q) if q > 0 else (-p, -q)
                result.ps.append(p)
                result.qs.append(q)
            result.slopes.append(slope)
            result.constants.append(constant)
        flat = a if a == b and bend.slopes[a >> 1] == 0 else -1
    return result


def _codes(graph: Graph, bounds: list[int], lo: Point, hi: Point) -> list[int]:
    """Where the values at the ends and breaks lie: 2 r strictly between bounds r - 1 and r, 2 r + 1 on bound r."""
    ps, qs = [*graph.ps, hi[0]], [*graph.qs, hi[1]]
    values = list(map(add, map(mul, graph.slopes, ps), map(mul, graph.constants, qs)))
    values.insert(0, graph.slopes[0] * lo[0] + graph.constants[0] * lo[1])
    qs.insert(0, lo[1])
    codes = [0] * len(values)
    for bound in bounds:
        above = map(sub, values, map(bound.__mul__, qs)) if bound else values
        codes = [code + (v > 0) + (v >= 0) for code, v in zip(codes, above)]
    for i, (_, q) in ((0, lo), (-1, hi)):
        if q == 0 and graph.slopes[i] == 0:  # the limit at an infinite end is the constant there
            codes[i] = bisect_left(bounds, graph.constants[i]) + bisect_right(bounds, graph.constants[i])
    return codes


# Kinks


def _kinks(graphs: Sequence[Graph]) -> Units:
    """The units with these graphs; the kinks of each are in order."""
    return Units(
        [graph.slopes[0] for graph in graphs],
        [graph.constants[0] for graph in graphs],
        [u for u, graph in enumerate(graphs) for _ in graph.ps],
        [t - s for graph in graphs for s, t in pairwise(graph.slopes)],
        [t - s for graph in graphs for s, t in pairwise(graph.constants)],
        None,
    )


def _in_order(given: Units, lo: Point, hi: Point) -> Units:
    """The same units inside the domain, all kinks in one order."""
    slopes, constants, units, rises, shifts, _ = given
    order, shared = _sorted(rises, shifts)

    def place(i: int) -> Point:
        return (-shifts[i], rises[i]) if rises[i] > 0 else (shifts[i], -rises[i])

    def right_of_lo(i: int) -> bool:
        p, q = place(i)
        return p * lo[1] > lo[0] * q

    def at_or_right_of_hi(i: int) -> bool:
        p, q = place(i)
        return p * hi[1] >= hi[0] * q

    start = bisect_left(order, True, key=right_of_lo)
    stop = bisect_left(order, True, key=at_or_right_of_hi)
    for i in order[:start]:
        slopes[units[i]] += rises[i]
        constants[units[i]] += shifts[i]
    last = [i - start for i in range(start, stop) if i not in shared] if shared else None
    order = order[start:stop]
    return Units(
        slopes, constants, [units[i] for i in order], [rises[i] for i in order], [shifts[i] for i in order], last
    )


def _sorted(rises: list[int], shifts: list[int]) -> tuple[list[int], set[int]]:
    """The kinks in exact increasing order, and the positions in it whose kink shares its place with the next.

    Python divides integers with correct rounding, which is monotone: places whose quotients differ as doubles are in
    the order of those. Where they do not, the fractions themselves are compared.
    """
    keys = np.array(_quotients(rises, shifts))
    by_key = np.argsort(keys, kind="stable")
    keys, order = keys[by_key], by_key.tolist()
    shared: set[int] = set()
    for start, stop in _runs(np.flatnonzero(keys[1:] == keys[:-1]).tolist()):
        place = {i: Q(-shifts[i], rises[i]) for i in order[start:stop]}
        order[start:stop] = sorted(place, key=place.__getitem__)
        shared.update(k for k in range(start, stop - 1) if place[order[k]] == place[order[k + 1]])
    return order, shared


def _runs(equal_to_next: list[int]) -> Iterator[tuple[int, int]]:
    """The maximal ranges of positions, as (start, stop), in which each but the last is in the given increasing list."""
    start = 0
    for k, (i, j) in enumerate(pairwise([*equal_to_next, -1])):
        if j != i + 1:
            yield equal_to_next[start], i + 2
            start = k + 1


def _quotients(rises: list[int], shifts: list[int]) -> list[float]:
    try:
        return [-shift / rise for rise, shift in zip(rises, shifts)]
    except OverflowError:
        return [_quotient(-shift, rise) for rise, shift in zip(rises, shifts)]


def _quotient(p: int, q: int) -> float:
    """p/q rounded; an infinity beyond the range of doubles."""
    try:
        return p / q
    except OverflowError:
        return inf if (p > 0) == (q > 0) else -inf


def _point(end: Extended) -> Point:
    if isinstance(end, Infinity):
        return (1 if end.positive else -1), 0
    return int(end.p), int(end.q)
