"""Does the filter ever disagree with exact arithmetic? Draw by draw, on as many draws as one has time for.

    python -m tests.bench.sweep_agreement [--draws 100000] [--seed 1]

The draws are spread over RNN(k, s2) with k = 4, 16, 64 and s2 = 1 ... 1024, and over the ReLU initialisations of the paper's tables.
Where the filter speaks, the exact path must give the same verdict, the same level of order and the same answer about period 3, and the
filter's witness must satisfy its inequality exactly. Prints every disagreement, and exits with 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from certify.families import INITIALISATIONS
from certify.network import Network
from certify.numbers import rational
from certify.sweep.draws import block
from certify.sweep.exact import outcome
from certify.sweep.families import BLOCK, RNN, Cell, Initialised, pairs
from certify.sweep.lines import decide_layers, decide_rnn
from certify.sweep.record import CHAOTIC, NOT_KNOWN, ORDERED, UNDECIDED, Records

RNNS = [RNN(k, rational(s2)) for k in (4, 16, 64) for s2 in (1, 4, 16, 64, 256, 1024)]
TABLES = [
    Initialised(row, width, "relu", clipped, layers)
    for row in INITIALISATIONS
    for width in (2, 4)
    for clipped in (False, True)
    for layers in (2, 3)
]


def filtered(cell: Cell, weights: Any) -> Records:
    """What the filter says of a block."""
    return decide_rnn(*weights) if isinstance(cell, RNN) else decide_layers(pairs(weights), cell.output)


def disagreement(network: Network, record: tuple[int, int, int, int, float]) -> str:
    """What is wrong with what the filter says of a network; "" if nothing is."""
    verdict, level, n, period3, x = record
    if verdict == UNDECIDED:
        return ""
    if verdict == CHAOTIC and not returns(network, Fraction(x), 1 << level, n):
        return "the witness does not satisfy its inequality"
    exact = outcome(network)
    if exact.verdict == UNDECIDED:
        return ""
    if exact.verdict != verdict:
        return f"exactly {exact}"
    if period3 == NOT_KNOWN or exact.period3 not in (NOT_KNOWN, period3):
        return f"period 3: exactly {exact}"
    return f"the level: exactly {exact}" if verdict == ORDERED and exact.level != level else ""


def returns(network: Network, x: Fraction, m: int, n: int) -> bool:
    """Whether g^n(x) <= x < g(x) for g = f^m, by evaluating layer by layer in exact arithmetic."""
    point = first = x
    for step in range(1, m * n + 1):
        point = network.values([point])[0]
        first = point if step == m else first
    return point <= x < first


def draws(cells: list[Cell], count: int, seed: int) -> Iterator[tuple[Cell, int, Network, Any]]:
    """So many draws with what the filter says of them, from the cells in turn."""
    each = -(-count // len(cells))
    for cell in cells:
        for number in range(-(-each // BLOCK)):
            weights = block(cell, seed, number)
            records = filtered(cell, weights)
            for row in range(min(BLOCK, each - number * BLOCK)):
                yield cell, number * BLOCK + row, cell.network(weights, row), records[row].tolist()


def main() -> None:
    """Compares and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=100_000, help="how many (default 100000)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    seen: Counter[str] = Counter()
    wrong = 0
    for cell, draw, network, record in draws([*RNNS, *TABLES], given.draws, given.seed):
        seen[("undecided", "ordered", "chaotic")[record[0]]] += 1
        if found := disagreement(network, record):
            wrong += 1
            print(f"{cell}, draw {draw}: {record}: {found}", flush=True)
    print(f"{sum(seen.values())} draws: {dict(seen)} by the filter, {wrong} disagreements (numpy {np.__version__})")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
