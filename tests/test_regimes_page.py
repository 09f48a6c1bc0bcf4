"""The page on regimes says what its table says, and the table what the sweep finds."""

from __future__ import annotations

import csv
import importlib.util
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from types import ModuleType

import pytest

from certify.numbers import rational
from certify.sweep.engine import decide_blocks
from certify.sweep.families import RNN
from certify.sweep.record import CHAOTIC, UNDECIDED
from tests.optional import require

require("matplotlib")
DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def regimes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("regimes", DOCS / "regimes.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_made_of_the_table(regimes: ModuleType) -> None:
    rows = regimes.read()
    assert len(rows) == 48
    assert (DOCS / "regimes.md").read_text() == regimes.page(rows)


def test_percentages_are_rounded_outwards(regimes: ModuleType) -> None:
    assert regimes.percent(Decimal("0.1234567"), ROUND_FLOOR) == "12.3"
    assert regimes.percent(Decimal("0.1234567"), ROUND_CEILING) == "12.4"
    assert regimes.percent(Decimal("0.00000368888"), ROUND_CEILING) == "0.000369"


@pytest.mark.parametrize(("width", "variance"), [(16, "4"), (64, "64"), (256, "1024")])
def test_the_first_block_of_a_cell_is_counted_in_the_table(width: int, variance: str) -> None:
    """And holds about as many chaotic draws as the whole table says."""
    with (DOCS / "regimes.csv").open() as file:
        (row,) = [row for row in csv.DictReader(file) if (row["width"], row["variance"]) == (f"{width}", variance)]
    cell = RNN(width, rational(variance))
    records = decide_blocks(cell, int(row["seed"]), range(1), 1024).records
    assert not (records["verdict"] == UNDECIDED).any()
    found = (records["verdict"] == CHAOTIC).sum()
    assert found <= int(row["chaotic"])
    share = int(row["chaotic"]) / int(row["draws"])
    assert abs(found - 1024 * share) <= 5 * (1024 * share) ** 0.5 + 1
