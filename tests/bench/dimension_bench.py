"""Random recurrent networks in R^d with one expanding direction: how many are proved chaotic, how fast, how long the proof is.

python -m tests.bench.dimension_bench [NETWORKS] draws so many of each kind and dimension; they are kept when, in doubles, the largest
Lyapunov exponent is above 0.05 and the second below -0.03. Goals: at least 95 % certified, in the median under 10 s, none over 60 s;
certificates under 10 kB, checked in under 2 s; the Lozi map in under 2 s.
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from certify import PLRNN, checker, prove
from certify.certificate import to_json
from certify.dimension.orbits import orbits
from certify.dimension.system import System
from certify.mapfile import document

LOZI = PLRNN([["17/10", 1], ["1/2", 0]], [["-17/5"], [0]], [[1, 0]], [0], [1, 0])


def places(array: np.ndarray) -> np.ndarray:
    """Rounded to 8 binary places."""
    return np.round(array * 256) / 256


def relu_rnn(d: int, rng: np.random.Generator) -> PLRNN:
    C = places(rng.normal(size=(d, d)) * 2.5 / math.sqrt(d))
    return PLRNN(np.zeros((d, d)), np.eye(d), C, places(rng.normal(size=d)), np.zeros(d))


def plrnn(d: int, rng: np.random.Generator) -> PLRNN:
    A, W = np.diag(rng.uniform(-0.9, 0.9, d)), rng.normal(size=(d, d)) * 2 / math.sqrt(d)
    return PLRNN(places(A), places(W), np.eye(d), np.zeros(d), places(rng.normal(size=d)))


def drawn(kind: Callable[[int, np.random.Generator], PLRNN], d: int, count: int) -> Iterator[PLRNN]:
    """Networks with one expanding direction, from a fixed seed."""
    rng, kept = np.random.default_rng(d), 0
    while kept < count:
        f = kind(d, rng)
        found = orbits(System(f), 4, 1_000, 4_000, np.random.default_rng(0)).exponents
        if len(found) and found[0][0] > 0.05 and found[0][1] < -0.03:
            kept += 1
            yield f


def measured(f: PLRNN) -> tuple[bool, float, float, int]:
    """Whether it was certified, the seconds to prove and to check, and the bytes."""
    start = time.perf_counter()
    proof = prove(f, time_limit=60).certificate
    proved = time.perf_counter() - start
    if proof is None:
        return False, proved, 0.0, 0
    content, start = document(f), time.perf_counter()
    assert checker.check(content, proof).status == "VALID"
    return True, proved, time.perf_counter() - start, len(to_json(proof))


def main(count: int) -> None:
    print(f"Lozi (1.7, 0.5): {measured(LOZI)[1]:.2f} s")
    total: list[tuple[bool, float, float, int]] = []
    for kind, dimensions in ((relu_rnn, (3, 4, 5)), (plrnn, (2, 3, 5, 8, 10))):
        for d in dimensions:
            rows = [measured(f) for f in drawn(kind, d, count)]
            total += rows
            print(f"{kind.__name__:9} d = {d:2}: {summary(rows)}", flush=True)
    print(f"all: {summary(total)}")


def summary(rows: list[tuple[bool, float, float, int]]) -> str:
    certified, seconds, checks, sizes = zip(*rows)
    return (
        f"{sum(certified)} of {len(rows)} certified; seconds: median {statistics.median(seconds):.1f}, most {max(seconds):.1f}; "
        f"check: most {max(checks):.2f}; bytes: most {max(sizes)}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
