"""ONNX models whose graph is a chain from one input to one output (`pip install certify[onnx]`).

Meanings are those of the operators' specifications, https://onnx.ai/onnx/operators/, on real numbers. The vector that
runs along the chain lies on the last axis of its tensor; the axes before it are a batch, for which every step does the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from certify.errors import InputError
from certify.network import Activation, Network
from certify.numbers import Q, rational, rationals
from certify.reading.chain import Chain, parameterised
from certify.reading.choices import Choices
from certify.reading.exact import FLOATS, FloatArray, Matrix, quoted, require_modest, tensor

if TYPE_CHECKING:
    import onnx

OLDEST_OPSET: Final = 6
LEAKY_RELU_DEFAULT: Final = rational(np.float32(0.01))
"""The specification's default slope is a float32, not the decimal 0.01."""

_FLOAT_TYPES = {1: "float32", 10: "float16", 11: "float64", 16: "bfloat16"}  # TensorProto.DataType


def onnx_network(data: bytes, choices: Choices) -> Network:
    """The network that an ONNX model computes, with exactly the weights that it stores.

    Understood are Gemm, MatMul, Add, Relu, LeakyRelu, Clip (either bound may be missing), Abs, Identity and Constant in
    a chain, or one RNN node with a state of one number (`certify.reading.onnx_rnn`). The graph says its activations, so
    only the domain is to be chosen. Initializers that no node uses have no meaning and are not looked at. Raises
    `InputError` that names the node; data outside the file are never opened.
    """
    model = _parsed(data)
    choices.refuse_activation("an ONNX model says its activations")
    choices.refuse_output("an ONNX model says its activations")
    ends = choices.ends()
    graph = Graph(model)
    if [node.op_type for node in graph.nodes] == ["RNN"]:
        from certify.reading.onnx_rnn import rnn_layer

        return Network([rnn_layer(graph, graph.nodes[0])], ends)
    return Network(_Walk(graph).layers(), ends)


def _parsed(data: bytes) -> onnx.ModelProto:
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


_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "Gemm": ("alpha", "beta", "transA", "transB", "broadcast"),  # `broadcast`: before operator set 7
    "MatMul": (),
    "Add": ("broadcast",),
    "Relu": (),
    "LeakyRelu": ("alpha",),
    "Clip": ("min", "max"),  # before operator set 11
    "Abs": (),
    "Identity": (),
    "Constant": ("value", "value_float", "value_floats"),
    "RNN": (
        "activations",
        "activation_alpha",
        "activation_beta",
        "clip",
        "direction",
        "hidden_size",
        "layout",
        "output_sequence",
    ),
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

    def is_constant(self, name: str) -> bool:
        """Whether the value with this name is stored in the file."""
        return name in self._stored

    def constant(self, node: Node, name: str) -> FloatArray:
        """A stored value. Raises `InputError` when there is none of this name, or it does not hold finite floats."""
        if name not in self._stored:
            raise InputError(node.where, "weights that are stored in the file", f"the computed value {quoted(name)}")
        stored = self._stored[name]
        if isinstance(stored, float | list):
            return tensor(name, np.array(stored, dtype=np.float32))
        from onnx.numpy_helper import to_array

        if stored.data_type not in _FLOAT_TYPES:
            raise InputError(
                f"tensor {quoted(name)}", f"numbers of type {FLOATS}", f"ONNX data type {stored.data_type}"
            )
        try:
            array = to_array(stored)
        except (ValueError, TypeError, OverflowError, MemoryError) as error:
            raise InputError(
                f"tensor {quoted(name)}", "as many numbers as its shape says", quoted(str(error))
            ) from None
        if _FLOAT_TYPES[stored.data_type] == "bfloat16":
            array = array.astype(np.float32)  # exact
        require_modest(array.size)
        return tensor(name, array)


class _Walk:
    """The walk along the chain, with the rank of the tensor that it is at: what a bias adds to depends on it."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._chain = Chain()
        self._steps: dict[str, Callable[[Node], None]] = {
            "Gemm": self._gemm,
            "MatMul": self._matmul,
            "Add": self._add,
            "Relu": lambda _: self._chain.activate(Activation("relu")),
            "LeakyRelu": self._leaky_relu,
            "Clip": self._clip,
            "Abs": lambda _: self._chain.activate(Activation("abs")),
            "Identity": lambda _: None,
        }
        self._at, self._rank = self._input()

    def layers(self) -> list[Any]:
        for node in self._graph.nodes:
            step = self._steps.get(node.op_type)
            if step is None:
                raise InputError(node.where, f"one of {', '.join(self._steps)} in a chain", node.op_type)
            if node.inputs.count(self._at) != 1 or len(node.outputs) != 1:
                raise InputError(node.where, f"a chain: one use of {quoted(self._at)}", f"inputs {quoted(node.inputs)}")
            step(node)
            self._at = node.outputs[0]
        if self._graph.outputs != [self._at]:
            raise InputError(
                "graph.output", f"only {quoted(self._at)}, the end of the chain", quoted(self._graph.outputs)
            )
        return self._chain.layers()

    def _input(self) -> tuple[str, int]:
        if len(self._graph.inputs) != 1:
            raise InputError(
                "graph.input", "one input", f"{len(self._graph.inputs)}: {quoted(list(self._graph.inputs))}"
            )
        ((name, value),) = self._graph.inputs.items()
        kind = value.type.tensor_type
        where = f"input {quoted(name)}"
        if kind.elem_type not in _FLOAT_TYPES:
            raise InputError(where, f"a tensor of type {FLOATS}", f"ONNX data type {kind.elem_type}")
        shape = list(kind.shape.dim) if kind.HasField("shape") else []
        if not shape or shape[-1].dim_value != 1:
            got = "[" + ", ".join(d.dim_param or str(d.dim_value) for d in shape) + "]" if shape else "none, or no axis"
            raise InputError(where, "a shape whose last axis is 1, the one number that is fed back", quoted(got))
        return name, len(shape)

    def _only_first(self, node: Node) -> None:
        if node.inputs[0] != self._at:
            raise InputError(node.where, f"{quoted(self._at)} as its first input", quoted(node.inputs))

    def _gemm(self, node: Node) -> None:
        self._only_first(node)
        if self._rank != 2:
            raise InputError(node.where, "an input of two axes", f"{self._rank} axes")
        if node.attributes.get("transA", 0):
            raise InputError(node.where, "transA = 0", "transA = 1")
        array = self._matrix(node, node.inputs[1])
        alpha, beta = node.number("alpha", Q(1)), node.number("beta", Q(1))
        rows = rationals(array if node.attributes.get("transB", 0) else array.T)
        weight = [[alpha * entry for entry in row] for row in rows]
        self._chain.affine(node.where, weight, [Q(0)] * len(weight))
        if node.input(2):
            self._chain.shift([beta * entry for entry in self._offset(node, node.input(2))])

    def _matmul(self, node: Node) -> None:
        at_left = node.inputs[0] == self._at
        array = self._matrix(node, node.inputs[1 if at_left else 0])
        if not at_left and self._rank != 1:
            raise InputError(node.where, f"{quoted(self._at)} as its first input, or of one axis", f"{self._rank} axes")
        weight: Matrix = rationals(array.T if at_left else array)
        self._chain.affine(node.where, weight, [Q(0)] * len(weight))

    def _add(self, node: Node) -> None:
        other = node.inputs[1 if node.inputs[0] == self._at else 0]
        self._chain.shift(self._offset(node, other))

    def _leaky_relu(self, node: Node) -> None:
        self._chain.activate(parameterised(node.where, "leaky_relu", node.number("alpha", LEAKY_RELU_DEFAULT)))

    def _clip(self, node: Node) -> None:
        self._only_first(node)
        lo, hi = self._bound(node, "min", 1), self._bound(node, "max", 2)
        if lo is not None and hi is not None:
            self._chain.activate(parameterised(node.where, "clip", lo, hi))
        elif lo is not None:  # max(lo, x) = lo + relu(x - lo)
            self._shifted_relu(-lo)
        elif hi is not None:  # min(hi, x) = -(relu(hi - x) - hi)
            self._chain.negate()
            self._shifted_relu(hi)
            self._chain.negate()

    def _shifted_relu(self, shift: Q) -> None:
        there, back = [shift] * self._chain.width, [-shift] * self._chain.width
        if shift:
            self._chain.shift(there)
        self._chain.activate(Activation("relu"))
        if shift:
            self._chain.shift(back)

    def _bound(self, node: Node, name: str, position: int) -> Q | None:
        if name in node.attributes:
            return node.number(name, Q(0))
        if not node.input(position):
            return None
        array = self._graph.constant(node, node.input(position))
        if array.size != 1:
            raise InputError(node.where, f"one number as {name}", f"shape {array.shape}")
        return rational(array.item())

    def _matrix(self, node: Node, name: str) -> FloatArray:
        array = self._graph.constant(node, name)
        if array.ndim != 2 or 0 in array.shape:
            raise InputError(node.where, f"a matrix {quoted(name)}", f"shape {array.shape}")
        return array

    def _offset(self, node: Node, name: str) -> list[Q]:
        """What is added to each unit: one number for each or one for all; no new axes, no rows of a batch."""
        array, width = self._graph.constant(node, name), self._chain.width
        if array.ndim > self._rank or array.size not in (1, width) or (array.size > 1 and array.shape[-1] != width):
            raise InputError(node.where, f"{quoted(name)} of shape ({width},)", f"shape {array.shape}")
        entries: list[Q] = rationals(array.reshape(-1))
        return entries if len(entries) == width else entries * width
