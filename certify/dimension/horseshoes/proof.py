"""Block horseshoes: the exact conditions (0) to (5) of docs/certificate-format.md, and the growth of a set of words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from certify.dimension.system import System
from certify.numbers import Extended, Q, fmpq_mat, rational, simplest_between
from certify.plrnn import Matrix, Vector


@dataclass(frozen=True)
class Block:
    """All x with lo <= rows x <= hi."""

    rows: Matrix
    lo: Vector
    hi: Vector


@dataclass(frozen=True)
class Word:
    """A way from one block to another along patterns, each a string of digits."""

    start: int
    end: int
    patterns: tuple[bytes, ...]


@dataclass(frozen=True)
class BlockHorseshoe:
    """Blocks of which the first `expanding` forms expand, words between them, and weights v with sum v_b growth^-t >= v_a."""

    expanding: int
    blocks: tuple[Block, ...]
    words: tuple[Word, ...]
    vector: tuple[int, ...]
    growth: Q


def follows(system: System, expanding: int, start: Block, end: Block, patterns: Sequence[bytes]) -> bool:
    """Conditions (0) to (3) for one word, in exact arithmetic."""
    d, u = system.dimension, expanding
    pieces = [system.piece(pattern) for pattern in patterns]
    along = fmpq_mat(d + 1, d + 1, [int(i == j) for i in range(d + 1) for j in range(d + 1)])
    for piece in pieces:
        along = piece.step * along
    above = [[*row, Q(0)] for row in end.rows[:u]], [*zip(end.lo, end.hi)][:u]
    below = [[*row, Q(0)] for row in start.rows[u:]], [*zip(start.lo, start.hi)][u:]
    forms = (_matrix(above[0], d + 1) * along).tolist() + below[0]
    bounds = above[1] + below[1]
    points = _parallelepiped(forms, bounds)
    if points is None or not _between(_matrix(start.rows[:u], d, 1) * points, start.lo, start.hi):
        return False
    for piece in pieces:
        if not _between(piece.inputs * points, piece.lo, piece.hi):
            return False
        points = piece.step * points
    return _between(_matrix(end.rows[u:], d, 1) * points, end.lo[u:], end.hi[u:])


def _matrix(rows: Sequence[Sequence[Q]], width: int, more: int = 0) -> fmpq_mat:
    """The rows as a matrix, each followed by so many zeros."""
    return fmpq_mat(len(rows), width + more, [value for row in rows for value in [*row, *[Q(0)] * more]])


def _parallelepiped(forms: Sequence[Sequence[Q]], bounds: Sequence[tuple[Q, Q]]) -> fmpq_mat | None:
    """[y, 1] -> [x, 1], -1 <= y_k <= 1, for all x with lo <= form [x, 1] <= hi; None where the forms are dependent."""
    d = len(forms)
    right = [[Q(0)] * (d + 1) for _ in forms]
    for k, ((lo, hi), form) in enumerate(zip(bounds, forms)):
        right[k][k], right[k][d] = (hi - lo) / 2, (hi + lo) / 2 - form[d]
    try:
        points = _matrix([form[:d] for form in forms], d).solve(_matrix(right, d + 1))
    except ZeroDivisionError:
        return None
    return _matrix([*points.tolist(), [Q(0)] * d + [Q(1)]], d + 1)


def _between(forms: fmpq_mat, lo: Sequence[Extended], hi: Sequence[Extended]) -> bool:
    """Each form in [y, 1] is strictly between its bounds wherever -1 <= y_k <= 1."""
    for (*coefficients, middle), least, most in zip(forms.tolist(), lo, hi):
        radius = sum(map(abs, coefficients), Q(0))
        if not (least < middle - radius and middle + radius < most):
            return False
    return True


def prefix_free(words: Iterable[Sequence[bytes]]) -> list[tuple[bytes, ...]]:
    """Words of which none begins another, the shortest first."""
    chosen: dict[tuple[bytes, ...], None] = {}
    lengths: set[int] = set()
    for word in sorted({tuple(word) for word in words}, key=lambda word: (len(word), word)):
        if not any(word[:n] in chosen for n in lengths):
            chosen[word] = None
            lengths.add(len(word))
    return [*chosen]


def growth(words: Iterable[tuple[int, int, int]], vector: Sequence[int] = (1,)) -> Q | None:
    """A z > 1 with sum v_b z^-t >= v_a for every block a, over all words (a, b, t) from block a to block b in t steps: the largest, or
    a short number just below it. None where there is none, as for one word of one block."""
    words = [*words]
    root = float_growth(words, vector)
    narrow, wide = (root - 1) * 1e-9, (root - 1) * 1e-5
    for lo, hi in ((root - narrow, root + narrow), (root - wide, root - narrow), (root - 9 * wide, root - 8 * wide)):
        if lo < hi:
            z = simplest_between(rational(lo), rational(hi))
            if z > 1 and _grows(words, vector, z):
                return z
    return None


def _grows(words: Sequence[tuple[int, int, int]], vector: Sequence[int], z: Q) -> bool:
    sums = [Q(0)] * len(vector)
    for start, end, steps in words:
        sums[start] += vector[end] / z**steps
    return all(total >= weight for total, weight in zip(sums, vector))


def float_growth(words: Iterable[tuple[int, int, int]], vector: Sequence[int] = (1,)) -> float:
    """The largest such z in doubles, by bisection; 1 where there is none."""
    starts, ends, steps = np.array([*words], dtype=np.intp).reshape(-1, 3).T
    weights = np.array(vector, dtype=np.float64)
    lo, hi = 1.0, 1.0 + len(steps)
    for _ in range(60):
        z = (lo + hi) / 2
        sums = np.bincount(starts, weights[ends] * z ** -steps.astype(np.float64), len(weights))
        lo, hi = (z, hi) if np.all(sums >= weights) else (lo, z)
    return lo
