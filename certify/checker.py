#!/usr/bin/env python3
"""Check a certificate that a piecewise-linear map is chaotic, or that it is ordered.

    python -I -S checker.py MAP CERTIFICATE

This file stands alone: Python's standard library, its own parser, its own evaluator. It trusts nothing and searches for
nothing: it reads the map file and the certificate, replays in exact arithmetic what the certificate says, and forms the claim
itself. The formats, rules and theorems are set out in docs/map-format.md and docs/certificate-format.md. Throughout, f is the
map, J its domain (an interval or the line), j the level, m = 2^j and g = f^m.

The first word on stdout is VALID (exit 0), INVALID (1) or UNSUPPORTED (4); input that cannot be read gives one line on stderr
(2). From top to bottom: limits, numbers, the map as pieces, networks, the map file, the rules, the claim, the command.
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
from itertools import chain, pairwise
from math import gcd, lcm
from operator import mul
from typing import NamedTuple, NoReturn

# Limits. Beyond them the answer is UNSUPPORTED, never VALID.
MAX_BYTES = 64_000_000  # of a file: what Python's JSON parser takes in within seconds
MAX_LENGTH = 40_000  # characters of a number, so 20,000 digits above and below: still read in milliseconds
MAX_LEVEL = 20  # a rule at level j takes 2^j steps or more
MAX_WORK = 60 * 10**9  # units of about a nanosecond: no certificate keeps the checker busy much longer than a minute

INF = float("inf")  # INF and -INF, the ends of the line, are the only floats: a Fraction compares with them exactly, and
Extended = Fraction | float  # nothing is ever added to them or multiplied by them.


class Outcome(NamedTuple):
    """The answer of `check`: VALID, INVALID or UNSUPPORTED, and one line that says what is proved, or which rule failed."""

    status: str
    message: str


class Unreadable(ValueError):
    """The map file, or the JSON of either file, cannot be read; the one-line text says where, what was expected, what came."""


class Refused(Exception):
    """A rule failed: the certificate is INVALID."""


class Beyond(Exception):
    """A version or kind that is not known here, or data beyond the limits: UNSUPPORTED."""


class Work:
    """What one check may still spend. Steps and bits are counted, not seconds, so the answer is the same on every machine."""

    def __init__(self) -> None:
        self.left = MAX_WORK

    def spend(self, steps: int, bits: int) -> None:
        """Pay for operations on numbers of that many bits: a product or a gcd may take the square of the length."""
        self.left -= steps * (200 + bits * bits // 1024)
        if self.left < 0:
            raise Beyond("work: the replay takes more arithmetic than this checker is willing to do")


@contextmanager
def long_integers() -> Iterator[None]:
    """Lift Python's bound on the digits of an integer's text: here MAX_LENGTH and the work budget bound them."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


def brief(x: Extended) -> str:
    """A number for reading: in full up to some 40 digits, else rounded to 12."""
    if isinstance(x, float) or x.numerator.bit_length() + x.denominator.bit_length() <= 133:
        return str(x)
    return f"{Context(prec=12, Emax=MAX_EMAX).divide(Decimal(x.numerator), Decimal(x.denominator))} (rounded)"


def wrong(error: type[Exception], where: str, expected: str, got: object) -> NoReturn:
    """Complain in the one form that every complaint has, on one line of ASCII."""
    if isinstance(got, str):
        shown = ascii(got if len(got) <= 60 else got[:60] + "...")
    elif isinstance(got, int | Fraction | float) and not isinstance(got, bool):
        shown = brief(got if isinstance(got, float) else Fraction(got))
    else:
        shown = {bool: "a truth value", list: "a list", dict: "an object", type(None): "null"}.get(type(got), "no JSON value")
    raise error(f"{where}: expected {expected}, got {shown}")


# Numbers


FRACTION = re.compile(r"(-?[0-9]+)/([0-9]+)")
DECIMAL = re.compile(r"(-?)(?=\.?[0-9])([0-9]*)\.?([0-9]*)(?:[eE]([-+]?[0-9]+))?")
HEXADECIMAL = re.compile(r"(-?)0[xX](?=\.?[0-9a-fA-F])([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([-+]?[0-9]+))?")


def canonical(text: str) -> tuple[int, int] | None:
    """(p, q) when the text is p/q, q > 0, written in lowest terms, else None. A canonical text is one that prints as itself."""
    if len(text) > MAX_LENGTH:
        raise Beyond(f"a number of {len(text)} characters: the limit is {MAX_LENGTH}")
    above, slash, below = text.partition("/")
    try:
        p, q = int(above), int(below) if slash else 1
    except ValueError:
        return None
    if slash:
        return (p, q) if text == f"{p}/{q}" and q > 1 and gcd(p, q) == 1 else None
    return (p, q) if text == str(p) else None


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
    if type(value) is str:
        if pair := canonical(value):
            return *pair, value
        exact = spelled(value)
    else:
        exact = Fraction(value) if type(value) is int and value.bit_length() < 4 * MAX_LENGTH else None
    if exact is None:
        wrong(Unreadable, f"{where}[{index}]", 'an integer or a string such as "22/7", "-1.25e-3", "0x1.8p-3"', value)
    if len(text := str(exact)) > MAX_LENGTH:
        raise Beyond(f"{where}[{index}]: a number of {len(text)} characters: the limit is {MAX_LENGTH}")
    return exact.numerator, exact.denominator, text


# The map as pieces


def exact_keys(points: Sequence[tuple[int, int]], work: Work) -> tuple[int, list[int]]:
    """An integer for each p/q that orders them: equal for equal numbers, greater for greater ones. Also its shift.

    Two fractions with denominators below 2^b are equal or at least 2^-2b apart, so floor(2^2b p/q) tells them apart.
    """
    shift = 2 * max((q.bit_length() for _, q in points), default=0)
    work.spend(len(points), shift)
    return shift, [(p << shift) // q for p, q in points]


class Pieces:
    """f on [lo, hi]: the knots p/q inside, where its slope changes, and from left to right its lines f(x) = (s x + c)/d.

    The ends may be infinite; there f takes its limits as values.
    """

    def __init__(self, lo: Extended, hi: Extended, knots: list[tuple[int, int]], lines: list[tuple[int, int, int]], work: Work):
        self.lo, self.hi, self.knots, self.lines, self.work = lo, hi, knots, lines, work
        self.shift, self.keys = exact_keys(knots, work)
        self.turns: list[Fraction] = []  # on [a, b] f is least, and greatest, at a, at b or at a turning point between them
        slope = 0  # the last one that is not zero: f may rise to a plateau and turn where the plateau ends
        for (p, q), before, after in zip(knots, lines[:-1], lines[1:], strict=True):
            slope = before[0] or slope
            if slope < 0 < after[0] or after[0] < 0 < slope:
                self.turns.append(Fraction(p, q))
        self.values = [self(x) for x in self.turns]

    def __call__(self, x: Extended) -> Extended:
        s, c, d = self.lines[self.rank(x)[0]]
        if isinstance(x, float):
            return Fraction(c, d) if s == 0 else x if s > 0 else -x
        p, q = x.numerator, x.denominator
        self.work.spend(10, p.bit_length() + q.bit_length() + s.bit_length() + c.bit_length() + d.bit_length())
        return Fraction(s * p + c * q, d * q)

    def rank(self, x: Extended) -> tuple[int, int]:
        """How many knots are less than x, and how many are at most x."""
        if isinstance(x, float):
            return (len(self.knots),) * 2 if x > 0 else (0, 0)
        p, q = x.numerator, x.denominator
        key = (p << self.shift) // q
        i = bisect_left(self.keys, key)
        if i == len(self.keys) or self.keys[i] != key:
            return i, i
        a, b = self.knots[i]  # the only knot that the key of x does not tell from x
        return i + (a * q < p * b), i + (a * q <= p * b)

    def same_piece(self, u: Extended, v: Extended) -> bool:
        """No knot lies strictly between u and v."""
        return self.rank(max(u, v))[0] <= self.rank(min(u, v))[1]

    def image(self, a: Extended, b: Extended) -> tuple[Extended, Extended]:
        """The exact image of [a, b]: an interval, because f is continuous."""
        inside = self.values[bisect_right(self.turns, a) : bisect_left(self.turns, b)]
        self.work.spend(10 * len(inside), max((y.denominator.bit_length() for y in inside if isinstance(y, Fraction)), default=0))
        values = [self(a), self(b), *inside]
        return min(values), max(values)


# Networks


class Layer(NamedTuple):
    """x -> act(weight x + bias), with every number an integer over the one denominator `scale`.

    Every activation is act(z) = leak z + (1 - leak) clamp(z), where clamp keeps z above the first bound and, where there is
    one, below the second: relu has leak 0 and the bound 0, abs has leak -1, the identity leak 1.
    """

    rows: list[list[int]]
    bias: list[int]
    bounds: list[int]
    leak: tuple[int, int]  # numerator and denominator
    scale: int
    bits: int  # of the greatest of these integers

    def __call__(self, values: list[int], over: int, work: Work) -> tuple[list[int], int]:
        """The outputs at the inputs values/over, and their denominator."""
        work.spend(len(self.rows) * (1 + len(values)), self.bits + max(over, max(values), -min(values)).bit_length())
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
Event = tuple[int, int, list[tuple[int, int, int]]]  # at x = p/q these units change, each by its ds and dc: unit, ds, dc


def activated(s: int, c: int, band: int, bounds: list[int], leak: tuple[int, int]) -> tuple[int, int]:
    """act(s x + c) where s x + c lies below the bounds (band 0), above the first (1) or above both (2); times leak[1]."""
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
    p, q = ends[0] if s else (0, 1)  # at an infinite end (q = 0) the slope alone decides; a constant can be read anywhere
    band = sum(s * p + c * q > b * q for b in bounds)
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
    """The network on [lo, hi] as pieces, layer by layer. A unit is a line at the far left and the changes that follow."""
    ends = [(x.numerator, x.denominator) if isinstance(x, Fraction) else (1 if x > 0 else -1, 0) for x in (lo, hi)]
    slopes, constants, over, bits = [1], [0], 1, max(p.bit_length() + q.bit_length() for p, q in ends)
    events: list[Event] = []
    for layer in layers:
        bits += 2 * layer.bits + len(slopes).bit_length() + 2  # no integer below is longer, products apart
        steps = sum(4 + len(parts) for _, _, parts in events)
        units = []
        for row, b in zip(layer.rows, layer.bias, strict=True):
            work.spend(len(row) + steps, bits)
            s, c = sum(map(mul, row, slopes)), sum(map(mul, row, constants)) + b * over
            units.append(follow(s, c, row, layer, over, events, ends))
            work.spend(20 + 150 * len(units[-1][2]), bits)  # memory counts as work
        slopes, constants, over = [u[0] for u in units], [u[1] for u in units], over * layer.scale * layer.leak[1]
        events = gathered([u[2] for u in units], work)
    (s,), (c,) = slopes, constants
    knots, lines = [], [(s, c, over)]
    for p, q, parts in events:
        if ds := sum(part[1] for part in parts):
            s, c = s + ds, c + sum(part[2] for part in parts)
            knots.append((p, q))
            lines.append((s, c, over))
    return Pieces(lo, hi, knots, lines, work)


def gathered(changes: list[list[Change]], work: Work) -> list[Event]:
    """The changes of all units of a layer, in order of x, those at the same x together."""
    keys = iter(exact_keys([(p, q) for own in changes for p, q, _, _ in own], work)[1])
    events: dict[int, Event] = {}
    for unit, own in enumerate(changes):
        for p, q, ds, dc in own:
            events.setdefault(next(keys), (p, q, []))[2].append((unit, ds, dc))
    return [events[key] for key in sorted(events)]


# The map file


def keys_of(value: object, where: str, required: set[str], optional: set[str], error: type[Exception]) -> dict[str, object]:
    """The value, when it is an object with these keys and no other."""
    if not isinstance(value, dict):
        wrong(error, where, "an object", value)
    for key in sorted(required - value.keys()):
        raise error(f'{where}: expected the key "{key}", got none')
    for key in sorted(value.keys() - required - optional, key=str):
        wrong(error, where, f"no other keys than {', '.join(sorted(required | optional))}", str(key))
    return value


def header(value: object, where: str, form: str, error: type[Exception]) -> dict[str, object]:
    """The value, when it is an object of this format and of a version that this checker knows."""
    if not isinstance(value, dict):
        wrong(error, where, "an object", value)
    if value.get("format") != form:
        wrong(error, f"{where}: format", f'"{form}"', value.get("format"))
    if "version" in value and not (type(value["version"]) is int and value["version"] == 1):
        wrong(Beyond, f"{where}: version", "1", value["version"])
    return value


def items(value: object, where: str, expected: str, length: int | None = None) -> list[object]:
    """The value, when it is a list, and of that length where one is given."""
    if not isinstance(value, list):
        wrong(Unreadable, where, expected, value)
    if length is not None and len(value) != length:
        wrong(Unreadable, where, expected, len(value))
    return value


def integers(numbers: Sequence[tuple[int, int, str]], scale: int) -> list[int]:
    """The numbers over a common denominator."""
    return [p * (scale // q) for p, q, _ in numbers]


ACTIVATIONS: dict[str, dict[str, str | None]] = {  # their parameters, each with what it is where it is left out
    "identity": {},
    "relu": {},
    "leaky_relu": {"negative_slope": None},
    "abs": {},
    "clip": {"lo": None, "hi": None},
    "hardtanh": {"lo": "-1", "hi": "1"},
    "relu6": {},
}


def read_layer(value: object, inputs: int, where: str, work: Work) -> tuple[Layer, dict[str, object]]:
    """A layer with that many inputs, and its canonical document."""
    name = value.get("activation") if isinstance(value, dict) else None
    if isinstance(value, dict) and not (isinstance(name, str) and name in ACTIVATIONS):
        wrong(Unreadable, f"{where}.activation", f"one of {', '.join(ACTIVATIONS)}", name)
    defaults = ACTIVATIONS[str(name)] if name else {}
    optional = {key for key, default in defaults.items() if default is not None}
    content = keys_of(value, where, {"weight", "bias", "activation"} | (defaults.keys() - optional), optional, Unreadable)
    weight = []
    for i, row in enumerate(items(content["weight"], f"{where}.weight", "a list of rows")):
        place = f"{where}.weight[{i}]"
        weight.append([number(w, place, j) for j, w in enumerate(items(row, place, f"a row of {inputs} numbers", inputs))])
    rows = len(weight)
    bias = [number(b, f"{where}.bias", i) for i, b in enumerate(items(content["bias"], f"{where}.bias", f"{rows} numbers", rows))]
    if not rows:
        wrong(Unreadable, f"{where}.weight", "at least one row", rows)
    parameters = {key: number(content.get(key, default), where, key) for key, default in defaults.items()}
    zero, leak = (0, 1, "0"), (0, 1)
    match str(name):
        case "identity":
            bounds, leak = [zero], (1, 1)
        case "abs":
            bounds, leak = [zero], (-1, 1)
        case "leaky_relu":
            bounds, leak = [zero], parameters["negative_slope"][:2]
        case "relu":
            bounds = [zero]
        case "relu6":
            bounds = [zero, (6, 1, "6")]
        case _:
            bounds = [parameters["lo"], parameters["hi"]]
    scale = 1
    for q in {q for _, q, _ in chain(bias, bounds, *weight)}:
        scale = lcm(scale, q)
        work.spend(1, scale.bit_length())
    work.spend(rows * (1 + inputs), scale.bit_length())
    whole = [integers(row, scale) for row in weight], integers(bias, scale), integers(bounds, scale)
    if whole[2] != sorted(whole[2]):
        wrong(Unreadable, where, "lo <= hi", f"{bounds[0][2]}, {bounds[1][2]}")
    bits = max(abs(n).bit_length() for n in chain([scale, *leak], *whole[0], *whole[1:]))
    document: dict[str, object] = {"weight": [[text for _, _, text in row] for row in weight], "bias": [text for _, _, text in bias]}
    document |= {"activation": name} | {key: text for key, (_, _, text) in parameters.items()}
    return Layer(*whole, leak, scale, bits), document


def read_network(shape: dict[str, object], work: Work) -> tuple[list[Layer], dict[str, object]]:
    """The layers, from the first to the last, and the canonical document."""
    layers: list[Layer] = []
    documents = []
    for i, value in enumerate(items(shape["layers"], "map.layers", "a list of layers")):
        layer, document = read_layer(value, len(layers[-1].rows) if layers else 1, f"map.layers[{i}]", work)
        layers.append(layer)
        documents.append(document)
    if not layers or len(layers[-1].rows) != 1:
        wrong(Unreadable, "map.layers", "a last layer with one row", len(layers[-1].rows) if layers else "no layers")
    return layers, {"kind": "network", "layers": documents}


def read_pieces(shape: dict[str, object], lo: Extended, hi: Extended, work: Work) -> tuple[Pieces, dict[str, object]]:
    """The map given by knots, and the canonical document, which leaves out the knots at which the slope does not change."""
    points: list[tuple[Fraction, Fraction]] = []
    for i, point in enumerate(items(shape["knots"], "map.knots", "a list of points")):
        where = f"map.knots[{i}]"
        (a, b, _), (c, d, _) = (number(v, where, j) for j, v in enumerate(items(point, where, "two numbers", 2)))
        work.spend(40, a.bit_length() + b.bit_length() + c.bit_length() + d.bit_length())
        points.append((Fraction(a, b), Fraction(c, d)))
        if i and points[i - 1][0] >= points[i][0]:
            wrong(Unreadable, where, "an x greater than the one before", points[i][0])
    line = lo == -INF
    if len(points) < (1 if line else 2):
        wrong(Unreadable, "map.knots", "at least one knot on the line and two on an interval", len(points))
    slopes = [(t - y) / (s - x) for (x, y), (s, t) in pairwise(points)]
    if line:
        outer = [number(v, "map.slopes", i) for i, v in enumerate(items(shape["slopes"], "map.slopes", "two numbers", 2))]
        slopes = [Fraction(*outer[0][:2]), *slopes, Fraction(*outer[1][:2])]
    elif (points[0][0], points[-1][0]) != (lo, hi):
        wrong(Unreadable, "map.knots", "the first x at lo and the last at hi", f"{brief(points[0][0])}, {brief(points[-1][0])}")
    else:
        slopes = [slopes[0], *slopes, slopes[-1]]  # as if the map went on: the slope does not change at the ends
    bends = [i for i in range(len(points)) if slopes[i] != slopes[i + 1]]
    lines = []
    for slope, (x, y) in [*((slopes[i], points[i]) for i in bends), (slopes[-1], points[-1])]:
        d = lcm(slope.denominator, (constant := y - slope * x).denominator)
        lines.append((int(slope * d), int(constant * d), d))
    kept = [points[i] for i in (bends if line else [0, *bends, -1])] or [(Fraction(0), constant)]
    document: dict[str, object] = {"kind": "piecewise-linear", "knots": [[str(x), str(y)] for x, y in kept]}
    if line:
        document["slopes"] = [str(slopes[0]), str(slopes[-1])]
    return Pieces(lo, hi, [points[i][0].as_integer_ratio() for i in bends], lines, work), document


class Map:
    """The map of a map file, its domain [lo, hi], infinite for the line, and the canonical document, whose digest names it."""

    layers: list[Layer] = []

    def __init__(self, value: object, work: Work) -> None:
        content = header(value, "map file", "certify-map", Unreadable)
        keys_of(content, "map file", {"format", "version", "domain", "map"}, {"name", "source"}, Unreadable)
        if not isinstance(content.get("name", ""), str):
            wrong(Unreadable, "name", "a string", content["name"])
        if "source" in content:
            for key, text in keys_of(content["source"], "source", {"file", "sha256"}, set(), Unreadable).items():
                if not isinstance(text, str):
                    wrong(Unreadable, f"source.{key}", "a string", text)
        self.work, self.lo, self.hi, self.domain = work, -INF, INF, None
        if content["domain"] is not None:
            lo, hi = (number(v, "domain", i) for i, v in enumerate(items(content["domain"], "domain", "two numbers or null", 2)))
            self.lo, self.hi, self.domain = Fraction(*lo[:2]), Fraction(*hi[:2]), [lo[2], hi[2]]
            if self.lo >= self.hi:
                wrong(Unreadable, "domain", "lo < hi", f"{lo[2]}, {hi[2]}")
        shape = content["map"]
        kind = shape.get("kind") if isinstance(shape, dict) else None
        if kind == "network":
            self.layers, document = read_network(keys_of(shape, "map", {"kind", "layers"}, set(), Unreadable), work)
        elif kind == "piecewise-linear":
            keys = {"kind", "knots"} | ({"slopes"} if self.domain is None else set())
            self.pieces, document = read_pieces(keys_of(shape, "map", keys, set(), Unreadable), self.lo, self.hi, work)
        else:
            wrong(Beyond if isinstance(kind, str) else Unreadable, "map.kind", '"network" or "piecewise-linear"', kind)
        self.canonical = {"format": "certify-map", "version": 1, "domain": self.domain, "map": document}

    @cached_property
    def pieces(self) -> Pieces:
        """The map as pieces; a network is expanded only when a rule asks for it."""
        return expand(self.layers, self.lo, self.hi, self.work)

    def __call__(self, x: Fraction) -> Extended:
        """f(x): through the layers of a network, without expanding it, else on its piece."""
        if not self.layers:
            return self.pieces(x)
        values, over = [x.numerator], x.denominator
        for layer in self.layers:
            values, over = layer(values, over, self.work)
        self.work.spend(1, over.bit_length())
        return Fraction(values[0], over)


def canonical_json(value: object) -> bytes:
    """The one way to write a JSON value down: sorted keys, no white space, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def canonical_sha256(value: object) -> str:
    """The digest of a JSON value's canonical text."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def map_sha256(map_document: object) -> str:
    """The digest by which a certificate names its map. Raises `Unreadable`."""
    with long_integers():
        return canonical_sha256(Map(map_document, Work()).canonical)


def certificate_digest(certificate_document: dict[str, object]) -> str:
    """The digest that belongs into a certificate: of everything else in it."""
    return canonical_sha256({key: value for key, value in certificate_document.items() if key != "digest"})


# The rules


def count(certificate: dict[str, object], key: str, least: int) -> int:
    """An integer of the certificate. True and False, which Python takes for integers, are none."""
    value = certificate[key]
    if type(value) is not int or value < least:
        wrong(Refused, f"{key}: number", f"an integer, at least {least}", value)
    return value


def power_of_two(certificate: dict[str, object]) -> int:
    """m = 2^level."""
    level = count(certificate, "level", 0)
    if level > MAX_LEVEL:
        wrong(Beyond, "level: limit", f"at most {MAX_LEVEL}", level)
    return 1 << level


def point(value: object, where: str) -> Fraction:
    """A number of the certificate."""
    pair = canonical(value) if isinstance(value, str) else None
    if pair is None:
        wrong(Refused, f"{where}: number", "a string p/q or p in lowest terms", value)
    return Fraction(*pair)


def entries(certificate: dict[str, object], key: str, length: int | None = None) -> list[object]:
    """A list of the certificate, of that length where one is given, else not empty."""
    value = certificate[key]
    if not isinstance(value, list):
        wrong(Refused, f"{key}: list", "a list of numbers", value)
    if not value or length not in (None, len(value)):
        wrong(Refused, f"{key}: length", f"{'at least one' if length is None else brief(Fraction(length))} points", len(value))
    return value


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
        wrong(Refused, f"{where}: points", "points that differ", "a point that stands twice")
    if min(cycle) != cycle[0]:
        wrong(Refused, f"{where}[0]: points", f"the smallest point, {brief(min(cycle))}", cycle[0])


def odd_return(f: Map, certificate: dict[str, object]) -> None:
    """g^n(x) <= x < g(x), or its mirror image, for an odd n >= 3 (Li, Misiurewicz, Pianigiani and Yorke 1982)."""
    m, n, side = power_of_two(certificate), count(certificate, "n", 3), certificate["side"]
    if n % 2 == 0:
        wrong(Refused, "n: parity", "an odd integer", n)
    if side not in ("right", "left"):
        wrong(Refused, "side: word", '"right" or "left"', side)
    orbit = replay(f, entries(certificate, "orbit", n * m + 1), "orbit")
    if point(certificate["x"], "x") != orbit[0]:
        wrong(Refused, "x: orbit", f"orbit[0] = {brief(orbit[0])}", certificate["x"])
    x, once, last = orbit[0], orbit[m], orbit[n * m]
    if not (last <= x < once if side == "right" else last >= x > once):
        form = "g^n(x) <= x < g(x)" if side == "right" else "g^n(x) >= x > g(x)"
        wrong(Refused, "orbit: inequality", form, f"x = {brief(x)}, g(x) = {brief(once)}, g^n(x) = {brief(last)}")
    if "period_three" in certificate:
        replay_cycle(f, entries(certificate, "period_three", 3), "period_three")


def periodic_orbit(f: Map, certificate: dict[str, object]) -> None:
    """A least period that is not a power of 2."""
    period = count(certificate, "period", 1)
    if period & (period - 1) == 0:
        wrong(Refused, "period: theorem", "an integer that is not a power of 2", period)
    replay_cycle(f, entries(certificate, "orbit", period), "orbit")


def order(f: Map, certificate: dict[str, object]) -> None:
    """g(g(x)) = x implies g(x) = x on J (Coppel 1955), cell by cell on the core f^N(J), which every periodic point lies in."""
    m, steps, values = power_of_two(certificate), count(certificate, "core_steps", 0), entries(certificate, "mesh")
    infinite = {0: "-inf", len(values) - 1: "inf"} if f.domain is None else {}
    mesh: list[Extended] = []
    for i, value in enumerate(values):
        end = value is not None and value == infinite.get(i)
        mesh.append((INF if value == "inf" else -INF) if end else point(value, f"mesh[{i}]"))
        if i and mesh[i - 1] >= mesh[i]:
            wrong(Refused, f"mesh[{i}]: order", f"more than mesh[{i - 1}] = {brief(mesh[i - 1])}", mesh[i])
    lo, hi = f.lo, f.hi
    for _ in range(steps):
        lo, hi = f.pieces.image(lo, hi)
    if (mesh[0], mesh[-1]) != (lo, hi):
        got = f"{brief(mesh[0])} and {brief(mesh[-1])}"
        wrong(Refused, "mesh: core", f"the ends of f^{steps}(J), {brief(lo)} and {brief(hi)}", got)
    for i, (a, b) in enumerate(pairwise(mesh)):
        if not (affine(f.pieces, a, b, m) or disjoint(f.pieces, a, b, m)):
            rule = "g^2 affine on the cell, g^2 - id of one sign and g = id at an end where g^2 = id; or g^2 of the cell disjoint from it"
            wrong(Refused, f"mesh[{i}], mesh[{i + 1}]: cell", rule, f"neither on [{brief(a)}, {brief(b)}]")


def disjoint(f: Pieces, a: Extended, b: Extended, m: int) -> bool:
    """The 2m-fold image of [a, b] does not meet [a, b]: no point of the cell is fixed by g^2."""
    lo, hi = a, b
    for _ in range(2 * m):
        lo, hi = f.image(lo, hi)
    return hi < a or b < lo


def affine(f: Pieces, a: Extended, b: Extended, m: int) -> bool:
    """g^2 is affine on [a, b], h = g^2 - id does not change sign, and at an end where g^2 = id also g = id.

    So h has no zero inside the cell, or it is zero on all of it; then g, affine too, is the identity at both ends and between.
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
    at_p, at_q = y - p, z - q
    left = at_p if p is a else at_p - at_q or at_p
    right = at_q if q is b else at_q - at_p or at_q
    one_sign = left >= 0 <= right or left <= 0 >= right
    return one_sign and (u != a or half[0] == a) and (v != b or half[1] == b)


def maps_into_itself(f: Map) -> None:
    """f(J) lies in J: nothing to show on the line, nor behind a final clamp whose bounds lie in J; else f is looked at in full."""
    if f.domain is None:
        return
    if f.layers and f.layers[-1].leak[0] == 0 and len(f.layers[-1].bounds) == 2:
        lo, hi = (Fraction(b, f.layers[-1].scale) for b in f.layers[-1].bounds)
        if f.lo <= lo and hi <= f.hi:
            return
    for x in (f.lo, *f.pieces.turns, f.hi):
        if not f.lo <= (y := f.pieces(x)) <= f.hi:
            wrong(Refused, "map: domain", f"a map of [{brief(f.lo)}, {brief(f.hi)}] into itself", Own(f"f({brief(x)}) = {brief(y)}"))


class Kind(NamedTuple):
    """A kind of certificate: what it proves, its rule, and the keys that it has beside those of every certificate."""

    verdict: str
    rule: Callable[[Map, dict[str, object]], None]
    keys: set[str]
    optional: set[str]


KINDS = {
    "odd-return": Kind("CHAOTIC", odd_return, {"level", "n", "x", "side", "orbit"}, {"period_three"}),
    "periodic-orbit": Kind("CHAOTIC", periodic_orbit, {"period", "orbit"}, set()),
    "order": Kind("ORDERED", order, {"level", "core_steps", "mesh"}, set()),
}


# The claim


@long_integers()
def claim_words(kind: str, certificate: dict[str, Any]) -> str:
    """The sentence that a correct certificate of this kind proves; nothing but its data and the domain in its claim decide it."""

    def name(text: str) -> str:
        return brief(Fraction(text))

    def iterate(times: int) -> str:
        return "f" if times == 1 else f"f^{times}"

    domain = certificate["claim"]["domain"]
    on_line = domain is None
    where = "the real line" if on_line else f"[{name(domain[0])}, {name(domain[1])}]"
    entropy = "positive topological entropy" + " on a compact invariant set" * on_line
    chaos = f"{entropy} and an uncountable scrambled set: it is chaotic in the sense of Li and Yorke"
    if kind == "periodic-orbit":
        period, x = certificate["period"], name(certificate["orbit"][0])
        return (
            f"f maps {where} into itself, and {x} is a periodic point of least period {period}, which is not a power of 2; "
            f"hence f has {chaos} (Bowen and Franks 1976; Jankova and Smital 1986)"
        )
    m = 1 << certificate["level"]
    if kind == "odd-return":
        n, x = certificate["n"], name(certificate["x"])
        first, second = ("<=", "<") if certificate["side"] == "right" else (">=", ">")
        three = [name(p) for p in certificate.get("period_three", [])]
        return (
            f"f maps {where} into itself, and {iterate(n * m)}(x) {first} x {second} {iterate(m)}(x) at x = {x}; "
            f"hence f has a period that is not a power of 2, {chaos} (Li, Misiurewicz, Pianigiani and Yorke 1982)"
        ) + (f"; an orbit of period 3 is {' -> '.join([*three, three[0]])}" if three else "")
    orbits = "converges to a fixed point" if m == 1 else f"is asymptotic to a cycle whose least period divides {m}"
    premise = f"f maps {where} into itself, and {iterate(2 * m)}(x) = x implies {iterate(m)}(x) = x"
    if on_line:
        return (
            f"{premise}, also at -inf and inf; hence every orbit {orbits} or tends to infinity in absolute value, and f has no "
            "Li-Yorke pair (Coppel 1955)"
        )
    return f"{premise}; hence every orbit {orbits}, f has no Li-Yorke pair and its topological entropy is zero (Coppel 1955)"


def prove(map_document: object, certificate_document: object) -> str:
    """The sentence that the certificate proves; raises `Refused`, `Beyond` or `Unreadable` where it does not."""
    f = Map(map_document, Work())
    certificate = header(certificate_document, "certificate", "certify-certificate", Refused)
    name = certificate.get("kind")
    if isinstance(name, str) and name not in KINDS:
        wrong(Beyond, "kind", f"one of {', '.join(KINDS)}", name)
    if not isinstance(name, str):
        wrong(Refused, "kind", "a string", name)
    kind = KINDS[name]
    common = {"format", "version", "map_sha256", "claim", "kind", "digest"}
    keys_of(certificate, "certificate", common | kind.keys, kind.optional, Refused)
    claim = keys_of(certificate["claim"], "claim", {"verdict", "domain", "words"}, set(), Refused)
    for where, expected, got in (
        ("digest", certificate_digest(certificate), certificate["digest"]),
        ("map_sha256", canonical_sha256(f.canonical), certificate["map_sha256"]),
        ("claim.verdict", kind.verdict, claim["verdict"]),
        ("claim.domain", f.domain, claim["domain"]),
    ):
        if expected != got:
            wrong(Refused, where, "the line" if expected is None else str(expected), got)
    maps_into_itself(f)
    kind.rule(f, certificate)
    words = claim_words(name, certificate)  # the data that it is made of are checked by now
    if claim["words"] != words:
        wrong(Refused, "claim.words", words, claim["words"])
    return words


@long_integers()
def check(map_document: object, certificate_document: object) -> Outcome:
    """Does this certificate prove its claim about this map? Both are parsed JSON values.

    Exact; it ends after a bounded amount of work. Raises `Unreadable` when the map is none, and nothing else.
    """
    try:
        return Outcome("VALID", prove(map_document, certificate_document))
    except Refused as reason:
        return Outcome("INVALID", str(reason))
    except Beyond as reason:
        return Outcome("UNSUPPORTED", str(reason))
    except (TypeError, ValueError, RecursionError) as reason:  
        if isinstance(reason, Unreadable):
            raise
