"""Words from close returns: an orbit that leaves a small block and comes back gives the word that it followed.

For any number of expanding directions. Around a point of a long orbit the block is spanned by the directions that expand towards it
and by those that its future does not stretch; all returns of the orbits to the block are candidates, each good for an interval of
radii, and the radius with the greatest growth is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.horseshoes.frames import Frame, Window, followed, window
from certify.dimension.horseshoes.homoclinic import Proposal
from certify.dimension.horseshoes.orbits import LEAST_EXPONENT, Orbits, jacobians
from certify.dimension.horseshoes.proof import float_growth, prefix_free
from certify.dimension.system import Floats, System

WARM = 60
"""Steps before and after a point that give its directions."""
SHAPES = (1.0, 0.25, 4.0)
"""Lengths of the stable sides of a block, as multiples of those of its expanding sides."""
LONGEST = 60
"""Steps of a return."""
STARTS = 400
"""So many of the points in a block are followed."""
LEAST_ANGLE = 0.05
"""Of the determinant between the expanding directions and the forms that go with them."""


def horseshoes_at_returns(
    system: System, found: Orbits, places: int, sizes: tuple[float, ...], budget: Budget, generator: np.random.Generator
) -> Iterator[Proposal]:
    """Proposals around so many points of the orbits: from returns to blocks of these sizes, as parts of the orbits' extent."""
    extent = float(np.ptp(found.points, axis=(0, 1)).max())
    for _ in range(places):
        budget.check(0)
        if (frame := local_frame(system, found, generator)) is None:
            continue
        for shape in SHAPES if frame.expanding < system.dimension else SHAPES[:1]:
            for size in sizes:
                budget.check(0)
                here = frame.scaled(shape)
                if proposal := _best(here, _returns(system, here, found, size * extent, generator)):
                    yield proposal


def local_frame(system: System, found: Orbits, generator: np.random.Generator) -> Frame | None:
    """At a random point of an orbit: the directions that have grown most on the way there; and the others, on which the forms vanish
    that grow most on the way back. None where they are nearly dependent."""
    orbit = int(generator.integers(len(found.points)))
    t = int(generator.integers(WARM, found.patterns.shape[1] - WARM))
    expanding = int((found.exponents[orbit] > LEAST_EXPONENT).sum())
    d = system.dimension
    before, after = (jacobians(system, found.patterns[orbit, a:b]) for a, b in ((t - WARM, t), (t, t + WARM)))
    directions, forms = (np.linalg.qr(generator.normal(size=(d, expanding)))[0] for _ in range(2))
    for matrix in before:
        directions = np.linalg.qr(matrix @ directions)[0]
    for matrix in after[::-1]:
        forms = np.linalg.qr(matrix.T @ forms)[0]
    if abs(np.linalg.det(forms.T @ directions)) < LEAST_ANGLE:
        return None
    stable = np.linalg.svd(forms.T)[2][expanding:].T
    try:
        return Frame.at(found.points[orbit, t], directions, stable)
    except np.linalg.LinAlgError:
        return None


def _returns(
    system: System, frame: Frame, found: Orbits, radius: float, generator: np.random.Generator
) -> dict[tuple[bytes, ...], Window]:
    """The words of returns to the block of this radius, each with its good radii."""
    steps = found.patterns.shape[1]
    places = abs((found.points - frame.center) @ frame.inverse.T).max(axis=2)
    inside = np.flatnonzero(places[:, : steps - LONGEST] <= radius)
    if len(inside) > STARTS:
        inside = np.sort(generator.choice(inside, STARTS, replace=False))
    orbit, t = np.unravel_index(inside, (len(places), steps - LONGEST))
    matrices = np.broadcast_to(np.eye(system.dimension), (len(t), *[system.dimension] * 2))
    offsets = np.broadcast_to(frame.center, (len(t), system.dimension))
    words = dict[tuple[bytes, ...], Window]()
    for n in range(1, LONGEST + 1):
        pieces = [system.float_piece(row.tobytes()) for row in found.patterns[orbit, t + n - 1]]
        if not pieces:
            break
        steppers = np.array([piece.matrix for piece in pieces])
        matrices = steppers @ matrices
        offsets = (steppers @ offsets[:, :, None])[:, :, 0] + np.array([piece.offset for piece in pieces])
        open_ended = np.ones(len(t), bool)  # a good word is followed no longer, as no other may begin with it
        for k in np.flatnonzero(places[orbit, t + n] <= radius):
            word = tuple(row.tobytes() for row in found.patterns[orbit[k], t[k] : t[k] + n])
            if word not in words:
                words[word] = _window(system, frame, word, matrices[k], offsets[k])
            open_ended[k] = not words[word].least < radius < words[word].most
        orbit, t, matrices, offsets = orbit[open_ended], t[open_ended], matrices[open_ended], offsets[open_ended]
    return {word: radii for word, radii in words.items() if radii.open}


def _window(system: System, frame: Frame, word: tuple[bytes, ...], matrix: Floats, offset: Floats) -> Window:
    found, center, columns = window(frame, frame, matrix, offset)
    if not found.open:
        return found
    return Window(found.least, followed([system.float_piece(pattern) for pattern in word], center, columns))


def _best(frame: Frame, words: dict[tuple[bytes, ...], Window]) -> Proposal | None:
    """The radius at which the good words grow fastest; none with fewer than two."""
    best, proposal = 1.0, None
    for radius in sorted({radii.least * (1 + 1e-4) for radii in words.values()}):
        good = prefix_free(word for word, radii in words.items() if radii.least < radius < radii.most * (1 - 1e-4))
        if len(good) > 1 and (z := float_growth((0, 0, len(word)) for word in good)) > best:
            best, proposal = z, Proposal(frame, radius, tuple(good))
    return proposal
