"""Sums of products as a program in floats computes them: a format, and the order in which it rounds.

*One operation.* Numbers of the format are doubles here. In float64 the processor's own operations round once. In a format of
p <= 24 digits the exact product of two numbers is a double; the double next to their sum, rounded again to p digits, is the sum
rounded once, since 53 >= 2 p + 2 (Figueroa 1995). A product and a sum rounded together (a fused multiply-add) needs more care:
the sum in doubles is rounded to odd, by its exact error (Knuth's two-sum), after which a second rounding does no harm (Boldo,
Melquiond 2008); in float64 it is done in rationals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from certify.errors import InputError
from certify.numbers import rational
from certify.rounding.formats import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FORMATS, Doubles, Format

Order = Literal["sequential", "bias-first", "fused", "wide", "numpy"]
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True, init=False)
class Arithmetic:
    """How w_1 x_1 + ... + w_n x_n + b is computed: in a format, and in one of these orders.

    - "sequential": every product is rounded, they are added from the first to the last with a rounding each, then the bias;
    - "bias-first": the same, but the sum starts from the bias;
    - "fused": s becomes s + w_i x_i, rounded once (a fused multiply-add), from s = 0 on; then the bias is added;
    - "wide": "sequential" in the next wider format (float32 for the 16-bit formats, float64 for float32), the bias included, and
      one rounding to the format at the end, as matrix units do;
    - "numpy": `W @ x + b` of the installed numpy, executed, for one state x at a time: its order depends on numpy's build.

    Weights, biases and the parameters of activations are rounded to the format first. Raises `InputError` for other names, and
    for combinations that do not exist: "wide" in float64, "numpy" in bfloat16.

    >>> half = Arithmetic("float16")
    >>> half.layer(np.array([[0.5, 2.0]]), np.array([0.0]), np.array([[3.0], [2.0**-13]]))
    array([[1.5]])
    """

    format: Format
    order: Order

    def __init__(self, format: str | Format, order: str = "sequential") -> None:
        kind = FORMATS.get(str(format))
        if kind is None:
            raise InputError("format", f"one of {', '.join(FORMATS)}", repr(format))
        found = next((each for each in ORDERS if each == order), None)
        if found is None:
            raise InputError("order", f"one of {', '.join(ORDERS)}", repr(order))
        if (kind, found) == (FLOAT64, "wide"):
            raise InputError("order", "another order than wide in float64, which has no wider format here", "wide")
        if (kind, found) == (BFLOAT16, "numpy"):
            raise InputError("order", "another order than numpy in bfloat16, a format that numpy has not", "numpy")
        object.__setattr__(self, "format", kind)
        object.__setattr__(self, "order", found)

    def __str__(self) -> str:
        return f"{self.format}, {self.order}"

    @np.errstate(all="ignore")
    def layer(self, weight: Doubles, bias: Doubles, signal: Doubles) -> Doubles:
        """weight @ signal + bias for a matrix (out, in), a bias (out,) and N states side by side (in, N), all in the format."""
        if self.order == "numpy":
            kind: Any = np.dtype(self.format.name)
            w, b = weight.astype(kind), bias.astype(kind)
            states = [np.ascontiguousarray(state) for state in signal.astype(kind).T]
            return np.stack([w @ state + b for state in states], axis=1).astype(np.float64)
        return self.sum(((weight[:, i, None], signal[i]) for i in range(len(signal))), bias[:, None])

    @np.errstate(all="ignore")
    def sum(self, terms: Iterable[tuple[Doubles, Doubles]], bias: Doubles) -> Doubles:
        """The sum of products and the bias, for numbers of the format in arrays that broadcast; "numpy" is "sequential" here."""
        inner = _WIDER.get(self.format, self.format) if self.order == "wide" else self.format
        total = bias if self.order == "bias-first" else np.zeros_like(bias)
        for w, x in terms:
            total = _fused(inner, w, x, total) if self.order == "fused" else inner.rounded(total + inner.rounded(w * x))
        return self.format.rounded(total if self.order == "bias-first" else inner.rounded(total + bias))


_WIDER = {FLOAT16: FLOAT32, BFLOAT16: FLOAT32, FLOAT32: FLOAT64}


def _fused(kind: Format, w: Doubles, x: Doubles, addend: Doubles) -> Doubles:
    """w x + addend, rounded once."""
    if kind is FLOAT64:
        return np.asarray(_FUSED_DOUBLES(w, x, addend), dtype=np.float64)
    product = w * x
    total = product + addend
    back = total - product
    error = (product - (total - back)) + (addend - back)  # total + error is the exact sum
    even = np.ascontiguousarray(total).view(np.int64) % 2 == 0
    towards = np.nextafter(total, np.copysign(np.inf, error))
    return kind.rounded(np.where(np.isfinite(total) & (error != 0) & even, towards, total))


def _fused_doubles(w: float, x: float, addend: float) -> float:
    if not np.isfinite((w, x, addend)).all():
        return w * x + addend
    return FLOAT64.nearest(rational(w) * rational(x) + rational(addend))


_FUSED_DOUBLES = np.frompyfunc(_fused_doubles, 3, 1)
