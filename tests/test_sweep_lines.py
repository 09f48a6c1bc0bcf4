"""The filter against exact arithmetic: it may abstain, it may never disagree; its error bounds are compared with fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.families import rnn_from_arrays
from certify.network import Layer, Network
from certify.numbers import rational
from certify.sweep.draws import block
from certify.sweep.families import RNN, Initialised, pairs
from certify.sweep.lines import cells, cores, decide_blocks, decide_layers, decide_rnn, layers, levels, polylines, rnn
from certify.sweep.lines.polylines import Images, Polylines, ends_of
from certify.sweep.record import CHAOTIC, NO, ORDERED, UNDECIDED, YES
from tests import oracle
from tests.bench.sweep_agreement import disagreement, returns
from tests.strategies import few

F = Fraction
Floats = npt.NDArray[np.float64]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """As the filter's entries do: NaN and infinities arise where nothing is claimed."""
    with np.errstate(all="ignore"):
        yield


def one(a: list[float], b: list[float]) -> tuple[int, int, int, int, float]:
    """What the filter says of one network of RNN form, given with sorted b."""
    found: tuple[int, int, int, int, float] = decide_rnn(np.array([a], float), np.array([b], float))[0].tolist()
    return found


def weights_of(knots: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """a and b of the network whose graph has these knots, from (b_0, 0) on; dyadic numbers, so that nothing is rounded."""
    slopes = [0.0] + [(v - y) / (u - x) for (x, y), (u, v) in pairwise(knots)]
    return [t - s for s, t in pairwise(slopes)], [x for x, _ in knots[:-1]]


# Random draws


@pytest.mark.parametrize("width", [4, 16, 64])
@pytest.mark.parametrize("variance", [1, 4, 16, 64, 256, 1024])
def test_random_networks_get_the_verdicts_of_exact_arithmetic(width: int, variance: int) -> None:
    cell = RNN(width, rational(variance))
    weights = block(cell, 6, 0)
    records = decide_rnn(*weights)
    assert np.count_nonzero(records["verdict"] == UNDECIDED) < 8
    count = 60 if width < 64 else 25
    chaotic = np.flatnonzero(records["verdict"] == CHAOTIC)[:8].tolist()  # rare ones must not be missed
    for row in [*range(count), *chaotic]:
        assert not disagreement(cell.network(weights, row), records[row].tolist()), (row, records[row])


@pytest.mark.parametrize("row", ["1-he", "he-he", "he-uniform", "normal-truncated", "glorot-glorot"])
@pytest.mark.parametrize("clipped", [False, True])
@pytest.mark.parametrize("depth", [2, 3])
def test_networks_of_the_tables_get_the_verdicts_of_exact_arithmetic(row: str, clipped: bool, depth: int) -> None:
    for width in (2, 4):
        cell = Initialised(row, width, "relu", clipped, depth)
        weights = block(cell, 6, 0)
        records = decide_layers(pairs(weights), cell.output)
        assert np.count_nonzero(records["verdict"] == UNDECIDED) < 20
        chaotic = np.flatnonzero(records["verdict"] == CHAOTIC)[:5].tolist()
        for i in [*range(15), *chaotic]:
            assert not disagreement(cell.network(weights, i), records[i].tolist()), (width, i, records[i])


def test_wide_networks_of_the_tables() -> None:
    cell = Initialised("he-he", 64, "relu", False, 2)
    weights = [array[:40] for array in block(cell, 6, 0)]
    records = decide_layers(pairs(weights), cell.output)
    assert np.count_nonzero(records["verdict"] == UNDECIDED) < 4
    for i in range(6):
        assert not disagreement(cell.network(weights, i), records[i].tolist())


def test_blocks_are_decided_as_they_would_be_alone() -> None:
    blocks = [block(RNN(16, rational(64)), 3, number) for number in range(3)]
    together = decide_blocks((a, b) for a, b in blocks)
    alone = np.concatenate(
        [decide_rnn(a[i : i + 100], b[i : i + 100]) for a, b in blocks for i in range(0, len(a), 100)]
    )
    assert together.tobytes() == alone.tobytes()
    assert len(decide_blocks([])) == 0


# On the boundary


def small_networks(digits: int) -> st.SearchStrategy[tuple[list[float], list[float]]]:
    """Dyadic weights with few digits: ties, touching and exact cycles are the rule."""
    unit = 1 << digits
    b = st.lists(st.integers(0, unit - 1), min_size=1, max_size=5).map(sorted)
    a = st.lists(st.integers(-4 * unit, 4 * unit), min_size=5, max_size=5)
    return st.tuples(a, b).map(lambda t: ([v / unit * 2 for v in t[0][: len(t[1])]], [v / unit for v in t[1]]))


@few(400)
@given(st.integers(1, 4).flatmap(small_networks))
def test_networks_with_small_weights(weights: tuple[list[float], list[float]]) -> None:
    a, b = weights
    network = rnn_from_arrays(np.array(a), np.array(b))
    assert not disagreement(network, one(a, b)), one(a, b)


@few(150)
@given(
    st.lists(st.integers(-12, 12), min_size=7, max_size=7),
    st.sampled_from(["identity", "relu", "clip"]),
    st.booleans(),
)
def test_layers_with_small_weights(numbers: list[int], output: str, deep: bool) -> None:
    w1, b1, w2, b2 = numbers[:2], numbers[2:4], numbers[4:6], numbers[6:]
    arrays = [(np.array(w1, float).reshape(2, 1) / 4, np.array(b1, float) / 4)]
    if deep:
        arrays.append((np.array([[1, -1], w1], float) / 2, np.array(w2, float) / 4))
    arrays.append((np.array(w2, float).reshape(1, 2) / 4, np.array(b2, float) / 4))
    record = decide_layers([(w[None], b[None]) for w, b in arrays], output)[0].tolist()
    activations = [*["relu"] * (len(arrays) - 1), "clip:0,1" if output == "clip" else output]
    network = Network([Layer(w, b, name) for (w, b), name in zip(arrays, activations)], None)
    assert not disagreement(network, record), record


TOUCHING = {
    "slope -1 at the fixed point, so that all points near it have period 2": [(0, 0), (0.25, 0.75), (1, 0)],
    "slope -1 at the fixed point, on a short piece": [
        (0, 0),
        (0.25, 0.75),
        (0.375, 0.625),
        (0.625, 0.375),
        (1, 0.1875),
    ],
    "f touches the diagonal from below at a knot": [(0, 0), (0.5, 0.5), (1, 0.25)],
    "f touches the diagonal from below, and then is above": [(0, 0), (0.25, 0.25), (0.5, 0.25), (0.75, 1), (1, 0)],
    "a 2-cycle whose upper point is a knot, touched by f^2 from above": [
        (0.125, 0),
        (0.25, 0.75),
        (0.75, 0.25),
        (1, 0.5),
    ],
    "knots 1/4 -> 1/2 -> 1 -> 1/4: period 3 by equality": [(0, 0), (0.25, 0.5), (0.5, 1), (1, 0.25)],
    "f(1) = 1 at the end of a plateau": [(0, 0), (0.25, 1), (0.75, 1), (1, 1)],
    "the plateau's edge is a fixed point of f^2": [(0, 0), (0.25, 1), (0.5, 1), (1, 0.25)],
    "the plateau is left with f(1) = 0": [(0, 0), (0.25, 1), (0.5, 1), (1, 0)],
    "identity on a piece": [(0, 0), (0.25, 0.25), (0.5, 0.5), (0.75, 0.25), (1, 0.5)],
    "a full tent": [(0, 0), (0.5, 1), (1, 0)],
    "zero": [(0.5, 0), (1, 0)],
}


@pytest.mark.parametrize("what", TOUCHING)
def test_maps_on_the_boundary(what: str) -> None:
    a, b = weights_of(TOUCHING[what])
    network = rnn_from_arrays(np.array(a), np.array(b))
    for x, y in TOUCHING[what]:
        assert network(x) == F(y)
    assert not disagreement(network, one(a, b)), one(a, b)


@pytest.mark.parametrize("aside", [-(2.0**-16), 2.0**-16])
def test_a_little_off_the_boundary_the_filter_speaks(aside: float) -> None:
    steep = weights_of([(0.0625, 0), (0.25, 0.75), (1, aside)])
    three = weights_of(
        [(0.0625, 0), (0.25, 0.5 + aside), (0.5, 0.75 + 3 * aside), (0.75, 0.25 - 5 * aside), (1, 0.125)]
    )
    for a, b in (steep, three):
        record = one(a, b)
        assert record[0] != UNDECIDED
        assert not disagreement(rnn_from_arrays(np.array(a), np.array(b)), record)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([0.0] * 5, [0.1, 0.2, 0.2, 0.2, 0.9]),
        ([8.0, -8.0, 8.0], [0.25, 0.25, 0.25]),
        ([3.0, -9.0, 14.0, -9.0], [0.0, 0.0, 0.5, 0.5]),
        ([1e-200, -1e-200], [0.0, 0.5]),
        ([5e-324, 4.0, -8.0], [0.0, 0.0, 0.5]),
        ([1e300, -1e300], [0.25, 0.5]),
        ([1e160, 1e160], [0.25, 0.5]),
        ([2.0, -4.0], [0.0, np.nextafter(0.5, 1)]),
        ([4.0], [np.nextafter(1.0, 0)]),
    ],
)
def test_equal_knots_zero_huge_and_tiny_weights(a: list[float], b: list[float]) -> None:
    assert not disagreement(rnn_from_arrays(np.array(a), np.array(b)), one(a, b)), one(a, b)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_left_alone(bad: float) -> None:
    for a, b in (([1.0, bad], [0.1, 0.2]), ([bad, 3.0], [0.1, 0.2])):
        assert one(a, b)[0] == UNDECIDED
    arrays = [(np.array([[[1.0], [bad]]]), np.zeros((1, 2))), (np.ones((1, 1, 2)), np.zeros((1, 1)))]
    assert decide_layers(arrays, "relu")["verdict"].tolist() == [UNDECIDED]


def test_one_bad_draw_does_not_disturb_the_others() -> None:
    a, b = (array[:50].copy() for array in block(RNN(16, rational(64)), 1, 0))
    before = decide_rnn(a, b)
    a[7] = np.nan
    after = decide_rnn(a, b)
    assert after[7]["verdict"] == UNDECIDED
    assert np.delete(after, 7).tobytes() == np.delete(before, 7).tobytes()


# Known maps


def test_known_maps() -> None:
    near = 2.0**-20
    chaotic, (order, swap) = (
        one(*weights_of([(0, 0), (0.5, 1 - near), (1, 0.125)])),
        (
            one(*weights_of([(0, 0), (0.5, 0.25), (1, 0.75)])),
            one(*weights_of([(0, 0), (0.125, 0.75), (0.375, 0.75), (0.7, 0.2), (1, 0.2)])),
        ),
    )
    assert chaotic[:4] == (CHAOTIC, 0, 3, YES)
    assert order[:4] == (ORDERED, 0, 0, NO)
    assert swap[:2] == (ORDERED, 1)


def test_the_tent_and_minus_the_line() -> None:
    tent = [(np.array([[[1.0], [1.0]]]), np.array([[0.0, -0.5]])), (np.array([[[1.9375, -3.75]]]), np.zeros((1, 1)))]
    assert decide_layers(tent, "clip")[0].tolist()[:4] == (CHAOTIC, 0, 3, YES)
    assert decide_layers(tent, "relu")[0].tolist()[:4] == (CHAOTIC, 0, 3, YES)
    swap = [(np.array([[[1.0], [-1.0]]]), np.zeros((1, 2))), (np.array([[[-2.0, 2.0]]]), np.zeros((1, 1)))]
    assert decide_layers(swap, "identity")["verdict"].tolist() == [UNDECIDED]  # it exchanges the ends of the line


# The error bounds


def maps(
    count: int = 40, width: int = 12, variance: float = 100.0, seed: int = 0
) -> tuple[Polylines, list[oracle.Map]]:
    """Enclosed maps from doubles, and the true maps of the same networks, clipped."""
    generator = np.random.default_rng(seed)
    a = generator.normal(0.0, (variance / width) ** 0.5, (count, width))
    b = np.sort(generator.random((count, width)), axis=1)
    f, sure = rnn._polylines(a, b)
    assert sure.all()
    return f, [true_map(rnn_from_arrays(weight, bias)) for weight, bias in zip(a, b)]


def true_map(network: Network) -> oracle.Map:
    return oracle.Map(network.to_piecewise_linear().knots)


def knots_of(f: Polylines, row: int) -> list[tuple[float, float, float, float]]:
    part = slice(f.ends[row], f.ends[row + 1])
    return list(zip(f.x[part].tolist(), f.ex[part].tolist(), f.y[part].tolist(), f.ey[part].tolist()))


def misses(f: Polylines, row: int, value: Any, low: Fraction, high: Fraction) -> int:
    """How many knots of a row have no true point of the graph of `value`, cut at low and high, in their rectangle.

    The graph passes through a rectangle if it does so over its base: over x +- ex it takes a value in y +- ey.
    """
    wrong = 0
    for x, ex, y, ey in knots_of(f, row):
        base = [min(max(F(x) + t * F(ex), F(f.x[f.ends[row]])), F(f.x[f.ends[row + 1] - 1])) for t in (-1, 0, 1)]
        values = [min(max(value(t), low), high) for t in base]
        wrong += not (min(values) <= F(y) + F(ey) and max(values) >= F(y) - F(ey))
    return wrong


def test_the_knots_of_a_network_are_where_they_are_said_to_be() -> None:
    f, true = maps()
    for row, g in enumerate(true):
        low = min(F(y) for _, _, y, _ in knots_of(f, row)) - 1  # clipped above alone
        exact = rnn_value(row)
        assert misses(f, row, exact, low, F(1)) == 0
        assert oracle.value(g, F(1)) == min(max(exact(F(1)), F(0)), F(1))


def rnn_value(row: int, count: int = 40, width: int = 12, variance: float = 100.0) -> Any:
    generator = np.random.default_rng(0)
    a = generator.normal(0.0, (variance / width) ** 0.5, (count, width))[row]
    b = np.sort(generator.random((count, width)), axis=1)[row]
    return lambda x: sum((F(w) * max(x - F(c), F(0)) for w, c in zip(a.tolist(), b.tolist())), F(0))


def composed_maps() -> tuple[Polylines, Polylines, list[oracle.Map]]:
    """Cut maps g, their squares, and the true maps; only rows that were understood."""
    f, true = maps()
    g, rows, _ = cores.core(f)
    images = Images(g, g)
    kept = images.sure_rows
    g, rows = g.pick(kept), rows[kept]
    square, _, _ = cells.composed(g, Images(g, g))
    return g, square, [true[row] for row in rows.tolist()]


def test_compositions_enclose_the_true_ones() -> None:
    g, square, true = composed_maps()
    assert len(true) > 5
    for row, f in enumerate(true):
        low, high = F(g.x[g.ends[row]]), F(g.y[g.ends[row] : g.ends[row + 1]].max())

        def cut(x: Fraction, f: oracle.Map = f, low: Fraction = low, high: Fraction = high) -> Fraction:
            return min(max(oracle.value(f, x), low), high)

        assert misses(square, row, lambda x: cut(cut(x)), low, high) == 0, row


def test_values_and_places_are_enclosed() -> None:
    f, true = maps()
    generator = np.random.default_rng(5)
    for row, g in enumerate(true):
        x = generator.uniform(f.x[f.ends[row]], 1.0, 40)
        places, sure = f.locate(np.full(len(x), row), x, np.zeros(len(x)))
        values, errors = f.value(places, x, np.zeros(len(x)))
        for point, certain, value, error in zip(x.tolist(), sure.tolist(), values.tolist(), errors.tolist()):
            if certain:
                exact = rnn_value(row)(F(point))
                assert abs(min(exact, F(1)) - F(value)) <= F(error)
                assert oracle.value(g, F(point)) == min(max(exact, F(0)), F(1))


def test_signals_of_layers_are_enclosed() -> None:
    generator = np.random.default_rng(7)
    arrays = [generator.normal(size=shape) for shape in ((6, 5, 1), (6, 5), (6, 4, 5), (6, 4))]
    x, ex = generator.normal(size=(6, 8)), np.full((6, 8), 1e-9)
    value, error = layers._signal([(arrays[0], arrays[1]), (arrays[2], arrays[3])], x, ex)
    for row in range(6):
        w1, b1, w2, b2 = ([F(v) for v in array[row].ravel().tolist()] for array in arrays)
        for i in range(8):
            for shift in (-1, 0, 1):
                point = F(float(x[row, i])) + shift * F(1e-9)
                hidden = [max(w * point + b, F(0)) for w, b in zip(w1, b1)]
                for j in range(4):
                    exact = sum((w2[5 * j + m] * hidden[m] for m in range(5)), b2[j])
                    assert abs(exact - F(float(value[row, i, j]))) <= F(float(error[row, i, j]))


def test_without_error_bounds_the_filter_would_be_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounds are needed: with all of them 0 some network on the boundary gets a wrong verdict."""
    candidates = boundary_networks()
    with_bounds = [disagreement(rnn_from_arrays(a, b), one(a.tolist(), b.tolist())) for a, b in candidates]
    assert not any(with_bounds)
    for module in (polylines, cores, cells, layers):
        if hasattr(module, "GRAIN"):
            monkeypatch.setattr(module, "GRAIN", 0.0)
    monkeypatch.setattr(rnn, "UNIT", 0.0)
    without = [disagreement(rnn_from_arrays(a, b), one(a.tolist(), b.tolist())) for a, b in candidates]
    assert any(without)


def boundary_networks() -> list[tuple[Floats, Floats]]:
    """Maps that fall with slope -1, up to the rounding of one weight: whether f has a 2-cycle hangs on the last bit."""
    generator = np.random.default_rng(0)
    found = []
    for _ in range(120):
        tip = 0.1 + 0.3 * generator.random()
        up = (tip + 0.02 + (0.9 - tip) * generator.random()) / tip
        found.append((np.array([up, -(up + 1.0)]), np.array([2.0**-10, tip])))
    return found


def test_witnesses_are_proved_in_exact_arithmetic() -> None:
    cell = RNN(16, rational(1024))
    weights = block(cell, 2, 0)
    records = decide_rnn(*weights)
    chaotic = np.flatnonzero(records["verdict"] == CHAOTIC).tolist()
    assert len(chaotic) > 100
    for row in chaotic[:60]:
        _, level, n, period3, x = records[row].tolist()
        assert returns(cell.network(weights, row), F(x), 1 << level, n)
        assert (period3 == YES) == ((level, n) == (0, 3))


def test_a_witness_that_is_wrong_is_not_proved() -> None:
    f, _ = maps()
    g, rows, _ = cores.core(f)
    x = g.x[g.starts] + 1e-3
    row = np.arange(len(rows))
    proved = levels.returns(g, row, x, np.ones(len(row), int), np.full(len(row), 3))
    for i in row[proved].tolist():
        exact = rnn_value(int(rows[i]))
        points = [F(float(x[i]))]
        for _ in range(3):
            points.append(min(max(exact(points[-1]), F(0)), F(1)))
        assert points[3] <= points[0] < points[1]


def test_rows_of_different_lengths() -> None:
    counts = np.array([3, 2, 5])
    assert ends_of(counts).tolist() == [0, 3, 5, 10]
    owner, number = polylines.spread(counts)
    assert owner.tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 2, 2]
    assert number.tolist() == [0, 1, 2, 0, 1, 0, 1, 2, 3, 4]


def test_cascades_are_decided() -> None:
    """Unimodal maps between order and chaos: every level is met, and only exact coincidences are left."""
    levels_met = set()
    for i in range(120):
        record = one([3.0, -3.0 - i / 60 - 1 / 977], [0.0, 0.25])
        assert record[0] != UNDECIDED
        levels_met.add(record[:2])
        if i % 6 == 0:
            network = rnn_from_arrays(np.array([3.0, -3.0 - i / 60 - 1 / 977]), np.array([0.0, 0.25]))
            assert not disagreement(network, record), record
    assert {(ORDERED, 0), (CHAOTIC, 0)} <= levels_met
