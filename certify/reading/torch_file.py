"""State dicts of torch (`torch.save`, .pt and .pth), read without torch and without running anything."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from certify.errors import InputError
from certify.reading.archive import Archive
from certify.reading.exact import FLOATS, Tensors, quoted, require_modest, tensor, widened_bfloat16
from certify.reading.torch_pickle import Storage, StoredTensor, unpickle

_STORED_AS = {"float16": "f2", "bfloat16": "u2", "float32": "f4", "float64": "f8"}


def torch_tensors(data: bytes) -> Tensors:
    """The tensors of a saved state dict by name, in the order of the file, each number exactly as stored.

    The archive holds `<top>/data.pkl`, a pickle that describes the tensors, `<top>/data/<n>`, their storages, and
    `<top>/byteorder`; a file without the last, as torch wrote before version 2.1, is little-endian. Views with
    offsets and strides of shared storages are followed. Raises `InputError` for everything else.
    """
    archive = Archive(data, compressed=False)
    tops = [name.removesuffix("/data.pkl") for name in archive.names if name.endswith("/data.pkl")]
    if len(tops) != 1 or "/" in tops[0]:
        raise InputError(
            "content", "one member <name>/data.pkl, as torch.save writes it", f"{len(tops)} that may be meant"
        )
    top = tops[0]
    described = unpickle(archive.read(f"{top}/data.pkl"))
    if not isinstance(described, dict):
        raise InputError("data.pkl", "a state dict: tensors by name", _word(described))
    for name, value in described.items():
        if not isinstance(name, str) or not isinstance(value, StoredTensor):
            label = quoted(name) if isinstance(name, str) else "a numbered entry"
            raise InputError(f"entry {label}", "a tensor (save the state dict itself, nothing around it)", _word(value))
    storages = _Storages(archive, top)
    total = 0
    tensors: Tensors = {}
    for name, value in described.items():
        total += _count(name, value)
        require_modest(total)  # before anything is spread out: a stride of 0 makes much out of little
        tensors[name] = tensor(name, _entries(storages.read(name, value.storage), value))
    return tensors


class _Storages:
    """The storages of an archive, each read once."""

    def __init__(self, archive: Archive, top: str) -> None:
        self._archive, self._top = archive, top
        self._read: dict[Storage, npt.NDArray[Any]] = {}
        order = archive.read(f"{top}/byteorder") if f"{top}/byteorder" in archive else b"little"
        if order not in (b"little", b"big"):
            raise InputError("member 'byteorder'", "little or big", quoted(order[:20].decode("latin-1")))
        self._order = "<" if order == b"little" else ">"

    def read(self, name: str, storage: Storage) -> npt.NDArray[Any]:
        if storage not in self._read:
            stored = _STORED_AS.get(storage.element)
            if stored is None:
                raise InputError(f"tensor {quoted(name)}", f"numbers of type {FLOATS}", storage.element)
            dtype = np.dtype(self._order + stored)
            data = self._archive.read(f"{self._top}/data/{storage.key}")
            if len(data) != storage.count * dtype.itemsize:
                expected = f"{storage.count} numbers of {dtype.itemsize} bytes in its storage"
                raise InputError(f"tensor {quoted(name)}", expected, f"{len(data)} bytes")
            numbers = np.frombuffer(data, dtype)
            self._read[storage] = widened_bfloat16(numbers) if storage.element == "bfloat16" else numbers
        return self._read[storage]


def _count(name: str, described: StoredTensor) -> int:
    """The number of entries, once they are known to lie inside the storage."""
    where = f"tensor {quoted(name)}"
    if len(described.shape) != len(described.strides):
        raise InputError(where, "one stride for each axis", f"{len(described.strides)} for {len(described.shape)}")
    count = 1
    for length in described.shape:
        count *= length
    if count:
        reach = described.offset + sum((n - 1) * s for n, s in zip(described.shape, described.strides, strict=True))
        if reach >= described.storage.count:
            raise InputError(
                where, f"entries inside its storage of {described.storage.count} numbers", f"one at {reach}"
            )
    return count


def _entries(numbers: npt.NDArray[Any], described: StoredTensor) -> npt.NDArray[Any]:
    index = np.full(described.shape, described.offset, dtype=np.int64)
    if not index.size:
        return np.empty(described.shape, numbers.dtype)
    for axis, (length, stride) in enumerate(zip(described.shape, described.strides, strict=True)):
        steps = np.arange(length, dtype=np.int64) * (stride if length > 1 else 0)  # one step: the stride means nothing
        index += steps.reshape([-1 if i == axis else 1 for i in range(len(described.shape))])
    return np.asarray(numbers[index])


def _word(value: Any) -> str:
    """What a value out of a pickle is, in words: the value itself may be of any size."""
    if isinstance(value, StoredTensor):
        return "a tensor"
    return {dict: "a dict", list: "a list", tuple: "a tuple", str: "text", type(None): "None"}.get(
        type(value), f"a {type(value).__name__}"
    )
