"""A proof as LaTeX: a fragment for a paper, with amsthm's `theorem` and `proof`; or a document that compiles as it stands."""

from __future__ import annotations

import re

from certify.report.argument import Argument, Cell, Exact, Table

GROUP = 5
"""A long number may be broken after so many digits."""
LONGEST = 1200
"""Characters of an exact number that a table prints; a longer one is rounded, and stands in the certificate."""

PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath,amssymb,amsthm,longtable,array}
\newtheorem{theorem}{Theorem}
\begin{document}
"""


def latex(proof: Argument, standalone: bool = False) -> str:
    """The fragment, in ASCII. It needs amsmath, amssymb, amsthm, longtable and array, and an environment `theorem`."""
    parts = [*map(_part, proof.definition), "\\begin{theorem}\n" + _prose(proof.theorem) + "\n\\end{theorem}"]
    tables = [_part(part) for part in proof.proof if isinstance(part, Table)]
    prose = [_part(part) for part in proof.proof if isinstance(part, str)]
    parts += ["\\begin{proof}\n" + "\n\n".join(prose) + "\n\\end{proof}", *tables]
    body = "\n\n".join(parts) + "\n"
    if not standalone:
        return "% needs amsmath, amssymb, amsthm, longtable, array and an environment theorem\n" + body
    return PREAMBLE + body + "\\bibliographystyle{plain}\n\\bibliography{certify}\n\\end{document}\n"


def _part(part: str | Table) -> str:
    return _table(part) if isinstance(part, Table) else _prose(part)


def _prose(words: str) -> str:
    """Displays and code spans in LaTeX's own form; formulas and citations are that already."""
    words = re.sub(r"\$\$(.*?)\$\$", r"\\[\1\\]", words)
    return re.sub(r"`([^`]*)`", lambda code: r"{\ttfamily\footnotesize " + broken(code[1], 8) + "}", words)


def _table(table: Table) -> str:
    exact = [any(isinstance(row[i], Exact) for row in table.rows) for i in range(len(table.head))]
    width = f"{0.82 / max(1, sum(exact)):.2f}"
    columns = "".join(
        rf">{{\raggedright\arraybackslash}}p{{{width}\linewidth}}" if is_exact else "l" for is_exact in exact
    )
    lines = [
        rf"\begin{{longtable}}{{{columns}}}",
        rf"\caption{{{table.caption}}}\\",
        " & ".join(table.head) + r"\\ \hline",
    ]
    lines += [" & ".join(map(_cell, row)) + r"\\" for row in table.rows]
    return "\n".join([*lines, r"\end{longtable}"])


def _cell(cell: Cell) -> str:
    if not isinstance(cell, Exact):
        return cell
    return f"${cell.shown}$" if cell.is_short else broken(cell.printed(LONGEST), GROUP)


def broken(digits: str, group: int) -> str:
    """Digits that a line may break after each group, counted from the left."""
    return r"\allowbreak ".join(digits[i : i + group] for i in range(0, len(digits), group))
