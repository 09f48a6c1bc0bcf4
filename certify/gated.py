"""Gated recurrent cells without input: LSTM and GRU, maps of R^d with exact weights and smooth gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from certify.errors import InputError
from certify.network import Layer
from certify.numbers import INF, NEG_INF, Extended, Q, rational

Gate: TypeAlias = tuple[Any, Any]
"""The weight and the bias of a gate, as `Layer` takes them."""


class _Cell:
    """What the two cells have in common: they are smooth maps of all of R^d."""

    smooth = True

    @property
    def ends(self) -> tuple[Extended, Extended]:
        """As of a map of the line: each coordinate runs over all of it."""
        return NEG_INF, INF

    @property
    def domain(self) -> None:
        """None, for the whole of R^d."""
        return


@dataclass(frozen=True, init=False, repr=False)
class LSTM(_Cell):
    """The cell of Hochreiter and Schmidhuber 1997 with the forget gate of Gers, Schmidhuber and Cummins 2000, without input.

    The state is (h, c) in R^2k, h first; c' = sigmoid(f) c + sigmoid(i) tanh(g) and h' = sigmoid(o) tanh(c'), coordinate by
    coordinate, where i = W_i h + b_i, and f, g, o alike. Each gate is given as (weight, bias), a matrix of shape (k, k) and k
    numbers, exact as in `Layer`; a constant input belongs to the biases. Raises `InputError`.

    >>> LSTM(([[1]], [0]), ([[2]], [0]), ([[-1]], [0]), ([["1/2"]], [1])).dimension
    2
    """

    i: Layer
    f: Layer
    g: Layer
    o: Layer

    def __init__(self, i: Gate, f: Gate, g: Gate, o: Gate) -> None:
        _set_gates(self, {"i": i, "f": f, "g": g, "o": o}, candidate="g")

    @property
    def units(self) -> int:
        """k."""
        return self.i.shape[0]

    @property
    def dimension(self) -> int:
        """d = 2k."""
        return 2 * self.units

    def __repr__(self) -> str:
        return f"<LSTM of R^{self.dimension} with {self.units} units>"


@dataclass(frozen=True, init=False, repr=False)
class GRU(_Cell):
    """The cell of Cho, van Merrienboer, Gulcehre, Bahdanau, Bougares, Schwenk and Bengio 2014, without input.

    The state is h in R^k; h' = (1 - z) n + z h with r = sigmoid(W_r h + b_r) and z = sigmoid(W_z h + b_z), coordinate by
    coordinate. The reset gate r acts before the product, n = tanh(W_n (r h) + b_n), as in ONNX by default, or after it,
    n = tanh(b_n + r (W_n h + reset_bias)), as in PyTorch and cuDNN; `reset_bias` is None before. Gates are given as for `LSTM`.
    Raises `InputError`.

    >>> GRU(([[1]], [0]), ([[2]], [0]), ([[-1]], [0]), "before").dimension
    1
    """

    r: Layer
    z: Layer
    n: Layer
    reset: Literal["before", "after"]
    reset_bias: tuple[Q, ...] | None

    def __init__(self, r: Gate, z: Gate, n: Gate, reset: str, reset_bias: Sequence[Any] | None = None) -> None:
        _set_gates(self, {"r": r, "z": z, "n": n}, candidate="n")
        if reset not in ("before", "after"):
            raise InputError("reset", "before or after", repr(reset))
        if (reset == "after") != (reset_bias is not None):
            raise InputError("n.reset_bias", *(("a bias", "none") if reset == "after" else ("none", "a bias")))
        object.__setattr__(self, "reset", reset)
        object.__setattr__(self, "reset_bias", None if reset_bias is None else _numbers(reset_bias, self.units))

    @property
    def units(self) -> int:
        """k."""
        return self.r.shape[0]

    @property
    def dimension(self) -> int:
        """d = k."""
        return self.units

    def __repr__(self) -> str:
        return f"<GRU of R^{self.dimension}, reset {self.reset} the product>"


Cell: TypeAlias = LSTM | GRU


def _set_gates(cell: _Cell, gates: dict[str, Gate], candidate: str) -> None:
    """Sets each gate as a layer k -> k, k that of the first: of tanh for the candidate, else of sigmoid."""
    k = 0
    for name, (weight, bias) in gates.items():
        try:
            layer = Layer(weight, bias, "tanh" if name == candidate else "sigmoid")
        except InputError as error:
            raise InputError(f"{name}.{error.where}", error.expected, error.got) from None
        k = k or layer.shape[0]
        if layer.shape != (k, k):
            raise InputError(f"{name}.weight", f"a matrix of shape ({k}, {k})", f"one of shape {layer.shape}")
        object.__setattr__(cell, name, layer)


def _numbers(given: Sequence[Any], length: int) -> tuple[Q, ...]:
    try:
        values = tuple(map(rational, given))
    except (ValueError, TypeError) as error:
        raise InputError("n.reset_bias", "a list of finite numbers", str(error)) from None
    if len(values) != length:
        raise InputError("n.reset_bias", f"{length} numbers", f"{len(values)}")
    return values
