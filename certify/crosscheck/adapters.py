"""Claims out of what other tools return, as they return it: nested lists of cycles, endpoints along a line, inputs with outputs.

Arrays of numpy, tensors and lists need no adapter where a claim asks for a list of numbers: the claims in `claims` take them.
Here are the shapes that need one. Every function takes arrays, tensors (anything with `tolist()`) and sequences of Python or
Julia alike; the numbers are taken exactly. No tool is imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from certify.crosscheck.claims import (
    AllCycles,
    Claim,
    Knots,
    Measured,
    Orbit,
    RegionCount,
    SpatialCycles,
    measured,
    number,
    wrong,
)
from certify.errors import InputError


def scyfi(cycles: Any, tolerance: Any) -> list[AllCycles]:
    """The lists of cycles that `find_cycles` of SCYFI returns first, for a model with a one-dimensional state.

    cycles[i] are the cycles that were found of order i + 1, each the list of its states in the order of time, and a state is a
    vector of length 1 (Eisenmann, Monfared, Göring, Durstewitz 2023). One claim for each order: these are all cycles of that least
    period. Raises `InputError` where the nesting is another.
    """
    claims = []
    for order, found in enumerate(_entries("cycles", cycles), 1):
        where = f"cycles[{order - 1}]"
        listed = [tuple(_numbers(f"{where}[{i}]", cycle)) for i, cycle in enumerate(_entries(where, found))]
        for i, cycle in enumerate(listed):
            if len(cycle) != order:
                raise InputError(f"{where}[{i}]", f"a cycle of {order} states", f"{len(cycle)}")
        claims.append(AllCycles(order, tuple(listed), tolerance, note=f"SCYFI, order {order}"))
    return claims


def scyfi_in_space(
    cycles: Any, tolerance: Any, eigenvalues: Any = None, eigenvalue_tolerance: Any = None, complete: bool = False
) -> list[SpatialCycles]:
    """The same lists for a model with a state in R^d; with `eigenvalues` also those that `find_cycles` returns second, in the same
    order. One claim for each order: these are cycles of that least period, and all of them if they are said to be `complete` (which
    SCYFI does not say). Raises `InputError` where the nesting is another.
    """
    claims = []
    orders = _entries("cycles", cycles)
    spectra = [None] * len(orders) if eigenvalues is None else _entries("eigenvalues", eigenvalues)
    if len(spectra) != len(orders):
        raise InputError("eigenvalues", f"{len(orders)} lists, one for each order", f"{len(spectra)}")
    for order, (found, spectrum) in enumerate(zip(orders, spectra), 1):
        where = f"cycles[{order - 1}]"
        listed = [
            [_entries(f"{where}[{i}][{t}]", state) for t, state in enumerate(_entries(f"{where}[{i}]", cycle))]
            for i, cycle in enumerate(_entries(where, found))
        ]
        for i, cycle in enumerate(listed):
            if len(cycle) != order:
                raise InputError(f"{where}[{i}]", f"a cycle of {order} states", f"{len(cycle)}")
        given: dict[str, Any] = {"note": f"SCYFI, order {order}", "complete": complete}
        if spectrum is not None:
            rows = [_entries("eigenvalues", row) for row in _entries("eigenvalues", spectrum)]
            given |= {"eigenvalues": rows, "eigenvalue_tolerance": eigenvalue_tolerance}
        made: Any = listed
        claims.append(SpatialCycles(order, made, tolerance, **given))
    return claims


def syrenn(found: Any, tolerance: Any, line: tuple[Any, Any] | None = None) -> list[Claim]:
    """The answer of SyReNN's `Network.exactline` for a network of one input: endpoints of pieces, from the first to the last.

    Without `line` the endpoints are points (`compute_preimages=True`); with it they are ratios along the line from its first point to
    its second. A pair (endpoints, values) is what `include_post=True` gives. The claims: the endpoints inside are all the knots of the map,
    there is one region less than there are endpoints, and the values are those of the map; all up to the tolerance. The domain of the
    map must be the line that was asked for. Raises `InputError`. (Sotoudeh, Thakur 2019.)
    """
    endpoints, values = found if isinstance(found, tuple) and len(found) == 2 else (found, None)
    points = _numbers("endpoints", endpoints)
    if len(points) < 2:
        raise InputError("endpoints", "at least the two ends of the line", f"{len(points)}")
    if line is not None:
        start, end = (number(f"line[{i}]", _coordinate(f"line[{i}]", point)) for i, point in enumerate(line))
        step = end - start
        points = [x if isinstance(x, float) else start + x * step for x in points]  # a float is NaN or infinite
    claims: list[Claim] = [
        Knots(tuple(points[1:-1]), tolerance, note="SyReNN, endpoints"),
        RegionCount(1, len(points) - 1, note="SyReNN, number of pieces"),
    ]
    return claims if values is None else [*claims, *evaluations(points, values, tolerance, note="SyReNN, values")]


def evaluations(x: Any, y: Any, tolerance: Any, note: str | None = None) -> list[Orbit]:
    """Inputs and outputs of a network, as an ONNX session or any other runtime returns them, in arrays of shape (N,) or (N, 1).

    One claim for each input: |y - f(x)| is at most the tolerance (an orbit of one step). Raises `InputError` for other shapes.
    """
    inputs, outputs = _numbers("x", x), _numbers("y", y)
    if len(inputs) != len(outputs):
        raise InputError("y", f"{len(inputs)} values, one for each x", f"{len(outputs)}")
    return [Orbit(pair, tolerance, sense="pseudo", note=note) for pair in zip(inputs, outputs)]


def _numbers(where: str, given: Any) -> list[Measured]:
    """The numbers of a list or array of shape (N,) or (N, 1)."""
    return [
        measured(f"{where}[{i}]", _coordinate(f"{where}[{i}]", entry)) for i, entry in enumerate(_entries(where, given))
    ]


def _coordinate(where: str, state: Any) -> Any:
    """The one coordinate of a state: a number, or a vector of length 1."""
    state = _plain(state)
    if isinstance(state, str) or not isinstance(state, Iterable):
        return state
    entries = list(state)
    if len(entries) != 1 or isinstance(_plain(entries[0]), list):
        raise InputError(where, "a state of one coordinate", f"one of {len(entries)}")
    return _plain(entries[0])


def _entries(where: str, given: Any) -> list[Any]:
    """A sequence of any kind as a list."""
    given = _plain(given)
    return list(given) if isinstance(given, Iterable) and not isinstance(given, str) else wrong(where, "a list", given)


def _plain(given: Any) -> Any:
    """Arrays and tensors as the lists or numbers that they make of themselves."""
    return given.tolist() if hasattr(given, "tolist") else given
