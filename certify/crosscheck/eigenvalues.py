"""Eigenvalues that are claimed of a cycle, against the roots of its exact characteristic polynomial."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from certify.crosscheck.claims import Point
from certify.crosscheck.cycles import pairing
from certify.errors import BudgetExceeded
from certify.numbers import Q, arb, ctx, fmpz_poly, over_common_denominator, rational

PRECISIONS = (128, 512, 2_048)
"""Bits with which the roots are enclosed."""


def agree(claimed: Sequence[Point], polynomial: Sequence[Fraction], tolerance: Q) -> bool:
    """Whether the numbers (real and imaginary parts) and the roots of the polynomial, as often as their multiplicities say, can be
    paired off with differences of at most the tolerance. Raises `BudgetExceeded` where a difference is too close to it."""
    if len(claimed) != len(polynomial) - 1:
        return False
    coefficients, _ = over_common_denominator(map(rational, polynomial))
    for bits in PRECISIONS:
        before, ctx.prec = ctx.prec, bits
        try:
            choices = _choices(claimed, fmpz_poly(coefficients), tolerance)
        finally:
            ctx.prec = before
        if choices is not None:
            return len(pairing(choices)) == len(claimed)
    raise BudgetExceeded("an eigenvalue that is as far from the claimed one as the tolerance, to thousands of digits")


def _choices(claimed: Sequence[Point], polynomial: fmpz_poly, tolerance: Q) -> list[list[int]] | None:
    """For each number the indices of the roots within the tolerance; None where the enclosures leave that open."""
    found: Any = polynomial.complex_roots()
    roots = [root for root, times in found for _ in range(times)]
    allowed = arb(tolerance) ** 2
    choices = []
    for re, im in claimed:
        squares = [(root.real - arb(re)) ** 2 + (root.imag - arb(im)) ** 2 for root in roots]
        near = [i for i, square in enumerate(squares) if square <= allowed]
        if any(not (square > allowed) for i, square in enumerate(squares) if i not in near):
            return None
        choices.append(near)
    return choices
