"""The topological entropy of a piecewise-linear map: exact where the map is Markov, else enclosed with evidence at both ends.

First the tower of images (certify.entropy.tower) is built exactly. If it is finite, exp h is the largest root of its characteristic
polynomial: an algebraic integer. If not, two towers that are cut off enclose the growth from inside and outside; depth and precision are doubled
until the digits asked for are proved or the budget is used up. Zero is exact when the outer tower has no two cycles that meet, or when a mesh
proves order (certify.decision.decide); otherwise a lower bound of 0 only says that nothing better was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, log, log2

from certify.decision.budget import Budget
from certify.decision.core import Core, core
from certify.decision.decide import Order, decide
from certify.entropy.algebra import Algebraic, Spectrum, log_bounds
from certify.entropy.components import components, within
from certify.entropy.evidence import Covering, Polynomials, Transfer
from certify.entropy.laps import Laps
from certify.entropy.perron import Perron, growth_estimate, perron
from certify.entropy.tower import Grid, Tower, tower
from certify.errors import BudgetExceeded
from certify.numbers import Q, as_float, fraction, rational
from certify.piecewise import PiecewiseLinear

EXACT_BITS = 2_000
"""Numbers longer than this do not come from a finite tower that is worth waiting for."""
EXACT_DEPTH = 400
LARGEST_MATRIX = 200
"""Characteristic polynomials of larger matrices are not factored."""
LARGEST_EIGENVECTOR = 5_000
"""Coefficients of an algebraic eigenvector that is given as evidence, at most."""

ONE = Algebraic((-1, 1), (Fraction(1), Fraction(1)))


@dataclass(frozen=True)
class Entropy:
    """lower <= h <= upper, proved; the two are decimal fractions.

    `exact` is exp h as an algebraic number where it is known; `below` proves the lower end (None: h >= 0 needs no proof) and `above` the upper
    end: a graph, or a mesh that proves order and so entropy 0. `reason` says in words why the enclosure is no better than it is.
    """

    lower: Fraction
    upper: Fraction
    exact: Algebraic | None
    below: Covering | None
    above: Transfer | Order
    reason: str

    @property
    def closed_form(self) -> str | None:
        """h in closed form: "0", "log 2", "log((1+sqrt(5))/2)"; None where there is none or none is known."""
        return self.exact.log_closed_form if self.exact else None

    @property
    def digits(self) -> int | None:
        """The largest d with upper - lower <= 10^-d; None when the enclosure is a single number."""
        gap = self.upper - self.lower
        if not gap:
            return None
        d = 0
        while gap * 10 ** (d + 1) <= 1:
            d += 1
        return d

    @property
    def text(self) -> tuple[str, str]:
        """The two ends in full as decimal numbers."""
        return decimal_text(self.lower), decimal_text(self.upper)


def decimal_text(value: Fraction) -> str:
    """A decimal fraction, in full. Raises `ValueError` if the number has no finite decimal expansion."""
    denominator, places = value.denominator, 0
    while 10**places % denominator:
        places += 1
        if places > 4 * denominator.bit_length():
            raise ValueError(f"no finite decimal fraction: {value}")
    digits = str(value.numerator * (10**places // denominator)).rjust(places + 1, "0")
    return f"{digits[: len(digits) - places]}.{digits[len(digits) - places :]}" if places else digits


def entropy(
    f: PiecewiseLinear,
    digits: int = 10,
    *,
    max_nodes: int = 1_500,
    time_limit: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Entropy:
    """The topological entropy h(f), enclosed so that upper - lower <= 10^-digits where the budget allows.

    On the line it is the supremum of the entropies on compact invariant sets (see `certify.entropy.evidence`). `max_nodes` bounds the
    intervals of a graph, `time_limit` the seconds. Raises `NotInvariantError` when f leaves its domain, `ValueError` unless digits >= 1.

    >>> from certify import families
    >>> entropy(families.tent()).closed_form
    'log 2'
    """
    if digits < 1:
        raise ValueError(f"the number of digits is at least 1, got {digits}")
    f.require_self_map()
    return _Search(f, digits, max_nodes, Budget(time_limit=time_limit), progress).run()


class _Search:
    """The state of one enclosure: the best evidence so far for either end."""

    def __init__(
        self, f: PiecewiseLinear, digits: int, max_nodes: int, budget: Budget, progress: Callable[[str], None]
    ) -> None:
        self.f, self.digits, self.max_nodes, self.budget, self.progress = f, digits, max_nodes, budget, progress
        self.laps = Laps.of(f)
        self.core: Core = core(f)
        self.root = (self.core.lo, self.core.hi)
        self.below: Covering | None = None
        self.above: Transfer | None = None

    def run(self) -> Entropy:
        self.progress("building the tower of images")
        finite = tower(self.laps, self.root, "outside", EXACT_DEPTH, self.max_nodes, self._grid(EXACT_BITS))
        if finite.exact:
            return self._markov(finite)
        return self._enclose()

    def _grid(self, bits: int) -> Grid:
        return Grid.for_interval(*self.root, bits)

    # Finite towers

    def _markov(self, finite: Tower) -> Entropy:
        """Everything about a finite tower; its matrix gives both ends."""
        parts = components(finite.targets)
        graphs = [within(finite.targets, part) for part in parts]
        if not any(_branches(graph) for graph in graphs):
            return self._zero(_transfer(finite, parts, 1, self.core.steps), "the graph is finite and has no two cycles that meet")
        estimates = [growth_estimate(graph) if _branches(graph) else 1.0 for graph in graphs]
        leading = [i for i, estimate in enumerate(estimates) if estimate > max(estimates) * (1 - 1e-6)]
        number, spectra = self._number([graphs[i] for i in leading])
        bits = self._bits(max(estimates))
        above = _transfer(finite, parts, bits, self.core.steps)
        strongest = next(i for i, s in zip(leading, spectra) if s) if number else max(leading, key=estimates.__getitem__)
        below = _covering(finite, parts[strongest], bits, trim=self.laps)
        if number is None:
            return self._result(below, above, None, "the graph is finite, and its polynomial too large to be factored")
        chosen = [(i, s) for i, s in zip(leading, spectra) if s]
        below, above = _with_number(number, below, above, parts, chosen, strongest)
        return self._result(below, above, number, "exact: the graph is finite")

    def _number(self, graphs: Sequence[list[list[int]]]) -> tuple[Algebraic | None, list[Spectrum | None]]:
        """The largest of the graphs' growths as an algebraic number, and the spectra of those graphs that have it."""
        if max(map(len, graphs)) > LARGEST_MATRIX:
            return None, []
        spectra = [Spectrum(graph) for graph in graphs]
        bits = 100 + int(3.33 * self.digits)
        while bits < 10_000:
            vectors = [perron(graph, bits) for graph in graphs]
            roots = [s.root(v.low, v.high) for s, v in zip(spectra, vectors)]
            found = _largest(roots, vectors)
            if found is not None:
                return found[0], [s if same else None for s, same in zip(spectra, found[1])]
            bits *= 2
        return None, []

    # Towers that are cut off

    def _enclose(self) -> Entropy:
        steepest = max(abs(as_float(slope)) for slope in self.f.slopes)
        bits_per_step = max(4, ceil(log2(max(1.0, min(steepest, 1e300)))) + 1)
        reason = ""
        depth = 8
        try:
            while not reason:
                self.budget.check(0)
                self.progress(f"enclosing the growth: depth {depth}")
                grid = self._grid(64 + depth * bits_per_step)
                outside = tower(self.laps, self.root, "outside", depth, self.max_nodes, grid)
                parts = components(outside.targets)
                graphs = [within(outside.targets, part) for part in parts]
                if not any(_branches(graph) for graph in graphs):
                    zero = _transfer(outside, parts, 1, self.core.steps)
                    return self._zero(zero, "a finite graph that covers the dynamics has no two cycles that meet")
                high = max(growth_estimate(graph) for graph in graphs if _branches(graph))
                bits = self._bits(high)
                self._keep(None, _transfer(outside, parts, bits, self.core.steps))
                inside = tower(self.laps, self.root, "inside", depth, self.max_nodes, grid)
                self._keep(_strongest(inside, bits), None)
                if self._gap() < 0.9 * 10.0**-self.digits:
                    reason = "the digits asked for are proved"
                elif outside.full or inside.full:
                    reason = f"more than {self.max_nodes} intervals would be needed"
                elif self.below is None and depth == 32 and (order := self._ordered()):
                    return self._zero(order, "a mesh proves order, and that entropy is 0")
                depth *= 2
        except BudgetExceeded as error:
            reason = f"the budget ran out: {error}"
        if self.below is None and (order := self._ordered()):
            return self._zero(order, "a mesh proves order, and that entropy is 0")
        return self._result(self.below, self.above or self._trivial(), None, reason)

    def _ordered(self) -> Order | None:
        found = decide(self.f, 8, Budget(20_000, self.budget.time_limit, self.budget.started), lambda _: None)
        return found if isinstance(found, Order) else None

    def _keep(self, below: Covering | None, above: Transfer | None) -> None:
        if below and (self.below is None or below.growth > self.below.growth):
            self.below = below
        if above and (self.above is None or above.growth < self.above.growth):
            self.above = above

    def _gap(self) -> float:
        if self.below is None or self.above is None:
            return 1.0
        return float((self.above.growth - self.below.growth) / self.below.growth)  # at least the difference of the logarithms

    def _trivial(self) -> Transfer:
        """Every lap may be followed by every lap."""
        whole = tower(self.laps, self.root, "outside", 1, self.max_nodes, self._grid(64))
        return _transfer(whole, components(whole.targets), 1, self.core.steps)

    def _bits(self, growth: float) -> int:
        return int((self.digits + 4) * 3.33 + abs(log2(growth))) + 4

    # Results

    def _zero(self, above: Transfer | Order, reason: str) -> Entropy:
        return Entropy(Fraction(0), Fraction(0), ONE, None, above, reason)

    def _result(self, below: Covering | None, above: Transfer, exact: Algebraic | None, reason: str) -> Entropy:
        """Decimals outward: as many places as the evidence is worth, and two more."""
        low, high = (below.growth if below else Fraction(1)), above.growth
        gap = float((high - low) / low)
        places = self.digits + 2 if gap < 10.0 ** -(self.digits + 1) else max(2, floor(-log(gap, 10)) + 3)
        places = min(places, self.digits + 2)
        lower, upper = log_bounds(rational(low), rational(high), places)
        return Entropy(lower, upper, exact, below, above, reason)


def _branches(graph: Sequence[Sequence[int]]) -> bool:
    """Whether the number of paths in this strongly connected graph grows exponentially: it is neither a cycle nor a node alone."""
    return any(len(row) > 1 for row in graph)


def _strongest(inside: Tower, bits: int) -> Covering | None:
    """The component that grows fastest, if one grows."""
    parts = components(inside.targets)
    best: tuple[float, list[int]] | None = None
    for part in parts:
        graph = within(inside.targets, part)
        if _branches(graph) and (best is None or growth_estimate(graph) > best[0]):
            best = (growth_estimate(graph), part)
    return _covering(inside, best[1], bits) if best else None


def _covering(inside: Tower, part: list[int], bits: int, trim: Laps | None = None) -> Covering:
    """The part of a tower as evidence; the intervals of an outer tower that is finite must be trimmed first."""
    place = {node: i for i, node in enumerate(part)}
    rows = tuple(tuple((k, place[j]) for k, j in inside.rows[node] if j in place) for node in part)
    found = perron([[j for _, j in row] for row in rows], bits)
    intervals = [inside.intervals[node] for node in part]
    if trim:
        shorter = [trim.trimmed(*interval) for interval in intervals]
        assert all(shorter), "an interval of a cycle is not inside a plateau"
        intervals = [interval for interval in shorter if interval]
    return Covering(tuple(intervals), rows, found.vector, _rounded(found.low, bits, up=False))


def _transfer(outside: Tower, parts: list[list[int]], bits: int, core_steps: int) -> Transfer:
    """An outer tower as evidence: the parts' places in the list are the ranks, and each has its own Perron vector."""
    n = len(outside.intervals)
    ranks, vector = [0] * n, [1] * n
    growth = Q(1)
    for rank, part in enumerate(parts):
        found = perron(within(outside.targets, part), bits)
        growth = max(growth, found.high)
        for node, weight in zip(part, found.vector):
            ranks[node], vector[node] = rank, weight
    return Transfer(
        core_steps, outside.intervals, outside.rows, tuple(ranks), tuple(vector), _rounded(growth, bits, up=True)
    )


def _rounded(value: Q, bits: int, up: bool) -> Fraction:
    """A decimal fraction a little above (below) the value, of about this many bits; an integer stays what it is."""
    scale = 10 ** ceil(bits / 3.32)
    scaled = value * scale
    return Fraction(int(scaled.ceil() if up else scaled.floor()), scale)


def _largest(
    roots: Sequence[Algebraic | None], vectors: Sequence[Perron]
) -> tuple[Algebraic, list[bool]] | None:
    """The largest number, and who has it; None when the enclosures do not tell yet."""
    if None in roots:
        return None
    numbers = [root for root in roots if root is not None]
    top = max(numbers, key=lambda number: number.interval[1])
    same = [number.polynomial == top.polynomial and _meet(number, top) for number in numbers]
    if any(_meet(number, top) and not equal for number, equal in zip(numbers, same)):
        return None
    low = max(number.interval[0] for number, equal in zip(numbers, same) if equal)
    high = min(number.interval[1] for number, equal in zip(numbers, same) if equal)
    return replace(top, interval=(low, high)), same


def _meet(a: Algebraic, b: Algebraic) -> bool:
    return a.interval[0] <= b.interval[1] and b.interval[0] <= a.interval[1]


def _with_number(
    number: Algebraic,
    below: Covering,
    above: Transfer,
    parts: list[list[int]],
    spectra: list[tuple[int, Spectrum]],
    strongest: int,
) -> tuple[Covering, Transfer]:
    """The same evidence for the exact number: integer vectors if it is an integer, else polynomials in it unless they are too large."""
    sizes = sum(len(parts[i]) for i, _ in spectra) * number.degree
    if sizes > LARGEST_EIGENVECTOR:
        return below, above
    vectors = {i: spectrum.eigenvector(number.polynomial) for i, spectrum in spectra}
    if number.degree == 1:
        vector = list(above.vector)
        for i, entries in vectors.items():
            for node, (entry,) in zip(parts[i], entries):
                vector[node] = abs(entry)
        growth = number.interval[0]
        shorter = tuple(abs(entry) for (entry,) in vectors[strongest])
        return replace(below, vector=shorter, growth=growth), replace(above, vector=tuple(vector), growth=growth)
    polynomials: list[tuple[int, ...] | None] = [None] * len(above.rows)
    for i, entries in vectors.items():
        for node, entry in zip(parts[i], entries):
            polynomials[node] = entry
    kept: Polynomials = tuple(polynomials)
    return replace(below, polynomials=tuple(vectors[strongest])), replace(above, polynomials=kept)


_ = Decimal, fraction
