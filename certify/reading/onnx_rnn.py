"""The RNN operator of ONNX with a state of one number, run without input.

With X = 0 the next state is f(R h + Wb + Rb), https://onnx.ai/onnx/operators/onnx__RNN.html: a map of h alone. The sum
of the biases is exact here; W, which multiplies 0, is checked and then plays no part, and so do X, the number of steps
and the first state.
"""

from __future__ import annotations

from certify.errors import InputError
from certify.network import Activation, Layer
from certify.numbers import Q, rational
from certify.reading.chain import parameterised
from certify.reading.exact import quoted
from certify.reading.onnx_model import LEAKY_RELU_DEFAULT, Graph, Node


def rnn_layer(graph: Graph, node: Node) -> Layer:
    """h -> f(R h + Wb + Rb) of the only node of a graph, for f = Tanh (the default), Sigmoid, Softplus, Elu, Relu, LeakyRelu
    or Affine.

    Raises `InputError` for other activations, two directions, a state of more than one number, `sequence_lens` or `clip`.
    """
    direction = _text(node.attributes.get("direction", b"forward"))
    if direction != "forward":
        raise InputError(node.where, "direction forward", quoted(direction))
    if "clip" in node.attributes or node.input(4):
        raise InputError(
            node.where, "neither clip nor sequence_lens", "clip" if "clip" in node.attributes else "sequence_lens"
        )
    if not graph.outputs or not set(graph.outputs) <= set(node.outputs):
        raise InputError("graph.output", f"outputs of {node.where}", quoted(graph.outputs))
    free = [name for name in (node.input(0), node.input(5)) if name in graph.inputs]
    if node.input(0) not in graph.inputs or set(graph.inputs) != set(free):
        raise InputError("graph.input", "X and at most initial_h", quoted(list(graph.inputs)))
    weight = graph.constant(node, node.inputs[1])
    recurrence = graph.constant(node, node.inputs[2])
    if recurrence.shape != (1, 1, 1) or node.attributes.get("hidden_size", 1) != 1:
        raise InputError(node.where, "R of shape (1, 1, 1): a state of one number", f"shape {recurrence.shape}")
    if weight.ndim != 3 or weight.shape[:2] != (1, 1):
        raise InputError(node.where, "W of shape (1, 1, in)", f"shape {weight.shape}")
    r, bias = rational(recurrence.item()), Q(0)
    if node.input(3):
        biases = graph.constant(node, node.input(3))
        if biases.shape != (1, 2):
            raise InputError(node.where, "B of shape (1, 2)", f"shape {biases.shape}")
        bias = rational(biases[0, 0].item()) + rational(biases[0, 1].item())
    return _with_activation(node, r, bias)


def _with_activation(node: Node, r: Q, bias: Q) -> Layer:
    names = [_text(name) for name in node.attributes.get("activations", [])]
    alphas, betas = _numbers(node, "activation_alpha"), _numbers(node, "activation_beta")
    match [name.lower() for name in names] or ["tanh"], alphas, betas:  # the names are not case sensitive
        case ["relu" | "tanh" | "sigmoid" | "softplus" as name], [], []:
            return Layer([[r]], [bias], Activation(name))
        case ["elu"], _, [] if len(alphas) <= 1:
            return Layer([[r]], [bias], Activation("elu", (alphas[0] if alphas else Q(1),)))
        case ["leakyrelu"], [], []:
            return Layer([[r]], [bias], parameterised(node.where, "leaky_relu", LEAKY_RELU_DEFAULT))
        case ["leakyrelu"], [alpha], []:
            return Layer([[r]], [bias], parameterised(node.where, "leaky_relu", alpha))
        case ["affine"], [alpha], [beta]:
            return Layer([[alpha * r]], [alpha * bias + beta], Activation("identity"))
    got = f"{' '.join(names) or 'Tanh, the default,'} with {len(alphas)} alphas and {len(betas)} betas"
    expected = (
        "Tanh, Sigmoid, Softplus, Relu, Elu or LeakyRelu (with its alpha or none) or Affine (with alpha and beta)"
    )
    raise InputError(node.where, expected, quoted(got))


def _numbers(node: Node, attribute: str) -> list[Q]:
    try:
        return [rational(value) for value in node.attributes.get(attribute, [])]
    except ValueError:
        raise InputError(node.where, f"finite numbers in {attribute}", "others") from None


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
