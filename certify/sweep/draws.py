"""The draws of a cell, numbered: draw i is the same whatever the grid around it, the number of draws and of processes."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from certify.sweep.families import BLOCK, Cell, Weights, document

GENERATOR = "numpy.random.Generator(PCG64(SeedSequence(seed, spawn_key=(eight words of the cell, block))))"
"""The stream that a block is drawn from, for the record."""


def block(cell: Cell, seed: int, number: int) -> Weights:
    """The weights of the draws BLOCK * number, ..., BLOCK * (number + 1) - 1 of a cell.

    The stream is that of `GENERATOR`; the words are the SHA-256 of the cell's canonical JSON, as little-endian 32-bit integers.
    """
    words = np.frombuffer(hashlib.sha256(canonical(cell).encode("ascii")).digest(), "<u4")
    sequence = np.random.SeedSequence(seed, spawn_key=(*words.tolist(), number))
    return cell.draw(np.random.Generator(np.random.PCG64(sequence)))


def place(draw: int) -> tuple[int, int]:
    """The block of a draw, and its row in it."""
    return divmod(draw, BLOCK)


def canonical(cell: Cell) -> str:
    """The JSON of a cell with sorted keys and no spaces."""
    return json.dumps(document(cell), sort_keys=True, separators=(",", ":"))


def digest(cell: Cell, seed: int) -> str:
    """SHA-256 of the doubles of block 0: it tells whether this machine's numpy draws the same stream."""
    found = hashlib.sha256()
    for array in block(cell, seed, 0):
        found.update(np.ascontiguousarray(array, "<f8").tobytes())
    return found.hexdigest()
