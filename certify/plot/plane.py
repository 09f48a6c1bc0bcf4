"""A map of R^d in two coordinates: orbits in doubles, which prove nothing, and the blocks, boxes or cycles of a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from certify.certificate import Certificate
from certify.dimension.shadow import expansions, leaves, orbit, orbits, outline, parallelepiped
from certify.dimension.system import Floats
from certify.errors import InputError
from certify.mapfile import Map, is_spatial
from certify.numbers import as_float, rational
from certify.plot.canvas import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS, TRANSIENT, STARTS = 5000, 500, 16
"""Steps of an orbit where nothing else is asked for, those before them that are not drawn, and how many starts are tried."""
SETTLING = 100
"""Of how many orbits these steps are, of a map whose orbits settle."""
MARK = "#d81b60"
PASSING, EXPANDING, ATTRACTING = "#eef0f2", "#f5cba7", "#aed6f1"
"""Boxes of a tree: outside all blocks, in a block that expands in some directions, in one that does not."""
SMALL = 0.01
"""A block that is smaller than this part of the picture is marked by a circle."""


def plane(
    given: Map,
    start: Sequence[Any] | None = None,
    steps: int = STEPS,
    *,
    certificate: Certificate | None = None,
    coordinates: Sequence[int] = (1, 2),
    title: str = "",
) -> Figure:
    """Two coordinates, counted from 1, of an orbit of a map of R^d, with the blocks of a certificate as polygons, or its cycles; in R^2
    also with the boxes of its tree.

    The orbit is computed in doubles: nothing is proved of it. It begins at `start` and has so many steps. Without `start` it begins
    at the centre of the first block, or at one of 16 random points (the same every time) from which it does not go far away, and
    its first 500 points are left out; of a map with a tree the steps are shared by 100 orbits that begin in its root. Blocks are
    drawn as they look from the direction of the other coordinates. The certificate is believed: have it checked first
    (`certify.check`).

    Raises `InputError` for a map of the line, for other coordinates than those of the map, for a start of another length, for a
    certificate with nothing of the kind, and where matplotlib is not installed.
    """
    if not is_spatial(given) or (d := given.dimension or 0) < 2:
        raise InputError("map", "a map of R^d, d > 1", "a map of one dimension")
    if len(coordinates) != 2 or len(set(coordinates)) != 2 or not all(1 <= i <= d for i in coordinates):
        raise InputError("coordinates", f"two different numbers from 1 to {d}", ",".join(map(str, coordinates)))
    if start is not None and len(start) != d:
        raise InputError("orbit", f"{d} numbers", f"{len(start)}")
    shown = certificate or {"blocks": []}
    if not {"blocks", "cycles", "families"} & {*shown}:
        raise InputError("CERT", "a certificate with blocks, cycles or a tree to draw", f'"{shown["kind"]}"')
    settles, pair = "families" in shown, (coordinates[0] - 1, coordinates[1] - 1)
    blocks = [end for family in shown["families"] for end in family["ends"]] if settles else shown.get("blocks", [])
    if settles and start is None:
        many = min(SETTLING, steps)
        points, of = orbits(given, shown, many, steps // many)[:, [*pair]], f"{many} orbits"
    else:
        points, of = _points(given, start, steps, blocks)[:, [*pair]], "an orbit"
    polygons = [outline(block, pair) for block in blocks]
    cycles = [orbit(given, _floats(one["point"]), one["period"] - 1)[:, [*pair]] for one in shown.get("cycles", [])]
    if certificate:
        title = f"{certificate['claim']['verdict']}: {title}" if title else certificate["claim"]["verdict"]
    with style():
        figure = _draw(points, of, polygons, cycles, coordinates, title)
        if settles and d == 2:
            _boxes(figure, shown, pair)
    return figure


def _floats(x: Sequence[Any]) -> Floats:
    return np.array([as_float(rational(entry)) for entry in x])


def _points(given: Any, start: Sequence[Any] | None, steps: int, blocks: Sequence[Any]) -> Floats:
    """The orbit that is drawn."""
    if start is not None:
        return orbit(given, _floats(start), steps)
    if blocks:
        starts = [parallelepiped(blocks[0])[0]]
    else:
        starts = list(np.random.default_rng(0).normal(size=(STARTS, given.dimension)))
    found = orbit(given, starts[0], steps + TRANSIENT)
    for first in starts[1:]:
        if len(found) <= steps:  # it goes far away
            found = max(found, orbit(given, first, steps + TRANSIENT), key=len)
    return found[TRANSIENT:] if len(found) > TRANSIENT else found


def _boxes(figure: Figure, certificate: Certificate, pair: tuple[int, int]) -> None:
    """The boxes of a tree in R^2, behind what is drawn already."""
    from matplotlib.collections import PolyCollection
    from matplotlib.patches import Patch

    numbers, corners = leaves(certificate)
    expanding = expansions(certificate)
    colours = [PASSING if n not in expanding else EXPANDING if expanding[n] else ATTRACTING for n in numbers]
    lo, hi = corners[:, 0, [*pair]], corners[:, 1, [*pair]]
    squares = np.stack([lo, np.stack([hi[:, 0], lo[:, 1]], axis=1), hi, np.stack([lo[:, 0], hi[:, 1]], axis=1)], axis=1)
    (axes,) = figure.axes
    axes.add_collection(PolyCollection([*squares], facecolors=colours, edgecolors="#b8bec4", linewidths=0.3, zorder=0))
    axes.autoscale_view()
    words = {
        ATTRACTING: "boxes in blocks that attract",
        EXPANDING: "boxes in blocks that some directions leave",
        PASSING: "boxes that orbits pass through",
    }
    patches = [Patch(color=colour, label=f"{colours.count(colour):,} {what}") for colour, what in words.items()]
    handles, _ = axes.get_legend_handles_labels()
    shown = [*handles, *(patch for patch, colour in zip(patches, words) if colour in colours)]
    axes.legend(handles=shown, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=1, frameon=False)


def _draw(
    points: Floats,
    of: str,
    polygons: Sequence[Floats],
    cycles: Sequence[Floats],
    coordinates: Sequence[int],
    title: str,
) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 5.2))
    axes = figure.subplots()
    dots: dict[str, Any] = {"linestyle": "", "marker": ".", "markersize": 2, "markeredgewidth": 0, "rasterized": True}
    circles: dict[str, Any] = {
        "linestyle": "",
        "marker": "o",
        "markersize": 7,
        "markerfacecolor": "none",
        "color": MARK,
    }
    label = f"{len(points):,} points of {of} in float64 (not proved)"  # fewer than asked for where it goes far away
    axes.plot(*points.T, color="black", label=label, **dots)
    if polygons:
        extent = np.ptp(np.vstack([points, *polygons]), axis=0)
        small = [polygon.mean(axis=0) for polygon in polygons if np.all(np.ptp(polygon, axis=0) < SMALL * extent)]
        for polygon in polygons:
            axes.plot(*np.vstack([polygon, polygon[:1]]).T, color=MARK, linewidth=1.2, label="_block")
        if small:
            axes.plot(*np.array(small).T, label="_small", **circles)
        words = f"{len(polygons)} blocks of the proof" if len(polygons) > 1 else "the block of the proof"
        axes.plot([], [], color=MARK, linewidth=1.2, label=words + (", small ones in circles" if small else ""))
    if cycles:
        axes.plot(*np.vstack(cycles).T, label=f"{len(cycles)} cycles" if len(cycles) > 1 else "one cycle", **circles)
    axes.set(xlabel=f"coordinate {coordinates[0]}", ylabel=f"coordinate {coordinates[1]}", title=title)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=1, frameon=False)
    return figure
