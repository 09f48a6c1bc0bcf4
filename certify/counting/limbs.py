"""Long integers as rows of limbs in machine words: thousands of additions at once, and exact.

An integer is a row of limbs l_0, l_1, ...: the sum of the l_i 2^(32 i). The limbs of one integer lie in [0, 2^32), the
last one in [-2^31, 2^31), so a sum of rows with weights whose absolute values add up to `HEADROOM` at most has limbs
between -2^62 and 2^62: nothing overflows, and carries wait until the sum is turned into an integer again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Limbs = NDArray[np.int64]
"""Integers by rows; the limbs of each from the lowest on."""

HEADROOM = 2**30
"""The largest sum of absolute weights."""

OFFSET = 2**62


class Rows:
    """A growing table of integers, of which the oldest may be forgotten."""

    def __init__(self) -> None:
        self._table: Limbs = np.zeros((0, 1), np.int64)
        self._first = self._end = 0

    def __len__(self) -> int:
        return self._end - self._first

    def extend(self, integers: Sequence[int]) -> None:
        """Appends integers of either sign."""
        if not integers:
            return
        rows, width = self._table.shape
        needed = max(x.bit_length() for x in integers) // 32 + 1
        if needed > width or self._end + len(integers) > rows:
            wider = width if needed <= width else needed + needed // 4
            table = np.zeros((2 * (len(self) + len(integers)), wider), np.int64)
            table[: len(self), :width] = self._table[self._first : self._end]
            self._table, self._first, self._end = table, 0, len(self)
        end = self._end + len(integers)
        self._table[self._end : end, :needed] = _limbs(integers, needed)
        self._end = end

    def sums(self, numbers: Sequence[int], steps: int) -> Limbs:
        """Row s: the sum of the integers number i + s, for all these i < 0 with i + s < 0; at most `HEADROOM` of them."""
        table = self._table[self._first : self._end]
        sums = np.zeros((min(steps, -min(numbers)), table.shape[1]), np.int64)
        for i in numbers:
            rows = table[i : i + steps] if i + steps < 0 else table[i:]
            sums[: len(rows)] += rows
        return sums

    def forget(self, n: int) -> None:
        """Forgets the n oldest integers."""
        self._first += n


def _limbs(integers: Sequence[int], width: int) -> Limbs:
    data = b"".join([x.to_bytes(4 * width, "little", signed=True) for x in integers])
    limbs = np.frombuffer(data, "<u4").reshape(len(integers), width).astype(np.int64)
    limbs[:, -1] -= (limbs[:, -1] >> 31) << 32
    return limbs


class Part(NamedTuple):
    """This weight times the integers of these rows, each of them a sum of so many terms, at most `HEADROOM`."""

    weight: int
    rows: Limbs
    terms: int


def total(parts: Sequence[Part]) -> list[int]:
    """The sums of the parts, row by row; the last rows of a part may be missing."""
    if sum(abs(part.weight) * part.terms for part in parts) > HEADROOM:
        columns = [[part.weight * x for x in integers(part.rows)] for part in parts]
        return [sum(row) for row in zip_longest(*columns, fillvalue=0)]
    table = np.zeros([max(part.rows.shape[axis] for part in parts) for axis in (0, 1)], np.int64)
    for weight, rows, _ in parts:
        table[: rows.shape[0], : rows.shape[1]] += weight * rows
    return integers(table)


def integers(limbs: Limbs) -> list[int]:
    """The integers of these rows, whose limbs lie between -2^62 and 2^62."""
    rows, width = limbs.shape
    halves = (limbs + OFFSET).astype("<i8").view("<u4").reshape(rows, width, 2)
    low, high = halves[:, :, 0].tobytes(), halves[:, :, 1].tobytes()
    too_much = OFFSET * (((1 << 32 * width) - 1) // 0xFFFFFFFF)
    return [
        int.from_bytes(low[i : i + 4 * width], "little")
        + (int.from_bytes(high[i : i + 4 * width], "little") << 32)
        - too_much
        for i in range(0, 4 * width * rows, 4 * width)
    ]
