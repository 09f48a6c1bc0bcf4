"""A live `torch.nn` module, read through its attributes; torch itself is never imported here.

A module is recognised by the exact class that torch gives it, because a subclass may compute something else. For the
same reason a module with forward hooks, or with a `forward` of its own, is refused. `Dropout` is the identity once the
module is in evaluation mode, and is refused before.
"""

from __future__ import annotations

import math
from typing import Any

from certify.errors import InputError
from certify.gated import Cell
from certify.network import Activation, Network
from certify.numbers import Q, rational
from certify.reading.chain import Chain, parameterised
from certify.reading.choices import NOT_RECURRENT, Choices
from certify.reading.exact import quoted
from certify.reading.live_cells import CELLS, read_cell
from certify.reading.live_parts import class_of, matrix, require_untouched, vector

_KNOWN = (
    "Sequential, Linear, ReLU, LeakyReLU, Hardtanh, ReLU6, Tanh, Sigmoid, Softplus, GELU, SiLU, ELU, Identity or, in "
    "evaluation mode, Dropout of torch.nn"
)


def read_module(module: Any, choices: Choices) -> Network | Cell:
    """The network that a `torch.nn.Linear` or a (nested) `torch.nn.Sequential` computes, or the map of the state of a
    recurrent cell (`certify.reading.live_cells`), with exactly the weights it holds.

    The module says its activations, so only the domain (and the input of a cell) is to be chosen. A number such as a
    `LeakyReLU`'s slope is the double that the module holds. Raises `InputError` that names the part of the module.
    """
    name = class_of(module)
    if name is None:
        expected = f"a path, or a module: {', '.join(CELLS)}, {_KNOWN}"
        raise InputError("source", expected, quoted(f"{type(module).__module__}.{type(module).__qualname__}"))
    choices.refuse_activation("the module says its activations")
    choices.refuse_output("the module says its activations")
    if name in CELLS:
        return read_cell(module, name, choices)
    choices.refuse_input(NOT_RECURRENT)
    ends = choices.ends()
    chain = Chain()
    _append(chain, "module", module)
    return Network(chain.layers(), ends)


def _append(chain: Chain, where: str, module: Any) -> None:
    name = class_of(module)
    require_untouched(where, module)
    match name:
        case "Sequential":
            # Its own iteration, not children(), which leaves out a module that stands twice.
            for i, part in enumerate(module):
                _append(chain, str(i) if where == "module" else f"{where}.{i}", part)
        case "Linear":
            weight = matrix(f"{where}.weight", module.weight)
            bias = [Q(0)] * len(weight) if module.bias is None else vector(f"{where}.bias", module.bias)
            if not weight or not weight[0] or len(bias) != len(weight):
                raise InputError(
                    where,
                    "a weight of shape (out, in) and a bias of shape (out,)",
                    f"{len(weight)} rows, {len(bias)} biases",
                )
            chain.affine(where, weight, bias)
        case "ReLU":
            chain.activate(Activation("relu"))
        case "ReLU6":
            chain.activate(Activation("relu6"))
        case "LeakyReLU":
            chain.activate(parameterised(where, "leaky_relu", _number(where, module.negative_slope)))
        case "Hardtanh":
            ends = _number(where, module.min_val), _number(where, module.max_val)
            chain.activate(parameterised(where, "hardtanh", *ends))
        case "Tanh" | "Sigmoid" | "SiLU":
            chain.activate(Activation(name.lower()))
        case "ELU":
            chain.activate(parameterised(where, "elu", _number(where, module.alpha)))
        case "GELU":
            if module.approximate != "none":
                raise InputError(where, "GELU(approximate='none'), by the error function", quoted(module.approximate))
            chain.activate(Activation("gelu"))
        case "Softplus":
            # Above its threshold torch computes x instead of log(1 + exp(x)): another function, with a jump.
            if (module.beta, module.threshold) != (1, math.inf):
                got = f"beta = {quoted(module.beta)}, threshold = {quoted(module.threshold)}"
                raise InputError(where, "Softplus with beta = 1 and threshold = float('inf'): no jump to x", got)
            chain.activate(Activation("softplus"))
        case "Identity":
            pass
        case "Dropout" if module.training is False:
            pass
        case "Dropout":
            raise InputError(
                where, "a module in evaluation mode (call .eval())", "Dropout in training mode, which is random"
            )
        case _:
            raise InputError(where, _KNOWN, quoted(f"{type(module).__module__}.{type(module).__qualname__}"))


def _number(where: str, value: Any) -> Q:
    try:
        return rational(value)
    except ValueError:
        raise InputError(where, "a finite number", quoted(value)) from None
