"""NumPy's .npz archives: one .npy member for each array."""

from __future__ import annotations

from io import BytesIO

import numpy as np

from certify.errors import InputError
from certify.reading.archive import Archive
from certify.reading.exact import FLOATS, Tensors, quoted, tensor


def npz_tensors(data: bytes) -> Tensors:
    """The arrays by name, in the order of the file, each number exactly as stored. Pickled objects are refused, never
    loaded.

    Raises `InputError`, also where an array claims more data than its member has.
    """
    archive = Archive(data, compressed=True)
    tensors: Tensors = {}
    for member in archive.names:
        if not member.endswith(".npy"):
            raise InputError(f"member {quoted(member)}", "an array, <name>.npy", "another kind of member")
        name = member.removesuffix(".npy")
        raw = archive.read(member)
        _check_size(name, raw)
        try:
            array = np.lib.format.read_array(BytesIO(raw), allow_pickle=False)
        except (ValueError, EOFError, OSError) as error:
            raise InputError(f"tensor {quoted(name)}", "an array of numbers", quoted(str(error))) from None
        tensors[name] = tensor(name, array)
    return tensors


def _check_size(name: str, raw: bytes) -> None:
    """Compares what the header of an array promises with what is there, before numpy makes room for it."""
    where = f"tensor {quoted(name)}"
    stream = BytesIO(raw)
    try:
        version = np.lib.format.read_magic(stream)
        if version not in ((1, 0), (2, 0)):  # (3, 0) is for names of fields, and a float has none
            raise ValueError(f"version {version} of the format")
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read_header(stream)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise InputError(where, "an array in NumPy's .npy format", quoted(str(error))) from None
    if dtype.kind != "f":
        raise InputError(where, f"numbers of type {FLOATS}", quoted(str(dtype)))
    size = dtype.itemsize
    for length in shape:
        size *= length
    if size != len(raw) - stream.tell() or any(length < 0 for length in shape):
        raise InputError(where, "as much data as its shape needs", f"{len(raw) - stream.tell()} bytes")
