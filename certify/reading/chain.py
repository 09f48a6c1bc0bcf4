"""Layers put together step by step, from the inputs to the outputs, exactly."""

from __future__ import annotations

from certify.errors import InputError
from certify.network import Activation, Layer
from certify.numbers import Q
from certify.reading.exact import MAX_NUMBERS, Matrix, quoted

IDENTITY = Activation("identity")


class Chain:
    """A network that grows by affine maps and activations.

    Every layer is an affine map and then one activation. An affine map that directly follows another one closes the
    earlier layer with the identity; an activation that directly follows another one (or comes first) gets a layer of
    its own, with the identity matrix as weight. Both leave the function as it is.
    """

    def __init__(self, inputs: int | None = None) -> None:
        """`inputs`: how many numbers come in, where that is known before the first weight is seen."""
        self._closed: list[Layer] = []
        self._open: tuple[Matrix, list[Q]] | None = None
        self._numbers = 0
        self.width = inputs or 1
        self._inputs = inputs

    def affine(self, where: str, weight: Matrix, bias: list[Q]) -> None:
        """x -> weight x + bias, with `weight` of shape (out, in). Raises `InputError` unless in is the width so far."""
        if not self._started and self._inputs is None:
            self.width = len(weight[0])
        if len(weight[0]) != self.width:
            takes = f"{self.width} inputs, as many as come before it"
            raise InputError(where, f"a layer of {takes}", f"{len(weight[0])} inputs")
        self._close(IDENTITY)
        self._count(len(weight) * self.width)
        self._open = weight, list(bias)
        self.width = len(weight)

    def shift(self, offset: list[Q]) -> None:
        """x -> x + offset."""
        _, bias = self._affine()
        bias[:] = [b + o for b, o in zip(bias, offset, strict=True)]

    def negate(self) -> None:
        """x -> -x."""
        weight, bias = self._affine()
        weight[:] = [[-w for w in row] for row in weight]
        bias[:] = [-b for b in bias]

    def activate(self, activation: Activation) -> None:
        """x -> activation(x) in every unit."""
        if activation != IDENTITY:
            self._affine()
            self._close(activation)

    def layers(self) -> list[Layer]:
        """The layers, at least one."""
        if not self._closed:
            self._affine()
        self._close(IDENTITY)
        return self._closed

    @property
    def _started(self) -> bool:
        return bool(self._closed) or self._open is not None

    def _affine(self) -> tuple[Matrix, list[Q]]:
        """The affine map that no activation has closed yet, the identity if need be."""
        if self._open is None:
            n = self.width
            self._count(n * n)
            self._open = [[Q(int(i == j)) for j in range(n)] for i in range(n)], [Q(0)] * n
        return self._open

    def _close(self, activation: Activation) -> None:
        if self._open is not None:
            self._closed.append(Layer(*self._open, activation))
            self._open = None

    def _count(self, numbers: int) -> None:
        self._numbers += numbers
        if self._numbers > MAX_NUMBERS:
            raise InputError("layers", f"at most {MAX_NUMBERS} weights altogether", "more")


def parameterised(where: str, name: str, *parameters: Q) -> Activation:
    """An activation with parameters out of a file. Raises `InputError` naming `where` when they do not make one."""
    try:
        return Activation(name, parameters)
    except ValueError as error:
        raise InputError(where, f"parameters of {name}", quoted(str(error))) from None
