"""Counts by listing everything, in plain `fractions.Fraction`: the second opinion on `certify.counting`.

An iterate is composed knot by knot (tests/oracle.py) and then looked at piece by piece, exactly as the definitions say.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from tests import oracle


def slopes(f: oracle.Map) -> list[Fraction]:
    """The slopes from left to right, those of neighbouring pieces possibly equal."""
    return [s for _, _, s, _ in oracle.pieces(f)]


def regions(f: oracle.Map) -> int:
    """Maximal intervals on which f is affine."""
    return 1 + sum(s != t for s, t in pairwise(slopes(f)))


def laps(f: oracle.Map) -> int:
    """Sign changes along the slopes, zeros left out, plus one."""
    return 1 + sum((s > 0) != (t > 0) for s, t in pairwise(s for s in slopes(f) if s != 0))


def crossings(f: oracle.Map, a: Fraction, b: Fraction) -> int:
    """How often f changes between a and b, going through all x with f(x) = a or f(x) = b from left to right."""
    visits: list[Fraction] = []
    for u, v, s, c in oracle.pieces(f):
        if s == 0:
            visits += [y for y in (a, b) if y == c]
        else:
            visits += [y for y in ((a, b) if s > 0 else (b, a)) if u <= (y - c) / s <= v]
    return sum(y != z for y, z in pairwise(visits))


def cycle_counts(f: oracle.Map) -> tuple[int, int]:
    """Isolated fixed points, and intervals of fixed points."""
    fixed = oracle.fixed_set(f)
    return len(fixed.points), len(fixed.intervals)


def thresholds(name: str, parameters: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Where the activation changes its slope."""
    if name == "identity" or (name == "leaky_relu" and parameters[0] == 1):
        return ()
    if name in ("relu", "leaky_relu", "abs"):
        return (Fraction(0),)
    lo, hi = (Fraction(0), Fraction(6)) if name == "relu6" else parameters or (Fraction(-1), Fraction(1))
    return (lo, hi) if lo < hi else ()


Pattern = tuple[tuple[int, ...], ...]


def patterns(
    layers: Sequence[oracle.DenseLayer], x: Fraction, steps: int
) -> list[tuple[Fraction, tuple[Fraction, ...]]]:
    """The input of every unit in each of the steps, with the unit's thresholds."""
    found: list[tuple[Fraction, tuple[Fraction, ...]]] = []
    signal = [x]
    for _ in range(steps):
        for weight, bias, name, parameters in layers:
            sums = [sum((w * s for w, s in zip(row, signal)), b) for row, b in zip(weight, bias)]
            found += [(total, thresholds(name, parameters)) for total in sums]
            signal = [oracle.activation(name, parameters)(total) for total in sums]
    return found


def activation_regions(
    layers: Sequence[oracle.DenseLayer], lo: Fraction, hi: Fraction, steps: int
) -> tuple[int, list[Fraction]]:
    """The number of intervals with one pattern, and the points between them.

    Between neighbouring points of a growing list all units looked at so far are affine; the next unit adds the points at
    which it passes a threshold. In the end the patterns in the middle of neighbouring intervals are compared: the pattern is
    the position of each input below, on or above each threshold.
    """
    xs = [lo, hi]
    inputs = {x: patterns(layers, x, steps) for x in xs}
    for unit in range(len(inputs[lo])):
        for threshold in inputs[lo][unit][1]:
            more: list[Fraction] = []
            for x, y in pairwise(xs):
                u, v = inputs[x][unit][0] - threshold, inputs[y][unit][0] - threshold
                if u * v < 0:
                    more.append(x + (y - x) * u / (u - v))
            inputs.update((x, patterns(layers, x, steps)) for x in more)
            xs = sorted([*xs, *more])
    states: list[Pattern] = []
    for x, y in pairwise(xs):
        middle = patterns(layers, (x + y) / 2, steps)
        states.append(tuple(tuple((value > t) - (value < t) for t in bounds) for value, bounds in middle))
    changes = [x for x, (before, after) in zip(xs[1:], pairwise(states)) if before != after]
    return 1 + len(changes), changes


Matrix = list[list[int]]


def transitions(heights: Sequence[int]) -> Matrix:
    """For the map of [0, n] with the value heights[i] at the integer i, affine between: which unit intervals [i, i + 1] covers."""
    return [[int(min(a, b) <= j < max(a, b)) for j in range(len(heights) - 1)] for a, b in pairwise(heights)]


def power(m: Matrix, exponent: int) -> Matrix:
    """m^exponent, by repeated squaring."""
    result = [[int(i == j) for j in range(len(m))] for i in range(len(m))]
    while exponent:
        if exponent % 2:
            result = product(result, m)
        m = product(m, m)
        exponent //= 2
    return result


def product(m: Matrix, n: Matrix) -> Matrix:
    """The product of two square matrices."""
    return [[sum(a * b for a, b in zip(row, column)) for column in zip(*n)] for row in m]


def words(m: Matrix, length: int) -> int:
    """The number of walks through `length` vertices."""
    return sum(map(sum, power(m, length - 1)))
