"""Doubles next to exact numbers, monotone: where those of two numbers differ, the numbers are in the same order."""

from __future__ import annotations

from math import inf, ldexp

from certify.numbers import Extended, Infinity


def rounded(x: Extended) -> float:
    """The double nearest to x (a subnormal one is rounded twice), an infinity beyond their range. It is monotone: x <= y
    implies rounded(x) <= rounded(y), hence two points whose doubles differ are in the order of these.

    x has 66 leading binary digits or one more, of which the last is made 1 where others follow: rounded once more, to the
    53 of a double, they give what x gives, for its place between two doubles, or in the middle, can still be told.
    """
    if isinstance(x, Infinity):
        return float(x)
    p, q = x.p, x.q
    shift = 66 + q.bit_length() - p.bit_length()
    digits, rest = divmod(abs(p) << shift, q) if shift >= 0 else divmod(abs(p), q << -shift)
    near = int(digits) | (rest != 0)
    return rounded_dyadic(near if p > 0 else -near, -shift)


def rounded_dyadic(n: int, exponent: int) -> float:
    """The same for n 2^exponent, n of less than a thousand binary digits."""
    try:
        return ldexp(float(n), exponent)
    except OverflowError:
        return inf if n > 0 else -inf
