"""All cycles of a period, with a proof that there are no others: a tree of bits, closed by Farkas vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certify.decision.budget import Budget
from certify.dimension.listing.corrections import Complementarity, NoBase, complementarity, kinks
from certify.dimension.listing.exact import Cycle, cycle_through, fixed_point, in_order
from certify.dimension.listing.farkas import Bits, Refuter, Vector, dependent, excluded, rotations
from certify.dimension.system import Floats, System
from certify.errors import BudgetExceeded

MAX_BITS = 400
"""Of a word: longer ones, of which no search would see the end, are not begun."""
FADING = 0.95
"""From one Farkas vector to the next, what the bits of those before still count."""


@dataclass(frozen=True)
class CompleteCycles:
    """All cycles whose least period divides `period`, and the tree that proves it, in the words of docs/certificate-format.md."""

    period: int
    base: bytes
    vectors: tuple[Vector, ...]
    tree: tuple[str, ...]
    cycles: tuple[Cycle, ...]


@dataclass(frozen=True)
class Incomplete:
    """Those that were found, and why these may not be all."""

    cycles: tuple[Cycle, ...]
    reason: str


def complete_cycles(
    system: System, period: int, budget: Budget, progress: Callable[[str], None]
) -> CompleteCycles | Incomplete:
    """All cycles whose least period divides `period`; of the budget only the time counts."""
    if (size := period * kinks(system)) > MAX_BITS:
        return Incomplete((), f"a word has {size} bits, one for each kink at each step, more than {MAX_BITS}")
    try:
        problem = complementarity(system, period)
    except NoBase:
        return Incomplete(
            (), "every affine map tried has 1 as an eigenvalue of its iterate, so the states cannot be eliminated"
        )
    tree = _Tree(system, problem, budget, progress)
    try:
        proof = tree.closed(Bits(0, 0), 1.0).tokens
    except (BudgetExceeded, _Family) as error:
        return Incomplete(in_order(tree.cycles.values()), str(error))
    used = dict.fromkeys(int(token.split(".")[0]) for token in proof if "." in token)
    number = {old: str(new) for new, old in enumerate(used)}
    named = tuple(_renamed(token, number) for token in proof)
    vectors = tuple(tree.vectors[i] for i in used)
    return CompleteCycles(period, problem.given.base, vectors, named, in_order(tree.cycles.values()))


def _renamed(token: str, number: dict[int, str]) -> str:
    vector, dot, turn = token.partition(".")
    return number[int(vector)] + dot + turn if dot else token


class _Family(Exception):
    """A word whose affine maps bring back no point or a whole family, and that no Farkas vector excludes."""


@dataclass(frozen=True)
class _Closed:
    """A subtree, and the bits on which it rests: wherever these are given it proves as much."""

    tokens: list[str]
    rests_on: Bits


class _Tree:
    """The search: depth first. What excludes some bits is kept, at all times of the cycle at once, and tried before HiGHS is asked."""

    def __init__(
        self, system: System, problem: Complementarity, budget: Budget, progress: Callable[[str], None]
    ) -> None:
        self.system, self.problem, self.budget, self.progress = system, problem, budget, progress
        self.size, m = problem.size, problem.given.kinks
        self.full = (1 << self.size) - 1
        order = [i for k in range(m) for i in range(k, self.size, m)]
        self.pairs = [[(i, (i + r * m) % self.size) for i in order] for r in range(1, problem.period)]
        """For each rotation the bits of a word with those that it puts in their places, kink by kink."""
        self.cycles: dict[tuple[tuple[Fraction, ...], ...], Cycle] = {}
        self.vectors: list[Vector] = []
        self.clauses: list[tuple[Bits, str]] = []
        """What is excluded, and the token that says so."""
        self.words = np.zeros((1024, -(-2 * self.size // 64)), "<u8")
        """For each of these one row (`_packed`)."""
        self.activity = np.zeros(self.size)
        """For each bit how many Farkas vectors rest on it, the latest counting most."""
        self.done = 0.0
        self.refuter = Refuter(problem) if self.size else None

    def closed(self, given: Bits, share: float) -> _Closed:
        """A proof that all cycles with these bits are known. `share` is the part of the search that this is taken for."""
        self.budget.check(0)
        free = self.full & ~(given.zeros | given.ones)
        leaf, branch = self._leaf(given, free)
        if leaf:
            self.done += share
            self.progress(
                f"{len(self.cycles)} cycles, {len(self.vectors)} Farkas vectors, {self.done:.1%} of the search"
            )
            return leaf
        assert branch is not None
        bit, halves = 1 << branch, list[_Closed]()
        for half in (Bits(given.zeros | bit, given.ones), Bits(given.zeros, given.ones | bit)):
            below = self.closed(half, share / 2)
            if not (below.rests_on.zeros | below.rests_on.ones) & bit:
                return below  # it does not rest on this bit, so it does for both
            halves.append(below)
        zeros = (halves[0].rests_on.zeros | halves[1].rests_on.zeros) & ~bit
        ones = (halves[0].rests_on.ones | halves[1].rests_on.ones) & ~bit
        return _Closed([str(branch), *halves[0].tokens, *halves[1].tokens], Bits(zeros, ones))

    def _leaf(self, given: Bits, free: int) -> tuple[_Closed | None, int | None]:
        """What closes these bits, or else the next one to branch on."""
        leaf, forced = self._excluded(given, free)
        if leaf:
            return leaf, None
        if smaller := self._smaller_rotation(given):
            return _Closed(["<"], smaller), None
        if forced is not None:
            return None, forced
        if not free and self._solved(given):
            return _Closed(["="], given), None
        vectors, point = self.refuter.propose(given) if self.refuter else ((), None)
        for vector in (*vectors, None if free else dependent(self.problem, given)):
            if vector and (leaf := self._learnt(vector, given)):
                return leaf, None
        if not free:
            word = " ".join("".join(map(str, pattern)) for pattern in self._patterns(given))
            raise _Family(f"along the word {word} the affine maps bring back a whole family of points, or none")
        return None, free.bit_length() - 1 if point is None else self._most_promising(point, free)

    def _excluded(self, given: Bits, free: int) -> tuple[_Closed | None, int | None]:
        """What closes these bits among all that is excluded; or a bit that has only one value left."""
        rows = self.words[: len(self.clauses)]
        missing = rows & ~self._packed(given.zeros, given.ones)
        possible = ~(rows & self._packed(given.ones, given.zeros)).any(axis=1)
        single = ((missing & (missing - 1)) == 0).all(axis=1) & ((missing != 0).sum(axis=1) < 2)
        found = np.flatnonzero(possible & single)  # one bit is missing, or none
        whole = found[~missing[found].any(axis=1)]
        if len(whole):
            bits, token = self.clauses[whole[0]]
            return _Closed([token], bits), None
        bits = self.clauses[found[0]][0] if len(found) else Bits(0, 0)
        return None, ((bits.zeros | bits.ones) & free).bit_length() - 1 if len(found) else None

    def _packed(self, zeros: int, ones: int) -> NDArray[np.uint64]:
        """Bits as words of 64: of the zeros first, then of the ones."""
        return np.frombuffer((zeros | ones << self.size).to_bytes(8 * self.words.shape[1], "little"), "<u8")

    def _learnt(self, vector: Vector, given: Bits) -> _Closed | None:
        """A new Farkas vector, if it does exclude the given bits; it excludes its rotations as well."""
        bits = excluded(self.problem, vector)
        if bits is None or not bits.within(given):
            return None
        for turn, turned in enumerate(rotations(self.problem, bits)):
            if len(self.clauses) == len(self.words):
                self.words = np.vstack([self.words, np.zeros_like(self.words)])
            self.words[len(self.clauses)] = self._packed(turned.zeros, turned.ones)
            self.clauses.append((turned, f"{len(self.vectors)}.{turn}"))
        self.vectors.append(vector)
        self.activity *= FADING
        self.activity += [(bits.zeros | bits.ones) >> i & 1 for i in range(self.size)]
        return _Closed([f"{len(self.vectors) - 1}.0"], bits)

    def _most_promising(self, point: Floats, free: int) -> int:
        """The open bit whose two conditions, v_i = 0 and v_i = y_i, are both far from true at a point, and on which the latest Farkas
        vectors rest."""
        assert self.refuter is not None
        slack = self.refuter.matrix @ point - self.refuter.constants
        promise = (1 + self.activity) * np.maximum(np.minimum(point, slack), 0)
        return int(np.where([free >> i & 1 for i in range(self.size)], promise, -1).argmax())

    def _smaller_rotation(self, given: Bits) -> Bits | None:
        """The bits that show that the word, kink by kink, is not the least of its rotations; None where they do not."""
        known = given.zeros | given.ones
        for pairs in self.pairs:
            seen = 0
            for i, j in pairs:
                both = 1 << i | 1 << j
                if both & ~known:
                    break
                seen |= both
                mine, other = given.ones >> i & 1, given.ones >> j & 1
                if mine != other:
                    if mine:
                        return Bits(given.zeros & seen, given.ones & seen)
                    break
        return None

    def _patterns(self, given: Bits) -> tuple[bytes, ...]:
        """The word, where all bits are given."""
        return (
            self.problem.given.patterns([given.ones >> i & 1 for i in range(self.size)]) or (b"",) * self.problem.period
        )

    def _solved(self, given: Bits) -> bool:
        """All bits are given: at most one cycle has them, where their affine maps bring back only one point, and it is found."""
        start = fixed_point(self.system, self._patterns(given))
        if start and (cycle := cycle_through(self.system, start, self.problem.period)):
            self.cycles[cycle.points] = cycle
        return start is not None
