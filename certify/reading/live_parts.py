"""What a live `torch.nn` module is and holds: its class, and the exact entries of its tensors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from certify.errors import InputError
from certify.numbers import Q, rational
from certify.reading.exact import FLOATS, Matrix, require_modest

_FLOATS = {"torch.float16", "torch.bfloat16", "torch.float32", "torch.float64"}


def class_of(module: Any) -> str | None:
    """The name of a class that torch.nn itself defines, else None."""
    kind = type(module)
    return kind.__name__ if kind.__module__.startswith("torch.nn.modules.") else None


def require_untouched(where: str, module: Any) -> None:
    """Raises `InputError` unless the module computes what its class says."""
    if vars(module).get("_forward_hooks") or vars(module).get("_forward_pre_hooks") or "forward" in vars(module):
        raise InputError(where, "a module as torch made it", "one with forward hooks or a forward method of its own")


def matrix(where: str, tensor: Any) -> Matrix:
    """The rows of a tensor with two axes. Raises `InputError`."""
    return [_row(where, row, (i,)) for i, row in enumerate(_entries(where, tensor, 2))]


def vector(where: str, tensor: Any) -> list[Q]:
    """The entries of a tensor with one axis. Raises `InputError`."""
    return _row(where, _entries(where, tensor, 1), ())


def _entries(where: str, tensor: Any, axes: int) -> list[Any]:
    """The (nested) entries: `tolist` widens every float type of torch to doubles, which is exact."""
    if str(tensor.dtype) not in _FLOATS:
        raise InputError(where, f"numbers of type {FLOATS}", str(tensor.dtype))
    if len(tensor.shape) != axes:
        raise InputError(where, f"{axes} axes", f"shape {tuple(tensor.shape)}")
    if str(tensor.device) == "meta":
        raise InputError(where, "numbers", "a tensor on the device 'meta', which holds none")
    require_modest(int(tensor.numel()))
    entries: list[Any] = tensor.detach().tolist()
    return entries


def _row(where: str, row: Iterable[float], above: tuple[int, ...]) -> list[Q]:
    numbers = []
    for i, value in enumerate(row):
        try:
            numbers.append(rational(value))
        except ValueError:
            raise InputError(where, "finite numbers", f"{value} at {[*above, i]}") from None
    return numbers
