"""Entropies of particular maps for which the literature has a value, each with its source.

A source gives an equation for the growth exp h, or h itself; the decimals are the largest root of that equation, rounded to
the digits that are given here. The first test makes sure of that, so that a row rests on its equation alone.

    MSz   Misiurewicz, Szlenk 1980, "Entropy of piecewise monotone mappings", Studia Math. 67: a piecewise monotone map of
          constant slope s >= 1 in absolute value has h = log s
    MT    Milnor, Thurston 1988, "On iterated maps of the interval", LNM 1342: a unimodal map with h > 0 has exp h = 1/t for
          the least zero t in (0, 1) of its kneading series; which depends on nothing but the order of the turning point's orbit
    MSS   Metropolis, Stein, Stein 1973, "On finite limit sets for transformations on the unit interval", J. Combin. Theory
          A 15: the words of R and L that the periodic orbits of a turning point C can have, and their order
    BGMY  Block, Guckenheimer, Misiurewicz, Young 1980, "Periodic points and topological entropy of one dimensional maps",
          LNM 819: for odd p > 1 the cycles of Stefan (1977), the simplest of period p, have the largest root of
          x^p - 2 x^(p-2) - 1; period 2^d p forces its 2^d-th root and no more. So also Ruette 2019, arXiv 1906.03649
    SC    Sanford, Chatziafratis 2022, "Expressivity of neural networks via chaotic itineraries beyond Sharkovsky's
          theorem", arXiv 2110.10295: cycles in increasing order
    P     Parry 1966, "Symbolic dynamics and transformations of the unit interval", Trans. AMS 122: Markov maps have the
          largest eigenvalue of their transition matrix
    BK    Buczolich, Keszthelyi 2015, "Equi-topological entropy curves for skew tent maps in the square", arXiv 1512.05146,
          after Misiurewicz, Visinescu 1991: skew tents with one kneading sequence have one entropy
    BC    Block, Coppel 1992, "Dynamics in one dimension", LNM 1513: cycles that split into two halves which are exchanged,
          and so on, have entropy 0; the cycle 1 -> 3 -> 2 -> 4 of the word RLRC is an example
"""

from __future__ import annotations

from fractions import Fraction
from functools import cmp_to_key
from typing import NamedTuple

import pytest

import certify
from certify import PiecewiseLinear, families
from tests.test_entropy_verifier import log_fixed

F = Fraction


def dots(images: list[int]) -> PiecewiseLinear:
    """The map that joins the dots (i, images[i - 1])."""
    return PiecewiseLinear(list(enumerate(images, 1)))


def stefan(p: int) -> PiecewiseLinear:
    """The cycle of odd period p that starts in the middle and swings out, one to the right, two to the left, and so on."""
    middle = (p + 1) // 2
    path = [middle]
    for i in range(1, middle):
        path += [middle + i, middle - i]
    return dots([path[(path.index(x) + 1) % p] for x in range(1, p + 1)])


def increasing(p: int) -> PiecewiseLinear:
    """1 -> 2 -> ... -> p -> 1."""
    return dots([*range(2, p + 1), 1])


def doubled(images: list[int]) -> PiecewiseLinear:
    """Two copies of a cycle that are exchanged: its square is the cycle on either of them."""
    n = len(images)
    return dots([*range(n + 1, 2 * n + 1), *images])


def unimodal(word: str) -> PiecewiseLinear:
    """The dots of the orbit of a turning point C, a maximum, whose value has this word for its itinerary."""

    def compare(i: int, j: int) -> int:
        up = 1
        for a, b in zip(word[i:] + word[:i], word[j:] + word[:j]):
            if a != b:
                return up if "LCR".index(a) > "LCR".index(b) else -up
            up = -up if a == "R" else up
        return 0

    order = sorted(range(len(word)), key=cmp_to_key(compare))
    return dots([order.index((i + 1) % len(word)) + 1 for i in order])


def kneading(word: str) -> list[int]:
    """MT: 1 - or + x ... for the letters in turn: the sign changes at each R."""
    coefficients = [1]
    for letter in word[:-1]:
        coefficients.append(-coefficients[-1] if letter == "R" else coefficients[-1])
    return coefficients


def simplest(p: int) -> list[int]:
    """x^p - 2 x^(p-2) - 1."""
    return [1, 0, -2, *[0] * (p - 3), -1]


class Published(NamedTuple):
    """The growth exp h as a decimal, the coefficients of its equation with the highest power first, and the source."""

    map: PiecewiseLinear
    growth: str
    equation: list[int]
    source: str


PUBLISHED = {
    "tent of slope 6/5": Published(families.tent("3/5"), "1.2", [5, -6], "MSz"),
    "tent of slope 19/10": Published(families.tent("19/20"), "1.9", [10, -19], "MSz"),
    "three slopes 3/2": Published(
        PiecewiseLinear([(0, "1/4"), ("1/2", 1), ("5/6", "1/2"), (1, "3/4")]), "1.5", [2, -3], "MSz"
    ),
    "seven full laps": Published(families.sawtooth(7), "7", [1, -7], "MSz"),
    "golden mean": Published(PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)]), "1.618034", [1, -1, -1], "P"),
    "Stefan 3": Published(stefan(3), "1.618034", simplest(3), "BGMY"),
    "Stefan 5": Published(stefan(5), "1.512876", simplest(5), "BGMY"),
    "Stefan 7": Published(stefan(7), "1.465571", simplest(7), "BGMY"),
    "Stefan 9": Published(stefan(9), "1.441315", simplest(9), "BGMY"),
    "Stefan 3, doubled": Published(doubled([2, 3, 1]), "1.272020", [1, 0, -1, 0, -1], "BGMY"),
    "increasing 4": Published(increasing(4), "1.839287", [1, -1, -1, -1], "SC"),
    "increasing 5": Published(increasing(5), "1.927562", [1, -1, -1, -1, -1], "SC"),
    "increasing 6": Published(increasing(6), "1.965948", [1, -1, -1, -1, -1, -1], "SC"),
    "a stunted tent, RLC": Published(families.stunted_tent("6/7"), "1.618034", kneading("RLC"), "MT"),
    "a stunted tent, RLRRC": Published(families.stunted_tent("28/33"), "1.512876", kneading("RLRRC"), "MT"),
    "a skew tent, RLC": Published(PiecewiseLinear([(0, 0), ("3/7", "6/7"), (1, 0)]), "1.618034", kneading("RLC"), "BK"),
    **{
        word: Published(unimodal(word), growth, kneading(word), "MSS, MT")
        for word, growth in {
            "RLRRRC": "1.272020",
            "RLRRRRC": "1.465571",
            "RLRRC": "1.512876",
            "RLRRLRC": "1.556030",
            "RLC": "1.618034",
            "RLLRC": "1.722084",
            "RLLC": "1.839287",
            "RLLLRC": "1.883204",
            "RLLLC": "1.927562",
            "RLLLLC": "1.965948",
        }.items()
    },
}

WITHOUT = {
    "RC": unimodal("RC"),
    "RLRC": unimodal("RLRC"),
    "RLRRRLRC": unimodal("RLRRRLRC"),
    "a cycle of period 2, doubled": doubled([2, 1]),
}


def between(growth: str) -> tuple[Fraction, Fraction]:
    """The numbers that are rounded to this decimal."""
    half = F(1, 2 * 10 ** len(growth.partition(".")[2])) if "." in growth else F(0)
    return F(growth) - half, F(growth) + half


def value(coefficients: list[int], x: Fraction) -> Fraction:
    result = F(0)
    for coefficient in coefficients:
        result = result * x + coefficient
    return result


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_decimals_are_those_of_the_largest_root(name: str) -> None:
    _, growth, equation, _ = PUBLISHED[name]
    low, high = between(growth)
    assert value(equation, low) <= 0 <= value(equation, high)
    shifted = equation  # in powers of x - high: no coefficient is negative, so there is no root beyond
    for i in range(len(shifted) - 1, 0, -1):
        row = [F(shifted[0])]
        for coefficient in shifted[1 : i + 1]:
            row.append(row[-1] * high + coefficient)
        shifted = [*row, *shifted[i + 1 :]]
    assert min(shifted) >= 0


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_entropy_is_the_published_one(name: str) -> None:
    f, growth, _, _ = PUBLISHED[name]
    low, high = between(growth)
    found = certify.entropy(f).entropy
    assert log_fixed(low, 20)[0] - F(1, 10**12) <= found.lower <= found.upper <= log_fixed(high, 20)[1] + F(1, 10**12)


@pytest.mark.parametrize("name", WITHOUT)
def test_cycles_of_halves_that_are_exchanged_have_no_entropy(name: str) -> None:
    assert certify.entropy(WITHOUT[name]).entropy.upper == 0
