"""What a sweep is: cells, draws of each, a seed. All results are a function of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np

from certify.errors import InputError
from certify.sweep.draws import GENERATOR, digest
from certify.sweep.engine import Chunk
from certify.sweep.families import BLOCK, RNN, Cell, Initialised, document, from_document, variance

FORMAT, VERSION = "certify-sweep", 1

SPREAD = 32
"""A cell makes at least so many chunks, where it has as many blocks, so that there is work for many processes."""


@dataclass(frozen=True)
class Sweep:
    """The draws 0, ..., `draws` - 1 of each cell under one seed."""

    cells: tuple[Cell, ...]
    draws: int
    seed: int

    def chunks(self) -> Iterator[Chunk]:
        """The whole work in order, in pieces of about a second; a function of the sweep alone."""
        for number, cell in enumerate(self.cells):
            blocks = -(-self.draws // BLOCK)
            step = BLOCK * max(1, min(cell.chunk, blocks // SPREAD))
            for start in range(0, self.draws, step):
                yield Chunk(cell, self.seed, number, start, min(start + step, self.draws))

    def document(self) -> dict[str, Any]:
        """The content of `sweep.json`, with a digest of block 0 of each cell as this machine draws it."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "seed": self.seed,
            "draws": self.draws,
            "cells": [document(cell) | {"block_0_sha256": digest(cell, self.seed)} for cell in self.cells],
            "block": BLOCK,
            "generator": GENERATOR,
            "numpy": np.__version__,
        }


def read_sweep(content: Any) -> Sweep:
    """The sweep that `Sweep.document` describes, after its streams were drawn again and found the same.

    Raises `InputError`, also where this machine's numpy draws other numbers than those that the sweep was made of.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError("format", f'"{FORMAT}"', repr(content.get("format") if isinstance(content, dict) else content))
    if content.get("version") != VERSION:
        raise InputError("version", f"{VERSION}", f"{content.get('version')!r}")
    if content.get("block") != BLOCK:
        raise InputError("block", f"{BLOCK}", f"{content.get('block')!r}")
    cells, digests = [], []
    try:
        for entry in map(dict, content["cells"]):
            digests.append(entry.pop("block_0_sha256"))
            cells.append(from_document(entry))
        sweep = Sweep(tuple(cells), content["draws"].__index__(), content["seed"].__index__())
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("cells, draws, seed", "those of a sweep", f"{type(error).__name__}: {error}") from None
    for number, cell in enumerate(sweep.cells):
        if digest(cell, sweep.seed) != digests[number]:
            expected = f"the random numbers that the sweep was made of (numpy {content.get('numpy')})"
            raise InputError(f"cells[{number}]", expected, f"others from numpy {np.__version__}")
    return sweep


def grid(
    family: str,
    widths: list[int],
    variances: list[str] | None = None,
    activation: Literal["relu", "tanh"] = "relu",
    clipped: bool = False,
    layers: int = 2,
) -> tuple[Cell, ...]:
    """The cells of a family, one for each width and, for RNN(k, s2), each variance (`families.variance`). Raises `InputError`."""
    if family == "rnn":
        return tuple(RNN(width, variance(given, width)) for width, given in product(widths, variances or ()))
    return tuple(Initialised(family, width, activation, clipped, layers) for width in widths)
