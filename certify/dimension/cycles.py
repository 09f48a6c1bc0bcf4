"""Saddle cycles near long orbits, in doubles, with blocks that fit them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.frames import Frame, affine
from certify.dimension.orbits import BOUND, Orbits
from certify.dimension.system import Floats, System

NEAREST = 12
"""So many of the closest returns after each time are followed up."""
CORRECTIONS = 12
"""How often a cycle that does not follow its own word is sought again along the word that it does follow."""
SHORT, GUESSES = 4, 10
"""Random words of these lengths, and so many of each, are tried as cycles."""
LEAST_EXPANSION = 1.05
"""Of a multiplier that counts as expanding; the others must be smaller than its inverse."""


@dataclass(frozen=True)
class Saddle:
    """A cycle in doubles, point by point, with its word; one direction expands."""

    points: tuple[Floats, ...]
    patterns: tuple[bytes, ...]
    frame: Frame
    """At the first point."""
    multiplier: float

    def at(self, system: System, i: int) -> Saddle | None:
        """The same cycle, begun at another of its points."""
        return saddle(system, self.points[i:] + self.points[:i], self.patterns[i:] + self.patterns[:i])


def saddles(
    system: System,
    found: Orbits,
    longest: int,
    seen: set[tuple[bytes, ...]],
    budget: Budget,
    generator: np.random.Generator,
) -> Iterator[Saddle]:
    """Saddle cycles with one expanding direction, the short periods first: from close returns of orbits up to period `longest`; and,
    so that cycles are found where every orbit goes astray, from random words of up to `SHORT` patterns.

    `seen` holds the words that were tried, and is added to."""
    for period in range(1, SHORT + 1):
        for _ in range(GUESSES):
            guess = generator.integers(0, system.pieces, size=(period, system.units), dtype=np.uint8)
            yield from _corrected(system, tuple(row.tobytes() for row in guess), seen)
    for period in range(1, min(longest, found.patterns.shape[1] // 2) + 1 if len(found.points) else 0):
        budget.check(0)
        distance = abs(found.points[:, period:-1] - found.points[:, : -period - 1]).max(axis=2)
        inner = distance[:, 1:-1]
        closest = np.where((inner <= distance[:, :-2]) & (inner <= distance[:, 2:]), inner, np.inf)
        for place in np.argsort(closest, axis=None, kind="stable")[:NEAREST]:
            orbit, t = np.unravel_index(place, closest.shape)
            word = found.patterns[orbit, t + 1 : t + 1 + period]
            yield from _corrected(system, tuple(row.tobytes() for row in word), seen)


def _corrected(system: System, patterns: tuple[bytes, ...], seen: set[tuple[bytes, ...]]) -> Iterator[Saddle]:
    """The saddle cycle of this word, or of the word that its solution follows, and so on (Eisenmann, Monfared, Göring and
    Durstewitz 2023); words that were seen before end the search."""
    for _ in range(CORRECTIONS):
        key = min(patterns[i:] + patterns[:i] for i in range(len(patterns)))
        if key in seen:
            return
        seen.add(key)
        if (followed := _solved(system, patterns)) is None:
            return
        points, true = followed
        if true == patterns:
            if found := saddle(system, points, patterns):
                yield found
            return
        patterns = true


def _solved(system: System, patterns: tuple[bytes, ...]) -> tuple[tuple[Floats, ...], tuple[bytes, ...]] | None:
    """The true orbit, with its patterns, of the point that the affine maps of these patterns bring back."""
    d = system.dimension
    matrix, offset = affine([system.float_piece(pattern) for pattern in patterns], np.zeros(d))
    try:
        x = np.linalg.solve(np.eye(d) - matrix, offset)
    except np.linalg.LinAlgError:
        return None
    points, true = list[Floats](), list[bytes]()
    for _ in patterns:
        points.append(x)
        x, digits = system.step(x)
        true.append(digits.tobytes())
    return (tuple(points), tuple(true)) if np.all(abs(x) < BOUND) else None


def saddle(system: System, points: tuple[Floats, ...], patterns: tuple[bytes, ...]) -> Saddle | None:
    """The cycle of these points and patterns, if exactly one direction expands and no other is nearly neutral."""
    matrix, _ = affine([system.float_piece(pattern) for pattern in patterns], points[0])
    try:
        return Saddle(points, patterns, *_saddle_frame(points[0], matrix))
    except (np.linalg.LinAlgError, _NoSaddle):
        return None


class _NoSaddle(Exception):
    """Not one direction expands, or another hardly contracts."""


def _saddle_frame(center: Floats, matrix: Floats) -> tuple[Frame, float]:
    """Along a cycle: the expanding direction; the others in coordinates in which the cycle contracts them at nearly its spectral
    radius. The multiplier of the former."""
    values, vectors = np.linalg.eig(matrix)
    largest, *others = np.argsort(-abs(values))
    if abs(values[largest]) < LEAST_EXPANSION or (others and abs(values[others[0]]) > 1 / LEAST_EXPANSION):
        raise _NoSaddle
    expanding = vectors[:, largest].real
    dual_values, dual_vectors = np.linalg.eig(matrix.T)
    dual = dual_vectors[:, np.argmax(abs(dual_values))].real
    stable = np.linalg.svd(dual[None])[2][1:].T  # what the dual vector annihilates is the stable space
    inner = stable.T @ matrix @ stable
    frame = Frame.at(center, (expanding / np.linalg.norm(expanding))[:, None], stable @ adapted(inner))
    return frame, float(values[largest].real)


def adapted(matrix: Floats) -> Floats:
    """A basis in which a contracting matrix has norm less than 1: that of the Lyapunov metric sum (M^k)^T M^k / rho^2k."""
    if not len(matrix):
        return matrix
    rho = 1.05 * max(abs(np.linalg.eigvals(matrix))) + 1e-3
    metric, power = np.eye(len(matrix)), np.eye(len(matrix))
    for _ in range(60):
        power = matrix @ power / rho
        metric = metric + power.T @ power
    basis = np.linalg.inv(np.linalg.cholesky(metric)).T
    return np.asarray(basis / abs(basis).max())
