"""When the growth is known exactly: an inner and an outer graph with one and the same Perron root.

The Perron root of a graph is the largest in absolute value among the roots of its characteristic polynomial. So two
graphs have the same one as soon as the minimal polynomials of their Perron roots agree: both are the largest root of
that polynomial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from certify.entropy.algebra import Algebraic, Spectrum
from certify.entropy.anatomy import Anatomy
from certify.entropy.evidence import Covering, Transfer
from certify.numbers import Q, rational

LARGEST_MATRIX = 200
"""Characteristic polynomials of larger matrices are not factored."""
LARGEST_EIGENVECTOR = 5_000
"""The most coefficients that an algebraic eigenvector is given with as evidence."""
MOST_BITS = 10_000

Spectra = dict[int, Spectrum]


def perron_root(anatomy: Anatomy, bits: int) -> tuple[Algebraic, Spectra] | None:
    """The growth of a graph, in which some component grows, as an algebraic number, and the components that have it.

    None when the matrix is too large, or when `MOST_BITS` do not tell two numbers apart.
    """
    if max(len(anatomy.graphs[i]) for i in anatomy.leading) > LARGEST_MATRIX:
        return None
    spectra = {i: Spectrum(anatomy.graphs[i]) for i in anatomy.leading}
    while bits < MOST_BITS:
        roots = {}
        for i, spectrum in spectra.items():
            vector = anatomy.perron(i, bits)
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
    """The growth of both graphs as one algebraic number, and the components of each that have it; None if not found."""
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
    """Evidence for the exact number: integer vectors if it is an integer, else polynomials in it.

    The evidence stays as it is where the polynomials would be too large, or where another component grows so nearly
    as fast that its own bound, one of `growths`, is not below the number's isolating interval.
    """
    low = rational(number.interval[0])
    beaten = all(g <= low for i, g in enumerate(growths) if i not in above_spectra)
    size = number.degree * (len(below.rows) + sum(len(parts[i]) for i in above_spectra))
    if not beaten or size > LARGEST_EIGENVECTOR:
        return below, above
    entries = _positive(below_spectrum, number)
    placed = {
        node: entry
        for i, spectrum in above_spectra.items()
        for node, entry in zip(parts[i], _positive(spectrum, number))
    }
    nodes = range(len(above.rows))
    if number.degree > 1:
        return (
            replace(below, polynomials=tuple(entries)),
            replace(above, polynomials=tuple(placed.get(node) for node in nodes)),
        )
    growth = number.interval[0]
    weights = tuple(placed[node][0] if node in placed else above.vector[node] for node in nodes)
    return (
        replace(below, vector=tuple(entry[0] for entry in entries), growth=growth),
        replace(above, vector=weights, growth=growth),
    )


def _positive(spectrum: Spectrum, number: Algebraic) -> list[tuple[int, ...]]:
    """The eigenvector with the sign that makes its entries positive at the number."""
    entries = spectrum.eigenvector(number.polynomial)
    if number.is_negative(entries[0]):
        return [tuple(-c for c in entry) for entry in entries]
    return entries
