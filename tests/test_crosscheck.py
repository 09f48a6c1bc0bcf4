"""Cross-checking: each type of claim on maps whose truth is known, and every counter-fact verified with plain fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import certify
from certify import PiecewiseLinear, families
from certify.crosscheck.finding import Finding
from tests import oracle
from tests.strategies import build, few, interval_maps

F = Fraction
TENT = families.tent()
MONOTONE = PiecewiseLinear(
    [(0, "0.93"), ("0.2466666666666666666666666667", "0.93"), (1, "0.1")]
)  # falls, so no period 3
FLIP = PiecewiseLinear([(0, 1), (1, 0)])  # every point but 1/2 has period 2
LINE_FLIP = PiecewiseLinear([(0, 0)], slopes=(-1, -1))


def only(f: Any, /, **claim: Any) -> Finding:
    [finding] = certify.crosscheck(f, [claim])
    for proof in finding.certificates:
        assert certify.check(f, proof).status == "VALID"
    return finding


def tent(x: Any) -> Any:
    return 2 * x if x <= F(1, 2) else 2 - 2 * x


def numbers(texts: list[str]) -> list[Fraction]:
    return [F(x) for x in texts]


# Cycles


def test_the_cycle_of_the_example() -> None:
    found = only(TENT, claim="cycle", period=3, points=[0.2857, 0.5714, 0.8571], tolerance="1e-3")
    assert found.status == "CONFIRMED"
    a, b, c = cycle = numbers(found.fact["cycle"])
    assert [tent(a), tent(b), tent(c)] == [b, c, a]
    assert F(found.fact["distance"]) == max(abs(x - F(y)) for x, y in zip(cycle, [0.2857, 0.5714, 0.8571]))
    assert found.certificates[0]["kind"] == "periodic-orbit"


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_a_cycle_just_within_and_just_beyond_the_tolerance(shift: int) -> None:
    true = [F(2, 7), F(4, 7), F(6, 7)]
    for off in (F(1, 1000), F(-1, 1000)):
        points = [x + off for x in true[shift:] + true[:shift]]
        assert only(TENT, claim="cycle", period=3, points=points, tolerance="1/1000").status == "CONFIRMED"
        found = only(TENT, claim="cycle", period=3, points=points, tolerance="999999/1000000000")
        assert found.status == "REFUTED"
        assert F(found.fact["distance"]) == F(1, 1000)  # how far the nearest cycle is
        cycle = numbers(found.fact["cycle"])
        assert sorted(cycle) == true
        assert [tent(x) for x in cycle] == cycle[1:] + cycle[:1]


def test_a_cycle_of_a_smaller_period_is_no_cycle_of_a_greater_one() -> None:
    found = only(TENT, claim="cycle", period=6, points=["2/7", "4/7", "6/7"] * 2, tolerance="1e-3")
    assert found.status == "REFUTED"
    assert numbers(found.fact["smaller_period"]["cycle"]) == [F(2, 7), F(4, 7), F(6, 7)]
    cycle = numbers(found.fact["cycle"])
    assert [tent(x) for x in cycle] == cycle[1:] + cycle[:1]
    assert len(set(cycle)) == 6


def test_the_wrong_order_is_no_cycle() -> None:
    found = only(TENT, claim="cycle", period=3, points=["2/7", "6/7", "4/7"], tolerance="1e-3")
    assert found.status == "REFUTED"
    assert F(found.fact["distance"]) > F(1, 1000)


def test_a_period_that_a_map_has_not_is_excluded_by_a_certificate() -> None:
    found = only(MONOTONE, claim="cycle", period=3, points=[0.1, 0.2, 0.3], tolerance=1)
    assert (found.status, found.fact["exists"]) == ("REFUTED", False)
    assert found.certificates[0]["claim"]["verdict"] == "ORDERED"


def test_a_certificate_of_order_that_does_not_exclude_a_period() -> None:
    """x -> -2x exchanges the ends of the line, so order is proved at level 1, which leaves room for a period 2 that is not there."""
    f = PiecewiseLinear([(0, 0)], slopes=(-2, -2))
    found = only(f, claim="cycle", period=2, points=[1, -1], tolerance="1/2")
    assert (found.status, found.fact["exists"], found.certificates) == ("REFUTED", False, ())
    assert only(f, claim="cycle", period=3, points=[1, -1, 1], tolerance="1/2").certificates != ()


def test_cycles_that_fill_an_interval() -> None:
    found = only(FLIP, claim="cycle", period=2, points=["0.3", "0.6"], tolerance="0.05")
    assert found.status == "CONFIRMED"
    assert numbers(found.fact["cycle"]) == [F(7, 20), F(13, 20)]  # y and 1 - y, both off by 1/20: no other is as near
    assert F(found.fact["distance"]) == F(1, 20)
    found = only(FLIP, claim="cycle", period=2, points=["0.3", "0.6"], tolerance="0.0499")
    assert (found.status, F(found.fact["distance"])) == ("REFUTED", F(1, 20))
    found = only(FLIP, claim="cycle", period=2, points=["1/2", "1/2"], tolerance=0)
    assert found.status == "REFUTED"
    assert found.fact["smaller_period"] == {"cycle": ["1/2"]}
    assert only(FLIP, claim="cycle", period=2, points=["1/2", "1/2"], tolerance="1e-9").status == "CONFIRMED"
    found = only(LINE_FLIP, claim="cycle", period=2, points=["1e40", "-1e40"], tolerance=0)
    assert numbers(found.fact["cycle"]) == [F(10) ** 40, -(F(10) ** 40)]


def test_a_long_cycle() -> None:
    period = 200  # x = 2/(2^200 + 1) comes back after 200 steps
    x, points = F(2, 2**period + 1), []
    for _ in range(period):
        points.append(x)
        x = tent(x)
    assert x == points[0]
    found = only(TENT, claim="cycle", period=period, points=[float(y) for y in points], tolerance="1e-15")
    assert (found.status, found.fact["start"]) == ("CONFIRMED", str(points[0]))


def test_a_great_tolerance_needs_no_great_budget() -> None:
    points, x = [], F(2, 2**20 + 1)
    for _ in range(20):
        points.append(float(x))
        x = tent(x)
    assert only(TENT, claim="cycle", period=20, points=points, tolerance=1).status == "CONFIRMED"


def test_a_complete_list_of_cycles() -> None:
    lists = [[F(2, 7), F(4, 7), F(6, 7)], [F(4, 9), F(8, 9), F(2, 9)]]
    assert only(TENT, claim="all_cycles", period=3, cycles=lists, tolerance=0).status == "CONFIRMED"
    found = only(TENT, claim="all_cycles", period=3, cycles=lists[:1], tolerance=0)
    assert (found.status, found.fact["missing_count"], found.fact["true_cycles"]) == ("REFUTED", "1", "2")
    assert sorted(numbers(found.fact["missing"][0]["cycle"])) == sorted(lists[1])
    off = [[x + F(1, 100) for x in cycle] for cycle in lists]
    assert only(TENT, claim="all_cycles", period=3, cycles=off, tolerance="1/100").status == "CONFIRMED"
    found = only(TENT, claim="all_cycles", period=3, cycles=off, tolerance="999/100000")
    assert [entry["index"] for entry in found.fact["spurious"]] == [0, 1]
    assert [F(entry["distance"]) for entry in found.fact["spurious"]] == [F(1, 100), F(1, 100)]


def test_duplicates_are_told_from_spurious_cycles() -> None:
    """The same cycle from another of its points, and a list that rounding to two digits has not made unique."""
    lists = [["2/7", "4/7", "6/7"], [0.57, 0.86, 0.29], ["2/9", "4/9", "8/9"], [0.1, 0.2, 0.3]]
    found = only(TENT, claim="all_cycles", period=3, cycles=lists, tolerance="1/100")
    assert found.status == "REFUTED"
    assert [entry["index"] for entry in found.fact["duplicates"]] == [1]
    assert sorted(numbers(found.fact["duplicates"][0]["cycle"])) == [F(2, 7), F(4, 7), F(6, 7)]
    assert [entry["index"] for entry in found.fact["spurious"]] == [3]
    assert "missing" not in found.fact


def test_the_largest_pairing_counts() -> None:
    """Both claimed points are within the tolerance of 0; only one of them is within that of 2/3."""
    found = only(TENT, claim="fixed_points", points=["1/3", "1/4"], tolerance="1/3")
    assert found.status == "CONFIRMED"
    assert only(TENT, claim="fixed_points", points=["1/4", "1/3"], tolerance="1/3").status == "CONFIRMED"


def test_cycles_too_many_to_list_are_counted() -> None:
    [found] = certify.crosscheck(
        TENT, [{"claim": "all_cycles", "period": 20, "cycles": [], "tolerance": 0}], max_pieces=1000
    )
    # sum of mu(20/d) 2^d over the divisors of 20, divided by 20
    assert found.fact["missing_count"] == str((2**20 - 2**10 - 2**4 + 2**2) // 20)
    assert "missing" not in found.fact


def test_cycles_of_a_sawtooth_are_counted() -> None:
    """Eight laps, all of full height: 8^3 fixed points of f^3, 8 of f."""
    f = PiecewiseLinear([(F(i, 8), i % 2) for i in range(9)])
    claim = {"claim": "all_cycles", "period": 3, "cycles": [], "tolerance": 0}
    [found] = certify.crosscheck(f, [claim], max_pieces=100)
    assert (found.fact["true_cycles"], "missing" in found.fact) == (str((8**3 - 8) // 3), False)


def test_cycles_that_can_be_neither_listed_nor_counted() -> None:
    """The identity up to 1/3 and a tent from there on: too many pieces, and a whole interval of fixed points."""
    f = PiecewiseLinear([(0, 0), ("1/3", "1/3"), ("2/3", 1), (1, "1/3")])
    claim = {"claim": "all_cycles", "period": 12, "cycles": [], "tolerance": 0}
    [found] = certify.crosscheck(f, [claim], max_pieces=1000)
    assert found.status == "UNDECIDED"
    [found] = certify.crosscheck(f, [claim | {"cycles": [["1/5"] * 12]}], max_pieces=1000)
    assert (found.status, found.fact["spurious_count"]) == ("REFUTED", "1")


def test_families_of_cycles_need_one_member_each() -> None:
    found = only(FLIP, claim="all_cycles", period=2, cycles=[[0.25, 0.75], [0, 1]], tolerance=0)
    assert found.status == "CONFIRMED"
    found = only(FLIP, claim="all_cycles", period=2, cycles=[], tolerance=0)
    assert found.status == "REFUTED"
    ends = {F(end) for pair in found.fact["missing"][0]["family"] for end in pair}
    assert ends == {F(0), F(1, 2), F(1)}
    identity = PiecewiseLinear([(0, 0), (1, 1)])
    assert only(identity, claim="fixed_points", points=[0.3], tolerance=0).status == "CONFIRMED"
    assert only(identity, claim="fixed_points", points=[], tolerance=0).status == "REFUTED"


def test_fixed_points() -> None:
    assert only(TENT, claim="fixed_points", points=[2 / 3, 0], tolerance="1e-15").status == "CONFIRMED"
    assert only(TENT, claim="fixed_points", points=[0], tolerance="1e-15").fact["missing"] == [{"cycle": ["2/3"]}]
    none = PiecewiseLinear([(0, 1)], slopes=(1, 1))
    assert only(none, claim="fixed_points", points=[], tolerance=0).status == "CONFIRMED"
    assert only(none, claim="fixed_points", points=[1], tolerance=0).fact["spurious"] == [{"index": 0}]


# Orbits


def test_a_float_orbit_of_the_tent_leaves_the_true_one() -> None:
    """All orbits of the tent die in doubles, within 56 steps; each step is exact, only the start is rounded."""
    points = [0.1]
    for _ in range(60):
        points.append(2 * points[-1] if points[-1] < 0.5 else 2 - 2 * points[-1])
    assert points[-1] == 0
    assert only(TENT, claim="orbit", points=points, tolerance=0).status == "CONFIRMED"  # of the double 0.1
    found = only(TENT, claim="orbit", points=np.array(points), start="0.1", tolerance="1/1000")
    assert found.status == "REFUTED"
    x, step = F(1, 10), 0
    while abs(x - F(points[step])) <= F(1, 1000):
        x, step = tent(x), step + 1
    assert (found.fact["leaves"], F(found.fact["true_value"])) == (step, x)
    assert F(found.fact["distance"]) == abs(x - F(points[step]))
    assert (found.fact["delta"], found.fact["shadowed"]) == ("0", True)


def test_an_orbit_just_within_and_just_beyond_the_tolerance() -> None:
    points = ["2/7", "571/1000", "6/7"]
    off = str(F(4, 7) - F(571, 1000))
    assert only(TENT, claim="orbit", points=points, tolerance=off).status == "CONFIRMED"
    found = only(TENT, claim="orbit", points=points, tolerance=str(F(off) - F(1, 10**30)))
    assert (found.status, found.fact["leaves"], found.fact["distance"]) == ("REFUTED", 1, off)
    step = str(2 * F(off))  # from 571/1000 the map goes to 858/1000, twice as far from 6/7
    assert (found.fact["delta"], found.fact["delta_step"]) == (step, 1)
    assert only(TENT, claim="orbit", points=points, tolerance=step, sense="pseudo").status == "CONFIRMED"
    less = str(F(step) - F(1, 10**30))
    assert only(TENT, claim="orbit", points=points, tolerance=less, sense="pseudo").status == "REFUTED"


def test_a_shadowing_orbit_is_shown() -> None:
    points = [F(2, 7) + F(1, 1000), F(4, 7), F(6, 7), F(2, 7)]
    found = only(TENT, claim="orbit", points=points, tolerance="1/1000", sense="shadowed")
    assert (found.status, found.fact["leaves"]) == ("CONFIRMED", 1)
    y = F(found.fact["shadow"])
    for x in points:
        assert abs(y - x) <= F(1, 1000)
        y = tent(y)


def test_where_no_orbit_shadows() -> None:
    """A point and its neighbour on the other side of the maximum: f stays below 1, so 1.01 - 1/1000 is out of reach."""
    found = only(TENT, claim="orbit", points=["1/2", "1.01"], tolerance="1/1000", sense="shadowed")
    assert (found.status, found.fact["shadow_lost"], found.fact["shadowed"]) == ("REFUTED", 1, False)
    assert found.fact["outside"] == {"step": 1, "point": "101/100"}
    assert only(TENT, claim="orbit", points=["1/2", "1.01"], tolerance="1/100", sense="shadowed").status == "CONFIRMED"


def test_an_orbit_that_leaves_the_domain() -> None:
    f = PiecewiseLinear([(0, 0), (1, 2)])
    found = only(f, claim="orbit", points=["3/4", "3/2", "3"], tolerance=0)
    assert (found.status, found.fact["leaves"], found.fact["true_value"]) == ("REFUTED", 1, "3/2")
    assert only(f, claim="orbit", points=["1/4", "1/2", "1"], tolerance=0).status == "CONFIRMED"
    assert only(f, claim="orbit", points=["2"], tolerance=0).fact["leaves"] == 0
    for g, points in ((f, ["3/4", "3/2", "3"]), (PiecewiseLinear([(0, -1), (1, 1)]), ["1/4", "-1/2", "-2"])):
        assert only(g, claim="orbit", points=points, tolerance="1/1000", sense="shadowed").fact["shadow_lost"] == 1


def test_a_long_contracting_orbit_stays_short() -> None:
    f = PiecewiseLinear([(0, "0.31"), (1, "0.6100000001")])
    points = [0.1]
    for _ in range(3000):
        points.append(0.3000000001 * points[-1] + 0.31)
    found = only(f, claim="orbit", points=points, tolerance="1e-9")
    assert (found.status, found.fact["shadowed"]) == ("CONFIRMED", True)
    found = only(f, claim="orbit", points=[*points, 0.5], tolerance="1e-9")
    assert (found.status, found.fact["leaves"], found.fact["shadowed"]) == ("REFUTED", 3001, False)


def test_many_points() -> None:
    points = np.random.default_rng(3).random(100_000)
    found = only(TENT, claim="orbit", points=points, tolerance="1e-3")
    x, y = F(float(points[0])), F(float(points[1]))
    assert (found.fact["leaves"], F(found.fact["distance"])) == (1, abs(tent(x) - y))
    step = found.fact["delta_step"]
    largest = abs(tent(F(float(points[step]))) - F(float(points[step + 1])))
    assert F(found.fact["delta"]) == largest
    near = [abs(tent(x) - y) for x, y in zip(points, points[1:])]  # in doubles, off by less than 1e-15
    assert max(near) <= float(largest) + 1e-15
    found = only(TENT, claim="knots", points=points, tolerance="1e-3")
    assert len(found.fact["spurious"]) == 100
    far = sum(abs(F(float(x)) - F(1, 2)) > F(1, 1000) for x in points)
    assert int(found.fact["spurious_count"]) == far
    assert int(found.fact["duplicate_count"]) == 100_000 - far - 1


# Counts


def test_a_region_count_of_a_grid() -> None:
    """A grid of 10^6 points with second differences finds 2 regions of the tent's 20th iterate."""
    found = only(TENT, claim="region_count", t=20, value=2)
    assert (found.status, found.fact["linear"], found.fact["off_by"]) == ("REFUTED", str(2**20), str(2 - 2**20))
    assert found.certificates[0]["regions"] == [str(2**t) for t in range(1, 21)]
    assert only(TENT, claim="region_count", t=20, value=2.0**20).status == "CONFIRMED"
    assert only(TENT, claim="region_count", t=6, value=64.5).fact["off_by"] == "1/2"


def hidden_kink() -> certify.Network:
    """The tent with a kink at 1/3 in the first layer that the second layer cancels."""
    first = certify.Layer([[1], [1], [1], [1]], [0, "-1/2", "-1/3", "-1/3"], "relu")
    return certify.Network([first, certify.Layer([[2, -4, 1, -1]], [0], "clip:0,1")], (0, 1))


def test_which_kind_of_region_a_count_agrees_with() -> None:
    net = hidden_kink()
    assert only(net, claim="region_count", t=1, value=2).status == "CONFIRMED"
    found = only(net, claim="region_count", t=1, value=3)
    assert (found.status, found.fact["linear"], found.fact["activation"]) == ("CONFIRMED", "2", "3")
    assert "activation regions" in found.reason.split("agrees with")[1]
    assert only(net, claim="region_count", t=1, value=3, of="linear").status == "REFUTED"
    assert only(net, claim="region_count", t=1, value=2, of="activation").status == "REFUTED"
    assert only(TENT, claim="region_count", t=1, value=2, of="activation").status == "UNDECIDED"


def test_laps() -> None:
    assert only(TENT, claim="lap_count", t=5, value=32).status == "CONFIRMED"
    found = only(TENT, claim="lap_count", t=5, value=31)
    assert (found.status, found.fact["laps"], found.fact["off_by"]) == ("REFUTED", "32", "-1")


def test_what_is_to_blame() -> None:
    """All knots are mapped to knots, until thirds are rounded; and a count that is off by five more than that."""
    thirds = [(F(0), F(1)), (F(2, 3), F(1, 3)), (F(1), F(2, 3))]
    f = PiecewiseLinear(thirds)
    g = PiecewiseLinear([(float(np.float16(float(x))), float(np.float16(float(y)))) for x, y in thirds])
    t = 6
    exact, rounded = f.iterate(t).pieces, g.iterate(t).pieces
    assert exact != rounded
    found = only(f, claim="region_count", t=t, value=rounded, weights="float16")
    assert found.status == "REFUTED"
    assert (found.fact["rounded"], found.fact["arithmetic_error"]) == (str(rounded), "0")
    assert found.fact["weights_error"] == found.fact["off_by"] == str(rounded - exact)
    found = only(f, claim="region_count", t=t, value=rounded + 5, weights="float16")
    assert (found.fact["weights_error"], found.fact["arithmetic_error"]) == (str(rounded - exact), "5")
    doubles = PiecewiseLinear([(float(x), float(y)) for x, y in thirds]).iterate(t).pieces
    assert only(f, claim="region_count", t=t, value=doubles).fact["explained_by"] == "float64"
    assert "explained_by" not in only(f, claim="region_count", t=t, value=rounded + 5).fact
    assert only(f, claim="lap_count", t=t, value=1, weights="float64").fact["rounded"] is not None


def test_a_map_that_rounding_destroys_has_no_rounded_count() -> None:
    f = PiecewiseLinear([(0, 0), ("0.5", 1), ("0.50000000001", "1/2"), (1, 0)])
    found = only(f, claim="lap_count", t=1, value=2, weights="float16")
    assert (found.status, found.fact["rounded"]) == ("CONFIRMED", None)
    assert "float16" in found.reason


# Knots


def test_knots() -> None:
    quarter = ["1/4", "1/2", "3/4"]
    assert only(TENT, claim="knots", t=2, points=quarter[::-1], tolerance=0).status == "CONFIRMED"
    assert only(TENT, claim="knots", t=2, points=["0.251", "1/2", "3/4"], tolerance="1/1000").status == "CONFIRMED"
    found = only(TENT, claim="knots", t=2, points=["0.251", "1/2", "3/4"], tolerance="999/1000000")
    assert (found.status, found.fact["missing"]) == ("REFUTED", ["1/4"])
    assert found.fact["spurious"] == [{"index": 0, "nearest": "1/4", "distance": "1/1000"}]
    found = only(TENT, claim="knots", t=2, points=["1/4", 0.25, "1/2"], tolerance=0)
    assert found.fact["missing"] == ["3/4"]
    assert [entry["index"] for entry in found.fact["duplicates"]] == [1]
    assert only(TENT, claim="knots", points=[], tolerance=1).fact["missing"] == ["1/2"]
    assert only(LINE_FLIP, claim="knots", points=[], tolerance=0).status == "CONFIRMED"


def test_knots_of_either_kind() -> None:
    net = hidden_kink()
    assert only(net, claim="knots", points=["1/2"], tolerance=0).status == "CONFIRMED"
    assert only(net, claim="knots", points=["1/3", "1/2"], tolerance=0).status == "CONFIRMED"
    assert only(net, claim="knots", points=["1/3", "1/2"], tolerance=0, of="linear").status == "REFUTED"
    assert only(net, claim="knots", points=["1/2"], tolerance=0, of="activation").status == "REFUTED"
    assert only(TENT, claim="knots", points=["1/2"], tolerance=0, of="activation").status == "UNDECIDED"


# Chaos and period 3


def test_chaos() -> None:
    assert only(TENT, claim="chaotic", value=True).status == "CONFIRMED"
    assert only(TENT, claim="chaotic", value=False).status == "REFUTED"
    assert only(MONOTONE, claim="chaotic", value=True).certificates[0]["claim"]["verdict"] == "ORDERED"
    assert only(MONOTONE, claim="chaotic", value=np.bool_(False)).status == "CONFIRMED"


def grid_rule(f: PiecewiseLinear, k: int, count: int, lo: Fraction, hi: Fraction) -> tuple[int, int]:
    """The loop of the notebooks in fractions: the sign changes of x - f(x) and of x - f^k(x)."""
    xs = [lo + (hi - lo) * i / (count - 1) for i in range(count)]
    found = []
    for power in (1, k):
        d = [x - f.orbit(x, power)[-1] for x in xs]
        changes = 0
        for i in range(1, count - 1):
            changes += d[i - 1] * d[i] < 0
            changes += d[i] == 0 and d[i - 1] * d[i + 1] < 0
        found.append(changes)
    return found[0], found[1]


def test_the_rule_of_the_notebooks_is_wrong_on_a_monotone_map() -> None:
    grid = {"points": 163, "lo": 0, "hi": 1}
    found = only(MONOTONE, claim="period3", value=True, rule="f4", **grid)
    assert (found.status, found.fact["exists"], found.fact["rule_says"]) == ("REFUTED", False, True)
    once, often = grid_rule(MONOTONE, 4, 163, F(0), F(1))
    assert found.fact["sign_changes"] == {"f": once, "f4": often}
    assert often > once
    assert "is wrong" in found.reason
    found = only(MONOTONE, claim="period3", value=False, rule="f3", **grid)
    assert (found.status, found.fact["rule_says"]) == ("CONFIRMED", False)


@few(100)
@given(interval_maps(4), st.integers(2, 7), st.sampled_from(["f3", "f4"]))
def test_the_rule_on_coarse_grids(f: oracle.Map, count: int, rule: str) -> None:
    """Where the first and the last point of the grid, and zeros on it, matter."""
    lo, hi = f.knots[0][0], f.knots[-1][0]
    found = only(build(f), claim="period3", value=True, rule=rule, points=count, lo=lo, hi=hi)
    once, often = grid_rule(build(f), int(rule[1]), count, lo, hi)
    assert found.fact["sign_changes"] == {"f": once, rule: often}
    assert found.fact["rule_says"] == (often > once)


def test_period_three() -> None:
    found = only(TENT, claim="period3", value=False)
    a, b, c = numbers(found.fact["cycle"])
    assert found.status == "REFUTED"
    assert [tent(a), tent(b), tent(c)] == [b, c, a] != [a, b, c]
    assert found.certificates[0]["kind"] == "periodic-orbit"
    assert only(TENT, claim="period3", value=True, rule="f3", points=10, lo=-1, hi=1).fact["rule_says"] is None
    for f in (FLIP, LINE_FLIP, PiecewiseLinear([(0, "1/2"), (1, "1/2")])):
        assert only(f, claim="period3", value=False).status == "CONFIRMED"


# Bounds


def test_entropy_against_its_closed_form() -> None:
    """log 2 = 0.6931471805599453094172321214581765680755…"""
    near = "0.69314718055994530941723212145"
    assert only(TENT, claim="entropy", interval=[near, near + "9"]).status == "CONFIRMED"
    above = only(TENT, claim="entropy", interval=["0.6931471805599453094173", 1])
    assert (above.status, F(above.fact["off_by"]) < F(1, 10**22)) == ("REFUTED", True)
    found = only(TENT, claim="entropy", interval=["0.6", "0.65"])
    assert found.status == "REFUTED"
    assert 0 < F(found.fact["off_by"]) <= F("0.6931471805600") - F("0.65")
    assert F(found.fact["off_by"]) > F("0.04")
    found = only(TENT, claim="entropy", interval=["0.7", math.inf])
    assert 0 < F(found.fact["off_by"]) <= F("0.7") - F("0.69314718055")
    assert only(TENT, claim="entropy", interval=[-math.inf, math.inf]).status == "CONFIRMED"
    assert only(TENT, claim="entropy", interval=[math.inf, math.inf]).status == "REFUTED"
    assert only(MONOTONE, claim="entropy", interval=[0, 0]).status == "CONFIRMED"
    assert only(MONOTONE, claim="entropy", interval=["1e-9", 1]).status == "REFUTED"


def test_a_cycle_through_a_knot_bounds_no_exponent() -> None:
    """The fixed point 1/2 is a knot with slopes 1/10 and 5; orbits on its right end on a plateau, all others have log(1/10)."""
    f = PiecewiseLinear([(0, "0.45"), ("0.5", "0.5"), ("0.52", "0.6"), (1, "0.6")])
    assert only(f, claim="lyapunov_upper_bound", value=0).status == "UNDECIDED"


def test_an_estimate_from_a_dead_float_orbit_is_no_bound_of_exponents() -> None:
    """A time series of the tent in doubles gives 0.065 where every exponent is log 2."""
    found = only(TENT, claim="lyapunov_upper_bound", value=0.065)
    assert found.status == "REFUTED"
    assert F("0.69") < F(found.fact["lower"]) <= F("0.69314718056")
    assert F(found.fact["off_by"]) == F(found.fact["lower"]) - F(0.065)
    assert only(TENT, claim="lyapunov_upper_bound", value=math.log(2) + 1e-15).status == "CONFIRMED"
    assert only(TENT, claim="lyapunov_upper_bound", interval=["0.69", "0.70"]).status == "CONFIRMED"
    found = only(TENT, claim="lyapunov_upper_bound", interval=["0.7", 1])
    assert (found.status, found.fact["steepest"], found.fact["t"]) == ("REFUTED", "2", 1)
    assert only(TENT, claim="lyapunov_upper_bound", value=math.inf).status == "CONFIRMED"
    found = only(TENT, claim="lyapunov_upper_bound", value=-math.inf)
    assert (found.status, "off_by" in found.fact) == ("REFUTED", False)


def test_exponents_between_slopes_and_cycles() -> None:
    """Slopes 3 and 3/2: f has a fixed point with slope -3/2, and the greatest exponent is that of the fixed point 0, log 3."""
    f = PiecewiseLinear([(0, 0), ("1/3", 1), (1, 0)])
    found = only(f, claim="lyapunov_upper_bound", value=1)
    assert (found.status, found.fact["cycle"], found.fact["multiplier"]) == ("REFUTED", ["0"], "3")
    assert only(f, claim="lyapunov_upper_bound", interval=["1.09", "1.1"]).status == "CONFIRMED"  # log 3 = 1.0986…
    assert only(f, claim="lyapunov_upper_bound", interval=["1.0986122886", "1.0986122887"]).status == "CONFIRMED"
    swap = PiecewiseLinear([(0, 1), ("1/4", "3/8"), ("3/4", "1/4"), (1, 0)])  # slopes -5/2, -1/4, -1; 0 -> 1 -> 0
    found = only(swap, claim="lyapunov_upper_bound", value="0.4582")  # (log 5/2)/2 = 0.45814…
    assert (found.status, found.fact["t"], found.fact["steepest"]) == ("CONFIRMED", 2, "5/2")
    found = only(swap, claim="lyapunov_upper_bound", value="0.4581")
    assert (found.status, found.fact["cycle"], found.fact["multiplier"]) == ("REFUTED", ["0", "1"], "5/2")
    contraction = PiecewiseLinear([(0, "1/4"), (1, "1/2")])
    assert only(contraction, claim="lyapunov_upper_bound", interval=["-1.387", "-1.386"]).status == "CONFIRMED"
    assert only(contraction, claim="lyapunov_upper_bound", value="-1.39").status == "REFUTED"
    near = "-1.386294361119890618834464242"  # log(1/4) = -1.3862943611198906188344642429…
    assert only(contraction, claim="lyapunov_upper_bound", value=near).status == "CONFIRMED"
    assert only(contraction, claim="lyapunov_upper_bound", value=near + "95").status == "REFUTED"
    constant = PiecewiseLinear([(0, "1/4"), (1, "1/4")])
    assert only(constant, claim="lyapunov_upper_bound", value=-1000).status == "CONFIRMED"
    assert only(constant, claim="lyapunov_upper_bound", value=-math.inf).status == "CONFIRMED"
    assert only(constant, claim="lyapunov_upper_bound", interval=[0, 1]).status == "REFUTED"
    identity = PiecewiseLinear([(0, 0), (1, 1)])
    assert only(identity, claim="lyapunov_upper_bound", interval=[0, 0]).status == "CONFIRMED"


# What is no number, and what is no exact map


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan"), "nan", "Infinity"])
def test_a_result_that_is_no_number_is_refuted(value: Any) -> None:
    for claim in (
        {"claim": "cycle", "period": 2, "points": [0, value], "tolerance": 1},
        {"claim": "fixed_points", "points": [0, value], "tolerance": 1},
        {"claim": "all_cycles", "period": 1, "cycles": [[0], [value]], "tolerance": 1},
        {"claim": "orbit", "points": [0, value], "tolerance": 1},
        {"claim": "knots", "points": [0, value], "tolerance": 1},
        {"claim": "region_count", "t": 1, "value": value},
        {"claim": "lap_count", "t": 1, "value": value},
    ):
        found = only(TENT, **claim)
        assert found.status == "REFUTED"
        where = found.fact["not_finite"]["where"]
        assert where == {"cycle": "points[1]", "all_cycles": "cycles[1][0]"}.get(
            claim["claim"], "value" if "value" in claim else "points[1]"
        )


@pytest.mark.parametrize("field", ["entropy", "lyapunov_upper_bound"])
def test_an_interval_with_nan_is_refuted(field: str) -> None:
    assert only(TENT, claim=field, interval=[0, math.nan]).fact["not_finite"] == {
        "where": "interval[1]",
        "value": "nan",
    }


def test_boxes_and_smooth_maps_are_decided_as_far_as_prove_does() -> None:
    smooth = certify.Network([certify.Layer([[1]], [0], "tanh")], None)
    net = certify.Network(
        [certify.Layer([[1], [1]], [0, "-1/2"], "relu"), certify.Layer([[2, -4]], [0], "clip:0,1")], (0, 1)
    )
    box = certify.Box.around(net, "1/1000")
    assert only(smooth, claim="chaotic", value=False).status == "CONFIRMED"
    assert only(box, claim="chaotic", value=True).status == "CONFIRMED"
    for f, word in ((smooth, "smooth"), (box, "box")):
        found = only(f, claim="region_count", t=1, value=1)
        assert (found.status, word in found.reason) == ("UNDECIDED", True)


def test_a_map_that_leaves_its_domain_cannot_be_iterated() -> None:
    f = PiecewiseLinear([(0, 0), ("1/2", 2), (1, 0)])
    assert only(f, claim="knots", points=[0.5], tolerance=0).status == "CONFIRMED"
    for claim in (
        {"claim": "cycle", "period": 1, "points": [0], "tolerance": 0},
        {"claim": "region_count", "t": 2, "value": 4},
        {"claim": "chaotic", "value": True},
        {"claim": "period3", "value": True},
        {"claim": "entropy", "interval": [0, 1]},
        {"claim": "lyapunov_upper_bound", "value": 1},
        {"claim": "knots", "points": [], "t": 2, "tolerance": 0},
    ):
        found = only(f, **claim)
        assert (found.status, "f(1/2) = 2" in found.reason) == ("UNDECIDED", True)


def test_a_budget_that_runs_out_leaves_claims_undecided() -> None:
    claims = [
        {"claim": "knots", "t": 30, "points": [], "tolerance": 0},
        {"claim": "region_count", "t": 3, "value": 8},
    ]
    [knots, regions] = certify.crosscheck(TENT, claims, max_pieces=1000)
    assert (knots.status, regions.status) == ("UNDECIDED", "CONFIRMED")
    assert all(found.status == "UNDECIDED" for found in certify.crosscheck(TENT, claims, time_limit=0))


def test_no_claims() -> None:
    report = certify.crosscheck(TENT, [])
    assert (len(report), report.having("REFUTED")) == (0, ())
