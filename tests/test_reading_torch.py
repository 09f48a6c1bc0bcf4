"""State dicts of torch: exact numbers from real files, and hand-written files that want more than to be read."""

from __future__ import annotations

import contextlib
import copyreg
import io
import os
import pickle
import random
import struct
import sys
import warnings
import zipfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from certify.errors import InputError
from certify.network import Network
from certify.numbers import fraction
from certify.reading import load
from certify.reading.torch_file import torch_tensors

DATA = Path(__file__).parent / "data"
CHOICES: dict[str, Any] = {"activation": "relu", "output": "identity", "domain": "0,1"}

WEIGHT_IN = (0.9268734900175533, 1.0159205459103513)
BIAS_IN = (-0.04035479074957106, -0.6072381264676494)
WEIGHT_OUT = (1.9844817095443414, -3.994050227066154)
BIAS_OUT = (0.061194172930627615,)


def weights(net: Any) -> list[list[Fraction]]:
    """All numbers of a network, tensor by tensor in the order of a state dict, each tensor flat."""
    assert isinstance(net, Network)
    flat = []
    for layer in net.layers:
        flat.append([fraction(w) for row in layer.weight for w in row])
        flat.append([fraction(b) for b in layer.bias])
    return flat


def decoded(name: str, raw: bytes, order: str = "<") -> list[Fraction]:
    """An independent reading of stored floats: by `struct`, and by the definition of the format for bfloat16."""
    if name != "bfloat16":
        code = {"float16": "e", "float32": "f", "float64": "d"}[name]
        return [Fraction(x) for (x,) in struct.iter_unpack(order + code, raw)]
    numbers = []
    for (bits,) in struct.iter_unpack(order + "H", raw):
        sign, exponent, significand = bits >> 15, bits >> 7 & 0xFF, bits & 0x7F
        size = Fraction(significand, 128) + (1 if exponent else 0)
        numbers.append((-1) ** sign * size * Fraction(2) ** (max(exponent, 1) - 127))
    return numbers


# Real files


@pytest.mark.parametrize(
    ("name", "precision"), [("float16", 2**-11), ("bfloat16", 2**-8), ("float32", 2**-24), ("float64", 0)]
)
def test_each_float_type_is_read_exactly(name: str, precision: float) -> None:
    path = DATA / f"tent_{name}.pt"
    with zipfile.ZipFile(path) as archive:
        stored = [decoded(name, archive.read(f"tent_{name}/data/{i}")) for i in range(4)]
    found = weights(load(path, **CHOICES))
    assert found == stored
    for numbers, meant in zip(found, (WEIGHT_IN, BIAS_IN, WEIGHT_OUT, BIAS_OUT), strict=True):
        assert all(
            abs(n - Fraction(m)) <= Fraction(precision) * abs(Fraction(m)) for n, m in zip(numbers, meant, strict=True)
        )


def test_views_with_offsets_strides_and_a_shared_storage() -> None:
    eighth = Fraction(1, 8)
    assert weights(load(DATA / "views.pt", **CHOICES)) == [
        [9 * eighth, 12 * eighth],
        [6 * eighth] * 2,
        [21 * eighth, 24 * eighth],
        [eighth],
    ]


def test_parameters_and_a_newer_pickle_protocol() -> None:
    assert weights(load(DATA / "parameters_protocol4.pt", **CHOICES)) == weights(
        load(DATA / "tent_float32.pt", **CHOICES)
    )


def test_a_recurrent_cell_is_the_map_of_its_state() -> None:
    net = load(DATA / "rnn.pt", activation="relu", domain="line")
    w, b, c = (Fraction(struct.unpack("f", struct.pack("f", x))[0]) for x in (-1.7, 0.9, 0.4))
    assert weights(net) == [[w], [b + c]]
    for h in (Fraction(-1), Fraction(1, 3), Fraction(5)):
        assert net(h) == max(Fraction(0), w * h + b + c)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("whole_module", "torch.nn.modules.container.Sequential"),
        ("checkpoint", "entry 'model'"),
        ("legacy", "old form"),
        ("torchscript", "TorchScript"),
    ],
)
def test_real_files_that_are_no_state_dict(name: str, part: str) -> None:
    with pytest.raises(InputError) as caught:
        load(DATA / f"{name}.pt", **CHOICES)
    assert part in str(caught.value)
    assert f"{name}.pt: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_torch_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # an import would now fail
    assert weights(load(DATA / "tent_float32.pt", **CHOICES))[0][0] == Fraction(
        struct.unpack("f", struct.pack("f", WEIGHT_IN[0]))[0]
    )


# Hand-written files

DICT = b"ccollections\nOrderedDict\n)R"


def text(value: str) -> bytes:
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def number(value: int) -> bytes:
    return b"\x8a\x09" + value.to_bytes(9, "little", signed=True)


def sizes(values: Sequence[int]) -> bytes:
    return b"(" + b"".join(map(number, values)) + b"t"


def storage(kind: str = "FloatStorage", key: str = "0", count: int = 1) -> bytes:
    return (
        b"(" + text("storage") + b"ctorch\n" + kind.encode() + b"\n" + text(key) + text("cpu") + number(count) + b"tQ"
    )


def tensor(
    where: bytes, offset: int = 0, shape: Sequence[int] = (1, 1), strides: Sequence[int] = (1, 1), more: bytes = b""
) -> bytes:
    parts = where + number(offset) + sizes(shape) + sizes(strides) + b"\x89" + DICT + more
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + parts + b"tR"


def state_dict(*entries: tuple[str, bytes]) -> bytes:
    return b"\x80\x02" + DICT + b"(" + b"".join(text(name) + value for name, value in entries) + b"u."


def archive(program: bytes, *storages: bytes, byteorder: bytes | None = b"little", **others: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("archive/data.pkl", program)
        if byteorder is not None:
            target.writestr("archive/byteorder", byteorder)
        for i, raw in enumerate(storages):
            target.writestr(f"archive/data/{i}", raw)
        for name, raw in others.items():
            target.writestr(f"archive/{name}", raw)
    return buffer.getvalue()


def single(where: bytes, **kwargs: Any) -> bytes:
    return state_dict(("0.weight", tensor(where, **kwargs)))


ONE = struct.pack("<f", 1.5)


def test_the_hand_written_form_is_a_good_one() -> None:
    found = torch_tensors(archive(single(storage()), ONE))
    assert {name: array.tolist() for name, array in found.items()} == {"0.weight": [[1.5]]}


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32", "float64"])
def test_big_endian_storages(name: str) -> None:
    kind, code = {
        "float16": ("HalfStorage", ">2e"),
        "bfloat16": ("BFloat16Storage", ""),
        "float32": ("FloatStorage", ">2f"),
        "float64": ("DoubleStorage", ">2d"),
    }[name]
    raw = struct.pack(code, 0.1, -3.0) if code else b"\x3d\xcd\xc0\x40"
    data = archive(single(storage(kind, count=2), shape=(2, 1)), raw, byteorder=b"big")
    found = [Fraction(x) for x in torch_tensors(data)["0.weight"].ravel().tolist()]
    assert found == decoded(name, raw, ">")
    assert found[1] == -3


def test_every_bfloat16_number_is_read_exactly() -> None:
    finite = [bits for bits in range(1 << 16) if bits >> 7 & 0xFF != 0xFF]
    raw = struct.pack(f"<{len(finite)}H", *finite)
    data = archive(single(storage("BFloat16Storage", count=len(finite)), shape=(len(finite),), strides=(1,)), raw)
    assert [Fraction(x) for x in torch_tensors(data)["0.weight"].tolist()] == decoded("bfloat16", raw)


def test_a_file_without_byteorder_is_little_endian() -> None:
    assert torch_tensors(archive(single(storage()), ONE, byteorder=None))["0.weight"].tolist() == [[1.5]]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (archive(single(storage(), offset=1), ONE), "inside its storage"),
        (archive(single(storage(count=2), shape=(2, 2), strides=(1, 1)), ONE * 2), "inside its storage"),
        (archive(single(storage(count=1 << 40), shape=(1 << 30,), strides=(1,)), ONE), "altogether"),
        (archive(single(storage(), shape=(1 << 40, 1), strides=(0, 1)), ONE), "altogether"),
        (archive(single(storage(), shape=(1 << 61, 1 << 61), strides=(0, 0)), ONE), "altogether"),
        (archive(single(storage(), shape=(1, 1), strides=(1,)), ONE), "one stride for each axis"),
        (archive(single(storage(), offset=-1), ONE), "no sizes"),
        (archive(single(storage(), shape=(-1, -1)), ONE), "no sizes"),
        (archive(single(storage(), shape=(1,) * 9, strides=(1,) * 9), ONE), "no sizes"),
        (archive(single(storage(count=2)), ONE), "2 numbers of 4 bytes"),
        (archive(single(storage()), ONE * 2), "1 numbers of 4 bytes"),
        (archive(single(storage(key="7")), ONE), "member 'archive/data/7'"),
        (archive(single(storage()), ONE, byteorder=b"middle"), "little or big"),
        (archive(single(storage("LongStorage")), bytes(8)), "int64"),
        (archive(single(storage("BoolStorage")), bytes(1)), "bool"),
        (archive(single(storage("ComplexFloatStorage")), bytes(8)), "complex64"),
        (archive(single(storage("QInt8Storage")), bytes(1)), "qint8"),
        (archive(single(storage()), struct.pack("<f", float("nan"))), "got nan at [0, 0]"),
        (archive(single(storage(count=2), shape=(2, 1)), struct.pack("<2f", 1, float("-inf"))), "got -inf at [1, 0]"),
        (archive(single(storage(), more=b"}"), ONE), "metadata"),  # such as {"neg": True}
        (archive(state_dict(("a", tensor(storage())), ("a", tensor(storage()))), ONE), "stands twice: 'a'"),
        (archive(b"\x80\x02" + tensor(storage()) + b".", ONE), "got a tensor"),
        (archive(state_dict(("epoch", number(3)))), "entry 'epoch'"),
        (archive(b"\x80\x02N."), "got None"),
        (archive(b"\x80\x02N.N."), "after the end"),
        (archive(b"\x80\x02NN."), "one value"),
        (archive(b"\x80\x02(N."), "one value"),
        (archive(b"\x80\x02N"), "damaged"),
        (archive(b""), "damaged"),
        (archive(b"\x80\x02t."), "damaged"),
        (archive(b"\x80\x02h\x05."), "memo slot"),
    ],
)
def test_damaged_and_unsuitable_files(data: bytes, part: str) -> None:
    with pytest.raises(InputError) as caught:
        torch_tensors(data)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def rezipped(change: Callable[[zipfile.ZipFile], None]) -> bytes:
    buffer = io.BytesIO(archive(single(storage()), ONE))
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as target:
        warnings.simplefilter("ignore")  # a duplicate name is meant
        change(target)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (rezipped(lambda z: z.writestr("archive/data/0", ONE)), "one member of this name"),
        (rezipped(lambda z: z.writestr("archive/bomb", bytes(1 << 20), zipfile.ZIP_DEFLATED)), "stored data"),
        (rezipped(lambda z: z.writestr("other/data.pkl", b"N.")), "one member <name>/data.pkl"),
        (archive(single(storage()), ONE)[:-30], "zip archive"),
        (archive(single(storage()), ONE).replace(ONE, struct.pack("<f", 2.5)), "undamaged data"),
        (archive(b"\x80\x02" + b"N0" * (5 << 20) + b"N."), "more than 8 MiB"),
    ],
)
def test_damaged_archives(data: bytes, part: str) -> None:
    with pytest.raises(InputError, match=part):
        torch_tensors(data)


def test_a_key_cannot_lead_out_of_the_archive() -> None:
    for key in ("../archive/data/0", "0/../0", "/etc/passwd", "", "\u0660"):
        with pytest.raises(InputError, match="persistent id"):
            torch_tensors(archive(single(storage(key=key)), ONE))


# Pickles that would do something. Each makes a directory when the standard library loads it.


def running(program: Callable[[str], bytes], path: str) -> bytes:
    return b"\x80\x04" + program(path) + b"."


def _add_extension() -> None:
    copyreg.add_extension("os", "mkdir", 0xE7)


GADGETS: dict[str, Callable[[str], bytes]] = {
    "os.mkdir": lambda p: b"cos\nmkdir\n" + text(p) + b"\x85R",
    "posix.system": lambda p: b"cposix\nsystem\n" + text(f"mkdir '{p}'") + b"\x85R",
    "builtins.eval": lambda p: b"cbuiltins\neval\n" + text(f"__import__('os').mkdir({p!r})") + b"\x85R",
    "builtins.exec": lambda p: (
        text("builtins") + text("exec") + b"\x93" + text(f"import os; os.mkdir({p!r})") + b"\x85R"
    ),
    "builtins.getattr": lambda p: (
        b"cbuiltins\ngetattr\ncposixpath\nos\n" + text("mkdir") + b"\x86R" + text(p) + b"\x85R"
    ),
    "posixpath.os.mkdir": lambda p: text("posixpath") + text("os.mkdir") + b"\x93" + text(p) + b"\x85R",
    "functools.partial": lambda p: b"cfunctools\npartial\ncos\nmkdir\n" + text(p) + b"\x86R)R",
    "INST": lambda p: b"(" + text(p) + b"ios\nmkdir\n",
    "OBJ": lambda p: b"(cos\nmkdir\n" + text(p) + b"o",
    "EXT1": lambda p: b"\x82\xe7" + text(p) + b"\x85R",
    "EXT4": lambda p: b"\x84\xe7\x00\x00\x00" + text(p) + b"\x85R",
    "in a value": lambda p: b"}" + text("0.weight") + b"cos\nmkdir\n" + text(p) + b"\x85Rs",
    "in a key": lambda p: b"}cos\nmkdir\n" + text(p) + b"\x85RNs",
    "popped": lambda p: b"cos\nmkdir\n" + text(p) + b"\x85R0}",
    "memoised": lambda p: b"cos\nmkdir\nq\x000h\x00" + text(p) + b"\x85R",
    "after OrderedDict": lambda p: DICT + b"q\x01cos\nmkdir\n" + text(p) + b"\x85R0h\x01",
    "an argument of OrderedDict": lambda p: b"ccollections\nOrderedDict\n(cos\nmkdir\n" + text(p) + b"\x85RtR",
}


@pytest.fixture
def extension() -> Any:
    _add_extension()
    yield
    copyreg.remove_extension("os", "mkdir", 0xE7)


@pytest.mark.parametrize("name", GADGETS)
@pytest.mark.usefixtures("extension")
def test_nothing_runs(name: str, tmp_path: Path) -> None:
    armed = tmp_path / "armed"
    with contextlib.suppress(TypeError):  # what comes after the call may be wrong: the harm is done
        pickle.loads(running(GADGETS[name], str(armed)))
    assert armed.is_dir(), "the gadget must be one that works on a reader that is not careful"

    sentinel = tmp_path / "sentinel"
    path = tmp_path / "model.pt"
    path.write_bytes(archive(running(GADGETS[name], str(sentinel))))
    with pytest.raises(InputError) as caught:
        load(path, **CHOICES)
    assert sorted(os.listdir(tmp_path)) == ["armed", "model.pt"]
    assert "\n" not in str(caught.value)
    if "." in name:
        assert repr(name) in str(caught.value)


@pytest.mark.parametrize(
    ("program", "part"),
    [
        (b"ctorch\nload\n)R.", "torch.load"),
        (b"ctorch.hub\nload\n)R.", "torch.hub.load"),
        (b"ctorch.storage\n_load_from_bytes\n" + b"C\x01x\x85R.", "_load_from_bytes"),
        (b"ctorch._utils\n_rebuild_qtensor\n)R.", "_rebuild_qtensor"),
        (b"ctorch._utils\n_rebuild_tensor_v3\n)R.", "_rebuild_tensor_v3"),
        (b"ctorch._utils\n_rebuild_tensor_v2.__globals__\n.", "__globals__"),
        (b"ctorch._utils\n_rebuild_tensor_v2\n)R.", "other arguments"),
        (b"ctorch\nFloatStorage\n)R.", "other arguments"),
        (b"ccollections\nOrderedDict\n]\x85R.", "other arguments"),
        (b"ccollections\nOrderedDict\n)\x81.", "NEWOBJ"),
        (b"ccollections\nOrderedDict\n)}\x92.", "NEWOBJ_EX"),
        (b"ctorch._utils\n_rebuild_tensor_v2\n}" + text("__defaults__") + b"Nsb.", "a state of its own"),
        (DICT + b"N}" + text("x") + b"Ns\x86b.", "a state of its own"),
        (b"N)R.", "no global"),
        (b"NN\x93.", "not text"),
        (b"Parchive\n.", "PERSID"),
        (b"NQ.", "persistent id"),
        (
            b"(" + text("storage") + b"ccollections\nOrderedDict\n" + text("0") + text("cpu") + number(1) + b"tQ.",
            "persistent id",
        ),
        (
            b"(" + text("module") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + number(1) + b"tQ.",
            "persistent id",
        ),
        (b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + b"\x88tQ.", "persistent id"),
        (b"}]Ns.", "dict key"),
        (b"})Ns.", "dict key"),
        (b"]]Ns.", "no dict"),
        (b"}Na.", "no list"),
        (b"F1.5\n.", "instruction FLOAT"),
        (b"L" + b"9" * 5000 + b"L\n.", "damaged"),
        (b"\xff.", "damaged"),
        (b"c" + b"x" * 5000 + b"\n\x1b[31m\n.", "foreign global"),
    ],
)
def test_tricks_are_refused(program: bytes, part: str) -> None:
    with pytest.raises(InputError) as caught:
        torch_tensors(archive(b"\x80\x02" + program))
    message = str(caught.value)
    assert part in message
    assert message.isprintable()
    assert len(message) < 400


def test_a_memo_index_makes_no_memory() -> None:
    slot = b"\xf0\xff\xff\xff"
    program = b"\x80\x02" + DICT + b"r" + slot + text("0.weight") + tensor(storage()) + b"sj" + slot + b"b."
    assert torch_tensors(archive(program, ONE))["0.weight"].tolist() == [[1.5]]


LAUGHS = (
    b")" + b"q\x00h\x00\x86" * 300
)  # a tuple of two of the tuple before it: 2**300 empty tuples to whoever walks it


@pytest.mark.parametrize(
    ("program", "part"),
    [
        (LAUGHS, "got a tuple"),
        (b"}" + text("w") + LAUGHS + b"s", "entry 'w'"),
        (b"}" + LAUGHS + b"Ns", "dict key"),
        (LAUGHS + b"Q", "persistent id"),
        (b"ccollections\nOrderedDict\n" + LAUGHS + b"R", "other arguments"),
        (LAUGHS + b")R", "no global"),
        (LAUGHS + LAUGHS + b"\x93", "not text"),
        (DICT + LAUGHS + b"b", "a state of its own"),
        (b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage() + LAUGHS + b"))\x89" + DICT + b"tR", "no sizes"),
    ],
)
def test_a_value_of_exponential_size_is_never_walked(program: bytes, part: str) -> None:
    with pytest.raises(InputError, match=part):
        torch_tensors(archive(b"\x80\x02" + program + b"."))


def test_a_list_that_holds_itself_is_refused() -> None:
    with pytest.raises(InputError, match="got a list"):
        torch_tensors(archive(b"\x80\x02]q\x00h\x00a."))


def test_damage_anywhere_is_an_input_error_or_a_state_dict() -> None:
    """Random changes of a real pickle: whatever comes, no other exception than InputError."""
    rng = random.Random(2022)
    with zipfile.ZipFile(DATA / "tent_float32.pt") as source:
        program = source.read("tent_float32/data.pkl")
        storages = [source.read(f"tent_float32/data/{i}") for i in range(4)]
    refusals = []
    for _ in range(3000):
        damaged = bytearray(program)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(damaged))
            match rng.randrange(3):
                case 0:
                    damaged[at] = rng.randrange(256)
                case 1:
                    del damaged[at]
                case _:
                    damaged.insert(at, rng.randrange(256))
        try:
            torch_tensors(archive(bytes(damaged), *storages))
        except InputError as error:
            refusals.append(str(error))
    assert all(message.isprintable() for message in refusals)
    assert 0 < len(refusals) < 3000
