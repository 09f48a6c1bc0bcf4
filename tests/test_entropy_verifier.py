"""A second, plain verifier of the evidence for entropy, in integers and `Fraction`s alone, and what it refuses.

It reads only the documents (text and lists) and the oracle's map, and replays what `certify.entropy.evidence` states.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from certify import families
from certify.decision.decide import Order
from certify.entropy.algebra import Algebraic
from certify.entropy.enclosure import entropy
from certify.entropy.evidence import ConstantSlope, Covering, Transfer
from certify.entropy.result import Entropy
from certify.network import Layer, Network
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.strategies import outside, read

F = Fraction


class Refused(Exception):
    """The evidence does not prove what it claims."""


def require(condition: bool, rule: str) -> None:
    if not condition:
        raise Refused(rule)


# The map


def laps(f: oracle.Map) -> list[oracle.Span]:
    """Maximal runs of pieces with slopes of one sign, slope zero left out."""
    found: list[tuple[oracle.Number, oracle.Number, bool]] = []
    for a, b, s, _ in oracle.pieces(oracle.canonical(f)):
        if s and found and found[-1][2] == (s > 0):
            found[-1] = (found[-1][0], b, s > 0)
        elif s:
            found.append((a, b, s > 0))
    return [(a, b) for a, b, _ in found]


def number(text: str) -> oracle.Number:
    return float(text) if "inf" in text else F(text)


def spans(document: dict[str, Any]) -> list[oracle.Span]:
    return [(number(a), number(b)) for a, b in document["intervals"]]


def meet(a: oracle.Span, b: oracle.Span) -> oracle.Span:
    return max(a[0], b[0]), min(a[1], b[1])


def monotone_image(f: oracle.Map, part: oracle.Span) -> oracle.Span:
    u, v = oracle.limit(f, part[0]), oracle.limit(f, part[1])
    return min(u, v), max(u, v)


# Algebraic numbers


def evaluate(polynomial: Sequence[int], x: Fraction) -> Fraction:
    total = F(0)
    for c in reversed(polynomial):
        total = total * x + c
    return total


def is_positive_at(polynomial: Sequence[int], theta: Algebraic) -> bool:
    """Whether the polynomial is positive at theta > 0: bisection of the interval, then bounds term by term."""
    low, high = theta.interval
    rising = evaluate(theta.polynomial, high) > 0
    for _ in range(400):
        below = sum(c * (low if c > 0 else high) ** i for i, c in enumerate(polynomial))
        above = sum(c * (high if c > 0 else low) ** i for i, c in enumerate(polynomial))
        if below > 0 or above < 0:
            return below > 0
        middle = (low + high) / 2
        low, high = (low, middle) if (evaluate(theta.polynomial, middle) > 0) == rising else (middle, high)
    return False


def roots_between(polynomial: Sequence[int], low: Fraction, high: Fraction) -> int:
    """The number of different roots in (low, high], by Sturm's theorem."""
    chain = [[F(c) for c in polynomial], [F(i * c) for i, c in enumerate(polynomial)][1:]]
    while any(chain[-1][1:]) or len(chain[-1]) > 1:
        rest = list(chain[-2])
        while len(rest) >= len(chain[-1]):
            factor = rest[-1] / chain[-1][-1]
            for i, c in enumerate(reversed(chain[-1])):
                rest[-1 - i] -= factor * c
            rest.pop()
        while rest and rest[-1] == 0:
            rest.pop()
        if not rest:
            break
        chain.append([-c for c in rest])

    def changes(x: Fraction) -> int:
        values = [v for p in chain if (v := sum(c * x**i for i, c in enumerate(p))) != 0]
        return sum((a > 0) != (b > 0) for a, b in pairwise(values))

    return changes(low) - changes(high)


def verify_number(theta: Algebraic) -> None:
    """One root in the interval, and a minimal polynomial as far as rational roots tell."""
    low, high = theta.interval
    if low == high:
        require(evaluate(theta.polynomial, low) == 0 and theta.degree == 1, "a rational number")
        return
    require(evaluate(theta.polynomial, low) != 0, "the interval starts before the root")
    require(roots_between(theta.polynomial, low, high) == 1, "one root in the interval")


def times_root(polynomial: Sequence[int], modulus: Sequence[int]) -> list[int]:
    """x * polynomial modulo a monic polynomial."""
    shifted = [0, *polynomial] + [0] * (len(modulus) - 1 - len(polynomial))
    shifted = shifted[: len(modulus)]
    lead = shifted[len(modulus) - 1] if len(shifted) == len(modulus) else 0
    return [c - lead * m for c, m in zip(shifted, modulus)][: len(modulus) - 1]


def eigen_row(own: Sequence[int], targets: Sequence[Sequence[int]], theta: Algebraic) -> bool:
    degree = theta.degree
    total = [sum(t[i] if i < len(t) else 0 for t in targets) for i in range(degree)]
    return theta.polynomial[-1] == 1 and total == times_root(own, theta.polynomial)


# The three kinds of evidence


def verify_covering(f: oracle.Map, document: dict[str, Any], theta: Algebraic | None = None) -> Fraction:
    """The growth that the document proves from below; raises Refused."""
    intervals, runs = spans(document), laps(f)
    domain = oracle.ends(f)
    require(all(domain[0] <= a < b <= domain[1] for a, b in intervals), "intervals in the domain")
    rows = document["rows"]
    require(len(rows) == len(intervals) > 0, "a row for each interval")
    for interval, row in zip(intervals, rows):
        require(len({k for k, _ in row}) == len(row), "one edge for a lap")
        for k, j in row:
            require(0 <= k < len(runs) and 0 <= j < len(rows), "indices")
            part = meet(interval, runs[k])
            require(part[0] < part[1], "the lap meets the interval")
            lo, hi = monotone_image(f, part)
            require(lo <= intervals[j][0] and intervals[j][1] <= hi, "the image covers the target")
    vector = [int(v) for v in document["vector"]]
    growth = F(document["growth"])
    require(len(vector) == len(rows) and all(v > 0 for v in vector), "a positive vector")
    for v, row in zip(vector, rows):
        require(sum(vector[j] for _, j in row) >= growth * v, "M v >= growth v")
    if theta is not None:
        entries = [[int(c) for c in p] for p in document["polynomials"]]
        require(len(entries) == len(rows), "a polynomial for each interval")
        for own, row in zip(entries, rows):
            require(eigen_row(own, [entries[j] for _, j in row], theta), "an eigenvector")
            require(is_positive_at(own, theta), "a positive eigenvector")
    return growth


def verify_transfer(f: oracle.Map, document: dict[str, Any], theta: Algebraic | None = None) -> Fraction:
    """The growth that the document proves from above; raises Refused."""
    require(oracle.is_self_map(f), "a self-map")
    intervals, runs, rows = spans(document), laps(f), document["rows"]
    require(len(rows) == len(intervals) > 0, "a row for each interval")
    lo, hi = oracle.core(f, document["core_steps"])
    require(intervals[0][0] <= lo and hi <= intervals[0][1], "interval 0 holds the core")
    for interval, row in zip(intervals, rows):
        edges = dict(map(tuple, row))
        require(len(edges) == len(row), "one edge for a lap")
        require(all(0 <= k < len(runs) and 0 <= j < len(rows) for k, j in row), "indices")
        for k, run in enumerate(runs):
            part = meet(interval, run)
            image = monotone_image(f, part) if part[0] < part[1] else None
            if image is None or image[0] == image[1]:
                require(k not in edges, "no edge where the map is constant")
                continue
            require(k in edges, "an edge for each lap")
            target = intervals[edges[k]]
            require(target[0] <= image[0] and image[1] <= target[1], "the target holds the image")
    ranks, growth = document["ranks"], F(document["growth"])
    vector = [int(w) for w in document["vector"]]
    require(len(vector) == len(rows) == len(ranks) and all(w > 0 for w in vector) and growth >= 1, "a vector")
    polynomials = document.get("polynomials") or [None] * len(rows)
    for i, row in enumerate(rows):
        require(all(ranks[j] <= ranks[i] for _, j in row), "ranks never rise")
        level = [j for _, j in row if ranks[j] == ranks[i]]
        require(sum(vector[j] for j in level) <= growth * vector[i], "M w <= growth w")
        if theta is None:
            continue
        if polynomials[i] is None:
            require(sum(vector[j] for j in level) <= max(F(1), theta.interval[0]) * vector[i], "a slower rank")
            continue
        own = [int(c) for c in polynomials[i]]
        require(all(polynomials[j] is not None for j in level), "polynomials for a whole rank")
        require(eigen_row(own, [[int(c) for c in polynomials[j]] for j in level], theta), "an eigenvector")
        require(is_positive_at(own, theta), "a positive eigenvector")
    return growth


def verify_slope(f: oracle.Map, document: dict[str, Any]) -> Fraction:
    """The growth of a map whose slopes on the core have one absolute value; raises Refused."""
    require(oracle.is_self_map(f), "a self-map")
    lo, hi = oracle.core(f, document["core_steps"])
    growth = F(document["growth"])
    require(-math.inf < lo < hi < math.inf and growth >= 1, "a compact core")
    for a, b, s, _ in oracle.pieces(f):
        if max(a, lo) < min(b, hi):
            require(abs(s) == growth, "a constant slope")
    return growth


def log_fixed(x: Fraction, places: int) -> tuple[Fraction, Fraction]:
    """Two rationals around log x, x >= 1, about 10^-places apart: 2 artanh((x-1)/(x+1)), after halving x below 2."""
    halvings = 0
    while x >= 2:
        x, halvings = x / 2, halvings + 1
    scale = 10 ** (places + 10)

    def artanh_twice(y: Fraction) -> tuple[Fraction, int]:  # 0 <= y <= 1/3: the terms fall by 9 at least
        power, total, n = y.numerator * scale // y.denominator, 0, 1
        square, terms = y * y, 0
        while power:
            total += power // n
            power = power * square.numerator // square.denominator
            n, terms = n + 2, terms + 1
        return F(2 * total, scale), 4 * terms + 4  # each term and power is rounded down by less than one unit

    first, error = artanh_twice((x - 1) / (x + 1))
    two, more = artanh_twice(F(1, 3))
    value, slack = first + halvings * two, F(error + halvings * more, scale)
    return value, value + slack


def verify(f: oracle.Map, found: Entropy) -> None:
    """Everything that an answer claims, but for a proof of order, which has a checker of its own."""
    low = F(1)
    exact = found.exact if found.exact and found.exact.degree > 1 else None
    if found.exact:
        verify_number(found.exact)
    match found.below:
        case Covering() as covering:
            low = verify_covering(f, covering.document(), exact if covering.polynomials else None)
        case ConstantSlope() as slope:
            low = verify_slope(f, slope.document())
    match found.above:
        case Transfer() as transfer:
            high = verify_transfer(f, transfer.document(), exact if transfer.polynomials else None)
        case ConstantSlope() as slope:
            high = verify_slope(f, slope.document())
        case Order(level, _, mesh):
            lo, hi = oracle.core(f, found.above.core_steps)
            assert (outside(mesh[0]), outside(mesh[-1])) == (lo, hi)
            if lo < hi:
                require(oracle.mesh_proves(f, 1 << level, 2, [outside(x) for x in mesh], (lo, hi)), "order")
            high = F(1)
    places = max(len(text.partition(".")[2]) for text in found.text)
    if found.lower > 0:
        require(found.lower <= log_fixed(low, places + 5)[0], "the lower end")
    else:
        require(found.lower == 0, "the lower end")
    if high > 1:
        require(log_fixed(high, places + 5)[1] <= found.upper, "the upper end")
    require(found.lower <= found.upper, "an interval")
    if found.exact and found.exact.degree == 1:
        require(low == high == found.exact.interval[0], "a rational growth is proved as it is")


# What the verifier itself must refuse

FIGURE_1 = Network(
    [Layer([[1], [1]], ["1/100000", "-251/500"], "relu"), Layer([["19999/10000", "-4"]], [0], "clip:0,1")], (0, 1)
).to_piecewise_linear()
GOLDEN = PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)])
MAPS = {"figure 1": FIGURE_1, "golden": GOLDEN, "tent": families.tent(), "level 2": families.stunted_tent("53/64")}


@pytest.mark.parametrize("name", MAPS)
def test_the_verifier_accepts_what_is_true(name: str) -> None:
    verify(read(MAPS[name]), entropy(MAPS[name], 6))


def _mutations(document: dict[str, Any], upper: bool) -> dict[str, dict[str, Any]]:
    """The document, damaged in one place each."""
    found = {}

    def change(title: str) -> dict[str, Any]:
        found[title] = copy.deepcopy(document)
        return found[title]

    better = F(document["growth"]) * (F(999, 1000) if upper else F(1001, 1000))
    change("a better growth")["growth"] = str(max(better, F(1)))
    change("a zero in the vector")["vector"][0] = "0"
    change("a negative vector")["vector"] = ["-" + v for v in document["vector"]]
    change("a short vector")["vector"].pop()
    i = next(i for i, row in enumerate(document["rows"]) if row)
    edges = change("an edge twice")["rows"][i]
    edges.append(list(edges[0]))
    change("a lap that does not exist")["rows"][i][0][0] = 99
    change("no rows")["rows"] = []
    a, b = (F(x) for x in document["intervals"][i])
    middle = str((a + b) / 2)
    if upper:
        change("an edge less")["rows"][i].pop()
        change("half of the core")["intervals"][0] = [str(a), middle]
        if (j := document["rows"][i][0][1]) != i:
            change("rising ranks")["ranks"][i] = document["ranks"][j] - 1
    else:
        change("an interval outside the domain")["intervals"][i] = [str(a - 5), str(b)]
        change("an interval of one point")["intervals"][i] = [middle, middle]
        change("an interval backwards")["intervals"][i] = [str(b), str(a)]
    return found


def accepts(rule: Callable[[oracle.Map, dict[str, Any]], Fraction], f: oracle.Map, document: dict[str, Any]) -> bool:
    try:
        rule(f, document)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("name", MAPS)
def test_the_verifier_refuses_what_is_damaged(name: str) -> None:
    f, found = read(MAPS[name]), entropy(MAPS[name], 6)
    assert isinstance(found.below, Covering)
    assert isinstance(found.above, Transfer)
    for title, damaged in _mutations(found.below.document(), upper=False).items():
        assert not accepts(verify_covering, f, damaged), title
    for title, damaged in _mutations(found.above.document(), upper=True).items():
        assert not accepts(verify_transfer, f, damaged), title


def test_the_verifier_refuses_a_wrong_eigenvector() -> None:
    found = entropy(GOLDEN)
    assert isinstance(found.below, Covering)
    assert found.exact
    f, document = read(GOLDEN), found.below.document()
    verify_covering(f, document, found.exact)
    negative = {**document, "polynomials": [[str(-int(c)) for c in p] for p in document["polynomials"]]}
    other = {**document, "polynomials": [["1"] for _ in document["polynomials"]]}
    for damaged in (negative, other):
        with pytest.raises(Refused):
            verify_covering(f, damaged, found.exact)


def test_the_verifier_knows_another_map() -> None:
    found = entropy(FIGURE_1, 6)
    assert isinstance(found.below, Covering)
    assert isinstance(found.above, Transfer)
    lower, higher = read(families.stunted_tent("9/10")), read(families.tent())
    with pytest.raises(Refused):
        verify_covering(lower, found.below.document())
    with pytest.raises(Refused):
        verify_transfer(higher, found.above.document())


@pytest.mark.parametrize(
    ("x", "digits"),
    [(2, "0.6931471805599453094172321214581765680755"), (10, "2.302585092994045684017991454684364207601")],
)
def test_logarithms(x: int, digits: str) -> None:
    """OEIS A002162 and A002392, cut off."""
    places = len(digits) - 2
    low, high = log_fixed(F(x), places)
    assert low <= F(digits) + F(1, 10**places)
    assert F(digits) <= high
    assert high - low < F(1, 10**places)


def test_sturm_counts_roots() -> None:
    assert roots_between([-2, 0, 1], F(0), F(2)) == 1
    assert roots_between([-2, 0, 1], F(-2), F(2)) == 2
    assert roots_between([2, 0, 1], F(-2), F(2)) == 0
    assert roots_between([-6, 11, -6, 1], F(0), F(5, 2)) == 2
