"""Random recurrent networks in R^d: how many are proved chaotic, how fast, how long the proof is; and how much entropy is proved.

python -m tests.bench.dimension_bench [NETWORKS] draws so many of each kind and dimension. With one expanding direction: in doubles,
the largest Lyapunov exponent is above 0.05 and the second below -0.03. Goals: at least 95 % certified, in the median under 10 s, none
over 60 s; certificates under 10 kB, checked in under 2 s; the Lozi map in under 2 s, and with --entropy at least 0.44. With several
expanding directions, the second exponent above 0.01, there is no goal.
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from certify import PLRNN, checker, prove
from certify.certificate import to_json
from certify.dimension.horseshoes.orbits import orbits
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


def wild_plrnn(d: int, rng: np.random.Generator) -> PLRNN:
    """Its units hold one another down, which keeps several expanding directions bounded more often."""
    A, W = np.diag(rng.uniform(-0.9, 0.9, d)), rng.normal(size=(d, d)) * 2 / math.sqrt(d) - 4 / d
    return PLRNN(places(A), places(W), np.eye(d), np.zeros(d), places(rng.normal(size=d) / 2 + 1))


Kind = Callable[[int, np.random.Generator], PLRNN]


def one_expands(found: np.ndarray) -> bool:
    return bool(found[0] > 0.05 and found[1] < -0.03)


def several_expand(found: np.ndarray) -> bool:
    return bool(found[1] > 0.01)


def drawn(kind: Kind, d: int, count: int, wanted: Callable[[np.ndarray], bool] = one_expands) -> Iterator[PLRNN]:
    """Networks whose exponents are wanted, from a fixed seed."""
    rng, kept = np.random.default_rng(d), 0
    while kept < count:
        f = kind(d, rng)
        if wanted(largest(f, 1, 300, 300)) and wanted(largest(f, 4, 1_000, 4_000)):
            kept += 1
            yield f


def largest(f: PLRNN, count: int, steps: int, transient: int) -> np.ndarray:
    """The exponents of the most chaotic orbit; all -1 where every orbit diverges."""
    found = orbits(System(f), count, steps, transient, np.random.default_rng(0)).exponents
    return found[0] if len(found) else np.full(f.dimension, -1.0)


def measured(f: PLRNN) -> tuple[bool, float, float, int]:
    """Whether it was certified, the seconds to prove and to check, and the bytes."""
    start = time.perf_counter()
    proof = prove(f).certificate
    proved = time.perf_counter() - start
    if proof is None:
        return False, proved, 0.0, 0
    content, start = document(f), time.perf_counter()
    assert checker.check(content, proof).status == "VALID"
    return True, proved, time.perf_counter() - start, len(to_json(proof))


def main(count: int) -> None:
    print(f"Lozi (1.7, 0.5): {measured(LOZI)[1]:.2f} s")
    most_entropy()
    total: list[tuple[bool, float, float, int]] = []
    for kind, dimensions in ((relu_rnn, (3, 4, 5)), (plrnn, (2, 3, 5, 8, 10))):
        for d in dimensions:
            rows = [measured(f) for f in drawn(kind, d, count)]
            total += rows
            print(f"{kind.__name__:9} d = {d:2}: {summary(rows)}", flush=True)
    print(f"all: {summary(total)}")
    for d in (8, 10):
        rows = [measured(f) for f in drawn(wild_plrnn, d, count, several_expand)]
        print(f"several expanding directions, d = {d:2}: {summary(rows)}", flush=True)


def most_entropy() -> None:
    """What --entropy finds for the Lozi map."""
    start = time.perf_counter()
    proof = prove(LOZI, entropy=True).certificate
    assert proof is not None
    size, entropy = len(to_json(proof)), math.log(Fraction(proof["growth"]))
    print(f"Lozi, --entropy: {entropy:.4f} in {time.perf_counter() - start:.1f} s, {size} bytes", flush=True)


def summary(rows: list[tuple[bool, float, float, int]]) -> str:
    certified, seconds, checks, sizes = zip(*rows)
    return (
        f"{sum(certified)} of {len(rows)} certified; seconds: median {statistics.median(seconds):.1f}, most {max(seconds):.1f}; "
        f"check: most {max(checks):.2f}; bytes: most {max(sizes)}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
