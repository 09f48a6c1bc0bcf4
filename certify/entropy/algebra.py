"""What entropy needs of number theory: characteristic polynomials, their roots, logarithms with proved digits.

The only module of this package that talks to the number backend (python-flint) itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd

from certify.numbers import Q, arb, ctx, fmpz_mat, fmpz_poly, fraction, rational

Targets = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Algebraic:
    """The real algebraic number that is the only root of `polynomial` in the closed interval `interval`.

    The polynomial is irreducible over the integers, its coefficients from the constant term upwards without a common
    factor, the last positive (1 where the number is the growth of a graph). Its derivative has no zero in the
    interval. A rational number has an interval of one point.
    """

    polynomial: tuple[int, ...]
    interval: tuple[Fraction, Fraction]

    @property
    def degree(self) -> int:
        """The degree of the number over the rationals."""
        return len(self.polynomial) - 1

    def is_negative(self, polynomial: Sequence[int]) -> bool:
        """Whether an integer polynomial of lower degree, not 0, is negative at the number."""
        function, modulus = fmpz_poly(list(polynomial)), fmpz_poly(list(self.polynomial))
        low, high = (rational(end) for end in self.interval)
        rising = modulus(high) > 0
        while True:
            with ctx.workprec(64 + int(max(low.q.bit_length(), high.q.bit_length())) * len(self.polynomial)):
                value = function(arb(low).union(arb(high)))
            if not value.contains(0):
                return bool(value < 0)
            middle = (low + high) / 2
            low, high = (low, middle) if (modulus(middle) > 0) == rising else (middle, high)

    @cached_property
    def log_closed_form(self) -> str | None:
        """The logarithm of the number in closed form, where it is rational or a root of an integer or quadratic number.

        "0", "log 2", "log((1+sqrt(5))/2)", "(log 2)/3"; None where there is no such form. The number must be the
        largest in absolute value of the polynomial's roots, as the growth rates of this package are (Perron,
        Frobenius).
        """
        step = 0
        for power, coefficient in enumerate(self.polynomial):
            step = gcd(step, power) if coefficient else step
        reduced = self.polynomial[::step]
        if len(reduced) == 2 and reduced[1] != 1 and step == 1:
            return f"log({-reduced[0]}/{reduced[1]})"
        if len(reduced) > 3 or reduced[-1] != 1:
            return None
        inner = str(-reduced[0]) if len(reduced) == 2 else f"({_quadratic(reduced)})"
        if inner == "1":
            return "0"
        logarithm = f"log{inner}" if inner.startswith("(") else f"log {inner}"
        return logarithm if step == 1 else f"({logarithm})/{step}"

    def __str__(self) -> str:
        low, high = self.interval
        return f"the root of {polynomial_text(self.polynomial)} near {float((low + high) / 2):.12g}"


ONE = Algebraic((-1, 1), (Fraction(1), Fraction(1)))
"""The growth that is no growth."""


def _quadratic(coefficients: tuple[int, ...]) -> str:
    """The larger root of c + b x + x^2."""
    c, b, _ = coefficients
    inside = b * b - 4 * c
    square, free = 1, inside
    d = 2
    while d * d <= free and d < 100_000:
        while free % (d * d) == 0:
            free //= d * d
            square *= d
        d += 1
    half = b % 2 == 0
    if half:
        b, square = b // 2, square // 2
    root = f"sqrt({free})" if square == 1 else f"{square}*sqrt({free})"
    whole = root if b == 0 else f"{-b}+{root}"
    return whole if half else f"({whole})/2"


def polynomial_text(coefficients: Sequence[int], variable: str = "x") -> str:
    """The polynomial in the usual notation, the highest power first."""
    terms: list[str] = []
    for power in range(len(coefficients) - 1, -1, -1):
        c = coefficients[power]
        if not c:
            continue
        symbol = "" if power == 0 else variable if power == 1 else f"{variable}^{power}"
        size = str(abs(c)) if abs(c) != 1 or not symbol else ""
        joined = f"{size}*{symbol}" if size and symbol else size + symbol
        sign = ("-" if c < 0 else "") if not terms else ("- " if c < 0 else "+ ")
        terms.append(sign + joined)
    return " ".join(terms) or "0"


class Spectrum:
    """The characteristic polynomial of a graph's matrix, factored over the integers."""

    def __init__(self, targets: Targets) -> None:
        n = len(targets)
        entries = [[0] * n for _ in range(n)]
        for i, row in enumerate(targets):
            for j in row:
                entries[i][j] += 1
        self._targets = targets
        self._characteristic: fmpz_poly = fmpz_mat(entries).charpoly()
        self._factors: list[fmpz_poly] = [p for p, _ in self._characteristic.factor()[1]]

    def root(self, low: Q, high: Q) -> Algebraic | None:
        """The one root in [low, high], if there is one and the interval is short enough to show it.

        A factor that has no zero in a ball around the interval is ruled out by ball arithmetic; the root is simple
        and alone when the derivative of the only factor left has none.
        """
        return root_between(self._factors, low, high)

    def eigenvector(self, polynomial: Sequence[int]) -> list[tuple[int, ...]]:
        """A right eigenvector for a root of this irreducible factor: v_i as a polynomial in the root, of lower degree.

        It is the first column of the adjugate of x - M, reduced (Frobenius): for x = the Perron root of an
        irreducible matrix all its entries have one sign. Common factors of all coefficients are taken out.
        """
        modulus = fmpz_poly(list(polynomial))
        n = len(self._targets)
        column = [1] + [0] * (n - 1)
        powers: list[list[int]] = [[] for _ in range(n)]  # from the highest on
        coefficients = [int(c) for c in self._characteristic.coeffs()][::-1]
        for k in range(n):
            for i in range(n):
                powers[i].append(column[i])
            column = [sum(column[j] for j in row) for row in self._targets]
            column[0] += coefficients[k + 1]
        reduced = [fmpz_poly(p[::-1]) % modulus for p in powers]
        content = 0
        for entry in reduced:
            content = gcd(content, *(int(c) for c in entry.coeffs()))
        return [tuple(int(c) // content for c in entry.coeffs()) for entry in reduced]


def root_between(factors: Sequence[fmpz_poly], low: Q, high: Q) -> Algebraic | None:
    """The number in [low, high] that is a root of one of these irreducible polynomials; None if that is not seen."""
    bits = 64 + 2 * int(max(low.q.bit_length(), high.q.bit_length()))
    with ctx.workprec(bits + 4 * max(p.degree() for p in factors)):
        ball = arb(low).union(arb(high))
        left = [p for p in factors if p(ball).contains(0)]
        if len(left) != 1:
            return None
        polynomial = left[0]
        if polynomial.degree() > 1 and polynomial.derivative()(ball).contains(0):
            return None
    coefficients = tuple(int(c) for c in polynomial.coeffs())
    if polynomial.degree() == 1:
        exact = Fraction(-coefficients[0], coefficients[1])
        return Algebraic(coefficients, (exact, exact)) if low <= rational(exact) <= high else None
    at_low, at_high = polynomial(low), polynomial(high)
    if (at_low > 0) == (at_high > 0):
        return None
    return Algebraic(coefficients, (fraction(low), fraction(high)))


def largest_root(coefficients: Sequence[int], low: Fraction, high: Fraction, digits: int = 30) -> Algebraic:
    """The root in (low, high] of an integer polynomial that changes its sign there exactly once, by bisection."""
    whole = fmpz_poly(list(coefficients))
    a, b = rational(low), rational(high)
    rising = whole(b) >= 0
    factors = [p for p, _ in whole.factor()[1]]
    width = Q(1, 10**digits)
    while True:
        while b - a > width:
            middle = (a + b) / 2
            if (whole(middle) >= 0) == rising:
                b = middle
            else:
                a = middle
        if found := root_between(factors, a, b):
            return found
        width /= 1000


def log_bounds(low: Q, high: Q, places: int) -> tuple[Fraction, Fraction]:
    """Decimal fractions with this many places, below log(low) and above log(high), for 1 <= low <= high.

    The logarithms are balls of Arb (Johansson 2017) that are proved to hold the true values; their ends are dyadic
    rationals, and these are rounded outward as integers.
    """
    scale = 10**places
    with ctx.workprec(int(places * 3.33) + 64 + int(high.p.bit_length())):
        below, above = arb(low).log().lower(), arb(high).log().upper()
    lower = (_dyadic(below) * scale).floor()
    upper = (_dyadic(above) * scale).ceil()
    return Fraction(max(0, int(lower)), scale), Fraction(max(0, int(upper)), scale)


def _dyadic(x: arb) -> Q:
    mantissa, exponent = (int(part) for part in x.man_exp())
    return Q(mantissa << exponent) if exponent >= 0 else Q(mantissa, 1 << -exponent)
