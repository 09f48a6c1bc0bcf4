"""Readers for what users have: map files, saved weights, ONNX models and live torch modules.

A reader gives the map whose numbers are exactly those stored, and nothing that the file does not say: what it leaves
open, the caller chooses (`certify.reading.choices`). What is read is the function in real arithmetic; the rounding that
a framework adds while it evaluates is no part of it.
"""

from __future__ import annotations

import os
from typing import Any

from certify.errors import InputError
from certify.mapfile import Map, MapFile, parse_map
from certify.network import Activation
from certify.reading.choices import NOT_RECURRENT, UNSET, Choices, Domain, Input
from certify.reading.files import Content, Kind, read_content
from certify.reading.live import read_module
from certify.reading.npz_file import npz_tensors
from certify.reading.onnx_graph import onnx_map
from certify.reading.safetensors_file import safetensors_tensors
from certify.reading.state_dict import map_of
from certify.reading.torch_file import torch_tensors

__all__ = ["UNSET", "load", "read"]


def load(
    source: str | os.PathLike[str] | Any,
    *,
    activation: str | Activation | None = None,
    output: str | Activation | None = None,
    domain: Domain = UNSET,
    input: Input = None,
) -> Map:
    """The exact map in a file, or in a live torch module. Floats become the dyadic rationals that they are.

    `source` is a path whose suffix says the kind of file, or a module of `torch.nn`: `Sequential`, `Linear`, or one of the recurrent
    ones. What the source leaves open must be given, and what it says must not:

    ==================================================  =======================  =================
    source                                              `activation`, `output`   `domain`
    ==================================================  =======================  =================
    .json (a map file)                                  no                       no
    .pt, .pth (torch), .safetensors, .npz               yes                      yes
    the same, with a single layer                       only `output`            yes
    the same, of an RNN                                 only `activation`        with one unit yes
    the same, of a GRU or an LSTM                       no                       no
    .onnx, or a live module                             no                       yes
    .onnx or a live module of an RNN, a GRU, an LSTM    no                       as above
    ==================================================  =======================  =================

    A recurrent cell is the map of its state. `input` is its constant input, zero unless it is given: "0.1,1/3" or a list of numbers.
    `activation` (hidden layers) and `output` (last layer) are text such as "relu" or "clip:0,1"; `domain` is "0,1", a
    pair (lo, hi), or "line" (also None) for the whole line. Raises `InputError`: one line with file, place, what was
    expected and what came. No file is ever executed: pickles are read by a machine that cannot call anything.
    """
    return read(source, activation=activation, output=output, domain=domain, input=input).map


def read(
    source: str | os.PathLike[str] | Any,
    *,
    activation: str | Activation | None = None,
    output: str | Activation | None = None,
    domain: Domain = UNSET,
    input: Input = None,
) -> MapFile:
    """As `load`, but with the file's name and SHA-256 as `source`, for writing a map file that says where it comes
    from.

    A JSON map file comes back with the name and source that it states itself; a live module has neither.
    """
    choices = Choices(activation, output, domain, input)
    if not isinstance(source, str | os.PathLike):
        return MapFile(read_module(source, choices), None, None)
    try:
        content = read_content(source)
        if content.kind is Kind.JSON:
            for refuse in (choices.refuse_activation, choices.refuse_output, choices.refuse_domain):
                refuse("a map file says it itself")
            choices.refuse_input(NOT_RECURRENT)
            return parse_map(content.data)
        return MapFile(_map(content, choices), content.path.stem, content.provenance)
    except InputError as error:
        raise error if error.source else error.at(os.fspath(source)) from None


def _map(content: Content, choices: Choices) -> Map:
    match content.kind:
        case Kind.TORCH:
            return map_of(torch_tensors(content.data), choices, file_keeps_order=True)
        case Kind.NPZ:
            return map_of(npz_tensors(content.data), choices, file_keeps_order=True)
        case Kind.SAFETENSORS:
            return map_of(safetensors_tensors(content.data), choices, file_keeps_order=False)
        case _:
            return onnx_map(content.data, choices)
