"""How many directions of a cycle expand: the roots of a polynomial outside, on and inside the unit circle, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from certify.numbers import fmpq_mat, fmpq_poly, fraction


@dataclass(frozen=True)
class Stability:
    """Of a matrix, the numbers of eigenvalues, with their multiplicities, outside, on and inside the unit circle; and its
    characteristic polynomial, the constant first."""

    outside: int
    on: int
    inside: int
    polynomial: tuple[Fraction, ...]

    @property
    def word(self) -> str:
        """attracting, saddle, repelling, or neutral where an eigenvalue is on the circle."""
        if self.on:
            return "neutral"
        if not self.outside:
            return "attracting"
        return "saddle" if self.inside else "repelling"


def stability(matrix: fmpq_mat) -> Stability:
    """Of a square matrix over Q."""
    polynomial = matrix.charpoly()
    outside, on = circle(polynomial)
    return Stability(outside, on, polynomial.degree() - outside - on, tuple(map(fraction, polynomial.coeffs())))


def circle(polynomial: fmpq_poly) -> tuple[int, int]:
    """How many roots are outside and on the unit circle, with their multiplicities (Schur 1918, Cohn 1922).

    The map z = (1 + s)/(1 - s) carries the left half-plane to the inside of the circle and the imaginary axis to the circle without
    -1; there, at s = i w, the polynomial becomes U(w) + i V(w), and a chain of Sturm for U and V tells how often it turns around 0
    (Routh 1877, Hurwitz 1895). What U and V have in common are the roots on the axis, and pairs on both sides of it.
    """
    n = polynomial.degree()
    s, there = fmpq_poly([0, 1]), fmpq_poly([0])
    for k, coefficient in enumerate(polynomial.coeffs()):
        there += coefficient * (1 + s) ** k * (1 - s) ** (n - k)
    signs = (1, 1, -1, -1)  # of i^k, the real part for even k and the imaginary part for odd k
    parts = [
        fmpq_poly([signs[k % 4] * c if k % 2 == odd else 0 for k, c in enumerate(there.coeffs())]) for odd in (0, 1)
    ]
    real, imaginary = parts
    m = there.degree()  # every root at -1 has gone to infinity
    first, second = (real, imaginary) if m % 2 == 0 else (imaginary, real)
    turns, common = chain(first, second)
    balance = turns if m % 2 else -turns  # roots to the left less those to the right
    real_roots = sum(times * chain(factor, factor.derivative())[0] for factor, times in common.factor()[1])
    pairs = common.degree() - real_roots
    return (m - common.degree() - balance) // 2 + pairs // 2, real_roots + n - m


def chain(first: fmpq_poly, second: fmpq_poly) -> tuple[int, fmpq_poly]:
    """The Cauchy index of second/first on the whole line, by Sturm's chain (Sturm 1829), for a first of greater degree; and their
    greatest common divisor. With second the derivative of first, the number of different real roots of first."""
    rows = [first]
    while second:
        rows.append(second)
        first, second = second, -(first % second)
    heads = [(row.coeffs()[-1] > 0, row.degree() % 2) for row in rows]
    at_plus = [head for head, _ in heads]
    at_minus = [head != bool(odd) for head, odd in heads]
    changes = [sum(a != b for a, b in zip(side, side[1:])) for side in (at_minus, at_plus)]
    return changes[0] - changes[1], rows[-1]
