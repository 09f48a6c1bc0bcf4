"""Map files: what is written is read again, the digest is the map's and not its spelling's, and bad files say why."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.errors import CertifyError, InputError
from certify.mapfile import canonical_json, document, parse_map, read_map, sha256
from certify.network import Layer, Network
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.strategies import any_interval_maps, build, build_network, dense_layers, few, line_maps

F = Fraction
maps = st.one_of(any_interval_maps(), line_maps()).map(build)

TENT: dict[str, Any] = {
    "format": "certify-map",
    "version": 1,
    "domain": ["0", "1"],
    "map": {"kind": "piecewise-linear", "knots": [["0", "0"], ["1/2", "1"], ["1", "0"]]},
}
LINE: dict[str, Any] = {
    "format": "certify-map",
    "version": 1,
    "domain": None,
    "map": {"kind": "piecewise-linear", "knots": [["0", "1"]], "slopes": ["2", "-1/2"]},
}
NETWORK: dict[str, Any] = {
    "format": "certify-map",
    "version": 1,
    "domain": ["0", "1"],
    "map": {
        "kind": "network",
        "layers": [
            {"weight": [["1"], ["1"]], "bias": ["0", "-1/2"], "activation": "relu"},
            {"weight": [["2", "-4"]], "bias": ["0"], "activation": "clip", "lo": "0", "hi": "1"},
        ],
    },
}


def encoded(content: Any) -> bytes:
    return json.dumps(content).encode()


def changed(content: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with the entry at a path such as "map.layers.0.bias" replaced; the value DROP takes it away."""
    copy = json.loads(json.dumps(content))
    place = copy
    *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    for key in parents:
        place = place[key]
    if value is DROP:
        del place[last]
    else:
        place[last] = value
    return copy


DROP = object()


def layer(path: str, value: Any) -> dict[str, Any]:
    """The network with one entry of one layer replaced."""
    return changed(NETWORK, f"map.layers.{path}", value)


# Reading and writing


def test_the_documented_examples() -> None:
    tent = PiecewiseLinear([(0, 0), ("1/2", 1), (1, 0)])
    assert parse_map(encoded(TENT)).map == tent
    assert parse_map(encoded(LINE)).map == PiecewiseLinear([(0, 1)], slopes=(2, "-1/2"))
    net = parse_map(encoded(NETWORK)).map
    assert net == Network([Layer([[1], [1]], [0, "-1/2"], "relu"), Layer([[2, -4]], [0], "clip:0,1")], (0, 1))
    assert isinstance(net, Network)
    assert net.to_piecewise_linear() == tent


@given(maps)
@few(80)
def test_a_map_is_read_as_it_was_written(f: PiecewiseLinear) -> None:
    content = document(f, name="some map", source={"file": "a.pt", "sha256": "00"})
    again = parse_map(encoded(content))
    assert again.map == f
    assert (again.name, again.source) == ("some map", {"file": "a.pt", "sha256": "00"})
    assert document(again.map, again.name, again.source) == content
    assert sha256(again.map) == sha256(f)


@given(dense_layers(3, 3), st.booleans())
@few(80)
def test_a_network_is_read_as_it_was_written(layers: list[oracle.DenseLayer], bounded: bool) -> None:
    net = build_network(layers, (F(-1, 3), F(2)) if bounded else None)
    content = document(net)
    assert parse_map(encoded(content)).map == net
    assert sha256(parse_map(encoded(content)).map) == sha256(net)


def test_a_file_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "tent.json"
    path.write_bytes(encoded({**TENT, "name": "Zelt ∧ tent"}))
    found = read_map(path)
    assert found == read_map(str(path))
    assert found.name == "Zelt ∧ tent"
    assert found.source is None


# The digest


def test_the_digest_is_that_of_the_documented_bytes() -> None:
    text = (
        '{"domain":["0","1"],"format":"certify-map","map":{"kind":"piecewise-linear",'
        '"knots":[["0","0"],["1/2","1"],["1","0"]]},"version":1}'
    )
    assert canonical_json(TENT) == text.encode()
    assert sha256(parse_map(encoded(TENT)).map) == hashlib.sha256(text.encode()).hexdigest()


OTHER_TENTS = {
    "white space": json.dumps(TENT, indent=7),
    "order of keys": json.dumps(dict(reversed(TENT.items()))),
    "a name": json.dumps({**TENT, "name": "x"}),
    "a source": json.dumps({**TENT, "source": {"file": "f", "sha256": "s"}}),
    "a fraction not in lowest terms": json.dumps(TENT).replace('"1/2"', '"21/42"'),
    "a decimal": json.dumps(TENT).replace('"1/2"', '"0.50"'),
    "an exponent": json.dumps(TENT).replace('"1/2"', '"5e-1"'),
    "a hexadecimal float": json.dumps(TENT).replace('"1/2"', '"0x1p-1"'),
    "integers": json.dumps(TENT).replace('"1"', "1").replace('"0"', "0"),
    "minus zero": json.dumps(TENT).replace('"0"', '"-0"'),
    "an integer minus zero": json.dumps(TENT).replace('"0"', "-0"),
    "a leading zero": json.dumps(TENT).replace('"1/2"', '"01/02"'),
    "a false knot": json.dumps(TENT).replace('["1/2", "1"]', '["1/4", "1/2"], ["1/2", "1"], ["0.75", "0.5"]'),
    "escapes": json.dumps(TENT).replace("certify-map", "\\u0063ertify-map"),
}


@pytest.mark.parametrize("difference", OTHER_TENTS)
def test_the_digest_does_not_depend_on_the_spelling(difference: str) -> None:
    spelled = OTHER_TENTS[difference]
    assert spelled != json.dumps(TENT)
    assert sha256(parse_map(spelled.encode()).map) == sha256(parse_map(encoded(TENT)).map)


OTHER_MAPS = {
    "the domain": changed(changed(TENT, "domain.1", "2"), "map.knots.2.0", "2"),
    "a knot": changed(TENT, "map.knots.1.1", "999999/1000000"),
    "a network of the same function": NETWORK,
    "the line": changed(changed(TENT, "domain", None), "map.slopes", ["2", "-2"]),
}


@pytest.mark.parametrize("difference", OTHER_MAPS)
def test_another_map_has_another_digest(difference: str) -> None:
    assert sha256(parse_map(encoded(OTHER_MAPS[difference])).map) != sha256(parse_map(encoded(TENT)).map)


def test_an_affine_map_of_the_line_has_one_canonical_knot() -> None:
    one = changed(changed(LINE, "map.slopes", ["2", "2"]), "map.knots", [["5", "11"], ["6", "13"]])
    f = parse_map(encoded(one)).map
    assert document(f)["map"] == {"kind": "piecewise-linear", "knots": [["0", "1"]], "slopes": ["2", "2"]}


def test_a_false_knot_at_an_end_of_an_interval_stays() -> None:
    identity = parse_map(encoded(changed(TENT, "map.knots", [["0", "0"], ["1/3", "1/3"], ["1", "1"]]))).map
    assert document(identity)["map"]["knots"] == [["0", "0"], ["1", "1"]]


def test_hardtanh_gets_its_defaults() -> None:
    bare = {"weight": [["1"]], "bias": ["0"], "activation": "hardtanh"}
    spelled = {**bare, "lo": "-1", "hi": "1"}
    half = {**bare, "hi": "3"}
    digests = set()
    for content in (bare, spelled, {**bare, "lo": -1}):
        net = parse_map(encoded(changed(NETWORK, "map.layers", [content]))).map
        assert document(net)["map"]["layers"] == [spelled]
        digests.add(sha256(net))
    assert len(digests) == 1
    net = parse_map(encoded(changed(NETWORK, "map.layers", [half]))).map
    assert document(net)["map"]["layers"] == [{**spelled, "hi": "3"}]


@given(maps)
@few(40)
def test_canonical_bytes_are_sorted_ascii_without_space(f: PiecewiseLinear) -> None:
    data = canonical_json(document(f, name="ä"))
    assert data.isascii()
    assert b" " not in data
    again = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":")).encode()
    assert again == data
    assert sha256(f) == hashlib.sha256(data).hexdigest()


# Bad files

NUMBER = "a number such as"
BAD: dict[str, tuple[Any, str, str]] = {
    # what is wrong: (content, the field that is named, what the message says)
    "a list": ([], "file", "an object"),
    "a string": ("certify-map", "file", "an object"),
    "null": (None, "file", "an object"),
    "an empty object": ({}, "file", '"format"'),
    "no format": (changed(TENT, "format", DROP), "file", '"format"'),
    "no version": (changed(TENT, "version", DROP), "file", '"version"'),
    "no domain": (changed(TENT, "domain", DROP), "file", '"domain"'),
    "no map": (changed(TENT, "map", DROP), "file", '"map"'),
    "an unknown key": ({**TENT, "comment": "x"}, "file", '"comment"'),
    "another format": (changed(TENT, "format", "certify-certificate"), "format", "certify-certificate"),
    "a format that is no string": (changed(TENT, "format", ["certify-map"]), "format", "certify-map"),
    "a later version": (changed(TENT, "version", 2), "version", "2"),
    "a version in quotes": (changed(TENT, "version", "1"), "version", '"1"'),
    "a truth value for the version": (changed(TENT, "version", True), "version", "true"),
    "a name that is no string": ({**TENT, "name": 5}, "name", "5"),
    "null for the name": ({**TENT, "name": None}, "name", "null"),
    "a source without its digest": ({**TENT, "source": {"file": "x"}}, "source", "sha256"),
    "a source that is no object": ({**TENT, "source": "x.pt"}, "source", "an object"),
    "a source of numbers": ({**TENT, "source": {"file": "x", "sha256": 5}}, "source", "string"),
    "a source with more": ({**TENT, "source": {"file": "x", "sha256": "y", "z": ""}}, "source", '"z"'),
    "a domain of one number": (changed(TENT, "domain", ["0"]), "domain", "lo < hi"),
    "a domain of three numbers": (changed(TENT, "domain", ["0", "1", "2"]), "domain", "lo < hi"),
    "an empty list for the domain": (changed(TENT, "domain", []), "domain", "lo < hi"),
    "false for the domain": (changed(TENT, "domain", False), "domain", "false"),
    "a domain the wrong way round": (changed(TENT, "domain", ["1", "0"]), "domain", "lo < hi"),
    "a domain of one point": (changed(TENT, "domain", ["1", "1"]), "domain", "lo < hi"),
    "an infinite domain": (changed(TENT, "domain", ["0", "inf"]), "domain[1]", NUMBER),
    "a truth value in the domain": (changed(TENT, "domain", [False, True]), "domain[0]", "false"),
    "null in the domain": (changed(TENT, "domain", [None, "1"]), "domain[0]", "null"),
    "no kind": (changed(TENT, "map.kind", DROP), "map.kind", "null"),
    "an unknown kind": (changed(TENT, "map.kind", "spline"), "map.kind", "spline"),
    "a kind that is no string": (changed(TENT, "map.kind", {}), "map.kind", "{}"),
    "a map that is a list": (changed(TENT, "map", []), "map.kind", "[]"),
    "no knots": (changed(TENT, "map.knots", DROP), "map", '"knots"'),
    "knots that are no list": (changed(TENT, "map.knots", {"0": "1"}), "map.knots", "a list of points"),
    "an empty list of knots": (changed(TENT, "map.knots", []), "map.knots", "first knot"),
    "one knot": (changed(TENT, "map.knots", [["0", "0"]]), "map.knots", "first knot"),
    "knots that start too late": (changed(TENT, "map.knots.0.0", "1/10"), "map.knots", "left end"),
    "knots that end too early": (changed(TENT, "map.knots.2.0", "9/10"), "map.knots", "right"),
    "knots beyond the domain": (changed(TENT, "map.knots.2.0", "2"), "map.knots", "right"),
    "knots out of order": (changed(TENT, "map.knots.1.0", "0"), "map.knots[1]", "greater than 0"),
    "knots going back": (changed(TENT, "map.knots.2.0", "1/4"), "map.knots[2]", "greater than 1/2"),
    "a point of three numbers": (changed(TENT, "map.knots.1", ["1/2", "1", "2"]), "map.knots[1]", "two numbers"),
    "a point of one number": (changed(TENT, "map.knots.1", ["1/2"]), "map.knots[1]", "two numbers"),
    "a point that is text": (changed(TENT, "map.knots.1", "1/2"), "map.knots[1]", "two numbers"),
    "a number that is none": (changed(TENT, "map.knots.1.1", "one"), "map.knots[1][1]", NUMBER),
    "an empty number": (changed(TENT, "map.knots.1.1", ""), "map.knots[1][1]", NUMBER),
    "a plus sign": (changed(TENT, "map.knots.1.1", "+1"), "map.knots[1][1]", NUMBER),
    "a number with space": (changed(TENT, "map.knots.1.1", " 1"), "map.knots[1][1]", NUMBER),
    "a number with underscores": (changed(TENT, "map.knots.1.1", "1_0"), "map.knots[1][1]", NUMBER),
    "the denominator zero": (changed(TENT, "map.knots.1.0", "1/0"), "map.knots[1][0]", "denominator is zero"),
    "a negative denominator": (changed(TENT, "map.knots.1.0", "-1/-2"), "map.knots[1][0]", NUMBER),
    "a NaN in quotes": (changed(TENT, "map.knots.1.1", "nan"), "map.knots[1][1]", NUMBER),
    "a truth value as a number": (changed(TENT, "map.knots.1.1", True), "map.knots[1][1]", "true"),
    "null as a number": (changed(TENT, "map.knots.1.1", None), "map.knots[1][1]", "null"),
    "a list as a number": (changed(TENT, "map.knots.1.1", ["1"]), "map.knots[1][1]", NUMBER),
    "an enormous exponent": (changed(TENT, "map.knots.1.1", "1e-999999"), "map.knots[1][1]", "exponent"),
    "slopes on an interval": (changed(TENT, "map.slopes", ["0", "0"]), "map", '"slopes"'),
    "no slopes on the line": (changed(LINE, "map.slopes", DROP), "map", '"slopes"'),
    "one slope": (changed(LINE, "map.slopes", ["1"]), "map.slopes", "two numbers"),
    "null for the slopes": (changed(LINE, "map.slopes", None), "map.slopes", "two numbers"),
    "a slope that is no number": (changed(LINE, "map.slopes", ["1", "steep"]), "map.slopes[1]", NUMBER),
    "no knot on the line": (changed(LINE, "map.knots", []), "map.knots", "at least one knot"),
    "layers beside knots": (changed(TENT, "map.layers", []), "map", '"layers"'),
    "no layers": (changed(NETWORK, "map.layers", DROP), "map", '"layers"'),
    "an empty list of layers": (changed(NETWORK, "map.layers", []), "map.layers", "at least one layer"),
    "layers that are no list": (changed(NETWORK, "map.layers", {}), "map.layers", "a list of layers"),
    "a layer that is no object": (layer("0", []), "map.layers[0]", "an object"),
    "knots in a network": (changed(NETWORK, "map.knots", []), "map", '"knots"'),
    "no weight": (layer("0.weight", DROP), "map.layers[0]", '"weight"'),
    "no bias": (layer("1.bias", DROP), "map.layers[1]", '"bias"'),
    "no activation": (layer("0.activation", DROP), "map.layers[0].activation", "relu6"),
    "an unknown activation": (layer("0.activation", "swish"), "map.layers[0].activation", "swish"),
    "an activation with parameters in its name": (
        layer("1.activation", "clip:0,1"), "map.layers[1].activation", "clip:0,1"
    ),
    "an activation that is a list": (layer("0.activation", ["relu"]), "map.layers[0].activation", "relu"),
    "an unknown key in a layer": (layer("0.name", "x"), "map.layers[0]", '"name"'),
    "a parameter that the activation has not": (layer("0.lo", "0"), "map.layers[0]", '"lo"'),
    "a parameter too few": (layer("1.hi", DROP), "map.layers[1]", '"hi"'),
    "clip with lo > hi": (layer("1.lo", "2"), "map.layers[1]", "lo <= hi"),
    "hardtanh with lo above the default": (
        layer("1", {"weight": [[1, 1]], "bias": [0], "activation": "hardtanh", "lo": 2}),
        "map.layers[1]", "lo <= hi",
    ),
    "a weight that is no matrix": (layer("0.weight", ["1", "1"]), "map.layers[0].weight[0]", "row"),
    "a weight that is a number": (layer("0.weight", "1"), "map.layers[0].weight", "matrix"),
    "an empty weight": (layer("0.weight", []), "map.layers[0].weight", "matrix"),
    "an empty row": (layer("0.weight", [[], []]), "map.layers[0].weight", "matrix"),
    "ragged rows": (layer("0.weight", [["1"], ["1", "2"]]), "map.layers[0].weight", "ragged"),
    "a weight that is no number": (layer("1.weight.0.1", "w"), "map.layers[1].weight[0][1]", NUMBER),
    "a truth value as a weight": (layer("1.weight.0.1", False), "map.layers[1].weight[0][1]", "false"),
    "too few biases": (layer("0.bias", ["0"]), "map.layers[0].bias", "2 numbers"),
    "a bias that is no number": (layer("0.bias.1", {}), "map.layers[0].bias[1]", NUMBER),
    "a bias that is no list": (layer("0.bias", "0"), "map.layers[0].bias", "list"),
    "two inputs": (layer("0.weight", [["1", "1"], ["1", "1"]]), "map.layers[0].weight", "one column"),
    "layers that do not fit": (layer("1.weight", [["1"]]), "map.layers[1].weight", "2 columns"),
    "two outputs": (
        changed(layer("1.weight", [["1", "1"], ["1", "1"]]), "map.layers.1.bias", ["0", "0"]),
        "map.layers[1].weight", "single output",
    ),
}  # fmt: skip


@pytest.mark.parametrize("defect", BAD)
def test_a_bad_file_names_the_field(defect: str, tmp_path: Path) -> None:
    content, where, words = BAD[defect]
    path = tmp_path / "bad.json"
    path.write_bytes(encoded(content))
    with pytest.raises(InputError) as caught:
        read_map(path)
    error = caught.value
    assert error.where == where
    assert words in str(error)
    assert str(error).startswith(f"{path}: {where}: expected ")
    assert "\n" not in str(error)
    assert len(str(error)) < len(str(path)) + 400
    assert isinstance(error, CertifyError)
    assert isinstance(error, ValueError)


BAD_TEXT: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "a JSON map file"),
    "no JSON": (b"format: certify-map", "a JSON map file"),
    "half a file": (encoded(TENT)[:-20], "a JSON map file"),
    "more after the end": (encoded(TENT) + b"{}", "a JSON map file"),
    "a byte that is not UTF-8": (encoded(TENT).replace(b"certify", b"\xff"), "a JSON map file"),
    "UTF-16": (json.dumps(TENT).encode("utf-16"), "a JSON map file"),
    "a byte order mark": (b"\xef\xbb\xbf" + encoded(TENT), "a JSON map file"),
    "a trailing comma": (encoded(TENT).replace(b"]}}", b"],}}"), "a JSON map file"),
    "a key twice": (encoded(TENT).replace(b'"version": 1', b'"version": 1, "version": 1'), '"version" twice'),
    "a key twice deep inside": (encoded(TENT).replace(b'"kind"', b'"kind": "network", "kind"'), '"kind" twice'),
    "a key twice, once escaped": (encoded(TENT).replace(b'"version": 1', b'"\\u0076ersion": 1, "version": 1'), "twice"),
    "a fraction": (encoded(TENT).replace(b'"1/2"', b"0.5"), "0.5"),
    "one tenth": (encoded(TENT).replace(b'"1/2"', b"0.1"), 'write "0.1" in quotes for the decimal'),
    "an exponent without quotes": (encoded(TENT).replace(b'"1/2"', b"1e0"), "1e0"),
    "a fraction for the version": (encoded(TENT).replace(b'"version": 1', b'"version": 1.0'), "1.0"),
    "a NaN": (encoded(TENT).replace(b'"1/2"', b"NaN"), "NaN"),
    "an infinity": (encoded(TENT).replace(b'"1/2"', b"-Infinity"), "-Infinity"),
    "an integer without end": (encoded(TENT).replace(b'"1/2"', b"9" * 50_000), "digits"),
    "text without end": (encoded(TENT).replace(b"1/2", b"9" * 50_000), "digits"),
}


@pytest.mark.parametrize("defect", BAD_TEXT)
def test_a_file_that_is_no_json_of_ours_says_why(defect: str, tmp_path: Path) -> None:
    data, words = BAD_TEXT[defect]
    path = tmp_path / "bad.json"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_map(path)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < len(str(path)) + 400


def test_a_float_is_refused_because_it_is_ambiguous() -> None:
    with pytest.raises(InputError, match="could mean the decimal or the double next to it") as caught:
        parse_map(encoded(TENT).replace(b'"1/2"', b"0.1"))
    assert "hexadecimal" in str(caught.value)


@pytest.mark.parametrize("depth", [10, 300, 900, 960, 980, 985, 990, 993, 995, 997, 1000, 3000, 200_000])
@pytest.mark.parametrize("path", ["format", "version", "name", "domain", "map.knots.1.1", "map.layers"])
def test_deep_nesting_is_an_input_error_at_every_depth(depth: int, path: str) -> None:
    hole = json.dumps(changed(TENT, path, "HOLE"))
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        text = hole.replace('"HOLE"', opening * depth + "1" + closing * depth)
        with pytest.raises(InputError):
            parse_map(text.encode())


def test_a_long_integer_is_read_whole() -> None:
    """Python itself refuses to read or print integers of more than 4,300 digits; map files may hold them."""
    long = "1" + "0" * 9000
    spelled = encoded(LINE).replace(b'"2"', long.encode())
    quoted = encoded(LINE).replace(b'"2"', f'"{long}"'.encode())
    f = parse_map(spelled).map
    assert f == parse_map(quoted).map == PiecewiseLinear([(0, 1)], slopes=(10**9000, F(-1, 2)))
    assert document(f)["map"]["slopes"][0] == long


@pytest.mark.parametrize("missing", ["no such file", "a folder"])
def test_what_cannot_be_opened_is_an_input_error(missing: str, tmp_path: Path) -> None:
    path = tmp_path if missing == "a folder" else tmp_path / "none.json"
    with pytest.raises(InputError, match="a readable file") as caught:
        read_map(path)
    assert str(caught.value).startswith(str(path))


def test_the_field_of_a_wrong_number_shows_the_number() -> None:
    with pytest.raises(InputError, match="'one'"):
        parse_map(encoded(changed(TENT, "map.knots.1.1", "one")))


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tent.json"
    path.write_bytes(encoded(TENT))
    monkeypatch.setattr("certify.mapfile.MAX_BYTES", len(encoded(TENT)))
    read_map(path)
    monkeypatch.setattr("certify.mapfile.MAX_BYTES", len(encoded(TENT)) - 1)
    with pytest.raises(InputError, match="bytes"):
        read_map(path)
