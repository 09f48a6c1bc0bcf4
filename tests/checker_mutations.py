"""Every way in which one leaf of a JSON document is changed, dropped or joined by another, for tests of the checker."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value inside a document, the containers too."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def at(document: Any, path: Path) -> Any:
    """The value at a path."""
    for key in path:
        document = document[key]
    return document


def replaced(document: Any, path: Path, value: Any) -> Any:
    """A copy with another value at the path."""
    result = copy.deepcopy(document)
    at(result, path[:-1])[path[-1]] = value
    return result


def others(value: Any) -> Iterator[Any]:
    """Values that differ from this one: other types, neighbours, other numbers, other spellings of the same number."""
    yield from (None, True, False, [], {}, "", 0.5, [value], {"value": value})
    if isinstance(value, str):
        yield from (value + " ", value + "\n", "+" + value, value + "/1", "0" + value, f"{value}0", "\ud800", "٣")
        if value[:1] == "[":
            lo, _, hi = value[1:-1].partition(",")
            yield from (
                f"[{hi},{lo}]",
                f"[{lo}]",
                f"[{lo}, {hi}]",
                f"[{lo},{hi}",
                lo,
                hi,
                f"[{Fraction(lo) - 1},{hi}]",
                f"({lo},{hi})",
            )
        try:
            number = Fraction(value)
        except ValueError:
            yield "x" + value
        else:
            yield from (
                str(number + 1),
                str(number - Fraction(1, 10**9)),
                str(-number or 7),
                str(number * 2 or 5),
                int(number),
            )
            yield from (
                f"{2 * number.numerator}/{2 * number.denominator}",
                f"[{value},{value}]",
                f"[{value},{number + 1}]",
                f"{value}?",
            )
    elif isinstance(value, int):
        yield from (value + 1, value + 2, -value - 1, 2 * value + 3, 10**18, 10**5000, str(value), float(value))
    elif isinstance(value, list):
        yield from (value[1:], value[:-1], [*value, value[-1]], value[::-1], [*value, "0"])
    elif isinstance(value, dict):
        yield {**value, "more": "0"}


def mutations(document: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """(what was touched, the changed document), each different from the document given."""
    for path in list(places(document)):
        original = at(document, path)
        for value in others(original):
            if value != original or type(value) is not type(original):
                yield path, replaced(document, path, value)
        deleted = copy.deepcopy(document)
        del at(deleted, path[:-1])[path[-1]]
        yield path, deleted
    yield ("more",), {**document, "more": 1}
