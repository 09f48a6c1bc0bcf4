"""Exact numbers: the one module that names the rational backend and turns text, integers and floats into rationals.

Inside the package a number is a `Q`, a rational of python-flint; at the public boundary it is a `fractions.Fraction`.
Nothing is ever rounded on the way in: a float is a dyadic rational and becomes exactly that, a decimal string is the
decimal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, Final

import flint
from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_mat, fmpz_poly

if TYPE_CHECKING:
    import numpy as np

Q = fmpq
"""The exact rational numbers of the package."""

__all__ = [
    "arb",
    "arb_mat",
    "ctx",
    "fmpq_mat",
    "fmpq_poly",
    "fmpz_mat",
    "fmpz_poly",
]  # balls, their precision, matrices and polynomials, for the packages that calculate with them

Z = fmpz
"""The same library's integers: a long one that many a rational is made of is best handed over once."""

MAX_DIGITS: Final = 20_000
"""Digits above and below that a number in text may have: it is refused beyond twice as many characters, as by the checker."""

_FRACTION = re.compile(r"(-?[0-9]+)/([0-9]+)", re.ASCII)
_DECIMAL = re.compile(r"(-?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,6}))?", re.ASCII)
_HEX = re.compile(r"(-?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?[0-9]{1,6}))?", re.ASCII)


def backend() -> str:
    """The rational backend with its versions, for people."""
    return f"python-flint {flint.__version__} (FLINT {flint.__FLINT_VERSION__})"


class Infinity:
    """One of the two ends of the extended line [-inf, inf]; it compares with every rational and does no arithmetic."""

    __slots__ = ("positive",)

    def __init__(self, positive: bool) -> None:
        self.positive = positive

    def __lt__(self, other: object) -> bool:
        return not self.positive and other is not self

    def __gt__(self, other: object) -> bool:
        return self.positive and other is not self

    def __le__(self, other: object) -> bool:
        return not self.positive or other is self

    def __ge__(self, other: object) -> bool:
        return self.positive or other is self

    def __float__(self) -> float:
        return float("inf") if self.positive else float("-inf")

    def __repr__(self) -> str:
        return "inf" if self.positive else "-inf"

    def __reduce__(self) -> str:
        return "INF" if self.positive else "NEG_INF"


INF: Final = Infinity(True)
NEG_INF: Final = Infinity(False)

Extended = Q | Infinity
"""A point of [-inf, inf]."""


def rational(value: Any) -> Q:
    """The exact rational that `value` is.

    Accepts rationals and integers, floats of any format (float16, bfloat16, float32, float64: their exact dyadic value,
    so the double 0.1 is 3602879701896397/2**55), `Decimal`, and text: "22/7", "-1.25e-3" (the decimal), "0x1.8p-3"
    (the C hexadecimal float). Raises `ValueError` for anything else, NaN and the infinities included.
    """
    if isinstance(value, Q):
        return value
    if isinstance(value, str):
        return _parse(value)
    if isinstance(value, bool):
        raise ValueError(f"a truth value is not a number: {value}")
    if isinstance(value, fmpz):
        return Q(value)
    if type(value).__name__ == "bfloat16":
        value = float(value)  # widening is exact
    ratio = getattr(value, "as_integer_ratio", None)
    try:
        if ratio is not None:
            return Q(*ratio())
        return Q(value.__index__())
    except (TypeError, ValueError, OverflowError, AttributeError):
        raise ValueError(f"not a finite number: {value!r}") from None


def rationals(array: np.ndarray[Any, Any]) -> list[Any]:
    """The entries of a numpy array of floats or integers as (nested lists of) rationals, exactly as stored.

    Raises `ValueError` naming the index of the first entry that is not finite, or a type that holds no real numbers.
    """
    numerators, denominator = whole_numbers(array)
    return _nested(array, [Q(n, denominator) for n in numerators])


def whole_numbers(array: np.ndarray[Any, Any]) -> tuple[list[int], int]:
    """The entries, row after row, exactly, as integers over their least common denominator; raises as `rationals`."""
    import numpy as np

    if array.dtype.kind in "iu":
        return array.ravel().tolist(), 1
    if array.dtype.name not in {"float16", "bfloat16", "float32", "float64"}:
        raise ValueError(f"not an array of float16, bfloat16, float32, float64 or integers: {array.dtype}")
    doubles = array.astype(np.float64)
    if not np.isfinite(doubles).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(doubles))[0])
        raise ValueError(f"entry {list(index)} is {array[index]}, not a finite number")
    mantissas, exponents = np.frexp(doubles.ravel())
    odd = (mantissas * 2.0**53).astype(np.int64)  # exact: a double has 53 binary digits
    zeros = np.where(odd == 0, 0, np.frexp((odd & -odd).astype(np.float64))[1] - 1)  # at the end of each
    odd >>= zeros
    powers = np.where(odd == 0, 0, exponents + zeros - 53)
    lowest = min(0, int(powers.min(initial=0)))
    return [m << e for m, e in zip(odd.tolist(), (powers - lowest).tolist())], 1 << -lowest


def over_common_denominator(values: Iterable[Q]) -> tuple[list[int], int]:
    """The numbers as integers over their least common denominator."""
    pairs = [(int(value.p), int(value.q)) for value in values]
    denominator = lcm(*(q for _, q in pairs))
    return [p * (denominator // q) for p, q in pairs], denominator


def _nested(array: np.ndarray[Any, Any], flat: list[Any]) -> list[Any]:
    for length in reversed(array.shape[1:]):
        flat = (
            [flat[i : i + length] for i in range(0, len(flat), length)]
            if length
            else [[] for _ in range(array.shape[0])]
        )
    return flat


def fraction(value: Q) -> Fraction:
    """The same number as a `fractions.Fraction`, which is what the public functions return."""
    return Fraction(int(value.p), int(value.q))


def public(value: Extended) -> Fraction | None:
    """A `Fraction`, or None for an infinite end."""
    return None if isinstance(value, Infinity) else fraction(value)


def text(value: Extended) -> str:
    """The number in lowest terms: "p/q", "p" for an integer, "inf" and "-inf" for the ends of the line."""
    return str(value)


def texts(numerators: Iterable[int], denominator: int) -> list[str]:
    """The texts in lowest terms of integers over one common denominator."""
    below: dict[int, str] = {}
    found = []
    for numerator in numerators:
        common = gcd(numerator, denominator)
        if common not in below:
            rest = denominator // common
            below[common] = f"/{fmpz(rest)}" if rest > 1 else ""
        numerator //= common
        # Python refuses to print an integer of more than 4,300 digits; the backend prints any.
        found.append((str(numerator) if numerator.bit_length() < 14_000 else str(fmpz(numerator))) + below[common])
    return found


def shown(value: Extended, digits: int = 40) -> str:
    """The number for people: in full while it is short, else its size, with a few decimal digits."""
    full = str(value)
    if len(full) <= digits or isinstance(value, Infinity):
        return full
    longest = max(len(part.lstrip("-")) for part in full.split("/"))
    return f"{approximately(value)}… ({longest}-digit {'fraction' if '/' in full else 'integer'})"


def approximately(value: Extended) -> str:
    """About six significant digits, cut off, for people; any size of number."""
    try:
        return f"{float(value):.6g}"
    except OverflowError:
        return "a huge negative number" if value < 0 else "a huge number"


def as_float(value: Extended) -> float:
    """A double near the number, for filters and drawings only; beyond the range of doubles, an infinity."""
    try:
        return float(value)
    except OverflowError:
        return float("-inf") if value < 0 else float("inf")


def floats(values: Iterable[Extended]) -> list[float]:
    """`as_float` of each."""
    try:
        return [float(v) for v in values]
    except OverflowError:
        return [as_float(v) for v in values]


def sign(value: Q) -> int:
    """-1, 0 or 1."""
    numerator = value.p
    return (numerator > 0) - (numerator < 0)


def ordered(values: Iterable[Q]) -> list[Q]:
    """The numbers in increasing order. A sort by doubles comes first and leaves little to the exact one."""
    return sorted(sorted(values, key=as_float))


def simplest_between(lo: Extended, hi: Extended) -> Q:
    """The simplest rational strictly between two numbers: least denominator, then least absolute numerator.

    It is the first one met on the way down the Stern-Brocot tree (Stern 1858, Brocot 1861). Raises `ValueError`
    unless lo < hi.
    """
    if not lo < hi:
        raise ValueError(f"no number lies strictly between {lo} and {hi}")
    if lo < 0 and hi > 0:
        return Q(0)
    if hi <= 0:
        return -simplest_between(_negative(hi), _negative(lo))
    partial: list[fmpz] = []  # 0 <= lo < hi: the common start of the two continued fractions
    while True:
        assert not isinstance(lo, Infinity)
        whole = lo.floor()
        if hi > whole + 1:
            tail = Q(whole + 1)
            break
        if lo == whole:  # the interval starts at an integer, which is not in it: whole + 1/n for the least n
            assert not isinstance(hi, Infinity)
            tail = whole + 1 / Q((1 / (hi - whole)).floor() + 1)
            break
        assert not isinstance(hi, Infinity)
        partial.append(whole)
        lo, hi = 1 / (hi - whole), 1 / (lo - whole)
    for whole in reversed(partial):
        tail = whole + 1 / tail
    return tail


def _negative(value: Extended) -> Extended:
    if isinstance(value, Infinity):
        return NEG_INF if value.positive else INF
    return -value


def _parse(given: str) -> Q:
    if len(given) > 2 * MAX_DIGITS:
        raise ValueError(f"a number of more than {MAX_DIGITS} digits")
    if match := _FRACTION.fullmatch(given):
        numerator, denominator = match.groups()
        if not denominator.strip("0"):
            raise ValueError(f"the denominator is zero: {given[:40]!r}")
        return Q(fmpz(numerator), fmpz(denominator))
    if (match := _DECIMAL.fullmatch(given)) and (match[2] or match[3]):
        sign, whole, part, exponent = _pieces(match, given)
        value = Q(fmpz(whole + part), fmpz(10) ** len(part)) * Q(10) ** exponent
        return -value if sign else value
    if (match := _HEX.fullmatch(given)) and (match[2] or match[3]):
        sign, whole, part, exponent = _pieces(match, given)
        value = Q(int(whole + part, 16)) * Q(2) ** (exponent - 4 * len(part))
        return -value if sign else value
    raise ValueError(f"not a fraction, decimal or hexadecimal float: {given[:40]!r}")


def _pieces(match: re.Match[str], given: str) -> tuple[str, str, str, int]:
    exponent = int(match[4] or 0)
    if abs(exponent) > MAX_DIGITS:
        raise ValueError(f"an exponent beyond {MAX_DIGITS}: {given[:40]!r}")
    return match[1], match[2], match[3] or "", exponent
