"""Long orbits in doubles, many at once, with their patterns and Lyapunov exponents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from certify.dimension.system import Digits, Floats, System

BOUND = 1e8
"""An orbit that gets farther from 0 is taken to diverge."""
LEAST_EXPONENT = 0.003
"""Of an exponent that counts as positive."""


@dataclass(frozen=True)
class Orbits:
    """`points` (orbits, steps + 1, d) and `patterns` (orbits, steps, units) of orbits that stayed bounded, after a transient;
    `exponents` (orbits, d), the largest first."""

    points: Floats
    patterns: Digits
    exponents: Floats

    @property
    def expanding(self) -> int:
        """The number of positive exponents of the first orbit; 0 where there is no orbit."""
        return int((self.exponents[:1] > LEAST_EXPONENT).sum())

    @property
    def chaotic(self) -> Orbits:
        """Those with a positive exponent."""
        kept = self.exponents[:, 0] > LEAST_EXPONENT
        return Orbits(self.points[kept], self.patterns[kept], self.exponents[kept])


def orbits(system: System, count: int, steps: int, transient: int, generator: np.random.Generator) -> Orbits:
    """Orbits of random points of several sizes; fewer where some diverge, and sorted: the largest exponents first."""
    d = system.dimension
    x = generator.normal(size=(count, d)) * 4.0 ** generator.integers(-2, 2, size=(count, 1))
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(transient):
            x = system.step(x)[0]
        x = x[np.all(abs(x) < BOUND, axis=1)]
        points, patterns = np.empty((len(x), steps + 1, d)), np.empty((len(x), steps, system.units), np.uint8)
        for t in range(steps):
            points[:, t] = x
            x, patterns[:, t] = system.step(x)
        points[:, steps] = x
    kept = np.all(abs(points) < BOUND, axis=(1, 2))
    points, patterns = points[kept], patterns[kept]
    found = exponents(system, patterns)
    order = np.lexsort(-found.T[::-1]) if len(found) else np.arange(0)
    return Orbits(points[order], patterns[order], found[order])


def exponents(system: System, patterns: Digits, steps: int = 1_000) -> Floats:
    """The Lyapunov exponents along each orbit, by QR (Benettin, Galgani, Giorgilli and Strelcyn 1980)."""
    d, steps = system.dimension, min(steps, patterns.shape[1])
    frames, totals = np.broadcast_to(np.eye(d), (len(patterns), d, d)), np.zeros((len(patterns), d))
    for t in range(steps):
        frames, triangles = np.linalg.qr(jacobians(system, patterns[:, t]) @ frames)
        totals += np.log(abs(np.diagonal(triangles, axis1=1, axis2=2)) + 1e-300)
    return -np.sort(-totals / max(1, steps), axis=1)


def jacobians(system: System, patterns: Digits) -> Floats:
    """The derivative of each of these patterns (…, units)."""
    if not patterns.size:  # no orbits, or no kinks
        d = system.dimension
        alone = np.zeros((d, d)) if system.units else system.float_piece(b"").matrix
        return np.broadcast_to(alone, (*patterns.shape[:-1], d, d))
    rows = np.ascontiguousarray(patterns).view(np.dtype((np.void, system.units)))[..., 0]
    distinct, place = np.unique(rows, return_inverse=True)
    matrices = np.array([system.float_piece(row.tobytes()).matrix for row in distinct])
    return np.asarray(matrices[place.reshape(rows.shape)])
