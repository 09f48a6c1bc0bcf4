"""The cycles to which orbits of a smooth map come, and those that lie between them, in doubles."""

from __future__ import annotations

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.chains.shooting import closed
from certify.dimension.chains.smooth import Smooth
from certify.dimension.system import Floats

ORBITS, STEPS, PATIENCE, SOON = 64, 400, 12, 3
"""Orbits that are followed to see whether they come to rest: so many steps at a time, and so many times; but fewer where after so
many half of them do not."""
LONGEST = 16
"""Periods up to this are noticed."""
REST = 1e-7
"""An orbit is at rest when it comes back as near as this after a period, as a part of its size."""
CORRECTIONS, STRIDE = 40, 0.5
"""Steps of Newton's method, and the longest of them."""
SAME = 1e-6
"""Points that are as near as this are one."""


def attracting(
    system: Smooth, low: Floats, high: Floats, generator: np.random.Generator, budget: Budget
) -> list[Floats] | None:
    """The cycles (p, d) at which orbits of random points of a box come to rest; None where some do not in the steps that they get."""
    x: Floats = generator.uniform(low, high, size=(ORBITS, system.dimension))
    for turn in range(1, PATIENCE + 1):
        budget.check(0)
        for _ in range(STEPS):
            x = system.step(x)
        if not np.all(np.isfinite(x)):
            return None
        points = [x]
        for _ in range(LONGEST):
            points.append(system.step(points[-1]))
        orbits = np.array(points)
        moved = abs(orbits[1:] - orbits[0]).max(axis=2) <= REST * (1 + abs(x).max(axis=1))
        rest = moved.any(axis=0)
        if rest.all():
            periods = 1 + moved.argmax(axis=0)
            return different(system, [orbits[:p, i] for i, p in enumerate(periods.tolist())], [])
        if turn >= SOON and 2 * rest.sum() < ORBITS:
            break
    return None


def near(
    system: Smooth, low: Floats, high: Floats, starts: Floats, period: int, known: list[Floats], budget: Budget
) -> list[Floats]:
    """The cycles in a box to which Newton's method for the fixed points of f^period leads from these points (n, d), but for those known."""
    x = starts
    for _ in range(CORRECTIONS):
        budget.check(0)
        image, matrix = x, np.broadcast_to(np.eye(system.dimension), (*x.shape, system.dimension))
        for _ in range(period):
            matrix = system.jacobians(image) @ matrix
            image = system.step(image)
        kept = np.isfinite(image).all(axis=1) & np.isfinite(matrix).all(axis=(1, 2))
        x, image, matrix = x[kept], image[kept], matrix[kept]
        change = (np.linalg.pinv(np.eye(system.dimension) - matrix) @ (image - x)[..., None])[..., 0]
        size = abs(change).max(axis=1, keepdims=True, initial=0.0)
        x = x + change * np.minimum(1, STRIDE / np.maximum(size, REST))
        if size.max(initial=0.0) < REST:
            break
    guesses = []
    for one in x[((x >= low) & (x <= high)).all(axis=1)]:
        orbit = [one]
        for _ in range(period):
            orbit.append(system.step(orbit[-1]))
        if abs(orbit[-1] - one).max() < REST * (1 + abs(one).max()):
            guesses.append(np.array(orbit[:-1]))
    return different(system, guesses, known)


def different(system: Smooth, guesses: list[Floats], known: list[Floats]) -> list[Floats]:
    """The cycles near these guesses, made exact up to rounding, each once and in its least period, but for those known."""
    found = list[Floats]()
    for guess in guesses:
        if any(abs(old - guess[0]).max(axis=1).min() < SAME for old in [*known, *found]):
            continue
        points = closed(system, guess)
        if points is None or any(abs(old - points[0]).max(axis=1).min() < SAME for old in [*known, *found]):
            continue
        least = next(p for p in range(1, len(points) + 1) if abs(points - np.roll(points, -p, axis=0)).max() < SAME)
        found.append(points[:least])
    return found
