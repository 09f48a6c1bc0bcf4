"""Boxes of networks: what they are, what they refuse, and their map files."""

from __future__ import annotations

import json
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import certify
from certify import checker
from certify.box import Box
from certify.cli import main
from certify.errors import InputError
from certify.mapfile import canonical_json, document, parse_map, sha256
from certify.network import Layer, Network

TENT = Network([Layer([[1], [1]], [0, "-1/2"], "relu"), Layer([[2, -4]], [0], "clip:0,1")], (0, 1))


def file(weight: Any, bias: Any = "0", activation: str = "tanh", **parameters: Any) -> bytes:
    layer = {"weight": [[weight]], "bias": [bias], "activation": activation, **parameters}
    shape = {"kind": "network", "layers": [layer]}
    return json.dumps({"format": "certify-map", "version": 1, "domain": ["0", "1"], "map": shape}).encode()


def ends(weight: Any) -> tuple[F, F]:
    found = parse_map(file(weight)).map
    box = found if isinstance(found, Box) else Box.of(found)  # type: ignore[arg-type]
    low, high = (F(str(net.layers[0].weight[0][0])) for net in (box.lower, box.upper))
    return low, high


def test_a_box_around_a_network() -> None:
    box = Box.around(TENT, "1/100")
    assert [str(b) for b in box.lower.layers[0].bias] == ["-1/100", "-51/100"]
    assert [str(w) for w in box.upper.layers[1].weight[0]] == ["201/100", "-399/100"]
    assert box.widest == F(1, 50)
    assert TENT in box
    assert box.middle == TENT
    assert box.lower in box
    assert box.upper in box
    assert Box.around(TENT, "1/50").lower not in box
    assert (box.domain, box.widths, box.smooth, box.is_single) == (TENT.domain, TENT.widths, False, False)
    assert Box.of(TENT).is_single


def test_a_relative_radius_moves_no_zero() -> None:
    box = Box.around(TENT, "1/10", "relative")
    assert [str(b) for b in box.upper.layers[0].bias] == ["0", "-9/20"]
    assert [str(w) for w in box.lower.layers[1].weight[0]] == ["9/5", "-22/5"]


@pytest.mark.parametrize(
    ("lower", "upper", "part"),
    [
        (TENT, Network(TENT.layers, (0, 2)), "domain"),
        (TENT, Network([*TENT.layers, Layer([[1]], [0], "identity")], (0, 1)), "layers"),
        (TENT, Network([Layer([[1]], [0], "relu"), Layer([[2]], [0], "clip:0,1")], (0, 1)), "layers[0].weight"),
        (TENT, Network([TENT.layers[0], Layer([[2, -4]], [0], "relu6")], (0, 1)), "layers[1].activation"),
        (Box.around(TENT, 1).upper, Box.around(TENT, 1).lower, "layers[0]"),
    ],
)
def test_what_makes_no_box(lower: Network, upper: Network, part: str) -> None:
    with pytest.raises(InputError) as caught:
        Box(lower, upper)
    assert caught.value.where == part


def test_a_negative_radius_is_refused() -> None:
    with pytest.raises(InputError, match="radius"):
        Box.around(TENT, -1)


# Map files


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("[0.1,1/3]", F(1, 10), F(1, 3)),
        ("[-0x1p-1,2e-1]", F(-1, 2), F(1, 5)),
        ("[1/2,0.5]", F(1, 2), F(1, 2)),
        ("0.123?", F(1225, 10000), F(1235, 10000)),
        ("-0.5?", F(-55, 100), F(-45, 100)),
        ("1.5e-3?", F(145, 100000), F(155, 100000)),
        ("1.50e-3?", F(1495, 10**6), F(1505, 10**6)),
        ("12?", F(23, 2), F(25, 2)),
        ("5.?", F(9, 2), F(11, 2)),
        (".5?", F(9, 20), F(11, 20)),
        ("2E+3?", F(1500), F(2500)),
    ],
)
def test_intervals(written: str, low: F, high: F) -> None:
    assert ends(written) == (low, high)
    content = json.loads(file(written))
    assert checker.map_sha256(content) == sha256(parse_map(file(written)).map), "the checker reads the same box"


MALFORMED = [
    "?", "-?", ".?", "1/2?", "0x1p0?", "1e?", "1??",
    "[", "]", "[]", "[1]", "[1,]", "[,1]", "[1,2,3]", "[2,1]", "[1, 2]", "[ 1,2]", "1,2]", "[1;2]", "[[1,2]]", "[0.1?,1]", "[1,inf]",
]  # fmt: skip


@pytest.mark.parametrize("written", MALFORMED)
def test_malformed_intervals_are_refused_as_by_the_checker(written: str) -> None:
    with pytest.raises(InputError, match=r"map\.layers\[0\]\.weight\[0\]\[0\]: expected") as caught:
        parse_map(file(written))
    assert "\n" not in str(caught.value)
    with pytest.raises((checker.Unreadable, checker.Beyond)):
        checker.map_sha256(json.loads(file(written)))


@pytest.mark.parametrize(
    "data",
    [
        file("1", activation="clip", lo="[0,1]", hi="1"),
        file("1", activation="elu", alpha="0.1?"),
        file("1").replace(b'["0", "1"]', b'["0?", "1"]'),
        b'{"format":"certify-map","version":1,"domain":["0","1"],"map":{"kind":"piecewise-linear","knots":[["0","0.1?"],["1","1"]]}}',
    ],
)
def test_intervals_stand_in_weights_and_biases_alone(data: bytes) -> None:
    with pytest.raises(InputError, match="expected a number such as"):
        parse_map(data)


def test_an_interval_of_one_number_is_that_number() -> None:
    plain, written = parse_map(file("1/2")).map, parse_map(file("[0.5,1/2]")).map
    assert isinstance(written, Network)
    assert written == plain
    assert canonical_json(document(written)) == canonical_json(document(plain))


@given(st.lists(st.tuples(st.fractions(-3, 3), st.fractions(-3, 3)), min_size=4, max_size=4))
def test_files_are_read_back(pairs: list[tuple[F, F]]) -> None:
    rows = [sorted(pair) for pair in pairs]
    lower, upper = (
        Network([Layer([[row[i]] for row in rows[:2]], [row[i] for row in rows[2:]], "softplus")] + [SUM], None)
        for i in (0, 1)
    )
    box = Box(lower, upper)
    read = parse_map(canonical_json(document(box))).map
    assert read == (lower if box.is_single else box)
    assert sha256(read) == sha256(box) == checker.map_sha256(json.loads(canonical_json(document(box))))


SUM = Layer([[1, -1]], [0], "elu:1/2")


# Questions about one exact map


@pytest.mark.parametrize(
    "command",
    [
        ["regions", "-t", "3"], ["cycles", "--period", "2"], ["periods", "--up-to", "3"], ["entropy"], ["growth", "--points", "0,1"],
        ["regions", "--line", "0", "1"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("weight", ["0.5?", "1/2"], ids=["box", "smooth"])
def test_questions_about_one_exact_map_say_so_in_one_line(command: list[str], weight: str, tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_bytes(file(weight))
    result = CliRunner().invoke(main, [command[0], str(path), *command[1:]])
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    assert "expected one exact map, got a box" in line or "which is smooth" in line


def test_info_and_convert_of_a_box(tmp_path: Path) -> None:
    path, out = tmp_path / "map.json", tmp_path / "out.json"
    path.write_bytes(file("0.5?"))
    run = CliRunner().invoke(main, ["info", str(path), "--json"])
    facts = json.loads(run.stdout)
    assert facts["kind"] == "box of networks of widths [1] with smooth activations"
    assert (facts["largest_interval"], facts["maps_domain_into_itself"]) == ("1/10", None)  # tanh(0) = 0 is on the edge
    assert CliRunner().invoke(main, ["convert", str(path), "-o", str(out)]).exit_code == 0
    assert '"[9/20,11/20]"' in out.read_text()
    assert certify.load(out) == certify.load(path)
    assert CliRunner().invoke(main, ["info", str(path)]).exit_code == 0
