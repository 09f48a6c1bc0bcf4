"""Named tensors of .npz and .safetensors files, what must be chosen beside them, and the order of the layers."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certify.errors import InputError
from certify.network import Activation, Network
from certify.numbers import fraction
from certify.piecewise import PiecewiseLinear
from certify.reading import load, read
from certify.reading.npz_file import npz_tensors
from certify.reading.safetensors_file import safetensors_tensors
from tests.optional import require

CHOICES: dict[str, Any] = {"activation": "relu", "output": "clip:0,1", "domain": "0,1"}

# x -> clip(2 relu(x) - 4 relu(x - 1/2)): the tent map, in numbers that every float type has.
TENT: dict[str, np.ndarray[Any, Any]] = {
    "0.weight": np.array([[1.0], [1.0]]),
    "0.bias": np.array([0.0, -0.5]),
    "2.weight": np.array([[2.0, -4.0]]),
    "2.bias": np.array([0.0]),
}


def tent(x: Fraction) -> Fraction:
    return min(2 * x, 2 - 2 * x)


def npz(path: Path, tensors: dict[str, Any]) -> Path:
    np.savez(path, **tensors)
    return path


def safetensors(tensors: dict[str, tuple[str, list[int], bytes]], body: bytes | None = None) -> bytes:
    """The format written by hand from its description: types, shapes and raw bytes by name."""
    header, at = {}, 0
    for name, (kind, shape, raw) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [at, at + len(raw)]}
        at += len(raw)
    text = json.dumps(header).encode()
    data = b"".join(raw for _, _, raw in tensors.values()) if body is None else body
    return struct.pack("<Q", len(text)) + text + data


def safe(tensors: dict[str, np.ndarray[Any, Any]]) -> bytes:
    return safetensors({n: ("F64", list(t.shape), t.astype("<f8").tobytes()) for n, t in tensors.items()})


def refusal(path: Path, **choices: Any) -> str:
    with pytest.raises(InputError) as caught:
        load(path, **choices)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


# What a file leaves open


@pytest.mark.parametrize("missing", ["activation", "output", "domain"])
def test_each_choice_must_be_made(missing: str, tmp_path: Path) -> None:
    path = npz(tmp_path / "tent.npz", TENT)
    message = refusal(path, **{k: v for k, v in CHOICES.items() if k != missing})
    assert f"--{missing}" in message
    assert message.endswith("got nothing")
    assert all(word in message for word in (["line", "lo,hi"] if missing == "domain" else ["relu", "clip:<lo>,<hi>"]))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("activation", "swish"),
        ("activation", "clip:1,0"),
        ("activation", "relu:3"),
        ("activation", ""),
        ("output", "leaky_relu"),
        ("output", "leaky_relu:x"),
        ("domain", "1,0"),
        ("domain", "0,0"),
        ("domain", "0"),
        ("domain", "0,1,2"),
        ("domain", "R"),
        ("domain", (0, float("inf"))),
        ("domain", (0, True)),
        ("domain", 3),
    ],
)
def test_nonsense_choices_are_refused(option: str, value: Any, tmp_path: Path) -> None:
    assert f"--{option}: expected" in refusal(npz(tmp_path / "tent.npz", TENT), **(CHOICES | {option: value}))


@pytest.mark.parametrize("domain", ["0,1", " 0 , 1 ", "0/1,1.0", (0, 1), [Fraction(0), "1"], (0.0, 1.0)])
def test_domains_of_any_exact_form(domain: Any, tmp_path: Path) -> None:
    net = load(npz(tmp_path / "tent.npz", TENT), activation=Activation("relu"), output="clip:0,1", domain=domain)
    assert net.domain == (Fraction(0), Fraction(1))
    for i in range(13):
        assert net(Fraction(i, 12)) == tent(Fraction(i, 12))


@pytest.mark.parametrize("domain", ["line", None])
def test_the_line_must_be_said_and_can_be(domain: Any, tmp_path: Path) -> None:
    assert load(npz(tmp_path / "t.npz", TENT), **(CHOICES | {"domain": domain})).domain is None


def test_a_single_layer_has_no_hidden_activation(tmp_path: Path) -> None:
    path = npz(tmp_path / "one.npz", {"weight": np.array([[0.5]]), "bias": np.array([0.25])})
    assert "--activation" in refusal(path, **CHOICES)
    assert load(path, output="abs", domain="line")(-3) == Fraction(5, 4)


def test_a_missing_bias_adds_nothing(tmp_path: Path) -> None:
    net = load(npz(tmp_path / "m.npz", {"weight": np.array([[3.0]])}), output="identity", domain="line")
    assert net(Fraction(1, 7)) == Fraction(3, 7)


# The tensors


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"1.running_mean": np.zeros(2)}, "tensor '1.running_mean'"),
        ({"1.bias": np.zeros(2)}, "tensor '1.bias'"),
        ({"1.weight": np.zeros(2)}, "tensor '1.weight': expected a matrix"),
        ({"0.weight": np.ones((2, 2))}, "layers[0].weight: expected one column, for the single input, got 2"),
        ({"2.weight": np.ones((1, 3))}, "tensor '2.weight' of shape (1, 3): expected a layer of 2 inputs"),
        (
            {"2.weight": np.ones((2, 2)), "2.bias": np.ones(2)},
            "layers[1].weight: expected one row, for the single output, got 2",
        ),
        ({"0.weight": np.ones((0, 1))}, "tensor '0.weight': expected a matrix of shape (out, in)"),
        ({"0.bias": np.ones(3)}, "tensor '0.bias': expected shape (2,), got shape (3,)"),
        ({"0.bias": np.ones((2, 1))}, "tensor '0.bias': expected shape (2,), got shape (2, 1)"),
        ({"0.bias": np.array([0, 1])}, "tensor '0.bias': expected numbers of type float16"),
        ({"0.bias": np.array([True, False])}, "bool"),
        ({"0.bias": np.array([0j, 1j])}, "complex128"),
        ({"0.bias": np.zeros(2, np.longdouble)}, "tensor '0.bias': expected numbers of type"),
        ({"0.bias": np.array([None, {}])}, "tensor '0.bias': expected numbers of type"),
        ({"0.bias": np.array([1.0, np.nan])}, "tensor '0.bias': expected finite numbers, got nan at [1]"),
        ({"2.weight": np.array([[np.inf, 1]], np.float16)}, "expected finite numbers, got inf at [0, 0]"),
    ],
)
def test_tensors_that_make_no_network(change: dict[str, Any], part: str, tmp_path: Path) -> None:
    assert part in refusal(npz(tmp_path / "net.npz", TENT | change), **CHOICES)


def test_no_tensors_at_all(tmp_path: Path) -> None:
    path = tmp_path / "empty.safetensors"
    path.write_bytes(safetensors({}))
    assert "at least one tensor" in refusal(path, **CHOICES)


def test_more_numbers_than_a_map_needs(tmp_path: Path) -> None:
    path = tmp_path / "huge.npz"
    np.savez_compressed(path, weight=np.zeros((1, (1 << 22) + 1), np.float16))
    assert "at most 4194304 numbers altogether" in refusal(path, output="relu", domain="line")


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8"])
def test_npz_numbers_are_exact_in_every_byte_order(dtype: str, tmp_path: Path) -> None:
    numbers = [0.1, -1e-6, 3.14159]
    raw = b"".join(struct.pack(dtype[0] + {"2": "e", "4": "f", "8": "d"}[dtype[2]], x) for x in numbers)
    array = np.frombuffer(raw, dtype)
    path = npz(tmp_path / "n.npz", {"0.weight": array.reshape(3, 1), "1.weight": np.asfortranarray(np.ones((1, 3)))})
    net = load(path, activation="identity", output="identity", domain="line")
    stored = [Fraction(x) for (x,) in struct.iter_unpack(dtype[0] + {"2": "e", "4": "f", "8": "d"}[dtype[2]], raw)]
    assert isinstance(net, Network)
    assert [fraction(row[0]) for row in net.layers[0].weight] == stored
    assert net(1) == sum(stored)


# The order of the layers

# Three 1x1 layers that do not commute: x -> 2x + 1, then |.| and -3x + 1/2, then |.| and x/4.
STEPS = [(2.0, 1.0), (-3.0, 0.5), (0.25, -1.0)]


def by_steps(x: Fraction, order: tuple[int, ...] = (0, 1, 2)) -> Fraction:
    for place, i in enumerate(order):
        w, b = STEPS[i]
        x = Fraction(w) * x + Fraction(b)
        if place < len(order) - 1:
            x = abs(x)
    return x


def steps(names: list[str], order: tuple[int, ...] = (0, 1, 2)) -> dict[str, np.ndarray[Any, Any]]:
    tensors = {}
    for i in order:
        tensors[f"{names[i]}.weight"] = np.array([[STEPS[i][0]]])
        tensors[f"{names[i]}.bias"] = np.array([STEPS[i][1]])
    return tensors


ABS: dict[str, Any] = {"activation": "abs", "output": "identity", "domain": "line"}


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["0", "2", "10"], (0, 1, 2)),
        (["0", "2", "10"], (0, 2, 1)),  # the alphabet's order, which says nothing
        (["net.layer1", "net.layer2", "net.layer11"], (0, 1, 2)),
        (["0.0", "0.2", "1.0"], (0, 1, 2)),
        (["enter", "middle", "end"], (0, 1, 2)),
    ],
)
def test_the_order_of_a_file_that_keeps_one(names: list[str], order: tuple[int, ...], tmp_path: Path) -> None:
    net = load(npz(tmp_path / "n.npz", steps(names, order)), **ABS)
    for x in (Fraction(-2), Fraction(1, 3), Fraction(5)):
        assert net(x) == by_steps(x) != by_steps(x, (2, 1, 0))


def test_numbers_against_the_order_of_the_file(tmp_path: Path) -> None:
    message = refusal(npz(tmp_path / "n.npz", steps(["1", "2", "3"], (2, 0, 1))), **ABS)
    assert "same order" in message


def test_safetensors_are_sorted_by_their_writers(tmp_path: Path) -> None:
    path = tmp_path / "n.safetensors"
    path.write_bytes(safe(steps(["fc9", "fc10", "fc11"], (1, 2, 0))))
    assert load(path, **ABS)(Fraction(1, 3)) == by_steps(Fraction(1, 3))
    path.write_bytes(safe(steps(["enter", "middle", "end"])))
    assert "layers: expected numbered layers" in refusal(path, **ABS)


def test_shapes_can_settle_the_order(tmp_path: Path) -> None:
    path = tmp_path / "n.safetensors"
    renamed = {
        "out.weight": TENT["2.weight"],
        "out.bias": TENT["2.bias"],
        "wide.weight": TENT["0.weight"],
        "wide.bias": TENT["0.bias"],
    }
    path.write_bytes(safe(renamed))
    assert load(path, **CHOICES)(Fraction(1, 3)) == Fraction(2, 3)


# Recurrent cells

CELL: dict[str, np.ndarray[Any, Any]] = {
    "rnn.weight_ih_l0": np.ones((1, 2)),
    "rnn.weight_hh_l0": np.array([[-2.5]]),
    "rnn.bias_ih_l0": np.array([1.0]),
    "rnn.bias_hh_l0": np.array([0.25]),
}


@pytest.mark.parametrize("suffix", ["_l0", ""])
@pytest.mark.parametrize("prefix", ["rnn.", ""])
@pytest.mark.parametrize("bias", [True, False])
def test_a_cell(prefix: str, suffix: str, bias: bool, tmp_path: Path) -> None:
    tensors = {
        name.replace("rnn.", prefix).replace("_l0", suffix): t for name, t in CELL.items() if bias or "bias" not in name
    }
    net = load(npz(tmp_path / "cell.npz", tensors), activation="leaky_relu:1/8", domain=("-2", 2))
    for h in (Fraction(-1), Fraction(0), Fraction(7, 5)):
        total = Fraction(-5, 2) * h + (Fraction(5, 4) if bias else 0)
        assert net(h) == (total if total >= 0 else total / 8)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"rnn.weight_hh_l0": np.ones((2, 1))}, "shape (k, k) of an RNN"),
        ({"rnn.weight_hh_l0": np.ones((4, 1))}, "shape (4, in), got shape (1, 2)"),  # an LSTM
        ({"rnn.weight_ih_l0": np.ones((2, 2))}, "shape (1, in)"),
        ({"rnn.weight_ih_l0": np.array([[1.0, np.nan]])}, "got nan at [0, 1]"),
        ({"rnn.weight_hh_l1": np.ones((1, 1))}, "'rnn.weight_hh_l1'"),
        ({"rnn.weight_hh_l0_reverse": np.ones((1, 1))}, "'rnn.weight_hh_l0_reverse'"),
        ({"other.weight_hh_l0": np.ones((1, 1))}, "'other.weight_hh_l0'"),
        ({"fc.weight": np.ones((1, 1))}, "'fc.weight'"),
        ({"rnn.bias_hh_l0": np.ones((1, 1))}, "expected shape (1,)"),
    ],
)
def test_cells_that_are_no_map_of_one_number(change: dict[str, Any], part: str, tmp_path: Path) -> None:
    assert part in refusal(npz(tmp_path / "cell.npz", CELL | change), activation="relu", domain="line")


def test_a_cell_has_one_activation_and_it_must_be_said(tmp_path: Path) -> None:
    path = npz(tmp_path / "cell.npz", CELL)
    assert "--output" in refusal(path, activation="relu", output="relu", domain="line")
    assert "--activation" in refusal(path, domain="line")
    half = {name: t for name, t in CELL.items() if name != "rnn.bias_ih_l0"}
    assert "either both biases or none" in refusal(npz(tmp_path / "half.npz", half), activation="relu", domain="line")


# safetensors, by hand


def test_safetensors_of_each_float_type() -> None:
    half = struct.pack("<2e", 0.1, -3)
    brain = b"\xcd\x3d\x40\xc0"  # 0.10009765625 and -3, the upper halves of float32 numbers
    data = safetensors(
        {
            "a": ("F16", [2], half),
            "b": ("BF16", [2, 1], brain),
            "c": ("F32", [1], struct.pack("<f", 0.1)),
            "d": ("F64", [], struct.pack("<d", 0.1)),
        }
    )
    found = safetensors_tensors(data)
    assert [Fraction(x) for x in found["a"].tolist()] == [Fraction(x) for x in struct.unpack("<2e", half)]
    assert [Fraction(x) for (x,) in found["b"].tolist()] == [Fraction(205, 2048), Fraction(-3)]
    assert Fraction(found["c"].tolist()[0]) == Fraction(13421773, 2**27)
    assert Fraction(found["d"].tolist()) == Fraction(3602879701896397, 2**55)


def raw_header(text: bytes, body: bytes = b"") -> bytes:
    return struct.pack("<Q", len(text)) + text + body


ENTRY = b'{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "a file of 0 bytes"),
        (b"\xff" * 16, "a file of 16 bytes"),
        (raw_header(b"[]"), "JSON object"),
        (raw_header(b"{"), "JSON object"),
        (raw_header(b'{"a":' + b"[" * 100_000), "JSON object"),
        (raw_header(b'{"\xff":1}'), "JSON object"),
        (raw_header(b'{"a":' + ENTRY + b',"a":' + ENTRY + b"}", bytes(4)), "twice"),
        (raw_header(b'{"a":3}'), "tensor 'a'"),
        (raw_header(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', bytes(4)), "another form"),
        (raw_header(b'{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', bytes(4)), "another form"),
        (raw_header(b'{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,4]}}', bytes(4)), "another form"),
        (raw_header(b'{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}', bytes(4)), "another form"),
        (raw_header(b'{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}', bytes(8)), "'I64'"),
        (raw_header(b'{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', bytes(1)), "'F8_E4M3'"),
        (raw_header(b'{"a":' + ENTRY + b"}", bytes(3)), "4 bytes inside the file"),
        (raw_header(b'{"a":' + ENTRY + b"}", bytes(5)), "expected 4 bytes"),
        (raw_header(b'{"a":' + ENTRY + b',"b":' + ENTRY + b"}", bytes(4)), "begin at byte 4"),
        (raw_header(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', bytes(8)), "begin at byte 0"),
        (
            raw_header(b'{"a":{"dtype":"F32","shape":[4611686018427387903],"data_offsets":[0,4]}}', bytes(4)),
            "inside the file",
        ),
    ],
)
def test_bad_safetensors(data: bytes, part: str) -> None:
    with pytest.raises(InputError) as caught:
        safetensors_tensors(data)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_library_and_this_reader_agree() -> None:
    library = require("safetensors.numpy")
    tensors = {name: array.astype(np.float32) / 3 for name, array in TENT.items()}
    found = safetensors_tensors(library.save(tensors, metadata={"format": "np"}))
    assert set(found) == set(tensors)
    assert all((found[name] == tensors[name]).all() and found[name].dtype == np.float32 for name in tensors)


# .npz, damaged


def members(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, raw in parts.items():
            target.writestr(name.replace("_npy", ".npy"), raw)
    return buffer.getvalue()


def npy(shape: str, descr: str = "'<f8'", body: bytes = bytes(8)) -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (members(a_npy=npy("(1000000000000,)")), "as much data as its shape needs"),
        (members(a_npy=npy("(-1,)")), "tensor 'a'"),
        (members(a_npy=npy("(1,)", body=bytes(9))), "as much data"),
        (members(a_npy=npy("(1,)", "'|O'", b"cos\nsystem\n.")), "numbers of type"),
        (members(a_npy=npy("(1,)", "[('x', '<f8')]")), "numbers of type"),
        (members(a_npy=npy("__import__('os').abort()")), ".npy format"),
        (members(a_npy=b"\x93NUMPY\x09\x00"), ".npy format"),
        (members(a_npy=b""), ".npy format"),
        (members(readme=b"hello"), "member 'readme'"),
        (members(a_npy=bytes(65 << 20)), "at most 64 MiB"),
        (members(a_npy=npy("(1,)"))[:-40], "zip archive"),
        (b"", "zip archive"),
    ],
)
def test_bad_npz(data: bytes, part: str) -> None:
    with pytest.raises(InputError) as caught:
        npz_tensors(data)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


# Files as such

TENT_MAP = {
    "format": "certify-map",
    "version": 1,
    "name": "tent",
    "domain": ["0", "1"],
    "map": {"kind": "piecewise-linear", "knots": [["0", "0"], ["1/2", "1"], ["1", "0"]]},
}


def test_a_map_file_says_it_all(tmp_path: Path) -> None:
    path = tmp_path / "tent.json"
    path.write_text(json.dumps(TENT_MAP))
    assert load(str(path)) == PiecewiseLinear([(0, 0), ("1/2", 1), (1, 0)])
    assert read(path).name == "tent"
    assert read(path).source is None
    for option, value in {"activation": "relu", "output": "relu", "domain": None}.items():
        assert f"--{option}: expected nothing" in refusal(path, **{option: value})


def test_where_a_network_comes_from_is_kept(tmp_path: Path) -> None:
    path = npz(tmp_path / "my tent.npz", TENT)
    found = read(path, **CHOICES)
    assert isinstance(found.map, Network)
    assert found.name == "my tent"
    assert found.source == {"file": "my tent.npz", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("a.npz", b'{"format": "certify-map"}', "got a JSON map file"),
        ("a.json", safe(TENT), "got a safetensors file"),
        ("a.pt", members(a_npy=npy("(1,)")), "got a NumPy .npz archive"),
        ("a.npz", members(**{"x/data.pkl": b"N."}), "got a torch archive"),
        ("a.pth", members(hello=b""), "neither of torch nor of NumPy"),
        ("a.safetensors", b"\x93NUMPY\x01\x00", "a single NumPy array"),
        ("a.onnx", b"\x89HDF\r\n\x1a\n", "HDF5"),
        ("a.pt", b"\x80\x04N.", "a bare pickle"),
        ("a.PT", b"hello", "zip archive"),
        ("a.pt", b"", "an empty file"),
        ("a.h5", b"x", "a suffix out of .json .pt .pth .safetensors .npz .onnx, got '.h5'"),
        ("a", b"x", "no suffix"),
        ("a.json", b"hello", "JSON"),
    ],
)
def test_suffix_and_content_must_agree(name: str, data: bytes, part: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert part in refusal(path, **({} if name.endswith("json") else CHOICES))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "a readable file" in refusal(tmp_path / "missing.npz", **CHOICES)
    (tmp_path / "folder.npz").mkdir()
    assert "a readable file" in refusal(tmp_path / "folder.npz", **CHOICES)
    with (tmp_path / "huge.npz").open("wb") as file:
        file.truncate((64 << 20) + 1)
    assert "at most 64 MiB" in refusal(tmp_path / "huge.npz", **CHOICES)


@pytest.mark.parametrize("source", [{"0.weight": [[1.0]]}, np.ones(2), None, 3, b"a.npz"])
def test_sources_of_another_kind(source: Any) -> None:
    with pytest.raises(InputError, match="source: expected a path, or a module"):
        load(source, domain="0,1")
