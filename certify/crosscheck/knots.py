"""Claims about knots: a complete list of the points at which f^t is broken."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from certify.crosscheck.claims import Knots, finite
from certify.crosscheck.finding import Answer, Fact
from certify.crosscheck.subject import Open, Subject
from certify.crosscheck.words import LISTED, about, counted
from certify.numbers import Q, text

NAMES = {"linear": "knot", "activation": "activation break"}


def examine_knots(subject: Subject, claim: Knots) -> Answer:
    """Are these all knots of f^t, of either kind or of the kind that is said?"""
    kinds: dict[str, Sequence[Q]] = {}
    if claim.of != "activation":
        f = subject.function if claim.t == 1 else subject.iterable.iterate(claim.t, subject.budget.max_pieces)
        kinds["linear"] = f.breaks
    if claim.of != "linear" and claim.t == 1 and subject.activation_breaks is not None:
        kinds["activation"] = subject.activation_breaks
    if not kinds:
        raise Open("a map by knots has no activation regions")
    claimed = finite(claim.points)
    matches = {kind: _match(claimed, true, claim.tolerance) for kind, true in kinds.items()}
    best = min(matches, key=lambda kind: matches[kind].faults)
    match = matches[best]
    name = "f" if claim.t == 1 else f"f^{claim.t}"
    numbers = " and ".join(counted(len(true), NAMES[kind]) for kind, true in kinds.items())
    fact: Fact = {"true_knots": str(len(kinds[best]))}
    if not match.faults:
        reason = f"{name} has {numbers}; the list agrees with the {NAMES[best]}s, within {about(match.furthest)}"
        return Answer("CONFIRMED", reason, fact | {"distance": text(match.furthest)})
    parts = []
    if match.missing:
        fact |= {"missing_count": str(len(match.missing)), "missing": [text(x) for x in match.missing[:LISTED]]}
        parts.append(f"{len(match.missing)} missing")
    if match.spurious:
        fact |= {"spurious_count": str(len(match.spurious)), "spurious": _listed(match.spurious)}
        parts.append(f"{len(match.spurious)} spurious")
    if match.duplicates:
        fact |= {"duplicate_count": str(len(match.duplicates)), "duplicates": _listed(match.duplicates)}
        parts.append(f"{len(match.duplicates)} there already")
    return Answer("REFUTED", f"{name} has {numbers}; of the list of {len(claimed)}: {', '.join(parts)}", fact)


class Single(NamedTuple):
    """A claimed point that is left over, with the knot nearest to it, if there is one."""

    place: int
    point: Q
    nearest: Q | None


def _listed(singles: list[Single]) -> list[Fact]:
    return [
        {"index": i} if knot is None else {"index": i, "nearest": text(knot), "distance": text(abs(knot - x))}
        for i, x, knot in singles[:LISTED]
    ]


class Match(NamedTuple):
    """What a largest pairing leaves over."""

    missing: list[Q]
    spurious: list[Single]
    duplicates: list[Single]
    furthest: Q
    """The greatest distance within a pair."""

    @property
    def faults(self) -> int:
        """How many entries are left over."""
        return len(self.missing) + len(self.spurious) + len(self.duplicates)


def _match(claimed: Sequence[Q], true: Sequence[Q], tolerance: Q) -> Match:
    """Pairs from left to right: on a line, with one tolerance for all, no other way gives more of them."""
    order = sorted(range(len(claimed)), key=claimed.__getitem__)
    missing: list[Q] = []
    single: list[int] = []
    furthest, j = Q(0), 0
    for i in order:
        while j < len(true) and true[j] < claimed[i] - tolerance:
            missing.append(true[j])
            j += 1
        if j < len(true) and true[j] <= claimed[i] + tolerance:
            furthest = max(furthest, abs(true[j] - claimed[i]))
            j += 1
        else:
            single.append(i)
    missing += true[j:]
    spurious: list[Single] = []
    duplicates: list[Single] = []
    for i in single:
        x = claimed[i]
        place = bisect_left(true, x)
        near = min(true[max(place - 1, 0) : place + 1], key=lambda knot: abs(knot - x), default=None)
        close = near is not None and abs(near - x) <= tolerance
        (duplicates if close else spurious).append(Single(i, x, near))
    return Match(missing, spurious, duplicates, furthest)
