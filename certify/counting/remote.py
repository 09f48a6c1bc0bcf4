"""Points far along an orbit, known as well as is asked for: nearly always by a ball of some digits, exactly on demand.

The numbers of an orbit grow in each step by as many digits as the map has. What is asked of a point needs few of them: a
double says where it lies and in what order, a residue shows that it is new. So a *remote* point keeps the point whose
image it is, and the affine map. What is to be known of it is found along the orbit, from the last point on of which it
is known already:

    ball     |x - m / 2^B| <= r / 2^B with integers m, r. For s = p / q the image s x + c has the middle [p m / q] +
             [c 2^B] and the radius [|p| r / q] + 3, where [] rounds down: less than 1 is lost at each of the three. A
             ball too wide for a question is made again with twice the digits, so that all passes together cost little
             more than the last one.
    residue  modulo a prime. Equal numbers have equal residues, so different ones prove that two points differ. Equal
             ones prove nothing: then the numbers are compared.
    value    the number itself.

Plain numbers stand for points as long as they are short: then they cost less than balls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from certify.counting.doubles import rounded, rounded_dyadic
from certify.numbers import INF, NEG_INF, Extended, Infinity, Q

LONG = 4_000
"""Binary digits, above and below together, beyond which a number is left to a remote point."""

DIGITS = 512
"""Binary digits behind the point of the first ball on an orbit."""

LEADING = 128
"""Where so many leading digits do not decide to which double a number is rounded, it will be a midpoint of two."""

PRIME = 2**61 - 1


class Ball(NamedTuple):
    """All x with |2^digits x - middle| <= radius."""

    middle: int
    radius: int
    digits: int

    def rounded(self) -> float | None:
        """The double that every point of the ball is rounded to; None if there are several."""
        low, high = self.middle - self.radius, self.middle + self.radius
        spare = max(0, max(abs(low), abs(high)).bit_length() - LEADING)
        near = rounded_dyadic(low >> spare, spare - self.digits)
        return near if near == rounded_dyadic(-(-high >> spare), spare - self.digits) else None

    @property
    def leading(self) -> int:
        """How many leading digits of its points agree, about."""
        return self.middle.bit_length() - self.radius.bit_length()

    def below(self, other: Ball) -> bool:
        """Whether every point of it is less than every point of the other one."""
        digits = max(self.digits, other.digits)
        high, low = self.middle + self.radius, other.middle - other.radius
        return high << digits - self.digits < low << digits - other.digits


@dataclass(frozen=True)
class Affine:
    """x -> slope x + constant."""

    slope: Q
    constant: Q

    def __call__(self, x: Extended) -> Extended:
        """The image; at an infinite end, the limit."""
        if isinstance(x, Infinity):
            return self.constant if self.slope == 0 else INF if (self.slope > 0) == x.positive else NEG_INF
        return self.slope * x + self.constant

    def of_ball(self, ball: Ball) -> Ball:
        """A ball with as many digits around the image of this one."""
        middle, radius, digits = ball
        p, shift, odd = self._ratio
        constant = self._constants.get(digits)
        if constant is None:
            constant = self._constants[digits] = ball_around(self.constant, digits).middle
        return Ball((p * middle >> shift) // odd + constant, (abs(p) * radius >> shift) // odd + 3, digits)

    def of_residue(self, x: int | None) -> int | None:
        """The residue of the image of a number with this one; None where it does not follow."""
        slope, constant = self._residues
        return None if x is None or slope is None or constant is None else (slope * x + constant) % PRIME

    @cached_property
    def size(self) -> int:
        """How many digits longer than a number its image may be, about."""
        return size(self.slope) + size(self.constant)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.slope.p, self.slope.q, self.constant.p))  # that of a fraction takes a modular inverse

    @cached_property
    def _constants(self) -> dict[int, int]:
        """2^digits times the constant, rounded down, by digits."""
        return {}

    @cached_property
    def _ratio(self) -> tuple[int, int, int]:
        """p, k, o for the slope p / (2^k o), o odd: a shift costs less than a division, and 2^k is often all."""
        q = int(self.slope.q)
        shift = (q & -q).bit_length() - 1
        return int(self.slope.p), shift, q >> shift

    @cached_property
    def _residues(self) -> tuple[int | None, int | None]:
        return residue(self.slope), residue(self.constant)


class Remote:
    """A long number, or the image of a remote point under an affine map that is not constant."""

    __slots__ = ("_ball", "_before", "_residue", "_value", "size")

    def __init__(self, size: int, value: Q | None = None, before: tuple[Remote, Affine] | None = None) -> None:
        self.size = size
        """The binary digits of the number, above and below together; about so many at most where it is not known."""
        self._value = value
        self._before = before
        self._ball: Ball | None = None
        self._residue: int | None = None

    def image(self, f: Affine) -> Remote:
        """f(x), for a slope that is not 0."""
        return Remote(self.size + f.size, before=(self, f))

    @property
    def known(self) -> bool:
        """Whether the value has been found."""
        return self._value is not None

    def value(self) -> Q:
        """The number itself."""
        if self._value is None:
            start, way = self._way(lambda x: x.known)
            value = start.value()
            for f, _ in way:
                value = f.slope * value + f.constant
            self._value, self.size = value, size(value)
        return self._value

    def ball(self, digits: int) -> Ball:
        """A ball around the point, with so many digits or more."""
        start, way = self._way(lambda x: x.known or (x._ball is not None and x._ball.digits >= digits))
        ball = start._ball
        if ball is None or ball.digits < digits:
            ball = start._ball = ball_around(start.value(), digits)
        for f, x in way:
            ball = x._ball = f.of_ball(ball)
        return ball

    def rounded(self) -> float:
        """The double that the number is rounded to."""
        last = self._before[0]._ball if self._before else None
        digits = last.digits if last else DIGITS
        while digits < self.size:
            ball = self.ball(digits)
            near = ball.rounded()
            if near is not None:
                return near
            if ball.leading > LEADING:
                break
            digits *= 2
        return rounded(self.value())

    def residue(self) -> int | None:
        """The residue of the number modulo the prime; None where that divides the denominator."""
        start, way = self._way(lambda x: x.known or x._residue is not None)
        if start._residue is None:
            start._residue = residue(start.value())
        found = start._residue
        for f, x in way:
            found = x._residue = f.of_residue(found)
        return residue(self.value()) if found is None else found

    def _way(self, reached: Callable[[Remote], bool]) -> tuple[Remote, list[tuple[Affine, Remote]]]:
        """The last such point of the orbit up to here, and all steps from there on: the maps with the images."""
        x, way = self, []
        while not reached(x):
            assert x._before  # the orbit begins with a known point
            way.append((x._before[1], x))
            x = x._before[0]
        return x, way[::-1]


Point = Extended | Remote


def point(x: Extended) -> Point:
    """The point of this number."""
    if isinstance(x, Infinity) or size(x) <= LONG:
        return x
    return Remote(size(x), x)


def exact(x: Point) -> Extended:
    """The number that the point is."""
    return x.value() if isinstance(x, Remote) else x


def same(x: Point, y: Point) -> bool:
    """Whether two points are equal."""
    if isinstance(x, Remote) or isinstance(y, Remote):
        return residue(x) == residue(y) and exact(x) == exact(y)
    return x == y


def less(x: Point, y: Point) -> bool:
    """Whether x < y, for points that are not equal."""
    if isinstance(x, Infinity):
        return not x.positive
    if isinstance(y, Infinity):
        return y.positive
    if isinstance(x, Remote) or isinstance(y, Remote):
        digits = DIGITS
        while digits < size(x) + size(y):
            a, b = ball_around(x, digits), ball_around(y, digits)
            if a.below(b) or b.below(a):
                return a.below(b)
            digits *= 2
    return exact(x) < exact(y)


def size(x: Q | Remote) -> int:
    """The binary digits of a number, above and below together; about so many at most for a point whose number is not known."""
    return x.size if isinstance(x, Remote) else int(x.p.bit_length() + x.q.bit_length())


def ball_around(x: Q | Remote, digits: int) -> Ball:
    """A ball around the point, with so many digits or more."""
    return x.ball(digits) if isinstance(x, Remote) else Ball(int((x.p << digits) // x.q), 1, digits)


def residue(x: Point) -> int | None:
    """The residue of a number modulo the prime; None where that divides the denominator, and at infinity."""
    if isinstance(x, Infinity):
        return None
    if isinstance(x, Remote):
        return x.residue()
    below = int(x.q) % PRIME
    return int(x.p) * pow(below, -1, PRIME) % PRIME if below else None
