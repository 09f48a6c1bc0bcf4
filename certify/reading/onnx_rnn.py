"""The operators RNN, GRU and LSTM of ONNX as maps of their state, at a constant input.

The equations, the order of the gates (z, r, h in GRU; i, o, f, c in LSTM) and the defaults are those of
https://onnx.ai/onnx/operators/onnx__LSTM.html and its neighbours. The sums of the biases are exact here. The number of
steps and the first state play no part.
"""

from __future__ import annotations

from certify.errors import InputError
from certify.gated import Cell
from certify.network import Activation, Layer, Network
from certify.numbers import Q, rational, rationals
from certify.reading.cells import GATES, PackedCell, packed, plain
from certify.reading.chain import parameterised
from certify.reading.choices import Choices
from certify.reading.exact import quoted
from certify.reading.onnx_model import LEAKY_RELU_DEFAULT, Graph, Node

ONNX_LSTM, ONNX_GRU = "iofg", "zrn"
"""The orders in which ONNX packs the gates, by their letters in torch, where c is g and h is n."""

_MOVES = ("Identity", "Transpose", "Squeeze", "Unsqueeze", "Reshape")
_MOVES_AND_SHAPES = (*_MOVES, "Slice", "Gather", "Concat", "Expand", "Shape", "ConstantOfShape")


def cell_map(graph: Graph, choices: Choices) -> Network | Cell:
    """The map of the state of the one cell in a graph that has one, whose other nodes only move numbers about, as exporters write.

    An RNN is h -> f(R h + W x + Wb + Rb) for f = Tanh (the default), Sigmoid, Softplus, Elu, Relu, LeakyRelu or Affine; GRU and
    LSTM have their default activations. Raises `InputError` for others, a second cell or direction, `sequence_lens`, `clip`,
    peepholes (`P`) and `input_forget`.
    """
    node = next(node for node in graph.nodes if node.op_type in GATES)
    for other in graph.nodes:
        if other is not node and other.op_type not in _MOVES_AND_SHAPES:
            raise InputError(
                other.where, f"no node beside {node.where} but {', '.join(_MOVES_AND_SHAPES)}", other.op_type
            )
    _require_plain(node)
    _require_ends(graph, node)
    cell = _cell(graph, node, choices)
    if node.op_type == "RNN":
        return plain(_activated(node, cell), choices)
    _require_default_activations(node)
    choices.refuse_interval(f"the state of node {node.op_type} is a point of R^d")
    if node.op_type == "LSTM":
        return cell.lstm(ONNX_LSTM)
    return cell.gru(ONNX_GRU, "after" if node.attributes.get("linear_before_reset", 0) else "before")


def _require_plain(node: Node) -> None:
    direction = _text(node.attributes.get("direction", b"forward"))
    if direction != "forward":
        raise InputError(node.where, "direction forward", quoted(direction))
    names = {4: "sequence_lens", 7: "peepholes (P)"}
    more = [name for place, name in names.items() if node.input(place)]
    more += ["clip"] * ("clip" in node.attributes) + ["input_forget"] * bool(node.attributes.get("input_forget", 0))
    if more:
        raise InputError(node.where, "neither clip, input_forget, sequence_lens nor peepholes", more[0])


def _require_ends(graph: Graph, node: Node) -> None:
    """The cell's input is an input of the graph, and the graph's outputs are the cell's, but for where their numbers stand."""
    makers = {output: other for other in graph.nodes for output in other.outputs}
    at = node.input(0)
    while (maker := makers.get(at)) and maker.op_type in _MOVES:
        at = maker.inputs[0]
    if at not in graph.inputs:
        raise InputError(node.where, "an input of the graph as its input X", quoted(at))
    known = set(node.outputs)
    for other in graph.nodes:
        known |= {*other.outputs} if known & {*other.inputs} else set()
    if not graph.outputs or not known.issuperset(graph.outputs):
        raise InputError("graph.output", f"outputs of {node.where}", quoted(graph.outputs))


def _cell(graph: Graph, node: Node, choices: Choices) -> PackedCell:
    gates = GATES[node.op_type]
    weight, recurrent = (graph.constant(node, node.inputs[place]) for place in (1, 2))
    k = recurrent.shape[-1] if recurrent.ndim else 0
    if k < 1 or recurrent.shape != (1, gates * k, k) or node.attributes.get("hidden_size", k) != k:
        rows = "k" if gates == 1 else f"{gates} k"
        raise InputError(node.where, f"R of shape (1, {rows}, k), k = hidden_size", f"shape {recurrent.shape}")
    if weight.ndim != 3 or weight.shape[:2] != (1, gates * k) or weight.shape[2] < 1:
        raise InputError(node.where, f"W of shape (1, {gates * k}, in)", f"shape {weight.shape}")
    bias = recurrent_bias = None
    if node.input(3):
        biases = graph.constant(node, node.input(3))
        if biases.shape != (1, 2 * gates * k):
            raise InputError(node.where, f"B of shape (1, {2 * gates * k})", f"shape {biases.shape}")
        bias, recurrent_bias = (rationals(part) for part in biases.reshape(2, -1))
    return packed(rationals(recurrent[0]), recurrent_bias, rationals(weight[0]), bias, choices)


def _require_default_activations(node: Node) -> None:
    names, alphas, betas = _activations(node)
    expected = ["sigmoid", "tanh", "tanh"][: 3 if node.op_type == "LSTM" else 2]
    if [name.lower() for name in names or expected] != expected or alphas or betas:
        got = f"{' '.join(names)} with {len(alphas)} alphas and {len(betas)} betas"
        raise InputError(node.where, f"activations {' '.join(expected)}", quoted(got))


def _activated(node: Node, cell: PackedCell) -> Layer:
    names, alphas, betas = _activations(node)
    match [name.lower() for name in names] or ["tanh"], alphas, betas:  # the names are not case sensitive
        case ["relu" | "tanh" | "sigmoid" | "softplus" as name], [], []:
            return cell.rnn(Activation(name))
        case ["elu"], _, [] if len(alphas) <= 1:
            return cell.rnn(Activation("elu", (alphas[0] if alphas else Q(1),)))
        case ["leakyrelu"], [], []:
            return cell.rnn(parameterised(node.where, "leaky_relu", LEAKY_RELU_DEFAULT))
        case ["leakyrelu"], [alpha], []:
            return cell.rnn(parameterised(node.where, "leaky_relu", alpha))
        case ["affine"], [alpha], [beta]:
            line = cell.rnn(Activation("identity"))
            weight = [[alpha * w for w in row] for row in line.weight]
            return Layer(weight, [alpha * b + beta for b in line.bias], line.activation)
    got = f"{' '.join(names) or 'Tanh, the default,'} with {len(alphas)} alphas and {len(betas)} betas"
    expected = (
        "Tanh, Sigmoid, Softplus, Relu, Elu or LeakyRelu (with its alpha or none) or Affine (with alpha and beta)"
    )
    raise InputError(node.where, expected, quoted(got))


def _activations(node: Node) -> tuple[list[str], list[Q], list[Q]]:
    """The names of the activations, their alphas and their betas, as far as they are given."""
    names = [_text(name) for name in node.attributes.get("activations", [])]
    return names, _numbers(node, "activation_alpha"), _numbers(node, "activation_beta")


def _numbers(node: Node, attribute: str) -> list[Q]:
    try:
        return [rational(value) for value in node.attributes.get(attribute, [])]
    except ValueError:
        raise InputError(node.where, f"finite numbers in {attribute}", "others") from None


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
