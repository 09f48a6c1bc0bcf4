"""Random maps and networks for hypothesis, and the two ways between the package's objects and the oracle's.

Coordinates have small denominators on purpose: ties, plateaus, pieces of the identity, knots that are mapped to knots
and orbits that close after a few steps are then the rule and not the exception.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st

from certify.network import Activation, Layer, Network
from certify.numbers import INF, NEG_INF, Infinity, Q, fraction, rational
from certify.piecewise import PiecewiseLinear
from tests import oracle


def few(examples: int) -> settings:
    """The same examples on every run and every machine; no time limits."""
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None)


# Conversions


def build(f: oracle.Map) -> PiecewiseLinear:
    """The package's map with the oracle's knots."""
    return PiecewiseLinear(f.knots, f.slopes)


def read(f: PiecewiseLinear) -> oracle.Map:
    """The oracle's map with the package's knots."""
    slopes = None if f.domain else (fraction(f.slopes[0]), fraction(f.slopes[-1]))
    return oracle.Map(f.knots, slopes)


def outside(x: Q | Infinity) -> oracle.Number:
    """A number of the package as the oracle writes it."""
    return float(x) if isinstance(x, Infinity) else fraction(x)


def inside(x: oracle.Number) -> Q | Infinity:
    """A number of the oracle as the package writes it."""
    return rational(x) if isinstance(x, Fraction) else INF if x > 0 else NEG_INF


def opened(span: oracle.Span) -> tuple[Fraction | None, Fraction | None]:
    """An interval with None for its infinite ends, as the public functions return it."""
    a, b = span
    return a if isinstance(a, Fraction) else None, b if isinstance(b, Fraction) else None


def samples(f: oracle.Map, extra: int = 2) -> list[Fraction]:
    """The knots, the points between them, and on the line some far out."""
    xs = [x for x, _ in f.knots]
    found = xs + [(w * a + b) / (w + 1) for a, b in pairwise(xs) for w in (1, 2)]
    if f.slopes is not None:
        found += [xs[0] - Fraction(i, 3) for i in range(1, extra + 1)] + [xs[-1] + Fraction(7 * i, 2) for i in (1, 2)]
    return sorted(found)


# Maps

F = Fraction
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 12)
SLOPES = tuple(Fraction(s) for s in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3/2"))


@st.composite
def unit_maps(draw: st.DrawFn, most: int = 5) -> oracle.Map:
    """A continuous map of [0, 1] into itself with at most `most` knots inside, some of them false."""
    d = draw(st.sampled_from(DENOMINATORS))
    e = d if draw(st.booleans()) else draw(st.sampled_from(DENOMINATORS))
    inner = draw(st.sets(st.integers(1, d - 1), max_size=most)) if d > 1 else set()
    xs = [Fraction(0), *(Fraction(i, d) for i in sorted(inner)), Fraction(1)]
    ys: list[Fraction] = []
    for x in xs:
        choices = [st.integers(0, e).map(lambda k: Fraction(k, e)), st.just(x), st.just(1 - x)]
        if ys:
            choices.append(st.just(ys[-1]))
        ys.append(draw(st.one_of(choices[0], choices[0], *choices)))
    return oracle.Map(tuple(zip(xs, ys, strict=True)))


@st.composite
def interval_maps(draw: st.DrawFn, most: int = 5) -> oracle.Map:
    """A map of an interval [a, b] into itself: one of [0, 1], moved and stretched."""
    f = draw(unit_maps(most))
    a = draw(st.sampled_from([Fraction(0), Fraction(-1), Fraction(-7, 3), Fraction(1, 5)]))
    width = draw(st.sampled_from([Fraction(1), Fraction(2), Fraction(5, 7)]))
    return oracle.Map(tuple((a + width * x, a + width * y) for x, y in f.knots))


@st.composite
def line_maps(draw: st.DrawFn, most: int = 4) -> oracle.Map:
    """A continuous map of the line: up to `most` knots near 0, and end slopes of every sign, 0, 1 and -1 among them."""
    d = draw(st.sampled_from((1, 2, 3)))
    xs = sorted(draw(st.sets(st.integers(-3 * d, 3 * d), min_size=1, max_size=most)))
    knots: list[tuple[Fraction, Fraction]] = []
    for i in xs:
        x = Fraction(i, d)
        numbers = st.integers(-4 * d, 4 * d).map(lambda k: Fraction(k, d))
        near = [st.just(x), st.just(-x), *([st.just(knots[-1][1])] if knots else [])]
        knots.append((x, draw(st.one_of(numbers, numbers, *near))))
    return oracle.Map(tuple(knots), (draw(st.sampled_from(SLOPES)), draw(st.sampled_from(SLOPES))))


def self_maps(most: int = 5) -> st.SearchStrategy[oracle.Map]:
    """Maps that can be iterated: of an interval into itself, or of the line."""
    return st.one_of(interval_maps(most), line_maps(min(most, 4)))


UNITS = tuple(F(s) for s in ("1e-40", "1e-400", "1e400", "1e20"))
ORIGINS = tuple(F(s) for s in ("0", "1/3", "-1e30", "1e400"))


@st.composite
def far_maps(draw: st.DrawFn, most: int = 4) -> oracle.Map:
    """A self-map in other units: doubles cannot tell its knots apart, or cannot hold them, or both."""
    f = draw(self_maps(most))
    unit, origin = draw(st.sampled_from(UNITS)), draw(st.sampled_from(ORIGINS))
    return oracle.Map(tuple((origin + unit * x, origin + unit * y) for x, y in f.knots), f.slopes)


@st.composite
def any_interval_maps(draw: st.DrawFn) -> oracle.Map:
    """A map of an interval that need not send it into itself."""
    f = draw(interval_maps())
    stretch = draw(st.sampled_from([Fraction(1), Fraction(-2), Fraction(3, 2)]))
    lift = draw(st.sampled_from([Fraction(0), Fraction(1, 3)]))
    return oracle.Map(tuple((x, stretch * y + lift) for x, y in f.knots))


# Networks

WEIGHTS = tuple(Fraction(w) for w in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "1/3", "3", "-4"))
ACTIVATIONS = (
    ("identity", []),
    ("relu", []),
    ("leaky_relu", [Fraction(1, 100)]),
    ("leaky_relu", [Fraction(-2)]),
    ("leaky_relu", [Fraction(1)]),
    ("abs", []),
    ("clip", [Fraction(0), Fraction(1)]),
    ("clip", [Fraction(1, 2), Fraction(1, 2)]),
    ("hardtanh", [Fraction(-1), Fraction(1)]),
    ("hardtanh", [Fraction(-1, 3), Fraction(2)]),
    ("relu6", []),
)


@st.composite
def dense_layers(draw: st.DrawFn, deepest: int = 4, widest: int = 4) -> list[oracle.DenseLayer]:
    """The layers of a small network of any depth, with weights that often cancel or vanish."""
    depth = draw(st.integers(1, deepest))
    widths = [1, *(draw(st.integers(1, widest)) for _ in range(depth - 1)), 1]
    weight = st.sampled_from(WEIGHTS)
    layers: list[oracle.DenseLayer] = []
    for n_in, n_out in pairwise(widths):
        rows = [[draw(weight) for _ in range(n_in)] for _ in range(n_out)]
        name, parameters = draw(st.sampled_from(ACTIVATIONS))
        layers.append((rows, [draw(weight) for _ in range(n_out)], name, parameters))
    return layers


def build_network(layers: list[oracle.DenseLayer], domain: tuple[Fraction, Fraction] | None) -> Network:
    """The package's network with these layers."""
    return Network([Layer(w, b, Activation(name, tuple(p))) for w, b, name, p in layers], domain)
