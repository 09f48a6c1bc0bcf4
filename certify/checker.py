#!/usr/bin/env python3
"""Check a certificate that a piecewise-linear map is chaotic, or that it is ordered.

    python -I -S checker.py MAP CERTIFICATE

This file stands alone: Python's standard library, its own parser, its own evaluator. It trusts nothing and searches for
nothing: it reads the map file and the certificate, replays in exact arithmetic what the certificate says, and forms the
claim itself. Formats, rules and theorems stand in docs/map-format.md and docs/certificate-format.md. Throughout, f is
the map, J its domain (an interval or the line), j the level, m = 2^j and g = f^m.

The first word on stdout is VALID (exit 0), INVALID (1) or UNSUPPORTED (4); input that cannot be read gives one line on
stderr (2). From top to bottom: limits and complaints, numbers, the map as pieces, networks, the map file, the rules,
the claim, the command.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import MAX_EMAX, Context, Decimal
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, chain, pairwise
from math import gcd, lcm
from operator import mul
from typing import Any, NamedTuple, NoReturn

# Limits. Beyond them the answer is UNSUPPORTED, never VALID.
MAX_BYTES = 64_000_000  # of a file: what Python's JSON parser takes in within seconds
MAX_LENGTH = 40_000  # characters of a number, so 20,000 digits above and below: still read in milliseconds
MAX_LEVEL = 20  # a rule at level j takes 2^j steps or more
MAX_WORK = 60 * 10**9  # units of about a nanosecond: no certificate keeps the checker busy for many minutes

INF = float("inf")  # INF and -INF, the ends of the line, are the only floats: a Fraction compares with them exactly,
Extended = Fraction | float  # and nothing is ever added to them or multiplied by them


class Outcome(NamedTuple):
    """The answer of `check`: VALID, INVALID or UNSUPPORTED, and one line: what is proved, or which rule failed."""

    status: str
    message: str


class Unreadable(ValueError):
    """The map file, or the JSON of either file, cannot be read; one line says where, what was expected, what came."""


class Refused(Exception):
    """A rule failed: the certificate is INVALID."""


class Beyond(Exception):
    """A version or kind that is not known here, or data beyond the limits: UNSUPPORTED."""


class Own(str):
    """Words of this checker's own where a complaint tells what came: shown without quotation marks, in full."""


def wrong(error: type[Exception], where: str, expected: str, got: object) -> NoReturn:
    """Complain in the one form that every complaint has, on one line of ASCII."""
    if isinstance(got, str):
        got = got if isinstance(got, Own) else ascii(got if len(got) <= 60 else got[:60] + "...")
    elif isinstance(got, int | float | Fraction) and not isinstance(got, bool):
        got = brief(got)
    else:
        names = {bool: "a truth value", list: "a list", dict: "an object", type(None): "null"}
        got = names.get(type(got), "no JSON value")
    raise error(f"{where}: expected {expected}, got {got}")


def brief(x: Extended) -> str:
    """A number for reading: in full up to some 40 digits, else rounded to 12."""
    if isinstance(x, float) or (bits := x.numerator.bit_length() + x.denominator.bit_length()) <= 133:
        return str(x)
    if bits > 8 * MAX_LENGTH:  # a value that grew on the way, not a number of the files
        return f"a number of {bits} bits"
    return f"{Context(prec=12, Emax=MAX_EMAX).divide(Decimal(x.numerator), Decimal(x.denominator))} (rounded)"


class Work:
    """What one check may still spend, in steps and bits, not in seconds: the answer is the same on every machine."""

    left = MAX_WORK

    def spend(self, steps: int, bits: int = 0, by: int = 0) -> None:
        """Pay for steps on two numbers of so many bits: a product, a quotient or a gcd takes at most their product."""
        self.left -= steps * (200 + bits * by // 1024)
        if self.left < 0:
            raise Beyond("work: the replay takes more arithmetic than this checker is willing to do")


@contextmanager
def long_integers() -> Iterator[None]:
    """Lift Python's own bound on the digits of integers read and written: here MAX_LENGTH and the budget bound them."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


# Numbers

FRACTION = re.compile(r"(-?[0-9]+)/([0-9]+)")
DECIMAL = re.compile(r"(-?)(?=\.?[0-9])([0-9]*)\.?([0-9]*)(?:[eE]([-+]?[0-9]+))?")
HEXADECIMAL = re.compile(r"(-?)0[xX](?=\.?[0-9a-fA-F])([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([-+]?[0-9]+))?")


def canonical(text: str) -> tuple[int, int] | None:
    """(p, q) when the text is p/q, q > 0, in lowest terms, else None: a canonical text is one that prints as itself."""
    if len(text) > MAX_LENGTH:
        raise Beyond(f"a number of {len(text)} characters: the limit is {MAX_LENGTH}")
    above, slash, below = text.partition("/")
    try:
        p, q = int(above), int(below) if slash else 1
    except ValueError:
        return None
    lowest = text == f"{p}/{q}" and q > 1 and gcd(p, q) == 1 if slash else text == str(p)
    return (p, q) if lowest else None


def spelled(text: str) -> Fraction | None:
    """The value of a fraction, a decimal or a C hexadecimal float, exactly; None for any other text."""
    if match := FRACTION.fullmatch(text):
        return Fraction(int(match[1]), int(match[2])) if int(match[2]) else None
    for pattern, base, places, power in ((DECIMAL, 10, 1, 10), (HEXADECIMAL, 16, 4, 2)):
        if match := pattern.fullmatch(text):
            minus, whole, part, exponent = match.groups()
            shift = int(exponent or "0") - places * len(part)
            if abs(shift) > 4 * MAX_LENGTH:
                raise Beyond("a number whose exponent is out of reach")
            size = int(whole + part, base) * Fraction(power) ** shift
            return -size if minus else size
    return None


def number(value: object, where: str, index: int | str) -> tuple[int, int, str]:
    """A number of a map file, however it is written: p, q > 0 and its canonical text."""
    if isinstance(value, str):
        if pair := canonical(value):
            return *pair, value
        exact = spelled(value)
    else:  # True and False, which Python takes for integers, are none
        exact = Fraction(value) if type(value) is int else None
    if exact is None:
        wrong(Unreadable, f"{where}[{index}]", 'an integer or a string such as "22/7", "-1.25e-3", "0x1.8p-3"', value)
    bits = max(abs(exact.numerator), exact.denominator).bit_length()  # looked at first: long texts take long to form
    if bits > 4 * MAX_LENGTH or len(text := str(exact)) > MAX_LENGTH:
        raise Beyond(f"{where}[{index}]: a number of more than {MAX_LENGTH} characters")
    return exact.numerator, exact.denominator, text


def keys_of(value: object, where: str, error: type[Exception], required: str, optional: str = "") -> dict[str, Any]:
    """The value, when it is an object with these keys and no others."""
    if not isinstance(value, dict):
        wrong(error, where, "an object", value)
    missing = sorted({*required.split()} - value.keys())
    unknown = sorted(ascii(key)[:60] for key in value.keys() - {*required.split(), *optional.split()})
    if missing or unknown:
        got = f"missing: {', '.join(missing) or 'none'}, unknown: {', '.join(unknown[:5]) or 'none'}"
        wrong(error, where, f"the keys {required}{optional and ' and perhaps ' + optional}", Own(got))
    return value


def items(value: object, where: str, error: type[Exception], length: int | None = None) -> list[object]:
    """The value, when it is a list, of that length or, where none is given, not empty."""
    if isinstance(value, list) and (value if length is None else len(value) == length):
        return value
    expected = "a list that is not empty" if length is None else f"a list of {brief(length)}"
    wrong(error, where, expected, len(value) if isinstance(value, list) else value)


def header(value: object, where: str, form: str, error: type[Exception]) -> dict[str, Any]:
    """The value, when it is an object of this format, and of a version that this checker knows."""
    if not isinstance(value, dict):
        wrong(error, where, "an object", value)
    if value.get("format") != form:
        wrong(error, f"{where}: format", f'"{form}"', value.get("format"))
    if "version" in value and not (type(value["version"]) is int and value["version"] == 1):
        wrong(Beyond, f"{where}: version", "1", value["version"])
    return value


# The map as pieces


def exact_keys(points: Sequence[tuple[int, int]], work: Work) -> tuple[int, list[int]]:
    """An integer for each p/q, equal for equal numbers and greater for greater ones; and the shift that makes them so.

    Two fractions with denominators below 2^b are equal or at least 2^-2b apart, so floor(2^2b p/q) tells them apart.
    """
    shift = 2 * max((q.bit_length() for _, q in points), default=0)
    work.spend(len(points), shift, shift)
    return shift, [(p << shift) // q for p, q in points]


class Pieces:
    """f on J: the knots p/q inside J, where its slope changes, and from left to right its lines, f(x) = (s x + c)/d.

    J may have infinite ends; there the value of f is its limit.
    """

    def __init__(self, knots: list[tuple[int, int]], lines: list[tuple[int, int, int]], work: Work) -> None:
        self.knots, self.lines, self.work = knots, lines, work
        self.shift, self.keys = exact_keys(knots, work)
        self.turns: list[Fraction] = []  # on [a, b] f is least, and greatest, at a, at b or at a turning point between
        slope = 0  # the last one that is not zero: f may rise to a plateau and turn where the plateau ends
        for (p, q), before, after in zip(knots, lines[:-1], lines[1:], strict=True):
            slope = before[0] or slope
            if slope < 0 < after[0] or after[0] < 0 < slope:
                self.turns.append(Fraction(p, q))
        self.values = [self.at(x) for x in self.turns]

    def rank(self, x: Extended) -> tuple[int, int]:
        """How many knots are less than x, and how many are at most x."""
        if not isinstance(x, Fraction):
            return (0, 0) if x < 0 else (len(self.keys), len(self.keys))
        p, q = x.numerator, x.denominator
        key = (p << self.shift) // q
        i = bisect_left(self.keys, key)
        if i == len(self.keys) or self.keys[i] != key:
            return i, i
        a, b = self.knots[i]  # the one knot that the key alone does not compare with x
        return i + (a * q < p * b), i + (a * q <= p * b)

    def at(self, x: Fraction) -> Fraction:
        """f at a finite point."""
        (s, c, d), p, q = self.lines[self.rank(x)[0]], x.numerator, x.denominator
        bits = max(p.bit_length(), q.bit_length()) + max(s.bit_length(), c.bit_length(), d.bit_length())
        self.work.spend(15)
        self.work.spend(1, bits, bits)
        return Fraction(s * p + c * q, d * q)

    def __call__(self, x: Extended) -> Extended:
        if isinstance(x, Fraction):
            return self.at(x)
        s, c, d = self.lines[-1 if x > 0 else 0]
        return Fraction(c, d) if s == 0 else x if s > 0 else -x

    def same_piece(self, u: Extended, v: Extended) -> bool:
        """No knot lies strictly between u and v."""
        self.work.spend(20)
        return self.rank(min(u, v))[1] >= self.rank(max(u, v))[0]

    def image(self, a: Extended, b: Extended) -> tuple[Extended, Extended]:
        """The exact image of [a, b]: an interval, because f is continuous."""
        inside = self.values[bisect_right(self.turns, a) : bisect_left(self.turns, b)]
        bits = max((y.denominator.bit_length() for y in inside), default=0)
        self.work.spend(30 + 10 * len(inside), bits, bits)
        values = [self(a), self(b), *inside]
        return min(values), max(values)


# Networks


class Layer(NamedTuple):
    """x -> act(weight x + bias), with every number an integer over the one denominator `scale`.

    Every activation is act(z) = leak z + (1 - leak) clamp(z), where clamp keeps z above the first bound and, if any,
    below the second: relu has leak 0 and the bound 0, abs has leak -1, the identity leak 1.
    """

    rows: list[list[int]]
    bias: list[int]
    bounds: list[int]
    leak: tuple[int, int]  # numerator and denominator
    scale: int
    bits: int  # of the greatest of these integers

    def __call__(self, values: list[int], over: int, work: Work) -> tuple[list[int], int]:
        """The outputs at the inputs values/over, and their denominator."""
        work.spend(len(self.rows) * (1 + len(values)), self.bits, max(over, max(values), -min(values)).bit_length())
        if len(values) == 1:  # the same as below, sooner
            z = [row[0] * values[0] + b * over for row, b in zip(self.rows, self.bias, strict=True)]
        else:
            z = [sum(map(mul, row, values)) + b * over for row, b in zip(self.rows, self.bias, strict=True)]
        lo, *hi = [b * over for b in self.bounds]
        clamped = [lo if v < lo else v for v in z]
        if hi:
            clamped = [hi[0] if v > hi[0] else v for v in clamped]
        s, t = self.leak
        outputs = clamped if (s, t) == (0, 1) else [s * v + (t - s) * w for v, w in zip(z, clamped, strict=True)]
        return outputs, over * self.scale * t


Change = tuple[int, int, int, int]  # at x = p/q a unit's line s x + c changes by ds and dc: p, q, ds, dc
Event = tuple[int, int, list[tuple[int, int, int]]]  # at x = p/q these units change: p, q, [(unit, ds, dc), ...]


def activated(s: int, c: int, band: int, bounds: list[int], leak: tuple[int, int]) -> tuple[int, int]:
    """leak[1] times act(s x + c), s x + c being below the bounds (band 0), above the first (1) or above both (2)."""
    n, d = leak
    return (d * s, d * c) if band == 1 else (n * s, n * c + (d - n) * bounds[band // 2])


def follow(
    s: int, c: int, row: list[int], layer: Layer, over: int, events: list[Event], ends: list[tuple[int, int]]
) -> tuple[int, int, list[Change]]:
    """One unit of a layer, followed from left to right: its line at the far left, then its changes.

    Before its activation the unit is s x + c. By continuity it keeps its value where a line changes, so all the way the
    value lies in the band, ends included, and leaves it only through the next bound, uphill or downhill.
    """
    bounds = [b * over for b in layer.bounds]
    p, q = ends[0] if s else (0, 1)  # at an infinite end (q = 0) the slope decides; a constant can be read anywhere
    value = s * p + c * q
    band = sum(value > b * q or (value == b * q and s > 0) for b in bounds)
    first = line = activated(s, c, band, bounds, layer.leak)
    changes = []
    for p, q, parts in chain(events, [(*ends[1], [])]):
        value = s * p + c * q
        while True:
            if s > 0 and band < len(bounds) and value > bounds[band] * q:
                bound, step = bounds[band], 1
            elif s < 0 and band > 0 and value < bounds[band - 1] * q:
                bound, step = bounds[band - 1], -1
            else:
                break
            band += step
            before, line = line, activated(s, c, band, bounds, layer.leak)
            if line != before:  # at s x + c = bound
                changes.append((step * (bound - c), step * s, line[0] - before[0], line[1] - before[1]))
        for unit, ds, dc in parts:
            s += row[unit] * ds
            c += row[unit] * dc
        before, line = line, activated(s, c, band, bounds, layer.leak)
        if line != before:
            changes.append((p, q, line[0] - before[0], line[1] - before[1]))
    return *first, changes


def expand(layers: list[Layer], lo: Extended, hi: Extended, work: Work) -> Pieces:
    """The network on [lo, hi] as pieces, layer by layer: a unit is a line at the far left and the changes after it."""
    ends = [(x.numerator, x.denominator) if isinstance(x, Fraction) else (1 if x > 0 else -1, 0) for x in (lo, hi)]
    slopes, constants, over, bits = [1], [0], 1, max(p.bit_length() + q.bit_length() for p, q in ends)
    events: list[Event] = []
    for layer in layers:
        bits += 2 * layer.bits + len(slopes).bit_length() + 2  # no integer below is longer, products apart
        terms = sum(len(parts) for _, _, parts in events)
        units = []
        for row, b in zip(layer.rows, layer.bias, strict=True):
            work.spend(len(row) + terms, layer.bits, bits)
            work.spend(4 + 4 * len(events), bits, bits)
            s, c = sum(map(mul, row, slopes)), sum(map(mul, row, constants)) + b * over
            units.append(follow(s, c, row, layer, over, events, ends))
            work.spend(20 + 150 * len(units[-1][2]), bits, 8)  # memory counts as work
        slopes, constants, over = [u[0] for u in units], [u[1] for u in units], over * layer.scale * layer.leak[1]
        events = gathered([u[2] for u in units], work)
    (s,), (c,) = slopes, constants
    knots, lines = [], [(s, c, over)]
    for p, q, parts in events:
        if ds := sum(part[1] for part in parts):
            s, c = s + ds, c + sum(part[2] for part in parts)
            knots.append((p, q))
            lines.append((s, c, over))
    return Pieces(knots, lines, work)


def gathered(changes: list[list[Change]], work: Work) -> list[Event]:
    """The changes of all units of a layer, in order of x, those at the same x together."""
    keys = iter(exact_keys([(p, q) for own in changes for p, q, _, _ in own], work)[1])
    events: dict[int, Event] = {}
    for unit, own in enumerate(changes):
        for p, q, ds, dc in own:
            events.setdefault(next(keys), (p, q, []))[2].append((unit, ds, dc))
    return [events[key] for key in sorted(events)]


# The map file

ACTIVATIONS = {  # the parameters: required, optional
    "identity": ("", ""),
    "relu": ("", ""),
    "leaky_relu": ("negative_slope", ""),
    "abs": ("", ""),
    "clip": ("lo hi", ""),
    "hardtanh": ("", "lo hi"),
    "relu6": ("", ""),
}
DEFAULTS = {"lo": "-1", "hi": "1"}


def read_layer(value: object, inputs: int, where: str, work: Work) -> tuple[Layer, dict[str, Any]]:
    """A layer with that many inputs, and its canonical document."""
    name = value.get("activation") if isinstance(value, dict) else None
    if isinstance(value, dict) and not (isinstance(name, str) and name in ACTIVATIONS):
        wrong(Unreadable, f"{where}.activation", f"one of {', '.join(ACTIVATIONS)}", name)
    required, optional = ACTIVATIONS.get(str(name), ("", ""))
    content = keys_of(value, where, Unreadable, "weight bias activation " + required, optional)
    weight = []
    for i, row in enumerate(items(content["weight"], f"{where}.weight", Unreadable)):
        place = f"{where}.weight[{i}]"
        weight.append([number(w, place, j) for j, w in enumerate(items(row, place, Unreadable, inputs))])
    place = f"{where}.bias"
    bias = [number(b, place, i) for i, b in enumerate(items(content["bias"], place, Unreadable, len(weight)))]
    given = {key: number(content.get(key, DEFAULTS.get(key)), where, key) for key in (required + optional).split()}
    zero = (0, 1, "0")
    bounds = [given["lo"], given["hi"]] if "lo" in given else [zero, (6, 1, "6")] if name == "relu6" else [zero]
    leak = given["negative_slope"][:2] if name == "leaky_relu" else ({"identity": 1, "abs": -1}.get(str(name), 0), 1)
    scale = 1
    for q in {q for _, q, _ in chain(bias, bounds, *weight)}:
        scale = lcm(scale, q)
        work.spend(1, scale.bit_length(), scale.bit_length())
    work.spend(len(weight) * (1 + inputs), scale.bit_length(), scale.bit_length())
    *rows, offsets, limits = [[p * (scale // q) for p, q, _ in row] for row in (*weight, bias, bounds)]
    if limits != sorted(limits):
        wrong(Unreadable, where, "lo <= hi", Own(", ".join(text for _, _, text in bounds)))
    bits = max(abs(n).bit_length() for n in chain((scale, *leak), offsets, limits, *rows))
    document = {"weight": [[text for _, _, text in row] for row in weight], "bias": [text for _, _, text in bias]}
    document |= {"activation": name} | {key: text for key, (_, _, text) in given.items()}
    return Layer(rows, offsets, limits, leak, scale, bits), document


def read_pieces(shape: dict[str, Any], ends: list[Fraction], work: Work) -> tuple[Pieces, dict[str, Any]]:
    """The map given by knots; and the canonical document, without the knots at which the slope does not change."""
    points: list[tuple[Fraction, Fraction]] = []
    for i, point in enumerate(items(shape["knots"], "map.knots", Unreadable, None)):
        where = f"map.knots[{i}]"
        (a, b, _), (c, d, _) = (number(v, where, j) for j, v in enumerate(items(point, where, Unreadable, 2)))
        bits = a.bit_length() + b.bit_length() + c.bit_length() + d.bit_length()
        work.spend(20, bits, bits)
        points.append((Fraction(a, b), Fraction(c, d)))
        if i and points[i - 1][0] >= points[i][0]:
            wrong(Unreadable, where, "an x greater than the one before", points[i][0])
    slopes = [(t - y) / (s - x) for (x, y), (s, t) in pairwise(points)]
    if not ends:
        outer = [number(v, "map.slopes", i) for i, v in enumerate(items(shape["slopes"], "map.slopes", Unreadable, 2))]
        slopes = [Fraction(*outer[0][:2]), *slopes, Fraction(*outer[1][:2])]
    elif [points[0][0], points[-1][0]] != ends:
        got = Own(f"{brief(points[0][0])} and {brief(points[-1][0])}")
        wrong(Unreadable, "map.knots", "the first x at lo and the last at hi", got)
    else:
        slopes = [slopes[0], *slopes, slopes[-1]]  # as if the map went on: the slope does not change at the ends
    bends = [i for i in range(len(points)) if slopes[i] != slopes[i + 1]]
    lines = []
    for slope, (x, y) in [*((slopes[i], points[i]) for i in bends), (slopes[-1], points[-1])]:
        d = lcm(slope.denominator, (constant := y - slope * x).denominator)
        lines.append((int(slope * d), int(constant * d), d))
    kept = [points[i] for i in ([0, *bends, -1] if ends else bends)] or [(Fraction(0), constant)]
    document = {"kind": "piecewise-linear", "knots": [[str(x), str(y)] for x, y in kept]}
    document |= {} if ends else {"slopes": [str(slopes[0]), str(slopes[-1])]}
    return Pieces([points[i][0].as_integer_ratio() for i in bends], lines, work), document


class Map:
    """The map in a map file, its domain [lo, hi], infinite for the line, and the canonical document, for the digest."""

    def __init__(self, value: object, work: Work) -> None:
        content = header(value, "map file", "certify-map", Unreadable)
        keys_of(content, "map file", Unreadable, "format version domain map", "name source")
        source = keys_of(content["source"], "source", Unreadable, "file sha256") if "source" in content else {}
        for text in (content.get("name", ""), *source.values()):
            if not isinstance(text, str):
                wrong(Unreadable, "name, source", "strings", text)
        ends = [] if content["domain"] is None else items(content["domain"], "domain", Unreadable, 2)
        domain = [number(end, "domain", i) for i, end in enumerate(ends)]
        exact = [Fraction(p, q) for p, q, _ in domain]
        self.lo: Extended = exact[0] if exact else -INF
        self.hi: Extended = exact[1] if exact else INF
        if self.lo >= self.hi:
            wrong(Unreadable, "domain", "lo < hi", Own(f"{brief(self.lo)}, {brief(self.hi)}"))
        self.work, self.layers, shape = work, list[Layer](), content["map"]
        kind = shape.get("kind") if isinstance(shape, dict) else None
        document: dict[str, Any] = {"kind": kind, "layers": []}
        if kind == "network":
            keys_of(shape, "map", Unreadable, "kind layers")
            for i, given in enumerate(items(shape["layers"], "map.layers", Unreadable)):
                layer, text = read_layer(given, len(self.layers[-1].rows) if i else 1, f"map.layers[{i}]", work)
                self.layers.append(layer)
                document["layers"].append(text)
            if len(self.layers[-1].rows) != 1:
                wrong(Unreadable, "map.layers[-1].weight", "one row in the last layer", len(self.layers[-1].rows))
        elif kind == "piecewise-linear":
            keys_of(shape, "map", Unreadable, "kind knots" if ends else "kind knots slopes")
            self.pieces, document = read_pieces(shape, exact, work)
        else:
            wrong(Beyond if isinstance(kind, str) else Unreadable, "map.kind", '"network" or "piecewise-linear"', kind)
        self.domain = [text for _, _, text in domain] or None
        self.canonical = {"format": "certify-map", "version": 1, "domain": self.domain, "map": document}

    @cached_property
    def pieces(self) -> Pieces:
        """The map as pieces; a network is expanded only when a rule asks for it."""
        return expand(self.layers, self.lo, self.hi, self.work)

    def __call__(self, x: Fraction) -> Fraction:
        """f(x): through the layers of a network, without expanding it, else on its piece."""
        if not self.layers:
            return self.pieces.at(x)
        values, over = [x.numerator], x.denominator
        for layer in self.layers:
            values, over = layer(values, over, self.work)
        self.work.spend(1, over.bit_length(), over.bit_length())
        return Fraction(values[0], over)


def canonical_sha256(value: object) -> str:
    """The digest of a JSON value written in the one canonical way: sorted keys, no white space, ASCII."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


@long_integers()
def map_sha256(map_document: object) -> str:
    """The digest by which a certificate names its map. Raises `Unreadable`."""
    return canonical_sha256(Map(map_document, Work()).canonical)


def certificate_digest(certificate_document: dict[str, Any]) -> str:
    """The digest that belongs into a certificate: that of everything else in it."""
    return canonical_sha256({key: value for key, value in certificate_document.items() if key != "digest"})


# The rules


def count(certificate: dict[str, Any], key: str, least: int) -> int:
    """An integer of the certificate."""
    value = certificate[key]
    if type(value) is not int or value < least:
        wrong(Refused, key, f"an integer, at least {least}", value)
    return value


def power_of_two(certificate: dict[str, Any]) -> int:
    """m = 2^level."""
    if (level := count(certificate, "level", 0)) > MAX_LEVEL:
        wrong(Beyond, "level", f"at most {MAX_LEVEL}", level)
    return 1 << level


def point(value: object, where: str) -> Fraction:
    """A number of the certificate."""
    if isinstance(value, str) and (pair := canonical(value)):
        return Fraction(*pair)
    wrong(Refused, where, "a number in lowest terms, as a string", value)


def replay(f: Map, values: list[object], where: str) -> list[Fraction]:
    """Points of J, each the image of the one before it."""
    orbit = [point(value, f"{where}[{i}]") for i, value in enumerate(values)]
    for i, x in enumerate(orbit):
        if not f.lo <= x <= f.hi:
            wrong(Refused, f"{where}[{i}]: domain", f"a point of [{brief(f.lo)}, {brief(f.hi)}]", x)
        if i and (y := f(orbit[i - 1])) != x:
            wrong(Refused, f"{where}[{i}]: replay", f"f({where}[{i - 1}]) = {brief(y)}", x)
    return orbit


def replay_cycle(f: Map, values: list[object], where: str) -> None:
    """A periodic orbit: its points differ, the smallest stands first, and f takes the last to the first."""
    cycle = replay(f, [*values, values[0]], where)
    if len(set(cycle)) != len(values):
        wrong(Refused, f"{where}: period", f"{len(values)} points that differ", len(set(cycle)))
    if min(cycle) != cycle[0]:
        wrong(Refused, f"{where}[0]: start", f"the smallest point, {brief(min(cycle))}", cycle[0])


def odd_return(f: Map, certificate: dict[str, Any]) -> None:
    """g^n(x) <= x < g(x), or its mirror image, for an odd n >= 3 (Li, Misiurewicz, Pianigiani and Yorke 1982)."""
    m, n, side = power_of_two(certificate), count(certificate, "n", 3), certificate["side"]
    if n % 2 == 0:
        wrong(Refused, "n", "an odd integer", n)
    if side not in ("right", "left"):
        wrong(Refused, "side", '"right" or "left"', side)
    orbit = replay(f, items(certificate["orbit"], "orbit", Refused, n * m + 1), "orbit")
    x, once, last = orbit[0], orbit[m], orbit[n * m]
    if point(certificate["x"], "x") != x:
        wrong(Refused, "x", f"orbit[0] = {brief(x)}", certificate["x"])
    if not (last <= x < once if side == "right" else last >= x > once):
        form = "g^n(x) <= x < g(x)" if side == "right" else "g^n(x) >= x > g(x)"
        wrong(Refused, "orbit: return", form, Own(f"g^n(x) = {brief(last)}, x = {brief(x)}, g(x) = {brief(once)}"))
    if "period_three" in certificate:
        replay_cycle(f, items(certificate["period_three"], "period_three", Refused, 3), "period_three")


def periodic_orbit(f: Map, certificate: dict[str, Any]) -> None:
    """A least period that is not a power of 2 (Bowen and Franks 1976)."""
    period = count(certificate, "period", 1)
    if period & (period - 1) == 0:
        wrong(Refused, "period", "an integer that is not a power of 2", period)
    replay_cycle(f, items(certificate["orbit"], "orbit", Refused, period), "orbit")


def order(f: Map, certificate: dict[str, Any]) -> None:
    """g(g(x)) = x implies g(x) = x (Coppel 1955), cell by cell on the core f^N(J), where all periodic points lie."""
    m, steps = power_of_two(certificate), count(certificate, "core_steps", 0)
    values, mesh = items(certificate["mesh"], "mesh", Refused), list[Extended]()
    for i, value in enumerate(values):
        if f.domain is None and (value, i) == ("-inf", 0):
            mesh.append(-INF)
        elif f.domain is None and (value, i) == ("inf", len(values) - 1):
            mesh.append(INF)
        else:
            mesh.append(point(value, f"mesh[{i}]"))
        if i and mesh[i - 1] >= mesh[i]:
            wrong(Refused, f"mesh[{i}]", f"more than {brief(mesh[i - 1])}, the point before", mesh[i])
    lo, hi = f.lo, f.hi
    for _ in range(steps):
        lo, hi = f.pieces.image(lo, hi)
    if (mesh[0], mesh[-1]) != (lo, hi):
        core = f"the ends of the core f^{brief(steps)}(J), {brief(lo)} and {brief(hi)}"
        wrong(Refused, "mesh: core", core, Own(f"{brief(mesh[0])} and {brief(mesh[-1])}"))
    for i, (a, b) in enumerate(pairwise(mesh)):
        if not (affine(f.pieces, a, b, m) or disjoint(f.pieces, a, b, m)):
            rule = "g^2 affine, g^2 - id of one sign, g = id at an end where g^2 = id; or cell and image disjoint"
            wrong(Refused, f"mesh[{i}], mesh[{i + 1}]: cell", rule, Own(f"neither on [{brief(a)}, {brief(b)}]"))


def disjoint(f: Pieces, a: Extended, b: Extended, m: int) -> bool:
    """The 2m-fold image of [a, b] does not meet [a, b]: no point of the cell is fixed by g^2."""
    lo, hi = a, b
    for _ in range(2 * m):
        lo, hi = f.image(lo, hi)
    return hi < a or b < lo


def affine(f: Pieces, a: Extended, b: Extended, m: int) -> bool:
    """g^2 is affine on [a, b], h = g^2 - id does not change sign, and at an end where g^2 = id also g = id.

    So h has no zero inside the cell, or is zero on all of it; then g, affine too, is the identity there, ends included.
    At an infinite end the sign of h is that of its slope times the end, or of h itself where h is constant.
    """
    p = a if isinstance(a, Fraction) else b - 1 if isinstance(b, Fraction) else Fraction(0)
    q = b if isinstance(b, Fraction) else p + 1  # two finite points p < q of the cell: its ends where they are finite
    u, v, y, z, half = a, b, p, q, (a, b)
    for i in range(2 * m):
        if not f.same_piece(u, v):
            return False
        y, z = f.at(y), f.at(z)
        u, v = y if p is a else f(u), z if q is b else f(v)
        if i == m - 1:
            half = u, v
    at_p, at_q = y - p, z - q  # the values of h
    left = at_p if p is a else at_p - at_q or at_p
    right = at_q if q is b else at_q - at_p or at_q
    one_sign = left >= 0 <= right or left <= 0 >= right
    return one_sign and (u != a or half[0] == a) and (v != b or half[1] == b)


# Counts: the germ of f at x on a side (+1 right, -1 left) is how f looks next to x there


def onward(f: Pieces, x: Extended, side: int) -> tuple[Fraction, Extended, int]:
    """The slope of a germ, and where it goes; a falling piece turns the sides around."""
    s, _, d = f.lines[f.rank(x)[side > 0]]
    return Fraction(s, d), f(x), side if s > 0 else -side


def breaks_of_iterates(f: Pieces, x: Fraction, last: int) -> list[bool]:
    """For t = 1, ..., last: the slopes of f^t differ on the two sides of x."""
    ends: list[tuple[Fraction, Extended, int]] = [(Fraction(1), x, -1), (Fraction(1), x, 1)]
    found = []
    for _ in range(last):
        for i, (slope, y, side) in enumerate(ends):
            if slope:
                here, y, side = onward(f, y, side)
                ends[i] = (slope * here, y, side)
                f.work.spend(20, slope.denominator.bit_length(), here.denominator.bit_length())
        found.append(ends[0][0] != ends[1][0])
    return found


def region_count(f: Map, certificate: dict[str, Any]) -> None:
    """The numbers of linear regions of f, ..., f^T, without listing any (docs/counting.md has the proof).

    A junction is a point x at which some first iterate f^i, with a slope that is not 0, takes x to a knot b; f^t breaks at
    x for the t > i for which f^(t-i) breaks at b. The junctions so far cut J into intervals; f^i is affine on each, and
    where its slope is not 0 the image is an interval between two germs, (u, +1) and (v, -1), that takes a knot b between u
    and v once: h_i(b) is the number of germs (u, +1) with u < b less that of germs (v, -1) with v <= b.
    """
    pieces, wanted = f.pieces, items(certificate["regions"], "regions", Refused)
    knots = [Fraction(p, q) for p, q in pieces.knots]
    broken = [breaks_of_iterates(pieces, x, len(wanted)) for x in knots]
    germs: dict[tuple[Extended, int], int] = {(f.lo, 1): 1, (f.hi, -1): 1}
    next_of: dict[tuple[Extended, int], tuple[Fraction, Extended, int]] = {}
    born: list[list[int]] = []
    for t, value in enumerate(wanted, 1):
        jumps = [0] * (len(knots) + 1)
        for (x, side), many in germs.items():
            jumps[pieces.rank(x)[side > 0]] += side * many
        born.append(list(accumulate(jumps))[: len(knots)])
        after: dict[tuple[Extended, int], int] = {}
        junctions = [((x, side), h) for x, h in zip(knots, born[-1], strict=True) for side in (-1, 1) if h]
        for germ, many in [*germs.items(), *junctions]:
            if germ not in next_of:
                next_of[germ] = onward(pieces, *germ)
            slope, place, turned = next_of[germ]
            if slope:
                after[place, turned] = after.get((place, turned), 0) + many
        germs = after
        regions = 1 + sum(h for i, row in enumerate(born) for h, at in zip(row, broken, strict=True) if at[t - i - 1])
        pieces.work.spend(10 * (len(germs) + t * len(knots)), regions.bit_length(), 64)
        if value != str(regions):
            wrong(Refused, f"regions[{t - 1}]: count", str(regions), value)


# Entropy: finite graphs of intervals, whose edges (k, j) out of interval i stand for the part of i in lap k


class Graph(NamedTuple):
    """Intervals, for each the edges out of it, for each a positive weight, and the growth p/q."""

    intervals: list[tuple[Extended, Extended]]
    rows: list[list[tuple[int, int]]]
    vector: list[int]
    growth: Fraction


def read_graph(f: Map, certificate: dict[str, Any]) -> Graph:
    """The graph of a certificate; intervals lie in J and have more than one point."""

    def extended(value: object, where: str) -> Extended:
        if f.domain is None and value in ("-inf", "inf"):
            return INF if value == "inf" else -INF
        return point(value, where)

    intervals: list[tuple[Extended, Extended]] = []
    for i, given in enumerate(items(certificate["intervals"], "intervals", Refused)):
        a, b = (extended(value, f"intervals[{i}]") for value in items(given, f"intervals[{i}]", Refused, 2))
        if not f.lo <= a < b <= f.hi:
            wrong(Refused, f"intervals[{i}]", "an interval in the domain", Own(f"[{brief(a)}, {brief(b)}]"))
        intervals.append((a, b))
    n = len(intervals)
    rows: list[list[tuple[int, int]]] = []
    for i, row in enumerate(items(certificate["rows"], "rows", Refused, n)):
        edges = row if isinstance(row, list) else wrong(Refused, f"rows[{i}]", "a list of edges", row)
        pairs = [items(edge, f"rows[{i}]", Refused, 2) for edge in edges]
        if not all(type(k) is int and type(j) is int and k >= 0 and 0 <= j < n for k, j in pairs):
            wrong(Refused, f"rows[{i}]", f"pairs of a lap and one of {n} intervals", Own("others"))
        rows.append([(k, j) for k, j in pairs if isinstance(k, int) and isinstance(j, int)])
        if sorted({k for k, _ in rows[i]}) != [k for k, _ in rows[i]]:
            wrong(Refused, f"rows[{i}]", "laps that increase", Own("others"))
    vector = [point(v, f"vector[{i}]") for i, v in enumerate(items(certificate["vector"], "vector", Refused, n))]
    if any(v.denominator > 1 or v < 1 for v in vector):
        wrong(Refused, "vector", "positive integers", Own("others"))
    growth = point(certificate["growth"], "growth")
    f.pieces.work.spend(sum(map(len, rows)) + n, max(v.numerator.bit_length() for v in vector), 64)
    return Graph(intervals, rows, [v.numerator for v in vector], growth)


def lap_images(f: Pieces, a: Extended, b: Extended, lo: Extended, hi: Extended) -> dict[int, tuple[Extended, Extended]]:
    """The image of each part of [a, b] in one lap of f on [lo, hi], of those laps on whose part f is not constant."""
    corners = [lo, *f.turns, hi]
    images = {}
    for k in range(bisect_right(f.turns, a), bisect_left(f.turns, b) + 1):
        u, v = f(max(a, corners[k])), f(min(b, corners[k + 1]))
        if u != v:
            images[k] = (min(u, v), max(u, v))
    return images


def entropy_lower(f: Map, certificate: dict[str, Any]) -> None:
    """h(f) >= log(growth): different parts of each interval are mapped over others, M v >= growth v (Misiurewicz 1979)."""
    graph = read_graph(f, certificate)
    for i, row in enumerate(graph.rows):
        images = lap_images(f.pieces, *graph.intervals[i], f.lo, f.hi)
        for k, j in row:
            (u, v), (a, b) = images.get(k, (INF, -INF)), graph.intervals[j]
            if not (u <= a and b <= v):
                wrong(
                    Refused, f"rows[{i}]: covering", f"the part in lap {k} to be mapped over interval {j}", Own("less")
                )
        total = sum(graph.vector[j] for _, j in row)
        if total < graph.growth * graph.vector[i] or graph.growth <= 0:
            wrong(Refused, f"rows[{i}]: growth", f"at least {brief(graph.growth * graph.vector[i])}", Fraction(total))


def entropy_upper(f: Map, certificate: dict[str, Any]) -> None:
    """h(f) <= log(growth): the paths of a graph bound the laps of f^t (Misiurewicz and Szlenk 1980).

    Every part of every interval on which f is not constant is mapped into an interval of the graph, and the first interval
    holds the core. Ranks never rise along an edge, so a path stays in finitely many of them, and within one rank the
    weights grow by at most the factor growth a step.
    """
    graph = read_graph(f, certificate)
    ranks = [rank for rank in items(certificate["ranks"], "ranks", Refused, len(graph.rows)) if type(rank) is int]
    if len(ranks) < len(graph.rows):
        wrong(Refused, "ranks", "integers", Own("others"))
    lo, hi = f.lo, f.hi
    for _ in range(count(certificate, "core_steps", 0)):
        lo, hi = f.pieces.image(lo, hi)
    if not graph.intervals[0][0] <= lo <= hi <= graph.intervals[0][1]:
        wrong(Refused, "intervals[0]: core", f"an interval around [{brief(lo)}, {brief(hi)}]", Own("another"))
    if graph.growth < 1:
        wrong(Refused, "growth", "at least 1", graph.growth)
    for i, row in enumerate(graph.rows):
        images = lap_images(f.pieces, *graph.intervals[i], f.lo, f.hi)
        if [k for k, _ in row] != list(images):
            wrong(Refused, f"rows[{i}]: laps", f"{list(images)[:9]}", Own(f"{[k for k, _ in row][:9]}"))
        for k, j in row:
            (u, v), (a, b) = images[k], graph.intervals[j]
            if not (a <= u and v <= b):
                wrong(
                    Refused, f"rows[{i}]: transfer", f"the part in lap {k} to be mapped into interval {j}", Own("more")
                )
            if ranks[j] > ranks[i]:
                wrong(Refused, f"rows[{i}]: ranks", "no edge to a higher rank", Own(f"one to interval {j}"))
        total = sum(graph.vector[j] for _, j in row if ranks[j] == ranks[i])
        if total > graph.growth * graph.vector[i]:
            wrong(Refused, f"rows[{i}]: growth", f"at most {brief(graph.growth * graph.vector[i])}", Fraction(total))


def constant_slope(f: Map, certificate: dict[str, Any]) -> None:
    """h(f) = log(growth): every piece on the core has slope growth or -growth (Misiurewicz and Szlenk 1980)."""
    growth, pieces = point(certificate["growth"], "growth"), f.pieces
    lo, hi = f.lo, f.hi
    for _ in range(count(certificate, "core_steps", 0)):
        lo, hi = pieces.image(lo, hi)
    if not -INF < lo < hi < INF:
        wrong(
            Refused, "core_steps: core", "a compact interval of more than a point", Own(f"[{brief(lo)}, {brief(hi)}]")
        )
    if growth < 1:
        wrong(Refused, "growth", "at least 1", growth)
    for s, _, d in pieces.lines[pieces.rank(lo)[1] : pieces.rank(hi)[0] + 1]:
        if abs(Fraction(s, d)) != growth:
            wrong(Refused, "growth: slope", brief(growth), abs(Fraction(s, d)))


def maps_into_itself(f: Map) -> None:
    """f(J) lies in J: nothing to show on the line, plain after a last clamp into J, else seen from f's extremes."""
    if f.layers and len(f.layers[-1].bounds) == 2:  # clip, hardtanh, relu6: all of them without a leak
        lo, hi = (Fraction(b, f.layers[-1].scale) for b in f.layers[-1].bounds)
        if f.lo <= lo and hi <= f.hi:
            return
    for x in (f.lo, *f.pieces.turns, f.hi) if f.domain else ():
        if not f.lo <= (y := f.pieces(x)) <= f.hi:
            got = Own(f"f({brief(x)}) = {brief(y)}")
            wrong(Refused, "map: domain", f"a map of [{brief(f.lo)}, {brief(f.hi)}] into itself", got)


class Kind(NamedTuple):
    """A kind of certificate: what it proves, its rule, and its own keys."""

    verdict: str
    rule: Callable[[Map, dict[str, Any]], None]
    required: str
    optional: str


KINDS = {
    "odd-return": Kind("CHAOTIC", odd_return, "level n x side orbit", "period_three"),
    "periodic-orbit": Kind("CHAOTIC", periodic_orbit, "period orbit", ""),
    "order": Kind("ORDERED", order, "level core_steps mesh", ""),
    "region-count": Kind("COUNTED", region_count, "regions", ""),
    "entropy-lower": Kind("ENTROPY-AT-LEAST", entropy_lower, "intervals rows vector growth", ""),
    "entropy-upper": Kind("ENTROPY-AT-MOST", entropy_upper, "core_steps intervals rows ranks vector growth", ""),
    "constant-slope": Kind("ENTROPY-EQUALS", constant_slope, "core_steps growth", ""),
}


# The claim


ENTROPIES = {
    "entropy-lower": ("is at least", "Misiurewicz 1979"),
    "entropy-upper": ("is at most", "Misiurewicz and Szlenk 1980"),
    "constant-slope": ("equals", "Misiurewicz and Szlenk 1980"),
}


@long_integers()
def claim_words(kind: str, certificate: dict[str, Any]) -> str:
    """The sentence that a correct certificate of this kind proves, made of its data and of the domain in its claim."""

    def show(text: str) -> str:
        return brief(Fraction(text))

    def iterate(times: int) -> str:
        return "f(x)" if times == 1 else f"f^{times}(x)"

    domain = certificate["claim"]["domain"]
    where = f"[{show(domain[0])}, {show(domain[1])}]" if domain else "the real line"
    into = f"f maps {where} into itself, and"
    entropy = f"positive topological entropy{'' if domain else ' on a compact invariant set'}"
    chaos = f"{entropy} and an uncountable scrambled set: it is chaotic in the sense of Li and Yorke"
    if kind == "periodic-orbit":
        period = f"of least period {certificate['period']}, not a power of 2"
        theorem = f"f has {chaos} (Bowen and Franks 1976; Jankova and Smital 1986)"
        return f"{into} {show(certificate['orbit'][0])} is a periodic point {period}; hence {theorem}"
    if kind == "region-count":
        last = len(certificate["regions"])
        return f"{into} f{f'^{last}' * (last > 1)} has exactly {show(certificate['regions'][-1])} linear regions"
    if kind in ENTROPIES:
        relation, theorem = ENTROPIES[kind]
        return f"{into} its topological entropy {relation} log({show(certificate['growth'])}) ({theorem})"
    m = 1 << certificate["level"]
    if kind == "odd-return":
        few, less = ("<=", "<") if certificate["side"] == "right" else (">=", ">")
        odd = f"{iterate(certificate['n'] * m)} {few} x {less} {iterate(m)} at x = {show(certificate['x'])}"
        theorem = f"f has a period that is not a power of 2, {chaos} (Li, Misiurewicz, Pianigiani and Yorke 1982)"
        three = [show(p) for p in certificate.get("period_three", [])]
        example = f"; it has the orbit {' -> '.join([*three, three[0]])} of period 3" if three else ""
        return f"{into} {odd}; hence {theorem}{example}"
    cycle = "converges to a fixed point" if m == 1 else f"is asymptotic to a cycle whose least period divides {m}"
    if domain:
        orbits = f"every orbit {cycle}, f has no Li-Yorke pair and its topological entropy is zero"
    else:
        orbits = f"every orbit {cycle} or tends to infinity in absolute value, and f has no Li-Yorke pair"
    return f"{into} {iterate(2 * m)} = x implies {iterate(m)} = x; hence {orbits} (Coppel 1955)"


def prove(map_document: object, certificate_document: object) -> str:
    """The sentence that the certificate proves; raises `Unreadable`, `Refused` or `Beyond` where it proves none."""
    f = Map(map_document, Work())
    certificate = header(certificate_document, "certificate", "certify-certificate", Refused)
    name = certificate.get("kind")
    if not isinstance(name, str) or name not in KINDS:
        wrong(Beyond if isinstance(name, str) else Refused, "kind", f"one of {', '.join(KINDS)}", name)
    kind = KINDS[name]
    common = "format version map_sha256 claim kind digest"
    keys_of(certificate, "certificate", Refused, f"{common} {kind.required}", kind.optional)
    claim = keys_of(certificate["claim"], "claim", Refused, "verdict domain words")
    try:
        digest = certificate_digest(certificate)
    except (TypeError, ValueError, RecursionError):
        wrong(Refused, "certificate", "JSON values, nested as in the format", Own("others"))
    for where, expected, got in (
        ("digest", digest, certificate["digest"]),
        ("map_sha256", canonical_sha256(f.canonical), certificate["map_sha256"]),
        ("claim.verdict", kind.verdict, claim["verdict"]),
        ("claim.domain", f.domain, claim["domain"]),
    ):
        if got != expected:
            wrong(Refused, where, "null" if expected is None else str(expected), got)
    maps_into_itself(f)
    kind.rule(f, certificate)
    words = claim_words(name, certificate)  # the rule has seen the data that these words are made of
    if claim["words"] != words:
        wrong(Refused, "claim.words", words, claim["words"])
    return words


@long_integers()
def check(map_document: object, certificate_document: object) -> Outcome:
    """Does the certificate prove its claim about the map? Both are parsed JSON values.

    Exact, and it ends after a bounded amount of work. Raises `Unreadable` where the map cannot be read, nothing else.
    """
    try:
        return Outcome("VALID", prove(map_document, certificate_document))
    except Refused as reason:
        return Outcome("INVALID", str(reason))
    except Beyond as reason:
        return Outcome("UNSUPPORTED", str(reason))
    except MemoryError:
        return Outcome("UNSUPPORTED", "memory: the data do not fit")


# The command


def parse_int(literal: str) -> int:
    """A JSON integer of bearable length."""
    if len(literal) > MAX_LENGTH:
        raise Beyond(f"JSON: an integer of {len(literal)} characters: the limit is {MAX_LENGTH}")
    return int(literal)


def parse_float(literal: str) -> NoReturn:
    """0.1, 1e3, NaN, Infinity: none of them is a number here."""
    expected = "a string or an integer (a JSON fraction such as 0.1 could mean the decimal or the double next to it)"
    wrong(Unreadable, "JSON", expected, Own(literal[:40]))


def parse_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object in which every key stands once."""
    content: dict[str, object] = {}
    for key, value in pairs:
        if key in content:
            wrong(Unreadable, "JSON", "every key once in an object", key)
        content[key] = value
    return content


@long_integers()
def read(path: str) -> object:
    """The JSON value in a file. Raises `Unreadable`, and `Beyond` for more than the limits allow."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Beyond(f"file: more than {MAX_BYTES} bytes")
        hooks: dict[str, Any] = {"parse_int": parse_int, "parse_float": parse_float, "parse_constant": parse_float}
        return json.loads(data.decode("utf-8"), object_pairs_hook=parse_object, **hooks)
    except Unreadable:
        raise
    except OSError as reason:
        raise Unreadable(f"file: expected a readable file, got: {reason.strerror}") from None
    except (ValueError, RecursionError) as reason:  # bad UTF-8, bad JSON, deep nesting, a path that is none
        raise Unreadable(f"JSON: expected a document in UTF-8, got: {ascii(str(reason))[1:-1]}") from None


def main(arguments: list[str]) -> int:
    """Check MAP against CERTIFICATE, print the outcome in one line and return the exit code."""
    path, documents = "usage", []
    try:
        if len(arguments) != 2:
            raise Unreadable("python -I -S checker.py MAP CERTIFICATE")
        for path in arguments:
            documents.append(read(path))
        path = arguments[0]  # of the two only the map can be unreadable from here on
        outcome = check(*documents)
    except (Beyond, MemoryError) as reason:
        outcome = Outcome("UNSUPPORTED", str(reason) or "memory: the data do not fit")
    except (Unreadable, KeyboardInterrupt) as reason:
        print(f"{path if path.isprintable() else ascii(path)}: {str(reason) or 'interrupted'}", file=sys.stderr)
        return 2
    print(*outcome)
    return {"VALID": 0, "INVALID": 1, "UNSUPPORTED": 4}[outcome.status]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
