"""Counts that move along a growing graph of states: the one loop that all counting goes through."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S", bound=Hashable)


class Move(NamedTuple, Generic[S]):
    """What a step makes of a state: states, each as often as it stands here; and the slot that takes note of it, if any."""

    states: Sequence[S]
    slot: int | None = None


class Flow(Generic[S]):
    """A count for each of finitely many states. A step sends the count of a state to all states that the rule names.

    A measure gives each state a weight; `totals` are the weighted sums of the counts, one for each measure. While the
    rule stays the same, a state is looked at once; from then on a step is a few passes over lists inside the
    interpreter's own loops, and it adds integers only where several arrows meet, where a slot takes note or where a
    total changes.
    """

    def __init__(self, start: dict[S, int], measures: Sequence[Callable[[S], int]]) -> None:
        self._measures = measures
        self._rule: object = None
        self._clear()
        for state, count in start.items():
            self.add(state, count)

    def _clear(self) -> None:
        self._states: list[S | None] = [None]  # state 0 is nowhere: its count stays 0
        self._counts = [0]
        self._numbers: dict[S, int] = {}
        self._from = [0]  # for each state one that is sent to it; all others are in _also
        self._also: dict[int, list[int]] = {}
        self._slots: list[list[int]] = []
        self._changes: list[dict[int, list[int]]] = [{} for _ in self._measures]  # of the totals, by amount
        self._seen = 1
        self.totals = [0] * len(self._measures)

    def push(self, rule: object, move: Callable[[S], Move[S]], slots: int = 0) -> list[int]:
        """One step by `move`, which depends on nothing but `rule`. Returns the sums that the slots took note of."""
        if rule is not self._rule:
            self._restart()
            self._rule, self._slots = rule, [[] for _ in range(slots)]
        for i in range(self._seen, len(self._counts)):
            self._look_at(i, move)
        self._seen = len(self._counts)
        get = self._counts.__getitem__
        noted = [sum(map(get, sources)) if sources else 0 for sources in self._slots]
        for k, changes in enumerate(self._changes):
            self.totals[k] += sum(amount * sum(map(get, sources)) for amount, sources in changes.items())
        counts = list(map(get, self._from))
        for j, sources in self._also.items():
            counts[j] += sum(map(get, sources))
        self._counts = counts
        return noted

    def add(self, state: S, count: int) -> None:
        """Adds to the count of a state."""
        j = self._number(state)
        if j == len(self._counts):
            self._counts.append(0)
        self._counts[j] += count
        for k, measure in enumerate(self._measures):
            self.totals[k] += measure(state) * count

    def _look_at(self, i: int, move: Callable[[S], Move[S]]) -> None:
        state = self._states[i]
        assert state is not None
        targets, slot = move(state)
        for target in targets:
            j = self._number(target)
            if self._from[j]:
                self._also.setdefault(j, []).append(i)
            else:
                self._from[j] = i
        if slot is not None:
            self._slots[slot].append(i)
        for measure, changes in zip(self._measures, self._changes):
            amount = sum(map(measure, targets)) - measure(state)
            if amount:
                changes.setdefault(amount, []).append(i)

    def _number(self, state: S) -> int:
        found = self._numbers.setdefault(state, len(self._states))
        if found == len(self._states):
            self._states.append(state)
            self._from.append(0)
        return found

    def _restart(self) -> None:
        """Forgets the graph, and the states that have no count."""
        kept = [(state, count) for state, count in zip(self._states, self._counts) if state is not None and count]
        self._clear()
        for state, count in kept:
            self.add(state, count)
