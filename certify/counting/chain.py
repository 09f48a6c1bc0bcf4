"""Chains of states: counts that move along unchanged, and what they add to sums, known many steps ahead.

A *chain* is a row of states, each of which but the first is reached from the one before it and from nowhere else. So a
step only lets a count enter at the first state; the count d places on is the one that entered d steps earlier.

For the next d steps the state at depth d holds what is on the chain already, hence what it adds to a sum for that long
is known now. With C(z) the counts on the chain by depth and K(z) the states that the sum runs over, what they add in
the steps to come are coefficients of K(z) C(1/z): one product of polynomials in the place of an addition for every
state and step. Such states *sleep* until a count reaches them that has not entered yet, or until the window of steps
ends that was looked ahead.

Windows are nested as in fast online multiplication (Fischer, Stockmeyer 1974, "Fast on-line integer multiplication"):
at age n they are as long as the largest power of two v that divides n. The states awake then, woken or found in the
last v steps, lie within O(v) of the two ends of the chain. So for each v the products have O(T) coefficients of O(T)
bits in all. Where states are so few that a product does not pay they stay awake and are added: O(1) of them for each v.
Hence T steps cost O(T^2) bit operations, up to powers of log T, for a chain and a sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Generic, TypeVar

from certify.numbers import fmpz_poly

S = TypeVar("S")

SHORTEST = 64
"""Steps of the shortest window."""

PRICE = 24
"""So many additions cost about as much as one coefficient of a product."""


class Chain(Generic[S]):
    """States in a row with their counts, and the sums that run over them; `gate` is the number of the sum that enters."""

    def __init__(self, gate: int, states: list[S], past: list[int]) -> None:
        self.gate = gate
        self.states = states
        self._past = past  # what has entered, the last one in the first state now
        self._awake: dict[int, dict[int, list[int]]] = {1: {}, -1: {}}  # by sign and sum; states as indices of the past
        self._waking: dict[int, list[tuple[int, int, int]]] = defaultdict(list)  # by age: depth, sum and sign
        self._known: dict[int, list[tuple[int, int]]] = defaultdict(list)  # by age: sums and what the sleeping add
        self._age = 0

    @property
    def counts(self) -> list[int]:
        """The counts of the states."""
        return self._past[: -1 - len(self.states) : -1]

    def tap(self, depth: int, number: int, sign: int = 1) -> None:
        """Lets a sum run over a state, once more if it does so already, with this sign."""
        self._awake[sign].setdefault(number, []).append(~depth)

    def add(self, count: int) -> None:
        """Adds to the count of the first state."""
        self._past[-1] += count

    def enter(self, count: int) -> None:
        """One step: everything moves on, and this enters."""
        self._past.append(count)
        if len(self._past) > 2 * len(self.states) + SHORTEST:
            del self._past[: -len(self.states)]

    def split(self, depth: int, gate: int) -> Chain[S]:
        """Cuts off the states from this depth on, as a chain that counts enter from elsewhere too."""
        self._wake_all()
        rest = Chain(gate, self.states[depth:], self._past[:-depth])
        del self.states[depth:]
        for sign, taps in self._awake.items():
            self._awake[sign] = {}
            for number, states in taps.items():
                for i in states:
                    chain, d = (self, ~i) if ~i < depth else (rest, ~i - depth)
                    chain.tap(d, number, sign)
        self.tap(depth - 1, gate)
        self._age = rest._age = -SHORTEST
        return rest

    def add_to(self, sums: list[int]) -> None:
        """Adds the counts to the sums that run over them. To be called once in each step."""
        age = self._age
        if age in self._waking:
            self._wake(self._waking.pop(age))
        if age >= 0 and age % SHORTEST == 0:
            self._look_ahead(age & -age or len(self.states))
        get = self._past.__getitem__
        for number, states in self._awake[1].items():
            sums[number] = sum(map(get, states), sums[number])
        for number, states in self._awake[-1].items():
            sums[number] -= sum(map(get, states))
        if age in self._known:
            for number, known in self._known.pop(age):
                sums[number] += known
        self._age = age + 1

    def _wake_all(self) -> None:
        for due in self._waking.values():
            self._wake(due)
        self._waking.clear()
        self._known.clear()

    def _wake(self, due: Collection[tuple[int, int, int]]) -> None:
        for depth, number, sign in due:
            self.tap(depth, number, sign)

    def _look_ahead(self, window: int) -> None:
        """Puts states to sleep where that pays."""
        awake: dict[int, list[tuple[int, int]]] = defaultdict(list)  # by sum; states as depth and sign
        for sign, taps in self._awake.items():
            for number, states in taps.items():
                awake[number] += [(~i, sign) for i in states]
        for number, row in awake.items():
            if len(row) >= PRICE:
                for sign in (1, -1):
                    self._awake[sign].pop(number, None)
                for cluster in _clusters(sorted(row), window):
                    additions = sum(min(window, depth + 1) for depth, _ in cluster)
                    if additions >= PRICE * (window + cluster[-1][0] - cluster[0][0]):
                        self._put_to_sleep(number, cluster, window)
                    else:
                        for depth, sign in cluster:
                            self.tap(depth, number, sign)

    def _put_to_sleep(self, number: int, states: list[tuple[int, int]], window: int) -> None:
        lo, hi = states[0][0], states[-1][0]
        first = max(0, lo - window + 1)  # the counts before it come too late
        amounts = [0] * (hi - lo + 1)
        for depth, sign in states:
            amounts[depth - lo] += sign
            self._waking[self._age + min(window, depth + 1)].append((depth, number, sign))
        end = len(self._past)
        product = fmpz_poly(self._past[end - 1 - hi : end - first]) * fmpz_poly(amounts)
        for step in range(min(window, hi - first + 1)):
            self._known[self._age + step].append((number, int(product[hi - lo + step])))


def _clusters(states: list[tuple[int, int]], gap: int) -> Iterator[list[tuple[int, int]]]:
    """Depths with signs, parted where neighbours are further apart than the gap."""
    cuts = [j for j, ((d, _), (e, _)) in enumerate(pairwise(states), 1) if e - d > gap]
    for start, end in pairwise([0, *cuts, len(states)]):
        yield states[start:end]
