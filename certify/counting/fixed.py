"""The number of fixed points of iterates, from the determinant of kneading theory and a list of special cycles.

Let F = f^t. Cut the domain J only where f changes between rising, falling and standing still (*active* breaks);
between two neighbouring points of the resulting cuts F is strictly monotone (a *branch*) or constant. Write d(x s) for
the sign of F - id on the germ of x at side s. On a branch (x, y) let e be +1 where F falls and -1 where it rises. Then
e (d(x+) - d(y-)) / 2 is

    1                         on a falling branch that meets the diagonal,
    crossings up - crossings down  on a rising branch (down: F - id changes from + to -),

and 0 on a falling branch that does not meet it. Let P be the sum over all branches.

*P by a trace.* Sum over germs x s instead. With r the side of the germ (F(x), r) that x s is sent to, the germ
contributes -r d(x s) / 2. A junction x, first cut by the active break b at step i, has F(x) = y, y = f^n(b), n = t -
i, and d is the sign of y - x unless x = y: so what is needed is how many of the junctions cut by b at step i lie left
of y, and how many right. Those are counts of the same recursion started with an interval that ends in y, and a start
that ends in a place on b's orbit is b's own sequence of pulls, shifted. With K(z) the matrix of power series K(b', b)
= sum over m of z^m (what a junction of age m from b' adds to the cuts at b: see the package), E the same for the germ
of an end of J, all of it adds up to

    P = [z^t] trace z K'(z) (I - K(z))^-1 - (1/2) pulls(t)

up to the germs with x = y, where pulls(t) is the sum of all pulls at time t of the recursion started with E_lo - E_hi.
The first term is the coefficient of -z d/dz log det(I - K(z)): this is the zeta function of Milnor and Thurston
(1988). Junctions of equal class one step after birth (*sources*) serve in the place of breaks, which leaves the
determinant as it is; and the determinant is the product over the sources k of 1 / R_k(z), where R_k counts the returns
to source k when the sources before k are closed (Schur complements).

*Special cycles.* The formula is right for crossings up and for falling branches. What is left is put right cycle by
cycle; with the doubled amounts, for f^t, t = p k, where a germ is *positive* if F sends it to itself, with slope s >
0, tilt = sign(s - 1):

    through an active break or an end of J, or without a live germ:
        2 for each isolated point, and 1 - tilt for each positive germ
    any other finite cycle, if F rises there (if F falls: nothing):
        2 for each isolated point, and - tilt for each positive germ
    an infinite end, near which F = s x + c, s > 0:
        2 if it attracts (s > 1, or s = 1 and F moves points towards it), 1 if F = id there

A cycle that avoids all breaks and ends has slope s > 1 (amount 0), or s = 1 (its points are inside intervals of fixed
points: amount 0), or is attracting, s < 1. An attracting cycle of positive slope, of period dividing t, lies in a
piece of F that F contracts into itself, an end of which is mapped by some f^i, i < t, to a break, or is an end of J:
so after t steps the orbit of that break or end shares the pieces of the cycle, from which the cycle is computed. A
cycle without a live germ contains the value of a plateau. So all special cycles of period up to t are found from
finitely many orbits up to time 2 t. An interval of fixed points of F begins and ends where the slope of F changes, in
such cycles or at infinity: half the number of germs on which F = id, less the points that have two of them.

Cost: for m sources, m + 1 runs of the recursion, O(m^2 t^2) additions, and O(m t^2) multiplications of integers of
O(t) bits.
"""

from __future__ import annotations

from certify.counting.cutmap import CutMap
from certify.counting.cycles import SpecialCycles
from certify.counting.junctions import Junction, Junctions, end_germs, source


class FixedPointCounter:
    """The numbers of isolated fixed points and of intervals of fixed points of f^t, for t = 1, 2, ....

    m is f, a map of its domain into itself, cut at its breaks.
    """

    def __init__(self, m: CutMap) -> None:
        self._m = m
        active = [m.places.place(x) for x, a, b in zip(m.cuts, m.signs, m.signs[1:]) if a != b]
        sources = list(dict.fromkeys(source(m, place) for place in active))
        self._returns = [Returns(m, sources[k:]) for k in range(len(sources))]
        self._signed = Junctions(m.places, end_germs(m, 1, -1), sources=sources, tilt=True)
        self._cycles = SpecialCycles(m)
        self._t = 0

    def step(self) -> tuple[int, int]:
        """The next t: isolated fixed points, and intervals of fixed points."""
        self._t += 1
        self._signed.push(self._m)
        trace = sum(returns.step() for returns in self._returns)
        correction = self._cycles.at(self._t)
        points, odd = divmod(2 * trace - self._signed.tilt + correction.points, 2)
        intervals, half = divmod(correction.intervals, 2)
        assert odd == half == 0
        return points, intervals


class Returns:
    """The coefficients of z R'(z) / R(z), for R the series of returns to the first of these sources, the only ones open."""

    def __init__(self, m: CutMap, sources: list[Junction]) -> None:
        self._m = m
        self._flow = Junctions(m.places, {}, {sources[0]: 1}, sources)
        self._source = sources[0]
        self._series: list[int] = []
        self._coefficients: list[int] = []

    def step(self) -> int:
        """The next coefficient, by R * (z R' / R) = z R', R(0) = 1."""
        self._flow.push(self._m)
        self._series.append(self._flow.born.get(self._source, 0))
        t = len(self._series)
        rest = sum(map(int.__mul__, self._coefficients, reversed(self._series[: t - 1])))
        self._coefficients.append(t * self._series[-1] - rest)
        return self._coefficients[-1]
