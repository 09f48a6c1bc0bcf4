"""A map of R^d on paper: orbits, and the blocks or boxes of a proof, seen in two coordinates. In doubles, for the eye alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from certify.dimension.chains.smooth import Smooth
from certify.dimension.system import Floats, System
from certify.mapfile import Spatial
from certify.numbers import floats, rational
from certify.plrnn import PLRNN

FAR = 1e9
"""An orbit ends before it gets so far."""


def orbit(given: Spatial, start: Floats, steps: int) -> Floats:
    """The points of an orbit in doubles: `start` (d) and so many images, fewer where it gets far. Shape (1 + steps, d) at most."""
    image = System(given) if isinstance(given, PLRNN) else Smooth(given)
    points = [start]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            moved = image.step(points[-1])
            points.append(moved[0] if isinstance(moved, tuple) else moved)
            if not np.all(np.abs(points[-1]) < FAR):
                return np.array(points[:-1])
    return np.array(points)


def orbits(given: Spatial, certificate: Mapping[str, Any], starts: int, steps: int) -> Floats:
    """So many points each of some orbits that begin in the root of a tree, at random points that are the same every time. Shape
    (starts steps, d) at most.
    """
    lo, hi = (np.array(floats([rational(x) for x in certificate[key]])) for key in ("lo", "hi"))
    random = np.random.default_rng(0)
    return np.concatenate([orbit(given, random.uniform(lo, hi), steps - 1) for _ in range(starts)])


def leaves(certificate: Mapping[str, Any]) -> tuple[list[int], Floats]:
    """The numbers of the boxes into which a tree cuts its root, and their lower and upper corners, about. Shape (n, 2, d)."""
    root = np.array([floats([rational(x) for x in certificate[key]]) for key in ("lo", "hi")])
    found, corners, left = list[int](), list[Floats](), [root]
    for token in certificate["tree"].split(" "):
        box = left.pop()
        if token[0] != "/":
            found.append(int(token))
            corners.append(box)
            continue
        k, lower, upper = int(token[1:]), box.copy(), box.copy()
        lower[1, k] = upper[0, k] = box[:, k].mean()
        left += [upper, lower]
    return found, np.array(corners)


def expansions(certificate: Mapping[str, Any]) -> dict[int, int]:
    """For each number that a family of a tree owns, how many directions expand there."""
    return {
        family["number"] + i: family["expanding"]
        for family in certificate["families"]
        for i in range(family.get("period", len(family["ends"])))
    }


def parallelepiped(block: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Centre c (d) and columns G (d, d) of a certificate's block, about: its points are c + G y, -1 <= y_k <= 1."""
    rows = np.array([floats([rational(x) for x in row]) for row in block["rows"]])
    ends = [(rational(lo), rational(hi)) for lo, hi in zip(block["lo"], block["hi"])]
    middle, radius = floats([(lo + hi) / 2 for lo, hi in ends]), floats([(hi - lo) / 2 for lo, hi in ends])
    return np.linalg.solve(rows, middle), np.linalg.inv(rows) * radius


def outline(block: Mapping[str, Any], coordinates: tuple[int, int] = (0, 1)) -> Floats:
    """The corners, in order, of what a block looks like in two coordinates: a polygon with 2 d sides, some of length 0. Shape (2 d, 2).

    It is the sum of the d segments that the columns look like: its sides are theirs, each twice, by their angles.
    """
    centre, columns = parallelepiped(block)
    middle, sides = centre[[*coordinates]], columns[[*coordinates]].T
    sides = np.where((sides[:, 1] < 0) | ((sides[:, 1] == 0) & (sides[:, 0] < 0)), -sides.T, sides.T).T
    sides = sides[np.argsort(np.arctan2(sides[:, 1], sides[:, 0]))]
    up = middle - sides.sum(axis=0) + np.concatenate([np.zeros((1, 2)), 2 * np.cumsum(sides, axis=0)[:-1]])
    return np.concatenate([up, 2 * middle - up])
