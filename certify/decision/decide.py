"""The decision: chaotic, ordered, or not decided within the budget.

Level after level, for g = f^(2^j): sample points for g^n(x) < x < g(x), which proves chaos; a mesh for order; where the mesh meets a
2-cycle of g, a search for a point of period 3 under g. By Sharkovsky's theorem and Li, Misiurewicz, Pianigiani and Yorke (1982) one of
the three succeeds at some level for every piecewise-linear map but those whose periods are all the powers of 2. From level `DEEP` on
halving says at which level that is, so that nothing is tried at those between (unless its maps have more than `PIECES` pieces).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certify.decision.budget import Budget
from certify.decision.core import core
from certify.decision.halving import PIECES, Cascade, cascade, witness
from certify.decision.mesh import Refutation, mesh, short
from certify.decision.witness import Search, Side, Witness, least_period, moves
from certify.errors import BudgetExceeded
from certify.numbers import Extended, Infinity, Q
from certify.piecewise import PiecewiseLinear

ODD = (3, 5, 7, 9)
"""The odd n that are tried at each level, while n * 2^j stays below `LONGEST`."""
LONGEST = 48
DEFAULT_LEVEL = 8
DEEP = 3


@dataclass(frozen=True)
class OddReturn:
    """g^n(x) < x < g(x) (side "right") or the mirror image, g = f^(2^level); `period_three` is an orbit of f, if one is known."""

    level: int
    n: int
    x: Q
    side: Side
    period_three: tuple[Q, ...] | None


@dataclass(frozen=True)
class PeriodicOrbit:
    """An exact periodic orbit, the smallest point first, whose least period is not a power of 2."""

    orbit: tuple[Q, ...]


@dataclass(frozen=True)
class Order:
    """On f^core_steps(J), the mesh shows that g(g(x)) = x implies g(x) = x, g = f^(2^level)."""

    level: int
    core_steps: int
    mesh: tuple[Extended, ...]


@dataclass(frozen=True)
class NotDecided:
    """What was tried, and where it ended."""

    reason: str


Decision = OddReturn | PeriodicOrbit | Order | NotDecided
Progress = Callable[[str], None]


def decide(f: PiecewiseLinear, max_level: int, budget: Budget, progress: Progress) -> Decision:
    """Decides a piecewise-linear self-map. Raises `NotInvariantError` when f leaves its domain."""
    f.require_self_map()
    inside = core(f)
    if inside.lo == inside.hi:
        return Order(0, inside.steps, (inside.lo,))
    g = f.on(inside.lo, inside.hi)
    search = Search(g)
    level, open_question = 0, ""
    try:
        for level in range(max_level + 1):
            if level == DEEP and isinstance(g.ends[0], Q) and isinstance(g.ends[1], Q):
                progress(f"level {level}: halving")
                if deep := _cascade(g, budget):
                    return _deep(g, search, inside.steps, deep, max_level, budget)
            progress(f"level {level}: looking for an odd return")
            for n in ODD:
                if n == 3 or n << level <= LONGEST:
                    budget.check(0)
                    if seen := search.witness(level, n):
                        return _odd_return(g, seen, budget)
            progress(f"level {level}: building a mesh")
            found = mesh(g, 1 << level, 2, budget)
            if not isinstance(found, Refutation):
                return Order(level, inside.steps, short(g, 1 << level, 2, found))
            progress(f"level {level}: looking for a point of period 3 under f^{1 << level}")
            cycle = mesh(g, 1 << level, 3, budget)
            if isinstance(cycle, Refutation):
                assert isinstance(cycle.point, Q)
                return _from_cycle(g, search, level, cycle.point, budget)
            swap = isinstance(found.point, Infinity)  # then level 0 shows nothing, and f need not have a 2-cycle
            evidence = "f exchanges the two ends of the line" if swap else f"f has a point of least period {2 << level}"
            open_question = f"{evidence} and, as far as level {level}, none of least period 3 * 2^j"
    except BudgetExceeded as error:
        return NotDecided(f"the budget ran out at level {level}: {error}")
    return NotDecided(f"{open_question}; beyond lies --max-level")


def _cascade(g: PiecewiseLinear, budget: Budget) -> Cascade | None:
    try:
        return cascade(g, min(budget.max_pieces, PIECES))
    except BudgetExceeded:  # one level after the other may still do
        return None


def _deep(
    g: PiecewiseLinear, search: Search, core_steps: int, found: Cascade, max_level: int, budget: Budget
) -> Decision:
    """The proof of what halving has found."""
    level, point = found
    if level > max_level:
        what = f"least period {3 << level}" if point else f"least period {1 << level} and of none beyond"
        return NotDecided(f"f has points of {what}; level {level} would show it, beyond --max-level")
    if point is None:
        cells = mesh(g, 1 << level, 2, budget)
        assert not isinstance(cells, Refutation)
        return Order(level, core_steps, short(g, 1 << level, 2, cells))
    x = witness(g, level, point)
    if moves(g, 1 << level, 3, x):
        return _odd_return(g, search.around(level, 3, x, "right"), budget)
    return PeriodicOrbit(cycle_through(g, point, 3 << level))


def _odd_return(f: PiecewiseLinear, found: Witness, budget: Budget) -> OddReturn:
    return OddReturn(found.level, found.n, found.x, found.side, _period_three(f, found, budget))


def _period_three(f: PiecewiseLinear, witness: Witness, budget: Budget) -> tuple[Q, ...] | None:
    """An orbit of least period 3 of f; None if there is none (or, beyond the budget, none was found)."""
    if (witness.level, witness.n) == (0, 3):
        edge = witness.interval[0] if witness.side == "right" else witness.interval[1]
        if isinstance(edge, Q) and least_period(f, edge, 3) == 3:
            return cycle_through(f, edge, 3)
    try:
        found = mesh(f, 1, 3, Budget(min(budget.max_pieces, 2_000), budget.time_limit, budget.started))
    except BudgetExceeded:
        return None
    return cycle_through(f, found.point, 3) if isinstance(found, Refutation) and isinstance(found.point, Q) else None


def _from_cycle(f: PiecewiseLinear, search: Search, level: int, p: Q, budget: Budget) -> OddReturn | PeriodicOrbit:
    """From a point of period 3 under f^(2^level): a strict inequality next to it where there is one, else the orbit itself."""
    m = 1 << level
    orbit = cycle_through(f, p, least_period(f, p, 3 * m))
    for shift in (12, 24, 48, 96):
        for point in orbit:
            for x in (point - Q(1, 1 << shift), point + Q(1, 1 << shift)):
                if f.ends[0] <= x <= f.ends[1] and (side := moves(f, m, 3, x)):
                    return _odd_return(f, search.around(level, 3, x, side), budget)
    return PeriodicOrbit(orbit)


def cycle_through(f: PiecewiseLinear, x: Q, period: int) -> tuple[Q, ...]:
    """The periodic orbit of x, rotated so that its smallest point comes first."""
    orbit = [x]
    for _ in range(period - 1):
        point = f.at(orbit[-1])
        assert isinstance(point, Q)
        orbit.append(point)
    first = orbit.index(min(orbit))
    return (*orbit[first:], *orbit[:first])
