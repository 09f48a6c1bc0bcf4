"""Images of many boxes and blocks under a smooth map at once, in doubles: what the checker's enclosures will be, about.

A box is enclosed twice: by its centre and slopes over it, which is good for small boxes, and by plain interval arithmetic, which is
good for large ones. The slopes over a block of an end are to hold between any two of its points, not only from its centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from certify.dimension.chains.smooth import Doubles, Smooth, Step, derivative
from certify.dimension.system import Floats
from certify.enclosure import doubles
from certify.network import Activation
from certify.numbers import as_float, floats

TURNS = {"tanh": (0.0,), "sigmoid": (0.0,), "gelu": (-1.4142136, 1.4142136), "silu": (-2.3993573, 2.3993573)}
"""Where the slopes of smooth activations are least or greatest."""
MARGIN = 1e-9
"""By so much all bounds are moved outward: more than what rounding does here and in the checker's fixed point."""


@dataclass(frozen=True)
class Spans:
    """Units on many boxes, each between `low` (..., n) and `high` (..., n): plain interval arithmetic (Moore 1966)."""

    low: Floats
    high: Floats

    def through(self, step: Step) -> Self:
        """A layer of the units."""
        middle, radius = (self.low + self.high) / 2, (self.high - self.low) / 2
        centre, spread = middle @ step.weight.T + step.bias, radius @ abs(step.weight).T
        return type(self)(centre - spread, centre + spread).activated(step.activation)

    def activated(self, activation: Activation) -> Self:
        """The activation of each unit."""
        low, high = (np.asarray(ends, np.float64) for ends in (self.low, self.high))
        least, most = doubles.activated_range(activation, low, high)
        if activation.name == "sin":  # increasing or decreasing only where the checker sees it at once
            middle, radius = (low + high) / 2, (high - low) / 2
            bent = abs(np.cos(middle)) < radius
            least = np.where(bent, np.maximum(np.sin(middle) - radius, -1), least)
            most = np.where(bent, np.minimum(np.sin(middle) + radius, 1), most)
        return type(self)(least, most)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.low + other.low, self.high + other.high)

    def __mul__(self, other: Self) -> Self:
        corners = np.array([a * b for a in (self.low, self.high) for b in (other.low, other.high)])
        return type(self)(corners.min(axis=0), corners.max(axis=0))

    def part(self, start: int, stop: int) -> Self:
        """The units from start on, before stop."""
        return type(self)(self.low[..., start:stop], self.high[..., start:stop])

    def joined(self, other: Self) -> Self:
        """These units, then the others."""
        return type(self)(
            np.concatenate([self.low, other.low], axis=-1), np.concatenate([self.high, other.high], axis=-1)
        )


@dataclass(frozen=True)
class Wide(Doubles):
    """The same as `Doubles`, with slopes that hold on blocks of any size, also around kinks."""

    def activated(self, activation: Activation) -> Self:
        """The activation of each unit, with all slopes that it may have there."""
        radius = self.reach * (abs(self.slopes) + self.spread).sum(axis=-1)
        least, most = (rise[..., None] for rise in rises(activation, self.centre - radius, self.centre + radius))
        middle, width = (least + most) / 2, (most - least) / 2
        spread = abs(middle) * self.spread + width * (abs(self.slopes) + self.spread)
        centre = doubles.activated(activation, np.asarray(self.centre, np.float64))
        return self._with(centre, middle * self.slopes, spread)


@dataclass(frozen=True)
class Anywhere(Wide):
    """The same, with slopes that hold between any two points of a block, not only from its centre."""

    def __mul__(self, other: Self) -> Self:
        """a b - a' b' = a (b - b') + b' (a - a'), with a and b' anywhere."""
        here, there = (self.reach * (abs(x.slopes) + x.spread).sum(axis=-1)[..., None] for x in (self, other))
        a, b = self.centre[..., None], other.centre[..., None]
        spread = (abs(a) + here) * other.spread + here * abs(other.slopes)
        spread = spread + (abs(b) + there) * self.spread + there * abs(self.slopes)
        return self._with(self.centre * other.centre, a * other.slopes + b * self.slopes, spread)


def rises(activation: Activation, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The least and the greatest slope of an activation between two points of each [low, high]."""
    if not activation.smooth:
        function = activation.function
        ends = [-np.inf, *floats(function.breaks), np.inf]
        touched = [(low <= after) & (high >= before) for before, after in pairwise(ends)]
        slopes = [
            (np.where(here, s, np.inf), np.where(here, s, -np.inf)) for here, s in zip(touched, floats(function.slopes))
        ]
        return np.min([s for s, _ in slopes], axis=0), np.max([s for _, s in slopes], axis=0)
    turns = [np.clip(turn, low, high) for turn in TURNS.get(activation.name, ())]
    values = [derivative(activation, z) for z in (low, high, *turns)]
    least, most = np.min(values, axis=0), np.max(values, axis=0)
    if activation.name == "sin":
        waves = np.cos((low + high) / 2)
        bent = abs(np.sin((low + high) / 2)) < (high - low) / 2
        least = np.where(bent, np.maximum(waves - (high - low) / 2, -1), least)
        most = np.where(bent, np.minimum(waves + (high - low) / 2, 1), most)
    if activation.name == "elu":  # its slope below 0 comes up to alpha
        least = np.where((low <= 0) & (high >= 0), np.minimum(least, as_float(activation.parameters[0])), least)
        most = np.where((low <= 0) & (high >= 0), np.maximum(most, max(1.0, as_float(activation.parameters[0]))), most)
    return least, most


def box_images(system: Smooth, low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    """Bounds (n, d) around the images of boxes [low, high] (n, d), and how far (n, d) each side of a box spreads them."""
    centres, radii = (low + high) / 2, (high - low) / 2
    columns = radii[:, :, None] * np.eye(system.dimension)
    mean = system.image(Wide(centres, columns, np.zeros_like(columns), 1.0))
    sizes = abs(mean.slopes) + mean.spread
    reach, plain = sizes.sum(axis=-1), system.image(Spans(low, high))
    lower = np.maximum(mean.centre - reach, plain.low) - MARGIN
    return lower, np.minimum(mean.centre + reach, plain.high) + MARGIN, sizes.sum(axis=1)


def block_images(system: Smooth, centres: Floats, columns: Floats) -> Anywhere:
    """f over the blocks of these centres (n, d) and columns (n, d, d), with slopes between any two points of each."""
    return system.image(Anywhere(centres, columns, np.zeros_like(columns), 1.0))
