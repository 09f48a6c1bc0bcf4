"""The public verb: claims in, findings out, in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

from certify.crosscheck.bounds import examine_entropy, examine_lyapunov_upper_bound
from certify.crosscheck.claims import (
    AllCycles,
    Chaotic,
    Claim,
    Cycle,
    EntropyBounds,
    FixedPoints,
    Knots,
    LapCount,
    LyapunovUpperBound,
    Orbit,
    Period3,
    RegionCount,
    SpatialCycles,
    claim,
)
from certify.crosscheck.counts import examine_lap_count, examine_region_count
from certify.crosscheck.cycles import examine_all_cycles, examine_cycle, examine_fixed_points
from certify.crosscheck.finding import Answer, Finding, Report
from certify.crosscheck.knots import examine_knots
from certify.crosscheck.orbit import examine_orbit
from certify.crosscheck.spatial import examine_spatial_cycles
from certify.crosscheck.subject import Open, SpatialSubject, Subject
from certify.crosscheck.verdicts import examine_chaotic, examine_period3
from certify.errors import BudgetExceeded, InputError, NotInvariantError
from certify.mapfile import Map, is_spatial, sha256
from certify.verdict import DEFAULT_PIECES

EXAMINE: dict[type[Claim], Callable[[Subject, Any], Answer]] = {
    FixedPoints: examine_fixed_points,
    Cycle: examine_cycle,
    AllCycles: examine_all_cycles,
    Orbit: examine_orbit,
    RegionCount: examine_region_count,
    LapCount: examine_lap_count,
    Knots: examine_knots,
    Chaotic: examine_chaotic,
    EntropyBounds: examine_entropy,
    LyapunovUpperBound: examine_lyapunov_upper_bound,
    Period3: examine_period3,
}
"""Of maps of an interval or of the line."""
EXAMINE_IN_SPACE: dict[type[Claim], Callable[[SpatialSubject, Any], Answer]] = {
    Chaotic: examine_chaotic,
    SpatialCycles: examine_spatial_cycles,
}
"""Of maps of R^d."""


def crosscheck(
    given: Map,
    claims: Iterable[Claim | Mapping[str, Any]],
    *,
    max_pieces: int = DEFAULT_PIECES,
    time_limit: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Which of these claims are true of the map? A `Report` with one `Finding` for each, in the same order.

    A claim is a `Claim` or an object of a claims file (docs/claims-format.md), with lists, numpy arrays or tensors for its lists.
    `max_pieces` bounds the pieces, cells and cycles that one claim may cost, `time_limit` (seconds) the whole; beyond them claims
    are UNDECIDED, and so are those on boxes of networks and on smooth activations, but for `chaotic`. Of maps of R^d `chaotic` and
    `spatial_cycles` are decided, the latter for these alone. Raises `InputError` for a
    claim that is none.

    >>> from certify import families
    >>> [finding] = crosscheck(families.tent(), [{"claim": "region_count", "t": 6, "value": 63}])
    >>> finding.status, finding.fact["linear"], finding.fact["off_by"]
    ('REFUTED', '64', '-1')
    """
    made = [_made(i, each) for i, each in enumerate(claims)]
    subject = SpatialSubject(given, time_limit) if is_spatial(given) else Subject(given, max_pieces, time_limit)
    findings = []
    for i, each in enumerate(made, 1):
        progress(f"claim {i} of {len(made)}: {each.type}")
        answer = _not_finite(each) or _examined(subject, each)
        findings.append(Finding(each, answer.status, answer.reason, answer.fact, answer.certificates))
    return Report(sha256(given), tuple(findings))


def _made(i: int, given: Claim | Mapping[str, Any]) -> Claim:
    try:
        return given if isinstance(given, Claim) else claim(given)
    except InputError as error:
        where = f"claims[{i}]" if error.where == "claim" else f"claims[{i}].{error.where}"
        raise InputError(where, error.expected, error.got) from None


def _examined(subject: Subject | SpatialSubject, each: Claim) -> Answer:
    examine: dict[type[Claim], Callable[[Any, Any], Answer]]
    examine = EXAMINE_IN_SPACE if isinstance(subject, SpatialSubject) else EXAMINE
    if type(each) not in examine:
        here, there = ("R^d", "the line") if isinstance(subject, SpatialSubject) else ("the line", "R^d")
        return Answer("UNDECIDED", f"such claims are about maps of {there}, and f is a map of {here}")
    try:
        subject.budget.check(0)
        return examine[type(each)](subject, each)
    except BudgetExceeded as error:
        return Answer("UNDECIDED", f"the budget ran out: {error}")
    except NotInvariantError as error:
        return Answer("UNDECIDED", f"f cannot be iterated: {error}")
    except Open as error:
        return Answer("UNDECIDED", str(error))


def _not_finite(each: Claim) -> Answer | None:
    """Of a measured number that is NaN or infinite nothing is true; it is the only kind of float that a claim holds."""
    for name in (field.name for field in fields(each)):
        found = _first_float(name, getattr(each, name))
        if found:
            where, value = found
            reason = f"{where} is {value}: no point and no number that is measured is that"
            return Answer("REFUTED", reason, {"not_finite": {"where": where, "value": str(value)}})
    return None


def _first_float(where: str, value: Any) -> tuple[str, float] | None:
    if isinstance(value, float):
        return where, value
    if isinstance(value, tuple):
        entries = (_first_float(f"{where}[{i}]", entry) for i, entry in enumerate(value))
        return next((found for found in entries if found), None)
    return None
