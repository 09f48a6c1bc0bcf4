"""Cycles in R^d, exactly: of a word, and of the words that a search in doubles comes across."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.horseshoes.orbits import orbits
from certify.dimension.horseshoes.saddles import CORRECTIONS, followed
from certify.dimension.listing.stability import Stability, stability
from certify.dimension.system import System
from certify.errors import BudgetExceeded
from certify.numbers import Q, fmpq_mat, fraction
from certify.plrnn import Vector

GUESSES = 400
"""So many random words of each period are tried."""
ORBITS, STEPS, NEAREST = 32, 1_000, 40
"""Orbits whose closest returns, so many for each period, are tried as well, and their steps after as many in which they settle."""

Patterns = tuple[bytes, ...]


@dataclass(frozen=True)
class Cycle:
    """A cycle of f: its points in the order of time, the (lexicographically) least first, each with its pattern; a unit that is
    exactly at a kink counts as not beyond it. `stability` is that of the derivative along it, None where a unit is at a kink."""

    points: tuple[tuple[Fraction, ...], ...]
    patterns: Patterns
    stability: Stability | None

    @property
    def period(self) -> int:
        """The least period."""
        return len(self.points)


def image(system: System, x: Vector) -> tuple[Vector, bytes, bool]:
    """f(x), the pattern of x, and whether a unit is exactly at a kink."""
    signal, digits, at_kink = x, bytearray(), False
    for i, (layer, act) in enumerate(zip(system.layers, system.activations)):
        signal = signal + x if system.recurrent and i else signal
        weight = fmpq_mat([[*row] for row in layer.weight])
        sums = (weight * fmpq_mat(len(signal), 1, signal)).entries()
        values = []
        for total, bias in zip(sums, layer.bias):
            total += bias
            k = sum(total > at for at in act.breaks)
            at_kink = at_kink or total in act.breaks
            if act.breaks:
                digits.append(k)
            values.append(act.slopes[k] * total + act.intercepts[k])
        signal = tuple(values)
    return signal, bytes(digits), at_kink


def fixed_point(system: System, patterns: Patterns) -> Vector | None:
    """The one point that the affine maps of these patterns, one after the other, bring back; None where there is none, or a whole
    family of them."""
    d = system.dimension
    along = _along(system, patterns).tolist()
    difference = [[Q(i == j) - along[i][j] for j in range(d)] for i in range(d)]
    try:
        x = fmpq_mat(difference).solve(fmpq_mat(d, 1, [row[d] for row in along[:d]]))
    except ZeroDivisionError:
        return None
    return tuple(x.entries())


def _along(system: System, patterns: Patterns) -> fmpq_mat:
    """[x, 1] -> [F(x), 1] for the affine maps of these patterns, one after the other."""
    return reduce(
        lambda along, pattern: system.piece(pattern).step * along, patterns[1:], system.piece(patterns[0]).step
    )


def cycle_through(system: System, x: Vector, period: int) -> Cycle | None:
    """The cycle of a point with f^period(x) = x; None where that is not so."""
    points, patterns, kinks, y = list[Vector](), list[bytes](), False, x
    for _ in range(period):
        points.append(y)
        y, pattern, at_kink = image(system, y)
        patterns.append(pattern)
        kinks = kinks or at_kink
        if y == x:
            break
    if y != x or period % len(points):
        return None
    first = points.index(min(points))
    turned = tuple(patterns[first:] + patterns[:first])
    derivative = None if kinks else _derivative(system, turned)
    orbit = tuple(tuple(map(fraction, point)) for point in points[first:] + points[:first])
    return Cycle(orbit, turned, None if derivative is None else stability(derivative))


def _derivative(system: System, patterns: Patterns) -> fmpq_mat:
    d = system.dimension
    return fmpq_mat([row[:d] for row in _along(system, patterns).tolist()[:d]])


def search(
    system: System, period: int, budget: Budget, progress: Callable[[str], None], seed: int
) -> tuple[Cycle, ...]:
    """Cycles whose least period divides `period`, those that are found: of random words and of close returns of long orbits, each
    corrected, in doubles, to the word that its solution follows, until that follows its own (Eisenmann, Monfared, Göring,
    Durstewitz 2023); then solved exactly. The time limit ends the search early."""
    found = dict[tuple[Fraction, ...], Cycle]()
    seen = set[Patterns]()
    with np.errstate(all="ignore"):  # doubles only propose
        try:
            for guess in _guesses(system, period, np.random.default_rng(seed)):
                budget.check(0)
                word = _corrected(system, guess, seen)
                start = word and fixed_point(system, word)
                if start and (cycle := cycle_through(system, start, period)):
                    found[cycle.points[0]] = cycle
                    progress(f"{len(found)} cycles")
        except BudgetExceeded:
            pass
    return in_order(found.values())


def in_order(cycles: Iterable[Cycle]) -> tuple[Cycle, ...]:
    """By least period, then by their first points."""
    return tuple(sorted(cycles, key=lambda cycle: (cycle.period, cycle.points)))


def _guesses(system: System, period: int, generator: np.random.Generator) -> Iterator[Patterns]:
    """Words of each period that divides `period`: at random, and from close returns."""
    periods = [p for p in range(1, period + 1) if period % p == 0]
    for p in periods:
        drawn = generator.integers(0, system.pieces, size=(GUESSES, p, system.units), dtype=np.uint8)
        yield from (tuple(row.tobytes() for row in word) for word in drawn)
    long = orbits(system, ORBITS, STEPS, STEPS, generator)
    for p in periods if len(long.points) else []:
        distances = abs(long.points[:, p:-1] - long.points[:, : -p - 1]).max(axis=2)
        for place in np.argsort(distances, axis=None, kind="stable")[:NEAREST]:
            orbit, t = np.unravel_index(place, distances.shape)
            yield tuple(row.tobytes() for row in long.patterns[orbit, t : t + p])


def _corrected(system: System, patterns: Patterns, seen: set[Patterns]) -> Patterns | None:
    """The word that its own solution follows, in doubles; None where that is not reached, or was before."""
    for _ in range(CORRECTIONS):
        key = min(patterns[i:] + patterns[:i] for i in range(len(patterns)))
        if key in seen:
            return None
        seen.add(key)
        if (orbit := followed(system, patterns)) is None:
            return None
        if orbit[1] == patterns:
            return patterns
        patterns = orbit[1]
    return None
