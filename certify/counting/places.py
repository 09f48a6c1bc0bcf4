"""Points of [-inf, inf] known by numbers, so that equal points are found once and compared for next to nothing."""

from __future__ import annotations

from math import inf, ldexp

from certify.numbers import Extended, Infinity


def rounded(x: Extended) -> float:
    """The double nearest to x (a subnormal one is rounded twice), an infinity beyond their range. It is monotone: x <= y
    implies rounded(x) <= rounded(y), hence two points whose doubles differ are in the order of these.

    x has 66 leading binary digits or one more, of which the last is made 1 where others follow: rounded once more, to the
    53 of a double, they give what x gives, for its place between two doubles, or in the middle, can still be told.
    """
    if isinstance(x, Infinity):
        return float(x)
    p, q = x.p, x.q
    shift = 66 + q.bit_length() - p.bit_length()
    digits, rest = divmod(abs(p) << shift, q) if shift >= 0 else divmod(abs(p), q << -shift)
    near = float(int(digits) | (rest != 0))
    try:
        return ldexp(near if p > 0 else -near, -shift)
    except OverflowError:
        return inf if p > 0 else -inf


LOW = 2**60 - 1


def tail(x: Extended) -> int:
    """Some digits of x, soon read off however long it is; a hash of the whole number takes longer than its arithmetic."""
    return 0 if isinstance(x, Infinity) else int(x.p & LOW) ^ int(x.q & LOW)


class Places:
    """A growing table of exact points; two of them are equal if and only if they have the same number."""

    def __init__(self) -> None:
        self.values: list[Extended] = []
        self.near: list[float] = []
        self._known: dict[tuple[float, int], list[int]] = {}  # nearly always one number each

    def place(self, x: Extended) -> int:
        """The number of this point."""
        near = rounded(x)
        alike = self._known.setdefault((near, tail(x)), [])
        for number in alike:
            if self.values[number] == x:
                return number
        alike.append(len(self.values))
        self.values.append(x)
        self.near.append(near)
        return alike[-1]

    def below(self, a: int, b: int) -> bool:
        """Whether point number a < point number b, exactly; the doubles decide where they differ."""
        if self.near[a] != self.near[b]:
            return self.near[a] < self.near[b]
        return a != b and self.values[a] < self.values[b]
