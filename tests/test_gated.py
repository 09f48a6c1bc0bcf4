"""LSTM and GRU cells: the map file and its errors, digests, and what the commands answer."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import certify
from certify import GRU, LSTM, InputError, checker
from certify.cli import main
from certify.gated import Cell
from certify.mapfile import document, parse_map, sha256
from tests.checker_mutations import mutations

entries = st.fractions(-4, 4, max_denominator=64)


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    k = draw(st.integers(1, 3))

    def vector() -> list[Fraction]:
        return [draw(entries) for _ in range(k)]

    def gate() -> tuple[list[list[Fraction]], list[Fraction]]:
        return [vector() for _ in range(k)], vector()

    kind = draw(st.sampled_from(["lstm", "before", "after"]))
    if kind == "lstm":
        return LSTM(gate(), gate(), gate(), gate())
    return GRU(gate(), gate(), gate(), kind, vector() if kind == "after" else None)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cells())
def test_the_map_file_keeps_the_map_and_the_checker_gives_the_same_digest(f: Cell) -> None:
    content = document(f, "name")
    assert parse_map(json.dumps(content).encode()).map == f
    assert sha256(f) == checker.map_sha256(content)


ONE = {"weight": [["1/2"]], "bias": ["0"]}
CELL = LSTM(
    ([[1, 2], [3, 4]], [0, 1]), ([[1, 0], [0, 1]], [2, 3]), ([[5, 0], [0, 1]], [0, 0]), ([[1, 1], [1, 1]], [4, 5])
)
UNIT = GRU(([[1]], [0]), ([[2]], ["1/3"]), ([[3]], [0]), "after", [7])
FIRST = GRU(([[1]], [0]), ([[2]], ["1/3"]), ([[3]], [0]), "before")


def test_the_shapes_and_the_canonical_file() -> None:
    assert (CELL.dimension, CELL.units, CELL.domain, CELL.smooth) == (4, 2, None, True)
    assert (UNIT.dimension, UNIT.units) == (1, 1)
    assert (repr(CELL), repr(UNIT)) == ("<LSTM of R^4 with 2 units>", "<GRU of R^1, reset after the product>")
    assert {name: getattr(CELL, name).activation.name for name in "ifo"} == dict.fromkeys("ifo", "sigmoid")
    assert (CELL.g.activation.name, UNIT.n.activation.name, UNIT.z.activation.name) == ("tanh", "tanh", "sigmoid")
    assert document(UNIT)["map"] == {
        "kind": "gru",
        "reset": "after",
        "r": {"weight": [["1"]], "bias": ["0"]},
        "z": {"weight": [["2"]], "bias": ["1/3"]},
        "n": {"weight": [["3"]], "bias": ["0"], "reset_bias": ["7"]},
    }
    assert document(CELL)["map"]["o"] == {"weight": [["1", "1"], ["1", "1"]], "bias": ["4", "5"]}
    assert len({*map(sha256, (CELL, UNIT, FIRST))}) == 3


def test_one_cell_has_one_digest_however_it_is_written() -> None:
    text = json.dumps(document(UNIT))
    assert sha256(parse_map(text.replace('"7"', '"0x1.cp2"').replace('"3"', "3").encode()).map) == sha256(UNIT)
    assert checker.map_sha256(json.loads(text.replace('"7"', '"7.0"'))) == sha256(UNIT)
    assert sha256(parse_map(text.replace('"1/3"', '"0.333"').encode()).map) != sha256(UNIT)


def test_float_arrays_are_taken_as_they_are() -> None:
    gate = np.array([[0.1]]), np.zeros(1)
    f = GRU(gate, gate, gate, "after", np.array([0.2]))
    assert document(f)["map"]["r"]["weight"] == [[str(Fraction(0.1))]]
    assert document(f)["map"]["n"]["reset_bias"] == [str(Fraction(0.2))]


def changed(cell: Cell, /, **fields: Any) -> bytes:
    content = document(cell)
    return json.dumps(content | {"map": {k: v for k, v in (content["map"] | fields).items() if v is not None}}).encode()


PAIR = {"weight": [["1", "0"], ["0", "1"]], "bias": ["0", "0"]}


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (changed(CELL, i=ONE), "map.f.weight: expected a matrix of shape (1, 1), got one of shape (2, 2)"),
        (changed(CELL, f=ONE), "map.f.weight: expected a matrix of shape (2, 2), got one of shape (1, 1)"),
        (changed(CELL, o={"weight": [["1"], ["1"]], "bias": ["0", "0"]}), "map.o.weight: expected a matrix of shape (2, 2)"),
        (changed(CELL, i={"weight": [["1", "2"]], "bias": ["0"]}), "map.i.weight: expected a matrix of shape (1, 1), got one"),
        (changed(CELL, g=PAIR | {"bias": ["0"]}), "map.g.bias: expected 2 numbers, one for each row of weight, got 1"),
        (changed(CELL, g=PAIR | {"bias": ["0", "x"]}), "map.g.bias[1]: expected a number such as"),
        (changed(CELL, g=PAIR | {"bias": ["0", "[0,1]"]}), "map.g.bias[1]: expected a number such as"),
        (changed(CELL, g=PAIR | {"bias": ["0", "0.1?"]}), "map.g.bias[1]: expected a number such as"),
        (changed(CELL, g=PAIR | {"weight": [["1", "0"], ["0"]]}), "map.g.weight: expected a matrix of shape (out, in)"),
        (changed(CELL, g=PAIR | {"weight": []}), "map.g.weight: expected a matrix of shape (out, in)"),
        (changed(CELL, g=PAIR | {"weight": ["0", "1"]}), "map.g.weight[0]: expected a row of numbers"),
        (changed(CELL, g=PAIR | {"activation": "tanh"}), "map.g: expected the keys weight, bias and no other"),
        (changed(CELL, g=[]), "map.g: expected an object, got []"),
        (changed(CELL, o=None), 'map: expected the key "o", got no such key'),
        (changed(CELL, r=PAIR), "map: expected the keys kind, i, f, g, o and no other"),
        (changed(UNIT, reset="before"), "map.n: expected the keys weight, bias and no other"),
        (changed(FIRST, reset="after"), 'map.n: expected the key "reset_bias", got no such key'),
        (changed(FIRST, reset="later"), 'map.reset: expected "before" or "after", got "later"'),
        (changed(FIRST, reset=["before"]), 'map.reset: expected "before" or "after", got ["before"]'),
        (changed(FIRST, reset=None), 'map: expected the key "reset", got no such key'),
        (changed(UNIT, n=ONE | {"reset_bias": ["0", "1"]}), "map.n.reset_bias: expected 1 numbers, got 2"),
        (changed(UNIT, n=ONE | {"reset_bias": "0"}), "map.n.reset_bias: expected a list of numbers"),
        (json.dumps(document(UNIT) | {"domain": ["0", "1"]}).encode(), "domain: expected null, for the whole of R^d"),
        (json.dumps(document(CELL) | {"domain": ["0", "1"]}).encode(), "domain: expected null, for the whole of R^d"),
        (changed(CELL, kind="rnn"), "map.kind: expected one of piecewise-linear, network, plrnn, lstm, gru, got"),
    ],
)  # fmt: skip
def test_maps_that_cannot_be_read(data: bytes, line: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_map(data)
    assert str(caught.value).startswith(line)
    with pytest.raises((checker.Unreadable, checker.Beyond)):
        checker.map_sha256(json.loads(data))


def test_arrays_that_do_not_fit() -> None:
    one = ([[1]], [0])
    for call, line in (
        (lambda: LSTM(one, one, ([[1, 2]], [0]), one), "g.weight: expected a matrix of shape (1, 1), got one of shape"),
        (lambda: LSTM(one, one, one, ([[float("nan")]], [0])), "o.weight: expected finite numbers"),
        (lambda: GRU(one, one, one, "never"), "reset: expected before or after, got 'never'"),
        (lambda: GRU(one, one, one, "after"), "n.reset_bias: expected a bias, got none"),
        (lambda: GRU(one, one, one, "before", [0]), "n.reset_bias: expected none, got a bias"),
        (lambda: GRU(one, one, one, "after", [0, 1]), "n.reset_bias: expected 1 numbers, got 2"),
        (lambda: GRU(one, one, one, "after", [float("inf")]), "n.reset_bias: expected a list of finite numbers"),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert str(caught.value).startswith(line)


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "cell.json"
    certify.save(CELL, file)
    return str(file)


REFUSED = [
    ["regions", "MAP", "-t", "2"],
    ["regions", "MAP", "--line", "0,0,0,0", "1,0,0,0"],
    ["cycles", "MAP", "--period", "2"],
    ["periods", "MAP", "--up-to", "2"],
    ["entropy", "MAP"],
    ["radius", "MAP"],
    ["enclose-orbit", "MAP", "--x", "0", "--steps", "3"],
    ["rounding", "MAP", "--format", "float16"],
    ["prove", "MAP", "--max-level", "3"],
]


@pytest.mark.parametrize("command", REFUSED, ids=lambda command: " ".join(command[:1] + command[2:3]))
def test_commands_for_other_maps_refuse_it_in_one_line(command: list[str], path: str, tmp_path: Path) -> None:
    words = [word.replace("MAP", path).replace("OUT", str(tmp_path / "out")) for word in command]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "map" in result.stderr
    assert not list(tmp_path.glob("out*"))


def test_info_and_convert(path: str, tmp_path: Path) -> None:
    facts = json.loads(CliRunner().invoke(main, ["info", path, "--json"]).stdout)
    assert (facts["kind"], facts["domain"], facts["sha256"]) == ("lstm with 2 units", "R^4", sha256(CELL))
    other = tmp_path / "other.json"
    assert CliRunner().invoke(main, ["convert", path, "-o", str(other)]).exit_code == 0
    assert certify.load(other) == CELL
    certify.save(UNIT, other)
    facts = json.loads(CliRunner().invoke(main, ["info", str(other), "--json"]).stdout)
    assert (facts["kind"], facts["domain"]) == ("gru with 1 unit, reset after the product", "R^1")


@pytest.mark.parametrize("cell", [CELL, UNIT, FIRST], ids=["lstm", "after", "before"])
def test_both_readers_take_the_same_files_for_the_same_map(cell: Cell) -> None:
    """Every entry changed in every way: both refuse the file, or both give one digest, which is another than before where the map is."""
    content, read, refused = document(cell, "name"), 0, 0
    for path, other in mutations(content):
        try:
            text = json.dumps(other).encode()
        except ValueError:  # an integer that Python's json does not write
            continue
        try:
            found = sha256(parse_map(text).map)
        except InputError:
            refused += 1
            with pytest.raises((checker.Unreadable, checker.Beyond)):
                checker.map_sha256(other)
        else:
            read += 1
            assert checker.map_sha256(json.loads(text)) == found, path
    assert refused > read > 10
