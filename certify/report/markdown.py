"""A proof as Markdown, with formulas between dollar signs as GitHub and most viewers render them."""

from __future__ import annotations

import re

from certify.report.argument import Argument, Cell, Exact, Table
from certify.report.references import REFERENCES

LONGEST = 400
"""Characters of an exact number that a table prints; a longer one is rounded, and stands in the certificate."""


def markdown(proof: Argument) -> str:
    """A definition, a theorem, its proof and the references."""
    numbers = {key: i for i, key in enumerate(proof.cited, 1)}

    def prose(words: str) -> str:
        return re.sub(
            r"\\cite\{([^}]*)\}",
            lambda group: "[" + ", ".join(str(numbers[key.strip()]) for key in group[1].split(",")) + "]",
            words,
        )

    def shown(part: str | Table) -> str:
        return _table(part) if isinstance(part, Table) else prose(part)

    first, *rest = map(shown, proof.proof)
    parts = [*map(shown, proof.definition), f"**Theorem.** *{prose(proof.theorem)}*", f"**Proof.** {first}", *rest]
    parts.append("∎")
    if numbers:
        parts.append("\n".join(f"{i}. {REFERENCES[key].words}." for key, i in numbers.items()))
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [table.head, ("---",) * len(table.head), *(tuple(map(_cell, row)) for row in table.rows)]
    return f"{table.caption}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: Cell) -> str:
    if not isinstance(cell, Exact):
        return cell
    return f"${cell.shown}$" if cell.is_short else cell.printed(LONGEST)
