"""The small part of LaTeX in which `argument` writes its formulas, as MathML: browsers need no script for it."""

from __future__ import annotations

import re
from html import escape

OPERATORS = {
    "le": "≤", "ge": "≥", "subseteq": "⊆", "to": "→", "colon": ":", "circ": "∘", "in": "∈", "cdot": "·", "dots": "…",
    "ldots": "…", "sum": "∑", "|": "‖", "neq": "≠",
}  # fmt: skip
NAMES = {"infty": "∞", "log": "log", "max": "max", "varphi": "φ"}
FENCES = {"(": "prefix", "[": "prefix", r"\{": "prefix", ")": "postfix", "]": "postfix", r"\}": "postfix"}
BRACKETS = ("bigl", "bigr")

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[0-9]+(?:\.[0-9]+)?|[A-Za-z]|\S")


def mathml(formula: str, display: bool = False) -> str:
    """One formula. Raises `ValueError` for a command that is not among those that `argument` uses."""
    tokens = _tokens(formula)
    body = _row(tokens, "")
    block = ' display="block" tabindex="0"' if display else ""  # a wide one scrolls, by the keyboard too
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{block}>{body}</math>'


def _tokens(formula: str) -> list[str]:
    """The tokens in reverse order, so that the next one is the last; the words of \\text in one."""
    parts = re.split(r"\\text\{([^}]*)\}", formula)
    found: list[str] = []
    for i, part in enumerate(parts):
        found += ['"' + part] if i % 2 else _TOKEN.findall(part)
    return found[::-1]


def _row(tokens: list[str], close: str) -> str:
    """Everything up to the closing brace, or to the end."""
    items: list[str] = []
    while tokens:
        token = tokens.pop()
        if token == close:
            break
        if token in ("^", "_"):
            items.append(_scripts(items.pop() if items else "<mrow></mrow>", token, tokens))
        elif token == "'":
            items.append(f"<msup>{items.pop()}<mo>′</mo></msup>")
        elif token == "-" and (not items or items[-1].startswith("<mo")):
            items.append('<mo form="prefix">−</mo>')
        else:
            items.append(_atom(token, tokens))
    return items[0] if len(items) == 1 else f"<mrow>{''.join(items)}</mrow>"


def _scripts(base: str, mark: str, tokens: list[str]) -> str:
    """A base with a subscript, a superscript, or both."""
    found = {mark: _argument(tokens)}
    if tokens and tokens[-1] in ("^", "_") and tokens[-1] not in found:
        other = tokens.pop()
        found[other] = _argument(tokens)
    over = base == "<mo>∑</mo>"
    name = {"_": "munder" if over else "msub", "^": "msup"}.get("".join(found), "msubsup")
    return f"<{name}>{base}{''.join(found[key] for key in '_^' if key in found)}</{name}>"


def _argument(tokens: list[str]) -> str:
    if not tokens:
        raise ValueError("a formula that ends too early")
    return _atom(tokens.pop(), tokens)


def _atom(token: str, tokens: list[str]) -> str:
    if token == "{":
        return _row(tokens, "}")
    if token.startswith('"'):
        return f"<mtext>{escape(token[1:]).replace(' ', '&#160;')}</mtext>"
    if token[0].isdigit():
        return f"<mn>{token}</mn>"
    if token.isalpha():
        return f"<mi>{token}</mi>"
    if token in FENCES:
        return f'<mo form="{FENCES[token]}" stretchy="false">{token.lstrip(chr(92))}</mo>'
    if token == "|":
        return '<mo lspace="0" rspace="0" stretchy="false">|</mo>'
    if not token.startswith("\\"):
        return f"<mo>{'−' if token == '-' else escape(token)}</mo>"
    return _command(token[1:], tokens)


def _command(name: str, tokens: list[str]) -> str:
    if name in OPERATORS:
        return f"<mo>{OPERATORS[name]}</mo>"
    if name in NAMES:
        gap = '<mspace width="0.17em"></mspace>' if NAMES[name] == name else ""
        return f"<mi>{NAMES[name]}</mi>{gap}"
    if name in BRACKETS:
        return _argument(tokens)
    if name in (",", ";", "quad"):
        return f'<mspace width="{ {",": "0.17em", ";": "0.28em", "quad": "1em"}[name] }"></mspace>'
    if name in ("tfrac", "frac"):
        return f"<mfrac>{_argument(tokens)}{_argument(tokens)}</mfrac>"
    if name in ("mathrm", "operatorname", "mathbb"):
        word = re.sub(r"<[^>]*>", "", _argument(tokens))
        return f"<mi>{'ℝ' if (name, word) == ('mathbb', 'R') else word}</mi>"
    raise ValueError(f"a command that is not known: \\{name}")
