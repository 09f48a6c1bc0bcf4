"""Boxes: all networks whose weights and biases lie between those of two networks, entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from certify.errors import InputError
from certify.network import Layer, Network
from certify.numbers import Extended, Q, fraction, rational

Measure = Literal["absolute", "relative"]
"""How far a weight w may move for a radius r: by r, or by r |w|."""


@dataclass(frozen=True)
class Box:
    """Every network of one shape, with the same activations and domain, whose weights and biases w satisfy lower <= w <= upper.

    Printed decimals, casts to shorter floats and quantised weights are such boxes. Raises `InputError` where the two networks
    do not make one.

    >>> from certify.network import Layer, Network
    >>> box = Box.around(Network([Layer([[3]], ["1/2"], "tanh")], None), "1/100")
    >>> box.lower.layers[0].weight, box.upper.layers[0].bias
    (((299/100,),), (51/100,))
    """

    lower: Network
    upper: Network

    def __post_init__(self) -> None:
        if self.lower.ends != self.upper.ends:
            raise InputError("domain", "the same domain for both ends of a box", "two domains")
        if len(self.lower.layers) != len(self.upper.layers):
            raise InputError("layers", "as many layers in both ends of a box", f"{len(self.upper.layers)}")
        for i, (low, high) in enumerate(self.layers):
            if low.shape != high.shape:
                raise InputError(f"layers[{i}].weight", f"shape {low.shape} in both ends of a box", f"{high.shape}")
            if low.activation != high.activation:
                raise InputError(
                    f"layers[{i}].activation", f"{low.activation} in both ends of a box", str(high.activation)
                )
            if low is not high and not all(a <= b for a, b in zip(_entries(low), _entries(high))):
                raise InputError(f"layers[{i}]", "lower weights and biases that are at most the upper ones", "others")

    @classmethod
    def of(cls, network: Network) -> Box:
        """The box of one network alone."""
        return cls(network, network)

    @classmethod
    def around(cls, network: Network, radius: Any, weights: Measure = "absolute") -> Box:
        """All networks whose weights and biases differ from these by at most `radius` (or by that part of each, "relative")."""
        reach = rational(radius)
        if reach < 0:
            raise InputError("radius", "a radius that is not negative", str(reach))

        def moved(sign: int) -> Network:
            def move(w: Q) -> Q:
                return w + sign * (reach if weights == "absolute" else reach * abs(w))

            return _mapped(network, move)

        return cls(moved(-1), moved(1))

    @property
    def layers(self) -> tuple[tuple[Layer, Layer], ...]:
        """The lower and the upper end of each layer."""
        return tuple(zip(self.lower.layers, self.upper.layers))

    @property
    def ends(self) -> tuple[Extended, Extended]:
        """The ends of the domain, in the package's own numbers."""
        return self.lower.ends

    @property
    def domain(self) -> tuple[Fraction, Fraction] | None:
        """The interval on which the networks are studied, or None for the line."""
        return self.lower.domain

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of units in each layer, the output last."""
        return self.lower.widths

    @property
    def smooth(self) -> bool:
        """Whether an activation is smooth."""
        return self.lower.smooth

    @property
    def is_single(self) -> bool:
        """Whether there is one network in the box, so that it is no box in a map file."""
        return all(low is high or low.affine == high.affine for low, high in self.layers)

    @property
    def widest(self) -> Fraction:
        """The width of the widest interval that a weight or bias lies in."""
        pairs = (pair for low, high in self.layers for pair in zip(_entries(low), _entries(high)))
        return fraction(max(b - a for a, b in pairs))

    @cached_property
    def middle(self) -> Network:
        """The network halfway between the ends."""
        layers = [
            Layer(
                [[(a + b) / 2 for a, b in zip(u, v)] for u, v in zip(low.weight, high.weight)],
                [(a + b) / 2 for a, b in zip(low.bias, high.bias)],
                low.activation,
            )
            for low, high in self.layers
        ]
        return Network(layers, self.domain)

    def __contains__(self, network: Network) -> bool:
        """Whether the network is one of them."""
        return (
            network.ends == self.ends
            and [(layer.shape, layer.activation) for layer in network.layers]
            == [(layer.shape, layer.activation) for layer in self.lower.layers]
            and all(
                a <= w <= b
                for (low, high), layer in zip(self.layers, network.layers)
                for a, w, b in zip(_entries(low), _entries(layer), _entries(high))
            )
        )

    def require_one_dimension(self) -> None:
        """Raises `InputError` unless the networks are maps R -> R."""
        self.lower.require_one_dimension()


def _entries(layer: Layer) -> list[Q]:
    return [w for row in (*layer.weight, layer.bias) for w in row]


def _mapped(network: Network, change: Callable[[Q], Q]) -> Network:
    """The network with every weight and bias changed."""
    layers = [
        Layer([[change(w) for w in row] for row in layer.weight], [change(b) for b in layer.bias], layer.activation)
        for layer in network.layers
    ]
    return Network(layers, network.domain)
