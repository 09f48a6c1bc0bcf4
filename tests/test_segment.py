"""Regions along a segment against the piecewise-linear map of R -> R networks, and against evaluation everywhere."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certify import InputError, Layer, Network
from certify.segment import Region, regions_along

ACTIVATIONS = [
    "identity",
    "relu",
    "leaky_relu:1/3",
    "leaky_relu:-1/2",
    "abs",
    "clip:-1,2",
    "clip:1,1",
    "hardtanh",
    "relu6",
]


def some_layers(rng: random.Random, widths: list[int]) -> list[Layer]:
    def number() -> Fraction:
        return Fraction(rng.randint(-6, 6), rng.choice([1, 2, 3]))

    return [
        Layer([[number() for _ in range(n)] for _ in range(m)], [number() for _ in range(m)], rng.choice(ACTIVATIONS))
        for n, m in pairwise(widths)
    ]


def check_stream(layers: list[Layer], a: list[Fraction], b: list[Fraction]) -> list[Region]:
    """The regions tile [0, 1], are maximal, and agree with the network at their ends and inside."""
    found = list(regions_along(layers, a, b))
    net = Network(layers, None)
    assert (found[0].start, found[-1].end) == (0, 1)
    for left, right in pairwise(found):
        assert left.end == right.start
        assert (left.slopes, left.constants) != (right.slopes, right.constants)
    for region in found:
        lo, hi = (Fraction(str(t)) for t in (region.start, region.end))
        assert lo < hi
        for t in (lo, (2 * lo + hi) / 3, hi):
            values = net.values([x + t * (y - x) for x, y in zip(a, b, strict=True)])
            lines = [Fraction(str(s)) * t + Fraction(str(c)) for s, c in zip(region.slopes, region.constants)]
            assert list(values) == lines
    return found


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.lists(st.integers(1, 4), min_size=2, max_size=5))
def test_any_network_on_any_segment(seed: int, widths: list[int]) -> None:
    rng = random.Random(seed)
    a, b = ([Fraction(rng.randint(-9, 9), rng.randint(1, 4)) for _ in range(widths[0])] for _ in range(2))
    check_stream(some_layers(rng, widths), a, b)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.lists(st.integers(1, 4), max_size=3))
def test_one_input_gives_the_pieces_of_the_map(seed: int, hidden: list[int]) -> None:
    layers = some_layers(random.Random(seed), [1, *hidden, 1])
    found = list(regions_along(layers, [-3], [2]))
    f = Network(layers, (-3, 2)).to_piecewise_linear()
    assert [5 * region.start - 3 for region in found[1:]] == list(f.breaks)
    assert [region.slopes[0] / 5 for region in found] == list(f.slopes)


def test_the_tent_iterated_by_depth() -> None:
    first = Layer([[1], [1]], [0, "-1/2"], "relu")
    middle = Layer([[2, -4], [2, -4]], [0, "-1/2"], "relu")
    last = Layer([[2, -4]], [0], "identity")
    for depth in range(1, 8):
        found = check_stream([first, *[middle] * (depth - 1), last], [Fraction(0)], [Fraction(1)])
        assert len(found) == 2**depth
        assert {abs(region.slopes[0]) for region in found} == {2**depth}


def test_it_is_a_stream() -> None:
    """The first regions of 2^200 come at once."""
    first = Layer([[1], [1]], [0, "-1/2"], "relu")
    middle = Layer([[2, -4], [2, -4]], [0, "-1/2"], "relu")
    endless = regions_along([first, *[middle] * 199, Layer([[2, -4]], [0], "identity")], [0], [1])
    starts = [region.start for region in islice(endless, 5)]
    assert [x * 2**200 for x in starts] == [0, 1, 2, 3, 4]


def test_activation_regions_that_carry_one_line() -> None:
    """relu(x) - relu(x) bends nowhere; its two activation regions are one linear region."""
    (region,) = regions_along([Layer([[1], [1]], [-1, -1], "relu"), Layer([[1, -1]], [0], "identity")], [0], [2])
    assert region.patterns == 2
    assert region.slopes == (0,)


def test_a_segment_of_one_point_is_one_region() -> None:
    (region,) = regions_along([Layer([[1, 1]], [0], "relu")], [1, 2], [1, 2])
    assert (region.slopes, region.constants) == ((0,), (3,))


def test_points_that_do_not_fit() -> None:
    with pytest.raises(InputError, match="end: expected 2 coordinates, one for each input, got 3"):
        regions_along([Layer([[1, 1]], [0], "relu")], [0, 0], [1, 2, 3])
