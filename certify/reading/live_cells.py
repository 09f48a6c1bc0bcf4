"""Live recurrent modules of `torch.nn`: RNN, GRU, LSTM and the cells of these names, as maps of their state."""

from __future__ import annotations

from typing import Any

from certify.errors import InputError
from certify.gated import Cell
from certify.network import Activation, Network
from certify.reading.cells import kind_of, packed, plain
from certify.reading.choices import Choices
from certify.reading.exact import quoted
from certify.reading.live_parts import matrix, require_untouched, vector
from certify.reading.recurrent import gated

CELLS = ("RNN", "RNNCell", "GRU", "GRUCell", "LSTM", "LSTMCell")


def read_cell(module: Any, name: str, choices: Choices) -> Network | Cell:
    """The map of the state of a module whose class is one of `CELLS`, as `certify.reading.recurrent` explains it.

    Raises `InputError` for more than one layer or direction, and for a projection. Dropout, which stands between layers,
    does nothing in a single one.
    """
    where, suffix = "module", ""
    require_untouched(where, module)
    if not name.endswith("Cell"):
        suffix = "_l0"
        for attribute, only in (("num_layers", 1), ("bidirectional", False), ("proj_size", 0)):
            if (value := getattr(module, attribute)) != only:
                raise InputError(f"{where}.{attribute}", f"{only}, for a map of the state of one cell", quoted(value))
    recurrent, weight = (
        matrix(f"{where}.{part}{suffix}", getattr(module, part + suffix)) for part in ("weight_hh", "weight_ih")
    )
    biases = [
        vector(f"{where}.{part}{suffix}", getattr(module, part + suffix)) if module.bias else None
        for part in ("bias_hh", "bias_ih")
    ]
    shape = len(recurrent), len(recurrent[0]) if recurrent else 0
    if kind_of(f"{where}.weight_hh{suffix}", shape) != name.removesuffix("Cell"):
        raise InputError(f"{where}.weight_hh{suffix}", f"the shape that a {name} has", f"shape {shape}")
    if len(weight) != len(recurrent) or not weight[0] or any(bias and len(bias) != len(weight) for bias in biases):
        raise InputError(where, f"weights and biases of {len(recurrent)} rows each", "others")
    cell = packed(recurrent, biases[0], weight, biases[1], choices)
    if not name.startswith("RNN"):
        return gated(name.removesuffix("Cell"), cell, choices)
    activation = module.nonlinearity if suffix == "" else module.mode.removeprefix("RNN_").lower()  # what forward obeys
    if activation not in ("relu", "tanh"):
        raise InputError(f"{where}.nonlinearity", "relu or tanh", quoted(activation))
    return plain(cell.rnn(Activation(activation)), choices)
