"""That every network of a box maps its domain into itself: by its last activation, or by a cover."""

from __future__ import annotations

from certify.box import Box
from certify.decision.budget import Budget
from certify.enclosure.balls import Balls, working_bits
from certify.enclosure.functions import dyadic
from certify.errors import NotInvariantError
from certify.numbers import Q, arb, ctx, fraction, shown, simplest_between

NARROWEST = 40
"""A cell of the domain's width / 2^NARROWEST is cut no further."""


class NotShown(Exception):
    """The text says what could not be shown by enclosures."""


def output_range(box: Box) -> tuple[Q, Q] | None:
    """The values of the last activation, where it is bounded."""
    lo, hi = box.lower.layers[-1].activation.range
    return (lo, hi) if isinstance(lo, Q) and isinstance(hi, Q) else None


def cover(box: Box, budget: Budget) -> tuple[Q, ...] | None:
    """Points from end to end of the domain between which every image lies in the domain; None where none are needed.

    None are needed on the line, and where the last activation has its values in the domain. Raises `NotInvariantError` where f
    takes a point out of the domain whatever the network, `NotShown` where enclosures do not tell.
    """
    lo, hi = box.ends
    if not isinstance(lo, Q) or not isinstance(hi, Q):
        return None
    least, most = box.lower.layers[-1].activation.range
    # An end that the last activation never crosses is touched by rounding alone, which no cut would end.
    safe_below, safe_above = lo <= least, most <= hi
    if safe_below and safe_above:
        return None
    balls = Balls(box, working_bits(box))
    points, stack = [lo], [(lo, hi)]
    with ctx.workprec(balls.bits):
        while stack:
            budget.check(len(points) + len(stack))
            a, b = stack.pop()
            values = balls.value(balls.hull(a, b))
            if (safe_below or values >= lo) and (safe_above or values <= hi):
                points.append(b)
                continue
            cut = simplest_between(a + (b - a) * Q(27, 64), a + (b - a) * Q(37, 64))
            for x in (a, b, cut):
                _require_inside(box, balls, x, lo, hi)
            if (b - a) * (1 << NARROWEST) < hi - lo:
                raise NotShown(
                    f"that the domain is mapped into itself is not shown: near x = {shown(cut)} the values come too close to its "
                    f"ends for enclosures to tell; an output clipped to the domain settles this"
                )
            stack += [(cut, b), (a, cut)]
    return tuple(points)


def _require_inside(box: Box, balls: Balls, x: Q, lo: Q, hi: Q) -> None:
    value = balls.value(balls.hull(x, x))
    if value < lo or value > hi:
        near = dyadic(arb(value.mid()))
        domain = f"[{shown(lo)}, {shown(hi)}]"
        raise NotInvariantError(domain, fraction(x), fraction(near), (shown(x), f"{float(near):.6g}…"))
