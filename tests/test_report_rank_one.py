"""Reports on maps that go through one number: the words say p where p is meant, the pictures show p, the browser replays the proof.

The oracle of the re-check is the one of `tests.test_rank_one`, plain fractions on the map of R^d, and not the Python checker.
"""

from __future__ import annotations

import html as pages
import json
import random
import re
import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from certify import Layer, Network, prove
from certify.mapfile import Map, document, parse_map
from certify.network import Activation
from certify.report.argument import Argument, Exact, Table, argument
from certify.report.html import html
from certify.report.latex import latex
from certify.report.pictures import pictures
from tests.checker_mutations import mutations
from tests.optional import require_program
from tests.recheck import recheck
from tests.test_checker import resealed
from tests.test_rank_one import GOOD, RETURN, TENT, dot, embedded, proves, value, with_rows_doubled, wrapped
from tests.test_report_page import Reader, opened, page_of

Document = dict[str, Any]
F = Fraction
ROOT = Path(__file__).parent.parent


def smooth(scale: F) -> tuple[Document, Document]:
    """A hump of two tanh in its hidden units, with this factor on its weights: one odd return, or settled."""
    weights, biases, shift = (F(49, 100), F(-49, 100)), (-4, -8), F(1, 100)
    rows = [[12 * scale * w for w in weights]] * 2
    given = Network([Layer(rows, [b + 12 * shift for b in biases], Activation("tanh"))], None)
    proof = prove(given).certificate
    assert proof
    return document(given), proof


PROOFS = {**GOOD, "smooth and chaotic": smooth(F(1)), "smooth and ordered": smooth(F(1, 20))}


@pytest.fixture(params=PROOFS)
def good(request: pytest.FixtureRequest) -> tuple[Document, Document]:
    return PROOFS[request.param]


def read(content: Document) -> Map:
    return parse_map(json.dumps(content).encode()).map


# Words


def sentences(proof: Argument) -> list[str]:
    return [part for part in proof.proof if isinstance(part, str)]


def about_p(proof: Argument) -> list[str]:
    """The formulas between the sentence that begins the part about p, and the last paragraph."""
    start = next(i for i, part in enumerate(proof.proof) if isinstance(part, str) and part.startswith("The next lines"))
    prose: list[str] = []
    for part in proof.proof[start + 1 : -1]:
        if isinstance(part, Table):
            cells = [cell for row in part.rows for cell in row if isinstance(cell, str)]
            prose += [part.caption, *part.head, *cells]
        else:
            prose.append(part)
    return re.findall(r"\$+([^$]+)\$+", "\n".join(prose))


def test_every_kind_of_proof_is_among_them() -> None:
    found = {proof["proof"]["kind"] for _, proof in PROOFS.values()}
    assert found == {"odd-return", "periodic-orbit", "order", "odd-return-box", "order-box"}


def test_the_part_about_p_does_not_name_f(good: tuple[Document, Document]) -> None:
    proof = argument(read(good[0]), good[1])
    letters = [re.findall(r"\\?[A-Za-z]+", formula) for formula in about_p(proof)]
    assert any("p" in found or "g" in found for found in letters)
    assert not any({"f", "s", "v", "G"} & {*found} for found in letters)
    assert proof.theorem.startswith(("The map $f$", "$f$ has", "Every orbit of $f$"))


def test_all_numbers_are_listed(good: tuple[Document, Document]) -> None:
    given, certificate = good
    proof = argument(read(given), certificate)
    tables = [part for part in proof.proof if isinstance(part, Table)]
    printed = {cell.text for table in tables for row in table.rows for cell in row if isinstance(cell, Exact)}
    inner = certificate["proof"]
    expected = [*certificate["row"], *(x for key in ("orbit", "period_three", "mesh") for x in inner.get(key, []))]
    assert {*expected} <= printed
    if "x" in inner:
        p, q = F(inner["x"]).as_integer_ratio()
        size = f"{abs(p)}" if q == 1 else f"\\tfrac{{{abs(p)}}}{{{q}}}"
        assert f"x = {'-' * (p < 0)}{size}$" in "".join(sentences(proof))


def test_the_words_of_the_tent() -> None:
    proof = argument(read(GOOD["period three"][0]), GOOD["period three"][1])
    words = "\n".join(sentences(proof))
    assert r"$$p^{3}(x) = 0 \le \tfrac{1}{2} = x < 1 = p(x).$$" in words
    assert "$p(a) = b$, $p(b) = c$ and $p(c) = a$" in words
    [three] = [part for part in proof.proof if isinstance(part, Table) and "period three" in part.caption]
    assert three.rows == [("$a$", Exact("2/9")), ("$b$", Exact("4/9")), ("$c$", Exact("8/9"))]
    assert "AdlerKonheimMcAndrew1965" in proof.cited


def test_latex_compiles(good: tuple[Document, Document], tmp_path: Path) -> None:
    program = require_program("pdflatex")
    (tmp_path / "proof.tex").write_text(latex(argument(read(good[0]), good[1]), standalone=True))
    run = [program, "-interaction=nonstopmode", "-halt-on-error", "-draftmode", "proof.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


# Pictures


def tent(t: F) -> F:
    return 2 * max(t, F(0)) - 4 * max(t - F(1, 2), F(0))


@pytest.mark.parametrize(("name", "scale"), [("return", F(1)), ("a multiple of the row", F(-1, 3))])
def test_the_pictures_show_p_for_the_row_of_the_certificate(name: str, scale: F) -> None:
    given, certificate = GOOD[name]
    drawn = pictures(read(given), certificate)
    assert drawn["name"] == "p"
    for times, graph in enumerate(drawn["graphs"], 1):
        assert graph["exact"]
        assert len(graph["points"]) > 2
        for x, y in graph["points"]:
            expected = F(x) / scale
            for _ in range(times):
                expected = tent(expected)
            assert y == pytest.approx(float(scale * expected), abs=1e-4)
    assert drawn["orbit"] == pytest.approx([float(F(x)) for x in certificate["proof"]["orbit"]])


def test_the_orbit_in_the_plane_belongs_to_the_line() -> None:
    """Its points follow f, and lie over points that follow p."""
    folder = ROOT / "cases" / "stunted-plane-chaotic"
    content, certificate = (json.loads((folder / name).read_text()) for name in ("map.json", "certificate.json"))
    drawn = pictures(read(content), certificate)
    points, v = drawn["plane"]["points"], [F(t) for t in certificate["row"]]
    assert len({*map(tuple, points)}) > 3
    graph = drawn["graphs"][0]["points"]
    for here, there in pairwise(points[:50]):
        image = value(content, [F(x) for x in here])
        assert [float(x) for x in image] == pytest.approx(there, abs=1e-4)
        t = float(dot(v, map(F, here)))
        left, right = next((a, b) for a, b in pairwise(graph) if a[0] <= t <= b[0])
        along = left[1] + (t - left[0]) * (right[1] - left[1]) / (right[0] - left[0])
        assert float(dot(v, map(F, there))) == pytest.approx(along, abs=1e-4)


def test_the_orbit_in_the_plane_is_that_of_the_cobweb() -> None:
    """t = x - y is mapped to -t and back."""
    drawn = pictures(read(GOOD["order"][0]), GOOD["order"][1])
    assert drawn["orbit"][0] != 0
    places = [x - y for x, y in drawn["plane"]["points"]]
    assert sorted({*places}) == pytest.approx(sorted([drawn["orbit"][0], -drawn["orbit"][0]]))


# The re-check


def test_proofs_are_replayed(good: tuple[Document, Document]) -> None:
    [answer] = recheck([(json.dumps(good[0]), json.dumps(good[1]))])
    assert answer[0] == "VALID", answer


def test_proofs_of_random_maps_are_replayed() -> None:
    """Of all kinds of maps and activations, those with bounded values at the end among them."""
    pairs, kinds = [], set()
    for seed in range(48):
        rng = random.Random(f"replayed {seed}")
        act = rng.choice(["relu", "abs", "hardtanh", "tanh", "sigmoid", "leaky_relu:1/10"])
        given, _ = embedded(rng, ("network", "plrnn")[seed % 2], rng.randint(1 + seed % 2, 4), act)
        if isinstance(given, Network) and seed % 3:
            last = given.layers[-1]
            end = rng.choice(["hardtanh", "clip:-1/2,3/4", "sigmoid", "relu6"])
            given = Network([*given.layers[:-1], Layer(last.weight, last.bias, end)], None)
        proof = prove(given, max_level=3).certificate
        if proof and proof["kind"] == "rank-one":
            kinds.add(proof["proof"]["kind"])
            pairs.append((json.dumps(document(given)), json.dumps(proof)))
    assert kinds >= {"odd-return", "order", "order-box"}
    assert [status for status, _ in recheck(pairs)] == ["VALID"] * len(pairs)


@pytest.mark.parametrize("name", ["return", "a multiple of the row", "period three", "cycle", "plrnn"])
def test_changed_proofs_are_valid_where_they_are_true(name: str) -> None:
    """Each leaf of row and proof changed, and sealed anew."""
    given, proof = GOOD[name]
    changed = []
    for path, other in mutations(proof):
        if path[0] not in ("row", "proof") or path == ("row",) or path == ("proof",):
            continue
        try:
            changed.append((path, resealed(other), json.dumps(other)))
        except (TypeError, ValueError):  # nothing that a file can hold
            continue
    answers = recheck([(json.dumps(given), json.dumps(other)) for _, other, _ in changed])
    for (path, other, _), (status, rule) in zip(changed, answers, strict=True):
        if status == "VALID":
            assert proves(given, other), path
        elif status == "INVALID":
            assert rule != "digest", path
    assert sum(status == "INVALID" for status, _ in answers) > 50


@pytest.mark.parametrize("name", ["return", "cycle", "plrnn"])
def test_changed_maps_are_proved_where_the_second_check_says_so(name: str) -> None:
    """In a browser as in Python."""
    pairs = [*with_rows_doubled(*GOOD[name], random.Random(f"{name} in a browser"))]
    holds = [proves(*pair) for pair in pairs]
    assert {*holds} == {True, False}
    answers = recheck([(json.dumps(other), json.dumps(forged)) for other, forged in pairs])
    assert [status == "VALID" for status, _ in answers] == holds


def test_changed_smooth_proofs_are_refused() -> None:
    """A point left of all values does not come back to itself, a mesh must reach around the values, and an exact proof has no bits."""
    given, proof = PROOFS["smooth and chaotic"]
    other = resealed({**proof, "proof": {**proof["proof"], "x": "-100"}})
    settled, order = PROOFS["smooth and ordered"]
    short = resealed({**order, "proof": {**order["proof"], "mesh": order["proof"]["mesh"][:-1]}})
    exact = wrapped(TENT, (1, 2), {**RETURN, "kind": "odd-return-box", "bits": 32})
    pairs = [(given, other), (settled, short), (TENT, exact)]
    answers = recheck([(json.dumps(one), json.dumps(two)) for one, two in pairs])
    assert [status for status, _ in answers] == ["INVALID"] * 3


# In a browser


@pytest.mark.parametrize("name", ["stunted-plane-level-3", "paper-hidden-units"])
def test_a_browser_draws_the_line_and_the_plane(name: str, tmp_path: Path) -> None:
    title, status, _, reader = opened(page_of(ROOT / "cases" / name), tmp_path)
    assert (title, status) == (f"VALID – {name}", "VALID")
    drawn = reader.texts["figures"]
    for caption in (
        "Graph of p, p² and p³ with the diagonal",
        "Cobweb of the orbit",
        "An orbit, seen in its first two",
    ):
        assert caption in drawn
    assert "fᵗ" not in drawn


def test_a_browser_refuses_another_row(tmp_path: Path) -> None:
    folder = ROOT / "cases" / "stunted-plane-chaotic"
    page, proof = page_of(folder), json.loads((folder / "certificate.json").read_text())
    forged = resealed({**proof, "row": [proof["row"][0], str(F(proof["row"][1]) * 2)]})
    start = page.index("\n", page.index('<pre id="certificate-json"')) + 1
    tampered = page[:start] + pages.escape(json.dumps(forged), quote=False) + page[page.index("</pre>", start) :]
    title, status, rule, _ = opened(tampered, tmp_path)
    assert (status, rule) == ("INVALID", "row")
    assert title.startswith("INVALID")


def test_a_page_of_a_smooth_map_has_no_counts() -> None:
    given, proof = PROOFS["smooth and chaotic"]
    page = html(read(given), proof, json.dumps(given))
    reader = Reader()
    reader.feed(page)
    drawn = json.loads(reader.texts["pictures-data"])
    assert {"graphs", "orbit", "plane", "name"} <= {*drawn}
    assert "counts" not in drawn
