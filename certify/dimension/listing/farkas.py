"""Farkas vectors: why no cycle keeps to some of the bits of a word. HiGHS proposes them, integer arithmetic proves them.

A bit 1 says that a kink has been passed, v_i = y_i >= 0, a bit 0 that it has not, v_i = 0 >= y_i. Let some bits be given. If integers c_i
are negative only where the bit is 1, and (c K)_j is positive only where the bit is 0, while c q > 0, then no v has these bits:
c K v = c q + c (K v - q) >= c q > 0, since K v = q where c_i may be negative; but c K v <= 0, since v_j = 0 where (c K)_j may be positive
(Farkas 1902).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import frexp, gcd, inf
from typing import Any

import numpy as np

from certify.dimension.listing.corrections import Complementarity
from certify.dimension.system import Floats
from certify.numbers import fmpz_mat

BITS = 8
"""Of the leading digits of the entries of a vector, all else being zeros."""
TINY = 1e-7
"""Entries that are so small beside the largest one are taken for rounding errors of zeros."""
SCALE = 1e3
"""The proposed c q: large beside the tolerance, 1e-9, with which HiGHS sees to its inequalities."""
CHEAP = 1e-3
"""Cost of an entry that needs no bit, beside those that do, which cost 1 and more."""
SMALL = 1e-3
"""Entries that need a bit cost the less the larger they were before; below this part of the largest they count as this small."""


@dataclass(frozen=True)
class Bits:
    """Some of the bits of a word: the sets of the i with bit 0 and with bit 1, as binary digits of two integers."""

    zeros: int
    ones: int

    def within(self, other: Bits) -> bool:
        """Whether the other word has all of these bits."""
        return not (self.zeros & ~other.zeros or self.ones & ~other.ones)

    def turned(self, by: int, size: int) -> Bits:
        """Each i moved on to i + by, modulo the size."""
        full = (1 << size) - 1
        return Bits(*((x << by | x >> size - by) & full for x in (self.zeros, self.ones)))


Vector = tuple[tuple[int, int], ...]
"""A sparse vector of integers: pairs of an index and an entry that is not 0, by increasing index."""


def excluded(problem: Complementarity, vector: Vector) -> Bits | None:
    """The bits that no cycle has, by this vector, exactly; None where it proves nothing."""
    m, size = problem.given.kinks, problem.size
    if sum(c * problem.constants[i % m] for i, c in vector) <= 0:
        return None
    sums = (sum(c * problem.entry(i, j) for i, c in vector) for j in range(size))
    zeros = sum(1 << j for j, total in enumerate(sums) if total > 0)
    return Bits(zeros, sum(1 << i for i, c in vector if c < 0))


def dependent(problem: Complementarity, word: Bits) -> Vector | None:
    """For a word with all its bits, whose equations K v = q may be dependent: a combination of them that says 0 = 1, exactly."""
    ones = [i for i in range(problem.size) if word.ones >> i & 1]
    square = fmpz_mat([[problem.entry(i, j) for i in ones] for j in ones]) if ones else fmpz_mat(0, 0)
    basis, count = square.nullspace()
    m = problem.given.kinks
    for k in range(count):
        vector = [int(basis[i, k]) for i in range(len(ones))]
        total = sum(c * problem.constants[i % m] for c, i in zip(vector, ones))
        if total:
            common = gcd(*vector) * (1 if total > 0 else -1)
            return tuple((i, c // common) for c, i in zip(vector, ones) if c)
    return None


class Refuter:
    """Asks HiGHS for a vector c that excludes some given bits with as few of them as possible.

    c = c' - c'' with c' >= 0 and c'' >= 0, and c K <= w with w >= 0, where c''_i is 0 unless the bit is 1 and w_j is 0 unless it is 0.
    All coefficients are perturbed by one part in 2^BITS against c, so that c can be rounded to so many digits. Few bits are a matter of
    the sum of all c'' and w, minimised twice, the second time weighed by the outcome of the first (Candes, Wakin, Boyd 2008).
    """

    def __init__(self, problem: Complementarity) -> None:
        import highspy  # here alone: nothing but the search for a proof needs it

        self.matrix, self.constants = problem.floats()
        self.size = n = problem.size
        margin, columns = 2.0**-BITS, self.matrix.T
        tight, loose = columns + margin * abs(columns), -columns + margin * abs(columns)
        sums = np.hstack([tight, loose, -np.eye(n)])
        right = [self.constants - margin * abs(self.constants), -self.constants - margin * abs(self.constants)]
        table = np.vstack([sums, np.concatenate([*right, np.zeros(n)])])
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 3 * n, n + 1
        self.costs = np.concatenate([np.full(n, CHEAP), np.ones(2 * n)])
        model.col_cost_ = self.costs
        model.col_lower_ = np.zeros(3 * n)
        model.col_upper_ = np.concatenate([np.full(n, inf), np.zeros(2 * n)])
        model.row_lower_ = np.concatenate([np.full(n, -inf), [SCALE]])
        model.row_upper_ = np.concatenate([np.zeros(n), [SCALE]])
        places = [np.flatnonzero(column) for column in table.T]
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.cumsum([0, *map(len, places)])
        model.a_matrix_.index_ = np.concatenate(places)
        model.a_matrix_.value_ = np.concatenate([table[at, k] for k, at in enumerate(places)])
        self.status = highspy.HighsModelStatus
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (
            ("output_flag", False), ("presolve", "off"), ("threads", 1),
            ("primal_feasibility_tolerance", 1e-9), ("dual_feasibility_tolerance", 1e-9),
        ):  # fmt: skip
            self.solver.setOptionValue(name, value)
        self.solver.passModel(model)
        self.upper = np.zeros(2 * n)

    def propose(self, given: Bits) -> tuple[tuple[Vector, ...], Floats | None]:
        """Vectors that may exclude these bits, the better first; or, where there seem to be none, a v that has them (K v >= q, v >= 0),
        unless none was found."""
        n = self.size
        upper = np.array(
            [inf if bits >> i & 1 else 0.0 for bits in (given.ones, given.zeros) for i in range(n)], dtype=np.float64
        )
        changed = np.flatnonzero(upper != self.upper)
        if len(changed):
            count, columns = len(changed), (changed + n).astype(np.int32)
            self.solver.changeColsBounds(count, columns, np.zeros(count), upper[changed])
            self.upper = upper
        self.solver.run()  # from the basis of the time before
        status = self.solver.getModelStatus()
        if status == self.status.kOptimal:
            return self._sparser(np.array(self.solver.getSolution().col_value)), None
        if status == self.status.kInfeasible:
            _, there, ray = self.solver.getDualRay()
            if there and ray[n]:
                return (), -np.array(ray[:n]) / ray[n]
        return (), None

    def _sparser(self, first: Floats) -> tuple[Vector, ...]:
        """A solution's vector, after that of a solution that may need fewer bits."""
        n, every = self.size, np.arange(3 * self.size, dtype=np.int32)
        largest = abs(first).max()
        weighed = 1 / (first[n:] / largest + SMALL)
        self.solver.changeColsCost(3 * n, every, np.concatenate([self.costs[:n], weighed]))
        self.solver.run()
        second = np.array(self.solver.getSolution().col_value)
        self.solver.changeColsCost(3 * n, every, self.costs)
        fewer = np.sum(second[n:] > TINY * largest) < np.sum(first[n:] > TINY * largest)
        return tuple(rounded(each[:n] - each[n : 2 * n]) for each in ((second, first) if fewer else (first,)))


def rounded(vector: Floats) -> Vector:
    """The vector times a positive number, its entries rounded to integers of BITS digits and zeros."""
    least = TINY * abs(vector).max(initial=0.0)
    parts = [(i, *frexp(c)) for i, c in enumerate(vector.tolist()) if abs(c) > least]
    lowest = min((e for _, _, e in parts), default=0)
    whole = [(i, round(mantissa * 2**BITS) << e - lowest) for i, mantissa, e in parts]
    common = gcd(*(c for _, c in whole)) or 1
    return tuple((i, c // common) for i, c in whole)


def rotations(problem: Complementarity, bits: Bits) -> Iterator[Bits]:
    """The same bits at other times: a cycle begun at another of its points is a cycle too."""
    for r in range(problem.period):
        yield bits.turned(r * problem.given.kinks, problem.size)
