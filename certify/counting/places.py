"""Points of [-inf, inf] known by numbers, so that equal points are found once and compared for next to nothing."""

from __future__ import annotations

from certify.counting.doubles import rounded
from certify.counting.remote import Affine, Point, Remote, exact, less, point, residue, same
from certify.numbers import Extended


class Places:
    """A growing table of exact points; two of them are equal if and only if they have the same number."""

    def __init__(self) -> None:
        self.near: list[float] = []
        """The double of each point."""
        self._points: list[Point] = []
        self._first: dict[float, int] = {}
        self._others: dict[tuple[float, int | None], list[int]] = {}  # by double and residue; nearly always one each
        self._images: dict[tuple[int, Affine], int] = {}  # of remote points, for maps that are equal there

    def place(self, x: Extended) -> int:
        """The number of this point."""
        return self._number(point(x), rounded(x))

    def image(self, number: int, f: Affine) -> int:
        """The number of the image of a point; where it is long, no more than a few digits of it are found out."""
        x = self._points[number]
        if not isinstance(x, Remote):
            return self.place(f(x))
        if f.slope == 0:
            return self.place(f.constant)
        found = self._images.get((number, f))
        if found is None:
            image = x.image(f)
            near = image.rounded()
            found = self.place(image.value()) if image.known else self._number(image, near)
            self._images[number, f] = found
        return found

    def value(self, number: int) -> Extended:
        """The point itself."""
        return exact(self._points[number])

    def below(self, a: int, b: int) -> bool:
        """Whether point number a < point number b, exactly; the doubles decide where they differ."""
        if self.near[a] != self.near[b]:
            return self.near[a] < self.near[b]
        return a != b and less(self._points[a], self._points[b])

    def _number(self, x: Point, near: float) -> int:
        new = len(self._points)
        first = self._first.setdefault(near, new)
        if first != new:
            if same(self._points[first], x):
                return first
            others = self._others.setdefault((near, residue(x)), [])
            for number in others:
                if same(self._points[number], x):
                    return number
            others.append(new)
        self._points.append(x)
        self.near.append(near)
        return new
