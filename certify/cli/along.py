"""regions --line: the regions of a map and of its iterates along a segment, listed one at a time and counted."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from certify.cli.shared import Source, numbers_of, progress
from certify.errors import BudgetExceeded, InputError

if TYPE_CHECKING:
    from certify.mapfile import Map
    from certify.network import Network
    from certify.numbers import Q
    from certify.plrnn import PLRNN
    from certify.segment import Region


def along(
    source: Source,
    line: tuple[str, str],
    iterates: int | None,
    *,
    listed: bool,
    as_json: bool,
    time_limit: float | None,
) -> dict[str, Any]:
    """The numbers of regions of f, …, f^T on the segment, by columns; if they are to be listed, prints those of f^T.

    `iterates` is T; without it f may have any shape, and T = 1. Raises `InputError` and `BudgetExceeded`.
    """
    last = iterates or 1
    linear, patterns = [0] * last, [0] * last
    watched = listed and sys.stdout.isatty()  # then the list itself shows how far it is
    with nullcontext(_nothing) if watched else progress() as say:
        with source.named():
            found = _regions(source.read().map, line, iterates, _clock(time_limit, say))
        for n, region in found:
            linear[n - 1] += 1
            patterns[n - 1] += region.patterns
            if listed and n == last:
                click.echo(_json(region) if as_json else _text(region))
    counts = {"regions": linear, "activation_regions": patterns}
    return {"t": [*range(1, last + 1)], **{name: [*map(str, numbers)] for name, numbers in counts.items()}}


def _nothing(_: str) -> None:
    pass


def _regions(
    given: Map, line: tuple[str, str], iterates: int | None, watch: Callable[[Q], None]
) -> Iterator[tuple[int, Region]]:
    from certify.segment import iterates_along, regions_along

    f = _with_regions(given)
    start, end = (numbers_of("--line", point) for point in line)
    if iterates is None:
        return ((1, region) for region in regions_along(f, start, end, watch))
    return iterates_along(f, iterates, start, end, watch)


def _with_regions(given: Map) -> Network | PLRNN:
    """The map, if it is made of layers. Raises `InputError`."""
    from certify.box import Box
    from certify.mapfile import document, exact_map
    from certify.network import Network
    from certify.plrnn import PLRNN

    if isinstance(given, Box):
        exact_map(given)
    if not isinstance(given, Network | PLRNN):
        kind = document(given)["map"]["kind"]
        raise InputError("map.kind", '"network" or "plrnn", which have regions along a segment', f'"{kind}"')
    return given


def _clock(time_limit: float | None, say: Callable[[str], Any]) -> Callable[[Q], None]:
    """Says how far on the segment the work is, and ends it when the time has run out."""
    started = time.monotonic()

    def watch(place: Q) -> None:
        far = f"{float(place):.3%} of the segment"
        if time_limit is not None and time.monotonic() - started > time_limit:
            raise BudgetExceeded(f"the time limit of {time_limit:g} seconds (--time-limit) ran out at {far}")
        say(far)

    return watch


def _json(region: Region) -> str:
    ends = {"start": str(region.start), "end": str(region.end)}
    lines = {"slopes": [*map(str, region.slopes)], "constants": [*map(str, region.constants)]}
    return json.dumps({**ends, **lines})


def _text(region: Region) -> str:
    lines = ", ".join(f"{slope} t + {constant}" for slope, constant in zip(region.slopes, region.constants))
    return f"[{region.start}, {region.end}]  {lines}"
