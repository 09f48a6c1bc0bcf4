"""Counts that move along a growing graph of states: the one loop that all counting goes through."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import compress
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S", bound=Hashable)


class Move(NamedTuple, Generic[S]):
    """What a step makes of one state: states, each as often as it stands here; and the slot that takes note of it, if any."""

    states: Sequence[S]
    slot: int | None = None


class Flow(Generic[S]):
    """A count for each of finitely many states, some of which are marked. A step sends the count of a state to all states that the rule names.

    While the rule stays the same, a state is looked at once; from then on a step is a few passes over lists inside the
    interpreter's own loops, and one addition of integers for each arrow but the first that leads to a state.
    """

    def __init__(self, start: dict[S, int], marks: Callable[[S], bool]) -> None:
        self._marks = marks
        self._rule: object = None
        self._clear()
        for state, count in start.items():
            self.add(state, count)

    def _clear(self) -> None:
        self.states: list[S | None] = [None]  # state 0 is nowhere: its count stays 0
        self.counts = [0]
        self._numbers: dict[S, int] = {}
        self._from = [0]  # for each state one that is sent to it; all others are in _also
        self._also: dict[int, list[int]] = {}
        self._slots: list[list[int]] = []
        self._marked = [False]
        self._seen = 1

    def push(self, rule: object, move: Callable[[S], Move[S]], slots: int = 0) -> list[int]:
        """One step by `move`, which depends on nothing but `rule`. Returns the sums that the slots took note of."""
        if rule is not self._rule:
            self._restart()
            self._rule, self._slots = rule, [[] for _ in range(slots)]
        for i in range(self._seen, len(self.counts)):
            state = self.states[i]
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
        self._seen = len(self.counts)
        get = self.counts.__getitem__
        noted = [sum(map(get, sources)) if sources else 0 for sources in self._slots]
        counts = list(map(get, self._from))
        for j, sources in self._also.items():
            counts[j] += sum(map(get, sources))
        self.counts = counts
        return noted

    def items(self) -> Iterator[tuple[S, int]]:
        """The states with their counts."""
        return ((state, count) for state, count in zip(self.states, self.counts) if state is not None)

    @property
    def marked(self) -> int:
        """The sum of the counts of the states that are marked."""
        return sum(compress(self.counts, self._marked))

    def add(self, state: S, count: int) -> None:
        """Adds to the count of a state."""
        j = self._number(state)
        if j == len(self.counts):
            self.counts.append(0)
        self.counts[j] += count

    def _number(self, state: S) -> int:
        found = self._numbers.setdefault(state, len(self.states))
        if found == len(self.states):
            self.states.append(state)
            self._from.append(0)
            self._marked.append(self._marks(state))
        return found

    def _restart(self) -> None:
        """Forgets the graph, and the states that have no count."""
        kept = [(state, count) for state, count in self.items() if count]
        self._clear()
        for state, count in kept:
            self.add(state, count)
