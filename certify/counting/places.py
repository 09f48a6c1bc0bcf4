"""Points of [-inf, inf] known by numbers, so that equal points are found once and compared for next to nothing."""

from __future__ import annotations

from math import inf

from certify.numbers import Extended, Infinity


def rounded(x: Extended) -> float:
    """The double nearest to x, an infinity beyond their range. It is monotone: x <= y implies rounded(x) <= rounded(y).

    Python divides integers with correct rounding, hence two points whose doubles differ are in the order of these.
    """
    if isinstance(x, Infinity):
        return float(x)
    p = int(x.p)
    try:
        return p / int(x.q)
    except OverflowError:
        return inf if p > 0 else -inf


class Places:
    """A growing table of exact points; two of them are equal if and only if they have the same number."""

    def __init__(self) -> None:
        self.values: list[Extended] = []
        self.near: list[float] = []
        self._known: dict[Extended, int] = {}

    def place(self, x: Extended) -> int:
        """The number of this point."""
        found = self._known.setdefault(x, len(self.values))
        if found == len(self.values):
            self.values.append(x)
            self.near.append(rounded(x))
        return found

    def below(self, a: int, b: int) -> bool:
        """Whether point number a < point number b, exactly; the doubles decide where they differ."""
        if self.near[a] != self.near[b]:
            return self.near[a] < self.near[b]
        return a != b and self.values[a] < self.values[b]
