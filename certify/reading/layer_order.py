"""The order of the layers in a file of named tensors.

Names such as `0`, `2`, `10` or `fc1`, `fc2` number the layers. A file that keeps the order in which it was written says
the order too, unless that order is merely the alphabet's. Where the two disagree, or neither says anything and the
shapes leave a choice, there is no answer to be had from the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from certify.errors import InputError
from certify.reading.exact import quoted

_NUMBER = re.compile(r"(\d+)", re.ASCII)


def layer_order(shapes: dict[str, tuple[int, int]], *, file_keeps_order: bool) -> list[str]:
    """The names of the layers from the first to the last.

    `shapes` gives (out, in) for each name, in the order of the file. Raises `InputError` where the order is not
    determined.
    """
    names = list(shapes)
    if (numbered := _by_number(names)) is not None:
        if file_keeps_order and names not in (numbered, sorted(names)):
            raise InputError(
                "layers", "the same order in the file as in the names' numbers", " ".join(map(quoted, names[:6]))
            )
        return numbered
    return names if file_keeps_order else _by_shape(shapes)


def _by_number(names: Sequence[str]) -> list[str] | None:
    """The names in the order of their numbers, or None unless they differ in numbers only."""
    if len({_NUMBER.sub("0", name) for name in names}) > 1:
        return None
    keys = {name: [int(n) for n in _NUMBER.findall(name)] for name in names}
    if len({tuple(key) for key in keys.values()}) < len(names):  # fc1 and fc01
        return None
    return sorted(names, key=keys.__getitem__)


def _by_shape(shapes: dict[str, tuple[int, int]]) -> list[str]:
    """The only order in which each layer takes what the one before it gives, starting from one number."""
    left, width = dict(shapes), 1
    order: list[str] = []
    while left:
        fitting = [name for name, (_, takes) in left.items() if takes == width]
        if len(fitting) != 1:
            expected = f"numbered layers, or only one that takes {width} inputs after {len(order)} others"
            raise InputError("layers", expected, " ".join(map(quoted, fitting[:6])) or "none")
        order.append(fitting[0])
        width = left.pop(fitting[0])[0]
    return order
