"""All orbits of a 16-bit format at once: every state of the domain is followed to the cycle on which it ends.

In a format of 16 bits the domain holds at most 65,536 states, so the program is a function on a finite set, and each of its
orbits ends on a cycle, whatever f does. Nothing here is sampled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from certify.errors import InputError
from certify.mapfile import Map
from certify.numbers import rational
from certify.rounding.arithmetic import Arithmetic
from certify.rounding.formats import Doubles
from certify.rounding.orbit import StepError, step_error
from certify.rounding.program import program_of

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class FloatCycle:
    """A cycle of the program: its points, the smallest first and each the image of the one before; how many states end on it."""

    points: tuple[float, ...]
    basin: int


@dataclass(frozen=True)
class FloatStates:
    """What becomes of all states of the format in the domain, zero counted once.

    `cycles` in the order of their basins, the largest first; `left` states have orbits that leave the domain, or overflow: the
    basins and these are all `states`. A state's transient is the number of steps until it is on its cycle, or outside:
    `longest` is the greatest, `mean` that of all states. `worst` is the largest exact error of one step, at the state `worst_at`
    (None where every state overflows at once).
    """

    states: int
    cycles: tuple[FloatCycle, ...]
    left: int
    longest: int
    mean: Fraction
    worst: StepError | None
    worst_at: float | None


def float_states(given: Map, arithmetic: Arithmetic) -> FloatStates:
    """The eventual cycles of the program in float16 or bfloat16, by iteration of all its states in the domain.

    Raises `InputError` for longer formats, for a domain that holds no number of the format, and as `program_of`.

    >>> from certify import families
    >>> fate = float_states(families.tent(), Arithmetic("float16"))
    >>> fate.states, fate.cycles, fate.longest
    (15361, (FloatCycle(points=(0.0,), basin=15361),), 25)
    """
    if arithmetic.format.precision > 11:
        raise InputError("format", "float16 or bfloat16, whose states can all be gone through", str(arithmetic.format))
    code = program_of(given, arithmetic)
    numbers = arithmetic.format.states()
    lo, hi = given.ends
    states = numbers[bisect_left(numbers, lo, key=rational) : bisect_right(numbers, hi, key=rational)]
    if not len(states):
        raise InputError("domain", f"an interval that holds a number of {arithmetic.format}", "none in it")
    values = code.values(states)
    images = _indices(states, values)
    finite = np.flatnonzero(np.isfinite(values)).tolist()
    errors = [(step_error(code, float(states[i]), float(values[i])), float(states[i])) for i in finite]
    worst, worst_at = max(errors, key=lambda found: found[0].total, default=(None, None))
    cycles, left, transients = _fate(images)
    return FloatStates(
        len(states),
        tuple(FloatCycle(tuple(states[cycle].tolist()), basin) for cycle, basin in cycles),
        left,
        int(transients.max()),
        Fraction(int(transients.sum()), len(states)),
        worst,
        worst_at,
    )


def _indices(states: Doubles, values: Doubles) -> Indices:
    """The place of each value among the states, and one for "outside", which is its own image, at the end."""
    count = len(states)
    places = np.minimum(np.searchsorted(states, values), count - 1)
    return np.append(np.where(states[places] == values, places, count), count)


def _fate(images: Indices) -> tuple[list[tuple[list[int], int]], int, Indices]:
    """The cycles with their basins, the number of states that end outside (the last index), and all transients.

    powers[k] is the 2^k-th iterate; the last of them sends every state to its cycle, and onto it.
    """
    count = len(images) - 1
    powers = [images]
    while 1 << (len(powers) - 1) < len(images):
        powers.append(powers[-1][powers[-1]])
    ends = powers[-1]
    recurrent = np.zeros(len(images), dtype=bool)
    recurrent[ends] = True
    place, transients = np.arange(len(images)), np.zeros(len(images), dtype=np.intp)
    for k in reversed(range(len(powers))):  # the longest way that does not yet reach the cycle, bit by bit
        short = ~recurrent[powers[k][place]]
        place = np.where(short, powers[k][place], place)
        transients += short << k
    transients += ~recurrent
    basins = np.bincount(ends[:count], minlength=len(images))
    cycles: list[tuple[list[int], int]] = []
    seen = {count}
    for first in np.flatnonzero(recurrent).tolist():
        if first in seen:
            continue
        cycle = [first]
        while (following := int(images[cycle[-1]])) != first:
            cycle.append(following)
        seen.update(cycle)
        cycles.append((cycle, int(basins[cycle].sum())))
    cycles.sort(key=lambda found: -found[1])
    return cycles, int(basins[count]), transients[:count]
