"""The numbers behind the pictures of a report: points for the eye, in doubles; no proof rests on them.

What is exact stays so as long as it can: iterates of few pieces are given by their corners, counts by all their digits, and
the two orbits whose distance is drawn are enclosed, not computed in floats (`enclose_orbit`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np

from certify.box import Box
from certify.certificate import Certificate
from certify.counting import iter_counts
from certify.decision.budget import Budget
from certify.enclosure.doubles import Doubles, Floats, activated
from certify.enclosure.orbit import enclose_orbit
from certify.errors import BudgetExceeded, CertifyError
from certify.mapfile import LineMap, Map
from certify.network import Network
from certify.numbers import Q, as_float, rational
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
ORBIT_IN_PLANE, TRANSIENT = 2500, 100
FAR = 1e9
"""Values beyond this are not drawn."""

Data = dict[str, Any]


def pictures(given: Map, certificate: Certificate) -> Data:
    """What the page draws, as JSON: `window`, `graphs`, `orbit`, `marks`, `distances` and `counts`, as far as the map has them."""
    if isinstance(given, PLRNN) or (isinstance(given, Network) and given.dimension != 1):
        return {"plane": _plane(given, certificate)}
    f = _pieces(given)
    window = _window(given, f, certificate)
    data: Data = {"window": [as_float(end) for end in window], "marks": _marks(certificate)}
    data["graphs"] = [_exact_graph(f, t, window) for t in range(1, ITERATES + 1)] if f else _sampled(given, window)
    orbit = _orbit(given, certificate, window)
    if orbit:
        data["orbit"] = orbit
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


def _plane(given: Network | PLRNN, certificate: Certificate) -> Data:
    """The first two coordinates of an orbit in doubles, and in two dimensions the blocks of a horseshoe as parallelograms."""
    exact = [rational(0)] * (given.dimension or 0)
    blocks = []
    for block in certificate.get("blocks", []):
        rows = np.array([[as_float(rational(x)) for x in row] for row in block["rows"]])
        ends = [[as_float(rational(x)) for x in block[key]] for key in ("lo", "hi")]
        if len(rows) == 2:
            corners = [
                np.linalg.solve(rows, [ends[i][0], ends[j][1]]).tolist() for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))
            ]
            blocks.append(corners)
        exact = [rational(x) for x in np.linalg.solve(rows, np.mean(ends, axis=0)).tolist()]
    step, point = _step(given), np.array([as_float(x) for x in exact])
    points = []
    for _ in range(ORBIT_IN_PLANE):
        point = step(point)
        if not np.all(np.abs(point) < FAR):
            break
        points.append([_short(x) for x in point[:2].tolist()])
    return {"points": points[TRANSIENT:] or points, "blocks": blocks}


def _step(given: Network | PLRNN) -> Callable[[Floats], Floats]:
    """The map in doubles."""

    def numbers(rows: Any) -> Any:
        return np.array([[as_float(x) for x in row] for row in rows])

    if isinstance(given, PLRNN):
        A, W, C, (e, h) = (
            numbers(given.A),
            numbers(given.W),
            numbers(given.C),
            (numbers([v])[0] for v in (given.e, given.h)),
        )
        return lambda x: A @ x + W @ np.maximum(0, C @ x + e) + h
    layers = [(numbers(layer.weight), numbers([layer.bias])[0], layer.activation) for layer in given.layers]

    def run(x: Floats) -> Floats:
        for weight, bias, activation in layers:
            x = activated(activation, weight @ x + bias)
        return x

    return run
