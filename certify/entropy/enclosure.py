"""The search: the entropy of a piecewise-linear map, exact where two graphs agree, else enclosed as closely as asked.

First the tower of images (certify.entropy.tower) is built exactly. If it is finite (the Markov case), exp h is the
largest root of its characteristic polynomial. If not, and all slopes on the core are ±s, then h = log s. Else two
towers that are cut off enclose the growth from inside and from outside; depth and precision are doubled until the
digits asked for are proved or the budget is used up, or both have the same Perron root. Zero is exact when no two
cycles of an outer tower meet, or when a mesh proves order (certify.decision.decide); a lower bound of 0 alone says
only that nothing better was found.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, log2

from certify.decision.budget import Budget
from certify.decision.core import core
from certify.decision.decide import Order, decide
from certify.entropy.algebra import ONE, Algebraic, log_bounds
from certify.entropy.anatomy import Anatomy
from certify.entropy.assemble import covering, transfer
from certify.entropy.evidence import ConstantSlope, Covering, Transfer
from certify.entropy.exactness import common_root, with_number
from certify.entropy.laps import Laps
from certify.entropy.result import Entropy
from certify.entropy.tower import Grid, Tower, finite_tower, tower
from certify.errors import BudgetExceeded
from certify.numbers import Infinity, as_float, fraction, rational
from certify.piecewise import PiecewiseLinear

EXACT_BITS = 2_000
"""Numbers longer than this (or four times those of the map) do not come from a finite tower worth waiting for."""
DEEPEST = 1 << 14
"""Towers are not built deeper than this."""
ORDER_DEPTH = 32
"""Where no positive lower bound was found down to this depth, a proof of order is tried."""
ORDER_LEVEL, ORDER_CELLS = 8, 20_000


def entropy(
    f: PiecewiseLinear,
    digits: int = 10,
    *,
    max_nodes: int = 1_500,
    time_limit: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Entropy:
    """The topological entropy h(f), enclosed so that upper - lower <= 10^-digits where the budget allows.

    On the line it is the supremum of the entropies on compact invariant sets (see `certify.entropy.evidence`).
    `max_nodes` bounds the intervals of a graph; `time_limit`, in seconds, is looked at between graphs. Beyond them
    the answer is what is proved by then. Raises `NotInvariantError` when f leaves its domain, `ValueError` unless
    digits >= 1.

    >>> from certify import families
    >>> entropy(families.tent()).closed_form
    'log 2'
    """
    if digits < 1:
        raise ValueError(f"the number of digits is at least 1, got {digits}")
    f.require_self_map()
    return _Search(f, digits, max_nodes, Budget(time_limit=time_limit), progress).run()


class _Search:
    """One enclosure in the making: the best evidence so far for either end."""

    def __init__(
        self, f: PiecewiseLinear, digits: int, max_nodes: int, budget: Budget, progress: Callable[[str], None]
    ) -> None:
        self.f, self.digits, self.max_nodes, self.budget, self.progress = f, digits, max_nodes, budget, progress
        self.laps = Laps.of(f)
        self.core = core(f)
        self.root = (self.core.lo, self.core.hi)
        self.below: Covering | None = None
        self.above: Transfer | None = None

    def run(self) -> Entropy:
        self.progress("building the tower of images")
        finite = finite_tower(self.laps, self.root, self.max_nodes, self._grid(self._exact_bits()))
        if finite is not None:
            exact = self._compare(finite, finite)
            return exact or self._result(None, "the graph is finite, its polynomial too large to factor")
        return self._constant_slope() or self._enclose()

    def _exact_bits(self) -> int:
        """Room for numbers a few times as long as those of the map itself."""
        own = max(int(x.q.bit_length()) for x in (*self.f.slopes, *self.f.intercepts, *self.f.breaks))
        return max(EXACT_BITS, 4 * own)

    def _grid(self, bits: int) -> Grid:
        return Grid.on(self.f, self.root, bits)

    def _compare(self, inside: Tower, outside: Tower) -> Entropy | None:
        """Takes the evidence of an inner and an outer graph; an answer if they settle the entropy exactly."""
        steps, laps = self.core.steps, self.laps
        high = Anatomy(outside.targets)
        low = high if inside is outside else Anatomy(inside.targets)
        if not high.growing:
            above, _ = transfer(outside, high, steps, 1)
            return self._zero(above, "exact: in a finite graph that covers the dynamics no two cycles meet")
        estimate = high.estimates[high.strongest]
        bits = int((self.digits + 4) * 3.33 + log2(estimate)) + 4
        above, growths = transfer(outside, high, steps, bits)
        if self.above is None or above.growth < self.above.growth:
            self.above = above
        if not low.growing:
            return None
        below = covering(inside, low, low.strongest, laps, bits)
        if self.below is None or below.growth > self.below.growth:
            self.below = below
        if low.estimates[low.strongest] < estimate * (1 - 1e-11):
            return None
        common = common_root(low, high, bits)
        if common is None:
            return None
        number, spectra_below, spectra_above = common
        part = min(spectra_below)
        below = covering(inside, low, part, laps, bits)
        self.below, self.above = with_number(
            number, below, spectra_below[part], above, spectra_above, growths, high.parts
        )
        return self._result(number, "exact: a graph inside and a graph outside have the same growth")

    def _constant_slope(self) -> Entropy | None:
        lo, hi = self.root
        if isinstance(lo, Infinity) or isinstance(hi, Infinity) or lo == hi:
            return None
        sizes = {abs(slope) for slope in self.f.on(lo, hi).slopes}
        if len(sizes) > 1 or not min(sizes) > 1:
            return None
        (slope,) = sizes
        growth = fraction(slope)
        evidence = ConstantSlope(self.core.steps, growth)
        lower, upper = log_bounds(slope, slope, self.digits + 2)
        number = Algebraic((-growth.numerator, growth.denominator), (growth, growth))
        return Entropy(lower, upper, number, evidence, evidence, "exact: the slope is constant up to its sign")

    def _enclose(self) -> Entropy:
        """Towers of growing depth, until one of the reasons to stop."""
        steepest = max(abs(as_float(slope)) for slope in self.f.slopes)
        bits_per_step = max(4, ceil(log2(min(max(1.0, steepest), 1e300))) + 1)
        depth, reason = 8, ""
        try:
            while not reason:
                self.budget.check(0)
                self.progress(f"enclosing the growth: depth {depth}")
                grid = self._grid(64 + depth * bits_per_step)
                outside, inside = (
                    tower(self.laps, self.root, side, depth, self.max_nodes, grid) for side in ("outside", "inside")
                )
                if answer := self._compare(inside, outside):
                    return answer
                if self._enough():
                    reason = "as close as asked"
                elif outside.full or inside.full:
                    reason = f"closer would take more than {self.max_nodes} intervals"
                elif depth >= DEEPEST:
                    reason = f"{DEEPEST} levels of the towers do not tell more"
                elif depth == ORDER_DEPTH and (answer := self._order()):
                    return answer
                depth *= 2
        except BudgetExceeded as error:
            reason = f"the budget ran out: {error}"
        return self._order() or self._result(None, reason)

    def _order(self) -> Entropy | None:
        """Entropy 0 from a proof of order, where no positive lower bound speaks against it."""
        if self.below:
            return None
        budget = Budget(ORDER_CELLS, self.budget.time_limit, self.budget.started)
        found = decide(self.f, ORDER_LEVEL, budget, lambda _: None)
        return self._zero(found, "exact: a mesh proves order, and so entropy 0") if isinstance(found, Order) else None

    def _enough(self) -> bool:
        return self.below is not None and self.above is not None and self._gap() * 10 ** (self.digits + 1) <= 9

    def _gap(self) -> Fraction:
        """At least log(upper growth) - log(lower growth)."""
        low = self.below.growth if self.below else Fraction(1)
        assert self.above is not None
        return (self.above.growth - low) / low

    def _zero(self, above: Transfer | Order, reason: str) -> Entropy:
        return Entropy(Fraction(0), Fraction(0), ONE, None, above, reason)

    def _result(self, exact: Algebraic | None, reason: str) -> Entropy:
        """Decimals rounded outward: two places more than the evidence is worth."""
        if self.above is None:  # not even one graph within the budget: let every lap follow every lap
            whole = tower(self.laps, self.root, "outside", 1, self.max_nodes, self._grid(64))
            self.above, _ = transfer(whole, Anatomy(whole.targets), self.core.steps, 64)
        low = self.below.growth if self.below else Fraction(1)
        gap, places = self._gap(), 2
        while places < self.digits + 2 and gap * 10 ** (places - 2) < 1:
            places += 1
        lower, upper = log_bounds(rational(low), rational(self.above.growth), places)
        return Entropy(lower, upper, exact, self.below, self.above, reason)
