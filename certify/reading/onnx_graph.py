"""ONNX models whose graph is a chain from one vector to another (`pip install certify[onnx]`).

Meanings are those of the operators' specifications, https://onnx.ai/onnx/operators/, on real numbers. The vector that
runs along the chain lies on the last axis of its tensor; the axes before it are a batch, for which every step does the
same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from certify.errors import InputError
from certify.gated import Cell
from certify.network import Activation, Network
from certify.numbers import Q, rational, rationals
from certify.reading.cells import GATES
from certify.reading.chain import Chain, parameterised
from certify.reading.choices import NOT_RECURRENT, Choices
from certify.reading.exact import FLOATS, FloatArray, Matrix, quoted
from certify.reading.onnx_model import FLOAT_TYPES, LEAKY_RELU_DEFAULT, Graph, Node, parsed
from certify.reading.onnx_rnn import cell_map


def onnx_map(data: bytes, choices: Choices) -> Network | Cell:
    """The network that an ONNX model computes, or the map of a recurrent cell's state, with exactly the weights that it stores.

    Understood are Gemm, MatMul, Add, Relu, LeakyRelu, Clip (either bound may be missing), Abs, Tanh, Sigmoid, Sigmoid
    times its input, Softplus, Gelu by the error function, Elu, Sin, Identity and Constant in a chain; or one RNN, GRU or LSTM
    node (`certify.reading.onnx_rnn`). The graph says its activations, so only the domain, and the constant input of a cell, are
    to be chosen. Initializers that no node uses have no meaning and are not looked at. Raises
    `InputError` that names the node; data outside the file are never opened.
    """
    model = parsed(data)
    choices.refuse_activation("an ONNX model says its activations")
    choices.refuse_output("an ONNX model says its activations")
    graph = Graph(model)
    if any(node.op_type in GATES for node in graph.nodes):
        return cell_map(graph, choices)
    choices.refuse_input(NOT_RECURRENT)
    ends = choices.ends()
    return Network(_Walk(graph).layers(), ends)


SILU = "Sigmoid times its input"


def _with_silu(nodes: list[Node]) -> list[Node]:
    """The nodes, of which a Sigmoid and the Mul of its input with its output are one: SiLU has no operator of its own."""
    joined = list[Node]()
    for node in nodes:
        before = joined[-1] if joined else None
        if (
            before is not None
            and (before.op_type, node.op_type) == ("Sigmoid", "Mul")
            and sorted(node.inputs) == sorted([before.inputs[0], before.outputs[0]])
        ):
            node.op_type, node.inputs = SILU, before.inputs
            joined.pop()
        joined.append(node)
    return joined


class _Walk:
    """The walk along the chain, with the rank of the tensor that it is at: what a bias adds to depends on it."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._steps: dict[str, Callable[[Node], None]] = {
            "Gemm": self._gemm,
            "MatMul": self._matmul,
            "Add": self._add,
            "Relu": lambda _: self._chain.activate(Activation("relu")),
            "LeakyRelu": self._leaky_relu,
            "Clip": self._clip,
            "Abs": lambda _: self._chain.activate(Activation("abs")),
            "Tanh": lambda _: self._chain.activate(Activation("tanh")),
            "Sigmoid": lambda _: self._chain.activate(Activation("sigmoid")),
            SILU: lambda _: self._chain.activate(Activation("silu")),
            "Softplus": lambda _: self._chain.activate(Activation("softplus")),
            "Gelu": self._gelu,
            "Elu": lambda node: self._chain.activate(parameterised(node.where, "elu", node.number("alpha", Q(1)))),
            "Sin": lambda _: self._chain.activate(Activation("sin")),
            "Identity": lambda _: None,
        }
        self._at, self._rank = self._input()

    def layers(self) -> list[Any]:
        for node in _with_silu(self._graph.nodes):
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
        if kind.elem_type not in FLOAT_TYPES:
            raise InputError(where, f"a tensor of type {FLOATS}", f"ONNX data type {kind.elem_type}")
        shape = list(kind.shape.dim) if kind.HasField("shape") else []
        if not shape or shape[-1].dim_value < 1:
            got = "[" + ", ".join(d.dim_param or str(d.dim_value) for d in shape) + "]" if shape else "none, or no axis"
            raise InputError(where, "a shape whose last axis has a known length, 1 for a map R -> R", quoted(got))
        self._chain = Chain(shape[-1].dim_value)
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

    def _gelu(self, node: Node) -> None:
        how = node.attributes.get("approximate", b"none")
        if how != b"none":
            raise InputError(node.where, "Gelu by the error function, approximate = none", quoted(how))
        self._chain.activate(Activation("gelu"))

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
