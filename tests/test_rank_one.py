"""Maps of R^d that go through one number: the reduction, the verdicts, and the checker's rule against a second check.

The second check never factors a matrix: p(t) is v.f(x) for the multiple x of v with v.x = t, by plain fractions.
"""

from __future__ import annotations

import copy
import json
import math
import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import certify
from certify import GRU, PLRNN, Layer, Network, prove
from certify.cli import main
from certify.dimension.rank_one import reduction
from certify.mapfile import document
from certify.numbers import fraction
from tests.checker_mutations import mutations
from tests.test_checker import assert_answer, assert_no_other_map, checker, layer, network, resealed, sha256, texts
from tests.test_checker_blocks import plrnn

Document = dict[str, Any]
F = Fraction
ROOT = Path(__file__).parent.parent


# By hand: the tent, p(t) = 2 relu(t) - 4 relu(t - 1/2), of t = x + 2 y; with its orbits known to everyone


def wrapped(given: Document, row: Any, proof: Document, verdict: str = "CHAOTIC") -> Document:
    body = {"format": "certify-certificate", "version": 1, "map_sha256": sha256(given), "kind": "rank-one"}
    body |= {"row": texts(*row), "proof": proof, "claim": {"verdict": verdict, "domain": None}}
    body["claim"]["words"] = checker.claim_words("rank-one", body)
    return resealed(body)


TENT = network(layer([[1, 2], [1, 2]], [0, "-1/2"], "relu"), layer([[2, -2], [0, -1]], [0, 0], "identity"), domain=None)
RECURRENT = plrnn([[2, 4], [0, 0]], [[-4, 0], [0, 0]], [[1, 2], [0, 0]], ["-1/2", 3], [0, 0])
BOUNDED = network(  # 2 t on [0, 1/2], 2 - 2 t on [1/2, 1]: never outside [0, 1]
    layer([[1, 2], [1, 2]], [0, "-1/2"], "relu"), layer([[2, -4], [0, 0]], [0, 0], "clip", lo=0, hi=1), domain=None
)
RETURN = {"kind": "odd-return", "level": 0, "n": 3, "x": "1/2", "side": "right", "orbit": texts("1/2", 1, 0, 0)}
THREE = {**RETURN, "period_three": texts("2/9", "4/9", "8/9")}
CYCLE = {"kind": "periodic-orbit", "period": 3, "orbit": texts("2/7", "4/7", "6/7")}
MIRROR = network(layer([[-1, 1], [0, 0]], [0, 0], "identity"), domain=None)  # t = x - y is mapped to -t
ORDER = {"kind": "order", "level": 1, "core_steps": 0, "mesh": ["-inf", "inf"]}
GOOD: dict[str, tuple[Document, Document]] = {
    "return": (TENT, wrapped(TENT, (1, 2), RETURN)),
    "a multiple of the row": (
        TENT, wrapped(TENT, ("-1/3", "-2/3"), {**RETURN, "x": "-1/6", "side": "left", "orbit": texts("-1/6", "-1/3", 0, 0)})
    ),
    "period three": (BOUNDED, wrapped(BOUNDED, (1, 2), THREE)),
    "cycle": (TENT, wrapped(TENT, (1, 2), CYCLE)),
    "plrnn": (RECURRENT, wrapped(RECURRENT, (1, 2), CYCLE)),
    "order": (MIRROR, wrapped(MIRROR, (1, -1), ORDER, "ORDERED")),
}  # fmt: skip


def value(given: Document, x: list[F]) -> list[F]:
    """f(x), of the piecewise-linear maps above."""
    shape = given["map"]
    if shape["kind"] == "plrnn":
        a, w, c = ([[F(t) for t in row] for row in shape[key]] for key in "AWC")
        e, h = ([F(t) for t in shape[key]] for key in "eh")
        z = [max(F(0), dot(row, x) + b) for row, b in zip(c, e, strict=True)]
        return [dot(p, x) + dot(q, z) + b for p, q, b in zip(a, w, h, strict=True)]
    for one in shape["layers"]:
        x = [dot([F(t) for t in row], x) + F(b) for row, b in zip(one["weight"], one["bias"], strict=True)]
        if one["activation"] == "relu":
            x = [max(F(0), t) for t in x]
        elif one["activation"] == "abs":
            x = [abs(t) for t in x]
        elif one["activation"] in ("clip", "hardtanh"):
            x = [min(F(one["hi"]), max(F(one["lo"]), t)) for t in x]
    return x


def dot(row: Any, x: Any) -> F:
    return sum((a * b for a, b in zip(row, x, strict=True)), F(0))


def proves(given: Document, proof: Document) -> bool:
    """The second check of returns and cycles."""
    v, inner = [F(t) for t in proof["row"]], proof["proof"]
    shape = given["map"]
    first = shape["layers"][0]["weight"] if shape["kind"] == "network" else [*shape["A"], *shape["C"]]
    if not any(v) or any(F(w[i]) * v[j] != F(w[j]) * v[i] for w in first for i, j in combinations(range(len(v)), 2)):
        return False

    def p(t: F) -> F:
        return dot(v, value(given, [t * a / dot(v, v) for a in v]))

    def follows(points: list[F]) -> bool:
        return all(p(a) == b for a, b in pairwise(points))

    orbit = [F(t) for t in inner["orbit"]]
    if inner["kind"] == "periodic-orbit":
        period = inner["period"]
        whole = len(orbit) == period == len({*orbit}) and orbit[0] == min(orbit)
        return bool(period & (period - 1)) and whole and follows([*orbit, orbit[0]])
    m, n = 2 ** inner["level"], inner["n"]
    three = [F(t) for t in inner.get("period_three", [])]
    if three and not (len({*three}) == 3 and three[0] == min(three) and follows([*three, three[0]])):
        return False
    if not (n % 2 and n >= 3 and len(orbit) == n * m + 1 and F(inner["x"]) == orbit[0] and follows(orbit)):
        return False
    x, once, last = orbit[0], orbit[m], orbit[-1]
    return last <= x < once if inner["side"] == "right" else last >= x > once


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is changed here needs much; what needs too much shall be told so soon."""
    monkeypatch.setattr(checker.Work, "left", 10**7)


@pytest.fixture(params=GOOD)
def good(request: pytest.FixtureRequest) -> tuple[Document, Document]:
    return GOOD[request.param]


def test_good_certificates_are_valid(good: tuple[Document, Document]) -> None:
    given, proof = good
    outcome = checker.check(given, proof)
    assert (outcome.status, outcome.message) == ("VALID", proof["claim"]["words"])
    assert proof["proof"]["kind"] == "order" or proves(given, proof)


def test_the_sentence() -> None:
    through = "f(x) depends on s(x) = v.x alone, v the row, and s(f(x)) = p(s(x)) for a map p of the line, so what is concluded of p "
    assert GOOD["cycle"][1]["claim"]["words"] == (
        f"{through}holds of f: p maps the real line into itself, and 2/7 is a periodic point of least period 3, not a power of 2; "
        "hence p has positive topological entropy on a compact invariant set and an uncountable scrambled set: it is chaotic in "
        "the sense of Li and Yorke (Bowen and Franks 1976; Jankova and Smital 1986)"
    )
    assert GOOD["order"][1]["claim"]["words"] == (
        f"{through}holds of f: p maps the real line into itself, and p^4(x) = x implies p^2(x) = x; hence every orbit is asymptotic "
        "to a cycle whose least period divides 2 or tends to infinity in absolute value, and p has no Li-Yorke pair (Coppel 1955)"
    )


@pytest.mark.usefixtures("tight")
def test_changed_certificates(good: tuple[Document, Document]) -> None:
    """Sealed and claimed anew, a changed certificate is refused unless what it says is true."""
    given, proof = good
    refused = 0
    for path, other in mutations(proof):
        if path[0] not in ("row", "proof"):
            assert checker.check(given, other).status != "VALID", path
            continue
        try:
            other["claim"]["words"] = checker.claim_words("rank-one", other)
            forged = resealed(other)
        except Exception:  # nothing that words can be made of
            assert checker.check(given, other).status != "VALID", path
            continue
        if checker.check(given, forged).status != "VALID":
            refused += 1
        elif forged["proof"]["kind"] == "order":
            assert forged["proof"]["level"] >= 1, path
            assert {F(t) for t in forged["row"]} == {t := F(forged["row"][0]), -t}
        else:
            assert proves(given, forged), path
    assert refused > 50


@pytest.mark.usefixtures("tight")
def test_changed_maps(good: tuple[Document, Document]) -> None:
    assert_no_other_map(*good)


def with_rows_doubled(given: Document, proof: Document, rng: random.Random) -> Iterator[tuple[Document, Document]]:
    """The same proof for other maps, with their digests: entries of rows are doubled, so that some have rank one still, and some do not."""
    for _ in range(150):
        other = copy.deepcopy(given)
        shape = other["map"]
        places = [(shape[key], i) for key in ("A", "W", "C") if key in shape for i in range(2)]
        places += [(one["weight"], i) for one in shape.get("layers", []) for i in range(2)]
        matrix, i = rng.choice(places)
        matrix[i] = texts(*(F(w) * rng.choice([1, 1, 2]) for w in matrix[i]))
        yield other, resealed({**proof, "map_sha256": sha256(other)})


def test_changed_maps_with_their_own_digest(good: tuple[Document, Document]) -> None:
    """The same proof for another map is accepted exactly when the second check accepts it."""
    given, proof = good
    if proof["proof"]["kind"] == "order":
        return
    answers = set()
    for other, forged in with_rows_doubled(given, proof, random.Random(6)):
        holds = proves(other, forged)
        answers.add(holds)
        assert (checker.check(other, forged).status == "VALID") == holds
    assert answers == {True, False}


def changed(original: Document, **fields: Any) -> Document:
    return resealed({**original, **fields})


ONE = GOOD["return"][1]
SMOOTH = network(layer([[1, 2], [1, 2]], [0, 0], "tanh"), domain=None)
BENT = network(layer([[1, 2], [1, 3]], [0, "-1/2"], "relu"), layer([[2, -2], [0, -1]], [0, 0], "identity"), domain=None)
HIGHER = plrnn([[2, 4], [0, 1]], [[-4, 0], [0, 0]], [[1, 2], [0, 0]], ["-1/2", 3], [0, 0])
BOX = copy.deepcopy(TENT)
BOX["map"]["layers"][0]["bias"][0] = "[0,1]"
CELL = document(GRU(([[1]], [0]), ([[1]], [0]), ([[1]], [0]), "before"))
KNOTS = document(certify.PiecewiseLinear([(0, 0)], slopes=(2, 2)))
BOXED = {"kind": "odd-return-box", "level": 0, "n": 3, "x": "1/2", "side": "right", "bits": 32}
DEFECTS: dict[str, tuple[Document, Document, str]] = {
    "no row": (TENT, changed(ONE, row=["0", "0"]), "row: expected a number that is not zero"),
    "a short row": (TENT, changed(ONE, row=["1"]), "row: expected a list of 2"),
    "another row": (TENT, changed(ONE, row=["1", "3"]), "map.layers[0].weight[0]: expected a multiple of the row"),
    "full rank": (BENT, changed(ONE, map_sha256=sha256(BENT)), "map.layers[0].weight[1]: expected a multiple"),
    "A of full rank": (HIGHER, changed(ONE, map_sha256=sha256(HIGHER)), "map.A[1]: expected a multiple of the row"),
    "the orbit of another scale": (TENT, changed(ONE, row=["2", "4"]), "orbit[2]: replay"),
    "no proof": (TENT, changed(ONE, proof=[]), "proof.kind: expected one of odd-return"),
    "a proof in a proof": (TENT, changed(ONE, proof={"kind": "rank-one", "row": [], "proof": {}}), "proof.kind"),
    "a horseshoe": (TENT, changed(ONE, proof={**RETURN, "kind": "block-horseshoe"}), "proof.kind"),
    "a claim in the proof": (TENT, changed(ONE, proof={**RETURN, "claim": {}}), "proof: expected the keys kind level"),
    "a radius": (TENT, changed(ONE, proof={**BOXED, "radius": "1/9", "weights": "absolute"}), "unknown: radius"),
    "a cover": (TENT, changed(ONE, proof={**BOXED, "cover": ["0", "1"]}), "unknown: cover"),
    "the verdict of another proof": (
        TENT,
        changed(ONE, claim={**ONE["claim"], "verdict": "ORDERED"}),
        "claim.verdict: expected CHAOTIC, got 'ORDERED'",
    ),
    "no verdict": (TENT, changed(ONE, claim={**ONE["claim"], "verdict": ""}), "claim.verdict: expected CHAOTIC"),
    "smooth": (
        SMOOTH,
        changed(ONE, map_sha256=sha256(SMOOTH)),
        "proof.kind: expected one of odd-return-box, order-box",
    ),
    "a box": (BOX, changed(ONE, map_sha256=checker.map_sha256(BOX)), "kind: expected one for other maps"),
    "a gated cell": (CELL, changed(ONE, map_sha256=sha256(CELL), row=["1"]), "kind: expected one for gated cells"),
    "knots": (KNOTS, changed(ONE, map_sha256=sha256(KNOTS), row=["1"]), "kind: expected one for other maps"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_defects(defect: str) -> None:
    given, proof, part = DEFECTS[defect]
    assert_answer(given, proof, "INVALID", part)


# The reduction, and the verdicts


def random_line(rng: random.Random, units: int) -> tuple[list[F], list[F], list[F], F]:
    """u, b, w, c of the network w.act(u t + b) + c."""
    u, b, w = ([F(rng.randint(-12, 12), rng.randint(1, 6)) for _ in range(units)] for _ in range(3))
    return u, b, w, F(rng.randint(-6, 6), 4)


def row_with(rng: random.Random, d: int) -> list[F]:
    return [F(rng.randint(-9, 9), rng.randint(1, 4)) for _ in range(d - 1)] + [F(rng.randint(1, 9), 2)]


def lifted(rng: random.Random, v: list[F], wanted: F) -> list[F]:
    """A random x with v.x = wanted."""
    x = [F(rng.randint(-5, 5), 3) for _ in v[:-1]]
    return [*x, (wanted - dot(v[:-1], x)) / v[-1]]


def embedded(rng: random.Random, kind: str, d: int, act: str) -> tuple[Network | PLRNN, Network]:
    """A random map of R^d that goes through one number, and the map of the line that it is, made without the reduction."""
    (u, b, w, c), v = random_line(rng, rng.randint(1, 4)), row_with(rng, d)
    columns, constant = [lifted(rng, v, x) for x in w], lifted(rng, v, c)
    weight = [list(row) for row in zip(*columns, strict=True)]
    inputs = [[x * y for y in v] for x in u]
    if kind == "network":
        layers = [Layer(inputs, b, act), Layer(weight, constant, "identity")]
        return Network(layers, None), Network([Layer([[x] for x in u], b, act), Layer([w], [c], "identity")], None)
    slope = F(rng.randint(-5, 5), 3)
    straight = [[x * y for y in v] for x in lifted(rng, v, slope)]
    line = [Layer([*([x] for x in u), [1], [-1]], [*b, 0, 0], "relu"), Layer([[*w, slope, -slope]], [c], "identity")]
    return PLRNN(straight, weight, inputs, b, constant), Network(line, None)


@pytest.mark.parametrize("seed", range(60))
def test_random_maps_get_the_verdict_of_their_line(seed: int) -> None:
    rng = random.Random(seed)
    d, kind = rng.randint(1 if seed % 2 else 2, 4), ("network", "plrnn")[seed % 2]
    given, line = embedded(rng, kind, d, rng.choice(["relu", "abs", "hardtanh"]))
    found = reduction(given)
    assert found is not None
    for _ in range(4):
        x = [F(rng.randint(-9, 9), 5) for _ in range(d)]
        s = dot(map(fraction, found.row), x)
        assert found.line.values([s])[0] == dot(map(fraction, found.row), given.values(x))
    verdict = prove(given, max_level=3)
    assert verdict.verdict == prove(line, max_level=3).verdict
    if verdict.certificate:
        assert verdict.certificate["kind"] == "rank-one"
        assert checker.check(document(given), verdict.certificate).status == "VALID"
        assert verdict.certificate["proof"]["kind"] == "order" or proves(document(given), verdict.certificate)


def test_random_maps_are_of_both_kinds() -> None:
    """What the test above sees."""
    verdicts = [
        prove(embedded(random.Random(seed), ("network", "plrnn")[seed % 2], 3, "abs")[0]).verdict for seed in range(40)
    ]
    assert {*verdicts} >= {"CHAOTIC", "ORDERED"}


def test_the_cycle_of_the_line_is_one_of_the_map() -> None:
    """x with v.x on the cycle of period three: f(x) lies on a cycle of period three of f."""
    given = certify.load(ROOT / "cases" / "paper-hidden-units" / "map.json")
    proof = json.loads((ROOT / "cases" / "paper-hidden-units" / "certificate.json").read_text())
    assert isinstance(given, Network)
    v = [F(t) for t in proof["row"]]
    x = [F(proof["proof"]["period_three"][0]) * a / dot(v, v) for a in v]
    points = [given.values(x)]
    for _ in range(3):
        points.append(given.values(points[-1]))
    assert points[3] == points[0]
    assert len({*points}) == 3


def test_the_paper_in_hidden_units_is_the_paper() -> None:
    """The points of the cycle of the published network, read off in the other coordinates: y = w_out h + b_out."""
    there = json.loads((ROOT / "cases" / "paper-perturbed-tent" / "certificate.json").read_text())
    here = json.loads((ROOT / "cases" / "paper-hidden-units" / "certificate.json").read_text())
    output = certify.load(ROOT / "cases" / "paper-perturbed-tent" / "map.json").layers[1]  # type: ignore[union-attr]
    scale = F(here["row"][0]) / fraction(output.weight[0][0])  # the row is a multiple of w_out
    assert [F(t) for t in here["row"]] == [scale * fraction(w) for w in output.weight[0]]
    moved = {scale * (F(t) - fraction(output.bias[0])) for t in there["period_three"]}
    assert moved == {F(t) for t in here["proof"]["period_three"]}


def test_smooth_lines() -> None:
    """A hump of two tanh, 49/100 (tanh(12 t - 4) - tanh(12 t - 8)) + 1/100, in its hidden units: with an odd return that doubles
    see; and with weights that make it contract.
    """
    u, b, w, c = F(12), (-4, -8), (F(49, 100), F(-49, 100)), F(1, 100)

    def hump(t: float) -> float:
        return sum(float(x) * math.tanh(12 * t + y) for x, y in zip(w, b, strict=True)) + 0.01

    assert hump(hump(hump(0.4))) < 0.4 < hump(0.4)
    rows = [[u * x for x in w]] * 2
    chaotic = Network([Layer(rows, [y + u * c for y in b], "tanh")], None)
    verdict = prove(chaotic)
    assert verdict.verdict == "CHAOTIC"
    assert verdict.certificate is not None
    assert verdict.certificate["proof"]["kind"] == "odd-return-box"
    ordered = prove(Network([Layer([[x / 20 for x in row] for row in rows], [0, 0], "tanh")], None))
    assert ordered.verdict == "ORDERED"
    assert ordered.certificate is not None
    assert ordered.certificate["proof"]["kind"] == "order-box"


@pytest.mark.parametrize(
    ("given", "row"),
    [
        (PLRNN([[0, 0], [0, 0]], [[1], [2]], [[0, 0]], [1], [0, 0]), (1, 0)),  # constant
        (PLRNN([[0, 0], [3, 6]], [[1], [2]], [[-1, -2]], [1], [0, 0]), (-1, -2)),
        (PLRNN([[1, 0], [0, 1]], [[1], [2]], [[1, 1]], [1], [0, 0]), None),
        (PLRNN([[2]], [[1]], [[3]], [1], [0]), (3,)),
        (Network([Layer([[1, 1], [1, 1]], [0, 0], "relu"), Layer([[1, 2], [3, 4]], [0, 0], "relu")], None), (1, 1)),
        (Network([Layer([[1, 2], [3, 4]], [0, 0], "relu"), Layer([[1, 1], [1, 1]], [0, 0], "relu")], None), None),
        (Network([Layer([[0.1, 0.3]], [0], "identity"), Layer([[1], [2]], [0, 1], "relu")], None), (F(0.1), F(0.3))),
        (GRU(([[1]], [0]), ([[1]], [0]), ([[1]], [0]), "before"), None),
    ],
)
def test_which_maps_are_recognised(given: Any, row: tuple[Any, ...] | None) -> None:
    found = reduction(given)
    assert (found and tuple(map(fraction, found.row))) == row


def test_a_product_that_was_rounded_is_no_line() -> None:
    weight = [[0.1 * 0.3, 0.1 * 0.7], [0.9 * 0.3, 0.9 * 0.7]]
    assert reduction(Network([Layer(weight, [0, 0], "relu")], None)) is None
    exact = [[F(a) * F(b) for b in (0.3, 0.7)] for a in (0.1, 0.9)]
    assert reduction(Network([Layer(exact, [0, 0], "relu")], None)) is not None


# The commands


def test_the_options_of_the_line_count(tmp_path: Path) -> None:
    path = str(ROOT / "cases" / "stunted-plane-level-3" / "map.json")
    assert CliRunner().invoke(main, ["prove", path]).output.startswith("ORDERED")
    low = CliRunner().invoke(main, ["prove", path, "--max-level", "1"])
    assert (low.exit_code, low.output.split()[0]) == (3, "UNDECIDED")
    for name, option, only in (("stunted-plane-level-3", "--seed", "several"), ("lozi", "--max-level", "one")):
        other = CliRunner().invoke(main, ["prove", str(ROOT / "cases" / name / "map.json"), option, "1"])
        assert other.exit_code == 2
        assert f"{option}: expected no such option for this map, got one for maps of {only} dimension" in other.output


def test_the_line_can_be_written(tmp_path: Path) -> None:
    """Of a random map it is the line that the map was made of, in the coordinate of the printed row."""
    for seed in range(8):
        rng = random.Random(f"written {seed}")
        given, line = embedded(rng, ("network", "plrnn")[seed % 2], 3, "relu")
        path, out = tmp_path / "map.json", tmp_path / "line.json"
        path.write_text(json.dumps(document(given)))
        done = CliRunner().invoke(main, ["convert", str(path), "--reduce", "-o", str(out)])
        assert done.exit_code == 0
        row = [F(x) for x in done.output.splitlines()[2].removeprefix("row").split(",")]
        written, x = certify.load(out), [F(rng.randint(-9, 9), 5) for _ in range(3)]
        assert isinstance(written, Network)
        assert written.values([dot(row, x)])[0] == dot(row, given.values(x))
        assert prove(written, max_level=3).verdict == prove(line, max_level=3).verdict


@pytest.mark.parametrize("name", ["tent", "lozi"])
def test_what_is_no_line_is_not_reduced(name: str, tmp_path: Path) -> None:
    path, out = ROOT / "cases" / name / "map.json", tmp_path / "line.json"
    done = CliRunner().invoke(main, ["convert", str(path), "--reduce", "-o", str(out)])
    assert (done.exit_code, out.exists()) == (2, False)
    assert done.output.startswith(f"certify: {path}: map: expected for --reduce ")
    assert done.output.count("\n") == 1


def test_periods_are_those_of_the_line_and_entropy_says_how_to_get_it() -> None:
    """The network of the paper has a cycle of period 3, so all periods (Sharkovsky 1964); a map of level 3 has 1, 2, 4 and 8 alone."""
    path = str(ROOT / "cases" / "paper-hidden-units" / "map.json")
    found = CliRunner().invoke(main, ["periods", path, "--up-to", "9"])
    assert found.exit_code == 0
    assert "present: 1, 2, 3, 4, 5, 6, 7, 8, 9\n" in found.output
    level_three = CliRunner().invoke(
        main, ["periods", str(ROOT / "cases" / "stunted-plane-level-3" / "map.json"), "--up-to", "20"]
    )
    assert "present: 1, 2, 4, 8\n" in level_three.output
    entropy = CliRunner().invoke(main, ["entropy", path])
    assert entropy.exit_code == 2
    assert "certify convert --reduce" in entropy.output
    assert entropy.output.count("\n") == 1
    none = CliRunner().invoke(main, ["periods", str(ROOT / "cases" / "lozi" / "map.json"), "--up-to", "3"])
    assert (none.exit_code, none.output.count("\n")) == (2, 1)


def test_what_has_no_other_form_says_so(tmp_path: Path) -> None:
    folder = ROOT / "cases" / "paper-hidden-units"
    given, proof = str(folder / "map.json"), str(folder / "certificate.json")
    for command in (
        ["export", proof, "--map", given, "--to", "coq"],
        ["export", proof, "--map", given, "--to", "smt2"],
    ):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 4
        assert "UNSUPPORTED" in result.output
        assert result.output.count("\n") == 1
