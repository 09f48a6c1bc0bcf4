"""Valid certificates in the languages of other provers: Coq, and SMT solvers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certify.entropy.laps import Interval, Laps
from certify.errors import BudgetExceeded, NoExport
from certify.mapfile import Map
from certify.network import Network
from certify.numbers import INF, NEG_INF, Extended, rational
from certify.piecewise import PiecewiseLinear
from certify.plrnn import PLRNN

Exact = Network | PiecewiseLinear
"""What can be exported: one map, with exact values."""

Spatial = Network | PLRNN
"""Of maps of R^d."""


def exact(given: Map) -> Exact:
    """The map, when it is one and has exact values. Raises `NoExport`."""
    if not isinstance(given, PiecewiseLinear | Network):
        what = "a plrnn" if isinstance(given, PLRNN) else "a box of networks"
        raise NoExport(f"the map is {what}, and only single maps of an interval or the line can be exported")
    if isinstance(given, Network) and given.smooth:
        raise NoExport("the map has a smooth activation, and only piecewise-linear maps can be exported")
    return given


def exact_in_space(given: Map) -> Spatial:
    """The map of R^d, when it is one and has exact values. Raises `NoExport`."""
    if not isinstance(given, Network | PLRNN):
        raise NoExport("only a plrnn, or a single network, is a map of R^d that can be exported")
    if isinstance(given, Network):
        if given.smooth or given.dimension is None:
            raise NoExport("only piecewise-linear networks with as many outputs as inputs can be exported")
        if any(layer.activation.name != "identity" and not layer.activation.function.breaks for layer in given.layers):
            raise NoExport("an activation without a kink that is not called identity has no form in Coq")
    return given


MAX_PIECES = 2_000
"""Pieces that an exported file lists in all: those of iterates whose regions are counted, or of a network's own."""


def as_pieces(given: Exact) -> PiecewiseLinear:
    """The map piece by piece. Raises `NoExport`."""
    try:
        f = given.to_piecewise_linear(MAX_PIECES) if isinstance(given, Network) else given
    except BudgetExceeded:
        raise NoExport(f"a network of more than {MAX_PIECES} pieces, which the file would list") from None
    if f.pieces > MAX_PIECES:
        raise NoExport(f"a map of more than {MAX_PIECES} pieces, which the file would list")
    return f


def extended(text: str) -> Extended:
    """A point of the line or one of its ends."""
    return {"-inf": NEG_INF, "inf": INF}.get(text) or rational(text)


def lap_parts(laps: Laps, interval: Interval, row: Sequence[Sequence[int]]) -> Iterator[tuple[Extended, Extended, int]]:
    """Of a row of edges [k, j] from an interval: the ends of its part in lap k, and j."""
    a, b = interval
    for k, j in row:
        lo, hi = laps.laps[k]
        yield max(a, lo), min(b, hi), j


def all_parts(
    laps: Laps, interval: Interval, row: Sequence[Sequence[int]]
) -> Iterator[tuple[Extended, Extended, int | None]]:
    """The same, and the parts of the interval between them, where f is constant."""
    cut, end = interval
    for u, v, j in lap_parts(laps, interval, row):
        if cut != u:
            yield cut, u, None
        yield u, v, j
        cut = v
    if cut != end:
        yield cut, end, None
