"""Exact confidence bounds for a proportion that was counted (Clopper and Pearson 1934)."""

from __future__ import annotations

from fractions import Fraction

from certify.numbers import Q, arb, ctx

DIGITS = 6
"""Significant digits of a bound, and of its distance from 1."""
BITS = (64, 128, 256)


def bounds(least: int, most: int, trials: int, confidence: Fraction = Fraction(95, 100)) -> tuple[str, str]:
    """Two decimals between which the proportion lies with at least the given confidence, rounded outwards.

    Of `trials` independent draws at least `least` and at most `most` were successes: draws that nobody decided are in `most` alone,
    so they count against whoever reads the bounds. The lower bound is Clopper and Pearson's for `least` successes, the largest p
    with P(X >= least | p) <= (1 - confidence) / 2, the upper one theirs for `most`: each of the two fails at most so often. Both
    are cut off, downwards and upwards, where they and their distances from 1 have six significant digits.

    The decimals are proved: a binomial tail is a regularised incomplete beta function, P(X >= s | p) = I_p(s, n - s + 1), and
    balls enclose it (Johansson 2019). Raises `ValueError` unless 0 <= least <= most <= trials and 0 < confidence < 1.

    >>> bounds(10, 10, 100)
    ('0.0490046', '0.176223')
    >>> bounds(0, 0, 10**6)
    ('0', '0.00000368888')
    """
    if not 0 <= least <= most <= trials:
        raise ValueError(f"expected 0 <= least <= most <= trials, got {least}, {most} and {trials}")
    if not 0 < confidence < 1:
        raise ValueError(f"expected a confidence between 0 and 1, got {confidence}")
    level = Q(confidence.denominator - confidence.numerator, 2 * confidence.denominator)
    low, low_places = _lower(least, trials, level)
    high, high_places = _lower(trials - most, trials, level)
    return _decimal(low, low_places), _decimal(10**high_places - high, high_places)


def _lower(successes: int, trials: int, level: Q) -> tuple[int, int]:
    """The lower bound, cut off after some decimal places: as an integer of units of the last one, and their number.

    The upper bound for s successes is 1 minus the lower bound for as many failures.
    """
    found, places = 0, 0
    if successes == 0:
        return found, places
    while min(found, 10**places - found) < 10 ** (DIGITS - 1):
        low, high = 10 * found, 10 * (found + 1)  # the bound is at least low units, and not shown to be high
        places += 1
        while high - low > 1:
            middle = (low + high) // 2
            if _is_below(Q(middle, 10**places), successes, trials, level):
                low = middle
            else:
                high = middle
        found = low
    return found, places


def _is_below(p: Q, successes: int, trials: int, level: Q) -> bool:
    """Whether it is proved that P(X >= successes | p) <= level; what is left open counts as no, so a bound is never too sharp."""
    if p * trials >= successes:
        return False  # it is not: the median of X is about p * trials
    if trials == 1:
        return bool(p <= level)
    for bits in BITS:
        with ctx.workprec(bits):
            if _far_tail(p, successes, trials) <= level:
                return True
            tail = _tail(p, successes, trials)
            if tail <= level or tail > level:
                return bool(tail <= level)
    return False


def _tail(p: Q, successes: int, trials: int) -> arb:
    """P(X >= successes | p), from the side on which the beta function has its smaller parameter first: it is sharp and fast there."""
    failures = trials - successes
    if successes <= failures:
        return arb(p).beta_lower(successes, failures + 1, regularized=True)
    return 1 - arb(1 - p).beta_lower(failures + 1, successes, regularized=True)


def _far_tail(p: Q, successes: int, trials: int) -> arb:
    """An upper bound of it for p < successes/trials, good where it is small: exp(-n KL(s/n | p)) (Chernoff 1952)."""
    failures = trials - successes
    exponent = successes * (arb(Q(successes, trials)) / p).log()
    if failures:
        exponent += failures * (arb(Q(failures, trials)) / (1 - p)).log()
    return (-exponent).exp()


def _decimal(units: int, places: int) -> str:
    whole, part = divmod(units, 10**places)
    return f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".") if places else str(whole)
