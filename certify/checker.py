#!/usr/bin/env python3
"""Check a certificate of chaos, order, a region count or an entropy bound: checker.py MAP CERTIFICATE

This file stands alone: Python's standard library, its own parser, its own evaluator. It trusts nothing and searches for
nothing: it reads both files, replays in exact arithmetic what the certificate says, and forms the claim itself.
Formats, rules and theorems stand in docs/map-format.md and docs/certificate-format.md. Throughout, f is the map, J its
domain (an interval or the line), j the level, m = 2^j and g = f^m. The first word on stdout is VALID (exit 0), INVALID
(1) or UNSUPPORTED (4); input that cannot be read gives one line on stderr (2). From top to bottom: limits, reading,
pieces, networks, the map file, the rules, the claim, the command.
"""

from __future__ import annotations

import hashlib
import json
import re
import reprlib
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
from typing import Any, NamedTuple

# Limits. Beyond them the answer is UNSUPPORTED, never VALID.
MAX_BYTES = 64_000_000  # of a file: what Python's JSON parser takes in within seconds
MAX_LENGTH = 40_000  # characters of a number, so 20,000 digits above and below: still read in milliseconds
MAX_LEVEL = 20  # a rule at level j takes 2^j steps or more
MAX_WORK = 60 * 10**9  # about nanoseconds: no certificate keeps the checker busy for many minutes

INF = float("inf")  # INF and -INF, the ends of the line, are the only floats: a Fraction compares with them exactly,
Extended = Fraction | float  # and nothing is ever added to them or multiplied by them
Number = tuple[int, int, str]  # p and q > 0 in lowest terms, and the canonical text of p/q


class Outcome(NamedTuple):
    """The answer of `check`: VALID, INVALID or UNSUPPORTED, and one line: what is proved, or which rule failed."""

    status: str
    message: str


class Unreadable(ValueError):
    """A document is not what it has to be: for the map `check` raises it, for the certificate it means INVALID."""


class Beyond(Exception):
    """A version or kind that is not known here, or data beyond the limits: UNSUPPORTED."""


class Work:
    """What one check may still spend. Reading is bounded by the length of the files; all that may take longer pays by
    estimate, so that the answer is the same on every machine: some 200 for a step with short integers, and ab/1024 for
    a product, quotient or gcd of integers of a and b bits.
    """

    left = MAX_WORK

    def spend(self, estimate: int) -> None:
        self.left -= estimate
        if self.left < 0:
            raise Beyond("work: the replay takes more arithmetic than this checker is willing to do")


@contextmanager
def long_integers() -> Iterator[None]:
    """Lift Python's own bound on the digits of integers read and written: here MAX_LENGTH and Work bound them."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


def size(*values: int | Fraction) -> int:
    """Bits that hold every numerator and denominator."""
    return sum(abs(x.numerator) + x.denominator for x in values).bit_length()


def shown(value: object) -> str:
    """A value for reading, on one line of ASCII; a number in full up to some 40 digits, else rounded to 12."""
    if not isinstance(value, int | Fraction):
        return ascii(reprlib.repr(value))[1:-1]
    if (bits := value.numerator.bit_length() + value.denominator.bit_length()) <= 133:
        return str(value)
    if bits > 8 * MAX_LENGTH:  # a value that grew on the way, not a number of the files
        return f"a number of {bits} bits"
    return f"{Context(prec=12, Emax=MAX_EMAX).divide(Decimal(value.numerator), Decimal(value.denominator))} (rounded)"


def need(holds: bool, where: str, expected: str, *got: object, error: type[Exception] = Unreadable) -> None:
    """The one form of every rule, and of every complaint."""
    if not holds:
        raise error(f"{where}: expected {expected}, got {', '.join(map(shown, got))}")


DIGITS = re.compile(r"[-0-9/]*+")
FRACTION = re.compile(r"-?[0-9]+/0*[1-9][0-9]*")
FLOATS = (  # sign, digits before and after the point, exponent; the base of the digits, and what the exponent counts
    (re.compile(r"(-?)([0-9]*)\.?([0-9]*)(?:[eE]([-+]?[0-9]+))?"), 10, 10, 1),
    (re.compile(r"(-?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([-+]?[0-9]+))?"), 16, 2, 4),
)


def canonical(values: list[Any]) -> list[Number] | None:
    """All these numbers at once, if each is a string in lowest terms: p/q written as [p,q] is JSON, and quickly read."""
    try:
        if not DIGITS.fullmatch("".join(values)) or max(map(len, values)) > MAX_LENGTH:
            return None
        pairs = json.loads(f"[[{'],['.join(values).replace('/', ',')}]]")
    except (TypeError, ValueError):
        return None
    if {*map(len, pairs)} <= {1, 2} and min([pair[1] for pair in pairs if len(pair) == 2], default=2) > 1:
        ps, qs = [pair[0] for pair in pairs], [pair[1] if len(pair) == 2 else 1 for pair in pairs]
        if {*map(gcd, ps, qs)} == {1} and "-0" not in values:
            return [*zip(ps, qs, values, strict=True)]
    return None


def number(value: object, where: str, index: int | str, work: Work | None) -> Number:
    """A number: of a map file, which comes with its work, however it is written; of a certificate, in lowest terms."""
    exact: Any = None
    if isinstance(value, str):
        if len(value) > MAX_LENGTH:
            raise Beyond(f"{where}[{index}]: expected a number of at most {MAX_LENGTH} characters")
        if found := canonical([value]):
            return found[0]
        if FRACTION.fullmatch(value):
            exact = Fraction(value)
        for pattern, base, radix, places in FLOATS:
            if work and (match := pattern.fullmatch(value)) and (digits := match[2] + match[3]):
                shift = int(match[4] or 0) - places * len(match[3])
                need(abs(shift) <= 4 * MAX_LENGTH, f"{where}[{index}]", "an exponent within reach", shift, error=Beyond)
                work.spend((4 * (len(value) + abs(shift))) ** 2 // 1024)  # a short text can mean a long number
                exact = int(match[1] + digits, base) * Fraction(radix) ** shift
    elif type(value) is int:  # True and False, for Python integers, are none
        exact = Fraction(value)
    forms = 'an integer or a string such as "22/7", "-1.25e-3", "0x1.8p-3"' if work else "a number in lowest terms"
    need(exact is not None and work is not None, f"{where}[{index}]", forms, value)
    if size(exact) > 4 * MAX_LENGTH or len(text := str(exact)) > MAX_LENGTH:  # in this order: texts take long to form
        raise Beyond(f"{where}[{index}]: expected a number of at most {MAX_LENGTH} characters")
    return exact.numerator, exact.denominator, text


def items(value: Any, where: str, length: int | None = None) -> list[Any]:
    """The value, when it is a list, of that length or, where none is given, not empty."""
    if isinstance(value, list) and (len(value) == length if length else value):
        return value
    got = len(value) if isinstance(value, list) else value
    raise Unreadable(f"{where}: expected a list of {length or 'at least one'}, got {shown(got)}")


def numbers(value: object, where: str, work: Work | None, length: int | None = None) -> list[Number]:
    """The value, when it is a list of numbers."""
    values = items(value, where, length)
    return canonical(values) or [number(item, where, i, work) for i, item in enumerate(values)]


def matrix(value: object, where: str, work: Work, length: int) -> list[Number]:
    """All rows, one after the other, of the value, when it is a list of lists of that many numbers each."""
    rows = items(value, where)
    if all(isinstance(row, list) and len(row) == length for row in rows) and (found := canonical([*chain(*rows)])):
        return found
    return [*chain(*(numbers(row, f"{where}[{i}]", work, length) for i, row in enumerate(rows)))]


def rows_of(values: list[Any], length: int) -> list[list[Any]]:
    """A matrix of its rows, one after the other."""
    return [values[i : i + length] for i in range(0, len(values), length)]


def members(value: Any, where: str, required: str, optional: str = "") -> dict[str, Any]:
    """The value, when it is an object with these keys and no others."""
    need(isinstance(value, dict), where, "an object", value)
    faults = [f"missing: {key}" for key in required.split() if key not in value]
    faults += [f"unknown: {key}" for key in value if key not in f"{required} {optional}".split()]
    need(not faults, where, f"the keys {required} {optional}".rstrip(), *faults[:3])
    return dict(value)


def opened(value: Any, where: str, form: str) -> dict[str, Any]:
    """The value, when it is an object of this format, and of a version that this checker knows."""
    found = value.get("format") if isinstance(value, dict) else None
    need(found == form, where, f"an object with format {form}", found)
    version = value.get("version", 1)
    need(type(version) is int and version == 1, f"{where}: version", "1", version, error=Beyond)
    return dict(value)


def ratio(x: Extended) -> tuple[int, int]:
    """p/q for a point of the line, 1/0 and -1/0 for its ends."""
    return x.as_integer_ratio() if isinstance(x, Fraction) else (1 if x > 0 else -1, 0)


class Pieces:
    """f on J: its lines (s x + c)/d, and the knots p/q between them. At an infinite end the value of f is its limit."""

    def __init__(self, knots: list[tuple[int, int]], lines: list[tuple[int, int, int]], work: Work) -> None:
        self.knots, self.lines, self.work = knots, lines, work
        self.turns, self.values = list[Fraction](), list[Any]()  # the turning points, and f there
        slope = 0  # the last one that is not zero: f may rise to a plateau and turn where the plateau ends
        for i, knot in enumerate(knots):
            slope = lines[i][0] or slope
            if slope < 0 < lines[i + 1][0] or lines[i + 1][0] < 0 < slope:
                self.turns.append(Fraction(*knot))
                self.values.append(self.at(i, self.turns[-1]))

    def rank(self, x: Extended, right: bool = True) -> int:
        """The number of knots up to x: the index of the line to the right of x; or of knots before x, the one to its left."""
        p, q = ratio(x)
        return (bisect_right if right else bisect_left)(self.knots, 0, key=lambda knot: knot[0] * q - knot[1] * p)

    def at(self, i: int, x: Extended) -> Any:
        """The value of line i at x."""
        (s, c, d), (p, q) = self.lines[i], ratio(x)
        if q == 0:
            return Fraction(c, d) if s == 0 else x if s > 0 else -x
        self.work.spend(5000 + (abs(s) + abs(c) + d + abs(p) + q).bit_length() ** 2 // 256)
        return Fraction(s * p + c * q, d * q)

    def __call__(self, x: Extended) -> Any:
        return self.at(self.rank(x), x)

    def image(self, a: Extended, b: Extended, times: int = 1) -> tuple[Extended, Extended]:
        """The exact image of [a, b] under f^times: f is least, and greatest, at an end or at a turning point."""
        for _ in range(times):
            inside = self.values[bisect_right(self.turns, a) : bisect_left(self.turns, b)]
            self.work.spend(6000 + len(inside) * (2000 + size(0, *inside) ** 2 // 1024))
            values = [self(a), self(b), *inside]
            a, b = min(values), max(values)
        return a, b


class Layer(NamedTuple):
    """x -> act(weight x + bias), where act(z) = z between the bounds, or above the only bound, and elsewhere has the
    slope `leak`. All numbers are integers over the one denominator `scale`.
    """

    rows: list[list[int]]
    bias: list[int]
    bounds: list[int]
    leak: tuple[int, int]  # numerator and denominator
    scale: int
    bits: int  # of the longest of these integers
    document: dict[str, Any]  # in canonical form

    def weigh(self, values: Sequence[int]) -> list[int]:
        """weight times a vector."""
        if len(values) == 1:  # the same as below, sooner
            return [row[0] * values[0] for row in self.rows]
        return [sum(map(mul, row, values)) for row in self.rows]

    def bands(self, over: int) -> tuple[list[int], list[tuple[int, int]]]:
        """The bounds times `over`; and leak's denominator times act(z) = a z + k before, between and after them."""
        n, d = self.leak
        bounds = [b * over for b in self.bounds if n != d]
        bands = [(n, (d - n) * b) for b in bounds]
        return bounds, [*bands[:1], (d, 0), *bands[1:]]


Place = tuple[int, int, list[tuple[int, int, int, int]]]
"""p, q and the changes of lines at p/q: a key to sort by, the unit, and the changes of its slope and its constant."""


def expand(layers: list[Layer], lo: Extended, hi: Extended, work: Work) -> Pieces:
    """The network on [lo, hi] as pieces: layer by layer, each unit as its line s x + c at lo, and the changes of that
    line from there to hi: of s by `rise` and of c by `shift`, so at rise x + shift = 0, for a unit is continuous.
    All numbers are integers over the one denominator `over`.
    """
    start, end, over = ratio(lo), ratio(hi), 1
    lines, places = [(1, 0)], list[Place]()  # the input x; and where lines of its functions change
    bits = size(*start, *end)
    for layer in layers:
        bounds, bands = layer.bands(over)
        bends = [(v[0] - u[0], v[1] - u[1]) for u, v in pairwise(bands)]
        slopes, constants = map(layer.weigh, zip(*lines, strict=True))
        bits += 2 * layer.bits + len(lines).bit_length() + 2  # no integer below is longer, products apart
        price = (len(lines) + sum(len(parts) for _, _, parts in places)) * (200 + layer.bits * bits // 1024)
        price += (1 + len(places)) * (1000 + bits**2 // 256)
        keep = 30_000 + bits**2 // 512  # memory counts as work
        walk = [(p, q, [t * q for t in bounds], parts) for p, q, parts in [*places, (*end, [])]]
        first, flat = (*start, [t * start[1] for t in bounds]), (0, 1, bounds)
        lines, changes = [], list[tuple[int, int, int]]()
        for unit, (row, s, c, b) in enumerate(zip(layer.rows, slopes, constants, layer.bias, strict=True)):
            c, before = c + b * over, len(changes)
            # z = s x + c, read just right of p/q: of integers, v + 1 > w means v >= w. At an infinite end, where q = 0,
            p, q, marks = first if s else flat  # the slope decides; a constant is read anywhere.
            band = bisect_left(marks, s * p + c * q + (s > 0))
            a, k = bands[band]
            lines.append((a * s, a * c + k))
            for p, q, marks, parts in walk:
                last = bisect_left(marks, s * p + c * q + (s < 0)) if s else band  # just left of p/q
                if last != band:  # z runs straight there, across some bounds
                    sign = 1 if s > 0 else -1
                    passed = bends[band:last] or bends[last:band][::-1]
                    changes += [(unit, sign * a * s, sign * (a * c + k)) for a, k in passed]
                    band = last
                rise, shift = 0, 0
                for _, i, ds, dc in parts:
                    rise, shift = rise + row[i] * ds, shift + row[i] * dc
                if rise:  # z is continuous there, so it is still in this band, ends included
                    s, c, (a, _) = s + rise, c + shift, bands[band]
                    if a:
                        changes.append((unit, a * rise, a * shift))
            work.spend(price + (len(changes) - before) * keep)
        over *= layer.scale * layer.leak[1]
        places = gathered(changes) if layer is not layers[-1] else []
    ((s, c),), knots = lines, list[tuple[int, int]]()
    pieces = [(s, c, over)]
    for _, rise, shift in changes:  # of the last layer's one unit, from left to right
        p, q = (-shift, rise) if rise > 0 else (shift, -rise)
        s, c = s + rise, c + shift
        if not knots or knots[-1][0] * q < p * knots[-1][1]:
            knots.append((p, q))
            pieces.append((s, c, over))
        elif pieces[-2] != (s, c, over):
            pieces[-1] = s, c, over
        else:  # two changes at one place that cancel
            knots.pop()
            pieces.pop()
    return Pieces(knots, pieces, work)


def gathered(changes: list[tuple[int, int, int]]) -> list[Place]:
    """The changes place by place, from left to right."""
    # Quotients by integers below 2^e are equal or at least 2^-2e apart: times 2^2e they can be rounded down.
    e, places, parts = max((rise.bit_length() for _, rise, _ in changes), default=0), list[Place](), list[Any]()
    for part in sorted(((-shift << 2 * e) // rise, unit, rise, shift) for unit, rise, shift in changes):
        if not parts or part[0] != parts[0][0]:
            _, _, rise, shift = part
            parts = []
            places.append((-shift, rise, parts) if rise > 0 else (shift, -rise, parts))
        parts.append(part)
    return places


ACTIVATIONS = {  # the parameters; then the leak and the bounds
    "identity": ("", "1 0"),
    "relu": ("", "0 0"),
    "leaky_relu": ("negative_slope", "negative_slope 0"),
    "abs": ("", "-1 0"),
    "clip": ("lo hi", "0 lo hi"),
    "hardtanh": ("lo hi", "0 lo hi"),
    "relu6": ("", "0 0 6"),
}


def read_layer(value: Any, inputs: int, where: str, work: Work) -> Layer:
    """A layer with that many inputs."""
    name: Any = value.get("activation") if isinstance(value, dict) else None
    need(name in [*ACTIVATIONS], f"{where}.activation", f"one of {', '.join(ACTIVATIONS)}", name)
    parameters, form = ACTIVATIONS[name]
    defaults = {"lo": "-1", "hi": "1"} if name == "hardtanh" else {}
    content = members(defaults | value, where, f"weight bias activation {parameters}")
    weight = matrix(content["weight"], f"{where}.weight", work, inputs)
    bias = numbers(content["bias"], f"{where}.bias", work, len(weight) // inputs)
    leak, *bounds = [number(content.get(word, word), where, word, work) for word in form.split()]
    scale, denominators = 1, {q for _, q, _ in chain(weight, bias, bounds)}
    for q in denominators:
        scale = lcm(scale, q)
        work.spend(200 + size(scale) ** 2 // 1024)
    work.spend((len(weight) + len(bias)) * (200 + size(scale) ** 2 // 1024))
    times = {q: scale // q for q in denominators}
    factors, offsets, limits = [[p * times[q] for p, q, _ in values] for values in (weight, bias, bounds)]
    need(limits == sorted(limits), where, "lo <= hi", *(text for _, _, text in bounds))
    bits = max(map(abs, chain((scale, *leak[:2]), offsets, limits, factors))).bit_length()
    texts = [[text for _, _, text in values] for values in (weight, bias)]
    document = {key: number(content[key], where, key, work)[2] for key in parameters.split()} | {"activation": name}
    document |= {"weight": rows_of(texts[0], inputs), "bias": texts[1]}
    return Layer(rows_of(factors, inputs), offsets, limits, leak[:2], scale, bits, document)


def read_pieces(shape: dict[str, Any], domain: list[Number], work: Work) -> tuple[Pieces, dict[str, Any]]:
    """The map given by knots; and the canonical document, without the knots at which the slope does not change."""
    points = list[tuple[Fraction, Fraction]]()
    for i, point in enumerate(items(shape["knots"], "map.knots")):
        x, y = (Fraction(p, q) for p, q, _ in numbers(point, f"map.knots[{i}]", work, 2))
        work.spend(4000 + size(x, y) ** 2 // 64)
        need(not points or points[-1][0] < x, f"map.knots[{i}]", "x greater than the one before", x)
        points.append((x, y))
    first, last = points[0][0], points[-1][0]
    ends = [Fraction(p, q) for p, q, _ in domain] or [first, last]
    need([first, last] == ends, "map.knots", "the first x at lo, the last at hi", first, last)
    slopes = [(t - y) / (s - x) for (x, y), (s, t) in pairwise(points)]
    if domain:
        left, right = slopes[0], slopes[-1]  # as if the map went on: the slope does not change at the ends
    else:
        left, right = (Fraction(p, q) for p, q, _ in numbers(shape["slopes"], "map.slopes", work, 2))
    slopes = [left, *slopes, right]
    bends = [i for i in range(len(points)) if slopes[i] != slopes[i + 1]]
    lines = [(slopes[i], points[i][1] - slopes[i] * points[i][0]) for i in (*bends, -1)]
    integers = [(int(s * d), int(c * d), d) for s, c in lines for d in [lcm(s.denominator, c.denominator)]]
    kept = [points[i] for i in ([0, *bends, -1] if domain else bends)] or [(Fraction(0), lines[0][1])]
    document = {"kind": "piecewise-linear", "knots": [[str(x), str(y)] for x, y in kept]}
    document |= {} if domain else {"slopes": [str(left), str(right)]}
    return Pieces([ratio(points[i][0]) for i in bends], integers, work), document


class Map:
    """The map in a map file, its domain [lo, hi], infinite for the line, and the canonical document, for the digest."""

    def __init__(self, value: object, work: Work) -> None:
        content = opened(value, "map file", "certify-map")
        members(content, "map file", "format version domain map", "name source")
        source = members(content.get("source", {"file": "", "sha256": ""}), "source", "file sha256")
        for text in (content.get("name", ""), *source.values()):
            need(isinstance(text, str), "name, source", "strings", text)
        domain = [] if content["domain"] is None else numbers(content["domain"], "domain", work, 2)
        ends: list[Extended] = [Fraction(p, q) for p, q, _ in domain]
        self.domain, (self.lo, self.hi) = [text for _, _, text in domain] or None, ends or [-INF, INF]
        need(self.lo < self.hi, "domain", "lo < hi", self.lo, self.hi)
        self.work, self.layers, shape = work, list[Layer](), content["map"]
        kind = shape.get("kind") if isinstance(shape, dict) else None
        if kind == "network":
            for i, layer in enumerate(items(members(shape, "map", "kind layers")["layers"], "map.layers")):
                inputs = len(self.layers[-1].rows) if i else 1
                self.layers.append(read_layer(layer, inputs, f"map.layers[{i}]", work))
            need(len(self.layers[-1].rows) == 1, "map.layers[-1].weight", "one row", len(self.layers[-1].rows))
            document: dict[str, Any] = {"kind": kind, "layers": [layer.document for layer in self.layers]}
        else:
            error = Beyond if isinstance(kind, str) else Unreadable
            need(kind == "piecewise-linear", "map.kind", "network or piecewise-linear", kind, error=error)
            members(shape, "map", "kind knots" if domain else "kind knots slopes")
            self.pieces, document = read_pieces(shape, domain, work)
        self.canonical = {"format": "certify-map", "version": 1, "domain": self.domain, "map": document}

    @cached_property
    def pieces(self) -> Pieces:
        """The map as pieces; a network is expanded only when a rule asks for it."""
        return expand(self.layers, self.lo, self.hi, self.work)

    def __call__(self, x: Fraction) -> Any:
        """f(x): through the layers of a network, without expanding it, else on its piece."""
        values, over = [x.numerator], x.denominator
        for layer in self.layers:
            bits = layer.bits * max(over, max(values), -min(values)).bit_length()
            self.work.spend(len(layer.rows) * (1 + len(values)) * (200 + bits // 1024))
            z = [y + b * over for y, b in zip(layer.weigh(values), layer.bias, strict=True)]
            bounds, ((a, k), *bands) = layer.bands(over)
            values, over = [a * v + k for v in z], over * layer.scale * layer.leak[1]
            for t, (a, k) in zip(bounds, bands, strict=True):
                values = [a * v + k if v > t else y for v, y in zip(z, values, strict=True)]
        self.work.spend(200 + size(over) ** 2 // 1024)
        return Fraction(values[0], over) if self.layers else self.pieces(x)


def canonical_sha256(value: object) -> str:
    """The digest of a JSON value written in the one canonical way: sorted keys, no white space, ASCII."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


@long_integers()
def map_sha256(map_document: object) -> str:
    """The digest by which a certificate names its map. Raises `Unreadable`."""
    return canonical_sha256(Map(map_document, Work()).canonical)


def count(certificate: dict[str, Any], key: str, least: int) -> int:
    """An integer of the certificate."""
    value = certificate[key]
    need(type(value) is int and value >= least, key, f"an integer, at least {least}", value)
    need(key != "level" or value <= MAX_LEVEL, key, f"at most {MAX_LEVEL}", value, error=Beyond)
    return int(value)


def replay(f: Map, values: object, where: str, length: int, closed: bool = False) -> list[Fraction]:
    """Points of J, each the image of the one before it; when closed, f takes the last to the first, and the first is
    smaller than all others, so does not return before: the points differ.
    """
    orbit = [Fraction(p, q) for p, q, _ in numbers(values, where, None, length)]
    need(not closed or orbit[0] < min(orbit[1:]), where, f"{length} points that differ, the smallest first", *orbit[:5])
    for i, x in enumerate([*orbit, *orbit[:closed]]):
        need(f.lo <= x <= f.hi, f"{where}[{i}]: domain", "lo <= x <= hi", f.lo, x, f.hi)
        if i:
            y = f(orbit[i - 1])
            need(y == x, f"{where}[{i}]: replay", f"f({where}[{i - 1}]) = {where}[{i}]", y, x)
    return orbit


def odd_return(f: Map, certificate: dict[str, Any]) -> None:
    """g^n(x) <= x < g(x), or its mirror image, for an odd n >= 3 (Li, Misiurewicz, Pianigiani and Yorke 1982)."""
    m, n, side = 1 << count(certificate, "level", 0), count(certificate, "n", 3), certificate["side"]
    need(n % 2 == 1, "n", "an odd integer", n)
    rules = {"right": "g^n(x) <= x < g(x)", "left": "g^n(x) >= x > g(x)"}
    need(side in [*rules], "side", "right or left", side)
    orbit = replay(f, certificate["orbit"], "orbit", n * m + 1)
    x, once, last = orbit[0], orbit[m], orbit[n * m]
    need(certificate["x"] == certificate["orbit"][0], "x", f"orbit[0] = {shown(x)}", certificate["x"])
    returns = last <= x < once if side == "right" else last >= x > once
    need(returns, "orbit: return", rules[side], last, x, once)
    if "period_three" in certificate:
        replay(f, certificate["period_three"], "period_three", 3, closed=True)


def periodic_orbit(f: Map, certificate: dict[str, Any]) -> None:
    """A least period that is not a power of 2 (Bowen and Franks 1976)."""
    period = count(certificate, "period", 1)
    need(period & (period - 1) > 0, "period", "an integer that is not a power of 2", period)
    replay(f, certificate["orbit"], "orbit", period, closed=True)


def order(f: Map, certificate: dict[str, Any]) -> None:
    """g(g(x)) = x implies g(x) = x (Coppel 1955), cell by cell on the core f^N(J), where all periodic points lie."""
    m, steps = 1 << count(certificate, "level", 0), count(certificate, "core_steps", 0)
    values, mesh = items(certificate["mesh"], "mesh"), list[Extended]()
    for i, value in enumerate(values):
        infinite = f.domain is None and (i, value) in [(0, "-inf"), (len(values) - 1, "inf")]
        mesh.append(float(value) if infinite else Fraction(*number(value, "mesh", i, None)[:2]))
        need(i == 0 or mesh[i - 1] < mesh[i], f"mesh[{i}]", "more than the point before", mesh[i])
    core = f.pieces.image(f.lo, f.hi, steps)
    need((mesh[0], mesh[-1]) == core, "mesh: core", "first and last the ends of the core f^core_steps(J)", *core)
    for i, (a, b) in enumerate(pairwise(mesh)):
        if not affine(f.pieces, a, b, m):
            lo, hi = f.pieces.image(a, b, 2 * m)
            rule = "g^2 affine, g^2 - id of one sign, g = id at an end where g^2 = id; or cell and image disjoint"
            need(hi < a or b < lo, f"mesh[{i}], mesh[{i + 1}]: cell", rule, a, b)


def affine(f: Pieces, a: Extended, b: Extended, m: int) -> bool:
    """g^2 is affine on [a, b], h = g^2 - id does not change sign, and at an end where g^2 = id also g = id.

    So h has no zero inside the cell, or is zero on all of it; then g, affine too, is the identity there, ends included.
    At an infinite end the sign of h is that of its slope times the end, or of h itself where h is constant.
    """
    p: Any = a if isinstance(a, Fraction) else b - 1 if isinstance(b, Fraction) else Fraction(0)
    q: Any = b if isinstance(b, Fraction) else p + 1  # p < q are finite points of the cell, where finite its ends
    u, v, y, z, half = a, b, p, q, (a, b)
    for i in range(2 * m):
        line = f.rank(min(u, v))
        if line < len(f.knots) and Fraction(*f.knots[line]) < max(u, v):
            return False
        y, z = f.at(line, y), f.at(line, z)
        u, v = y if p is a else f.at(line, u), z if q is b else f.at(line, v)
        if i == m - 1:
            half = u, v
    at_p, at_q = y - p, z - q  # the values of h
    left = at_p if p is a else at_p - at_q or at_p
    right = at_q if q is b else at_q - at_p or at_q
    one_sign = left >= 0 <= right or left <= 0 >= right
    return one_sign and (u != a or half[0] == a) and (v != b or half[1] == b)


def germ_path(f: Pieces, x: Extended, side: int, last: int) -> list[tuple[int, int, Fraction]]:
    """What f, f^2, ..., f^last make of the germ of the domain at x on its right (side 1) or left (side -1), that is of the
    points next to x there: for a = 0, ..., last the line of f that it is on, its side, and the slope of f^a, 0 for good
    once f is constant there; a falling line turns the sides around.
    """
    slope, path = Fraction(1), []
    for _ in range(last + 1):
        line = f.rank(x, side > 0)
        path.append((line, side, slope))
        s, _, d = f.lines[line]
        f.work.spend(3000 + size(slope) * size(s, d) // 256)
        slope *= Fraction(s, d)
        if slope:
            x, side = f(x), side if s > 0 else -side
    return path


def region_count(f: Map, certificate: dict[str, Any]) -> None:
    """The numbers of linear regions of f, ..., f^T, without listing any (docs/counting.md has the proof).

    A junction is a point x that some first f^i, not constant next to x, takes to a knot b; f^t breaks at x for the t > i
    for which f^(t-i) breaks at b. The junctions so far cut J into intervals on which f^i is affine. Where it is not
    constant it takes each knot b once between the germs (u, 1) and (v, -1) of the image's ends: so as many junctions are
    born at b as there are germs (u, 1) with u < b, less the germs (v, -1) with v <= b.
    """
    pieces, wanted = f.pieces, items(certificate["regions"], "regions")
    last = len(wanted)
    born = [list[int]() for _ in pieces.knots]  # born[b][i]: the junctions that f^i takes to knot b
    knots = [[germ_path(pieces, Fraction(*knot), side, last) for side in (-1, 1)] for knot in pieces.knots]
    germs = [(germ_path(pieces, f.lo, 1, last), [1]), (germ_path(pieces, f.hi, -1, last), [1])]
    germs += [(path, births) for births, sides in zip(born, knots, strict=True) for path in sides]
    for t, value in enumerate(wanted, 1):
        jumps = [0] * (len(knots) + 1)  # a germ on line n counts for the knots from the n-th on
        for path, births in germs:
            for i, many in enumerate(births):
                line, side, slope = path[t - 1 - i]
                jumps[line] += side * many if slope else 0
        for births, many in zip(born, accumulate(jumps)):
            births.append(many)
        regions = 1
        for births, (left, right) in zip(born, knots, strict=True):
            regions += sum(many for i, many in enumerate(births) if left[t - i][2] != right[t - i][2])
        pieces.work.spend(t * len(germs) * (500 + size(regions)))
        need(value == str(regions), f"regions[{t - 1}]: count", str(regions), value)


class Graph(NamedTuple):
    """Intervals; edges (k, j) from each, for the part of it in lap k and interval j; positive weights; and the growth."""

    intervals: list[tuple[Extended, Extended]]
    rows: list[list[tuple[int, int]]]
    weights: list[int]
    growth: Fraction

    def total(self, i: int, kept: Callable[[int], bool]) -> int:
        """The weights of the targets of i that are kept."""
        return sum(self.weights[j] for _, j in self.rows[i] if kept(j))


def read_graph(f: Map, certificate: dict[str, Any]) -> Graph:
    """The graph of a certificate: its intervals lie in J and have more than one point, the laps in a row increase."""
    intervals = []
    for i, pair in enumerate(items(certificate["intervals"], "intervals")):
        ends = list[Extended]()
        for value in items(pair, f"intervals[{i}]", 2):
            infinite = f.domain is None and value in ("-inf", "inf")
            ends.append(float(value) if infinite else Fraction(*number(value, "intervals", i, None)[:2]))
        need(f.lo <= ends[0] < ends[1] <= f.hi, f"intervals[{i}]", "lo <= a < b <= hi", *ends)
        intervals.append((ends[0], ends[1]))
    rows = items(certificate["rows"], "rows", len(intervals))
    for i, row in enumerate(rows):
        edges = [items(edge, f"rows[{i}]", 2) for edge in (items(row, f"rows[{i}]") if row != [] else [])]
        whole = all(type(k) is int and type(j) is int and k >= 0 and 0 <= j < len(intervals) for k, j in edges)
        need(whole, f"rows[{i}]", f"pairs of a lap and one of {len(intervals)} intervals", row)
        need(all(a[0] < b[0] for a, b in pairwise(edges)), f"rows[{i}]", "laps that increase", row)
    vector = numbers(certificate["vector"], "vector", None, len(intervals))
    need(
        all(q == 1 and p > 0 for p, q, _ in vector), "vector", "positive integers", *[text for _, _, text in vector[:5]]
    )
    growth = Fraction(*number(certificate["growth"], "growth", 0, None)[:2])
    need(growth > 0, "growth", "a positive number", growth)
    edges_in_all, bits = sum(map(len, rows)), max(p for p, _, _ in vector).bit_length()
    f.pieces.work.spend(edges_in_all * (500 + bits) + len(vector) * (500 + bits * size(growth) // 256))
    return Graph(intervals, rows, [p for p, _, _ in vector], growth)


def lap_images(f: Map, a: Extended, b: Extended) -> dict[int, tuple[Extended, Extended]]:
    """The images of the parts of [a, b] in the laps of f, by lap, of those on which f is not constant; the laps lie
    between turning points, so f is monotone there and only the ends of the parts are looked at.
    """
    turns = f.pieces.turns
    corners, images = [f.lo, *turns, f.hi], {}
    for k in range(bisect_right(turns, a), bisect_left(turns, b) + 1):
        u, v = f.pieces(max(a, corners[k])), f.pieces(min(b, corners[k + 1]))
        if u != v:
            images[k] = (min(u, v), max(u, v))
    f.pieces.work.spend(200 * len(corners))
    return images


def entropy_lower(f: Map, certificate: dict[str, Any]) -> None:
    """h(f) >= log(growth): parts of each interval, in different laps, are mapped over others, and the weights show that
    the paths of such parts, which are horseshoes where they return, grow at least so fast (Misiurewicz 1979).
    """
    graph = read_graph(f, certificate)
    for i, row in enumerate(graph.rows):
        images = lap_images(f, *graph.intervals[i])
        for k, j in row:
            (u, v), (a, b) = images.get(k, (INF, -INF)), graph.intervals[j]
            need(u <= a and b <= v, f"rows[{i}]: covering", f"the part in lap {k} mapped over interval {j}", u, v)
        total, least = graph.total(i, lambda _: True), graph.growth * graph.weights[i]
        need(total >= least, f"rows[{i}]: growth", f"weights of at least {shown(least)}", total)


def entropy_upper(f: Map, certificate: dict[str, Any]) -> None:
    """h(f) <= log(growth): each part of an interval in a lap, where f is not constant, is mapped into an interval, and
    the first interval holds the core, so f^t has no more laps there than there are paths. No edge leads to a higher rank,
    and within one rank the weights show that paths grow at most so fast (Misiurewicz and Szlenk 1980).
    """
    graph, steps = read_graph(f, certificate), count(certificate, "core_steps", 0)
    ranks = items(certificate["ranks"], "ranks", len(graph.rows))
    need(all(type(rank) is int for rank in ranks), "ranks", "integers", *ranks[:5])
    need(graph.growth >= 1, "growth", "at least 1", graph.growth)
    (a, b), (lo, hi) = graph.intervals[0], f.pieces.image(f.lo, f.hi, steps)
    need(a <= lo and hi <= b, "intervals[0]: core", "an interval around f^core_steps(J)", lo, hi)
    for i, row in enumerate(graph.rows):
        images = lap_images(f, *graph.intervals[i])
        need([k for k, _ in row] == [*images], f"rows[{i}]: laps", f"an edge for each of {[*images][:9]}", row)
        for k, j in row:
            (u, v), (a, b) = images[k], graph.intervals[j]
            need(a <= u and v <= b, f"rows[{i}]: transfer", f"the part in lap {k} mapped into interval {j}", u, v)
            need(ranks[j] <= ranks[i], f"rows[{i}]: ranks", "no edge to a higher rank", ranks[i], ranks[j])
        total, most = graph.total(i, lambda j, rank=ranks[i]: ranks[j] == rank), graph.growth * graph.weights[i]  # type: ignore[misc]
        need(total <= most, f"rows[{i}]: growth", f"weights of at most {shown(most)}", total)


def constant_slope(f: Map, certificate: dict[str, Any]) -> None:
    """h(f) = log(growth): every piece on the core has slope growth or -growth (Misiurewicz and Szlenk 1980)."""
    growth = Fraction(*number(certificate["growth"], "growth", 0, None)[:2])
    lo, hi = f.pieces.image(f.lo, f.hi, count(certificate, "core_steps", 0))
    need(-INF < lo < hi < INF, "core_steps: core", "a compact interval of more than a point", lo, hi)
    need(growth >= 1, "growth", "at least 1", growth)
    for s, _, d in f.pieces.lines[f.pieces.rank(lo) : f.pieces.rank(hi, False) + 1]:
        need(abs(Fraction(s, d)) == growth, "growth: slope", f"{shown(growth)} or its opposite", Fraction(s, d))


class Kind(NamedTuple):
    """What such a certificate proves, its rule, and the keys of its own."""

    verdict: str
    rule: Callable[[Map, dict[str, Any]], None]
    required: str
    optional: str = ""


KINDS = {
    "odd-return": Kind("CHAOTIC", odd_return, "level n x side orbit", "period_three"),
    "periodic-orbit": Kind("CHAOTIC", periodic_orbit, "period orbit"),
    "order": Kind("ORDERED", order, "level core_steps mesh"),
    "region-count": Kind("COUNTED", region_count, "regions"),
    "entropy-lower": Kind("ENTROPY-AT-LEAST", entropy_lower, "intervals rows vector growth"),
    "entropy-upper": Kind("ENTROPY-AT-MOST", entropy_upper, "core_steps intervals rows ranks vector growth"),
    "constant-slope": Kind("ENTROPY-EQUALS", constant_slope, "core_steps growth"),
}


ENTROPIES = {
    "entropy-lower": ("is at least", "Misiurewicz 1979"),
    "entropy-upper": ("is at most", "Misiurewicz and Szlenk 1980"),
    "constant-slope": ("equals", "Misiurewicz and Szlenk 1980"),
}


@long_integers()
def claim_words(kind: str, certificate: dict[str, Any]) -> str:
    """The sentence that a correct certificate of this kind proves, made of its data and of the domain in its claim."""

    def show(text: str) -> str:
        return shown(Fraction(text))

    def iterate(times: int) -> str:
        return "f(x)" if times == 1 else f"f^{times}(x)"

    domain, m = certificate["claim"]["domain"], 1 << certificate.get("level", 0)
    into = f"f maps {f'[{show(domain[0])}, {show(domain[1])}]' if domain else 'the real line'} into itself, and"
    entropy = f"positive topological entropy{'' if domain else ' on a compact invariant set'}"
    chaos = f"{entropy} and an uncountable scrambled set: it is chaotic in the sense of Li and Yorke"
    if kind == "periodic-orbit":
        orbit = f"{show(certificate['orbit'][0])} is a periodic point of least period {certificate['period']}"
        return f"{into} {orbit}, not a power of 2; hence f has {chaos} (Bowen and Franks 1976; Jankova and Smital 1986)"
    if kind == "region-count":
        last, regions = len(certificate["regions"]), show(certificate["regions"][-1])
        return f"{into} f{f'^{last}' * (last > 1)} has exactly {regions} linear regions"
    if kind in ENTROPIES:
        relation, source = ENTROPIES[kind]
        return f"{into} its topological entropy {relation} log({show(certificate['growth'])}) ({source})"
    if kind == "odd-return":
        few, less = ("<=", "<") if certificate["side"] == "right" else (">=", ">")
        odd = f"{iterate(certificate['n'] * m)} {few} x {less} {iterate(m)} at x = {show(certificate['x'])}"
        theorem = f"f has a period that is not a power of 2, {chaos} (Li, Misiurewicz, Pianigiani and Yorke 1982)"
        three = [show(p) for p in certificate.get("period_three", [])]
        example = f"; it has the orbit {' -> '.join([*three, three[0]])} of period 3" if three else ""
        return f"{into} {odd}; hence {theorem}{example}"
    orbits = "converges to a fixed point" if m == 1 else f"is asymptotic to a cycle whose least period divides {m}"
    far = "" if domain else " or tends to infinity in absolute value, and"
    near = ", f has no Li-Yorke pair and its topological entropy is zero" if domain else " f has no Li-Yorke pair"
    rule = f"{iterate(2 * m)} = x implies {iterate(m)} = x"
    return f"{into} {rule}; hence every orbit {orbits}{far}{near} (Coppel 1955)"


def prove(f: Map, document: object) -> str:
    """The sentence about f that the certificate proves; raises `Unreadable` or `Beyond` where it proves none."""
    certificate = opened(document, "certificate", "certify-certificate")
    name: Any = certificate.get("kind")
    error = Beyond if isinstance(name, str) else Unreadable
    need(name in [*KINDS], "kind", f"one of {', '.join(KINDS)}", name, error=error)
    kind = KINDS[name]
    members(certificate, "certificate", f"format version map_sha256 claim kind digest {kind.required}", kind.optional)
    claim = members(certificate["claim"], "claim", "verdict domain words")
    try:
        digest = canonical_sha256({key: value for key, value in certificate.items() if key != "digest"})
    except (TypeError, ValueError, RecursionError):
        raise Unreadable("certificate: expected JSON values, nested as in the format") from None
    map_digest = canonical_sha256(f.canonical)
    need(certificate["digest"] == digest, "digest", digest, certificate["digest"])
    need(certificate["map_sha256"] == map_digest, "map_sha256", map_digest, certificate["map_sha256"])
    need(claim["verdict"] == kind.verdict, "claim.verdict", kind.verdict, claim["verdict"])
    need(claim["domain"] == f.domain, "claim.domain", "the domain of the map", claim["domain"])
    # f(J) must lie in J. It plainly does after a last clip into J: the activations with two bounds have no leak.
    clamps = [Fraction(b, f.layers[-1].scale) for b in f.layers[-1].bounds] if f.layers else []
    if f.domain and not (len(clamps) == 2 and f.lo <= clamps[0] and clamps[1] <= f.hi):
        for x in (f.lo, *f.pieces.turns, f.hi):
            y = f.pieces(x)
            need(f.lo <= y <= f.hi, f"map: domain: f({shown(x)})", f"a value from {shown(f.lo)} to {shown(f.hi)}", y)
    kind.rule(f, certificate)
    words = claim_words(name, certificate)  # the rule has seen the data that these words are made of
    need(claim["words"] == words, "claim.words", words, claim["words"])
    return words


@long_integers()
def check(map_document: object, certificate_document: object) -> Outcome:
    """Does the certificate prove its claim about the map? Both are parsed JSON values.

    Exact, and it ends after a bounded amount of work. Raises `Unreadable` where the map cannot be read, nothing else.
    """
    try:
        f = Map(map_document, Work())
        try:
            return Outcome("VALID", prove(f, certificate_document))
        except Unreadable as reason:
            return Outcome("INVALID", str(reason))
    except (Beyond, MemoryError) as reason:
        return Outcome("UNSUPPORTED", str(reason) or "memory: the data do not fit")


def parse_number(literal: str) -> int:
    """A JSON integer. What else stands for a number in JSON, 0.1, 1e3, NaN, Infinity, is none here."""
    expected = "a string or an integer (a JSON fraction such as 0.1 could mean the decimal or the double next to it)"
    need(literal.lstrip("-").isdigit(), "JSON", expected, literal)
    if len(literal) > MAX_LENGTH:
        raise Beyond(f"JSON: an integer of more than {MAX_LENGTH} characters")
    return int(literal)


def parse_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object in which every key stands once."""
    for a, b in pairwise(sorted(key for key, _ in pairs)):
        need(a != b, "JSON", "every key once in an object", a)
    return dict(pairs)


@long_integers()
def read(path: str) -> object:
    """The JSON value in a file. Raises `Unreadable`, and `Beyond` for more than the limits allow."""
    hooks: dict[str, Any] = dict.fromkeys(["parse_int", "parse_float", "parse_constant"], parse_number)
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Beyond(f"file: more than {MAX_BYTES} bytes")
        return json.loads(data.decode("utf-8"), object_pairs_hook=parse_object, **hooks)
    except Unreadable:
        raise
    except (OSError, ValueError, RecursionError) as reason:  # no file, bad UTF-8, bad JSON, deep nesting
        raise Unreadable(f"file: expected a JSON document in UTF-8, got: {ascii(str(reason))[1:-1]}") from None


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
