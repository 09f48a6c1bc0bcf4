"""Exact numbers: nothing is rounded on the way in, and nothing that is no number comes in."""

from __future__ import annotations

import copy
import pickle
import struct
from decimal import Decimal
from fractions import Fraction
from math import gcd
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.numbers import (
    INF,
    MAX_DIGITS,
    NEG_INF,
    Q,
    approximately,
    as_float,
    floats,
    fraction,
    ordered,
    public,
    rational,
    rationals,
    shown,
    sign,
    simplest_between,
    text,
)
from tests.strategies import few

TEXTS = {
    "0": Fraction(0),
    "-0": Fraction(0),
    "7": Fraction(7),
    "-12": Fraction(-12),
    "007": Fraction(7),
    "22/7": Fraction(22, 7),
    "-22/7": Fraction(-22, 7),
    "6/4": Fraction(3, 2),
    "0/9": Fraction(0),
    "4/2": Fraction(2),
    "0.1": Fraction(1, 10),
    "-1.25e-3": Fraction(-1, 800),
    "1.5E+2": Fraction(150),
    "12e3": Fraction(12000),
    ".5": Fraction(1, 2),
    "-0.0": Fraction(0),
    "0x1.8p-3": Fraction(3, 16),
    "-0x1.8p+1": Fraction(-3),
    "0xff": Fraction(255),
    "0X1P4": Fraction(16),
    "0x.8p0": Fraction(1, 2),
    "0x1.999999999999ap-4": Fraction(3602879701896397, 36028797018963968),
    "0x0.0000000000001p-1022": Fraction(1, 2**1074),
}


@pytest.mark.parametrize("given", TEXTS)
def test_every_form_of_text_is_the_exact_number(given: str) -> None:
    assert fraction(rational(given)) == TEXTS[given]


@pytest.mark.parametrize(
    "given",
    ["", " ", "1 ", " 1", "1\n", "+1", "--1", "1/0", "1/00", "1/-2", "-1/-2", "1/2/3", "1.5/2", "1/2.5", ".",
     "-", "e5", "1e", "1e+", "1e1.5", "0x", "0x.", "0xp1", "0x1p", "0xg", "1_000", "1,5", "nan", "NaN",
     "inf", "-inf", "Infinity", "\u0661", "½", "1e99999", "1e-99999", "0x1p99999", "1e9999999", "one"],
)  # fmt: skip
def test_text_that_is_no_number_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"not a fraction|denominator is zero|exponent beyond|digits") as caught:
        rational(given)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_the_longest_number_is_read_and_a_longer_one_refused() -> None:
    """MAX_DIGITS on either side of a point or a stroke, with no quadratic time on the way in."""
    assert rational("1" + "0" * (MAX_DIGITS - 1)) == Q(10) ** (MAX_DIGITS - 1)
    nines = rational("9" * MAX_DIGITS + "." + "9" * (MAX_DIGITS - 1))
    assert Q(10) ** MAX_DIGITS - nines == Q(1) / Q(10) ** (MAX_DIGITS - 1)
    assert rational(f"1e-{MAX_DIGITS}") * Q(10) ** MAX_DIGITS == 1
    digits, exponent = 2 * MAX_DIGITS, MAX_DIGITS + 1
    for long in ("7" * (digits + 1), "1/" + "3" * digits, f"1e{exponent}", f"0x1p-{exponent}"):
        with pytest.raises(ValueError, match=str(MAX_DIGITS)):
            rational(long)


@pytest.mark.parametrize(
    "given",
    [None, True, False, np.True_, 1j, [1], (1, 2), {}, b"1", ..., float("nan"), float("inf"), float("-inf"),
     np.float16("nan"), np.float32("inf"), ml_dtypes.bfloat16("nan"), ml_dtypes.bfloat16("inf"), Decimal("NaN"),
     Decimal("Infinity"), np.array([1.0, 2.0])],
    ids=repr,
)  # fmt: skip
def test_what_is_no_number_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match=r"not a (finite )?number"):
        rational(given)


@pytest.mark.parametrize(
    "given",
    [5, Fraction(5), 5.0, "5", Decimal(5), Q(5), Q(10, 2).p, np.int8(5), np.uint64(5), np.float16(5), np.float32(5),
     np.float64(5), ml_dtypes.bfloat16(5)],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_every_type_of_number_is_taken(given: object) -> None:
    assert rational(given) == Q(5)
    assert type(rational(given)) is Q


def dyadic(bits: int, exponent_bits: int, mantissa_bits: int) -> Fraction | None:
    """The number behind the bits of an IEEE 754 binary format, by its definition; None for an infinity or NaN."""
    mantissa = bits & ((1 << mantissa_bits) - 1)
    exponent = bits >> mantissa_bits & ((1 << exponent_bits) - 1)
    bias = (1 << (exponent_bits - 1)) - 1
    if exponent == (1 << exponent_bits) - 1:
        return None
    leading = 1 << mantissa_bits if exponent else 0
    size = (mantissa + leading) * Fraction(2) ** (max(exponent, 1) - bias - mantissa_bits)
    return -size if bits >> (exponent_bits + mantissa_bits) else size


@pytest.mark.parametrize(("dtype", "exponent_bits", "mantissa_bits"), [(np.float16, 5, 10), (ml_dtypes.bfloat16, 8, 7)])
def test_all_sixteen_bit_floats_are_exact(dtype: type, exponent_bits: int, mantissa_bits: int) -> None:
    patterns = np.arange(0, 2**16, 7, dtype=np.uint16)
    expected = [dyadic(int(p), exponent_bits, mantissa_bits) for p in patterns]
    finite = [i for i, value in enumerate(expected) if value is not None]
    array = patterns.view(dtype)[finite]
    assert len(finite) > 9000
    assert [fraction(q) for q in rationals(array)] == [expected[i] for i in finite]
    assert [fraction(rational(x)) for x in array[::11]] == [expected[i] for i in finite[::11]]


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1))
@few(300)
def test_single_and_double_bits_are_exact(single: int, double: int) -> None:
    small = np.frombuffer(struct.pack("<I", single), dtype="<f4")
    large = np.frombuffer(struct.pack("<Q", double), dtype="<f8")
    for array, expected in ((small, dyadic(single, 8, 23)), (large, dyadic(double, 11, 52))):
        if expected is None:
            with pytest.raises(ValueError, match=r"entry \[0\]"):
                rationals(array)
        else:
            assert fraction(rationals(array)[0]) == fraction(rational(array[0])) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
@few(200)
def test_the_hexadecimal_text_of_a_double_is_the_double(x: float) -> None:
    assert rational(x.hex()) == rational(x)
    assert fraction(rational(x)) == Fraction(x)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**6), max_value=10**6))
@few(100)
def test_decimal_text_is_the_decimal(x: Decimal) -> None:
    assert fraction(rational(str(x))) == Fraction(x)
    assert fraction(rational(x)) == Fraction(x)


def test_the_double_and_the_decimal_differ() -> None:
    assert fraction(rational(0.1)) == Fraction(3602879701896397, 2**55)
    assert fraction(rational("0.1")) == Fraction(1, 10)
    assert rational(np.float32(0.1)) != rational(0.1)


def fractions(nested: Any) -> Any:
    """Nested lists with every number, of whatever type, as a Fraction."""
    if isinstance(nested, list):
        return [fractions(entry) for entry in nested]
    return fraction(nested) if isinstance(nested, Q) else Fraction(nested)


@pytest.mark.parametrize("shape", [(6,), (2, 3), (3, 2, 1), (1, 1), (0,), (2, 0), (1, 2, 3)])
def test_arrays_keep_their_shape(shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape) / 8
    found = rationals(array)
    assert fractions(found) == fractions(array.tolist())
    for length in shape:
        assert len(found) == length
        found = found[0] if length else []


def test_an_array_in_another_memory_order_is_read_by_index() -> None:
    array = np.arange(12, dtype=np.float64).reshape(3, 4)
    for view in (np.asfortranarray(array), array.T, array[::-1, ::2]):
        assert fractions(rationals(view)) == fractions(view.tolist())


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64])
def test_integer_arrays_are_exact(dtype: type) -> None:
    ends = [np.iinfo(dtype).min, np.iinfo(dtype).max, 1]
    assert rationals(np.array(ends, dtype=dtype)) == [Q(n) for n in ends]


def test_big_endian_arrays_are_read_by_value() -> None:
    assert rationals(np.array([0.5, -3.0], dtype=">f8")) == [Q(1, 2), Q(-3)]
    assert rationals(np.array([0.5, -3.0], dtype=">f4")) == [Q(1, 2), Q(-3)]


@pytest.mark.parametrize(
    "array",
    [np.array([True]), np.array([1 + 2j]), np.array(["1"]), np.array([None]), np.array(["2020-01-01"], dtype="M8[D]")],
    ids=lambda array: array.dtype.name,
)
def test_arrays_that_hold_no_real_numbers_are_refused(array: np.ndarray[Any, Any]) -> None:
    with pytest.raises(ValueError, match="not an array of"):
        rationals(array)


def test_the_entry_that_is_not_finite_is_named() -> None:
    with pytest.raises(ValueError, match=r"entry \[1, 0\] is nan"):
        rationals(np.array([[0.0, 1.0], [np.nan, np.inf]]))
    with pytest.raises(ValueError, match=r"entry \[2\] is -inf"):
        rationals(np.array([0, 1, -np.inf], dtype=ml_dtypes.bfloat16))


@given(st.fractions())
@few(100)
def test_text_and_fraction_are_inverse_to_rational(x: Fraction) -> None:
    assert fraction(rational(x)) == x
    assert text(rational(x)) == str(x)
    assert rational(text(rational(x))) == rational(x)
    assert sign(rational(x)) == (x > 0) - (x < 0)
    assert public(rational(x)) == x


# The simplest rational between two others


def simplest_by_search(lo: Fraction, hi: Fraction) -> Fraction:
    """Denominator after denominator; among the numerators of the first that has one, the least absolute."""
    d = 0
    while True:
        d += 1
        first, last = lo * d // 1 + 1, -(-hi * d // 1) - 1
        numerators = [n for n in range(int(first), int(last) + 1) if lo < Fraction(n, d) < hi]
        if numerators:
            return min((Fraction(n, d) for n in numerators), key=abs)


@given(st.fractions(-5, 5, max_denominator=60), st.fractions(0, 2, max_denominator=90))
@few(500)
def test_simplest_between_is_what_a_search_finds(lo: Fraction, width: Fraction) -> None:
    if width == 0:
        with pytest.raises(ValueError, match="strictly between"):
            simplest_between(rational(lo), rational(lo))
        return
    found = fraction(simplest_between(rational(lo), rational(lo + width)))
    assert found == simplest_by_search(lo, lo + width)


@given(st.fractions(-3, 3, max_denominator=12), st.fractions(-3, 3, max_denominator=12))
@few(300)
def test_simplest_between_of_close_and_simple_ends(a: Fraction, b: Fraction) -> None:
    if a < b:
        assert fraction(simplest_between(rational(a), rational(b))) == simplest_by_search(a, b)


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        (NEG_INF, INF, 0),
        (NEG_INF, Q(0), -1),
        (Q(0), INF, 1),
        (Q(7, 2), INF, 4),
        (Q(4), INF, 5),
        (NEG_INF, Q(-7, 2), -4),
        (NEG_INF, Q(5), 0),
        (Q(-3), INF, 0),
    ],
)
def test_simplest_between_reaches_to_infinity(lo: object, hi: object, expected: int) -> None:
    assert simplest_between(lo, hi) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lo", "hi"), [(Q(2), Q(1)), (Q(1), Q(1)), (INF, NEG_INF), (INF, INF), (INF, Q(0)), (Q(0), NEG_INF)]
)
def test_nothing_lies_in_an_empty_interval(lo: object, hi: object) -> None:
    with pytest.raises(ValueError, match="no number lies strictly between"):
        simplest_between(lo, hi)  # type: ignore[arg-type]


def test_a_convergent_is_the_simplest_number_between_its_neighbours() -> None:
    """The neighbours 333/106 and 22/7 of pi have 355/113 as their mediant; next to 22/7 the numbers get ever finer."""
    assert fraction(simplest_between(Q(333, 106), Q(22, 7))) == Fraction(355, 113)
    assert fraction(simplest_between(Q(3), Q(22, 7))) == Fraction(25, 8)
    close = Fraction(22, 7) - Fraction(1, 10**30)
    found = fraction(simplest_between(rational(close), Q(22, 7)))
    assert close < found < Fraction(22, 7)
    assert gcd(found.numerator, found.denominator) == 1
    # n/d < 22/7 means 22 d - 7 n >= 1, so 22/7 - n/d >= 1/(7 d): no denominator of 10^30/7 or less will do.
    assert 10**30 // 7 < found.denominator <= 10**30 // 7 + 7


# The ends of the line


def test_the_infinities_are_ordered_around_all_numbers() -> None:
    line = [NEG_INF, Q(-(10**50)), Q(0), Q(1, 3), Q(10**50), INF]
    for i, a in enumerate(line):
        for j, b in enumerate(line):
            assert (a < b, a <= b, a > b, a >= b, a == b) == (i < j, i <= j, i > j, i >= j, i == j), (a, b)


def test_the_infinities_compare_with_integers_and_fractions() -> None:
    for x in (0, -5, Fraction(1, 2)):
        assert NEG_INF < x < INF
        assert INF > x > NEG_INF


@pytest.mark.parametrize("end", [INF, NEG_INF])
def test_the_infinities_stay_themselves(end: object) -> None:
    assert pickle.loads(pickle.dumps(end)) is end
    assert copy.copy(end) is end
    assert copy.deepcopy([end])[0] is end


def test_the_infinities_in_text_and_in_doubles() -> None:
    assert (text(INF), text(NEG_INF)) == ("inf", "-inf")
    assert floats([NEG_INF, Q(1, 2), INF]) == [float("-inf"), 0.5, float("inf")]
    assert public(INF) is public(NEG_INF) is None


# For filters and for people


def test_numbers_beyond_the_doubles() -> None:
    huge = Q(10) ** 400
    assert (as_float(huge), as_float(-huge), as_float(1 / huge)) == (float("inf"), float("-inf"), 0.0)
    assert floats([huge, -huge, Q(3)]) == [float("inf"), float("-inf"), 3.0]


@given(st.lists(st.fractions(-2, 2), max_size=12))
@few(60)
def test_ordered_is_the_exact_order(values: list[Fraction]) -> None:
    close = [x + Fraction(1, 10**40) for x in values] + values
    assert [fraction(q) for q in ordered(map(rational, close))] == sorted(close)


def test_shown_is_short_and_says_how_long_the_number_is() -> None:
    assert shown(Q(22, 7)) == "22/7"
    assert shown(INF) == "inf"
    long = shown(Q(10**60 + 1, 3 * 10**59))
    assert len(long) < 60
    assert long.startswith("3.33333")
    assert "61-digit fraction" in long
    assert "401-digit integer" in shown(Q(10) ** 400)
    assert approximately(Q(1, 3)) == "0.333333"
