"""The public verbs: exact counts for the iterates of a map, and for the compositions of a sequence of maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any, NamedTuple

from certify.counting.bars import Bar, Bars
from certify.counting.cutmap import CutMap
from certify.counting.fixed import FixedPointCounter
from certify.counting.junctions import Junctions, end_germs
from certify.counting.places import Places
from certify.counting.sleep import Sleep
from certify.errors import DomainError
from certify.numbers import ordered, rational, shown
from certify.piecewise import PiecewiseLinear


@dataclass(frozen=True, slots=True)
class Count:
    """The counts for one t: of F = f^t, or of F = f_t ... f_1. Those that were not asked for are None.

    `regions`: the linear regions, maximal intervals on which F is affine: the pieces of the canonical map.
    `laps`: the sign changes of the slopes along the pieces, zeros left out, plus one; a plateau on top of a hill makes
    one turn, a plateau on a slope none, and a constant map has one lap.
    `activation_regions`: maximal intervals on which all units keep their state in each of the t steps; where a unit's
    input stays on a threshold does not matter (see `activation_breaks`).
    `crossings` of [a, b]: the number of minimal intervals [x, y] with {F(x), F(y)} = {a, b}; see the module `bars`.
    `fixed_points`: the isolated solutions of F(x) = x. `fixed_intervals`: the maximal intervals of more than one
    solution.
    """

    t: int
    regions: int
    laps: int
    activation_regions: int | None = None
    crossings: int | None = None
    fixed_points: int | None = None
    fixed_intervals: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts for t = 1, ..., T, entry by entry as in `Count`; None for what was not asked for."""

    t: tuple[int, ...]
    regions: tuple[int, ...]
    laps: tuple[int, ...]
    activation_regions: tuple[int, ...] | None
    crossings: tuple[int, ...] | None
    fixed_points: tuple[int, ...] | None
    fixed_intervals: tuple[int, ...] | None


def counts(
    f: PiecewiseLinear,
    T: int,
    *,
    crossings: Sequence[Any] | None = None,
    fixed_points: bool = False,
    activation_breaks: Iterable[Any] | None = None,
) -> Counts:
    """Exact counts for f, f^2, ..., f^T, for a map f of an interval into itself or of the line.

    `crossings`: an interval (a, b) whose crossings are to be counted. `activation_breaks`: the points at which the
    network behind f changes its pattern (`certify.counting.activation_breaks`), for the activation regions. Polynomial
    in T; the methods, their proofs and their cost are in the docstring of the package.

    >>> counts(PiecewiseLinear([(0, 0), ("1/2", 1), (1, 0)]), 5).regions
    (2, 4, 8, 16, 32)

    Raises `NotInvariantError` unless f maps its domain into itself; `ValueError` for T < 1, an interval without a < b,
    or activation breaks that are not inside the domain or leave out a break of f.
    """
    if T < 1:
        raise ValueError(f"counts need T >= 1, got {T}")
    return _collected(
        iter_counts(f, crossings=crossings, fixed_points=fixed_points, activation_breaks=activation_breaks), T
    )


def iter_counts(
    f: PiecewiseLinear,
    *,
    crossings: Sequence[Any] | None = None,
    fixed_points: bool = False,
    activation_breaks: Iterable[Any] | None = None,
) -> Iterator[Count]:
    """The same, one t after another without end: for progress, and to stop at any time. Raises as `counts`, at once."""
    f.require_self_map()
    places = Places()
    crossed = _interval(crossings, places)
    step = Step.of(f, activation_breaks, places)
    counter = FixedPointCounter(step.plain) if fixed_points else None
    sleep = Sleep(step.cut)
    return _run(repeat(step), places, crossed, activation_breaks is not None, counter, sleep)


def counts_of_sequence(
    maps: Iterable[PiecewiseLinear],
    *,
    crossings: Sequence[Any] | None = None,
    activation_breaks: Iterable[Iterable[Any]] | None = None,
) -> Counts:
    """Exact counts for f_1, f_2 f_1, ..., f_T ... f_1: a feed-forward network with fresh weights in each layer.

    `activation_breaks` has one entry for each map. Raises `DomainError` where a map leaves the domain of the next one,
    and `ValueError` as `counts` does.
    """
    found = list(iter_counts_of_sequence(maps, crossings=crossings, activation_breaks=activation_breaks))
    return _collected(iter(found), len(found))


def iter_counts_of_sequence(
    maps: Iterable[PiecewiseLinear],
    *,
    crossings: Sequence[Any] | None = None,
    activation_breaks: Iterable[Iterable[Any]] | None = None,
) -> Iterator[Count]:
    """The same, one map after another; the maps are taken from the iterable as they are needed."""
    places = Places()
    breaks = repeat(None) if activation_breaks is None else activation_breaks
    steps = _fitting(maps, breaks, places)
    return _run(steps, places, _interval(crossings, places), activation_breaks is not None, None, None)


class Step(NamedTuple):
    """One map, cut where its pattern changes (or else at its breaks), and cut at its breaks."""

    cut: CutMap
    plain: CutMap

    @classmethod
    def of(cls, f: PiecewiseLinear, activation_breaks: Iterable[Any] | None, places: Places) -> Step:
        """Raises `ValueError` for points that are no activation breaks of f."""
        plain = CutMap(f, places)
        if activation_breaks is None:
            return cls(plain, plain)
        points = {rational(x) for x in activation_breaks}
        cuts = ordered(points)
        outside = [x for x in (*cuts[:1], *cuts[-1:]) if not f.ends[0] < x < f.ends[1]]
        if outside:
            raise ValueError(f"activation breaks lie inside the domain of the map; got {shown(outside[0])}")
        missing = [x for x in f.breaks if x not in points]
        if missing:
            raise ValueError(f"activation breaks include every break of the map; {shown(missing[0])} is missing")
        return cls(plain if len(cuts) == len(f.breaks) else CutMap(f, places, cuts), plain)


def _fitting(maps: Iterable[PiecewiseLinear], breaks: Iterable[Iterable[Any] | None], places: Places) -> Iterator[Step]:
    """The maps, one step each; a map that comes again is the same step, with all that was found out about it."""
    known: dict[tuple[int, int], tuple[object, Step]] = {}
    previous: PiecewiseLinear | None = None
    for f, points in zip(maps, breaks):
        if previous is not None:
            low, high = previous.hull(*previous.ends)
            if not (f.ends[0] <= low and high <= f.ends[1]):
                raise DomainError(
                    f"a map takes values in [{shown(low)}, {shown(high)}], "
                    f"outside the domain [{shown(f.ends[0])}, {shown(f.ends[1])}] of the next one"
                )
        key = id(f), id(points)
        if key not in known:
            known[key] = points, Step.of(f, points, places)  # keeps both objects, so that nothing else gets their ids
        yield known[key][1]
        previous = f


def _run(
    steps: Iterable[Step],
    places: Places,
    crossed: Bar | None,
    activation: bool,
    counter: FixedPointCounter | None,
    sleep: Sleep | None,
) -> Iterator[Count]:
    junctions: Junctions | None = None
    bars: Bars | None = None
    regions = 1
    for t, step in enumerate(steps, 1):
        if junctions is None or bars is None:
            low, high = (places.place(end) for end in step.plain.map.ends)
            junctions, bars = Junctions(places, end_germs(step.plain, 1, 1)), Bars(places, low, high, crossed)
        regions += junctions.push(step.cut, sleep)
        bars.push(step.plain)
        points, intervals = counter.step() if counter else (None, None)
        yield Count(
            t,
            junctions.breaks + 1,
            bars.laps,
            regions if activation else None,
            None if crossed is None else bars.crossings,
            points,
            intervals,
        )


def _interval(given: Sequence[Any] | None, places: Places) -> Bar | None:
    if given is None:
        return None
    a, b = map(rational, given)
    if not a < b:
        raise ValueError(f"crossings are those of an interval [a, b] with a < b; got [{shown(a)}, {shown(b)}]")
    return places.place(a), places.place(b)


def _collected(found: Iterable[Count], T: int) -> Counts:
    rows = list(islice(found, T))

    def optional(column: Iterable[int | None]) -> tuple[int, ...] | None:
        known = tuple(n for n in column if n is not None)
        return known if len(known) == len(rows) and rows else None

    return Counts(
        t=tuple(row.t for row in rows),
        regions=tuple(row.regions for row in rows),
        laps=tuple(row.laps for row in rows),
        activation_regions=optional(row.activation_regions for row in rows),
        crossings=optional(row.crossings for row in rows),
        fixed_points=optional(row.fixed_points for row in rows),
        fixed_intervals=optional(row.fixed_intervals for row in rows),
    )
