"""Blocks in doubles, with all sizes at once: for which radii does a word lead from one block across another?

A frame is a centre c and a basis P, expanding directions first; its block of radius r is c + P [-r, r]^d. That a word is good
depends on r through linear inequalities, so the good radii are an interval. What is found is only a proposal:
`certify.dimension.horseshoes.proof` decides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from certify.dimension.horseshoes.proof import Block
from certify.dimension.system import FloatPiece, Floats, System
from certify.numbers import Q, as_float, rational

MARGIN = 1e-6
"""How far, as a part, the radius keeps from the ends of its interval."""


@dataclass(frozen=True)
class Frame:
    """The points c + P y; `inverse` is that of P."""

    center: Floats
    basis: Floats
    inverse: Floats
    expanding: int

    @classmethod
    def at(cls, center: Floats, expanding: Floats, stable: Floats) -> Frame:
        """From the columns that expand and those that do not. Raises `numpy.linalg.LinAlgError` where they are dependent."""
        basis = np.hstack([expanding, stable])
        return cls(center, basis, np.linalg.inv(basis), expanding.shape[1])

    @classmethod
    def of(cls, block: Block, expanding: int) -> Frame:
        """The frame in which a block is c + P [-1, 1]^d, in doubles."""
        lo, hi = (np.array([as_float(x) for x in ends]) for ends in (block.lo, block.hi))
        rows = np.array([[as_float(x) for x in row] for row in block.rows])
        basis = np.linalg.inv(rows)
        half = (hi - lo) / 2
        return cls(basis @ (hi + lo) / 2, basis * half, rows / half[:, None], expanding)

    def scaled(self, stable: float) -> Frame:
        """The same with its stable directions longer by a factor."""
        factors = np.ones(len(self.center))
        factors[self.expanding :] = stable
        return Frame(self.center, self.basis * factors, self.inverse / factors[:, None], self.expanding)

    def times(self, size: float) -> Frame:
        """The same with all its directions longer by a factor."""
        return Frame(self.center, self.basis * size, self.inverse / size, self.expanding)

    def block(self, radius: float, bits: int) -> Block:
        """The block of this radius, its numbers rounded to so many bits."""
        rows = tuple(tuple(rounded(x, bits) for x in row) for row in self.inverse)
        size, center = rounded(radius, bits), [rounded(x, bits) for x in self.center]
        middles = [sum((a * b for a, b in zip(row, center)), Q(0)) for row in rows]
        return Block(rows, tuple(m - size for m in middles), tuple(m + size for m in middles))


def rounded(x: float, bits: int) -> Q:
    """A double to so many binary digits after its first one."""
    if x == 0:
        return Q(0)
    shift = bits - math.frexp(x)[1]
    return rational(round(math.ldexp(x, shift))) / Q(2) ** shift


@dataclass(frozen=True)
class Window:
    """The radii between `least` and `most` are good."""

    least: float
    most: float

    @property
    def open(self) -> bool:
        return self.least * (1 + MARGIN) < self.most * (1 - MARGIN)


NONE = Window(math.inf, 0.0)


def affine(pieces: Sequence[FloatPiece], center: Floats) -> tuple[Floats, Floats]:
    """(M, b) of x -> M (x - center) + b along pieces."""
    matrix, offset = np.eye(len(center)), center
    for piece in pieces:
        matrix, offset = piece.matrix @ matrix, piece.matrix @ offset + piece.offset
    return matrix, offset


def window(start: Frame, end: Frame, matrix: Floats, offset: Floats) -> tuple[Window, Floats, Floats]:
    """For the affine map x -> matrix (x - c) + offset: the radii for which (1) and (3) hold; the centre of N, which does not
    depend on the radius, and the columns that span N from there, for radius 1."""
    u = start.expanding
    inner, shift = end.inverse @ matrix @ start.basis, end.inverse @ (offset - end.center)
    try:
        back = np.linalg.inv(inner[:u, :u])
    except np.linalg.LinAlgError:
        return NONE, start.center, start.basis
    across = back @ inner[:u, u:]
    down = inner[u:, :u] @ back
    middle = -back @ shift[:u]  # of N, in the expanding coordinates; 0 in the others
    spread = abs(back).sum(1) + abs(across).sum(1)
    drift = shift[u:] - down @ shift[:u]
    width = abs(down).sum(1) + abs(inner[u:, u:] - down @ inner[:u, u:]).sum(1)
    center = start.center + start.basis[:, :u] @ middle
    columns = np.hstack([start.basis[:, :u] @ back, start.basis[:, u:] - start.basis[:, :u] @ across])
    left = np.concatenate([1 - spread, 1 - width])
    if not np.all(left > MARGIN):
        return NONE, center, columns
    return Window(float(np.max(abs(np.concatenate([middle, drift])) / left)), math.inf), center, columns


def followed(pieces: Sequence[FloatPiece], center: Floats, columns: Floats) -> float:
    """The largest radius for which all points center + radius columns y, -1 <= y_k <= 1, follow the pieces."""
    most = math.inf
    for piece in pieces:
        middle, width = piece.weight @ center + piece.bias, abs(piece.weight @ columns).sum(1)
        room = np.minimum(middle - piece.lo, piece.hi - middle)
        if not np.all(room > 0):
            return 0.0
        with np.errstate(divide="ignore"):
            most = min(most, float(np.min(room / width)))
        center, columns = piece.matrix @ center + piece.offset, piece.matrix @ columns
    return most


def word_window(system: System, start: Frame, end: Frame, patterns: Sequence[bytes]) -> Window:
    """The radii at which the word is good: both blocks of the same radius, each in its own frame."""
    pieces = [system.float_piece(pattern) for pattern in patterns]
    found, center, columns = window(start, end, *affine(pieces, start.center))
    if not found.open:
        return NONE
    return Window(found.least, followed(pieces, center, columns))
