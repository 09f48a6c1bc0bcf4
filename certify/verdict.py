"""The main job: a map in, a verdict with a checked certificate out."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeVar

from certify import checker
from certify.box import Box
from certify.certificate import Certificate, Proof, certificate
from certify.counting import Counts, activation_breaks, counts
from certify.decision.budget import Budget
from certify.decision.cycles import Cycles, Periods, cycles_of, periods_of
from certify.decision.decide import DEFAULT_LEVEL, Decision, NotDecided, OddReturn, Order, PeriodicOrbit, decide
from certify.dimension.chains.proof import CoveringChains
from certify.dimension.contraction import Contraction
from certify.dimension.decide import SpatialDecision, decide_spatial
from certify.dimension.horseshoes.proof import BlockHorseshoe
from certify.dimension.listing.complete import CompleteCycles, complete_cycles
from certify.dimension.listing.exact import Cycle, search
from certify.dimension.order.proof import OrderTree
from certify.dimension.rank_one import LineProof, RankOne, Reduction, reduction
from certify.dimension.system import System
from certify.enclosure.decide import EnclosedDecision, OddReturnBox, OrderBox, decide_box
from certify.entropy.enclosure import entropy as enclose
from certify.entropy.result import Entropy
from certify.errors import BudgetExceeded, CertifyError, InputError
from certify.gated import Cell
from certify.mapfile import Map, Spatial, canonical_json_sha256, document, exact_map, is_spatial, line_map
from certify.network import Network
from certify.numbers import as_float, fraction, shown
from certify.piecewise import PiecewiseLinear

DEFAULT_PIECES = 100_000


class RefusedByChecker(CertifyError):
    """The independent checker did not accept the prover's certificate: a defect of this package, never shown as a verdict."""


@dataclass(frozen=True, repr=False)
class Verdict:
    """CHAOTIC or ORDERED with a certificate that the independent checker has accepted, or UNDECIDED with the reason.

    `certificate` is the content of the certificate's JSON file (`certify.certificate.to_json` writes it), None when undecided.
    """

    verdict: Literal["CHAOTIC", "ORDERED", "UNDECIDED"]
    reason: str
    certificate: Certificate | None
    decision: Decision | EnclosedDecision | SpatialDecision | RankOne

    @property
    def witness(self) -> Fraction | None:
        """The point x of an odd return, None for other proofs."""
        return fraction(self.decision.x) if isinstance(self.decision, OddReturn | OddReturnBox) else None

    @property
    def period_three(self) -> tuple[Fraction, ...] | None:
        """An orbit of least period 3, the smallest point first, where one exists and was found."""
        match self.decision:
            case OddReturn(period_three=tuple(orbit)) | PeriodicOrbit(orbit) if len(orbit) == 3:
                return tuple(map(fraction, orbit))
        return None

    def explain(self) -> str:
        """The verdict, the facts that prove it and the theorem, in a few lines of words."""
        if self.certificate is None:
            return f"{self.verdict}\n{self.reason}"
        return f"{self.verdict}\n{self.reason}\nTherefore: {self.certificate['claim']['words']}"

    def __repr__(self) -> str:
        return f"<Verdict {self.verdict}: {self.reason}>"

    def _repr_html_(self) -> str:
        """For notebooks."""
        head, *lines = self.explain().splitlines()
        body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
        return f"<div><strong>{head}</strong>{body}</div>"


def prove(
    given: Map,
    *,
    max_level: int = DEFAULT_LEVEL,
    max_pieces: int = DEFAULT_PIECES,
    time_limit: float | None = None,
    seed: int = 0,
    entropy: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Verdict:
    """Is the map chaotic? A verdict, with a certificate that the independent checker has replayed before this returns.

    The map must send its domain into itself (`NotInvariantError` otherwise). Levels j = 0, ..., `max_level` of g = f^(2^j) are
    tried; `max_pieces` bounds the cells of a mesh and the pieces of a network, `time_limit` (seconds) the whole. Within that the
    decision is complete but for maps whose periods are all the powers of 2; beyond it the verdict is UNDECIDED.

    A `Box`, or a network with smooth activations, is decided by enclosures: the verdict then holds for every network of the box.
    A map of R^d, d > 1, is decided by the search of `certify.dimension`, which of these options takes `time_limit` and `seed` alone;
    one that goes through one number (`certify.dimension.rank_one`) as the map of the line that it is, by the other ones. Its time is
    limited even where `time_limit` is None (`certify.dimension.decide.SECONDS`). With `entropy` this search, and no other,
    goes on for as much entropy as it finds; other maps raise `InputError`.

    >>> from certify import families
    >>> prove(families.tent()).verdict
    'CHAOTIC'
    """
    budget = Budget(max_pieces, time_limit)
    if isinstance(given, Box) and given.is_single:
        given = given.lower
    reduced = reduction(given) if is_spatial(given) else None
    if entropy and (reduced or not is_spatial(given)):
        raise InputError("--entropy", "a map of several dimensions, not one of the line in disguise", "another map")
    if is_spatial(given):
        if reduced:
            line = prove(
                reduced.line, max_level=max_level, max_pieces=max_pieces, time_limit=time_limit, progress=progress
            )
            return _carried_over(line, reduced, given)
        return _prove_in_space(given, budget, seed, entropy, progress)
    given = line_map(given)
    if isinstance(given, Box) or (isinstance(given, Network) and given.smooth):
        return _prove_by_enclosures(given, max_level, budget, progress)
    try:
        f = piecewise_linear(given, budget)
        decision = decide(f, max_level, budget, progress)
    except BudgetExceeded as error:
        decision = NotDecided(f"the budget ran out while the map was built: {error}")
    if isinstance(decision, NotDecided):
        return Verdict("UNDECIDED", decision.reason, None, decision)
    progress("checking the certificate")
    try:
        proof = checked(decision, f, given)
    except BudgetExceeded as error:
        return Verdict("UNDECIDED", str(error), None, NotDecided(str(error)))
    return Verdict("ORDERED" if isinstance(decision, Order) else "CHAOTIC", _reason(decision, f), proof, decision)


def _carried_over(found: Verdict, reduced: Reduction, given: Spatial) -> Verdict:
    """The verdict on the line of a map that goes through one number, for the map itself."""
    through = "f(x) depends on v.x alone, v the row of the certificate, and v.f(x) = p(v.x) for a map p of the line"
    reason = f"{through}. Of p, in place of f: {found.reason}"
    if not isinstance(found.decision, LineProof):
        return Verdict("UNDECIDED", reason, None, NotDecided(reason))
    decision = RankOne(reduced.row, found.decision)
    try:
        proof = checked(decision, None if reduced.line.smooth else reduced.line.to_piecewise_linear(), given)
    except BudgetExceeded as error:
        return Verdict("UNDECIDED", str(error), None, NotDecided(str(error)))
    return Verdict(found.verdict, reason, proof, decision)


def _prove_in_space(
    given: Spatial, budget: Budget, seed: int, entropy: bool, progress: Callable[[str], None]
) -> Verdict:
    decision = decide_spatial(given, budget, progress, seed, entropy)
    if isinstance(decision, NotDecided):
        return Verdict("UNDECIDED", decision.reason, None, decision)
    progress("checking the certificate")
    try:
        if isinstance(decision, CoveringChains | OrderTree):
            decision, proof = checked_enclosure(decision, given)
        else:
            proof = checked(decision, None, given)
    except BudgetExceeded as error:
        return Verdict("UNDECIDED", str(error), None, NotDecided(str(error)))
    verdict: Literal["CHAOTIC", "ORDERED"] = "ORDERED" if isinstance(decision, Contraction | OrderTree) else "CHAOTIC"
    return Verdict(verdict, _spatial_reason(decision), proof, decision)


def _prove_by_enclosures(
    given: Network | Box, max_level: int, budget: Budget, progress: Callable[[str], None]
) -> Verdict:
    decision = decide_box(given, max_level, budget, progress)
    if isinstance(decision, NotDecided):
        return Verdict("UNDECIDED", decision.reason, None, decision)
    progress("checking the certificate")
    try:
        decision, proof = checked_enclosure(decision, given)
    except BudgetExceeded as error:
        return Verdict("UNDECIDED", str(error), None, NotDecided(str(error)))
    verdict: Literal["CHAOTIC", "ORDERED"] = "ORDERED" if isinstance(decision, OrderBox) else "CHAOTIC"
    return Verdict(verdict, _enclosed_reason(decision, given), proof, decision)


TRIES = {OddReturnBox: 5, OrderBox: 3, CoveringChains: 2, OrderTree: 2}
"""With so many bits, doubled each time, the checker is asked: the first resolve the margins or cells, so more hardly ever help."""

Enclosed = TypeVar("Enclosed", bound=OddReturnBox | OrderBox | CoveringChains | OrderTree)


def checked_enclosure(decision: Enclosed, given: Box | Spatial) -> tuple[Enclosed, Certificate]:
    """The decision with the fewest bits at which the checker accepts its certificate, and that certificate.

    The bits are doubled from those of the decision on.

    Raises `BudgetExceeded` beyond the checker's limits, and where its enclosures, which are not the prover's, stay too wide.
    """
    content = document(given)
    digest = canonical_json_sha256(content)
    for _ in range(TRIES[type(decision)]):
        made = certificate(decision, None, digest, content["domain"], isinstance(given, Box))
        outcome = checker.check(content, made)
        if outcome.status == "VALID":
            return decision, made
        if outcome.status == "UNSUPPORTED":
            raise BudgetExceeded(f"a proof that is beyond the checker's limits: {outcome.message}")
        decision = replace(decision, bits=2 * decision.bits)
    raise BudgetExceeded(f"a proof that the checker's enclosures do not confirm: {outcome.message}")


@dataclass(frozen=True)
class CertifiedCounts:
    """Exact numbers of linear regions, laps, … of f, …, f^T; `certificate` proves those of the linear regions."""

    counts: Counts
    certificate: Certificate


def regions(given: Map, iterates: int, *, max_pieces: int = DEFAULT_PIECES) -> CertifiedCounts:
    """The exact counts for f, …, f^T (`certify.counting.Counts`), those of the linear regions replayed by the checker.

    Raises `NotInvariantError` when the map leaves its domain.

    >>> from certify import families
    >>> regions(families.tent(), 10).counts.regions[-1]
    1024
    """
    f = piecewise_linear(given, Budget(max_pieces))
    breaks = activation_breaks(given) if isinstance(given, Network) else None
    found = counts(f, iterates, activation_breaks=breaks)
    return CertifiedCounts(found, checked(found, f, given))


@dataclass(frozen=True)
class CertifiedEntropy:
    """An enclosure of the entropy with the certificates of both ends; `lower` is None where the lower end is 0."""

    entropy: Entropy
    lower: Certificate | None
    upper: Certificate


def entropy(
    given: Map,
    digits: int = 10,
    *,
    max_nodes: int = 1_500,
    max_pieces: int = DEFAULT_PIECES,
    time_limit: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> CertifiedEntropy:
    """The topological entropy, enclosed (`certify.entropy.result.Entropy`), both ends replayed by the independent checker.

    Each certificate proves a bound log(p/q); the decimal ends are rounded outwards from these.

    >>> from certify import families
    >>> entropy(families.tent()).entropy.closed_form
    'log 2'
    """
    f = piecewise_linear(given, Budget(max_pieces, time_limit))
    found = enclose(f, digits, max_nodes=max_nodes, time_limit=time_limit, progress=progress)
    progress("checking the certificates")
    lower = None if found.below is None else checked(found.below, f, given)
    return CertifiedEntropy(found, lower, checked(found.above, f, given))


def checked(proof: Proof, f: PiecewiseLinear | None, given: Map) -> Certificate:
    """The certificate, after the checker has accepted it. Raises `BudgetExceeded` beyond the checker's limits."""
    content = document(given)
    made = certificate(proof, f, canonical_json_sha256(content), content["domain"])
    outcome = checker.check(content, made)
    if outcome.status == "UNSUPPORTED":
        raise BudgetExceeded(f"a proof that is beyond the checker's limits: {outcome.message}")
    if outcome.status != "VALID":
        raise RefusedByChecker(f"the checker refuses the certificate: {outcome.message}")
    return made


def cycles(given: Map, period: int, *, max_pieces: int = DEFAULT_PIECES, time_limit: float | None = None) -> Cycles:
    """All points of least period `period`, exactly: isolated points, whole intervals, orbits and itineraries.

    Raises `NotInvariantError` when the map leaves its domain, `BudgetExceeded` when the iterate has too many pieces.

    >>> from certify import families
    >>> cycles(families.tent(), 3).points[:2]
    (Fraction(2, 9), Fraction(2, 7))
    """
    budget = Budget(max_pieces, time_limit)
    return cycles_of(piecewise_linear(given, budget), period, budget)


@dataclass(frozen=True)
class SpatialCycles:
    """Cycles of a map of R^d, each exact. `certificate` proves that they are all whose least period divides `period`; where there is
    none, `reason` says why there may be others."""

    period: int
    cycles: tuple[Cycle, ...]
    reason: str
    certificate: Certificate | None


def spatial_cycles(
    given: Map,
    period: int,
    *,
    complete: bool = False,
    time_limit: float | None = None,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> SpatialCycles:
    """Cycles of a piecewise-linear map of R^d whose least period divides `period`: those that a search comes across; or, if they
    are to be `complete`, all of them, with a certificate that the independent checker has replayed.

    What the search finds may depend on `seed`. Raises `InputError` for other maps, `ValueError` when the period is less than 1.

    >>> from certify import PLRNN
    >>> lozi = PLRNN([["17/10", 1], ["1/2", 0]], [["-17/5"], [0]], [[1, 0]], [0], [1, 0])
    >>> [cycle.stability.word for cycle in spatial_cycles(lozi, 2, complete=True).cycles]
    ['saddle', 'saddle', 'saddle']
    """
    if period < 1:
        raise ValueError(f"a period is at least 1, got {period}")
    if not is_spatial(given) or isinstance(given, Cell) or (isinstance(given, Network) and given.smooth):
        got = "a map with smooth activations" if is_spatial(given) else "a map of an interval or of the line"
        raise InputError("map", "a plrnn, or a piecewise-linear network from R^d to R^d", got)
    system, budget = System(given), Budget(time_limit=time_limit)
    if not complete:
        found = search(system, period, budget, progress, seed)
        return SpatialCycles(period, found, "a search does not prove that it has found all", None)
    proof = complete_cycles(system, period, budget, progress)
    if not isinstance(proof, CompleteCycles):
        return SpatialCycles(period, proof.cycles, proof.reason, None)
    progress("checking the certificate")
    try:
        return SpatialCycles(period, proof.cycles, "", checked(proof, None, given))
    except BudgetExceeded as error:
        return SpatialCycles(period, proof.cycles, str(error), None)


def periods(given: Map, up_to: int, *, max_pieces: int = DEFAULT_PIECES, time_limit: float | None = None) -> Periods:
    """Which of 1, ..., `up_to` are least periods, and the number that forces them in Sharkovsky's order (Sharkovsky 1964).

    A map of R^d that goes through one number (`certify.dimension.rank_one`) has those of its line; for others Sharkovsky's order means
    nothing, and they raise `InputError`.
    """
    budget = Budget(max_pieces, time_limit)
    reduced = reduction(given) if is_spatial(given) else None
    return periods_of(piecewise_linear(reduced.line if reduced else given, budget), up_to, budget)


def piecewise_linear(given: Map, budget: Budget) -> PiecewiseLinear:
    """The map as a piecewise-linear function.

    Raises `BudgetExceeded` when a network has too many pieces, `InputError` for a box or a smooth network, which has none, and for a
    map of R^d.
    """
    if is_spatial(given) and reduction(given):
        got = f"a map of R^{given.dimension} that goes through one number: certify convert --reduce writes it as one of the line"
        raise InputError("map", "a map of an interval or of the line", got)
    exact = exact_map(given)
    return exact.to_piecewise_linear(budget.max_pieces) if isinstance(exact, Network) else exact


def _reason(decision: OddReturn | PeriodicOrbit | Order, f: PiecewiseLinear) -> str:
    match decision:
        case PeriodicOrbit(orbit):
            return f"{_arrow(orbit)} is an orbit of least period {len(orbit)}, which is not a power of 2."
        case Order(level, _, mesh):
            g, many = _power(1 << level), "one point" if len(mesh) == 1 else f"{len(mesh)} points"
            return f"{g}({g}(x)) = x implies {g}(x) = x (Coppel 1955; level {level}), by a mesh of {many}."
        case OddReturn(level, n, x, side, period_three):
            m = 1 << level
            orbit = f.trajectory(x, m * n)
            first, last = orbit[m], orbit[-1]
            low, high = (last, first) if side == "right" else (first, last)
            names = (_power(m * n), _power(m)) if side == "right" else (_power(m), _power(m * n))
            at = shown(x)
            inequality = f"{names[0]}(x) = {shown(low)} < x = {at} < {shown(high)} = {names[1]}(x)"
            if period_three:
                return f"{_arrow(period_three)} is an orbit of least period 3; and {inequality}."
            return f"{inequality}, an odd return of {'f' if m == 1 else 'g = ' + _power(m)} (n = {n}, level {level})."


def _enclosed_reason(decision: OddReturnBox | OrderBox, given: Network | Box) -> str:
    every = " for every network in the box" if isinstance(given, Box) else ""
    g = _power(1 << decision.level)
    if isinstance(decision, OrderBox):
        law = f"{g}({g}(x)) = x implies {g}(x) = x{every} (Coppel 1955; level {decision.level})"
        how = "does not decrease on" if decision.rule == "increasing" else "is enclosed on each cell of"
        lo, hi = decision.core.lo, decision.core.hi
        return f"{law}: {g} {how} a mesh of {len(decision.mesh)} points from {shown(lo)} to {shown(hi)}."
    few, less = ("<", "<") if decision.side == "right" else (">", ">")
    last, m = _power(decision.n << decision.level), 1 << decision.level
    inequality = f"{last}(x) {few} x = {shown(decision.x)} {less} {g}(x){every}"
    values = f"{last}(x) = {decision.near[1]}, {g}(x) = {decision.near[0]}"
    return f"{inequality}: {values}; an odd return of {'f' if m == 1 else f'g = {g}'} (n = {decision.n}, level {decision.level})."


def _spatial_reason(decision: BlockHorseshoe | CoveringChains | Contraction | OrderTree) -> str:
    if isinstance(decision, Contraction):
        return f"f contracts by the factor {shown(decision.factor)} in a weighted maximum norm, so one fixed point attracts all orbits."
    if isinstance(decision, OrderTree):
        kept, left = (sum((one.expanding > 0) == out for one in decision.families) for out in (False, True))
        families = "1 family" if kept + left == 1 else f"{kept + left} families"
        ends = f"{families} of blocks around cycles: {kept} attract{'s' * (kept == 1)}, {left} repel{'s' * (left == 1)} in some directions"
        return f"along a tree of {decision.leaves} boxes every orbit runs down to {ends}."
    entropy = f"topological entropy at least log({decision.growth}), about {math.log(as_float(decision.growth)):.4f}"
    if isinstance(decision, CoveringChains):
        steps = _lengths(len(chain) - 1 for chain in decision.chains)
        return f"{len(decision.chains)} chains of {steps} steps, of {len(decision.blocks)} blocks, each of which covers the next: {entropy}"
    steps = _lengths(len(word.patterns) for word in decision.words)
    blocks = "a block" if len(decision.blocks) == 1 else f"{len(decision.blocks)} blocks"
    directions = "1 expanding direction" if decision.expanding == 1 else f"{decision.expanding} expanding directions"
    words = f"{len(decision.words)} words of {steps} steps lead {blocks} with {directions} across"
    return f"{words}: {entropy}"


def _lengths(given: Iterable[int]) -> str:
    lengths = sorted(given)
    return ", ".join(map(str, lengths[:6])) + (", …" if len(lengths) > 6 else "")


def _power(n: int) -> str:
    return "f" if n == 1 else "f" + str(n).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _arrow(orbit: tuple[object, ...]) -> str:
    points = [shown(x) for x in orbit]  # type: ignore[arg-type]
    return " → ".join([*points, points[0]])
