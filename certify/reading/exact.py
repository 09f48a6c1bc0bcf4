"""Named float tensors: what every weight file comes down to before its numbers become rationals.

A tensor here is a numpy array of float16, float32 or float64 with finite entries; bfloat16 has been widened to float32
on the way in, which is exact. Whatever else a file may hold is refused by name, never cast.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from certify.errors import InputError
from certify.numbers import Q, rationals

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]
Tensors: TypeAlias = dict[str, FloatArray]
Matrix: TypeAlias = list[list[Q]]

FLOATS = "float16, bfloat16, float32 or float64"
MAX_NUMBERS = 1 << 22
"""More weights than this are refused: exact rationals would take gigabytes, and no map of one variable needs them."""


def quoted(name: object) -> str:
    """A name from a file as it may stand in a one-line message: escaped and not longer than a line bears."""
    text = repr(name)
    return text if len(text) <= 80 else text[:76] + "...'"


def tensor(name: str, array: npt.NDArray[Any]) -> FloatArray:
    """The array in native byte order, once it is known to hold finite floats. `InputError` names tensor and index."""
    where = f"tensor {quoted(name)}"
    if array.dtype.kind != "f" or array.dtype.itemsize not in (2, 4, 8):
        raise InputError(where, f"numbers of type {FLOATS}", str(array.dtype)[:80])
    native: FloatArray = array.astype(array.dtype.newbyteorder("="))
    if not np.isfinite(native).all():
        index = [int(i) for i in np.argwhere(~np.isfinite(native))[0]]
        raise InputError(where, "finite numbers", f"{native[tuple(index)]} at {index}")
    return native


def widened_bfloat16(bits: npt.NDArray[np.uint16]) -> npt.NDArray[np.float32]:
    """bfloat16 numbers, given as their bits in native order, as float32: the upper half of a float32 is a bfloat16."""
    return (bits.astype(np.uint32) << np.uint32(16)).view(np.float32)


def matrix(name: str, tensors: Mapping[str, FloatArray]) -> Matrix:
    """The rows of a two-dimensional tensor as exact rationals."""
    array = tensors[name]
    if array.ndim != 2 or 0 in array.shape:
        raise InputError(f"tensor {quoted(name)}", "a matrix of shape (out, in)", f"shape {array.shape}")
    return [list(row) for row in rationals(array)]


def vector(name: str, tensors: Mapping[str, FloatArray], length: int) -> list[Q]:
    """The entries of a one-dimensional tensor of the stated length as exact rationals."""
    array = tensors[name]
    if array.shape != (length,):
        raise InputError(f"tensor {quoted(name)}", f"shape ({length},)", f"shape {array.shape}")
    return list(rationals(array))


def require_modest(count: int) -> None:
    """Raises `InputError` when a file would give more than `MAX_NUMBERS` numbers."""
    if count > MAX_NUMBERS:
        raise InputError("tensors", f"at most {MAX_NUMBERS} numbers altogether", "more")
