"""Orbits of a smooth map and its saddle cycles near them, in doubles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.chains.shooting import closed
from certify.dimension.chains.smooth import Smooth
from certify.dimension.horseshoes.orbits import BOUND
from certify.dimension.system import Floats

LOOKED_AT, NEAREST = 200, 12
"""So many of the closest returns after each time are looked at, and so many of these followed up: those that do not begin next to a
cycle that is known, not nearer than"""
NEIGHBOURS = 0.05
"""of the distance within which an orbit has returned."""
LEAST_EXPANSION, LEAST_CONTRACTION = 1.2, 0.95
"""Of a saddle cycle: the multiplier of the one direction that expands, and of all others."""
TURNS = 6
"""Around a cycle until the directions that contract are settled."""
SAME = 1e-7
"""Points that are as near as this are one."""


def orbits(
    system: Smooth, count: int, steps: int, transient: int, generator: np.random.Generator, budget: Budget
) -> Floats:
    """Orbits (steps + 1, orbits, d) of random points of several sizes, after a transient; fewer where some diverge."""
    x = generator.normal(size=(count, system.dimension)) * 4.0 ** generator.integers(-2, 2, size=(count, 1))
    points = np.empty((steps + 1, *x.shape))
    for t in range(-transient, steps + 1):
        budget.check(0)
        x = x if t == -transient else system.step(x)
        if t >= 0:
            points[t] = x
    return np.asarray(points[:, np.all(abs(points) < BOUND, axis=(0, 2))])


def exponents(system: Smooth, points: Floats, budget: Budget) -> Floats:
    """The Lyapunov exponents (orbits, d) along orbits, the largest first, by QR (Benettin, Galgani, Giorgilli and Strelcyn 1980)."""
    steps, count, d = points.shape
    frames, totals = np.broadcast_to(np.eye(d), (count, d, d)), np.zeros((count, d))
    for x in points:
        budget.check(0)
        frames, triangles = np.linalg.qr(system.jacobians(x) @ frames)
        totals += np.log(abs(np.diagonal(triangles, axis1=1, axis2=2)) + 1e-300)
    return -np.sort(-totals / steps, axis=1)


@dataclass(frozen=True)
class SaddleCycle:
    """A cycle of which one direction expands: point by point that direction (p, d), the form that vanishes on all others (p, d), and
    an orthonormal basis of these (p, d, d - 1). The derivative maps each to a multiple, or the span, of the next."""

    points: Floats
    directions: Floats
    forms: Floats
    stable: Floats
    multiplier: float

    @property
    def period(self) -> int:
        return len(self.points)

    def distances(self, x: Floats) -> Floats:
        """From each of some points (..., d) to each of the cycle (..., p), in the maximum norm."""
        return np.asarray(abs(x[..., None, :] - self.points).max(axis=-1))

    @property
    def laps(self) -> float:
        """About how many steps an orbit takes to leave the cycle and another one to approach it: short cycles that expand much come
        first in a search."""
        return self.period * (1 + 4 / math.log(abs(self.multiplier)))


def saddle_cycles(
    system: Smooth, points: Floats, longest: int, near: float, seen: list[Floats], budget: Budget
) -> Iterator[SaddleCycle]:
    """The saddle cycles with one expanding direction to which Newton's method leads from the closest returns of orbits (steps, orbits,
    d), nearer than `near`, up to period `longest`; each once, the short ones first.

    `seen` holds the points of all cycles that were found, and is added to."""
    for period in range(1, min(longest, len(points) // 2) + 1):
        budget.check(0)
        distance = abs(points[period:] - points[:-period]).max(axis=2)
        inner = distance[1:-1]
        closest = np.where((inner <= distance[:-2]) & (inner <= distance[2:]) & (inner < near), inner, np.inf)
        left, known = NEAREST, [old for old in seen if period % len(old) == 0]
        for place in np.argsort(closest, axis=None, kind="stable")[:LOOKED_AT]:
            t, orbit = np.unravel_index(place, closest.shape)
            guess = points[t + 1 : t + 1 + period, orbit]
            if not left or closest[t, orbit] == np.inf:
                break
            if any(abs(old - guess[0]).max(axis=1).min() < near * NEIGHBOURS for old in known):
                continue
            left -= 1
            found = closed(system, guess)
            if found is None or any(abs(old - found[0]).max(axis=1).min() < SAME for old in seen):
                continue
            if any(period % q == 0 and abs(found[q] - found[0]).max() < SAME for q in range(1, period)):
                continue
            known.append(found)
            seen.append(found)
            if cycle := saddle_cycle(system, found):
                yield cycle


def saddle_cycle(system: Smooth, points: Floats) -> SaddleCycle | None:
    """The cycle of these points with its directions, if one expands and all others contract."""
    period, d = points.shape
    matrices = system.jacobians(points)
    around = np.eye(d)
    for matrix in matrices:
        around = matrix @ around
    try:
        (values, vectors), (dual_values, dual_vectors) = np.linalg.eig(around), np.linalg.eig(around.T)
    except np.linalg.LinAlgError:
        return None
    order, dual = np.argsort(-abs(values)), np.argmax(abs(dual_values))
    if abs(values[order[0]]) < LEAST_EXPANSION or (abs(values[order[1:]]) > LEAST_CONTRACTION).any():
        return None
    directions = forward(matrices[:-1], vectors[:, order[0]].real)
    forms = np.roll(forward(matrices.transpose(0, 2, 1)[:0:-1], dual_vectors[:, dual].real)[::-1], 1, axis=0)
    stable = kernel(forms[0])
    for _ in range(TURNS):
        bases = along(np.concatenate([matrices, matrices[:1]]), stable, np.concatenate([forms, forms[:1]]))
        stable = bases[period]
    return SaddleCycle(points, directions, forms, bases[:period], float(values[order[0]].real))


def forward(matrices: Floats, start: Floats) -> Floats:
    """A vector and its images under one matrix after the other, each of length 1."""
    vectors = [start / np.linalg.norm(start)]
    for matrix in matrices:
        image = matrix @ vectors[-1]
        vectors.append(image / np.linalg.norm(image))
    return np.array(vectors)


def kernel(form: Floats) -> Floats:
    """An orthonormal basis of what the form annihilates, as columns."""
    return np.asarray(np.linalg.svd(form[None])[2][1:].T)


def along(matrices: Floats, start: Floats, forms: Floats) -> Floats:
    """A basis and its images, each made orthonormal, its first columns those that contract least, in the kernels of the forms."""
    bases = [start]
    for matrix, form in zip(matrices[:-1], forms[1:]):
        image = np.linalg.qr(matrix @ bases[-1])[0]
        bases.append(np.linalg.qr(image - np.outer(form, form @ image) / (form @ form))[0])
    return np.array(bases)
