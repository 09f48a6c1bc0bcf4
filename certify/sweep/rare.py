"""How rare chaos is in RNN(k, s2) where no sweep meets it: ESTIMATES by multilevel splitting, never certified.

What is proved is whether the networks that a search ends with have the event: the filter of the sweeps decides them. The events are
nested by Sharkovsky's theorem, {period 3} in {chaotic} in {a 2-cycle}, since a chaotic map has a period that is no power of 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist, fmean, stdev
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from certify.families import Floats
from certify.network import Network
from certify.numbers import Q, as_float, text
from certify.sweep.families import RNN, Weights
from certify.sweep.lines import decide_rnn
from certify.sweep.record import CHAOTIC, NOT_KNOWN, ORDERED, YES, Records
from certify.sweep.splitting import split

GRID = 256
"""Points of [0, 1] at which a score looks at a network, which it takes to be affine in between."""
MARGIN = 0.05
"""The search ends a little below the score of the event, so that what the grid overlooks is not lost; then each network is decided."""


class Event(NamedTuple):
    """What a network may have: conditions that lead there one after another, and what the outcome must be.

    A condition (m, n) is that g = f^m has an x with g^n(x) <= x < g(x): a cycle of even period for n = 2, of period 3 for n = 3.
    """

    conditions: tuple[tuple[int, int], ...]
    met: Callable[[Records], npt.NDArray[np.bool_]]


EVENTS = {
    "2-cycle": Event(((1, 2),), lambda r: (r["verdict"] == CHAOTIC) | ((r["verdict"] == ORDERED) & (r["level"] > 0))),
    "chaotic": Event(((1, 2), (2, 2), (4, 2)), lambda r: r["verdict"] == CHAOTIC),
    "period 3": Event(((1, 2), (1, 3)), lambda r: r["period3"] == YES),
}


@dataclass(frozen=True)
class Estimate:
    """An ESTIMATE of the probability of an event, from independent runs; nothing about it is certified.

    `met` of the `decided` networks in which the runs ended are proved to have the event; `undecided` ones count as without it.
    """

    event: str
    width: int
    variance: Q
    seed: int
    particles: int
    runs: tuple[float, ...]
    """The estimate of each run."""
    met: int
    decided: int
    undecided: int
    examples: tuple[Network, ...]
    """A network proved to have the event from each run that ended in one."""

    @property
    def probability(self) -> float:
        """The mean of the runs."""
        return fmean(self.runs)

    @property
    def standard_error(self) -> float:
        """Of the mean, from the scatter of the runs."""
        return stdev(self.runs) / math.sqrt(len(self.runs))

    @property
    def interval(self) -> tuple[float, float]:
        """Nominally 95 %, on the log scale: mean times exp(± t * relative standard error); (0, 1) where no run succeeded.

        With few runs it covers less: their scatter is poorly known, and the particles choose the levels.
        """
        if not self.probability:
            return 0.0, 1.0
        factor = math.exp(_student(len(self.runs) - 1) * self.standard_error / self.probability)
        return self.probability / factor, min(1.0, self.probability * factor)

    def document(self) -> dict[str, Any]:
        """The estimate as JSON."""
        low, high = self.interval
        return {
            "kind": "estimate, not certified",
            "event": self.event,
            "width": self.width,
            "variance": text(self.variance),
            "seed": self.seed,
            "particles": self.particles,
            "probability": self.probability,
            "standard_error": self.standard_error,
            "interval": [low, high],
            "runs": list(self.runs),
            "networks_proved_to_have_the_event": self.met,
            "networks_decided": self.decided,
            "networks_not_decided": self.undecided,
        }


def estimate(
    width: int,
    variance: Q,
    event: str = "chaotic",
    *,
    seed: int = 0,
    particles: int = 1000,
    runs: int = 10,
    moves: int = 20,
    progress: Callable[[int], None] = lambda _: None,
) -> Estimate:
    """P(event) for RNN(width, variance), ESTIMATED by so many independent runs of multilevel splitting, at least 2.

    A run multiplies the probability that the score comes within `MARGIN` of the event's by the fraction of the networks there that
    have the event. Run i draws from `SeedSequence(seed, spawn_key=(i,))`, so the result is a function of the arguments. `progress` is told
    each run that is done. Raises `InputError` for a bad width or variance.
    """
    if event not in EVENTS or runs < 2:
        raise ValueError(f"expected an event of {', '.join(EVENTS)} and at least 2 runs, got {event!r} and {runs}")
    cell, found = RNN(width, variance), []
    for run in range(runs):
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(run,))))
        found.append(_run(cell, EVENTS[event], generator, particles, moves))
        progress(run)
    met, decided, undecided = (sum(getattr(r, name) for r in found) for name in ("met", "decided", "undecided"))
    examples = tuple(r.example for r in found if r.example)
    return Estimate(
        event, width, variance, seed, particles, tuple(r.probability for r in found), met, decided, undecided, examples
    )


class _Run(NamedTuple):
    """One run: its estimate, how many of its last networks have the event, are decided, are not; one that has it."""

    probability: float
    met: int = 0
    decided: int = 0
    undecided: int = 0
    example: Network | None = None


def _run(cell: RNN, event: Event, generator: np.random.Generator, particles: int, moves: int) -> _Run:
    deviation = math.sqrt(as_float(cell.variance) / cell.width)
    score, goal = partial(scores, event.conditions, deviation), len(event.conditions) - 1 - MARGIN
    probability, last = split(score, cell.width, cell.width, goal, generator, particles, moves)
    if not probability:
        return _Run(0.0)
    weights = _sorted(deviation * last.normals, last.uniforms)
    records = decide_rnn(*weights)
    has = event.met(records)
    met, undecided = int(has.sum()), int((~has & (records["period3"] == NOT_KNOWN)).sum())
    example = cell.network(weights, int(has.argmax())) if met else None
    return _Run(probability * met / particles, met, particles - undecided, undecided, example)


def scores(conditions: tuple[tuple[int, int], ...], deviation: float, normals: Floats, uniforms: Floats) -> Floats:
    """How far networks a = deviation * normals, b = uniforms, (N, k) each, have come on the way through the conditions: (N,).

    The number of conditions that are met one after another, and a fraction in (-1, 0) for the first that is not; in (-1, 1) for the
    last. For a condition it is r / (1 + |r|) with the greatest r = (x - g^n(x)) / (g(x) - x) over the x with g(x) > x: at least
    0 where the condition is met, and bounded away from 0 near a fixed point of slope s, where r = -(1 + s + ... + s^(n-1)).
    Below the diagonal, where no x has f(x) > x, it is in [-2, -1], by the greatest f(x)/x. Floats, on a grid: it proves nothing.
    """
    graphs = _Graphs.of(deviation * normals, uniforms)
    found = np.full(len(normals), -1.0)
    alive = np.arange(len(normals))
    for place, (m, n) in enumerate(conditions):
        score = graphs.condition(alive, m, n)
        found[alive] = place + np.maximum(score, -1.0)
        if place < len(conditions) - 1:
            found[alive] = np.minimum(found[alive], place)
            alive = alive[score >= 0]
    low = found == -1.0
    found[low] = graphs.steepness[low] - 2
    return found


@dataclass(frozen=True)
class _Graphs:
    """Sums of a_i relu(x - b_i) at x = j / GRID, (N, GRID + 2) with the last value twice; and the same clipped to [0, 1]."""

    values: Floats
    clipped: Floats

    @classmethod
    def of(cls, a: Floats, b: Floats) -> _Graphs:
        """The sums of slopes and of slopes times kinks over the cells of the grid, added up from the left."""
        count = len(a)
        cells = (b * GRID).astype(np.intp) + 1 + (GRID + 2) * np.arange(count)[:, None]
        slopes, offsets = (
            np.bincount(cells.ravel(), weights.ravel(), count * (GRID + 2)).reshape(count, -1).cumsum(axis=1)
            for weights in (a, a * b)
        )
        values = slopes * _NODES - offsets
        return cls(values, np.clip(values, 0, 1))

    @property
    def steepness(self) -> Floats:
        """The greatest f(x)/x, in [0, 1] where the graph is below the diagonal."""
        steepest: Floats = np.clip((self.values[:, 1:] / _NODES[1:]).max(axis=1), 0, 1)
        return steepest

    def condition(self, rows: npt.NDArray[np.intp], m: int, n: int) -> Floats:
        """r / (1 + |r|) as in `scores`, for some of the graphs; -1 where no point of the grid has g(x) > x."""
        width = GRID + 2
        y, base = self.clipped[rows], width * rows[:, None]
        for _ in range(m - 1):
            y = self._image(self.clipped, base, y)
        row, column = np.nonzero(y[:, :GRID] > _NODES[:GRID])
        found = np.full(len(rows), -1.0)
        if not len(row):
            return found
        x, base, once = _NODES[column], base[row, 0], y[row, column]
        y = once
        for _ in range(m * (n - 1) - 1):
            y = self._image(self.clipped, base, y)
        y = self._image(self.values, base, y)  # not clipped: x >= g^n(x) is the same, and the score tells far from near
        ratio = (x - y) / (once - x)
        starts = np.flatnonzero(np.diff(row, prepend=-1))
        best = np.maximum.reduceat(ratio, starts)
        found[row[starts]] = best / (1 + np.abs(best))
        return found

    def _image(self, table: Floats, base: npt.NDArray[np.intp], y: Floats) -> Floats:
        """Values at y in [0, 1] of the graphs that begin at `base` in the table, affine between the points of the grid."""
        part = y * GRID
        index = part.astype(np.intp)
        part -= index
        index += base
        flat = table.ravel()
        low = flat[index]
        found: Floats = low + part * (flat[index + 1] - low)
        return found


_NODES = np.minimum(np.arange(GRID + 2), GRID) / GRID


def _sorted(a: Floats, b: Floats) -> Weights:
    """The same networks with their kinks in increasing order."""
    order = np.argsort(b, axis=1)
    return [np.take_along_axis(array, order, axis=1) for array in (a, b)]


def _student(freedom: int) -> float:
    """The 97.5 % point of Student's distribution to about 1 % from 4 degrees of freedom on (Abramowitz and Stegun 26.7.5)."""
    z = NormalDist().inv_cdf(0.975)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
