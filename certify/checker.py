#!/usr/bin/env python3
"""Check a certificate of chaos, order, a region count or an entropy bound: checker.py MAP CERTIFICATE

This file stands alone: Python's standard library, its own parser, its own evaluator. It trusts nothing and searches for
nothing: it reads both files, replays in exact arithmetic or in enclosures what the certificate says, and forms the claim
itself. Formats, rules and theorems stand in docs/map-format.md and docs/certificate-format.md. Throughout, f is the map,
J its domain (an interval, the line or R^d), j the level, m = 2^j and g = f^m. The first word on stdout is VALID (exit 0),
INVALID (1) or UNSUPPORTED (4); input that cannot be read gives one line on stderr (2). From top to bottom: limits,
reading, pieces, networks, the map file, the exact rules, horseshoes in R^d, smooth functions, boxes of networks and their
rules, covering chains and trees of boxes in R^d, the claim, the command.
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
from decimal import MAX_EMAX, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import cached_property, lru_cache, reduce
from itertools import accumulate, chain, combinations, groupby, pairwise
from math import gcd, isqrt, lcm
from operator import add, mul, neg, sub
from typing import Any, NamedTuple

# Limits. Beyond them the answer is UNSUPPORTED, never VALID.
MAX_BYTES = 64_000_000  # of a file: what Python's JSON parser takes in within seconds
MAX_LENGTH = 40_000  # characters of a number, so 20,000 digits above and below: still read in milliseconds
MAX_LEVEL = 20  # a rule at level j takes 2^j steps or more
MAX_BITS = 20_000  # of fixed point, where more would take long for every single operation
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


def shown(value: object, rounding: str = "") -> str:
    """A value for reading, on one line of ASCII; a number in full up to some 40 digits, else rounded to 12: "up" or "down" where
    it is a bound.
    """
    if not isinstance(value, int | Fraction):
        return ascii(reprlib.repr(value))[1:-1]
    if (bits := value.numerator.bit_length() + value.denominator.bit_length()) <= 133:
        return str(value)
    if bits > 8 * MAX_LENGTH:  # a value that grew on the way, not a number of the files
        return f"a number of {bits} bits"
    context = Context(12, {"up": ROUND_CEILING, "down": ROUND_FLOOR}.get(rounding), Emax=MAX_EMAX)
    near = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{near} (rounded{rounding and ' '}{rounding})"


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
    return written(exact, where, index)


def written(exact: Fraction, where: str, index: int | str) -> Number:
    """A number with its canonical text."""
    if size(exact) > 4 * MAX_LENGTH or len(text := str(exact)) > MAX_LENGTH:  # in this order: texts take long to form
        raise Beyond(f"{where}[{index}]: expected a number of at most {MAX_LENGTH} characters")
    return exact.numerator, exact.denominator, text


def entry(value: object, where: str, index: int, work: Work) -> tuple[Number, Number]:
    """The ends of a weight or bias, each with the canonical text of both: of a number, of "[lo,hi]", or of "0.123?",
    which is the decimal plus or minus half a unit of its last digit.
    """
    if isinstance(value, str) and value[:1] == "[" and value[-1:] == "]":
        low, _, high = value[1:-1].partition(",")
        lower, upper = (number(end, where, index, work) for end in (low, high))
        need(lower[0] * upper[1] <= upper[0] * lower[1], f"{where}[{index}]", "an interval [lo,hi], lo <= hi", value)
    elif isinstance(value, str) and value[-1:] == "?" and (match := FLOATS[0][0].fullmatch(value[:-1])):
        middle = Fraction(*number(value[:-1], where, index, work)[:2])
        unit = Fraction(*number(f"1e{int(match[4] or 0) - len(match[3])}", where, index, work)[:2])
        lower, upper = (written(middle + sign * unit / 2, where, index) for sign in (-1, 1))
    else:
        exact = number(value, where, index, work)
        return exact, exact
    text = lower[2] if lower == upper else f"[{lower[2]},{upper[2]}]"
    return (*lower[:2], text), (*upper[:2], text)


def items(value: Any, where: str, length: int | None = None) -> list[Any]:
    """The value, when it is a list, of that length or, where none is given, not empty."""
    if isinstance(value, list) and (len(value) == length if length else value):
        return value
    got = len(value) if isinstance(value, list) else value
    raise Unreadable(f"{where}: expected a list of {shown(length) if length else 'at least one'}, got {shown(got)}")


def numbers(value: object, where: str, work: Work | None, length: int | None = None) -> list[Number]:
    """The value, when it is a list of numbers."""
    values = items(value, where, length)
    return canonical(values) or [number(item, where, i, work) for i, item in enumerate(values)]


Ends = tuple[list[Number], list[Number]]  # the lower and the upper ends of many entries, the same for numbers


def entries(value: object, where: str, work: Work, length: int) -> Ends:
    """The ends of all entries of the value, when it is a list of so many numbers and intervals."""
    values = items(value, where, length)
    if found := canonical(values):
        return found, found
    pairs = [entry(item, where, i, work) for i, item in enumerate(values)]
    return [lower for lower, _ in pairs], [upper for _, upper in pairs]


def matrix(value: object, where: str, work: Work, length: int) -> Ends:
    """All rows, one after the other, of the value, when it is a list of lists of so many numbers and intervals each."""
    rows = items(value, where)
    if all(isinstance(row, list) and len(row) == length for row in rows) and (found := canonical([*chain(*rows)])):
        return found, found
    ends = [entries(row, f"{where}[{i}]", work, length) for i, row in enumerate(rows)]
    return [*chain(*(lower for lower, _ in ends))], [*chain(*(upper for _, upper in ends))]


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
    slope `leak`, unless act is smooth. All numbers are integers over the one denominator `scale`.
    """

    rows: list[list[int]]
    bias: list[int]
    upper: tuple[list[list[int]], list[int]] | None  # for a box: rows and bias at its upper ends
    bounds: list[int]
    leak: tuple[int, int]  # numerator and denominator
    scale: int
    bits: int  # of the longest of these integers
    activation: str
    document: dict[str, Any]  # in canonical form

    @property
    def range(self) -> tuple[Fraction, Fraction] | None:
        """Bounds of the values of act, if it has any: those with two bounds have no leak."""
        if len(self.bounds) == 2:
            return Fraction(self.bounds[0], self.scale), Fraction(self.bounds[1], self.scale)
        least = {"tanh": -1, "sin": -1, "sigmoid": 0}.get(self.activation)
        return None if least is None else (Fraction(least), Fraction(1))

    @property
    def steepness(self) -> tuple[int, int, int]:
        """Bounds of the slopes of act between any two points, the least and the greatest, and a denominator."""
        if self.activation in STEEPNESS:
            return STEEPNESS[self.activation]
        if len(self.bounds) == 2:
            return 0, int(self.bounds[0] < self.bounds[1]), 1
        n, d = self.leak
        return min(n, 0 if self.activation == "elu" else d), max(n, d), d

    @property
    def kinks(self) -> list[int]:
        """Where the slope of act changes, if it is piecewise linear."""
        return self.bounds if self.leak[0] != self.leak[1] and len({*self.bounds}) == len(self.bounds) else []

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
    "elu": ("alpha", "alpha 0"),  # from here on smooth, and neither leak nor bounds mean anything but for elu
    **dict.fromkeys(["tanh", "sigmoid", "softplus", "gelu", "silu", "sin"], ("", "0")),
}


SWISHES = {  # x S(x): where it turns, its least value, where its slope turns, its greatest slope; rounded, in millionths
    "gelu": (-751792, -169972, 1414213, 1128905),
    "silu": (-1278465, -278465, 2399357, 1099840),
}
STEEPNESS = {  # the least and the greatest slope of smooth functions, and a denominator; that at -x of a swish is 1 - that at x
    "tanh": (0, 1, 1),
    "softplus": (0, 1, 1),
    "sigmoid": (0, 1, 4),
    "sin": (-1, 1, 1),
    **{name: (10**6 - most, most, 10**6) for name, (_, _, _, most) in SWISHES.items()},
}


def read_layer(value: Any, inputs: int, where: str, work: Work) -> Layer:
    """A layer with that many inputs."""
    name: Any = value.get("activation") if isinstance(value, dict) else None
    need(name in [*ACTIVATIONS], f"{where}.activation", f"one of {', '.join(ACTIVATIONS)}", name)
    parameters, form = ACTIVATIONS[name]
    defaults = {"lo": "-1", "hi": "1"} if name == "hardtanh" else {}
    content = members(defaults | value, where, f"weight bias activation {parameters}")
    weight, tops = matrix(content["weight"], f"{where}.weight", work, inputs)
    bias, caps = entries(content["bias"], f"{where}.bias", work, len(weight) // inputs)
    exact = weight == tops and bias == caps
    leak, *bounds = [number(content.get(word, word), where, word, work) for word in form.split()]
    upper = [] if exact else [tops, caps]
    scale, denominators = 1, {q for _, q, _ in chain(weight, bias, bounds, *upper)}
    for q in denominators:
        scale = lcm(scale, q)
        work.spend(200 + size(scale) ** 2 // 1024)
    work.spend((len(weight) + len(bias)) * (200 + size(scale) ** 2 // 1024))
    times = {q: scale // q for q in denominators}
    factors, offsets, limits, *over = [
        [p * times[q] for p, q, _ in values] for values in (weight, bias, bounds, *upper)
    ]
    need(limits == sorted(limits), where, "lo <= hi", *(text for _, _, text in bounds))
    bits = max(map(abs, chain((scale, *leak[:2]), offsets, limits, factors, *over))).bit_length()
    texts = [[text for _, _, text in values] for values in (weight, bias)]
    document = {key: number(content[key], where, key, work)[2] for key in parameters.split()} | {"activation": name}
    document |= {"weight": rows_of(texts[0], inputs), "bias": texts[1]}
    box = None if exact else (rows_of(over[0], inputs), over[1])
    return Layer(rows_of(factors, inputs), offsets, box, limits, leak[:2], scale, bits, name, document)


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


def columns(layer: Any) -> int:
    """How many inputs a network on the whole of R^d has: as many as its first weight has columns; 1 where it has none."""
    rows = layer.get("weight") if isinstance(layer, dict) else None
    return len(rows[0]) if isinstance(rows, list) and rows and isinstance(rows[0], list) and rows[0] else 1


def read_plrnn(shape: dict[str, Any], work: Work) -> tuple[list[Layer], dict[str, Any]]:
    """A x + W max(0, C x + e) + h as two layers, of which the second takes the outputs of the first and then x once more;
    and the canonical document.
    """
    texts: dict[str, Any] = {}
    for key in "eh":
        texts[key] = [text for _, _, text in numbers(shape[key], f"map.{key}", work)]
    m, d = len(texts["e"]), len(texts["h"])
    for key, height, width in (("A", d, d), ("W", d, m), ("C", m, d)):
        rows = enumerate(items(shape[key], f"map.{key}", height))
        texts[key] = [[text for _, _, text in numbers(row, f"map.{key}[{i}]", work, width)] for i, row in rows]
    hidden = {"weight": texts["C"], "bias": texts["e"], "activation": "relu"}
    output = {"weight": [*map(add, texts["W"], texts["A"])], "bias": texts["h"], "activation": "identity"}
    return [read_layer(hidden, d, "map", work), read_layer(output, m + d, "map", work)], {"kind": "plrnn", **texts}


CELLS = {"lstm": "i f g o", "gru": "r z n"}
"""The gates of recurrent cells; g and n have the activation tanh, all others sigmoid."""


def read_cell(shape: dict[str, Any], work: Work) -> tuple[list[Layer], dict[str, Any]]:
    """The layers of a cell, all with as many inputs as outputs, as `stepped` uses them: of an LSTM its gates and the tanh of
    its new state c; of a GRU r, z, 1 - z = sigmoid(-z), what r is multiplied with, and n. And the canonical document.
    """
    kind, names = shape["kind"], CELLS[shape["kind"]].split()
    members(shape, "map", f"kind {CELLS[kind]}{' reset' * (kind == 'gru')}")
    texts: dict[str, Any] = {key: shape[key] for key in ("kind", "reset") if key in shape}
    need(texts.get("reset", "before") in ["before", "after"], "map.reset", "before or after", texts.get("reset"))
    after, k = texts.get("reset") == "after", 0
    for name in names:
        gate = members(shape[name], f"map.{name}", f"weight bias{' reset_bias' * (after and name == 'n')}")
        rows = items(gate.pop("weight"), f"map.{name}.weight", k)
        k = len(rows)
        vectors = [(f"weight[{i}]", row) for i, row in enumerate(rows)] + [*gate.items()]
        read = [[text for _, _, text in numbers(row, f"map.{name}.{key}", work, k)] for key, row in vectors]
        texts[name] = {"weight": read[:k]} | dict(zip(gate, read[k:], strict=True))
    unit, zero = [[str(int(i == j)) for j in range(k)] for i in range(k)], ["0"] * k

    def layer(weight: Any, bias: Any, activation: str) -> Layer:
        return read_layer({"weight": weight, "bias": bias, "activation": activation}, k, "map", work)

    gates = [layer(texts[name]["weight"], texts[name]["bias"], "tanh" if name in "gn" else "sigmoid") for name in names]
    if kind == "lstm":
        return [*gates, layer(unit, zero, "tanh")], texts
    r, z, n = gates
    rest = z._replace(rows=[[-w for w in row] for row in z.rows], bias=[-b for b in z.bias])
    if not after:
        return [r, z, rest, layer(unit, zero, "identity"), n], texts
    inner = layer(texts["n"]["weight"], texts["n"]["reset_bias"], "identity")
    return [r, z, rest, inner, layer(unit, texts["n"]["bias"], "tanh")], texts


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
        self.kind, self.recurrent, self.dimension = kind, kind == "plrnn", 1
        if kind == "network":
            for i, layer in enumerate(items(members(shape, "map", "kind layers")["layers"], "map.layers")):
                inputs = len(self.layers[-1].rows) if i else 1 if domain else columns(layer)
                self.layers.append(read_layer(layer, inputs, f"map.layers[{i}]", work))
            self.dimension, outputs = len(self.layers[0].rows[0]), len(self.layers[-1].rows)
            rows = "one row" if self.dimension == 1 else f"{self.dimension} rows, as many as the first has columns"
            need(outputs == self.dimension, "map.layers[-1].weight", rows, outputs)
            document: dict[str, Any] = {"kind": kind, "layers": [layer.document for layer in self.layers]}
        elif self.recurrent:
            need(not domain, "domain", "null, for the whole of R^d", *(self.domain or []))
            self.layers, document = read_plrnn(members(shape, "map", "kind A W C e h"), work)
            self.dimension = len(document["h"])
        elif kind in [*CELLS]:
            need(not domain, "domain", "null, for the whole of R^d", *(self.domain or []))
            self.layers, document = read_cell(shape, work)
            self.dimension = len(self.layers[0].rows) * (2 if kind == "lstm" else 1)
        else:
            error = Beyond if isinstance(kind, str) else Unreadable
            kinds = "network, piecewise-linear, plrnn, lstm or gru"
            need(kind == "piecewise-linear", "map.kind", kinds, kind, error=error)
            members(shape, "map", "kind knots" if domain else "kind knots slopes")
            self.pieces, document = read_pieces(shape, domain, work)
        self.canonical = {"format": "certify-map", "version": 1, "domain": self.domain, "map": document}

    @property
    def is_line(self) -> bool:
        """Whether f is a map of an interval or of the line, the ground of most theorems here."""
        return self.dimension == 1 and self.kind in ["network", "piecewise-linear"]

    @property
    def is_box(self) -> bool:
        """Whether the file stands for more than one network."""
        return any(layer.upper for layer in self.layers)

    @property
    def is_exact(self) -> bool:
        """Whether f is one piecewise-linear map, so that the rules on its pieces apply."""
        return not self.is_box and not any(layer.activation in SMOOTH for layer in self.layers)

    @cached_property
    def pieces(self) -> Pieces:
        """The map as pieces; a network is expanded only when a rule asks for it."""
        return expand(self.layers, self.lo, self.hi, self.work)

    def __call__(self, x: Fraction) -> Any:
        """f(x): through the layers of a network, without expanding it, else on its piece."""
        return self.at([x])[0] if self.layers else self.pieces(x)

    def at(self, point: list[Fraction]) -> list[Fraction]:
        """f of a point of R^d, through the layers."""
        first = over = lcm(*(x.denominator for x in point))
        self.work.spend(len(point) * (200 + size(over) ** 2 // 1024))
        start = values = [x.numerator * (over // x.denominator) for x in point]
        for layer in self.layers:
            if self.recurrent and layer is self.layers[-1]:
                values = values + [t * (over // first) for t in start]
            bits = layer.bits * max(over, max(values), -min(values)).bit_length()
            self.work.spend(len(layer.rows) * (1 + len(values)) * (200 + bits // 1024))
            z = [y + b * over for y, b in zip(layer.weigh(values), layer.bias, strict=True)]
            bounds, ((a, k), *bands) = layer.bands(over)
            values, over = [a * v + k for v in z], over * layer.scale * layer.leak[1]
            for t, (a, k) in zip(bounds, bands, strict=True):
                values = [a * v + k if v > t else y for v, y in zip(z, values, strict=True)]
        self.work.spend(len(values) * (200 + size(over) ** 2 // 1024))
        return [Fraction(value, over) for value in values]


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
    most = {"level": MAX_LEVEL, "bits": MAX_BITS}.get(key, value)
    need(value <= most, key, f"at most {most}", value, error=Beyond)
    return int(value)


def keeps_domain(f: Map) -> None:
    """f(J) lies in J. It plainly does after a last clip into J; elsewhere f is least, and greatest, at an end or a turn."""
    values = f.layers[-1].range if f.layers else None
    if f.domain and not (values and f.lo <= values[0] and values[1] <= f.hi):
        for x in (f.lo, *f.pieces.turns, f.hi):
            y = f.pieces(x)
            need(f.lo <= y <= f.hi, f"map: domain: f({shown(x)})", f"a value from {shown(f.lo)} to {shown(f.hi)}", y)


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


SIDES = {"right": ("<=", "<"), "left": (">=", ">")}  # how g^n(x) compares with x, and x with g(x)


def odd_steps(certificate: dict[str, Any]) -> tuple[int, int, str]:
    """m, n and the side of an odd return."""
    m, n, side = 1 << count(certificate, "level", 0), count(certificate, "n", 3), certificate["side"]
    need(n % 2 == 1, "n", "an odd integer", n)
    need(side in [*SIDES], "side", "right or left", side)
    return m, n, side


def odd_return(f: Map, certificate: dict[str, Any]) -> None:
    """g^n(x) <= x < g(x), or its mirror image, for an odd n >= 3 (Li, Misiurewicz, Pianigiani and Yorke 1982)."""
    m, n, side = odd_steps(certificate)
    orbit = replay(f, certificate["orbit"], "orbit", n * m + 1)
    x, once, last = orbit[0], orbit[m], orbit[n * m]
    need(certificate["x"] == certificate["orbit"][0], "x", f"orbit[0] = {shown(x)}", certificate["x"])
    returns = last <= x < once if side == "right" else last >= x > once
    need(returns, "orbit: return", f"g^n(x) {' x '.join(SIDES[side])} g(x)", last, x, once)
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


def read_weights(certificate: dict[str, Any], length: int) -> tuple[list[int], Fraction]:
    """The weights of so many nodes of a graph, and the growth."""
    vector = numbers(certificate["vector"], "vector", None, length)
    got = [text for _, _, text in vector[:5]]
    need(all(q == 1 and p > 0 for p, q, _ in vector), "vector", "positive integers", *got)
    growth = Fraction(*number(certificate["growth"], "growth", 0, None)[:2])
    need(growth > 0, "growth", "a positive number", growth)
    return [p for p, _, _ in vector], growth


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
    weights, growth = read_weights(certificate, len(intervals))
    edges_in_all, bits = sum(map(len, rows)), max(weights).bit_length()
    f.pieces.work.spend(edges_in_all * (500 + bits) + len(weights) * (500 + bits * size(growth) // 256))
    return Graph(intervals, rows, weights, growth)


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


Form = list[int]
"""An affine function of y in R^d over some denominator: its coefficients and, last, its constant."""


class Block(NamedTuple):
    """The points x with lo <= row . x <= hi for d rows: each with its own lo and hi, all integers."""

    rows: list[list[int]]
    lo: list[int]
    hi: list[int]
    points: tuple[list[Form], int]  # x for -1 <= y_k <= 1, over a denominator


class Word(NamedTuple):
    """A way from one block to another, along patterns: one piece of f after the other."""

    start: int
    end: int
    patterns: list[str]


def read_block(value: object, where: str, f: Map) -> Block:
    """A block of a certificate; its rows are independent."""
    content, d = members(value, where, "rows lo hi"), f.dimension
    lower, upper = (numbers(content[key], f"{where}.{key}", None, d) for key in ("lo", "hi"))
    rows, lows, highs = list[Form](), list[int](), list[int]()
    for i, row in enumerate(items(content["rows"], f"{where}.rows", d)):
        entries = [*numbers(row, f"{where}.rows[{i}]", None, d), lower[i], upper[i]]
        scale = lcm(*(q for _, q, _ in entries))
        f.work.spend(len(entries) * (200 + size(scale) ** 2 // 1024))
        *weights, lo, hi = [p * (scale // q) for p, q, _ in entries]
        need(lo < hi, f"{where}.lo, {where}.hi", f"lo[{i}] < hi[{i}]", lower[i][2], upper[i][2])
        rows.append(weights)
        lows.append(lo)
        highs.append(hi)
    points = parallelepiped([[*row, 0] for row in rows], lows, highs, f"{where}.rows", f.work)
    return Block(rows, lows, highs, points)


def read_words(f: Map, values: object, blocks: list[Block]) -> list[Word]:
    """The words of a certificate; two from one block part where neither begins the other, or where they end apart."""
    pieces = [len(layer.kinks) + 1 for layer in f.layers for _ in layer.rows if layer.kinks]
    words = list[Word]()
    for i, value in enumerate(items(values, "words")):
        start, end, text = items(value, f"words[{i}]", 3)
        whole = all(type(a) is int and 0 <= a < len(blocks) for a in (start, end))
        need(whole, f"words[{i}]", f"two of {len(blocks)} blocks, counted from 0", start, end)
        word = Word(start, end, text.split(" ") if isinstance(text, str) else [])
        f.work.spend(1000 + 200 * len(pieces) * len(word.patterns))
        whole = all(len(pattern) == len(pieces) for pattern in word.patterns) and bool(word.patterns)
        whole = whole and all(c in "012"[:many] for pattern in word.patterns for c, many in zip(pattern, pieces))
        rule = f"patterns of {len(pieces)} digits, each less than its unit's number of pieces, one blank between two"
        need(whole, f"words[{i}]", rule, text)
        words.append(word)
    ordered = sorted(((word.start, word.patterns), word.end) for word in words)  # what begins a word comes just before
    groups = [(key, [end for _, end in group]) for key, group in groupby(ordered, lambda pair: pair[0])]
    for (i, one), (j, other) in pairwise(key for key, _ in groups):
        differ = i != j or one != other[: len(one)]
        need(differ, "words: prefix", "no word that begins another from the same block", " ".join(one), " ".join(other))
    for (_, patterns), ends in groups:
        for i, j in combinations(ends, 2):
            rule = "words with the same patterns from the same block to lead to blocks that lie apart"
            need(apart(blocks[i], blocks[j], f.work), "words: apart", rule, i, j, " ".join(patterns))
    return words


def apart(one: Block, other: Block, work: Work, again: bool = True) -> bool:
    """A form of one of two blocks keeps strictly outside its bounds on all of the other."""
    forms, over = other.points
    work.spend(5000)
    spans = map(span, combined(one.rows, forms, work))
    outside = (
        hi * over < least or most < lo * over for (least, most), lo, hi in zip(spans, one.lo, one.hi, strict=True)
    )
    return any(outside) or (again and apart(other, one, work, again=False))


def longest(rows: Sequence[Sequence[int]]) -> int:
    """Bits of the longest of these integers."""
    return max((max(max(row), -min(row)) for row in rows), default=0).bit_length()


def combined(weights: list[list[int]], forms: list[Form], work: Work) -> list[Form]:
    """The sums of the forms with these rows of weights."""
    a, b = longest(weights), longest(forms)
    work.spend(len(weights) * len(forms) * len(forms[0]) * (400 + (a + b) // 8 + a * b // 1024))
    turned = [*zip(*forms, strict=True)]
    return [[sum(map(mul, row, column)) for column in turned] for row in weights]


def span(form: Form) -> Interval:
    """The least and the greatest value of a form where -1 <= y_k <= 1."""
    *coefficients, constant = form
    radius = sum(map(abs, coefficients))
    return constant - radius, constant + radius


def parallelepiped(forms: list[Form], lo: list[int], hi: list[int], where: str, work: Work) -> tuple[list[Form], int]:
    """All x with lo <= form(x) <= hi, for d forms, as forms in y over a denominator, -1 <= y_k <= 1."""
    rows = []
    for k, (*coefficients, constant) in enumerate(forms):  # 2 form = hi + lo + (hi - lo) y_k
        right = [0] * len(forms) + [hi[k] + lo[k] - 2 * constant]
        right[k] = hi[k] - lo[k]
        rows.append([*(2 * t for t in coefficients), *right])
    return solved(rows, where, work)


def solved(rows: list[list[int]], where: str, work: Work) -> tuple[list[Form], int]:
    """x as forms over a denominator, where a row [coefficients, form] says that coefficients . x = form; by elimination
    without fractions, in which all divisions are exact (Bareiss 1968).
    """
    d, before, rows = len(rows), 1, [*rows]
    for k in range(d):
        pivot = next((i for i in range(k, d) if rows[i][k]), d)
        need(pivot < d, where, f"{d} linear forms that are independent", f"{k} that span the first {k + 1} coordinates")
        rows[k], rows[pivot] = rows[pivot], rows[k]
        head, p = rows[k], rows[k][k]
        work.spend(d * len(head) * (500 + longest(rows) ** 2 // 256))
        for i in range(d):
            if i != k:
                q = rows[i][k]
                rows[i] = [(p * s - q * t) // before for s, t in zip(rows[i], head, strict=True)]
        before = p
    common = gcd(before, *chain(*(row[d:] for row in rows))) * (1 if before > 0 else -1)
    return [[t // common for t in row[d:]] for row in rows], before // common


def followed(f: Map, forms: list[Form], over: int, word: Word, where: str = "") -> tuple[list[Form], int]:
    """What the affine maps of a word make of a point whose coordinates are these forms. With `where`, it is seen that for
    -1 <= y_k <= 1 all the points on the way lie strictly inside the patterns.
    """
    for step, pattern in enumerate(word.patterns):
        before, signal, digits = (forms, over), forms, iter(pattern)
        for layer in f.layers:
            if f.recurrent and layer is f.layers[-1]:
                signal = signal + [[t * (over // before[1]) for t in form] for form in before[0]]
            sums, (bounds, bands) = combined(layer.rows, signal, f.work), layer.bands(over)
            signal = []
            for form, bias in zip(sums, layer.bias, strict=True):
                form[-1] += bias * over
                digit = int(next(digits)) if layer.kinks else 0
                if where and layer.kinks:
                    (least, most), (lo, hi) = span(form), [-INF, *bounds, INF][digit : digit + 2]
                    rule = f"every value of a unit strictly in its piece {digit}"
                    need(lo < least and most < hi, f"{where}: pattern {step}", rule, pattern)
                a, k = bands[digit]
                signal.append([*(a * t for t in form[:-1]), a * form[-1] + k])
            over *= layer.scale * layer.leak[1]
        forms = signal
    return forms, over


def inside(block: Block, chosen: slice, forms: list[Form], over: int, where: str, work: Work) -> None:
    """These rows of the block keep strictly between their bounds."""
    values = map(span, combined(block.rows[chosen], forms, work))
    for (least, most), lo, hi in zip(values, block.lo[chosen], block.hi[chosen], strict=True):
        strict = lo * over < least and most < hi * over
        need(strict, where, "a form strictly between its bounds", Fraction(least, over), Fraction(most, over), lo, hi)


def block_horseshoe(f: Map, certificate: dict[str, Any]) -> None:
    """Every path of words is followed by an orbit, and there are so many that the entropy is at least log(growth). For a
    word from block a to block b along the affine map F, N is the set of all x at which F meets the expanding bounds of b
    and x itself the other bounds of a. N lies inside the patterns, and strictly between the expanding bounds of a;
    F(N) strictly between the other bounds of b (docs/certificate-format.md has the proof).
    """
    d, u = f.dimension, count(certificate, "expanding", 1)
    need(u <= d, "expanding", f"at most {d}", u)
    blocks = [read_block(value, f"blocks[{i}]", f) for i, value in enumerate(items(certificate["blocks"], "blocks"))]
    words = read_words(f, certificate["words"], blocks)
    for i, word in enumerate(words):
        where, (a, b) = f"words[{i}]", (blocks[word.start], blocks[word.end])
        image, over = followed(f, [[int(i == j) for j in range(d + 1)] for i in range(d)], 1, word)
        forms = combined(b.rows[:u], image, f.work) + [[*(over * t for t in row), 0] for row in a.rows[u:]]
        lo, hi = ([over * t for t in ends] for ends in (b.lo[:u] + a.lo[u:], b.hi[:u] + a.hi[u:]))
        points, over = parallelepiped(forms, lo, hi, f"{where}: forms", f.work)
        inside(a, slice(u), points, over, f"{where}: expansion", f.work)
        inside(b, slice(u, d), *followed(f, points, over, word, where), f"{where}: contraction", f.work)
    grows(certificate, len(blocks), [(word.start, word.end, len(word.patterns)) for word in words], f.work)


def grows(certificate: dict[str, Any], length: int, ways: list[tuple[int, int, int]], work: Work) -> None:
    """The paths made of these ways, each from one of so many blocks to another in some steps, grow at least like the powers
    of growth, which is more than 1: for each block a, the sum of v_b growth^-t over its ways to b in t steps is v_a or more.
    """
    weights, growth = read_weights(certificate, length)
    need(growth > 1, "growth", "more than 1", growth)
    (p, q), most, sums = growth.as_integer_ratio(), max(t for _, _, t in ways), [0] * length
    work.spend((len(ways) + length) * (1000 + (size(growth) * most + size(*weights)) ** 2 // 1024))
    for a, b, t in ways:
        sums[a] += weights[b] * q**t * p ** (most - t)
    for a, weight in enumerate(weights):
        total, rule = Fraction(sums[a], p**most), f"at least {shown(weight)}, as sum of v_b growth^-t over its ways"
        need(total >= weight, f"vector[{a}]: growth", rule, total)


def contraction(f: Map, certificate: dict[str, Any]) -> None:
    """|f(x) - f(y)| <= factor |x - y| in the norm max |rows . x|: in the coordinates rows . x all slopes of f between two points
    lie in a matrix of intervals, whose rows have absolute sums of at most the factor.
    """
    need(f.kind in ["network", "plrnn"], "kind", "one for gated cells", f.kind)
    d, factor = f.dimension, Fraction(*number(certificate["factor"], "factor", 0, None)[:2])
    need(0 < factor < 1, "factor", "a number between 0 and 1", factor)
    given = [numbers(row, f"rows[{i}]", None, d) for i, row in enumerate(items(certificate["rows"], "rows", d))]
    scale = lcm(*(q for row in given for _, q, _ in row))
    f.work.spend(d * d * (200 + size(scale) ** 2 // 1024))
    rows = [[p * (scale // q) for p, q, _ in row] for row in given]
    start, over = solved([[*row, *(int(i == j) for j in range(d))] for i, row in enumerate(rows)], "rows", f.work)
    steep, first = (start, start), over  # lower and upper ends of the slopes, over `over`
    last, straight = f.layers[-1], f.layers[-1].steepness == (1, 1, 1)
    for layer in f.layers[: len(f.layers) - straight]:
        (low, high), (a, b, by) = weighed_ends(layer.rows, steep, f.work), layer.steepness
        corners = [[(a * s, a * t, b * s, b * t) for s, t in zip(*pair, strict=True)] for pair in zip(low, high)]
        steep = [[*map(min, row)] for row in corners], [[*map(max, row)] for row in corners]
        over *= layer.scale * by
    if f.recurrent:
        again = [[t * (over // first) for t in row] for row in start]
        steep = steep[0] + again, steep[1] + again
    if straight:
        rows, over = combined(rows, last.rows, f.work), over * last.scale
    low, high = weighed_ends(rows, steep, f.work)
    p, q = factor.as_integer_ratio()
    for i, pair in enumerate(zip(low, high, strict=True)):
        total = sum(max(-s, t) for s, t in zip(*pair, strict=True))
        need(
            total * q <= p * over,
            f"rows[{i}]: contraction",
            f"slopes of at most {shown(factor)}",
            Fraction(total, over),
        )


def weighed_ends(
    weights: list[list[int]], ends: tuple[list[Form], list[Form]], work: Work
) -> tuple[list[Form], list[Form]]:
    """The ends of weights times a matrix of intervals, given by its lower and its upper ends."""
    above, below = [[[max(sign * w, 0) for w in row] for row in weights] for sign in (1, -1)]
    parts = [[combined(part, side, work) for side in ends] for part in (above, below)]
    low = [[*map(sub, s, t)] for s, t in zip(parts[0][0], parts[1][1], strict=True)]
    high = [[*map(sub, t, s)] for t, s in zip(parts[0][1], parts[1][0], strict=True)]
    return low, high


class Corrections(NamedTuple):
    """f from one of its pieces, the base: f(x) = A x + W v + h with v_k = max(0, y_k), y = C x + D v + e, where y_k is how far a
    unit is beyond one of its kinks, seen from the base; D is strictly lower triangular.
    """

    step: list[Form]  # A, W and h, over `over`
    over: int
    kinks: list[Form]  # C, D and e, over `common`
    common: int
    above: list[list[bool]]  # for each unit with kinks, which of them lie above its piece of the base


def corrected(f: Map, base: str) -> Corrections:
    """act(z) is the line of one of its pieces plus, for each kink b, the change of slope there times max(0, z - b) for a kink
    above that piece, times max(0, b - z) for one below.
    """
    d, digits = f.dimension, iter(base)
    many = sum(len(layer.kinks) * len(layer.rows) for layer in f.layers)
    start = unit_rows(d, d + many + 1)
    signal, over, kinks, above = start, 1, list[tuple[Form, int]](), list[list[bool]]()
    for layer in f.layers:
        if f.recurrent and layer is f.layers[-1]:
            signal = signal + [[over * t for t in form] for form in start]
        sums, (bounds, bands), within = combined(layer.rows, signal, f.work), layer.bands(over), over * layer.scale
        signal = []
        for form, bias in zip(sums, layer.bias, strict=True):
            form[-1] += bias * over
            digit = int(next(digits)) if layer.kinks else 0
            a, k = bands[digit]
            signal.append([*(a * t for t in form[:-1]), a * form[-1] + k])
            for j, bound in enumerate(bounds if layer.kinks else []):
                sign = 1 if j >= digit else -1
                signal[-1][d + len(kinks)] += (bands[j + 1][0] - bands[j][0]) * within
                kinks.append(([*(sign * t for t in form[:-1]), sign * (form[-1] - bound)], within))
            above += [[j >= digit for j in range(len(bounds))]] if layer.kinks else []
        over = within * layer.leak[1]
    common = kinks[-1][1] if kinks else 1  # a multiple of those before
    return Corrections(signal, over, [[t * (common // q) for t in form] for form, q in kinks], common, above)


def unit_rows(count: int, length: int, first: int = 0, value: int = 1) -> list[Form]:
    """Rows of zeros but for one value, from the first place on."""
    return [[value * (first + i == j) for j in range(length)] for i in range(count)]


def eliminated(f: Map, seen: Corrections, period: int) -> list[Form]:
    """For the cycles x_0, ..., x_(P-1) and their v, the values v_k - y_k at step 0 as forms in the v of all steps: times one
    positive number, the rows of K, each followed by that of -q. At other steps they are the same, turned.
    """
    d, many = f.dimension, len(seen.kinks)
    width = d + period * many + 1
    state, over = unit_rows(d, width), 1
    for t in range(period):
        later = unit_rows(many, width, d + t * many, over) + unit_rows(1, width, width - 1, over)
        state, over = combined(seen.step, state + later, f.work), over * seen.over
    rows = [[*(over * (i == j) - t for j, t in enumerate(row[:d])), *row[d:]] for i, row in enumerate(state)]
    start, over = solved(rows, "base: its affine map iterated, less the identity", f.work)
    rest = unit_rows(many, width - d, 0, over) + unit_rows(1, width - d, width - d - 1, over)
    beyond = combined(seen.kinks, start + rest, f.work)
    return [[over * seen.common * (i == k) - t for i, t in enumerate(row)] for k, row in enumerate(beyond)]


SPARSE = re.compile(r"[0-9]{1,9}:-?[0-9]+(?: [0-9]{1,9}:-?[0-9]+)*+")


def excluded(rows: list[Form], size: int, text: object, where: str, work: Work) -> tuple[int, int]:
    """The bits, as two sets, 0 and 1, that no cycle has: a cycle has v >= 0 and K v >= q, v_j = 0 where the bit is 0 and
    equality where it is 1. If c_i < 0 only where the bit is 1 and (c K)_j > 0 only where it is 0, then
    0 >= c K v >= c q; and that is false when c q > 0 (Farkas 1902).
    """
    need(isinstance(text, str) and bool(SPARSE.fullmatch(text)), where, 'text such as "0:3 5:-2"', text)
    pairs = [pair.split(":") for pair in str(text).split(" ")]
    short = max(len(c) for _, c in pairs) <= MAX_LENGTH
    need(short, where, f"numbers of at most {MAX_LENGTH} characters", text, error=Beyond)
    vector, many = [(int(i), int(c)) for i, c in pairs], len(rows)
    in_order = all(i < j for (i, _), (j, _) in pairwise([*vector, (size, 0)]))
    need(in_order, where, f"indices that rise, below {size}", text)
    work.spend(len(vector) * size * (400 + longest(rows) * longest([[c for _, c in vector]]) // 1024))
    total = -sum(c * rows[i % many][-1] for i, c in vector)
    need(total > 0, f"{where}: c q", "a number greater than 0", total)
    turned = [(c, rows[i % many], i - i % many) for i, c in vector]
    sums = (sum(c * row[(j - by) % size] for c, row, by in turned) for j in range(size))
    return sum(1 << j for j, value in enumerate(sums) if value > 0), sum(1 << i for i, c in vector if c < 0)


def cycles_complete(f: Map, certificate: dict[str, Any]) -> None:
    """The cycles listed are all those whose least period divides P. A word has a bit for each kink at each step, 1 where the
    unit is beyond the kink, 0 where it is not, either at the kink itself. The tree splits all words by their bits; at each
    of its leaves a vector excludes them, or a rotation of theirs is smaller, so that the same cycle is found elsewhere; or all
    bits are known, and so is the one cycle that they allow (docs/certificate-format.md has the proof).
    """
    period, base = count(certificate, "period", 1), certificate["base"]
    pieces = [len(layer.kinks) + 1 for layer in f.layers for _ in layer.rows if layer.kinks]
    whole = isinstance(base, str) and len(base) == len(pieces)
    whole = whole and all(c in "012"[:most] for c, most in zip(base, pieces, strict=True))
    need(whole, "base", f"a pattern of {len(pieces)} digits, each less than its unit's number of pieces", base)
    many = sum(pieces) - len(pieces)
    size = period * many
    f.work.spend(1000 * period + 1000 * size * size)
    points = listed(f, certificate["cycles"], period)
    seen = corrected(f, base)
    rows = eliminated(f, seen, period)
    vectors = items(certificate["vectors"], "vectors") if certificate["vectors"] != [] else []
    cuts = [excluded(rows, size, text, f"vectors[{i}]", f.work) for i, text in enumerate(vectors)]
    full, left, tree = (1 << size) - 1, [(0, 0)], certificate["tree"]
    f.work.spend(2000 * len(tree) if isinstance(tree, str) else 0)
    for n, token in enumerate(tree.split(" ") if isinstance(tree, str) else []):
        where = f"tree: token {n}"
        need(bool(left), where, "no more tokens, as the tree is closed", token)
        zeros, ones = left.pop()
        f.work.spend(3000 + 10 * size)
        if re.fullmatch("[0-9]{1,9}", token):
            bit = 1 << min(int(token), size)
            need(bool(bit & full & ~zeros & ~ones), where, f"a bit below {size} that is open", token)
            left += [(zeros, ones | bit), (zeros | bit, ones)]
        elif re.fullmatch(r"[0-9]{1,9}\.[0-9]{1,9}", token):
            i, turns = map(int, token.split("."))
            there = i < len(cuts) and turns < period
            need(there, where, f"one of {len(cuts)} vectors, turned by less than {period}", token)
            by = turns * many
            without, within = ((x << by | x >> size - by) & full for x in cuts[i])
            need(not (without & ~zeros or within & ~ones), where, "a vector that excludes these bits", token)
        elif token == "<":
            f.work.spend(1000 * size * period)
            smaller = any(falls(zeros, ones, r, many, period) for r in range(1, period))
            need(smaller, where, "bits with a rotation that is smaller", token)
        else:
            solved_here = token == "=" and zeros | ones == full
            need(solved_here, where, "a bit, a vector, <, or = where all bits are known", token)
            start = only_point(f, seen, ones, period)
            need(tuple(start) in points or not returns(f, start, period), where, "a cycle that is listed", *start)
    need(isinstance(tree, str) and not left, "tree", "a tree that is closed", "an open one")


def falls(zeros: int, ones: int, r: int, many: int, period: int) -> bool:
    """Whether the bits known show that the word begun r steps later is smaller, kink by kink and step by step."""
    for k in range(many):
        for t in range(period):
            i, j = t * many + k, (t + r) % period * many + k
            if not (zeros | ones) >> i & (zeros | ones) >> j & 1:
                return False
            if (ones >> i ^ ones >> j) & 1:
                return bool(ones >> i & 1)
    return False


def only_point(f: Map, seen: Corrections, ones: int, period: int) -> list[Fraction]:
    """The one point that comes back along the affine maps of a word."""
    d, bit, patterns = f.dimension, 0, list[str]()
    for _ in range(period):
        digits = []
        for kinks in seen.above:
            digits.append(sum((ones >> bit + j & 1) == up for j, up in enumerate(kinks)))
            bit += len(kinks)
        patterns.append("".join(map(str, digits)))
    image, over = followed(f, unit_rows(d, d + 1), 1, Word(0, 0, patterns))
    rows = [[*(over * (i == j) - t for j, t in enumerate(row[:d])), row[d]] for i, row in enumerate(image)]
    forms, over = solved(rows, f"tree: word {' '.join(patterns)}, less the identity", f.work)
    return [Fraction(t, over) for (t,) in forms]


def returns(f: Map, start: list[Fraction], period: int) -> bool:
    """Whether f^period brings the point back."""
    point = start
    for _ in range(period):
        point = f.at(point)
    return point == start


def listed(f: Map, values: object, period: int) -> set[tuple[Fraction, ...]]:
    """All points of the cycles of a certificate: different ones, with least periods that divide the period."""
    found = set[tuple[Fraction, ...]]()
    for i, value in enumerate(items(values, "cycles") if values != [] else []):
        cycle, where = members(value, f"cycles[{i}]", "period point"), f"cycles[{i}]"
        least = count(cycle, "period", 1)
        need(period % least == 0, f"{where}.period", f"a divisor of {period}", least)
        orbit = [[Fraction(p, q) for p, q, _ in numbers(cycle["point"], f"{where}.point", None, f.dimension)]]
        for _ in range(least):
            f.work.spend(30_000)  # memory counts as work
            orbit.append(f.at(orbit[-1]))
        need(orbit.pop() == orbit[0], f"{where}.point", f"a point that comes back after {least} steps", *orbit[0])
        fresh = orbit.count(orbit[0]) == 1 and tuple(orbit[0]) not in found
        need(fresh, where, f"a cycle of least period {least} that is not there yet", *orbit[0])
        found |= {*map(tuple, orbit)}
    return found


Interval = tuple[int, int]
"""Fixed point: [u, v] stands for all numbers from u/2^w to v/2^w; every operation on it rounds outward.

The functions of a point below take it as t/2^w, w at least 20, pay for what they do, and give an interval around the one
value. What their proofs call an error is counted in units of the last place, 2^-w or, inside, 2^-p.
"""


def divided(lo: int, hi: int, over: int) -> Interval:
    """[lo, hi] by a positive integer."""
    return lo // over, -(-hi // over)


def shifted(lo: int, hi: int, by: int) -> Interval:
    """[lo, hi] by 2^by."""
    return lo >> by, -(-hi >> by)


def product(x: Interval, y: Interval, w: int) -> Interval:
    """The products of numbers in x and in y."""
    corners = [a * b for a in x for b in y]
    return shifted(min(corners), max(corners), w)


def hull(*parts: Interval) -> Interval:
    """The smallest interval that holds them all."""
    return min(u for u, _ in parts), max(v for _, v in parts)


def meet(x: Interval, y: Interval) -> Interval:
    """What x and y have in common."""
    return max(x[0], y[0]), min(x[1], y[1])


def exponential(t: int, w: int, work: Work) -> Interval:
    """Around exp(-t/2^w), t >= 0: the power 2^k of exp(-z), z < 2^-r, which is summed by Taylor."""
    if t == 0 or t >= w << w:  # exp(-w) < 2^-w
        return (0, 1) if t else (1 << w, 1 << w)
    r = isqrt(w)
    k = max(0, t.bit_length() - w + r)
    p = w + k + w.bit_length() + 8
    work.spend((2 * p // r + k + 10) * (100 + p * p // 1024))
    z, total, term, n = t << p - w - k, 1 << p, 1 << p, 0
    while term:
        n += 1
        term = (term * z >> p) // n
        total += -term if n % 2 else term
    # Every term is too small by less than 2: by z/n < 1/16 of the error before, and 1/n and 1 for rounding down. So are the
    # terms left out in all, which alternate and fall. With y <= exp(-z) <= y + d, squares rounded down differ by 2 d + 1.
    y, d = total - 2 * n - 2, 4 * n + 4
    for _ in range(k):
        y = y * y >> p
    return y >> p - w, min(1 << w, (y + (d + 1 << k) >> p - w) + 1)


def hyperbolic_tangent(t: int, w: int, work: Work) -> Interval:
    """Around tanh(t/2^w) = (1 - y)/(1 + y), y = exp(-2t/2^w), for t >= 0; tanh is odd."""
    if t < 0:
        lo, hi = hyperbolic_tangent(-t, w, work)
        return -hi, -lo
    (a, b), one = exponential(2 * t, w, work), 1 << w
    return (one - b << w) // (one + b), -((a - one << w) // (one + a))


def logistic(t: int, w: int, work: Work) -> Interval:
    """Around 1/(1 + exp(-t/2^w)), which is y/(1 + y) with y = exp(t/2^w) for t < 0."""
    (a, b), one = exponential(abs(t), w, work), 1 << w
    if t >= 0:
        return (one << w) // (one + b), -((-one << w) // (one + a))
    return (a << w) // (one + a), -((-b << w) // (one + b))


def softplus(t: int, w: int, work: Work) -> Interval:
    """Around log(1 + exp(x)) = max(x, 0) + log(1 + y), y = exp(-|x|), x = t/2^w: 2 artanh(s), s = y/(2 + y) <= 1/3."""
    a, b = exponential(abs(t), w, work)
    work.spend((w // 3 + 2) * (200 + w * w // 1024))
    power, total, n = (a << w) // ((2 << w) + a), 0, 0
    square = power * power >> w
    while power:
        total += power // (2 * n + 1)
        power, n = power * square >> w, n + 1
    # Rounded down throughout: s by less than 1, its square and all powers by less than 2, the n terms by less than 3 each;
    # the powers left out begin below 2 and fall by the factor 9, so they sum to less than 3. log(1 + y) grows by b - a at most.
    low = max(t, 0) + 2 * total
    return low, low + 2 * (3 * n + 3) + b - a


@lru_cache(maxsize=64)
def pi(w: int) -> Interval:
    """Around pi = 16 arctan(1/5) - 4 arctan(1/239) (Machin 1706)."""
    p, total = w + w.bit_length() + 10, 0
    for factor, m in ((16, 5), (-4, 239)):
        power, n = (1 << p) // m, 1
        while power:
            total += factor * (power // n) * (1 if n % 4 == 1 else -1)
            power, n = power // m**2, n + 2
    # Each term is rounded down once; their number is at most p/4 for 1/5 and p/15 for 1/239, what is left out counts as two
    # more: the error is less than 16 (p/4 + 2) + 4 (p/15 + 2) < 5 p + 40 < 2^(p - w).
    return (total >> p - w) - 1, (total >> p - w) + 2


def sine(t: int, turns: int, w: int, work: Work) -> Interval:
    """Around sin(x + turns pi/2), x = t/2^w: by sin or cos of r = x - n pi/2 next to zero, |r| < 0.8."""
    if t == 0:
        return (turns << w, turns << w) if turns in (0, 1) else (0, 0)
    far = max(0, t.bit_length() - w)  # |x| < 2^far
    p = w + w.bit_length() + 8
    q = p + far + 4
    work.spend((q // 3 + 8) * (200 + q // 16) + (p // 8 + 8) * (200 + p * p // 1024) + q * q // 256)
    half_turn, angle = pi(q)[0], t << q + 1 - w  # over 2^q, and over 2^(q + 1)
    n = (angle + half_turn // 2) // half_turn
    rest = angle - n * half_turn  # pi is known up to 3 and |n| < 2^(far + 1): together an error of 2^-(p + 2) in r
    r, quarter = abs(rest) >> q + 1 - p, (n + turns) % 4
    square, odd = r * r >> p, quarter % 2 == 0
    term, degree, total, terms = r if odd else 1 << p, int(odd), 0, 0
    while term:
        total += -term if terms % 2 else term
        term, degree, terms = (term * square >> p) // ((degree + 1) * (degree + 2)), degree + 2, terms + 1
    if (quarter >= 2) != (odd and rest < 0):
        total = -total
    # Every term is too small by less than 2, half of it for the square, and the terms left out alternate and begin below 2.
    # r itself is off by less than 2, which changes sine and cosine by no more.
    error = 2 * terms + 4
    return meet(shifted(total - error, total + error, p - w), (-1 << w, 1 << w))


def normal(t: int, w: int, work: Work) -> tuple[Interval, Interval]:
    """Around 1 - Phi(x) and phi(x), the tail and the density of the normal distribution, at x = t/2^w >= 0 with x^2 < 2w.

    Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + ...), in more bits as the sum comes close to exp(x^2/2) < 2^(3 x^2/4).
    """
    p = w + (3 * t * t >> 2 * w + 2) + 4
    square = t * t << p >> 2 * w  # x^2 lies between this and one more, x^2/2 between its half rounded down and one more
    a, b = exponential(square >> 1, p, work)
    work.spend(p * (100 + p // 32) + p * p // 128)
    low, high = pi(p)
    density = max(0, a - 1 << p) // (isqrt(high << p + 1) + 1), -((-b << p) // isqrt(low << p + 1))
    x = t << p - w
    lo, hi, sums, odd = x, x, (x, x), 1
    while hi > 1 or 2 * (square + 1) > odd + 2 << p:
        work.spend(800 + p * hi.bit_length() // 512)
        odd += 2
        lo, hi = (lo * square >> p) // odd, -((-hi * (square + 1) >> p) // odd)
        sums = sums[0] + lo, sums[1] + hi
    # From here each term is at most half of the one before, so together they are at most the last one, hi.
    u, v = product(density, (sums[0], sums[1] + hi), p)
    half = 1 << p - 1
    return shifted(max(0, half - v), half - u, p - w), shifted(*density, p - w)


Enclosed = tuple[Interval, Interval]
"""Of a function on an interval: around its values there, and around its slopes between any two points there."""


def sigmoid_values(layer: Layer, u: int, v: int, w: int, work: Work) -> Enclosed:
    """sigmoid increases, and sigmoid' = s (1 - s) for its values s, with its greatest value 1/4 at s = 1/2."""
    one, a, b = 1 << w, logistic(u, w, work)[0], logistic(v, w, work)[1]
    ends = [shifted(s * (one - s), s * (one - s), w) for s in (a, b)]
    return (a, b), hull(*ends, *[(one >> 2, one >> 2)] * (2 * a <= one <= 2 * b))


def tanh_values(layer: Layer, u: int, v: int, w: int, work: Work) -> Enclosed:
    """tanh increases, and tanh' = 1 - s^2 for its values s."""
    one, a, b = 1 << w, hyperbolic_tangent(u, w, work)[0], hyperbolic_tangent(v, w, work)[1]
    least, most = 0 if a <= 0 <= b else min(abs(a), abs(b)), max(abs(a), abs(b))
    return (a, b), shifted(one * one - most * most, one * one - least * least, w)


def softplus_values(layer: Layer, u: int, v: int, w: int, work: Work) -> Enclosed:
    """softplus increases, and softplus' = sigmoid does."""
    return (softplus(u, w, work)[0], softplus(v, w, work)[1]), (logistic(u, w, work)[0], logistic(v, w, work)[1])


def joined(parts: list[Enclosed]) -> Enclosed:
    """Around what a function does on one or both sides of a kink."""
    return parts[0] if len(parts) == 1 else (hull(*(part[0] for part in parts)), hull(*(part[1] for part in parts)))


def elu_values(layer: Layer, u: int, v: int, w: int, work: Work) -> Enclosed:
    """elu is x above 0, and alpha (exp(x) - 1) below."""
    one, (n, d), parts = 1 << w, layer.leak, list[Enclosed]()
    if v > 0 or u == 0:
        parts.append(((max(u, 0), v), (one, one)))
    if u < 0 or v == 0:
        a, b = exponential(-u, w, work)[0], exponential(max(-v, 0), w, work)[1]
        a, b = (n * a, n * b) if n >= 0 else (n * b, n * a)
        parts.append((divided(a - n * one, b - n * one, d), divided(a, b, d)))
    return joined(parts)


def leaky_values(layer: Layer, u: int, v: int, w: int, work: Work) -> Enclosed:
    """x above 0, and the leak times x below."""
    one, (n, d), parts = 1 << w, layer.leak, list[Enclosed]()
    if v > 0 or u == 0:
        parts.append(((max(u, 0), v), (one, one)))
    if u < 0 or v == 0:
        a, b = (u, min(v, 0)) if n >= 0 else (min(v, 0), u)
        parts.append((divided(n * a, n * b, d), divided(n * one, n * one, d)))
    return joined(parts)


def clip_values(layer: Layer, u: int, v: int, w: int, work: Work) -> Enclosed:
    """x between the bounds, and constant outside. An integer is less than a bound if it is less than it rounded up."""
    one, (lo, hi) = 1 << w, (divided(bound << w, bound << w, layer.scale) for bound in layer.bounds)
    slopes = [(one, one)] * (u < hi[1] and v > lo[0]) + [(0, 0)] * (u < lo[1] or v > hi[0])
    values = min(max(u, lo[0]), hi[0]), min(max(v, lo[1]), hi[1])
    return values, hull(*slopes) if slopes else (0, one)  # at a kink alone both sides count


def sin_values(layer: Layer, u: int, v: int, w: int, work: Work) -> Enclosed:
    """sin and cos on [u, v] are no further from those at its middle than its half width; where the derivative of one
    keeps a sign, its values lie between those at the ends.
    """
    middle, one = u + v >> 1, 1 << w
    around = [sine(middle, turns, w, work) for turns in (0, 1)]
    waves = [meet((a - v + middle, b + v - middle), (-one, one)) for a, b in around]
    enclosed = [
        hull(sine(u, turns, w, work), sine(v, turns, w, work)) if a >= 0 or b <= 0 else waves[turns]
        for turns, (a, b) in enumerate(reversed(waves))
    ]
    return enclosed[0], enclosed[1]


def swish(name: str, t: int, w: int, work: Work) -> Enclosed:
    """Around the value and the derivative of x S(x) at x = t/2^w, S the logistic function for silu, Phi for gelu.

    For x >= 0 these are x - h and 1 - k, and at -x they are -h and k, with h = x S(-x) and k = S(-x) - x S'(x).
    """
    x, one = abs(t), 1 << w
    far = x >= 2 * w << w if name == "silu" else x * x >= 2 * w << 2 * w
    work.spend(500 + x.bit_length() ** 2 // 1024)
    if far:  # S(-x) and x S'(x) lie between 0 and x exp(-x) < 2^-w for x >= 2w, x phi(x) < 2^-w for x^2 >= 2w
        h, k = (0, 1), (-1, 1)
    else:
        if name == "silu":  # S' = S (1 - S) increases for S <= 1/2
            a, b = logistic(-x, w, work)
            c, d = shifted(a * (one - a), b * (one - b), w)
        else:
            (a, b), (c, d) = normal(x, w, work)
        h, (c, d) = shifted(x * a, x * b, w), shifted(x * c, x * d, w)
        k = a - d, b - c
    return ((x - h[1], x - h[0]), (one - k[1], one - k[0])) if t >= 0 else ((-h[1], -h[0]), k)


def swish_values(layer: Layer, u: int, v: int, w: int, work: Work) -> Enclosed:
    """x S(x) falls up to its one turn and rises from there; its slope falls, rises and falls, and at -x it is 1 - that at x:
    (x Phi(x))'' = phi(x) (2 - x^2), and for the logistic function S S(-x) (2 - x tanh(x/2)). So the extremes on [u, v] are
    at u, at v, or at a turn inside. Both second derivatives are less than 1 in absolute value.
    """
    turn, least, bend, steepest = SWISHES[layer.activation]
    (a, c), (b, d) = (swish(layer.activation, t, w, work) for t in (u, v))

    def holds(place: int) -> bool:
        return u * 10**6 <= place + 1 << w and place << w <= v * 10**6

    most = -((-steepest << w) // 10**6)
    low, high = hull(c, d)
    low, high = min(low, (1 << w) - most) if holds(-bend - 1) else low, max(high, most) if holds(bend) else high
    slopes = meet((low, high), (c[0] - (v - u), c[1] + (v - u)))
    low, high = hull(a, b)
    if holds(turn):
        low = max((least << w) // 10**6, a[0] + min(0, slopes[0] * (v - u) >> w))
    return (low, high), slopes


SMOOTH: dict[str, Callable[[Layer, int, int, int, Work], Enclosed]] = {
    "elu": elu_values,
    "tanh": tanh_values,
    "sigmoid": sigmoid_values,
    "softplus": softplus_values,
    "gelu": swish_values,
    "silu": swish_values,
    "sin": sin_values,
}


def activated(layer: Layer, values: list[Interval], bits: int, work: Work) -> list[Enclosed]:
    """A layer's activation on each of these intervals."""
    enclose = SMOOTH.get(layer.activation)
    if enclose is None:
        bent = clip_values if len(layer.bounds) == 2 else leaky_values
        return [bent(layer, u, v, bits, work) for u, v in values]
    guard = 20 + bits.bit_length()  # the errors inside are some 10 w at most
    inside = [enclose(layer, u << guard, v << guard, bits + guard, work) for u, v in values]
    return [(shifted(*values, guard), shifted(*slopes, guard)) for values, slopes in inside]


class Box:
    """f on intervals, for every network whose weights and biases lie in those of the layers; F(X) in the comments below.
    Once the map is known to keep its domain, F(X) is cut down to it. With `anywhere` the slopes of signals (below) hold between
    any two points, not only from y = 0.
    """

    def __init__(self, layers: list[Layer], bits: int, work: Work, anywhere: bool = False) -> None:
        self.layers, self.bits, self.work, self.anywhere = layers, bits, work, anywhere
        self.domain: Interval | None = None

    def around(self, x: Extended, y: Extended) -> Interval:
        """[x, y], for finite ends."""
        (p, q), (r, s) = ratio(x), ratio(y)
        self.work.spend(500 + ((abs(p) + abs(r) + q + s).bit_length() + self.bits) ** 2 // 256)
        return (p << self.bits) // q, -((-r << self.bits) // s)

    def weighed(self, layer: Layer, values: list[Interval]) -> list[Interval]:
        """weight times a vector, exactly, over the layer's scale times 2^bits."""
        us, vs = [u for u, _ in values], [v for _, v in values]
        if layer.upper:
            sums = []
            for least, most in zip(layer.rows, layer.upper[0], strict=True):
                corners = [[*map(mul, row, ends)] for row in (least, most) for ends in (us, vs)]
                sums.append((sum(map(min, *corners)), sum(map(max, *corners))))
            return sums
        middles, widths = [*map(add, us, vs)], [*map(sub, vs, us)]  # w [u, v] = (w (u + v) +- |w| (v - u)) / 2
        pairs = [(sum(map(mul, row, middles)), sum(map(mul, map(abs, row), widths))) for row in layer.rows]
        return [(middle - width >> 1, middle + width >> 1) for middle, width in pairs]

    def inputs(self, layer: Layer, values: list[Interval]) -> list[Interval]:
        """weight times a vector, and the bias."""
        biases = layer.bias, layer.upper[1] if layer.upper else layer.bias
        sums, lower, upper = self.weighed(layer, values), *([b << self.bits for b in bias] for bias in biases)
        return [divided(u + a, v + b, layer.scale) for (u, v), a, b in zip(sums, lower, upper, strict=True)]

    def __call__(self, x: Interval, times: int = 1, steep: bool = False) -> Enclosed:
        """F(...F(X)), and, if asked for, around the slopes of the iterate between any two points of X; else around 1."""
        slope = one = 1 << self.bits, 1 << self.bits
        for _ in range(times):
            values, slopes = [x], [one]
            for layer in self.layers:
                self.pay(layer, values, slopes if steep else [])
                enclosed = activated(layer, self.inputs(layer, values), self.bits, self.work)
                values = [value for value, _ in enclosed]
                if steep:
                    chained = zip(self.weighed(layer, slopes), enclosed, strict=True)
                    slopes = [product(divided(u, v, layer.scale), s, self.bits) for (u, v), (_, s) in chained]
            x = meet(values[0], self.domain) if self.domain else values[0]
            if steep:
                self.work.spend(sum(map(size, slope)) * sum(map(size, slopes[0])) // 256)
                slope = product(slope, slopes[0], self.bits)
        return x, slope

    def pay(self, layer: Layer, *vectors: list[Interval]) -> None:
        """For a layer, its inputs and, where they are wanted, their slopes."""
        self.work.spend(5000)
        for values in filter(None, vectors):
            bits = max(max(abs(u), abs(v)) for u, v in values).bit_length() + self.bits
            entries, units = len(layer.rows) * len(values), len(layer.rows)
            self.work.spend(entries * (1500 if layer.upper else 300) + entries * layer.bits * bits // 512)
            self.work.spend(units * (1500 + 16 * (bits + layer.bits) + (bits + layer.bits) * layer.bits // 512))


def widened(layer: Layer, radius: Fraction, relative: bool, work: Work) -> Layer:
    """The layer with all weights and biases w +- radius, or w +- radius |w|."""
    n, d = radius.numerator, radius.denominator
    bits = layer.bits + size(radius) + 2
    work.spend((len(layer.rows) * (1 + len(layer.rows[0]))) * (1500 + 4 * layer.bits * size(radius) // 1024))

    def ends(values: list[int], sign: int) -> list[int]:
        return [d * w + sign * n * (abs(w) if relative else layer.scale) for w in values]

    (rows, bias), upper = (([ends(row, sign) for row in layer.rows], ends(layer.bias, sign)) for sign in (-1, 1))
    bounds = [d * b for b in layer.bounds]
    return layer._replace(rows=rows, bias=bias, upper=upper, bounds=bounds, scale=d * layer.scale, bits=bits)


def rising(f: Map, values: object, where: str) -> list[Fraction]:
    """Points of J that increase."""
    found = numbers(values, where, None)
    f.work.spend(5000 * len(found))
    points = [Fraction(p, q) for p, q, _ in found]
    for i, (x, y) in enumerate(pairwise(points), 1):
        need(x < y, f"{where}[{i}]", "more than the point before", y)
    need(f.lo <= points[0] and points[-1] <= f.hi, where, "points of the domain", points[0], points[-1])
    return points


def boxed(f: Map, certificate: dict[str, Any]) -> Box:
    """The box that the certificate is about, once it is seen that every network in it maps J into J."""
    bits, layers = count(certificate, "bits", 1), f.layers
    if "radius" in certificate or "weights" in certificate:
        need("radius" in certificate and "weights" in certificate, "radius, weights", "both or none", "one")
        radius, form = Fraction(*number(certificate["radius"], "radius", 0, None)[:2]), certificate["weights"]
        need(radius > 0, "radius", "a positive number", radius)
        need(form in ["absolute", "relative"], "weights", "absolute or relative", form)
        need(not f.is_box, "radius", "a map file without intervals", "a box")
        layers = [widened(layer, radius, form == "relative", f.work) for layer in layers]
    box, values = Box(layers, bits, f.work), layers[-1].range
    plain = f.domain is None or (values is not None and f.lo <= values[0] and values[1] <= f.hi)
    given = "cover" in certificate
    need(not (plain and given), "cover", "none, as the last activation keeps f in its domain", "a list")
    need(plain or given, "cover", "points, as the last activation may leave the domain", "none")
    if given:
        points = rising(f, certificate["cover"], "cover")
        ends = [points[0], points[-1]]
        need(ends == [f.lo, f.hi], "cover", "first and last the ends of the domain", *ends)
        inner = box.around(points[0], points[0])[1], box.around(points[-1], points[-1])[0]
        for i, (a, b) in enumerate(pairwise(points)):
            (u, v), _ = box(box.around(a, b))
            got = [Fraction(t, 1 << bits) for t in (u, v)]
            need(inner[0] <= u and v <= inner[1], f"cover[{i}], cover[{i + 1}]: image", "values in the domain", *got)
    box.domain = box.around(f.lo, f.hi) if f.domain else None
    return box


def odd_return_box(f: Map, certificate: dict[str, Any]) -> None:
    """g^n(x) < x < g(x), or its mirror image, for an odd n >= 3 and every network: the rule of odd_return, strictly."""
    m, n, side = odd_steps(certificate)
    x = Fraction(*number(certificate["x"], "x", 0, None)[:2])
    need(f.lo <= x <= f.hi, "x: domain", "lo <= x <= hi", f.lo, x, f.hi)
    box = boxed(f, certificate)
    start = box.around(x, x)
    once, _ = box(start, m)
    last, _ = box(once, (n - 1) * m)
    (low, _), (_, high) = (once, last) if side == "right" else (last, once)
    # An integer is more than a number if it is more than this rounded down, less if less than this rounded up.
    a, b, c, d = (Fraction(t, 1 << box.bits) for t in (*last, *once))
    rule = f" {SIDES[side][1]} ".join(["g^n(x)", "x", "g(x)"])
    need(low > start[0] and high < start[1], "x: return", f"{rule} for all networks", a, b, x, c, d)


def core(f: Map, box: Box, steps: int, parts: int) -> Interval:
    """J_steps, an interval around f^steps(J): J_0 = J, or J_1 the range of the last activation on the line; then step by
    step the images of equal parts.
    """
    lo, hi, left = f.lo, f.hi, steps
    if f.domain is None:
        last, left = f.layers[-1], steps - 1
        lo, hi = last.range or (-INF, INF)
        need(hi < INF, "map: core", "a last activation of bounded values, for order on the line", last.activation)
        need(left >= 0, "core_steps", "at least 1 on the line", steps)
    now = box.around(lo, hi)
    for _ in range(left):
        u, v = now
        images = (box((u + (v - u) * i // parts, u + (v - u) * (i + 1) // parts))[0] for i in range(parts))
        now = meet(now, reduce(hull, images))
    return now


def order_box(f: Map, certificate: dict[str, Any]) -> None:
    """g(g(x)) = x implies g(x) = x for every network (Coppel 1955): on J_N, which holds the core f^N(J), where all
    periodic points lie, g increases; or cell by cell.
    """
    m, steps, rule = 1 << count(certificate, "level", 0), count(certificate, "core_steps", 0), certificate["rule"]
    need(rule in ["cells", "increasing"], "rule", "cells or increasing", rule)
    parts, mesh, box = count(certificate, "parts", 1), rising(f, certificate["mesh"], "mesh"), boxed(f, certificate)
    now, first, last = core(f, box, steps, parts), box.around(mesh[0], mesh[0]), box.around(mesh[-1], mesh[-1])
    holds = (mesh[0] == f.lo or first[1] <= now[0]) and (mesh[-1] == f.hi or now[1] <= last[0])
    got = [Fraction(t, 1 << box.bits) for t in now]
    need(holds, "mesh: core", "first and last on both sides of f^core_steps(J)", mesh[0], *got, mesh[-1])
    for i, (a, b) in enumerate(pairwise(box.around(t, t) for t in mesh)):
        if rule == "increasing":
            least = Fraction(box((a[0], b[1]), m, steep=True)[1][0], 1 << box.bits)
            need(least >= 0, f"mesh[{i}], mesh[{i + 1}]: cell", "slopes of g that are not negative", least)
        else:
            ends = mesh[i] == f.lo, mesh[i + 1] == f.hi
            passes = disjoint(box, a, b, m) or transversal(box, a, b, m, ends)
            need(passes, f"mesh[{i}], mesh[{i + 1}]: cell", "disjoint or transversal", mesh[i], mesh[i + 1])


def disjoint(box: Box, a: Interval, b: Interval, m: int) -> bool:
    """g(g([a, b])) does not meet [a, b]; a and b come as rounded down and up."""
    (u, v), _ = box((a[0], b[1]), 2 * m)
    return v < a[1] or b[0] < u


def transversal(box: Box, a: Interval, b: Interval, m: int, ends: tuple[bool, bool]) -> bool:
    """The slopes of g^2 on [a, b] are all less than 1 or all greater, so g^2 - id has at most one zero there; and g - id has
    one, which is the same: g(a) >= a and g(b) <= b, as at the ends of J in any case, or g(a) <= a and g(b) >= b.
    """
    one, (_, (least, most)) = 1 << box.bits, box((a[0], b[1]), 2 * m, steep=True)
    if not (most < one or least > one):
        return False
    (c, d), (u, v) = box(a, m)[0], box(b, m)[0]
    inward = (ends[0] or c >= a[1]) and (ends[1] or v <= b[0])
    return inward or (d <= a[0] and u >= b[1])


Signal = list[list[Interval]]
"""Numbers u that depend on y in R^d, -1 <= y_k <= 1: for each k around slopes s_k, with u(y) - u(0) the sum of the s_k y_k; and
last, around u(0).
"""


def ranges(x: Signal) -> list[Interval]:
    """Around all the values of these numbers."""
    *slopes, middles = x
    radii = [sum(max(-u, v) for u, v in row) for row in zip(*slopes, strict=True)] or [0] * len(middles)
    return [(u - radius, v + radius) for (u, v), radius in zip(middles, radii, strict=True)]


def applied(box: Box, layer: Layer, x: Signal) -> Signal:
    """What a layer makes of such numbers."""
    box.pay(layer, *x)
    *columns, middles = x
    slopes = [[divided(u, v, layer.scale) for u, v in box.weighed(layer, column)] for column in columns]
    inputs = box.inputs(layer, middles)
    (values, steep) = (activated(layer, z, box.bits, box.work) for z in (inputs, ranges([*slopes, inputs])))
    chained = [[product(t, s, box.bits) for t, (_, s) in zip(column, steep, strict=True)] for column in slopes]
    return [*chained, [value for value, _ in values]]


def mixed(box: Box, *pairs: tuple[Signal, Signal]) -> Signal:
    """The sums of the products x y of all pairs, unit by unit: x y - x_0 y_0 = x (y - y_0) + y_0 (x - x_0), and so from any
    other point.
    """

    def summed(terms: list[tuple[list[Interval], list[Interval]]]) -> list[Interval]:
        products = [[product(s, t, box.bits) for s, t in zip(*term, strict=True)] for term in terms]
        return [(sum(u for u, _ in unit), sum(v for _, v in unit)) for unit in zip(*products, strict=True)]

    for x, y in pairs:
        box.work.spend(len(x) * len(x[0]) * (6000 + size(*chain(*chain(*x, *y))) ** 2 // 128))
    around, slopes = [ranges(x) for x, _ in pairs], []
    for k in range(len(pairs[0][0]) - 1):
        first = [(values, y[k]) for values, (_, y) in zip(around, pairs, strict=True)]
        slopes.append(summed(first + [(ranges(y) if box.anywhere else y[-1], x[k]) for x, y in pairs]))
    return [*slopes, summed([(x[-1], y[-1]) for x, y in pairs])]


def stepped(f: Map, box: Box, x: Signal) -> Signal:
    """What f makes of the coordinates of a point."""
    if f.kind == "lstm":
        i, forget, g, o, squash = f.layers
        h, c = ([column[half] for column in x] for half in (slice(len(i.rows)), slice(len(i.rows), None)))
        c = mixed(box, (applied(box, forget, h), c), (applied(box, i, h), applied(box, g, h)))
        h = mixed(box, (applied(box, o, h), applied(box, squash, c)))
        return [*map(add, h, c)]
    if f.kind == "gru":
        r, z, rest, inner, n = f.layers
        reset = mixed(box, (applied(box, r, x), applied(box, inner, x)))
        return mixed(box, (applied(box, z, x), x), (applied(box, rest, x), applied(box, n, reset)))
    signal = x
    for layer in f.layers:
        again = f.recurrent and layer is f.layers[-1]
        signal = applied(box, layer, [*map(add, signal, x)] if again else signal)
    return signal


def block_image(f: Map, box: Box, block: Block) -> tuple[list[Form], list[Form]]:
    """The lower and the upper ends, over 2^bits, of forms in y around the image of a block's points: slopes, and f at y = 0."""
    forms, over = block.points
    f.work.spend(len(forms) * len(forms[0]) * (500 + (longest(forms) + box.bits) ** 2 // 256))
    x = [[divided(t << box.bits, t << box.bits, over) for t in column] for column in zip(*forms, strict=True)]
    rows = [*zip(*stepped(f, box, x), strict=True)]
    return [[u for u, _ in row] for row in rows], [[v for _, v in row] for row in rows]


def covers(image: tuple[list[Form], list[Form]], block: Block, bits: int, where: str, work: Work) -> None:
    """The first form of the block takes the images of the faces y_1 = -1 and y_1 = 1 beyond its opposite bounds, and the
    other forms keep strictly between theirs.
    """
    low, high = weighed_ends(block.rows, image, work)
    for k, ((fall, *falls, least), (climb, *climbs, most)) in enumerate(zip(low, high, strict=True)):
        lo, hi = block.lo[k] << bits, block.hi[k] << bits
        rest = sum(max(-s, t) for s, t in zip(falls, climbs, strict=True))
        least, most = least - rest, most + rest
        (a, b), (c, d) = sorted([(least - climb, most - fall), (least + fall, most + climb)])
        holds = b < lo and hi < c if k == 0 else lo < a and max(b, d) < hi
        rule = f"values {'strictly between' if k else 'on the faces beyond the opposite'} bounds of the block"
        got = (Fraction(t, 1 << bits) for t in (a, b, c, d, lo, hi) if not holds)
        need(holds, f"{where}: form {k}", rule, *got)


def read_chains(certificate: dict[str, Any], blocks: list[Block], ends: int, work: Work) -> list[list[int]]:
    """The chains of a certificate, from one of the first blocks to another; two from the same block part at blocks that
    lie apart, and neither begins the other.
    """
    chains = items(certificate["chains"], "chains")
    for i, one in enumerate(chains):
        need(len(items(one, f"chains[{i}]")) > 1, f"chains[{i}]", "a step or more", one)
        work.spend(3000 * len(one))
        whole = all(type(a) is int and 0 <= a < len(blocks) for a in one) and max(one[0], one[-1]) < ends
        rule = f"numbers of blocks, {len(blocks)} in all, the first and the last below {ends}"
        need(whole, f"chains[{i}]", rule, one)
    groups = [(0, chains)]  # each of chains that agree up to some step
    while groups:
        step, group = groups.pop()
        branches = dict[int, list[list[int]]]()
        for one in group:
            need(len(group) == 1 or step < len(one), "chains: prefix", "no chain that begins another", one)
            branches.setdefault(one[step], []).append(one)
        for a, b in combinations(branches if step else [], 2):
            need(apart(blocks[a], blocks[b], work), "chains: apart", "two to part at blocks that lie apart", a, b)
        groups += [(step + 1, part) for part in branches.values() if len(part) > 1]
    return chains


def covering_chain(f: Map, certificate: dict[str, Any]) -> None:
    """Every path of chains is followed by an orbit, and there are so many that the entropy is at least log(growth). In each
    step of a chain one block covers the next: a path between the two faces of the one has a part that f maps to a path
    between those of the other, inside it (docs/certificate-format.md has the proof).
    """
    blocks = [read_block(value, f"blocks[{i}]", f) for i, value in enumerate(items(certificate["blocks"], "blocks"))]
    bits, ends = count(certificate, "bits", 1), len(items(certificate["vector"], "vector"))
    need(ends <= len(blocks), "vector", f"at most {len(blocks)} weights, one for each block or fewer", ends)
    chains, box = read_chains(certificate, blocks, ends, f.work), Box(f.layers, bits, f.work)
    steps = {pair: f"chains[{i}]: step {n}" for i, one in enumerate(chains) for n, pair in enumerate(pairwise(one))}
    images = {a: block_image(f, box, blocks[a]) for a in dict.fromkeys(a for a, _ in steps)}
    for (a, b), where in steps.items():
        covers(images[a], blocks[b], bits, f"{where}: block {a} covers block {b}", f.work)
    grows(certificate, ends, [(one[0], one[-1], len(one) - 1) for one in chains], f.work)


def enters(f: Map, box: Box, root: list[Interval]) -> None:
    """Every orbit is in the root from some time on. Of a network the root holds all that may follow the first bounded values.
    Of an LSTM |h| <= 1 after a step, and then |c'| <= added + kept |c|, which brings |c| below each r > 0 with added + kept r < r.
    Of a GRU |h'| - a <= z (|h| - a), where a < 1 bounds the |n| and z is bounded away from 1, as h is bounded: so |h| < 1 in the end.
    """
    one, reach = 1 << box.bits, [min(-lo, hi) for lo, hi in root]
    if f.kind == "lstm":
        units = len(root) // 2
        i, forget, g = (ranges(applied(box, layer, [[(-one, one)] * units])) for layer in f.layers[:3])
        for k, r in enumerate(reach[units:]):
            added, kept = i[k][1] * max(-g[k][0], g[k][1]), forget[k][1] * r
            holds = reach[k] >= one and r > 0 and added + kept < r << box.bits
            need(holds, f"lo, hi: unit {k}", "a root with |h| <= 1, and bounds within which c falls", Fraction(r, one))
    elif f.kind == "gru":
        need(min(reach) >= one, "lo, hi", "a root with |h| <= 1", Fraction(min(reach), one))
    else:
        signal = list[list[Interval]]()
        for layer in f.layers:
            if signal:
                signal = applied(box, layer, signal)
            elif layer.range:
                signal = [[box.around(*layer.range)] * len(layer.rows)]
        need(bool(signal), "map.layers", "an activation of bounded values", f.layers[-1].activation)
        for k, ((lo, hi), (u, v)) in enumerate(zip(root, ranges(signal), strict=True)):
            need(lo <= u and v <= hi, f"lo[{k}], hi[{k}]", "bounds of f", Fraction(u, one), Fraction(v, one))


def read_family(value: object, where: str, f: Map, box: Box) -> tuple[int, int, int, list[Block]]:
    """The number of a family, how many rows expand, its period and its blocks, of which each is followed by the next and the last
    by the first. In their coordinates f(x) - f(x') = A (x - x') for any two points of a block: the first rows of A expand, the
    others contract. Where none expands, f maps each block into the one that follows.
    """
    content = members(value, where, "number expanding ends", "period")
    number, u = (count(content, key, 0) for key in ("number", "expanding"))
    need(u <= f.dimension, f"{where}.expanding", f"at most {f.dimension}", u)
    ends = items(content["ends"], f"{where}.ends")
    blocks = [read_block(end, f"{where}.ends[{i}]", f) for i, end in enumerate(ends)]
    for i, (a, b) in enumerate(zip(blocks, [*blocks[1:], blocks[0]], strict=True)):
        low, high = weighed_ends(b.rows, block_image(f, box, a), f.work)
        for k, ((*falls, least), (*climbs, most)) in enumerate(zip(low, high, strict=True)):
            row, lo, hi = f"{where}.ends[{i}]: row {k}", b.lo[k] << box.bits, b.hi[k] << box.bits
            f.work.spend(10_000 + size(hi - lo) ** 2 // 64)
            sizes = [*map(max, map(neg, falls), climbs)]
            total = sum(sizes)
            slope = Fraction(2 * (max(falls[k], -climbs[k], 0) + sizes[k] - total if k < u else total), hi - lo)
            need(slope > 1 if k < u else slope < 1, row, f"slopes {'above' if k < u else 'below'} 1", slope)
            reach = [Fraction(t - lo, hi - lo) for t in (least - total, most + total)]
            need(u > 0 or 0 <= reach[0] <= reach[1] <= 1, row, "an image in the next block, from 0 to 1", *reach)
    period = count({"period": len(blocks)} | content, "period", 1)
    need(len(blocks) % period == 0, f"{where}.period", f"a divisor of {len(blocks)}, the number of ends", period)
    return number, u, period, blocks


TOKEN = re.compile(r"/?(?:0|[1-9][0-9]{0,8})")


def read_tree(text: Any, root: list[Interval], work: Work) -> tuple[list[Any], list[tuple[int, list[Interval]]]]:
    """Token by token: of a leaf its number; of a cut /k the coordinate, the place and the token of the upper half, as the lower
    half comes next. And the token and the box of each leaf.
    """
    need(isinstance(text, str), "tree", 'text such as "/0 1 0"', text)
    work.spend(50_000 * (text.count(" ") + 1))  # memory counts as work
    nodes, leaves, left = list[Any](), list[tuple[int, list[Interval]]](), [(root, -1)]
    for n, token in enumerate(text.split(" ")):
        where = f"tree: token {n}"
        need(bool(left), where, "no more tokens, as the tree is closed", token)
        spans, above = left.pop()
        if above >= 0:
            nodes[above][2] = n
        need(bool(TOKEN.fullmatch(token)), where, "a number, or a cut such as /0", token)
        if token[0] != "/":
            nodes.append(int(token))
            leaves.append((n, spans))
            continue
        k = int(token[1:])
        need(k < len(root), where, f"a coordinate below {len(root)}", k)
        (u, v), middle = spans[k], sum(spans[k]) // 2
        need(u < middle and u + v == 2 * middle, where, "halves whose bounds are multiples of 2^-bits", token)
        work.spend(2000 * len(root) + size(u, v))
        nodes.append([k, middle, 0])
        below, above_it = ([*spans[:k], half, *spans[k + 1 :]] for half in ((u, middle), (middle, v)))
        left += [(above_it, n), (below, -1)]
    need(not left, "tree", "a tree that is closed", "an open one")
    return nodes, leaves


def met(nodes: list[Any], image: list[Interval], work: Work) -> Iterator[int]:
    """The numbers of the leaves that a box meets."""
    left = [0]
    while left:
        work.spend(1000)
        n = left.pop()
        if isinstance(nodes[n], int):
            yield nodes[n]
        else:
            k, place, upper = nodes[n]
            left += [upper] * (image[k][1] >= place) + [n + 1] * (image[k][0] <= place)


def order_tree(f: Map, certificate: dict[str, Any]) -> None:
    """Every orbit converges to a cycle: it enters the root; along the leaves that it visits the numbers fall, until it goes round
    the blocks of one family; and there points that are a turn apart come together (docs/certificate-format.md has the proof).
    """
    need(f.kind != "plrnn", "kind", "one for plrnn, as this is for networks and gated cells", f.kind)
    d, bits, root = f.dimension, count(certificate, "bits", 1), list[Interval]()
    box, pairs, one = Box(f.layers, bits, f.work), Box(f.layers, bits, f.work, anywhere=True), 1 << bits
    lower, upper = (numbers(certificate[key], key, None, d) for key in ("lo", "hi"))
    for k, ((p, q, lo), (r, s, hi)) in enumerate(zip(lower, upper, strict=True)):
        need(one % q == one % s == 0 and p * s < r * q, f"lo[{k}], hi[{k}]", "multiples of 2^-bits, lo < hi", lo, hi)
        root.append((p * (one // q), r * (one // s)))
    enters(f, box, root)
    ends, rounds, free = dict[int, list[Block]](), dict[int, tuple[int, int]](), 0
    for i, value in enumerate(items(certificate["families"], "families")):
        number, expanding, period, blocks = read_family(value, f"families[{i}]", f, pairs)
        need(number >= free, f"families[{i}].number", f"{free} or more, as those below are taken", number)
        free = number + period
        ends |= {number + j: blocks[j::period] for j in range(period)}
        rounds |= {number + j: (number + (j + 1) % period, number) for j in range(period) if expanding}
    nodes, leaves = read_tree(certificate["tree"], root, f.work)
    for n, spans in leaves:
        where, number = f"tree: token {n}", nodes[n]
        forms = [[*((v - u) * (i == k) for k in range(d)), u + v] for i, (u, v) in enumerate(spans)]
        for block in ends.get(number, []):
            within = zip(map(span, combined(block.rows, forms, f.work)), block.lo, block.hi, strict=True)
            holds = all(lo << bits + 1 <= least and most <= hi << bits + 1 for (least, most), lo, hi in within)
            need(holds, where, "a leaf in the blocks that have its number", number)
        if number in ends and number not in rounds:
            continue
        slopes = [[shifted(t, t, 1) for t in column] for column in zip(*forms, strict=True)]
        image = [*map(meet, *(ranges(stepped(f, box, x)) for x in (slopes, [spans])))]
        after, below = rounds.get(number, (number, number))
        for other in met(nodes, image, f.work):
            rule = f"an image that meets leaves with numbers below {below}{f' or with {after}' * (number in rounds)}"
            need(other < below or (other == after and number in rounds), where, rule, other)


def reduced(f: Map, values: object) -> Map:
    """p, a network of the line with s(f(x)) = p(s(x)) and s(x) = v.x, for a row v such that all rows that x is first multiplied
    with are multiples u v: then f(x) depends on s(x) alone.
    """
    row = [Fraction(p, q) for p, q, _ in numbers(values, "row", None, f.dimension)]
    shape: Any = f.canonical["map"]
    need(f.kind in ["network", "plrnn"], "kind", "one for gated cells", f.kind)
    need(any(row), "row", "a number that is not zero", *row[:5])
    pivot = next(k for k, x in enumerate(row) if x)

    def factors(rows: list[list[str]], where: str) -> list[str]:
        """The u of each row."""
        found = []
        for i, texts in enumerate(rows):
            w = [Fraction(text) for text in texts]
            f.work.spend(len(row) * (6000 + size(*w, *row) ** 2 // 64))
            u = w[pivot] / row[pivot]
            need(w == [u * x for x in row], f"{where}[{i}]", "a multiple of the row of the certificate", *w[:5])
            found.append(str(u))
        return found

    if f.kind == "plrnn":  # x enters once more at the end: s = max(0, s) - max(0, -s)
        hidden = [*factors(shape["C"], "map.C"), "1", "-1"]
        straight = [[u, str(-Fraction(u))] for u in factors(shape["A"], "map.A")]
        layers = [{"weight": [[u] for u in hidden], "bias": [*shape["e"], "0", "0"], "activation": "relu"}]
        layers += [{"weight": [*map(add, shape["W"], straight)], "bias": shape["h"], "activation": "identity"}]
    else:
        first, *rest = shape["layers"]
        layers = [first | {"weight": [[u] for u in factors(first["weight"], "map.layers[0].weight")]}, *rest]
    last, ends = {"weight": [[str(x) for x in row]], "bias": ["0"], "activation": "identity"}, f.layers[-1].range
    if ends:  # then v.x has bounded values too, and to clip it to these changes nothing
        pairs = [sorted((x * ends[0], x * ends[1])) for x in row]
        bounds = [str(sum(side, Fraction(0))) for side in zip(*pairs, strict=True)]
        last |= {"activation": "clip", "lo": bounds[0], "hi": bounds[1]}
    line = {"kind": "network", "layers": [*layers, last]}
    return Map({"format": "certify-map", "version": 1, "domain": None, "map": line}, f.work)


def rank_one(f: Map, certificate: dict[str, Any]) -> None:
    """f and a map p of the line have f = G o s, p = s o G: what the proof says of p holds for f."""
    proof = certificate["proof"]
    name: Any = proof.get("kind") if isinstance(proof, dict) else None
    need(name in LINEAR, "proof.kind", f"one of {', '.join(LINEAR)}", name)
    members(proof, "proof", f"kind {KINDS[name].required}", "period_three" if name == "odd-return" else "")
    p = reduced(f, certificate["row"])
    need(p.is_exact or name in ENCLOSING, "proof.kind", f"one of {', '.join(ENCLOSING)}, as f is smooth", name)
    KINDS[name].rule(p, proof)


class Kind(NamedTuple):
    """What such a certificate proves ("" where that depends on the proof in it), its rule, and the keys of its own."""

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
    "odd-return-box": Kind("CHAOTIC", odd_return_box, "level n x side bits", "cover radius weights"),
    "order-box": Kind("ORDERED", order_box, "level bits core_steps parts mesh rule", "cover"),
    "block-horseshoe": Kind("CHAOTIC", block_horseshoe, "expanding blocks words vector growth"),
    "contraction": Kind("ORDERED", contraction, "rows factor"),
    "covering-chain": Kind("CHAOTIC", covering_chain, "bits blocks chains vector growth"),
    "order-tree": Kind("ORDERED", order_tree, "bits lo hi families tree"),
    "cycles-complete": Kind("CYCLES", cycles_complete, "period base vectors tree cycles"),
    "rank-one": Kind("", rank_one, "row proof"),
}
LINEAR = ["odd-return", "periodic-orbit", "order", "odd-return-box", "order-box"]  # the kinds of proofs in rank-one
# The kinds for maps of R^d.
SPATIAL = ["block-horseshoe", "contraction", "covering-chain", "order-tree", "cycles-complete", "rank-one"]
ENCLOSING = ["odd-return-box", "order-box"]  # the kinds for boxes and smooth networks; all others need an exact map


ENTROPIES = {
    "entropy-lower": ("is at least", "down", "Misiurewicz 1979"),
    "entropy-upper": ("is at most", "up", "Misiurewicz and Szlenk 1980"),
    "constant-slope": ("equals", "", "Misiurewicz and Szlenk 1980"),
}


@long_integers()
def claim_words(kind: str, certificate: dict[str, Any], box: bool = False, f: str = "f") -> str:
    """The sentence that a correct certificate of this kind proves, made of its data and of the domain in its claim; `box`
    says that the map file gives a box, and f is the map's name.
    """

    def show(text: str, rounding: str = "") -> str:
        return shown(Fraction(text), rounding)

    def iterate(times: int) -> str:
        return f"{f}(x)" if times == 1 else f"{f}^{times}(x)"

    if kind == "rank-one":
        proof = certificate["proof"] | {"claim": certificate["claim"]}
        through = "f(x) depends on s(x) = v.x alone, v the row, and s(f(x)) = p(s(x)) for a map p of the line"
        return f"{through}, so what is concluded of p holds of f: {claim_words(proof['kind'], proof, f='p')}"
    if kind == "contraction":
        norm = f"f brings any two points closer together, by the factor {show(certificate['factor'], 'up')} or less in a norm"
        return (
            f"{norm}; hence it has one fixed point, to which every orbit converges, and no Li-Yorke pair (Banach 1922)"
        )
    if kind == "cycles-complete":
        periods = [cycle["period"] for cycle in certificate["cycles"]]
        each = ", ".join(f"{len([*group])} of least period {p}" for p, group in groupby(sorted(periods)))
        cycles = f"{len(periods) or 'no'} cycle{'s' * (len(periods) != 1)} whose least period divides {certificate['period']}"
        return f"f has {'exactly ' * bool(periods)}{cycles}{f': {each}' * bool(periods)}"
    if kind == "order-tree":
        families = certificate["families"]
        lengths, among = {family.get("period", len(family["ends"])) for family in families}, len(families)
        multiples = [str(p) for p in sorted(lengths) if not any(q % p == 0 for q in lengths - {p})]
        many, s, divide = (f"one of at most {among}", "s", "divide") if among > 1 else ("one", "", "divides")
        cycle = f"cycle{s}, whose least period{s} {divide} {' or '.join(multiples)}"
        cycle = f"fixed point{s}" if lengths == {1} else cycle
        return f"every orbit of f converges to {many} {cycle}; hence f has no Li-Yorke pair (Conley 1978)"
    if kind in SPATIAL:
        chaos = "chaotic in the sense of Li and Yorke, and its topological entropy there is at least"
        words, blocks = certificate.get("words"), certificate["blocks"]
        how = f"a block horseshoe of {len(words)} words" if words else f"covering chains of {len(blocks)} blocks"
        return f"f has a compact invariant set on which it is {chaos} log({show(certificate['growth'], 'down')}) (by {how})"
    domain, m = certificate["claim"]["domain"], 1 << certificate.get("level", 0)
    many = "for every network f in the box, " if box else ""
    if "radius" in certificate:
        unit = " times their absolute values" if certificate["weights"] == "relative" else ""
        many = f"for every network f whose weights and biases differ from these by at most {show(certificate['radius'], 'down')}{unit}, "
    into = f"{many}{f} maps {f'[{show(domain[0])}, {show(domain[1])}]' if domain else 'the real line'} into itself, and"
    entropy = f"positive topological entropy{'' if domain else ' on a compact invariant set'}"
    chaos = f"{entropy} and an uncountable scrambled set: it is chaotic in the sense of Li and Yorke"
    if kind == "periodic-orbit":
        orbit = f"{show(certificate['orbit'][0])} is a periodic point of least period {certificate['period']}, not a power of 2"
        return f"{into} {orbit}; hence {f} has {chaos} (Bowen and Franks 1976; Jankova and Smital 1986)"
    if kind == "region-count":
        last, regions = len(certificate["regions"]), show(certificate["regions"][-1])
        exactly = "" if "rounded" in regions else "exactly "
        return f"{into} f{f'^{last}' * (last > 1)} has {exactly}{regions} linear regions"
    if kind in ENTROPIES:
        relation, rounding, source = ENTROPIES[kind]
        where = "" if domain else " on compact invariant sets"
        return (
            f"{into} its topological entropy{where} {relation} log({show(certificate['growth'], rounding)}) ({source})"
        )
    if kind in ("odd-return", "odd-return-box"):
        few, less = SIDES[certificate["side"]]
        few = less if kind in ENCLOSING else few
        odd = f"{iterate(certificate['n'] * m)} {few} x {less} {iterate(m)} at x = {show(certificate['x'])}"
        theorem = f"{f} has a period that is not a power of 2, {chaos} (Li, Misiurewicz, Pianigiani and Yorke 1982)"
        three = [show(p) for p in certificate.get("period_three", [])]
        example = f"; it has the orbit {' -> '.join([*three, three[0]])} of period 3" if three else ""
        return f"{into} {odd}; hence {theorem}{example}"
    orbits = "converges to a fixed point" if m == 1 else f"is asymptotic to a cycle whose least period divides {m}"
    far = "" if domain else " or tends to infinity in absolute value, and"
    near = f", {f} has no Li-Yorke pair and its topological entropy is zero" if domain else f" {f} has no Li-Yorke pair"
    rule = f"{iterate(2 * m)} = x implies {iterate(m)} = x"
    return f"{into} {rule}; hence every orbit {orbits}{far}{near} (Coppel 1955)"


def verdict_of(certificate: dict[str, Any]) -> str:
    """The verdict of a certificate that follows its rule: that of its kind, or of the proof in it."""
    return KINDS[certificate["kind"]].verdict or verdict_of(certificate["proof"])


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
    need(claim["domain"] == f.domain, "claim.domain", "the domain of the map", claim["domain"])
    need(f.is_line or name in SPATIAL, "kind", f"one of {', '.join(SPATIAL)}, as f is a map of R^{f.dimension}", name)
    if name in SPATIAL:
        smooth = name in ["contraction", "covering-chain", "order-tree", "rank-one"]
        holds = (f.is_exact or smooth) and bool(f.layers) and not f.is_box and not f.domain
        which = "plrnn and single networks" if smooth else "plrnn and piecewise-linear networks"
        which = "single networks, plrnn and gated cells" if name == "covering-chain" else which
        which = "single networks and gated cells" if name == "order-tree" else which
        need(holds, "kind", f"one for other maps, as this is for {which} on all of R^d", name)
    elif name in ENCLOSING:
        need(bool(f.layers), "kind", "one for piecewise-linear maps, as this is for networks alone", name)
    else:
        rule = f"{' or '.join(ENCLOSING)}, as intervals and smooth activations have no exact map"
        need(f.is_exact, "kind", rule, name)
        keeps_domain(f)
    kind.rule(f, certificate)
    # The rule has seen the data that verdict and words are made of.
    verdict, words = verdict_of(certificate), claim_words(name, certificate, f.is_box)
    need(claim["verdict"] == verdict, "claim.verdict", verdict, claim["verdict"])
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
