"""The negation of a certificate's claim as an SMT-LIB script in QF_LRA: `unsat` from any solver proves the claim.

The script defines the map by its own knots or units. The certificate lends the numbers of its claim; where the claim
is about infinitely many points, or about iterates, the script asks about finitely many statements that imply it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

from certify.entropy.laps import Interval, Laps
from certify.errors import BudgetExceeded, NoExport
from certify.export import MAX_PIECES, all_parts, as_pieces, exact, extended, lap_parts
from certify.export.smtlib import (
    Script,
    Term,
    above,
    activation,
    below,
    both,
    either,
    inside,
    line,
    number,
    outside,
    pieces,
    times,
    total,
)
from certify.mapfile import Map
from certify.network import Network
from certify.numbers import INF, NEG_INF, Extended, Infinity, Q, rational
from certify.piecewise import PiecewiseLinear

MAX_STEPS = 4_096
"""Applications of f that a script spells out one after the other."""

Negation = tuple[str, Term]
"""Words for it, and a term that is true where a part of the claim fails."""


def smt2(given: Map, certificate: dict[str, Any]) -> str:
    """The script for a certificate that the checker has accepted. Raises `NoExport`."""
    kind = KINDS.get(certificate["kind"])
    if kind is None:
        raise NoExport(f"certificates of kind {certificate['kind']} have no form in QF_LRA")
    script = Script(exact(given))
    script.add("; The claim.")
    negations = [*self_map(script), *kind.negations(script, certificate)]
    domain = "f maps its domain into itself, and " if given.domain else ""
    header = [
        f"The negation of a claim of kind {certificate['kind']} about a map f: unsat proves the claim.",
        f"SHA-256 of the canonical JSON of f: {certificate['map_sha256']}",
        f"The claim: {certificate['claim']['words']}.",
        f"What unsat proves: {domain}{kind.meaning}.",
        f"What follows from it: {kind.theorem}.",
    ]
    return script.text(header, negations)


def self_map(script: Script) -> list[Negation]:
    """f leaves its domain: at some x, or, where the last activation is bounded, by a value that it takes anywhere."""
    lo, hi = script.map.ends
    if isinstance(lo, Infinity):
        return []
    x = script.free("x")
    if isinstance(script.map, Network):
        last = script.map.layers[-1].activation
        low, high = last.range
        if lo <= low and high <= hi:
            anywhere = outside(lo, activation(last, x), hi)
            return [("The last activation has a value outside the domain.", anywhere)]
    return [("f leaves its domain.", both(inside(lo, x, hi), outside(lo, script.value(x), hi)))]


def odd_return(script: Script, certificate: dict[str, Any]) -> list[Negation]:
    """The orbit of x, and the two inequalities; an orbit of period 3, where one is named."""
    m, n = 1 << certificate["level"], certificate["n"]
    few, less = ("<=", "<") if certificate["side"] == "right" else (">=", ">")
    start = script.constant("x0", number(rational(certificate["x"])))
    points = followed(script, start, n * m)
    claims = [
        (f"Not {power(n * m)}(x0) {few} x0.", f"(not ({few} {points[-1]} {start}))"),
        (f"Not x0 {less} {power(m)}(x0).", f"(not ({less} {start} {points[m]}))"),
        ("x0 is not in the domain.", outside(script.map.ends[0], start, script.map.ends[1])),
    ]
    three = certificate.get("period_three")
    return claims + (cycle(script, "p0", three) if three else [])


def periodic_orbit(script: Script, certificate: dict[str, Any]) -> list[Negation]:
    """The orbit closes, and no sooner."""
    return cycle(script, "x0", certificate["orbit"])


def cycle(script: Script, name: str, orbit: list[str]) -> list[Negation]:
    """The first point of an orbit has exactly its length as least period."""
    start = script.constant(name, number(rational(orbit[0])))
    points = followed(script, start, len(orbit))
    return [
        (f"{power(len(orbit))}({name}) is not {name}.", f"(not (= {points[-1]} {start}))"),
        (f"{name} returns before.", either(*(f"(= {point} {start})" for point in points[1:-1]))),
        (f"{name} is not in the domain.", outside(script.map.ends[0], start, script.map.ends[1])),
    ]


def order(script: Script, certificate: dict[str, Any]) -> list[Negation]:
    """A point of least period 2 of g = f^m, one of the two ends of the line included."""
    m = 1 << certificate["level"]
    x = script.free("x")
    points = followed(script, x, 2 * m)
    domain = inside(script.map.ends[0], x, script.map.ends[1])
    here = both(domain, f"(= {points[-1]} {x})", f"(not (= {points[m]} {x}))")
    claims = [(f"{power(2 * m)}(x) = x and {power(m)}(x) is not x.", here)]
    if isinstance(script.map.ends[0], Infinity) and m == 1:
        left, right = script.end(False), script.end(True)
        claims.append(("f exchanges the two ends of the line.", both(left.at_least(INF), right.at_most(NEG_INF))))
    return claims


def region_count(script: Script, certificate: dict[str, Any]) -> list[Negation]:
    """Each listed iterate is f after the one before it; its pieces differ from their neighbours; they are so many."""
    f = as_pieces(script.map)
    lo, hi = f.ends
    x, power, before, left = script.free("x"), PiecewiseLinear.identity(f.ends), "x", MAX_PIECES
    script.add("; Ft: the iterate f^t, piece by piece.")
    claims = []
    for t, regions in enumerate(certificate["regions"], 1):
        try:
            power = f.compose(power, left)
        except BudgetExceeded:
            raise NoExport(f"iterates of more than {MAX_PIECES} pieces in all, which a script would list") from None
        left -= power.pieces
        corners = [*power.corners]
        script.function(f"F{t}", pieces(power, "x"))
        here = f"(F{t} {x})"
        claims += [
            (f"f^{t} is not as listed.", both(inside(lo, x, hi), f"(not (= {here} (f {before})))")),
            (f"The listed pieces of f^{t} are not in order.", f"(not {chain(corners, [True] * len(corners))})"),
            (f"f^{t} has not {regions} regions.", f"(not (= {regions} {true_pieces(power)}))"),
        ]
        before = here
    return claims


def entropy_lower(script: Script, certificate: dict[str, Any]) -> list[Negation]:
    """Parts of the intervals that f maps over intervals, and the weights."""
    laps, graph, claims = Laps.of(as_pieces(script.map)), Graph.of(certificate), []
    for i, (row, interval) in enumerate(zip(graph.rows, graph.intervals)):
        parts = [*lap_parts(laps, interval, row)]
        ends = [end for u, v, _ in parts for end in (u, v)]
        strict = [False, *([True, False] * len(parts))]
        places = chain([interval[0], *ends, interval[1]], strict)
        claims.append((f"Interval {i} does not hold these parts side by side.", f"(not {places})"))
        for u, v, j in parts:
            lo, hi = graph.intervals[j]
            over = [both(at_most(script, p, lo), at_least(script, q, hi)) for p, q in ((u, v), (v, u))]
            claims.append((f"Interval {i}: f does not map this part over interval {j}.", f"(not {either(*over)})"))
        claims += graph.weight(i, "<=", total([number(graph.vector[j]) for _, j in row]))
    return claims


def entropy_upper(script: Script, certificate: dict[str, Any]) -> list[Negation]:
    """The core; the parts of the intervals, on each of which f is monotone or constant; where f maps them; the weights."""
    f, graph, ranks = as_pieces(script.map), Graph.of(certificate), certificate["ranks"]
    laps = Laps.of(f)
    x, y, z = script.free("x"), script.value(script.free("x")), script.free("z")
    claims, (lo, hi) = core(script, f, certificate["core_steps"])
    first = graph.intervals[0]
    claims.append(("The core is not in interval 0.", f"(not {both(chain([first[0], lo]), chain([hi, first[1]]))})"))
    for i, (row, interval) in enumerate(zip(graph.rows, graph.intervals)):
        for u, v, j in all_parts(laps, interval, row):
            here = inside(u, x, v)
            if j is None:
                value = f.at(u)
                assert isinstance(value, Q)
                claims.append((f"Interval {i}: f is not constant here.", both(here, f"(not (= {y} {number(value)}))")))
                continue
            turned = f"({'<' if f.at(u) < f.at(v) else '>'} {script.value(z)} {y})"
            claims += [
                (f"Interval {i}: f is not monotone here.", both(here, f"(< {x} {z})", *below(z, v), turned)),
                (
                    f"Interval {i}: f does not map this part into {j}.",
                    both(here, outside(graph.intervals[j][0], y, graph.intervals[j][1])),
                ),
                (f"An edge from {i} to {j}, of higher rank.", f"(not (<= {ranks[j]} {ranks[i]}))"),
            ]
        same = [f"(ite (= {ranks[j]} {ranks[i]}) {number(graph.vector[j])} 0)" for _, j in row]
        claims += graph.weight(i, ">=", total(same))
    return claims


def constant_slope(script: Script, certificate: dict[str, Any]) -> list[Negation]:
    """An interval that holds the core and that f maps into itself; there f consists of lines of slope +-growth."""
    f, growth = as_pieces(script.map), rational(certificate["growth"])
    x, y = script.free("x"), script.value(script.free("x"))
    claims, (lo, hi) = core(script, f, certificate["core_steps"])
    claims.append(("The growth is less than 1.", f"(< {number(growth)} 1)"))
    bounded = not isinstance(lo, Infinity) and not isinstance(hi, Infinity)
    proper = f"(not {chain([lo, hi], [True])})" if bounded else "true"
    claims.append(("The core is a point, or not bounded.", proper))
    claims.append(("f leaves the core.", both(inside(lo, x, hi), outside(lo, y, hi))))
    inner = f.on(lo, hi)
    for (a, b), s, c in zip(pairwise(inner.corners), inner.slopes, inner.intercepts):
        slope = growth if s > 0 else -growth
        claims.append(("f is not this line here.", both(inside(a, x, b), f"(not (= {y} {line(slope, c, x)}))")))
    return claims


def core(script: Script, f: PiecewiseLinear, steps: int) -> tuple[list[Negation], Interval]:
    """An interval that holds f^steps(J), by way of intervals of which f maps each into the next."""
    x, claims, (lo, hi) = script.free("x"), list[Negation](), f.ends
    for i in range(min(steps, MAX_STEPS)):
        low, high = f.hull(lo, hi)
        leaves = both(inside(lo, x, hi), outside(low, script.value(x), high))
        claims.append((f"f^{i + 1} leaves this interval.", leaves))
        if (low, high) == (lo, hi):
            break
        lo, hi = low, high
    return claims, (lo, hi)


class Graph(NamedTuple):
    """The graph of an entropy certificate, as numbers."""

    intervals: list[Interval]
    rows: list[list[list[int]]]
    vector: list[Q]
    growth: Q

    @staticmethod
    def of(certificate: dict[str, Any]) -> Graph:
        """The one in this certificate."""
        intervals = [(extended(a), extended(b)) for a, b in certificate["intervals"]]
        vector = [rational(v) for v in certificate["vector"]]
        return Graph(intervals, certificate["rows"], vector, rational(certificate["growth"]))

    def weight(self, i: int, relation: str, reached: Term) -> list[Negation]:
        """The weights that the edges of i reach, and growth times its own, which is positive, are not so related."""
        own = number(self.vector[i])
        kept = f"(not (and (< 0 {own}) ({relation} {times(self.growth, own)} {reached})))"
        return [(f"Interval {i}: its weight does not fit.", kept)]


def at_most(script: Script, x: Extended, bound: Extended) -> Term:
    """f(x) <= bound; at an infinite x this is about the limit."""
    if isinstance(x, Infinity):
        return script.end(x.positive).at_most(bound)
    if isinstance(bound, Infinity):
        return "true" if bound.positive else "false"
    return both(*below(script.value(x), bound))


def at_least(script: Script, x: Extended, bound: Extended) -> Term:
    """f(x) >= bound."""
    if isinstance(x, Infinity):
        return script.end(x.positive).at_least(bound)
    if isinstance(bound, Infinity):
        return "false" if bound.positive else "true"
    return both(*above(bound, script.value(x)))


def chain(points: list[Extended], strict: list[bool] | None = None) -> Term:
    """The points increase; strictly where it is said."""
    steps = zip(pairwise(points), strict or [False] * len(points))
    return both(*(compared(a, b, less) for (a, b), less in steps))


def compared(a: Extended, b: Extended, strictly: bool) -> Term:
    """a <= b, or a < b, for a solver to see; what is infinite is settled here."""
    if isinstance(a, Infinity) or isinstance(b, Infinity):
        return "true" if a < b or (a == b and not strictly) else "false"
    return f"({'<' if strictly else '<='} {number(a)} {number(b)})"


def true_pieces(f: PiecewiseLinear) -> Term:
    """1 and the number of listed pieces whose slope is not that of the one before."""
    return total(["1", *(f"(ite (= {number(s)} {number(t)}) 0 1)" for s, t in pairwise(f.slopes))])


def power(times: int) -> str:
    """f, f^2, ..."""
    return "f" if times == 1 else f"f^{times}"


def followed(script: Script, x: Term, steps: int) -> list[Term]:
    """The orbit of x. Raises `NoExport`."""
    if steps > MAX_STEPS:
        raise NoExport(f"{steps} applications of f, more than the {MAX_STEPS} that a script spells out")
    return script.orbit(x, steps)


class Kind(NamedTuple):
    """How a claim of this kind is negated, what `unsat` proves, and what theorems make of that."""

    negations: Callable[[Script, dict[str, Any]], list[Negation]]
    meaning: str
    theorem: str


CHAOS = "a least period that is not a power of 2, Li-Yorke chaos and positive entropy"

KINDS = {
    "odd-return": Kind(
        odd_return,
        "the two inequalities hold at x0, and p0, where there is one, has least period 3",
        f"{CHAOS} (Li, Misiurewicz, Pianigiani and Yorke 1982)",
    ),
    "periodic-orbit": Kind(
        periodic_orbit,
        "x0 has the least period of the claim",
        f"{CHAOS} (Bowen and Franks 1976; Jankova and Smital 1986)",
    ),
    "order": Kind(
        order,
        "the implication in the claim, for every x",
        "every orbit is asymptotic to a cycle, or to infinity (Coppel 1955)",
    ),
    "region-count": Kind(
        region_count, "f, f^2, ... consist of the listed pieces, which are as many as claimed", "the claim as it stands"
    ),
    "entropy-lower": Kind(
        entropy_lower,
        "f maps parts of the intervals over intervals, and Mv >= growth v for the matrix M of these coverings",
        "the bound of the entropy (Misiurewicz 1979)",
    ),
    "entropy-upper": Kind(
        entropy_upper,
        "f maps the parts of the intervals, on which it is monotone, into intervals, and the weights bound all paths",
        "the bound of the entropy (Misiurewicz and Szlenk 1980)",
    ),
    "constant-slope": Kind(
        constant_slope,
        "every orbit enters an interval that f maps into itself with slopes of one absolute value, the growth",
        "the entropy (Misiurewicz and Szlenk 1980)",
    ),
}
