"""Numbers and cycles in the sentences and facts of a finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from certify.numbers import Extended, approximately, text

LISTED = 100
"""So many of the missing, spurious and duplicate entries are listed; all are counted."""
SHOWN = 64
"""A cycle of more points is shown by its first one."""


def about(value: Extended) -> str:
    """The number in full while it is very short, else a few digits of it."""
    full = text(value)
    return full if len(full) <= 12 else approximately(value)


def arrows(points: Sequence[Extended]) -> str:
    """A cycle, with its last arrow leading back to the first point."""
    if len(points) > 8:
        return f"{about(points[0])} → {about(points[1])} → … ({len(points)} points)"
    return " → ".join(map(about, [*points, points[0]]))


def texts(points: Sequence[Extended]) -> list[str]:
    """The numbers of a fact."""
    return [text(x) for x in points]


def cycle_fact(points: Sequence[Extended]) -> dict[str, Any]:
    """A cycle in a fact."""
    return {"cycle": texts(points)} if len(points) <= SHOWN else {"start": text(points[0])}


def counted(number: int, what: str) -> str:
    """1 knot, 2 knots."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
