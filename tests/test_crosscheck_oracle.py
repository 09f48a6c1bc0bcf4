"""Cross-checking against brute force in plain fractions, on small maps full of ties, plateaus and intervals of periodic points."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise, permutations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import certify
from certify.crosscheck import orbit
from certify.crosscheck.finding import Finding
from certify.crosscheck.near import Cell, lowest
from certify.decision.cells import Affine
from certify.numbers import fraction, rational
from tests import oracle
from tests.strategies import build, few, interval_maps, self_maps

F = Fraction
NUMBERS = st.integers(-12, 24).map(lambda n: F(n, 12))
TOLERANCES = st.sampled_from([F(0), F(1, 24), F(1, 12), F(1, 5), F(1, 2)])


def check(f: oracle.Map, **claim: Any) -> Finding:
    [finding] = certify.crosscheck(build(f), [claim])
    for proof in finding.certificates:
        assert certify.check(build(f), proof).status == "VALID"
    return finding


Line = tuple[Fraction, Fraction]


def stretches(f: oracle.Map, steps: int) -> list[tuple[Fraction, Fraction, list[Line]]]:
    """Intervals on which f^0, ..., f^steps are affine, with the slope and the constant of each; far out on the line too."""
    iterates = [oracle.iterate(f, t, 400) for t in range(steps + 1)]
    xs = sorted({x for g in iterates for x, _ in g.knots})
    if f.slopes is not None:
        xs = [xs[0] - 1000, *xs, xs[-1] + 1000]
    found = []
    for a, b in pairwise(xs):
        lines = []
        for g in iterates:
            u, v = oracle.value(g, a), oracle.value(g, b)
            slope = (v - u) / (b - a)
            lines.append((slope, u - slope * a))
        found.append((a, b, lines))
    return found


def nearest(f: oracle.Map, points: Sequence[Fraction]) -> Fraction | None:
    """The distance of the nearest cycle whose least period is the number of points, or where it is not reached the infimum."""
    p = len(points)
    true = oracle.points_of_period(f, p, 400)

    def distance(y: Fraction) -> Fraction:
        return max(abs(u - x) for u, x in zip(oracle.orbit(f, y, p), points))

    found = [distance(y) for y in true.points]
    for lo, hi in true.intervals:
        for a, b, lines in stretches(f, p - 1):
            a, b = max(a, lo), min(b, hi)
            if a > b:
                continue
            candidates = [a, b]  # the largest of some |s y + c - x| is least at an end, or where two of them meet
            parts = [(sign * s, sign * (c - x)) for (s, c), x in zip(lines, points) for sign in (1, -1)]
            candidates += [
                y for (s, c), (t, d) in combinations(parts, 2) if s != t and a <= (y := (d - c) / (s - t)) <= b
            ]
            found += [distance(F(y)) for y in candidates]
    return min(found, default=None)


@few(250)
@given(self_maps(4), st.data())
def test_one_cycle(f: oracle.Map, data: st.DataObject) -> None:
    period = data.draw(st.integers(1, 3))
    points = data.draw(st.lists(NUMBERS, min_size=period, max_size=period))
    try:
        true = oracle.points_of_period(f, period, 400)
        if true.points and data.draw(st.booleans()):
            start = data.draw(st.sampled_from(true.points))
            moves = data.draw(st.lists(st.sampled_from([F(0), F(1, 24), F(-1, 24)]), min_size=period, max_size=period))
            points = [y + move for y, move in zip(oracle.orbit(f, start, period), moves)]
        least = nearest(f, points)
    except oracle.TooManyPieces:
        assume(False)
    tolerance = data.draw(TOLERANCES)
    found = check(f, claim="cycle", period=period, points=points, tolerance=tolerance)
    if "cycle" in found.fact:
        cycle = [F(x) for x in found.fact["cycle"]]
        assert oracle.least_period(f, cycle[0], period) == period
        assert list(oracle.orbit(f, cycle[0], period - 1)) == cycle
        distance = F(found.fact["distance"])
        assert distance == max(abs(x - y) for x, y in zip(cycle, points))
        if "interval" not in found.fact:
            assert distance == least
        else:
            assert least is not None
            assert distance >= least
        assert (distance <= tolerance) == (found.status == "CONFIRMED")
    if least is None:
        assert found.status == "REFUTED"
        assert "cycle" not in found.fact
    elif least > tolerance:
        assert found.status == "REFUTED"
    elif least < tolerance or not true.excluded:
        assert found.status == "CONFIRMED"
    if "smaller_period" in found.fact:
        x = F(found.fact["smaller_period"]["cycle"][0])
        assert oracle.least_period(f, x, period) < period
        assert oracle.power(f, x, period) == x


def shadowed(f: oracle.Map, points: Sequence[Fraction], tolerance: Fraction) -> bool:
    """Whether some y has |f^t(y) - x_t| <= tolerance for all t, stretch by stretch."""
    for a, b, lines in stretches(f, len(points) - 1):
        lo, hi = a, b
        for (s, c), x in zip(lines, points):
            if s == 0:
                if abs(c - x) > tolerance:
                    lo, hi = F(1), F(0)
            else:
                ends = sorted(((x - tolerance - c) / s, (x + tolerance - c) / s))
                lo, hi = max(lo, ends[0]), min(hi, ends[1])
        if lo <= hi:
            return True
    return False


@few(250)
@given(self_maps(4), st.data())
def test_orbits(f: oracle.Map, data: st.DataObject) -> None:
    points = [data.draw(NUMBERS)]
    for _ in range(data.draw(st.integers(0, 3))):
        lo, hi = oracle.ends(f)
        inside = lo <= points[-1] <= hi
        exact = oracle.value(f, points[-1]) if inside else points[-1]
        points.append(exact + data.draw(st.sampled_from([F(0), F(0), F(1, 24), F(-1, 12), F(1, 3)])))
    tolerance = data.draw(TOLERANCES)
    sense = data.draw(st.sampled_from(["true", "pseudo", "shadowed"]))
    found = check(f, claim="orbit", points=points, tolerance=tolerance, sense=sense)
    fact = found.fact
    lo, hi = oracle.ends(f)
    inside = [lo <= x <= hi for x in points]
    assert ("outside" in fact) == (not all(inside))

    if inside[0]:
        true = oracle.orbit(f, points[0], len(points) - 1)
        leaves = next((t for t, (x, y) in enumerate(zip(points, true)) if abs(x - y) > tolerance), None)
        assert fact["leaves"] == leaves
        if leaves is not None:
            assert F(fact["true_value"]) == true[leaves]
            assert F(fact["distance"]) == abs(points[leaves] - true[leaves])
    else:
        assert fact["leaves"] == 0
    if all(inside[:-1]):
        errors = [abs(oracle.value(f, x) - y) for x, y in pairwise(points)]
        assert F(fact["delta"]) == max(errors, default=F(0))
        if errors:
            assert fact["delta_step"] == errors.index(max(errors))
    else:
        assert fact["delta"] is None
    try:
        assert fact["shadowed"] == shadowed(f, points, tolerance)
    except oracle.TooManyPieces:
        assume(False)
    if fact["shadowed"]:
        y = F(fact["shadow"])
        assert all(abs(z - x) <= tolerance for z, x in zip(oracle.orbit(f, y, len(points) - 1), points))
    else:
        assert shadowed(f, points[: fact["shadow_lost"]], tolerance) or fact["shadow_lost"] == 0
        assert not shadowed(f, points[: fact["shadow_lost"] + 1], tolerance)

    holds = {
        "true": fact["leaves"] is None,
        "pseudo": fact["delta"] is not None and F(fact["delta"]) <= tolerance,
        "shadowed": fact["shadowed"],
    }
    assert found.status == ("CONFIRMED" if holds[sense] else "REFUTED")


@few(250)
@given(self_maps(4), st.data())
def test_rounding_long_numbers_never_turns_an_answer_round(f: oracle.Map, data: st.DataObject) -> None:
    """With next to no spare digits almost everything is rounded; what is then still decided is what is decided exactly."""
    points = [data.draw(NUMBERS)]
    for _ in range(data.draw(st.integers(1, 6))):
        lo, hi = oracle.ends(f)
        x = min(max(points[-1], lo), hi)
        points.append(oracle.value(f, F(x)) + data.draw(st.sampled_from([F(0), F(0), F(1, 8), F(-1, 8), F(1, 3)])))
    claim = {"claim": "orbit", "points": points, "tolerance": data.draw(TOLERANCES), "start": data.draw(NUMBERS)}
    exact = check(f, **claim).fact
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orbit, "SPARE_BITS", -1)
        found = check(f, **claim)
    if "leaves" in found.fact:
        assert found.fact["leaves"] == exact["leaves"]
    if "distance" in found.fact:
        assert F(found.fact["distance"]) <= F(exact["distance"])
    if found.fact["shadowed"] is not None:
        assert found.fact["shadowed"] == exact["shadowed"]
        assert found.fact.get("shadow_lost", 0) >= exact.get("shadow_lost", 0)
    if "shadow" in found.fact:
        true = oracle.orbit(f, F(found.fact["shadow"]), len(points) - 1)
        assert all(abs(x - y) <= F(str(claim["tolerance"])) for x, y in zip(points, true))


LINES = st.tuples(st.sampled_from([F(n, 2) for n in range(-4, 5)]), NUMBERS)


@few(200)
@given(st.lists(st.tuples(LINES, NUMBERS), min_size=1, max_size=5), NUMBERS, NUMBERS)
def test_the_lowest_point_of_a_convex_broken_line(parts: list[tuple[Line, Fraction]], a: Fraction, b: Fraction) -> None:
    """The minimum is at an end or where two of the lines meet."""
    a, b = min(a, b), max(a, b)
    lines = [(sign * s, sign * (c - x)) for (s, c), x in parts for sign in (1, -1)]

    def height(y: Fraction) -> Fraction:
        return max(s * y + c for s, c in lines)

    meetings = [(d - c) / (s - t) for (s, c), (t, d) in combinations(lines, 2) if s != t]
    least = min(height(y) for y in (a, b, *(y for y in meetings if a <= y <= b)))
    maps = [Affine(rational(s), rational(c)) for (s, c), _ in parts]
    cell = Cell(rational(a), rational(b), rational(1), rational(0))
    found = lowest(maps, [rational(x) for _, x in parts], cell)
    assert a <= fraction(found) <= b
    assert height(fraction(found)) == least


def best_pairing(near: list[list[bool]], columns: int) -> int:
    """The size of a largest matching, by trying all orders."""
    rows = len(near)
    if rows > columns:
        near, rows, columns = [[near[i][j] for i in range(rows)] for j in range(columns)], columns, rows
    return max(
        (sum(near[i][j] for i, j in enumerate(order)) for order in permutations(range(columns), rows)), default=0
    )


@few(200)
@given(interval_maps(4), st.lists(NUMBERS, max_size=5), TOLERANCES)
def test_lists_of_knots(f: oracle.Map, points: list[Fraction], tolerance: Fraction) -> None:
    true = [x for x, _ in oracle.canonical(f).knots[1:-1]]
    found = check(f, claim="knots", points=points, tolerance=tolerance)
    size = best_pairing([[abs(x - y) <= tolerance for y in true] for x in points], len(true))
    perfect = size == len(true) == len(points)
    assert found.status == ("CONFIRMED" if perfect else "REFUTED")
    assert int(found.fact["true_knots"]) == len(true)
    if not perfect:
        assert int(found.fact.get("missing_count", 0)) == len(true) - size
        left = [entry["index"] for key in ("spurious", "duplicates") for entry in found.fact.get(key, [])]
        assert len(set(left)) == len(points) - size
        for entry in found.fact.get("spurious", []):
            assert all(abs(points[entry["index"]] - y) > tolerance for y in true)
            if true:
                assert F(entry["distance"]) == min(abs(points[entry["index"]] - y) for y in true)
        for entry in found.fact.get("duplicates", []):
            assert abs(points[entry["index"]] - F(entry["nearest"])) <= tolerance


@few(200)
@given(self_maps(4), st.data())
def test_lists_of_cycles(f: oracle.Map, data: st.DataObject) -> None:
    period = data.draw(st.integers(1, 3))
    try:
        true = oracle.points_of_period(f, period, 400)
    except oracle.TooManyPieces:
        assume(False)
    orbits = {frozenset(oracle.orbit(f, x, period - 1)): x for x in true.points}
    assume(not true.intervals and len(orbits) <= 5)
    claimed: list[tuple[Fraction, ...]] = []
    for start in data.draw(st.lists(st.sampled_from(true.points), max_size=4)) if true.points else []:
        move = data.draw(st.sampled_from([F(0), F(1, 24), F(-1, 24)]))
        claimed.append(tuple(y + move for y in oracle.orbit(f, start, period - 1)))
    if data.draw(st.booleans()):
        claimed.append(tuple(data.draw(st.lists(NUMBERS, min_size=period, max_size=period))))
    tolerance = data.draw(TOLERANCES)
    found = check(f, claim="all_cycles", period=period, cycles=claimed, tolerance=tolerance)

    def close(points: tuple[Fraction, ...], start: Fraction) -> bool:
        turns = [oracle.orbit(f, y, period - 1) for y in oracle.orbit(f, start, period - 1)]
        return any(all(abs(x - y) <= tolerance for x, y in zip(points, turn)) for turn in turns)

    near = [[close(points, start) for start in orbits.values()] for points in claimed]
    size = best_pairing(near, len(orbits))
    perfect = size == len(orbits) == len(claimed)
    assert found.status == ("CONFIRMED" if perfect else "REFUTED")
    assert int(found.fact["true_cycles"]) == len(orbits)
    if perfect:
        return
    assert int(found.fact.get("missing_count", 0)) == len(orbits) - size
    assert len({frozenset(map(F, entry["cycle"])) for entry in found.fact.get("missing", [])} & set(orbits)) == len(
        found.fact.get("missing", [])
    )
    spurious = {entry["index"] for entry in found.fact.get("spurious", [])}
    assert spurious == {i for i, row in enumerate(near) if not any(row)}
    assert len(spurious) + len(found.fact.get("duplicates", [])) == len(claimed) - size
    for entry in found.fact.get("spurious", []):
        assert ("cycle" in entry) == bool(orbits)
        if orbits:
            assert F(entry["distance"]) == nearest(f, claimed[entry["index"]])


@few(150)
@given(interval_maps(4), st.integers(1, 4), st.integers(0, 12))
def test_counts(f: oracle.Map, t: int, value: int) -> None:
    try:
        g = oracle.canonical(oracle.iterate(f, t, 400))
    except oracle.TooManyPieces:
        assume(False)
    regions, laps = len(g.knots) - 1, len(oracle.turning(g)) + 1
    for name, key, exact in (("region_count", "linear", regions), ("lap_count", "laps", laps)):
        found = check(f, claim=name, t=t, value=value)
        assert (found.status == "CONFIRMED") == (value == exact)
        assert (found.fact[key], found.fact["off_by"]) == (str(exact), str(value - exact))


@few(150)
@given(self_maps(4))
def test_period_three(f: oracle.Map) -> None:
    try:
        true = bool(oracle.points_of_period(f, 3, 400))
    except oracle.TooManyPieces:
        assume(False)
    found = check(f, claim="period3", value=True)
    assert (found.status == "CONFIRMED") == true == found.fact["exists"]


@few(100)
@given(interval_maps(4))
def test_bounds_of_exponents_hold_for_every_cycle(f: oracle.Map) -> None:
    """The greatest multiplier of a cycle of period 1 or 2 off the knots, and the greatest slope, in doubles."""
    import math

    knots = {x for x, _ in oracle.canonical(f).knots[1:-1]}
    lower = -math.inf
    for period in (1, 2):
        for x in oracle.points_of_period(f, period).points:
            orbit = oracle.orbit(f, x, period - 1)
            if knots.isdisjoint(orbit):
                pieces = [next(s for a, b, s, _ in oracle.pieces(f) if a <= y <= b) for y in orbit]
                size = math.prod(map(abs, pieces))
                lower = max(lower, math.log(size) / period if size else -math.inf)
    for move in (F(1, 100), F(-1, 100)):
        if lower > -math.inf:
            found = check(f, claim="lyapunov_upper_bound", value=F(lower) + move)
            assert found.status != ("CONFIRMED" if move < 0 else "")
            if move < 0:
                assert found.status == "REFUTED"
    steepest = max(abs(s) for _, _, s, _ in oracle.pieces(f))
    if steepest:
        above = F(math.log(steepest)) + F(1, 10**9)
        assert check(f, claim="lyapunov_upper_bound", value=above).status == "CONFIRMED"
        assert check(f, claim="lyapunov_upper_bound", interval=[above, above]).status == "REFUTED"


@few(150)
@given(self_maps(4), st.integers(1, 3))
def test_families_of_cycles(f: oracle.Map, period: int) -> None:
    """An empty list misses every isolated cycle and every family; one cycle of each makes it complete."""
    try:
        true = oracle.points_of_period(f, period, 400)
    except oracle.TooManyPieces:
        assume(False)
    orbits = {frozenset(oracle.orbit(f, x, period - 1)): x for x in true.points}
    families: dict[frozenset[int], Fraction] = {}
    for a, b in true.intervals:
        y = oracle.between(a, b)
        visited = frozenset(
            i for i, (u, v) in enumerate(true.intervals) for x in oracle.orbit(f, y, period - 1) if u <= x <= v
        )
        families[visited] = y
    found = check(f, claim="all_cycles", period=period, cycles=[], tolerance=0)
    assert found.status == ("REFUTED" if true else "CONFIRMED")
    if true:
        assert int(found.fact["missing_count"]) == len(orbits) + len(families)
        assert sum("family" in entry for entry in found.fact["missing"]) == len(families)
    whole = [oracle.orbit(f, x, period - 1) for x in (*orbits.values(), *families.values())]
    assert check(f, claim="all_cycles", period=period, cycles=whole, tolerance=0).status == "CONFIRMED"
    if whole:  # of a family there may be more than one
        twice = check(f, claim="all_cycles", period=period, cycles=[*whole, whole[-1]], tolerance=0)
        assert twice.status == ("CONFIRMED" if families else "REFUTED")
