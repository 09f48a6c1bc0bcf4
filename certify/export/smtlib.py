"""SMT-LIB 2.6 text: numbers, piecewise-linear functions and networks as terms over the reals, and the script around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from certify.export import Exact
from certify.network import Activation, Network
from certify.numbers import Extended, Infinity, Q
from certify.piecewise import PiecewiseLinear

Term = str


def number(value: Q) -> Term:
    """An exact rational."""
    p = str(value.p) if value.p >= 0 else f"(- {-value.p})"
    return p if value.q == 1 else f"(/ {p} {value.q})"


def total(terms: Sequence[Term]) -> Term:
    """Their sum."""
    return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})" if terms else "0"


def times(factor: Q, term: Term) -> Term:
    """A number times a term."""
    return term if factor == 1 else f"(* {number(factor)} {term})"


def both(*terms: Term) -> Term:
    """The conjunction."""
    return terms[0] if len(terms) == 1 else f"(and {' '.join(terms)})" if terms else "true"


def either(*terms: Term) -> Term:
    """The disjunction."""
    return terms[0] if len(terms) == 1 else f"(or {' '.join(terms)})" if terms else "false"


def line(slope: Q, constant: Q, x: Term) -> Term:
    """slope x + constant."""
    parts = ([times(slope, x)] if slope else []) + ([number(constant)] if constant or not slope else [])
    return total(parts)


def above(lo: Extended, x: Term, strictly: bool = False) -> list[Term]:
    """lo <= x, or lo < x; nothing where the end is infinite."""
    return [] if isinstance(lo, Infinity) else [f"({'<' if strictly else '<='} {number(lo)} {x})"]


def below(x: Term, hi: Extended, strictly: bool = False) -> list[Term]:
    """x <= hi, or x < hi; nothing where the end is infinite."""
    return [] if isinstance(hi, Infinity) else [f"({'<' if strictly else '<='} {x} {number(hi)})"]


def inside(lo: Extended, x: Term, hi: Extended) -> Term:
    """lo <= x <= hi."""
    return both(*above(lo, x), *below(x, hi))


def outside(lo: Extended, x: Term, hi: Extended) -> Term:
    """x < lo or hi < x."""
    return either(*below(x, lo, strictly=True), *above(hi, x, strictly=True))


def pieces(f: PiecewiseLinear, x: Term) -> Term:
    """f(x) by bisection: as many comparisons on each way through as the logarithm of the number of pieces."""

    def between(first: int, last: int) -> Term:
        if first == last:
            return line(f.slopes[first], f.intercepts[first], x)
        middle = (first + last) // 2
        left, right = between(first, middle), between(middle + 1, last)
        return f"(ite (<= {x} {number(f.breaks[middle])}) {left} {right})"

    return between(0, f.pieces - 1)


@dataclass(frozen=True)
class End:
    """f next to an infinite end of the line: value `slope` w + `constant` at the point w (or -w) that is beyond all numbers."""

    slope: Term
    constant: Term

    def at_most(self, bound: Extended) -> Term:
        """Whether the limit is at most this."""
        if isinstance(bound, Infinity):
            return "true" if bound.positive else f"(< {self.slope} 0)"
        return f"(or (< {self.slope} 0) (and (= {self.slope} 0) (<= {self.constant} {number(bound)})))"

    def at_least(self, bound: Extended) -> Term:
        """Whether the limit is at least this."""
        if isinstance(bound, Infinity):
            return f"(> {self.slope} 0)" if bound.positive else "true"
        return f"(or (> {self.slope} 0) (and (= {self.slope} 0) (>= {self.constant} {number(bound)})))"


@dataclass
class Script:
    """A script about one map, called f in it, that grows line by line."""

    map: Exact
    lines: list[str] = field(default_factory=list)
    known: dict[object, Term] = field(default_factory=dict)
    applications: int = 0

    def __post_init__(self) -> None:
        self.add("; The map.")
        if isinstance(self.map, PiecewiseLinear):
            self.function("f", pieces(self.map, "x"))
        else:
            for i, layer in enumerate(self.map.layers, 1):
                self.function(f"act{i}", activation(layer.activation, "x"))
            self.function("f", "".join(layers(self.map)))

    def add(self, *lines: str) -> None:
        """More lines."""
        self.lines += lines

    def function(self, name: str, body: Term) -> None:
        """Defines a function of x; its body may begin on the next line."""
        space = "" if body.startswith("\n") else " "
        self.add(f"(define-fun {name} ((x Real)) Real{space}{body})")

    def constant(self, name: str, value: Term | None = None) -> Term:
        """A real number with this name: of this value, or any."""
        self.add(f"(declare-const {name} Real)", *([f"(assert (= {name} {value}))"] if value else []))
        return name

    def free(self, name: str) -> Term:
        """A number of which nothing is known; the same one for the same name."""
        if name not in self.known:
            self.known[name] = self.constant(name)
        return self.known[name]

    def value(self, x: Q | str) -> Term:
        """f(x), at a number or at a constant with a name; asked twice, it stands there once."""
        term = x if isinstance(x, str) else number(x)
        if ("f", term) not in self.known:
            self.applications += 1
            self.known["f", term] = self.constant(f"y{self.applications}", f"(f {term})")
        return self.known["f", term]

    def orbit(self, x: Term, steps: int) -> list[Term]:
        """x, f(x), ..., f^steps(x)."""
        points = [x]
        for i in range(1, steps + 1):
            points.append(self.constant(f"{x}_{i}", f"(f {points[-1]})"))
        return points

    def end(self, positive: bool) -> End:
        """f next to an end of the line."""
        side, sign = ("right", Q(1)) if positive else ("left", Q(-1))
        if side not in self.known:
            self.known[side] = side
            self.add(f"; f far to the {side}: {side}.s w + {side}.c at {'' if positive else '-'}w.")
            if isinstance(self.map, PiecewiseLinear):
                i = -1 if positive else 0
                found = End(number(sign * self.map.slopes[i]), number(self.map.intercepts[i]))
            else:
                found = self._end_of_network(self.map, side, sign)
            self.constant(f"{side}.s", found.slope)
            self.constant(f"{side}.c", found.constant)
        return End(f"{side}.s", f"{side}.c")

    def _end_of_network(self, net: Network, side: str, sign: Q) -> End:
        """Unit by unit: what it makes of lines that are compared far out, first by slope."""
        units = [End(number(sign), "0")]
        for i, layer in enumerate(net.layers, 1):
            made = []
            for j, (row, b) in enumerate(zip(layer.weight, layer.bias)):
                parts = [(w, unit) for w, unit in zip(row, units) if w]
                s = self.constant(f"{side}{i}.{j}.zs", total([times(w, unit.slope) for w, unit in parts]))
                shift = [times(w, unit.constant) for w, unit in parts] + ([number(b)] if b else [])
                c = self.constant(f"{side}{i}.{j}.zc", total(shift))
                slope, constant = far(layer.activation, End(s, c))
                made.append(End(self.constant(f"{side}{i}.{j}.s", slope), self.constant(f"{side}{i}.{j}.c", constant)))
            units = made
        return units[0]

    def text(self, header: Sequence[str], negations: Sequence[tuple[str, Term]]) -> str:
        """The whole script: it asks whether one of the negations can be true."""
        comments = [part for text in header for part in wrap(text, 110, break_on_hyphens=False)]
        start = [*(f"; {comment}" for comment in comments), "(set-info :smt-lib-version 2.6)", "(set-logic QF_LRA)"]
        parts = [entry for words, term in negations for entry in (f"  ; {words}", f"  {term}")]
        opening, closing = ("(assert (or", "))") if len(negations) > 1 else ("(assert", ")")
        end = ["; The claim fails if one of these is true.", opening, *parts, closing, "(check-sat)"]
        return "\n".join([*start, *self.lines, *end]) + "\n"


def activation(act: Activation, z: Term) -> Term:
    """The activation at z."""
    return pieces(act.function, z)


def far(act: Activation, z: End) -> tuple[Term, Term]:
    """Slope and constant of the activation of a line z, far out: on the piece whose ends z lies between there."""
    f = act.function
    slope, constant = f"{times(f.slopes[-1], z.slope)}", line(f.slopes[-1], f.intercepts[-1], z.constant)
    if f.slopes[-1] == 0:
        slope = "0"
    for s, c, knot in reversed([*zip(f.slopes, f.intercepts, f.breaks)]):
        here = z.at_most(knot)
        slope = f"(ite {here} {times(s, z.slope) if s else '0'} {slope})"
        constant = f"(ite {here} {line(s, c, z.constant)} {constant})"
    return slope, constant


def layers(net: Network) -> Iterator[Term]:
    """The body of f: each layer but the last names its units for the next."""
    signals = ["x"]
    for i, layer in enumerate(net.layers, 1):
        units = []
        for row, b in zip(layer.weight, layer.bias):
            parts = [times(w, signal) for w, signal in zip(row, signals) if w]
            units.append(f"(act{i} {total([*parts, number(b)] if b or not parts else parts)})")
        if i == len(net.layers):
            yield f"\n  {units[0]}"
        else:
            signals = [f"u{i}.{j}" for j in range(len(units))]
            yield "\n  (let (" + "\n        ".join(f"({name} {unit})" for name, unit in zip(signals, units)) + ")"
    yield ")" * (len(net.layers) - 1)
