"""The pages of systems: their tables are the cases, and what they say of the maps is worked out again in Fractions."""

from __future__ import annotations

import importlib.util
import json
import random
import re
from fractions import Fraction
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

import certify
from certify import PLRNN

ROOT = Path(__file__).parent.parent
CASES = ROOT / "cases"

Point = tuple[Fraction, Fraction]


def script() -> ModuleType:
    """docs/systems.py as a module."""
    spec = importlib.util.spec_from_file_location("docs_systems", ROOT / "docs" / "systems.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES: dict[str, dict[str, str]] = script().PAGES


@pytest.mark.parametrize("name", PAGES)
def test_the_tables_are_the_cases(name: str) -> None:
    page = (ROOT / "docs" / f"{name}.md").read_text()
    assert page == script().with_table(page, PAGES[name])
    assert page.count("| `") == len(PAGES[name])


def plrnn(case: str) -> PLRNN:
    f = certify.load(CASES / case / "map.json")
    assert isinstance(f, PLRNN)
    return f


# The Lozi map


def lozi(a: Fraction, b: Fraction, point: Point) -> Point:
    x, y = point
    return 1 - a * abs(x) + y, b * x


@pytest.mark.parametrize(
    ("case", "a", "b"),
    [
        ("lozi", "17/10", "1/2"),
        ("lozi-full-shift", "4", "1/2"),
        ("lozi-contracts", "2/5", "1/5"),
        ("lozi-zero-entropy", "1", "1/2"),
        ("lozi-all-escape", "-1", "1/2"),
    ],
)
def test_the_cases_are_lozi_maps_with_these_parameters(case: str, a: str, b: str) -> None:
    f, rng = plrnn(case), random.Random(1)
    for _ in range(20):
        point = Fraction(rng.randint(-9, 9), 4), Fraction(rng.randint(-9, 9), 4)
        assert f.values(point) == lozi(Fraction(a), Fraction(b), point)


def crosses(a: Fraction, b: Fraction, R: Fraction) -> bool:
    """Conditions (1) to (3) for the block |x| <= R, |y| <= b R, at the corners of N for both signs, strictly."""
    for sign, y, image in product((1, -1), (-b * R, b * R), (-R, R)):
        x = sign * (1 + y - image) / a
        if not (sign * x > 0 and abs(x) < R and abs(b * x) < b * R):
            return False
    return True


def test_the_full_shift_of_all_lozi_maps_with_a_greater_than_2_times_1_plus_b() -> None:
    for b in (Fraction(1, 10), Fraction(1, 2), Fraction(1), Fraction(3)):
        for beyond in (Fraction(1, 100), Fraction(1), Fraction(10)):
            a = 2 * (1 + b) + beyond
            low, high = 1 / (a - 1 - b), 1 / (1 + b)
            assert low < high
            assert crosses(a, b, (low + high) / 2)
            assert not crosses(a, b, low)
            assert not crosses(a, b, high)
        assert not any(crosses(2 * (1 + b), b, Fraction(k, 100) / (1 + b)) for k in range(1, 300))


def test_the_certificate_by_hand_is_a_full_shift() -> None:
    """Every word of signs has a periodic orbit, which stays in the block with these signs; found by elimination in Fractions."""
    folder = CASES / "lozi-full-shift"
    certificate = json.loads((folder / "by-hand.json").read_text())
    assert certify.check(folder / "map.json", certificate).status == "VALID"
    assert (certificate["growth"], [word[2] for word in certificate["words"]]) == ("2", ["0", "1"])
    assert certificate["blocks"][0] | {"lo": ["-3/5", "-3/10"], "hi": ["3/5", "3/10"]} == certificate["blocks"][0]
    a, b = Fraction(4), Fraction(1, 2)
    for length in range(1, 9):
        starts = set()
        for signs in product((1, -1), repeat=length):
            columns = [_affine(a, b, signs, point) for point in ((0, 0), (1, 0), (0, 1))]
            (e, g), *rest = columns
            (p, r), (q, s) = ((x - e, y - g) for x, y in rest)
            determinant = (1 - p) * (1 - s) - q * r
            point = ((1 - s) * e + q * g) / determinant, (r * e + (1 - p) * g) / determinant
            starts.add(point)
            first = point
            for sign in signs:
                assert sign * point[0] > 0
                assert abs(point[0]) < Fraction(3, 5)
                assert abs(point[1]) < Fraction(3, 10)
                point = lozi(a, b, point)
            assert point == first
        assert len(starts) == 2**length


def _affine(a: Fraction, b: Fraction, signs: tuple[int, ...], start: tuple[int, int]) -> Point:
    x, y = Fraction(start[0]), Fraction(start[1])
    for sign in signs:
        x, y = 1 - a * sign * x + y, b * x
    return x, y


def test_the_attracting_cycle_of_the_lozi_map_without_entropy() -> None:
    """Of period 2, with trace 2 b - a^2 and determinant b^2 along it; attracting for a < 1 + b by Schur and Cohn."""
    for a, b in ((Fraction(1), Fraction(1, 2)), (Fraction(6, 5), Fraction(1, 2)), (Fraction(1, 2), Fraction(9, 10))):
        c = 1 - b
        x, u = (c + a) / (c * c + a * a), (c - a) / (c * c + a * a)
        first, second = (x, b * u), (u, b * x)
        assert lozi(a, b, first) == second != first
        assert lozi(a, b, second) == first
        assert x > 0 > u
        plus, minus = [[-a, Fraction(1)], [b, Fraction(0)]], [[a, Fraction(1)], [b, Fraction(0)]]
        along = [[sum(p * q for p, q in zip(row, column)) for column in zip(*plus)] for row in minus]
        trace, determinant = along[0][0] + along[1][1], along[0][0] * along[1][1] - along[0][1] * along[1][0]
        assert (trace, determinant) == (2 * b - a * a, b * b)
        assert abs(trace) < 1 + determinant < 2


def test_the_saddle_beside_it() -> None:
    """(2/3, 1/3) is fixed, and its eigenvalues (-1 +- sqrt(3))/2 lie on both sides of the unit circle."""
    f = plrnn("lozi-zero-entropy")
    assert f.values(["2/3", "1/3"]) == (Fraction(2, 3), Fraction(1, 3))
    trace, determinant = Fraction(-1), Fraction(-1, 2)
    assert 1 - trace + determinant > 0 > 1 + trace + determinant


def test_orbits_without_bound() -> None:
    f, rng = plrnn("lozi-all-escape"), random.Random(2)
    for _ in range(200):
        point = tuple(Fraction(rng.randint(-999, 999), 7) for _ in range(2))
        assert sum(f.values(point)) >= sum(point) + 1


# The border-collision normal form


def sides(f: PLRNN) -> list[tuple[Fraction, Fraction]]:
    """Trace and determinant on the left and on the right, by differences."""
    found = []
    for x in (Fraction(-5), Fraction(5)):
        here, right, up = f.values([x, 0]), f.values([x + 1, 0]), f.values([x, 1])
        (p, r), (q, s) = ([v - h for v, h in zip(value, here)] for value in (right, up))
        found.append((p + s, p * s - q * r))
    return found


def test_the_normal_form_and_its_five_inequalities() -> None:
    (t, d), (u, e) = sides(plrnn("border-collision"))
    assert [str(x) for x in (t, d, u, e)] == ["7/5", "1/5", "-17/10", "3/10"]
    assert all((0 < d < 1, 0 < e < 1, t > 1 + d, u < -(1 + e)))
    # The larger root of s^2 - t s + d, from below and from above; what must be positive is concave in s, so least at an end.
    low, high = Fraction(1238, 1000), Fraction(1239, 1000)
    assert low**2 - t * low + d < 0 < high**2 - t * high + d
    assert min(e - (u + d + e - (1 + u) * s) * s for s in (low, high)) > Fraction(1, 2)
    (t, d), (u, e) = sides(plrnn("border-collision-contracts"))
    assert max(abs(t) + abs(d), abs(u) + abs(e)) < 1


# Random networks


@pytest.mark.parametrize("name", [name for name in PAGES["random-recurrent"] if name != "two-memories"])
def test_the_shape_and_the_numbers_of_random_networks(name: str) -> None:
    f = plrnn(name)
    assert f.dimension == f.units == int(re.sub(r"\D", "", name))
    entries = [x for rows in (*f.A, *f.W, *f.C, f.e, f.h) for x in rows]
    assert all((256 * x).q == 1 for x in entries)
    eye = tuple(tuple(int(i == j) for j in range(f.dimension)) for i in range(f.dimension))
    if name.startswith("relu"):
        assert (f.W, f.h) == (eye, (0,) * f.dimension)
        assert not any(x for row in f.A for x in row)
    else:
        assert (f.C, f.e) == (eye, (0,) * f.dimension)
        assert all(x == 0 for i, row in enumerate(f.A) for j, x in enumerate(row) if i != j)


def test_the_weights_of_the_ordered_network_are_small() -> None:
    """|C| v < v for a positive v, so its spectral radius is less than 1 (Collatz, Wielandt)."""
    C = [[abs(Fraction(str(x))) for x in row] for row in plrnn("relu-rnn-5-ordered").C]
    v = [Fraction(1)] * 5
    for _ in range(10):
        v = [1 + sum(c * x for c, x in zip(row, v)) for row in C]
    assert all(sum(c * x for c, x in zip(row, v)) < x for row, x in zip(C, v))


def test_two_memories() -> None:
    """Nine fixed points, and each coordinate is a monotone function of itself alone."""
    f = certify.load(CASES / "two-memories" / "map.json")
    assert isinstance(f, certify.Network)
    for point in product((-1, 0, 1), repeat=2):
        assert f.values(point) == point
    values = [f.values([Fraction(k, 8), Fraction(-k, 3)])[0] for k in range(-20, 21)]
    assert values == sorted(values)
    assert values[0] == -1
    assert values[-1] == 1
