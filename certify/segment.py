"""The regions of a network along a segment, exactly and as a stream.

On the segment from A to B a network R^d -> R^m is a piecewise-affine curve t -> net(A + t (B - A)), 0 <= t <= 1. Its
pieces are found from left to right, layer inside layer: where all layers before are affine, the units of a layer are
lines in t; where one of them meets a kink of its activation, the lines of the next layer change by that unit's weights
alone. Nothing is kept but one line for each unit of each layer, so the memory does not grow with the number of regions,
and a region costs about as much as the units that change in it and the widths of the layers behind them. (The same list
as ExactLine of Sotoudeh and Thakur 2019, without their rounding.)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from certify.errors import InputError
from certify.network import Layer
from certify.numbers import Q, as_float, rational, sign


@dataclass(frozen=True)
class Region:
    """For start <= t <= end, output i is slopes[i] * t + constants[i]; `patterns` activation regions meet in it."""

    start: Q
    end: Q
    slopes: tuple[Q, ...]
    constants: tuple[Q, ...]
    patterns: int


def regions_along(layers: Sequence[Layer], start: Sequence[Any], end: Sequence[Any]) -> Iterator[Region]:
    """The linear regions of a network on the segment from `start` to `end`, in order: maximal, exact, one at a time.

    The points have one coordinate for each input of the first layer, of any exact type. Raises `InputError` where they do not fit.
    """
    a, b = ([rational(x) for x in point] for point in (start, end))
    inputs = layers[0].shape[1]
    for name, point in (("start", a), ("end", b)):
        if len(point) != inputs:
            raise InputError(name, f"{inputs} coordinates, one for each input", f"{len(point)}")
    step = [y - x for x, y in zip(a, b)]
    first = layers[0]
    slopes = [_dot(row, step) for row in first.weight]
    constants = [_dot(row, a) + bias for row, bias in zip(first.weight, first.bias)]
    return _merged(_stream(layers, slopes, constants, Q(0), Q(1)))


def _merged(pieces: Iterator[Region]) -> Iterator[Region]:
    """Neighbouring activation regions on which the output is the same line become one linear region."""
    held = next(pieces)
    for piece in pieces:
        if (piece.slopes, piece.constants) == (held.slopes, held.constants):
            held = Region(held.start, piece.end, held.slopes, held.constants, held.patterns + piece.patterns)
        else:
            yield held
            held = piece
    yield held


def _stream(layers: Sequence[Layer], slopes: list[Q], constants: list[Q], lo: Q, hi: Q) -> Iterator[Region]:
    """The activation regions in [lo, hi]; unit u of the first of these layers is slopes[u] t + constants[u] before it
    is activated."""
    layer, *rest = layers
    act = layer.activation.function
    kinds = [_kind(act.breaks, s, c, lo) for s, c in zip(slopes, constants)]
    out_slopes = [act.slopes[k] * s for k, s in zip(kinds, slopes)]
    out_constants = [act.slopes[k] * c + act.intercepts[k] for k, c in zip(kinds, constants)]
    if rest:
        weight, bias = rest[0].weight, rest[0].bias
        next_slopes = [_dot(row, out_slopes) for row in weight]
        next_constants = [_dot(row, out_constants) + b for row, b in zip(weight, bias)]
    left = lo
    for t, meetings in [*_meetings(act.breaks, slopes, constants, lo, hi), (hi, [])]:
        if rest:
            yield from _stream(rest, next_slopes, next_constants, left, t)
        else:
            yield Region(left, t, tuple(out_slopes), tuple(out_constants), 1)
        for u in meetings:
            kinds[u] += sign(slopes[u])
            k = kinds[u]
            rise = act.slopes[k] * slopes[u] - out_slopes[u]
            shift = act.slopes[k] * constants[u] + act.intercepts[k] - out_constants[u]
            out_slopes[u] += rise
            out_constants[u] += shift
            if rest:
                for j, row in enumerate(weight):
                    next_slopes[j] += row[u] * rise
                    next_constants[j] += row[u] * shift
        left = t


def _kind(kinks: tuple[Q, ...], slope: Q, constant: Q, t: Q) -> int:
    """The piece of the activation that slope * t + constant is in, just to the right of t."""
    value = slope * t + constant
    return bisect_left(kinks, value) if slope < 0 else bisect_right(kinks, value)


def _meetings(kinks: tuple[Q, ...], slopes: list[Q], constants: list[Q], lo: Q, hi: Q) -> Iterator[tuple[Q, list[int]]]:
    """In order, the places strictly between lo and hi where units meet kinks, and these units."""
    found = [
        (t, u)
        for kink in kinks
        for u, (s, c) in enumerate(zip(slopes, constants))
        if s != 0 and lo < (t := (kink - c) / s) < hi
    ]
    found.sort(key=lambda meeting: as_float(meeting[0]))  # all but in order, so that the exact sort is short
    found.sort(key=itemgetter(0))
    for t, group in groupby(found, key=itemgetter(0)):
        yield t, [u for _, u in group]


def _dot(row: Sequence[Q], values: Sequence[Q]) -> Q:
    return sum((w * v for w, v in zip(row, values)), Q(0))
