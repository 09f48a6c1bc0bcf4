"""Piecewise-linear recurrent networks: x -> A x + W max(0, C x + e) + h on R^d, with exact entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from certify.errors import InputError
from certify.network import Layer
from certify.numbers import INF, NEG_INF, Extended, Q, fraction, rational

Matrix = tuple[tuple[Q, ...], ...]
Vector = tuple[Q, ...]


@dataclass(frozen=True, init=False, repr=False)
class PLRNN:
    """f(x) = A x + W max(0, C x + e) + h, exactly: A has shape (d, d), W (d, m), C (m, d), e m entries, h d entries.

    It covers the ReLU recurrent network (A = 0, W = 1, h = 0), the PLRNN of Koppe, Toutounji, Kirsch, Lis and Durstewitz 2019
    (C = 1, e = 0) and the shallow PLRNN of Hess, Monfared, Brenner and Durstewitz 2023. Entries may be anything that
    `certify.numbers.rational` reads, a matrix also a float array, taken as the dyadic rationals that it holds. Raises `InputError`.

    >>> lozi = PLRNN([["17/10", 1], ["1/2", 0]], [["-17/5"], [0]], [[1, 0]], [0], [1, 0])
    >>> lozi.values(["1/2", 0])
    (Fraction(3, 20), Fraction(1, 4))
    """

    A: Matrix
    W: Matrix
    C: Matrix
    e: Vector
    h: Vector

    def __init__(self, A: Any, W: Any, C: Any, e: Any, h: Any) -> None:
        vectors = {"e": _vector("e", e), "h": _vector("h", h)}
        m, d = len(vectors["e"]), len(vectors["h"])
        for name, vector in vectors.items():
            if not vector:
                raise InputError(name, "a list of at least one number", "none")
            object.__setattr__(self, name, vector)
        for name, given, shape in (("A", A, (d, d)), ("W", W, (d, m)), ("C", C, (m, d))):
            object.__setattr__(self, name, _matrix(name, given, shape))

    @property
    def ends(self) -> tuple[Extended, Extended]:
        """As of a map of the line: each coordinate runs over all of it."""
        return NEG_INF, INF

    @property
    def domain(self) -> None:
        """None, for the whole of R^d."""
        return

    @property
    def dimension(self) -> int:
        """d."""
        return len(self.h)

    @property
    def units(self) -> int:
        """m, the number of hidden units, each with one kink."""
        return len(self.e)

    @cached_property
    def layers(self) -> tuple[Layer, Layer]:
        """The hidden layer; and the output layer, which takes the hidden units and then the state x once more."""
        output = [[*w, *a] for w, a in zip(self.W, self.A)]
        return Layer(self.C, self.e, "relu"), Layer(output, self.h, "identity")

    def values(self, point: Sequence[Any]) -> tuple[Fraction, ...]:
        """The exact image of a point with d coordinates. Raises `InputError`."""
        x = _vector("point", point)
        if len(x) != self.dimension:
            raise InputError("point", f"{self.dimension} coordinates", f"{len(x)}")
        active = [max(Q(0), _dot(row, x) + e) for row, e in zip(self.C, self.e)]
        rows = zip(self.A, self.W, self.h)
        return tuple(fraction(_dot(a, x) + _dot(w, active) + h) for a, w, h in rows)

    def __repr__(self) -> str:
        return f"<PLRNN of R^{self.dimension} with {self.units} hidden units>"


def _dot(row: Iterable[Q], values: Iterable[Q]) -> Q:
    return sum((w * v for w, v in zip(row, values)), Q(0))


def _vector(name: str, given: Any) -> Vector:
    if isinstance(given, str):
        raise InputError(name, "a list of numbers", "text")
    try:
        return tuple(rational(value) for value in given)
    except (ValueError, TypeError) as error:
        raise InputError(name, "a list of finite numbers", str(error)) from None


def _matrix(name: str, given: Any, shape: tuple[int, int]) -> Matrix:
    try:
        rows = tuple(_vector(f"{name}[{i}]", row) for i, row in enumerate(given))
    except TypeError as error:
        raise InputError(name, f"a matrix of shape {shape}", str(error)) from None
    for i, row in enumerate(rows):
        if len(row) != shape[1]:
            raise InputError(f"{name}[{i}]", f"{shape[1]} numbers", f"{len(row)}")
    if len(rows) != shape[0]:
        raise InputError(name, f"{shape[0]} rows", f"{len(rows)}")
    return rows
