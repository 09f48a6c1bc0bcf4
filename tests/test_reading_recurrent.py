"""Recurrent cells of many units, from every kind of file and live: the map file's numbers against what torch computed.

The numbers that were read are put through the formulas of docs/map-format.md in numpy, and compared with recorded and with
live runs of torch in doubles, and with ONNX's own reference evaluator.
"""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from certify.cli import main
from certify.errors import InputError
from certify.gated import GRU, LSTM
from certify.mapfile import document, parse_map
from certify.network import Network
from certify.reading import load
from tests.optional import require

CELLS = Path(__file__).parent / "data" / "cells"
RECORDED: dict[str, Any] = json.loads((CELLS / "cells.json").read_text())
GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def numbers(values: Any) -> Any:
    """Nested lists of exact numbers as a float array."""
    return np.array([numbers(v) for v in values] if isinstance(values, list) else float(Fraction(values)))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def step(given: Any, state: Any) -> Any:
    """The next state by the formulas of the map file's kind, in doubles."""
    content = json.loads(json.dumps(document(given)["map"]))
    if content["kind"] == "network":
        (layer,) = content["layers"]
        total = numbers(layer["weight"]) @ state + numbers(layer["bias"])
        return {"relu": lambda t: np.maximum(t, 0), "tanh": np.tanh, "identity": lambda t: t}[layer["activation"]](
            total
        )

    def gate(name: str, h: Any) -> Any:
        return numbers(content[name]["weight"]) @ h + numbers(content[name]["bias"])

    if content["kind"] == "lstm":
        h, c = np.split(state, 2)
        c = sigmoid(gate("f", h)) * c + sigmoid(gate("i", h)) * np.tanh(gate("g", h))
        return np.concatenate([sigmoid(gate("o", h)) * np.tanh(c), c])
    r, z = sigmoid(gate("r", state)), sigmoid(gate("z", state))
    if content["reset"] == "before":
        n = np.tanh(gate("n", r * state))
    else:
        n = np.tanh(
            numbers(content["n"]["bias"])
            + r * (numbers(content["n"]["weight"]) @ state + numbers(content["n"]["reset_bias"]))
        )
    return (1 - z) * n + z * state


def floats(values: Any) -> Any:
    return np.array([float.fromhex(value) for value in values])


def options(name: str, path: Path) -> dict[str, Any]:
    """What must be said of a recorded cell."""
    kind, _, activation = name.partition("_")
    said = {"activation": activation} if kind == "rnn" and path.suffix != ".onnx" else {}
    return said | {"input": [float.fromhex(x) for x in RECORDED[name]["input"]]}


def packed(kind: str, seed: int, units: int = 3, inputs: int = 2, bias: bool = True) -> dict[str, Any]:
    """Tensors such as torch gives a cell."""
    rows, random = GATES[kind] * units, np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, inputs), "weight_hh": (rows, units)}
    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {}
    return {name: random.normal(size=shape) for name, shape in shapes.items()}


def npz(path: Path, tensors: dict[str, Any]) -> Path:
    np.savez(path, **tensors)
    return path


def refusal(source: Any, **said: Any) -> str:
    with pytest.raises(InputError) as caught:
        load(source, **said)
    message = str(caught.value)
    assert "\n" not in message
    return message


# What torch saved and computed


@pytest.mark.parametrize(
    ("name", "suffix"),
    [(name, ".pt") for name in RECORDED]
    + [(name, "_script.onnx") for name in RECORDED]
    + [(name, "_dynamo.onnx") for name in ("lstm", "gru")],
)
def test_a_cell_does_what_torch_did(name: str, suffix: str) -> None:
    path = CELLS / f"{name}{suffix}"
    if path.suffix == ".onnx":
        require("onnx")
    given = load(path, **options(name, path))
    kind = {"rnn": Network, "lstm": LSTM, "gru": GRU}[name.partition("_")[0]]
    assert isinstance(given, kind)
    assert given.dimension == (6 if name == "lstm" else 3)
    assert given.domain is None
    assert load(path, **options(name, path) | {"domain": "line"}) == given
    assert parse_map(json.dumps(document(given)).encode()).map == given
    for state, after in RECORDED[name]["steps"]:
        np.testing.assert_allclose(step(given, floats(state)), floats(after), rtol=0, atol=1e-13)


def test_every_way_to_store_a_cell_gives_the_same_map(tmp_path: Path) -> None:
    """A .pt file, an .npz file with other names, a .safetensors file, and both exports, which pack the gates otherwise."""
    require("onnx")
    save_file = require("safetensors.numpy").save_file
    from certify.reading.torch_file import torch_tensors

    for name in RECORDED:
        path = CELLS / f"{name}.pt"
        tensors = {part: np.asarray(t) for part, t in torch_tensors(path.read_bytes()).items()}
        given = load(path, **options(name, path))
        other = npz(tmp_path / f"{name}.npz", {f"core.{part.removesuffix('_l0')}": t for part, t in tensors.items()})
        assert load(other, **options(name, other)) == given
        save_file(tensors, tmp_path / f"{name}.safetensors")
        assert load(tmp_path / f"{name}.safetensors", **options(name, other)) == given
        for export in CELLS.glob(f"{name}_*.onnx"):
            assert load(export, **options(name, export)) == given


# The sums of the biases, exactly


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("given", [None, "1/3,0.1", ["1/3", Fraction(1, 10)], [Fraction(1, 3), "0.1"]])
def test_biases_are_summed_exactly(given: Any, bias: bool, tmp_path: Path) -> None:
    x = [Fraction(0)] * 2 if given is None else [Fraction(1, 3), Fraction(1, 10)]
    for kind, seed in (("rnn", 1), ("lstm", 2), ("gru", 3)):
        tensors = packed(kind, seed, bias=bias)
        said = {"activation": "relu"} if kind == "rnn" else {}
        found = load(npz(tmp_path / "cell.npz", tensors), input=given, **said)
        content = document(found)["map"]
        rows = [[Fraction(w) for w in row] for row in tensors["weight_ih"].tolist()]
        zero = [0.0] * len(rows)
        driven = [
            sum((w * v for w, v in zip(row, x, strict=True)), Fraction(b))
            for row, b in zip(rows, tensors["bias_ih"].tolist() if bias else zero, strict=True)
        ]
        recurrent = [Fraction(b) for b in (tensors["bias_hh"].tolist() if bias else zero)]
        total = [a + b for a, b in zip(driven, recurrent, strict=True)]
        weights = [[str(Fraction(w)) for w in row] for row in tensors["weight_hh"].tolist()]
        gates = [content["layers"][0]] if kind == "rnn" else [content[name] for name in ("ifgo", "rzn")[kind == "gru"]]
        for i, gate in enumerate(gates):
            here = slice(3 * i, 3 * i + 3)
            assert gate["weight"] == weights[here]
            last = kind == "gru" and i == 2
            assert gate["bias"] == [str(b) for b in (driven if last else total)[here]]
            if last:
                assert gate["reset_bias"] == [str(b) for b in recurrent[here]]


# Choices


def test_a_cell_with_one_unit_of_an_rnn_has_a_domain_and_others_have_none(tmp_path: Path) -> None:
    one = npz(tmp_path / "one.npz", packed("rnn", 4, units=1))
    assert load(one, activation="tanh", domain="-1,1").domain == (-1, 1)
    assert "--domain: expected the domain" in refusal(one, activation="tanh")
    for kind, units in (("rnn", 2), ("gru", 1), ("gru", 3), ("lstm", 1), ("lstm", 4)):
        path = npz(tmp_path / f"{kind}{units}.npz", packed(kind, 5, units))
        said = {"activation": "tanh"} if kind == "rnn" else {}
        assert "--domain: expected nothing, or 'line'" in refusal(path, domain="0,1", **said)
        assert "--output: expected nothing" in refusal(path, output="tanh", **said)
        assert load(path, **said).dimension == (2 * units if kind == "lstm" else units)


def test_the_activation_is_said_for_an_rnn_and_for_no_other(tmp_path: Path) -> None:
    assert "--activation: expected the activation" in refusal(npz(tmp_path / "rnn.npz", packed("rnn", 6)))
    for kind in ("gru", "lstm"):
        path = npz(tmp_path / f"{kind}.npz", packed(kind, 7))
        assert f"tensors of a {kind.upper()}" in refusal(path, activation="tanh")


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ("1", "expected 2 numbers, one for each input of the cell, got 1"),
        ("1,2,3", "got 3"),
        ("1,x", "exact numbers separated by commas"),
        ("", "exact numbers separated by commas"),
        ([1.5, float("nan")], "exact numbers"),
        (3, "exact numbers"),
    ],
)
def test_inputs_that_do_not_fit(given: Any, part: str, tmp_path: Path) -> None:
    message = refusal(npz(tmp_path / "x.npz", packed("gru", 8)), input=given)
    assert "--input: expected" in message
    assert part in message


def test_only_a_recurrent_cell_has_an_input(tmp_path: Path) -> None:
    tent = {"0.weight": np.ones((2, 1)), "1.weight": np.ones((1, 2))}
    said = {"activation": "relu", "output": "identity", "domain": "line"}
    assert "--input: expected nothing" in refusal(npz(tmp_path / "tent.npz", tent), input="1", **said)
    plain = tmp_path / "map.json"
    plain.write_text(json.dumps(document(load(npz(tmp_path / "cell.npz", packed("lstm", 9))))))
    assert "--input: expected nothing" in refusal(plain, input="1,1")


def test_the_command_line_takes_an_input(tmp_path: Path) -> None:
    path, out = npz(tmp_path / "cell.npz", packed("gru", 10)), tmp_path / "map.json"
    result = CliRunner().invoke(main, ["convert", str(path), "--input", "-1/3, 0.1", "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert load(out) == load(path, input=["-1/3", "0.1"]) != load(path)
    for wrong in (["convert", str(path), "--input", "1", "-o", str(out)], ["info", str(out), "--input", "1,1"]):
        result = CliRunner().invoke(main, wrong)
        assert result.exit_code == 2
        assert "--input" in result.output
        assert result.output.count("\n") == 1


# Refused


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"weight_hh": np.ones((6, 3))}, "'weight_hh': expected shape (k, k) of an RNN, (3k, k) of a GRU or (4k, k)"),
        ({"weight_hh": np.ones((0, 0))}, "expected shape (k, k)"),
        ({"weight_hh": np.ones(3)}, "expected shape (k, k)"),
        ({"weight_ih": np.ones((9, 2))}, "'weight_ih': expected shape (12, in)"),
        ({"weight_ih": np.ones((12, 0))}, "'weight_ih': expected shape (12, in)"),
        ({"bias_ih": np.ones(3)}, "'bias_ih': expected shape (12,)"),
        ({"weight_hr": np.ones((1, 3))}, "'weight_hr': expected nothing beside"),
        ({"weight_hh_l1": np.ones((12, 3))}, "'weight_hh_l1': expected nothing beside"),
        ({"weight_hh_reverse": np.ones((12, 3))}, "'weight_hh_reverse': expected nothing beside"),
        ({"decoder.weight": np.ones((1, 3))}, "'decoder.weight': expected nothing beside"),
        ({"weight_ih": np.full((12, 2), np.inf)}, "finite numbers, got inf at [0, 0]"),
    ],
)
def test_tensors_that_are_no_single_cell(change: dict[str, Any], part: str, tmp_path: Path) -> None:
    assert part in refusal(npz(tmp_path / "cell.npz", packed("lstm", 11) | change))


# ONNX


def exported(kind: str, tensors: dict[str, Any], *, h0: bool = True, around: bool = False, **attributes: Any) -> Any:
    """A model of one node RNN, GRU or LSTM; with `around` between nodes that move its input and its outputs about."""
    onnx = require("onnx")
    value, double = onnx.helper.make_tensor_value_info, onnx.TensorProto.DOUBLE
    weight, recurrent = tensors["weight_ih"][None], tensors["weight_hh"][None]
    both = np.concatenate([tensors["bias_ih"], tensors["bias_hh"]])[None] if "bias_ih" in tensors else None
    stored = {"W": weight, "R": recurrent} | ({} if both is None else {"B": both}) | attributes.pop("stored", {})
    k, inputs = recurrent.shape[-1], weight.shape[-1]
    states = ["h0", *(["c0"] if kind == "LSTM" else [])] if h0 else []
    names = ["X" if around else "x", "W", "R", "" if both is None else "B", attributes.pop("lens", ""), *states]
    names += attributes.pop("more", [])
    nodes = [
        onnx.helper.make_node(
            kind, names, ["", "h", *(["c"] if kind == "LSTM" else [])], **({"hidden_size": k} | attributes)
        )
    ]
    if around:
        nodes.insert(0, onnx.helper.make_node("Transpose", ["x"], ["X"], perm=[1, 0, 2]))
    graph = onnx.helper.make_graph(
        nodes,
        "graph",
        [value("x", double, [1, 1, inputs]), *(value(name, double, [1, 1, k]) for name in states)],
        [value(name, double, [1, 1, k]) for name in ("h", "c")[: 2 if kind == "LSTM" else 1]],
        [onnx.numpy_helper.from_array(array, name) for name, array in stored.items()],
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)


def written(tmp_path: Path, model: Any) -> Path:
    path = tmp_path / "cell.onnx"
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("RNN", {}),
        ("RNN", {"activations": ["Affine"], "activation_alpha": [-0.5], "activation_beta": [0.25]}),
        ("GRU", {}),
        ("GRU", {"linear_before_reset": 1}),
        ("GRU", {"linear_before_reset": 0, "activations": ["sigmoid", "TANH"]}),
        ("LSTM", {}),
        ("LSTM", {"input_forget": 0, "activations": ["Sigmoid", "Tanh", "Tanh"]}),
    ],
)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("around", [True, False])
def test_a_node_does_what_the_reference_evaluator_does(
    kind: str, attributes: dict[str, Any], bias: bool, around: bool, tmp_path: Path
) -> None:
    evaluator = require("onnx.reference").ReferenceEvaluator
    model = exported(kind, packed(kind.lower(), 12, bias=bias), around=around, **attributes)
    random = np.random.default_rng(13)
    x = random.normal(size=2)
    given = load(written(tmp_path, model), input=x)
    for _ in range(5):
        state = random.normal(size=given.dimension)
        feeds = {"x": x.reshape(1, 1, 2), "h0": state[:3].reshape(1, 1, 3)}
        feeds |= {"c0": state[3:].reshape(1, 1, 3)} if kind == "LSTM" else {}
        after = np.concatenate([part.flatten() for part in evaluator(model).run(None, feeds)])
        np.testing.assert_allclose(step(given, state), after, rtol=0, atol=1e-13)


def test_a_first_state_may_be_missing_and_plays_no_part(tmp_path: Path) -> None:
    for kind in ("RNN", "GRU", "LSTM"):
        tensors = packed(kind.lower(), 14)
        with_one, without = (load(written(tmp_path, exported(kind, tensors, h0=h0))) for h0 in (True, False))
        assert with_one == without


@pytest.mark.parametrize(
    ("kind", "change", "part"),
    [
        ("LSTM", {"direction": "bidirectional"}, "direction forward, got 'bidirectional'"),
        ("GRU", {"direction": "reverse"}, "direction forward, got 'reverse'"),
        ("LSTM", {"clip": 0.0}, "got clip"),
        ("LSTM", {"input_forget": 1}, "got input_forget"),
        ("LSTM", {"more": ["P"], "stored": {"P": np.ones((1, 9))}}, "got peepholes"),
        ("GRU", {"lens": "lens", "stored": {"lens": np.ones(1, np.int32)}}, "got sequence_lens"),
        ("GRU", {"activations": ["HardSigmoid", "Tanh"]}, "activations sigmoid tanh, got 'HardSigmoid Tanh"),
        ("LSTM", {"activations": ["Sigmoid", "Tanh", "Relu"]}, "activations sigmoid tanh tanh"),
        ("LSTM", {"activation_alpha": [0.5]}, "with 1 alphas"),
        ("LSTM", {"hidden_size": 2}, "R of shape (1, 4 k, k)"),
        ("GRU", {"stored": {"R": np.ones((1, 12, 3))}}, "R of shape (1, 3 k, k)"),
        ("GRU", {"stored": {"W": np.ones((1, 12, 2))}}, "W of shape (1, 9, in)"),
        ("GRU", {"stored": {"B": np.ones((1, 9))}}, "B of shape (1, 18)"),
    ],
)
def test_nodes_that_are_refused(kind: str, change: dict[str, Any], part: str, tmp_path: Path) -> None:
    path = written(tmp_path, exported(kind, packed(kind.lower(), 15), **change))
    message = refusal(path)
    assert part in message
    assert message.startswith(f"{path}: node")


@pytest.mark.parametrize("where", ["before", "after"])
def test_nothing_may_compute_beside_the_cell(where: str, tmp_path: Path) -> None:
    onnx = require("onnx")
    model = exported("LSTM", packed("lstm", 16))
    if where == "before":
        model.graph.node[0].input[0] = "r"
        model.graph.node.insert(0, onnx.helper.make_node("Relu", ["x"], ["r"], name="early"))
    else:
        model.graph.node.append(onnx.helper.make_node("Relu", ["h"], ["head"], name="late"))
        model.graph.output[0].name = "head"
    assert f"node '{'early' if where == 'before' else 'late'}' (Relu): expected no node beside" in refusal(
        written(tmp_path, model)
    )


def test_the_input_is_one_of_the_graph_and_the_output_that_of_the_cell(tmp_path: Path) -> None:
    onnx = require("onnx")
    model = exported("GRU", packed("gru", 17))
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.ones((1, 1, 2)), "x"))
    assert "an input of the graph as its input X" in refusal(written(tmp_path, model))
    model = exported("GRU", packed("gru", 17))
    model.graph.node.append(onnx.helper.make_node("Identity", ["x"], ["same"]))
    model.graph.output[0].name = "same"
    assert "graph.output: expected outputs of node" in refusal(written(tmp_path, model))
    model = exported("GRU", packed("gru", 17))
    model.graph.node.append(onnx.helper.make_node("GRU", ["x", "W", "R"], ["", "again"], name="second", hidden_size=3))
    assert "node 'second' (GRU): expected no node beside" in refusal(written(tmp_path, model))


# Live modules


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_a_live_module_does_what_torch_does(kind: str, bias: bool, single: bool) -> None:
    torch = require("torch")
    torch.manual_seed(21)
    for nonlinearity, units in product(["relu", "tanh"] if kind == "RNN" else [None], [1, 4]):
        said = {"nonlinearity": nonlinearity} if nonlinearity else {}
        module = getattr(torch.nn, kind + "Cell" * single)(2, units, bias=bias, dtype=torch.float64, **said)
        x = torch.randn(2, dtype=torch.float64)
        domain = {"domain": "line"} if (kind, units) == ("RNN", 1) else {}
        given = load(module, input=x.tolist(), **domain)
        for _ in range(3):
            state = torch.randn(given.dimension, dtype=torch.float64)
            h, c = state[:units].reshape(1, units), state[units:].reshape(1, -1)
            found = module(x.reshape(1, 2), (h, c) if kind == "LSTM" else h)
            found = found if single else found[1]
            after = torch.cat([part.flatten() for part in (found if kind == "LSTM" else [found])])
            np.testing.assert_allclose(step(given, state.numpy()), after.detach().numpy(), rtol=0, atol=1e-13)


def test_a_live_module_and_its_state_dict_are_the_same_map(tmp_path: Path) -> None:
    torch = require("torch")
    for name in ("GRU", "LSTM", "RNN"):
        module = getattr(torch.nn, name)(3, 5)
        torch.save(module.state_dict(), tmp_path / "cell.pt")
        said = {"activation": "tanh"} if name == "RNN" else {}
        assert load(tmp_path / "cell.pt", **said) == load(module)


def test_live_modules_that_are_refused() -> None:
    nn = require("torch").nn
    hooked = nn.GRU(1, 2)
    hooked.register_forward_hook(lambda module, args, output: output)
    wrong = nn.GRUCell(1, 2)
    wrong.weight_hh = nn.Parameter(wrong.weight_hh[:4])

    class Mine(nn.LSTM):  # type: ignore[misc, name-defined]
        pass

    for module, said, part in (
        (nn.GRU(1, 2, num_layers=2), {}, "module.num_layers: expected 1"),
        (nn.RNN(1, 2, bidirectional=True), {}, "module.bidirectional: expected False"),
        (nn.LSTM(1, 2, proj_size=1), {}, "module.proj_size: expected 0"),
        (hooked, {}, "forward hooks"),
        (wrong, {}, "module.weight_hh: expected"),
        (Mine(1, 2), {}, "source: expected a path, or a module: RNN"),
        (nn.Sequential(nn.RNN(1, 1)), {"domain": "line"}, "0: expected Sequential, Linear"),
        (nn.RNN(1, 2), {"activation": "tanh"}, "--activation: expected nothing"),
        (nn.RNN(1, 2), {"output": "tanh"}, "--output: expected nothing"),
        (nn.RNN(1, 1), {}, "--domain: expected the domain"),
        (nn.LSTM(1, 1), {"domain": (0, 1)}, "--domain: expected nothing, or 'line'"),
        (nn.Linear(1, 1), {"domain": "line", "input": [1]}, "--input: expected nothing"),
        (nn.GRU(2, 1), {"input": [1]}, "--input: expected 2 numbers"),
    ):
        assert part in refusal(module, **said)
