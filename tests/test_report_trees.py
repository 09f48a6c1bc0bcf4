"""Trees of boxes in reports: the page's slopes between any two points, the proof in words, and the pictures."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from click.testing import CliRunner
from mpmath import mp, mpf

import certify
from certify import checker
from certify.cli import main
from certify.dimension.shadow import expansions, leaves, orbits
from certify.mapfile import parse_map
from certify.report.argument import Table, argument
from certify.report.latex import latex
from certify.report.markdown import markdown
from certify.report.pictures import pictures
from tests.recheck import answers
from tests.test_checker_blocks import block
from tests.test_checker_chains import cell, gate, random_cell, real, real_or, sampled, value
from tests.test_checker_order_tree import BASINS, FLIPPED, GOOD, LADDER, SADDLE, TURNED

Document = dict[str, Any]
F = Fraction
ROOT = Path(__file__).parent.parent

SLOPES = """(map, block, bits, anywhere) => {
  work.left = 1e9;
  const given = readMap(map);
  const { set } = readBlock(parse(block, "block"), "block", given.dimension);
  return onSignals(given, bits, anywhere)(coordinates(set, bits)).map(({ slopes }) => slopes.map((pair) => pair.map(String)));
}"""
INNER = ("work", "parse", "readMap", "readBlock", "coordinates", "onSignals")


def slopes(f: Document, one: Document, bits: int, anywhere: bool = True) -> list[list[tuple[int, int]]]:
    """For each coordinate of the image its slopes, in units of 2^-bits."""
    found: Any = answers(SLOPES, [[json.dumps(f), json.dumps(one), bits, anywhere]], *INNER)
    return [[(int(u), int(v)) for u, v in row] for row in found[0]]


@pytest.mark.parametrize("kind", ["lstm", "before", "after", "tanh tanh", "relu abs", "silu sin"])
def test_slopes_hold_between_any_two_points(kind: str) -> None:
    seed = random.Random(f"{kind} anywhere")
    with mp.workprec(300):
        for size, bits in ((F(1), 20), (F(1, 7), 60)):
            f = random_cell(seed, kind, 2)
            d = checker.Map(f, checker.Work()).dimension
            rows = [[F(seed.randint(-9, 9) + 20 * (i == j), 7) for j in range(d)] for i in range(d)]
            bounds = [(t, t + size * seed.randint(1, 9) / 3) for t in [F(seed.randint(-200, 200), 100) for _ in rows]]
            found, unit = slopes(f, block(rows, *bounds), bits), mpf(2) ** -bits
            for (x, y), (again, other) in pairwise(sampled(rows, bounds, d, seed)):
                values = ([*map(real_or, value(f, point))] for point in (x, again))
                for s, t, row in zip(*values, found, strict=True):
                    ends = [sorted(end * real(a - b) for end in pair) for pair, a, b in zip(row, y, other, strict=True)]
                    assert mpmath.fsum(e[0] for e in ends) * unit <= s - t <= mpmath.fsum(e[1] for e in ends) * unit


# h -> sigmoid(4 h) h: from 0 all slopes are less than 1, and from 1/2 to 3/5 the slope is more.
SWISH = cell(
    "gru", reset="before", r=gate([[0]], [0]), z=gate([[4]], [0]), n=gate([[0]], [0])
)  # fmt: skip


def test_slopes_from_the_centre_are_not_enough() -> None:
    one, bits = block([[1]], ("-1", "1")), 40
    [[(_, above)]], [[(_, anywhere)]] = (slopes(SWISH, one, bits, flag) for flag in (False, True))
    with mp.workprec(100):
        steepest = (value(SWISH, [F(3, 5)])[0] - value(SWISH, [F(1, 2)])[0]) * 10
        assert above < mpf(2) ** bits < steepest * mpf(2) ** bits <= anywhere


# In words


def test_the_theorem_counts_cycles_and_names_periods() -> None:
    for document, proof, words in (
        (SADDLE, BASINS, "one of at most $3$ fixed points."),
        (TURNED, FLIPPED, "one of at most $2$ cycles, whose least periods divide $2$."),
        (TURNED, {**FLIPPED, "families": FLIPPED["families"][:1]}, "one cycle, whose least period divides $2$."),
        (TURNED, {**FLIPPED, "families": [{**FLIPPED["families"][0], "period": 1}]}, "one fixed point."),
    ):
        given = parse_map(json.dumps(document).encode()).map
        paper = argument(given, proof)
        assert paper.theorem.startswith(f"Every orbit of $f$ converges to {words}")
        assert paper.cited == ["Conley1978", "KaliesMischaikowVanderVorst2005", "Zgliczynski2009"]
        assert latex(paper).isascii()
        assert "Li-Yorke" in markdown(paper)
        rows = next(part.rows for part in paper.proof if isinstance(part, Table) and part.head[0] == "family")
        ends = [one["ends"] for one in proof["families"]]
        figures = [(x["expanding"], x.get("period", len(x["ends"])), x["number"]) for x in proof["families"]]
        assert [row[2:] for row in rows] == [tuple(f"${n}$" for n in figure) for figure in figures]
        assert sum(len(one) for one in ends) == 1 + int(str(rows[-1][1]).strip("$").split("$")[-1])


@pytest.mark.parametrize("kind", ["lstm", "gru", "network"])
def test_every_kind_of_map_has_its_way_into_the_root(kind: str) -> None:
    f = {"lstm": random_cell(random.Random(1), "lstm", 1), "gru": SWISH, "network": TURNED}[kind]
    d = 2 if kind == "lstm" else 1
    proof = {**FLIPPED, "lo": ["-1"] * d, "hi": ["1"] * d, "map_sha256": checker.map_sha256(f)}
    words = str(argument(parse_map(json.dumps(f).encode()).map, proof).proof[1])
    assert {"lstm": "$s r+t < r$", "gru": "$|n| < 1$", "network": "all values of $f$ lie in $R$"}[kind] in words


@pytest.mark.parametrize("to", ["coq", "smt2"])
def test_there_is_no_form_for_other_provers(to: str, tmp_path: Path) -> None:
    for name, content in (("map", SADDLE), ("proof", BASINS)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    out = tmp_path / "out"
    command = ["export", str(tmp_path / "proof.json"), "--map", str(tmp_path / "map.json"), "--to", to, "-o", str(out)]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (4, "", 1)
    assert "order-tree" in done.stderr
    assert not out.exists()


# Pictures


def test_the_leaves_are_where_their_tokens_say() -> None:
    numbers, corners = leaves(BASINS)
    assert numbers == [int(token) for token in LADDER.split() if "/" not in token]
    assert corners[:, 0, 0].tolist() == [-1, -0.5, -0.375, -0.25, 0, 0.25, 0.375, 0.5]
    assert corners[:, 1, 0].tolist() == [-0.5, -0.375, -0.25, 0, 0.25, 0.375, 0.5, 1]
    assert (corners[:, :, 1] == [-1, 1]).all()
    assert expansions(BASINS) == {0: 0, 1: 0, 3: 1}
    assert expansions(FLIPPED) == {0: 0, 1: 0, 3: 1}


def test_the_page_draws_boxes_blocks_and_orbits() -> None:
    given: Any = parse_map(json.dumps(SADDLE).encode()).map
    data = pictures(given, BASINS)["plane"]
    assert [box[2] for box in data["boxes"]] == [1, 0, 2, 2, 2, 2, 0, 1]
    assert data["boxes"][0][:2] == [[-1, -1], [-0.5, 1]]
    assert len(data["blocks"]) == 3
    document, proof = GOOD["gru"]
    line = pictures(parse_map(json.dumps(document).encode()).map, proof)["plane"]
    x, y = np.array(line["points"]).T
    assert np.allclose(y, (x + np.tanh(1)) / 2, atol=1e-5)
    points = orbits(given, BASINS, 3, 4)
    assert points.shape == (12, 2)
    assert np.allclose(points[1:4, 0], np.tanh(2 * points[:3, 0]))
    assert not np.isclose(points[4, 0], np.tanh(2 * points[3, 0])), "the next orbit begins anew"


def test_the_plot_colours_boxes(tmp_path: Path) -> None:
    from certify.plot import plane, save

    given = parse_map(json.dumps(SADDLE).encode()).map
    figure = plane(given, certificate=BASINS)
    [axes] = figure.axes
    [boxes] = axes.collections
    assert len(boxes.get_paths()) == 8
    turned = plane(given, certificate=BASINS, coordinates=(2, 1))
    assert turned.axes[0].collections[0].get_paths()[0].get_extents().get_points().tolist() == [[-1, -1], [1, -0.5]]
    legend = axes.get_legend()
    assert legend is not None
    words = [text.get_text() for text in legend.get_texts()]
    assert [word for word in words if "boxes" in word] == [
        "2 boxes in blocks that attract",
        "4 boxes in blocks that some directions leave",
        "2 boxes that orbits pass through",
    ]
    assert "5,000 points of 100 orbits" in words[0]
    save(figure, tmp_path / "tree.svg")
    assert "21 points of an orbit" in str(
        plane(given, [F(1, 3), 0], 20, certificate=BASINS).axes[0].lines[0].get_label()
    )
    with pytest.raises(certify.CertifyError, match="blocks, cycles or a tree"):
        plane(given, certificate={"kind": "contraction", "claim": BASINS["claim"]})


# The page on networks that settle


def test_the_nine_fixed_points_of_two_memories() -> None:
    """hardtanh(2 x) in each coordinate: -1, 0 and 1 are fixed, and 0 repels."""
    case = ROOT / "cases" / "two-memories"
    proof = json.loads((case / "certificate.json").read_text())
    assert checker.check(json.loads((case / "map.json").read_text()), proof).status == "VALID"
    assert sorted(one["expanding"] for one in proof["families"]) == [0] * 4 + [1] * 4 + [2]
    held = []
    for one in proof["families"]:
        [end] = one["ends"]
        for point in product((-1, 0, 1), repeat=2):
            values = [sum(F(w) * x for w, x in zip(row, point, strict=True)) for row in end["rows"]]
            if all(F(lo) <= t <= F(hi) for lo, t, hi in zip(end["lo"], values, end["hi"], strict=True)):
                held.append(point)
                assert one["expanding"] == point.count(0)
    assert sorted(held) == [*product((-1, 0, 1), repeat=2)]
