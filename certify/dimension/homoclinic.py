"""Two words at a saddle cycle: the cycle itself, and an excursion along its unstable line that comes back (Smale 1967).

A point of the unstable line whose orbit returns near the cycle, once more across the block, gives the word (excursion, then the
cycle some times). With one expanding direction only: the line is searched point by point.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.cycles import Saddle
from certify.dimension.frames import Frame, Window, word_window
from certify.dimension.system import Digits, Floats, System

POINTS = 100
"""On each side of the cycle, over one fundamental domain of its unstable line."""
SHAPES = (1.0, 0.25, 4.0, 16.0)
"""Lengths of the stable sides of a block, as multiples of those of its expanding side."""
SIZES = 4
"""How often the search goes on in a block that is ten times smaller."""
LAPS = 4
"""How often the cycle is repeated, in its own word and after an excursion, to contract enough."""
NEAR = 8.0
"""An excursion is back when its stable coordinates are less than so many radii."""
PER_SIZE = 30
"""Excursions that are tried in one block."""


@dataclass(frozen=True)
class Proposal:
    """A block and words from it to itself that look good."""

    frame: Frame
    radius: float
    words: tuple[tuple[bytes, ...], ...]


def horseshoes_at(system: System, saddle: Saddle, longest: int, budget: Budget) -> Iterator[Proposal]:
    """Proposals at the points of a saddle cycle, with excursions of up to `longest` steps."""
    period = len(saddle.patterns)
    for i in range(0, period, max(1, period // 4)):
        if (here := saddle.at(system, i)) is None:
            continue
        for shape in SHAPES:
            budget.check(0)
            frame, once = here.frame.scaled(shape), here.patterns
            for laps in range(1, LAPS + 1):
                home = word_window(system, frame, frame, once * laps)
                if home.open:
                    yield from _at(system, frame, once, laps, home, abs(here.multiplier), longest)
                    break


def _at(
    system: System, frame: Frame, once: tuple[bytes, ...], laps: int, home: Window, multiplier: float, longest: int
) -> Iterator[Proposal]:
    for size in range(SIZES):
        radius = min(home.most, 1e6) * 0.5 / 10**size
        for excursion in _excursions(system, frame, once, radius, multiplier, longest):
            for more in range(LAPS + 1):
                word = excursion + once * more
                found = word_window(system, frame, frame, word)
                both = Window(max(found.least, home.least), min(found.most, home.most))
                if both.open:
                    middle = np.sqrt(max(both.least, both.most * 1e-3) * both.most)
                    yield Proposal(frame, float(middle), (_unlike(once, laps, word), word))
                    break


def _unlike(once: tuple[bytes, ...], laps: int, word: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The cycle, repeated until it does not begin the other word."""
    home = once * laps
    while word[: len(home)] == home:
        home += once
    return home


def _excursions(
    system: System, frame: Frame, once: tuple[bytes, ...], radius: float, multiplier: float, longest: int
) -> Iterator[tuple[bytes, ...]]:
    """Words of orbits that start on the unstable line, leave the cycle, and come back near it; each once."""
    steps = np.geomspace(radius / multiplier, radius, POINTS)
    x: Floats = frame.center + np.concatenate([steps, -steps])[:, None] * frame.basis[:, 0]
    digits, seen = list[Digits](), set[tuple[bytes, ...]]()
    period, home = len(once), np.array([list(pattern) for pattern in once], np.uint8)
    away = np.zeros(len(x), bool)
    for n in range(1, longest + 1):
        x, pattern = system.step(x)
        digits.append(pattern)
        away |= (pattern != home[(n - 1) % period]).any(axis=1)
        if n < period:
            continue
        place = abs((x - frame.center) @ frame.inverse.T)
        back = away & (place[:, 0] < radius) & (place[:, 1:] < NEAR * radius).all(axis=1)
        for k in np.flatnonzero(back):
            word = tuple(row[k].tobytes() for row in digits)
            if word not in seen:
                seen.add(word)
                yield word
                if len(seen) >= PER_SIZE:
                    return
