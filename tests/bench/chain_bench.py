"""Covering chains of smooth recurrent networks: how many are proved chaotic, how fast, how long the proof is, how much entropy it shows.

python -m tests.bench.chain_bench [NETWORKS] decides the LSTM and the GRU of Laurent and von Brecht (2017) from ten and three seeds, and
so many random networks of each kind and dimension; they are kept when, in doubles, the largest Lyapunov exponent is above 0.05 and the
second below -0.03. Goals: the LSTM in under 30 s for at least nine seeds of ten, its certificate under 20 kB and checked in under 0.2 s.
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from certify import LSTM, Layer, Network, checker, load, prove
from certify.certificate import to_json
from certify.decision.budget import Budget
from certify.dimension.chains.orbits import exponents, orbits
from certify.dimension.chains.smooth import Smooth, SmoothMap
from certify.mapfile import document

CASES = Path(__file__).parents[2] / "cases"
LIMIT = 60.0


def tanh_rnn(d: int, rng: np.random.Generator) -> Network:
    """Of gain 3, rounded to 6 binary places."""
    weight = np.round(rng.normal(size=(d, d)) * 3 / math.sqrt(d) * 64) / 64
    return Network([Layer(weight, np.round(rng.normal(size=d) * 32) / 64, "tanh")], None)


def lstm(d: int, rng: np.random.Generator) -> LSTM:
    """Of d / 2 units, with weights of size 4, rounded to 6 binary places."""
    k = d // 2
    gates = [np.round(rng.normal(size=(k, k + 1)) * 4 * 64) / 64 for _ in range(4)]
    return LSTM(*((gate[:, :k], gate[:, k] / 8) for gate in gates))


def drawn(kind: Callable[[int, np.random.Generator], SmoothMap], d: int, count: int) -> Iterator[SmoothMap]:
    """Chaotic networks with one expanding direction, from a fixed seed."""
    rng, kept = np.random.default_rng(d), 0
    while kept < count:
        f = kind(d, rng)
        if all(_chaotic(Smooth(f), steps) for steps in (200, 1_000)):
            kept += 1
            yield f


def _chaotic(system: Smooth, steps: int) -> bool:
    found = exponents(system, orbits(system, 4, steps, 2 * steps, np.random.default_rng(0), Budget()), Budget())
    return len(found) > 0 and found[0][0] > 0.05 and found[:, 1].max() < -0.03


class Row(NamedTuple):
    """Whether it was proved, the seconds to prove and to check, the bytes, and the entropy that is shown."""

    proved: bool
    seconds: float
    check: float
    size: int
    entropy: float


def measured(f: SmoothMap, seed: int = 0) -> Row:
    start = time.perf_counter()
    proof = prove(f, time_limit=LIMIT, seed=seed).certificate
    seconds = time.perf_counter() - start
    if proof is None:
        return Row(False, seconds, 0.0, 0, 0.0)
    content, start = document(f), time.perf_counter()
    assert checker.check(content, proof).status == "VALID"
    entropy = math.log(Fraction(proof["growth"]))
    return Row(True, seconds, time.perf_counter() - start, len(to_json(proof)), entropy)


def summary(rows: list[Row]) -> str:
    seconds = [row.seconds for row in rows]
    good = [row for row in rows if row.proved]
    text = (
        f"{len(good)} of {len(rows)} proved; seconds: median {statistics.median(seconds):.1f}, most {max(seconds):.1f}"
    )
    if not good:
        return text
    check, size = max(row.check for row in good), max(row.size for row in good)
    entropies = sorted(row.entropy for row in good)
    return f"{text}; check: most {check:.2f}; bytes: most {size}; entropy: {entropies[0]:.4f} to {entropies[-1]:.4f}"


def main(count: int) -> None:
    for name, seeds in (("lstm", 10), ("gru", 3)):
        f = load(CASES / f"laurent-von-brecht-{name}" / "map.json")
        print(f"Laurent and von Brecht {name}: {summary([measured(f, seed) for seed in range(seeds)])}", flush=True)
    for kind, dimensions in ((tanh_rnn, (3, 4, 6, 8)), (lstm, (4, 8))):
        for d in dimensions:
            rows = [measured(f) for f in drawn(kind, d, count)]
            print(f"{kind.__name__:9} d = {d:2}: {summary(rows)}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
