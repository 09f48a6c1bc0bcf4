"""The pickle inside a torch file, read by a machine that cannot call anything.

A pickle is a program for a stack machine, and the machine of the standard library imports and calls whatever the
program names. This one knows only the instructions that a state dict is made of, and its values are inert: text,
numbers, tuples, lists, dicts and descriptions of tensors. A global is a name out of a closed list, never an object;
"calling" it describes what torch would have built. Everything else is refused by name, so nothing in the file can run.

Its memory is linear in the length of the pickle: memo slots live in a dict, nothing is copied, and dict keys are text
or integers, so that no nested value is ever hashed, compared or printed.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass
from typing import Any

from certify.errors import InputError
from certify.reading.exact import quoted

MAX_PICKLE = 8 << 20
"""A longer pickle is refused; that of a state dict has about a hundred bytes for each tensor."""

ELEMENTS = {
    "torch HalfStorage": "float16",
    "torch BFloat16Storage": "bfloat16",
    "torch FloatStorage": "float32",
    "torch DoubleStorage": "float64",
    "torch BoolStorage": "bool",
    "torch ByteStorage": "uint8",
    "torch CharStorage": "int8",
    "torch ShortStorage": "int16",
    "torch IntStorage": "int32",
    "torch LongStorage": "int64",
    "torch ComplexFloatStorage": "complex64",
    "torch ComplexDoubleStorage": "complex128",
    "torch QInt8Storage": "qint8",
    "torch QUInt8Storage": "quint8",
    "torch QInt32Storage": "qint32",
    "torch QUInt4x2Storage": "quint4x2",
    "torch QUInt2x4Storage": "quint2x4",
}
"""Storage classes and what they hold; those that hold no floats are known so that a message can say what came."""

DICT = "collections OrderedDict"
TENSOR = "torch._utils _rebuild_tensor_v2"
PARAMETER = "torch._utils _rebuild_parameter"


@dataclass(frozen=True)
class Global:
    """A name that the pickle would import; here it stays a name."""

    name: str


@dataclass(frozen=True)
class Storage:
    """A run of numbers in the archive's member `data/<key>`."""

    element: str
    key: str
    count: int


@dataclass(frozen=True)
class StoredTensor:
    """A view of a storage: entry (i, j, ...) is number offset + i * strides[0] + j * strides[1] + ... of it."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def refusal(got: str) -> InputError:
    """The error for a pickle that is more than, or other than, a state dict."""
    return InputError("data.pkl", "a state dict as torch.save(module.state_dict(), ...) writes it", got)


def unpickle(data: bytes) -> Any:
    """The value that the pickle describes, made of inert parts. Raises `InputError` for what no state dict needs."""
    if len(data) > MAX_PICKLE:
        raise refusal(f"a pickle of more than {MAX_PICKLE >> 20} MiB")
    machine = _Machine()
    try:
        for instruction, argument, position in pickletools.genops(data):
            if instruction.name == "STOP":
                if position != len(data) - 1:
                    raise refusal("more bytes after the end of the pickle")
                return machine.result()
            machine.step(instruction.name, argument)
    except InputError:
        raise
    except (ValueError, IndexError, OverflowError) as error:  # IndexError: the stack ran empty
        raise refusal(f"a damaged pickle ({quoted(str(error))})") from None
    raise refusal("a pickle without an end")


class _Machine:
    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._below: list[list[Any]] = []  # one stack for each open mark
        self._memo: dict[int, Any] = {}

    def result(self) -> Any:
        if len(self._stack) != 1 or self._below:
            raise refusal("a damaged pickle (it does not end with one value)")
        return self._stack[0]

    def step(self, name: str, argument: Any) -> None:
        stack = self._stack
        match name:
            case "PROTO" | "FRAME":
                pass
            case "NONE":
                stack.append(None)
            case "NEWTRUE":
                stack.append(True)
            case "NEWFALSE":
                stack.append(False)
            case "BININT" | "BININT1" | "BININT2" | "LONG1" | "BINFLOAT" | "BINUNICODE" | "SHORT_BINUNICODE":
                stack.append(argument)
            case "EMPTY_TUPLE":
                stack.append(())
            case "EMPTY_LIST":
                stack.append([])
            case "EMPTY_DICT":
                stack.append({})
            case "MARK":
                self._below.append(stack)
                self._stack = []
            case "TUPLE":
                self._push(tuple(self._since_mark()))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                parts = [stack.pop() for _ in range(int(name[-1]))]
                stack.append(tuple(reversed(parts)))
            case "APPEND":
                self._extend([stack.pop()])
            case "APPENDS":
                self._extend(self._since_mark())
            case "SETITEM":
                value, key = stack.pop(), stack.pop()
                self._set_items([key, value])
            case "SETITEMS":
                self._set_items(self._since_mark())
            case "BINPUT" | "LONG_BINPUT":
                self._memo[argument] = stack[-1]
            case "MEMOIZE":
                self._memo[len(self._memo)] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                if argument not in self._memo:
                    raise refusal("a damaged pickle (a memo slot that was never filled)")
                stack.append(self._memo[argument])
            case "GLOBAL":
                stack.append(_known(argument))
            case "STACK_GLOBAL":
                attribute, module = stack.pop(), stack.pop()
                if not isinstance(attribute, str) or not isinstance(module, str):
                    raise refusal("a global whose name is not text")
                stack.append(_known(f"{module} {attribute}"))
            case "BINPERSID":
                stack.append(_storage(stack.pop()))
            case "REDUCE":
                arguments, function = stack.pop(), stack.pop()
                stack.append(_described(function, arguments))
            case "BUILD":  # attributes of the dict: torch puts the versions of the module's parts there
                state = stack.pop()
                if not isinstance(stack[-1], dict) or not isinstance(state, dict):
                    raise refusal("an object with a state of its own")
            case _:
                raise refusal(f"the pickle instruction {name}")

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _since_mark(self) -> list[Any]:
        values, self._stack = self._stack, self._below.pop()
        return values

    def _extend(self, values: list[Any]) -> None:
        if not isinstance(self._stack[-1], list):
            raise refusal("a damaged pickle (an append to what is no list)")
        self._stack[-1].extend(values)

    def _set_items(self, flat: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, dict) or len(flat) % 2:
            raise refusal("a damaged pickle (items for what is no dict)")
        for key, value in zip(flat[::2], flat[1::2], strict=True):
            if not isinstance(key, str | int):
                raise refusal("a dict key that is neither text nor an integer")
            if key in target:
                raise refusal("a dict key that stands twice" + (f": {quoted(key)}" if isinstance(key, str) else ""))
            target[key] = value


def _known(name: str) -> Global:
    if name not in ELEMENTS and name not in (DICT, TENSOR, PARAMETER):
        raise refusal(f"the foreign global {quoted(name.replace(' ', '.', 1))}; nothing of it was run")
    return Global(name)


def _storage(identity: Any) -> Storage:
    match identity:
        case ("storage", Global(name), str(key), str(), int(count)) if (
            name in ELEMENTS
            and key.isascii()
            and key.isdigit()
            and not isinstance(count, bool)
            and 0 <= count < 1 << 62
        ):
            return Storage(ELEMENTS[name], key, count)
    raise refusal("a persistent id that is not a tensor's storage")


def _described(function: Any, arguments: Any) -> Any:
    match function, arguments:
        case Global(name), () if name == DICT:
            return {}
        case Global(name), (StoredTensor() as tensor, bool(), dict()) if name == PARAMETER:
            return tensor
        case Global(name), (Storage() as storage, offset, shape, strides, bool(), dict(), *rest) if name == TENSOR:
            if rest not in ([], [None]):  # torch notes here that a view is to be negated or conjugated
                raise refusal("a tensor with metadata")
            return StoredTensor(storage, _sizes((offset,))[0], _sizes(shape), _sizes(strides))
        case Global(name), _:
            raise refusal(f"a call of {quoted(name.replace(' ', '.', 1))} with other arguments than torch gives it")
    raise refusal("a call of what is no global")


def _sizes(values: Any) -> tuple[int, ...]:
    if isinstance(values, tuple) and len(values) <= 8:
        sizes = tuple(v for v in values if isinstance(v, int) and not isinstance(v, bool) and 0 <= v < 1 << 62)
        if len(sizes) == len(values):
            return sizes
    raise refusal("a tensor whose offset, shape or strides are no sizes")
