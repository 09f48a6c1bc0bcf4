"""The answer: an enclosure of the entropy with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from certify.decision.decide import Order
from certify.entropy.algebra import Algebraic
from certify.entropy.evidence import ConstantSlope, Covering, Transfer


@dataclass(frozen=True)
class Entropy:
    """lower <= h <= upper, proved; the two are decimal fractions.

    `exact` is exp h as an algebraic number where it is known; the evidence proves that too where it carries
    polynomials in the number, or where the number is rational, and otherwise the enclosure alone
    (LARGEST_EIGENVECTOR). `below` proves the lower end (None: h >= 0 needs no proof) and `above` the upper end: a
    graph, a constant slope, or a mesh that proves order and so entropy 0. `reason` says in words how good the
    enclosure is and why it is no better.
    """

    lower: Fraction
    upper: Fraction
    exact: Algebraic | None
    below: Covering | ConstantSlope | None
    above: Transfer | ConstantSlope | Order
    reason: str

    @property
    def closed_form(self) -> str | None:
        """h in closed form: "0", "log 2", "log((1+sqrt(5))/2)"; None where there is none or none is known."""
        return self.exact.log_closed_form if self.exact else None

    @property
    def digits(self) -> int | None:
        """The largest d with upper - lower <= 10^-d; None when the enclosure is a single number."""
        gap = self.upper - self.lower
        if not gap:
            return None
        d = 0
        while gap * 10 ** (d + 1) <= 1:
            d += 1
        return d

    @property
    def text(self) -> tuple[str, str]:
        """The two ends as decimal numbers, in full."""
        return decimal_text(self.lower), decimal_text(self.upper)


def decimal_text(value: Fraction) -> str:
    """A decimal fraction in full, at least 0. Raises `ValueError` if the number has no finite decimal expansion."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    if rest != 1 or value < 0:
        raise ValueError(f"not a finite decimal fraction >= 0: {value}")
    digits = str(value.numerator * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
