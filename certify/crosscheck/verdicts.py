"""Claims of chaos, and of a point of period 3, with the grid rules by which such points are said to be found."""

from __future__ import annotations

from collections.abc import Sequence

from certify.crosscheck.claims import Chaotic, Period3
from certify.crosscheck.cycles import cycle_certificate
from certify.crosscheck.finding import Answer, Fact
from certify.crosscheck.subject import SpatialSubject, Subject
from certify.crosscheck.words import arrows, cycle_fact
from certify.decision.core import core
from certify.decision.decide import cycle_through
from certify.decision.mesh import Refutation, mesh
from certify.numbers import Q, sign
from certify.piecewise import PiecewiseLinear


def examine_chaotic(subject: Subject | SpatialSubject, claim: Chaotic) -> Answer:
    """Is the map chaotic, as prove says?"""
    verdict = subject.verdict
    if verdict.certificate is None:
        return Answer("UNDECIDED", verdict.reason)
    agrees = claim.value == (verdict.verdict == "CHAOTIC")
    reason = f"f is {verdict.verdict}: {verdict.reason}"
    return Answer("CONFIRMED" if agrees else "REFUTED", reason, {"verdict": verdict.verdict}, (verdict.certificate,))


def examine_period3(subject: Subject, claim: Period3) -> Answer:
    """Is there a point of least period 3? And what does the grid rule say of it?"""
    f = subject.iterable
    orbit = _period_three(f, subject)
    fact: Fact = {"exists": orbit is not None}
    if orbit:
        fact |= cycle_fact(orbit)
        reason, certificates = f"{arrows(orbit)} is a cycle of least period 3", cycle_certificate(subject, orbit)
    else:
        reason, certificates = "f has no point of least period 3", subject.excluding(3)
    if claim.rule:
        words, more = _rule(f, claim, orbit is not None)
        reason += f"; {words}"
        fact |= more
    return Answer("CONFIRMED" if claim.value == (orbit is not None) else "REFUTED", reason, fact, certificates)


def _period_three(f: PiecewiseLinear, subject: Subject) -> tuple[Q, ...] | None:
    """An orbit of least period 3, the smallest point first; None if there is none."""
    inside = core(f)
    if inside.lo == inside.hi:
        return None
    found = mesh(f.on(inside.lo, inside.hi), 1, 3, subject.budget)
    if not isinstance(found, Refutation):
        return None
    assert isinstance(found.point, Q)  # an end of the line that f^3 fixes is fixed by f
    return cycle_through(f, found.point, 3)


def _rule(f: PiecewiseLinear, claim: Period3, truth: bool) -> tuple[str, Fact]:
    """What the rule says in exact arithmetic, and who is wrong."""
    assert claim.points
    assert claim.lo is not None
    assert claim.hi is not None
    if not (f.ends[0] <= claim.lo and claim.hi <= f.ends[1]):
        return "the grid leaves the domain, where the rule says nothing", {"rule_says": None}
    step = (claim.hi - claim.lo) / (claim.points - 1)
    grid = [claim.lo + i * step for i in range(claim.points)]
    orbits = [f.trajectory(x, 4 if claim.rule == "f4" else 3) for x in grid]
    once, often = (sign_changes([orbit[0] - orbit[k] for orbit in orbits]) for k in (1, -1))
    says = often > once
    power = "f⁴" if claim.rule == "f4" else "f³"
    words = (
        f"the rule ({power}(x) - x changes its sign {often} times on the grid, f(x) - x {once} times) says {_yes(says)}"
    )
    if says != claim.value:
        words += ", so it was not applied as it stands, or rounding has moved it"
    if says != truth:
        words += f", and is wrong{' (f⁴ sees cycles of period 2 and 4)' if says and claim.rule == 'f4' else ''}"
    return words, {"rule_says": says, "sign_changes": {"f": once, claim.rule: often}}


def _yes(says: bool) -> str:
    return "yes" if says else "no"


def sign_changes(values: Sequence[Q]) -> int:
    """As the published notebooks count: neighbours of opposite signs, the last point left out, and zeros between such."""
    signs = [sign(value) for value in values]
    inner = range(1, len(signs) - 1)
    return sum((signs[i - 1] * signs[i] < 0) + (signs[i] == 0 and signs[i - 1] * signs[i + 1] < 0) for i in inner)
