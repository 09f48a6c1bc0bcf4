"""The graph of a map and of its iterates with the diagonal, orbits as cobwebs, and what a certificate shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify.box import Box
from certify.certificate import Certificate
from certify.decision.budget import Budget
from certify.errors import InputError
from certify.mapfile import LineMap, Map, line_map
from certify.network import Network
from certify.numbers import Q, as_float, rational, shown
from certify.plot.bands import Band, Enclosed
from certify.plot.canvas import style
from certify.plot.curves import MOST_PIECES, SAMPLES, Curve, Exact, Point, Window, chosen, cobweb
from certify.verdict import piecewise_linear

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("black", "#239b56", "#b9770e", "#7d3c98", "#17a589")
"""Of the iterates, in the order in which they are asked for."""
ORBIT, WITNESS, CYCLE = "#d81b60", "#2471a3", "#c0392b"
MOST_MARKS = 2000
"""Mesh points that are marked; of a longer mesh the first and the last are. The legend has their number."""


def graph(
    given: Map,
    iterates: Sequence[int] = (1,),
    *,
    orbit: Any = None,
    steps: int = 20,
    certificate: Certificate | None = None,
    over: tuple[Any, Any] | None = None,
    title: str = "",
) -> Figure:
    """The graphs of f^t for t in `iterates`, the cobweb of the first `steps` steps from `orbit`, and a certificate's witness.

    Of a piecewise-linear map all is exact, and handed to matplotlib as the nearest doubles. A graph of too many pieces to draw
    is shown by points on it alone, not joined, and its legend says so. Of a smooth network, and of a box of networks, a band is
    drawn that is proved to hold the graph, for every network of the box; orbits are enclosed to 15 digits. `over` is the square
    (lo, hi) x (lo, hi) to draw, the domain without it; on the line that is an interval that holds the core, the knots, the fixed
    points and the orbits that are drawn (for a band: the values of the last activation and the orbits). The certificate is
    believed: have it checked first (`certify.check`).

    Raises `InputError` for a map of R^d, for a window outside the domain, for a certificate without a witness or a mesh, and
    where matplotlib is not installed; `DomainError` for an orbit from outside.
    """
    f = _subject(line_map(given))
    if max(iterates) > 1:
        f.require_self_map()
    paths = [] if orbit is None else [_orbit(f, orbit, steps)]
    mesh: list[Q] = []
    if certificate is not None:
        shown_paths, mesh = _shown_by(f, certificate)
        paths += shown_paths
        title = f"{certificate['claim']['verdict']}: {title}" if title else certificate["claim"]["verdict"]
    points = [x for path in paths for x in path.orbit]
    held = f.window([*points, *mesh]) if over is None else (rational(over[0]), rational(over[1]))
    held = chosen(f.ends, *held)
    with style():
        return _draw(held, [f.curve(t, held) for t in iterates], paths, mesh, title)


def _subject(given: LineMap) -> Exact | Enclosed:
    """The map as exact pieces where it has them, else as a box."""
    if isinstance(given, Box) or (isinstance(given, Network) and given.smooth):
        return Enclosed(given if isinstance(given, Box) else Box.of(given))
    return Exact(piecewise_linear(given, Budget()))


@dataclass(frozen=True)
class _Path:
    """An orbit to draw as a cobweb, with its colour, its kind of line and its words."""

    orbit: Sequence[Q]
    colour: str
    line: str
    label: str


def _orbit(f: Exact | Enclosed, start: Any, steps: int) -> _Path:
    points = f.orbit(start, steps)
    return _Path(points, ORBIT, "-", f"{steps} steps from {shown(points[0], 20)}")


def _shown_by(f: Exact | Enclosed, proof: Certificate) -> tuple[list[_Path], list[Q]]:
    """The orbits that a certificate shows, and the points of its mesh."""
    if "mesh" in proof:
        return [], [rational(x) for x in proof["mesh"] if x not in ("inf", "-inf")]
    if proof["kind"] == "periodic-orbit":
        return [_cycle([rational(x) for x in proof["orbit"]])], []
    if "x" not in proof:
        raise InputError("CERT", "a certificate with a witness or a mesh to draw", f'"{proof["kind"]}"')
    m, n = 1 << proof["level"], proof["n"]
    orbit = f.orbit(proof["x"], m * n)
    paths = [_Path(orbit, WITNESS, "--", _inequality(orbit, m, m * n))]
    if "period_three" in proof:
        paths.insert(0, _cycle([rational(x) for x in proof["period_three"]]))
    return paths, []


def _cycle(points: list[Q]) -> _Path:
    return _Path([*points, points[0]], CYCLE, "-", f"orbit of least period {len(points)}")


def _inequality(orbit: Sequence[Q], first: int, last: int) -> str:
    """The odd return in words, such as "f³(x) < x < f(x) at x = 1/2"."""
    x, g, return_ = orbit[0], orbit[first], orbit[last]
    low, high = ((last, return_), (first, g)) if x < g else ((first, g), (last, return_))
    signs = ["=" if a == b else "<" for a, b in ((low[1], x), (x, high[1]))]
    return f"{power(low[0])}(x) {signs[0]} x {signs[1]} {power(high[0])}(x) at x = {shown(x, 20)}"


def power(t: int) -> str:
    """f, f², f³, ..."""
    return "f" if t == 1 else "f" + str(t).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _draw(held: Window, curves: list[Curve | Band], paths: list[_Path], mesh: list[Q], title: str) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 5.2))
    axes = figure.subplots()
    ends = [as_float(end) for end in held]
    axes.plot(ends, ends, color="0.7", linewidth=0.8, label="_diagonal")
    for i, drawn in enumerate(curves):
        look: dict[str, Any] = {"linewidth": 1.4 if i == 0 else 0.9}
        if isinstance(drawn, Band):
            colour = COLOURS[i % len(COLOURS)]
            _fill(axes, drawn, facecolor=(colour, 0.4), edgecolor=colour, label=_label(drawn), **look)
            continue
        if not drawn.exact:  # a line would say what happens between the points
            look = {"linestyle": "", "marker": ".", "markersize": 2, "markeredgewidth": 0}
        _line(axes, drawn.points, color=COLOURS[i % len(COLOURS)], label=_label(drawn), **look)
    for path in paths:
        _line(axes, cobweb(path.orbit), linestyle=path.line, color=path.colour, linewidth=1, label=path.label)
        axes.plot(*_floats([(path.orbit[0], path.orbit[0])]), "o", color=path.colour, markersize=3)
    if mesh:
        marks = mesh if len(mesh) <= MOST_MARKS else [mesh[0], mesh[-1]]
        first, last = (shown(x, 20) for x in (mesh[0], mesh[-1]))
        label = (
            f"mesh of {len(mesh):,} points from {first} to {last}" if len(mesh) > 1 else f"mesh of one point, {first}"
        )
        _line(axes, [(x, x) for x in marks], linestyle="", marker="|", color=WITNESS, label=label)
    axes.set(xlim=ends, ylim=ends, xlabel="x", title=title, aspect="equal")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2, frameon=False)
    return figure


def _label(drawn: Curve | Band) -> str:
    name = power(drawn.t)
    if isinstance(drawn, Band):
        return f"{name}: the graph lies in the band"
    return name if drawn.exact else f"{name} at {SAMPLES + 1:,} points only: more than {MOST_PIECES:,} pieces"


def _fill(axes: Axes, band: Band, **look: Any) -> None:
    """The rectangles of a band, side by side, with a thin edge so that a narrow one is seen."""
    cells = [*band.cells, band.cells[-1]._replace(a=band.cells[-1].b)]
    places, low, high = (
        [as_float(x) for x in ends] for ends in zip(*((cell.a, cell.low, cell.high) for cell in cells))
    )
    axes.fill_between(places, low, high, step="post", **look)


def _line(axes: Axes, points: Iterable[Point], **look: Any) -> None:
    axes.plot(*_floats(points), **look)


def _floats(points: Iterable[Point]) -> tuple[list[float], list[float]]:
    pairs = [(as_float(x), as_float(y)) for x, y in points]
    return [x for x, _ in pairs], [y for _, y in pairs]
