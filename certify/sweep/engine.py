"""From draws to outcomes: the filters in doubles with a proven error bound first, exact arithmetic for what they leave open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


@dataclass
class Decided:
    """The records of draws one after another, how many of them a filter decided, and witnesses that are no doubles, by index."""

    records: Records
    by_filter: int
    exact_points: dict[int, Q] = field(default_factory=dict)


def decide_blocks(cell: Cell, seed: int, numbers: range, draws: int) -> Decided:
    """The outcomes of the first `draws` draws of these blocks."""
    records = in_doubles(cell, (block(cell, seed, number) for number in numbers))[:draws]
    left = np.flatnonzero(records["period3"] == NOT_KNOWN)  # and so all that are UNDECIDED
    decided = Decided(records, draws - len(left))
    for i in left.tolist():  # few, so that their blocks are drawn again rather than kept
        found = outcome(cell.network(block(cell, seed, numbers[i // BLOCK]), i % BLOCK))
        near = np.nan if found.x is None else as_float(found.x)
        if found.x is not None and not (np.isfinite(near) and rational(near) == found.x):
            decided.exact_points[i] = found.x
            near = np.nan
        records[i] = (*found[:4], near)
    return decided


def in_doubles(cell: Cell, blocks: Iterable[Weights]) -> Records:
    """What the filters prove of the rows of all blocks; UNDECIDED where they abstain."""
    if isinstance(cell, RNN):
        return lines.decide_blocks((a, b) for a, b in blocks)
    weights = pairs([np.concatenate(arrays) for arrays in zip(*blocks)])
    output = cell.output
    if cell.activation == "relu":
        return lines.decide_layers(weights, output)
    assert output != "relu"
    return curves.decide_layers(weights, output)


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
    cell, seed, cell_number, start, stop = chunk
    decided = decide_blocks(cell, seed, range(start // BLOCK, -(-stop // BLOCK)), stop - start)
    tally = Tally(by_filter=decided.by_filter)
    tally.add(decided.records)
    witnesses = [f"{cell_number},{start + i},{rest}\n" for i, rest in _witnesses(decided)]
    return Report(chunk, tally, "".join(witnesses))


def _witnesses(decided: Decided) -> Iterator[tuple[int, str]]:
    """verdict,level,n,period3,x for every draw that is not ORDERED; x is a hexadecimal double, or else p/q."""
    for i in np.flatnonzero(decided.records["verdict"] != ORDERED).tolist():
        verdict, level, n, period3, x = decided.records[i].tolist()
        point = x.hex() if x == x else text(decided.exact_points[i]) if i in decided.exact_points else ""
        yield i, f"{VERDICTS[verdict]},{level},{n},{ANSWERS[period3]},{point}"
