"""What a sweep says of each draw: drawn again from the documentation alone, and decided by the naive oracle."""

from __future__ import annotations

import hashlib
import json
import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from certify.errors import InputError
from certify.network import Layer, Network
from certify.numbers import Q, fraction
from certify.sweep import engine, exact, recheck
from certify.sweep.draws import block, digest, place
from certify.sweep.engine import Decided, in_doubles
from certify.sweep.families import BLOCK, RNN, Cell, Initialised, document, from_document, variance
from certify.sweep.record import CHAOTIC, NO, NOT_KNOWN, ORDERED, UNDECIDED, YES, Records, undecided
from certify.sweep.tally import Kind
from tests import oracle

F = Fraction


# The draws


def stream(text: str, seed: int, number: int) -> np.random.Generator:
    """docs/sweeps.md, word for word."""
    digest = hashlib.sha256(text.encode()).digest()
    words = [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 32, 4)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(*words, number))))


def test_a_draw_of_rnn_as_the_documentation_says() -> None:
    generator = stream('{"family":"rnn","variance":"1/4","width":3}', 7, 2)
    a = generator.standard_normal((1024, 3)) * math.sqrt(0.25 / 3)
    b = np.sort(generator.random((1024, 3)), axis=1)
    cell = RNN(3, Q(1, 4))
    drawn = block(cell, 7, 2)
    assert np.array_equal(drawn[0], a)
    assert np.array_equal(drawn[1], b)
    number, row = place(2 * 1024 + 5)
    assert (number, row) == (2, 5)
    hidden, output = cell.network(drawn, row).layers
    assert [fraction(w) for w in output.weight[0]] == [F(float(x)) for x in a[5]]
    assert [fraction(-w) for w in hidden.bias] == [F(float(x)) for x in b[5]]
    assert str(output.activation) == "clip:0,1"


def test_a_draw_of_a_table_as_the_documentation_says() -> None:
    text = '{"activation":"tanh","clipped":true,"family":"he-uniform","layers":3,"width":4}'
    generator = stream(text, 0, 0)
    expected = []
    for n_in, n_out in ((1, 4), (4, 4), (4, 1)):
        expected += [generator.normal(0, math.sqrt(2 / n_in), (1024, n_out, n_in)), generator.random((1024, n_out))]
    cell = Initialised("he-uniform", 4, "tanh", True, 3)
    drawn = block(cell, 0, 0)
    assert all(np.array_equal(x, y) for x, y in zip(drawn, expected, strict=True))
    network = cell.network(drawn, 9)
    assert [str(layer.activation) for layer in network.layers] == ["tanh", "tanh", "clip:0,1"]
    assert [[fraction(w) for w in row] for row in network.layers[1].weight] == [
        [F(float(w)) for w in row] for row in expected[2][9]
    ]


@pytest.mark.parametrize(
    "cell", [RNN(1, Q(2)), RNN(5, Q(1, 3)), Initialised("1-he", 2), Initialised("normal-truncated", 3, "tanh", True, 3)]
)
def test_cells_survive_their_documents_and_blocks_differ(cell: Cell) -> None:
    assert from_document(json.loads(json.dumps(document(cell)))) == cell
    first = [block(cell, seed, number) for seed, number in ((0, 0), (0, 1), (1, 0))]
    assert len({weights[-1].tobytes() for weights in first}) == 3
    assert digest(cell, 0) == digest(cell, 0) != digest(cell, 1)


def test_the_variance_of_the_first_regime_is_a_double() -> None:
    assert fraction(variance("1/(4*log(k))", 64)) == F(1 / (4 * math.log(64)))
    assert variance("0.1", 64) == Q(1, 10)
    with pytest.raises(InputError, match=r"--variance: expected .* got width 1"):
        variance("1/(4*log(k))", 1)
    for wrong in ("x", "-1", "0", "1e400", "nan"):
        with pytest.raises(InputError, match="--variance"):
            RNN(4, variance(wrong, 4))


# The outcomes


def as_knots(net: Network) -> oracle.Map:
    """The map of a network with one hidden layer, in plain fractions: knots at the kinks and where the output is cut off."""
    layers = [
        (
            [[fraction(w) for w in row] for row in layer.weight],
            [fraction(b) for b in layer.bias],
            layer.activation.name,
            [fraction(p) for p in layer.activation.parameters],
        )
        for layer in net.layers
    ]
    (weight, bias, _, _), (out, shift, name, levels) = layers
    kinks = {-b / w for (w,), b in zip(weight, bias) if w}
    ends = {F(0), F(1)} if net.domain else {min(kinks) - 1, max(kinks) + 1}
    kinks = {x for x in kinks if min(ends) <= x <= max(ends)} | ends
    linear = [*layers[:1], (out, shift, "identity", [])]
    if net.domain is None:  # out to where the outermost pieces meet the levels of the output
        for x, y in ((min(ends), min(ends) + F(1, 2)), (max(ends), max(ends) - F(1, 2))):
            u, v = (oracle.network(linear, p) for p in (x, y))
            beyond = [x + (cut - u) * (y - x) / (v - u) for cut in (F(0), F(1)) if u != v]
            kinks |= {p + d for p in beyond for d in (-1, 0, 1) if not min(ends) <= p <= max(ends)}
    cuts = {"relu": [F(0)], "clip": levels}.get(name, [])
    for x, y in pairwise(sorted(kinks)):
        u, v = (oracle.network(linear, p) for p in (x, y))
        kinks |= {x + (cut - u) * (y - x) / (v - u) for cut in cuts if min(u, v) < cut < max(u, v)}
    xs = sorted(kinks)
    knots = [(x, oracle.network(layers, x)) for x in xs]
    if net.domain:
        return oracle.canonical(oracle.make(knots))
    slopes = (knots[0][1] - oracle.network(layers, xs[0] - 1), oracle.network(layers, xs[-1] + 1) - knots[-1][1])
    return oracle.canonical(oracle.make(knots, slopes))


def witness(decided: Decided, i: int) -> Fraction | None:
    x = float(decided.records[i]["x"])
    if not math.isnan(x):
        return F(x)
    return fraction(decided.exact_points[i]) if i in decided.exact_points else None


@pytest.mark.parametrize("exactly", [False, True], ids=["filtered", "exactly"])
@pytest.mark.parametrize(
    ("cell", "many"),
    [(RNN(3, Q(64)), 600), (RNN(8, Q(30)), 200), (RNN(2, Q(500)), 600)]
    + [(Initialised(row, 2), 100) for row in ("1-he", "he-he", "normal-truncated", "glorot-glorot")]
    + [(Initialised("he-uniform", 2, clipped=True), 300), (Initialised("1-he", 3, clipped=True), 100)],
    ids=str,
)
def test_outcomes_are_those_of_the_oracle(
    cell: Cell, many: int, exactly: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if exactly:
        monkeypatch.setattr(engine, "in_doubles", lambda *_: undecided(BLOCK))
    decided, weights = engine.decide_blocks(cell, 3, range(1), many), block(cell, 3, 0)
    assert not exactly or not decided.by_filter
    assert not isinstance(cell, RNN) or (decided.records["verdict"] == CHAOTIC).sum() > 3
    agreed = 0
    for i, (verdict, level, n, period3, _) in enumerate(decided.records.tolist()):
        f = as_knots(cell.network(weights, i))
        truth = oracle.decide(f, 3, cap=200)
        assert verdict != UNDECIDED
        if truth is not None:
            agreed += 1
            assert verdict == (ORDERED if truth.ordered else CHAOTIC), i
            assert verdict == CHAOTIC or level == truth.level, i
        x = witness(decided, i)
        if verdict == ORDERED:
            assert (n, period3, x) == (0, NO, None)
        else:
            assert x is not None
            assert any(oracle.odd_return(f, level, n, x, side) for side in ("right", "left")), i
            assert period3 in (NO, YES)
            assert (level, n) == (0, 3) if period3 == YES else not oracle.points_of_period(f, 3), i
    assert agreed > 0.9 * many


@pytest.mark.parametrize(
    ("cell", "many"),
    [(RNN(16, Q(s)), 1000) for s in (1, 8, 64, 512)] + [(RNN(64, Q(64)), 500), (Initialised("he-he", 4), 500)],
    ids=str,
)
def test_the_filter_says_what_exact_arithmetic_says(cell: Cell, many: int) -> None:
    weights = block(cell, 11, 1)
    for i, record in enumerate(in_doubles(cell, [weights])[:many].tolist()):
        if record[0] != UNDECIDED:
            verdict, level, _, period3, _ = exact.outcome(cell.network(weights, i))
            assert record[0] == verdict, i
            assert verdict == CHAOTIC or record[1] == level, i
            assert NOT_KNOWN in (record[3], period3) or record[3] == period3, i


# Exact arithmetic where draws hardly ever lead


def cut_off_tent(height: Fraction) -> Network:
    return Network([Layer([[1], [1]], [0, "-1/2"], "relu"), Layer([[2, -4]], [0], f"clip:0,{height}")], (0, 1))


def test_a_period_of_three_that_only_just_exists() -> None:
    """At the height 6/7 the orbit of 2/7 closes up, and no point beside it has a strict inequality; below there is none."""
    assert exact.outcome(cut_off_tent(F(6, 7))) == (CHAOTIC, 0, 3, YES, Q(2, 7))
    below = exact.outcome(cut_off_tent(F(6, 7) - F(1, 10**9)))
    assert below[:1] == (CHAOTIC,)
    assert below[1:4] != (0, 3, YES)
    assert below.period3 == NO


@pytest.mark.parametrize("height", [F(99, 100), F(6, 7)])
def test_period_three_behind_a_longer_odd_return(height: Fraction) -> None:
    f = cut_off_tent(height).to_piecewise_linear()
    found = exact._unless_period_three(f, exact.Outcome(CHAOTIC, 0, 5, NO, Q(1, 2)))
    assert found[:4] == (CHAOTIC, 0, 3, YES)
    assert found.x is not None
    knots = oracle.make([(0, 0), (height / 2, height), (1 - height / 2, height), (1, 0)])
    assert oracle.odd_return(knots, 0, 3, fraction(found.x), "right")
    assert oracle.least_period(knots, fraction(found.x), 3) == 3


def test_without_period_three_the_longer_odd_return_stays() -> None:
    f = cut_off_tent(F(5, 6)).to_piecewise_linear()
    before = exact.Outcome(CHAOTIC, 0, 5, NO, Q(1, 2))
    assert exact._unless_period_three(f, before) is before


def test_beyond_the_budget_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "PIECES", 1)
    assert exact.outcome(cut_off_tent(F(5, 6))) == (UNDECIDED, 0, 0, NOT_KNOWN, None)
    f = cut_off_tent(F(99, 100)).to_piecewise_linear()
    found = exact._unless_period_three(f, exact.Outcome(CHAOTIC, 0, 5, NO, Q(1, 2)))
    assert found == (CHAOTIC, 0, 5, NOT_KNOWN, Q(1, 2))


def test_witnesses_that_are_no_doubles_are_kept_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    third = exact.Outcome(CHAOTIC, 0, 3, YES, Q(1, 3))
    outcomes = iter([third, third._replace(x=Q(1, 4)), third._replace(x=Q(10) ** 400), exact.Outcome(UNDECIDED)])
    monkeypatch.setattr(engine, "in_doubles", lambda *_: undecided(BLOCK))
    monkeypatch.setattr(engine, "outcome", lambda _: next(outcomes))
    report = engine.decide_chunk(engine.Chunk(RNN(2, Q(1)), 0, 7, 0, 4))
    points = [line.rsplit(",", 1)[1] for line in report.witnesses.splitlines()]
    assert points == ["1/3", "0x1.0000000000000p-2", "1" + "0" * 400, ""]
    assert report.witnesses.startswith("7,0,CHAOTIC,0,3,yes,1/3\n")
    assert report.witnesses.endswith("7,3,UNDECIDED,0,0,not known,\n")
    assert report.tally.draws == 4
    assert report.tally.by_filter == 0


def test_what_the_filter_leaves_is_decided_from_its_own_block(monkeypatch: pytest.MonkeyPatch) -> None:
    cell, filtered = RNN(8, Q(100)), engine.in_doubles
    before = engine.decide_blocks(cell, 2, range(5, 8), 2500)

    def hesitant(*arguments: Any) -> Records:
        records = filtered(*arguments)
        records[::41] = undecided(1)
        return records

    monkeypatch.setattr(engine, "in_doubles", hesitant)
    after = engine.decide_blocks(cell, 2, range(5, 8), 2500)
    assert before.by_filter - after.by_filter >= 60
    assert (before.records["verdict"][::41] == CHAOTIC).sum() > 5
    for name in ("verdict", "period3"):
        assert np.array_equal(before.records[name], after.records[name])


HUMP = Network([Layer([[12], [12]], [-4, -8], "tanh"), Layer([["0.49", "-0.49"]], ["0.01"], "clip:0,1")], None)


def test_a_chaotic_tanh_network_and_its_witness() -> None:
    """The steep hump of docs/enclosures.md: 0.99 in the middle, 0.01 at both ends."""
    found = exact.outcome(HUMP)
    assert found[:4] == (CHAOTIC, 0, 3, YES)
    assert found.x is not None
    kind = Kind(*found[:4])
    assert recheck.holds(HUMP, kind, found.x)
    assert not recheck.holds(HUMP, kind, Q(0))  # 0 -> 0.01... -> larger still: it does not return
    assert not recheck.holds(HUMP, kind._replace(n=4), found.x)


def test_a_chaotic_piecewise_linear_network_and_its_witness() -> None:
    tent = cut_off_tent(F(1))
    kind = Kind(CHAOTIC, 0, 3, YES)
    assert recheck.holds(tent, kind, Q(1, 2))
    assert recheck.holds(tent, kind, Q(2, 7)), "equality is enough"
    for x in (Q(0), Q(1, 9), Q(-1), Q(3, 2)):
        assert not recheck.holds(tent, kind, x)
