"""Recurrent cells that get the same input at every step, as maps of their state alone.

torch and ONNX both pack the rows of all gates one under the other, in orders of their own. The input x enters each gate
through W x + b, a constant vector, which is summed exactly here, where the frameworks round.
"""

from __future__ import annotations

from dataclasses import dataclass

from certify.errors import InputError
from certify.gated import GRU, LSTM
from certify.network import Activation, Layer, Network
from certify.numbers import Q
from certify.reading.choices import Choices
from certify.reading.exact import Matrix

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
"""How many gates each cell packs: for k units its recurrent weight has so many times k rows."""


@dataclass(frozen=True)
class PackedCell:
    """The numbers of one cell with k units and g gates, packed in g k rows."""

    recurrent: Matrix
    """Of shape (g k, k): what multiplies the state h."""
    recurrent_bias: list[Q]
    driven: list[Q]
    """W x + b of the input x."""

    @property
    def units(self) -> int:
        """k."""
        return len(self.recurrent[0])

    def rnn(self, activation: Activation) -> Layer:
        """h -> activation(R h + b), the one gate of a plain cell."""
        return Layer(*self._gate(0), activation)

    def lstm(self, order: str) -> LSTM:
        """The cell whose gates i, f, g, o are packed in this order."""
        return LSTM(**{name: self._gate(order.index(name)) for name in "ifgo"})

    def gru(self, order: str, reset: str) -> GRU:
        """The cell whose gates r, z, n are packed in this order.

        Where the reset gate acts after the product ("after") it multiplies the recurrent bias of n too, so the two biases of n
        stay apart.
        """
        r, z, n = (self._gate(order.index(name)) for name in "rzn")
        if reset == "before":
            return GRU(r, z, n, reset)
        rows = self._rows(order.index("n"))
        return GRU(r, z, (n[0], self.driven[rows]), reset, self.recurrent_bias[rows])

    def _gate(self, place: int) -> tuple[Matrix, list[Q]]:
        rows = self._rows(place)
        biases = zip(self.driven[rows], self.recurrent_bias[rows], strict=True)
        return self.recurrent[rows], [b + c for b, c in biases]

    def _rows(self, place: int) -> slice:
        return slice(place * self.units, (place + 1) * self.units)


def packed(
    recurrent: Matrix, recurrent_bias: list[Q] | None, weight: Matrix, bias: list[Q] | None, choices: Choices
) -> PackedCell:
    """The cell at the chosen constant input x; a bias that is None adds nothing. Raises `InputError` for the input alone."""
    x, none = choices.inputs(len(weight[0])), [Q(0)] * len(weight)
    rows = zip(weight, bias or none, strict=True)
    driven = [sum((w * value for w, value in zip(row, x, strict=True)), b) for row, b in rows]
    return PackedCell(recurrent, recurrent_bias or none, driven)


def kind_of(where: str, shape: tuple[int, ...]) -> str:
    """Which cell has a recurrent weight of this shape: (k, k) an RNN, (3k, k) a GRU, (4k, k) an LSTM. Raises `InputError`."""
    for kind, gates in GATES.items():
        if len(shape) == 2 and shape[1] > 0 and shape[0] == gates * shape[1]:
            return kind
    raise InputError(where, "shape (k, k) of an RNN, (3k, k) of a GRU or (4k, k) of an LSTM", f"shape {shape}")


def plain(layer: Layer, choices: Choices) -> Network:
    """A plain cell as a map: of the chosen domain for one unit, else of all of R^d."""
    if layer.shape == (1, 1):
        return Network([layer], choices.ends())
    choices.refuse_interval("the state of several units is a point of R^d")
    return Network([layer], None)
