"""Chains of states: counts that move along unchanged, and what they add to sums, known many steps ahead.

A *chain* is a row of states, each of which but the first is reached from the one before it and from nowhere else. So a
step only lets a count enter at the first state; the count d places on is the one that entered d steps earlier.

For the next d steps the state at depth d holds what is on the chain already, hence what it adds to a sum for that long
is known now. With C(z) the counts on the chain by depth and K(z) the states that the sum runs over, what they add in
the steps to come are coefficients of K(z) C(1/z): one product of polynomials in the place of an addition for every
state and step. Such states *sleep* until a count reaches them that has not entered yet, or until the window of steps
ends that was looked ahead.

Windows are nested as in fast online multiplication (Fischer, Stockmeyer 1974, "Fast on-line integer multiplication"):
at step n they are as long as the largest power of two v that divides n. The states awake then, woken or found in the
last v steps, lie within O(v) of the two ends of the chain. So for each v the products have O(T) coefficients of O(T)
bits in all. Where states are so few that a product does not pay they stay awake and are added: O(1) of them for each v.
Hence T steps cost O(T^2) bit operations, up to powers of log T, for a chain and a sum.

Products are fewer where many sums serve a few results only, of which each is a combination of them (`Shares`): sleeping
states may then be added to the results at once.

States for which no product pays sleep for a *block* of steps, the shortest window. A state adds to its sum neighbouring
counts of the past, one for each step: rows of a table, which are added as one array of machine words (module `limbs`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from certify.counting.limbs import HEADROOM, Part, Rows
from certify.numbers import fmpz_poly

S = TypeVar("S")

Shares = Callable[[int], Sequence[tuple[int, int]]]
"""For a sum: others with weights, to which what is left out of it may be added in its place; none if there are none."""

Tap = tuple[int, int, int]
"""A state by its depth, a sum that runs over it, and the weight that it has there."""

BLOCK = 128
"""Steps of a block, the shortest window."""

LEAST = 8
"""For so many states and steps an addition of rows of limbs pays."""

PRICE = 64
"""So many additions in rows cost about as much as one coefficient of a factor or a product."""


class Sleeping(NamedTuple):
    """What states add to a sum from a step on."""

    number: int
    step: int
    part: Part


class Chain(Generic[S]):
    """States in a row with their counts, and the sums that run over them; `gate` is the number of the sum that enters."""

    def __init__(self, gate: int, states: list[S], past: list[int], shares: Shares) -> None:
        self.gate = gate
        self.states = states
        self.sleeping: list[Sleeping] = []  # during this block
        self._shares = shares
        self._past = past  # what has entered, the last one in the first state now
        self._rows = Rows()  # the same; the last ones may be missing
        self._awake: dict[tuple[int, int], list[int]] = {}  # by sum and weight; states as indices of the past
        self._waking: dict[int, list[Tap]] = defaultdict(list)  # by step
        self._known: dict[int, list[tuple[int, int]]] = defaultdict(list)  # by step: sums and what the sleeping add
        self._whole = True  # new or cut: all of it may look ahead as far as it goes

    @property
    def counts(self) -> list[int]:
        """The counts of the states."""
        return self._past[: -1 - len(self.states) : -1]

    def tap(self, depth: int, number: int, weight: int = 1) -> None:
        """Lets a sum run over a state with this weight, once more if it does so already."""
        self._awake.setdefault((number, weight), []).append(~depth)

    def add(self, count: int) -> None:
        """Adds to the count of the first state."""
        self._past[-1] += count

    def enter(self, count: int) -> None:
        """One step: everything moves on, and this enters."""
        self._past.append(count)
        old = len(self._past) - len(self.states)
        if old > len(self.states) + BLOCK:
            del self._past[:old]
            self._rows.forget(min(old, len(self._rows)))

    def split(self, depth: int, gate: int) -> Chain[S]:
        """Cuts off the states from this depth on, as a chain that counts enter from elsewhere too."""
        self._wake_all()
        rest = Chain(gate, self.states[depth:], self._past[:-depth], self._shares)
        del self.states[depth:]
        awake, self._awake = self._awake, {}
        for (number, weight), states in awake.items():
            for i in states:
                chain, d = (self, ~i) if ~i < depth else (rest, ~i - depth)
                chain.tap(d, number, weight)
        self.tap(depth - 1, gate)
        return rest

    def add_to(self, sums: list[int], step: int) -> None:
        """Adds to the sums the counts that run over them, but for what the block knows. To be called once in each step."""
        self._wake(self._waking.pop(step, ()))
        get = self._past.__getitem__
        for (number, weight), states in self._awake.items():
            if weight == 1:
                sums[number] = sum(map(get, states), sums[number])
            else:
                sums[number] += weight * sum(map(get, states))
        for number, known in self._known.pop(step, ()):
            sums[number] += known

    def _wake_all(self) -> None:
        for due in self._waking.values():
            self._wake(due)
        self._waking.clear()
        self._known.clear()
        self.sleeping = []
        self._whole = True

    def _wake(self, due: Iterable[Tap]) -> None:
        for depth, number, weight in due:
            self.tap(depth, number, weight)

    def look_ahead(self, step: int, window: int) -> None:
        """Puts states to sleep for up to so many steps where products pay. To be called where a block begins."""
        self._wake(self._waking.pop(step, ()))
        if self._whole:
            window, self._whole = len(self.states), False
        rows: dict[int, list[Tap]] = defaultdict(list)  # by sum
        for (number, weight), states in self._awake.items():
            rows[number] += [(~i, number, weight) for i in states]
        self._awake = {}
        shared = {number: shares for number in rows if (shares := self._shares(number))}
        if len(_targets(shared)) < len(shared):
            self._put_to_sleep([tap for number in shared for tap in rows.pop(number)], step, window, shared)
        for number, row in rows.items():
            self._put_to_sleep(row, step, window, {number: [(number, 1)]})

    def look_over(self, step: int, steps: int) -> None:
        """Puts states to sleep for the rest of the block where additions in rows pay; `sleeping` says what they add."""
        self.sleeping = []
        for (number, weight), states in self._awake.items():
            deep = [i for i in states if min(steps, -i) >= LEAST]
            if LEAST <= len(deep) <= HEADROOM:
                states[:] = [i for i in states if min(steps, -i) < LEAST]
                for i in deep:
                    self._waking[step + min(steps, -i)].append((~i, number, weight))
                self._rows.extend(self._past[len(self._rows) :])
                part = Part(weight, self._rows.sums(deep, steps), len(deep))
                self.sleeping.append(Sleeping(number, step, part))

    def _put_to_sleep(
        self, row: list[Tap], step: int, window: int, shared: Mapping[int, Sequence[tuple[int, int]]]
    ) -> None:
        for cluster in _clusters(sorted(row), window):
            targets = _targets({number: shared[number] for _, number, _ in cluster})
            additions = sum(min(window, depth + 1) for depth, _, _ in cluster)
            lo, hi = cluster[0][0], cluster[-1][0]
            if additions < PRICE * (1 + len(targets)) * (window + hi - lo):
                self._wake(cluster)
                continue
            amounts = {target: [0] * (hi - lo + 1) for target in targets}
            for depth, number, weight in cluster:
                self._waking[step + min(window, depth + 1)].append((depth, number, weight))
                for target, share in shared[number]:
                    amounts[target][depth - lo] += weight * share
            end = len(self._past)
            first = max(0, lo - window + 1)  # the counts before it come too late
            counts = fmpz_poly(self._past[end - 1 - hi : end - first])
            for target, weights in amounts.items():
                product = counts * fmpz_poly(weights)
                for s in range(min(window, hi - first + 1)):
                    self._known[step + s].append((target, int(product[hi - lo + s])))


def _targets(shared: Mapping[int, Sequence[tuple[int, int]]]) -> set[int]:
    return {target for shares in shared.values() for target, _ in shares}


def _clusters(taps: list[Tap], gap: int) -> Iterator[list[Tap]]:
    """Taps by depth, parted where neighbours are further apart than the gap."""
    cuts = [j for j, ((d, _, _), (e, _, _)) in enumerate(pairwise(taps), 1) if e - d > gap]
    for start, end in pairwise([0, *cuts, len(taps)]):
        yield taps[start:end]
