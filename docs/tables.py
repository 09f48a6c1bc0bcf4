"""The paper's tables again: its rule re-run, and what is certified. Writes docs/tables.csv, and the tables in docs/tables.md."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from certify.families import INITIALISATIONS, Floats
from certify.sweep.draws import block
from certify.sweep.engine import decide_blocks
from certify.sweep.families import BLOCK, Initialised, pairs
from certify.sweep.pool import in_order
from certify.sweep.record import CHAOTIC, ORDERED
from certify.sweep.tally import Tally

ROOT = Path(__file__).parent
DATA, PAGE = ROOT / "tables.csv", ROOT / "tables.md"

SEED = 2022
NETWORKS = 10_000
"""The rule is applied to so many draws of each cell, as in the paper: to the first ones."""
DRAWS = 100_000
"""So many draws of each cell are certified."""

Layers = list[tuple[Floats, Floats]]
Map = Callable[[Floats], Floats]
Flags = npt.NDArray[np.bool_]


class Table(NamedTuple):
    """A table of the paper's notebooks: what is the same in all its cells, and the percentages as printed, by row."""

    name: str
    width: int
    activation: Literal["relu", "tanh"]
    clipped: bool
    layers: int
    printed: dict[str, str]

    def cell(self, row: str) -> Initialised:
        """The networks of one cell."""
        return Initialised(row, self.width, self.activation, self.clipped, self.layers)

    @property
    def command(self) -> str:
        """What certifies a row."""
        clip = " --clip" if self.clipped else ""
        deep = f" --layers {self.layers}" if self.layers > 2 else ""
        return f"certify sweep ROW --width {self.width} --activation {self.activation}{clip}{deep} --draws {DRAWS} --seed {SEED}"


def _printed(*values: str) -> dict[str, str]:
    return dict(zip(INITIALISATIONS, values, strict=True))


TABLES = (
    Table("ReLU, width 2", 2, "relu", False, 2, _printed("13.77", "7.49 or 4.51", "4.51 or 7.49", "4.45", "2.28")),
    Table("ReLU, width 2, clipped", 2, "relu", True, 2, _printed("4.7", "5.4", "1.6", "3.9", "2.3")),
    Table("tanh, width 2, clipped", 2, "tanh", True, 2, _printed("6.6", "6.2", "9.8", "4.8", "2.8")),
    Table("tanh, width 4", 4, "tanh", False, 2, _printed("7.8", "8.3", "7.2", "10.6", "4.0")),
    Table("tanh, width 64", 64, "tanh", False, 2, _printed("15.8", "14.8", "12.4", "21.9", "10.9")),
    Table("ReLU, width 2, 3 layers", 2, "relu", False, 3, _printed("0.8", "0.7", "0.2", "2.3", "2.6 or 1.06")),
    Table("ReLU, width 4", 4, "relu", False, 2, {"he-he": "8.77"}),
)


# The rule of the notebooks

POINTS = 163
FUNCTIONS: dict[str, Map] = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0.0),
    "tanh": np.tanh,
    "clip": lambda z: np.clip(z, 0.0, 1.0),
    "tanh of clip": lambda z: np.tanh(np.clip(z, 0.0, 1.0)),
}


def function(layers: Layers, activation: str, output: str) -> Map:
    """The maps of many networks at once, in doubles: points (networks, n) to their values."""

    def f(points: Floats) -> Floats:
        signal = points[:, :, None]
        for i, (w, b) in enumerate(layers):
            signal = np.matmul(FUNCTIONS[activation](signal) if i else signal, w.transpose(0, 2, 1)) + b[:, None, :]
        return FUNCTIONS[output](signal[:, :, 0])

    return f


def called_chaotic(f: Map, networks: int, window: float = 1) -> tuple[Flags, Flags]:
    """Whether the rule calls each network chaotic: by the fourth iterate, as it ran, and by the third, as it was meant."""
    points = np.broadcast_to(np.linspace(-window, window, POINTS), (networks, POINTS))
    once = f(points)
    thrice = f(f(once))
    first = crossings(points - once)
    return crossings(points - f(thrice)) > first, crossings(points - thrice) > first


def crossings(above: Floats) -> npt.NDArray[np.intp]:
    """Changes of sign along each row, between neighbours or across a zero; the last interval is left out, as it was."""
    before, here, after = above[:, :-2], above[:, 1:-1], above[:, 2:]
    found: npt.NDArray[np.intp] = np.sum(before * here < 0, axis=1) + np.sum((here == 0) & (before * after < 0), axis=1)
    return found


# Other readings of what the notebooks ran


@dataclass(frozen=True)
class Reading:
    """The same draws with one thing done otherwise. `tables` and `rows` say for which cells."""

    name: str
    tables: tuple[str, ...]
    rows: tuple[str, ...] = tuple(INITIALISATIONS)
    activation: str | None = None
    output: str | None = None
    window: float = 1
    weights: Callable[[Layers], Layers] = lambda layers: layers

    def called(self, cell: Initialised, layers: Layers) -> tuple[Flags, Flags]:
        """What the rule says of each network."""
        f = function(self.weights(layers), self.activation or cell.activation, self.output or cell.output)
        return called_chaotic(f, len(layers[0][0]), self.window)


def _standard(layers: Layers) -> Layers:
    """Weights N(0, 1) for N(0, 1) / k."""
    return [(w * layers[0][0].shape[1], b) for w, b in layers]


def _by_outputs(layers: Layers) -> Layers:
    """Weights N(0, 1) divided by the number of outputs of their own layer."""
    return [(w / w.shape[1], b) for w, b in _standard(layers)]


def _oldest(layers: Layers) -> Layers:
    """Standard deviation 2 / 3 for sqrt(2 / 3), no bias at the output."""
    (w, b), (v, c) = [(w * np.sqrt(2 / 3), b * np.sqrt(2 / 3)) for w, b in layers]
    return [(w, b), (v, 0 * c)]


UNCLIPPED_TANH = ("tanh, width 4", "tanh, width 64")
AS_LISTED = Reading("as listed", tuple(table.name for table in TABLES))
READINGS = (
    AS_LISTED,
    Reading("no activation at the output", ("ReLU, width 2", *UNCLIPPED_TANH), output="identity"),
    Reading("tanh after the clip", ("tanh, width 2, clipped",), output="tanh of clip"),
    Reading("ReLU for tanh", UNCLIPPED_TANH, tuple(INITIALISATIONS)[1:], activation="relu", output="relu"),
    Reading("ReLU for tanh, none at the output", UNCLIPPED_TANH, activation="relu", output="identity"),
    Reading("weights N(0, 1)", tuple(t.name for t in TABLES[:6]), ("normal-truncated",), weights=_standard),
    Reading("weights over outputs", tuple(t.name for t in TABLES[:6]), ("normal-truncated",), weights=_by_outputs),
    Reading("oldest notebook", ("ReLU, width 2",), ("glorot-glorot",), output="identity", window=2, weights=_oldest),
)


# Measuring


class Task(NamedTuple):
    """A block of a cell."""

    table: Table
    row: str
    number: int
    networks: int
    draws: int


class Found(NamedTuple):
    """Counts: for each reading the networks called chaotic by f^4 and by f^3; as listed, those and all by verdict; all draws."""

    called: Counter[tuple[str, str]]
    together: Counter[str]
    tally: Tally


def examine(task: Task) -> Found:
    """The rule and the certified verdicts on the draws of a block."""
    cell = task.table.cell(task.row)
    first = task.number * BLOCK
    called: Counter[tuple[str, str]] = Counter()
    together: Counter[str] = Counter()
    tally = Tally()
    records = decide_blocks(cell, SEED, range(task.number, task.number + 1), min(BLOCK, task.draws - first)).records
    tally.add(records)
    if (rows := min(BLOCK, task.networks - first)) > 0:
        layers = [(w[:rows], b[:rows]) for w, b in pairs(block(cell, SEED, task.number))]
        verdict = records["verdict"][:rows]
        for reading in readings(task.table, task.row):
            fourth, third = reading.called(cell, layers)
            called[reading.name, "f4"] += int(fourth.sum())
            called[reading.name, "f3"] += int(third.sum())
            if reading is AS_LISTED:
                together["f4"] += int(fourth.sum())
                together["f3"] += int(third.sum())
                for name, calls in (("f4", fourth), ("f3", third), ("networks", np.ones(rows, bool))):
                    together[f"{name}_ordered"] += int((calls & (verdict == ORDERED)).sum())
                    together[f"{name}_chaotic"] += int((calls & (verdict == CHAOTIC)).sum())
    return Found(called, together, tally)


def readings(table: Table, row: str) -> Iterator[Reading]:
    """Those that differ in this cell from what is listed, and that."""
    for reading in READINGS:
        differs = (reading.activation, reading.output) != (None, table.cell(row).output)
        if table.name in reading.tables and row in reading.rows and differs:
            yield reading


def tasks(table: Table, row: str, networks: int, draws: int) -> list[Task]:
    """The blocks of a cell."""
    return [Task(table, row, number, networks, draws) for number in range(-(-draws // BLOCK))]


COLUMNS = (
    *("table", "row", "reading", "printed", "networks", "networks_ordered", "networks_chaotic"),
    *("f4", "f4_ordered", "f4_chaotic", "f3", "f3_ordered", "f3_chaotic"),
    *("draws", "chaotic", "chaotic_lower", "chaotic_upper", "period3", "period3_lower", "period3_upper"),
    *("ordered", "ordered_lower", "ordered_upper", "undecided", "period3_not_known"),
    *("chaotic_by_level_and_n", "ordered_by_level", "block_0"),
)


def lines(table: Table, row: str, found: list[Found], networks: int) -> list[dict[str, str]]:
    """The lines of the CSV for a cell: one as listed, with the counts of block 0 by themselves, and one for each other reading."""
    called: Counter[tuple[str, str]] = Counter()
    together: Counter[str] = Counter()
    tally = Tally()
    for part in found:
        called.update(part.called)
        together.update(part.together)
        tally.merge(part.tally)
    made = []
    for reading in readings(table, row):
        line: dict[str, Any] = {"table": table.name, "row": row, "reading": reading.name, "printed": table.printed[row]}
        line |= {"networks": networks, "f4": called[reading.name, "f4"], "f3": called[reading.name, "f3"]}
        if reading is AS_LISTED:
            line |= {**together, **tally.statistics(), "block_0": found[0].together}
        made.append({column: _text(line.get(column, "")) for column in COLUMNS})
    return made


def _text(value: Any) -> str:
    return " ".join(f"{key}:{count}" for key, count in value.items()) if isinstance(value, dict) else str(value)


def measure(processes: int) -> list[dict[str, str]]:
    """The whole CSV."""
    cells = [(table, row) for table in TABLES for row in table.printed]
    work = [tasks(table, row, NETWORKS, DRAWS) for table, row in cells]
    results = in_order(examine, [task for part in work for task in part], processes)
    made: list[dict[str, str]] = []
    for (table, row), part in zip(cells, work):
        made += lines(table, row, [next(results) for _ in part], NETWORKS)
        print(made[-1]["table"], row, flush=True)
    return made


# The page


HEAD = "| ROW | printed | rule with f⁴ | rule with f³ | CHAOTIC | of period 3 | ORDERED | not decided | called, yet ORDERED |"


def page_tables(rows: list[dict[str, str]]) -> str:
    """What stands in the page between the two marks."""
    listed = {(row["table"], row["row"]): row for row in rows if row["reading"] == AS_LISTED.name}
    parts = [summary([row for (name, _), row in listed.items() if name != TABLES[-1].name]), ""]
    for table in TABLES:
        parts += [f"### {table.name}", "", f"`{table.command}`", "", HEAD, "|---" * 9 + "|"]
        parts += [_line(listed[table.name, row]) for row in table.printed] + [""]
    parts += ["### Other readings", "", "Percentages by the rule with f⁴.", ""]
    parts += [f"| table | reading | {' | '.join(INITIALISATIONS)} |", "|---" * 7 + "|"]
    for table in TABLES[:-1]:
        parts.append(_readings_line(table.name, "printed", table.printed))
        for reading in READINGS:
            chosen = [row for row in rows if (row["table"], row["reading"]) == (table.name, reading.name)]
            if chosen:
                values = {row["row"]: percent(row["f4"], row["networks"]) for row in chosen}
                parts.append(_readings_line("", reading.name, values))
    return "\n".join(parts) + "\n"


def summary(rows: list[dict[str, str]]) -> str:
    """All cells of the paper's tables together."""

    def total(name: str) -> int:
        return sum(int(row[name]) for row in rows)

    return (
        f"Of {total('networks'):,} networks, {NETWORKS:,} in each of {len(rows)} cells, the rule with f⁴ calls {total('f4'):,} chaotic; "
        f"{total('f4_ordered'):,} of these are proved ORDERED\nand {total('f4_chaotic'):,} CHAOTIC. "
        f"{total('networks_chaotic'):,} are proved CHAOTIC in all, so it misses {total('networks_chaotic') - total('f4_chaotic'):,}. "
        f"The rule with f³ calls {total('f3'):,} chaotic: {total('f3_chaotic'):,} are, {total('f3_ordered'):,} are ORDERED.\n"
        f"Of all {total('draws'):,} certified draws {total('chaotic'):,} are CHAOTIC, {total('period3'):,} of them of period 3, "
        f"{total('ordered'):,} are ORDERED, {total('undecided'):,} are not decided."
    )


def _line(row: dict[str, str]) -> str:
    entries = [row["row"], row["printed"], percent(row["f4"], row["networks"]), percent(row["f3"], row["networks"])]
    for name in ("chaotic", "period3", "ordered"):
        share = percent(row[name], row["draws"], 3)
        entries.append(
            f"{share} [{outward(row[f'{name}_lower'], ROUND_FLOOR)}, {outward(row[f'{name}_upper'], ROUND_CEILING)}]"
        )
    entries += [row["undecided"], f"{row['f4_ordered']} of {row['f4']}"]
    return "| " + " | ".join(entries) + " |"


def _readings_line(table: str, reading: str, values: dict[str, str]) -> str:
    return f"| {table} | {reading} | " + " | ".join(values.get(row, "") for row in INITIALISATIONS) + " |"


def percent(part: str, whole: str, digits: int = 2) -> str:
    """A count as a percentage."""
    return f"{100 * Decimal(part) / Decimal(whole):.{digits}f}"


def outward(bound: str, rounding: str) -> str:
    """A bound of a probability as a percentage, rounded away from what it bounds."""
    return str((100 * Decimal(bound)).quantize(Decimal("0.001"), rounding))


BEGIN, END = "<!-- tables: written by docs/tables.py -->\n\n", "<!-- end of the tables -->\n"


def page(text: str, rows: list[dict[str, str]]) -> str:
    """The page with the tables of these rows."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + page_tables(rows) + "\n" + END + rest.split(END)[1]


def read() -> list[dict[str, str]]:
    """The committed CSV."""
    with DATA.open(newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Measures anew and writes."""
    rows = measure(os.cpu_count() or 1)
    with DATA.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    PAGE.write_text(page(PAGE.read_text(), rows))


if __name__ == "__main__":
    main()
