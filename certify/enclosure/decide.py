"""The decision by enclosures: chaotic or ordered for every network of a box, or not decided.

Level after level, for g = f^(2^j): sample points for g^n(x) < x < g(x); then a mesh on the core. Strict inequalities survive
enclosing, and a generic map shows one at some level (Li, Misiurewicz, Pianigiani and Yorke 1982; Coppel 1955); what holds by equality
alone, or for only some networks of the box, stays undecided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from certify.box import Box, Measure
from certify.decision.budget import Budget
from certify.decision.decide import LONGEST, ODD, NotDecided
from certify.decision.witness import Side
from certify.enclosure.core import COARSE, FINE, Core, core
from certify.enclosure.functions import Ball, dyadic
from certify.enclosure.invariance import NotShown, cover, output_range
from certify.enclosure.mesh import Mesh, Rule, mesh
from certify.enclosure.search import Found, Search
from certify.errors import BudgetExceeded
from certify.network import Network
from certify.numbers import Q, as_float, shown

Cover = tuple[Q, ...] | None

FEW, MANY = 200, 4_000
"""Cells of a mesh that are tried on a core that cost little; and on a narrower one, at level 0, with half as many at each next."""
STALLS = 2
"""Levels at which the cells did not come apart, though no cycle was in the way, before no more meshes are tried."""


@dataclass(frozen=True)
class OddReturnBox:
    """g^n(x) < x < g(x) (side "right") or the mirror image for every network of the box, g = f^(2^level).

    `cover` shows that the domain is mapped into itself, where the last activation does not. `radius` says that the box is all
    networks around one. `bits` are those of the checker's fixed point.
    """

    level: int
    n: int
    x: Q
    side: Side
    bits: int
    cover: Cover = None
    radius: Q | None = None
    weights: Measure = "absolute"
    near: tuple[str, str] = ("", "")
    """g(x) and g^n(x), for people."""


@dataclass(frozen=True)
class OrderBox:
    """On the core, g(g(x)) = x implies g(x) = x for every network of the box, g = f^(2^level), by a mesh for this rule."""

    level: int
    core: Core
    rule: Rule
    mesh: tuple[Q, ...]
    cover: Cover = None
    bits: int = 64


EnclosedDecision = OddReturnBox | OrderBox | NotDecided


def decide_box(
    given: Network | Box, max_level: int, budget: Budget, progress: Callable[[str], None]
) -> EnclosedDecision:
    """Decides every network of a box at once. Raises `NotInvariantError` when all of them leave the domain at some point."""
    box = given if isinstance(given, Box) else Box.of(given)
    box.require_one_dimension()
    level = 0
    try:
        progress("is the domain mapped into itself?")
        domain_cover = cover(box, budget)
        search = Search(box)
        ordering = _Ordering(search, budget)
        for level in range(max_level + 1):
            progress(f"level {level}: looking for an odd return")
            for n in ODD:
                if n == 3 or n << level <= LONGEST:
                    budget.check(0)
                    if found := search.witness(level, n):
                        return _odd_return(found, level, n, domain_cover)
            progress(f"level {level}: building a mesh")
            if order := ordering.at(level):
                return replace(order, cover=domain_cover)
    except NotShown as reason:
        return NotDecided(str(reason))
    except BudgetExceeded as error:
        return NotDecided(f"the budget ran out at level {level}: {error}")
    why = [f"no odd return was found as far as level {level}, and no mesh: {ordering.reason}"]
    why += [f"at x = {shown(x)} {tie}" for x, tie in list(search.open.items())[:1]]
    return NotDecided("; ".join(why))


class _Ordering:
    """Looks for meshes, level after level, on cores that are made once."""

    def __init__(self, search: Search, budget: Budget) -> None:
        self.search, self.budget = search, budget
        self.reason = (
            "on the line, order is shown for a last activation of bounded values only (a bounded --domain may do)"
        )
        self._start = _start(search.box)
        self._cores: dict[tuple[int, int], Core] = {}
        self._stalls = 0

    def at(self, level: int) -> OrderBox | None:
        """A mesh at this level, or None; then `reason` says why."""
        if self._start is None or self._stalls == STALLS:
            return None
        for effort, most in ((COARSE, FEW), (FINE, max(FEW, MANY >> level))):
            if effort not in self._cores:
                self._cores[effort] = core(self.search.lenient, *self._start, effort)
            made = mesh(self.search, self._cores[effort], level, self.budget, most)
            if isinstance(made, Mesh):
                bits = fixed_point_bits(min(b - a for a, b in pairwise(made.points)))
                return OrderBox(level, self._cores[effort], made.rule, made.points, bits=bits)
            self.reason = made.reason
            if made.cycle:
                return None
        self._stalls += 1
        return None


def _start(box: Box) -> tuple[Q, Q, int] | None:
    """A bounded interval that holds f^steps(J), with the least steps."""
    lo, hi = box.ends
    if isinstance(lo, Q) and isinstance(hi, Q):
        return lo, hi, 0
    bounds = output_range(box)
    return bounds and (*bounds, 1)


def _odd_return(found: Found, level: int, n: int, domain_cover: Cover) -> OddReturnBox:
    margin = min(dyadic(abs(y - found.x).abs_lower()) for y in (found.first, found.last))
    near = approximately(found.first), approximately(found.last)
    return OddReturnBox(level, n, found.x, found.side, fixed_point_bits(margin), domain_cover, near=near)


def fixed_point_bits(step: Q) -> int:
    """The least of 64, 128, 256, ... bits of fixed point whose unit is below this."""
    bits = 64
    while step * (1 << bits) < 1:
        bits *= 2
    return bits


def approximately(ball: Ball) -> str:
    """An enclosure for people: a few digits where its ends share them, else both ends."""
    lo, hi = (f"{as_float(dyadic(end)):.6g}" for end in (ball.lower(), ball.upper()))
    return f"{lo}…" if lo == hi else f"[{lo}, {hi}]"
