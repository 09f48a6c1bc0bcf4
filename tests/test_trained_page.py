"""The page of trained networks: its table is the data, and the cases are what the page says they are. Nothing is trained here."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import certify
from certify import PLRNN

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGE = (DOCS / "trained-plrnn.md").read_text()
WORDS = " ".join(PAGE.split())
with (DOCS / "trained-plrnn.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))

networks = pytest.mark.parametrize("data", ["lorenz", "logistic"])


def case(data: str) -> tuple[PLRNN, dict[str, Any]]:
    folder = ROOT / "cases" / f"{data}-plrnn"
    f = certify.load(folder / "map.json")
    assert isinstance(f, PLRNN)
    return f, json.loads((folder / "certificate.json").read_text())


def lengths(row: dict[str, str]) -> list[int]:
    return [*map(int, row["words"].split())]


def test_the_table_is_the_data() -> None:
    lines = PAGE[PAGE.index("| data |") :].split("\n\n")[0].splitlines()[2:]
    shown = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [cells[:6] for cells in shown] == [[*row.values()][:6] for row in ROWS]
    for *_, bound in shown:
        row = ROWS[shown.index([*_, bound])]
        if row["growth"]:
            assert bound == f"log({row['growth']}) ≈ {log(Fraction(row['growth'])):.4f}"
        else:
            assert (bound, row["verdict"]) == ("", "UNDECIDED")


def test_two_words_have_the_growth_that_is_claimed() -> None:
    """The sum of z^-t over the words is at least 1, and is not when log z is a hundredth larger."""
    for row in ROWS:
        if row["growth"]:
            z = Fraction(row["growth"])
            assert sum(z**-t for t in lengths(row)) >= 1
            assert sum(float(z) ** (-1.01 * t) for t in lengths(row)) < 1


def test_what_the_page_says_of_the_seeds() -> None:
    largest: dict[str, list[float]] = {"CHAOTIC": [], "UNDECIDED": []}
    for row in ROWS:
        largest[row["verdict"]].append(float(row["exponents"].split()[0]))
    assert min(largest["CHAOTIC"]) > 0 > max(largest["UNDECIDED"])
    assert len(largest["UNDECIDED"]) == 1, "the page speaks of one seed"
    assert [row["data"] for row in ROWS] == ["lorenz"] * 8 + ["logistic"] * 8


@networks
def test_the_first_seed_is_the_case(data: str) -> None:
    f, certificate = case(data)
    assert certify.check(f, certificate).status == "VALID"
    row = next(row for row in ROWS if row["data"] == data)
    assert (row["seed"], row["growth"]) == ("0", certificate["growth"])
    assert lengths(row) == [len(word[2].split()) for word in certificate["words"]]
    d, m = (3, 20) if data == "lorenz" else (2, 8)
    assert (f.dimension, f.units) == (d, m)
    assert f"{d} coordinates and {m} hidden units" in WORDS


@networks
def test_every_weight_is_a_float32(data: str) -> None:
    f, _ = case(data)
    for x in (x for row in (*f.A, *f.W, *f.C, f.e, f.h) for x in row):
        exact = Fraction(str(x))
        assert Fraction(float(np.float32(float(exact)))) == exact


@networks
def test_the_exponents_by_hand(data: str) -> None:
    """Sums of log |r_ii| along one orbit, from another start and in plain numpy; to two places."""
    f, _ = case(data)
    A, W, C = (np.array([[float(x) for x in row] for row in matrix]) for matrix in (f.A, f.W, f.C))
    e, h = (np.array([float(x) for x in vector]) for vector in (f.e, f.h))
    x, frame, total = np.full(f.dimension, 0.1), np.eye(f.dimension), np.zeros(f.dimension)
    steps = 12_000
    for step in range(steps + 1000):
        inputs = C @ x + e
        jacobian = A + (W * (inputs > 0)) @ C
        x = A @ x + W @ np.maximum(inputs, 0) + h
        frame, triangle = np.linalg.qr(jacobian @ frame)
        if step >= 1000:
            total += np.log(abs(np.diag(triangle)))
    row = next(row for row in ROWS if row["data"] == data)
    wanted = [float(number) for number in row["exponents"].split()]
    assert max(abs(total / steps - wanted) / [max(1, abs(number)) for number in wanted]) < 0.03
    assert total[0] > 0


def test_the_first_word_turns_on_a_saddle() -> None:
    """All its patterns are the same, and their affine map has a fixed point in the block, with one eigenvalue beyond 1."""
    f, certificate = case("lorenz")
    first, second = (word[2].split() for word in certificate["words"])
    assert len(set(first)) == 1
    assert len(set(second)) > 2
    on = np.array([int(digit) for digit in first[0]])
    A, W, C = (np.array([[float(x) for x in row] for row in matrix]) for matrix in (f.A, f.W, f.C))
    e, h = (np.array([float(x) for x in vector]) for vector in (f.e, f.h))
    jacobian = A + (W * on) @ C
    fixed = np.linalg.solve(np.eye(3) - jacobian, (W * on) @ e + h)
    assert np.allclose(A @ fixed + W @ np.maximum(C @ fixed + e, 0) + h, fixed)
    assert sorted(abs(np.linalg.eigvals(jacobian)) > 1) == [False, False, True]
    (block,) = certificate["blocks"]
    rows = np.array([[float(Fraction(x)) for x in row] for row in block["rows"]])
    lo, hi = ([float(Fraction(x)) for x in block[key]] for key in ("lo", "hi"))
    assert np.all(lo < rows @ fixed)
    assert np.all(rows @ fixed < hi)
