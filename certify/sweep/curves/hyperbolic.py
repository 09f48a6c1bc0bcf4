"""tanh in doubles with a proved bound on the error: numpy's own has none, and differs from machine to machine.

tanh is tabulated at j/512 for |j/512| <= 20, each entry within 2^-53 of the truth, and taken from the nearest node a by Taylor's
polynomial: with T = tanh a, D = 1 - T^2 and |d| <= 2^-10,

    tanh(a + d) = T + D d (1 - T d + (T^2 - 1/3) d^2) + R,    |R| <= max |tanh''''| / 24 * d^4 < 2.4e-13,

for tanh'''' = 8 t (1 - t^2) (2 - 3 t^2) with t = tanh, so that |tanh''''| <= 16 |t| (1 - t^2) <= 32 / (3 sqrt 3) < 6.2. d is exact: it is a
difference of two doubles within a factor of 2 of each other (Sterbenz), or the argument itself. T and the dozen roundings add less
than 1e-15. Beyond +-20 the value at +-20 is taken, which is less than 1e-17 off. Together less than `ERROR`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from certify.families import Floats
from certify.numbers import Q, arb, ctx

ERROR = 2.0**-41
"""|tanh(z) - the computed value| is less, for every finite double z."""

_NODES = 512
_FAR = 20


def tanh(z: Floats) -> Floats:
    """tanh of every entry, within `ERROR`."""
    d = np.clip(z, -_FAR, _FAR)
    node = np.rint(d * _NODES)
    d -= node * (1 / _NODES)
    node += _FAR * _NODES
    t = table().take(node.astype(np.intp))
    square = t * t
    found: Floats = (square - 1 / 3) * d
    found -= t
    found *= d
    found += 1
    found *= d
    found *= 1 - square
    found += t
    return found


@cache
def table() -> Floats:
    """tanh(j/512) for j = -10240, ..., 10240, as the nearest doubles of the middles of balls."""
    with ctx.workprec(128):
        half = [float(arb(Q(j, _NODES)).tanh()) for j in range(_FAR * _NODES + 1)]
    right = np.array(half)
    return np.concatenate([-right[:0:-1], right])
