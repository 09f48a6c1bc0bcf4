"""Exact propagation of piecewise-linear functions of one variable through the layers of a network.

A unit's output, as a function of the network's input, is kept as its affine piece on the far left and the changes of slope
and constant at its kinks. A sum of units then just collects their changes, and one sort puts them in order, so a hidden layer of
10,000 units costs one sort and one pass of prefix sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from certify.errors import BudgetExceeded
from certify.numbers import INF, NEG_INF, Extended, Q, as_float
from certify.piecewise import PiecewiseLinear

Change = tuple[Q, Q, Q]
"""At x, the slope changes by the second and the constant by the third entry."""


class Unit(NamedTuple):
    """x -> slope * x + constant on the far left; `changes` are in increasing order of x, each at another x."""

    slope: Q
    constant: Q
    changes: list[Change]


def affine_unit(slope: Q, constant: Q) -> Unit:
    """A unit without a kink."""
    return Unit(slope, constant, [])


def combine(weights: Sequence[Q], units: Sequence[Unit], bias: Q, max_pieces: int | None = None) -> Unit:
    """The weighted sum of the units, plus bias."""
    slope, constant = Q(0), bias
    gathered: list[Change] = []
    for w, unit in zip(weights, units):
        if w == 0:
            continue
        slope += w * unit.slope
        constant += w * unit.constant
        gathered += [(x, w * ds, w * dc) for x, ds, dc in unit.changes]
    # Doubles sort all but exactly; the exact sort after them then meets runs that are in order already.
    gathered.sort(key=_approximate_place)
    gathered.sort(key=_place)
    changes: list[Change] = []
    for change in gathered:
        if changes and changes[-1][0] == change[0]:
            x, ds, dc = changes[-1]
            changes[-1] = (x, ds + change[1], dc + change[2])
        else:
            changes.append(change)
    changes = [change for change in changes if change[1] != 0]  # by continuity the constant changes with the slope or not at all
    if max_pieces is not None and len(changes) >= max_pieces:
        raise BudgetExceeded(f"a unit of more than {max_pieces} pieces")
    return Unit(slope, constant, changes)


def activate(unit: Unit, activation: PiecewiseLinear) -> Unit:
    """The activation applied to the unit's output."""
    if len(activation.slopes) == 1:
        (s,), (c,) = activation.slopes, activation.intercepts
        return Unit(s * unit.slope, s * unit.constant + c, [(x, s * ds, s * dc) for x, ds, dc in unit.changes])
    if not unit.changes and unit.slope != 0:
        return _activate_affine(unit.slope, unit.constant, activation)
    composed = activation.compose(to_map(unit, (NEG_INF, INF)))
    slopes, constants = composed.slopes, composed.intercepts
    changes = [
        (x, slopes[i + 1] - slopes[i], constants[i + 1] - constants[i]) for i, x in enumerate(composed.breaks)
    ]
    return Unit(slopes[0], constants[0], changes)


def _activate_affine(slope: Q, constant: Q, activation: PiecewiseLinear) -> Unit:
    steps = zip(activation.breaks, activation.slopes, activation.slopes[1:], activation.intercepts, activation.intercepts[1:])
    if slope > 0:
        first = 0
        changes = [((k - constant) / slope, (t - s) * slope, (t - s) * constant + (d - c)) for k, s, t, c, d in steps]
    else:
        first = -1
        changes = [((k - constant) / slope, (s - t) * slope, (s - t) * constant + (c - d)) for k, s, t, c, d in steps]
        changes.reverse()
    s, c = activation.slopes[first], activation.intercepts[first]
    return Unit(s * slope, s * constant + c, changes)


def to_map(unit: Unit, ends: tuple[Extended, Extended]) -> PiecewiseLinear:
    """The unit's output as a map on the interval with these ends."""
    slope, constant = unit.slope, unit.constant
    breaks, slopes, constants = [], [slope], [constant]
    for x, ds, dc in unit.changes:
        slope += ds
        constant += dc
        breaks.append(x)
        slopes.append(slope)
        constants.append(constant)
    return PiecewiseLinear.from_pieces((NEG_INF, INF), breaks, slopes, constants).on(*ends)


def _place(change: Change) -> Q:
    return change[0]


def _approximate_place(change: Change) -> float:
    return as_float(change[0])
