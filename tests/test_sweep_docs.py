"""docs/sweeps.md is run: its console example, and its draw that is made without the package."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from click.testing import CliRunner

from certify.cli import main
from certify.sweep.table import COLUMNS

PAGE = Path(__file__).parent.parent / "docs" / "sweeps.md"


def test_the_draw_by_numpy_alone() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, tried) == (0, 11)


def test_the_same_draw_by_the_command() -> None:
    text = PAGE.read_text()
    command = re.search(r"`certify (sweep rnn [^`]*--only \d+) -o draw`", text)
    assert command
    verdict = re.search(r"prove\(net\).verdict\n'(\w+)'", text)
    assert verdict
    printed = CliRunner().invoke(main, command[1].split()).stdout
    assert printed.split()[0] == verdict[1] == "CHAOTIC"


def test_the_table_is_what_the_command_prints() -> None:
    shown = re.search(r"```console\n\$ certify (sweep .*)\n((?:.*\n)*?)```", PAGE.read_text())
    assert shown
    printed = CliRunner().invoke(main, [*shown[1].split(), "--processes", "1"]).stdout
    assert [line.rstrip() for line in printed.splitlines()] == shown[2].splitlines()


def test_every_column_is_explained() -> None:
    text = PAGE.read_text()
    names = {name for name in COLUMNS if not name.endswith(("_lower", "_upper"))}
    assert {name for name in names if f"`{name}`" not in text} == set()
