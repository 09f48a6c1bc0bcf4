"""The web page's program for covering chains: its enclosures over blocks against true values and against the checker's own."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf

from certify import checker
from tests.recheck import answers
from tests.test_checker_blocks import block, solve
from tests.test_checker_chains import KINDS, random_cell, real, real_or, sampled, value

Document = dict[str, Any]
F = Fraction

IMAGE = """(map, block, bits) => {
  work.left = 1e9;
  const given = readMap(map);
  const { set } = readBlock(parse(block, "block"), "block", given.dimension);
  const image = onSignals(given, bits)(coordinates(set, bits));
  return image.map(({ at, over, slopes }) => [at, over, ...slopes].map((pair) => pair.map(String)));
}"""
INNER = ("work", "parse", "readMap", "readBlock", "coordinates", "onSignals")


def images(asked: list[tuple[Document, Document, int]]) -> list[list[list[tuple[int, int]]]]:
    """Of each map, block and number of bits: for each coordinate of the image, value at the centre, range, and slopes."""
    found: Any = answers(IMAGE, [[json.dumps(f), json.dumps(one), bits] for f, one, bits in asked], *INNER)
    return [[[(int(u), int(v)) for u, v in row] for row in image] for image in found]


@pytest.mark.parametrize("kind", KINDS)
def test_enclosures_hold_the_true_values_and_slopes(kind: str) -> None:
    seed, asked, blocks = random.Random(f"{kind} in a browser"), [], []
    for size, bits in ((F(1), 12), (F(1, 7), 40), (F(1, 100), 60), (F(1, 10**6), 200)):
        f = random_cell(seed, kind, seed.choice([1, 2, 3]))
        d = checker.Map(f, checker.Work()).dimension
        rows = [[F(seed.randint(-9, 9) + 20 * (i == j), 7) for j in range(d)] for i in range(d)]
        bounds = [(t, t + size * seed.randint(1, 9) / 3) for t in [F(seed.randint(-200, 200), 100) for _ in rows]]
        asked.append((f, block(rows, *bounds), bits))
        blocks.append((rows, bounds, d))
    with mp.workprec(400):
        for (f, _, bits), (rows, bounds, d), image in zip(asked, blocks, images(asked), strict=True):
            unit = mpf(2) ** -bits
            middle = solve(rows, [(lo + hi) / 2 for lo, hi in bounds])
            assert middle is not None
            start = [*map(real_or, value(f, middle))]
            for true, (at, _, *_) in zip(start, image, strict=True):
                assert at[0] * unit <= true <= at[1] * unit
            for x, y in sampled(rows, bounds, d, seed):
                for true, first, (_, over, *slopes) in zip(map(real_or, value(f, x)), start, image, strict=True):
                    ends = [sorted([s[0] * real(t), s[1] * real(t)]) for s, t in zip(slopes, y, strict=True)]
                    assert over[0] * unit <= true <= over[1] * unit
                    assert (
                        mpmath.fsum(e[0] for e in ends) * unit <= true - first <= mpmath.fsum(e[1] for e in ends) * unit
                    )


@pytest.mark.parametrize("kind", KINDS)
def test_enclosures_of_small_blocks_are_as_narrow_as_the_checkers(kind: str) -> None:
    """So that a certificate that the Python checker accepts with a margin of some roundings is accepted in the browser too."""
    f, bits, e = random_cell(random.Random(f"{kind} narrow"), kind, 2), 120, F(1, 10**4)
    read = checker.Map(f, checker.Work())
    middle = [F(1, 3) + F(i, 7) for i in range(read.dimension)]
    unit = [[F(i == j) for j in range(read.dimension)] for i in range(read.dimension)]
    given = block(unit, *((t - e, t + e) for t in middle))
    low, high = checker.block_image(
        read, checker.Box(read.layers, bits, read.work), checker.read_block(given, "block", read)
    )
    [image] = images([(f, given, bits)])
    for falls, climbs, (at, _, *slopes) in zip(low, high, image, strict=True):
        for u, v, (a, b) in zip(falls, climbs, [*slopes, at], strict=True):
            assert b - a <= v - u + 1000
