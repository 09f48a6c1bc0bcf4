"""Counts that move along a graph: the chains, which look many steps ahead, against a table that is pushed state by state."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable

import pytest

from certify.counting import chain, counts, junctions
from certify.counting.flow import Flow, Move
from certify.families import rnn, tent
from certify.piecewise import PiecewiseLinear

SLOTS, RESULTS = 4, 2

SHARES = {0: [(4, 2), (5, -1)], 1: [(5, 3)], 2: [(4, -1), (5, 1)]}
"""What these slots may leave to results."""

Rule = Callable[[int], Move[int]]


class Table:
    """What `Flow` does, in as few words as possible."""

    def __init__(self, start: dict[int, int]) -> None:
        self.counts: dict[int, int] = defaultdict(int, start)

    def push(self, move: Rule) -> list[int]:
        noted = [0] * SLOTS
        after: dict[int, int] = defaultdict(int)
        for state, count in self.counts.items():
            targets, notes = move(state)
            for target in targets:
                after[target] += count
            for slot, weight in notes:
                noted[slot] += weight * count
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
        notes = 0 if draw.random() >= busy else draw.choice((1, 1, 2))
        return Move(targets, [(draw.randrange(SLOTS), draw.choice((1, -1, 2, -3))) for _ in range(notes)])

    return move


def weight(n: int) -> int:
    return n % 3 - 1


def one(_: int) -> int:
    return 1


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks ahead as soon as possible, and whether that pays or not."""
    monkeypatch.setattr(chain, "BLOCK", 4)
    monkeypatch.setattr(chain, "LEAST", 1)
    monkeypatch.setattr(chain, "PRICE", 0.1)


def settled(sums: list[int]) -> list[int]:
    """The results, with what slots have kept for themselves; and the slot that may leave nothing to them."""
    results = sums[SLOTS:]
    for slot, shares in SHARES.items():
        for target, share in shares:
            results[target - SLOTS] += share * sums[slot]
    return [*results, sums[3]]


@pytest.mark.parametrize("most", [30, 10**9])
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("turns", [0, 0.02, 0.3])
@pytest.mark.parametrize("busy", [0.05, 0.5, 1])
@pytest.mark.usefixtures("eager")
def test_flows_agree_with_tables(busy: float, turns: float, most: int, shared: bool) -> None:
    def shares(slot: int) -> list[tuple[int, int]]:
        return SHARES.get(slot, []) if shared else []

    left = False
    for seed in range(4):
        dice = random.Random(seed)
        flow, table = Flow({0: 1, 5: 2}, (weight, one)), Table({0: 1, 5: 2})
        moves = [rule(10 * seed + i, busy, turns, most) for i in range(2)]
        changes = {100, 101, 102, 120}
        current = 0
        for t in range(180):
            if t in changes:
                current = 1 - current
            found = flow.push(current, moves[current], SLOTS + RESULTS, shares)
            expected = [*table.push(moves[current]), 0, 0]
            assert settled(found) == settled(expected)
            left = left or any(found[SLOTS:])
            assert shared or found == expected
            if dice.random() < (0.5 if t < 60 else 0.03):
                state, count = dice.choice([0, 0, 0, 7, 40]), dice.randrange(-3, 4)
                flow.add(state, count)
                table.counts[state] += count
            assert flow.totals == [table.total(weight), table.total(one)]
    assert left or not shared or turns or busy < 1  # otherwise whole chains sleep


@pytest.mark.usefixtures("eager")
def test_the_tent_has_a_power_of_two_of_everything() -> None:
    found = counts(tent(), 150, fixed_points=True)
    assert found.regions == found.laps == found.fixed_points == tuple(2**t for t in range(1, 151))


@pytest.mark.usefixtures("eager")
def test_births_of_few_classes_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    f = rnn(24, 64.0, 35).to_piecewise_linear()
    found = counts(f, 200, fixed_points=True, activation_breaks=f.breaks)
    monkeypatch.setattr(junctions, "FEW", 0)
    assert counts(f, 200, fixed_points=True, activation_breaks=f.breaks) == found
    monkeypatch.setattr(chain, "BLOCK", 10**9)
    assert counts(f, 200, fixed_points=True, activation_breaks=f.breaks) == found


def test_long_runs_agree_with_runs_that_never_look_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    f = PiecewiseLinear([(0, "0.1"), ("0.3", 1), ("0.6", "0.2"), (1, "0.9")])
    found = counts(f, 700, crossings=("1/4", "3/4"))
    monkeypatch.setattr(chain, "BLOCK", 10**9)
    assert counts(f, 700, crossings=("1/4", "3/4")) == found
