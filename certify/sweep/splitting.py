"""Probabilities of rare events, ESTIMATED by multilevel splitting: nothing here is certified.

An event {score >= target} too rare to be met by drawing is reached through levels that are not: of a population those particles
that score best survive, are copied, and wander about above the level by moves that preserve the law of a draw; the probability
is the product of the surviving fractions (Au and Beck 2001; Cérou and Guyader 2007). A particle is a vector of independent
normals and a vector of independent uniforms. Normals move by the preconditioned Crank-Nicolson step (Cotter, Roberts, Stuart and
White 2013), uniforms by a reflected random walk; both are reversible, and a move is taken when it stays above the level.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from certify.families import Floats

Score = Callable[[Floats, Floats], Floats]
"""Normals (N, p) and uniforms (N, q) to the scores (N,)."""

KEPT = 0.25
"""The fraction that survives a level."""
ACCEPTED = 0.3
"""The fraction of moves that should be taken; the length of a step is adapted to it."""
LEAST = 1e-100
"""Below this probability the search ends."""
BELOW_ONE = np.nextafter(1.0, 0.0)


class Population(NamedTuple):
    """Particles, one in each row: normals (N, p), uniforms (N, q) in [0, 1), and their scores (N,)."""

    normals: Floats
    uniforms: Floats
    scores: Floats

    def take(self, rows: npt.NDArray[np.intp]) -> Population:
        """Copies of some particles."""
        return Population(*(array[rows] for array in self))


class Split(NamedTuple):
    """The estimated probability of {score >= target}, and particles that follow the law of a draw given this event.

    The probability is 0, and the population empty, where no particle came so far.
    """

    probability: float
    population: Population


def split(
    score: Score,
    normals: int,
    uniforms: int,
    target: float,
    generator: np.random.Generator,
    particles: int = 1000,
    moves: int = 20,
) -> Split:
    """One run of multilevel splitting, with so many moves of each particle at each level.

    `score` must be a function of the rows alone; it may be -inf, and may have atoms. The estimate is unbiased up to terms of the
    order 1/particles (the levels are chosen by the particles themselves); how far one may trust it, independent runs show.
    """
    z, u = generator.standard_normal((particles, normals)), generator.random((particles, uniforms))
    now, probability, step = Population(z, u, score(z, u)), 1.0, 0.5
    while probability > LEAST:
        level = min(target, float(np.quantile(now.scores, 1 - KEPT, method="higher")))
        if level < target and (now.scores >= level).all():  # an atom of the score
            level = float(now.scores[now.scores > level].min(initial=np.inf))
        alive = np.flatnonzero(now.scores >= level)
        if not len(alive):
            break
        probability *= len(alive) / particles
        now = now.take(alive[np.arange(particles) % len(alive)])
        step = _wander(score, now, level, step, moves, generator)
        if level == target:
            return Split(probability, now)
    return Split(0.0, now.take(np.arange(0)))


def _wander(
    score: Score, now: Population, level: float, step: float, moves: int, generator: np.random.Generator
) -> float:
    """Moves each particle, in place, without ever scoring less than the level; the length of a step that suits it."""
    for _ in range(moves):
        z = np.sqrt(1 - step**2) * now.normals + step * generator.standard_normal(now.normals.shape)
        walked = (now.uniforms + 0.5 * step * generator.standard_normal(now.uniforms.shape)) % 2
        u = np.minimum(1 - np.abs(1 - walked), BELOW_ONE)  # reflected at 0 and 1
        scores = score(z, u)
        taken = scores >= level
        for old, new in zip(now, (z, u, scores)):
            old[taken] = new[taken]
        step = min(1.0, max(0.001, step * float(np.exp(ACCEPTED * (taken.mean() - ACCEPTED)))))
    return step
