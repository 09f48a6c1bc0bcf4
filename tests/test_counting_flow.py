"""Counts that move along a graph: the chains, which look many steps ahead, against a table that is pushed state by state."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable

import pytest

from certify.counting import chain, counts
from certify.counting.flow import Flow, Move
from certify.families import tent
from certify.piecewise import PiecewiseLinear

SLOTS = 4

Rule = Callable[[int], Move[int]]


class Table:
    """What `Flow` does, in as few words as possible."""

    def __init__(self, start: dict[int, int]) -> None:
        self.counts = defaultdict(int, start)

    def push(self, move: Rule) -> list[int]:
        noted = [0] * SLOTS
        after: dict[int, int] = defaultdict(int)
        for state, count in self.counts.items():
            targets, slot, sign = move(state)
            for target in targets:
                after[target] += count
            if slot is not None:
                noted[slot] += sign * count
        self.counts = after
        return noted

    def total(self, measure: Callable[[int], int]) -> int:
        return sum(measure(state) * count for state, count in self.counts.items())


def rule(seed: int, busy: float, turns: float, most: int) -> Rule:
    """Mostly n to n + 1; some states are noted, some branch, some end; beyond `most` all return."""

    def move(n: int) -> Move[int]:
        draw = random.Random(f"{seed} {n}")
        targets = [] if draw.random() < turns / 4 else [n + 1 if n < most else draw.randrange(most)]
        if draw.random() < turns:
            targets.append(draw.randrange(n + 2))
        return Move(targets, draw.randrange(SLOTS) if draw.random() < busy else None, draw.choice((1, -1)))

    return move


def weight(n: int) -> int:
    return n % 3 - 1


def one(_: int) -> int:
    return 1


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks ahead as soon as possible, and whether that pays or not."""
    monkeypatch.setattr(chain, "SHORTEST", 4)
    monkeypatch.setattr(chain, "PRICE", 0.1)


@pytest.mark.parametrize("most", [30, 10**9])
@pytest.mark.parametrize("turns", [0, 0.02, 0.3])
@pytest.mark.parametrize("busy", [0.05, 0.5, 1])
@pytest.mark.usefixtures("eager")
def test_flows_agree_with_tables(busy: float, turns: float, most: int) -> None:
    for seed in range(4):
        dice = random.Random(seed)
        flow, table = Flow({0: 1, 5: 2}, (weight, one)), Table({0: 1, 5: 2})
        moves = [rule(10 * seed + i, busy, turns, most) for i in range(2)]
        changes = {100, 101, 102, 120}
        current = 0
        for t in range(180):
            if t in changes:
                current = 1 - current
            assert flow.push(current, moves[current], SLOTS) == table.push(moves[current])
            if dice.random() < (0.5 if t < 60 else 0.03):
                state, count = dice.choice([0, 0, 0, 7, 40]), dice.randrange(-3, 4)
                flow.add(state, count)
                table.counts[state] += count
            assert flow.totals == [table.total(weight), table.total(one)]


@pytest.mark.usefixtures("eager")
def test_the_tent_has_a_power_of_two_of_everything() -> None:
    found = counts(tent(), 150, fixed_points=True)
    assert found.regions == found.laps == found.fixed_points == tuple(2**t for t in range(1, 151))


def test_long_runs_agree_with_runs_that_never_look_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    f = PiecewiseLinear([(0, "0.1"), ("0.3", 1), ("0.6", "0.2"), (1, "0.9")])
    found = counts(f, 700, crossings=("1/4", "3/4"))
    monkeypatch.setattr(chain, "SHORTEST", 10**9)
    assert counts(f, 700, crossings=("1/4", "3/4")) == found
