"""An ONNX file as nodes and stored constants, with what no chain can have refused (`pip install certify[onnx]`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from certify.errors import InputError
from certify.numbers import Q, rational
from certify.reading.exact import FLOATS, FloatArray, quoted, require_modest, tensor

if TYPE_CHECKING:
    import onnx

OLDEST_OPSET: Final = 6
LEAKY_RELU_DEFAULT: Final = rational(np.float32(0.01))
"""The specification's default slope is a float32, not the decimal 0.01."""

FLOAT_TYPES = {1: "float32", 10: "float16", 11: "float64", 16: "bfloat16"}  # TensorProto.DataType


def parsed(data: bytes) -> onnx.ModelProto:
    try:
        import onnx
    except ModuleNotFoundError:
        raise InputError(
            "onnx", "the package onnx, which reads such files (pip install certify[onnx])", "no such package"
        ) from None
    try:
        model = onnx.load_model_from_string(data)
    except Exception:  # protobuf's DecodeError, which has no typed home
        raise InputError("content", "an ONNX model", "bytes that are none") from None
    _refuse_beyond_a_chain(model)
    try:
        onnx.checker.check_model(model)
    except (onnx.checker.ValidationError, ValueError, RuntimeError) as error:
        lines = str(error).splitlines() or [type(error).__name__]
        raise InputError("model", "a valid ONNX model", quoted(lines[0])) from None
    return model


def _refuse_beyond_a_chain(model: onnx.ModelProto) -> None:
    """Refuses what has no place in a chain before the library's checker sees it, which would follow external data."""
    versions = {opset.domain: opset.version for opset in model.opset_import}
    version = versions.get("", versions.get("ai.onnx", 0))
    if version < OLDEST_OPSET:
        raise InputError("opset_import", f"operator set {OLDEST_OPSET} or later", str(version))
    if model.functions:
        raise InputError("functions", "a model without functions of its own", quoted(model.functions[0].name))
    if model.graph.sparse_initializer:
        raise InputError("sparse_initializer", "dense initializers", "a sparse one")
    for stored in model.graph.initializer:
        _refuse_external(stored)
    for node in model.graph.node:
        known = _ATTRIBUTES.get(node.op_type) if node.domain in ("", "ai.onnx") else None
        if known is None:
            name = f"{node.domain}.{node.op_type}" if node.domain not in ("", "ai.onnx") else node.op_type
            raise InputError(_place(node), f"an operator out of {', '.join(_ATTRIBUTES)}", quoted(name))
        for attribute in node.attribute:
            if attribute.name not in known or attribute.ref_attr_name:
                raise InputError(
                    _place(node), f"no attributes but {', '.join(known) or 'none'}", quoted(attribute.name)
                )
            _refuse_external(attribute.t)


def _refuse_external(stored: onnx.TensorProto) -> None:
    if stored.data_location == 1 or stored.external_data:
        raise InputError(f"tensor {quoted(stored.name)}", "numbers inside the file", "external data")


def _place(node: onnx.NodeProto) -> str:
    label = node.name or (node.output[0] if node.output else "")
    return f"node {quoted(label)}"


_CELL = (
    "activations",
    "activation_alpha",
    "activation_beta",
    "clip",
    "direction",
    "hidden_size",
    "layout",
    "output_sequence",  # before operator set 7
)

_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "Gemm": ("alpha", "beta", "transA", "transB", "broadcast"),  # `broadcast`: before operator set 7
    "MatMul": (),
    "Add": ("broadcast",),
    "Relu": (),
    "LeakyRelu": ("alpha",),
    "Clip": ("min", "max"),  # before operator set 11
    "Abs": (),
    "Tanh": (),
    "Sigmoid": (),
    "Mul": ("broadcast",),
    "Softplus": (),
    "Gelu": ("approximate",),
    "Elu": ("alpha",),
    "Sin": (),
    "Identity": (),
    "Constant": ("value", "value_float", "value_floats", "value_int", "value_ints"),
    "RNN": _CELL,
    "GRU": (*_CELL, "linear_before_reset"),
    "LSTM": (*_CELL, "input_forget"),
    # What exporters put around a cell: numbers move, none is computed with.
    "Transpose": ("perm",),
    "Squeeze": ("axes",),
    "Unsqueeze": ("axes",),
    "Reshape": ("allowzero",),
    "Slice": ("axes", "starts", "ends"),
    "Gather": ("axis",),
    "Concat": ("axis",),
    "Expand": (),
    "Shape": ("start", "end"),
    "ConstantOfShape": ("value",),
}


class Node:
    """One node, with its attributes as Python values."""

    def __init__(self, proto: onnx.NodeProto) -> None:
        from onnx.helper import get_attribute_value

        self.op_type = proto.op_type
        self.where = f"{_place(proto)} ({proto.op_type})"
        self.inputs = list(proto.input)
        self.outputs = list(proto.output)
        self.attributes: dict[str, Any] = {a.name: get_attribute_value(a) for a in proto.attribute}

    def input(self, index: int) -> str:
        """The name of an input, or "" for an optional one that is left out."""
        return self.inputs[index] if index < len(self.inputs) else ""

    def number(self, attribute: str, default: Q) -> Q:
        """A float attribute, exactly. Raises `InputError` where it is not finite."""
        value = self.attributes.get(attribute, default)
        try:
            return rational(value)
        except ValueError:
            raise InputError(self.where, f"a finite {attribute}", quoted(value)) from None


class Graph:
    """The nodes that compute something, the constants by name, and the inputs and outputs."""

    def __init__(self, model: onnx.ModelProto) -> None:
        graph = model.graph
        self._stored: dict[str, Any] = {stored.name: stored for stored in graph.initializer}
        self.nodes: list[Node] = []
        for proto in graph.node:
            node = Node(proto)
            if node.op_type == "Constant":
                (value,) = node.attributes.values()
                self._stored[node.outputs[0]] = value
            elif node.op_type == "Identity" and node.inputs[0] in self._stored:
                self._stored[node.outputs[0]] = self._stored[node.inputs[0]]
            else:
                self.nodes.append(node)
        self.inputs = {value.name: value for value in graph.input if value.name not in self._stored}
        self.outputs = [value.name for value in graph.output]

    def constant(self, node: Node, name: str) -> FloatArray:
        """A stored value. Raises `InputError` when there is none of this name, or it does not hold finite floats."""
        if name not in self._stored:
            raise InputError(node.where, "weights that are stored in the file", f"the computed value {quoted(name)}")
        stored = self._stored[name]
        if isinstance(stored, float | list):
            return tensor(name, np.array(stored, dtype=np.float32))
        from onnx.numpy_helper import to_array

        if stored.data_type not in FLOAT_TYPES:
            raise InputError(
                f"tensor {quoted(name)}", f"numbers of type {FLOATS}", f"ONNX data type {stored.data_type}"
            )
        try:
            array = to_array(stored)
        except (ValueError, TypeError, OverflowError, MemoryError) as error:
            raise InputError(
                f"tensor {quoted(name)}", "as many numbers as its shape says", quoted(str(error))
            ) from None
        if FLOAT_TYPES[stored.data_type] == "bfloat16":
            array = array.astype(np.float32)  # exact
        require_modest(array.size)
        return tensor(name, array)
