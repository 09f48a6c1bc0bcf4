"""From named tensors to a map: what state dicts, .npz and .safetensors files have in common.

Such a file has weights but neither activations nor a domain. Two shapes of it are understood, and a tensor that belongs
to neither is an error, never ignored:

* pairs `<layer>.weight` of shape (out, in) and `<layer>.bias` of shape (out,), as `torch.nn.Linear` has them. A layer
  without a bias, `Linear(..., bias=False)`, adds nothing. The hidden activation, the output activation and the domain
  must be chosen; a single layer has no hidden activation, so none may be chosen for it.
* the tensors of one cell of `torch.nn.RNN`, `GRU` or `LSTM`: see `certify.reading.recurrent`.
"""

from __future__ import annotations

from collections.abc import Mapping

from certify.errors import InputError
from certify.gated import Cell
from certify.network import Layer, Network
from certify.numbers import Q
from certify.reading.chain import Chain
from certify.reading.choices import NOT_RECURRENT, Choices
from certify.reading.exact import FloatArray, matrix, quoted, require_modest, vector
from certify.reading.layer_order import layer_order
from certify.reading.recurrent import is_recurrent, recurrent_map


def map_of(tensors: Mapping[str, FloatArray], choices: Choices, *, file_keeps_order: bool) -> Network | Cell:
    """The network or recurrent cell that the tensors and the choices make. Raises `InputError` naming the tensor or the option."""
    if not tensors:
        raise InputError("tensors", "at least one tensor, <layer>.weight", "none")
    require_modest(sum(array.size for array in tensors.values()))
    if is_recurrent(tensors):
        return recurrent_map(tensors, choices)
    choices.refuse_input(NOT_RECURRENT)
    return Network(_feed_forward(tensors, choices, file_keeps_order), choices.ends())


def _feed_forward(tensors: Mapping[str, FloatArray], choices: Choices, file_keeps_order: bool) -> list[Layer]:
    weights = {name: tensor for name, tensor in tensors.items() if _last(name) == "weight"}
    for name, tensor in tensors.items():
        layer_weight = name.removesuffix("bias") + "weight"
        if name not in weights and not (_last(name) == "bias" and layer_weight in weights):
            raise InputError(
                f"tensor {quoted(name)}",
                "<layer>.weight, or <layer>.bias next to a <layer>.weight",
                f"shape {tensor.shape}",
            )
        if name in weights and (tensor.ndim != 2 or 0 in tensor.shape):
            raise InputError(f"tensor {quoted(name)}", "a matrix of shape (out, in)", f"shape {tensor.shape}")
    order = layer_order(
        {name: (t.shape[0], t.shape[1]) for name, t in weights.items()}, file_keeps_order=file_keeps_order
    )
    if len(order) == 1:
        choices.refuse_activation("the file has a single layer, whose activation is --output")
    chain = Chain()
    for i, name in enumerate(order):
        weight = matrix(name, tensors)
        bias = name.removesuffix("weight") + "bias"
        offset = vector(bias, tensors, len(weight)) if bias in tensors else [Q(0)] * len(weight)
        chain.affine(f"tensor {quoted(name)} of shape {tensors[name].shape}", weight, offset)
        if i < len(order) - 1:
            chain.activate(choices.hidden())
    chain.activate(choices.last())
    return chain.layers()


def _last(name: str) -> str:
    return name.rpartition(".")[2]
