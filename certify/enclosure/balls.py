"""f and f' over an interval, for every network of a box at once, in ball arithmetic."""

from __future__ import annotations

from typing import NamedTuple

from certify.box import Box
from certify.enclosure.functions import ZERO, Ball, Bent, enclosures
from certify.network import Layer
from certify.numbers import Q, arb, arb_mat, ctx


class _Step(NamedTuple):
    """A layer over balls: one weight and bias for each unit, the matrix where there are several inputs, the activation."""

    weight: arb_mat
    bias: list[Ball]
    bent: Bent


class Balls:
    """The maps of a box in ball arithmetic with so many bits.

    Every result holds the exact value for every network of the box and every point of the ball given (Moore 1966). Widths come
    from three sources: the box, the ball given, and rounding, of which only the last shrinks with more bits.
    """

    def __init__(self, box: Box, bits: int, slack: Ball = ZERO) -> None:
        """`slack`: see `certify.enclosure.functions.enclosures`."""
        self.bits = bits
        box.require_one_dimension()
        with ctx.workprec(bits):
            self._steps = [_step(low, high, slack) for low, high in box.layers]
            lo, hi = box.ends
            self.domain: Ball | None = self.hull(lo, hi) if isinstance(lo, Q) and isinstance(hi, Q) else None

    def hull(self, a: Q, b: Q) -> Ball:
        """A ball around [a, b]."""
        with ctx.workprec(self.bits):
            return arb(a) if a == b else arb(a).union(arb(b))

    def value(self, x: Ball) -> Ball:
        """f over the ball."""
        with ctx.workprec(self.bits):
            signal = [x]
            for step in self._steps:
                signal = [step.bent.value(z) for z in _affine(step, signal)]
            return signal[0]

    def value_and_slope(self, x: Ball) -> tuple[Ball, Ball]:
        """f and f' over the ball; at a kink, f' is the hull of both sides."""
        with ctx.workprec(self.bits):
            signal, slopes = [x], [arb(1)]
            for step in self._steps:
                rises = _times(step.weight, slopes)
                sums = _affine(step, signal)
                slopes = [step.bent.slope(z) * rise for z, rise in zip(sums, rises)]
                signal = [step.bent.value(z) for z in sums]
            return signal[0], slopes[0]

    def iterate(self, x: Ball, steps: int) -> Ball:
        """f^steps over the ball, each value cut down to the domain: for maps of it into itself."""
        for _ in range(steps):
            x = self.cut(self.value(x))
        return x

    def iterate_and_slope(self, x: Ball, steps: int) -> tuple[Ball, Ball]:
        """The same with the derivative."""
        slope = arb(1)
        for _ in range(steps):
            x, rise = self.value_and_slope(x)
            with ctx.workprec(self.bits):
                x, slope = self.cut(x), slope * rise
        return x, slope

    def cut(self, value: Ball) -> Ball:
        """The part of a value of f that lies in the domain, which is known to hold all of f's values."""
        if self.domain is None:
            return value
        with ctx.workprec(self.bits):
            return value.intersection(self.domain)


def working_bits(box: Box) -> int:
    """Bits with which the values of f come out about as sharp as those of a network with moderate weights do with 64."""
    growth = 0
    for layers in box.layers:
        sums = [
            (sum(map(abs, row)) + abs(b)) // layer.affine.scale
            for layer in layers
            for row, b in zip(layer.affine.weight, layer.affine.bias)
        ]
        growth += int(max(sums)).bit_length()
    return 64 * max(1, -(-(growth + 32) // 64))


def _step(low: Layer, high: Layer, slack: Ball) -> _Step:
    pairs = zip((*low.weight, low.bias), (*high.weight, high.bias))
    *rows, bias = [[arb(a) if a == b else arb(a).union(arb(b)) for a, b in zip(*pair)] for pair in pairs]
    return _Step(arb_mat(rows), bias, enclosures(low.activation, slack))


def _affine(step: _Step, signal: list[Ball]) -> list[Ball]:
    return [z + b for z, b in zip(_times(step.weight, signal), step.bias)]


def _times(weight: arb_mat, vector: list[Ball]) -> list[Ball]:
    product: list[Ball] = (weight * arb_mat(len(vector), 1, vector)).entries()
    return product
