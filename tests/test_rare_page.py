"""The page of estimates: its tables are the data, and the estimates agree with certified sweeps where there are both."""

from __future__ import annotations

import csv
import json
import math
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from pathlib import Path

import numpy as np
import pytest

from certify.sweep import rare
from certify.sweep.lines import decide_rnn
from certify.sweep.statistics import bounds

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "rare.md").read_text()
with (DOCS / "rare.csv").open(newline="") as file:
    ESTIMATES = {(int(line["variance"]), int(line["width"]), line["event"]): line for line in csv.DictReader(file)}
SWEEPS = [json.loads(line) for line in (DOCS / "rare-sweeps.jsonl").read_text().splitlines()]
EVENTS = ("2-cycle", "chaotic", "period 3")


def certified(sweep: dict[str, object]) -> dict[str, tuple[str, str]]:
    """The bounds for each event; a 2-cycle is what only the maps that are ORDERED at level 0 lack."""
    draws, levels = int(str(sweep["draws"])), sweep["ordered_by_level"]
    assert isinstance(levels, dict)
    assert sweep["undecided"] == 0
    found = {"2-cycle": bounds(draws - levels["0"], draws - levels["0"], draws)}
    for event, name in (("chaotic", "chaotic"), ("period 3", "period3")):
        found[event] = (str(sweep[f"{name}_lower"]), str(sweep[f"{name}_upper"]))
        count = int(str(sweep[name]))
        assert found[event] == bounds(count, count, draws)
    return found


def rows(heading: str) -> list[list[str]]:
    table = PAGE.split(heading)[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_table_is_the_data() -> None:
    shown = {}
    for variance, width, *cells in rows("| σ² | k |"):
        for event, cell in zip(EVENTS, cells, strict=True):
            match = re.fullmatch(r"(\S+) \((\S+) … (\S+)\)", cell)
            assert match is not None
            shown[int(variance), int(width), event] = match.groups()
    assert shown == {key: (line["probability"], line["low"], line["high"]) for key, line in ESTIMATES.items()}
    assert {key[:2] for key in shown} >= {(variance, width) for variance in (1, 2, 4) for width in (16, 64, 256)}


def test_the_events_are_nested_and_the_searches_end_in_them() -> None:
    for (variance, width, event), line in ESTIMATES.items():
        assert float(line["low"]) < float(line["probability"]) < float(line["high"])
        assert int(line["proved"]) > 0.3 * int(line["decided"])
        if event == "period 3":
            cycle, chaos = (float(ESTIMATES[variance, width, name]["probability"]) for name in EVENTS[:2])
            assert float(line["probability"]) < chaos < cycle


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: f"variance {sweep['variance']}")
def test_estimates_agree_with_certified_sweeps(sweep: dict[str, object]) -> None:
    direct = certified(sweep)
    row = next(row for row in rows("| σ² | 2-cycle, certified |") if row[0] == sweep["variance"])
    for event, cell in zip(EVENTS, row[1:], strict=True):
        low, high = (Decimal(bound) for bound in direct[event])
        down, up = (
            Context(prec=3, rounding=way).create_decimal(x) for way, x in ((ROUND_FLOOR, low), (ROUND_CEILING, high))
        )
        assert [Decimal(bound) for bound in cell.split(" … ")] == [down, up]
        estimate = ESTIMATES[int(str(sweep["variance"])), 64, event]
        assert Decimal(estimate["low"]) <= high
        assert low <= Decimal(estimate["high"])


def test_what_the_grid_overlooks() -> None:
    """4,000 direct draws at k = 64, each decided with a proof: how many that have the event score less than the search's goal."""
    for variance, expected in (
        (16, {"2-cycle": "2 of 148 networks with a 2-cycle", "chaotic": "1 of 53 chaotic ones"}),
        (64, {"chaotic": "23 of 394 chaotic ones"}),
    ):
        generator = np.random.default_rng(5)
        normals, uniforms = generator.standard_normal((4000, 64)), generator.random((4000, 64))
        order = np.argsort(uniforms, axis=1)
        weights = [np.take_along_axis(array, order, axis=1) for array in (math.sqrt(variance / 64) * normals, uniforms)]
        records = decide_rnn(*weights)
        for event, words in expected.items():
            has = rare.EVENTS[event].met(records)
            score = rare.scores(rare.EVENTS[event].conditions, math.sqrt(variance / 64), normals, uniforms)
            missed = has & (score < len(rare.EVENTS[event].conditions) - 1 - rare.MARGIN)
            assert words.startswith(f"{missed.sum()} of {has.sum()} ")
            assert words in " ".join(PAGE.split())
