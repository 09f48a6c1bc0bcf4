"""Claims about numbers: linear and activation regions, laps; and what rounding the weights does to them."""

from __future__ import annotations

from contextlib import suppress

from certify.certificate import Certificate
from certify.counting import Count, Counts
from certify.crosscheck.claims import LapCount, RegionCount
from certify.crosscheck.finding import Answer, Fact
from certify.crosscheck.subject import Open, Subject
from certify.crosscheck.words import about, counted
from certify.errors import BudgetExceeded, NotInvariantError
from certify.numbers import Q, rational, text
from certify.rounding import FORMATS

NAMES = {"linear": "linear region", "activation": "activation region", "laps": "lap"}


def examine_region_count(subject: Subject, claim: RegionCount) -> Answer:
    """Has f^t so many regions, of either kind or of the kind that is said?"""
    if claim.of == "activation" and subject.activation_breaks is None:
        raise Open("a map by knots has no activation regions")
    kinds = [claim.of] if claim.of else ["linear", "activation"]
    return _examine(subject, claim, kinds)


def examine_lap_count(subject: Subject, claim: LapCount) -> Answer:
    """Has f^t so many laps?"""
    return _examine(subject, claim, ["laps"])


def _examine(subject: Subject, claim: RegionCount | LapCount, kinds: list[str]) -> Answer:
    assert isinstance(claim.value, Q)
    value, t = claim.value, claim.t
    rows = subject.counts(t)
    exact = _numbers(rows[-1], isinstance(claim, LapCount))
    allowed = {kind: number for kind, number in exact.items() if kind in kinds}
    nearest = min(allowed, key=lambda kind: abs(value - allowed[kind]))
    off = value - allowed[nearest]
    fact: Fact = {kind: text(rational(number)) for kind, number in exact.items()} | {"off_by": text(off)}
    power = "f" if t == 1 else f"f^{t}"
    numbers = " and ".join(counted(number, NAMES[kind]) for kind, number in exact.items())
    if off == 0:
        agreed = [f"{NAMES[kind]}s" for kind, number in allowed.items() if number == value]
        reason = f"{power} has {numbers}; the value agrees with the {' and the '.join(agreed)}"
    else:
        reason = f"{power} has {numbers}; the value {about(value)} is {'greater' if off > 0 else 'less'} by {about(abs(off))}"
    if claim.weights:
        blame, more = _blame(subject, claim.weights, t, nearest, value, rational(allowed[nearest]))
        reason += f"; {blame}"
        fact |= more
    elif off != 0 and (name := _explained(subject, t, list(allowed), value)):
        reason += f", and is that of the map with weights rounded to {name}: rounding the weights is to blame"
        fact["explained_by"] = name
    return Answer("CONFIRMED" if off == 0 else "REFUTED", reason, fact, _certificates(subject, rows))


def _numbers(count: Count, laps: bool) -> dict[str, int]:
    if laps:
        return {"laps": count.laps}
    found = {"linear": count.regions}
    return found if count.activation_regions is None else {**found, "activation": count.activation_regions}


def _blame(subject: Subject, weights: str, t: int, kind: str, value: Q, exact: Q) -> tuple[str, Fact]:
    """The error of rounding the weights, and the rest: that of the arithmetic, or of the method."""
    try:
        count = subject.rounded(weights).counts(t)[-1]
    except (Open, NotInvariantError, BudgetExceeded) as error:
        return f"what is to blame is not known, for with weights in {weights}: {error}", {"rounded": None}
    number = rational(_numbers(count, kind == "laps")[kind])
    by_weights, by_arithmetic = number - exact, value - number
    fact = {
        "rounded": text(number),
        "weights_error": text(by_weights),
        "arithmetic_error": text(by_arithmetic),
    }
    words = (
        f"with weights in {weights} there are {about(number)}, so rounding the weights is off by {about(by_weights)} and the "
        f"arithmetic by {about(by_arithmetic)}"
    )
    return words, fact


def _explained(subject: Subject, t: int, kinds: list[str], value: Q) -> str | None:
    """The first format of floats, the longest first, that makes the value right once the weights are rounded to it."""
    for name in reversed(FORMATS):
        with suppress(Open, NotInvariantError, BudgetExceeded):
            numbers = _numbers(subject.rounded(name).counts(t)[-1], "laps" in kinds)
            if any(numbers[kind] == value for kind in kinds):
                return name
    return None


def _certificates(subject: Subject, rows: tuple[Count, ...]) -> tuple[Certificate, ...]:
    """That of the linear regions."""
    return subject.certificates(
        Counts(
            t=tuple(row.t for row in rows),
            regions=tuple(row.regions for row in rows),
            laps=tuple(row.laps for row in rows),
            activation_regions=None,
            crossings=None,
            fixed_points=None,
            fixed_intervals=None,
        )
    )
