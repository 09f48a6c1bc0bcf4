"""Homoclinic orbits of a saddle cycle: they leave it along its unstable curve and come back to it (Smale 1967). In doubles.

Points of the unstable line are followed until two neighbours come back on different sides of the cycle's stable directions: between
them lies an orbit that comes back for good, which Newton's method finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.chains.orbits import SAME, SaddleCycle, along, forward
from certify.dimension.chains.shooting import connecting
from certify.dimension.chains.smooth import Smooth
from certify.dimension.system import Floats

POINTS = 1_500
"""On each side of the cycle, over one fundamental domain of its unstable line."""
START = 1e-4
"""How far from the cycle that domain ends, as a part of the extent of the orbits."""
NEAR = 0.12
"""An orbit is back where it is as near as this."""
HOME = 1e-3
"""An orbit that comes back for good ends as near as this, after so many steps that no cycle needs more:"""
SETTLING = 8
TRIES, TRIES_IN_ALL = 2, 250
"""So often one pair of neighbours is followed up, and all of them at one cycle."""
LEAVING = 400
"""So many steps are followed until a point has left the cycle."""


@dataclass(frozen=True)
class Excursion:
    """An orbit (n, d) from the first point of a cycle to its point `end`, with the directions along it as in `SaddleCycle`."""

    points: Floats
    end: int
    directions: Floats
    forms: Floats
    stable: Floats


def excursions(system: Smooth, cycle: SaddleCycle, extent: float, longest: int, budget: Budget) -> Iterator[Excursion]:
    """Homoclinic orbits that come back at most `longest` steps after the first point has left the cycle, the short ones first; each
    once. `extent` is the size of the attractor or whatever the cycle lies in."""
    reach = START * extent
    line = np.geomspace(reach / abs(cycle.multiplier), reach, POINTS)
    offsets = np.concatenate([-line[::-1], line])
    x = cycle.points[0] + offsets[:, None] * cycle.directions[0]
    scale = np.einsum("pd,pd->p", cycle.forms, cycle.directions)
    away, left = np.zeros(len(x), bool), np.full(len(x) - 1, TRIES)
    last, passed, seen, tries = LEAVING, [x], list[Floats](), 0
    while len(passed) < last and tries < TRIES_IN_ALL:
        budget.check(0)
        x = system.step(x)
        distances = cycle.distances(x)
        if not away.any() and (distances.min(axis=1) > NEAR * extent).any():
            last = len(passed) + longest
        away |= distances.min(axis=1) > NEAR * extent
        close = (distances < NEAR * extent) & away[:, None]
        side = np.einsum("npd,pd->np", x[:, None] - cycle.points, cycle.forms) / scale
        crossed = (side[1:] * side[:-1] < 0) & close[1:] & close[:-1] & (left > 0)[:, None]
        crossed &= (abs(x[1:] - x[:-1]).max(axis=1) < NEAR * extent)[:, None]
        for k, end in np.argwhere(crossed):
            budget.check(0)
            if not left[k]:
                continue
            left[k] -= 1
            tries += 1
            share = side[k, end] / (side[k, end] - side[k + 1, end])
            guess = np.array([(1 - share) * points[k] + share * points[k + 1] for points in passed])
            if (found := _excursion(system, cycle, guess, int(end), extent)) is None:
                continue
            left[max(0, k - 1) : k + 2] = 0
            farthest = found.points[np.argmax(cycle.distances(found.points).min(axis=1))]
            if all(abs(farthest - old).max() > SAME for old in seen):
                seen.append(farthest)
                yield found
        passed.append(x)


def _excursion(system: Smooth, cycle: SaddleCycle, guess: Floats, end: int, extent: float) -> Excursion | None:
    """The homoclinic orbit near these points, from the unstable line, and then along the cycle from its point `end` on."""
    period = cycle.period
    more = max(SETTLING, 2 * period)
    home = cycle.points[(end + np.arange(more + 1)) % period]
    last = (end + more) % period
    basis = np.column_stack([cycle.directions[0], cycle.stable[0]])
    start = cycle.points[0], np.linalg.inv(basis)[1:]
    x = connecting(system, np.concatenate([guess, home]), start, (cycle.points[last], cycle.forms[last][None]))
    if x is None:
        return None
    distances = cycle.distances(x)
    if max(distances[0, 0], distances[-1, last]) > HOME * extent or distances.min(axis=1).max() < NEAR * extent / 2:
        return None
    matrices = system.jacobians(x)
    forms = forward(matrices[:-1].transpose(0, 2, 1)[::-1], cycle.forms[last])[::-1]
    directions = forward(matrices[:-1], cycle.directions[0])
    return Excursion(x, last, directions, forms, along(matrices, cycle.stable[0], forms))
