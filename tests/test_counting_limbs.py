"""Sums of rows of limbs against sums of integers, also where the limbs come closest to an overflow."""

from __future__ import annotations

import random

import numpy as np
import pytest

from certify.counting.limbs import HEADROOM, Part, Rows, total

EDGES = [0, 1, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**32 - 1, 2**32, 2**64 - 1, -(2**64), 2**95, -(2**95) - 1]


def table(integers: list[int]) -> Rows:
    rows = Rows()
    rows.extend(integers)
    return rows


def draw(dice: random.Random) -> int:
    return dice.choice(
        (dice.choice(EDGES), dice.randrange(-(2**200), 2**200), dice.getrandbits(dice.randrange(1, 900)))
    )


def test_integers_come_back() -> None:
    for n in range(1, len(EDGES) + 1):
        assert total([Part(1, table(EDGES[:n]).sums([-n], n), 1)]) == EDGES[:n]


@pytest.mark.parametrize("seed", range(20))
def test_sums_of_rows(seed: int) -> None:
    dice = random.Random(seed)
    rows, kept = Rows(), []
    for _ in range(30):
        new = [draw(dice) for _ in range(dice.randrange(12))]
        rows.extend(new)
        kept += new
        old = dice.randrange(len(kept) // 2 + 1)
        rows.forget(old)
        del kept[:old]
        assert len(rows) == len(kept)
        parts, expected = [], [0] * len(kept)
        for _ in range(dice.randrange(1, 4) if kept else 0):
            numbers = [-dice.randrange(1, len(kept) + 1) for _ in range(dice.randrange(1, 9))]
            steps, weight = dice.randrange(1, 40), dice.choice((1, -1, 7, -(10**6)))
            parts.append(Part(weight, rows.sums(numbers, steps), len(numbers)))
            for i in numbers:
                for s in range(min(steps, -i)):
                    expected[s] += weight * kept[i + s]
        if parts:
            found = total(parts)
            assert found == expected[: len(found)]
            assert not any(expected[len(found) :])


@pytest.mark.parametrize("weight", [HEADROOM, -HEADROOM, HEADROOM + 1, 2**40, -(2**100)])
@pytest.mark.parametrize("x", [2**320 - 1, -(2**319), -1, 2**31 - 2**32])
def test_no_weight_is_too_large(weight: int, x: int) -> None:
    once = Part(weight, table([x, 3 * x]).sums([-2], 2), 1)
    assert total([once]) == [weight * x, 3 * weight * x]
    assert total([once, once, Part(1, np.zeros((0, 1), np.int64), 0)]) == [2 * weight * x, 6 * weight * x]


def test_a_part_may_be_a_sum_of_as_many_terms_as_there_is_room_for() -> None:
    """Not that many are added here: limbs as large as those of such a sum."""
    for limb in (2**32 - 1, -(2**31)):
        rows = np.full((2, 5), HEADROOM * limb, np.int64)
        for weight in (1, -1):
            expected = weight * HEADROOM * limb * sum(2 ** (32 * i) for i in range(5))
            assert total([Part(weight, rows, HEADROOM)]) == [expected] * 2
