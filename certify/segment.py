"""The regions of a network and of its iterates along a segment, exactly and as a stream.

On the segment from A to B a network R^d -> R^m is a piecewise-affine curve t -> net(A + t (B - A)), 0 <= t <= 1, and so
are the iterates of a network that is fed back: f^n is its layers n times in a row. The pieces are found from left to
right, layer inside layer: where all layers before are affine, the units of a layer are lines in t; where one of them
meets a kink of its activation, the lines of the next layer change by that unit's weights alone. Nothing is kept but one
line for each unit of each layer, so the memory does not grow with the number of regions, and a region costs about as
much as the units that change in it and the widths of the layers behind them. (The same list as ExactLine of Sotoudeh and
Thakur 2019, without their rounding.)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from certify.errors import InputError
from certify.network import Layer, Network
from certify.numbers import Q, as_float, fmpq_mat, rational, sign
from certify.plrnn import PLRNN


@dataclass(frozen=True)
class Region:
    """For start <= t <= end, output i is slopes[i] * t + constants[i]; `patterns` activation regions meet in it."""

    start: Q
    end: Q
    slopes: tuple[Q, ...]
    constants: tuple[Q, ...]
    patterns: int


Watch = Callable[[Q], None]


def regions_along(
    given: Network | PLRNN, start: Sequence[Any], end: Sequence[Any], watch: Watch | None = None
) -> Iterator[Region]:
    """The linear regions of a map on the segment from `start` to `end`, in order: maximal, exact, one at a time.

    A network may have any numbers of inputs and outputs. The points have one coordinate for each input, of any exact
    type. `watch` is called with the end of each activation region when it has been found; what it raises ends the
    stream. Raises `InputError` where the points do not fit, and for a smooth activation.
    """
    return (region for _, region in _regions(given, 1, start, end, watch))


def iterates_along(
    given: Network | PLRNN, steps: int, start: Sequence[Any], end: Sequence[Any], watch: Watch | None = None
) -> Iterator[tuple[int, Region]]:
    """The linear regions of each of f, f^2, ..., f^steps on the segment, as pairs (n, region of f^n).

    The regions of one n come in order; those of different n are interleaved, for one pass finds them all and holds no
    more than one of each. f acts on all of R^d: the domain of a network plays no part. `watch` is called with the end of
    each activation region of f^steps. Raises `InputError` as `regions_along` does, and for a network whose outputs are
    not as many as its inputs; `ValueError` for steps < 1.
    """
    if steps < 1:
        raise ValueError(f"iterates need steps >= 1, got {steps}")
    if given.dimension is None:
        inputs, outputs = given.layers[0].shape[1], given.layers[-1].shape[0]
        raise InputError(
            "map.layers", "as many outputs as inputs, to feed back", f"{outputs} outputs and {inputs} inputs"
        )
    return _regions(given, steps, start, end, watch)


def _regions(
    given: Network | PLRNN, steps: int, start: Sequence[Any], end: Sequence[Any], watch: Watch | None
) -> Iterator[tuple[int, Region]]:
    a, b = ([rational(x) for x in point] for point in (start, end))
    inputs = given.layers[0].shape[1]
    for name, point in (("start", a), ("end", b)):
        if len(point) != inputs:
            expected = (
                f"{inputs} coordinates, one for each input" if inputs > 1 else "one coordinate, for the one input"
            )
            raise InputError(name, expected, f"{len(point)}")
    recurrent = isinstance(given, PLRNN)
    cell = [_Level(layer, carries=recurrent and i == 0) for i, layer in enumerate(given.layers)]
    state = _Lines([y - x for x, y in zip(a, b)], a)
    return _merged(_stream(cell, steps, state, watch))


def _merged(pieces: Iterator[tuple[int, Region]]) -> Iterator[tuple[int, Region]]:
    """Neighbouring activation regions of f^n on which it is the same line become one linear region."""
    held: dict[int, Region] = {}
    for n, piece in pieces:
        last = held.get(n)
        if last is None:
            held[n] = piece
        elif piece.slopes == last.slopes:  # the curve is continuous, so the constants are equal too
            held[n] = Region(last.start, piece.end, last.slopes, last.constants, last.patterns + piece.patterns)
        else:
            held[n] = piece
            yield n, last
    yield from held.items()


class _Lines(NamedTuple):
    """Number u is slopes[u] t + constants[u]."""

    slopes: list[Q]
    constants: list[Q]


class _Level:
    """A layer with its activation as a map of the line; `carries`: the next level takes its outputs and then what it takes itself."""

    def __init__(self, layer: Layer, carries: bool) -> None:
        self.weight, self.act, self.carries = layer.weight, layer.activation.function, carries
        self._matrix = fmpq_mat([[*row, bias] for row, bias in zip(layer.weight, layer.bias)])

    def inputs(self, signal: _Lines) -> _Lines:
        """What enters its units. (One product of matrices: it reduces each entry once, not at every step of a sum.)"""
        found = (self._matrix * fmpq_mat([*zip(*signal), (Q(0), Q(1))])).entries()
        return _Lines(found[::2], found[1::2])


def _stream(cell: list[_Level], steps: int, state: _Lines, watch: Watch | None) -> Iterator[tuple[int, Region]]:
    """The activation regions of f, ..., f^steps as pairs (n, region), each before those of f^(n+1) that lie in it."""
    levels = [*cell * steps, None]
    stack = [_pieces(cell[0], levels[1], state, cell[0].inputs(state), Q(0), Q(1))]
    while stack:  # no recursion: steps may be many
        piece = next(stack[-1], None)
        if piece is None:
            stack.pop()
            continue
        left, right, outputs, inputs = piece
        n, inside = divmod(len(stack), len(cell))
        if not inside:
            yield n, Region(left, right, tuple(outputs.slopes), tuple(outputs.constants), 1)
        if level := levels[len(stack)]:
            stack.append(_pieces(level, levels[len(stack) + 1], outputs, inputs, left, right))
        elif watch:
            watch(right)


def _pieces(
    level: _Level, following: _Level | None, signal: _Lines, inputs: _Lines, lo: Q, hi: Q
) -> Iterator[tuple[Q, Q, _Lines, _Lines]]:
    """The parts of [lo, hi] in which no unit meets a kink: ends, outputs, and what enters the units of the following level.

    `inputs` enters the level's own units, `signal` is what they were made of. The lines change in place from part to part.
    """
    kinks, act_slopes, act_intercepts = level.act.breaks, level.act.slopes, level.act.intercepts
    slopes, constants = inputs
    kinds = [_kind(kinks, s, c, lo) for s, c in zip(slopes, constants)]
    outputs = _Lines(
        [act_slopes[k] * s for k, s in zip(kinds, slopes)],
        [act_slopes[k] * c + act_intercepts[k] for k, c in zip(kinds, constants)],
    )
    passed, after = outputs, _Lines([], [])
    if level.carries:
        passed = _Lines(outputs.slopes + signal.slopes, outputs.constants + signal.constants)
    if following:
        after = following.inputs(passed)
    left = lo
    for t, meetings in [*_meetings(kinks, slopes, constants, lo, hi), (hi, [])]:
        yield left, t, outputs, after
        for u in meetings:
            kinds[u] += sign(slopes[u])
            k = kinds[u]
            rise = act_slopes[k] * slopes[u] - outputs.slopes[u]
            shift = act_slopes[k] * constants[u] + act_intercepts[k] - outputs.constants[u]
            outputs.slopes[u] += rise
            outputs.constants[u] += shift
            if following:
                for j, row in enumerate(following.weight):
                    after.slopes[j] += row[u] * rise
                    after.constants[j] += row[u] * shift
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
