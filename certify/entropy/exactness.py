"""When the growth is known exactly: an inner and an outer graph with one and the same Perron root.

The Perron root of a graph is the largest in absolute value among the roots of its characteristic polynomial. So two graphs have the same one
as soon as the minimal polynomials of their Perron roots agree: both are the largest root of that polynomial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from certify.entropy.algebra import Algebraic, Spectrum
from certify.entropy.assemble import Anatomy
from certify.entropy.evidence import Covering, Transfer
from certify.entropy.perron import perron
from certify.numbers import Q, rational

LARGEST_MATRIX = 200
"""Characteristic polynomials of larger matrices are not factored."""
LARGEST_EIGENVECTOR = 5_000
"""The most coefficients that an algebraic eigenvector is given with as evidence."""
MOST_BITS = 10_000

Graph = Sequence[Sequence[int]]
Spectra = dict[int, Spectrum]


def perron_root(anatomy: Anatomy, bits: int) -> tuple[Algebraic, Spectra] | None:
    """The growth of a graph as an algebraic number, and the components that have it; None when that is too much work."""
    if max(len(anatomy.graphs[i]) for i in anatomy.leading) > LARGEST_MATRIX:
        return None
    spectra = {i: Spectrum(anatomy.graphs[i]) for i in anatomy.leading}
    while bits < MOST_BITS:
        roots = {}
        for i, spectrum in spectra.items():
            vector = perron(anatomy.graphs[i], bits)
            roots[i] = spectrum.root(vector.low, vector.high)
        numbers = [root for root in roots.values() if root]
        if len(numbers) == len(roots):
            top = max(numbers, key=lambda number: number.interval[1])
            others = [number for number in numbers if number.polynomial != top.polynomial]
            if all(number.interval[1] < top.interval[0] for number in others):
                alike = {i: s for i, s in spectra.items() if (root := roots[i]) and root.polynomial == top.polynomial}
                return top, alike
        bits *= 2
    return None


def common_root(inside: Anatomy, outside: Anatomy, bits: int) -> tuple[Algebraic, Spectra, Spectra] | None:
    """The growth of both graphs as one algebraic number, and the components of each that have it; None if it was not found."""
    above = perron_root(outside, bits)
    below = above if inside is outside else above and perron_root(inside, bits)
    if not above or not below or above[0].polynomial != below[0].polynomial:
        return None
    return above[0], below[1], above[1]


def with_number(
    number: Algebraic,
    below: Covering,
    below_spectrum: Spectrum,
    above: Transfer,
    above_spectra: Spectra,
    growths: Sequence[Q],
    parts: Sequence[Sequence[int]],
) -> tuple[Covering, Transfer]:
    """Evidence for the exact number in place of rational bounds: integer vectors if it is an integer, else polynomials in it.

    The evidence stays as it is where the polynomials would be too large, or where another component grows so nearly as fast that its own bound,
    one of `growths`, is not below the number's isolating interval.
    """
    if number.degree == 1:
        growth = number.interval[0]
        if any(g > rational(growth) for i, g in enumerate(growths) if i not in above_spectra):
            return below, above
        weights = list(above.vector)
        for i, spectrum in above_spectra.items():
            for node, entry in zip(parts[i], spectrum.eigenvector(number.polynomial)):
                weights[node] = abs(entry[0])
        vector = tuple(abs(entry[0]) for entry in below_spectrum.eigenvector(number.polynomial))
        return replace(below, vector=vector, growth=growth), replace(above, vector=tuple(weights), growth=growth)
    size = number.degree * (len(below.rows) + sum(len(parts[i]) for i in above_spectra))
    if size > LARGEST_EIGENVECTOR or any(
        g > rational(number.interval[0]) for i, g in enumerate(growths) if i not in above_spectra
    ):
        return below, above
    polynomials: list[tuple[int, ...] | None] = [None] * len(above.rows)
    for i, spectrum in above_spectra.items():
        for node, entry in zip(parts[i], _positive(spectrum, number)):
            polynomials[node] = entry
    return (
        replace(below, polynomials=tuple(_positive(below_spectrum, number))),
        replace(above, polynomials=tuple(polynomials)),
    )


def _positive(spectrum: Spectrum, number: Algebraic) -> list[tuple[int, ...]]:
    """The eigenvector with the sign that makes its entries positive at the number."""
    entries = spectrum.eigenvector(number.polynomial)
    if number.is_negative(entries[0]):
        return [tuple(-c for c in entry) for entry in entries]
    return entries
