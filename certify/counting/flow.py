"""Counts that move along a growing graph of states: the one loop that all counting goes through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

from certify.counting import chain as chains
from certify.counting.chain import Chain, Shares
from certify.counting.limbs import Part, total

S = TypeVar("S", bound=Hashable)


class Move(NamedTuple, Generic[S]):
    """What a step makes of a state: states, each as often as it stands here; and the slots that take note of it, each
    adding its count so many times."""

    states: Sequence[S]
    notes: Sequence[tuple[int, int]] = ()


def _no_shares(_: int) -> tuple[()]:
    return ()


class Flow(Generic[S]):
    """A count for each of finitely many states. A step sends the count of a state to all states that the rule names.

    A measure gives each state a weight; `totals` are the weighted sums of the counts, one for each measure. While the
    rule stays the same, a state is looked at once, when a count first reaches it; the graph that is found is kept as
    chains. Then a step adds integers only where several arrows meet, where a slot takes note or where a total changes.
    """

    def __init__(self, start: dict[S, int], measures: Sequence[Callable[[S], int]]) -> None:
        self._measures = measures
        self._rule: object = None
        self.totals = [0] * len(measures)
        self._clear(0, _no_shares)
        for state, count in start.items():
            self.add(state, count)

    def _clear(self, slots: int, shares: Shares) -> None:
        self._shares = shares
        self._sums = slots  # how many there are: the slots, the gates of the chains, the changes on the way
        self._chains: list[Chain[S]] = []
        self._where: dict[S, tuple[Chain[S], int]] = {}
        self._changes: dict[tuple[int, ...], int] = {}  # the sum of the counts whose weights change by this much
        self._weights: dict[int, tuple[int, ...]] = {}  # what a sum adds to the totals
        self._new: list[S] = []
        self._step = 0
        self._cut: list[Chain[S]] = []  # since it was looked ahead
        self._known: dict[int, list[tuple[int, int]]] = {}  # by step of the block: sums and what the sleeping add

    def push(
        self, rule: object, move: Callable[[S], Move[S]], slots: int = 0, shares: Shares = _no_shares
    ) -> list[int]:
        """One step by `move`, which depends on nothing but `rule`. Returns the sums that the slots took note of.

        `shares`, which depends on nothing but `rule` either, may name other slots for a slot, with weights: what it
        leaves out of a sum is added to theirs in its place, times the weights.
        """
        if rule is not self._rule:
            self._rule = rule
            self._restart(slots, shares)
        new, self._new = self._new, []
        for state in new:
            self._look_at(state, move)
        self._look_ahead()
        sums = [0] * self._sums
        for number, known in self._known.get(self._step, ()):
            sums[number] += known
        for chain in self._chains:
            chain.add_to(sums, self._step)
        for number, weights in self._weights.items():
            for k, weight in enumerate(weights):
                self.totals[k] += weight * sums[number]
        for chain in self._chains:
            chain.enter(sums[chain.gate])
        self._step += 1
        return sums[:slots]

    def add(self, state: S, count: int) -> None:
        """Adds to the count of a state."""
        chain = self._head(state, [0])
        chain.add(count)
        for k, weight in enumerate(self._weights.get(chain.gate, ())):
            self.totals[k] += weight * count

    def _look_ahead(self) -> None:
        """Lets chains look ahead where a block begins, and those that were cut over what is left of it."""
        step, done = self._step, self._step % chains.BLOCK
        if not done:
            for chain in self._chains:
                chain.look_ahead(step, step & -step)
            self._cut = [*self._chains]
        if not self._cut:
            return
        for chain in dict.fromkeys(self._cut):
            chain.look_over(step, chains.BLOCK - done)
        self._cut.clear()
        parts: dict[int, list[Part]] = defaultdict(list)  # by sum
        for chain in self._chains:
            for number, since, part in chain.sleeping:
                parts[number].append(part._replace(rows=part.rows[step - since :]))
        self._known = defaultdict(list)
        for number, known in parts.items():
            for s, count in enumerate(total(known), step):
                self._known[s].append((number, count))

    def _look_at(self, state: S, move: Callable[[S], Move[S]]) -> None:
        targets, notes = move(state)
        weights = [-weight for weight in self._weigh(state)]
        for target in targets:
            chain, depth = self._where[state]
            if target not in self._where and depth + 1 == len(chain.states):
                chain.states.append(target)
                self._where[target] = chain, depth + 1
                self._new.append(target)
                weights = [w + v for w, v in zip(weights, self._weigh(target))]
            else:
                gate = self._head(target, []).gate
                chain, depth = self._where[state]  # that may have cut its chain
                chain.tap(depth, gate)
        chain, depth = self._where[state]
        self._note_change(chain, depth, tuple(weights))
        for slot, weight in notes:
            chain.tap(depth, slot, weight)

    def _note_change(self, chain: Chain[S], depth: int, weights: tuple[int, ...]) -> None:
        """Lets the totals take note of what weighs differently, or nothing, at the next place on its chain."""
        if any(weights):
            if weights not in self._changes:
                self._changes[weights] = self._another_sum(weights)
            chain.tap(depth, self._changes[weights])

    def _head(self, state: S, past: list[int]) -> Chain[S]:
        """The chain that begins with this state; with this past where the state is new."""
        if state not in self._where:
            head = Chain(self._another_sum(self._weigh(state)), [state], past, self._shares)
            self._where[state] = head, 0
            self._new.append(state)
            self._chains.append(head)
            return head
        chain, depth = self._where[state]
        if not depth:
            return chain
        weights = self._weigh(state)
        head = chain.split(depth, self._another_sum(weights))
        self._note_change(chain, depth - 1, tuple(-weight for weight in weights))
        self._where.update((s, (head, d)) for d, s in enumerate(head.states))
        self._chains.append(head)
        self._cut += [chain, head]
        return head

    def _weigh(self, state: S) -> tuple[int, ...]:
        return tuple([measure(state) for measure in self._measures])

    def _another_sum(self, weights: tuple[int, ...]) -> int:
        number = self._sums
        self._sums += 1
        if any(weights):
            self._weights[number] = weights
        return number

    def _restart(self, slots: int, shares: Shares) -> None:
        """Forgets the graph, and the states that have no count."""
        kept = [pair for chain in self._chains for pair in zip(chain.states, chain.counts) if pair[1]]
        self._clear(slots, shares)
        for state, count in kept:
            self._head(state, [0]).add(count)
