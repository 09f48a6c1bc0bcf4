"""Recurrent cells with a state of one number, run without input: `torch.nn.RNN` and `torch.nn.RNNCell`.

With input 0 the next state is act(w_hh h + b_ih + b_hh), a map of h alone. The sum of the two biases is exact here,
where torch rounds it; the weights for the input, which multiply 0, are checked and then play no part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from certify.errors import InputError
from certify.network import Layer
from certify.numbers import Q
from certify.reading.choices import Choices
from certify.reading.exact import FloatArray, matrix, quoted, vector

_NAME = re.compile(r"(?P<prefix>(?:.*\.)?)(?P<part>weight_ih|weight_hh|bias_ih|bias_hh)(?P<layer>(?:_l0)?)", re.DOTALL)


def is_recurrent(tensors: Mapping[str, FloatArray]) -> bool:
    """Whether any of the names is that of a recurrent weight."""
    return any(_NAME.fullmatch(name) for name in tensors)


def recurrent_layer(tensors: Mapping[str, FloatArray], choices: Choices) -> Layer:
    """h -> act(w_hh h + b_ih + b_hh), where `act` is the chosen hidden activation: a cell has no output layer to choose
    one for.

    Both biases may be missing (`bias=False`). Raises `InputError` for more than one layer or direction, a state of more
    than one number, and any tensor beside those of one cell.
    """
    choices.refuse_output("a recurrent cell has no output layer; its nonlinearity is --activation")
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
    hidden = tensors[found["weight_hh"]]
    if hidden.shape != (1, 1):
        raise InputError(
            f"tensor {quoted(found['weight_hh'])}", "shape (1, 1): a state of one number", f"shape {hidden.shape}"
        )
    unused = tensors[found["weight_ih"]]
    if unused.ndim != 2 or unused.shape[0] != 1:
        raise InputError(f"tensor {quoted(found['weight_ih'])}", "shape (1, in)", f"shape {unused.shape}")
    bias = sum((vector(found[part], tensors, 1)[0] for part in ("bias_ih", "bias_hh") if part in found), Q(0))
    return Layer(matrix(found["weight_hh"], tensors), [bias], choices.hidden())
