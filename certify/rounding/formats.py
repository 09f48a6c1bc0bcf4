"""Binary floating-point formats: how they round, and which numbers they hold.

All four are subsets of the doubles, so a number of any of them is kept as the double that it is: what makes it a float16 is that
it has been rounded to one. Rounding is to nearest, ties to the even last digit, with gradual underflow, and to an infinity
beyond the greatest number (IEEE 754-2019; bfloat16 is float32 with the last 16 bits left out).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from certify.numbers import Q

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Format:
    """Numbers of `precision` binary digits; the normal ones lie between 2^`lowest` and 2^(`highest` + 1) in absolute value."""

    name: str
    precision: int
    lowest: int
    highest: int

    def __str__(self) -> str:
        return self.name

    @property
    def greatest(self) -> float:
        """The greatest finite number."""
        return math.ldexp(2 - 2.0 ** (1 - self.precision), self.highest)

    def nearest(self, value: Q) -> float:
        """The number of the format nearest to a rational, rounded once; an infinity beyond its range."""
        n, d = abs(int(value.p)), int(value.q)
        exponent = n.bit_length() - d.bit_length()
        if n << max(-exponent, 0) < d << max(exponent, 0):
            exponent -= 1  # now 2^exponent <= n/d < 2^(exponent + 1), unless n is 0
        unit = max(exponent, self.lowest) - (self.precision - 1)
        n, d = n << max(-unit, 0), d << max(unit, 0)
        whole, rest = divmod(n, d)
        whole += 2 * rest > d or (2 * rest == d and whole % 2)
        size = math.ldexp(whole, unit) if whole.bit_length() + unit <= self.highest + 1 else math.inf
        return -size if value < 0 else size

    def rounded(self, values: Doubles) -> Doubles:
        """Each double rounded to the format; NaN and the infinities stay."""
        if self is FLOAT64:
            return values
        _, exponents = np.frexp(values)
        unit = np.maximum(exponents - 1, self.lowest) - (self.precision - 1)
        nearest = np.ldexp(np.rint(np.ldexp(values, -unit)), unit)  # scaling is exact, rint takes ties to even
        return np.where(np.abs(nearest) > self.greatest, np.copysign(np.inf, values), nearest)

    def states(self) -> Doubles:
        """All finite numbers of a format of 16 bits, in increasing order; the two zeros are one number."""
        patterns = np.arange((2 * self.highest + 1) << (self.precision - 1))
        exponents, digits = np.divmod(patterns, 1 << (self.precision - 1))
        digits += np.where(exponents > 0, 1 << (self.precision - 1), 0)
        sizes = np.ldexp(digits.astype(np.float64), np.maximum(exponents, 1) - 1 + self.lowest - (self.precision - 1))
        return np.concatenate([-sizes[:0:-1], sizes])


BFLOAT16 = Format("bfloat16", 8, -126, 127)
FLOAT16 = Format("float16", 11, -14, 15)
FLOAT32 = Format("float32", 24, -126, 127)
FLOAT64 = Format("float64", 53, -1022, 1023)

FORMATS = {each.name: each for each in (FLOAT16, BFLOAT16, FLOAT32, FLOAT64)}
