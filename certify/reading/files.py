"""A file as bytes, and what kind of file the bytes look like."""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from pathlib import Path

from certify.errors import InputError

MAX_BYTES = 64 << 20
"""A larger file is refused before it is read."""

LEGACY_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How a file of `torch.save` from before torch 1.6 begins: a pickle of the number 0x1950a86a20f9469cfc6c."""


class Kind(Enum):
    """The kinds of file that are read, each with its words for messages."""

    JSON = "a JSON map file"
    TORCH = "a torch archive"
    SAFETENSORS = "a safetensors file"
    NPZ = "a NumPy .npz archive"
    ONNX = "an ONNX model"


SUFFIXES = {
    ".json": Kind.JSON,
    ".pt": Kind.TORCH,
    ".pth": Kind.TORCH,
    ".safetensors": Kind.SAFETENSORS,
    ".npz": Kind.NPZ,
    ".onnx": Kind.ONNX,
}


@dataclass(frozen=True)
class Content:
    """The bytes of one file, read once, so that the digest is that of the very bytes that became the map."""

    path: Path
    data: bytes
    kind: Kind

    @property
    def provenance(self) -> dict[str, str]:
        """What a map file says about what it was converted from."""
        return {"file": self.path.name, "sha256": hashlib.sha256(self.data).hexdigest()}


def read_content(path: str | os.PathLike[str]) -> Content:
    """The file's bytes and its kind, which the suffix names and the bytes must not contradict. Raises `InputError`."""
    where = Path(path)
    kind = SUFFIXES.get(where.suffix.lower())
    if kind is None:
        raise InputError(
            "file name", f"a suffix out of {' '.join(SUFFIXES)}", repr(where.suffix) if where.suffix else "no suffix"
        )
    try:
        with where.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise InputError("file", "a readable file", getattr(error, "strerror", None) or "an impossible name") from None
    if len(data) > MAX_BYTES:
        raise InputError("file", f"at most {MAX_BYTES >> 20} MiB", "more")
    if not data:
        raise InputError("content", f"{kind.value}, as the suffix {where.suffix} says", "an empty file")
    found = looks_like(data)
    if found not in (None, kind):
        words = found.value if isinstance(found, Kind) else found
        raise InputError("content", f"{kind.value}, as the suffix {where.suffix} says", words)
    return Content(where, data, kind)


def looks_like(data: bytes) -> Kind | str | None:
    """The kind that the bytes give away, words for a known kind that is not read, or None where they say nothing."""
    if data.startswith(LEGACY_TORCH):
        return "a torch file of the old form from before torch 1.6 (load it in torch and save its state_dict again)"
    if data.startswith(b"\x93NUMPY"):
        return "a single NumPy array (.npy), without names"
    if data.startswith(b"\x89HDF\r\n\x1a\n"):
        return "an HDF5 file"
    if data.startswith(b"PK\x03\x04"):
        return _zip_kind(data)
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= len(data) - 8:
        return Kind.SAFETENSORS
    if data.lstrip()[:1] == b"{":
        return Kind.JSON
    if data.startswith(b"\x80") and data[1:2] in b"\x02\x03\x04\x05":
        return "a bare pickle, which could run code when loaded"
    return None


def _zip_kind(data: bytes) -> Kind | str | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except Exception:  # a damaged archive raises many things here; the reader of the kind will say what is wrong
        return None
    if any(name.endswith("/constants.pkl") for name in names):
        return "a TorchScript archive, which is a program (save the module's state_dict instead)"
    if any(name.endswith("/data.pkl") for name in names):
        return Kind.TORCH
    if names and all(name.endswith(".npy") for name in names):
        return Kind.NPZ
    return "a zip archive that is neither of torch nor of NumPy"
