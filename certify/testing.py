"""Assertions for the test suites of other projects: what a network does, proved, or an AssertionError with the exact facts.

    from certify.testing import assert_cycle

    def test_the_trained_network_has_the_cycle() -> None:
        assert_cycle("net.json", [0.2857, 0.5714, 0.8571], period=3, tol=1e-3)

The first argument of each is a map, or the path of a JSON map file; other files and live modules are read by `certify.load`. Numbers
are taken exactly: a float is the double that it is, "0.1" the decimal. Every function returns the `Finding` of the claim, with its
facts and certificates, where the claim is proved true. It raises `AssertionError` where the claim is proved false, and
`UndecidedError`, an AssertionError as well, where neither was shown within `max_pieces` and `time_limit`: not decided is never success.
Input that cannot be read raises `InputError`. Each claim is defined in docs/claims-format.md.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, Unpack

from certify.crosscheck.check import crosscheck
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
)
from certify.crosscheck.files import read_claims
from certify.crosscheck.finding import Finding, Report
from certify.mapfile import Map
from certify.reading import load

Given = Map | str | os.PathLike[str]

LONGEST = 400
"""Characters of one fact in a message; the finding has all."""


class Budgets(TypedDict, total=False):
    """What a decision may cost: pieces and cells, and seconds."""

    max_pieces: int
    time_limit: float | None


class UndecidedError(AssertionError):
    """The claim was neither proved nor refuted within the budgets."""


def assert_cycle(f: Given, points: Any, *, period: int, tol: Any, **budgets: Unpack[Budgets]) -> Finding:
    """f has a cycle of this least period within `tol` of the points, in their order."""
    __tracebackhide__ = True
    return _assert(f, Cycle(period, points, tol), budgets)


def assert_all_cycles(f: Given, cycles: Any, *, period: int, tol: Any, **budgets: Unpack[Budgets]) -> Finding:
    """These are all cycles of this least period, up to `tol`, each once."""
    __tracebackhide__ = True
    return _assert(f, AllCycles(period, cycles, tol), budgets)


def assert_fixed_points(f: Given, points: Any, *, tol: Any, **budgets: Unpack[Budgets]) -> Finding:
    """These are all fixed points, up to `tol`, each once."""
    __tracebackhide__ = True
    return _assert(f, FixedPoints(points, tol), budgets)


def assert_orbit(
    f: Given, points: Any, *, tol: Any, start: Any = None, sense: str = "true", **budgets: Unpack[Budgets]
) -> Finding:
    """The points are the orbit of `start` (of the first of them, if it is left out) up to `tol`; or "pseudo", or "shadowed"."""
    __tracebackhide__ = True
    return _assert(f, Orbit(points, tol, start, sense), budgets)


def assert_region_count(
    f: Given, value: Any, *, t: int = 1, of: str | None = None, **budgets: Unpack[Budgets]
) -> Finding:
    """f^t has so many regions: "linear", or "activation", or of either kind where `of` is left out."""
    __tracebackhide__ = True
    return _assert(f, RegionCount(t, value, of), budgets)


def assert_lap_count(f: Given, value: Any, *, t: int = 1, **budgets: Unpack[Budgets]) -> Finding:
    """f^t has so many laps."""
    __tracebackhide__ = True
    return _assert(f, LapCount(t, value), budgets)


def assert_knots(
    f: Given, points: Any, *, tol: Any, t: int = 1, of: str | None = None, **budgets: Unpack[Budgets]
) -> Finding:
    """These are all knots of f^t, up to `tol`, each once; `of` as in `assert_region_count`."""
    __tracebackhide__ = True
    return _assert(f, Knots(points, tol, t, of), budgets)


def assert_chaotic(f: Given, **budgets: Unpack[Budgets]) -> Finding:
    """f is chaotic in the sense of Li and Yorke. Boxes of networks and smooth activations are decided too."""
    __tracebackhide__ = True
    return _assert(f, Chaotic(True), budgets)


def assert_ordered(f: Given, **budgets: Unpack[Budgets]) -> Finding:
    """f has no Li-Yorke pair: every orbit is asymptotic to a cycle."""
    __tracebackhide__ = True
    return _assert(f, Chaotic(False), budgets)


def assert_period3(f: Given, value: bool = True, **budgets: Unpack[Budgets]) -> Finding:
    """f has a point of least period 3; or has none, with `value=False`."""
    __tracebackhide__ = True
    return _assert(f, Period3(value), budgets)


def assert_entropy(f: Given, low: Any, high: Any, **budgets: Unpack[Budgets]) -> Finding:
    """The topological entropy (natural logarithm) lies between `low` and `high`, ends included."""
    __tracebackhide__ = True
    return _assert(f, EntropyBounds((low, high)), budgets)


def assert_lyapunov_upper_bound(f: Given, value: Any, **budgets: Unpack[Budgets]) -> Finding:
    """No Lyapunov exponent of f is greater than `value`."""
    __tracebackhide__ = True
    return _assert(f, LyapunovUpperBound(value=value), budgets)


def assert_claims(
    f: Given, claims: str | os.PathLike[str] | Iterable[Claim | Mapping[str, Any]], **budgets: Unpack[Budgets]
) -> Report:
    """All claims of a claims file, or of a list, are true of f. The message has every one that is not."""
    __tracebackhide__ = True
    made = read_claims(os.fspath(claims)) if isinstance(claims, str | os.PathLike) else claims
    report = crosscheck(load(f) if isinstance(f, str | os.PathLike) else f, made, **budgets)
    failed = [finding for finding in report if finding.status != "CONFIRMED"]
    if failed:
        kind = AssertionError if report.having("REFUTED") else UndecidedError
        raise kind("\n".join(map(_explained, failed)))
    return report


def _assert(f: Given, claim: Claim, budgets: Budgets) -> Finding:
    __tracebackhide__ = True
    return assert_claims(f, [claim], **budgets)[0]


def _explained(finding: Finding) -> str:
    """Why the claim is not confirmed, with the facts, a line for each."""
    claim = finding.claim
    head = "the claim is refuted" if finding.status == "REFUTED" else "NOT DECIDED, which is no success"
    note = f" ({claim.note})" if claim.note else ""
    facts = [f"  {name}: {_shortened(fact)}" for name, fact in finding.fact.items()]
    return "\n".join([f"{claim.type}{note}: {head}: {finding.reason}", *facts])


def _shortened(fact: Any) -> str:
    text = fact if isinstance(fact, str) else json.dumps(fact)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"
