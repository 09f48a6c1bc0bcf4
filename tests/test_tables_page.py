"""The page on the paper's tables is what its script makes of the CSV, and a part of the CSV is found again by other means."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from decimal import ROUND_CEILING, ROUND_FLOOR
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from certify.families import INITIALISATIONS
from certify.sweep.draws import block
from certify.sweep.families import Initialised, pairs

ROOT = Path(__file__).parent.parent


def script() -> ModuleType:
    """docs/tables.py as a module."""
    spec = importlib.util.spec_from_file_location("docs_tables", ROOT / "docs" / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


tables: Any = script()
ROWS: list[dict[str, str]] = tables.read()
LISTED = [row for row in ROWS if row["reading"] == "as listed"]


def test_the_page_is_what_the_script_makes_of_the_csv() -> None:
    text = tables.PAGE.read_text()
    assert text == tables.page(text, ROWS)
    assert f"seed {tables.SEED}" in text
    assert f"{tables.NETWORKS:,}" in text


def test_every_cell_is_there_once() -> None:
    cells = Counter((row["table"], row["row"]) for row in LISTED)
    assert cells == {(table.name, row): 1 for table in tables.TABLES for row in table.printed}
    assert len(LISTED) == 6 * len(INITIALISATIONS) + 1


@pytest.mark.parametrize("row", LISTED, ids=lambda row: f"{row['table']}: {row['row']}")
def test_the_counts_add_up(row: dict[str, str]) -> None:
    def of(name: str) -> int:
        return int(row[name])

    assert of("draws") == tables.DRAWS
    assert of("networks") == tables.NETWORKS
    assert of("chaotic") + of("ordered") + of("undecided") == of("draws")
    assert of("period3") + of("period3_not_known") <= of("chaotic") + of("undecided")
    assert of("f4_ordered") + of("f4_chaotic") <= of("f4") <= of("networks")
    for kind in ("chaotic", "period3", "ordered"):
        low, high = float(row[f"{kind}_lower"]), float(row[f"{kind}_upper"])
        assert low <= of(kind) / of("draws") <= high
    for kind, total in (("chaotic_by_level_and_n", of("chaotic")), ("ordered_by_level", of("ordered"))):
        assert sum(int(part.rpartition(":")[2]) for part in row[kind].split()) == total


def share(table: str, row: str, reading: str) -> float:
    """What the rule says, in percent, by a reading."""
    (line,) = (line for line in ROWS if (line["table"], line["row"], line["reading"]) == (table, row, reading))
    return 100 * int(line["f4"]) / int(line["networks"])


def test_what_the_text_says_of_other_readings_is_so() -> None:
    nearer = 0
    for table in tables.TABLES[:-1]:
        printed = float(table.printed["normal-truncated"])
        near, far = (share(table.name, "normal-truncated", name) for name in ("weights N(0, 1)", "as listed"))
        nearer += abs(near - printed) < abs(far - printed)
    assert (nearer, len(tables.TABLES) - 1) == (5, 6)
    wide = next(table for table in tables.TABLES if table.width == 64)
    for row in list(INITIALISATIONS)[:3]:
        printed = float(wide.printed[row])
        relu, tanh = (share(wide.name, row, name) for name in ("ReLU for tanh, none at the output", "as listed"))
        assert abs(relu - printed) < abs(tanh - printed) - 2
    assert abs(share("ReLU, width 2", "glorot-glorot", "oldest notebook") - 2.28) < 0.42, (
        "two standard errors of the difference"
    )


def test_percentages_are_rounded_outwards() -> None:
    assert tables.outward("0.0490046", ROUND_FLOOR) == "4.900"
    assert tables.outward("0.0490046", ROUND_CEILING) == "4.901"
    assert tables.outward("0", ROUND_FLOOR) == "0.000"
    assert tables.outward("1", ROUND_CEILING) == "100.000"
    assert tables.percent("1", "3") == "33.33"


# The rule, once more, one network and one point at a time


def by_loop(layers: list[tuple[Any, Any]], activation: Any, output: Any, third: bool) -> bool:
    """Whether the rule calls one network chaotic; with `third` as it was meant."""

    def f(x: float) -> float:
        signal = np.array([x])
        for i, (w, b) in enumerate(layers):
            signal = w @ (activation(signal) if i else signal) + b
        return float(output(signal[0]))

    points = [-1 + 2 * i / 162 for i in range(163)]
    overwritten, other = list(points), list(points)
    for i in range(163):
        first = overwritten[i]
        overwritten[i] = f(overwritten[i])
        other[i] = f(f(f(first if third else overwritten[i])))

    def count(values: list[float]) -> int:
        found = 0
        for i in range(1, 162):
            left, here, right = (points[j] - values[j] for j in (i - 1, i, i + 1))
            found += (left * here < 0) + (here == 0 and left * right < 0)
        return found

    return count(other) > count(overwritten)


CALLS = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "clip": lambda z: np.clip(z, 0, 1),
    "identity": lambda z: z,
}


@pytest.mark.parametrize(
    "cell",
    [
        Initialised("he-he", 4, "relu"),
        Initialised("1-he", 2, "tanh", True),
        Initialised("he-uniform", 2, "relu", False, 3),
    ],
)
def test_the_rule_is_that_of_the_loop(cell: Initialised) -> None:
    layers = [(w[:100], b[:100]) for w, b in pairs(block(cell, 3, 0))]
    called = tables.AS_LISTED.called(cell, layers)
    for i in range(100):
        one = [(w[i], b[i]) for w, b in layers]
        for third in (False, True):
            assert called[third][i] == by_loop(one, CALLS[cell.activation], CALLS[cell.output], third)
    assert called[0].any()


def test_the_rule_calls_a_monotone_map_chaotic() -> None:
    """min(0.93, max(0.1, 0.52 - 1.5 (x - 0.5))) does not increase, so it is not chaotic."""
    fourth, third = tables.called_chaotic(lambda x: np.clip(0.52 - 1.5 * (x - 0.5), 0.1, 0.93), 1)
    assert (fourth[0], third[0]) == (True, False)


# A part of the CSV again


@pytest.mark.parametrize(("name", "row"), [("ReLU, width 2", "he-he"), ("tanh, width 2, clipped", "he-uniform")])
def test_the_first_block_is_found_again(name: str, row: str) -> None:
    """The counts of the first 1,024 draws, by the rule and as certified."""
    (table,) = (table for table in tables.TABLES if table.name == name)
    (whole,) = (line for line in LISTED if (line["table"], line["row"]) == (name, row))
    made = tables.lines(table, row, [tables.examine(tables.Task(table, row, 0, 1024, 1024))], 1024)
    (listed,) = (line for line in made if line["reading"] == "as listed")
    assert listed["block_0"] == whole["block_0"]
    counts = dict(part.split(":") for part in whole["block_0"].split())
    assert {"networks_ordered": listed["ordered"], "networks_chaotic": listed["chaotic"]}.items() <= counts.items()
    assert {rule: listed[rule] for rule in ("f4", "f4_ordered", "f4_chaotic", "f3")}.items() <= counts.items()
    for rule in ("f4", "f3"):
        assert int(counts[rule]) <= int(whole[rule])
