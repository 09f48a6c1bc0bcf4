"""A family of maps over its parameter: a proof for each value, and beside it what orbits in doubles do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from certify.box import Box
from certify.decision.decide import DEFAULT_LEVEL, OddReturn, Order
from certify.decision.witness import Search
from certify.enclosure.decide import OddReturnBox, OrderBox
from certify.enclosure.doubles import Doubles
from certify.mapfile import Map, line_map
from certify.network import Layer, Network
from certify.numbers import Q, as_float, rational
from certify.piecewise import PiecewiseLinear
from certify.plot.canvas import style
from certify.plot.curves import window
from certify.verdict import DEFAULT_PIECES, prove

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]

STARTS, TRANSIENT, KEPT = 16, 500, 24
"""Orbits in doubles: how many, the steps that are not drawn, and those that are."""

CHAOTIC, UNDECIDED = "#e6b0aa", "#d5d8dc"
ORDERED = ("#d4efdf", "#aed6f1", "#5dade2", "#2e86c1", "#1f618d")
"""By level, the last one for all beyond."""


@dataclass(frozen=True)
class Value:
    """What is known at one value of the parameter: a proved verdict, its level, and points of orbits in doubles.

    `level` is the j of g = f^(2^j) in the proof; None for UNDECIDED and for a proof by a periodic orbit. `points` are where
    orbits of a program in doubles are after many steps; nothing is proved by them.
    """

    parameter: Q
    verdict: Literal["CHAOTIC", "ORDERED", "UNDECIDED"]
    level: int | None
    points: tuple[float, ...]


def examine(
    make: Callable[[Any], Map],
    parameters: Iterable[Any],
    *,
    max_level: int = DEFAULT_LEVEL,
    max_pieces: int = DEFAULT_PIECES,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Value]:
    """Decides `make(p)`, a map of an interval or of the line, for each exact number p, with the certificate checked (`prove`).

    A verdict is about its value alone: nothing is said of the values between. `make` is called with the package's own
    rationals (`certify.numbers.Q`), which it may calculate with and hand to `PiecewiseLinear`, `Network` and the families.

    >>> from certify import families
    >>> [value.verdict for value in examine(families.stunted_tent, ["3/4", "9/10"])]
    ['ORDERED', 'CHAOTIC']
    """
    found = []
    for given in parameters:
        parameter = rational(given)
        progress(f"parameter {parameter}")
        made = line_map(make(parameter))
        verdict = prove(made, max_level=max_level, max_pieces=max_pieces)
        decision = verdict.decision
        level = decision.level if isinstance(decision, OddReturn | Order | OddReturnBox | OrderBox) else None
        found.append(Value(parameter, verdict.verdict, level, _points(made)))
    return found


def scaled(network: Network, factor: Any) -> Network:
    """The network with the weights of its last layer times a factor, exactly.

    >>> from certify import families
    >>> scaled(families.rnn(4, 2.0, 0), 1) == families.rnn(4, 2.0, 0)
    True
    """
    *layers, last = network.layers
    times = rational(factor)
    weight = [[times * w for w in row] for row in last.weight]
    return Network([*layers, Layer(weight, last.bias, last.activation)], network.domain)


def _points(given: Network | PiecewiseLinear | Box) -> tuple[float, ...]:
    """Where orbits in doubles are after a long time, without repetitions; orbits that overflow are left out."""
    image, (lo, hi) = _in_doubles(given)
    x = np.linspace(lo, hi, STARTS + 2)[1:-1]
    rows = []
    with np.errstate(all="ignore"):
        for step in range(TRANSIENT + KEPT):
            x = image(x)
            if step >= TRANSIENT:
                rows.append(x)
    points = np.unique(np.concatenate(rows))
    return tuple(points[np.isfinite(points)].tolist())


def _in_doubles(given: Network | PiecewiseLinear | Box) -> tuple[Callable[[Floats], Floats], tuple[float, float]]:
    """The map by a program in doubles (of a box, its middle), and where its orbits start."""
    if isinstance(given, PiecewiseLinear):
        lo, hi = window(given)
        return Search(given).evaluate, (as_float(lo), as_float(hi))
    ends = (Q(-1), Q(1)) if given.domain is None else given.domain
    box = given if isinstance(given, Box) else Box.of(given)
    return Doubles(box).values, (float(ends[0]), float(ends[1]))


def diagram(values: Sequence[Value], name: str = "parameter", title: str = "") -> Figure:
    """A line for each value of the parameter, coloured by what is proved there, under the points of its orbits in doubles.

    Raises `InputError` where matplotlib is not installed.
    """
    with style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7.2, 4.2))
        axes = figure.subplots()
        near = [as_float(value.parameter) for value in values]
        width = min(6.0, 0.8 * 72 * 5.6 / max(1, len(values)))  # points; the axes are about 5.6 inches wide
        for (label, colour), chosen in _by_look(values).items():
            places = [near[i] for i in chosen]
            axes.vlines(places, 0, 1, color=colour, linewidth=width, transform=axes.get_xaxis_transform(), label=label)
        pairs = [(x, y) for x, value in zip(near, values) for y in value.points]
        axes.plot(
            *([x for x, _ in pairs], [y for _, y in pairs]),
            linestyle="",
            marker=".",
            markersize=2.5,
            color="black",
            markeredgewidth=0,
            rasterized=True,
            label=f"orbits in float64 after {TRANSIENT} steps (not proved)",
        )
        axes.set(xlabel=name, ylabel="x", title=title)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, frameon=False, markerscale=4)
        return figure


def _by_look(values: Sequence[Value]) -> dict[tuple[str, str], list[int]]:
    """The values of each label and colour: CHAOTIC, ORDERED by level, UNDECIDED."""
    groups: dict[tuple[str, str], list[int]] = {}
    for i in sorted(range(len(values)), key=lambda i: (values[i].verdict, values[i].level or 0)):
        groups.setdefault(look(values[i]), []).append(i)
    return groups


def look(value: Value) -> tuple[str, str]:
    """The words and the colour of a verdict."""
    match value.verdict:
        case "CHAOTIC":
            return "CHAOTIC (proved)", CHAOTIC
        case "ORDERED":
            level = value.level or 0
            return f"ORDERED, level {level} (proved)", ORDERED[min(level, len(ORDERED) - 1)]
    return "UNDECIDED", UNDECIDED
