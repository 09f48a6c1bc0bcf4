"""The results of a sweep, one row for each cell: the same numbers for scripts, for spreadsheets and for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from certify.sweep.families import document
from certify.sweep.spec import Sweep
from certify.sweep.tally import Tally

COLUMNS = (
    *("family", "width", "variance", "activation", "clipped", "layers", "seed", "draws"),
    *("chaotic", "chaotic_lower", "chaotic_upper"),
    *("period3", "period3_lower", "period3_upper", "period3_not_known"),
    *("ordered", "ordered_lower", "ordered_upper"),
    *("undecided", "chaotic_by_level_and_n", "ordered_by_level", "by_filter"),
)
"""Of `table.csv`. A parameter that a family does not have is left empty; counts by level stand as 0:123 1:4, by level and n as 0/3:56."""


def rows(sweep: Sweep, tallies: Sequence[Tally]) -> list[dict[str, Any]]:
    """A dictionary for each cell: what it is, then the counts with their bounds."""
    return [document(cell) | {"seed": sweep.seed} | tally.statistics() for cell, tally in zip(sweep.cells, tallies)]


def table_csv(found: Sequence[dict[str, Any]]) -> str:
    """The rows as the text of `table.csv`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in found:
        writer.writerow({key: _cell(value) for key, value in row.items()})
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return " ".join(f"{key}:{count}" for key, count in value.items())
    return value
