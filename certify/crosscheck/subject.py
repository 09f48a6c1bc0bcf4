"""The map that claims are about, with what several of them ask for, found out once."""

from __future__ import annotations

import time
from functools import cache, cached_property

from certify.box import Box
from certify.certificate import Certificate, Exact
from certify.counting import Count, activation_breaks, iter_counts
from certify.decision.budget import Budget
from certify.decision.cycles import Cycles, cycles_of
from certify.decision.decide import Order
from certify.decision.sharkovsky import is_power_of_two
from certify.dimension.system import System
from certify.errors import BudgetExceeded, CertifyError, InputError
from certify.gated import Cell
from certify.mapfile import Map, Spatial, line_map
from certify.network import Network
from certify.numbers import Q, rational
from certify.piecewise import PiecewiseLinear
from certify.rounding import FORMATS, rounded_map
from certify.verdict import CertifiedEntropy, SpatialCycles, Verdict, checked, entropy, prove, spatial_cycles


class Open(CertifyError):
    """Why a claim is left undecided, where that is not a matter of the budget."""


class Timed:
    """A budget, and what is left of its time."""

    budget: Budget

    @property
    def time_left(self) -> float | None:
        """Seconds. Raises `BudgetExceeded` when there are none."""
        self.budget.check(0)
        limit = self.budget.time_limit
        return None if limit is None else max(0.0, limit - (time.monotonic() - self.budget.started))


class SpatialSubject(Timed):
    """A map of R^d under a budget of time."""

    def __init__(self, given: Spatial, time_limit: float | None) -> None:
        self.given, self.budget = given, Budget(time_limit=time_limit)
        self.cycles = cache(self._cycles)

    @cached_property
    def system(self) -> System:
        """The map by its pieces. Raises `Open` where it has none."""
        if isinstance(self.given, Cell) or (isinstance(self.given, Network) and self.given.smooth):
            raise Open("the map has smooth activations; of the claims only chaotic is decided for these")
        return System(self.given)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the map is chaotic."""
        return prove(self.given, time_limit=self.time_left)

    def _cycles(self, period: int) -> SpatialCycles:
        """All whose least period divides this one, with their certificate; or those found, where it was not reached."""
        return spatial_cycles(self.given, period, complete=True, time_limit=self.time_left)


class Subject(Timed):
    """One map of the line under a budget: `max_pieces` for each question, `time_limit` in seconds for all of them."""

    def __init__(self, given: Map, max_pieces: int, time_limit: float | None) -> None:
        given = line_map(given)
        self.given = given.lower if isinstance(given, Box) and given.is_single else given
        if not isinstance(self.given, PiecewiseLinear):
            self.given.require_one_dimension()
        self.budget = Budget(max_pieces, time_limit)
        self.cycles = cache(self._cycles)
        self.counts = cache(self._counts)
        self.rounded = cache(self._rounded)
        self.entropy = cache(self._entropy)

    @cached_property
    def function(self) -> PiecewiseLinear:
        """The exact map. Raises `Open` where there is none, `BudgetExceeded` where it has too many pieces."""
        if isinstance(self.given, PiecewiseLinear):
            return self.given
        if isinstance(self.given, Box):
            raise Open("the map is a box of networks; of the claims only chaotic is decided for these")
        if self.given.smooth:
            raise Open("the map has smooth activations; of the claims only chaotic is decided for these")
        return self.given.to_piecewise_linear(self.budget.max_pieces)

    @cached_property
    def iterable(self) -> PiecewiseLinear:
        """The same map. Raises `NotInvariantError` as well, unless it maps its domain into itself."""
        self.function.require_self_map()
        return self.function

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the map is chaotic."""
        return prove(self.given, max_pieces=self.budget.max_pieces, time_limit=self.time_left)

    @cached_property
    def activation_breaks(self) -> tuple[Q, ...] | None:
        """Where a network changes its activation pattern; None for a map by knots."""
        if not isinstance(self.given, Network):
            return None
        return tuple(map(rational, activation_breaks(self.given, self.budget.max_pieces)))

    def certificates(self, proof: Exact) -> tuple[Certificate, ...]:
        """The certificate of a proof, after the checker has accepted it; none beyond the checker's limits."""
        try:
            return (checked(proof, self.iterable, self.given),)
        except BudgetExceeded:
            return ()

    def excluding(self, period: int) -> tuple[Certificate, ...]:
        """The certificate of order that excludes this least period; none where there is none, or no time for it."""
        try:
            verdict = self.verdict
        except BudgetExceeded:
            return ()
        if not isinstance(verdict.decision, Order) or verdict.certificate is None:
            return ()
        excluded = not is_power_of_two(period) or period > 1 << verdict.decision.level
        return (verdict.certificate,) if excluded else ()

    def _entropy(self, digits: int) -> CertifiedEntropy:
        self.iterable.require_self_map()
        return entropy(self.given, digits, max_pieces=self.budget.max_pieces, time_limit=self.time_left)

    def _cycles(self, period: int) -> Cycles:
        return cycles_of(self.iterable, period, self.budget)

    def _counts(self, t: int) -> tuple[Count, ...]:
        found = []
        for count in iter_counts(self.iterable, activation_breaks=self.activation_breaks):
            found.append(count)
            self.budget.check(0)
            if count.t == t:
                break
        return tuple(found)

    def _rounded(self, name: str) -> Subject:
        """The map with its weights, biases and parameters (or its knots) rounded to a format of floats. Raises `Open`."""
        assert not isinstance(self.given, Box)
        try:
            return Subject(rounded_map(self.given, FORMATS[name]), self.budget.max_pieces, self.time_left)
        except InputError as error:
            raise Open(f"rounded to {name} it is no map: {error}") from None
