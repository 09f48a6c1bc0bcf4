"""A certificate as a Coq file: the map as data, the claim about its real semantics, and one computation for the kernel.

The file has one form (docs/guarantees.md); `certify.kernel` reads it back with a parser of its own and compares it with
the map file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import lcm, prod
from textwrap import wrap
from typing import Any, NamedTuple

from certify.dimension.system import System
from certify.entropy.laps import Interval, Laps
from certify.errors import NoExport
from certify.export import Exact, Spatial, all_parts, as_pieces, exact, exact_in_space, extended, lap_parts
from certify.export.blocks import Rows, prepared
from certify.mapfile import Map
from certify.network import Activation, Layer, Network
from certify.numbers import Extended, Infinity, Q, rational
from certify.piecewise import PiecewiseLinear
from certify.plrnn import PLRNN

MAX_LEVEL, MAX_STEPS = 10, 4_096
"""The theories count steps in unary numbers; beyond these `certify.kernel` does not read a file back."""


def coq(given: Map, certificate: dict[str, Any], name: str | None = None, big: bool = False) -> str:
    """The file for a certificate that the checker has accepted. Raises `NoExport`.

    `name` is for people. With `big` the kernel computes with machine integers: faster, and more to trust.
    """
    kind = certificate["kind"]
    if kind not in KINDS and kind not in SPATIAL_KINDS:
        raise NoExport(f"there is no theorem in Coq for certificates of kind {kind}")
    subject: Subject | SpatialSubject
    if kind in SPATIAL_KINDS:
        subject = SpatialSubject(exact_in_space(given))
        proof = SPATIAL_KINDS[kind](subject, certificate)
    else:
        subject = Subject(exact(given))
        proof = KINDS[kind](subject, certificate)
    if big and not proof.datum.startswith("OddReturn"):
        raise NoExport("machine integers are for the kind odd-return, without an orbit of period 3 beyond level 0")
    title = plain(name or "")
    return f"""\
(* {certificate["claim"]["verdict"]}{title and f": {title}"}
   SHA-256 of the canonical map: {certificate["map_sha256"]} *)
From Certify Require Import {proof.library}{"Big" if big else ""}.

Definition the_map : {subject.data}.

Definition the_certificate := {proof.datum}.

Theorem certified :
  {proof.claim}.
Proof.
  apply ({proof.lemma}{"_big" if big else ""} {subject.arguments} the_certificate).
  vm_cast_no_check (eq_refl true).
Qed.

Print Assumptions certified.
"""


@dataclass(frozen=True)
class Subject:
    """The map of a file, and how the file speaks of it."""

    map: Exact

    @property
    def ends(self) -> list[Q]:
        """The ends of the domain; none for the line."""
        return [x for x in self.map.ends if isinstance(x, Q)]

    @property
    def data(self) -> str:
        """Its type and its definition."""
        return _network(self.map) if isinstance(self.map, Network) else _knots(self.map)

    @property
    def arguments(self) -> str:
        """What a lemma is told of it: the data, and the ends of the domain."""
        kind = "Network" if isinstance(self.map, Network) else "PiecewiseLinear"
        return " ".join([f"({kind} the_map)", *(f"({ratio(x)})" for x in self.ends)])

    @property
    def f(self) -> str:
        """The real function."""
        return f"({'net_sem' if isinstance(self.map, Network) else 'pl_sem'} the_map)"

    @property
    def where(self) -> str:
        """The end of a lemma's name."""
        return "on_interval" if self.ends else "on_line"

    def on_domain(self, *words: str) -> str:
        """It maps its domain into itself, and has these properties there. Each is a word, followed perhaps by a quantity."""
        parts = [word.split(" ", 1) for word in ("selfmap", *words)]
        domain = " ".join(map(real, self.ends))
        terms = [" ".join([word, self.f, domain, *more]) for word, *more in parts]
        return terms[0] + " /\\ " + (" /\\\n  ".join(terms[1:]))

    def somewhere(self, word: str) -> str:
        """It has this property on some interval."""
        word, *more = word.split(" ", 1)
        return " ".join(["exists lo hi,", word, self.f, "lo hi", *more])


@dataclass(frozen=True)
class SpatialSubject:
    """The same for a map of R^d."""

    map: Spatial

    @property
    def data(self) -> str:
        """Its type and its definition."""
        return _network(self.map) if isinstance(self.map, Network) else _plrnn(self.map)

    @property
    def arguments(self) -> str:
        """What a lemma is told of it: the dimension and the data."""
        return f"{self.map.dimension} ({'Layers' if isinstance(self.map, Network) else 'Recurrent'} the_map)"

    @property
    def f(self) -> str:
        """The real function."""
        return f"({'layers_sem' if isinstance(self.map, Network) else 'plrnn_sem'} the_map)"


# Claims


class Proof(NamedTuple):
    """The certificate as a term, the statement, the lemma that turns one into the other, and the library that has it."""

    datum: str
    claim: str
    lemma: str
    library: str = "Certificates"


def _odd_return(subject: Subject, certificate: dict[str, Any]) -> Proof:
    level, n = natural("level", certificate["level"], MAX_LEVEL), natural("n", certificate["n"])
    three = (level, n) == (0, 3)
    if not three and certificate.get("period_three"):  # which proves more
        return _periodic_orbit(subject, {"orbit": certificate["period_three"]})
    bits = working_bits(subject.map, certificate)
    return _chaos(subject, f"OddReturn {level} {n} ({ratio(rational(certificate['x']))}) {bits}", three)


def _periodic_orbit(subject: Subject, certificate: dict[str, Any]) -> Proof:
    orbit = [ratio(rational(x)) for x in certificate["orbit"]]
    return _chaos(subject, f"PeriodicOrbit {listed(orbit)}", len(orbit) == 3)


def _chaos(subject: Subject, datum: str, three: bool) -> Proof:
    word, lemma = ("li_yorke_chaotic", "li_yorke") if three else ("chaotic", "chaos")
    claim = subject.on_domain(word) if subject.ends else subject.somewhere(word)
    return Proof(datum, claim, f"{lemma}_{subject.where}")


def _order(subject: Subject, certificate: dict[str, Any]) -> Proof:
    level = natural("level", certificate["level"], MAX_LEVEL)
    steps = natural("core_steps", certificate["core_steps"])
    if subject.ends:
        mesh = [ratio(rational(x)) for x in certificate["mesh"]]
        return Proof(
            f"Order {level} {steps} {listed(mesh)}", subject.on_domain(f"ordered {1 << level}"), "order_on_interval"
        )
    infinite = {"-inf": "MinusInfinity", "inf": "PlusInfinity"}
    mesh = [infinite.get(x) or f"Finite ({ratio(rational(x))})" for x in certificate["mesh"]]
    return Proof(
        f"OrderOnLine {level} {steps} {listed(mesh)}", f"ordered_line {subject.f} {1 << level}", "order_on_line"
    )


def _region_count(subject: Subject, certificate: dict[str, Any]) -> Proof:
    counts = listed(certificate["regions"]) + "%Z"
    on_line = f"region_counts_line {subject.f} {counts}"
    claim = subject.on_domain(f"region_counts {counts}") if subject.ends else on_line
    return Proof(f"RegionCount {counts}", claim, f"regions_{subject.where}", "RegionCertificate")


def _entropy_lower(subject: Subject, certificate: dict[str, Any]) -> Proof:
    laps, rows = Laps.of(as_pieces(subject.map)), []
    for row, interval in zip(certificate["rows"], _intervals(certificate)):
        rows.append([f"over ({_finite(u)}) ({_finite(v)}) {j}" for u, v, j in lap_parts(laps, interval, row)])
    growth = rational(certificate["growth"])
    word = f"entropy_ge_ln {real(growth)}"
    claim = subject.on_domain(word) if subject.ends else subject.somewhere(word)
    datum = f"EntropyLower\n  {_graph(certificate, rows)} ({ratio(growth)})"
    return Proof(datum, claim, f"entropy_{subject.where}", "EntropyCertificates")


def _entropy_upper(subject: Subject, certificate: dict[str, Any]) -> Proof:
    require_interval(subject)
    laps, rows = Laps.of(as_pieces(subject.map)), []
    for row, interval in zip(certificate["rows"], _intervals(certificate)):
        parts = [(f"({_finite(u)}) ({_finite(v)})", j) for u, v, j in all_parts(laps, interval, row)]
        rows.append([f"constant {part}" if j is None else f"into {part} {j}" for part, j in parts])
    growth, steps = rational(certificate["growth"]), natural("core_steps", certificate["core_steps"])
    ranks = listed([str(rank - min(certificate["ranks"])) for rank in certificate["ranks"]]) + "%nat"
    datum = f"EntropyUpper {steps}\n  {_graph(certificate, rows)} {ranks} ({ratio(growth)})"
    claim = subject.on_domain(f"entropy_le_ln {real(growth)}")
    return Proof(datum, claim, "entropy_bound_on_interval", "EntropyCertificates")


def _constant_slope(subject: Subject, certificate: dict[str, Any]) -> Proof:
    require_interval(subject)
    growth, steps = rational(certificate["growth"]), natural("core_steps", certificate["core_steps"])
    claim = subject.on_domain(f"entropy_ge_ln {real(growth)}", f"entropy_le_ln {real(growth)}")
    return Proof(f"ConstantSlope {steps} ({ratio(growth)})", claim, "slope_on_interval", "SlopeCertificate")


KINDS: dict[str, Callable[[Subject, dict[str, Any]], Proof]] = {
    "odd-return": _odd_return,
    "periodic-orbit": _periodic_orbit,
    "order": _order,
    "region-count": _region_count,
    "entropy-lower": _entropy_lower,
    "entropy-upper": _entropy_upper,
    "constant-slope": _constant_slope,
}


def _block_horseshoe(subject: SpatialSubject, certificate: dict[str, Any]) -> Proof:
    steps = max(len(text.split(" ")) for _, _, text in certificate["words"])
    natural("the length of a word", steps)
    parts = prepared(System(subject.map), certificate)
    blocks = [f"Block {_forms(block.rows)}\n      {_integers(block.inverse)}" for block in parts.blocks]
    words = [f"Word {word.start} {word.end} {word.steps} {_forms(word.rows)}" for word in parts.words]
    growth, loops = rational(certificate["growth"]), [f"{listed(list(map(str, loop)))}%nat" for loop in parts.loops]
    datum = (
        f"BlockHorseshoe {parts.expanding} ({ratio(parts.slack)})\n  {listed(blocks)}\n  {listed(words)}\n"
        f"  {listed(certificate['vector'])}%positive ({ratio(growth)}) {' '.join(loops)}"
    )
    claim = f"chaotic_in_space {subject.map.dimension} {subject.f} {real(growth)}"
    return Proof(datum, claim, "block_horseshoe", "BlockCertificate")


SPATIAL_KINDS: dict[str, Callable[[SpatialSubject, dict[str, Any]], Proof]] = {"block-horseshoe": _block_horseshoe}
"""Those for maps of R^d."""


def require_interval(subject: Subject) -> None:
    """Raises `NoExport` on the line."""
    if not subject.ends:
        raise NoExport("bounds of the entropy from above have a theorem in Coq on intervals alone, not on the line")


def _intervals(certificate: dict[str, Any]) -> list[Interval]:
    return [(extended(a), extended(b)) for a, b in certificate["intervals"]]


def _graph(certificate: dict[str, Any], rows: list[list[str]]) -> str:
    """The intervals, the parts of each, and the vector."""
    intervals = listed([f"({_finite(a)}, {_finite(b)})" for a, b in _intervals(certificate)])
    edges = listed([listed(row, 6) for row in rows])
    return f"{intervals}\n  {edges}\n  {listed(certificate['vector'])}%positive"


def _finite(x: Extended) -> str:
    if isinstance(x, Infinity):
        raise NoExport("intervals that reach to infinity have no theorem in Coq")
    return ratio(x)


def natural(name: str, value: int, most: int = MAX_STEPS) -> int:
    """A number of steps, not too large. Raises `NoExport`."""
    if value > most:
        raise NoExport(f"{name} = {value}: beyond {most} there is no form in Coq, where steps are counted one by one")
    return value


def working_bits(given: Exact, certificate: dict[str, Any]) -> int:
    """The precision with which the orbit of an odd return is followed: enough for its two inequalities.

    Each step may add an error of 2^-bits and multiplies what there is by a Lipschitz constant. Where one of the
    inequalities is an equality nothing may be rounded, and bits is a bound of the longest denominator.
    """
    m, steps = 1 << certificate["level"], certificate["n"] << certificate["level"]
    x, *orbit = map(rational, certificate["orbit"])
    gap = min(abs(orbit[m - 1] - x), abs(orbit[-1] - x))
    if gap:
        enough = steps * _lipschitz(given).bit_length() + int(gap.q).bit_length() - int(gap.p).bit_length() + 3
    else:
        enough = int(x.q).bit_length() + steps * int(_denominator(given)).bit_length()
    return int(1 << (max(64, enough) - 1).bit_length())


def _lipschitz(given: Exact) -> int:
    """An integer that is greater than the constant that the theories compute, which is one rounded up."""
    if isinstance(given, PiecewiseLinear):
        return int(max(map(abs, given.slopes)).floor()) + 2
    bounds = [Q(1)]
    for layer in given.layers:
        steepest = max(map(abs, (*layer.activation.function.slopes, Q(1))))
        bounds = [steepest * sum((abs(w) * b for w, b in zip(row, bounds)), Q(0)) for row in layer.weight]
    return int(bounds[0].floor()) + 2


def _denominator(given: Exact) -> int:
    """By what a step can multiply a denominator."""
    if isinstance(given, PiecewiseLinear):
        return max(int(s.q * c.q) for s, c in zip(given.slopes, given.intercepts))
    parameters: list[int] = [int(p.q) for layer in given.layers for p in layer.activation.parameters]
    return prod([*(layer.affine.scale for layer in given.layers), *parameters], start=1)


# Data


def _network(net: Network) -> str:
    return "network := [\n  " + ";\n  ".join(map(_layer, net.layers)) + "]"


def _layer(layer: Layer) -> str:
    rows = [_row(list(map(integer, row)), integer(b)) for row, b in zip(layer.affine.weight, layer.affine.bias)]
    return f"Layer {_activation(layer.activation)} {integer(layer.affine.scale)} [\n    " + ";\n    ".join(rows) + "]"


def _row(weights: list[str], bias: str) -> str:
    text = f"([{'; '.join(weights)}], {bias})"
    if len(text) <= 100:
        return text
    return "\n      ".join(wrap(text, 100, break_long_words=False, break_on_hyphens=False))


def _activation(act: Activation) -> str:
    parameters = act.parameters if act.name != "relu6" else (Q(0), Q(6))
    name = {"identity": "Identity", "relu": "Relu", "leaky_relu": "LeakyRelu", "abs": "Abs"}.get(act.name, "Clip")
    return f"({' '.join([name, *(f'({ratio(p)})' for p in parameters)])})" if parameters else name


def _knots(f: PiecewiseLinear) -> str:
    points = listed([f"({ratio(rational(x))}, {ratio(rational(y))})" for x, y in f.knots])
    line = points if f.domain else f"({ratio(f.slopes[0])}) {points} ({ratio(f.slopes[-1])})"
    return f"piecewise_linear :=\n  Knots{'' if f.domain else 'OnLine'} {line}"


def _plrnn(f: PLRNN) -> str:
    over = lcm(*(int(entry.q) for rows in (f.A, f.W, f.C, (f.e, f.h)) for row in rows for entry in row))
    matrices = ["\n  " + listed([listed(_over(over, row), 6) for row in rows]) for rows in (f.A, f.W, f.C)]
    vectors = ["\n  " + listed(_over(over, row)) for row in (f.e, f.h)]
    return f"plrnn := Plrnn {integer(over)}{''.join(matrices + vectors)}"


def _over(over: int, row: Sequence[Q]) -> list[str]:
    """The numerators of a row."""
    return [integer(int(entry * over)) for entry in row]


def _forms(rows: Rows) -> str:
    """Forms, over one denominator: the coefficients and the constant of each."""
    over = lcm(*(int(entry.q) for row in rows for entry in row))
    forms = [_row(entries[:-1], entries[-1]) for entries in (_over(over, row) for row in rows)]
    return f"{integer(over)}\n      {listed(forms, 8)}%Z"


def _integers(rows: Rows) -> str:
    """A matrix over one denominator."""
    over = lcm(*(int(entry.q) for row in rows for entry in row))
    return f"{integer(over)}\n      {listed([listed(_over(over, row), 10) for row in rows], 8)}%Z"


def listed(terms: Sequence[str], indent: int = 4) -> str:
    """A list, on one line where it fits, else one term on each."""
    short = f"[{'; '.join(terms)}]"
    return short if len(short) <= 100 else f"[\n{' ' * indent}" + f";\n{' ' * indent}".join(terms) + "]"


def integer(n: int) -> str:
    """An integer: from ten digits on in hexadecimal, which Coq reads faster."""
    return f"{n:#x}" if abs(n) >= 10**9 else str(n)


def ratio(x: Q) -> str:
    """A rational number, in lowest terms."""
    return f"{integer(int(x.p))} # {integer(int(x.q))}"


def real(x: Q) -> str:
    """The real number that Coq reads x as: a literal, or a quotient of two."""
    if x.q == 1:
        return str(x.p) if x >= 0 else f"({x.p})"
    return f"({x.p} / {x.q})"


def plain(name: str) -> str:
    """What may stand in a comment of a name."""
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c in " -_.,:+=/"))[:80].strip()
