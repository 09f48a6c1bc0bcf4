"""How much chaos withstands: the certified radius of a network, and an ordered network that bounds it from above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, Literal

from certify import checker
from certify.box import Box, Measure
from certify.certificate import Certificate, certificate
from certify.decision.budget import Budget
from certify.decision.decide import DEFAULT_LEVEL, NotDecided, OddReturn, Order, decide
from certify.decision.witness import Search
from certify.enclosure.decide import OddReturnBox, fixed_point_bits
from certify.enclosure.invariance import NotShown, cover
from certify.enclosure.nearest import Nearby, Pushes, between, nearest
from certify.enclosure.radius import Proposal, RobustSearch
from certify.errors import BudgetExceeded, InputError, NotInvariantError
from certify.mapfile import Map, canonical_json_sha256, document, line_map
from certify.network import Network
from certify.numbers import Infinity, Q, fraction, rational, shown, simplest_between
from certify.piecewise import PiecewiseLinear
from certify.verdict import DEFAULT_PIECES, prove

FACTOR = Fraction(101, 100)
SMALLEST = 4_096
"""Radii below the proposed one divided by 2 to this power are not tried."""
ROOM = 24
"""The checker's fixed point gets so many bits below the radius, and more where these do not do."""
PROBE_LEVEL, PROBE_CELLS, PROBE_PIECES = 2, 500, 5_000
"""What is spent on the question whether a neighbour is ordered."""


@dataclass(frozen=True, repr=False)
class Radius:
    """Every network within `radius` of this one is chaotic, with a certificate that the checker has accepted; or UNDECIDED.

    `weights` says how the distance of two networks is measured: as the largest difference of their weights and biases, or
    of these as parts of the given network's. `ordered` is an exact network at the distance `upper` for which prove says ORDERED, so
    no radius reaches that far; None where none was found.
    """

    verdict: Literal["CHAOTIC", "UNDECIDED"]
    reason: str
    weights: Measure
    decision: OddReturnBox | NotDecided
    certificate: Certificate | None = None
    ordered: Network | None = None
    upper: Fraction | None = None

    @property
    def radius(self) -> Fraction | None:
        """The certified radius."""
        found = self.decision.radius if isinstance(self.decision, OddReturnBox) else None
        return None if found is None else fraction(found)

    @property
    def witness(self) -> Fraction | None:
        """The one point x at which the inequality holds for all these networks."""
        return fraction(self.decision.x) if isinstance(self.decision, OddReturnBox) else None

    def explain(self) -> str:
        """The radius, what proves it, and the bound from above, in a few lines of words."""
        if self.certificate is None:
            return f"{self.verdict}\n{self.reason}"
        return f"{self.verdict}\n{self.reason}\nTherefore: {self.certificate['claim']['words']}"

    def __repr__(self) -> str:
        return f"<Radius {self.verdict}: {self.reason}>"


def radius(
    given: Map,
    weights: Measure = "absolute",
    factor: Any = FACTOR,
    *,
    upper: bool = True,
    max_level: int = DEFAULT_LEVEL,
    max_pieces: int = DEFAULT_PIECES,
    time_limit: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Radius:
    """The largest radius found for which one point proves chaos for every network within it, and a bound from above.

    The point, level and n are those with the largest radius of a search by sample points; for them the radius is the largest that
    the checker's interval arithmetic shows, up to the factor. The map itself must be an exact network that maps its domain into
    itself (`InputError` otherwise). UNDECIDED where no strict inequality was found, or none that survives any change.

    >>> from certify import families
    >>> found = radius(families.perturbed_tent(0))
    >>> found.verdict, 0 < found.radius < found.upper
    ('CHAOTIC', True)
    """
    network = _network(given)
    part = _factor(factor)
    budget = Budget(max_pieces, time_limit)
    try:
        progress("is the domain mapped into itself?")
        pieces = _pieces(network, budget)
        progress("looking for the most robust witness")
        search, attempt = RobustSearch(network, weights, pieces), _Attempt(network, weights, part, budget, progress)
        found = attempt.largest(search.best(float(part), max_level))
        if not found and not attempt.leaves:
            progress("deciding the network itself")
            exact = _from_verdict(network, pieces, max_level, budget)
            if isinstance(exact, str):
                return _undecided(weights, exact)
            found = attempt.largest(search.around(exact, float(part))) or attempt.largest(exact)
        if not found:
            return _undecided(weights, attempt.reason)
        decision, proof = found
        near = _ordered(network, decision, search, max_level, part, budget, progress) if upper else None
    except (NotShown, BudgetExceeded) as error:
        return _undecided(weights, str(error))
    reason = _reason(decision, near, upper)
    if near is None:
        return Radius("CHAOTIC", reason, weights, decision, proof)
    return Radius("CHAOTIC", reason, weights, decision, proof, near.network, fraction(near.distance))


def _undecided(weights: Measure, reason: str) -> Radius:
    return Radius("UNDECIDED", reason, weights, NotDecided(reason))


def _network(given: Map) -> Network:
    given = line_map(given)
    if isinstance(given, Box):
        raise InputError(
            "map", "one exact network, to be the centre", "a box of networks, which prove decides as a whole"
        )
    if not isinstance(given, Network):
        raise InputError(
            "map", "a network, as the radius is that of its weights and biases", "a piecewise-linear map by knots"
        )
    given.require_one_dimension()
    return given


def _factor(given: Any) -> Q:
    try:
        part = rational(given)
    except ValueError as error:
        raise InputError("factor", "a number such as 1.01", str(error)) from None
    if not Q(100_001, 100_000) <= part <= 1_000:
        raise InputError("factor", "a number from 1.00001 to 1000", shown(part))
    return part


def _pieces(network: Network, budget: Budget) -> PiecewiseLinear | None:
    """The exact map, where there is one within the budget; that the domain is mapped into itself is seen either way.

    Raises `NotInvariantError` where it is not, `NotShown` where that is not clear.
    """
    if network.smooth:
        cover(Box.of(network), budget)
        return None
    try:
        pieces = network.to_piecewise_linear(budget.max_pieces)
    except BudgetExceeded:
        cover(Box.of(network), budget)
        return None
    pieces.require_self_map()
    return pieces


Accepted = tuple[OddReturnBox, Certificate]


class _Attempt:
    """Radii of one network as the checker sees them."""

    def __init__(
        self, network: Network, weights: Measure, part: Q, budget: Budget, progress: Callable[[str], None]
    ) -> None:
        self._network, self._weights, self._part = network, weights, part
        self._budget, self._progress = budget, progress
        self._content = document(network)
        self._digest = canonical_json_sha256(self._content)
        self.reason = ""
        """Why the last radius was not accepted."""
        self.leaves = False
        """Whether that is so because networks within it leave the domain."""

    def largest(self, proposal: Proposal | None) -> Accepted | None:
        """The largest radius up to the proposed one that the checker accepts, up to the factor; None where there is none."""
        if proposal is None:
            return None
        self._progress("checking the certificate")
        high, fall = rational(proposal.radius), 0
        low = self._short(high)
        found = self._accepted(proposal, low)
        while not found and fall < SMALLEST:
            high, fall = low, max(1, 2 * fall)
            low = self._short(rational(proposal.radius) / (Q(2) ** fall))
            found = self._accepted(proposal, low)
        while found and high > low * self._part:
            middle = self._short(between(low, high))
            if not low < middle < high:
                break
            if nearer := self._accepted(proposal, middle):
                found, low = nearer, middle
            else:
                high = middle
        return found

    def _short(self, radius: Q) -> Q:
        """A simple number, less than this by a quarter of the factor at most."""
        return simplest_between(radius * (1 - (self._part - 1) / (4 * self._part)), radius)

    def _accepted(self, proposal: Proposal, radius: Q) -> Accepted | None:
        """The certificate with this radius, if the checker accepts it."""
        self._budget.check(0)
        self.leaves = False
        try:
            points = cover(Box.around(self._network, radius, self._weights), self._budget)
        except (NotShown, NotInvariantError, BudgetExceeded) as error:
            self._budget.check(0)  # of the budget, only cells are a matter of the radius
            self.reason = (
                "this network maps its domain into itself, but within no radius is it shown that all networks do; an output "
                f"clipped to the domain, a wider domain or the line helps ({error})"
            )
            self.leaves = True
            return None
        at, bits = proposal, fixed_point_bits(radius / (1 << ROOM))
        decision = OddReturnBox(at.level, at.n, at.x, at.side, bits, points, radius, self._weights)
        for _ in range(2):
            made = certificate(decision, None, self._digest, self._content["domain"])
            outcome = checker.check(self._content, made)
            if outcome.status == "VALID":
                return decision, made
            decision = replace(decision, bits=2 * decision.bits)
        self.reason = f"no radius was accepted by the checker: {outcome.message}"
        return None


def _from_verdict(network: Network, pieces: PiecewiseLinear | None, max_level: int, budget: Budget) -> Proposal | str:
    """A witness from the verdict on the network itself, for radii that are not great; or why there is none."""
    verdict = prove(network, max_level=max_level, max_pieces=budget.max_pieces, time_limit=budget.time_limit)
    if verdict.verdict == "ORDERED":
        return f"the network itself is ORDERED: {verdict.reason}"
    if verdict.verdict == "UNDECIDED":
        return f"the network itself is not decided: {verdict.reason}"
    if isinstance(verdict.decision, OddReturn | OddReturnBox):
        found = verdict.decision
        x = _inner(pieces, found) if pieces else found.x
        return Proposal(found.level, found.n, x, found.side, 1.0)
    return f"the network is CHAOTIC, but only an equality shows it, which no radius survives: {verdict.reason}"


def _inner(f: PiecewiseLinear, witness: OddReturn | OddReturnBox) -> Q:
    """The simplest point in the middle third of those that are witnesses next to this one, which may lie at their very edge."""
    lo, hi = Search(f).around(witness.level, witness.n, witness.x, witness.side).interval
    if isinstance(lo, Infinity) or isinstance(hi, Infinity):
        return witness.x
    return simplest_between(lo + (hi - lo) / 3, hi - (hi - lo) / 3)


def _ordered(
    network: Network,
    decision: OddReturnBox,
    search: RobustSearch,
    max_level: int,
    part: Q,
    budget: Budget,
    progress: Callable[[str], None],
) -> Nearby | None:
    """The nearest network found for which prove says ORDERED."""
    progress("looking for an ordered network nearby")
    directions = Pushes(network).all(search.window, search.orbit(float(decision.x), decision.n << decision.level))
    assert decision.radius is not None
    try:
        near = nearest(network, decision.weights, decision.radius, directions, _is_ordered(budget), part)
    except BudgetExceeded:  # the time is up: the radius stands
        return None
    if near and prove(near.network, max_level=max_level, max_pieces=budget.max_pieces).verdict == "ORDERED":
        return near
    return None


def _is_ordered(budget: Budget) -> Callable[[Network], bool]:
    def probe(network: Network) -> bool:
        budget.check(0)
        cells = Budget(PROBE_CELLS, budget.time_limit, budget.started)
        try:
            if network.smooth:
                return prove(network, max_level=PROBE_LEVEL, max_pieces=PROBE_CELLS).verdict == "ORDERED"
            f = network.to_piecewise_linear(PROBE_PIECES)
            return isinstance(decide(f, PROBE_LEVEL, cells, lambda _: None), Order)
        except (NotInvariantError, BudgetExceeded):
            return False

    return probe


def _reason(decision: OddReturnBox, near: Nearby | None, upper: bool) -> str:
    assert decision.radius is not None
    relative = " times their absolute values" if decision.weights == "relative" else ""
    line = (
        f"Radius {_number(decision.radius)}: chaos survives every change of the weights and biases by at most that"
        f"{relative}, with the witness x = {shown(decision.x)} (n = {decision.n}, level {decision.level})."
    )
    if near:
        times = _near(near.distance / decision.radius, 3)
        return (
            f"{line}\nUpper bound {_number(near.distance)} ({times} times as much): a network so far away is ORDERED."
        )
    return f"{line}\nNo ordered network was found to bound it from above." if upper else line


def _number(value: Q) -> str:
    return _near(value, 4) if len(str(value)) > 12 else f"{value} ≈ {_near(value, 4)}"


def _near(value: Q, digits: int) -> str:
    """So many digits of a number of any size."""
    return f"{Context(prec=digits).divide(Decimal(int(value.p)), Decimal(int(value.q))):g}"
