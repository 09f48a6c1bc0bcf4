"""What a checker replays: one finite graph for each end of an enclosure of the entropy.

Both graphs consist of closed intervals I_0, ..., I_n (on the line their ends may be infinite) and *rows*: row i lists
edges (k, j), where k is a lap of f (see `certify.entropy.laps`) and j another interval. Write L_k for lap k. f is
monotone on I_i ∩ L_k, so f(I_i ∩ L_k) is the interval between the values of f at its two ends: checking an edge takes
two evaluations and two comparisons.

Entropy is the topological entropy of f on its domain; on the line, that of the continuous extension to [-inf, inf],
which is the supremum of the entropies on compact invariant sets of real numbers. (Misiurewicz 1979: it is the
supremum of (log n)/t over horseshoes, n intervals with disjoint interiors that f^t maps onto an interval which
contains them. Leave out the first and the last interval of one: the other n - 2 lie in a compact interval of real
numbers, and parts of each are mapped onto it, which costs nothing in the limit, since n grows with t.)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.entropy.laps import Interval
from certify.entropy.tower import Row
from certify.numbers import Extended, rational, text

Polynomials = tuple[tuple[int, ...] | None, ...]


@dataclass(frozen=True)
class Covering:
    """Evidence that h(f) >= log(growth).

    A checker verifies, with v = vector, growth = p/q > 0:

    1. a_i < b_i for each interval I_i = [a_i, b_i], inside the domain;
    2. the laps k in one row differ, and for each edge (k, j) of row i: I_i ∩ L_k is more than a point and I_j ⊆ f(I_i
       ∩ L_k);
    3. v_i is a positive integer, and q * (sum of v_j over the edges (k, j) of row i) >= p * v_i.

    Proof. By 2, an edge (k, j) of row i gives a subinterval of I_i ∩ L_k that f maps onto I_j; those of different
    edges of row i lie in different laps, so their interiors are disjoint. By induction the paths of length t from i
    to j are subintervals of I_i with disjoint interiors, each mapped onto I_j by f^t. Let M be the matrix that counts
    edges: (M^t)_ij counts these paths. By 3, M v >= growth * v with v > 0, so the spectral radius r of M is at least
    growth (Collatz, Wielandt). r is the spectral radius of some irreducible block of M, hence r = limsup
    ((M^t)_ii)^(1/t) for some i. The n = (M^t)_ii intervals in I_i, each mapped onto I_i by f^t, are a horseshoe, and
    h(f) = h(f^t)/t >= (log n)/t (Misiurewicz 1979; Misiurewicz, Szlenk 1980). Let t grow.

    With `number`, a real algebraic number and polynomials in it, one for each interval, it proves h(f) >= log(number)
    for the same reason; instead of 3:

    3'. sum of the polynomials of row i's targets = number * polynomial_i modulo the minimal polynomial, and each
        polynomial is positive at the number.
    """

    intervals: tuple[Interval, ...]
    rows: tuple[Row, ...]
    vector: tuple[int, ...]
    growth: Fraction
    polynomials: tuple[tuple[int, ...], ...] | None = None

    @property
    def matrix(self) -> list[list[int]]:
        """M: the number of edges from i to j."""
        return _matrix(self.rows)

    def document(self) -> dict[str, Any]:
        """As data for JSON: numbers are strings in lowest terms."""
        return {
            "intervals": _texts(self.intervals),
            "rows": _lists(self.rows),
            "vector": [text(rational(v)) for v in self.vector],
            "growth": text(rational(self.growth)),
            **({} if self.polynomials is None else {"polynomials": _polynomials(self.polynomials)}),
        }


@dataclass(frozen=True)
class Transfer:
    """Evidence that h(f) <= log(growth).

    A checker verifies, with w = vector, r = ranks, growth = p/q >= 1, J the domain:

    1. f(J) ⊆ J, and f^core_steps(J) ⊆ I_0 (interval images, one after another);
    2. for each i and each lap k with f not constant on I_i ∩ L_k there is exactly one edge (k, j) in row i, and f(I_i
       ∩ L_k) ⊆ I_j;
    3. r_j <= r_i for each edge (k, j) of row i; w_i is a positive integer, and
       q * (sum of w_j over the edges (k, j) of row i with r_j = r_i) <= p * w_i.

    Proof. For a map g of an interval I let l(g, I) be the number of maximal runs of pieces with slopes of one sign,
    pieces of slope zero left out: the lap number, or 0 if g is constant. Along I = part of I_i the pieces of f^t come
    in order from I ∩ L_k, k = 0, 1, ...; between these f is constant. On I ∩ L_k, f is monotone onto f(I ∩ L_k), so
    f^t makes the runs of f^(t-1) there, forwards or backwards: l(f^t, I ∩ L_k) = l(f^(t-1), f(I ∩ L_k)), which is at
    most l(f^(t-1), I_j). Runs can only merge where the parts meet, so l(f^t, I_i) <= sum of l(f^(t-1), I_j) over the
    edges of row i, and l(f^0, I_i) <= 1. By induction l(f^t, I_i) is at most the number of paths of length t from i.
    Along a path ranks fall at most R times, R the number of ranks. By 3, at most C * growth^s paths of length s stay
    in one rank, C = max w / min w; so there are at most (t+1)^R * C^(R+1) * d^R * growth^t paths of length t, d the
    largest number of edges in a row. On the core K = f^core_steps(J), h(f) = h(f|K) = lim (1/t) log l(f^t, K)
    (Misiurewicz, Szlenk 1980; where l stays 0, h = 0) <= log(growth).

    With `number` >= 1, an algebraic number, and `polynomials`, which then stand for some ranks (None elsewhere), it
    proves h(f) <= log(number); instead of 3:

    3'. r_j <= r_i for each edge. Where row i has a polynomial (then all rows of its rank have): the sum of the
        polynomials of its targets of equal rank = number * polynomial_i modulo the minimal polynomial, and the
        polynomial is positive at the number. Elsewhere the sum of w_j over its targets of equal rank is at most a *
        w_i, a the lower end of the number's isolating interval (or 1).
    """

    core_steps: int
    intervals: tuple[Interval, ...]
    rows: tuple[Row, ...]
    ranks: tuple[int, ...]
    vector: tuple[int, ...]
    growth: Fraction
    polynomials: Polynomials | None = None

    @property
    def matrix(self) -> list[list[int]]:
        """M: the number of edges from i to j."""
        return _matrix(self.rows)

    def document(self) -> dict[str, Any]:
        """As data for JSON: numbers are strings in lowest terms."""
        return {
            "core_steps": self.core_steps,
            "intervals": _texts(self.intervals),
            "rows": _lists(self.rows),
            "ranks": list(self.ranks),
            "vector": [text(rational(w)) for w in self.vector],
            "growth": text(rational(self.growth)),
            **({} if self.polynomials is None else {"polynomials": _polynomials(self.polynomials)}),
        }


@dataclass(frozen=True)
class ConstantSlope:
    """Evidence that h(f) = log(growth), both ends at once, on an interval J.

    A checker verifies: f(J) ⊆ J; f^core_steps(J), an exact image, is a compact interval K of more than a point; every
    piece of f that meets the interior of K has slope growth or -growth; growth >= 1.

    Proof. f maps K into itself, so f^t has slope ±growth^t on K and the variation growth^t * |K|; h(f) = h(f|K) = lim
    (1/t) log Var(f^t|K) (Misiurewicz, Szlenk 1980) = log(growth).
    """

    core_steps: int
    growth: Fraction

    def document(self) -> dict[str, Any]:
        """As data for JSON: numbers are strings in lowest terms."""
        return {"core_steps": self.core_steps, "growth": text(rational(self.growth))}


def _matrix(rows: tuple[Row, ...]) -> list[list[int]]:
    counts = [[0] * len(rows) for _ in rows]
    for i, row in enumerate(rows):
        for _, j in row:
            counts[i][j] += 1
    return counts


def _texts(intervals: tuple[tuple[Extended, Extended], ...]) -> list[list[str]]:
    return [[text(a), text(b)] for a, b in intervals]


def _lists(rows: tuple[Row, ...]) -> list[list[list[int]]]:
    return [[[k, j] for k, j in row] for row in rows]


def _polynomials(polynomials: Polynomials) -> list[list[str] | None]:
    return [None if p is None else [text(rational(c)) for c in p] for p in polynomials]
