"""Live modules: first through classes that only look like torch's, then through torch itself where it is installed."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from certify.errors import InputError
from certify.network import Network
from certify.reading import load, read
from tests.optional import require

POINTS = [Fraction(i, 8) for i in range(-24, 25)]

# Look-alikes


class Tensor:
    def __init__(self, values: Any, dtype: str = "torch.float32", device: str = "cpu") -> None:
        self.values, self.dtype, self.device = values, dtype, device
        self.shape = (len(values), len(values[0])) if isinstance(values[0], list) else (len(values),)

    def numel(self) -> int:
        return math.prod(self.shape)

    def detach(self) -> Tensor:
        return self

    def tolist(self) -> Any:
        return self.values


class Module:
    training = True

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


def torch_like(name: str, module: str = "torch.nn.modules.any", **attributes: Any) -> Any:
    """An instance of a class of this name in this module."""
    return type(name, (Module,), {"__module__": module})(**attributes)


def linear(weight: Any, bias: Any = None, dtype: str = "torch.float32") -> Any:
    return torch_like("Linear", weight=Tensor(weight, dtype), bias=None if bias is None else Tensor(bias, dtype))


def sequential(*parts: Any, **attributes: Any) -> Any:
    def iterate(self: Any) -> Iterator[Any]:
        return iter(parts)

    kind = type("Sequential", (Module,), {"__module__": "torch.nn.modules.container", "__iter__": iterate})
    return kind(**attributes)


def agree(module: Any, function: Any) -> None:
    net = load(module, domain="line")
    assert [net(x) for x in POINTS] == [function(x) for x in POINTS]


def relu(x: Fraction) -> Fraction:
    return max(Fraction(0), x)


def test_a_tent() -> None:
    net = sequential(linear([[1.0], [1.0]], [0.0, -0.5]), torch_like("ReLU"), linear([[2.0, -4.0]], [0.25]))
    agree(net, lambda x: 2 * relu(x) - 4 * relu(x - Fraction(1, 2)) + Fraction(1, 4))
    assert read(net, domain="0,1").source is None
    assert load(net, domain="0,1").domain == (Fraction(0), Fraction(1))


def test_a_single_linear_without_bias() -> None:
    agree(linear([[0.1]], dtype="torch.float64"), lambda x: Fraction(0.1) * x)


def test_a_module_that_stands_twice_acts_twice() -> None:
    layer, act = linear([[-2.0]], [1.0]), torch_like("ReLU")
    agree(sequential(layer, act, layer, act), lambda x: relu(1 - 2 * relu(1 - 2 * x)))


def test_two_affine_maps_or_two_activations_in_a_row() -> None:
    clip = torch_like("Hardtanh", min_val=-0.75, max_val=1.5)
    agree(
        sequential(linear([[3.0]], [1.0]), linear([[0.5]], [-1.0]), torch_like("ReLU"), clip),
        lambda x: min(Fraction(3, 2), relu((3 * x + 1) / 2 - 1)),
    )
    agree(sequential(clip, linear([[2.0]])), lambda x: 2 * min(Fraction(3, 2), max(Fraction(-3, 4), x)))


def test_wide_activations_in_a_row() -> None:
    net = sequential(
        linear([[1.0], [-1.0]], [0.5, 0.0]),
        torch_like("ReLU6"),
        torch_like("LeakyReLU", negative_slope=0.01),
        linear([[1.0, -2.0]]),
    )
    agree(net, lambda x: min(Fraction(6), relu(x + Fraction(1, 2))) - 2 * min(Fraction(6), relu(-x)))


def test_the_slope_is_the_double_that_the_module_holds() -> None:
    agree(torch_like("LeakyReLU", negative_slope=0.01), lambda x: x if x >= 0 else Fraction(0.01) * x)


def test_modules_that_do_nothing() -> None:
    agree(
        sequential(torch_like("Identity"), sequential(torch_like("Dropout", training=False)), sequential()), lambda x: x
    )


@pytest.mark.parametrize(
    ("module", "activation"),
    [
        (torch_like("Tanh"), "tanh"),
        (torch_like("Sigmoid"), "sigmoid"),
        (torch_like("SiLU"), "silu"),
        (torch_like("GELU", approximate="none"), "gelu"),
        (torch_like("ELU", alpha=0.5), "elu:1/2"),
        (torch_like("Softplus", beta=1, threshold=math.inf), "softplus"),
    ],
)
def test_smooth_modules(module: Any, activation: str) -> None:
    net = load(sequential(linear([[3.0]], [1.0]), module), domain="line")
    assert isinstance(net, Network)
    assert [str(layer.activation) for layer in net.layers] == [activation]


@pytest.mark.parametrize(
    ("module", "part"),
    [
        (torch_like("GELU", approximate="tanh"), "by the error function, got 'tanh'"),
        (torch_like("Softplus", beta=1, threshold=20), "no jump to x, got beta = 1, threshold = 20"),
        (torch_like("Softplus", beta=2, threshold=math.inf), "beta = 2"),
        (torch_like("ELU", alpha=math.inf), "a finite number"),
        (torch_like("Mish"), "'torch.nn.modules.any.Mish'"),
        (torch_like("Dropout"), "evaluation mode"),
        (torch_like("Linear", "mine"), "source: expected a path, or a module"),
        (sequential(torch_like("Linear", "mine")), "0: expected Sequential, Linear"),
        (sequential(sequential(torch_like("Mish"))), "0.0: expected"),
        (sequential(torch_like("ReLU", _forward_hooks={0: print})), "0: expected a module as torch made it"),
        (torch_like("ReLU", _forward_pre_hooks={0: print}), "a module as torch made it"),
        (torch_like("ReLU", forward=print), "a module as torch made it"),
        (sequential(torch_like("ReLU"), _forward_hooks={0: print}), "a module as torch made it"),
        (sequential(linear([[1.0], [1.0]]), linear([[1.0]])), "1: expected a layer of 2 inputs"),
        (linear([[1.0]], [1.0, 2.0]), "2 biases"),
        (linear([[1.0]], dtype="torch.int8"), "module.weight: expected numbers of type"),
        (linear([1.0]), "module.weight: expected 2 axes"),
        (linear([[math.nan]]), "module.weight: expected finite numbers, got nan at [0, 0]"),
        (linear([[1.0]], [math.inf]), "module.bias: expected finite numbers, got inf at [0]"),
        (torch_like("Linear", weight=Tensor([[0.0]], device="meta"), bias=None), "'meta'"),
        (torch_like("LeakyReLU", negative_slope=math.inf), "a finite number"),
        (torch_like("Hardtanh", min_val=1.0, max_val=0.0), "parameters of hardtanh"),
    ],
)
def test_modules_that_are_refused(module: Any, part: str) -> None:
    with pytest.raises(InputError) as caught:
        load(module, domain="line")
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("weight", "shape"), [([[1.0, 1.0]], (1, 2)), ([[1.0], [1.0]], (2, 1))])
def test_several_inputs_or_outputs_have_no_domain(weight: Any, shape: tuple[int, int]) -> None:
    net = load(linear(weight), domain="line")
    assert isinstance(net, Network)
    assert net.layers[0].shape == shape
    with pytest.raises(InputError, match=r"single (in|out)put"):
        load(linear(weight), domain=(0, 1))


def test_identity_matrices_are_counted_before_they_are_made() -> None:
    relu_twice = [torch_like("ReLU"), torch_like("ReLU")]
    with pytest.raises(InputError, match="at most 4194304 weights altogether"):
        load(sequential(linear([[1.0]] * 2049), *relu_twice, linear([[1.0] * 2049])), domain="line")


def test_only_the_domain_is_chosen() -> None:
    for options in ({}, {"domain": "0,1", "activation": "relu"}, {"domain": "0,1", "output": "relu"}):
        with pytest.raises(InputError, match=f"--{'domain' if not options else list(options)[1]}: expected"):
            load(torch_like("ReLU"), **options)


# torch itself


def exact(tensor: Any, dtype: str) -> list[Fraction]:
    """The stored bits of a tensor, decoded by `struct` (bfloat16: as the upper half of a float32)."""
    torch = require("torch")
    if dtype == "bfloat16":
        bits = tensor.detach().flatten().view(torch.int16).tolist()
        return [Fraction(struct.unpack(">f", struct.pack(">hH", b, 0))[0]) for b in bits]
    raw = tensor.detach().numpy().tobytes()
    return [Fraction(x) for (x,) in struct.iter_unpack({"float16": "e", "float32": "f", "float64": "d"}[dtype], raw)]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_weights_of_every_float_type(dtype: str) -> None:
    torch = require("torch")
    torch.manual_seed(7)
    nn = torch.nn
    net = nn.Sequential(nn.Linear(1, 3), nn.ReLU(), nn.Linear(3, 1), nn.Hardtanh(0, 1)).to(getattr(torch, dtype))
    found = load(net, domain="0,1")
    (a, b), (c, d) = ([exact(p, dtype) for p in (layer.weight, layer.bias)] for layer in (net[0], net[2]))
    for i in range(17):
        x = Fraction(i, 16)
        y = sum((w * relu(u * x + v) for u, v, w in zip(a, b, c, strict=True)), d[0])
        assert found(x) == min(Fraction(1), max(Fraction(0), y))


def test_torch_computes_the_same_up_to_its_rounding() -> None:
    torch = require("torch")
    torch.manual_seed(11)
    nn = torch.nn
    act = nn.LeakyReLU(0.2)  # shared on purpose
    inner = nn.Sequential(nn.Linear(4, 4, bias=False), act, nn.Identity(), nn.ReLU6())
    net = nn.Sequential(nn.Linear(1, 4), act, inner, nn.Dropout(0.5), nn.Linear(4, 1)).double().eval()
    found = load(net, domain="line")
    for x in POINTS:
        there = net(torch.tensor([float(x)], dtype=torch.float64)).item()
        assert abs(float(found(x)) - there) < 1e-12


def test_modules_of_torch_that_are_refused() -> None:
    torch = require("torch")
    nn = torch.nn

    class Mine(nn.Linear):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return -super().forward(x)

    hooked = nn.Linear(1, 1)
    hooked.register_forward_hook(lambda module, args, output: -output)
    refused = [
        Mine(1, 1),
        hooked,
        nn.utils.parametrizations.weight_norm(nn.Linear(1, 1)),
        nn.Sequential(nn.Mish()),
        nn.Sequential(nn.Softplus()),
        nn.Sequential(nn.GELU(approximate="tanh")),
        nn.Sequential(nn.RNN(1, 1, nonlinearity="relu")),
        nn.Dropout(0.5),
        nn.Linear(1, 1, device="meta"),
        nn.LazyLinear(1),
        nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2), nn.Linear(2, 1)),
    ]
    for module in refused:
        with pytest.raises(InputError):
            load(module, domain="0,1")
