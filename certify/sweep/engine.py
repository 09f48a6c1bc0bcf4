"""From draws to outcomes: the filters in doubles with a proven error bound first, exact arithmetic for what they leave open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from certify.numbers import Q, as_float, rational, text
from certify.sweep import curves, lines
from certify.sweep.draws import block
from certify.sweep.exact import outcome
from certify.sweep.families import BLOCK, RNN, Cell, Weights, pairs
from certify.sweep.record import ANSWERS, NOT_KNOWN, ORDERED, VERDICTS, Records
from certify.sweep.tally import Tally

BATCH = 1 << 19
"""About so many weights go through a filter together: it works on all draws at once, and should stay in the processor's cache."""


@dataclass
class Decided:
    """The records of draws one after another, how many of them a filter decided, and witnesses that are no doubles, by index."""

    records: Records
    by_filter: int
    exact_points: dict[int, Q] = field(default_factory=dict)


def decide_blocks(cell: Cell, seed: int, numbers: range, draws: int) -> Decided:
    """The outcomes of the first `draws` draws of these blocks."""
    blocks = [block(cell, seed, number) for number in numbers]
    records = in_doubles(cell, [np.concatenate(arrays) for arrays in zip(*blocks)])[:draws]
    left = np.flatnonzero(records["period3"] == NOT_KNOWN)  # and so all that are UNDECIDED
    decided = Decided(records, draws - len(left))
    for i in left.tolist():
        found = outcome(cell.network(blocks[i // BLOCK], i % BLOCK))
        near = np.nan if found.x is None else as_float(found.x)
        if found.x is not None and not (np.isfinite(near) and rational(near) == found.x):
            decided.exact_points[i] = found.x
            near = np.nan
        records[i] = (*found[:4], near)
    return decided


def in_doubles(cell: Cell, weights: Weights) -> Records:
    """What the filters prove of each row; UNDECIDED where they abstain."""
    if isinstance(cell, RNN):
        return lines.decide_rnn(*weights)
    output = cell.output
    if cell.activation == "relu":
        if not hasattr(lines, "decide_layers"):
            from certify.sweep.record import undecided

            return undecided(len(weights[0]))
        return lines.decide_layers(pairs(weights), output)
    assert output != "relu"
    return curves.decide_layers(pairs(weights), output)


class Chunk(NamedTuple):
    """Draws `start`, ..., `stop` - 1 of a cell: what a process works on before it reports. A block begins at `start`."""

    cell: Cell
    seed: int
    cell_number: int
    start: int
    stop: int


class Report(NamedTuple):
    """The outcomes of a chunk: counts, and a line of `witnesses.csv` for every draw that is not ORDERED."""

    chunk: Chunk
    tally: Tally
    witnesses: str


def decide_chunk(chunk: Chunk) -> Report:
    """Decides all draws of a chunk; a pure function, wherever it runs."""
    tally, witnesses = Tally(), []
    step = BLOCK * max(1, BATCH // (BLOCK * chunk.cell.numbers))
    for start in range(chunk.start, chunk.stop, step):
        stop = min(start + step, chunk.stop)
        numbers = range(start // BLOCK, -(-stop // BLOCK))
        decided = decide_blocks(chunk.cell, chunk.seed, numbers, stop - start)
        tally.add(decided.records)
        tally.by_filter += decided.by_filter
        witnesses += [f"{chunk.cell_number},{start + i},{rest}\n" for i, rest in _witnesses(decided)]
    return Report(chunk, tally, "".join(witnesses))


def _witnesses(decided: Decided) -> Iterator[tuple[int, str]]:
    """verdict,level,n,period3,x for every draw that is not ORDERED; x is a hexadecimal double, or else p/q."""
    for i in np.flatnonzero(decided.records["verdict"] != ORDERED).tolist():
        verdict, level, n, period3, x = decided.records[i].tolist()
        point = x.hex() if x == x else text(decided.exact_points[i]) if i in decided.exact_points else ""
        yield i, f"{VERDICTS[verdict]},{level},{n},{ANSWERS[period3]},{point}"
