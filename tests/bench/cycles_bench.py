"""Complete lists of cycles of random recurrent networks in R^d: how long the proof takes, and how long it is.

python -m tests.bench.cycles_bench [NETWORKS] draws so many of each kind and size, all of them as they come, and compares the list with
what the search finds. Goal: with period times units at most 24, proved in under 30 s and checked in a few seconds, of one core.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import NamedTuple

import numpy as np

from certify import PLRNN, checker
from certify.certificate import to_json
from certify.mapfile import document
from certify.verdict import spatial_cycles
from tests.bench.dimension_bench import LOZI, plrnn, relu_rnn

SIZES = ((2, 12), (3, 6), (3, 8), (4, 6), (6, 4), (8, 3), (12, 2), (24, 1), (4, 8), (8, 4))
"""Dimension, which is the number of units, and period."""
LIMIT = 120.0
"""Seconds, by the clock."""


class Row(NamedTuple):
    """Seconds of one core to prove and to check, bytes, numbers of Farkas vectors and of cycles, and of those that the search misses."""

    prove: float
    check: float
    size: int
    vectors: int
    cycles: int
    missed: int


def measured(f: PLRNN, period: int) -> Row | None:
    """None where the time does not suffice."""
    start = time.process_time()
    found = spatial_cycles(f, period, complete=True, time_limit=LIMIT)
    proved = time.process_time() - start
    if (proof := found.certificate) is None:
        return None
    content, start = document(f), time.process_time()
    assert checker.check(content, proof).status == "VALID"
    checked = time.process_time() - start
    missed = {*found.cycles} - {*spatial_cycles(f, period).cycles}
    return Row(proved, checked, len(to_json(proof)), len(proof["vectors"]), len(found.cycles), len(missed))


def summary(rows: list[Row | None]) -> str:
    """One line of a table in Markdown, without its first cells."""
    known = [row for row in rows if row]
    if not known:
        return f"0 of {len(rows)} | | | | | | |"
    prove, check, size, vectors, cycles, missed = zip(*known)
    seconds = f"{statistics.median(prove):.2f} / {max(prove):.2f} | {max(check):.2f}"
    counts = f"{max(size) / 1000:.0f} | {max(vectors)} | {sum(cycles)} | {sum(missed)} |"
    return f"{len(known)} of {len(rows)} | {seconds} | {counts}"


def main(count: int) -> None:
    print(
        "| kind | d | P | d·P | proved | prove: median / most, s | check: most, s | kB: most | vectors: most | cycles | search misses |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for kind in (relu_rnn, plrnn):
        for d, period in SIZES:
            rng = np.random.default_rng(100 * d + period)
            rows = [measured(kind(d, rng), period) for _ in range(count)]
            print(f"| {kind.__name__} | {d} | {period} | {d * period} | {summary(rows)}", flush=True)
    for period in (12, 16, 20):
        print(f"| Lozi (1.7, 0.5) | 2 | {period} | {period} | {summary([measured(LOZI, period)])}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
