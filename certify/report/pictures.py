"""The numbers behind the pictures of a report: points for the eye, in doubles; no proof rests on them.

What is exact stays so as long as it can: iterates of few pieces are given by their corners, counts by all their digits, and
the two orbits whose distance is drawn are enclosed, not computed in floats (`enclose_orbit`).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np

from certify.box import Box
from certify.certificate import Certificate
from certify.counting import iter_counts
from certify.decision.budget import Budget
from certify.dimension.rank_one import reduction
from certify.dimension.shadow import FAR, expansions, leaves, orbit, orbits, outline, parallelepiped
from certify.dimension.system import Floats
from certify.enclosure.doubles import Doubles
from certify.enclosure.orbit import enclose_orbit
from certify.errors import BudgetExceeded, CertifyError
from certify.mapfile import LineMap, Map, Spatial, is_spatial, line_map
from certify.network import Network
from certify.numbers import Q, as_float, floats, rational
from certify.piecewise import PiecewiseLinear
from certify.plrnn import PLRNN

ITERATES = 3
MOST_CORNERS = 600
"""Corners of an iterate that are drawn exactly; an iterate of more is sampled."""
SAMPLES = 720
COUNTED = 12
MOST_COUNTED = 200
"""Pieces of a map whose iterates are counted."""
STEPS = 120
APART = Q(1, 10**7)
"""How far the two points of the distances start from each other, as a part of the window."""
MOST_UNITS = 200
"""Units of a network whose orbits are enclosed."""
ORBIT_IN_PLANE, TRANSIENT, MOST_MARKS = 2500, 100, 500
"""Points of an orbit, those before them that are not drawn, and points of all cycles together that are."""
STARTS, MOST_BOXES = 50, 6000
"""Orbits that are drawn of a map that settles, and boxes of a tree that are."""

Data = dict[str, Any]


def pictures(given: Map, certificate: Certificate) -> Data:
    """What the page draws, as JSON: `plane` of a map of R^d; of a map of the line `window`, `graphs`, `orbit`, `marks`, `distances` and
    `counts`, as far as it has them; and of a map that goes through one number both, with the `name` of the map of the line.
    """
    if certificate["kind"] == "rank-one":
        return _through_one_number(given, certificate)
    if certificate["kind"] == "order-tree" and is_spatial(given):
        return {"plane": _settling(given, certificate)}
    if is_spatial(given):
        return {"plane": _plane(given, certificate)}
    return _line(line_map(given), certificate)


def _through_one_number(given: Map, certificate: Certificate) -> Data:
    """The line of the proof, and an orbit that its orbit belongs to."""
    assert isinstance(given, Network | PLRNN)
    row = tuple(rational(x) for x in certificate["row"])
    reduced = reduction(given, row)
    assert reduced
    data, v = _line(reduced.line, certificate["proof"]), np.array(floats(row))
    start = data["orbit"][0] * v / (v @ v) if "orbit" in data else np.zeros(len(v))
    return {"name": "p", **data, "plane": _plane(given, certificate, start)}


def _line(given: LineMap, certificate: Certificate) -> Data:
    f = _pieces(given)
    window = _window(given, f, certificate)
    data: Data = {"window": [as_float(end) for end in window], "marks": _marks(certificate)}
    data["graphs"] = [_exact_graph(f, t, window) for t in range(1, ITERATES + 1)] if f else _sampled(given, window)
    if path := _orbit(given, certificate, window):
        data["orbit"] = path
    distances = _distances(given, window, certificate)
    if distances:
        data["distances"] = distances
    if f and f.pieces <= MOST_COUNTED and "regions" not in certificate:
        data["counts"] = [str(count.regions) for count in islice(iter_counts(f), COUNTED)]
    elif "regions" in certificate:
        data["counts"] = certificate["regions"]
    return data


def _pieces(given: LineMap) -> PiecewiseLinear | None:
    """The exact map, where it has one of not too many pieces."""
    if isinstance(given, PiecewiseLinear):
        return given
    if isinstance(given, Box) or given.smooth:
        return None
    try:
        return given.to_piecewise_linear(Budget().max_pieces)
    except BudgetExceeded:
        return None


def _finite(texts: Iterable[str]) -> list[Q]:
    return [rational(text) for text in texts if text not in ("inf", "-inf")]


def _window(given: LineMap, f: PiecewiseLinear | None, certificate: Certificate) -> tuple[Q, Q]:
    """The interval that is drawn: the domain, or on the line one around the points of the proof and the knots."""
    if given.domain is not None:
        return rational(given.domain[0]), rational(given.domain[1])
    ends = [end for interval in certificate.get("intervals", []) for end in interval]
    points = _finite([*certificate.get("orbit", []), *certificate.get("mesh", []), *ends])
    points += [rational(certificate["x"])] if "x" in certificate else []
    if f is not None:
        points += [rational(x) for x, _ in f.knots]
    lo, hi = (min(points), max(points)) if points else (Q(-2), Q(2))
    margin = (hi - lo) / 8 or Q(1)
    return lo - margin, hi + margin


def _marks(certificate: Certificate) -> Data:
    """Points of the proof on the axis: the mesh of an order proof, the intervals of an entropy proof."""
    marks: Data = {}
    if mesh := _finite(certificate.get("mesh", [])):
        marks["mesh"] = [as_float(t) for t in mesh[:2000]]
    return marks


def _exact_graph(f: PiecewiseLinear, t: int, window: tuple[Q, Q]) -> Data:
    lo, hi = window
    try:
        iterate = f.iterate(t, MOST_CORNERS).on(lo, hi)
        corners = [(as_float(x), as_float(y)) for x, y in zip(iterate.corners, iterate.values)]
        return {"t": t, "exact": True, "points": _visible(corners)}
    except BudgetExceeded:
        places = [lo + (hi - lo) * i / SAMPLES for i in range(SAMPLES + 1)]
        return {
            "t": t,
            "exact": False,
            "points": _visible([(as_float(x), as_float(f.trajectory(x, t)[-1])) for x in places]),
        }


def _doubles(given: LineMap) -> Doubles:
    assert not isinstance(given, PiecewiseLinear)
    return Doubles(given if isinstance(given, Box) else Box.of(given))


def _sampled(given: LineMap, window: tuple[Q, Q]) -> list[Data]:
    """Iterates of a smooth network, or of the middle of a box, in doubles."""
    xs = np.linspace(as_float(window[0]), as_float(window[1]), SAMPLES + 1)
    doubles, ys, graphs = _doubles(given), xs, []
    for t in range(1, ITERATES + 1):
        ys = doubles.values(ys)
        graphs.append({"t": t, "exact": False, "points": _visible(list(zip(xs.tolist(), ys.tolist())))})
    return graphs


def _visible(points: list[tuple[float, float]]) -> list[list[float]]:
    return [[_short(x), _short(min(max(y, -FAR), FAR))] for x, y in points if abs(x) < FAR]


def _short(x: float) -> float:
    """Digits enough for a picture."""
    return float(f"{x:.7g}")


def _orbit(given: LineMap, certificate: Certificate, window: tuple[Q, Q]) -> list[float]:
    """The orbit of the witness; where the proof has none, one in doubles from a point that is nothing special."""
    if "orbit" in certificate:
        found = [as_float(rational(x)) for x in certificate["orbit"][: STEPS + 1]]
        return [*found, found[0]] if certificate["kind"] == "periodic-orbit" else found
    x = rational(certificate["x"]) if "x" in certificate else _start(window)
    steps = certificate["n"] << certificate["level"] if "x" in certificate else 40
    if isinstance(given, PiecewiseLinear):
        return [as_float(y) for y in given.trajectory(x, min(steps, STEPS))]
    doubles, orbit = _doubles(given), [as_float(x)]
    for _ in range(min(steps, STEPS)):
        orbit.append(float(doubles.values(np.array([orbit[-1]]))[0]))
    return [y for y in orbit if abs(y) < FAR]


def _start(window: tuple[Q, Q]) -> Q:
    return window[0] + (window[1] - window[0]) * Q(408, 985)  # a convergent of √2 - 1


def _distances(given: LineMap, window: tuple[Q, Q], certificate: Certificate) -> Data | None:
    """How far the true orbits of two near points are from each other, to 15 digits; of several pairs the one that is apart longest."""
    if not isinstance(given, PiecewiseLinear) and sum(given.widths) > MOST_UNITS:
        return None
    if isinstance(given, Box) and not given.is_single:
        return None
    best: tuple[int, Data] | None = None
    for x in _starts(window, certificate):
        y = x + (window[1] - window[0]) * APART
        try:
            pairs = list(zip(*(enclose_orbit(given, point, STEPS).steps for point in (x, y))))
        except CertifyError:
            continue
        values = [abs(a.value - b.value) for a, b in pairs]
        apart = sum(distance > 0 for distance in values)
        if max(values) <= Decimal(FAR) and (best is None or apart > best[0]):
            bound = max(a.bound + b.bound for a, b in pairs)
            best = apart, {"x": str(x), "y": str(y), "values": [float(v) for v in values], "bound": float(bound)}
    return best[1] if best else None


def _starts(window: tuple[Q, Q], certificate: Certificate) -> list[Q]:
    """Where two orbits may start: next to the witness, or anywhere."""
    witness = [rational(text) for text in [certificate.get("x"), *certificate.get("orbit", [])[:1]] if text is not None]
    inside = [x + (window[1] - window[0]) / 997 for x in witness[:1]]
    return [*(x for x in inside if x < window[1] - (window[1] - window[0]) / 100), _start(window)]


def _plane(given: Spatial, certificate: Certificate, start: Floats | None = None) -> Data:
    """Two coordinates of an orbit in doubles, from `start`, or the first block where the proof has one; its blocks as polygons; its
    cycles.

    Of a map of R^1 the coordinates are x and f(x), and only the orbit is drawn.
    """
    blocks, listed = certificate.get("blocks", []), certificate.get("cycles", [])
    if start is None:
        start = parallelepiped(blocks[0])[0] if blocks else np.zeros(given.dimension or 0)
    points = orbit(given, start, ORBIT_IN_PLANE + TRANSIENT)
    points = points[TRANSIENT:] if len(points) > TRANSIENT else points
    if given.dimension == 1:
        return {"points": _rounded(np.column_stack([points[:-1], points[1:]]).tolist()), "blocks": [], "cycles": []}
    if sum(one["period"] for one in listed) > MOST_MARKS:
        listed = []
    cycles = [orbit(given, np.array(floats([rational(x) for x in one["point"]])), one["period"] - 1) for one in listed]
    return {
        "points": _rounded(points[:, :2].tolist()),
        "blocks": [_rounded(outline(block).tolist()) for block in blocks],
        "cycles": [_rounded(cycle[:, :2].tolist()) for cycle in cycles],
    }


def _settling(given: Spatial, certificate: Certificate) -> Data:
    """Two coordinates of some orbits in doubles and of the blocks of a tree; in R^2 also its boxes, each with its lower and its upper
    corner and 0, or at an end 1 where that attracts and 2 where some directions expand. In R^1 the coordinates are x and f(x).
    """
    points = orbits(given, certificate, STARTS, ORBIT_IN_PLANE // STARTS)
    if given.dimension == 1:
        steps = points.reshape(STARTS, -1)
        points = np.stack([steps[:, :-1], steps[:, 1:]], axis=2).reshape(-1, 2)
        return {"points": _rounded(points.tolist()), "blocks": [], "cycles": [], "starts": STARTS}
    blocks = [end for family in certificate["families"] for end in family["ends"]]
    data: Data = {
        "points": _rounded(points[:, :2].tolist()),
        "blocks": [_rounded(outline(block).tolist()) for block in blocks],
        "cycles": [],
        "starts": STARTS,
    }
    found, corners = leaves(certificate)
    if given.dimension == 2 and len(found) <= MOST_BOXES:
        expanding = expansions(certificate)
        kinds = [0 if n not in expanding else 1 + (expanding[n] > 0) for n in found]
        data["boxes"] = [[*_rounded(box), kind] for box, kind in zip(corners.tolist(), kinds)]
    return data


def _rounded(points: list[list[float]]) -> list[list[float]]:
    return [[_short(x) for x in point] for point in points]
