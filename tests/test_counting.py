"""Exact counts against listing everything, closed forms, matrix powers and longer routes to the same number."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import islice, pairwise, repeat

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certify.counting import (
    Count,
    activation_breaks,
    counts,
    counts_of_sequence,
    iter_counts,
    iter_counts_of_sequence,
)
from certify.counting.bars import bars_of_path
from certify.counting.cutmap import CutMap
from certify.counting.doubles import rounded
from certify.counting.places import Places
from certify.counting.sleep import Sleep
from certify.errors import DomainError, NotInvariantError
from certify.families import rnn, sawtooth, skew_tent, stunted_tent, tent
from certify.network import Layer, Network
from certify.numbers import INF, NEG_INF, Extended, rational
from certify.piecewise import PiecewiseLinear
from tests import counting_oracle as listing
from tests import oracle
from tests.strategies import (
    build,
    build_network,
    dense_layers,
    few,
    inside,
    interval_maps,
    line_maps,
    self_maps,
    unit_maps,
)

F = Fraction
CAP = 500

levels = st.fractions(min_value=-3, max_value=3, max_denominator=6)


def iterates(f: oracle.Map, most: int) -> list[oracle.Map]:
    """f, f^2, ... as far as they have a moderate number of pieces."""
    found = [f]
    try:
        while len(found) < most:
            found.append(oracle.compose(f, found[-1], CAP))
    except oracle.TooManyPieces:
        pass
    return found


def compare(f: oracle.Map, most: int, a: F, b: F) -> None:
    """All counts of f against those of its listed iterates."""
    listed = iterates(f, most)
    found = counts(build(f), len(listed), crossings=(a, b), fixed_points=True)
    assert found.t == tuple(range(1, len(listed) + 1))
    assert list(found.regions) == [listing.regions(g) for g in listed]
    assert list(found.laps) == [listing.laps(g) for g in listed]
    assert list(found.crossings or ()) == [listing.crossings(g, a, b) for g in listed]
    assert list(zip(found.fixed_points or (), found.fixed_intervals or ())) == [listing.cycle_counts(g) for g in listed]


# Listing everything


@given(self_maps(), levels, levels)
@few(400)
def test_counts_agree_with_listing(f: oracle.Map, a: F, b: F) -> None:
    assume(a < b)
    compare(f, 6, a, b)


@given(st.one_of(unit_maps(2), line_maps(2)), levels, levels)
@few(200)
def test_counts_of_small_maps_agree_with_listing_for_longer(f: oracle.Map, a: F, b: F) -> None:
    assume(a < b)
    compare(f, 12, a, b)


@st.composite
def markov_maps(draw: st.DrawFn) -> oracle.Map:
    """Maps of [0, 1] all of whose knots have heights among knots, 0 and 1: every orbit of a knot meets knots only."""
    n = draw(st.integers(2, 6))
    xs = sorted(draw(st.sets(st.fractions(F(1, 20), F(19, 20), max_denominator=20), min_size=n - 1, max_size=n - 1)))
    xs = [F(0), *xs, F(1)]
    return oracle.Map(tuple((x, draw(st.sampled_from(xs))) for x in xs))


@given(markov_maps(), levels, levels)
@few(200)
def test_markov_maps_agree_with_listing(f: oracle.Map, a: F, b: F) -> None:
    assume(a < b)
    compare(f, 7, a, b)


CRITICAL = {
    "identity": oracle.make([(0, 0), (1, 1)]),
    "flip": oracle.make([(0, 1), (1, 0)]),
    "constant": oracle.make([(0, "1/3"), (1, "1/3")]),
    "constant after two steps": oracle.make([(0, "1/2"), ("1/2", "1/2"), (1, 1)]),
    "constant after a while": oracle.make([(0, 0), ("3/4", 0), (1, "4/5")]),
    "plateau on top": oracle.make([(0, 0), ("1/4", "1/2"), ("3/4", "1/2"), (1, 0)]),
    "plateau on a slope": oracle.make([(0, 0), ("1/4", "1/2"), ("3/4", "1/2"), (1, 1)]),
    "a lap that falls into a plateau": oracle.make(
        [(0, "1/10"), ("1/5", "9/10"), ("2/5", "1/2"), ("3/5", "1/2"), ("4/5", "11/20"), (1, 0)]
    ),
    "plateau of the identity": oracle.make([(0, "1/4"), ("1/4", "1/4"), ("1/2", "1/2"), (1, 0)]),
    "slopes 2 and 1/2 by turns": oracle.make([(0, 0), ("1/3", "2/3"), (1, 1)]),
    "equal slopes left and right of a preimage": oracle.make(
        [(0, "1/4"), ("1/4", "3/4"), ("1/2", 1), ("3/4", "1/2"), (1, "1/4")]
    ),
    "knot that touches the diagonal": oracle.make([(0, "1/4"), ("1/2", "1/2"), (1, "3/5")]),
    "knot that touches the diagonal and turns": oracle.make([(0, 0), ("1/2", "1/2"), (1, 0)]),
    "superattracting": oracle.make([(0, 0), ("2/5", 1), ("3/5", 1), (1, "1/2")]),
    "attracting 2-cycle": oracle.make([(0, 1), ("1/2", "1/2"), (1, "3/4")]),
    "x": oracle.make([(0, 0)], (1, 1)),
    "x + 1": oracle.make([(0, 1)], (1, 1)),
    "x - 1": oracle.make([(0, -1)], (1, 1)),
    "-x": oracle.make([(0, 0)], (-1, -1)),
    "1 - x/2": oracle.make([(0, 1)], ("-1/2", "-1/2")),
    "1 - 2x": oracle.make([(0, 1)], (-2, -2)),
    "7": oracle.make([(0, 7)], (0, 0)),
    "|x|": oracle.make([(0, 0)], (-1, 1)),
    "1 - 2|x|": oracle.make([(0, 1)], (2, -2)),
    "x + 1 beyond 0": oracle.make([(0, 1)], (-1, 1)),
    "exchanged ends": oracle.make([(0, 0), (1, -2)], (-2, "-1/2")),
    "exchanged ends, reflected": oracle.make([(0, 0)], (-2, "-1/2")),
    "relu": oracle.make([(0, 0)], (0, 1)),
    "a break that is mapped to a fixed point inside a plateau": oracle.make(
        [(0, "-1/2"), (1, 1), (2, 2), (3, "-1/2")], (0, "-1/2")
    ),
    "identity far out": oracle.make([(-1, -1), (0, 1), (1, 1)], (1, 1)),
}


@pytest.mark.parametrize("name", CRITICAL)
def test_critical_maps_agree_with_listing(name: str) -> None:
    compare(CRITICAL[name], 8, F(1, 4), F(2, 3))


def test_float_weights_agree_with_composition() -> None:
    for seed in range(40):
        f = rnn(12, 32, seed).to_piecewise_linear()
        listed = [f]
        while len(listed) < 8 and listed[-1].pieces < 3000:
            listed.append(f @ listed[-1])
        found = counts(f, len(listed), fixed_points=True)
        assert list(found.regions) == [g.pieces for g in listed]
        assert list(found.laps) == [len(g.turning[0]) + 1 for g in listed]
        assert list(found.fixed_points or ()) == [len(g.fixed_points().points) for g in listed]


# Activation regions


@given(dense_layers(3, 3), st.integers(1, 3))
@few(200)
def test_activation_regions_agree_with_listing(layers: list[oracle.DenseLayer], steps: int) -> None:
    weight, bias, _, _ = layers[-1]
    layers = [*layers[:-1], (weight, bias, "clip", [F(0), F(1)])]
    net = build_network(layers, (F(0), F(1)))
    found = counts(net.to_piecewise_linear(), steps, activation_breaks=activation_breaks(net))
    expected = [listing.activation_regions(layers, F(0), F(1), t)[0] for t in range(1, steps + 1)]
    assert list(found.activation_regions or ()) == expected
    assert list(activation_breaks(net)) == listing.activation_regions(layers, F(0), F(1), 1)[1]


@given(dense_layers(3, 3))
@few(100)
def test_activation_regions_of_the_line_agree_with_listing_of_a_long_interval(layers: list[oracle.DenseLayer]) -> None:
    far = F(10**15)
    net = build_network(layers, None)
    found = counts(net.to_piecewise_linear(), 2, activation_breaks=activation_breaks(net))
    expected = [listing.activation_regions(layers, -far, far, t)[0] for t in (1, 2)]
    assert list(found.activation_regions or ()) == expected


def test_kinks_that_cancel_are_activation_breaks_and_no_breaks_of_the_map() -> None:
    cancelling = Layer([[1], [1]], ["-1/2", "-1/2"], "relu")
    net = Network([cancelling, Layer([[1, -1]], ["1/3"], "identity")], (0, 1))
    assert net.to_piecewise_linear().pieces == 1
    assert activation_breaks(net) == (F(1, 2),)
    found = counts(net.to_piecewise_linear(), 3, activation_breaks=activation_breaks(net))
    assert found.regions == (1, 1, 1)
    assert found.activation_regions == (2, 2, 2)  # the first step is constant, and stays in one region ever after


def test_an_input_that_stays_on_a_threshold_changes_the_pattern_where_it_leaves() -> None:
    # the second unit gets -relu(x - 1/2), which is 0 left of 1/2 and negative right of it: its output is 0 everywhere
    net = Network(
        [Layer([[1]], ["-1/2"], "relu"), Layer([[-1]], [0], "relu"), Layer([[1]], ["1/4"], "identity")], (0, 1)
    )
    assert activation_breaks(net) == (F(1, 2),)
    assert net.to_piecewise_linear().pieces == 1


def test_activation_breaks_include_those_of_the_map() -> None:
    for seed in range(10):
        net = rnn(30, 64, seed)
        f = net.to_piecewise_linear()
        assert set(f.breaks) <= {rational(x) for x in activation_breaks(net)}


# Closed forms


@pytest.mark.parametrize("tip", ["1/2", "1/3", "2/7", 0.1])
def test_full_tents(tip: object) -> None:
    found = counts(skew_tent(tip), 300, crossings=(0, 1), fixed_points=True)
    powers = tuple(2**t for t in range(1, 301))
    assert found.regions == found.laps == found.crossings == found.fixed_points == powers
    assert set(found.fixed_intervals or ()) == {0}


@pytest.mark.parametrize("teeth", [1, 2, 3, 5, 8])
def test_sawteeth(teeth: int) -> None:
    found = counts(sawtooth(teeth), 40, crossings=(0, 1))
    powers = tuple(teeth**t for t in range(1, 41))
    assert found.regions == found.laps == found.crossings == powers


def test_sawtooth_with_more_than_one_tooth_fixes_one_point_in_each_lap() -> None:
    assert counts(sawtooth(3), 20, fixed_points=True).fixed_points == tuple(3**t for t in range(1, 21))
    assert counts(sawtooth(4), 20, fixed_points=True).fixed_points == tuple(4**t for t in range(1, 21))


def test_fibonacci() -> None:
    fibonacci = [1, 2]
    while len(fibonacci) < 302:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    found = counts(PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)]), 300)
    assert found.laps == tuple(fibonacci[1:301])


@pytest.mark.parametrize("height", ["1/2", "2/3"])
def test_low_stunted_tents_stay_simple(height: str) -> None:
    assert counts(stunted_tent(height), 60).laps == (2,) * 60


def test_stunted_tent_of_period_three() -> None:
    # 2/7 -> 4/7 -> 6/7: the plateau at 6/7 has period 3, and laps grow by the golden mean
    laps = counts(stunted_tent("6/7"), 200).laps
    assert abs(laps[-1] * 10**40 // laps[-2] - (10**40 + 10**40 * laps[-2] // laps[-1])) <= 2


def test_trivial_maps() -> None:
    ones = (1,) * 20
    for name in ("identity", "flip", "constant", "x", "x + 1", "-x", "7"):
        found = counts(build(CRITICAL[name]), 20)
        assert found.regions == found.laps == ones
    found = counts(build(CRITICAL["flip"]), 6, fixed_points=True, crossings=(0, 1))
    assert found.fixed_points == (1, 0, 1, 0, 1, 0)
    assert found.fixed_intervals == (0, 1, 0, 1, 0, 1)
    assert found.crossings == (1,) * 6


# Large t by another method


@st.composite
def zigzags(draw: st.DrawFn) -> list[int]:
    """Heights at 0, ..., n, integers from 0 to n, up and down in turn."""
    n = draw(st.integers(3, 7))
    heights = [draw(st.integers(0, n - 1))]
    for i in range(n):
        low, high = (heights[-1] + 1, n) if i % 2 == 0 else (0, heights[-1] - 1)
        heights.append(draw(st.integers(low, high)))
    return heights


@given(zigzags())
@few(60)
def test_laps_of_markov_zigzags_are_walks(heights: list[int]) -> None:
    f = PiecewiseLinear(list(enumerate(heights)))
    found = counts(f, 60)
    matrix = listing.transitions(heights)
    expected = tuple(listing.words(matrix, t) for t in range(1, 61))
    assert found.laps == found.regions == expected


@given(st.lists(st.integers(0, 5), min_size=6, max_size=6))
@few(60)
def test_cells_of_markov_maps_are_walks(heights: list[int]) -> None:
    assume(all(a != b for a, b in pairwise(heights)))
    f = PiecewiseLinear(list(enumerate(heights)))
    found = counts(f, 120, activation_breaks=range(1, 5))
    matrix = listing.transitions(heights)
    assert found.activation_regions == tuple(listing.words(matrix, t) for t in range(1, 121))


@given(interval_maps(), levels, levels)
@few(100)
def test_a_map_and_a_sequence_of_equal_maps_take_different_routes(f: oracle.Map, a: F, b: F) -> None:
    assume(a < b)
    again = (build(f) for _ in range(25))
    assert counts_of_sequence(again, crossings=(a, b)) == counts(build(f), 25, crossings=(a, b))


def test_float_weights_by_both_routes_for_longer() -> None:
    chaotic = 0
    for seed in range(12):
        f = rnn(24, 256, seed).to_piecewise_linear()
        found = counts(f, 40)
        assert found == counts_of_sequence(PiecewiseLinear(f.knots) for _ in range(40))
        chaotic += found.laps[-1] > 10**6
    assert chaotic > 1  # or else nothing large was compared


# Sequences


@given(st.lists(unit_maps(3), min_size=1, max_size=5), levels, levels)
@few(150)
def test_sequences_agree_with_listing(maps: list[oracle.Map], a: F, b: F) -> None:
    assume(a < b)
    listed = [maps[0]]
    try:
        for f in maps[1:]:
            listed.append(oracle.compose(f, listed[-1], CAP))
    except oracle.TooManyPieces:
        assume(False)
    found = counts_of_sequence(map(build, maps), crossings=(a, b))
    assert list(found.regions) == [listing.regions(g) for g in listed]
    assert list(found.laps) == [listing.laps(g) for g in listed]
    assert list(found.crossings or ()) == [listing.crossings(g, a, b) for g in listed]


@given(st.lists(line_maps(2), min_size=1, max_size=4), st.integers(0, 3))
@few(100)
def test_sequences_on_the_line_with_maps_that_come_again(maps: list[oracle.Map], first: int) -> None:
    built = [build(f) for f in maps]
    order = [first % len(maps), *range(len(maps)), 0]
    listed = [maps[order[0]]]
    try:
        for i in order[1:]:
            listed.append(oracle.compose(maps[i], listed[-1], CAP))
    except oracle.TooManyPieces:
        assume(False)
    found = counts_of_sequence([built[i] for i in order])
    assert list(found.regions) == [listing.regions(g) for g in listed]
    assert list(found.laps) == [listing.laps(g) for g in listed]


@given(st.lists(dense_layers(2, 3), min_size=1, max_size=3))
@few(60)
def test_activation_regions_of_sequences(nets: list[list[oracle.DenseLayer]]) -> None:
    nets = [[*net[:-1], (net[-1][0], net[-1][1], "clip", [F(0), F(1)])] for net in nets]
    built = [build_network(net, (F(0), F(1))) for net in nets]
    found = counts_of_sequence(
        [net.to_piecewise_linear() for net in built], activation_breaks=[activation_breaks(net) for net in built]
    )
    deep = [[layer for net in nets[:t] for layer in net] for t in range(1, len(nets) + 1)]
    expected = [listing.activation_regions(layers, F(0), F(1), 1)[0] for layers in deep]
    assert list(found.activation_regions or ()) == expected


def test_maps_of_different_domains() -> None:
    widen = PiecewiseLinear([(0, -1), (1, 1)])
    fold = PiecewiseLinear([(-1, 1), (0, 0), (1, 1)])
    assert counts_of_sequence([widen, fold, tent()], crossings=(0, 1)).laps == (1, 2, 4)
    assert counts_of_sequence([]).regions == ()


# Bars


@given(st.lists(st.integers(0, 9), min_size=2, max_size=9))
@few(300)
def test_bars_contain_an_interval_as_often_as_it_is_crossed(values: list[int]) -> None:
    f = oracle.make(enumerate(values))
    distinct = [*(y for y, z in pairwise(values) if y != z), values[-1]]
    turning = [y for x, y, z in zip(distinct, distinct[1:], distinct[2:]) if (x < y) != (y < z)]
    path = [distinct[0], *turning, distinct[-1]] if len(distinct) > 1 else distinct
    places = Places()
    bars = bars_of_path(places, [places.place(rational(y)) for y in path])
    assert len(bars) == (listing.laps(f) if len(path) > 1 else 0)
    for a in range(10):
        for b in range(a + 1, 10):
            containing = [1 for low, high in bars if places.value(low) <= a and b <= places.value(high)]
            assert len(containing) == listing.crossings(f, F(a), F(b))


# Places and sleep


@given(st.lists(st.fractions(), min_size=2, max_size=6), st.integers(-60, 60))
@few(200)
def test_places_are_ordered_as_their_points(points: list[F], shift: int) -> None:
    points = [*points, *(x + F(2) ** -80 for x in points), *(x * F(2) ** (20 * shift) for x in points)]
    places = Places()
    numbers = [places.place(rational(x)) for x in points]
    for x, i in zip(points, numbers):
        for y, j in zip(points, numbers):
            assert (i == j) == (x == y)
            assert places.below(i, j) == (x < y)


def test_rounding_is_monotone_beyond_the_doubles() -> None:
    huge = rational(10) ** 400
    values: list[Extended] = [
        NEG_INF,
        -huge,
        rational(-1),
        1 / -huge,
        rational(0),
        1 / huge,
        rational(1),
        huge,
        huge + 1,
        INF,
    ]
    assert [rounded(x) for x in values] == sorted(rounded(x) for x in values)
    places = Places()
    numbers = [places.place(x) for x in values]
    assert all(places.below(i, j) for i, j in pairwise(numbers))


@given(self_maps())
@few(400)
def test_sleeping_orbits_meet_no_knot_and_no_plateau(f: oracle.Map) -> None:
    m = CutMap(build(f), Places())
    sleep = Sleep(m)
    lo, hi = oracle.ends(f)
    true = oracle.canonical(f).knots if len(m.cuts) else ()
    knots = {x for x, _ in true} - {lo, hi}
    flat = [(a, b) for a, b, s, _ in oracle.pieces(f) if s == 0]
    starts = {
        z for x, _ in f.knots for y in (x, x + F(1, 8), x - F(3, 32)) if lo <= y <= hi for z in oracle.orbit(f, y, 3)
    }
    for start in sorted(starts):
        if sleep.well(m.places.place(inside(start))):
            for point in oracle.orbit(f, start, 15):
                assert point not in knots
                assert not any(a < point < b for a, b in flat)


def test_some_orbits_sleep() -> None:
    f = rnn(24, 64, 35).to_piecewise_linear()
    m = CutMap(f, Places())
    sleep = Sleep(m)
    assert sum(sleep.well(m.image(m.image(m.places.place(x)))) for x in f.breaks) > 10


# The interface


def test_iterating_gives_the_same_rows() -> None:
    f = tent()
    rows = list(islice(iter_counts(f, crossings=("1/4", "1/2"), fixed_points=True), 5))
    found = counts(f, 5, crossings=("1/4", "1/2"), fixed_points=True)
    assert [row.regions for row in rows] == list(found.regions)
    assert [row.crossings for row in rows] == list(found.crossings or ())
    assert rows[0] == Count(1, 2, 2, None, 2, 2, 0)
    endless = iter_counts_of_sequence(repeat(f))
    assert [row.laps for row in islice(endless, 5)] == list(found.laps)


def test_what_was_not_asked_for_is_none() -> None:
    found = counts(tent(), 3)
    assert found.activation_regions is found.crossings is found.fixed_points is found.fixed_intervals is None


def test_a_map_that_leaves_its_domain_is_refused_at_once() -> None:
    with pytest.raises(NotInvariantError):
        iter_counts(PiecewiseLinear([(0, 0), (1, 2)]))


def test_maps_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DomainError, match="outside the domain"):
        counts_of_sequence([PiecewiseLinear([(0, 0), (1, 2)]), tent()])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"crossings": (1, 0)}, "a < b"),
        ({"crossings": (1, 1)}, "a < b"),
        ({"activation_breaks": ["1/3"]}, "1/2 is missing"),
        ({"activation_breaks": [0, "1/2"]}, "inside the domain"),
        ({"activation_breaks": ["1/2", 2]}, "inside the domain"),
    ],
)
def test_nonsense_is_refused_at_once(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        iter_counts(tent(), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("T", [0, -3])
def test_no_step_is_no_count(T: int) -> None:
    with pytest.raises(ValueError, match="T >= 1"):
        counts(tent(), T)


def test_numpy_scalars_are_exact_levels() -> None:
    found = counts(tent(), 4, crossings=(np.float64(0.1), np.float32(0.75)))
    assert found.crossings == (2, 4, 8, 16)


def test_a_wide_network_against_the_listed_pieces() -> None:
    """Ten thousand units: the counts of f, f^2, f^3 against the maps themselves, composed piece by piece."""
    f = rnn(10_000, 64, 11).to_piecewise_linear()
    assert f.pieces > 1_000
    assert counts(f, 3).regions == tuple(f.iterate(t).pieces for t in (1, 2, 3))


def test_points_are_rounded_to_the_nearest_double() -> None:
    """As Python's division of integers rounds, midpoints of two doubles and their neighbours included; and monotonely."""
    generator = random.Random(7)
    points = [F(generator.getrandbits(k), generator.getrandbits(m) | 1) for k in (1, 54, 67, 400) for m in (1, 66, 900)]
    for _ in range(300):
        middle = F(2 * generator.getrandbits(53) + 2**54 + 1, 2**60)
        points += [middle, middle + F(1, 2**400), middle - F(1, 2**400)]
    points += [-x for x in points]
    assert [rounded(rational(x)) for x in points] == [x.numerator / x.denominator for x in points]
    near = [rounded(rational(x)) for x in sorted(x / 2**1080 for x in points)]
    assert near == sorted(near)
    assert rounded(rational(10**400)) == -rounded(rational(-(10**400))) == float("inf")
