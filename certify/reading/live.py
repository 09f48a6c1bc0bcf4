"""A live `torch.nn` module, read through its attributes; torch itself is never imported here.

A module is recognised by the exact class that torch gives it, because a subclass may compute something else. For the
same reason a module with forward hooks, or with a `forward` of its own, is refused. `Dropout` is the identity once the
module is in evaluation mode, and is refused before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from certify.errors import InputError
from certify.network import Activation, Network
from certify.numbers import Q, rational
from certify.reading.chain import Chain, parameterised
from certify.reading.choices import Choices
from certify.reading.exact import FLOATS, quoted, require_modest

_KNOWN = (
    "Sequential, Linear, ReLU, LeakyReLU, Hardtanh, ReLU6, Tanh, Sigmoid, Softplus, GELU, SiLU, ELU, Identity or, in "
    "evaluation mode, Dropout of torch.nn"
)
_FLOATS = {"torch.float16", "torch.bfloat16", "torch.float32", "torch.float64"}


def read_module(module: Any, choices: Choices) -> Network:
    """The network that a `torch.nn.Linear` or a (nested) `torch.nn.Sequential` computes, with exactly the weights it
    holds.

    The module says its activations, so only the domain is to be chosen. A number such as a `LeakyReLU`'s slope is the
    double that the module holds. Raises `InputError` that names the part of the module.
    """
    if _class_of(module) is None:
        raise InputError(
            "source", f"a path, or a module: {_KNOWN}", quoted(f"{type(module).__module__}.{type(module).__qualname__}")
        )
    choices.refuse_activation("the module says its activations")
    choices.refuse_output("the module says its activations")
    ends = choices.ends()
    chain = Chain()
    _append(chain, "module", module)
    return Network(chain.layers(), ends)


def _append(chain: Chain, where: str, module: Any) -> None:
    name = _class_of(module)
    if vars(module).get("_forward_hooks") or vars(module).get("_forward_pre_hooks") or "forward" in vars(module):
        raise InputError(where, "a module as torch made it", "one with forward hooks or a forward method of its own")
    match name:
        case "Sequential":
            # Its own iteration, not children(), which leaves out a module that stands twice.
            for i, part in enumerate(module):
                _append(chain, str(i) if where == "module" else f"{where}.{i}", part)
        case "Linear":
            weight = _numbers(f"{where}.weight", module.weight, 2)
            bias = [Q(0)] * len(weight) if module.bias is None else _numbers(f"{where}.bias", module.bias, 1)
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


def _class_of(module: Any) -> str | None:
    """The name of a class that torch.nn itself defines, else None."""
    kind = type(module)
    return kind.__name__ if kind.__module__.startswith("torch.nn.modules.") else None


def _number(where: str, value: Any) -> Q:
    try:
        return rational(value)
    except ValueError:
        raise InputError(where, "a finite number", quoted(value)) from None


def _numbers(where: str, tensor: Any, axes: int) -> list[Any]:
    """The (nested) entries: `tolist` widens every float type of torch to doubles, which is exact."""
    if str(tensor.dtype) not in _FLOATS:
        raise InputError(where, f"numbers of type {FLOATS}", str(tensor.dtype))
    if len(tensor.shape) != axes:
        raise InputError(where, f"{axes} axes", f"shape {tuple(tensor.shape)}")
    if str(tensor.device) == "meta":
        raise InputError(where, "numbers", "a tensor on the device 'meta', which holds none")
    require_modest(int(tensor.numel()))
    entries: list[Any] = tensor.detach().tolist()
    if axes == 1:
        return _row(where, entries, ())
    return [_row(where, row, (i,)) for i, row in enumerate(entries)]


def _row(where: str, row: Iterable[float], above: tuple[int, ...]) -> list[Q]:
    numbers = []
    for i, value in enumerate(row):
        try:
            numbers.append(rational(value))
        except ValueError:
            raise InputError(where, "finite numbers", f"{value} at {[*above, i]}") from None
    return numbers
