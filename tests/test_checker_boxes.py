"""The checker's enclosures and its two rules for boxes and smooth networks: against mpmath, against sampled networks, by tables."""

from __future__ import annotations

import copy
import json
import random
import re
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import pytest
from mpmath import iv, mp, mpf

from tests.checker_mutations import mutations
from tests.test_checker import (
    CLIPPED,
    FILE,
    ON_LINE,
    TENT,
    assert_answer,
    checker,
    evaluated,
    finest_mesh,
    forgeries,
    network,
    resealed,
    sha256,
)

Document = dict[str, Any]
F = Fraction
UNIT, BOTH = ["0", "1"], ["-1", "1"]
PLAIN = ("identity", "relu", "leaky_relu", "abs", "clip", "hardtanh", "relu6")
SMOOTH = ("tanh", "sigmoid", "softplus", "gelu", "silu", "elu", "sin")
ALPHA = F(3, 2)


# What the functions are, from elsewhere


def rational(x: F) -> mpf:
    return mpf(x.numerator) / x.denominator


FUNCTIONS: dict[str, Callable[[mpf], mpf]] = {
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: max(x, 0) + mpmath.log1p(mpmath.exp(-abs(x))),
    "gelu": lambda x: x * mpmath.ncdf(x) if abs(x) < 10**6 else max(x, 0),  # beyond, mpmath overflows
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "elu": lambda x: x if x > 0 else rational(ALPHA) * mpmath.expm1(x),
    "sin": mpmath.sin,
}
DERIVATIVES: dict[str, Callable[[mpf], mpf]] = {
    "tanh": lambda x: mpmath.sech(x) ** 2,
    "sigmoid": lambda x: 1 / (2 + mpmath.exp(x) + mpmath.exp(-x)),
    "softplus": FUNCTIONS["sigmoid"],
    "gelu": lambda x: mpmath.ncdf(x) + x * mpmath.npdf(x) if abs(x) < 10**6 else mpf(x > 0),
    "silu": lambda x: (1 + x / (1 + mpmath.exp(x))) / (1 + mpmath.exp(-x)),
    "elu": lambda x: mpf(1) if x > 0 else rational(ALPHA) * mpmath.exp(x),
    "sin": mpmath.cos,
}
TURNS = {"gelu": (-0.751791, 1.414213), "silu": (-1.278464, 2.399357), "sin": (1.570796, 3.141593)}


def layer(weight: list[list[Any]], bias: list[Any], activation: str, **parameters: Any) -> Document:
    """A layer in which intervals stand as they are written."""

    def entry(value: Any) -> str:
        return value if isinstance(value, str) and value[-1] in "]?" else str(F(value))

    inner = {"weight": [[*map(entry, row)] for row in weight], "bias": [*map(entry, bias)], "activation": activation}
    return inner | {key: str(F(value)) for key, value in parameters.items()}


def single(name: str) -> Any:
    """A layer of one unit, as the checker reads it."""
    parameters = {"elu": {"alpha": ALPHA}, "leaky_relu": {"negative_slope": "-1/3"}, "hardtanh": {"lo": -1, "hi": 1}}
    parameters |= {"clip": {"lo": "-1/3", "hi": "5/7"}}
    document = layer([[1]], [0], name, **parameters.get(name, {}))
    return checker.read_layer(document, 1, "layer", checker.Work())


def enclosed(name: str, u: int, v: int, bits: int) -> tuple[tuple[int, int], tuple[int, int]]:
    [(values, slopes)] = checker.activated(single(name), [(u, v)], bits, checker.Work())
    return values, slopes


def places(name: str, bits: int, rng: random.Random) -> Iterator[int]:
    """Points of fixed point: of every size, next to 0 and to the turns of the function, and beyond all that matters."""
    one = 1 << bits
    yield from (0, 1, -1, 2, -3, one, -one, one >> 1, 10 * one, -10 * one, 700 * one + 1, -40 * one - 1)
    for turn in TURNS.get(name, ()):
        yield from (sign * int(turn * 2**40) * one // 2**40 + step for sign in (1, -1) for step in (-1, 0, 1))
    yield from (
        sign * bits * one * k // 8 + rng.randint(-2, 2) for sign in (1, -1) for k in (1, 2, 3, 6, 8, 11, 16, 24)
    )
    for _ in range(60 if bits <= 256 else 12):
        yield rng.choice([-1, 1]) * rng.getrandbits(bits + rng.randint(-bits, 12))
        yield rng.randint(-9 * one, 9 * one)
    if bits <= 256:
        yield from (rng.choice([-1, 1]) * rng.getrandbits(bits + far) for far in (30, 100, 1000, 3000))


@pytest.mark.parametrize("bits", [1, 2, 7, 30, 53, 64, 100, 128, 256, 1000, 2000])
@pytest.mark.parametrize("name", SMOOTH)
def test_points_against_mpmath(name: str, bits: int) -> None:
    """The true value and the true derivative lie within, and the enclosure is no wider than 3 units of the last place."""
    for t in places(name, bits, random.Random(bits)):
        with mp.workprec(2 * bits + t.bit_length() + 200):
            x, one = mpf(t) / mpf(2) ** bits, mpf(2) ** bits
            (a, b), (c, d) = enclosed(name, t, t, bits)
            assert a <= FUNCTIONS[name](x) * one <= b, t
            assert b - a <= 3, t
            if name == "elu" and t == 0:
                assert (a, b, c, d) == (0, 0, one, ALPHA * one)
                continue
            assert c <= DERIVATIVES[name](x) * one <= d, t
            assert d - c <= 3, t


@pytest.mark.parametrize("bits", [30, 64, 300])
@pytest.mark.parametrize("name", SMOOTH)
def test_intervals_against_mpmath(name: str, bits: int) -> None:
    """On an interval: values, derivatives and difference quotients of sampled points lie within, and not far from the ends."""
    rng, one = random.Random(bits), 1 << bits
    for _ in range(80 if bits < 300 else 25):
        middle = rng.choice(
            [rng.randint(-6 * one, 6 * one), int(rng.choice(TURNS.get(name, (0,))) * 2**30) << bits >> 30]
        )
        half = rng.getrandbits(bits + 3) >> rng.choice([0, 1, 3, 8, 20, bits])
        u, v = middle - half, middle + half
        with mp.workprec(3 * bits + 100):
            ts = sorted({u, v, *(rng.randint(u, v) for _ in range(20)), *(u + (v - u) * k // 40 for k in range(41))})
            values = [FUNCTIONS[name](mpf(t) / one) * one for t in ts]
            slopes = [DERIVATIVES[name](mpf(t) / one) * one for t in ts if t or name != "elu"]
            quotients = [(y - x) / (t - s) * one for (s, x), (t, y) in pairwise(zip(ts, values, strict=True))]
            (a, b), (c, d) = enclosed(name, u, v, bits)
            assert a <= min(values), (u, v)
            assert max(values) <= b, (u, v)
            assert c <= min([*slopes, *quotients], default=c), (u, v)
            assert max([*slopes, *quotients], default=d) <= d, (u, v)
            # Samples are (v - u)/40 apart and no second derivative is greater than 3/2.
            loose = 2 * (v - u) if name == "sin" else (v - u) / 20
            assert b - a <= max(values) - min(values) + loose + 4
            assert (
                d - c <= max(slopes, default=one) - min(slopes, default=one) + loose + one // 1000 + 4 or name == "elu"
            )


@pytest.mark.parametrize("name", PLAIN)
def test_piecewise_linear_activations_exactly(name: str) -> None:
    """The enclosure is that of the exact values, rounded outward; the slopes are those of the pieces that are met."""
    rng, bits = random.Random(1), 7
    document = {**single(name).document, "weight": [["1"]], "bias": ["0"]}
    for _ in range(400):
        u = rng.randint(-300, 300) if name != "relu6" else rng.randint(-1000, 1000)
        v = u + rng.choice([0, 1, 2, rng.randint(0, 400)])
        kink = rng.choice(
            [0, 128 * 6, -128, 128, -43, -42, 91, 92]
        )  # and next to the kinks, some of which are no integers
        u, v = rng.choice([(u, v), (u, v), (kink, kink + v - u), (kink - v + u, kink)])
        points = [F(u, 128), F(v, 128), *(F(u, 128) + F(v - u, 128) * F(k, 20) for k in range(21))]
        kinks = [F(text) for text in ("0", "6", "-1/3", "5/7", "1", "-1") if u <= 128 * F(text) <= v]
        points = sorted({*points, *kinks})
        values = [128 * evaluated(network(document, domain=None), x) for x in points]
        (a, b), (c, d) = enclosed(name, u, v, bits)
        assert (a, b) == (min(values) // 1, -(-max(values) // 1))
        quotients = [(y - x) / (t - s) for (s, x), (t, y) in pairwise(zip(points, values, strict=True))]
        if quotients:
            assert (c, d) == (min(quotients) // 1, -(-max(quotients) // 1))
        else:
            assert c <= d


def test_the_turns_of_gelu_and_silu() -> None:
    """The millionths in the file are the true places and extremes, rounded as it says."""
    with mp.workprec(100):
        for name, (turn, least, bend, steepest) in checker.SWISHES.items():
            derivative = DERIVATIVES[name]
            at = mpmath.findroot(derivative, turn / 1e6)
            second = mpmath.findroot(lambda x, h=derivative: mpmath.diff(h, x), bend / 1e6)
            wanted = [mpmath.floor(at * 10**6), mpmath.floor(FUNCTIONS[name](at) * 10**6), mpmath.floor(second * 10**6)]
            assert [turn, least, bend] == wanted
            assert steepest == mpmath.ceil(derivative(second) * 10**6)


@pytest.mark.parametrize("w", [20, 21, 33])
def test_the_sums_against_mpmath(w: int) -> None:
    """The series themselves, with few bits, so that each rounding and each remainder counts: thousands of points."""
    rng, work, one = random.Random(w), checker.Work(), 1 << w
    sums = {
        "exponential": (lambda t: checker.exponential(abs(t), w, work), lambda x: mpmath.exp(-abs(x))),
        "tanh": (lambda t: checker.hyperbolic_tangent(t, w, work), mpmath.tanh),
        "sigmoid": (lambda t: checker.logistic(t, w, work), FUNCTIONS["sigmoid"]),
        "softplus": (lambda t: checker.softplus(t, w, work), FUNCTIONS["softplus"]),
        "sin": (lambda t: checker.sine(t, 0, w, work), mpmath.sin),
        "cos": (lambda t: checker.sine(t, 1, w, work), mpmath.cos),
    }
    with mp.workprec(3 * w + 80):
        for title, (enclose, function) in sums.items():
            for _ in range(1500):
                t = rng.choice([-1, 1]) * rng.getrandbits(w + rng.randint(-w, 6))
                a, b = enclose(t)
                assert a <= function(mpf(t) / one) * one <= b, (title, t)
                assert b - a <= (3 * w if title == "softplus" else 6), (title, t)


def test_pi() -> None:
    for w in (20, 21, 64, 1000, 20_000):
        with mp.workprec(w + 100):
            low, high = checker.pi(w)
            assert low <= mpmath.pi * mpf(2) ** w <= high <= low + 3


def test_the_normal_distribution_against_mpmath() -> None:
    rng = random.Random(0)
    for w in (20, 90, 400):
        for _ in range(100):
            t = rng.getrandbits(w + rng.randint(-w, 2))
            with mp.workprec(5 * w + 100):
                x, one = mpf(t) / mpf(2) ** w, mpf(2) ** w
                if x * x < 2 * w:
                    (a, b), (c, d) = checker.normal(t, w, checker.Work())
                    assert a <= mpmath.ncdf(-x) * one <= b <= a + 3
                    assert c <= mpmath.npdf(x) * one <= d <= c + 3


# Whole networks against their members


def random_layers(rng: random.Random, names: tuple[str, ...], width: int) -> list[Document]:
    """Layers with numbers and intervals of all kinds."""

    def some() -> F:
        return rng.choice([F(0), F(1), F(-1), F(rng.randint(-9, 9), rng.randint(1, 7)), F(rng.uniform(-2, 2))])

    def entry() -> str:
        if rng.random() < 0.5:
            return str(some())
        lo, hi = sorted([some(), some()]) if rng.random() < 0.5 else [(x := some()), x + F(1, 1000)]
        return f"[{lo},{hi}]" if lo < hi else str(lo)

    layers, inputs = [], 1
    for outputs in [*(rng.randint(1, width) for _ in range(rng.randint(0, 3))), 1]:
        name, parameters = rng.choice(names), dict[str, Any]()
        if name in ("clip", "hardtanh"):
            parameters = dict(zip(("lo", "hi"), sorted([some(), some()]), strict=True))
        elif name in ("leaky_relu", "elu"):
            parameters = {"negative_slope" if name == "leaky_relu" else "alpha": some()}
        weight = [[entry() for _ in range(inputs)] for _ in range(outputs)]
        layers.append(layer(weight, [entry() for _ in range(outputs)], name, **parameters))
        inputs = outputs
    return layers


def ends(entry: str) -> tuple[F, F]:
    lo, comma, hi = entry.strip("[]").partition(",")
    return F(lo), F(hi if comma else lo)


def member(document: Document, rng: random.Random, spread: Callable[[F], F] = lambda w: F(0)) -> Document:
    """A network of the box, often a corner of it; `spread` is how far a number may be from itself."""

    def chosen(entry: str) -> str:
        lo, hi = ends(entry)
        lo, hi = lo - spread(lo), hi + spread(hi)
        return str(rng.choice([lo, hi, lo + (hi - lo) * F(rng.randint(0, 8), 8)]))

    one = copy.deepcopy(document)
    for given in one["map"]["layers"]:
        given["weight"] = [[*map(chosen, row)] for row in given["weight"]]
        given["bias"] = [*map(chosen, given["bias"])]
    return one


def smooth_value(document: Document, x: F) -> mpf:
    """The network at x by its definition, in mpmath's floating point."""
    values = [rational(x)]
    for given in document["map"]["layers"]:
        name = given["activation"]
        sums = [
            mpmath.fsum([*(rational(F(w)) * v for w, v in zip(row, values, strict=True)), rational(F(b))])
            for row, b in zip(given["weight"], given["bias"], strict=True)
        ]
        if name == "elu":
            values = [z if z > 0 else rational(F(given["alpha"])) * mpmath.expm1(z) for z in sums]
        elif name == "leaky_relu":
            values = [z if z > 0 else rational(F(given["negative_slope"])) * z for z in sums]
        elif name in ("clip", "hardtanh"):
            values = [min(rational(F(given["hi"])), max(rational(F(given["lo"])), z)) for z in sums]
        elif name in FUNCTIONS:
            values = [FUNCTIONS[name](z) for z in sums]
        else:
            plain = {
                "identity": lambda z: z,
                "relu": lambda z: max(0, z),
                "abs": abs,
                "relu6": lambda z: min(6, max(0, z)),
            }
            values = [plain[name](z) for z in sums]
    return values[0]


@pytest.mark.parametrize("seed", range(60))
def test_members_of_piecewise_linear_boxes_stay_inside(seed: int) -> None:
    """In plain fractions: values, and slopes between points, of networks in the box, at a corner of it or inside."""
    rng = random.Random(seed)
    document = network(*random_layers(rng, PLAIN, 4), domain=None)
    f = checker.Map(document, checker.Work())
    layers, spread = f.layers, (lambda _: F(0))
    radius, relative = F(rng.randint(1, 9), 10 ** rng.randint(1, 9)), seed % 4 == 1
    if not f.is_box or seed % 2:
        document = member(document, rng)  # an exact network, and a radius around it
        layers = [checker.widened(one, radius, relative, f.work) for one in checker.Map(document, f.work).layers]
        spread = (lambda w: radius * abs(w)) if relative else (lambda w: radius)
    box = checker.Box(layers, rng.choice([8, 30, 64, 200]), checker.Work())
    one = 1 << box.bits
    for _ in range(4):
        x = F(rng.randint(-300, 300), 100)
        y = x + rng.choice([F(0), F(1, 10**6), F(rng.randint(0, 200), 100)])
        (u, v), (c, d) = box(box.around(x, y), steep=True)
        assert (u, v) == box(box.around(x, y))[0], "with slopes or without"
        for _ in range(4):
            given = member(document, rng, spread)
            a, b = sorted(x + (y - x) * F(rng.randint(0, 20), 20) for _ in range(2))
            at_a, at_b = evaluated(given, a), evaluated(given, b)
            assert u <= at_a * one <= v
            assert u <= at_b * one <= v
            assert a == b or c <= (at_b - at_a) / (b - a) * one <= d


@pytest.mark.parametrize("seed", range(60))
def test_members_of_smooth_boxes_stay_inside(seed: int) -> None:
    rng = random.Random(seed)
    document = network(*random_layers(rng, (*SMOOTH, *SMOOTH, *PLAIN), 3), domain=None)
    box = checker.Box(checker.Map(document, checker.Work()).layers, rng.choice([20, 64, 200]), checker.Work())
    one = 1 << box.bits
    for _ in range(2):
        x = F(rng.randint(-300, 300), 100)
        y = x + rng.choice([F(0), F(1, 10**6), F(rng.randint(0, 100), 100)])
        (u, v), (c, d) = box(box.around(x, y), steep=True)
        for _ in range(3):
            given = member(document, rng)
            a, b = sorted(x + (y - x) * F(rng.randint(0, 20), 20) for _ in range(2))
            with mp.workprec(2000):
                at_a, at_b = smooth_value(given, a), smooth_value(given, b)
                tiny = mpf(2) ** -900  # more than mpmath's rounding, for enclosures that are points
                assert u - tiny <= at_a * one <= v + tiny
                assert a == b or c - tiny <= (at_b - at_a) / rational(b - a) * one <= d + tiny


def test_second_opinion_of_interval_arithmetic() -> None:
    """mpmath's intervals, another implementation by others: both enclose, so they meet; and of points both are narrow."""
    given = network(layer([["3"], ["-2"]], ["1/3", "1/7"], "tanh"), layer([["2", "-5/3"]], [0], "tanh"), domain=None)
    box = checker.Box(checker.Map(given, checker.Work()).layers, 200, checker.Work())
    iv.prec = 300

    def tanh(z: Any) -> Any:
        return 1 - 2 / (iv.exp(2 * z) + 1)

    for k in range(-20, 21):
        x = iv.mpf(k) / 7
        hidden = [tanh(3 * x + iv.mpf(1) / 3), tanh(-2 * x + iv.mpf(1) / 7)]
        y = tanh(2 * hidden[0] - 5 * hidden[1] / 3) * 2**200
        (u, v), _ = box(box.around(F(k, 7), F(k, 7)))
        assert u <= y.a
        assert y.b <= v
        assert v - u < 100


def test_several_steps_are_the_steps_one_by_one() -> None:
    document = network(layer([[-2]], ["1/5"], "tanh"), domain=BOTH)
    box = checker.Box(checker.Map(document, checker.Work()).layers, 64, checker.Work())
    x = box.around(F(1, 3), F(1, 2))
    y, first = box(x, 1, steep=True)
    z, second = box(y, 1, steep=True)
    assert box(x, 2, steep=True) == (z, checker.product(first, second, 64))
    box.domain = (-5, 5)
    assert box(x)[0] == checker.meet(y, (-5, 5))


# Certificates, made here by a search of a few lines


def certificate(document: Document, kind: str, **data: Any) -> Document:
    body = {"format": "certify-certificate", "version": 1, "map_sha256": sha256(document), "kind": kind, **data}
    body["claim"] = {"verdict": "CHAOTIC" if kind == "odd-return-box" else "ORDERED", "domain": document["domain"]}
    box = any(
        entry[0] == "["
        for given in document["map"]["layers"]
        for row in [*given["weight"], given["bias"]]
        for entry in row
    )
    body["claim"]["words"] = checker.claim_words(kind, body, box)
    return resealed(body)


def odd(
    document: Document, x: Any, n: int = 3, level: int = 0, side: str = "right", bits: int = 64, **more: Any
) -> Document:
    return certificate(document, "odd-return-box", level=level, n=n, x=str(F(x)), side=side, bits=bits, **more)


def order(
    document: Document, *mesh: Any, rule: str = "cells", level: int = 0, core_steps: int = 0, **more: Any
) -> Document:
    data = {"level": level, "bits": 64, "core_steps": core_steps, "parts": 1, "rule": rule, **more}
    return certificate(document, "order-box", mesh=[str(F(t)) for t in mesh], **data)


def equal(lo: int, hi: int, parts: int) -> list[str]:
    """Points that cut [lo, hi] into equal parts."""
    return [str(lo + (hi - lo) * F(k, parts)) for k in range(parts + 1)]


def hump(name: str, **parameters: Any) -> Document:
    """About the tent on [0, 1], of three smooth corners: a (s(c x) - 2 s(c x - c/2) + s(c x - c)), with a constant added."""
    steps = name in ("tanh", "sigmoid")
    c, a = (12, "9/20" if name == "tanh" else "9/10") if steps else (40, "23/500")
    first = (
        layer([[c]] * 2, [-3, -9] if steps else [0, 0], name)
        if steps
        else layer([[c]] * 3, [0, -20, -40], name, **parameters)
    )
    last = layer([[a, f"-{a}"]] if steps else [[a, F(a) * -2, a]], ["1/25"], "identity")
    return network(first, last, domain=UNIT)


def returning(document: Document) -> F:
    """A point of a grid with the greatest distance from f^3(x) < x < f(x) failing, seen in mpmath."""
    best = max((F(k, 64) for k in range(65)), key=lambda x: margin(document, x))
    assert margin(document, best) > 0.01
    return best


def margin(document: Document, x: F) -> float:
    once = smooth_value(document, x)
    last = once
    for _ in range(2):
        last = smooth_value(document, F(float(last)))
    return min(float(once) - float(x), float(x) - float(last))


TENT_BOX = network(
    layer([[1], [1]], [0, "-1/2"], "relu"),
    layer([["[199/100,201/100]", "-4"]], ["[0,1/1000]"], "clip", lo=0, hi=1),
    domain=UNIT,
)
SINE = network(layer([[3]], [0], "sin"), domain=BOTH)
SINE_LINE = network(layer([[3]], [0], "sin"), domain=None)
CONTRACTION = network(layer([["1/2"]], [0], "tanh"), domain=BOTH)
CONTRACTION_BOX = network(layer([["[-1/2,1/2]"]], ["[-1/10,1/10]"], "tanh"), domain=BOTH)
STEEP = network(layer([[3]], [0], "tanh"), domain=BOTH)
STEEP_LINE = network(layer([["[2,3]"]], [0], "tanh"), domain=None)
FALLING = network(layer([[-2]], [0], "tanh"), domain=BOTH)
LOGISTIC = network(layer([["[-31/10,-3]"]], [1], "sigmoid"), domain=UNIT)
STEFAN = network(  # 0 -> 1/2 -> 1 -> 0
    layer([[1], [1]], [0, "-1/2"], "relu"), layer([[1, -3]], ["1/2"], "clip", lo=0, hi=1), domain=UNIT
)
STAIRS = network(layer([[-8]], ["9/2"], "clip", lo="1/4", hi="3/4"), domain=UNIT)  # 1/4 <-> 3/4, both on plateaus
HIGHER = (0, "3/8", "8191/16384", "8193/16384", "5/8", 1)
MIRROR = network(layer([[-1]], [1], "clip", lo=0, hi=1), domain=UNIT)
ARCH = network(layer([[2]], ["1/2"], "sin"), domain=BOTH)
LOGISTIC_EXACT = network(layer([[-3]], [0], "sigmoid"), domain=UNIT)
HALF = network(layer([["1/2"]], [0], "clip", lo=0, hi=1), domain=UNIT)
SOFT = network(layer([[-1]], [0], "softplus"), domain=UNIT)
SINK = network(layer([["-3/2"]], ["127/100"], "clip", lo="1/10", hi="93/100"), domain=UNIT)
SINK_BOX = network(layer([["[-151/100,-149/100]"]], ["127/100"], "clip", lo="1/10", hi="93/100"), domain=UNIT)
SINK_MESH = ("0", "1/5", "2/5", "229/500", "279/500", "31/50", "4/5", "1")
FLAT = network(layer([[0]], ["1/2"], "identity"), domain=UNIT)
HUMPS = {
    name: hump(name, **({"alpha": 1} if name == "elu" else {}))
    for name in ("tanh", "sigmoid", "softplus", "gelu", "silu", "elu")
}
GOOD: dict[str, tuple[Document, Document]] = {
    "an exact network": (CLIPPED, odd(CLIPPED, "1/2")),
    "an exact network on the line": (ON_LINE, odd(ON_LINE, "1/2")),
    "an exact network, level 1": (CLIPPED, odd(CLIPPED, "18/25", level=1)),
    "an absolute radius": (CLIPPED, odd(CLIPPED, "1/2", radius="1/500", weights="absolute")),
    "a relative radius": (CLIPPED, odd(CLIPPED, "1/2", radius="1/250", weights="relative")),
    "few bits": (CLIPPED, odd(CLIPPED, "1/2", bits=3)),
    "a box": (TENT_BOX, odd(TENT_BOX, "1/2")),
    "a radius, level 1": (CLIPPED, odd(CLIPPED, "1/4", level=1, radius="1/100000", weights="absolute")),
    "a box, n = 5": (TENT_BOX, odd(TENT_BOX, "1/2", n=5)),
    "sin": (SINE, odd(SINE, "1/2")),
    "sin, from the left": (SINE, odd(SINE, "-1/2", side="left")),
    "sin, on the line": (SINE_LINE, odd(SINE_LINE, "1/2")),
    "sin, with a radius": (SINE, odd(SINE, "1/2", radius="1/1000", weights="absolute")),
    **{
        f"a hump of {name}": (given, odd(given, returning(given), cover=equal(0, 1, 128)))
        for name, given in HUMPS.items()
    },
    "a contraction": (CONTRACTION, order(CONTRACTION, -1, 1)),
    "a box of contractions": (CONTRACTION_BOX, order(CONTRACTION_BOX, -1, 1)),
    "a contraction, core": (CONTRACTION, order(CONTRACTION, "-1/10", "1/10", core_steps=4, parts=3)),
    "increasing": (STEEP, order(STEEP, -1, 1, rule="increasing")),
    "increasing, on the line": (STEEP_LINE, order(STEEP_LINE, -1, 0, 2, rule="increasing", core_steps=1)),
    "decreasing, level 1": (FALLING, order(FALLING, -1, "1/3", 1, rule="increasing", level=1)),
    "a sigmoid": (LOGISTIC, order(LOGISTIC, 0, 1)),
    "a softplus, cover": (SOFT, order(SOFT, 0, 1, cover=["0", "1/2", "1"])),
    "cells of both kinds": (SINK, order(SINK, *SINK_MESH, level=1)),
    "cells of both kinds in a box": (SINK_BOX, order(SINK_BOX, *SINK_MESH, level=1, core_steps=1)),
    "a constant": (FLAT, order(FLAT, "1/2", core_steps=1, cover=["0", "1"])),
}


@pytest.fixture(autouse=True)
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here needs much; what needs too much shall be told so soon."""
    monkeypatch.setattr(checker.Work, "left", 3 * 10**8)


@pytest.fixture(params=[name for name in GOOD if not name.startswith("a hump") or name.endswith("silu")])
def good(request: pytest.FixtureRequest) -> tuple[Document, Document]:
    return copy.deepcopy(GOOD[request.param])


@pytest.mark.parametrize("name", GOOD)
def test_good_certificates_are_valid(name: str) -> None:
    document, proof = GOOD[name]
    assert checker.check(document, proof) == ("VALID", proof["claim"]["words"])


def test_the_sentences() -> None:
    words = {name: proof["claim"]["words"] for name, (_, proof) in GOOD.items()}
    chaos = (
        "f maps [0, 1] into itself, and f^3(x) < x < f(x) at x = 1/2; hence f has a period that is not a power of 2, positive "
        "topological entropy and an uncountable scrambled set: it is chaotic in the sense of Li and Yorke (Li, Misiurewicz, "
        "Pianigiani and Yorke 1982)"
    )
    assert words["an exact network"] == chaos
    assert words["a box"] == f"for every network f in the box, {chaos}"
    ball = "for every network f whose weights and biases differ from these by at most"
    assert words["an absolute radius"] == f"{ball} 1/500, {chaos}"
    assert words["a relative radius"] == f"{ball} 1/250 times their absolute values, {chaos}"
    assert "f^3(x) > x > f(x) at x = -1/2" in words["sin, from the left"]
    calm = "hence every orbit converges to a fixed point, f has no Li-Yorke pair and its topological entropy is zero (Coppel 1955)"
    assert words["a contraction"] == f"f maps [-1, 1] into itself, and f^2(x) = x implies f(x) = x; {calm}"
    assert words["a box of contractions"] == f"for every network f in the box, {words['a contraction']}"
    assert words["increasing, on the line"].startswith(
        "for every network f in the box, f maps the real line into itself, and"
    )


# One table for each rule, titled by the defect


def changed(proof: Document, **fields: Any) -> Document:
    return resealed({**proof, **fields})


def without(proof: Document, *keys: str) -> Document:
    return resealed({name: value for name, value in proof.items() if name not in keys})


def fresh(proof: Document, box: bool = False, **fields: Any) -> Document:
    """With other data, and the words that belong to them."""
    body = {**proof, **fields}
    return resealed({**body, "claim": {**body["claim"], "words": checker.claim_words(body["kind"], body, box)}})


def exact(document: Document, kind: str, **data: Any) -> Document:
    verdict = {"order": "ORDERED", "region-count": "COUNTED", "entropy-lower": "ENTROPY-AT-LEAST"}.get(kind, "CHAOTIC")
    verdict = {"entropy-upper": "ENTROPY-AT-MOST", "constant-slope": "ENTROPY-EQUALS"}.get(kind, verdict)
    claim = {"verdict": verdict, "domain": document["domain"], "words": ""}
    body = {"format": "certify-certificate", "version": 1, "map_sha256": sha256(document), "kind": kind, "claim": claim}
    return resealed({**body, **data})


R = GOOD["an absolute radius"][1]
E = GOOD["an exact network"][1]
S = GOOD["sin"][1]
H = GOOD["a hump of softplus"][1]
HUMP = HUMPS["softplus"]
C = GOOD["a contraction"][1]
INCREASING = GOOD["increasing"][1]
WIDE = network(layer([[3]], [0], "sin"), domain=["-1", "1/2"])
CLIPPED_WIDE = network(layer([[2]], [0], "clip", lo=-2, hi=2), domain=BOTH)
GRAPH = {"intervals": [["-1", "1"]], "rows": [[[0, 0]]], "vector": ["1"], "growth": "1"}
EXACT = {
    "odd-return": {"level": 0, "n": 3, "x": "0", "side": "right", "orbit": ["0"] * 4},
    "periodic-orbit": {"period": 3, "orbit": ["0", "1/2", "1"]},
    "order": {"level": 0, "core_steps": 0, "mesh": ["-1", "1"]},
    "region-count": {"regions": ["1"]},
    "entropy-lower": GRAPH,
    "entropy-upper": {**GRAPH, "core_steps": 0, "ranks": [0]},
    "constant-slope": {"core_steps": 0, "growth": "1"},
}
NEEDS_EXACT = "kind: expected odd-return-box or order-box, as intervals and smooth activations have no exact map, got"
REACH = {
    **{f"{kind} for a smooth map": (CONTRACTION, exact(CONTRACTION, kind, **data), "INVALID", f"{NEEDS_EXACT} '{kind}'")
       for kind, data in EXACT.items()},
    **{f"{kind} for a box": (TENT_BOX, exact(TENT_BOX, kind, **data), "INVALID", f"{NEEDS_EXACT} '{kind}'")
       for kind, data in EXACT.items()},
    "odd-return-box for knots": (TENT, changed({**E, "map_sha256": sha256(TENT)}), "INVALID", "as this is for networks alone"),
    "order-box for knots": (
        TENT,
        changed({**C, "map_sha256": sha256(TENT), "claim": {**C["claim"], "domain": UNIT}}),
        "INVALID",
        "kind: expected one for piecewise-linear maps, as this is for networks alone, got 'order-box'",
    ),
    "no bits": (CLIPPED, without(E, "bits"), "INVALID", "missing: bits"),
    "bits zero": (CLIPPED, changed(E, bits=0), "INVALID", "bits: expected an integer, at least 1"),
    "bits true": (CLIPPED, changed(E, bits=True), "INVALID", "bits"),
    "bits a string": (CLIPPED, changed(E, bits="64"), "INVALID", "bits"),
    "bits out of reach": (CLIPPED, changed(E, bits=20_001), "UNSUPPORTED", "bits: expected at most 20000"),
    "bits far out of reach": (CLIPPED, changed(E, bits=10**4000), "UNSUPPORTED", "bits"),
    "bits at the limit": (CLIPPED, changed(E, bits=20_000), "VALID", ""),
}  # fmt: skip
BOX_WORDS = E["claim"]["words"]
RETURN = {
    "one bit is too few": (CLIPPED, changed(R, bits=1), "INVALID", "x: return"),
    "g^n(x) = x": (
        CLIPPED,
        odd(CLIPPED, "2/7"),
        "INVALID",
        "x: return: expected g^n(x) < x < g(x) for all networks, got",
    ),
    "g(x) = x": (CLIPPED, odd(CLIPPED, "2/3"), "INVALID", "x: return"),
    "equality, of exact values": (
        STEFAN,
        odd(STEFAN, 0, bits=8),
        "INVALID",
        "x) for all networks, got 0, 0, 0, 1/2, 1/2",
    ),
    "the other side": (CLIPPED, odd(CLIPPED, "1/2", side="left"), "INVALID", "g^n(x) > x > g(x)"),
    "no side": (CLIPPED, changed(E, side="up"), "INVALID", "side"),
    "an even n": (CLIPPED, fresh(E, n=4), "INVALID", "an odd integer"),
    "n = 1": (CLIPPED, fresh(E, n=1), "INVALID", "at least 3"),
    "a level out of reach": (CLIPPED, changed(E, level=21), "UNSUPPORTED", "level"),
    "x outside the domain": (SINE, odd(SINE, "3/2"), "INVALID", "x: domain"),
    "x not in lowest terms": (CLIPPED, changed(E, x="2/4"), "INVALID", "x[0]"),
    "x an interval": (CLIPPED, changed(E, x="[1/2,1/2]"), "INVALID", "x[0]: expected a number in lowest terms"),
    "x with a question mark": (CLIPPED, changed(E, x="0.5?"), "INVALID", "x[0]"),
    "an orbit": (CLIPPED, changed(E, orbit=["1/2", "1", "0", "0"]), "INVALID", "unknown: orbit"),
    "a box that is too wide": (
        wide := network(
            layer([[1], [1]], [0, "-1/2"], "relu"), layer([["[1,3]", -4]], [0], "clip", lo=0, hi=1), domain=UNIT
        ),
        odd(wide, "1/2"),
        "INVALID",
        "x: return",
    ),
    "the words of a single network for a box": (TENT_BOX, fresh(GOOD["a box"][1]), "INVALID", "claim.words"),
    "the words of a box for a single network": (CLIPPED, fresh(E, box=True), "INVALID", "claim.words"),
    "the words of another radius": (CLIPPED, changed(R, radius="1/499"), "INVALID", "claim.words"),
    "the words of the other radius": (CLIPPED, changed(R, weights="relative"), "INVALID", "claim.words"),
    "a radius without weights": (CLIPPED, without(R, "weights"), "INVALID", "radius, weights: expected both or none"),
    "weights without a radius": (CLIPPED, changed(E, weights="absolute"), "INVALID", "radius, weights"),
    "a radius of zero": (CLIPPED, fresh(R, radius="0"), "INVALID", "radius: expected a positive number"),
    "a negative radius": (CLIPPED, fresh(R, radius="-1/500"), "INVALID", "radius"),
    "a radius that is too large": (CLIPPED, fresh(R, radius="1/50"), "INVALID", "x: return"),
    "a radius that is no number": (CLIPPED, changed(R, radius="0.01"), "INVALID", "radius[0]"),
    "a radius in other units": (
        CLIPPED,
        changed(R, weights="euclidean"),
        "INVALID",
        "weights: expected absolute or relative",
    ),
    "weights in a list": (CLIPPED, changed(R, weights=["absolute"]), "INVALID", "weights"),
    "a radius around a box": (
        TENT_BOX,
        fresh(R, map_sha256=sha256(TENT_BOX)),
        "INVALID",
        "radius: expected a map file without intervals",
    ),
    "a cover that is not needed": (CLIPPED, changed(E, cover=UNIT), "INVALID", "cover: expected none"),
    "a cover on the line": (ON_LINE, changed(GOOD["an exact network on the line"][1], cover=UNIT), "INVALID", "cover"),
    "no cover": (HUMP, without(H, "cover"), "INVALID", "cover: expected points, as the last activation may leave"),
    "an empty cover": (HUMP, changed(H, cover=[]), "INVALID", "cover: expected a list of at least one"),
    "a cover of one point": (HUMP, changed(H, cover=["0"]), "INVALID", "cover: expected first and last the ends"),
    "a cover that stops early": (HUMP, changed(H, cover=H["cover"][:-1]), "INVALID", "cover: expected first and last"),
    "a cover that starts late": (HUMP, changed(H, cover=H["cover"][1:]), "INVALID", "cover: expected first and last"),
    "a cover beyond the domain": (HUMP, changed(H, cover=[*H["cover"], "2"]), "INVALID", "cover: expected points of"),
    "a cover that goes back": (HUMP, changed(H, cover=["0", "3/4", "1/2", "1"]), "INVALID", "cover[2]"),
    "a cover that is too coarse": (HUMP, changed(H, cover=UNIT), "INVALID", "cover[0], cover[1]: image"),
    "a map that leaves its domain": (
        WIDE,
        odd(WIDE, "1/4", cover=equal(-1, 1, 4)[:4]),
        "INVALID",
        "image: expected values",
    ),
    **{
        f"a map that leaves its domain {where}": (
            leaving := network(layer([["1/2"]], [bias], "identity"), domain=UNIT),
            order(leaving, 0, 1, cover=equal(0, 1, 8)),
            "INVALID",
            f"{cells}: image: expected values in the domain",
        )
        for where, bias, cells in (("below", "-1/8", "cover[0], cover[1]"), ("above", "9/16", "cover[7], cover[8]"))
    },
    "a map that keeps its domain, just so": (
        kept := network(layer([["1/2"]], ["1/2"], "identity"), domain=UNIT),
        order(kept, 0, 1, cover=UNIT),
        "VALID",
        "",
    ),
    "a clip that is too wide": (CLIPPED_WIDE, odd(CLIPPED_WIDE, "1/4"), "INVALID", "cover: expected points"),
}
CELLS = {
    "two fixed points that are no rest": (STEEP, order(STEEP, -1, 1), "INVALID", "mesh[0], mesh[1]: cell"),
    "a cycle of period 2": (FALLING, order(FALLING, -1, 1), "INVALID", "mesh[0], mesh[1]: cell: expected disjoint or"),
    "a cycle of period 2 at mesh points": (
        STAIRS,
        order(STAIRS, 0, "1/4", "127/256", "129/256", "3/4", 1),
        "INVALID",
        "mesh[0], mesh[1]: cell",
    ),
    "a cycle of period 2 at a mesh point at the left of its cell": (
        STAIRS,
        order(STAIRS, "1/4", "127/256", "129/256", "5/8", 1, core_steps=1),
        "INVALID",
        "mesh[0], mesh[1]: cell",
    ),
    "the same a level higher": (STAIRS, order(STAIRS, *HIGHER, level=1), "VALID", ""),
    "1 - x, all of whose points but one have period 2": (
        MIRROR,
        order(MIRROR, 0, 1),
        "INVALID",
        "mesh[0], mesh[1]: cell",
    ),
    "a chaotic map": (SINE, order(SINE, *equal(-1, 1, 64)), "INVALID", "cell"),
    "a chaotic map, level 3": (SINE, order(SINE, *equal(-1, 1, 8), level=3), "INVALID", "cell"),
    "a cell with no zero of g - id": (
        CONTRACTION,
        order(CONTRACTION, -1, "1/10", 1),
        "INVALID",
        "mesh[1], mesh[2]: cell",
    ),
    "a mesh point at a fixed point, exactly": (CONTRACTION, order(CONTRACTION, -1, 0, 1), "VALID", ""),
    "a mesh point next to a fixed point": (
        CONTRACTION,
        order(CONTRACTION, -1, F(-1, 10**30), 1),
        "INVALID",
        "mesh[0], mesh[1]: cell",
    ),
    "a cell beyond the fixed point": (
        LOGISTIC_EXACT,
        order(LOGISTIC_EXACT, 0, "2932375/10000000", 1),
        "INVALID",
        "mesh[1], mesh[2]: cell",
    ),
    "a cell before the fixed point": (
        LOGISTIC_EXACT,
        order(LOGISTIC_EXACT, 0, "2932373/10000000", 1),
        "INVALID",
        "mesh[0], mesh[1]: cell",
    ),
    "a fixed point at an end of the domain": (HALF, order(HALF, 0, 1), "VALID", ""),
    "a fixed point at an end that has no finite binary expansion": (
        thirds := network(layer([["1/2"]], ["1/6"], "clip", lo="1/3", hi=1), domain=["1/3", "1"]),
        order(thirds, "1/3", 1),
        "VALID",
        "",
    ),
    "a fixed point at an end of the mesh": (
        CONTRACTION,
        order(CONTRACTION, -1, "1/100", 1),
        "INVALID",
        "mesh[1], mesh[2]: cell",
    ),
    "a mesh short at the left": (CONTRACTION, order(CONTRACTION, "-9/10", 1), "INVALID", "mesh: core"),
    "a mesh short at the right": (CONTRACTION, order(CONTRACTION, -1, "9/10"), "INVALID", "mesh: core"),
    "too few steps to the core": (
        CONTRACTION,
        order(CONTRACTION, "-1/10", "1/10", core_steps=2),
        "INVALID",
        "mesh: core: expected first and last on both sides",
    ),
    "a mesh of one point": (CONTRACTION, order(CONTRACTION, 0), "INVALID", "mesh: core"),
    "an empty mesh": (CONTRACTION, order(CONTRACTION), "INVALID", "mesh: expected a list of at least one"),
    "a mesh beyond the domain": (
        CONTRACTION,
        order(CONTRACTION, -2, 1),
        "INVALID",
        "mesh: expected points of the domain",
    ),
    "a mesh that goes back": (CONTRACTION, order(CONTRACTION, -1, "1/2", "1/4", 1), "INVALID", "mesh[2]"),
    "a mesh point twice": (CONTRACTION, order(CONTRACTION, -1, -1, 1), "INVALID", "mesh[1]"),
    "infinite ends": (
        STEEP_LINE,
        changed(GOOD["increasing, on the line"][1], mesh=["-inf", "inf"]),
        "INVALID",
        "mesh[0]",
    ),
    "an unknown rule": (CONTRACTION, changed(C, rule="affine"), "INVALID", "rule: expected cells or increasing"),
    "a rule in a list": (CONTRACTION, changed(C, rule=["cells"]), "INVALID", "rule"),
    "a map that falls": (
        LOGISTIC,
        order(LOGISTIC, 0, 1, rule="increasing"),
        "INVALID",
        "slopes of g that are not negative",
    ),
    "the other rule": (CONTRACTION, changed(C, rule="increasing"), "VALID", ""),
    "increasing, for a decreasing map": (
        FALLING,
        order(FALLING, -1, 1, rule="increasing"),
        "INVALID",
        "mesh[0], mesh[1]: cell",
    ),
    "increasing, one cell of many": (
        SINE,
        order(SINE, -1, "-1/2", "1/2", 1, rule="increasing"),
        "INVALID",
        "mesh[0], mesh[1]: cell",
    ),
    "increasing, at the left of the cell alone": (ARCH, order(ARCH, -1, 1, rule="increasing"), "INVALID", "cell"),
    "the core of one part": (
        STEEP,
        order(STEEP, -1, 0, rule="increasing", core_steps=1, parts=2),
        "INVALID",
        "mesh: core",
    ),
    "no parts": (CONTRACTION, changed(C, parts=0), "INVALID", "parts: expected an integer, at least 1"),
    "a negative core": (CONTRACTION, changed(C, core_steps=-1), "INVALID", "core_steps"),
    "no core on the line": (
        STEEP_LINE,
        changed(GOOD["increasing, on the line"][1], core_steps=0),
        "INVALID",
        "at least 1 on the line",
    ),
    "no bounds on the line": (
        loose := network(layer([["1/2"]], [0], "softplus"), domain=None),
        order(loose, -1, 1, core_steps=1),
        "INVALID",
        "map: core: expected a last activation of bounded values, for order on the line, got 'softplus'",
    ),
    "no cover": (SOFT, without(GOOD["a softplus, cover"][1], "cover"), "INVALID", "cover"),
    "a radius": (CONTRACTION, changed(C, radius="1/100", weights="absolute"), "INVALID", "unknown: radius"),
    "a box in which one network has a 2-cycle": (
        mixed := network(layer([["[-11/10,-1/2]"]], [0], "tanh"), domain=BOTH),
        order(mixed, -1, 1),
        "INVALID",
        "cell",
    ),
    "a box that contracts throughout": (
        calm := network(layer([["[-9/10,9/10]"]], [0], "tanh"), domain=BOTH),
        order(calm, -1, 1),
        "VALID",
        "",
    ),
    "the words of a single network for a box": (calm, fresh(order(calm, -1, 1)), "INVALID", "claim.words"),
}
TABLES = {"reach": REACH, "odd-return-box": RETURN, "order-box": CELLS}


@pytest.mark.parametrize(("rule", "defect"), [(rule, defect) for rule, table in TABLES.items() for defect in table])
def test_defects(rule: str, defect: str) -> None:
    assert_answer(*TABLES[rule][defect])


def test_changed_certificates(good: tuple[Document, Document]) -> None:
    """No leaf changes unseen. With a digest that fits, only what is no part of the claim may be chosen otherwise."""
    document, proof = good
    for path, forged in forgeries(document, proof):
        if path[0] == "cover" and len(path) == 2 and 3 < path[1] < 125:
            continue  # enough of them
        free = path[0] in ("bits", "core_steps", "parts", "rule", "mesh", "cover")
        assert checker.check(document, forged).status != "VALID" or free, (path, forged)


def test_changed_maps(good: tuple[Document, Document]) -> None:
    """A map with one leaf changed is another map or none, unless the leaf is the same number written in another way."""
    document, proof = good
    for path, other in mutations(document):
        value: Any = other
        original: Any = document
        try:
            for key in path:
                value, original = value[key], original[key]
            same = type(value) in (int, str) and ends(str(value)) == ends(str(original))
        except (KeyError, IndexError, TypeError, ValueError):
            same = False
        try:
            status = checker.check(other, proof).status
        except checker.Unreadable:
            continue
        assert status != "VALID" or same, (path, other)


# Numbers, intervals and the canonical map


@pytest.mark.parametrize(
    ("written", "lo", "hi"),
    [
        ("[0.1,1/3]", "1/10", "1/3"),
        ("[-0x1p-2,-0]", "-1/4", "0"),
        ("[-1.5e-3,7]", "-3/2000", "7"),
        ("0.123?", "49/400", "247/2000"),
        ("-0.5?", "-11/20", "-9/20"),
        ("1.5e-3?", "29/20000", "31/20000"),
        ("12?", "23/2", "25/2"),
        ("12E2?", "1150", "1250"),
        (".5?", "9/20", "11/20"),
        ("5.?", "9/2", "11/2"),
        ("0?", "-1/2", "1/2"),
        ("0.00?", "-1/200", "1/200"),
        ("[2/4,0.5]", "1/2", "1/2"),
        ("3/6", "1/2", "1/2"),
        (-7, "-7", "-7"),
    ],
)
def test_intervals(written: str | int, lo: str, hi: str) -> None:
    lower, upper = checker.entry(written, "x", 0, checker.Work())
    text = lo if lo == hi else f"[{lo},{hi}]"
    assert [F(*lower[:2]), F(*upper[:2])] == [F(lo), F(hi)]
    assert lower[2] == upper[2] == text
    read = network({"weight": [[written]], "bias": ["0"], "activation": "relu"}, domain=None)
    assert checker.map_sha256(read) == sha256(network(layer([[text]], [0], "relu"), domain=None))
    assert checker.Map(read, checker.Work()).is_box == (lo != hi)
    again = network({"weight": [["1"]], "bias": [written], "activation": "sin"}, domain=None)
    assert checker.Map(again, checker.Work()).canonical["map"]["layers"][0]["bias"] == [text]


@pytest.mark.parametrize(
    "written",
    [
        "[1,0]", "[]", "[,]", "[1]", "[1,2,3]", "[ 1,2]", "[1, 2]", "[1,2", "1,2]", "[1,2]?", "[1/0,2]", "[[1,2],3]", "(1,2)",
        "[1;2]", "[nan,1]", "[-inf,inf]", "?", "-?", ".?", "1/3?", "0x1p3?", "1??", "+1?", "1? ", "1 ?", "e5?", "1e?", "\u0661?",
        "[\u0661,2]", ["1", "2"], {"lo": "1", "hi": "2"}, [1, 2],
    ],
    ids=ascii,
)  # fmt: skip
def test_no_intervals(written: object) -> None:
    with pytest.raises(checker.Unreadable) as error:
        checker.entry(written, "x", 0, checker.Work())
    assert str(error.value).startswith("x[0]: expected an ")
    assert str(error.value).isascii()


@pytest.mark.parametrize("written", ["[1,1e999999999]", "1e999999999?", "1e-999999999?", "[1," + "9" * 50_000 + "]"])
def test_intervals_beyond_the_limits(written: str) -> None:
    with checker.long_integers(), pytest.raises(checker.Beyond):
        checker.entry(written, "x", 0, checker.Work())


def test_intervals_stand_in_weights_and_biases_only() -> None:
    box = "[0,1]"
    places = {
        "domain[0]": {**SINE, "domain": ["[-1,-1]", "1"]},
        "map.layers[0][lo]": network({**layer([[1]], [0], "clip", lo=0, hi=1), "lo": box}, domain=UNIT),
        "map.layers[0][alpha]": network({**layer([[1]], [0], "elu", alpha=1), "alpha": "0.5?"}, domain=UNIT),
        "map.knots[0][1]": {**TENT, "map": {**TENT["map"], "knots": [["0", box], ["1", "0"]]}},
        "map.layers[0].weight[0][0]": network({"weight": [["[1,0]"]], "bias": ["0"], "activation": "sin"}, domain=UNIT),
        "missing: alpha": network(layer([[1]], [0], "elu"), domain=UNIT),
        "unknown: alpha": network(layer([[1]], [0], "tanh", alpha=1), domain=UNIT),
    }
    for fragment, document in places.items():
        with pytest.raises(checker.Unreadable) as error:
            checker.Map(document, checker.Work())
        assert fragment in str(error.value)


def test_the_range_that_keeps_a_domain() -> None:
    ranges = {
        "tanh": (-1, 1),
        "sin": (-1, 1),
        "sigmoid": (0, 1),
        "relu6": (0, 6),
        "softplus": None,
        "relu": None,
        "elu": None,
    }
    assert {name: single(name).range for name in ranges} == ranges
    assert single("clip").range == (F(-1, 3), F(5, 7))


# Hostile files


def timed(document: Document, proof: Document) -> tuple[str, str]:
    start = time.process_time()
    outcome = checker.check(document, proof)
    assert time.process_time() - start < 20, "the budget here is a thirtieth of the real one"
    return tuple(outcome)


def far(weight: str, name: str, *more: Document) -> Document:
    return network(layer([[weight]], [0], name, **({"alpha": 1} if name == "elu" else {})), *more, domain=None)


def test_what_is_endless_ends() -> None:
    """Each of these would take hours or all memory; each ends by the budget, or before."""
    big, million = "1" + "0" * 4000, [f"{k}/1000003" for k in range(1, 10**6)]
    deep = network(*[layer([[2], [-3]], [0, 0], "sin"), layer([[1, 1]], [0], "identity")] * 300, domain=None)
    unsupported = {
        "parts": (CONTRACTION, changed(C, parts=10**18, core_steps=1)),
        "core steps": (CONTRACTION, changed(C, core_steps=10**18)),
        "n": (CLIPPED, fresh(E, n=10**18 + 1)),
        "level": (SINE, fresh(S, level=20, n=10**6 + 1)),
        "mesh": (STEEP, changed(INCREASING, mesh=["-1", *million, "1"])),
        "cover": (HUMP, changed(H, cover=["0", *million, "1"])),
        "bits": (SINE, changed(S, bits=20_000)),
        "bits and terms": (HUMPS["gelu"], changed(GOOD["a hump of gelu"][1], bits=20_000)),
        "a deep network": (deep, odd(deep, "1/3", bits=5000)),
    }
    for title, (document, proof) in unsupported.items():
        assert timed(document, proof)[0] == "UNSUPPORTED", title
    for name in SMOOTH:
        for document in (far(big, name), far("-" + big, name), far("1/" + big, name), far(f"[-{big},{big}]", name)):
            for bits in (1, 64):
                assert timed(document, odd(document, "1/3", bits=bits))[0] == "INVALID"
            towering = network(*document["map"]["layers"] * 40, domain=None)
            assert timed(towering, odd(towering, "1/3"))[0] in ("INVALID", "UNSUPPORTED")


def test_the_cut_to_the_domain() -> None:
    """From the moment that the domain is known to be kept, nothing outside it is believed."""
    f = checker.Map(HUMP, checker.Work())
    box = checker.boxed(f, H)
    assert box.domain == (0, 1 << 64)
    assert box((0, 1 << 64))[0] == (0, 1 << 64) != checker.Box(f.layers, 64, checker.Work())((0, 1 << 64))[0]
    assert checker.boxed(checker.Map(ON_LINE, checker.Work()), E).domain is None


def test_long_numbers_in_certificates() -> None:
    long = "1/" + "3" * 30_000
    with checker.long_integers():
        proofs = [
            fresh(R, radius=long),
            fresh(E, x=long),
            changed(H, cover=["0", long, "1"]),
            changed(C, mesh=["-1", long, "1"]),
        ]
    for document, proof in zip((CLIPPED, CLIPPED, HUMP, CONTRACTION), proofs, strict=True):
        assert timed(document, proof)[0] in ("VALID", "INVALID", "UNSUPPORTED")


def test_every_loop_pays(monkeypatch: pytest.MonkeyPatch, good: tuple[Document, Document]) -> None:
    monkeypatch.setattr(checker.Work, "left", 5000)
    assert checker.check(*good).status == "UNSUPPORTED"


def test_the_example_on_the_page() -> None:
    """docs/certificate-format.md shows the certificate of a radius around the network of docs/map-format.md."""
    pages = [(FILE.parent.parent / "docs" / f"{name}-format.md").read_text() for name in ("certificate", "map")]
    proofs, maps = (
        [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)] for page in pages
    )
    [proof] = [proof for proof in proofs if proof["kind"] == "odd-return-box"]
    [document] = [given for given in maps if given.get("name") == "tent as a network"]
    assert checker.check(document, proof) == ("VALID", proof["claim"]["words"])
    [one] = [given for given in maps if given.get("activation") == "sigmoid"]
    assert checker.read_layer(one, 2, "layer", checker.Work()).upper


def test_nothing_false_is_accepted() -> None:
    """Boxes and meshes by chance: where a certificate of order holds, each sampled network of the box is ordered, exactly."""
    rng, accepted = random.Random(5), 0
    for _ in range(700):
        k, level, rule = rng.randint(1, 3), rng.randint(0, 1), rng.choice(["cells", "cells", "increasing"])
        width = rng.choice([F(0), F(1, 100), F(1, 10)])

        def entry(lo: F, width: F = width) -> str:
            return f"[{lo},{lo + width}]" if width and rng.random() < 0.5 else str(lo)

        first = layer([["1"]] * k, [-F(rng.randint(0, 8), 8) for _ in range(k)], "relu")
        out = [[entry(F(rng.randint(-16, 16), 8)) for _ in range(k)]]
        document = network(first, layer(out, [entry(F(rng.randint(0, 8), 8))], "clip", lo=0, hi=1), domain=UNIT)
        mesh = sorted({F(0), F(1), *(F(rng.randint(0, 32), 32) for _ in range(rng.randint(0, 8)))})
        proof = order(document, *mesh, rule=rule, level=level, core_steps=rng.randint(0, 2))
        if checker.check(document, proof).status != "VALID":
            continue
        accepted += 1
        for _ in range(4):
            pieces = checker.Map(member(document, rng), checker.Work()).pieces
            kinks = [F(p, q) for p, q in pieces.knots]
            _, ordered = finest_mesh(pieces, kinks, (F(0), F(1)), 1 << level)
            assert ordered, (document, mesh, level)
    assert accepted > 100
