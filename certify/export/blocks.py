"""A block horseshoe with everything that the Coq theories need to check it: inverses, parallelepipeds, two loops.

The theories want each block as {x : |r_k(x)| <= 1}, each word's set N as an affine image of the cube |y_k| <= 1, and
coordinates that are y_k only up to an error `slack`. So N is computed exactly and then rounded: its exact description has
some thousand digits in ten dimensions, and the conditions are strict.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from certify.dimension.system import System
from certify.errors import NoExport
from certify.numbers import Extended, Q, fmpq_mat, rational

Rows = list[list[Q]]


@dataclass(frozen=True)
class BlockForms:
    """A block {x : |r_k(x)| <= 1}: for each r_k its d coefficients and its constant; and nearly the inverse of the former."""

    rows: Rows
    inverse: Rows


@dataclass(frozen=True)
class Parallelepiped:
    """A word from block `start` to block `end` in `steps` steps, and its set: for each coordinate of x a form in y, as above."""

    start: int
    end: int
    steps: int
    rows: Rows


@dataclass(frozen=True)
class Prepared:
    """What the theories are told of a certificate, and two loops of words at one block, neither of which begins the other."""

    expanding: int
    slack: Q
    blocks: list[BlockForms]
    words: list[Parallelepiped]
    loops: tuple[list[int], list[int]]


def prepared(system: System, certificate: dict[str, Any]) -> Prepared:
    """The data for a certificate that the checker has accepted. Raises `NoExport`."""
    u = certificate["expanding"]
    blocks = [_normalised(block) for block in certificate["blocks"]]
    words = [(a, b, [_digits(pattern) for pattern in text.split(" ")]) for a, b, text in certificate["words"]]
    exact = [_Word(system, u, blocks[a], blocks[b], patterns) for a, b, patterns in words]
    if not all(margin is None or margin > 0 for word in exact for _, margin in word.functions):
        raise NoExport("the conditions of the block horseshoe do not hold strictly")
    room = min(1 - _size(row) for word in exact for row in word.inner)
    slack = Q(1, 1 << _bits(4 / room))
    sets = [Parallelepiped(a, b, len(patterns), word.rounded(slack)) for (a, b, patterns), word in zip(words, exact)]
    forms = [BlockForms(rows, _inverse(rows)) for rows in blocks]
    return Prepared(u, slack, forms, sets, loops([(a, b) for a, b, _ in words]))


def loops(words: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Two loops from one block back to it, with different first words. Raises `NoExport`."""
    for base in sorted({a for a, _ in words}):
        ways = [way for i, (a, b) in enumerate(words) if a == base and (way := _way(words, i, b, base)) is not None]
        if len(ways) > 1:
            one, other = sorted(ways, key=len)[:2]
            return one, other
    raise NoExport("no block has two words along which paths return")


def _way(words: Sequence[tuple[int, int]], first: int, start: int, end: int) -> list[int] | None:
    """A shortest path that begins with this word, which ends in the block `start`, and leads on to the block `end`."""
    ways, queue = {start: [first]}, deque([start])
    while queue and end not in ways:
        here = queue.popleft()
        for i, (a, b) in enumerate(words):
            if a == here and b not in ways:
                ways[b] = [*ways[here], i]
                queue.append(b)
    return ways.get(end)


class _Word:
    """The exact set of a word, and the affine functions on it that must keep their distances."""

    def __init__(self, system: System, u: int, start: Rows, end: Rows, patterns: list[bytes]) -> None:
        d = system.dimension
        pieces = [system.piece(pattern) for pattern in patterns]
        along, inputs = [_unit(d + 1)], list[fmpq_mat]()
        for piece in pieces:
            inputs.append(piece.inputs * along[-1])
            along.append(piece.step * along[-1])
        first, last = fmpq_mat(start), fmpq_mat(end) * along[-1]
        forms = [*last.tolist()[:u], *first.tolist()[u:]]
        points = fmpq_mat([*forms, [Q(0)] * d + [Q(1)]]).inv()
        self.points = points.tolist()[:d]
        self.inner = [*(first * points).tolist()[:u], *(last * points).tolist()[u:]]
        inner = [*first.tolist()[:u], *last.tolist()[u:]]
        self.functions = [(form, None) for form in forms] + [
            (form, 1 - _size(row)) for form, row in zip(inner, self.inner)
        ]
        for piece, form in zip(pieces, inputs):
            margins = [_margin(row, lo, hi) for row, lo, hi in zip((form * points).tolist(), piece.lo, piece.hi)]
            self.functions += [*zip(form.tolist(), margins)]

    def rounded(self, slack: Q) -> Rows:
        """The set with entries that are multiples of a power of 2, as short as the distances and the slack permit."""
        entries = len(self.points) + 1  # of each coordinate; each is off by at most half a unit in the last place
        needed = Q(1)
        for form, margin in self.functions:
            most = slack if margin is None else min(slack, margin / 2)
            needed = max(needed, entries * sum(map(abs, form[:-1]), Q(0)) / most)
        return _rounded(self.points, _bits(needed))


def _margin(row: list[Q], lo: Extended, hi: Extended) -> Q:
    """How far a form keeps from two bounds on the whole cube."""
    radius, centre = sum(map(abs, row[:-1]), Q(0)), row[-1]
    return min(end - radius for end in (abs(centre - bound) for bound in (lo, hi) if isinstance(bound, Q)))


def _size(row: list[Q]) -> Q:
    """The greatest absolute value of a form on the cube."""
    return sum(map(abs, row), Q(0))


def _normalised(block: dict[str, Any]) -> Rows:
    """(2 l.x - hi - lo) / (hi - lo) for the forms l of a block of a certificate."""
    rows = Rows()
    for row, low, high in zip(block["rows"], block["lo"], block["hi"]):
        lo, hi = rational(low), rational(high)
        rows.append([*(2 * rational(entry) / (hi - lo) for entry in row), -(hi + lo) / (hi - lo)])
    return rows


def _inverse(rows: Rows) -> Rows:
    """Nearly the inverse of the coefficients."""
    matrix = fmpq_mat([row[:-1] for row in rows])
    largest = max(map(abs, matrix.entries()))
    return _rounded(matrix.inv().tolist(), _bits(4 * len(rows) * largest))


def _rounded(rows: Rows, bits: int) -> Rows:
    """To multiples of 2^-bits, by at most half of it."""
    unit = 1 << bits
    return [[Q((entry * unit + Q(1, 2)).floor(), unit) for entry in row] for row in rows]


def _bits(x: Q) -> int:
    """Some n >= 0 with 2^n >= x."""
    return max(0, int(x.ceil()).bit_length())


def _digits(pattern: str) -> bytes:
    return bytes(map(int, pattern))


def _unit(n: int) -> fmpq_mat:
    return fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
