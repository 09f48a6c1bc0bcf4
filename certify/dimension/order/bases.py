"""Bases along a cycle in which every step is seen to expand some directions and to contract the others, in the maximum norm.

That of the eigenvectors does, carried along; where complex ones turn it, a cycle is run through several times, with bases that turn
with it. Where eigenvectors are nearly dependent others are wider: those of a Lyapunov metric, or the axes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from certify.dimension.horseshoes.saddles import adapted
from certify.dimension.system import Floats

TURNS = 24
"""A cycle is run through at most so many times,"""
ENOUGH = 0.25
"""and no more once this part of its expansion and contraction is seen."""
LOST = 1e-6
"""A direction that a step makes shorter than this part is lost."""
SHARPEST = 1e4
"""Eigenvectors that are nearer to being dependent, by the condition of their matrix, make no basis."""
SLACK = 1e-3
"""A step must expand or contract by more than this."""
TINY = 1e-9
"""In place of rates and entries that are 0."""


def bases(matrices: Sequence[Floats], u: int) -> Iterator[list[Floats]]:
    """Lists of bases (d, d), one for each step of a cycle with these derivatives, or of some turns of it: their first u columns expand.

    All that serve, of the fewest turns with which some do well.
    """
    around = np.linalg.multi_dot([*matrices[::-1], np.eye(len(matrices[0]))])
    sizes = abs(np.linalg.eigvals(around))
    least = np.minimum(sizes, 1 / np.maximum(sizes, TINY)).max() ** (1 / len(matrices))
    choices = [*_choices(around, u)]
    for turns in range(1, TURNS + 1):
        best = 1.0
        for groups in choices:
            once = [groups]
            for matrix in matrices[:-1]:
                once.append(_images(matrix, once[-1]))
            found = _turned(once, around, turns)
            rate = _evened(found, [*matrices] * turns, u)
            if rate < 1 - SLACK:
                best = min(best, rate)
                yield found
        if 1 - best > ENOUGH * (1 - least):
            return


def _choices(matrix: Floats, u: int) -> Iterator[list[Floats]]:
    """Bases in groups of columns: the real eigenvectors and, in pairs, the parts of the others, those of the u greatest eigenvalues
    first; bases of the two spaces that they span; and where none expands, the axes, with the weights in which the absolute
    values have the least row sums (Perron 1907, Frobenius 1912)."""
    values, vectors = np.linalg.eig(matrix)
    order = np.argsort(-abs(values), kind="stable").tolist()
    parts = [(vectors[:, k].real, vectors[:, k].imag, values[k].imag) for k in order if values[k].imag >= 0]
    groups = [np.column_stack([real, imag] if turns else [real]) for real, imag, turns in parts]
    if np.linalg.cond(np.hstack(groups)) < SHARPEST:
        yield groups
    spans = [np.hstack([v.real, v.imag]) for v in (vectors[:, order[:u]], vectors[:, order[u:]])]
    expanding, others = (np.linalg.svd(span)[0][:, :n] for span, n in zip(spans, (u, len(matrix) - u)))
    inner = others.T @ matrix @ others
    yield [*([expanding] if u else []), *([others @ adapted(inner)] if u < len(matrix) else [])]
    if u == 0:
        sizes, weights = np.linalg.eig(abs(matrix) + TINY)
        yield [np.diag(abs(weights[:, np.argmax(abs(sizes))].real))]


def _images(matrix: Floats, groups: list[Floats]) -> list[Floats]:
    """The images of groups of directions, each scaled to norm 1; one that is lost gives way to what is orthogonal to the others."""
    images: list[Floats] = [matrix @ group for group in groups]
    sizes = [_norm(image) for image in images]
    lost = [size < LOST * _norm(matrix) * _norm(group) for size, group in zip(sizes, groups)]
    images = [image / max(size, 1e-300) for image, size in zip(images, sizes)]
    kept = np.hstack([np.zeros((len(matrix), 1)), *(image for image, gone in zip(images, lost) if not gone)])
    rest, used = np.linalg.svd(kept)[0][:, kept.shape[1] - 1 :], 0
    for i, gone in enumerate(lost):
        if gone:
            width = images[i].shape[1]
            images[i], used = rest[:, used : used + width], used + width
    return images


def _norm(matrix: Floats) -> float:
    return float(np.linalg.norm(matrix, 2))


def _turned(once: list[list[Floats]], around: Floats, turns: int) -> list[Floats]:
    """Bases along so many turns of a cycle: of each group those of the first turn, which go with it where a turn turns them."""
    rotations = []
    for group in once[0]:
        left, _, right = np.linalg.svd(np.linalg.lstsq(group, around @ group, rcond=None)[0])
        rotations.append(left @ right)
    powers = [[np.linalg.matrix_power(rotation, turn) for rotation in rotations] for turn in range(turns)]
    return [np.hstack([g @ r for g, r in zip(groups, power)]) for power in powers for groups in once]


def _evened(frames: list[Floats], steps: list[Floats], u: int) -> float:
    """Scales the bases so that all steps expand alike, and contract alike; and a bound of how much the contracting directions keep of
    their length, and the others had before, in each step: less than 1 where they serve."""
    inner = [np.linalg.solve(after, m @ before) for m, before, after in zip(steps, frames, [*frames[1:], frames[0]])]
    sizes = abs(np.array(inner))
    grown = 2 * np.diagonal(sizes, axis1=1, axis2=2)[:, :u] - sizes[:, :u, :u].sum(axis=2)
    kept = sizes[:, u:, u:].sum(axis=2)
    worst = 0.0
    if u > 0:
        worst = 1 / _scaled(frames, slice(u), grown.min(axis=1))
    if u < sizes.shape[1]:
        worst = max(worst, _scaled(frames, slice(u, None), kept.max(axis=1)))
    return worst


def _scaled(frames: list[Floats], part: slice, rates: Floats) -> float:
    """Scales these directions step by step, by which all steps get one rate, and gives it."""
    rates = np.maximum(rates, TINY)
    mean = float(np.exp(np.log(rates).mean()))
    for frame, factor in zip(frames[1:], np.cumprod(rates[:-1] / mean)):
        frame[:, part] *= factor
    return mean
