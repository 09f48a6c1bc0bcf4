"""Trees of boxes: of random networks and cells that come to rest, how many are proved ordered, how fast, and how long the proof is.

python -m tests.bench.settling_bench [MAPS] draws so many maps of each kind and dimension from fixed seeds; they are kept when all of 64
orbits in doubles come to rest. The weights of the cells are uniform, as PyTorch draws them; `strong` are four times as large. The tanh
networks have the gain 2, so that many have several attracting cycles.
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from certify import GRU, LSTM, Layer, Network, checker, prove
from certify.certificate import to_json
from certify.dimension.chains.smooth import Smooth, SmoothMap
from certify.mapfile import document

Draw = Callable[[int, np.random.Generator], SmoothMap]
LIMIT = 60.0


def tanh_rnn(d: int, rng: np.random.Generator) -> Network:
    """Of gain 2, rounded to 6 binary places."""
    weight = np.round(rng.normal(size=(d, d)) * 2 / math.sqrt(d) * 64) / 64
    return Network([Layer(weight, np.round(rng.normal(size=d) * 16) / 64, "tanh")], None)


def _gates(count: int, k: int, strength: float, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    bound = strength / math.sqrt(k)
    drawn = [np.round(rng.uniform(-bound, bound, size=(k, k + 1)) * 64) / 64 for _ in range(count)]
    return [(one[:, :k], one[:, k]) for one in drawn]


def gru(d: int, rng: np.random.Generator, strength: float = 1) -> GRU:
    """Of d units."""
    return GRU(*_gates(3, d, strength, rng), reset="before")


def lstm(d: int, rng: np.random.Generator, strength: float = 1) -> LSTM:
    """Of d / 2 units."""
    return LSTM(*_gates(4, d // 2, strength, rng))


KINDS: list[tuple[str, Draw, tuple[int, ...]]] = [
    ("tanh", tanh_rnn, (2, 3, 4)),
    ("GRU", gru, (2, 3, 4)),
    ("strong GRU", partial(gru, strength=4), (2, 3)),
    ("LSTM", lstm, (2, 4)),
    ("strong LSTM", partial(lstm, strength=4), (2, 4)),
]


def drawn(draw: Draw, d: int, count: int) -> Iterator[SmoothMap]:
    """Maps whose orbits come to rest, from a fixed seed."""
    rng, kept = np.random.default_rng(d), 0
    while kept < count:
        f = draw(d, rng)
        if rests(Smooth(f)):
            kept += 1
            yield f


def rests(system: Smooth) -> bool:
    """Whether 64 orbits come back, within 16 steps, to where they were after 5,000."""
    x = np.random.default_rng(0).normal(size=(64, system.dimension))
    for _ in range(5_000):
        x = system.step(x)
    later, back = x, np.zeros(len(x), bool)
    for _ in range(16):
        later = system.step(later)
        back |= abs(later - x).max(axis=1) < 1e-9
    return bool(back.all())


class Row(NamedTuple):
    """Whether it was proved, the seconds to prove and to check, the bytes, and the bound on the number of cycles."""

    proved: bool
    seconds: float
    check: float
    size: int
    cycles: int


def measured(f: SmoothMap) -> Row:
    start = time.perf_counter()
    proof = prove(f, time_limit=LIMIT).certificate
    seconds = time.perf_counter() - start
    if proof is None:
        return Row(False, seconds, 0.0, 0, 0)
    content, start = document(f), time.perf_counter()
    assert checker.check(content, proof).status == "VALID"
    assert proof["claim"]["verdict"] == "ORDERED"
    many = len(proof["families"]) if proof["kind"] == "order-tree" else 1
    return Row(True, seconds, time.perf_counter() - start, len(to_json(proof)), many)


def summary(rows: list[Row]) -> str:
    seconds, good = [row.seconds for row in rows], [row for row in rows if row.proved]
    text = (
        f"{len(good)} of {len(rows)} proved; seconds: median {statistics.median(seconds):.1f}, most {max(seconds):.1f}"
    )
    if not good:
        return text
    check, size, cycles = (max(one) for one in zip(*(row[2:] for row in good)))
    several = sum(row.cycles > 1 for row in good)
    return f"{text}; check: most {check:.2f}; bytes: most {size}; cycles: most {cycles}, {several} times several"


def main(count: int) -> None:
    for name, draw, dimensions in KINDS:
        for d in dimensions:
            rows = [measured(f) for f in drawn(draw, d, count)]
            print(f"{name:11} d = {d}: {summary(rows)}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
