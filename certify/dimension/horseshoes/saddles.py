"""Saddle cycles near long orbits, in doubles, with blocks that fit them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.horseshoes.frames import Frame, affine
from certify.dimension.horseshoes.orbits import BOUND, Orbits
from certify.dimension.system import Floats, System

NEAREST = 12
"""So many of the closest returns after each time are followed up."""
CORRECTIONS = 12
"""How often a cycle that does not follow its own word is sought again along the word that it does follow."""
SHORT, GUESSES = 4, 10
"""Random words of these lengths, and so many of each, are tried as cycles."""
LEAST_EXPANSION = 1.05
"""Of a multiplier that counts as expanding; those that do not must be smaller than its inverse."""


@dataclass(frozen=True)
class Saddle:
    """A cycle in doubles, point by point, with its word; some directions expand."""

    points: tuple[Floats, ...]
    patterns: tuple[bytes, ...]
    frame: Frame
    """At the first point."""
    multiplier: float
    """The least absolute value of those that expand."""

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
    """Saddle cycles, the short periods first: from close returns of orbits up to period `longest`; and,
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
        if (orbit := followed(system, patterns)) is None:
            return
        points, true = orbit
        if true == patterns:
            if found := saddle(system, points, patterns):
                yield found
            return
        patterns = true


def followed(system: System, patterns: tuple[bytes, ...]) -> tuple[tuple[Floats, ...], tuple[bytes, ...]] | None:
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
    """The cycle of these points and patterns, if some directions expand and none is nearly neutral."""
    matrix, _ = affine([system.float_piece(pattern) for pattern in patterns], points[0])
    try:
        if framed := _saddle_frame(points[0], matrix):
            return Saddle(points, patterns, *framed)
    except np.linalg.LinAlgError:
        pass
    return None


def _saddle_frame(center: Floats, matrix: Floats) -> tuple[Frame, float] | None:
    """Along a cycle: the directions that expand, in coordinates in which it expands them at nearly its least multiplier, and the
    others in coordinates in which it contracts them at nearly its spectral radius; and the least multiplier. None where no
    direction expands, or one hardly does or hardly contracts."""
    sizes = abs(np.linalg.eigvals(matrix))
    expanding = sizes > 1
    if not expanding.any() or ((sizes > 1 / LEAST_EXPANSION) & (sizes < LEAST_EXPANSION)).any():
        return None
    u = int(expanding.sum())
    outward = _expanding_space(matrix, u)
    stable = np.linalg.svd(_expanding_space(matrix.T, u).T)[2][u:].T  # what the dual forms annihilate
    back = np.linalg.inv(np.linalg.lstsq(outward, matrix @ outward, rcond=None)[0])
    basis = outward @ adapted(back), stable @ adapted(stable.T @ matrix @ stable)
    return Frame.at(center, *basis), float(sizes[expanding].min())


def _expanding_space(matrix: Floats, u: int) -> Floats:
    """An orthonormal basis (d, u) of the space that belongs to the u greatest eigenvalues."""
    values, vectors = np.linalg.eig(matrix)
    chosen = vectors[:, np.argsort(-abs(values), kind="stable")[:u]]
    return np.linalg.svd(np.hstack([chosen.real, chosen.imag]))[0][:, :u]


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
