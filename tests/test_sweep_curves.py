"""The filter for tanh networks: its tanh against balls, its enclosures against mpmath, its verdicts against balls and closed forms."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args

import mpmath
import numpy as np
import pytest
from mpmath import mp

from certify.decision.budget import Budget
from certify.enclosure.decide import OddReturnBox, OrderBox, decide_box
from certify.families import INITIALISATIONS, Floats
from certify.network import Network
from certify.numbers import Q, arb, ctx
from certify.sweep.curves import decide_layers, images
from certify.sweep.curves.hyperbolic import ERROR, table, tanh
from certify.sweep.curves.images import Networks, Output
from certify.sweep.draws import block
from certify.sweep.families import BLOCK, Initialised, pairs
from certify.sweep.record import CHAOTIC, NO, NOT_KNOWN, ORDERED, UNDECIDED, YES

OUTPUTS = get_args(Output)

# tanh


def error(z: float) -> Any:
    """How far the computed value is from the truth: a ball."""
    with ctx.workprec(200):
        return abs(arb(Q(*float(tanh(np.array([z]))[0]).as_integer_ratio())) - arb(Q(*z.as_integer_ratio())).tanh())


def test_every_entry_of_the_table_is_within_half_a_unit() -> None:
    entries = table()
    assert len(entries) == 2 * 10_240 + 1
    assert entries[10_240] == 0
    with ctx.workprec(200):
        for j in range(-10_240, 10_241):
            truth = arb(Q(j, 512)).tanh()
            assert abs(arb(Q(*float(entries[j + 10_240]).as_integer_ratio())) - truth) <= arb(2) ** -53


def points() -> list[float]:
    """Nodes and their neighbours, the places between two nodes, where the polynomial is worst, and everywhere else."""
    random = np.random.default_rng(1)
    nodes = np.concatenate([np.arange(0, 700), random.integers(700, 10_241, 200)]) / 512
    between = nodes + 1 / 1024
    spread = np.concatenate([random.normal(size=400), 20 * random.random(200), 10 ** random.uniform(-320, 308, 200)])
    ends = [0.0, 5e-324, 2.0**-1022, 20.0, 19.9990234375, 1e308, np.finfo(float).max]
    right = np.concatenate([nodes, between, np.nextafter(between, 0), np.nextafter(between, 99), spread, ends])
    return [*right.tolist(), *(-right).tolist()]


def test_tanh_is_within_its_bound() -> None:
    assert all(error(z) < ERROR for z in points())


def test_the_bound_is_not_much_too_wide() -> None:
    worst = max(float(error(z).upper()) for z in points())
    assert ERROR / 4 < worst < ERROR


# Enclosures


def weights(seed: int, count: int, sizes: tuple[int, ...], scale: float) -> list[tuple[Floats, Floats]]:
    random = np.random.default_rng(seed)
    return [
        (scale * random.normal(size=(count, n_out, n_in)), scale * random.normal(size=(count, n_out)))
        for n_in, n_out in zip(sizes, sizes[1:])
    ]


def value_and_slope(layers: list[tuple[Floats, Floats]], output: Output, x: Fraction) -> tuple[Any, Any]:
    """f(x) and f'(x) of one network by mpmath."""
    signal, slopes = [mp.mpf(x.numerator) / x.denominator], [mp.mpf(1)]
    for i, (w, b) in enumerate(layers):
        if i:
            signal = [mp.tanh(z) for z in signal]
            slopes = [(1 - t * t) * s for t, s in zip(signal, slopes)]
        signal, slopes = (
            [mp.fdot(zip(map(mp.mpf, row.tolist()), signal)) + mp.mpf(float(c)) for row, c in zip(w, b)],
            [mp.fdot(zip(map(mp.mpf, row.tolist()), slopes)) for row in w],
        )
    (y,), (s,) = signal, slopes
    match output:
        case "tanh":
            return mp.tanh(y), mp.sech(y) ** 2 * s
        case "clip":
            return min(max(y, mp.mpf(0)), mp.mpf(1)), s if 0 < y < 1 else mp.mpf(0)
    return y, s


def exactly(y: Any) -> Fraction:
    """The rational that a number of mpmath is."""
    return Fraction(*map(int, mpmath.libmp.to_rational(y._mpf_)))


def misses(layers: list[tuple[Floats, Floats]], output: Output, radius: float, middle: Floats | None = None) -> int:
    """How often a value or a slope lies outside the enclosure, over intervals of this radius, one for each network."""
    networks, random = Networks(layers, output), np.random.default_rng(5)
    count = len(layers[0][1])
    assert networks.sound.all()
    if middle is None:
        middle = networks.lo + (networks.hi - networks.lo) * random.random(count)
    lo, hi = np.maximum(middle - radius, networks.lo), np.minimum(middle + radius, networks.hi)
    found = networks.images(np.arange(count), lo, hi)
    missed = 0
    with mp.workdps(60):
        for i in range(count):
            one = [(w[i], b[i]) for w, b in layers]
            for part in (Fraction(0), Fraction(1, 3), Fraction(random.random()), Fraction(1)):
                x = Fraction(lo[i]) + part * (Fraction(hi[i]) - Fraction(lo[i]))
                y, slope = value_and_slope(one, output, x)
                missed += not found.lo[i] <= y <= found.hi[i]
                missed += not found.least[i] <= slope <= found.most[i]
    return missed


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("sizes", [(1, 2, 1), (1, 16, 1), (1, 3, 4, 1)])
@pytest.mark.parametrize(
    ("radius", "scale"), [(0.0, 1.0), (0.0, 1e-8), (0.0, 30.0), (1e-9, 1.0), (1e-3, 3.0), (0.1, 1.0), (1, 2.0)]
)
def test_enclosures_hold_values_and_slopes(output: Output, sizes: tuple[int, ...], radius: float, scale: float) -> None:
    assert misses(weights(len(sizes), 12, sizes, scale), output, radius) == 0


@pytest.mark.parametrize("sizes", [(1, 16, 1), (1, 3, 4, 1)])
@pytest.mark.parametrize("name", ["ERROR", "SECOND"])
def test_smaller_bounds_would_be_wrong(sizes: tuple[int, ...], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, name, 2.0**-60)
    radius = 0.0 if name == "ERROR" else 0.5
    assert misses(weights(1, 40, sizes, 1.0), "identity", radius) > 0


def test_rounding_counts_where_a_sum_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    """w x + b is near 0 with |w| near 10^6: its rounding is far above the error of tanh."""
    (w, _), outer = weights(1, 40, (1, 1, 1), 1e6)
    place = np.random.default_rng(2).random(40)
    layers = [(w, -w[:, :, 0] * place[:, None]), (outer[0] / 1e6, outer[1] / 1e6)]
    assert misses(layers, "tanh", 0.0, place) == 0
    monkeypatch.setattr(images, "ROUNDING", 2.0**-80)
    assert misses(layers, "tanh", 0.0, place) > 0


@pytest.mark.parametrize("output", OUTPUTS)
def test_enclosures_of_iterates(output: Output) -> None:
    layers = weights(3, 30, (1, 4, 1), 1.5)
    networks = Networks(layers, output)
    lo = networks.lo + 0.3 * (networks.hi - networks.lo)
    found = networks.iterate(np.arange(30), lo, lo + 1e-4, 3)
    for i in range(30):
        x, slope = Fraction(lo[i]), mp.mpf(1)
        with mp.workdps(60):
            for _ in range(3):
                y, s = value_and_slope([(w[i], b[i]) for w, b in layers], output, x)
                x, slope = exactly(y), slope * s
            assert found.lo[i] <= y <= found.hi[i]
            assert found.least[i] <= slope <= found.most[i]


# Verdicts


def net(*layers: tuple[Any, Any]) -> list[tuple[Floats, Floats]]:
    """One network as a batch of one."""
    return [(np.array([w], float).reshape(1, len(b), -1), np.array([b], float)) for w, b in layers]


def scaled_tanh(a: float) -> list[tuple[Floats, Floats]]:
    """x -> a tanh x."""
    return net(([[1]], [0]), ([[a]], [0]))


def decided(layers: list[tuple[Floats, Floats]], output: str = "identity") -> tuple[int, int]:
    (record,) = decide_layers(layers, output)
    if record["verdict"] == ORDERED:
        assert (record["n"], record["period3"]) == (0, NO)
        assert np.isnan(record["x"])
    return int(record["verdict"]), int(record["level"])


@pytest.mark.parametrize("a", [-0.999, -0.5, 0.0, 0.5, 0.999, 1.001, 2.0, 9.0])
def test_a_tanh_x_has_no_2_cycle_for_a_above_minus_1(a: float) -> None:
    assert decided(scaled_tanh(a)) == (ORDERED, 0)


@pytest.mark.parametrize("a", [-1.001, -1.1, -2.0, -9.0])
def test_a_tanh_x_has_a_2_cycle_for_a_below_minus_1(a: float) -> None:
    """It is odd and falls: f(f(x)) rises, so level 1; a cycle is where a tanh x = -x."""
    assert decided(scaled_tanh(a)) == (ORDERED, 1)


@pytest.mark.parametrize("k", range(4, 60, 4))
@pytest.mark.parametrize("side", [-1, 1])
def test_next_to_the_bifurcation_it_abstains_or_is_right(k: int, side: int) -> None:
    """-(1 + e) tanh has a 2-cycle for e > 0, none for e <= 0; at |e| = 2^-60 the double is 1."""
    a = -(1 + side * 2.0**-k)
    truth = (ORDERED, 1 if a < -1 else 0)
    assert decided(scaled_tanh(a)) in (truth, (UNDECIDED, 0))


def test_a_fixed_point_of_slope_exactly_minus_1_is_never_a_cycle() -> None:
    assert decided(scaled_tanh(-1.0)) in ((ORDERED, 0), (UNDECIDED, 0))


def test_a_map_that_touches_the_diagonal() -> None:
    """tanh x has slope 1 at its only fixed point; it never decreases."""
    assert decided(scaled_tanh(1.0)) == (ORDERED, 0)


@pytest.mark.parametrize("output", OUTPUTS)
def test_constant_maps(output: Output) -> None:
    assert decided(net(([[0], [1]], [3, 0]), ([[0, 0]], [0.25])), output) == (ORDERED, 0)
    assert decided(net(([[0], [0]], [3, 1]), ([[1, -2]], [0.25])), output) == (ORDERED, 0)


def test_a_clip_that_swaps_its_ends() -> None:
    """A steep fall from 1 to 0: the plateaus make 0 -> 1 -> 0 a cycle."""
    assert decided(net(([[8]], [-4]), ([[-2]], [0.5])), "clip") == (ORDERED, 1)


def test_a_clip_with_a_plateau_on_the_diagonal() -> None:
    """All of [0, 1] goes to 1; and all of it to 0."""
    assert decided(net(([[1]], [0]), ([[1]], [5])), "clip") == (ORDERED, 0)
    assert decided(net(([[1]], [0]), ([[1]], [-5])), "clip") == (ORDERED, 0)


# A family with all there is between order and chaos


def humps(heights: Floats) -> list[tuple[Floats, Floats]]:
    """h (tanh(12 x - 4) - tanh(12 x - 8)) + 1/100 for each height h: a bump over [1/3, 2/3]."""
    count = len(heights)
    inner = np.tile([[12.0], [12.0]], (count, 1, 1)), np.tile([-4.0, -8.0], (count, 1))
    return [inner, (np.stack([heights, -heights], axis=1)[:, None, :], np.full((count, 1), 0.01))]


HEIGHTS = np.concatenate([np.linspace(0.05, 0.32, 28), np.linspace(0.321, 0.343, 45), np.linspace(0.35, 0.6, 26)])


def test_the_humps_go_from_order_to_chaos() -> None:
    records = decide_layers(humps(HEIGHTS), "identity")
    for height, record in zip(HEIGHTS.tolist(), records):
        verdict, level, _, period3, _ = record.tolist()
        assert verdict != UNDECIDED or 0.32 < height < 0.34, "next to a bifurcation alone"
        assert (verdict, period3) != (CHAOTIC, NOT_KNOWN)
        if verdict == ORDERED:
            assert settles(height) == 2**level
        elif verdict == CHAOTIC:
            assert returns(height, record.tolist())
        assert (period3 == YES) == shows_period_three(height) or verdict == UNDECIDED
    kinds = {(int(record["verdict"]), int(record["level"])) for record in records}
    assert kinds >= {(ORDERED, 0), (ORDERED, 1), (ORDERED, 2), (CHAOTIC, 0), (CHAOTIC, 1)}
    assert {3, 5} <= set(records["n"].tolist())


def hump(height: float, x: Any) -> Any:
    return height * (np.tanh(12 * x - 4) - np.tanh(12 * x - 8)) + 0.01


def settles(height: float) -> int:
    """The period, a power of 2, to which the orbit of the top of the hump converges."""
    orbit = [0.5]
    for _ in range(20_000):
        orbit.append(float(hump(height, orbit[-1])))
    return next(2**j for j in range(8) if abs(orbit[-1] - orbit[-1 - 2**j]) < 1e-8)


def shows_period_three(height: float) -> bool:
    """Whether f^3(x) < x < f(x), or the mirror image, somewhere on a fine grid."""
    x = np.linspace(-0.5, 1.5, 400_001)
    once = hump(height, x)
    third = hump(height, hump(height, once))
    return bool((((once > x) & (third < x)) | ((once < x) & (third > x))).any())


def returns(height: float, record: tuple[int, int, int, int, float]) -> bool:
    """Whether the recorded point is one for the recorded level and n, by 100 digits."""
    _, level, n, _, start = record
    with mp.workdps(100):
        h, x, values = mp.mpf(height), mp.mpf(start), []
        for _ in range(n << level):
            x = h * (mp.tanh(12 * x - 4) - mp.tanh(12 * x - 8)) + mp.mpf(0.01)
            values.append(x)
        first, last = values[(1 << level) - 1], values[-1]
        return bool(last < start < first or last > start > first)


def test_a_clipped_hump_is_the_same_inside() -> None:
    heights = np.array([0.31, 0.33, 0.335, 0.45])
    assert decide_layers(humps(heights), "clip").tolist()[3][:4] == (CHAOTIC, 0, 3, YES)
    assert decide_layers(humps(heights), "clip")["level"].tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300, -1e19])
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("part", [0, 1])
def test_hostile_weights_are_left_alone_and_disturb_nobody(bad: float, layer: int, part: int) -> None:
    layers = weights(2, 5, (1, 2, 1), 1.0)
    before = decide_layers(layers, "tanh")
    layers[layer][part][2] = bad
    after = decide_layers(layers, "tanh")
    assert after["verdict"][2] == UNDECIDED
    others = [0, 1, 3, 4]
    assert after[others].tobytes() == before[others].tobytes()
    assert before["verdict"].all()


def test_no_networks_at_all() -> None:
    assert len(decide_layers(weights(2, 0, (1, 2, 1), 1.0), "tanh")) == 0


def test_what_a_row_gets_does_not_depend_on_the_rows_around_it() -> None:
    layers = pairs(block(Initialised("he-uniform", 4, "tanh"), 5, 0))
    whole = decide_layers(layers, "tanh")
    parts = [decide_layers([(w[i::3], b[i::3]) for w, b in layers], "tanh") for i in range(3)]
    assert all(whole[i::3].tobytes() == part.tobytes() for i, part in enumerate(parts))


# Draw by draw against balls


def by_balls(cell: Initialised, drawn: Any, row: int) -> tuple[int, int]:
    """The verdict of `decide_box`; for an output without activation, on an interval that holds all values."""
    network = cell.network(drawn, row)
    if cell.output == "identity":
        layers = pairs(drawn)
        bound = Q(int(np.ceil(abs(layers[-1][0][row]).sum() + abs(layers[-1][1][row]).sum())) + 1)
        network = Network(network.layers, (-bound, bound))
    match decide_box(network, 8, Budget(), lambda _: None):
        case OrderBox(level=level):
            return ORDERED, level
        case OddReturnBox(level=level):
            return CHAOTIC, level
    return UNDECIDED, 0


def kind_of_output(cell: Initialised) -> Output:
    assert cell.output != "relu"
    return cell.output


def compare(cell: Initialised, count: int) -> None:
    """The first draws, and some rare ones; of wide networks those at level 0 only, as the others take balls seconds."""
    drawn = block(cell, 2022, 0)
    records = decide_layers(pairs(drawn), kind_of_output(cell))
    verdict, level = records["verdict"].tolist(), records["level"].tolist()
    assert verdict.count(UNDECIDED) < 3
    rare = [i for i in range(BLOCK) if verdict[i] == CHAOTIC or level[i] > 1]
    chosen = sorted({*range(count), *rare[:2]})
    if cell.width > 4:
        chosen = [i for i in range(count) if level[i] == 0]
    for row in chosen:
        truth = by_balls(cell, drawn, row)
        assert (verdict[row], level[row]) == truth or UNDECIDED in (verdict[row], truth[0]), row


@pytest.mark.parametrize("row", INITIALISATIONS)
@pytest.mark.parametrize("clipped", [False, True])
@pytest.mark.parametrize(("width", "layers", "count"), [(2, 2, 50), (4, 2, 50), (2, 3, 15), (64, 2, 3)])
def test_verdicts_are_those_of_balls(row: str, clipped: bool, width: int, layers: int, count: int) -> None:
    compare(Initialised(row, width, "tanh", clipped, layers), count)


def test_a_chaotic_draw_is_chaotic_for_balls() -> None:
    """About one draw in a thousand of this cell has an odd return."""
    cell = Initialised("he-he", 4, "tanh")
    drawn = block(cell, 1, 0)
    records = decide_layers(pairs(drawn), "tanh")
    (row,) = np.flatnonzero(records["verdict"] == CHAOTIC)
    assert by_balls(cell, drawn, int(row)) == (CHAOTIC, 0)
