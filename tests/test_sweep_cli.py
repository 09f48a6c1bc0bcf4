"""certify sweep: what it prints, single draws, rechecks, and one line for every mistake."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import certify
from certify.cli import main
from certify.cli.sweeping import FAMILIES
from certify.families import INITIALISATIONS
from certify.sweep.statistics import bounds

CELL = ["rnn", "--width", "6", "--variance", "40", "--seed", "5"]


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["sweep", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("swept") / "sweep"
    result = run(*CELL, "--draws", "1500", "--processes", "1", "-o", str(directory))
    assert result.exit_code == 0
    return directory


@pytest.fixture
def copy(swept: Path, tmp_path: Path) -> Path:
    for path in swept.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def lines(directory: Path) -> list[list[str]]:
    return [line.split(",") for line in (directory / "witnesses.csv").read_text().splitlines()[1:]]


# What it prints


def test_a_line_of_json_for_each_cell() -> None:
    arguments = ["rnn", "--width", "3,5", "--variance", "1/4,40", "--draws", "1100", "--processes", "1", "--json"]
    found = [json.loads(line) for line in run(*arguments).stdout.splitlines()]
    assert [(row["width"], row["variance"]) for row in found] == [(3, "1/4"), (3, "40"), (5, "1/4"), (5, "40")]
    for row in found:
        assert row["draws"] == 1100 == row["chaotic"] + row["ordered"] + row["undecided"]
        assert row["period3"] <= row["chaotic"] == sum(row["chaotic_by_level_and_n"].values())
        assert row["ordered"] == sum(row["ordered_by_level"].values())
        doubt = {"chaotic": row["undecided"], "period3": row["period3_not_known"], "ordered": row["undecided"]}
        for name, open_ in doubt.items():
            expected = bounds(row[name], row[name] + open_, 1100)
            assert (row[f"{name}_lower"], row[f"{name}_upper"]) == expected
    one = run("rnn", "--width", "5", "--variance", "40", "--draws", "1100", "--json").stdout
    assert json.loads(one) == found[3]


def test_the_table_for_people(swept: Path) -> None:
    result = run("rnn", "--width", "2", "--variance", "1/(4*log(k))", "--draws", "300", "--processes", "1")
    assert result.stdout.split()[:3] == ["cell", "draws", "chaotic"]
    assert "RNN(2, 0.360674" in result.stdout
    result = run("he-uniform", "--width", "2", "--activation", "tanh", "--clip", "--layers", "3", "--draws", "20")
    assert "he-uniform, tanh, width 2, 3 layers, clipped" in result.stdout
    again = run("--resume", str(swept))
    assert again.exit_code == 0
    assert f"certify sweep --recheck {swept}" in again.stdout


def test_the_families_are_those_that_there_are() -> None:
    assert ("rnn", *INITIALISATIONS) == FAMILIES


# Single draws


def test_a_single_draw_agrees_with_the_table(swept: Path, tmp_path: Path) -> None:
    listed = {int(line[1]): line for line in lines(swept)}
    verdicts = Counter(line[2] for line in listed.values())
    assert verdicts["CHAOTIC"] > 20
    some = sorted(listed)[:8]
    for draw in (*some, *(draw for draw in range(20) if draw not in listed)):
        out = tmp_path / str(draw)
        result = run(*CELL, "--only", str(draw), "-o", str(out))
        assert result.exit_code == 0
        verdict = result.stdout.split()[0]
        assert verdict == (listed[draw][2] if draw in listed else "ORDERED")
        outcome = certify.check(out / "map.json", out / "certificate.json")
        assert outcome.status == "VALID"
    content = json.loads(run(*CELL, "--only", str(some[0]), "--json").stdout)
    assert content["draw"] == some[0]
    assert content["certificate"] == json.loads((tmp_path / str(some[0]) / "certificate.json").read_text())


# Rechecks


def test_a_recheck_of_a_good_sweep(swept: Path) -> None:
    result = run("--recheck", str(swept), "--sample", "60")
    assert result.exit_code == 0, result.stdout
    assert result.stdout.endswith("all agree\n")
    content = json.loads(run("--recheck", str(swept), "--sample", "61", "--json", "--seed", "2").stdout)
    assert content["disagreements"] == content["not_confirmed"] == []
    assert sum(content["sampled"].values()) == 61
    assert min(content["sampled"]["CHAOTIC"], content["sampled"]["ORDERED"]) >= 20


def test_a_recheck_takes_what_there_is(swept: Path) -> None:
    """A sample larger than the sweep has CHAOTIC draws proves all of these again."""
    content = json.loads(run("--recheck", str(swept), "--sample", "400", "--json").stdout)
    assert content["sampled"]["CHAOTIC"] == sum(line[2] == "CHAOTIC" for line in lines(swept))


def edit(name: str, change: Callable[[list[str]], list[str]]) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        path = directory / name
        path.write_text("".join(change(path.read_text().splitlines(keepends=True))))

    return damage


def other_points(rows: list[str]) -> list[str]:
    """1 is sent to where it cannot return from: no odd return begins at 0."""
    return [rows[0], *(row.rsplit(",", 1)[0] + ",0x0.0p+0\n" for row in rows[1:])]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (edit("witnesses.csv", other_points), "but the checker refuses its witness"),
        (edit("witnesses.csv", lambda rows: [rows[0], *(r.rsplit(",", 1)[0] + ",7/2\n" for r in rows[1:])]), "refuses its witness"),
        (edit("witnesses.csv", lambda rows: rows[:-1]), "witnesses.csv does not list the draws of cell 0 that the journal counts"),
        (edit("witnesses.csv", lambda rows: [r.replace(",no,", ",yes,") for r in rows]), "does not list the draws of cell 0"),
        (edit("table.csv", lambda rows: [r.replace(",1500,", ",1500,1") for r in rows]), "table.csv is not what the journal adds up to"),
    ],
)  # fmt: skip
def test_a_recheck_catches_what_was_changed(damage: Callable[[Path], None], message: str, copy: Path) -> None:
    damage(copy)
    result = run("--recheck", str(copy), "--sample", "6")
    assert result.exit_code == 1
    assert any(line.startswith("disagreement: ") and message in line for line in result.stdout.splitlines())


def test_a_recheck_catches_chaos_that_was_hidden(copy: Path) -> None:
    """Journal, table and witnesses agree with each other that there is no chaos, and some of it is drawn."""
    journal = copy / "journal.jsonl"
    made = []
    for line in journal.read_text().splitlines():
        content = json.loads(line)
        content["kinds"] = [[1, 0, 0, 1, content["draws"][1] - content["draws"][0]]]
        made.append(json.dumps(content) + "\n")
    journal.write_text("".join(made))
    edit("witnesses.csv", lambda rows: rows[:1])(copy)
    from certify.sweep.store import load, read_journal
    from certify.sweep.table import rows, table_csv

    sweep = load(copy)
    (copy / "table.csv").write_text(table_csv(rows(sweep, read_journal(copy, sweep).tallies)))
    result = run("--recheck", str(copy), "--sample", "200")
    assert result.exit_code == 1
    assert "ORDERED in the sweep, CHAOTIC now" in result.stdout
    assert "not list" not in result.stdout
    assert "adds up" not in result.stdout


def test_what_cannot_be_proved_again_is_not_confirmed(swept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certify.sweep.recheck.PIECES", 1)
    result = run("--recheck", str(swept), "--sample", "3")
    assert result.exit_code == 3
    assert "not confirmed: cell 0, draw " in result.stdout
    assert "not decided now: the budget ran out" in result.stdout
    assert "disagreement" not in result.stdout


def test_period_three_that_was_overlooked_is_found(copy: Path) -> None:
    """Journal and witnesses agree that no draw has period 3; the table, which counts them, does not."""
    edit("witnesses.csv", lambda rows: [row.replace(",yes,", ",no,") for row in rows])(copy)
    edit("journal.jsonl", lambda rows: [row.replace("[2, 0, 3, 2,", "[2, 0, 3, 1,") for row in rows])(copy)
    result = run("--recheck", str(copy), "--sample", "9")
    assert result.exit_code == 1
    assert "CHAOTIC in the sweep without period 3, which it has" in result.stdout
    assert "table.csv is not what the journal adds up to" in result.stdout
    assert "does not list" not in result.stdout


def test_a_changed_stream_is_refused(copy: Path) -> None:
    edit("sweep.json", lambda rows: [r.replace('sha256": "', 'sha256": "0') for r in rows])(copy)
    for use in ("--recheck", "--resume"):
        result = run(use, str(copy))
        assert result.exit_code == 2
        assert "expected the random numbers that the sweep was made of" in result.stderr


# Estimates


def test_an_estimate_says_that_it_is_one() -> None:
    arguments = ["rnn", "--width", "3", "--variance", "30", "--rare", "2-cycle", "--particles", "20", "--seed", "1"]
    printed = run(*arguments).stdout
    assert "RNN(3, 30): P(2-cycle) is about 0." in printed
    assert "ESTIMATE, not certified" in printed
    content = json.loads(run(*arguments, "--json").stdout)
    assert content["kind"] == "estimate, not certified"
    assert 0 < content["interval"][0] < content["probability"] < content["interval"][1] < 1


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "FAMILY: expected one of rnn, 1-he"),
        (["rnn"], "--width: expected"),
        (["rnn", "--width", "2"], "--variance: expected"),
        (["rnn", "--width", "2", "--variance", "2"], "--draws: expected"),
        (["rnn", "--width", "x", "--variance", "2", "--draws", "1"], "--width: expected whole numbers"),
        (["rnn", "--width", "0", "--variance", "2", "--draws", "1"], "--width: expected at least 1, got 0"),
        (["rnn", "--width", "99999", "--variance", "2", "--draws", "1"], "--width: expected networks of at most 65,536"),
        (["rnn", "--width", "2", "--variance", "two", "--draws", "1"], "--variance: expected exact numbers"),
        (["rnn", "--width", "2", "--variance", "2,,3", "--draws", "1"], "--variance: expected exact numbers"),
        (["rnn", "--width", "2", "--variance", "0", "--draws", "1"], "--variance: expected a number from"),
        (["rnn", "--width", "2", "--variance", "2", "--draws", "1", "--clip"], "--clip: expected nothing of the kind for rnn"),
        (["rnn", "--width", "2", "--variance", "2", "--draws", "1", "--sample", "3"], "--sample: expected nothing of the kind for sweep"),
        (["he-he", "--width", "2", "--variance", "2", "--draws", "1"], "--variance: expected nothing of the kind for he-he"),
        (["rnn", "--width", "2,3", "--variance", "2", "--only", "1"], "--only: expected a single cell, got 2"),
        (["rnn", "--width", "2", "--variance", "2", "--only", "1", "--draws", "4"], "--draws: expected nothing of the kind for --only"),
        (["he-he", "--width", "2", "--rare", "chaotic"], "--rare: expected the family rnn, got he-he"),
        (["rnn", "--width", "2", "--variance", "2", "--rare", "chaotic", "-o", "x"], "-o: expected nothing of the kind for --rare"),
        (["rnn", "--width", "2", "--variance", "2", "--draws", "5", "--particles", "20"], "--particles: expected nothing of the kind"),
        (["--resume", "nowhere"], "nowhere: file: expected a directory with a sweep"),
        (["--recheck", "nowhere"], "nowhere: file: expected a directory with a sweep"),
        (["rnn", "--resume", "x"], "FAMILY: expected nothing of the kind for --resume"),
        (["--resume", "x", "--seed", "1"], "--seed: expected nothing of the kind for --resume"),
        (["--recheck", "x", "--processes", "1"], "--processes: expected nothing of the kind for --recheck"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"certify: {message}"), result.stderr
    assert result.stderr.count("\n") == 1
    assert not result.stdout
    assert not list(tmp_path.iterdir())


def test_a_directory_in_use_is_refused(swept: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    expected = {
        swept: "expected a new or empty directory, got one with a sweep, which --resume continues",
        tmp_path: "expected a new or empty directory, got one that holds file",
        tmp_path / "file": "expected a directory that can be written, got file exists",
    }
    for out, message in expected.items():
        result = run(*CELL, "--draws", "5", "-o", str(out))
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert message in result.stderr
    result = run(*CELL, "--only", "5", "-o", str(tmp_path / "file"))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_a_recheck_wants_a_finished_sweep(copy: Path) -> None:
    (copy / "table.csv").unlink()
    result = run("--recheck", str(copy))
    assert result.exit_code == 2
    assert "expected a finished sweep (--resume finishes it)" in result.stderr


@pytest.mark.parametrize("row", ["0,5,CHAOTIC,0,3,yes,x", "0,5,CHAOS,0,3,yes,1/2", "0,9999,CHAOTIC,0,3,yes,1/2", "0,5"])
def test_a_witness_that_cannot_be_read(row: str, copy: Path) -> None:
    edit("witnesses.csv", lambda rows: [rows[0], row + "\n", *rows[1:]])(copy)
    result = run("--recheck", str(copy))
    assert result.exit_code == 2
    assert "witnesses.csv: line 2: expected a draw of the sweep, in order" in result.stderr
