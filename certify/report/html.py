"""A certificate as one self-contained web page: the proof to read, pictures, and a button that replays it in the browser.

The page needs no network and allows none (its Content-Security-Policy names its own scripts and styles by their hashes). What
the button does is in `recheck/`: JavaScript written from the pages on the formats, independently of the Python checker.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from importlib.resources import files

from certify.certificate import Certificate, to_json
from certify.mapfile import Map
from certify.report.argument import Argument, Cell, Exact, Part, Table, argument
from certify.report.mathml import mathml
from certify.report.pictures import pictures
from certify.report.references import REFERENCES

LONGEST = 400
"""Characters of an exact number that a table prints; a longer one is cut there, and stands in the certificate."""
ROWS = 24
"""Rows of a table beyond which it is folded."""

MODULES = (
    "exact", "maps", "rules", "blocks", "functions", "boxes", "signals", "chains", "trees", "cycles", "lines", "check",
)  # fmt: skip
"""The files of `recheck/`, in the order in which they are joined."""

HEADLINES = {
    "CHAOTIC": "This map is chaotic",
    "ORDERED": "This map is ordered",
    "COUNTED": "The linear regions of this map are counted",
    "ENTROPY-AT-LEAST": "The topological entropy of this map is bounded from below",
    "ENTROPY-AT-MOST": "The topological entropy of this map is bounded from above",
    "ENTROPY-EQUALS": "The topological entropy of this map is known exactly",
    "CYCLES": "All cycles of a period of this map are listed",
}


def html(given: Map, certificate: Certificate, map_file: str, name: str | None = None) -> str:
    """The page for a certificate that the independent checker has found VALID for this map.

    `map_file` is the text of the map file, which the page holds and re-checks; `name` is for people. Raises `NoExport` for a kind
    without a proof in words.
    """
    proof = argument(given, certificate)
    claim = certificate["claim"]
    style, script, recheck = _data("page/page.css"), _data("page/page.js"), recheck_script()
    policy = (
        f"default-src 'none'; script-src {_hash(recheck)} {_hash(script)} blob:; worker-src blob:; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    drawn = json.dumps(pictures(given, certificate), separators=(",", ":"))
    values = {
        "policy": policy,
        "title": escape(name or "A map and its certificate"),
        "headline": HEADLINES[claim["verdict"]],
        "verdict": escape(claim["verdict"]),
        "words": _sentence(claim["words"]),
        "radius": _radius(certificate),
        "definition": "\n".join(_part(part, proof) for part in proof.definition),
        "theorem": _prose(proof.theorem, proof),
        "proof": "\n".join(_part(part, proof) for part in proof.proof),
        "references": "\n".join(f'<li id="ref-{key}">{escape(REFERENCES[key].words)}.</li>' for key in proof.cited),
        "kind": escape(certificate["kind"]),
        "map_sha256": escape(certificate["map_sha256"]),
        "digest": escape(certificate["digest"]),
        "map": escape(map_file, quote=False),
        "certificate": escape(to_json(certificate), quote=False),
        "pictures": drawn.replace("<", "\\u003c"),
        "style": style,
        "recheck": recheck,
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda field: values[field[1]], _data("page/page.html"))


def recheck_script() -> str:
    """The re-checker as one script that defines `recheck(mapText, certificateText)` and nothing else."""
    parts = "\n".join(_data(f"recheck/{module}.js") for module in MODULES)
    return f"const recheck = (() => {{\n{parts}\nreturn recheck;\n}})();\n"


def _data(name: str) -> str:
    return files("certify.report").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """The text as a Content-Security-Policy names it: what stands between the tags, to the letter."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _sentence(words: str) -> str:
    """Plain words as a sentence of the page: signs for their ASCII stand-ins, and room to break long numbers."""
    for ascii_sign, sign in (("->", "→"), ("<=", "≤"), (">=", "≥")):
        words = words.replace(ascii_sign, sign)
    words = re.sub(r"^[a-z](?=[a-z])", lambda letter: letter[0].upper(), words)
    return re.sub(r"(\d{12})(?=\d)", r"\1<wbr>", escape(words, quote=False))


def _radius(certificate: Certificate) -> str:
    if "radius" not in certificate:
        return ""
    unit = "of its absolute value" if certificate["weights"] == "relative" else "in absolute terms"
    return (
        '<p class="radius"><strong>Certified radius</strong> '
        f"{_math_number(certificate['radius'])}: the verdict stays true when every weight and bias changes by up to so much {unit}, "
        "each by itself.</p>"
    )


def _math_number(text: str) -> str:
    return mathml(Exact(text).shown)


def _prose(words: str, proof: Argument) -> str:
    """Formulas become MathML, citations links, code spans code."""
    numbers = {key: i for i, key in enumerate(proof.cited, 1)}

    def cite(group: str) -> str:
        keys = [key.strip() for key in group.split(",")]
        return "[" + ", ".join(f'<a href="#ref-{key}">{numbers[key]}</a>' for key in keys) + "]"

    def piece(token: str) -> str:
        if token.startswith("$$"):
            return mathml(token.strip("$"), display=True)
        if token.startswith("$"):
            return mathml(token.strip("$"))
        if token.startswith("`"):
            return f"<code>{escape(token.strip('`'))}</code>"
        if token.startswith("\\cite"):
            return cite(token[6:-1])
        return escape(token, quote=False)

    return "".join(map(piece, re.split(r"(\$\$.*?\$\$|\$.*?\$|`[^`]*`|\\cite\{[^}]*\})", words)))


def _part(part: Part, proof: Argument) -> str:
    return _table(part, proof) if isinstance(part, Table) else f"<p>{_prose(part, proof)}</p>"


def _table(table: Table, proof: Argument) -> str:
    head = "".join(f'<th scope="col">{_prose(cell, proof)}</th>' for cell in table.head)
    rows = "\n".join("<tr>" + "".join(f"<td>{_cell(cell, proof)}</td>" for cell in row) + "</tr>" for row in table.rows)
    caption = _prose(table.caption, proof)
    body = (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(re.sub("[$]", "", table.caption))}"><table>'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div>"
    )
    if len(table.rows) <= ROWS:
        return body
    return f"<details><summary>{caption} {len(table.rows)} rows</summary>{body}</details>"


def _cell(cell: Cell, proof: Argument) -> str:
    if not isinstance(cell, Exact):
        return _prose(cell, proof)
    if cell.is_short:
        return _math_number(cell.text)
    return f'<span class="digits">{_sentence(cell.printed(LONGEST))}</span>'
