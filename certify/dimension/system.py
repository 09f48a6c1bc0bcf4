"""A piecewise-linear map of R^d, piece by piece: patterns, exact affine maps, and their doubles for searching."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.errors import InputError
from certify.network import Network
from certify.numbers import INF, NEG_INF, Extended, Q, as_float, fmpq_mat
from certify.plrnn import PLRNN

Floats = NDArray[np.floating[Any]]
Digits = NDArray[np.uint8]
"""Patterns: along the last axis one digit for each unit with kinks, first layer first (docs/certificate-format.md)."""


@dataclass(frozen=True)
class Piece:
    """f where all points have one pattern: [x, 1] -> [f(x), 1] by `step`; what enters the units with kinks is `inputs` [x, 1],
    strictly between `lo` and `hi`."""

    step: fmpq_mat
    inputs: fmpq_mat
    lo: tuple[Extended, ...]
    hi: tuple[Extended, ...]


@dataclass(frozen=True)
class FloatPiece:
    """The same in doubles, the constants apart: x -> matrix x + offset, and weight x + bias strictly between lo and hi."""

    matrix: Floats
    offset: Floats
    weight: Floats
    bias: Floats
    lo: Floats
    hi: Floats


class System:
    """A PLRNN, or a piecewise-linear network from R^d to R^d. Raises `InputError` for another network."""

    def __init__(self, given: Network | PLRNN) -> None:
        if given.dimension is None:
            raise InputError("layers", "as many outputs as inputs, to feed back", f"{given}")
        self.given, self.dimension = given, given.dimension
        self.layers = given.layers
        self.recurrent = isinstance(given, PLRNN)
        """Whether the last layer takes the units before it and then x once more."""
        self.activations = [layer.activation.function for layer in self.layers]
        self._pieces: dict[bytes, Piece] = {}
        self._float_pieces: dict[bytes, FloatPiece] = {}

    @cached_property
    def units(self) -> int:
        """The units with kinks: the digits of a pattern."""
        return sum(layer.shape[0] for layer, act in zip(self.layers, self.activations) if act.breaks)

    @cached_property
    def pieces(self) -> Digits:
        """How many pieces each of these units has."""
        layers = zip(self.layers, self.activations)
        counts = [len(act.breaks) + 1 for layer, act in layers for _ in range(layer.shape[0]) if act.breaks]
        return np.array(counts, np.uint8)

    def piece(self, pattern: bytes) -> Piece:
        """The piece of f with these digits."""
        if pattern not in self._pieces:
            self._pieces[pattern] = self._piece(pattern)
        return self._pieces[pattern]

    def _piece(self, pattern: bytes) -> Piece:
        d, digits = self.dimension, iter(pattern)
        start = fmpq_mat(d + 1, d + 1, [int(i == j) for i in range(d + 1) for j in range(d + 1)])
        signal, inputs, lo, hi = start, list[Q](), list[Extended](), list[Extended]()
        for matrix, act in zip(self._matrices, self.activations):
            if self.recurrent and matrix is self._matrices[-1]:
                signal = fmpq_mat(signal.tolist()[:-1] + start.tolist())
            values = (matrix * signal).tolist()
            for row in values[:-1]:
                k = next(digits) if act.breaks else 0
                if act.breaks:
                    inputs += row
                    lo.append(act.breaks[k - 1] if k else NEG_INF)
                    hi.append(act.breaks[k] if k < len(act.breaks) else INF)
                row[:] = [act.slopes[k] * value for value in row]
                row[-1] += act.intercepts[k]
            signal = fmpq_mat(values)
        return Piece(signal, fmpq_mat(len(lo), d + 1, inputs), tuple(lo), tuple(hi))

    @cached_property
    def _matrices(self) -> list[fmpq_mat]:
        """Of each layer [signal, 1] -> [weight signal + bias, 1]."""
        return [
            fmpq_mat([[*row, b] for row, b in zip(layer.weight, layer.bias)] + [[Q(0)] * layer.shape[1] + [Q(1)]])
            for layer in self.layers
        ]

    def float_piece(self, pattern: bytes) -> FloatPiece:
        """The piece, calculated in doubles."""
        if pattern not in self._float_pieces:
            self._float_pieces[pattern] = self._float_piece(pattern)
        return self._float_pieces[pattern]

    def _float_piece(self, pattern: bytes) -> FloatPiece:
        d, digits = self.dimension, np.frombuffer(pattern, np.uint8)
        start = signal = np.eye(d, d + 1)
        inputs, ends = [np.zeros((0, d + 1))], [np.zeros((0, 2))]
        for i, (weight, bias, breaks, slopes, intercepts) in enumerate(self._float_layers):
            values = weight.T @ (np.vstack([signal, start]) if self.recurrent and i else signal)
            values[:, d] += bias
            k = np.zeros(len(values), np.uint8)
            if len(breaks):
                k, digits = digits[: len(values)], digits[len(values) :]
                inputs.append(values)
                around = np.concatenate([[-np.inf], breaks, [np.inf]])
                ends.append(np.column_stack([around[k], around[k + 1]]))
            signal = slopes[k, None] * values
            signal[:, d] += intercepts[k]
        entering, bounds = np.vstack(inputs), np.vstack(ends)
        return FloatPiece(signal[:, :d], signal[:, d], entering[:, :d], entering[:, d], bounds[:, 0], bounds[:, 1])

    @cached_property
    def _float_layers(self) -> list[tuple[Floats, ...]]:
        def doubles(values: Any) -> Floats:
            return np.array([as_float(value) for value in values], dtype=np.float64)

        return [
            (
                np.array([doubles(row) for row in layer.weight]).T.copy(),
                *map(doubles, (layer.bias, act.breaks, act.slopes, act.intercepts)),
            )
            for layer, act in zip(self.layers, self.activations)
        ]

    def step(self, x: Floats) -> tuple[Floats, Digits]:
        """The images of points (…, d) in doubles, and their patterns (…, units)."""
        signal, digits = x, list[Digits]()
        for i, (weight, bias, breaks, slopes, intercepts) in enumerate(self._float_layers):
            if self.recurrent and i:
                signal = np.concatenate([signal, x], axis=-1)
            signal = signal @ weight + bias
            if len(breaks):
                k = np.zeros(signal.shape, np.uint8)
                for kink in breaks:
                    k += signal > kink
                digits.append(k)
                signal = slopes[k] * signal + intercepts[k]
            else:
                signal = slopes[0] * signal + intercepts[0]
        return signal, np.concatenate(digits, axis=-1) if digits else np.zeros((*x.shape[:-1], 0), np.uint8)
