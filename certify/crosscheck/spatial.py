"""Claims about cycles of a map of R^d: which of them are true, which there is no cycle for, and which true ones are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from certify.crosscheck.claims import SpatialCycles, finite
from certify.crosscheck.cycles import pairing
from certify.crosscheck.eigenvalues import agree
from certify.crosscheck.finding import Answer, Fact
from certify.crosscheck.subject import Open, SpatialSubject
from certify.crosscheck.words import LISTED, about
from certify.decision.budget import Budget
from certify.dimension.listing.exact import Cycle, Patterns, cycle_through, fixed_point, image
from certify.dimension.system import System
from certify.errors import BudgetExceeded, InputError
from certify.numbers import Q, rational, text
from certify.plrnn import Vector

MAX_WORDS = 4_096
"""So many words that may lead along claimed points are solved, for each claimed cycle."""

Points = Sequence[Vector]


class Near(NamedTuple):
    """A cycle near claimed points, and the greatest difference of a coordinate."""

    distance: Q
    cycle: Cycle


def examine_spatial_cycles(subject: SpatialSubject, claim: SpatialCycles) -> Answer:
    """Is there a cycle near each of these, another one each time; and are these all, with these eigenvalues?"""
    system, period = subject.system, claim.period
    claimed = _states(claim, system.dimension)
    near = [_nearby(system, points, claim.tolerance, subject.budget) for points in claimed]
    true = [[each for each in row if each.cycle.period == period] for row in near]
    pairs = pairing([[each.cycle for each in row] for row in true])
    fact: Fact = {"cycles": [_entry(i, row[0]) for i, row in enumerate(true) if row][:LISTED]}
    complaints = list[str]()

    def complain(entries: list[Fact], key: str, words: str) -> None:
        if entries:
            fact[f"{key}_count"], fact[key] = str(len(entries)), entries[:LISTED]
            complaints.append(f"{len(entries)} {words}")

    known = subject.cycles(period) if claim.complete else None
    all_true = [cycle for cycle in known.cycles if cycle.period == period] if known else []
    spurious = [i for i, row in enumerate(true) if not row]
    complain([_spurious(system, i, claimed[i], near[i], all_true) for i in spurious], "spurious", "spurious")
    duplicates = [i for i, row in enumerate(true) if row and i not in pairs]
    complain([_entry(i, true[i][0]) for i in duplicates], "duplicates", "there already")
    wrong = [i for i in pairs if claim.eigenvalues and not _eigenvalues_agree(claim, i, true[i])]
    complain([_entry(i, true[i][0]) for i in wrong], "wrong_eigenvalues", "with other eigenvalues")
    merged = [i for i, row in enumerate(true) if len(row) > 1]
    if merged:
        fact["merged"] = [{"index": i, "true_cycles": str(len(true[i]))} for i in merged[:LISTED]]
    complain([_cycle(cycle) for cycle in all_true if cycle not in pairs.values()], "missing", "missing")
    if known and known.certificate:
        fact["true_cycles"] = str(len(all_true))
    certificates = (known.certificate,) if known and known.certificate else ()
    many = f"{len(claimed)} claimed cycle{'s' * (len(claimed) != 1)} of least period {period}"
    if complaints:
        return Answer("REFUTED", f"of {many}: {', '.join(complaints)}{_merged_words(merged)}", fact, certificates)
    if known and not known.certificate:
        return Answer("UNDECIDED", f"{many} are true, but there may be others: {known.reason}", fact)
    largest = max((row[0].distance for row in true), default=Q(0))
    reason = f"{many}, each within {about(largest)} of a true one{', and these are all' * claim.complete}"
    return Answer("CONFIRMED", reason + _merged_words(merged), fact, certificates)


def _merged_words(merged: list[int]) -> str:
    return f"; {len(merged)} of them with several true cycles within the tolerance" if merged else ""


def _states(claim: SpatialCycles, dimension: int) -> list[Points]:
    for i, cycle in enumerate(claim.cycles):
        for t, point in enumerate(cycle):
            if len(point) != dimension:
                raise InputError(f"cycles[{i}][{t}]", f"{dimension} coordinates", f"{len(point)}")
    return [[tuple(finite(point)) for point in cycle] for cycle in claim.cycles]


def _nearby(system: System, points: Points, radius: Q, budget: Budget) -> list[Near]:
    """All of them, the nearest first."""
    return sorted(_near(system, points, radius, budget), key=lambda each: each.distance)


def _near(system: System, points: Points, radius: Q, budget: Budget) -> Iterator[Near]:
    """All cycles within the radius of the points, each once, be their least period that of the points or a divisor of it. Raises
    `BudgetExceeded` where there are too many words, `Open` where there may be a whole family of cycles along one of them."""
    choices = [_patterns(system, x, radius) for x in points]
    if (number := prod(map(len, choices))) > MAX_WORDS:
        raise BudgetExceeded(f"{number} words may lead along the points, more than {MAX_WORDS}")
    found = set[Cycle]()
    for word in product(*choices):
        budget.check(0)
        start = fixed_point(system, word)
        if start is None:
            raise Open("along a word near the points the affine maps bring back a whole family of points, or none")
        cycle = cycle_through(system, start, len(points))
        if cycle is None or cycle in found:
            continue
        distance = _distance(system, start, points)
        if distance <= radius:
            found.add(cycle)
            yield Near(distance, cycle)


def _patterns(system: System, x: Vector, radius: Q) -> Patterns:
    """Those that points within the radius of x may have: by intervals, layer by layer."""
    low, high = [t - radius for t in x], [t + radius for t in x]
    first, digits = (low, high), list[range]()
    for i, (layer, act) in enumerate(zip(system.layers, system.activations)):
        if system.recurrent and i:
            low, high = low + first[0], high + first[1]
        ends = [[*zip(*(sorted((w * u, w * v)) for w, u, v in zip(row, low, high)))] for row in layer.weight]
        sums = [(sum(lo, b), sum(hi, b)) for (lo, hi), b in zip(ends, layer.bias)]
        if act.breaks:
            digits += [range(sum(t < u for t in act.breaks), sum(t < v for t in act.breaks) + 1) for u, v in sums]
        hulls = [act.hull(u, v) for u, v in sums]
        low, high = ([t for t in ends if isinstance(t, Q)] for ends in zip(*hulls))  # all of them are finite
    if (number := prod(map(len, digits))) > MAX_WORDS:
        raise BudgetExceeded(f"{number} patterns are possible near one point, more than {MAX_WORDS}")
    return tuple(bytes(pattern) for pattern in product(*digits))


def _distance(system: System, start: Vector, points: Points) -> Q:
    """The greatest difference of a coordinate of the points and of the orbit of the start."""
    distance, x = Q(0), start
    for point in points:
        distance = max(distance, *(abs(s - t) for s, t in zip(x, point)))
        x = image(system, x)[0]
    return distance


def _eigenvalues_agree(claim: SpatialCycles, i: int, true: list[Near]) -> bool:
    """Whether one of the cycles near has the eigenvalues claimed; at a kink there are none."""
    assert claim.eigenvalues is not None
    assert claim.eigenvalue_tolerance is not None
    claimed = [tuple(finite(number)) for number in claim.eigenvalues[i]]
    polynomials = [each.cycle.stability.polynomial for each in true if each.cycle.stability]
    return any(agree(claimed, polynomial, claim.eigenvalue_tolerance) for polynomial in polynomials)


def _cycle(cycle: Cycle) -> Fact:
    word = " ".join("".join(map(str, pattern)) for pattern in cycle.patterns)
    return {"cycle": [[*map(str, point)] for point in cycle.points], "word": word}


def _entry(i: int, near: Near) -> Fact:
    return {"index": i, **_cycle(near.cycle), "distance": text(near.distance)}


def _spurious(system: System, i: int, points: Points, smaller: list[Near], known: list[Cycle]) -> Fact:
    """A claimed cycle with none near, but perhaps one of a smaller period; and the nearest one of those that are known."""
    fact: Fact = {"index": i} | ({"smaller_period": _cycle(smaller[0].cycle)} if smaller else {})
    distances = [
        Near(min(_distance(system, tuple(map(rational, x)), points) for x in cycle.points), cycle)
        for cycle in known[:LISTED]
    ]
    return fact | _entry(i, min(distances, key=lambda each: each.distance)) if distances else fact
