"""Cells: a family of random networks with its parameters, drawn a whole block at a time.

Each draw's weights are doubles, and from then on data: exact. The laws are those of `certify.families`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from certify.errors import InputError
from certify.families import (
    INITIALISATIONS,
    Floats,
    initialised_arrays,
    initialised_from_arrays,
    rnn_from_arrays,
)
from certify.network import Network
from certify.numbers import Q, as_float, rational, text

BLOCK = 1024
"""Draws come in blocks of so many."""
LARGEST_BLOCK = 1 << 26
"""Numbers that the weights of a block may be: half a gigabyte."""

Weights = Sequence[Floats]
"""The arrays of a block, each with one row for each draw."""


@dataclass(frozen=True)
class RNN:
    """RNN(k, s2) of Chatziafratis, Panageas, Sanford and Stavroulakis (2022): clip(sum of a_i relu(x - b_i)) on [0, 1].

    a_i from N(0, s2/k), b_i uniform on [0, 1). The standard deviation is the double sqrt(s2/k), s2 rounded to a double first.
    Raises `InputError` unless 0 < s2 is in the range of doubles.
    """

    width: int
    variance: Q
    family = "rnn"

    def __post_init__(self) -> None:
        _require_size(self)
        if not 1e-300 < as_float(self.variance) < 1e300:
            raise InputError("--variance", "a number from 1e-300 to 1e300", text(self.variance)[:40])

    @property
    def parameters(self) -> dict[str, Any]:
        """What tells the cell from others of its family, as JSON."""
        return {"width": self.width, "variance": text(self.variance)}

    @property
    def numbers(self) -> int:
        """How many random weights and biases a network has."""
        return 2 * self.width

    @property
    def chunk(self) -> int:
        """Blocks that take about a second."""
        return max(1, min(512, 8192 // self.width))

    def draw(self, generator: np.random.Generator) -> Weights:
        """a (BLOCK, k) and b (BLOCK, k): first all a_i, then all b_i.

        The b_i are sorted in each row: as the a_i are exchangeable, that keeps the law of the network.
        """
        a = generator.standard_normal((BLOCK, self.width))
        a *= math.sqrt(as_float(self.variance) / self.width)
        b = generator.random((BLOCK, self.width))
        b.sort(axis=1)
        return a, b

    def network(self, weights: Weights, row: int) -> Network:
        """One draw of the block, exactly."""
        a, b = weights
        return rnn_from_arrays(a[row], b[row])


@dataclass(frozen=True)
class Initialised:
    """A row of the paper's tables, on the line: `certify.families.initialised` with `layers` - 1 hidden layers.

    Raises `InputError`.
    """

    row: str
    width: int
    activation: Literal["relu", "tanh"] = "relu"
    clipped: bool = False
    layers: int = 2

    def __post_init__(self) -> None:
        _require_row(self.row)
        if self.activation not in ("relu", "tanh"):
            raise InputError("--activation", "relu or tanh", self.activation)
        if self.layers not in (2, 3):
            raise InputError("--layers", "2 or 3", f"{self.layers}")
        _require_size(self)

    @property
    def family(self) -> str:
        """The name of the row."""
        return self.row

    @property
    def parameters(self) -> dict[str, Any]:
        """What tells the cell from others of its family, as JSON."""
        return {"width": self.width, "activation": self.activation, "clipped": self.clipped, "layers": self.layers}

    @property
    def numbers(self) -> int:
        """How many weights and biases a network has."""
        return self.width * (3 + (self.layers - 2) * (self.width + 1)) + 1

    @property
    def chunk(self) -> int:
        """Blocks that take about a second."""
        return max(1, (64 if self.activation == "relu" else 8) // self.width)

    @property
    def output(self) -> Literal["identity", "relu", "tanh", "clip"]:
        """The activation of the output; clip is to [0, 1]."""
        return "clip" if self.clipped else "identity" if self.row == "1-he" else self.activation

    def draw(self, generator: np.random.Generator) -> Weights:
        """Weights (BLOCK, out, in), then biases (BLOCK, out), of one layer after another."""
        layers = initialised_arrays(generator, self.row, self.width, self.layers - 1, (BLOCK,))
        return [array for layer in layers for array in layer]

    def network(self, weights: Weights, row: int) -> Network:
        """One draw of the block, exactly."""
        arrays = [(w[row], b[row]) for w, b in pairs(weights)]
        return initialised_from_arrays(arrays, self.row, self.clipped, self.activation)


Cell = RNN | Initialised


def pairs(weights: Weights) -> list[tuple[Floats, Floats]]:
    """The weights and biases of each layer together."""
    return list(zip(weights[::2], weights[1::2]))


def document(cell: Cell) -> dict[str, Any]:
    """The cell as JSON."""
    return {"family": cell.family, **cell.parameters}


def from_document(content: dict[str, Any]) -> Cell:
    """The cell that `document` gave. Raises `InputError`, `KeyError`, `TypeError`."""
    given = dict(content)
    family = given.pop("family")
    if family == "rnn":
        return RNN(**given | {"variance": rational(given["variance"])})
    _require_row(family)
    return Initialised(family, **given)


def variance(given: str, width: int) -> Q:
    """The exact number in text, or the double next to the formula of the paper's first regime, "1/(4*log(k))".

    Raises `InputError`.
    """
    if given.replace(" ", "") == "1/(4*log(k))":
        if width < 2:
            raise InputError("--variance", "1/(4*log(k)) with widths k of at least 2", f"width {width}")
        return rational(1 / (4 * math.log(width)))
    try:
        return rational(given)
    except ValueError as error:
        raise InputError("--variance", "exact numbers, or 1/(4*log(k))", str(error)) from None


def _require_row(row: str) -> None:
    if row not in INITIALISATIONS:
        raise InputError("family", f"rnn, {', '.join(INITIALISATIONS)}", repr(row))


def _require_size(cell: Cell) -> None:
    if cell.width < 1:
        raise InputError("--width", "at least 1", f"{cell.width}")
    if BLOCK * cell.numbers > LARGEST_BLOCK:
        most = f"networks of at most {LARGEST_BLOCK // BLOCK:,} weights and biases"
        raise InputError("--width", most, f"{cell.numbers:,} for width {cell.width}")
