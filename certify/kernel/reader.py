"""Reads an exported Coq file back: it must have the one form that `certify export --to coq` writes, and nothing else.

Written without a look at the exporter, and with the standard library alone: what is accepted here is all that the kernel
is ever given, so no axiom, no notation and no other command can hide in a file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import NamedTuple, TypeVar

T = TypeVar("T")
Interval = tuple[Fraction, Fraction]


class NotOfThisForm(ValueError):
    """The file departs from the form; the text says where, what was expected and what came."""


@dataclass(frozen=True)
class LayerData:
    """A layer as the file gives it: all weights and biases are integers over one denominator."""

    activation: str
    parameters: tuple[Fraction, ...]
    denominator: int
    rows: tuple[tuple[tuple[int, ...], int], ...]


@dataclass(frozen=True)
class KnotsData:
    """A piecewise-linear map as the file gives it; slopes only on the line."""

    points: tuple[tuple[Fraction, Fraction], ...]
    slopes: tuple[Fraction, Fraction] | None


Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class PlrnnData:
    """A plrnn as the file gives it: all entries are integers over one denominator."""

    denominator: int
    A: Matrix
    W: Matrix
    C: Matrix
    e: tuple[int, ...]
    h: tuple[int, ...]


MapData = tuple[LayerData, ...] | KnotsData | PlrnnData


@dataclass(frozen=True)
class CoqFile:
    """What an exported file says: the map, the domain (None for the line and R^d), and the statement, word by word."""

    map: MapData
    domain: Interval | None
    statement: str
    sha256: str
    library: str


class Token(NamedTuple):
    """A word, number or sign, and its line."""

    text: str
    line: int


HEADER = re.compile(
    r"\(\*[ !#-)+-~\n]*SHA-256 of the canonical map: (?P<sha256>[0-9a-f]{64}) \*\)"
)  # ASCII, without * and "
TOKEN = re.compile(
    r"(?P<space>[ \n]+)"
    r"|[A-Za-z_][A-Za-z_0-9]*"
    r"|-?(?:0x[0-9a-f]+|[0-9]+)(?![0-9A-Za-z_.])"
    r"|-?(?:0x[0-9a-f]+|[0-9]+)(?=\.[ \n])"
    r"|:=|/\\|\.(?=[ \n])|[\[\]();,#/:%]"
)
NUMBER = re.compile(r"(-?)(?:0x([0-9a-f]+)|([0-9]+))")

ACTIVATIONS = {"Identity": 0, "Relu": 0, "LeakyRelu": 1, "Abs": 0, "Clip": 2}

LIBRARIES = {  # for each, its lemmas, by the word of the statement: on an interval, and on the line
    "Certificates": (
        {"li_yorke_chaotic": "li_yorke_on_interval", "chaotic": "chaos_on_interval", "ordered": "order_on_interval"},
        {"li_yorke_chaotic": "li_yorke_on_line", "chaotic": "chaos_on_line", "ordered_line": "order_on_line"},
    ),
    "CertificatesBig": (
        {"li_yorke_chaotic": "li_yorke_on_interval_big", "chaotic": "chaos_on_interval_big"},
        {"li_yorke_chaotic": "li_yorke_on_line_big", "chaotic": "chaos_on_line_big"},
    ),
    "RegionCertificate": ({"region_counts": "regions_on_interval"}, {"region_counts_line": "regions_on_line"}),
    "EntropyCertificates": (
        {"entropy_ge_ln": "entropy_on_interval", "entropy_le_ln": "entropy_bound_on_interval"},
        {"entropy_ge_ln": "entropy_on_line"},
    ),
    "SlopeCertificate": ({"entropy_ge_ln": "slope_on_interval"}, {}),
    "BlockCertificate": ({}, {}),
}
IN_SPACE = {"BlockCertificate": ("chaotic_in_space", "block_horseshoe")}  # the word and the lemma for maps of R^d

FUNCTIONS = {  # how the real function is written, and what a lemma is told of the map: on the line, and in R^d
    "network": (("net_sem", "Network"), ("layers_sem", "Layers")),
    "piecewise_linear": (("pl_sem", "PiecewiseLinear"), None),
    "plrnn": (None, ("plrnn_sem", "Recurrent")),
}


@contextmanager
def long_integers() -> Iterator[None]:
    """Lifts Python's bound on the digits of integers that are read and written."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


@long_integers()
def read(text: str) -> CoqFile:
    """What the file says. Raises `NotOfThisForm`."""
    header = HEADER.match(text)
    if not header:
        raise NotOfThisForm("line 1: expected a comment that ends with the SHA-256 of the canonical map")
    parser = Parser(text, header.end())
    library = parser.start()
    kind, data = parser.the_map()
    parser.certificate()
    domain, statement = parser.theorem(kind, library)
    return CoqFile(data, domain, statement, header["sha256"], library)


MAX_LEVEL, MAX_STEPS, MAX_BITS, MAX_WORDS = 10, 4_096, 1 << 28, 100_000
"""The theories count steps in unary numbers: more of them would keep the kernel busy for good."""


class Parser:
    """One function for each part of the form."""

    def __init__(self, text: str, position: int) -> None:
        self.tokens: list[Token] = []
        self.next = 0
        line = text.count("\n", 0, position) + 1
        while position < len(text):
            match = TOKEN.match(text, position)
            if not match:
                raise NotOfThisForm(f"line {line}: expected a word, a number or a sign, got {text[position]!a}")
            if not match["space"]:
                self.tokens.append(Token(match[0], line))
            line += match[0].count("\n")
            position = match.end()
        self.tokens.append(Token("", line))

    # Small things

    def peek(self) -> str:
        """The next token; empty at the end."""
        return self.tokens[self.next].text

    def take(self) -> str:
        """The next token, which is then behind us."""
        self.next += 1
        return self.tokens[self.next - 1].text

    def fail(self, expected: str) -> NotOfThisForm:
        """The error that something else was expected here."""
        token = self.tokens[self.next]
        return NotOfThisForm(f"line {token.line}: expected {expected}, got {token.text[:40] or 'the end of the file'}")

    def expect(self, words: str) -> None:
        """These tokens, separated by blanks, and no others."""
        for word in words.split():
            if self.peek() != word:
                raise self.fail(word)
            self.next += 1

    def one_of(self, *words: str) -> str:
        """One of these tokens."""
        if self.peek() not in words:
            raise self.fail(" or ".join(words) or "another import for such a statement")
        return self.take()

    def integer(self, least: int | None = None, most: int | None = None) -> int:
        """An integer."""
        match = NUMBER.fullmatch(self.peek())
        if not match:
            raise self.fail("a number")
        value = int(match[2], 16) if match[2] else int(match[3])
        value = -value if match[1] else value
        if least is not None and value < least:
            raise self.fail(f"a number from {least} on")
        if most is not None and value > most:
            raise self.fail(f"a number up to {most}")
        self.next += 1
        return value

    def rational(self) -> Fraction:
        """p # q, in lowest terms."""
        return self.quotient("#")

    def quotient(self, sign: str, least: int = 1) -> Fraction:
        """A numerator and a denominator with nothing in common, and this sign between them."""
        p = self.integer()
        self.expect(sign)
        q = self.integer(least)
        if gcd(p, q) != 1:
            raise self.fail(f"{p} {sign} {q} in lowest terms before this")
        return Fraction(p, q)

    def bracketed(self) -> Fraction:
        """(p # q)."""
        self.expect("(")
        value = self.rational()
        self.expect(")")
        return value

    def extended(self) -> None:
        """A point of the line or one of its ends."""
        if self.one_of("Finite", "MinusInfinity", "PlusInfinity") == "Finite":
            self.bracketed()

    def real(self) -> Fraction:
        """A literal of the reals, in brackets when it is negative, or a quotient of two in brackets."""
        if self.peek() != "(":
            return Fraction(self.integer(0))
        self.expect("(")
        if self.tokens[self.next + 1].text == ")":
            value = Fraction(self.integer(None, -1))
        else:
            value = self.quotient("/", 2)
        self.expect(")")
        return value

    def listed(self, item: Callable[[], T]) -> tuple[T, ...]:
        """[item; item; ...], of at least one."""
        self.expect("[")
        found = [item()]
        while self.peek() == ";":
            self.expect(";")
            found.append(item())
        self.expect("]")
        return tuple(found)

    # The parts of the file, from the first to the last

    def start(self) -> str:
        """The import."""
        self.expect("From Certify Require Import")
        library = self.one_of(*LIBRARIES)
        self.expect(".")
        return library

    def the_map(self) -> tuple[str, MapData]:
        """The kind of the map, and the map as data."""
        self.expect("Definition the_map :")
        kind = self.one_of(*FUNCTIONS)
        self.expect(":=")
        data: MapData
        if kind == "network":
            data = self.listed(self.layer)
        else:
            data = self.knots() if kind == "piecewise_linear" else self.plrnn()
        self.expect(".")
        return kind, data

    def layer(self) -> LayerData:
        """Layer activation denominator rows."""
        self.expect("Layer")
        brackets = self.peek() == "("
        if brackets:
            self.expect("(")
        name = self.one_of(*ACTIVATIONS)
        parameters = tuple(self.bracketed() for _ in range(ACTIVATIONS[name]))
        if brackets:
            self.expect(")")
        return LayerData(name, parameters, self.integer(1), self.listed(self.row))

    def row(self) -> tuple[tuple[int, ...], int]:
        """([weights], bias)."""
        self.expect("(")
        weights = self.listed(self.integer)
        self.expect(",")
        bias = self.integer()
        self.expect(")")
        return weights, bias

    def knots(self) -> KnotsData:
        """Knots points, or KnotsOnLine slope points slope."""
        if self.one_of("Knots", "KnotsOnLine") == "Knots":
            return KnotsData(self.listed(self.point), None)
        left = self.bracketed()
        points = self.listed(self.point)
        return KnotsData(points, (left, self.bracketed()))

    def plrnn(self) -> PlrnnData:
        """Plrnn denominator A W C e h."""
        self.expect("Plrnn")
        over = self.integer(1)
        A, W, C = (self.matrix() for _ in range(3))
        return PlrnnData(over, A, W, C, self.listed(self.integer), self.listed(self.integer))

    def matrix(self) -> Matrix:
        """[[..]; ..]."""
        return self.listed(lambda: self.listed(self.integer))

    def point(self) -> tuple[Fraction, Fraction]:
        """(x, y)."""
        self.expect("(")
        x = self.rational()
        self.expect(",")
        y = self.rational()
        self.expect(")")
        return x, y

    def certificate(self) -> None:
        """The certificate as data: the kernel finds out whether it is right."""
        self.expect("Definition the_certificate :=")
        kind = self.one_of(*CERTIFICATES)
        for part in CERTIFICATES[kind]:
            part(self)
        self.expect(".")

    def level(self) -> None:
        """j of f^(2^j)."""
        self.integer(0, MAX_LEVEL)

    def steps(self) -> None:
        """A number of steps."""
        self.integer(0, MAX_STEPS)

    def bits(self) -> None:
        """A precision."""
        self.integer(1, MAX_BITS)

    def orbit(self) -> None:
        """Points, one after the other."""
        self.listed(self.rational)

    def line_mesh(self) -> None:
        """Points of the line, perhaps with its ends."""
        self.listed(self.extended)

    def intervals(self) -> None:
        """Pairs of points."""
        self.listed(self.point)

    def edges(self) -> None:
        """For each interval, parts of it."""
        self.listed(lambda: self.listed(self.part))

    def numbers(self, scope: str) -> None:
        """A list of integers that says what they are."""
        self.listed(self.integer)
        self.expect(f"% {scope}")

    def index(self) -> None:
        """The number of a block, or of expanding forms."""
        self.integer(0, MAX_STEPS)

    def blocks(self) -> None:
        """Block denominator forms denominator matrix."""
        self.listed(self.block)

    def block(self) -> None:
        """One of them."""
        self.expect("Block")
        self.forms()
        self.integer(1)
        self.matrix()
        self.expect("% Z")

    def block_words(self) -> None:
        """Word block block steps denominator forms."""
        self.listed(self.block_word)

    def block_word(self) -> None:
        """One of them."""
        self.expect("Word")
        for _ in range(3):
            self.index()
        self.forms()

    def forms(self) -> None:
        """A denominator, and integer rows with a constant each."""
        self.integer(1)
        self.listed(self.row)
        self.expect("% Z")

    def loop(self) -> None:
        """Words, by their numbers."""
        self.listed(lambda: self.integer(0, MAX_WORDS))
        self.expect("% nat")

    def part(self) -> None:
        """A part of an interval, and what f does with it."""
        name = self.one_of("over", "into", "constant")
        self.bracketed()
        self.bracketed()
        if name != "constant":
            self.integer(0)

    def theorem(self, kind: str, library: str) -> tuple[Interval | None, str]:
        """The statement and its proof: the domain in it, and its words."""
        forms = FUNCTIONS[kind][library in IN_SPACE]
        if forms is None:
            raise self.fail(f"for a map of type {kind} a statement of another library than {library}")
        function, constructor = forms
        f = f"( {function} the_map )"
        self.expect("Theorem certified :")
        first, before = self.next, ""
        if library in IN_SPACE:
            domain, lemma, before = self.in_space(f, library)
        elif self.peek() == "selfmap":
            domain, lemma = self.on_interval(f, library)
        else:
            domain, lemma = self.on_line(f, library)
        statement = self.words(first)
        self.expect(f". Proof . apply ( {lemma} {before} ( {constructor} the_map )")
        if domain:
            self.agree(domain, (self.bracketed(), self.bracketed()))
        self.expect("the_certificate ) . vm_cast_no_check ( eq_refl true ) . Qed . Print Assumptions certified .")
        if self.peek():
            raise self.fail("the end of the file")
        return domain, statement

    def in_space(self, f: str, library: str) -> tuple[None, str, str]:
        """What is said of f on R^d: no domain, the lemma, and d."""
        word, lemma = IN_SPACE[library]
        self.expect(word)
        dimension = self.integer(1, MAX_STEPS)
        self.expect(f)
        self.real()
        return None, lemma, str(dimension)

    def on_interval(self, f: str, library: str) -> tuple[Interval, str]:
        """selfmap f lo hi, and what else is said of f on [lo, hi]: the domain, and the lemma."""
        self.expect(f"selfmap {f}")
        domain = self.real(), self.real()
        lemmas, _ = LIBRARIES[library]
        self.expect("/\\")
        word = self.one_of(*lemmas)
        for relation in (word, "entropy_le_ln") if library == "SlopeCertificate" else (word,):
            self.expect(f if relation == word else f"/\\ {relation} {f}")
            self.agree(domain, (self.real(), self.real()))
            self.quantity(relation)
        return domain, lemmas[word]

    def on_line(self, f: str, library: str) -> tuple[None, str]:
        """What is said of f on the line, or on some interval: no domain, and the lemma."""
        _, lemmas = LIBRARIES[library]
        somewhere = self.peek() == "exists"
        if somewhere:
            self.expect("exists lo hi ,")
        word = self.one_of(*(word for word in lemmas if word.endswith("_line") != somewhere))
        self.expect(f"{f} lo hi" if somewhere else f)
        self.quantity(word)
        return None, lemmas[word]

    def quantity(self, word: str) -> None:
        """What a word of the statement says beside the map and the interval."""
        if word.startswith("ordered"):
            self.integer(1)
        elif word.startswith("region"):
            self.numbers("Z")
        elif word.startswith("entropy"):
            self.real()

    def agree(self, domain: Interval, again: Interval) -> None:
        """The domain stands in the file three times."""
        if again != domain:
            raise self.fail(f"the domain {domain[0]} {domain[1]} everywhere, not {again[0]} {again[1]} before this")

    def words(self, first: int) -> str:
        """The tokens from there to here as text, numbers in decimal."""
        text = " ".join(token.text for token in self.tokens[first : self.next])
        text = re.sub(r"0x[0-9a-f]+", lambda match: str(int(match[0], 16)), text)
        return re.sub(r" (?=[)\],;%])|(?<=[(\[%]) ", "", text)


CERTIFICATES: dict[str, tuple[Callable[[Parser], object], ...]] = {  # the parts of each kind
    "OddReturn": (Parser.level, Parser.steps, Parser.bracketed, Parser.bits),
    "PeriodicOrbit": (Parser.orbit,),
    "Order": (Parser.level, Parser.steps, Parser.orbit),
    "OrderOnLine": (Parser.level, Parser.steps, Parser.line_mesh),
    "RegionCount": (lambda parser: parser.numbers("Z"),),
    "EntropyLower": (
        Parser.intervals,
        Parser.edges,
        lambda parser: parser.numbers("positive"),
        Parser.bracketed,
    ),
    "EntropyUpper": (
        Parser.steps,
        Parser.intervals,
        Parser.edges,
        lambda parser: parser.numbers("positive"),
        lambda parser: parser.numbers("nat"),
        Parser.bracketed,
    ),
    "ConstantSlope": (Parser.steps, Parser.bracketed),
    "BlockHorseshoe": (
        Parser.index,
        Parser.bracketed,
        Parser.blocks,
        Parser.block_words,
        lambda parser: parser.numbers("positive"),
        Parser.bracketed,
        Parser.loop,
        Parser.loop,
    ),
}
