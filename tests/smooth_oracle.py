"""Smooth activations and networks of them by mpmath: at high precision in points, and in its own interval arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
from mpmath import mp

from certify.network import Network


def real(x: Fraction) -> Any:
    return mp.mpf(x.numerator) / x.denominator


def _elu(alpha: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    return lambda x: x if x > 0 else alpha * mp.expm1(x), lambda x: mp.mpf(1) if x > 0 else alpha * mp.exp(x)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x)) if x > 0 else mp.exp(x) / (1 + mp.exp(x))


def _softplus(x: Any) -> Any:
    return max(x, mp.mpf(0)) + mp.log1p(mp.exp(-abs(x)))


def activation(name: str, parameters: tuple[Fraction, ...] = ()) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """The function and its derivative, at mpmath's precision."""
    match name:
        case "elu":
            return _elu(real(parameters[0]))
        case "tanh":
            return mp.tanh, lambda x: mp.sech(x) ** 2
        case "sigmoid":
            return _sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x)
        case "softplus":
            return _softplus, _sigmoid
        case "gelu":
            return lambda x: x * mp.ncdf(x), lambda x: mp.ncdf(x) + x * mp.npdf(x)
        case "silu":
            return lambda x: x * _sigmoid(x), lambda x: _sigmoid(x) * (1 + x * _sigmoid(-x))
        case "sin":
            return mp.sin, mp.cos
    raise ValueError(name)


def interval(x: Fraction) -> Any:
    return mpmath.iv.mpf(x.numerator) / x.denominator


def interval_activation(name: str, z: Any) -> Any:
    """The function over an interval of mpmath.iv."""
    iv = mpmath.iv
    match name:
        case "tanh":
            return 1 - 2 / (iv.exp(2 * z) + 1)
        case "sigmoid":
            return 1 / (1 + iv.exp(-z))
        case "softplus":
            return iv.log(1 + iv.exp(z))
        case "silu":
            return z / (1 + iv.exp(-z))
        case "sin":
            return iv.sin(z)
        case "identity":
            return z
    raise ValueError(name)


def interval_network(net: Network, x: Any) -> Any:
    """The network over an interval of mpmath.iv; a clip goes by its ends."""
    signal = [x]
    for layer in net.layers:
        sums = []
        for row, b in zip(layer.weight, layer.bias, strict=True):
            total = interval(Fraction(int(b.p), int(b.q)))
            for w, s in zip(row, signal, strict=True):
                total += interval(Fraction(int(w.p), int(w.q))) * s
            sums.append(total)
        if layer.activation.name == "clip":
            lo, hi = (interval(Fraction(int(p.p), int(p.q))) for p in layer.activation.parameters)
            signal = [mpmath.iv.mpf([min(max(z.a, lo.a), hi.a), min(max(z.b, lo.b), hi.b)]) for z in sums]
        else:
            signal = [interval_activation(layer.activation.name, z) for z in sums]
    return signal[0]
