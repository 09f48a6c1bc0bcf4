"""Is the map in an exported Coq file the one in a map file? Both are read here, number by number, and compared.

Standard library only, and a reader of map files of its own: neither the exporter nor the package's reader is believed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NoReturn

from certify.kernel.reader import CoqFile, KnotsData, LayerData, PlrnnData, long_integers

MAX_DIGITS = 40_000

FRACTION = re.compile(r"(-?[0-9]+)(?:/([0-9]+))?", re.ASCII)
DECIMAL = re.compile(r"(-?)([0-9]*)\.?([0-9]*)(?:[eE]([-+]?[0-9]{1,6}))?", re.ASCII)
INTERVAL = re.compile(r"\[([^\[,]*),([^\[,]*)\]")
HEXADECIMAL = re.compile(r"(-?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([-+]?[0-9]{1,6}))?", re.ASCII)

Point = tuple[Fraction, Fraction]
Parameters = list[tuple[str, str | None]]
"""Keys of the map file, each with what it is when left out; without a key, a number that the name stands for."""

ACTIVATIONS: dict[str, tuple[str, Parameters]] = {
    "identity": ("Identity", []),
    "relu": ("Relu", []),
    "leaky_relu": ("LeakyRelu", [("negative_slope", None)]),
    "abs": ("Abs", []),
    "clip": ("Clip", [("lo", None), ("hi", None)]),
    "hardtanh": ("Clip", [("lo", "-1"), ("hi", "1")]),
    "relu6": ("Clip", [("", "0"), ("", "6")]),
}


NAMES: dict[type, str] = {tuple: "a network", KnotsData: "knots", PlrnnData: "a plrnn"}


class NoMap(ValueError):
    """The map file cannot be read; the text says why."""


class Different(Exception):
    """The two maps are not the same; the text says where."""


@long_integers()
def compare(found: CoqFile, map_file: bytes) -> int:
    """How many numbers were compared, and agree. Raises `Different`, and `NoMap`."""
    document = _json(map_file)
    try:
        domain, given = document["domain"], document["map"]
        ends = None if domain is None else (number(domain[0]), number(domain[1]))
        if found.domain != ends:
            raise Different(f"domain: {_interval(found.domain)} in the Coq file, {_interval(ends)} in the map file")
        compared = 0 if ends is None else 2
        if given["kind"] == "network":
            return compared + _network(found, given["layers"])
        if given["kind"] == "piecewise-linear":
            return compared + _knots(found, given)
        if given["kind"] == "plrnn":
            return compared + _plrnn(found, given)
    except NoMap:
        raise
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise NoMap(f"expected a map file, got one in which this is wrong: {error}") from None
    raise NoMap(f"expected a network, a piecewise-linear map or a plrnn, got {str(given['kind'])[:40]}")


def _network(found: CoqFile, layers: list[dict[str, Any]]) -> int:
    if not isinstance(found.map, tuple):
        raise Different(f"map: {NAMES[type(found.map)]} in the Coq file, a network in the map file")
    same("layers", len(found.map), len(layers))
    return sum(_layer(f"layers[{i}]", here, there) for i, (here, there) in enumerate(zip(found.map, layers)))


def _layer(where: str, here: LayerData, there: dict[str, Any]) -> int:
    given_name: str = there["activation"]
    name, parameters = ACTIVATIONS.get(given_name, (given_name, []))
    same(f"{where}.activation", here.activation, name)
    for given, (key, default) in zip(here.parameters, parameters, strict=True):
        wanted = number(there[key] if default is None else there.get(key, default))
        same(f"{where}.{key or given_name}", given, wanted)
    same(f"{where}.bias: length", len(here.rows), len(there["bias"]))
    same(f"{where}.weight: length", len(here.rows), len(there["weight"]))
    for i, ((weights, bias), row, offset) in enumerate(zip(here.rows, there["weight"], there["bias"])):
        same(f"{where}.weight[{i}]: length", len(weights), len(row))
        for j, (weight, entry) in enumerate(zip(weights, row)):
            same(f"{where}.weight[{i}][{j}]", Fraction(weight, here.denominator), number(entry))
        same(f"{where}.bias[{i}]", Fraction(bias, here.denominator), number(offset))
    named = [key for key, _ in parameters if key]
    return len(named) + sum(len(weights) + 1 for weights, _ in here.rows)


def _knots(found: CoqFile, given: dict[str, Any]) -> int:
    """Points at which the slope does not change mean nothing, in either file."""
    if not isinstance(found.map, KnotsData):
        raise Different(f"map: {NAMES[type(found.map)]} in the Coq file, knots in the map file")
    points = [(number(x), number(y)) for x, y in given["knots"]]
    slopes = None
    if not found.domain:
        left, right = given["slopes"]
        slopes = number(left), number(right)
    if (found.map.slopes is None) != (slopes is None):
        raise Different("map: slopes at the ends in only one of the two files")
    try:
        here = bends([*found.map.points], found.map.slopes)
    except NoMap as error:
        raise Different(f"knots: {error} in the Coq file") from None
    there = bends(points, slopes)
    same("knots: number", len(here), len(there))
    for i, (p, q) in enumerate(zip(here, there)):
        same(f"knot {i}: x", p[0], q[0])
        same(f"knot {i}: y", p[1], q[1])
    for side, here_, there_ in zip(("left", "right"), found.map.slopes or (), slopes or ()):
        same(f"slopes: {side}", here_, there_)
    if found.domain and (here[0][0], here[-1][0]) != found.domain:
        raise Different(f"domain: the knots reach from {here[0][0]} to {here[-1][0]}")
    return 2 * len(here) + len(slopes or ())


def _plrnn(found: CoqFile, given: dict[str, Any]) -> int:
    if not isinstance(found.map, PlrnnData):
        raise Different(f"map: {NAMES[type(found.map)]} in the Coq file, a plrnn in the map file")
    compared, over = 0, found.map.denominator
    for key, here in (("A", found.map.A), ("W", found.map.W), ("C", found.map.C)):
        same(f"{key}: length", len(here), len(given[key]))
        compared += sum(_entries(f"{key}[{i}]", over, *pair) for i, pair in enumerate(zip(here, given[key])))
    return compared + _entries("e", over, found.map.e, given["e"]) + _entries("h", over, found.map.h, given["h"])


def _entries(where: str, over: int, here: Sequence[int], there: Sequence[Any]) -> int:
    """How many numbers of a row were compared, and agree."""
    same(f"{where}: length", len(here), len(there))
    for i, (entry, value) in enumerate(zip(here, there)):
        same(f"{where}[{i}]", Fraction(entry, over), number(value))
    return len(here)


def bends(points: list[Point], slopes: Point | None) -> list[Point]:
    """The points at which the slope changes, and the two ends of an interval; of a line, its point at 0."""
    if not points or any(a[0] >= b[0] for a, b in pairwise(points)):
        raise NoMap("expected knots with x increasing")
    rises = [(v - y) / (u - x) for (x, y), (u, v) in pairwise(points)]
    if slopes is None:
        return [points[0], *(p for p, s, t in zip(points[1:], rises, rises[1:]) if s != t), *points[1:][-1:]]
    rises = [slopes[0], *rises, slopes[1]]
    kept = [p for p, (s, t) in zip(points, pairwise(rises)) if s != t]
    (x, y) = points[0]
    return kept or [(Fraction(0), y - slopes[0] * x)]


def number(value: Any) -> Fraction:
    """A number of a map file. Raises `NoMap`, and `Different` for an interval."""
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or len(text) > 2 * MAX_DIGITS:
        _no_number(value)
    if match := INTERVAL.fullmatch(text):
        lo, hi = number(match[1]), number(match[2])
        if lo < hi:
            raise Different(f"the map file stands for many maps: {text[:60]}")
        return lo if lo == hi else _no_number(value)
    if text.endswith("?") and DECIMAL.fullmatch(text[:-1]):
        raise Different(f"the map file stands for many maps: {text[:60]}")
    if match := FRACTION.fullmatch(text):
        below = int(match[2] or 1)
        return Fraction(int(match[1]), below) if below else _no_number(value)
    for pattern, base, radix, places in ((DECIMAL, 10, 10, 1), (HEXADECIMAL, 16, 2, 4)):
        if (match := pattern.fullmatch(text)) and (digits := match[2] + match[3]):
            size = Fraction(radix) ** (int(match[4] or 0) - places * len(match[3]))
            return int(match[1] + digits, base) * size
    return _no_number(value)


def same(where: str, here: object, there: object) -> None:
    """The two files agree here. Raises `Different`."""
    if here != there:
        raise Different(f"{where}: {str(here)[:60]} in the Coq file, {str(there)[:60]} in the map file")


def _no_number(value: object) -> NoReturn:
    raise NoMap(f"expected a number, got {str(value)[:40]!r}")


def _json(data: bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) < len(pairs):
            raise NoMap("expected each key once")
        return content

    try:
        return json.loads(data.decode(), object_pairs_hook=once, parse_float=_no_number, parse_constant=_no_number)
    except NoMap:
        raise
    except (ValueError, RecursionError) as error:
        raise NoMap(f"expected a JSON document in UTF-8, got: {str(error)[:80]}") from None


def _interval(ends: tuple[Fraction, Fraction] | None) -> str:
    return "the line" if ends is None else f"[{ends[0]}, {ends[1]}]"
