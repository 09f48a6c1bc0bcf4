"""Clopper-Pearson bounds against exact binomial tails in Fractions, closed forms, published values and mpmath."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import mpmath
import pytest

from certify.sweep.statistics import bounds

LEVEL = Fraction(1, 40)


def tail(successes: int, trials: int, p: Fraction) -> Fraction:
    """P(X >= successes) for a binomial X, term by term."""
    return sum(
        (comb(trials, i) * p**i * (1 - p) ** (trials - i) for i in range(successes, trials + 1)),
        Fraction(0),
    )


def unit(decimal: str) -> Fraction:
    """One unit of the sixth significant digit of p or of 1 - p, whichever is smaller, or a coarser one."""
    p = Fraction(decimal)
    return min(p, 1 - p) / 10**5


@pytest.mark.parametrize("trials", [1, 2, 3, 7, 20, 41])
@pytest.mark.parametrize("level", [LEVEL, Fraction(1, 200), Fraction(1, 4)])
def test_bounds_are_the_sharpest_decimals_by_exact_tails(trials: int, level: Fraction) -> None:
    for successes in range(trials + 1):
        low, high = bounds(successes, successes, trials, 1 - 2 * level)
        p, q = Fraction(low), Fraction(high)
        if successes == 0:
            assert low == "0"
        else:
            assert tail(successes, trials, p) <= level < tail(successes, trials, p + unit(low))
        if successes == trials:
            assert high == "1"
        else:
            failures = trials - successes
            assert tail(failures, trials, 1 - q) <= level < tail(failures, trials, 1 - q + unit(high))


def test_published_bounds() -> None:
    """10 of 100 is the usual example, (0.04900469, 0.17622260); 0 of 10 has the upper bound 0.3084971 (and not 0.3)."""
    for successes, trials, expected in ((10, 100, ("0.0490046", "0.176223")), (0, 10, ("0", "0.308498"))):
        assert bounds(successes, successes, trials) == expected


def test_what_is_not_decided_counts_against_the_reader() -> None:
    low, high = bounds(7, 12, 1000)
    assert low == bounds(7, 7, 1000)[0]
    assert high == bounds(12, 12, 1000)[1]


@pytest.mark.parametrize("trials", [2, 10**3, 10**6, 10**10])
def test_no_success_and_no_failure_in_closed_form(trials: int) -> None:
    """The bounds are 1 - (1/40)^(1/n) and its mirror image; the lower one for a single success is 1 - (39/40)^(1/n)."""
    with mpmath.workdps(40):
        for successes, got, level in ((0, bounds(0, 0, trials)[1], LEVEL), (1, bounds(1, 1, trials)[0], 1 - LEVEL)):
            exact = -mpmath.expm1(mpmath.log(mpmath.mpf(level.numerator) / level.denominator) / trials)
            value = mpmath.mpf(got)
            assert abs(value - exact) <= 1.1e-5 * min(exact, 1 - exact), successes
            assert value >= exact if successes == 0 else value <= exact
    high = Fraction(bounds(0, 0, trials)[1])
    assert bounds(0, 0, trials)[0] == "0"
    assert bounds(trials, trials, trials)[1] == "1"
    assert Fraction(bounds(trials, trials, trials)[0]) == 1 - high


@pytest.mark.parametrize(
    ("successes", "trials"),
    [
        (1, 10**5),
        (5 * 10**4, 10**5),
        (99_998, 10**5),
        (7_000, 10**6),
        (3, 10**10),
        (210, 10**10),
        (10**5, 10**10),
        (10**10 - 210, 10**10),
        (10**7, 10**10),
        (5 * 10**9, 10**10),
    ],
)
def test_large_counts_against_a_second_implementation(successes: int, trials: int) -> None:
    low, high = bounds(successes, successes, trials)
    for decimal, count, side in ((low, successes, 0), (high, trials - successes, 1)):
        p = abs(side - Fraction(decimal))
        assert mpmath_tail(count, trials, p) <= 0.025 * (1 + 1e-12)
        assert mpmath_tail(count, trials, p + unit(decimal)) > 0.025


def mpmath_tail(successes: int, trials: int, p: Fraction) -> mpmath.mpf:
    """P(X >= successes) below the mean, summed from its largest term on."""
    with mpmath.workdps(50):
        x, failures = mpmath.mpf(p.numerator) / p.denominator, trials - successes
        choices = mpmath.loggamma(trials + 1) - mpmath.loggamma(successes + 1) - mpmath.loggamma(failures + 1)
        first = mpmath.exp(choices + successes * mpmath.log(x) + failures * mpmath.log1p(-x))
    total, term, i = 0.0, 1.0, 0  # doubles will do for the ratios
    odds = float(x / (1 - x))
    while term > 1e-18 * (1 + total) and i <= failures:
        total += term
        term *= (failures - i) / (successes + i + 1) * odds
        i += 1
    return first * total


@pytest.mark.parametrize("counts", [(-1, 3, 10), (4, 3, 10), (4, 11, 10)])
def test_counts_must_fit(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="expected 0 <= least <= most <= trials"):
        bounds(*counts)


@pytest.mark.parametrize("confidence", [Fraction(0), Fraction(1), Fraction(95)])
def test_confidence_is_a_probability(confidence: Fraction) -> None:
    with pytest.raises(ValueError, match="confidence between 0 and 1"):
        bounds(1, 1, 2, confidence)


def test_no_draws_say_nothing() -> None:
    assert bounds(0, 0, 0) == ("0", "1")
