"""safetensors files: eight bytes that give the header's length, a JSON header, and the numbers.

The library's numpy reader has no type for bfloat16, so the few lines that the format takes are here. Its description:
https://github.com/huggingface/safetensors#format.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from certify.errors import InputError
from certify.reading.exact import FLOATS, Tensors, quoted, tensor, widened_bfloat16

_STORED_AS = {"F16": "<f2", "BF16": "<u2", "F32": "<f4", "F64": "<f8"}


def safetensors_tensors(data: bytes) -> Tensors:
    """The tensors by name, each number exactly as stored. The order is that of the header, which writers sort at will.

    Raises `InputError` for types other than floats, and unless the tensors fill the data without gap or overlap.
    """
    header, body = _parts(data)
    tensors: Tensors = {}
    spans: list[tuple[int, int, str]] = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        where = f"tensor {quoted(name)}"
        kind, shape, start, end = _entry(where, entry)
        if kind not in _STORED_AS:
            raise InputError(where, f"numbers of type {FLOATS}", quoted(kind))
        dtype = np.dtype(_STORED_AS[kind])
        size = dtype.itemsize
        for length in shape:
            size *= length
        if not start <= end <= len(body) or end - start != size:
            raise InputError(
                where, f"{size} bytes inside the file", f"data_offsets [{start}, {end}] of {len(body)} bytes"
            )
        spans.append((start, end, where))
        numbers = np.frombuffer(body[start:end], dtype).reshape(shape)
        tensors[name] = tensor(name, widened_bfloat16(numbers) if kind == "BF16" else numbers)
    reached = 0
    for start, end, where in sorted(spans):
        if start != reached:
            raise InputError(
                where, f"data that begin at byte {reached}, where the tensor before them ends", f"byte {start}"
            )
        reached = end
    if reached != len(body):
        raise InputError("data", f"{reached} bytes, as the tensors take", f"{len(body)}")
    return tensors


def _parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise InputError(
            "header", "a safetensors file: a length of eight bytes and as much JSON", f"a file of {len(data)} bytes"
        )
    try:
        header = json.loads(data[8 : 8 + length].decode("utf-8"), object_pairs_hook=_without_repetition)
    except InputError:
        raise
    except (ValueError, RecursionError):
        raise InputError("header", "a JSON object", "something else") from None
    if not isinstance(header, dict):
        raise InputError("header", "a JSON object", "another JSON value")
    return header, data[8 + length :]


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise InputError("header", "every key once", "a key that stands twice")
    return names


def _entry(where: str, entry: Any) -> tuple[str, tuple[int, ...], int, int]:
    match entry:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [start, end]} if (
            len(entry) == 3 and len(shape) <= 8 and all(_is_size(n) for n in (*shape, start, end))
        ):
            return kind, tuple(shape), start, end
    raise InputError(where, "dtype, shape and data_offsets", "an entry of another form")


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62
