"""The pictures: what is drawn, read back from the figures and held against Fractions; verdicts by closed forms; files; errors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import certify
from certify import families
from certify.cli import main
from tests.optional import require

require("matplotlib")

from certify.plot import diagram, examine, graph, save, scaled  # noqa: E402
from certify.plot import family as family_module  # noqa: E402
from certify.plot.curves import MOST_PIECES, SAMPLES, window  # noqa: E402

ROOT = Path(__file__).parent.parent
TENT = "cases/tent/map.json"


@pytest.fixture(autouse=True)
def _at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def lines(figure: Any) -> dict[str, list[tuple[float, float]]]:
    """The points of each line of a picture, by its words in the legend."""
    found = {line.get_label(): list(zip(*line.get_data())) for line in figure.axes[0].lines}
    return {label: [(float(x), float(y)) for x, y in points] for label, points in found.items()}


def tent(x: Fraction) -> Fraction:
    return 2 * x if x <= Fraction(1, 2) else 2 - 2 * x


def test_the_corners_of_iterates_of_the_tent() -> None:
    """fᵗ of the tent zigzags between 0 and 1 at the multiples of 2⁻ᵗ."""
    drawn = lines(graph(families.tent(), (1, 2, 3)))
    for t, name in ((1, "f"), (2, "f²"), (3, "f³")):
        assert drawn[name] == [(i / 2**t, float(i % 2)) for i in range(2**t + 1)]
    assert drawn["_diagonal"] == [(0.0, 0.0), (1.0, 1.0)]


def test_corners_that_are_no_doubles_are_the_nearest_ones() -> None:
    drawn = lines(graph(families.skew_tent("1/3"), (2,)))
    x = [Fraction(0), Fraction(1, 9), Fraction(1, 3), Fraction(7, 9), Fraction(1)]
    assert drawn["f²"] == [(float(a), float(i % 2)) for i, a in enumerate(x)]


def test_the_cobweb_of_an_orbit() -> None:
    x = Fraction(1, 7)
    expected = [(x, x)]
    for _ in range(4):
        expected += [(x, tent(x)), (tent(x), tent(x))]
        x = tent(x)
    drawn = lines(graph(families.tent(), orbit="1/7", steps=4))
    assert drawn["4 steps from 1/7"] == [(float(a), float(b)) for a, b in expected]


def test_a_graph_of_too_many_pieces_is_points_that_are_not_joined() -> None:
    teeth = families.sawtooth(MOST_PIECES)
    assert len(lines(graph(teeth))["f"]) == MOST_PIECES + 1, "as many as are drawn exactly"
    for given, t in ((families.sawtooth(MOST_PIECES + 1), 1), (families.sawtooth(70), 2)):
        axes = graph(given, (t,)).axes[0]
        curve = axes.lines[1]
        assert curve.get_linestyle() == "None"
        assert f"at {SAMPLES + 1:,} points only" in str(curve.get_label())
        assert str(curve.get_label()) in [text.get_text() for text in axes.get_legend().get_texts()]
        for i in (0, 1, 777, SAMPLES):
            x = Fraction(i, SAMPLES)
            y = x
            for _ in range(t):
                n = given.pieces * y
                y = n % 1 if n // 1 % 2 == 0 else 1 - n % 1
            assert tuple(curve.get_xydata()[i]) == (float(x), float(y))


def test_the_witness_and_the_cycle_of_a_certificate() -> None:
    case = ROOT / "cases" / "paper-perturbed-tent"
    proof = json.loads((case / "certificate.json").read_text())
    f = certify.load(case / "map.json")
    assert isinstance(f, certify.Network)
    figure = graph(f, certificate=proof, title="a network")
    assert figure.axes[0].get_title() == "CHAOTIC: a network"
    drawn = lines(figure)
    corners = drawn["orbit of least period 3"]
    cycle = [Fraction(x) for x in proof["period_three"]]
    assert corners[::2] == [(float(x), float(x)) for x in [*cycle, cycle[0]]]
    x = Fraction(proof["x"])
    witness = drawn[f"f³(x) < x < f(x) at x = {x}"]
    assert witness[0] == (float(x), float(x))
    assert witness[-1] == (float(f(f(f(x)))),) * 2


@pytest.mark.parametrize("case", [path.parent.name for path in sorted(ROOT.glob("cases/*/certificate.json"))])
def test_every_certificate_is_drawn_or_refused_in_a_line(case: str, tmp_path: Path) -> None:
    folder = ROOT / "cases" / case
    kind = json.loads((folder / "certificate.json").read_text())["kind"]
    out = tmp_path / "a.svg"
    result = run("plot", str(folder / "map.json"), "--certificate", str(folder / "certificate.json"), "-o", str(out))
    if case != "one-unit-gru" and kind in (  # a cell of R^1, which has no plane to be drawn in
        "odd-return",
        "periodic-orbit",
        "order",
        "odd-return-box",
        "order-box",
        "block-horseshoe",
        "covering-chain",
        "order-tree",
    ):
        assert result.exit_code == 0, result.output
        assert out.exists()
    elif result.exit_code:
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1), result.output
        assert not list(tmp_path.iterdir())


def test_the_mesh_of_an_order_proof_is_marked_on_the_diagonal() -> None:
    flip = certify.PiecewiseLinear([(0, 1), (1, 0)])
    proof = certify.prove(flip).certificate
    assert proof is not None
    assert proof["kind"] == "order"
    figure = graph(flip, certificate=proof)
    (marks,) = [points for label, points in lines(figure).items() if label.startswith("mesh")]
    assert marks == [(float(Fraction(x)), float(Fraction(x))) for x in proof["mesh"]]


def test_the_window_on_the_line_holds_core_and_knots() -> None:
    """The tent on the line: its values end at 1, its knot is (1/2, 1), its fixed points are 0 and 2/3."""
    f = certify.PiecewiseLinear([(0, 0), ("1/2", 1)], slopes=(2, -2))
    assert [Fraction(str(end)) for end in window(f)] == [Fraction(-1, 10), Fraction(11, 10)]
    axes = graph(f).axes[0]
    assert axes.get_xlim() == axes.get_ylim() == (-0.1, 1.1)
    translation = certify.PiecewiseLinear([(0, 1)], slopes=(1, 1))
    assert lines(graph(translation, over=(-2, 5)))["f"] == [(-2.0, -1.0), (5.0, 6.0)]
    lo, hi = (Fraction(str(end)) for end in window(translation))
    assert lo < 0 < 1 < hi


def test_stunted_tents_by_their_closed_form() -> None:
    """min(tent, h): one attracting fixed point up to h = 2/3, then h → 2 - 2h → ... is of period 2 up to h = 4/5."""
    values = examine(families.stunted_tent, ["1/2", "3/5", "7/10", "3/4", "81/100", "9/10", "19/20"])
    found = [(value.verdict, value.level if value.verdict == "ORDERED" else None) for value in values]
    assert found == [*[("ORDERED", 0)] * 2, *[("ORDERED", 1)] * 2, ("ORDERED", 2), *[("CHAOTIC", None)] * 2]
    assert values[2].points == pytest.approx((0.6, 0.7), abs=1e-12)


def test_the_colours_are_the_verdicts() -> None:
    from matplotlib.colors import to_hex

    values = examine(families.tent, ["1/4", "3/8", "3/4", "1"])
    assert [value.verdict for value in values] == ["ORDERED", "ORDERED", "CHAOTIC", "CHAOTIC"], (
        "slope 2h, above 1 or below"
    )
    undecided = examine(families.stunted_tent, ["81/100"], max_level=1)
    assert [value.verdict for value in undecided] == ["UNDECIDED"]
    axes = diagram([*values, *undecided], "height").axes[0]
    drawn = {
        (str(strips.get_label()), to_hex(strips.get_color()[0])): [float(path[0][0]) for path in strips.get_segments()]
        for strips in axes.collections
    }
    assert drawn == {
        ("CHAOTIC (proved)", family_module.CHAOTIC): [0.75, 1.0],
        ("ORDERED, level 0 (proved)", family_module.ORDERED[0]): [0.25, 0.375],
        ("UNDECIDED", family_module.UNDECIDED): [0.81],
    }
    (points,) = axes.lines
    assert "not proved" in str(points.get_label())
    assert all(abs(y) < 1e-9 for x, y in points.get_xydata() if x in (0.25, 0.375))
    assert [y for x, y in points.get_xydata() if x == 1.0] == [0.0], "doubles lose the tent: each step shifts a bit out"


def test_any_callable_makes_a_family() -> None:
    """Maps of the line, whole ones and a smooth network, by the parameter as an exact number."""
    seen = []

    def make(p: Any) -> certify.PiecewiseLinear:
        seen.append(p)
        return certify.PiecewiseLinear([(0, p)], slopes=(0, 0))

    (value,) = examine(make, ["1/3"])
    assert (str(seen[0]), value.verdict, value.points) == ("1/3", "ORDERED", (1 / 3,))
    layer = certify.Layer([["1/2"]], [0], "tanh")
    (smooth,) = examine(lambda p: certify.Network([layer], (-1, 1)), [0])
    assert (smooth.verdict, smooth.points) == ("ORDERED", pytest.approx((0.0,) * len(smooth.points), abs=1e-9))


def test_scaled_weights_are_exact() -> None:
    net = families.rnn(3, 2.0, 5)
    third = scaled(net, "1/3")
    assert [3 * w for w in third.layers[-1].weight[0]] == list(net.layers[-1].weight[0])
    assert (third.layers[0], third.layers[-1].bias, third.domain) == (net.layers[0], net.layers[-1].bias, net.domain)


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png", ".SVG"])
def test_the_same_picture_is_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    start = {".svg": b"<?xml", ".pdf": b"%PDF", ".png": b"\x89PNG"}[suffix.lower()]
    for name in ("a", "b"):
        save(graph(families.tent(), (1, 2)), tmp_path / f"{name}{suffix}")
        save(diagram(examine(families.tent, ["1/2", "1"])), tmp_path / f"family-{name}{suffix}")
    for stem in ("", "family-"):
        first, second = ((tmp_path / f"{stem}{name}{suffix}").read_bytes() for name in ("a", "b"))
        assert first == second
        assert first.startswith(start)


def test_the_command_for_families(tmp_path: Path) -> None:
    out = tmp_path / "a.svg"
    arguments = ("plot-family", "skew-tent", "--over", "1/10,9/10", "--values", "3", "-o", str(out))
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (
        0,
        f"3 values of tip: 3 CHAOTIC, 0 ORDERED, 0 UNDECIDED\nwrote {out}\n",
    )
    rows = json.loads(run(*arguments, "--json").stdout)
    assert [(row["parameter"], row["verdict"]) for row in rows] == [(p, "CHAOTIC") for p in ("1/10", "1/2", "9/10")]
    rnn = ("plot-family", "rnn", "--width", "8", "--seed", "3", "--over", "0,1", "--values", "2", "-o", str(out))
    rows = json.loads(run(*rnn, "--json").stdout)
    assert (rows[0]["verdict"], rows[0]["level"]) == ("ORDERED", 0), "the factor 0 makes a constant map"
    whole = certify.prove(families.rnn(8, 2.0, 3))
    assert rows[1]["verdict"] == whole.verdict


def test_a_value_that_is_not_decided_is_exit_code_three_with_a_picture(tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    line = ("--over", "4/5,81/100", "--values", "2", "--max-level", "1", "-o", str(out))
    result = run("plot-family", "stunted-tent", *line)
    assert (result.exit_code, "1 UNDECIDED" in result.stdout) == (3, True)
    assert out.exists()


def test_a_dollar_in_a_name_is_no_formula(tmp_path: Path) -> None:
    out = tmp_path / "a.svg"
    certify.save(families.tent(), tmp_path / "map.json", r"costs $\nothing$")
    assert run("plot", str(tmp_path / "map.json"), "-o", str(out)).exit_code == 0
    assert r"costs $\nothing$" in out.read_text()


def edited(tmp_path: Path) -> str:
    """A certificate of the tent with a point of its orbit changed."""
    proof = json.loads((ROOT / "cases/tent/certificate.json").read_text())
    proof["orbit"][-1] = "1/17"
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(proof))
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plot", TENT, "-o", "a.jpg"], ".png, .svg or .pdf"),
        (["plot", TENT, "-o", "no/such/folder/a.svg"], "can be written"),
        (["plot", TENT, "-o", "a.svg", "--iterates", "1,0"], "--iterates"),
        (["plot", TENT, "-o", "a.svg", "--orbit", "x"], "--orbit"),
        (["plot", TENT, "-o", "a.svg", "--orbit", "2"], "outside the domain"),
        (["plot", TENT, "-o", "a.svg", "--window", "1,0"], "--window"),
        (["plot", TENT, "-o", "a.svg", "--window", "0,2"], "inside the domain"),
        (["plot", TENT, "-o", "a.svg", "--window", "0,1e-400"], "different doubles"),
        (["plot", "cases/lozi/map.json", "-o", "a.svg", "--orbit", "0,0,0"], "2 numbers"),
        (["plot", "cases/lozi/map.json", "-o", "a.svg", "--coordinates", "1,3"], "from 1 to 2"),
        (["plot", "cases/lozi/map.json", "-o", "a.svg", "--coordinates", "1"], "two different numbers"),
        (["plot", "cases/lozi/map.json", "-o", "a.svg", "--coordinates", "1,x"], "--coordinates"),
        (
            [
                "plot",
                "cases/lozi-contracts/map.json",
                "-o",
                "a.svg",
                "--certificate",
                "cases/lozi-contracts/certificate.json",
            ],
            "with blocks, cycles or a tree to draw",
        ),
        (["plot-family", "tent", "--over", "0,2", "-o", "a.svg"], "into itself"),
        (["plot-family", "tent", "--over", "1/2", "-o", "a.svg"], "--over"),
        (["plot-family", "skew-tent", "--over", "0,1/2", "-o", "a.svg"], "strictly increasing"),
        (["plot-family", "tent", "--over", "0,1", "-o", "a.gif"], ".png, .svg or .pdf"),
        (["regions", TENT, "-t", "2", "--plot", "a.gif"], ".png, .svg or .pdf"),
    ],
)
def test_errors_are_one_line_and_leave_nothing(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cases").symlink_to(ROOT / "cases")
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.output
    assert words in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["cases"]


def test_a_wrong_certificate_is_not_drawn(tmp_path: Path) -> None:
    out = tmp_path / "a.svg"
    result = run("plot", TENT, "--certificate", edited(tmp_path), "-o", str(out))
    assert (result.exit_code, "INVALID" in result.stderr, out.exists()) == (1, True, False)


@pytest.mark.parametrize(
    "arguments",
    [
        ["plot", TENT, "--steps", "3"],
        ["plot", TENT, "--coordinates", "1,2"],
        ["plot", "cases/lozi/map.json", "--iterates", "2"],
        ["plot", "cases/lozi/map.json", "--window", "0,1"],
        ["plot-family", "tent", "--over", "0,1", "--seed", "1"],
    ],
)
def test_an_option_that_means_nothing_is_refused(arguments: list[str], tmp_path: Path) -> None:
    result = run(*arguments, "-o", str(tmp_path / "a.svg"))
    assert (result.exit_code, "goes with" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["plot", TENT, "-o", "a.svg"],
        ["plot-family", "tent", "--over", "0,1", "-o", "a.svg"],
        ["regions", TENT, "-t", "2", "--plot", "a.svg"],
    ],
)
def test_without_matplotlib_the_extra_is_named(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run(*arguments)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1), result.output
    assert "certify[plot]" in result.stderr


def test_matplotlib_is_loaded_by_the_first_picture_alone() -> None:
    code = "import sys, certify.plot, certify.cli; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_pictures_of_the_page_are_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn in docs/plots.md, docs/settling.md and the README, up to matplotlib's version: the words and the numbers of curves."""
    draw: Callable[[], None]
    pictures: dict[str, Any] = {"__name__": "pictures", "__file__": str(ROOT / "docs" / "pictures.py")}
    exec((ROOT / "docs" / "pictures.py").read_text(), pictures)
    pictures["DOCS"] = tmp_path
    for draw in (pictures[name] for name in ("verdict", "iterates", "family", "settling")):
        draw()
    for made in tmp_path.iterdir():
        words = [re.findall(r"<text[^>]*>([^<]*)<", path.read_text()) for path in (made, ROOT / "docs" / made.name)]
        assert words[0] == words[1]
        assert len(words[0]) > 5


def test_the_python_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "plots.md").read_text()
    code = page.split("```python\n")[1].split("```")[0]
    (tmp_path / "build").mkdir()
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    assert f"# {capsys.readouterr().out}" in code
    assert sorted(path.name for path in (tmp_path / "build").iterdir()) == ["lifted.svg", "skew.svg"]
