"""Recurrent cells by the names that torch gives their tensors: `torch.nn.RNN`, `GRU`, `LSTM` and the cells of these names.

With a constant input x, zero unless it is chosen, the next state is a function of the state alone, with biases
W_ih x + b_ih + b_hh. The tensors do not say which cell they are of; the number of gates does, and with it the shape of
weight_hh: for k units (k, k) is an RNN, (3k, k) a GRU and (4k, k) an LSTM.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from certify.errors import InputError
from certify.gated import Cell
from certify.network import Network
from certify.numbers import Q
from certify.reading.cells import PackedCell, kind_of, packed, plain
from certify.reading.choices import Choices
from certify.reading.exact import FloatArray, matrix, quoted, vector

TORCH_LSTM, TORCH_GRU = "ifgo", "rzn"
"""The orders in which torch packs the gates."""

_NAME = re.compile(r"(?P<prefix>(?:.*\.)?)(?P<part>weight_ih|weight_hh|bias_ih|bias_hh)(?P<layer>(?:_l0)?)", re.DOTALL)


def is_recurrent(tensors: Mapping[str, FloatArray]) -> bool:
    """Whether any of the names is that of a recurrent weight."""
    return any(_NAME.fullmatch(name) for name in tensors)


def recurrent_map(tensors: Mapping[str, FloatArray], choices: Choices) -> Network | Cell:
    """The map of the cell's state: of an RNN the network h -> act(weight_hh h + bias) of one layer, where `act` is the
    chosen hidden activation.

    Both biases may be missing (`bias=False`). Raises `InputError` for more than one layer or direction, a projection, and any
    tensor beside those of one cell.
    """
    choices.refuse_output("a recurrent cell has no output layer; the nonlinearity of an RNN is --activation")
    names = _parts(tensors)
    where = {part: f"tensor {quoted(name)}" for part, name in names.items()}
    recurrent = tensors[names["weight_hh"]]
    kind = kind_of(where["weight_hh"], recurrent.shape)
    rows = len(recurrent)
    weight = tensors[names["weight_ih"]]
    if weight.ndim != 2 or len(weight) != rows or 0 in weight.shape:
        raise InputError(where["weight_ih"], f"shape ({rows}, in)", f"shape {weight.shape}")
    bias: dict[str, list[Q] | None] = {
        part: vector(names[part], tensors, rows) if part in names else None for part in ("bias_ih", "bias_hh")
    }
    cell = packed(
        matrix(names["weight_hh"], tensors),
        bias["bias_hh"],
        matrix(names["weight_ih"], tensors),
        bias["bias_ih"],
        choices,
    )
    if kind != "RNN":
        choices.refuse_activation(f"these are the tensors of a {kind}, whose activations are sigmoid and tanh")
        return gated(kind, cell, choices)
    return plain(cell.rnn(choices.hidden()), choices)


def gated(kind: str, cell: PackedCell, choices: Choices) -> Cell:
    """The cell of torch's `LSTM` or `GRU`, a map of all of R^d."""
    choices.refuse_interval(f"the state of a {kind} is a point of R^d")
    return cell.lstm(TORCH_LSTM) if kind == "LSTM" else cell.gru(TORCH_GRU, "after")


def _parts(tensors: Mapping[str, FloatArray]) -> dict[str, str]:
    """The names of the tensors of the one cell."""
    found: dict[str, str] = {}
    families = set()
    for name, tensor in tensors.items():
        match = _NAME.fullmatch(name)
        if match is not None:
            families.add((match["prefix"], match["layer"]))
            found[match["part"]] = name
        if match is None or len(families) > 1:
            expected = "nothing beside weight_ih, weight_hh, bias_ih, bias_hh of one recurrent layer"
            raise InputError(f"tensor {quoted(name)}", expected, f"shape {tensor.shape}")
    if set(found) not in ({"weight_ih", "weight_hh"}, {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}):
        raise InputError("tensors", "weight_ih and weight_hh, and either both biases or none", ", ".join(sorted(found)))
    return found
