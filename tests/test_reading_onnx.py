"""ONNX models: each operator against its formula in fractions, and everything else refused by name."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certify.errors import InputError
from certify.network import Layer, Network
from certify.reading import load, read
from tests.optional import require

onnx = require("onnx")
POINTS = [Fraction(i, 8) for i in range(-32, 33)]
FLOAT = onnx.TensorProto.FLOAT


def f32(x: float) -> Fraction:
    """The float32 nearest to x, which is what an attribute or a float32 tensor stores."""
    return Fraction(struct.unpack("<f", struct.pack("<f", x))[0])


def relu(x: Fraction) -> Fraction:
    return max(Fraction(0), x)


def stored(name: str, values: Any, dtype: Any = np.float32) -> Any:
    return onnx.numpy_helper.from_array(np.array(values, dtype), name)


def node(operator: str, inputs: Sequence[str], output: str = "y", **attributes: Any) -> Any:
    return onnx.helper.make_node(operator, list(inputs), [output], name=f"the {operator}", **attributes)


def model(
    nodes: Sequence[Any],
    initializers: Sequence[Any] = (),
    *,
    shape: Sequence[int | str] | None = ("batch", 1),
    opset: int = 17,
    outputs: Sequence[str] = ("y",),
    inputs: Sequence[Any] | None = None,
    kind: int = FLOAT,
) -> Any:
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        list(nodes),
        "graph",
        [value("x", kind, shape)] if inputs is None else list(inputs),
        [value(name, kind, [f"{name}{i}" for i in range(len(shape or ()))]) for name in outputs],
        list(initializers),
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=8)


def written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "net.onnx"
    path.write_bytes(content.SerializeToString())
    return path


def agree(tmp_path: Path, content: Any, function: Callable[[Fraction], Fraction]) -> Any:
    net = load(written(tmp_path, content), domain="line")
    assert [net(x) for x in POINTS] == [function(x) for x in POINTS]
    return net


def test_gemm_as_torch_exports_it(tmp_path: Path) -> None:
    weights = [stored("w", [[0.1], [-2]]), stored("b", [0.5, 0.25]), stored("v", [[2, -4]]), stored("c", [0.125])]
    nodes = [
        node("Gemm", ["x", "w", "b"], "h", transB=1),
        node("Relu", ["h"], "r"),
        node("Gemm", ["r", "v", "c"], transB=1),
    ]
    net = agree(
        tmp_path,
        model(nodes, weights),
        lambda x: 2 * relu(f32(0.1) * x + Fraction(1, 2)) - 4 * relu(-2 * x + Fraction(1, 4)) + Fraction(1, 8),
    )
    assert net.widths == (2, 1)
    assert (read(tmp_path / "net.onnx", domain="0,1").source or {})["file"] == "net.onnx"


@pytest.mark.parametrize("bias", [0.75, [0.75], [[0.75]]])
def test_gemm_with_alpha_and_beta(bias: Any, tmp_path: Path) -> None:
    content = model([node("Gemm", ["x", "w", "b"], alpha=0.1, beta=3.0)], [stored("w", [[5]]), stored("b", bias)])
    agree(tmp_path, content, lambda x: f32(0.1) * 5 * x + Fraction(9, 4))


def test_gemm_without_bias_and_not_transposed(tmp_path: Path) -> None:
    nodes = [node("Gemm", ["x", "w"], "h"), node("Abs", ["h"], "a"), node("Gemm", ["a", "v"])]
    content = model(nodes, [stored("w", [[1, -2]]), stored("v", [[3], [1]])])
    agree(tmp_path, content, lambda x: 3 * abs(x) + abs(-2 * x))


@pytest.mark.parametrize("shape", [(1,), ("n", 1), (1, 1), ("s", "n", 1)])
@pytest.mark.parametrize("first", [True, False])
def test_matmul_and_add_on_any_number_of_axes(shape: Any, first: bool, tmp_path: Path) -> None:
    nodes = [
        node("MatMul", ["x", "w"], "m"),
        node("Add", ["m", "b"] if first else ["b", "m"], "h"),
        node("Relu", ["h"], "r"),
        node("MatMul", ["r", "v"], "n"),
        node("Add", ["n", "c"]),
    ]
    weights = [stored("w", [[1, 1]]), stored("b", [0, -0.5]), stored("v", [[2], [-4]]), stored("c", 0.5)]
    agree(
        tmp_path,
        model(nodes, weights, shape=shape),
        lambda x: 2 * relu(x) - 4 * relu(x - Fraction(1, 2)) + Fraction(1, 2),
    )


def test_a_matrix_may_stand_first_where_there_is_one_axis(tmp_path: Path) -> None:
    nodes = [node("MatMul", ["w", "x"], "h"), node("Abs", ["h"], "a"), node("MatMul", ["v", "a"])]
    weights = [stored("w", [[1], [-2]]), stored("v", [[3, 1]])]
    agree(tmp_path, model(nodes, weights, shape=(1,)), lambda x: 3 * abs(x) + abs(-2 * x))
    with pytest.raises(InputError, match="of one axis"):
        load(written(tmp_path, model(nodes, weights, shape=(1, 1))), domain="line")


@pytest.mark.parametrize(
    ("operator", "attributes", "function"),
    [
        ("Relu", {}, relu),
        ("Abs", {}, abs),
        ("Identity", {}, lambda x: x),
        ("LeakyRelu", {}, lambda x: x if x >= 0 else f32(0.01) * x),
        ("LeakyRelu", {"alpha": 0.3}, lambda x: x if x >= 0 else f32(0.3) * x),
    ],
)
def test_activations(operator: str, attributes: Any, function: Any, tmp_path: Path) -> None:
    agree(tmp_path, model([node(operator, ["x"], **attributes)]), function)


@pytest.mark.parametrize(
    ("nodes", "activation"),
    [
        ([node("Tanh", ["x"])], "tanh"),
        ([node("Sigmoid", ["x"])], "sigmoid"),
        ([node("Softplus", ["x"])], "softplus"),
        ([node("Gelu", ["x"])], "gelu"),
        ([node("Gelu", ["x"], approximate="none")], "gelu"),
        ([node("Elu", ["x"])], "elu:1"),
        ([node("Elu", ["x"], alpha=0.5)], "elu:1/2"),
        ([node("Sin", ["x"])], "sin"),
        ([node("Sigmoid", ["x"], "s"), node("Mul", ["x", "s"])], "silu"),
        ([node("Sigmoid", ["x"], "s"), node("Mul", ["s", "x"])], "silu"),
    ],
)
def test_smooth_activations(nodes: Any, activation: str, tmp_path: Path) -> None:
    net = load(written(tmp_path, model(nodes, opset=20)), domain="line")
    assert isinstance(net, Network)
    assert [(str(layer.activation), layer.shape) for layer in net.layers] == [(activation, (1, 1))]


def test_the_default_slope_is_not_the_decimal(tmp_path: Path) -> None:
    net = load(written(tmp_path, model([node("LeakyRelu", ["x"])])), domain="line")
    assert net(-1) == Fraction(-5368709, 2**29) != Fraction(-1, 100)


@pytest.mark.parametrize("lo", [None, -0.7, 0.0, 1.5])
@pytest.mark.parametrize("hi", [None, 2.1, 1.5])
@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("after_affine", [True, False])
def test_clip_with_and_without_bounds(
    lo: float | None, hi: float | None, old: bool, after_affine: bool, tmp_path: Path
) -> None:
    def function(x: Fraction) -> Fraction:
        if after_affine:
            x = 3 * x + Fraction(1, 4)
        x = x if lo is None else max(f32(lo), x)
        return x if hi is None else min(f32(hi), x)

    bounds: dict[str, Any] = {name: value for name, value in (("min", lo), ("max", hi)) if value is not None}
    before = [node("Gemm", ["x", "w", "b"], "h")] if after_affine else []
    start = "h" if after_affine else "x"
    if old:
        nodes = [*before, node("Clip", [start], **bounds)]
        weights = []
    else:
        names = [start, "min" if lo is not None else "", *(["max"] if hi is not None else [])]
        nodes = [*before, node("Clip", names)]
        weights = [stored(name, value) for name, value in bounds.items()]
    if after_affine:
        weights += [stored("w", [[3]]), stored("b", [0.25])]
    agree(tmp_path, model(nodes, weights, opset=6 if old else 13), function)


def test_clips_of_many_units(tmp_path: Path) -> None:
    nodes = [
        node("MatMul", ["x", "w"], "h"),
        node("Clip", ["h", "", "top"], "c"),
        node("Clip", ["c", "low"], "d"),
        node("MatMul", ["d", "v"]),
    ]
    weights = [stored("w", [[1, -2]]), stored("v", [[1], [3]]), stored("top", 1.5), stored("low", -2)]
    agree(
        tmp_path,
        model(nodes, weights),
        lambda x: max(Fraction(-2), min(Fraction(3, 2), x)) + 3 * max(Fraction(-2), min(Fraction(3, 2), -2 * x)),
    )


def test_constants_and_names_for_them(tmp_path: Path) -> None:
    nodes = [
        node("Constant", [], "w", value=stored("", [[2]])),
        node("Identity", ["w"], "again"),
        node("Constant", [], "hi", value_float=0.1),
        node("Constant", [], "b", value_floats=[0.5]),
        node("MatMul", ["x", "again"], "m"),
        node("Add", ["m", "b"], "s"),
        node("Clip", ["s", "", "hi"]),
    ]
    agree(tmp_path, model(nodes), lambda x: min(f32(0.1), 2 * x + Fraction(1, 2)))


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (onnx.TensorProto.FLOAT16, struct.pack("<e", 0.1), Fraction(struct.unpack("<e", struct.pack("<e", 0.1))[0])),
        (onnx.TensorProto.BFLOAT16, b"\xcd\x3d", Fraction(205, 2048)),
        (onnx.TensorProto.FLOAT, struct.pack("<f", 0.1), Fraction(13421773, 2**27)),
        (onnx.TensorProto.DOUBLE, struct.pack("<d", 0.1), Fraction(3602879701896397, 2**55)),
    ],
)
def test_numbers_of_every_float_type(kind: int, raw: bytes, value: Fraction, tmp_path: Path) -> None:
    weight = onnx.TensorProto(name="w", data_type=kind, dims=[1, 1], raw_data=raw)
    agree(tmp_path, model([node("MatMul", ["x", "w"])], [weight], kind=kind), lambda x: value * x)


def test_old_models_list_their_initializers_as_inputs(tmp_path: Path) -> None:
    value = onnx.helper.make_tensor_value_info
    inputs = [value("x", FLOAT, [1, 1]), value("w", FLOAT, [1, 1])]
    agree(tmp_path, model([node("MatMul", ["x", "w"])], [stored("w", [[3]])], inputs=inputs), lambda x: 3 * x)


# Recurrent cells


def cell(
    *,
    b: Any = ((0.1, 0.2),),
    r: Any = (((-1.7,),),),
    outputs: Sequence[str] = ("y",),
    h0: bool = False,
    **attributes: Any,
) -> Any:
    value = onnx.helper.make_tensor_value_info
    weights = [stored("w", [[[3, 4]]]), stored("r", r)] + ([] if b is None else [stored("b", b)])
    names = ["x", "w", "r", "" if b is None else "b", *(["", "h"] if h0 else [])]
    rnn = onnx.helper.make_node("RNN", names, list(outputs), name="cell", **({"hidden_size": 1} | attributes))
    inputs = [value("x", FLOAT, ["s", 1, 2])] + ([value("h", FLOAT, [1, 1, 1])] if h0 else [])
    return model([rnn], weights, inputs=inputs, outputs=[name for name in outputs if name])


@pytest.mark.parametrize("h0", [True, False])
@pytest.mark.parametrize("outputs", [("y",), ("", "y"), ("y", "z")])
def test_a_cell_is_the_map_of_its_state(h0: bool, outputs: Sequence[str], tmp_path: Path) -> None:
    content = cell(h0=h0, outputs=outputs, activations=["Relu"])
    agree(tmp_path, content, lambda h: relu(f32(-1.7) * h + f32(0.1) + f32(0.2)))


@pytest.mark.parametrize(
    ("attributes", "function"),
    [
        ({"activations": ["relu"]}, relu),
        ({"activations": ["LeakyRelu"]}, lambda t: t if t >= 0 else f32(0.01) * t),
        ({"activations": ["LeakyRelu"], "activation_alpha": [0.3]}, lambda t: t if t >= 0 else f32(0.3) * t),
        (
            {"activations": ["Affine"], "activation_alpha": [0.3], "activation_beta": [0.7]},
            lambda t: f32(0.3) * t + f32(0.7),
        ),
    ],
)
def test_activations_of_a_cell(attributes: Any, function: Any, tmp_path: Path) -> None:
    agree(tmp_path, cell(**attributes), lambda h: function(f32(-1.7) * h + f32(0.1) + f32(0.2)))
    agree(tmp_path, cell(b=None, **attributes), lambda h: function(f32(-1.7) * h))


@pytest.mark.parametrize(
    ("attributes", "activation"),
    [
        ({}, "tanh"),
        ({"activations": ["Tanh"]}, "tanh"),
        ({"activations": ["sigmoid"]}, "sigmoid"),
        ({"activations": ["Softplus"]}, "softplus"),
        ({"activations": ["Elu"]}, "elu:1"),
        ({"activations": ["Elu"], "activation_alpha": [0.25]}, "elu:1/4"),
    ],
)
def test_smooth_activations_of_a_cell(attributes: Any, activation: str, tmp_path: Path) -> None:
    (layer,) = load(written(tmp_path, cell(**attributes)), domain="line").layers
    assert str(layer.activation) == activation
    assert layer.affine == Layer([[np.float32(-1.7)]], [f32(0.1) + f32(0.2)], "relu").affine


# Refused

W, B2 = stored("w", [[1]]), stored("b", [[1], [2]])
GEMM = node("Gemm", ["x", "w"])


def external() -> Any:
    weight = stored("w", [[1]])
    onnx.external_data_helper.set_external_data(weight, "/etc/passwd")
    return weight


def external_constant() -> Any:
    weight = external()
    return node("Constant", [], "w", value=weight)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (model([node("Mish", ["x"])], opset=20), "node 'the Mish': expected an operator out of Gemm, MatMul"),
        (model([node("Gelu", ["x"], approximate="tanh")], opset=20), "Gelu by the error function"),
        (model([node("Sigmoid", ["x"], "s"), node("Mul", ["s", "s"])]), "in a chain, got Mul"),
        (model([node("Mul", ["x", "w"])], [stored("w", [2])]), "in a chain, got Mul"),
        (
            model([node("Sigmoid", ["x"], "s"), node("Mul", ["x", "s"], "t"), node("Add", ["t", "s"])]),
            "the computed value 's'",
        ),
        (model([node("Relu", ["x"], domain="my.own")]), "'my.own.Relu'"),
        (
            model([node("RNN", ["x", "w", "w"]), node("Relu", ["y"], "z")], [W], outputs=["z"]),
            "no node beside node 'the RNN' (RNN) but Identity",
        ),
        (model([node("Add", ["x", "x"])]), "one use of 'x'"),
        (model([node("Relu", ["x"], "h"), node("Add", ["x", "h"])]), "stored in the file"),
        (model([node("Relu", ["x"], "h"), node("Abs", ["x"])]), "one use of 'h'"),
        (model([node("Relu", ["x"], "h"), node("Relu", ["h"])], outputs=["h", "y"]), "graph.output"),
        (model([node("Relu", ["x"], "h"), node("Relu", ["h"])], outputs=["h"]), "graph.output"),
        (model([GEMM], [W], shape=("n", 2)), "expected a layer of 2 inputs, as many as come before it, got 1 inputs"),
        (model([GEMM], [W], shape=("n", "m")), "a shape whose last axis has a known length"),
        (model([GEMM], [W], shape=()), "a shape whose last axis has a known length"),
        (model([GEMM], [W], shape=None), "a valid ONNX model"),
        (model([GEMM], [W], shape=("n", 1), kind=onnx.TensorProto.INT32), "a tensor of type float16"),
        (model([GEMM], [W], shape=(1,)), "an input of two axes"),
        (model([node("Gemm", ["x", "w"], transA=1)], [W]), "transA"),
        (model([node("Gemm", ["w", "x"])], [W]), "as its first input"),
        (model([node("Gemm", ["x", "w", "b"])], [W, B2]), "'b' of shape (1,)"),
        (model([node("Add", ["x", "b"])], [B2]), "'b' of shape (1,), got shape (2, 1)"),
        (model([node("Add", ["x", "b"])], [stored("b", [1, 2])]), "got shape (2,)"),
        (
            model([node("MatMul", ["x", "w"], "h"), node("Add", ["h", "b"])], [stored("w", [[1, 1]]), B2]),
            "'b' of shape (2,), got shape (2, 1)",  # a row for each of a batch of two
        ),
        (model([node("Add", ["x", "b"])], [stored("b", [[1]])], shape=(1,)), "got shape (1, 1)"),
        (model([GEMM], [stored("w", [1])]), "a matrix 'w'"),
        (model([GEMM], [stored("w", [[1]], np.int64)]), "tensor 'w': expected numbers of type"),
        (model([GEMM], [stored("w", [[np.nan]])]), "tensor 'w': expected finite numbers, got nan at [0, 0]"),
        (model([node("Gemm", ["x", "w"], alpha=float("inf"))], [W]), "a finite alpha"),
        (model([node("LeakyRelu", ["x"], alpha=float("nan"))]), "a finite alpha"),
        (model([node("Clip", ["x", "w"])], [stored("w", [1, 2])]), "one number as min"),
        (model([node("Clip", ["x", "lo", "hi"])], [stored("lo", 1), stored("hi", 0)]), "parameters of clip"),
        (model([GEMM], [W], opset=5), "operator set 6 or later, got 5"),
        (model([GEMM], [external()]), "external data"),
        (model([external_constant(), GEMM]), "external data"),
        (model([node("Relu", ["x"], consumed_inputs=[0])]), "'consumed_inputs'"),
        (model([node("Add", ["x", "b"], axis=0)], [stored("b", [1])], opset=6), "'axis'"),
        (model([node("Gemm", ["x", "missing"])]), "a valid ONNX model"),
        (
            model([GEMM], [onnx.TensorProto(name="w", data_type=1, dims=[1 << 20, 1 << 20], raw_data=bytes(4))]),
            "tensor",
        ),
        (cell(activations=["HardSigmoid"]), "HardSigmoid with"),
        (cell(activation_alpha=[1.0]), "Tanh, the default, with 1 alphas"),
        (cell(activations=["Elu"], activation_alpha=[1.0, 2.0]), "Elu with 2 alphas"),
        (cell(activations=["Affine"]), "0 alphas"),
        (cell(activations=["Relu", "Relu"]), "Relu Relu"),
        (cell(activations=["Relu"], clip=3.0), "neither clip"),
        (cell(activations=["Relu"], direction="reverse"), "direction forward, got 'reverse'"),
        (cell(activations=["Relu"], hidden_size=2), "R of shape (1, k, k), k = hidden_size, got shape (1, 1, 1)"),
        (
            cell(activations=["Relu"], r=(((1, 2), (3, 4)),)),
            "R of shape (1, k, k), k = hidden_size, got shape (1, 2, 2)",
        ),
        (cell(activations=["Relu"], b=((1,),)), "B of shape (1, 2)"),
    ],
)
def test_models_that_are_refused(content: Any, part: str, tmp_path: Path) -> None:
    path = written(tmp_path, content)
    with pytest.raises(InputError) as caught:
        load(path, domain="line")
    message = str(caught.value)
    assert part in message
    assert "\n" not in message
    assert message.startswith(f"{path}: ")


@pytest.mark.parametrize(("weight", "shape"), [([[1, 2]], (2, 1)), ([[1], [2]], (1, 2))])
def test_several_inputs_or_outputs_have_no_domain(weight: Any, shape: tuple[int, int], tmp_path: Path) -> None:
    path = written(tmp_path, model([GEMM], [stored("w", weight)], shape=("batch", shape[1])))
    net = load(path, domain="line")
    assert isinstance(net, Network)
    assert net.layers[0].shape == shape
    with pytest.raises(InputError, match=r"single (in|out)put"):
        load(path, domain="0,1")


def test_a_model_with_functions_of_its_own_is_refused(tmp_path: Path) -> None:
    content = model([node("Relu", ["x"])])
    content.functions.add(name="Relu", domain="", input=["x"], output=["y"])
    with pytest.raises(InputError, match="functions"):
        load(written(tmp_path, content), domain="line")


@pytest.mark.parametrize("option", ["activation", "output"])
def test_the_model_says_its_activations(option: str, tmp_path: Path) -> None:
    path = written(tmp_path, model([node("Relu", ["x"])]))
    with pytest.raises(InputError, match=f"--{option}: expected nothing"):
        load(path, domain="line", **{option: "relu"})
    with pytest.raises(InputError, match="--domain"):
        load(path)


@pytest.mark.parametrize("data", [b"hello world", b"\x08", b"\x08\x08", b"\xff" * 40])
def test_bytes_that_are_no_model(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    with pytest.raises(InputError):
        load(path, domain="line")


def test_without_the_package_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, model([node("Relu", ["x"])]))
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(InputError, match=r"pip install certify\[onnx\]"):
        load(path, domain="line")
