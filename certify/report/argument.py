"""What a valid certificate proves, as a theorem and its proof in words: the same for every language that it is written in.

Prose is plain text with formulas between dollar signs, in the notation of LaTeX, and with `\\cite{key}` for `REFERENCES`. Every
number comes from the map or from the certificate, or is computed from them exactly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_DOWN, Context, Decimal
from itertools import groupby
from typing import Any, NamedTuple

from certify.certificate import Certificate
from certify.errors import NoExport
from certify.mapfile import Map, canonical_json_sha256, document

SHORT = 24
"""Characters of a number that prose shows in full; a longer one is rounded there, and stands in a table."""
MAX_KNOTS = 40
"""Knots that the definition of a map lists."""
MAX_UNITS = 6
"""Hidden units of a network whose formula is written out."""
MAX_COEFFICIENTS = 200
"""Coefficients of the forms of all blocks together, or coordinates of cycles, that are listed."""


class Exact(NamedTuple):
    """An exact number p/q in a table, however long."""

    text: str

    @property
    def is_short(self) -> bool:
        """Whether a formula shows it in full."""
        return len(self.text) <= SHORT

    @property
    def shown(self) -> str:
        """In a formula; rounded unless it is short."""
        return number(self.text)

    def printed(self, longest: int) -> str:
        """The digits, or beyond so many the first of them and how many there are."""
        if len(self.text) <= longest:
            return self.text
        return f"{leading(self.text)}... ({len(self.text)} characters in the certificate)"


Cell = str | Exact


class Table(NamedTuple):
    """Rows under a head; prose in the cells, or exact numbers."""

    caption: str
    head: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


Part = str | Table


@dataclass(frozen=True)
class Argument:
    """A definition of the map, a theorem about it, and the proof."""

    map_sha256: str
    definition: list[Part]
    theorem: str
    proof: list[Part]

    @property
    def cited(self) -> list[str]:
        """Keys of `REFERENCES`, in the order in which they are first cited."""
        prose = "\n".join(part for part in [*self.definition, self.theorem, *self.proof] if isinstance(part, str))
        keys = [key.strip() for group in re.findall(r"\\cite\{([^}]*)\}", prose) for key in group.split(",")]
        return list(dict.fromkeys(keys))


def argument(given: Map, certificate: Certificate) -> Argument:
    """The theorem that this certificate, which the independent checker has found VALID, proves about the map.

    Raises `NoExport` for a kind that has no such form.
    """
    kind = certificate["kind"]
    if kind not in KINDS:
        raise NoExport(f"certificates of kind {kind} have no proof in words")
    content = document(given)
    theorem, proof = KINDS[kind](content, certificate)
    digest = canonical_json_sha256(content)
    return Argument(digest, definition(content, digest), theorem, [invariance(content), *proof])


def number(text: str) -> str:
    """A number inside a formula: in full where it is short, else rounded."""
    if text in ("inf", "-inf"):
        return text.replace("inf", r"\infty")
    if len(text) > SHORT:
        digits, _, exponent = leading(text).partition("E")
        return rf"{digits}\ldots" + (rf"\cdot 10^{{{int(exponent)}}}" if exponent else "")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    p, slash, q = digits.partition("/")
    return rf"{sign}\tfrac{{{p}}}{{{q}}}" if slash else text


def leading(text: str) -> str:
    """The first digits of p/q, cut off and not rounded, so that they are digits of the number."""
    p, _, q = text.partition("/")
    context = Context(prec=10, rounding=ROUND_DOWN, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return str(context.divide(Decimal(p), Decimal(q or 1)))


def power(name: str, exponent: int) -> str:
    """An iterate in a formula."""
    return name if exponent == 1 else f"{name}^{{{exponent}}}"


def space(domain: list[str] | None) -> str:
    """The domain in a formula."""
    return f"[{number(domain[0])},{number(domain[1])}]" if domain else r"\mathbb{R}"


def definition(content: dict[str, Any], digest: str) -> list[Part]:
    """The map, by its knots, its formula or its file."""
    J, shape = space(content["domain"]), content["map"]
    where, file = rf"$f\colon {J}\to {J}$", f"the map file whose canonical JSON has the SHA-256 digest `{digest}`"
    if shape["kind"] == "piecewise-linear":
        if len(shape["knots"]) > MAX_KNOTS:
            return [f"Let {where} be the piecewise-linear map with {len(shape['knots'])} knots in {file}."]
        ends = ""
        if content["domain"] is None:
            left, right = map(number, shape["slopes"])
            ends = f", with slope ${left}$ to the left of them and ${right}$ to their right"
        table = Table("The knots of $f$.", ("$x$", "$f(x)$"), [(Exact(x), Exact(y)) for x, y in shape["knots"]])
        return [
            f"Let {where} be the continuous map that is affine between the knots of the table{ends}; it is {file}.",
            table,
        ]
    if shape["kind"] == "plrnn":
        d, m = len(shape["h"]), len(shape["e"])
        return [
            f"Let $f\\colon \\mathbb{{R}}^{{{d}}}\\to \\mathbb{{R}}^{{{d}}}$, $f(x) = A x + W\\max(0, C x + e) + h$, be the "
            f"piecewise-linear recurrent network with ${m}$ hidden {'unit' if m == 1 else 'units'} in {file}."
        ]
    if shape["kind"] in ("lstm", "gru"):
        k = len(shape["o" if shape["kind"] == "lstm" else "n"]["bias"])
        cell = f"the {shape['kind'].upper()} cell of ${k}$ {'unit' if k == 1 else 'units'}, without input"
        return [f"Let $f$ be {cell}, in {file}: {CELLS[shape['kind'] + shape.get('reset', '')]}"]
    layers = shape["layers"]
    if (d := len(layers[0]["weight"][0])) > 1:
        where = f"$f\\colon \\mathbb{{R}}^{{{d}}}\\to \\mathbb{{R}}^{{{d}}}$"
    if formula := _formula(layers):
        return [f"Let {where} be the network $f(x) = {formula}$; it is {file}."]
    widths = ", ".join(str(len(layer["bias"])) for layer in layers)
    names = ", ".join(dict.fromkeys(layer["activation"] for layer in layers)).replace("_", " ")
    what = "any network in the box" if _is_box(layers) else "the network"
    return [f"Let {where} be {what} with layers of {widths} units ({names}) in {file}."]


CELLS = {
    "lstm": r"$$f(h,c) = (h',c'),\quad c' = \operatorname{sigmoid}(F(h))\,c + \operatorname{sigmoid}(I(h))\,\operatorname{tanh}(G(h)),"
    r"\quad h' = \operatorname{sigmoid}(O(h))\,\operatorname{tanh}(c'),$$ "
    "coordinate by coordinate, where $I$, $F$, $G$ and $O$ are the affine maps of its gates.",
    "grubefore": r"$$f(h) = (1-z)\,n + z\,h,\quad r = \operatorname{sigmoid}(R(h)),\quad z = \operatorname{sigmoid}(Z(h)),"
    r"\quad n = \operatorname{tanh}(N(r\,h)),$$ "
    "coordinate by coordinate, where $R$, $Z$ and $N$ are the affine maps of its gates.",
    "gruafter": r"$$f(h) = (1-z)\,n + z\,h,\quad r = \operatorname{sigmoid}(R(h)),\quad z = \operatorname{sigmoid}(Z(h)),"
    r"\quad n = \operatorname{tanh}(b + r\,N(h)),$$ "
    "coordinate by coordinate, where $R$, $Z$ and $N$ are affine maps and $b$ is a vector.",
}
"""The formulas of gated cells, by kind and reset."""


def _is_box(layers: list[dict[str, Any]]) -> bool:
    return any(entry.startswith("[") for layer in layers for row in [*layer["weight"], layer["bias"]] for entry in row)


def _formula(layers: list[dict[str, Any]]) -> str | None:
    """One hidden layer of few units with short weights, written out."""
    if len(layers) != 2 or len(layers[0]["bias"]) > MAX_UNITS or len(layers[0]["weight"][0]) != 1:
        return None
    hidden, output = layers
    entries = [*hidden["bias"], *output["bias"], *output["weight"][0], *(row[0] for row in hidden["weight"])]
    if len(output["bias"]) != 1 or any(len(entry) > SHORT or entry.startswith("[") for entry in entries):
        return None
    units = [f"{_act(hidden, _sum([(w[0], 'x'), (b, '')]))}" for w, b in zip(hidden["weight"], hidden["bias"])]
    return _act(output, _sum([*zip(output["weight"][0], units), (output["bias"][0], "")]))


def _act(layer: dict[str, Any], inside: str) -> str:
    name = layer["activation"]
    if name == "identity":
        return inside
    parameters = "".join(f",{number(layer[key])}" for key in ("lo", "hi", "negative_slope", "alpha") if key in layer)
    return rf"\operatorname{{{name.replace('_', '')}}}({inside}{parameters})"


def _sum(terms: list[tuple[str, str]]) -> str:
    """Coefficients times factors; the factor of a constant is empty."""
    found = ""
    for coefficient, factor in terms:
        size = coefficient.removeprefix("-")
        if size != "0":
            sign = "-" if coefficient != size else "+" if found else ""
            found += sign + (factor if size == "1" and factor else number(size) + (r"\," + factor if factor else ""))
    return found or "0"


def invariance(content: dict[str, Any]) -> str:
    """Why f maps its domain into itself."""
    if content["domain"] is None:
        shape = content["map"]
        spatial = shape["kind"] in ("plrnn", "lstm", "gru") or (
            shape["kind"] == "network" and len(shape["layers"][0]["weight"][0]) > 1
        )
        return "The map is continuous." if spatial else "The map is continuous on the line."
    J = space(content["domain"])
    if content["map"]["kind"] == "network" and content["map"]["layers"][-1]["activation"] in (
        "clip",
        "hardtanh",
        "relu6",
    ):
        return f"The map is continuous, and its last layer takes values in ${J}$ alone, so $f({J})\\subseteq {J}$."
    return (
        f"The map is continuous, and its least and greatest values on ${J}$, which it takes at the ends and at turning "
        f"points, lie in ${J}$, so $f({J})\\subseteq {J}$."
    )


CHAOS = "positive topological entropy{} and an uncountable scrambled set: it is chaotic in the sense of Li and Yorke"


def _chaos(content: dict[str, Any]) -> str:
    return CHAOS.format("" if content["domain"] else " on a compact invariant set")


LEAST_PERIOD = (
    r"A continuous interval map with a least period that is not a power of $2$ has positive topological entropy "
    r"\cite{BowenFranks1976, Misiurewicz1979}, and one of positive entropy has an uncountable scrambled set \cite{JankovaSmital1986}."
)


def _orbit_table(caption: str, orbit: list[str]) -> Table:
    rows: list[tuple[Cell, ...]] = [(f"${i}$", Exact(x)) for i, x in enumerate(orbit)]
    return Table(caption, ("$i$", "$f^i(x)$"), rows)


def _odd_return(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    m, n, orbit = 1 << certificate["level"], certificate["n"], certificate["orbit"]
    g = "f" if m == 1 else "g"
    x, once, last = (number(orbit[i]) for i in (0, m, n * m))
    few, less = (r"\le", "<") if certificate["side"] == "right" else (r"\ge", ">")
    theorem = f"The map $f$ has a periodic point whose least period is not a power of $2$, {_chaos(content)}."
    put = "" if m == 1 else f"Put $g = {power('f', m)}$. "
    source = r"\cite{LiYorke1975}" if (n, m) == (3, 1) else r"\cite{LiMisiurewiczPianigianiYorke1982}"
    proof: list[Part] = [
        f"{put}The orbit of $x = {x}$ is in the table, in exact fractions. It shows that "
        f"$${power(g, n)}(x) = {last} {few} {x} = x {less} {once} = {g}(x).$$",
        f"Since $n = {n}$ is odd, ${g}$ has a periodic point of odd period greater than $1$ {source}, so $f$ has a least period "
        f"that is not a power of $2$. {LEAST_PERIOD}",
        _orbit_table("The orbit of $x$.", orbit),
    ]
    if "period_three" in certificate:
        rows: list[tuple[Cell, ...]] = [
            (f"${name}$", Exact(value)) for name, value in zip("abc", certificate["period_three"])
        ]
        proof += [
            "Moreover $f(a) = b$, $f(b) = c$ and $f(c) = a$ for the points of the second table: an orbit of period $3$."
        ]
        proof += [Table("An orbit of period three.", ("point", "value"), rows)]
    return theorem, proof


def _periodic_orbit(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    period, orbit = certificate["period"], certificate["orbit"]
    theorem = f"The map $f$ has a periodic point of least period ${period}$, {_chaos(content)}."
    return theorem, [
        f"The ${period}$ points of the table differ, $f$ maps each to the next and the last to the first. "
        f"So ${period}$, not a power of $2$, is a least period. {LEAST_PERIOD}",
        _orbit_table(f"A periodic orbit of least period {period}.", orbit),
    ]


def _order(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    m, steps, mesh = 1 << certificate["level"], certificate["core_steps"], certificate["mesh"]
    J, K = space(content["domain"]), f"[{number(mesh[0])},{number(mesh[-1])}]"
    if content["domain"]:
        tends, pairs = "", ", $f$ has no Li-Yorke pair, and its topological entropy is zero"
    else:
        tends, pairs = " or tends to infinity in absolute value", ", and $f$ has no Li-Yorke pair"
        J = r"[-\infty,\infty]"
    cycle = "a fixed point" if m == 1 else f"a cycle whose least period divides ${m}$"
    theorem = f"Every orbit of $f$ is asymptotic to {cycle}{tends}{pairs}."
    g, put = ("f", "") if m == 1 else ("g", f"Put $g = {power('f', m)}$. ")
    core = (
        f"${power('f', steps)}({J}) = {K}$ holds every periodic point" if steps else f"All periodic points lie in ${K}$"
    )
    if len(mesh) == 1:
        point = number(mesh[0])
        return theorem, [f"$f^{{{steps}}}({J})$ is the single point ${point}$, so every orbit ends there."]
    limits = "" if content["domain"] else " (at an infinite end: the limit)"
    return theorem, [
        f"{put}{core}. The points of the table cut it into cells $[a,b]$, and each cell passes one of two tests, by exact "
        f"evaluation: (i) the image of $[a,b]$ under ${g}\\circ {g}$, bounded by the images under $f$ one after another, does not "
        f"meet $[a,b]$; or (ii) ${g}\\circ {g}$ is affine on $[a,b]$, ${g}\\circ {g}-\\mathrm{{id}}$ does not change sign "
        f"there{limits}, and at an end of the cell where ${g}\\circ {g}=\\mathrm{{id}}$ also ${g}=\\mathrm{{id}}$.",
        f"Hence ${g}({g}(x))=x$ implies ${g}(x)=x$: in a cell of the first kind there is no such $x$, in one of the second kind it "
        f"is an end, or the whole cell consists of fixed points of ${g}$. So every orbit of ${g}$ converges \\cite{{Coppel1955}}.",
        Table("The mesh.", ("$i$", "$t_i$"), [(f"${i}$", Exact(t)) for i, t in enumerate(mesh)]),
    ]


def _region_count(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    regions = certificate["regions"]
    theorem = (
        f"For $t = 1,\\dots,{len(regions)}$ the iterate $f^t$ has exactly $R_t$ linear regions (maximal intervals on which it is "
        f"affine), with $R_t$ as in the table."
    )
    return theorem, [
        r"Let $B$ be the set of interior knots of $f$ and, for $b\in B$, let $h_i(b)$ be the number of interior points $x$ with "
        r"$f^i(x)=b$ whose orbit does not meet $B$ before and next to which $f^i$ is not constant. A point at which $f^t$ breaks "
        r"meets $B$ first at some time $i<t$, and then $f^t$ breaks there exactly if the one-sided slopes of $f^{t-i}$ at $b$ "
        r"differ, so $$R_t = 1+\sum_{i<t}\sum_{b\in B} h_i(b)\,\bigl[f^{t-i}\text{ breaks at }b\bigr].$$ "
        r"The points counted by $h_0,\dots,h_{i-1}$ cut the domain into intervals on which $f^i$ is affine, so $h_i(b)$ is the "
        r"number of germs $(y,+)$ with $y<b$ less that of germs $(y,-)$ with $y\le b$ among the images under $f^i$ of the germs "
        r"at the ends of the domain and on both sides of those points. This recursion, in exact arithmetic, gives the table.",
        Table(
            "The numbers of linear regions.", ("$t$", "$R_t$"), [(f"${t}$", Exact(r)) for t, r in enumerate(regions, 1)]
        ),
    ]


def _graph_tables(certificate: Certificate) -> list[Part]:
    rows: list[tuple[Cell, ...]] = []
    for i, ((a, b), edges, v) in enumerate(zip(certificate["intervals"], certificate["rows"], certificate["vector"])):
        targets = ", ".join(f"$({k},{j})$" for k, j in edges) or "none"
        rows.append((f"${i}$", Exact(a), Exact(b), targets, Exact(v)))
    return [Table("The graph.", ("$i$", "$a_i$", "$b_i$", "edges $(k,j)$", "$v_i$"), rows)]


def _entropy_lower(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    growth = number(certificate["growth"])
    return f"The topological entropy of $f$ is at least $\\log {growth}$.", [
        f"Let $I_i = [a_i,b_i]$ be the intervals of the table. For each edge $(k,j)$ of row $i$, $f$ maps the part of $I_i$ in its "
        f"$k$-th lap (counted from $0$) over $I_j$, and the integers $v_i>0$ satisfy $\\sum_j v_j\\ge {growth}\\,v_i$, the sum over the "
        f"edges of row $i$. So paths of the graph, which are subintervals with disjoint interiors, grow at least like powers of "
        f"${growth}$ (Collatz, Wielandt), and give horseshoes that do so too \\cite{{Misiurewicz1979, MisiurewiczSzlenk1980}}.",
        *_graph_tables(certificate),
    ]


def _entropy_upper(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    growth, steps = number(certificate["growth"]), certificate["core_steps"]
    ranks, J = ", ".join(map(str, certificate["ranks"])), space(content["domain"])
    return f"The topological entropy of $f$ is at most $\\log {growth}$.", [
        f"Let $I_i = [a_i,b_i]$ be the intervals of the table. $I_0$ holds $f^{{{steps}}}({J})$. Row $i$ has one edge "
        f"$(k,j)$ for each lap $k$ on whose part in $I_i$ $f$ is not constant, and $f$ maps that part into $I_j$. No edge leads to a "
        f"higher rank (the ranks are {ranks}), and over the edges of row $i$ to its own rank $\\sum_j v_j\\le {growth}\\,v_i$. So the "
        f"number of laps of $f^t$ on $I_0$, at most that of paths of length $t$, grows at most like a polynomial times "
        f"${growth}^t$, and its rate of growth is the entropy \\cite{{MisiurewiczSzlenk1980}}.",
        *_graph_tables(certificate),
    ]


def _constant_slope(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    growth, steps = number(certificate["growth"]), certificate["core_steps"]
    return f"The topological entropy of $f$ is $\\log {growth}$.", [
        f"The interval $f^{{{steps}}}({space(content['domain'])})$ is compact and more than a point, and every piece of $f$ that meets its "
        f"inside has the slope ${growth}$ or $-{growth}$. So the variation of $f^t$ on it is ${growth}^t$ times its length, and the rate "
        f"of growth of the variation is the entropy \\cite{{MisiurewiczSzlenk1980}}."
    ]


def _many(certificate: Certificate) -> str:
    if "radius" not in certificate:
        return ""
    unit = " times their absolute values" if certificate["weights"] == "relative" else ""
    return f"For every network $f$ whose weights and biases differ from these by at most ${number(certificate['radius'])}${unit}: "


def _odd_return_box(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    m, n, x = 1 << certificate["level"], certificate["n"], number(certificate["x"])
    g, less = ("f" if m == 1 else "g"), "<" if certificate["side"] == "right" else ">"
    put = "" if m == 1 else f"Put $g = {power('f', m)}$. "
    source = r"\cite{LiYorke1975}" if (n, m) == (3, 1) else r"\cite{LiMisiurewiczPianigianiYorke1982}"
    many = "radius" in certificate or _is_box(content["map"]["layers"])
    all_of_them = " for all these networks at once" if many else ""
    theorem = (
        f"{_many(certificate)}$f$ has a periodic point whose least period is not a power of $2$, {_chaos(content)}."
    )
    return theorem, [
        f"{put}At $x = {x}$, interval arithmetic in fixed point with ${certificate['bits']}$ binary digits, rounded outward, "
        f"encloses the values{all_of_them} and shows that $${power(g, n)}(x) {less} x {less} {g}(x).$$ "
        f"Since ${n}$ is odd, ${g}$ has a periodic point of odd period greater than $1$ {source}, so $f$ has a least period that is "
        f"not a power of $2$. {LEAST_PERIOD}"
    ]


def _order_box(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    m, mesh = 1 << certificate["level"], certificate["mesh"]
    g, put = ("f", "") if m == 1 else ("g", f"Put $g = {power('f', m)}$. ")
    cycle = "a fixed point" if m == 1 else f"a cycle whose least period divides ${m}$"
    if certificate["rule"] == "increasing":
        test = f"the slopes of ${g}$ on $[a,b]$ are not negative, so ${g}$ does not decrease on the core"
    else:
        test = (
            f"either the image of $[a,b]$ under ${g}\\circ {g}$ does not meet $[a,b]$, or the slopes of ${g}\\circ {g}$ there are "
            f"all less than $1$, or all greater, while ${g}-\\mathrm{{id}}$ has a zero in $[a,b]$"
        )
    tends = "" if content["domain"] else " or tends to infinity in absolute value"
    return f"Every orbit of $f$ is asymptotic to {cycle}{tends}, and $f$ has no Li-Yorke pair.", [
        f"{put}The points of the table cut an interval that holds every periodic point into cells $[a,b]$. Interval arithmetic in "
        f"fixed point with ${certificate['bits']}$ binary digits, rounded outward, shows that on each cell {test}. Hence "
        f"${g}({g}(x))=x$ implies ${g}(x)=x$, and every orbit of ${g}$ converges \\cite{{Coppel1955}}.",
        Table("The mesh.", ("$i$", "$t_i$"), [(f"${i}$", Exact(t)) for i, t in enumerate(mesh)]),
    ]


def _block_horseshoe(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    u, blocks, words = certificate["expanding"], certificate["blocks"], certificate["words"]
    growth, d = number(certificate["growth"]), len(blocks[0]["lo"])
    theorem = (
        f"The map $f$ has a compact invariant set on which its topological entropy is at least $\\log {growth}$ and on which it is "
        f"chaotic in the sense of Li and Yorke."
    )
    word_rows: list[tuple[Cell, ...]] = [
        (f"${i}$", f"${a}$", f"${b}$", f"${len(patterns.split())}$") for i, (a, b, patterns) in enumerate(words, 1)
    ]
    return theorem, [
        f"A word is a list of patterns, which say for every unit on which side of its kinks the value that enters it lies; along a word, "
        f"$f$ is affine step by step, and so is the composition $F$ of these affine maps. The words lead from block to block, where a "
        f"block is $Q_a = \\{{x : b_k\\le l_k(x)\\le c_k, k = 1,\\dots,{d}\\}}$ with the linear forms $l_k$ and the bounds $b_k$ and "
        f"$c_k$ of the tables, the first ${u}$ of the forms expanding.",
        "For a word from block $a$ to block $b$ let $N$ be the set of all $x$ at which the expanding forms of block $b$ take values "
        "between their bounds at $F(x)$, and the others of block $a$ at $x$. On all of $N$, in exact arithmetic, the "
        "points stay strictly inside "
        "the patterns of the word, the expanding forms of block $a$ at $x$ strictly between their bounds, and the "
        "other forms of block $b$ at "
        "$F(x)$ too. So every path of words is followed by an orbit of $f$, and two of them that differ by orbits that separate.",
        f"No word from a block is the beginning of another from it, unless the two have equal patterns and end in disjoint blocks. "
        f"With the vector $v$ of the table, $\\sum_w v_w\\cdot z^{{-t}} \\ge v_a$ for $z = {growth}$ and every block $a$: the sum "
        f"over the words $w$ from $a$, each with its number $t$ of steps and the entry $v_w$ of the block at which it "
        f"ends. So the paths grow "
        f"at least like powers of $z$, and the entropy on the compact set of all their orbits is at least $\\log z$. "
        f"Positive entropy is chaos "
        f"in the sense of Li and Yorke \\cite{{BlanchardGlasnerKolyadaMaass2002}}.",
        *_block_tables(blocks),
        Table("The words; the certificate has their patterns.", ("word", "from", "to", "steps"), word_rows),
        _vector_table(certificate),
    ]


def _block_tables(blocks: list[dict[str, Any]]) -> list[Part]:
    """Bounds and forms of the blocks, unless they are too many for a reader."""
    bounds: list[tuple[Cell, ...]] = [
        (f"${a}$", f"${k}$", Exact(lo), Exact(hi))
        for a, block in enumerate(blocks)
        for k, (lo, hi) in enumerate(zip(block["lo"], block["hi"]), 1)
    ]
    forms: list[tuple[Cell, ...]] = [
        (f"${a}$", f"${k}$", f"${i}$", Exact(x))
        for a, block in enumerate(blocks)
        for k, row in enumerate(block["rows"], 1)
        for i, x in enumerate(row, 1)
    ]
    if len(forms) > MAX_COEFFICIENTS:
        return [
            f"The certificate has the bounds and the forms of the ${len(blocks)}$ blocks: {len(forms)} coefficients."
        ]
    return [
        Table("The bounds of the blocks.", ("block", "$k$", "$b_k$", "$c_k$"), bounds),
        Table("The forms: coefficients of the coordinates.", ("block", "$k$", "coordinate", "coefficient"), forms),
    ]


def _vector_table(certificate: Certificate) -> Table:
    return Table("The vector.", ("block", "$v$"), [(f"${a}$", Exact(v)) for a, v in enumerate(certificate["vector"])])


def _covering_chain(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    blocks, growth = certificate["blocks"], number(certificate["growth"])
    d, bits = len(blocks[0]["lo"]), certificate["bits"]
    theorem = (
        f"The map $f$ has a compact invariant set on which its topological entropy is at least $\\log {growth}$ and on which it is "
        f"chaotic in the sense of Li and Yorke."
    )
    chains: list[tuple[Cell, ...]] = [
        (f"${i}$", f"${len(chain) - 1}$", _numbers(chain)) for i, chain in enumerate(certificate["chains"], 1)
    ]
    return theorem, [
        f"Let $Q_i = \\{{x : b_k\\le l_k(x)\\le c_k, k = 1,\\dots,{d}\\}}$ be the blocks, with the linear forms $l_k$ and the bounds $b_k$ "
        f"and $c_k$ of the certificate. The faces of a block are the parts on which $l_1 = b_1$ and $l_1 = c_1$. Interval arithmetic "
        f"in fixed point with ${bits}$ binary digits, rounded outward, encloses for each block the value of $f$ at its centre and "
        f"the slopes of $f$ between the centre and all other points of the block. It shows that each block of a chain covers the "
        f"next, $Q_i$ the block $Q_j$: $f$ maps the faces of $Q_i$ strictly beyond the bounds of the form $l_1$ of $Q_j$, one "
        f"below $b_1$ and the other above $c_1$, and on all of $f(Q_i)$ the other forms of $Q_j$ keep strictly between their bounds.",
        "So every path in $Q_i$ that joins its faces has, by the intermediate value theorem, a part whose image is a path in $Q_j$ that "
        "joins the faces of $Q_j$. Follow chains, each from the block at which the one before ends: by induction, and by "
        "compactness, there is an orbit whose points lie in their blocks, one after the other "
        r"\cite{Zgliczynski1997, ZgliczynskiGidea2004}.",
        f"Of two chains from one block neither begins the other, and where they first differ, the two blocks are disjoint. With "
        f"the vector $v$ of the table, $\\sum_w v_w\\cdot z^{{-t}} \\ge v_i$ for $z = {growth}$ and every block $i$ of the table: the "
        f"sum over the chains $w$ from $i$, each with its number $t$ of steps and the entry $v_w$ of the block at which it ends. "
        f"So the sequences of chains with $T$ steps in all grow at least like $z^T$ (Collatz, Wielandt), and orbits that follow "
        f"different ones are in disjoint blocks at the same time. On the compact set of all these orbits the entropy is at least "
        f"$\\log z$. Positive entropy is chaos in the sense of Li and Yorke \\cite{{BlanchardGlasnerKolyadaMaass2002}}.",
        *_block_tables(blocks),
        Table("The chains: numbers of blocks.", ("chain", "steps", "blocks"), chains),
        _vector_table(certificate),
    ]


def _cycles_complete(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    P, cycles, tokens = certificate["period"], certificate["cycles"], certificate["tree"].split(" ")
    decisions, smaller, solved = (sum(map(test, tokens)) for test in (str.isdigit, "<".__eq__, "=".__eq__))
    excluded = len(tokens) - decisions - smaller - solved
    many = "no cycle" if not cycles else "one cycle" if len(cycles) == 1 else f"exactly ${len(cycles)}$ cycles"
    rows: list[tuple[Cell, ...]] = [
        (f"${i}$", f"${cycle['period']}$", f"${k}$", Exact(x))
        for i, cycle in enumerate(cycles, 1)
        for k, x in enumerate(cycle["point"], 1)
    ]
    table = Table("A point of each cycle.", ("cycle", "least period", "coordinate", "value"), rows)
    where = "table" if len(rows) <= MAX_COEFFICIENTS else "certificate"
    listed = f": {'that' if len(cycles) == 1 else 'those'} of the {where}" if cycles else ""
    return f"The map $f$ has {many} whose least period divides ${P}${listed}.", [
        f"By exact evaluation each point of the {where} is brought back by as many steps of $f$ as stand beside it and by no "
        f"fewer, and the orbits are different. There are no other cycles, as follows."
        if cycles
        else "There is no such cycle, as follows.",
        f"With a correction $v_k = \\max(0, y_k)$ for each kink of an activation, where $y_k$ is the value that enters there less "
        f"the kink, or its negative, $f(x) = A x + W v + h$ and $y = C x + D v + e$ for all $x$, with a strictly lower triangular "
        f"matrix $D$. The matrix $1-A^{{{P}}}$ has an inverse. So the corrections $v$ of all steps of a cycle "
        f"$x_0, f(x_0), \\dots, f^{{{P}}}(x_0) = x_0$ determine its points, and $v-y = K v-q$ with a matrix $K$ and a vector $q$ that "
        f"are computed exactly. Hence $v\\ge 0$, $K v-q\\ge 0$, and for each index $i$ one of $v_i$ and $(K v-q)_i$ is $0$.",
        f"A word says for each index which of the two is $0$. The certificate has a tree of {decisions} such decisions. At each of "
        f"its leaves one of three things is so. (i) The word of the same cycle, begun at a later step, is smaller and found "
        f"elsewhere in the tree (leaves: {smaller}). (ii) A vector $c$ of the certificate has $c\\cdot q > 0$, $c_i\\ge 0$ unless "
        f"the word says $(K v-q)_i = 0$, and $(c K)_i\\le 0$ unless it says $v_i = 0$; then "
        f"$0\\ge c K v = c\\cdot q+c\\cdot(K v-q) > 0$, which is impossible \\cite{{Farkas1902}} (leaves: {excluded}). (iii) All is "
        f"decided; the affine maps that $f$ is then, one after the other, bring back exactly one point, and it lies on a cycle "
        f"of the {where} or is not brought back by $f$ (leaves: {solved}).",
        *([table] if 0 < len(rows) <= MAX_COEFFICIENTS else []),
    ]


def _rank_one(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    inner = certificate["proof"]
    theorem, proof = KINDS[inner["kind"]](LINE, inner)
    if content["map"]["kind"] == "plrnn":
        through = "Here $A = u v$ and $C = w v$ with columns $u$ and $w$, so $f = G\\circ s$ with $G(t) = u t + W\\max(0, w t + e) + h$"
    else:
        through = "The weights of the first layer are $u v$ with a column $u$, so $f = G\\circ s$, where $G$ has the weights $u$ there"
    return theorem.replace("in absolute value", "in norm"), [
        f"Let $v$ be the row of the table and $s(x) = v\\cdot x$. {through}. Put $p = s\\circ G$, a map of the line. Then "
        "$f\\circ G = G\\circ p$, $s\\circ f = p\\circ s$ and $f^{n+1} = G\\circ p^n\\circ s$.",
        Table("The row.", ("$k$", "$v_k$"), [(f"${k}$", Exact(x)) for k, x in enumerate(certificate["row"], 1)]),
        "The next lines are about $p$, and $x$ is a number there.",
        *map(_on_line, proof),
        "What is proved of $p$ holds of $f$, as follows. If $f^n(x) = x$ then $p^n(s(x)) = s(x)$ and $x = G(p^{n-1}(s(x)))$, and if "
        "$p^n(t) = t$ then $f^n$ fixes $G(p^{n-1}(t))$: the least periods are the same. Both $s$ and $G$ are Lipschitz, so an orbit of "
        "$f$ is asymptotic to a cycle, or tends to infinity in norm, where its image under $s$ does, in absolute value; and the "
        "distances along two orbits of $f$ tend to $0$, or come near to it, exactly where those along their images do, so that "
        "Li-Yorke pairs and scrambled sets correspond. And $s$ and $G$ are semiconjugacies between compact invariant sets of $f$ "
        "and of $p$, under which the entropy does not rise \\cite{AdlerKonheimMcAndrew1965}.",
    ]


LINE = {"domain": None, "map": {"kind": "network", "layers": []}}
"""What a proof about an exact map of the line needs to know of it."""


def _on_line(part: Part) -> Part:
    """A part of a proof with $p$ for $f$ in its formulas."""

    def renamed(words: str) -> str:
        return re.sub(r"\$+[^$]*\$+", lambda formula: re.sub(r"(?<![A-Za-z\\])f(?![A-Za-z])", "p", formula[0]), words)

    if isinstance(part, str):
        return renamed(part)
    rows = [tuple(cell if isinstance(cell, Exact) else renamed(cell) for cell in row) for row in part.rows]
    return Table(renamed(part.caption), tuple(map(renamed, part.head)), rows)


def _numbers(chain: list[int]) -> str:
    """Integers in their order, with runs such as 3, 4, 5, 6 as "3 to 6"."""
    runs = [list(run) for _, run in groupby(enumerate(chain), lambda place: place[1] - place[0])]
    ends = [(run[0][1], run[-1][1]) for run in runs]
    return ", ".join(f"${a}$" if a == b else f"${a}$, ${b}$" if b == a + 1 else f"${a}$ to ${b}$" for a, b in ends)


def _contraction(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    factor, d = number(certificate["factor"]), len(certificate["rows"])
    rows: list[tuple[Cell, ...]] = [
        (f"${k}$", f"${i}$", Exact(x)) for k, row in enumerate(certificate["rows"], 1) for i, x in enumerate(row, 1)
    ]
    return "The map $f$ has one fixed point, and every orbit of $f$ converges to it.", [
        f"Let $l_1,\\dots,l_{{{d}}}$ be the independent linear forms of the table, so that the largest of the $|l_k(x)|$ is a norm. For "
        f"any two points, $f(x)-f(y)$ is $x-y$ times a matrix, made of the weights and of slopes of the activations, each between "
        f"the least and the greatest. In the coordinates $l_k(x)$ an enclosure of all these matrices, entry by entry, "
        f"has rows whose absolute values "
        f"sum up to at most ${factor}<1$. So $f$ is a contraction with this factor, and Banach's theorem gives the rest.",
        Table("The forms: coefficients of the coordinates.", ("$k$", "coordinate", "coefficient"), rows),
    ]


def _order_tree(content: dict[str, Any], certificate: Certificate) -> tuple[str, list[Part]]:
    families, d, bits = certificate["families"], len(certificate["lo"]), certificate["bits"]
    blocks, rows, owned, periods = list[dict[str, Any]](), list[tuple[Cell, ...]](), set[int](), list[int]()
    for i, family in enumerate(families, 1):
        first, number, period = len(blocks), family["number"], family.get("period", len(family["ends"]))
        blocks += family["ends"]
        owned |= {*range(number, number + period)}
        periods.append(period)
        places = _numbers([*range(first, len(blocks))])
        rows.append((f"${i}$", places, f"${family['expanding']}$", f"${period}$", f"${number}$"))
    many = "one family" if len(families) == 1 else f"${len(families)}$ families"
    leaves = [int(token) for token in certificate["tree"].split(" ") if not token.startswith("/")]
    at_ends = sum(leaf in owned for leaf in leaves)
    box: list[tuple[Cell, ...]] = [
        (f"${k}$", Exact(lo), Exact(hi)) for k, (lo, hi) in enumerate(zip(certificate["lo"], certificate["hi"]), 1)
    ]
    return _settles(periods), [
        f"Let $R$ be the box of the first table. {ENTERS[content['map']['kind']]} So every orbit of $f$ is in $R$ from some "
        "time on.",
        rf"The certificate has {many} of blocks $Q_i = \{{x : b_k\le l_k(x)\le c_k, k = 1,\dots,{d}\}}$, with the linear "
        "forms $l_k$ and the bounds $b_k$ and $c_k$ of the tables. In each family a block is followed by the next, and the "
        "last by the first. A family of period $q$ has $q$ numbers, which its blocks have in turn. The certificate also has a "
        f"tree that cuts $R$, by halving, into ${len(leaves)}$ closed boxes with numbers. ${at_ends}$ of them have numbers of "
        f"families, and lie in all blocks with their number. Interval arithmetic in fixed point with ${bits}$ binary "
        "digits, rounded outward, encloses the images of boxes and of blocks, and shows three things. (i) The image of a box "
        "whose number $n$ belongs to no family meets only boxes with numbers less than $n$. (ii) In a family of which $u > 0$ "
        "directions expand, the image of a box with one of its numbers meets only boxes with its next number, after the last the "
        "first, and boxes with numbers less than all of the family. (iii) In a family with $u = 0$ the image of each block lies in "
        "the next.",
        "Take an orbit in $R$, and boxes that it visits. Let the numbers of a family count as the least of them. "
        "By (i) and (ii) the numbers of these boxes fall, but for turns round a family, and they can do so only finitely often; "
        "and by (iii) an orbit in all blocks with one number of a family with $u = 0$ is in all those with the next one after a "
        "step. So it ends with going round one family: it lies in all blocks with one of its numbers, then in all with the "
        "next one, and so on. This is a decomposition as in "
        r"\cite{Conley1978, KaliesMischaikowVanderVorst2005}.",
        r"Let $y$ be the coordinates of a block in which it is $-1\le y_k\le 1$. The same arithmetic encloses, for each block, "
        "all matrices $A$ with which $f(x)-f(x')$ in the coordinates of the next block is $A (y-y')$, for any two points of "
        r"the first. All of them have $|A_{kk}|-\sum_{j\neq k} |A_{kj}| > 1$ for $k\le u$ and $\sum_j |A_{kj}| < 1$ "
        "for $k > u$.",
        "Take two orbits that go round a family in step, a block in which both are, and after each step the next block. In its "
        "coordinates let $a$ be the largest of the first $u$ coordinates of the difference of the orbits, "
        r"in absolute value, and $b$ the largest of the others: at most $2$, both of them. If once $b\le a\neq 0$, "
        "then in the next block $a$ is larger by a factor greater than $1$ that depends on the family alone, and $b$ is less "
        "than $a$. So it is at all later times, and $a$ grows beyond $2$, which is impossible. Hence $a < b$, or both are "
        r"$0$, at all times, and then $b$ shrinks at each step, by a factor less than $1$ \cite{Zgliczynski2009}. So the two "
        "orbits come together, at a geometric rate.",
        "An orbit that goes round a family of period $q$ and the same orbit $q$ steps later are two such orbits. Hence $x_n, "
        r"x_{n+q}, x_{n+2q}, \dots$ converges for each $n$, and as $f$ is continuous the limits are a cycle whose least "
        "period divides $q$. Two cycles that go round one family are such orbits too, so they are the same; and every cycle "
        "is what its own orbits converge to, so there are no more cycles than families. Two orbits converge to two cycles, so "
        "their distance tends to $0$, or keeps away from it: they are no Li-Yorke pair.",
        Table("The box $R$.", ("coordinate", "least", "greatest"), box),
        Table("The families, each with the least of its numbers.", ("family", "blocks", "$u$", "$q$", "number"), rows),
        *_block_tables(blocks),
    ]


ENTERS = {
    "network": "Some layer of the network has values between two bounds, whatever enters it. Intervals that go through the layers "
    "after it, rounded outward, show that all values of $f$ lie in $R$.",
    "lstm": "After one step all coordinates of $h$ lie between $-1$ and $1$, each a product of a sigmoid and a tanh, and these "
    r"are coordinates in $R$. From then on $|c'|\le s |c|+t$ for each coordinate of $c$, where $s$ bounds the sigmoid of "
    "$F(h)$, and $t$ the product of the other two. By intervals, rounded outward, $s r+t < r$ for some $r$ such that $R$ "
    r"has all $c$ with $|c|\le r$ in this coordinate. So $|c|$ becomes less than $r$ and stays so.",
    "gru": r"As $|n| < 1$ and $0 < z < 1$ in each coordinate, $|h'|\le (1-z) |n|+z |h|$ is at most $\max(1, |h|)$. So an orbit is "
    r"bounded, and along it $z\le s$ and $|n|\le t$ for some $s < 1$ and $t < 1$. Then $|h'|-t\le s (|h|-t)$ where $|h| > "
    r"t$, and $|h'|\le t$ elsewhere, so $|h|$ becomes less than $1$ and stays so, in each coordinate, and $R$ has all "
    "these points.",
}
"""Why every orbit comes into the root of a tree and stays there, by the kind of the map."""


def _settles(periods: list[int]) -> str:
    """The theorem of a tree whose families have these periods."""
    one, what, divided = len(periods) == 1, "fixed point", ""
    if {*periods} != {1}:
        each = " or ".join(f"${p}$" for p in sorted({*periods}) if not any(q > p and q % p == 0 for q in periods))
        what, divided = "cycle", f", whose least period{' divides' if one else 's divide'} {each}"
    few = f"one {what}" if one else f"one of at most ${len(periods)}$ {what}s"
    return f"Every orbit of $f$ converges to {few}{divided}. The map has no Li-Yorke pair."


KINDS = {
    "odd-return": _odd_return,
    "periodic-orbit": _periodic_orbit,
    "order": _order,
    "region-count": _region_count,
    "entropy-lower": _entropy_lower,
    "entropy-upper": _entropy_upper,
    "constant-slope": _constant_slope,
    "odd-return-box": _odd_return_box,
    "order-box": _order_box,
    "block-horseshoe": _block_horseshoe,
    "contraction": _contraction,
    "covering-chain": _covering_chain,
    "order-tree": _order_tree,
    "cycles-complete": _cycles_complete,
    "rank-one": _rank_one,
}
