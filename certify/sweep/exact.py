"""One draw in exact arithmetic: what the filters leave open."""

from __future__ import annotations

from typing import NamedTuple

from certify.decision import halving
from certify.decision.budget import Budget
from certify.decision.core import core
from certify.decision.decide import DEFAULT_LEVEL, OddReturn, Order, PeriodicOrbit, decide
from certify.decision.mesh import Refutation, mesh
from certify.enclosure.decide import OddReturnBox, OrderBox, decide_box
from certify.errors import BudgetExceeded
from certify.network import Network
from certify.numbers import Q
from certify.piecewise import PiecewiseLinear
from certify.sweep.record import CHAOTIC, NO, NOT_KNOWN, ORDERED, UNDECIDED, YES

PIECES = 20_000
"""Cells of a mesh, and pieces of a map. There is no time limit: an outcome depends on the draw alone."""
SHALLOW = 2
"""Up to this level draws are decided as `certify.verdict.prove` does; the few others are halved, which costs far less there.
One whose maps are too large for halving would take as long as a million others, and stays UNDECIDED."""


class Outcome(NamedTuple):
    """The entries of a `record.RECORD`, with the exact point of the witness."""

    verdict: int
    level: int = 0
    n: int = 0
    period3: int = NOT_KNOWN
    x: Q | None = None


def outcome(network: Network) -> Outcome:
    """Decides one network, and whether it has a point of least period 3."""
    return _by_enclosures(network) if network.smooth else _exactly(network)


def _by_enclosures(network: Network) -> Outcome:
    match decide_box(network, DEFAULT_LEVEL, Budget(PIECES), _silent):
        case OddReturnBox(level=level, n=n, x=x):
            return Outcome(CHAOTIC, level, n, YES if (level, n) == (0, 3) else NOT_KNOWN, x)
        case OrderBox(level=level):
            return Outcome(ORDERED, level, 0, NO)
    return Outcome(UNDECIDED)


def _exactly(network: Network) -> Outcome:
    try:
        f = network.to_piecewise_linear(PIECES)
    except BudgetExceeded:
        return Outcome(UNDECIDED)
    match decide(f, SHALLOW, Budget(PIECES), _silent):
        case Order(level=level):
            return Outcome(ORDERED, level, 0, NO)
        case PeriodicOrbit(orbit):  # of period 3 * 2^level; its least point x has g^3(x) = x < g(x)
            level = (len(orbit) // 3).bit_length() - 1
            return Outcome(CHAOTIC, level, 3, NO if level else YES, orbit[0])
        case OddReturn(level=0, n=3, x=x):
            return Outcome(CHAOTIC, 0, 3, YES, x)
        case OddReturn(level=0, n=n, x=x):
            return _unless_period_three(f, Outcome(CHAOTIC, 0, n, NO, x))
        case OddReturn(level, n, x):  # a level is passed when it has no point of period 3
            return Outcome(CHAOTIC, level, n, NO, x)
    return _halved(f)


def _halved(f: PiecewiseLinear) -> Outcome:
    """A map with points of period 8, decided by `certify.decision.halving`."""
    inside = core(f)
    if not isinstance(inside.lo, Q) or not isinstance(inside.hi, Q):
        return Outcome(UNDECIDED)
    try:
        found = halving.cascade(f.on(inside.lo, inside.hi), halving.PIECES)
    except BudgetExceeded:
        return Outcome(UNDECIDED)
    if found is None:
        return Outcome(UNDECIDED)
    if found.point is None:
        return Outcome(ORDERED, found.level, 0, NO)
    x = halving.witness(f, found.level, found.point)
    return Outcome(CHAOTIC, found.level, 3, NO if found.level else YES, x)


def _unless_period_three(f: PiecewiseLinear, found: Outcome) -> Outcome:
    """The outcome, or where f has a point of least period 3 (or that stays open) the one that says so."""
    inside = core(f)
    try:
        three = mesh(f.on(inside.lo, inside.hi), 1, 3, Budget(PIECES))
    except BudgetExceeded:
        return found._replace(period3=NOT_KNOWN)
    if not isinstance(three, Refutation):
        return found
    assert isinstance(three.point, Q)  # an infinite end has period 1 or 2
    return Outcome(CHAOTIC, 0, 3, YES, min(f.trajectory(three.point, 2)))


def _silent(_: str) -> None:
    pass
