"""Pictures of maps without exact pieces: bands against true values, polygons against the corners of blocks, orbits against formulas."""

from __future__ import annotations

import itertools
import json
import random
from bisect import bisect_right
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf, tanh

import certify
from certify import Box, InputError, Layer, Network, NotInvariantError
from certify.dimension.shadow import outline
from certify.mapfile import parse_map
from certify.numbers import Q
from tests import test_checker_cycles
from tests.optional import require

require("matplotlib")

from certify.plot import graph, plane  # noqa: E402
from certify.plot.bands import Band, Enclosed  # noqa: E402

ROOT = Path(__file__).parent.parent
F = Fraction

HUMP = Network([Layer([[6], [6]], [2, -2], "tanh"), Layer([["9/10", "-9/10"]], [-1], "tanh")], ("-1", "1"))


def hump(x: mpf) -> mpf:
    """HUMP, by mpmath."""
    return tanh(mpf(9) / 10 * (tanh(6 * x + 2) - tanh(6 * x - 2)) - 1)


class Parts:
    """A band in Fractions."""

    def __init__(self, band: Band) -> None:
        self.cells = [tuple(F(str(x)) for x in cell) for cell in band.cells]
        self.ends = [cell[0] for cell in self.cells]

    def over(self, x: Fraction) -> tuple[Fraction, Fraction]:
        """Low and high of a part that holds x."""
        a, b, low, high = self.cells[bisect_right(self.ends, x) - 1]
        assert a <= x <= b
        return low, high


@pytest.mark.parametrize("t", [1, 2, 3])
def test_a_band_holds_the_graph_of_a_smooth_network(t: int) -> None:
    band = Enclosed(Box.of(HUMP)).curve(t, (Q(-1), Q(1)))
    assert (band.cells[0].a, band.cells[-1].b) == (-1, 1)
    assert all(left.b == right.a for left, right in itertools.pairwise(band.cells))
    parts, rng = Parts(band), random.Random(t)
    with mp.workprec(200):
        for x in [F(-1), F(1), *(F(rng.randint(-(10**9), 10**9), 10**9) for _ in range(400))]:
            y = mpf(x.numerator) / x.denominator
            for _ in range(t):
                y = hump(y)
            low, high = parts.over(x)
            assert mpf(low.numerator) / low.denominator <= y <= mpf(high.numerator) / high.denominator
    assert sum(cell.high - cell.low > Q(1, 50) for cell in band.cells) < len(band.cells) / 20, (
        "it is a curve to the eye"
    )


def test_a_band_holds_the_graphs_of_all_networks_of_a_box() -> None:
    def network(a: Any, b: Any, c: Any) -> Network:
        return Network([Layer([[1], [1]], [0, b], "relu"), Layer([[a, c]], [0], "clip:0,1")], (0, 1))

    band = Enclosed(Box(network("19/10", "-51/100", "-41/10"), network("2", "-1/2", "-4"))).curve(2, (Q(0), Q(1)))
    parts, rng, reached = Parts(band), random.Random(0), []
    for _ in range(300):
        a, b, c = (F(rng.randint(0, 8), 8) for _ in range(3))
        f = network(F(19, 10) + a / 10, F(-51, 100) + b / 100, F(-41, 10) + c / 10)
        x = F(rng.randint(0, 10**6), 10**6)
        y = f(f(x))
        low, high = parts.over(x)
        assert low <= y <= high
        if high - low > F(1, 20):
            reached.append((y - low) / (high - low))
    assert min(reached) < F(1, 5), "it is not much wider than it must be"
    assert max(reached) > F(4, 5), "it is not much wider than it must be"


def test_a_smooth_network_is_drawn_with_its_witness() -> None:
    folder = ROOT / "cases" / "tanh-hump"
    given = certify.load(folder / "map.json")
    proof = certify.prove(given).certificate
    assert proof is not None
    figure = graph(given, (1, 2), certificate=proof, orbit="1/3", steps=3)
    axes = figure.axes[0]
    assert [band.get_label() for band in axes.collections] == [f"{f}: the graph lies in the band" for f in ("f", "f²")]
    cobweb = next(line for line in axes.lines if str(line.get_label()).startswith("3 steps from 1/3"))
    orbit = [float(step.value) for step in certify.enclose_orbit(given, "1/3", 3).steps]
    assert cobweb.get_xdata()[::2] == pytest.approx(orbit)
    assert any(str(line.get_label()).endswith("at x = " + proof["x"]) for line in axes.lines)


def test_what_cannot_be_drawn() -> None:
    leaves = Network([Layer([[3]], [0], "tanh"), Layer([[2]], [0], "identity")], (-1, 1))
    assert graph(leaves).axes
    with pytest.raises(NotInvariantError):
        graph(leaves, (2,))
    with pytest.raises(InputError, match="window: expected LO,HI"):
        graph(Network([Layer([[3]], [0], "softplus")], None))
    with pytest.raises(InputError, match=r"R\^2"):
        graph(certify.load(ROOT / "cases" / "lozi" / "map.json"))
    with pytest.raises(InputError, match="d > 1"):
        plane(HUMP)


# Maps of R^d


def vertices(block: dict[str, list[Any]]) -> list[list[float]]:
    """All corners of a block, by exact solution."""
    rows = np.array([[float(F(x)) for x in row] for row in block["rows"]])
    ends = [(float(F(lo)), float(F(hi))) for lo, hi in zip(block["lo"], block["hi"])]
    return [np.linalg.solve(rows, corner).tolist() for corner in itertools.product(*ends)]


@pytest.mark.parametrize("d", [2, 3, 5])
def test_a_block_looks_like_the_hull_of_its_corners(d: int) -> None:
    rng = random.Random(d)
    for _ in range(20):
        rows = [[F(rng.randint(-9, 9) + 20 * (i == j), 7) for j in range(d)] for i in range(d)]
        lo = [F(rng.randint(-50, 50), 9) for _ in range(d)]
        hi = [x + F(rng.randint(1, 50), 9) for x in lo]
        block = {"rows": [[str(x) for x in row] for row in rows], "lo": [*map(str, lo)], "hi": [*map(str, hi)]}
        pair = tuple(rng.sample(range(d), 2))
        corners = outline(block, pair)
        seen = np.array(vertices(block))[:, [*pair]]
        assert len(corners) == 2 * d
        for corner in corners:
            assert np.abs(seen - corner).sum(axis=1).min() < 1e-9
        for a, b in zip(corners, np.roll(corners, -1, axis=0)):  # the sides run around all corners, counterclockwise
            side, to = b - a, seen - a
            assert (side[0] * to[:, 1] - side[1] * to[:, 0]).min() > -1e-9


def test_an_orbit_in_the_plane() -> None:
    figure = plane(
        certify.load(ROOT / "cases" / "lozi" / "map.json"), start=["1/10", "1/5"], steps=8, coordinates=(2, 1)
    )
    points = [(0.1, 0.2)]
    for _ in range(8):
        x, y = points[-1]
        points.append((1 - 1.7 * abs(x) + y, 0.5 * x))
    [line] = figure.axes[0].lines
    assert line.get_label() == "9 points of an orbit in float64 (not proved)"
    drawn = np.array(line.get_data()).T
    assert drawn == pytest.approx(np.array(points)[:, ::-1])


@pytest.mark.parametrize("case", ["lozi", "laurent-von-brecht-lstm"])
def test_the_blocks_of_a_proof(case: str) -> None:
    folder = ROOT / "cases" / case
    given = certify.load(folder / "map.json")
    proof = (
        certify.prove(given).certificate if case == "lozi" else json.loads((folder / "certificate.json").read_text())
    )
    assert proof is not None
    axes = plane(given, certificate=proof, title=case).axes[0]
    blocks = [line for line in axes.lines if line.get_label() == "_block"]
    assert axes.get_title() == f"CHAOTIC: {case}"
    for line, block in zip(blocks, proof["blocks"], strict=True):
        assert np.array(line.get_data()).T[:-1] == pytest.approx(outline(block))


def test_the_cycles_of_a_complete_list() -> None:
    """Of the Lozi map with a = 4 and b = 1/2: the fixed points and the cycle of period 2."""
    content, proof = test_checker_cycles.BY_HAND["a rotation"]
    axes = plane(parse_map(json.dumps(content).encode()).map, [0, 0], 1, certificate=proof).axes[0]
    line = next(line for line in axes.lines if line.get_label() == "3 cycles")
    points = [(2 / 9, 1 / 9), (-2 / 7, -1 / 7), (-14 / 65, 9 / 65), (1 - 56 / 65 + 9 / 65, -7 / 65)]
    drawn = np.array(line.get_data()).T
    assert drawn == pytest.approx(np.array(points))


def test_an_orbit_that_goes_far_away_ends_there() -> None:
    double = Network([Layer([[2, 0], [0, 2]], [0, 0], "identity")], None)
    [line] = plane(double, start=[1, 0]).axes[0].lines
    assert line.get_xdata().tolist() == [2.0**i for i in range(30)]
