"""Claims about cycles: one cycle near given points, a complete list of them, a complete list of fixed points."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar

from certify.certificate import Certificate
from certify.counting import iter_counts
from certify.crosscheck.claims import AllCycles, Cycle, FixedPoints, finite
from certify.crosscheck.finding import Answer, Fact
from certify.crosscheck.near import Near, Nearby, cycles_near, nearest_cycle
from certify.crosscheck.subject import Open, Subject
from certify.crosscheck.words import LISTED, SHOWN, about, arrows, cycle_fact
from certify.decision.cycles import Cycles
from certify.decision.decide import PeriodicOrbit, cycle_through
from certify.decision.sharkovsky import is_power_of_two
from certify.decision.witness import least_period
from certify.errors import BudgetExceeded
from certify.numbers import INF, NEG_INF, Extended, Q, rational, simplest_between, text
from certify.piecewise import PiecewiseLinear

Points = Sequence[Q]
Family = list[tuple[Extended, Extended]]
"""Intervals of periodic points, the images of each other."""


def examine_cycle(subject: Subject, claim: Cycle) -> Answer:
    """Is there a cycle of this least period within the tolerance of the points?"""
    f, period, tolerance = subject.iterable, claim.period, claim.tolerance
    points = finite(claim.points)
    try:
        found = cycles_near(f, points, tolerance, subject.budget)
    except BudgetExceeded:  # with a great tolerance; but a near one may be enough
        near = nearest_cycle(f, points, Q(0), subject.budget)
        found = Nearby([near] if near and near.distance <= tolerance else [], [])
    if found.cycles:
        cycle = f.trajectory(found.cycles[0].start, period - 1)
        distance = found.cycles[0].distance
        reason = f"{arrows(cycle)} is a cycle of least period {period}, {about(distance)} from the points"
        return Answer("CONFIRMED", reason, _near_fact(found.cycles[0], cycle), cycle_certificate(subject, cycle))
    fact: Fact = {}
    reason = f"no cycle of least period {period} lies within {about(tolerance)} of the points"
    if found.smaller:
        lower = cycle_through(f, found.smaller[0], least_period(f, found.smaller[0], period))
        fact["smaller_period"] = cycle_fact(lower)
        reason += f"; {arrows(lower)}, of least period {len(lower)}, does"
    try:
        near = nearest_cycle(f, points, 2 * tolerance, subject.budget)
    except BudgetExceeded:
        return Answer("REFUTED", f"{reason}; the nearest one was not found within the budget", fact)
    if near is None:
        fact["exists"] = False
        reason += f"; f has no cycle of least period {period} at all"
        return Answer("REFUTED", reason, fact, subject.excluding(period))
    cycle = f.trajectory(near.start, period - 1)
    reason += f"; the nearest one, {arrows(cycle)}, is {about(near.distance)} away"
    return Answer("REFUTED", reason, fact | _near_fact(near, cycle), cycle_certificate(subject, cycle))


def _near_fact(near: Near, cycle: Sequence[Q]) -> Fact:
    fact = {**cycle_fact(cycle), "distance": text(near.distance)}
    return fact if near.interval is None else {**fact, "interval": [text(end) for end in near.interval]}


def cycle_certificate(subject: Subject, cycle: Sequence[Q]) -> tuple[Certificate, ...]:
    """The certificate of a cycle whose period is no power of 2: those of the other periods prove nothing about chaos."""
    if is_power_of_two(len(cycle)) or len(cycle) > SHOWN:
        return ()
    return subject.certificates(PeriodicOrbit(cycle_through(subject.iterable, cycle[0], len(cycle))))


def examine_fixed_points(subject: Subject, claim: FixedPoints) -> Answer:
    """Are these all fixed points?"""
    return _complete(subject, [[x] for x in finite(claim.points)], 1, claim.tolerance)


def examine_all_cycles(subject: Subject, claim: AllCycles) -> Answer:
    """Are these all cycles of this least period?"""
    return _complete(subject, [finite(cycle) for cycle in claim.cycles], claim.period, claim.tolerance)


class Truth(NamedTuple):
    """What cycles there are: the least points of the isolated ones, where they could be listed, and their number; and the families."""

    cycles: list[Q] | None
    number: int
    families: list[Family]

    def family(self, x: Q) -> int | None:
        """The index of the family that a point of the least period belongs to, if it is no isolated one."""
        return next((k for k, parts in enumerate(self.families) if any(a <= x <= b for a, b in parts)), None)


class Rest(NamedTuple):
    """What a largest pairing leaves over: true cycles by number, families, and claimed cycles by index."""

    taken: set[Q]
    missing: int
    unmet: list[Family]
    spurious: list[int]
    duplicates: list[int]

    def counts(self) -> str:
        """In words; none where nothing is left over."""
        missing = self.missing + len(self.unmet)
        entries = ((missing, "missing"), (len(self.spurious), "spurious"), (len(self.duplicates), "there already"))
        return ", ".join(f"{number} {word}" for number, word in entries if number)


def _complete(subject: Subject, claimed: Sequence[Points], period: int, tolerance: Q) -> Answer:
    f = subject.iterable
    near: list[list[Q]] = []  # for each claimed cycle the least points of the true ones within the tolerance
    for points in claimed:
        found = cycles_near(f, points, tolerance, subject.budget).cycles
        near.append(list({cycle_through(f, each.start, period)[0]: None for each in found}))
    spurious = [i for i, choices in enumerate(near) if not choices]
    truth = _truth(subject, period)
    if truth is None:
        if spurious:
            reason = f"{_cycles(len(spurious), period)} of the list have no true one within {about(tolerance)}"
            return Answer("REFUTED", reason, _spurious(subject, claimed, spurious, period))
        raise Open("the true cycles are too many to be listed, and with whole intervals of them they are not counted")
    rest = _rest(near, truth, spurious)
    fact: Fact = {"true_cycles": text(rational(truth.number))}
    known = f"f has {_cycles(truth.number, period)}"
    if truth.families:
        fact["true_families"] = str(len(truth.families))
        known += f" and whole intervals of them ({len(truth.families)} that are not each other's images)"
    if not rest.counts():
        return Answer("CONFIRMED", f"{known}; the list has each once", fact)
    if rest.missing or rest.unmet:
        fact |= _missing(f, truth, rest, period)
    if spurious:
        fact |= _spurious(subject, claimed, spurious, period)
    if rest.duplicates:
        listed = [(i, cycle_through(f, near[i][0], period)) for i in rest.duplicates[:LISTED]]
        fact["duplicate_count"] = str(len(rest.duplicates))
        fact["duplicates"] = [{"index": i, **cycle_fact(cycle)} for i, cycle in listed]
    return Answer("REFUTED", f"{known}; of the list of {len(claimed)}: {rest.counts()}", fact)


def _rest(near: Sequence[Sequence[Q]], truth: Truth, spurious: list[int]) -> Rest:
    """Pairs the claimed cycles off with isolated true ones near them; a family is met by one claimed cycle or more."""
    homes = [[truth.family(x) for x in choices] for choices in near]
    pairs = pairing([[x for x, k in zip(*row) if k is None] for row in zip(near, homes)])
    met = {k for row in homes for k in row}
    unmet = [family for k, family in enumerate(truth.families) if k not in met]
    duplicates = [i for i, row in enumerate(homes) if row and i not in pairs and not any(k is not None for k in row)]
    return Rest(set(pairs.values()), truth.number - len(pairs), unmet, spurious, duplicates)


def _cycles(number: int, period: int) -> str:
    plural = "" if number == 1 else "s"
    return f"{number} fixed point{plural}" if period == 1 else f"{number} cycle{plural} of least period {period}"


def _missing(f: PiecewiseLinear, truth: Truth, rest: Rest, period: int) -> Fact:
    """The true cycles and families that are left over; by number alone where the cycles were only counted."""
    fact: Fact = {"missing_count": text(rational(rest.missing + len(rest.unmet)))}
    if truth.cycles is not None:
        cycles = [x for x in truth.cycles if x not in rest.taken][:LISTED]
        families = [[[text(a), text(b)] for a, b in family] for family in rest.unmet[:LISTED]]
        fact["missing"] = [cycle_fact(cycle_through(f, x, period)) for x in cycles]
        fact["missing"] += [{"family": family} for family in families]
    return fact


def _spurious(subject: Subject, claimed: Sequence[Points], spurious: list[int], period: int) -> Fact:
    """The claimed cycles near which there is none, each with the nearest true one."""
    listed = []
    for i in spurious[:LISTED]:
        entry: Fact = {"index": i}
        with suppress(BudgetExceeded):
            if near := nearest_cycle(subject.iterable, claimed[i], Q(0), subject.budget):
                entry |= _near_fact(near, subject.iterable.trajectory(near.start, period - 1))
        listed.append(entry)
    return {"spurious_count": str(len(spurious)), "spurious": listed}


def _truth(subject: Subject, period: int) -> Truth | None:
    """All cycles, listed; or else their number alone; None where there are too many and families among them."""
    try:
        found = subject.cycles(period)
    except BudgetExceeded:
        number = _number(subject, period)
        return None if number is None else Truth(None, number, [])
    cycles = [rational(orbit.points[0]) for orbit in found.orbits]
    return Truth(cycles, len(cycles), _families(subject.iterable, found))


def _number(subject: Subject, period: int) -> int | None:
    """The number of cycles, from the numbers of fixed points of iterates; None where whole intervals of them are fixed."""
    fixed = {}
    for count in iter_counts(subject.iterable, fixed_points=True):
        subject.budget.check(0)
        if period % count.t == 0:
            assert count.fixed_points is not None
            fixed[count.t] = count.fixed_points
        if count.t == period:
            break
    if count.fixed_intervals:
        return None
    points: dict[int, int] = {}
    for d, number in fixed.items():
        points[d] = number - sum(points[e] for e in points if d % e == 0)
    return points[period] // period


def _families(f: PiecewiseLinear, found: Cycles) -> list[Family]:
    """The intervals of periodic points in groups: those that f sends to each other."""
    left = [(NEG_INF if a is None else rational(a), INF if b is None else rational(b)) for a, b in found.intervals]
    groups = []
    while left:
        orbit = f.trajectory(simplest_between(*left[0]), found.period - 1)
        group = [(a, b) for a, b in left if any(a <= x <= b for x in orbit)]
        left = [interval for interval in left if interval not in group]
        groups.append(group)
    return groups


T = TypeVar("T", bound=Hashable)


def pairing(choices: Sequence[Sequence[T]]) -> dict[int, T]:
    """As many indices as possible, each with one of its choices, no choice twice: a largest matching (Berge 1957)."""
    mates: dict[int, T] = {}
    taken: dict[T, int] = {}
    for start in range(len(choices)):
        came: dict[T, int] = {}
        queue, free = [start], None
        for i in queue:  # grows while it is gone through
            for choice in choices[i]:
                if choice in came:
                    continue
                came[choice] = i
                if choice not in taken:
                    free = choice
                    break
                queue.append(taken[choice])
            if free is not None:
                break
        while free is not None:  # along the path that led there each index moves on to its next choice
            i = came[free]
            mates[i], taken[free], free = free, i, mates.get(i)
    return mates
