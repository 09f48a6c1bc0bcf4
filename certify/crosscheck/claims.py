"""What other tools claim of a map, exactly as docs/claims-format.md defines it: one class for each type of claim.

Fields are given as in a claims file, or as Python numbers, lists and arrays; each is read exactly when a claim is made, and
`InputError` names the field that cannot be. A measured number may be NaN or infinite, for tools do say so: it stays a float then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, MISSING, dataclass, fields
from math import isnan
from typing import Annotated, Any, ClassVar, NoReturn, get_args, get_origin, get_type_hints

from certify.errors import InputError
from certify.numbers import INF, NEG_INF, Extended, Q, rational
from certify.rounding.formats import FORMATS

Measured = Q | float
"""An exact number, or a float that is NaN or infinite."""


NOT_FINITE = frozenset({"nan", "inf", "-inf", "infinity", "-infinity"})


def wrong(where: str, expected: str, got: Any) -> NoReturn:
    """Raises `InputError` with what came, cut short."""
    shown = json.dumps(got, default=str)
    raise InputError(where, expected, shown if len(shown) <= 60 else shown[:57] + "...")


def measured(where: str, value: Any) -> Measured:
    """A number that a tool has measured."""
    try:
        return rational(value)
    except ValueError:
        word = str(value).lower()
        return float(word) if word in NOT_FINITE else number(where, value)


def finite(points: Sequence[Measured]) -> list[Q]:
    """The numbers, when it has been seen that they all are."""
    return [x for x in points if isinstance(x, Q)]


def number(where: str, value: Any) -> Q:
    """A finite number, exactly."""
    try:
        return rational(value)
    except ValueError as error:
        raise InputError(where, 'a finite number such as 0.1, "0.1" or "1/10"', str(error)) from None


def sequence(where: str, value: Any) -> list[Any]:
    """A list, or anything that makes itself one, as arrays and tensors do."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        wrong(where, "a list", value)
    return list(value)


def _points(where: str, value: Any) -> tuple[Measured, ...]:
    return tuple(measured(f"{where}[{i}]", x) for i, x in enumerate(sequence(where, value)))


def _cycles(where: str, value: Any) -> tuple[tuple[Measured, ...], ...]:
    return tuple(_points(f"{where}[{i}]", cycle) for i, cycle in enumerate(sequence(where, value)))


Point = tuple[Measured, ...]


def _spatial_cycles(where: str, value: Any) -> tuple[tuple[Point, ...], ...]:
    return tuple(_cycles(f"{where}[{i}]", cycle) for i, cycle in enumerate(sequence(where, value)))


def _eigenvalues(where: str, value: Any) -> tuple[tuple[Point, ...], ...]:
    """Of each cycle; a number, a complex number of Python, or a pair of real and imaginary part."""
    return tuple(
        tuple(_complex(f"{where}[{i}][{j}]", each) for j, each in enumerate(sequence(f"{where}[{i}]", row)))
        for i, row in enumerate(sequence(where, value))
    )


def _complex(where: str, value: Any) -> Point:
    if isinstance(value, complex):
        value = [value.real, value.imag]
    if isinstance(value, list | tuple):
        if len(value) != 2:
            wrong(where, "a real and an imaginary part", value)
        return _points(where, value)
    return measured(where, value), Q(0)


def _tolerance(where: str, value: Any) -> Q:
    found = number(where, value)
    return found if found >= 0 else wrong(where, "a tolerance that is not negative", value)


def _positive(where: str, value: Any) -> int:
    found = number(where, value)
    return int(found.p) if found.q == 1 and found >= 1 else wrong(where, "an integer that is at least 1", value)


def _truth(where: str, value: Any) -> bool:
    return bool(value) if type(value).__name__ in ("bool", "bool_") else wrong(where, "true or false", value)


def _text(where: str, value: Any) -> str:
    return value if isinstance(value, str) else wrong(where, "a string", value)


def _one_of(*words: str) -> Callable[[str, Any], str]:
    def read(where: str, value: Any) -> str:
        names = ", ".join(f'"{word}"' for word in words)
        return value if isinstance(value, str) and value in words else wrong(where, f"one of {names}", value)

    return read


Interval = tuple[Extended | float, Extended | float]
"""Two ends a <= b; an infinite end is no bound. A float is NaN."""


def _end(where: str, value: Any) -> Extended | float:
    found = measured(where, value)
    return found if isinstance(found, Q) or isnan(found) else INF if found > 0 else NEG_INF


def _interval(where: str, value: Any) -> Interval:
    given = sequence(where, value)
    if len(given) != 2:
        wrong(where, "two numbers [a, b]", given)
    a, b = (_end(f"{where}[{i}]", end) for i, end in enumerate(given))
    if not isinstance(a, float) and not isinstance(b, float) and not a <= b:
        wrong(where, "two numbers a <= b", given)
    return a, b


# A type with the function that reads it

Positive = Annotated[int, _positive]
Points = Annotated[tuple[Measured, ...], _points]
Cycles = Annotated[tuple[tuple[Measured, ...], ...], _cycles]
StateCycles = Annotated[tuple[tuple[Point, ...], ...], _spatial_cycles]
Eigenvalues = Annotated[tuple[tuple[Point, ...], ...], _eigenvalues]
Tolerance = Annotated[Q, _tolerance]
Number = Annotated[Q, number]
Value = Annotated[Measured, measured]
Truth = Annotated[bool, _truth]
Text = Annotated[str, _text]
Sense = Annotated[str, _one_of("true", "pseudo", "shadowed")]
Kind = Annotated[str, _one_of("linear", "activation")]
FormatName = Annotated[str, _one_of(*FORMATS)]
Rule = Annotated[str, _one_of("f3", "f4")]
Ends = Annotated[Interval, _interval]
End = Annotated[Extended | float, _end]


@dataclass(frozen=True)
class Claim:
    """One statement of another tool about a map; `note` is for people."""

    type: ClassVar[str]

    _: KW_ONLY
    note: Text | None = None

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self), include_extras=True)
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not each.default:
                object.__setattr__(self, each.name, _reader(hints[each.name])(each.name, value))
        self.require_sense()

    def require_sense(self) -> None:
        """Raises `InputError` where fields do not fit together."""


def _reader(hint: Any) -> Callable[[str, Any], Any]:
    """The function that is annotated to the type of a field, be it optional or not."""
    annotated = next(part for part in (hint, *get_args(hint)) if get_origin(part) is Annotated)
    reader: Callable[[str, Any], Any] = annotated.__metadata__[0]
    return reader


@dataclass(frozen=True)
class Cycle(Claim):
    """There is a cycle of this least period within the tolerance of the points, in their order."""

    type = "cycle"
    period: Positive
    points: Points
    tolerance: Tolerance

    def require_sense(self) -> None:
        _as_many("points", self.points, self.period)


@dataclass(frozen=True)
class AllCycles(Claim):
    """These are all cycles of this least period, up to the tolerance, and none is there twice."""

    type = "all_cycles"
    period: Positive
    cycles: Cycles
    tolerance: Tolerance

    def require_sense(self) -> None:
        for i, cycle in enumerate(self.cycles):
            _as_many(f"cycles[{i}]", cycle, self.period)


@dataclass(frozen=True)
class SpatialCycles(Claim):
    """These are cycles of this least period of a map of R^d, up to the tolerance, and none is there twice; they are all of them if
    the list is said to be `complete`. Their eigenvalues are those of the derivative along each, up to a tolerance of their own."""

    type = "spatial_cycles"
    period: Positive
    cycles: StateCycles
    tolerance: Tolerance
    complete: Truth = False
    eigenvalues: Eigenvalues | None = None
    eigenvalue_tolerance: Tolerance | None = None

    def require_sense(self) -> None:
        for i, cycle in enumerate(self.cycles):
            if len(cycle) != self.period:
                raise InputError(f"cycles[{i}]", f"{self.period} points, as the period says", f"{len(cycle)}")
        if (self.eigenvalues is None) != (self.eigenvalue_tolerance is None):
            raise InputError("eigenvalues", "eigenvalues together with eigenvalue_tolerance", "one of them")
        if self.eigenvalues is not None and len(self.eigenvalues) != len(self.cycles):
            raise InputError("eigenvalues", f"{len(self.cycles)} lists, one for each cycle", f"{len(self.eigenvalues)}")


@dataclass(frozen=True)
class FixedPoints(Claim):
    """These are all fixed points, up to the tolerance, and none is there twice."""

    type = "fixed_points"
    points: Points
    tolerance: Tolerance


@dataclass(frozen=True)
class Orbit(Claim):
    """The points are a true orbit, or a pseudo-orbit, or shadowed by a true orbit, up to the tolerance."""

    type = "orbit"
    points: Points
    tolerance: Tolerance
    start: Number | None = None
    sense: Sense = "true"

    def require_sense(self) -> None:
        if not self.points:
            wrong("points", "at least one point", [])


@dataclass(frozen=True)
class RegionCount(Claim):
    """f^t has so many linear or activation regions."""

    type = "region_count"
    t: Positive
    value: Value
    of: Kind | None = None
    weights: FormatName | None = None


@dataclass(frozen=True)
class LapCount(Claim):
    """f^t has so many laps."""

    type = "lap_count"
    t: Positive
    value: Value
    weights: FormatName | None = None


@dataclass(frozen=True)
class Knots(Claim):
    """These are all knots of f^t, up to the tolerance, and none is there twice."""

    type = "knots"
    points: Points
    tolerance: Tolerance
    t: Positive = 1
    of: Kind | None = None

    def require_sense(self) -> None:
        if self.of == "activation" and self.t > 1:
            wrong("t", 'no t beyond 1 with "of": "activation"', self.t)


@dataclass(frozen=True)
class Chaotic(Claim):
    """f is chaotic in the sense of Li and Yorke, or is not."""

    type = "chaotic"
    value: Truth


@dataclass(frozen=True)
class Period3(Claim):
    """f has a point of least period 3, or none; perhaps because a rule on a grid of `points` points from lo to hi says so."""

    type = "period3"
    value: Truth
    points: Positive | None = None
    lo: Number | None = None
    hi: Number | None = None
    rule: Rule | None = None

    def require_sense(self) -> None:
        grid = {"points": self.points, "lo": self.lo, "hi": self.hi, "rule": self.rule}
        missing = [key for key, value in grid.items() if value is None]
        if missing and len(missing) < len(grid):
            raise InputError(missing[0], "points, lo, hi and rule together, or none of them", "none")
        if self.points is not None and self.points < 2:
            wrong("points", "a grid of at least 2 points", self.points)
        if self.lo is not None and self.hi is not None and not self.lo < self.hi:
            wrong("hi", f"hi greater than lo = {self.lo}", self.hi)


@dataclass(frozen=True)
class EntropyBounds(Claim):
    """The topological entropy lies in this interval."""

    type = "entropy"
    interval: Ends


@dataclass(frozen=True)
class LyapunovUpperBound(Claim):
    """The least upper bound of the Lyapunov exponents lies in this interval; `value` stands for [-inf, value]."""

    type = "lyapunov_upper_bound"
    interval: Ends | None = None
    value: End | None = None

    def require_sense(self) -> None:
        if (self.interval is None) == (self.value is None):
            raise InputError("interval", "either interval or value", "both" if self.interval else "neither")

    @property
    def bounds(self) -> Interval:
        """The interval, however it was given."""
        if self.interval is not None:
            return self.interval
        assert self.value is not None
        return NEG_INF, self.value


def _as_many(where: str, points: tuple[Measured, ...], period: int) -> None:
    if len(points) != period:
        raise InputError(where, f"{period} points, as the period says", f"{len(points)}")


TYPES: dict[str, type[Claim]] = {
    each.type: each
    for each in (
        FixedPoints,
        Cycle,
        AllCycles,
        SpatialCycles,
        Orbit,
        RegionCount,
        LapCount,
        Knots,
        Chaotic,
        EntropyBounds,
        LyapunovUpperBound,
        Period3,
    )
}
"""The closed list of types, by name."""


def claim(content: Any) -> Claim:
    """The claim in an object of a claims file. Raises `InputError` that names the field."""
    if not isinstance(content, Mapping):
        wrong("claim", "an object", content)
    name = content.get("claim")
    if name not in TYPES:
        wrong("claim", f"one of {', '.join(TYPES)}", name)
    made = TYPES[name]
    given = {key: value for key, value in content.items() if key != "claim"}
    for key in given:
        if key not in (names := [each.name for each in fields(made)]):
            raise InputError("claim", f"of {name} the keys {', '.join(names)} and no other", json.dumps(key)[:60])
    for each in fields(made):
        if each.default is MISSING and each.name not in given:
            raise InputError("claim", f'of {name} the key "{each.name}"', "no such key")
    for key, value in given.items():
        if value is None:
            wrong(key, "a value", None)
    return made(**given)
