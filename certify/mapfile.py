"""Map files: the project's JSON format for one exact map or a box of them, as docs/map-format.md specifies it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

from certify.box import Box
from certify.errors import InputError
from certify.gated import GRU, LSTM, Cell
from certify.network import PARAMETERS, Activation, Layer, Network
from certify.numbers import NEG_INF, Extended, Q, rational, text, texts
from certify.piecewise import PiecewiseLinear
from certify.plrnn import PLRNN

FORMAT, VERSION = "certify-map", 1

MAX_BYTES = 64_000_000
"""The largest map file that is read: the checker's own limit."""

LineMap = Network | PiecewiseLinear | Box
Map = LineMap | PLRNN | Cell


Spatial = Network | PLRNN | Cell


def is_spatial(given: Map) -> TypeGuard[Spatial]:
    """Whether it is a map of R^d for which the line has no theorems: a PLRNN, a gated cell, or a network with d > 1 inputs and outputs."""
    return isinstance(given, PLRNN | Cell) or (isinstance(given, Network) and (given.dimension or 1) > 1)


def line_map(given: Map) -> LineMap:
    """The map itself, for questions about maps of an interval or the line. Raises `InputError` for a map of R^d."""
    if isinstance(given, PLRNN | Cell) or is_spatial(given):
        raise InputError("map", "a map of an interval or of the line", f"a map of R^{given.dimension}")
    return given


def exact_map(given: Map) -> Network | PiecewiseLinear:
    """The map itself, for questions about the one exact map of the line. Raises `InputError` for a box and a map of R^d."""
    given = line_map(given)
    if isinstance(given, Box):
        raise InputError("map", "one exact map", "a box of networks (weights that are intervals)")
    return given


@dataclass(frozen=True)
class MapFile:
    """A map with what its file says beside the mathematics: a name for people, and where it was converted from."""

    map: Map
    name: str | None = None
    source: dict[str, str] | None = None


def read_map(path: str | Path) -> MapFile:
    """The map in a JSON map file. Raises `InputError`, one line that names the file and the field."""
    path = Path(path)
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise InputError("file", f"at most {MAX_BYTES} bytes", f"{len(data)}")
        return parse_map(data)
    except InputError as error:
        raise error.at(str(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("file", "a readable file", reason.lower(), repr(str(path))[1:-1]) from None


def parse_map(data: bytes) -> MapFile:
    """The map in the bytes of a JSON map file. Raises `InputError`."""
    try:
        document = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_no_float,
            parse_constant=_no_constant,
            parse_int=_integer,
        )
    except InputError:
        raise
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(
            "file", "a JSON map file", str(error).splitlines()[0] if str(error) else type(error).__name__
        ) from None
    return _map_file(document)


def _map_file(document: Any) -> MapFile:
    _keys("file", document, ("format", "version", "domain", "map"), ("name", "source"))
    if document["format"] != FORMAT:
        _wrong("format", json.dumps(FORMAT), document["format"])
    if document["version"] != VERSION or isinstance(document["version"], bool):
        _wrong("version", f"{VERSION}", document["version"])
    name, source = document.get("name"), document.get("source")
    if "name" in document and not isinstance(name, str):
        _wrong("name", "a string", name)
    if "source" in document:
        _keys("source", source, ("file", "sha256"))
        if not all(isinstance(value, str) for value in source.values()):
            _wrong("source", "two strings", source)
    domain = document["domain"]
    if domain is not None:
        domain = [
            _number(f"domain[{i}]", end)
            for i, end in enumerate(_list("domain", domain, "two numbers lo < hi, or null", 2))
        ]
        if not domain[0] < domain[1]:
            _wrong("domain", "lo < hi", document["domain"])
    given = document["map"]
    kind = given.get("kind") if isinstance(given, dict) else given
    decode = DECODERS.get(kind) if isinstance(kind, str) else None
    if not isinstance(given, dict) or decode is None:
        _wrong("map.kind", f"one of {', '.join(DECODERS)}", kind)
    return MapFile(decode(given, domain), name, source)


def _piecewise_linear(given: dict[str, Any], domain: Sequence[Q] | None) -> PiecewiseLinear:
    _keys("map", given, ("kind", "knots") if domain else ("kind", "knots", "slopes"))
    points = _list("map.knots", given["knots"], "a list of points")
    knots: list[tuple[Q, Q]] = []
    for i, point in enumerate(points):
        place = f"map.knots[{i}]"
        x, y = (_number(f"{place}[{j}]", value) for j, value in enumerate(_list(place, point, "two numbers", 2)))
        if knots and not knots[-1][0] < x:
            _wrong(place, f"x greater than {text(knots[-1][0])[:40]}, the knot before", point[0])
        knots.append((x, y))
    if domain is None:
        if not knots:
            _wrong("map.knots", "at least one knot", points)
        slopes = [
            _number(f"map.slopes[{j}]", s) for j, s in enumerate(_list("map.slopes", given["slopes"], "two numbers", 2))
        ]
        return PiecewiseLinear(knots, slopes)
    if len(knots) < 2 or (knots[0][0], knots[-1][0]) != tuple(domain):
        _wrong(
            "map.knots",
            "a first knot at the left end of the domain and a last at the right",
            [point[:1] for point in points[:: max(1, len(points) - 1)]],
        )
    return PiecewiseLinear(knots)


def _network(given: dict[str, Any], domain: Sequence[Q] | None) -> Network | Box:
    _keys("map", given, ("kind", "layers"))
    layers = [
        _layer(f"map.layers[{i}]", layer)
        for i, layer in enumerate(_list("map.layers", given["layers"], "a list of layers"))
    ]
    try:
        lower, upper = (Network([pair[end] for pair in layers], domain) for end in (0, 1))
    except InputError as error:
        where = error.where if error.where == "domain" else f"map.{error.where}"
        raise InputError(where, error.expected, error.got) from None
    return lower if all(low is high for low, high in layers) else Box(lower, upper)


def _plrnn(given: dict[str, Any], domain: Sequence[Q] | None) -> PLRNN:
    _keys("map", given, ("kind", "A", "W", "C", "e", "h"))
    _no_domain(domain)
    matrices = [_matrix(f"map.{key}", given[key]) for key in "AWC"]
    vectors = [_vector(f"map.{key}", given[key]) for key in "eh"]
    with _in_map():
        return PLRNN(*matrices, *vectors)


def _lstm(given: dict[str, Any], domain: Sequence[Q] | None) -> LSTM:
    _keys("map", given, ("kind", "i", "f", "g", "o"))
    _no_domain(domain)
    gates = [_gate(f"map.{key}", given[key]) for key in "ifgo"]
    with _in_map():
        return LSTM(*gates)


def _gru(given: dict[str, Any], domain: Sequence[Q] | None) -> GRU:
    _keys("map", given, ("kind", "reset", "r", "z", "n"))
    _no_domain(domain)
    reset = given["reset"]
    if reset not in ("before", "after"):
        _wrong("map.reset", '"before" or "after"', reset)
    r, z = (_gate(f"map.{key}", given[key]) for key in "rz")
    candidate = _gate("map.n", given["n"], *(("reset_bias",) if reset == "after" else ()))
    bias = _vector("map.n.reset_bias", given["n"]["reset_bias"]) if reset == "after" else None
    with _in_map():
        return GRU(r, z, candidate, reset, bias)


def _gate(place: str, given: Any, *more: str) -> tuple[list[list[Q]], list[Q]]:
    """The weight and the bias of a gate, beside which there may be more keys."""
    _keys(place, given, ("weight", "bias", *more))
    return _matrix(f"{place}.weight", given["weight"]), _vector(f"{place}.bias", given["bias"])


def _matrix(place: str, value: Any) -> list[list[Q]]:
    rows = _list(place, value, "a matrix, a list of rows")
    return [_vector(f"{place}[{i}]", row, "a row of numbers") for i, row in enumerate(rows)]


def _vector(place: str, value: Any, expected: str = "a list of numbers") -> list[Q]:
    return [_number(f"{place}[{i}]", entry) for i, entry in enumerate(_list(place, value, expected))]


def _no_domain(domain: Sequence[Q] | None) -> None:
    if domain is not None:
        _wrong("domain", "null, for the whole of R^d", [text(end) for end in domain])


@contextmanager
def _in_map() -> Iterator[None]:
    """Says of an input error that it is in the map."""
    try:
        yield
    except InputError as error:
        raise InputError(f"map.{error.where}", error.expected, error.got) from None


DECODERS: dict[str, Callable[[dict[str, Any], Sequence[Q] | None], Map]] = {
    "piecewise-linear": _piecewise_linear,
    "network": _network,
    "plrnn": _plrnn,
    "lstm": _lstm,
    "gru": _gru,
}


def _layer(place: str, given: Any) -> tuple[Layer, Layer]:
    """The layer at the lower and at the upper ends of its intervals: the same object where there is none."""
    name = given.get("activation") if isinstance(given, dict) else None
    if isinstance(given, dict) and (not isinstance(name, str) or name not in PARAMETERS):
        _wrong(f"{place}.activation", f"one of {', '.join(PARAMETERS)}", name)
    names = PARAMETERS.get(name or "", ())
    optional = names if name == "hardtanh" else ()
    _keys(place, given, ("weight", "bias", "activation", *(() if optional else names)), optional)
    weight = [
        [
            _entry(f"{place}.weight[{i}][{j}]", w)
            for j, w in enumerate(_list(f"{place}.weight[{i}]", row, "a row of numbers"))
        ]
        for i, row in enumerate(_list(f"{place}.weight", given["weight"], "a matrix of shape (out, in)"))
    ]
    bias = [
        _entry(f"{place}.bias[{i}]", b)
        for i, b in enumerate(_list(f"{place}.bias", given["bias"], "a list of numbers"))
    ]
    defaults = dict(zip(names, (Q(-1), Q(1)))) if optional else {}
    parameters = [_number(f"{place}.{key}", given[key]) if key in given else defaults[key] for key in names]
    try:
        activation = Activation(name or "", tuple(parameters))
        if not any(isinstance(w, tuple) for row in (*weight, bias) for w in row):
            layer = Layer(weight, bias, activation)
            return layer, layer
        lower, upper = (
            Layer([[_end(w, i) for w in row] for row in weight], [_end(b, i) for b in bias], activation) for i in (0, 1)
        )
        return lower, upper
    except InputError as error:
        raise InputError(f"{place}.{error.where}", error.expected, error.got) from None
    except ValueError as error:
        raise InputError(place, "parameters that fit the activation", str(error)) from None


# Writing


def document(given: Map, name: str | None = None, source: dict[str, str] | None = None) -> dict[str, Any]:
    """The map as a JSON map file's content, canonical: numbers and intervals in lowest terms, no false knot, defaults filled in."""
    content: dict[str, Any] = {"format": FORMAT, "version": VERSION, "domain": _ends(given.ends)}
    if name is not None:
        content["name"] = name
    if source is not None:
        content["source"] = source
    if isinstance(given, Network):
        content["map"] = {"kind": "network", "layers": [_layer_document(layer) for layer in given.layers]}
        return content
    if isinstance(given, Box):
        content["map"] = {"kind": "network", "layers": [_box_document(*layer) for layer in given.layers]}
        return content
    if isinstance(given, PLRNN):
        matrices = {key: [[text(x) for x in row] for row in getattr(given, key)] for key in "AWC"}
        vectors = {key: [text(x) for x in getattr(given, key)] for key in "eh"}
        content["map"] = {"kind": "plrnn", **matrices, **vectors}
        return content
    if isinstance(given, LSTM):
        content["map"] = {"kind": "lstm", **{key: _gate_document(getattr(given, key)) for key in "ifgo"}}
        return content
    if isinstance(given, GRU):
        gates = {key: _gate_document(getattr(given, key)) for key in "rzn"}
        if given.reset_bias is not None:
            gates["n"]["reset_bias"] = [text(x) for x in given.reset_bias]
        content["map"] = {"kind": "gru", "reset": given.reset, **gates}
        return content
    content["map"] = shape = {"kind": "piecewise-linear", "knots": [[str(x), str(y)] for x, y in _points(given)]}
    if content["domain"] is None:
        shape["slopes"] = [text(given.slopes[0]), text(given.slopes[-1])]
    return content


def canonical_json(content: dict[str, Any]) -> bytes:
    """The bytes whose SHA-256 names the map: sorted keys, no white space, ASCII, without `name` and `source`."""
    bare = {key: value for key, value in content.items() if key not in ("name", "source")}
    return json.dumps(bare, sort_keys=True, separators=(",", ":")).encode("ascii")


def sha256(given: Map) -> str:
    """The SHA-256 of the canonical map JSON, by which a certificate names its map."""
    return canonical_json_sha256(document(given))


def canonical_json_sha256(content: dict[str, Any]) -> str:
    """The same digest from the map's canonical document."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _points(given: PiecewiseLinear) -> list[tuple[Extended, Extended]]:
    finite: list[tuple[Extended, Extended]] = [(x, y) for x, y in zip(given.corners, given.values) if isinstance(x, Q)]
    return finite or [(Q(0), given.intercepts[0])]


def _layer_document(layer: Layer) -> dict[str, Any]:
    weight, bias, scale = layer.affine
    content: dict[str, Any] = {
        "weight": _rows(texts(chain.from_iterable(weight), scale), len(weight[0])),
        "bias": texts(bias, scale),
        "activation": layer.activation.name,
    }
    content.update(zip(PARAMETERS[layer.activation.name], map(text, layer.activation.parameters)))
    return content


def _gate_document(gate: Layer) -> dict[str, Any]:
    return {key: value for key, value in _layer_document(gate).items() if key != "activation"}


def _box_document(lower: Layer, upper: Layer) -> dict[str, Any]:
    content, other = _layer_document(lower), _layer_document(upper)
    content["weight"] = [list(map(_interval_text, *rows)) for rows in zip(content["weight"], other["weight"])]
    content["bias"] = list(map(_interval_text, content["bias"], other["bias"]))
    return content


def _interval_text(lo: str, hi: str) -> str:
    return lo if lo == hi else f"[{lo},{hi}]"


def _rows(entries: list[str], length: int) -> list[list[str]]:
    return [entries[i : i + length] for i in range(0, len(entries), length)]


def _ends(ends: tuple[Extended, Extended]) -> list[str] | None:
    return None if ends[0] is NEG_INF else [text(ends[0]), text(ends[1])]


# The strict decoder

NUMBER = 'a number such as "22/7", "-1.25e-3", "0x1.8p-3" or 3'


def _number(place: str, value: Any) -> Q:
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return rational(value)
        except ValueError as error:
            raise InputError(place, NUMBER, str(error)) from None
    return _wrong(place, NUMBER, value)


Interval = tuple[Q, Q]

_ROUNDED = re.compile(r"-?[0-9]*(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?\?", re.ASCII)


def _entry(place: str, value: Any) -> Q | Interval:
    """A number, or the interval "[lo,hi]", or "0.123?": the decimal give or take half a unit of its last digit."""
    if not isinstance(value, str) or value[-1:] not in ("]", "?"):
        return _number(place, value)
    if value[-1] == "?":
        if not (match := _ROUNDED.fullmatch(value)):
            _wrong(place, 'a decimal before "?", such as "0.123?"', value)
        decimal = _number(place, value[:-1])
        half = Q(10) ** (int(match[2] or 0) - len(match[1] or "")) / 2
        return decimal - half, decimal + half
    ends = value[1:-1].split(",")
    if value[0] != "[" or len(ends) != 2:
        _wrong(place, 'an interval such as "[0.1,1/3]"', value)
    lo, hi = (_number(place, end) for end in ends)
    if lo > hi:
        _wrong(place, "lo <= hi in an interval", value)
    return (lo, hi) if lo < hi else lo


def _end(entry: Q | Interval, i: int) -> Q:
    return entry[i] if isinstance(entry, tuple) else entry


def _list(place: str, value: Any, expected: str, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        _wrong(place, expected, value)
    return value


def _keys(place: str, value: Any, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
    if not isinstance(value, dict):
        _wrong(place, "an object", value)
    for key in required:
        if key not in value:
            raise InputError(place, f'the key "{key}"', "no such key")
    for key in value:
        if key not in required + optional:
            raise InputError(place, f"the keys {', '.join(required + optional)} and no other", json.dumps(key)[:60])


def _wrong(place: str, expected: str, got: Any) -> NoReturn:
    shown = json.dumps(got, default=str)
    raise InputError(place, expected, shown if len(shown) <= 60 else shown[:57] + "...")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        raise InputError(
            "file", "each key once", f"the key {json.dumps(next(k for k in keys if keys.count(k) > 1))} twice"
        )
    return content


def _integer(literal: str) -> Any:
    return rational(literal).p.__int__()


def _no_constant(literal: str) -> NoReturn:
    raise InputError("file", "finite numbers as strings or integers", literal)


def _no_float(literal: str) -> NoReturn:
    raise InputError(
        "file",
        "numbers as strings or integers",
        f"the JSON number {literal[:40]}, which could mean the decimal or the double next to it:"
        f' write "{literal[:40]}" in quotes for the decimal, or the hexadecimal float for the double',
    )
