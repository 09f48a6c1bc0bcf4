"""Two words at a saddle cycle: the cycle itself, and an excursion in its unstable space that comes back (Smale 1967).

Points of the unstable space are followed until they leave the cycle and come near it again. One Newton step, exact as long as the
pattern stays, moves such a point to one that arrives on the stable space: a homoclinic point, whose orbit gives the word
(excursion, then the cycle some times).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.horseshoes.frames import Frame, Window, word_window
from certify.dimension.horseshoes.orbits import BOUND, jacobians
from certify.dimension.horseshoes.saddles import Saddle
from certify.dimension.system import Digits, Floats, System

POINTS = 100
"""On each side of the cycle, over one fundamental domain of its unstable line."""
POINTS_IN_SPACE = 2_000
"""Over one fundamental domain of an unstable space of more dimensions."""
SHAPES = (1.0, 0.25, 4.0, 16.0)
"""Lengths of the stable sides of a block, as multiples of those of its expanding side."""
SHAPES_IN_SPACE = (1.0, 0.25)
"""The same for several expanding directions, where the search at one block takes long."""
SIZES, SIZES_IN_SPACE = 4, 2
"""In so many blocks, each ten times smaller than the one before, excursions are sought: on a line, and in a space."""
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
        for shape in SHAPES if here.frame.expanding == 1 else SHAPES_IN_SPACE:
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
    for size in range(SIZES if frame.expanding == 1 else SIZES_IN_SPACE):
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
    """Words of orbits that start in the unstable space, leave the cycle, and come back near it; each once."""
    found = _on_a_line if frame.expanding == 1 else _in_space
    seen = set[tuple[bytes, ...]]()
    for word in found(system, frame, once, radius, multiplier, longest):
        if word not in seen:
            seen.add(word)
            yield word
            if len(seen) >= PER_SIZE:
                return


def _on_a_line(
    system: System, frame: Frame, once: tuple[bytes, ...], radius: float, multiplier: float, longest: int
) -> Iterator[tuple[bytes, ...]]:
    """The same for points of an unstable line, which are dense enough to need no correction."""
    steps = np.geomspace(radius / multiplier, radius, POINTS)
    x: Floats = frame.center + np.concatenate([steps, -steps])[:, None] * frame.basis[:, 0]
    digits = list[Digits]()
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
            yield tuple(row[k].tobytes() for row in digits)


def _in_space(
    system: System, frame: Frame, once: tuple[bytes, ...], radius: float, multiplier: float, longest: int
) -> Iterator[tuple[bytes, ...]]:
    """The same for random points of an unstable space of more dimensions, which are too few to come back by themselves."""
    generator = np.random.default_rng(frame.expanding)
    cube = generator.uniform(-1, 1, size=(POINTS_IN_SPACE, frame.expanding))
    sizes = radius * multiplier ** -generator.uniform(size=(POINTS_IN_SPACE, 1))
    starts = cube / abs(cube).max(axis=1, keepdims=True) * sizes
    for n, places in _back(system, frame, once, starts, radius, longest):
        home = once * (n // len(once) + 1)
        for word in _confirmed(system, frame, places, n, radius):
            if word != home[:n]:
                yield word


def _back(
    system: System, frame: Frame, once: tuple[bytes, ...], starts: Floats, radius: float, longest: int
) -> Iterator[tuple[int, Floats]]:
    """After each number of steps the points of the unstable space, as far as the derivative tells, that lie then on the stable space
    near the cycle: for all orbits that have left the cycle, and whose point is near to where they began."""
    u, period, home = frame.expanding, len(once), np.array([list(pattern) for pattern in once], np.uint8)
    x: Floats = frame.center + starts @ frame.basis[:, :u].T
    tangents = np.broadcast_to(frame.basis[:, :u], (len(x), *frame.basis[:, :u].shape))
    away = np.zeros(len(x), bool)
    for n in range(1, longest + 1):
        x, patterns = system.step(x)
        tangents = jacobians(system, patterns) @ tangents
        away |= (patterns != home[(n - 1) % period]).any(axis=1)
        kept = np.all(abs(x) < BOUND, axis=1)
        x, tangents, away, starts = x[kept], tangents[kept], away[kept], starts[kept]
        if n < period or not away.any():
            continue
        place, slopes = (x - frame.center) @ frame.inverse.T, frame.inverse @ tangents
        able = away & (abs(np.linalg.det(slopes[:, :u])) > 1)
        correction = -np.linalg.solve(slopes[able, :u], place[able, :u, None])
        there = place[able, u:] + (slopes[able, u:] @ correction)[:, :, 0]
        corrected = starts[able] + correction[:, :, 0]
        near = (abs(corrected) < radius).all(axis=1) & (abs(there) < NEAR * radius).all(axis=1)
        if near.any():
            yield n, corrected[near]


def _confirmed(system: System, frame: Frame, places: Floats, n: int, radius: float) -> Iterator[tuple[bytes, ...]]:
    """The words of n patterns of those points whose true orbits do come back."""
    x: Floats = frame.center + places @ frame.basis[:, : frame.expanding].T
    digits = list[Digits]()
    for _ in range(n):
        x, patterns = system.step(x)
        digits.append(patterns)
    place = abs((x - frame.center) @ frame.inverse.T)
    for k in np.flatnonzero((place < NEAR * radius).all(axis=1)):
        yield tuple(row[k].tobytes() for row in digits)
