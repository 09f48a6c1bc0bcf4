"""PLRNNs: values against the definition, the map file and its errors, and the refusals of commands for one dimension."""

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
from certify import PLRNN, InputError, checker
from certify.cli import main
from certify.mapfile import document, parse_map, sha256

F = Fraction
ROOT = Path(__file__).parent.parent
LOZI = PLRNN([["17/10", 1], ["1/2", 0]], [["-17/5"], [0]], [[1, 0]], [0], [1, 0])

entries = st.fractions(-4, 4, max_denominator=64)


@st.composite
def systems(draw: st.DrawFn) -> tuple[PLRNN, list[Fraction]]:
    d, m = draw(st.integers(1, 4)), draw(st.integers(1, 5))

    def array(rows: int, columns: int) -> list[list[Fraction]]:
        return [[draw(entries) for _ in range(columns)] for _ in range(rows)]

    A, W, C = array(d, d), array(d, m), array(m, d)
    return PLRNN(A, W, C, array(1, m)[0], array(1, d)[0]), array(1, d)[0]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(systems())
def test_values_are_those_of_the_definition(drawn: tuple[PLRNN, list[Fraction]]) -> None:
    f, x = drawn
    A, W, C = ([[F(str(t)) for t in row] for row in matrix] for matrix in (f.A, f.W, f.C))
    e, h = ([F(str(t)) for t in vector] for vector in (f.e, f.h))
    y = [max(F(0), sum((c * t for c, t in zip(row, x)), b)) for row, b in zip(C, e)]
    wanted = [
        sum((a * t for a, t in zip(A[i], x)), h[i]) + sum((w * t for w, t in zip(W[i], y)), F(0)) for i in range(len(x))
    ]
    assert list(f.values(x)) == wanted


@settings(max_examples=50, deadline=None, derandomize=True)
@given(systems())
def test_the_map_file_keeps_the_map_and_the_checker_gives_the_same_digest(drawn: tuple[PLRNN, list[Fraction]]) -> None:
    f, _ = drawn
    content = document(f, "name")
    assert parse_map(json.dumps(content).encode()).map == f
    assert sha256(f) == checker.map_sha256(content)


def test_float_arrays_are_taken_as_they_are() -> None:
    f = PLRNN(np.array([[0.1]]), np.array([[1.0, -2.0]]), np.ones((2, 1)), np.array([0.0, -0.5]), np.zeros(1))
    assert f.values([1]) == (F(0.1) + 1 - 1,)
    assert (f.dimension, f.units, f.domain) == (1, 2, None)
    assert repr(f) == "<PLRNN of R^1 with 2 hidden units>"


def test_one_map_has_one_digest_however_it_is_written() -> None:
    text = json.dumps(document(LOZI))
    other = text.replace('"17/10"', '"0x1b333333333333p-52"')
    assert sha256(parse_map(text.replace('"1/2"', '"0.50"').replace('"17/10"', '"1.7"').encode()).map) == sha256(LOZI)
    assert sha256(parse_map(other.encode()).map) != sha256(LOZI), "the double next to 1.7 is another number"


def changed(**fields: Any) -> bytes:
    content = document(LOZI)
    return json.dumps(content | {"map": {k: v for k, v in (content["map"] | fields).items() if v is not None}}).encode()


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (changed(A=[["1", "2"]]), "map.A: expected 2 rows, got 1"),
        (changed(A=[["1", "2"], ["3"]]), "map.A[1]: expected 2 numbers, got 1"),
        (changed(W=[["1"]]), "map.W: expected 2 rows, got 1"),
        (changed(C=[["1", "0"], ["1", "0"]]), "map.C: expected 1 rows, got 2"),
        (changed(e=[]), "map.e: expected a list of at least one number, got none"),
        (changed(h="1"), 'map.h: expected a list of numbers, got "1"'),
        (changed(h=["1", "[0,1]"]), "map.h[1]: expected a number such as"),
        (changed(C=[["1", None]]), "map.C[0][1]: expected a number such as"),
        (changed(C=None), 'map: expected the key "C", got no such key'),
        (changed(b=["1"]), "map: expected the keys kind, A, W, C, e, h and no other"),
        (json.dumps(document(LOZI) | {"domain": ["0", "1"]}).encode(), "domain: expected null, for the whole of R^d"),
        (changed(kind="plrnns"), 'map.kind: expected one of piecewise-linear, network, plrnn, lstm, gru, got "plrnns"'),
    ],
)
def test_maps_that_cannot_be_read(data: bytes, line: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_map(data)
    assert str(caught.value).startswith(line)
    with pytest.raises((checker.Unreadable, checker.Beyond)):
        checker.map_sha256(json.loads(data))


def test_arrays_that_do_not_fit() -> None:
    for arguments, line in (
        (([[1]], [[1]], [[1]], "0", [1]), "e: expected a list of numbers, got text"),
        (([[1]], [[1]], 7, [0], [1]), "C: expected a matrix of shape"),
        (([[1]], [[1]], [[float("nan")]], [0], [1]), "C[0]: expected a list of finite numbers"),
    ):
        with pytest.raises(InputError) as caught:
            PLRNN(*arguments)
        assert str(caught.value).startswith(line)
    with pytest.raises(InputError, match="point: expected 2 coordinates, got 1"):
        LOZI.values([1])


LINE_COMMANDS = [
    ["regions", "MAP", "-t", "2"],
    ["periods", "MAP", "--up-to", "2"],
    ["entropy", "MAP"],
    ["radius", "MAP"],
]


@pytest.mark.parametrize("case", ["lozi", "lozi-network"])
@pytest.mark.parametrize("command", LINE_COMMANDS, ids=lambda command: command[0])
def test_commands_for_one_dimension_refuse_it(command: list[str], case: str) -> None:
    path = str(ROOT / "cases" / case / "map.json")
    result = CliRunner().invoke(main, [path if word == "MAP" else word for word in command])
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert path in result.stderr
    assert "R^2" in result.stderr


@pytest.mark.parametrize("case", ["lozi", "lozi-network"])
def test_maps_of_several_dimensions_are_still_cut_along_segments(case: str) -> None:
    """1 - 1.7 |x| bends where x = 0; the two patterns of x and -x in the network are one kink."""
    path = str(ROOT / "cases" / case / "map.json")
    result = CliRunner().invoke(main, ["regions", path, "--line", "-1,0", "1,0"])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "2 linear regions, 2 activation regions"


def test_orbits_and_periods_are_refused_in_python_too() -> None:
    for call in (
        lambda: certify.enclose_orbit(LOZI, 0, 3),
        lambda: certify.radius(LOZI),
        lambda: certify.cycles(LOZI, 2),
        lambda: certify.regions(LOZI, 2),
    ):
        with pytest.raises(InputError, match=r"expected a map of an interval or of the line, got a map of R\^2"):
            call()


def test_info_and_convert(tmp_path: Path) -> None:
    path = str(ROOT / "cases" / "lozi" / "map.json")
    facts = json.loads(CliRunner().invoke(main, ["info", path, "--json"]).stdout)
    assert facts["kind"] == "plrnn with 1 hidden unit"
    assert (facts["domain"], facts["sha256"]) == ("R^2", sha256(LOZI))
    result = CliRunner().invoke(main, ["convert", path, "-o", str(tmp_path / "other.json")])
    assert result.exit_code == 0
    assert certify.load(tmp_path / "other.json") == LOZI
