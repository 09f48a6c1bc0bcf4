"""Float execution against numpy's own scalars, ml_dtypes' bfloat16, and a naive rounding in Fractions."""

from __future__ import annotations

import json
import random
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from click.testing import CliRunner

import certify
from certify import InputError, Layer, Network, PiecewiseLinear, families
from certify.cli import main
from certify.numbers import rational
from certify.rounding import FORMATS, ORDERS, Arithmetic, float_orbit, float_states, program_of, rounded_map
from certify.rounding.states import _fate

ROOT = Path(__file__).parent.parent
DTYPES: dict[str, Any] = {
    "float16": np.float16,
    "bfloat16": ml_dtypes.bfloat16,
    "float32": np.float32,
    "float64": np.float64,
}
SHAPES = {
    "float16": (11, -14, 15),
    "bfloat16": (8, -126, 127),
    "float32": (24, -126, 127),
    "float64": (53, -1022, 1023),
}

names = pytest.mark.parametrize("name", DTYPES)
short_names = pytest.mark.parametrize("name", ["float16", "bfloat16"])


def naive(value: Fraction, name: str) -> float:
    """Nearest, ties to even, by trying exponents one after another."""
    digits, lowest, highest = SHAPES[name]
    exponent = lowest
    while abs(value) >= Fraction(2) ** (exponent + 1) and exponent < highest:
        exponent += 1
    unit = Fraction(2) ** (exponent - digits + 1)
    found = round(value / unit) * unit  # Fraction.__round__ takes ties to even
    if abs(found) >= Fraction(2) ** (highest + 1):
        return float("inf") if value > 0 else float("-inf")
    return float(found)


def fraction(x: Any) -> Fraction:
    return Fraction(float(x))


def every_number(name: str) -> np.ndarray:
    """The finite numbers of a 16-bit format, in increasing order, by its bit patterns."""
    with np.errstate(invalid="ignore"):  # NaN
        values = np.arange(1 << 16, dtype=np.uint16).view(DTYPES[name]).astype(np.float64)
    return np.unique(values[np.isfinite(values)])


def patterns(name: str, count: int, seed: int, *, ordinary: bool = False) -> np.ndarray:
    """Random finite numbers of a format: any bits, or of ordinary size."""
    generator = np.random.default_rng(seed)
    kind = np.dtype(DTYPES[name])
    if ordinary:
        return (generator.normal(size=count) * 2.0 ** generator.integers(-3, 3, count)).astype(kind)
    bits = generator.integers(0, 1 << (8 * kind.itemsize - 1), count, dtype=np.uint64)
    bits |= generator.integers(0, 2, count, dtype=np.uint64) << np.uint64(8 * kind.itemsize - 1)
    values = bits.astype(f"u{kind.itemsize}").view(kind)
    with np.errstate(invalid="ignore"):  # NaN
        return values[np.isfinite(values)]


@names
def test_nearest_is_the_naive_one(name: str) -> None:
    generator = random.Random(1)
    digits, lowest, highest = SHAPES[name]
    values = [Fraction(0), Fraction(1, 3), -Fraction(2, 7), Fraction(2) ** (lowest - digits), Fraction(2) ** highest]
    for x in patterns(name, 60, 2):
        unit = Fraction(2) ** (lowest - digits)  # half of the least number
        values += [fraction(x), fraction(x) + unit, fraction(x) * (1 + Fraction(2) ** -digits)]  # themselves, and ties
        values.append(fraction(x) * Fraction(generator.getrandbits(70), generator.getrandbits(69) | 1))
    greatest = (2 - Fraction(2) ** (1 - digits)) * Fraction(2) ** highest
    half = Fraction(2) ** (highest - digits)
    values += [greatest, greatest + half, greatest + half - Fraction(1, 9), -greatest - half, 7 * greatest]
    for value in values:
        assert FORMATS[name].nearest(rational(value)) == naive(value, name), value


def test_nearest_in_float64_is_pythons_own_division() -> None:
    generator = random.Random(2)
    for _ in range(500):
        n, d = generator.getrandbits(generator.randint(1, 300)), generator.getrandbits(generator.randint(1, 300)) | 1
        assert FORMATS["float64"].nearest(rational(Fraction(n, d))) == n / d


@names
def test_doubles_are_rounded_as_numpy_and_ml_dtypes_round(name: str) -> None:
    values = np.concatenate([patterns("float32", 4000, 3), patterns(name, 2000, 4)]).astype(np.float64)
    if name in ("float16", "float32"):  # ml_dtypes goes from float64 through float32, numpy does not
        values = np.concatenate(
            [values, patterns("float64", 4000, 5), values * (1 + 2.0**-12), values * (1 + 2.0**-40)]
        )
    values = np.concatenate([values, [0.0, np.inf, -np.inf, np.nan]])
    with np.errstate(over="ignore"):
        expected = values.astype(DTYPES[name]).astype(np.float64)
    np.testing.assert_array_equal(FORMATS[name].rounded(values), expected)


def test_doubles_are_rounded_to_bfloat16_once() -> None:
    """A double just above a tie of bfloat16, which float32 would make the tie."""
    above = 1 + 2.0**-8 + 2.0**-40
    assert FORMATS["bfloat16"].rounded(np.array([above, 1 + 2.0**-8]))[0] == 1 + 2.0**-7
    assert float(np.float32(above).astype(ml_dtypes.bfloat16)) == 1.0


@short_names
def test_states_are_all_bit_patterns(name: str) -> None:
    np.testing.assert_array_equal(FORMATS[name].states(), every_number(name))


def scalar_sum(name: str, order: str, weights: Any, states: Any, bias: Any) -> float:
    """One unit, operation by operation, in scalars that round by themselves."""
    kind = DTYPES[name]
    if order == "fused":
        total = 0.0
        for w, x in zip(weights, states):
            total = naive(fraction(w) * fraction(x) + Fraction(total), name)
        return float(kind(kind(total) + kind(bias)))
    if order == "wide":
        wide = np.float64 if name == "float32" else np.float32
        total = wide(0)
        for w, x in zip(weights, states):
            total = wide(total + wide(wide(w) * wide(x)))
        return float(kind(wide(total + wide(bias))))
    total = kind(bias) if order == "bias-first" else kind(0)
    for w, x in zip(weights, states):
        total = kind(total + kind(kind(w) * kind(x)))
    return float(total if order == "bias-first" else kind(total + kind(bias)))


CHOICES = [
    (name, order)
    for name in DTYPES
    for order in ORDERS
    if (name, order) not in {("float64", "wide"), ("bfloat16", "numpy")}
]


@pytest.mark.parametrize(("name", "order"), [c for c in CHOICES if c[1] != "numpy"])
@pytest.mark.parametrize("ordinary", [True, False], ids=["ordinary", "any"])
def test_sums_are_those_of_scalars(name: str, order: str, ordinary: bool) -> None:
    numbers = patterns(name, 900, 7, ordinary=ordinary)
    if not ordinary:  # tiny ones, whose sums and products underflow; no overflow, where the orders of infinities differ
        limit = 2.0 ** (SHAPES[name][1] // 2 + 2)
        numbers = np.concatenate([numbers[np.abs(numbers.astype(np.float64)) < limit]])
    arithmetic = Arithmetic(name, order)
    for i in range(0, len(numbers) - 10, 11):
        weights, states, bias = numbers[i : i + 5], numbers[i + 5 : i + 10], numbers[i + 10]
        found = arithmetic.layer(
            weights.astype(np.float64)[None], np.array([float(bias)]), states.astype(np.float64)[:, None]
        )
        assert float(found[0, 0]) == scalar_sum(name, order, weights, states, bias)


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
def test_numpy_is_executed(name: str) -> None:
    generator = np.random.default_rng(8)
    weight, bias, signal = (generator.normal(size=s).astype(name) for s in ((3, 40), (3,), (40, 7)))
    found = Arithmetic(name, "numpy").layer(*(a.astype(np.float64) for a in (weight, bias, signal)))
    expected = np.array([weight @ np.ascontiguousarray(signal[:, i]) + bias for i in range(7)]).T
    np.testing.assert_array_equal(found, expected.astype(np.float64))


@pytest.mark.parametrize(("name", "order"), [c for c in CHOICES if c[1] != "numpy"])
def test_overflow_becomes_an_infinity(name: str, order: str) -> None:
    big = FORMATS[name].greatest
    with np.errstate(over="ignore"):
        found = Arithmetic(name, order).layer(np.array([[big, 0.5]]), np.array([1.0]), np.array([[2.0], [1.0]]))
    assert found[0, 0] == np.inf


@pytest.mark.parametrize(
    ("w", "x", "addend"),
    [
        (1 + 2.0**-12, 1 + 2.0**-12, 2.0**-60),  # just above a tie of float32 that goes down
        (
            1549.0,
            10831.0,
            -3 * 2.0**-30,
        ),  # 2^24 + 3, a tie that goes up, less 3/4 of the last place of the doubles there
    ],
)
def test_a_fused_sum_is_not_rounded_twice(w: float, x: float, addend: float) -> None:
    """The product is a tie of float32, from which the addend leads away by less than the doubles there can tell."""
    near = naive(Fraction(w) * Fraction(x) + Fraction(addend), "float32")
    assert near != naive(Fraction(w) * Fraction(x), "float32")
    terms = [(np.array([addend]), np.array([1.0])), (np.array([w]), np.array([x]))]
    assert float(Arithmetic("float32", "fused").sum(terms, np.array([0.0]))[0]) == near


@pytest.mark.parametrize(("name", "order"), CHOICES)
def test_a_map_by_knots_is_executed_piece_by_piece(name: str, order: str) -> None:
    """Slope times x plus intercept, all rounded; a break belongs to the piece on its right."""
    f = PiecewiseLinear([(0, "1/7"), ("1/2", "1/3"), ("3/4", 1), (1, "1/5")])
    slopes, constants = (
        [naive(Fraction(str(number)), name) for number in numbers] for numbers in (f.slopes, f.intercepts)
    )
    code = program_of(f, Arithmetic(name, order))
    states = [0.0, 0.125, 0.5, 0.75, 1.0, *np.linspace(0, 1, 23).astype(DTYPES[name]).astype(np.float64).tolist()]
    for x in states:
        piece = (x >= 0.5) + (x >= 0.75)
        one = "sequential" if order == "numpy" else order
        assert code.value(x) == scalar_sum(name, one, [slopes[piece]], [x], constants[piece])
        line = Fraction(slopes[piece]) * Fraction(x) + Fraction(constants[piece])
        assert Fraction(str(code.rounded(rational(x)))) == line


def small_network(seed: int, output: str = "clip:0,1") -> Network:
    generator = np.random.default_rng(seed)
    hidden = Layer(generator.normal(size=(6, 1)), generator.normal(size=6), "leaky_relu:1/100")
    middle = Layer(generator.normal(size=(5, 6)), generator.normal(size=5), "relu")
    return Network([hidden, middle, Layer(generator.normal(size=(1, 5)), [0.3], output)], (0, 1))


def executed(net: Network, name: str, x: float) -> float:
    """The network in scalars, layer by layer, products rounded and added one after another, the bias last."""
    kind = DTYPES[name]
    signal = [x]
    for layer in net.layers:
        rounded = [[kind(naive(Fraction(str(w)), name)) for w in row] for row in (*layer.weight, layer.bias)]
        *weight, bias = rounded
        sums = [kind(scalar_sum(name, "sequential", row, signal, b)) for row, b in zip(weight, bias)]
        parameters = [kind(naive(Fraction(str(p)), name)) for p in layer.activation.parameters]
        match layer.activation.name:
            case "relu":
                signal = [float(max(s, kind(0))) for s in sums]
            case "leaky_relu":
                signal = [float(s if s > 0 else kind(s * parameters[0])) for s in sums]
            case "clip":
                signal = [float(min(max(s, parameters[0]), parameters[1])) for s in sums]
    return signal[0]


@names
def test_a_network_is_executed_layer_by_layer(name: str) -> None:
    net = small_network(11)
    code = program_of(net, Arithmetic(name))
    for x in patterns(name, 12, 12, ordinary=True).astype(np.float64).tolist():
        assert code.value(x) == executed(net, name, x)


def exact_value(net: Network, x: Fraction, name: str | None = None) -> Fraction:
    """The network in Fractions, with its numbers rounded to a format if one is named."""

    def number(w: Any) -> Fraction:
        return Fraction(str(w)) if name is None else Fraction(naive(Fraction(str(w)), name))

    signal = [x]
    for layer in net.layers:
        sums = [
            sum((number(w) * s for w, s in zip(row, signal)), number(b)) for row, b in zip(layer.weight, layer.bias)
        ]
        parameters = [number(p) for p in layer.activation.parameters]
        match layer.activation.name:
            case "relu":
                signal = [max(s, Fraction(0)) for s in sums]
            case "leaky_relu":
                signal = [s if s > 0 else s * parameters[0] for s in sums]
            case "clip":
                signal = [min(max(s, parameters[0]), parameters[1]) for s in sums]
    return signal[0]


@names
def test_the_two_errors_are_told_apart(name: str) -> None:
    net = small_network(13)
    orbit = float_orbit(net, "1/3", 12, Arithmetic(name))
    assert len(orbit.errors) == 12
    for x, y, error in zip(orbit.points, orbit.points[1:], orbit.errors):
        true, rounded = exact_value(net, Fraction(x)), exact_value(net, Fraction(x), name)
        assert error.total == abs(Fraction(y) - true)
        assert error.weights == abs(rounded - true)
        assert error.arithmetic == abs(Fraction(y) - rounded)
        assert error.total <= error.weights + error.arithmetic
    at = orbit.largest
    assert at is not None
    assert orbit.errors[at].total == max(error.total for error in orbit.errors)


@names
def test_the_first_step_that_is_off(name: str) -> None:
    net = certify.load(ROOT / "cases" / "paper-figure-1-clipped" / "map.json")
    orbit = float_orbit(net, "0.3", 150, Arithmetic(name), off="1/100")
    f = net.to_piecewise_linear()
    true, t = Fraction(3, 10), 0
    while abs(Fraction(orbit.points[t]) - true) <= Fraction(1, 100):
        true, t = f(true), t + 1
    assert (orbit.first_off, orbit.off_by, orbit.compared) == (t, abs(Fraction(orbit.points[t]) - true), t)


def test_the_tolerance_itself_is_not_off() -> None:
    """x -> x / 2 from 1/3: the first point is off by exactly 1/3 - fl(1/3), the others by less."""
    half = PiecewiseLinear([(0, 0), (1, "1/2")])
    start = Fraction(1, 3) - Fraction(naive(Fraction(1, 3), "float16"))
    assert float_orbit(half, "1/3", 3, Arithmetic("float16"), off=abs(start)).first_off is None
    assert float_orbit(half, "1/3", 3, Arithmetic("float16"), off=abs(start) * Fraction(999, 1000)).first_off == 0


@names
def test_the_float_tent_dies_though_every_step_is_exact(name: str) -> None:
    """Doubling moves the last digit up: a number m / 2^k goes to 0 in at most k + 1 steps, and no step rounds anything."""
    orbit = float_orbit(families.tent(), "0.1", 150, Arithmetic(name))
    k = (Fraction(orbit.points[0]).denominator).bit_length() - 1
    assert orbit.points[k + 1] == 0.0
    assert all(error.total == 0 for error in orbit.errors)
    assert orbit.cycle == (k + 1, 1)
    assert orbit.first_off is not None
    if name == "float64":
        assert k + 1 == 56


def test_orbits_that_overflow_or_leave() -> None:
    line = PiecewiseLinear([(0, 0)], slopes=(2, 2))
    orbit = float_orbit(line, 1, 100, Arithmetic("float16"))
    assert (orbit.overflow, len(orbit.points), orbit.points[-1]) == (True, 16, 2.0**15)
    assert orbit.first_off is None
    assert orbit.outside is None
    # In float16 the slope 1/3 is rounded down and the intercept 2/3 up: 1 is mapped to 1 + 2^-12, a tie, or above.
    creeping = Network([Layer([["0.7"]], ["0.4"], "identity")], (0, 1))
    orbit = float_orbit(creeping, "0.9", 3, Arithmetic("float32"))
    assert orbit.outside == next(t for t, x in enumerate(orbit.points) if x > 1)
    assert not orbit.overflow


def test_a_true_orbit_that_grows_too_long_is_compared_as_far_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certify.rounding.orbit.MOST_BITS", 40)
    third = PiecewiseLinear([(0, "1/3"), (1, "2/3")])
    orbit = float_orbit(third, 0, 60, Arithmetic("float64"))
    assert orbit.first_off is None
    assert 3**orbit.compared < 2**40 < 3 ** (orbit.compared + 1)


def naive_fate(images: list[int]) -> tuple[dict[frozenset[int], int], int, list[int]]:
    """Basins, the number of ends outside and transients, by following each state alone."""
    count = len(images) - 1
    basins: dict[frozenset[int], int] = {}
    left, transients = 0, []
    for state in range(count):
        seen: list[int] = []
        while state not in seen:
            seen.append(state)
            state = images[state]
        transients.append(seen.index(state))
        if state == count:
            left += 1
        else:
            cycle = frozenset(seen[seen.index(state) :])
            basins[cycle] = basins.get(cycle, 0) + 1
    return basins, left, transients


@pytest.mark.parametrize("seed", range(40))
def test_fates_in_random_functions(seed: int) -> None:
    generator = random.Random(seed)
    count = generator.choice([1, 2, 3, 10, 63, 64, 65, 200])
    reach = count + (seed % 2)  # in every other function some states go outside
    images = [generator.randrange(reach) for _ in range(count)] + [count]
    basins, left, transients = naive_fate(images)
    cycles, found_left, found = _fate(np.array(images))
    assert {frozenset(cycle): basin for cycle, basin in cycles} == basins
    assert (found_left, found.tolist()) == (left, transients)
    assert all(images[a] == b for cycle, _ in cycles for a, b in zip(cycle, [*cycle[1:], cycle[0]]))
    assert all(cycle[0] == min(cycle) for cycle, _ in cycles)
    assert [basin for _, basin in cycles] == sorted(basins.values(), reverse=True)


def test_a_long_chain() -> None:
    assert _fate(np.array([*range(1, 1000), 999, 1000]))[2].tolist() == [*range(999, -1, -1)]


@pytest.mark.parametrize(("name", "least"), [("float16", 24), ("bfloat16", 133)])
def test_every_state_of_the_tent_dies(name: str, least: int) -> None:
    """The least number, 2^-least, is doubled to 1 and goes to 0; no other takes longer."""
    fate = float_states(families.tent(), Arithmetic(name))
    assert [(cycle.points, cycle.basin) for cycle in fate.cycles] == [((0.0,), fate.states)]
    assert (fate.longest, fate.left) == (least + 1, 0)
    assert fate.worst is not None
    assert fate.worst.total == 0
    assert certify.prove(families.tent()).verdict == "CHAOTIC"


@short_names
def test_states_of_a_network_one_by_one(name: str) -> None:
    """A coarse domain, so that all its states can be executed in scalars."""
    net = Network(small_network(17, "clip:2,4").layers, (2, 4))
    fate = float_states(net, Arithmetic(name))
    every = every_number(name)
    states = every[(every >= 2) & (every <= 4)].tolist()
    chosen = states if name == "bfloat16" else states[::37]
    place = {x: i for i, x in enumerate(states)}
    code = program_of(net, Arithmetic(name))
    values = {x: executed(net, name, x) for x in chosen}
    assert {x: code.value(x) for x in chosen} == values
    assert fate.states == len(states)
    if name == "bfloat16":
        images = [place[values[x]] for x in states] + [len(states)]
        basins, left, transients = naive_fate(images)
        assert {frozenset(place[x] for x in c.points): c.basin for c in fate.cycles} == basins
        assert (fate.left, fate.longest) == (left, max(transients))
        assert fate.mean == Fraction(sum(transients), len(states))
        errors = {x: abs(Fraction(values[x]) - exact_value(net, Fraction(x))) for x in states}
        assert fate.worst is not None
        assert fate.worst.total == max(errors.values()) == errors[fate.worst_at]


def test_states_that_leave() -> None:
    """x + 1/2 on the line overflows nowhere but sticks where the spacing is too wide; 2 x overflows from everywhere but 0."""
    doubling = float_states(PiecewiseLinear([(0, 0)], slopes=(2, 2)), Arithmetic("float16"))
    assert [(cycle.points, cycle.basin) for cycle in doubling.cycles] == [((0.0,), 1)]
    assert doubling.left == doubling.states - 1 == 2 * ((31 << 10) - 1)
    assert doubling.longest == 40  # from 2^-24 to 2^15 in 39 steps, and out in one more


def test_neither_the_parts_nor_the_pieces_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network is the same map a few states at a time, and layer by layer where its pieces are too many."""
    net = Network(small_network(23, "clip:2,4").layers, (2, 4))
    fate = float_states(net, Arithmetic("bfloat16"))
    monkeypatch.setattr("certify.rounding.program.AT_ONCE", 50)
    monkeypatch.setattr("certify.rounding.program.MANY_PIECES", 1)
    assert float_states(net, Arithmetic("bfloat16")) == fate


def test_the_rounded_map() -> None:
    net = rounded_map(small_network(19), FORMATS["float32"])
    assert isinstance(net, Network)
    for layer, given in zip(net.layers, small_network(19).layers):
        assert [[Fraction(str(w)) for w in row] for row in layer.weight] == [
            [Fraction(naive(Fraction(str(w)), "float32")) for w in row] for row in given.weight
        ]
    thirds = PiecewiseLinear([(0, 0), ("1/3", 1), ("2/3", "1/3"), (1, 1)])
    near = [Fraction(naive(x, "float16")) for x in (Fraction(1, 3), Fraction(2, 3))]
    assert rounded_map(thirds, FORMATS["float16"]).knots == ((0, 0), (near[0], 1), (near[1], near[0]), (1, 1))
    with pytest.raises(InputError, match="knots that differ in float16"):
        rounded_map(PiecewiseLinear([(0, 0), ("1/2", 1), ("0.50001", 0), (1, 0)]), FORMATS["float16"])


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda: Arithmetic("float8"), "format: expected one of float16, bfloat16, float32, float64, got 'float8'"),
        (lambda: Arithmetic("float16", "random"), "order: expected one of sequential, .*got 'random'"),
        (lambda: Arithmetic("float64", "wide"), "order: .*no wider format.*"),
        (lambda: Arithmetic("bfloat16", "numpy"), "order: .*numpy has not.*"),
        (lambda: float_states(families.tent(), Arithmetic("float32")), "format: expected float16 or bfloat16.*"),
        (
            lambda: float_states(PiecewiseLinear([("1/3", "1/3"), ("0.33334", "0.33334")]), Arithmetic("bfloat16")),
            "domain: .*holds a number of bfloat16.*",
        ),
        (lambda: float_orbit(families.tent(), "nan", 3, Arithmetic("float16")), "x: .*"),
        (lambda: float_orbit(families.tent(), "1e6", 3, Arithmetic("float16")), "x: .*range of float16.*"),
        (lambda: float_orbit(families.tent(), 0, -1, Arithmetic("float16")), "steps: .*"),
        (
            lambda: program_of(Network([Layer([[70000]], [0], "relu")], None), Arithmetic("float16")),
            r"layers\[0\].weight: expected numbers in the range of float16, up to 65504, got 70000",
        ),
        (
            lambda: program_of(Network([Layer([[1]], [0], "tanh")], None), Arithmetic("float16")),
            r"layers\[0\].activation: expected a piecewise-linear activation, got tanh.*",
        ),
        (
            lambda: program_of(certify.load(ROOT / "cases" / "printed-monotone" / "map.json"), Arithmetic("float16")),
            "map: expected one exact map.*",
        ),
    ],
)
def test_input_errors(make: Any, line: str) -> None:
    with pytest.raises(InputError, match=f"^{line}$"):
        make()


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["rounding", *arguments])


def case(name: str) -> str:
    return str(ROOT / "cases" / name / "map.json")


def test_the_command_has_all_formats_and_orders() -> None:
    choices = {option.name: option.type for option in main.commands["rounding"].params}
    assert set(choices["kind"].choices) == set(FORMATS)
    assert tuple(choices["order"].choices) == ORDERS


def test_command_in_json() -> None:
    result = run(case("tent"), "--format", "float16", "--orbit", "0.1", "--steps", "20", "--off", "1/100", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["format"], found["order"], found["exact"]["verdict"]) == ("float16", "sequential", "CHAOTIC")
    assert found["states"]["cycles"] == [{"points": ["0"], "period": 1, "basin": 15361}]
    assert found["states"]["longest_transient"] == 25
    orbit = found["orbit"]
    assert (orbit["start"], orbit["points"][0], len(orbit["points"])) == ("1/10", "819/8192", 21)
    assert orbit["cycle"] == {"from": 14, "period": 1}
    x, t = Fraction(1, 10), 0
    while abs(x - Fraction(orbit["points"][t])) <= Fraction(1, 100):
        x, t = (2 * x if x < Fraction(1, 2) else 2 - 2 * x), t + 1
    assert orbit["first_off"] == t
    assert Fraction(orbit["off_by"]) == abs(x - Fraction(orbit["points"][t]))


def test_command_in_words() -> None:
    result = run(case("tent"), "--format", "float64", "--orbit", "0.1", "--steps", "60")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[57].split() == ["56", "0.0", "0", "0", "0"]
    assert "Every step is exact." in lines
    assert "The orbit is off by more than 1/1000 for the first time at step 48, by 1/640." in lines
    assert "From step 56 on it repeats itself with period 1." in lines
    assert "The exact map: CHAOTIC" in lines
    states = run(case("rnn-64-period-3"), "--format", "float16")
    assert states.exit_code == 0
    assert states.stdout.startswith("15361 states of float16 in the domain; their orbits end on ")
    assert "more cycles" in states.stdout


def test_an_undecided_map_is_no_success() -> None:
    result = run(case("stunted-tent-undecided"), "--format", "bfloat16", "--max-level", "0")
    assert result.exit_code == 3
    assert "The exact map: UNDECIDED" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "float32"], "too many states"),
        (["--format", "float64", "--orbit", "1/3"], "go together"),
        (["--format", "float16", "--steps", "3"], "go together"),
        (["--format", "float16", "--off", "1"], "--off goes with --orbit"),
        (["--format", "float16", "--orbit", "1,2", "--steps", "3"], "--orbit: expected one exact number"),
        (["--format", "float16", "--orbit", "x", "--steps", "3"], "--orbit: expected exact numbers"),
        (["--format", "bfloat16", "--order", "numpy"], "numpy has not"),
    ],
)
def test_command_line_mistakes(arguments: list[str], words: str) -> None:
    result = run(case("tent"), *arguments)
    assert result.exit_code == 2
    assert words in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


PAGE = (ROOT / "docs" / "rounding.md").read_text()


def test_the_page_shows_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```console\n\$ certify (.*)\n([^`]*)```", PAGE)
    assert len(blocks) == 3
    for command, shown in blocks:
        result = CliRunner().invoke(main, command.split())
        assert result.exit_code == 0
        first, *others = shown.split("…\n")
        assert result.stdout.startswith(first), command
        at = len(first)
        for part in others:
            at = result.stdout.find(part, at) + len(part)
            assert at >= len(part), (command, part)


def test_the_table_of_the_page() -> None:
    rows = re.findall(r"\| (b?float16) \| (\S+) \| (\d+) \| ([\d, ]+) \| (\d+) of (\d+) \| (\S+) \|", PAGE)
    assert len(rows) == 8
    network = certify.load(case("rnn-64-period-3"))
    for name, order, *expected in rows:
        fate = float_states(network, Arithmetic(name, order))
        periods = ", ".join(map(str, sorted({len(cycle.points) for cycle in fate.cycles})))
        assert fate.worst is not None
        error = f"{float(fate.worst.total):.3g}"
        found = [str(len(fate.cycles)), periods, str(fate.cycles[0].basin), str(fate.states), error]
        assert found == expected, (name, order)


def test_the_python_of_the_page() -> None:
    block = next(b for b in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
    imports, calls = block.split("\n\n")
    scope: dict[str, Any] = {}
    exec(imports, scope)
    for line in calls.strip().splitlines():
        expression, value = line.split("#")
        assert eval(expression, scope) == eval(value)
