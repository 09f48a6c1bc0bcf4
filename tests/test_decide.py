"""The decision against the naive loop of composed iterates, closed forms, and budgets that run out."""

from __future__ import annotations

import math
import random
import time
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify import families
from certify.decision.budget import Budget
from certify.decision.decide import Decision, NotDecided, OddReturn, Order, PeriodicOrbit, decide
from certify.errors import BudgetExceeded, NotInvariantError
from certify.numbers import fraction
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.strategies import (
    SLOPES,
    build,
    build_network,
    dense_layers,
    far_maps,
    few,
    interval_maps,
    line_maps,
    outside,
    read,
    unit_maps,
)

F = Fraction
LEVELS = 8


def decided(f: PiecewiseLinear, max_level: int = LEVELS, max_pieces: int = 20_000) -> Decision:
    return decide(f, max_level, Budget(max_pieces), lambda _: None)


def verify(f: oracle.Map, decision: Decision) -> None:
    """The proof that the decision carries, replayed by the oracle."""
    if isinstance(decision, Order):
        mesh = [outside(t) for t in decision.mesh]
        core = oracle.core(f, decision.core_steps)
        if core[0] == core[1]:
            assert mesh == [core[0]]
        else:
            assert oracle.mesh_proves(f, 1 << decision.level, 2, mesh, core)
    elif isinstance(decision, OddReturn):
        x = fraction(decision.x)
        assert decision.n % 2 == 1
        assert decision.n >= 3
        assert oracle.ends(f)[0] <= x <= oracle.ends(f)[1]
        assert oracle.odd_return(f, decision.level, decision.n, x, decision.side, strict=True)
        if decision.period_three is not None:
            p, q, r = map(fraction, decision.period_three)
            assert p < min(q, r)
            assert (oracle.value(f, p), oracle.value(f, q), oracle.value(f, r)) == (q, r, p)
    elif isinstance(decision, PeriodicOrbit):
        points = tuple(map(fraction, decision.orbit))
        assert oracle.least_period(f, points[0], len(points)) == len(points)
        assert oracle.orbit(f, points[0], len(points) - 1) == points
        assert points[0] == min(points)
        assert math.log2(len(points)) % 1 != 0


def agrees(f: oracle.Map, decision: Decision, max_level: int = LEVELS, cap: int = 400) -> bool:
    """Whether the oracle has an opinion at all; asserts that the decision is the same."""
    expected = oracle.decide(f, max_level, cap)
    if expected is None:
        return False
    if expected.ordered:
        assert isinstance(decision, Order)
        assert decision.level == expected.level
        return True
    assert expected.point is not None
    m = 1 << expected.level
    assert oracle.least_period(f, expected.point, 3 * m) not in (0, *(2**j for j in range(max_level + 2)))
    assert isinstance(decision, OddReturn | PeriodicOrbit)
    if isinstance(decision, OddReturn):
        assert decision.level <= expected.level  # a larger odd n can save levels
    return True


# Random maps


@given(interval_maps())
@few(400)
def test_random_maps_of_an_interval(f: oracle.Map) -> None:
    decision = decided(build(f))
    verify(f, decision)
    agrees(f, decision)


@given(line_maps())
@few(400)
def test_random_maps_of_the_line(f: oracle.Map) -> None:
    decision = decided(build(f))
    verify(f, decision)
    agrees(f, decision)


@given(far_maps())
@few(150)
def test_random_maps_that_doubles_cannot_hold(f: oracle.Map) -> None:
    decision = decided(build(f))
    verify(f, decision)
    agrees(f, decision)


def steep_map(rng: random.Random, laps: int, d: int) -> oracle.Map:
    """Up and down between values with one denominator, so that most such maps are chaotic or close to it."""
    xs = sorted(rng.sample(range(1, 4 * d), laps - 1))
    ys = [F(rng.randrange(d + 1), d) for _ in range(laps + 1)]
    return oracle.Map(tuple(zip([F(0), *(F(x, 4 * d) for x in xs), F(1)], ys, strict=True)))


def test_three_hundred_maps_of_every_kind_are_decided_as_the_naive_loop_does() -> None:
    """Between them the maps are ordered at levels 0, 1 and 2 and chaotic at levels 0 and 1: the comparison has bite."""
    rng = random.Random(1964)
    seen: dict[tuple[bool, int], int] = {}
    for i in range(300):
        f = steep_map(rng, 2 + i % 4, (3, 5, 7, 11, 16)[i % 5])
        decision = decided(build(f))
        verify(f, decision)
        if agrees(f, decision, cap=150):
            expected = oracle.decide(f, LEVELS, cap=150)
            assert expected is not None
            seen[expected.ordered, expected.level] = seen.get((expected.ordered, expected.level), 0) + 1
    assert sum(seen.values()) > 250
    assert set(seen) >= {(True, 0), (True, 1), (True, 2), (False, 0), (False, 1)}


@given(dense_layers(3, 4), st.sampled_from(["clip:0,1", "hardtanh"]))
@few(60)
def test_random_networks(layers: list[oracle.DenseLayer], last: str) -> None:
    weight, bias, _, _ = layers[-1]
    ends = (F(0), F(1)) if last == "clip:0,1" else (F(-1), F(1))
    layers = [*layers[:-1], (weight, bias, "clip", list(ends))]
    f = build_network(layers, ends).to_piecewise_linear()
    decision = decided(f)
    verify(read(f), decision)
    agrees(read(f), decision, cap=250)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("variance", [8.0, 64.0, 256.0])
def test_random_networks_of_the_paper(seed: int, variance: float) -> None:
    f = families.rnn(12, variance, seed).to_piecewise_linear()
    decision = decided(f)
    assert not isinstance(decision, NotDecided)
    verify(read(f), decision)
    agrees(read(f), decision, cap=120)


# The line


@pytest.mark.parametrize("right", SLOPES, ids=str)
@pytest.mark.parametrize("left", SLOPES, ids=str)
def test_all_pairs_of_end_slopes(left: Fraction, right: Fraction) -> None:
    """With one knot and with more: the oracle decides, and the proofs are replayed."""
    knots = [
        [(F(0), F(0))],
        [(F(0), F(1))],
        [(F(1), F(-1))],
        [(F(-1), F(1)), (F(0), F(-1)), (F(1), F(2))],
        [(F(0), F(0)), (F(1, 2), F(1)), (F(1), F(0))],
        [(F(0), F(1)), (F(1), F(0))],
    ]
    opinions = 0
    for points in knots:
        f = oracle.Map(tuple(points), (left, right))
        decision = decided(build(f))
        assert not isinstance(decision, NotDecided)
        verify(f, decision)
        opinions += agrees(f, decision)
    assert opinions >= 5


@pytest.mark.parametrize(
    ("knots", "slopes", "level"),
    [
        ([(0, 0)], (1, 1), 0),
        ([(0, 1)], (1, 1), 0),
        ([(0, 0)], (-1, -1), 1),
        ([(0, 5)], (-1, -1), 1),
        ([(0, 0)], (2, 2), 0),
        ([(0, 0)], (0, 0), 0),
        ([(0, 0)], (F(1, 2), 3), 0),
        ([(0, 1)], (0, 1), 0),
        ([(0, 0)], (1, -1), 0),
        ([(0, 0)], (-2, -2), 1),  # the ends of the line change places
        ([(0, 0)], (F(-1, 2), F(-1, 2)), 1),  # the ends again, though every orbit tends to 0
        ([(0, 0), (1, 1)], (0, 0), 0),
    ],
)
def test_ordered_maps_of_the_line(knots: list[tuple[int, int]], slopes: tuple[Fraction, Fraction], level: int) -> None:
    decision = decided(PiecewiseLinear(knots, slopes))
    assert isinstance(decision, Order)
    assert decision.level == level
    verify(oracle.make(knots, slopes), decision)


@given(unit_maps())
@few(60)
def test_a_clipped_map_of_the_line_is_decided_like_the_map_of_the_interval(f: oracle.Map) -> None:
    inside, line = decided(build(f)), decided(build(oracle.Map(f.knots, (F(0), F(0)))))
    assert type(inside) is type(line)
    if isinstance(inside, Order) and isinstance(line, Order):
        assert inside.level == line.level
        assert [outside(t) for t in (line.mesh[0], line.mesh[-1])] == list(
            oracle.core(oracle.Map(f.knots, (F(0), F(0))), line.core_steps)
        )


# Closed forms


CHAOTIC = {
    "the tent": families.tent(),
    "a skew tent": families.skew_tent(F(9, 10)),
    "a knot of period 3": PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)]),
    "the sawtooth with three teeth": families.sawtooth(3),
    "a tent above the golden mean": families.tent(F(81, 100)),
    "a tent of slope 5/4": families.tent(F(5, 8)),
    "a tent of slope 6/5": families.tent(F(3, 5)),
    "the tent on the line": PiecewiseLinear([("1/2", 1)], slopes=(2, -2)),
    "a steep line": PiecewiseLinear([(0, 1)], slopes=(3, -2)),
}


@pytest.mark.parametrize("name", CHAOTIC)
def test_chaotic_maps(name: str) -> None:
    f = CHAOTIC[name]
    decision = decided(f)
    assert isinstance(decision, OddReturn)
    verify(read(f), decision)
    assert agrees(read(f), decision, cap=1500)


def steep_sum(x: Fraction) -> Fraction:
    """.8x - 1.5(x-.2)+ + 5(x-.4)+ - 9(x-.5)+ + 11(x-.6)+ - 8.4(x-.7)+"""
    terms = [("-1.5", "0.2"), ("5", "0.4"), ("-9", "0.5"), ("11", "0.6"), ("-8.4", "0.7")]
    return F("0.8") * x + sum((F(a) * max(F(0), x - F(b)) for a, b in terms), F(0))


def test_ordered_in_spite_of_its_slopes() -> None:
    """max(0, steep_sum) has slopes up to 6.3: a large Lipschitz constant is no chaos."""
    marks = [F(i, 10) for i in (0, 2, 4, 5, 6, 7, 10)]
    sums = [(a, steep_sum(a), b, steep_sum(b)) for a, b in pairwise(marks)]
    roots = [a - (b - a) * u / (v - u) for a, u, b, v in sums if u * v < 0]
    f = oracle.Map(tuple((x, max(F(0), steep_sum(x))) for x in sorted({*marks, *roots})))
    assert all(oracle.value(f, F(i, 97)) == max(F(0), steep_sum(F(i, 97))) for i in range(98))
    assert max(abs(s) for _, _, s, _ in oracle.pieces(f)) > 6
    decision = decided(build(f))
    assert isinstance(decision, Order)
    verify(f, decision)
    assert agrees(f, decision)


ORDERED = {
    "1 - x": (PiecewiseLinear([(0, 1), (1, 0)]), 1),
    "x": (PiecewiseLinear([(0, 0), (1, 1)]), 0),
    "a constant": (PiecewiseLinear([(0, "1/3"), (1, "1/3")]), 0),
    "x/2": (PiecewiseLinear([(0, 0), (1, "1/2")]), 0),
    "1/2 - x/2": (PiecewiseLinear([(0, "1/2"), (1, 0)]), 0),
    "a low tent": (families.tent(F(1, 2)), 0),
    "a decreasing step, which a grid test of f^4 against f calls chaotic": (
        PiecewiseLinear([(0, ".93"), ("0.2266666666666666667", ".93"), (".78", ".1"), (1, ".1")]), 1
    ),
    "a plateau below the diagonal": (families.stunted_tent(F(1, 2)), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDERED)
def test_ordered_maps(name: str) -> None:
    f, level = ORDERED[name]
    decision = decided(f)
    assert isinstance(decision, Order)
    assert decision.level == level
    verify(read(f), decision)
    assert agrees(read(f), decision)


def test_the_clipped_decreasing_line_of_the_paper_s_grid_test() -> None:
    """min(.93, max(.1, .52 - 1.5 (x - .5))) never increases, so it has no period but 1 and 2."""
    low, high = (F("0.5") + (F("0.52") - y) / F("1.5") for y in (F("0.93"), F("0.1")))
    f = PiecewiseLinear([(0, ".93"), (low, ".93"), (high, ".1"), (1, ".1")])
    decision = decided(f)
    assert isinstance(decision, Order)
    assert decision.level == 1
    assert agrees(read(f), decision)


@pytest.mark.parametrize(("height", "level"), [("0.5", 0), ("0.7", 1), ("0.82", 2), ("0.824", 3)])
def test_stunted_tents_double_their_period(height: str, level: int) -> None:
    f = families.stunted_tent(height)
    expected = oracle.decide(read(f), LEVELS, cap=1500)
    assert expected == oracle.Verdict(True, level)
    decision = decided(f)
    assert isinstance(decision, Order)
    assert decision.level == level
    verify(read(f), decision)


@pytest.mark.parametrize("height", ["0.825", "0.83", "0.85", "0.9"])
def test_stunted_tents_above_the_limit_are_chaotic(height: str) -> None:
    f = families.stunted_tent(height)
    decision = decided(f)
    assert isinstance(decision, OddReturn | PeriodicOrbit)
    verify(read(f), decision)
    assert oracle.decide(read(f), 4, cap=1500) is None or agrees(read(f), decision, cap=1500)


@pytest.mark.parametrize("slope", [F(21, 20), F(9, 8), F(6, 5), F(4, 3), F(3, 2), F(8, 5), F(7, 4), F(2)])
def test_tents_of_slope_above_one_are_chaotic_and_below_ordered(slope: Fraction) -> None:
    """The entropy of the tent of slope s > 1 is log s; below 1 every orbit tends to 0."""
    f = families.tent(slope / 2)
    decision = decided(f)
    assert isinstance(decision, OddReturn | PeriodicOrbit)
    verify(read(f), decision)
    mirrored = decided(families.tent(1 / slope / 2))
    assert isinstance(mirrored, Order)
    assert mirrored.level == 0


@pytest.mark.parametrize("line", [False, True])
@pytest.mark.parametrize("shift", ["0", "1e30", "1e400"])
@pytest.mark.parametrize("scale", ["1", "1e20", "1e300", "1e320", "1e-20", "1e-320"])
def test_the_verdict_does_not_depend_on_the_unit_of_length(scale: str, shift: str, line: bool) -> None:
    """Doubles cannot hold these coordinates; they only guide the search, and the answer must be the same."""
    unit, origin = F(scale), F(shift)
    for heights, kind in (([0, 1, 0], OddReturn | PeriodicOrbit), ([1, F(1, 3), 0], Order)):
        f = oracle.Map(
            tuple((origin + unit * F(i, 2), origin + unit * y) for i, y in enumerate(map(F, heights))),
            (F(1), F(-1)) if line else None,
        )
        decision = decided(build(f))
        assert isinstance(decision, kind)
        verify(f, decision)


# Period three


@given(st.one_of(unit_maps(4), line_maps(3)))
@few(200)
def test_period_three_is_there_exactly_when_the_map_has_it(f: oracle.Map) -> None:
    try:
        expected = oracle.points_of_period(f, 3, cap=1500)
    except oracle.TooManyPieces:
        return
    decision = decided(build(f))
    if isinstance(decision, OddReturn):
        assert (decision.period_three is not None) is bool(expected)
    elif isinstance(decision, PeriodicOrbit):
        assert (len(decision.orbit) == 3) is bool(expected)
    elif isinstance(decision, Order):
        assert not expected


# Budgets and bad maps


def test_a_deep_cascade_is_not_decided_below_its_level() -> None:
    """min(tent, 0.8249) has a cycle of period 4, so no mesh exists at levels 0 and 1; nor has it period 3 or 6."""
    f = families.stunted_tent("0.8249")
    assert oracle.points_of_period(read(f), 4)
    assert not oracle.points_of_period(read(f), 6)
    decision = decided(f, max_level=1)
    assert isinstance(decision, NotDecided)
    assert "least period 4" in decision.reason
    assert "level 1" in decision.reason


def test_a_higher_level_decides_the_same_map() -> None:
    f = families.stunted_tent("0.824")
    assert isinstance(decided(f, max_level=2), NotDecided)
    assert isinstance(decided(f, max_level=3), Order)


@pytest.mark.parametrize("slope", [F(-2), F(-1, 2)])
def test_the_reason_claims_no_cycle_that_lies_at_infinity(slope: Fraction) -> None:
    """x -> s x, s < 0, s != -1, has no point of least period 2: only the ends of the line change places."""
    assert not oracle.points_of_period(oracle.make([(0, 0)], (slope, slope)), 2)
    decision = decided(PiecewiseLinear([(0, 0)], slopes=(slope, slope)), max_level=0)
    assert isinstance(decision, NotDecided)
    assert "f has a point of least period 2" not in decision.reason


@pytest.mark.parametrize("pieces", [0, 1, 2, 5])
@pytest.mark.parametrize("height", ["0.82", "0.824", "0.8249"])
def test_pieces_that_run_out_are_the_reason(pieces: int, height: str) -> None:
    decision = decided(families.stunted_tent(height), max_pieces=pieces)
    assert isinstance(decision, NotDecided)
    assert f"more than {pieces} pieces" in decision.reason
    assert "level" in decision.reason
    assert "\n" not in decision.reason


def test_time_that_has_run_out_is_the_reason() -> None:
    late = Budget(10_000, time_limit=5.0, started=time.monotonic() - 60)
    with pytest.raises(BudgetExceeded, match="time limit of 5 seconds"):
        late.check(0)
    for f in (families.tent(), families.stunted_tent("0.82"), PiecewiseLinear([(0, 0)], slopes=(-1, -1))):
        decision = decide(f, LEVELS, late, lambda _: None)
        assert isinstance(decision, NotDecided)
        assert "5 seconds" in decision.reason


def test_a_budget_bounds_pieces_from_above() -> None:
    Budget(10).check(10)
    with pytest.raises(BudgetExceeded, match="more than 10 pieces"):
        Budget(10).check(11)


def test_a_map_that_leaves_its_domain_is_not_decided_but_refused() -> None:
    f = PiecewiseLinear([(0, 0), (F(1, 2), F(11, 10)), (1, 0)])
    with pytest.raises(NotInvariantError) as caught:
        decided(f)
    assert (caught.value.point, caught.value.value) == (F(1, 2), F(11, 10))


def test_a_map_with_a_one_point_core() -> None:
    decision = decided(PiecewiseLinear([(0, F(1, 7)), (1, F(1, 7))]))
    assert isinstance(decision, Order)
    assert tuple(map(fraction, decision.mesh)) == (F(1, 7),)
    assert decision.level == 0


def test_progress_says_what_is_going_on() -> None:
    lines: list[str] = []
    decide(families.stunted_tent("0.82"), LEVELS, Budget(), lines.append)
    assert any("level 2" in line and "mesh" in line for line in lines)
    assert all(line and "\n" not in line for line in lines)


def test_the_same_map_gets_the_same_proof() -> None:
    f = families.rnn(20, 64.0, 5).to_piecewise_linear()
    assert decided(f) == decided(PiecewiseLinear(f.knots))


FEIGENBAUM = F(sum((bin(i).count("1") % 2) << (199 - i) for i in range(200)), 1 << 199)
"""About the height of the stunted tent up to which it has no chaos: twice the number with the binary digits of Thue and Morse."""


@pytest.mark.parametrize("bits", [12, 20, 40, 60])
def test_chaos_and_order_of_deep_cascades_are_found_without_trying_all_levels(bits: int) -> None:
    above, below = (families.stunted_tent(FEIGENBAUM + sign * F(1, 1 << bits)) for sign in (1, -1))
    chaos, order = decided(above), decided(below)
    assert isinstance(chaos, OddReturn | PeriodicOrbit)
    assert isinstance(order, Order)
    verify(read(above), chaos)
    verify(read(below), order)


def test_what_lies_beyond_the_last_level_is_said() -> None:
    deep = decided(families.stunted_tent(FEIGENBAUM + F(1, 1 << 60)), max_level=3)
    assert isinstance(deep, NotDecided)
    assert "beyond --max-level" in deep.reason
