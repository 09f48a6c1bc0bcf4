"""Contractions of smooth networks: the bounds of the slopes against mpmath, the rule of both checkers against corners of the
slopes and against distances of true images, the search against spectral radii."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mp

import certify
from certify import GRU, LSTM, Layer, Network, prove
from certify.decision.budget import Budget
from certify.dimension.contraction import steepness
from certify.dimension.decide import decide_spatial
from certify.errors import InputError
from certify.network import PARAMETERS, Activation
from tests import smooth_oracle
from tests.checker_mutations import mutations, replaced
from tests.recheck import recheck
from tests.test_checker import assert_answer, checker, layer, network, resealed
from tests.test_checker_blocks import Document, contracting
from tests.test_report_page import agree, texts, verdict_of_the_checker, written

F = Fraction
CASE = Path(__file__).parent.parent / "cases" / "tanh-rnn-4-contracts"

# Slopes, for the points x between which they are nearly taken: the least and the greatest.
FAR = 60
EXTREMES = {
    "tanh": (FAR, 0),
    "softplus": (-FAR, FAR),
    "sigmoid": (FAR, 0),
    "sin": (mpmath.pi, 0),
    "gelu": (-mpmath.sqrt(2), mpmath.sqrt(2)),
    "silu": (-2.3993572805, 2.3993572805),
    "elu:1/2": (-FAR, 1),
    "elu:1": (-FAR, 1),
    "elu:3": (-FAR, "-1e-12"),
    "elu:-1/2": ("-1e-12", 1),
    "elu:-3": ("-1e-12", 1),
}
BROKEN = {
    "identity": (1, 1),
    "relu": (0, 1),
    "abs": (-1, 1),
    "leaky_relu:1/100": (F(1, 100), 1),
    "leaky_relu:3": (1, 3),
    "leaky_relu:-2": (-2, 1),
    "leaky_relu:1": (1, 1),
    "clip:0,1": (0, 1),
    "clip:1/2,1/2": (0, 0),
    "hardtanh": (0, 1),
    "relu6": (0, 1),
}


def bounds(given: str) -> tuple[F, F]:
    """The least and the greatest slope, as the checker has them, for an activation such as "elu:1/2"."""
    name, *parameters = given.replace(":", ",").split(",")
    keys = dict(zip(PARAMETERS[name], parameters))
    found = checker.read_layer(layer([[1]], [0], name, **keys), 1, "layer", checker.Work()).steepness
    return F(found[0], found[2]), F(found[1], found[2])


@pytest.mark.parametrize("name", [*EXTREMES, *BROKEN])
def test_prover_and_checker_have_the_same_bounds(name: str) -> None:
    assert tuple(map(certify.numbers.fraction, steepness(Activation.parse(name)))) == bounds(name)


@pytest.mark.parametrize("name", BROKEN)
def test_slopes_of_piecewise_linear_activations(name: str) -> None:
    assert bounds(name) == BROKEN[name]


def test_no_activation_is_left_out() -> None:
    assert {name.split(":")[0] for name in [*EXTREMES, *BROKEN]} == {*PARAMETERS}


@pytest.mark.parametrize("name", EXTREMES)
def test_slopes_of_smooth_activations(name: str) -> None:
    """Between any two points within the bounds, which are nearly taken."""
    act = Activation.parse(name)
    low, high = bounds(name)
    with mp.workdps(40):
        value, derivative = smooth_oracle.activation(act.name, tuple(map(certify.numbers.fraction, act.parameters)))
        rounding = mp.mpf("1e-28")
        points = [mp.mpf(k) / 4 for k in range(-48, 49)] + [mp.mpf(k) * 7 / 3 for k in (-9, -7, 7, 9)]
        for x, step in product(points, map(mp.mpf, ("1e-9", "0.06", "1", "5"))):
            for slope in ((value(x + step) - value(x)) / step, derivative(x)):
                assert smooth_oracle.real(low) - rounding <= slope <= smooth_oracle.real(high) + rounding, (x, step)
        for x, bound in zip(EXTREMES[name], (low, high)):
            assert abs(derivative(mp.mpf(x)) - smooth_oracle.real(bound)) < mp.mpf("1e-6")


# By hand, in R^2. INNER has numbers between which the derivatives run, a little less far than they do.

INNER = {
    "tanh": (F(1, 10**9), F(1)),
    "softplus": (F(1, 10**9), F(1) - F(1, 10**9)),
    "sigmoid": (F(1, 10**9), F(1, 4)),
    "sin": (F(-1), F(1)),
    "gelu": (F(-1289041, 10**7), F(11289041, 10**7)),
    "silu": (F(-998393, 10**7), F(10998393, 10**7)),
    "elu": (F(1, 10**9), F(1)),
    "identity": (F(1), F(1)),
    "relu": (F(0), F(1)),
}
UNIT = [[1, 0], [0, 1]]
WEIGHT = [["1/2", "1/4"], ["-1/4", "1/2"]]


def one(activation: str, weight: Any = WEIGHT, **parameters: Any) -> Document:
    return network(layer(weight, ["1/3", "-1/5"], activation, **parameters), domain=None)


TANH = one("tanh")
# x and y turned and shrunk between tanh and the output; the norm |x + y|, |x - y| sees it only with the forms multiplied in.
TURNED = network(layer(UNIT, [1, 0], "tanh"), layer([["2/5", "-2/5"], ["2/5", "2/5"]], [0, 0], "identity"), domain=None)
DEEP = network(
    layer([[1, 1], [0, "1/2"], ["1/2", -1]], [0, 1, 2], "relu"),
    layer([["1/2", 0, 1], ["1/4", "-1/4", 0]], [0, 0], "gelu"),
    layer([["1/8", "1/4"], ["1/4", "1/8"]], [0, 1], "sin"),
    domain=None,
)
SKEW = [[1, "1/10"], [0, 1]]
ACROSS = [[1, 1], [1, -1]]
THIRD = [["1/3", 0], [0, "1/3"]]
GOOD: dict[str, tuple[Document, Document]] = {
    "slanted": (TANH, contracting(TANH, SKEW, "31/40")),
    "turned": (TURNED, contracting(TURNED, ACROSS, "4/5")),
    "deep": (DEEP, contracting(DEEP, UNIT, "99/100")),
}
for name, parameters, low, high in (
    ("tanh", {}, 0, 1),
    ("softplus", {}, 0, 1),
    ("sigmoid", {}, 0, F(1, 4)),
    ("sin", {}, -1, 1),
    ("gelu", {}, F(-128905, 10**6), F(1128905, 10**6)),
    ("silu", {}, F(-9984, 10**5), F(109984, 10**5)),
    ("elu", {"alpha": "1/2"}, 0, 1),
    ("elu", {"alpha": "5/4"}, 0, F(5, 4)),
    ("elu", {"alpha": "-5/4"}, F(-5, 4), 1),
):
    title, steepest = " ".join([name, *parameters.values()]), max(high, -low)
    plain, third = one(name, **parameters), one(name, THIRD, **parameters)
    GOOD[title] = plain, contracting(plain, UNIT, F(3, 4) * steepest)
    # With slopes s and t the matrix is that of (s + t)/2, (s - t)/2, each divided by 3.
    GOOD[f"{title}, across"] = third, contracting(third, ACROSS, (steepest + F(high - low) / 2) / 3)
TIGHT = [name for name in GOOD if name != "deep"]


def corners(document: Document) -> list[list[list[F]]]:
    """Products of the weights and of slopes that activations do have, one choice for each unit: derivatives that are nearly taken
    in networks of one layer, and between what any enclosure must hold in deeper ones."""
    products = [[[F(int(i == j)) for j in range(2)] for i in range(2)]]
    for one_layer in checker.Map(document, checker.Work()).canonical["map"]["layers"]:
        weight = [[F(w) for w in row] for row in one_layer["weight"]]
        products = [
            [[s * sum(w * M[k][j] for k, w in enumerate(row)) for j in range(2)] for s, row in zip(slopes, weight)]
            for M in products
            for slopes in product(inner(one_layer), repeat=len(weight))
        ]
    return products


def inner(one_layer: Document) -> tuple[F, F]:
    if "alpha" in one_layer:
        ends = F(1), F(1, 10**9), F(one_layer["alpha"]) * (1 - F(1, 10**9))
        return min(ends), max(ends)
    return INNER[one_layer["activation"]]


def norm(rows: list[list[F]], M: list[list[F]]) -> F | None:
    """The norm of M in max |rows x|; None where the rows are dependent."""
    (a, b), (c, d) = rows
    det = a * d - b * c
    if not det:
        return None
    back = [[d / det, -b / det], [-c / det, a / det]]

    def times(x: list[list[F]], y: list[list[F]]) -> list[list[F]]:
        return [[sum(p * q for p, q in zip(row, column)) for column in zip(*y)] for row in x]

    return max(sum(map(abs, row)) for row in times(times(rows, M), back))


def contracts(document: Document, proof: Document) -> bool:
    """What a true certificate needs: no derivative that is taken stretches by more than the factor."""
    rows, factor = [[*map(F, row)] for row in proof["rows"]], F(proof["factor"])
    stretched = [norm(rows, M) for M in corners(document)]
    return 0 < factor < 1 and all(found is not None and found <= factor for found in stretched)


@pytest.mark.parametrize("name", GOOD)
def test_contractions(name: str) -> None:
    document, proof = GOOD[name]
    assert checker.check(document, proof) == ("VALID", proof["claim"]["words"])
    assert contracts(document, proof)


def with_less(name: str) -> tuple[Document, Document]:
    """The same with a slightly smaller factor."""
    document, proof = GOOD[name]
    return document, contracting(document, proof["rows"], F(proof["factor"]) - F(1, 10**9))


@pytest.mark.parametrize("name", TIGHT)
def test_the_extreme_slopes_bound_the_factor(name: str) -> None:
    outcome = checker.check(*with_less(name))
    assert outcome.status == "INVALID"
    assert "contraction: expected slopes of at most" in outcome.message


@pytest.mark.parametrize("name", GOOD)
def test_images_come_closer(name: str) -> None:
    """True images, by mpmath, of points near and far."""
    document, proof = GOOD[name]
    rows, generator = [[*map(F, row)] for row in proof["rows"]], np.random.default_rng(5)
    with mp.workdps(30):
        for scale in (0.01, 1, 30):
            pairs = generator.normal(size=(20, 2, 2)) * scale
            for x, y in pairs:
                fx, fy = (image(document, [mp.mpf(t) for t in point]) for point in (x, y))
                near, far = (
                    max(abs(sum(smooth_oracle.real(a) * t for a, t in zip(row, gap))) for row in rows)
                    for gap in ([s - t for s, t in zip(fx, fy)], [mp.mpf(s) - mp.mpf(t) for s, t in zip(x, y)])
                )
                assert near <= smooth_oracle.real(F(proof["factor"])) * far * (1 + mp.mpf("1e-20"))


def image(document: Document, x: list[Any]) -> list[Any]:
    for one_layer in document["map"]["layers"]:
        name = one_layer["activation"]
        parameters = (F(one_layer["alpha"]),) if "alpha" in one_layer else ()
        broken = {"identity": lambda t: t, "relu": lambda t: max(t, mp.mpf(0))}
        act = broken[name] if name in broken else smooth_oracle.activation(name, parameters)[0]
        rows = zip(one_layer["weight"], one_layer["bias"])
        x = [
            act(sum(smooth_oracle.real(F(w)) * t for w, t in zip(row, x)) + smooth_oracle.real(F(b))) for row, b in rows
        ]
    return x


def forged(document: Document, proof: Document) -> list[tuple[Document, Document]]:
    """Each leaf of the certificate and of the map changed, and the digests made to fit."""
    found = []
    for _, other in mutations(proof):
        try:
            words = checker.claim_words("contraction", other)
            found.append((document, resealed({**other, "claim": {**proof["claim"], "words": words}})))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    for _, other in mutations(document):
        try:
            found.append((other, resealed({**proof, "map_sha256": checker.map_sha256(other)})))
        except (checker.Unreadable, checker.Beyond):
            continue
    return found


@pytest.mark.parametrize("name", ["tanh", "slanted", "turned", "gelu, across", "elu -5/4", "deep"])
def test_what_is_accepted_contracts(name: str) -> None:
    document, proof = GOOD[name]
    for path, other in mutations(proof):
        assert checker.check(document, other).status != "VALID", path
    pairs = forged(document, proof)
    accepted = [pair for pair in pairs if checker.check(*pair).status == "VALID"]
    assert 0 < len(accepted) < len(pairs)
    for pair in accepted:
        assert contracts(*pair), pair


# Where there is no such proof

EXCHANGE = [[0, 1], [1, 0]]  # of norm exactly 1
ROTATION = [["3/5", "-4/5"], ["4/5", "3/5"]]  # of Euclidean norm exactly 1
CELL = {"weight": [["0"]], "bias": ["0"]}
HALF = "999999/1000000"


def cell(**shape: Any) -> Document:
    return {"format": "certify-map", "version": 1, "domain": None, "map": shape}


# Slopes of relu between 0 and 1, times those of abs, are between -1 and 1; the difference of two such numbers is up to 2. It is:
# f takes (1, 0) to (9/5, 0) and (2, 0) to (18/5, 0).
PRODUCTS = network(
    layer(UNIT, [0, 0], "relu"),
    layer([[1, 0], [1, 0], [0, 1]], [0, -10, 0], "abs"),
    layer([["9/10", "-9/10", 0], [0, 0, "1/2"]], [9, 0], "identity"),
    domain=None,
)
REFUSED = {
    "slopes of products": (PRODUCTS, UNIT, "9/10", "rows[0]: contraction: expected slopes of at most 9/10, got 9/5"),
    "norm 1": (one("tanh", EXCHANGE), UNIT, HALF, "rows[0]: contraction"),
    "norm 1, weighted": (one("tanh", EXCHANGE), [[1, 0], [0, "3/2"]], HALF, "rows[1]: contraction"),
    "a rotation": (one("tanh", ROTATION), UNIT, HALF, "rows[0]: contraction"),
    "the identity": (one("tanh", UNIT), UNIT, HALF, "rows[0]: contraction"),
    "factor 1": (one("tanh", EXCHANGE), UNIT, 1, "factor: expected a number between 0 and 1"),
    "gelu is steeper than 1": (one("gelu", [["9/10", 0], [0, "1/2"]]), UNIT, HALF, "rows[0]: contraction"),
    "and silu": (one("silu", [["1/2", 0], [0, "12/13"]]), UNIT, HALF, "rows[1]: contraction"),
    "elu by alpha": (one("elu", [["1/2", 0], [0, "1/4"]], alpha=2), UNIT, HALF, "rows[0]: contraction"),
    "elu falls": (one("elu", [["1/2", 0], [0, "1/4"]], alpha=-2), UNIT, HALF, "rows[0]: contraction"),
    "sin falls": (one("sin", [["1/2", "1/2"], [0, "1/2"]]), UNIT, HALF, "rows[0]: contraction"),
    "a box": (
        replaced(TANH, ("map", "layers", 0, "bias", 0), "[0,1/3]"),
        UNIT,
        HALF,
        "kind: expected one for other maps",
    ),
    "an interval": (
        network(layer([["1/2"]], [0], "tanh"), domain=["-1", "1"]),
        [[1]],
        HALF,
        "kind: expected one for other maps",
    ),
    "an LSTM": (
        cell(kind="lstm", i=CELL, f=CELL, g=CELL, o=CELL),
        UNIT,
        HALF,
        "kind: expected one for gated cells, got 'lstm'",
    ),
    "a GRU": (
        cell(kind="gru", reset="before", r=CELL, z=CELL, n=CELL),
        [[1]],
        HALF,
        "kind: expected one for gated cells, got 'gru'",
    ),
}


def refused(name: str) -> tuple[Document, Document, str]:
    document, rows, factor, fragment = REFUSED[name]
    proof = contracting(document, rows, factor)
    return document, resealed({**proof, "claim": {**proof["claim"], "domain": document["domain"]}}), fragment


@pytest.mark.parametrize("name", REFUSED)
def test_contractions_that_are_none(name: str) -> None:
    document, proof, fragment = refused(name)
    assert_answer(document, proof, "INVALID", fragment)


NAMES = ["abs", "sin", "gelu", "silu", "tanh", "relu", "identity"]
INNER["abs"] = F(-1), F(1)


@pytest.mark.parametrize("names", [*product(NAMES[:4], NAMES)], ids=" ".join)
def test_what_stretches_is_refused(names: tuple[str, str]) -> None:
    """Random deep networks, scaled so that a derivative between the corners stretches by just more than the factor."""
    generator = np.random.default_rng(len(names[0]) + 10 * len(names[1]))
    for _ in range(5):
        weights = [
            [[str(F(int(w), 4)) for w in row] for row in generator.integers(-8, 9, size=shape)]
            for shape in ((2, 2), (3, 2), (2, 3))
        ]
        inside = [layer(w, [0] * len(w), name) for w, name in zip(weights, ("relu", *names))]
        stretched = max(norm([[F(1), F(0)], [F(0), F(1)]], M) or F(0) for M in corners(network(*inside, domain=None)))
        if not stretched:
            continue
        weights[-1] = [[str(F(w) * F(1001, 1000) / stretched) for w in row] for row in weights[-1]]
        document = network(*inside[:2], layer(weights[-1], [0, 0], names[1]), domain=None)
        assert checker.check(document, contracting(document, UNIT, HALF)).status == "INVALID"


def test_every_loop_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    document, proof = GOOD["deep"]
    monkeypatch.setattr(checker.Work, "left", 20_000)
    assert checker.check(document, proof).status == "UNSUPPORTED"


# The browser's re-check


def test_the_page_agrees() -> None:
    good, bad = [*GOOD.values()], [*map(with_less, TIGHT), *(refused(name)[:2] for name in REFUSED)]
    answers = recheck([texts(*pair) for pair in [*good, *bad]])
    assert [status for status, _ in answers] == ["VALID"] * len(good) + ["INVALID"] * len(bad)


@pytest.mark.parametrize("name", ["tanh", "turned", "silu, across", "elu -5/4"])
def test_the_page_agrees_on_changed_files(name: str) -> None:
    pairs = [(document, proof) for _, document, proof in written([(None, *pair) for pair in forged(*GOOD[name])])]
    answers = recheck([texts(*pair) for pair in pairs])
    for pair, answer in zip(pairs, answers, strict=True):
        assert agree(answer[0], verdict_of_the_checker(*pair)), (pair, answer)


# The search


def radius(weight: Any) -> float:
    """The spectral radius of the absolute values: the least factor in norms that weight the coordinates (Perron, Frobenius)."""
    return float(max(abs(np.linalg.eigvals(abs(np.asarray(weight, float))))))


@pytest.mark.parametrize("activation", [*EXTREMES, "relu", "hardtanh"])
def test_networks_that_contract_are_ordered(activation: str) -> None:
    """Random layers in R^3, just small enough for the greatest slope of their activation."""
    low, high = bounds(activation)
    generator = np.random.default_rng(11)
    weight = generator.normal(size=(3, 3))
    weight *= 0.99 / (float(max(-low, high)) * radius(weight))
    verdict = prove(Network([Layer(weight, generator.normal(size=3), activation)], None))
    assert verdict.verdict == "ORDERED"
    assert verdict.certificate is not None
    assert 0.98 < float(F(verdict.certificate["factor"])) < 1


def test_a_deep_network_is_ordered() -> None:
    generator = np.random.default_rng(3)
    shapes = (5, 2), (4, 5), (2, 4)
    weights = [generator.normal(size=shape) for shape in shapes]
    weights[0] *= 0.95 / radius(abs(weights[2]) @ abs(weights[1]) @ abs(weights[0]))
    layers = [Layer(w, generator.normal(size=len(w)), act) for w, act in zip(weights, ("tanh", "softplus", "sin"))]
    assert prove(Network(layers, None)).verdict == "ORDERED"


@pytest.mark.parametrize("weight", [EXCHANGE, ROTATION, UNIT])
def test_norm_one_is_not_decided(weight: Any) -> None:
    verdict = prove(Network([Layer(weight, [0, 0], "tanh")], None), time_limit=0)
    assert (verdict.verdict, verdict.certificate) == ("UNDECIDED", None)
    assert "no contraction in a weighted maximum norm" in verdict.reason


def test_products_of_slopes_are_not_ordered() -> None:
    layers = [
        Layer(one_layer["weight"], one_layer["bias"], one_layer["activation"])
        for one_layer in PRODUCTS["map"]["layers"]
    ]
    assert prove(Network(layers, None), time_limit=0).verdict == "UNDECIDED"


def test_cells_have_no_such_rule() -> None:
    gate = [["1/100"]], [0]
    for given in (LSTM(gate, gate, gate, gate), GRU(gate, gate, gate, "before")):
        verdict = prove(given, time_limit=0)
        assert verdict.verdict == "UNDECIDED"
        assert "contraction" not in verdict.reason


def test_networks_between_different_spaces_are_refused() -> None:
    given = Network([Layer([[1, 0], [0, 1], [1, 1]], [0, 0, 0], "tanh")], None)
    with pytest.raises(InputError, match="as many outputs as inputs"):
        decide_spatial(given, Budget(), lambda _: None)


def test_the_case_by_its_weights() -> None:
    given = certify.load(CASE / "map.json")
    assert isinstance(given, Network)
    assert 0.5 < radius(given.layers[0].weight) < 0.6
