"""A sweep on disk: interrupted anywhere and continued, by any number of processes, it leaves the same bytes."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from functools import partial
from pathlib import Path

import pytest

from certify.errors import InputError
from certify.numbers import Q
from certify.sweep.engine import Chunk, Report, decide_chunk
from certify.sweep.families import RNN, Initialised
from certify.sweep.pool import in_order
from certify.sweep.run import run
from certify.sweep.spec import Sweep
from certify.sweep.store import JOURNAL, SWEEP, TABLE, WITNESSES, Store

MADE = Sweep((RNN(4, Q(40)), Initialised("he-uniform", 2, "tanh", True)), 2500, 1)
CHUNKS = 6
alone = partial(in_order, processes=1)


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the sweep when nothing happens to it."""
    directory = tmp_path_factory.mktemp("whole")
    run(MADE, alone, Store.create(directory, MADE))
    return contents(directory)


def stopping_after(many: int) -> Callable[[Callable[[Chunk], Report], Iterable[Chunk]], Generator[Report]]:
    """Does so many chunks and is then interrupted."""

    def spread(work: Callable[[Chunk], Report], chunks: Iterable[Chunk]) -> Generator[Report]:
        for done, chunk in enumerate(chunks):
            if done == many:
                raise KeyboardInterrupt
            yield work(chunk)

    return spread


def stopped(directory: Path, many: int) -> None:
    store = Store.create(directory, MADE)
    with pytest.raises(KeyboardInterrupt):
        run(MADE, stopping_after(many), store)


def test_the_files_of_a_sweep(whole: dict[str, bytes]) -> None:
    assert sorted(whole) == sorted([SWEEP, JOURNAL, WITNESSES, TABLE])
    assert whole[JOURNAL].count(b"\n") == CHUNKS == len(list(MADE.chunks()))
    table = list(csv.DictReader(whole[TABLE].decode().splitlines()))
    listed = list(csv.DictReader(whole[WITNESSES].decode().splitlines()))
    verdicts = Counter((int(line["cell"]), line["verdict"]) for line in listed)
    for number, row in enumerate(table):
        counts = [int(row[name]) for name in ("chaotic", "ordered", "undecided")]
        assert sum(counts) == int(row["draws"]) == 2500
        assert counts[0] == verdicts[number, "CHAOTIC"]
        assert counts[2] == verdicts[number, "UNDECIDED"]
        assert int(row["period3"]) == sum(line["period3"] == "yes" for line in listed if line["cell"] == str(number))
        by_level = [part.split(":") for part in row["chaotic_by_level_and_n"].split()]
        assert sum(int(count) for _, count in by_level) == counts[0]
    assert verdicts[0, "CHAOTIC"] > 30
    places = [(int(line["cell"]), int(line["draw"])) for line in listed]
    assert places == sorted(set(places))


@pytest.mark.parametrize("many", range(CHUNKS))
def test_an_interrupted_sweep_continues(many: int, whole: dict[str, bytes], tmp_path: Path) -> None:
    stopped(tmp_path, many)
    assert (tmp_path / JOURNAL).read_bytes().count(b"\n") == many
    assert not (tmp_path / TABLE).exists()
    store = Store.resume(tmp_path)
    run(store.sweep, alone, store)
    assert contents(tmp_path) == whole


@pytest.mark.parametrize("left", [1, 40, -1])
def test_torn_lines_are_done_again(left: int, whole: dict[str, bytes], tmp_path: Path) -> None:
    """Power was lost while the fourth chunk was written down: some of its line, or of the witnesses, is there."""
    stopped(tmp_path, 4)
    lines = (tmp_path / JOURNAL).read_bytes().splitlines(keepends=True)
    (tmp_path / JOURNAL).write_bytes(b"".join(lines[:3]) + lines[3][:left])
    with (tmp_path / WITNESSES).open("ab") as witnesses:
        witnesses.write(b"1,23,CHAO")
    store = Store.resume(tmp_path)
    run(store.sweep, alone, store)
    assert contents(tmp_path) == whole


def test_a_finished_sweep_resumed_changes_nothing(whole: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in whole.items():
        (tmp_path / name).write_bytes(content)
    store = Store.resume(tmp_path)
    assert not list(store.left())
    run(store.sweep, alone, store)
    assert contents(tmp_path) == whole


def test_two_processes_leave_the_same_bytes(whole: dict[str, bytes], tmp_path: Path) -> None:
    run(MADE, partial(in_order, processes=2), Store.create(tmp_path, MADE))
    assert contents(tmp_path) == whole


def test_without_a_directory_the_counts_are_the_same(whole: dict[str, bytes], tmp_path: Path) -> None:
    store = Store.create(tmp_path, MADE)
    told: list[int] = []
    assert run(MADE, alone, None, told.append) == run(MADE, alone, store)
    assert sum(told) == 5000


def test_a_draw_does_not_depend_on_the_sweep_around_it(whole: dict[str, bytes]) -> None:
    """The first draws of a larger sweep in another order."""
    other = Sweep((RNN(5, Q(1)), *MADE.cells[::-1]), 1500, 1)
    lines = [line for chunk in other.chunks() for line in decide_chunk(chunk).witnesses.splitlines()]
    first = [line.split(",") for line in whole[WITNESSES].decode().splitlines()[1:]]
    expected = [[str(2 - int(cell)), *rest] for cell, *rest in first if int(rest[0]) < 1500]
    assert sorted(line.split(",") for line in lines if not line.startswith("0,")) == sorted(expected)


# Damage


def damaged(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        (directory / name).write_bytes(change((directory / name).read_bytes()))

    return damage


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damaged(SWEEP, lambda _: b"{"), "sweep.json: file: expected JSON"),
        (damaged(SWEEP, lambda c: c.replace(b"certify-sweep", b"other")), "format: expected \"certify-sweep\", got 'other'"),
        (damaged(SWEEP, lambda _: b"[]"), "format: expected \"certify-sweep\", got \\[\\]"),
        (damaged(SWEEP, lambda c: c.replace(b'"version": 1', b'"version": 2')), "version: expected 1, got 2"),
        (damaged(SWEEP, lambda c: c.replace(b'"block": 1024', b'"block": 512')), "block: expected 1024, got 512"),
        (damaged(SWEEP, lambda c: c.replace(b'"draws"', b'"drawn"')), "expected those of a sweep, got KeyError"),
        (damaged(SWEEP, lambda c: c.replace(b'"rnn"', b'"rmm"')), "family: expected rnn, 1-he, .* got 'rmm'"),
        (damaged(SWEEP, lambda c: c.replace(b'"seed": 1', b'"seed": 2')), "the random numbers that the sweep was made of"),
        (damaged(JOURNAL, lambda c: c.replace(b'"chunk": 1', b'"chunk": 7')), "expected chunk 1 of the sweep in line 2"),
        (damaged(JOURNAL, lambda c: c[:100] + b"\n" + c[100:]), "expected chunk 0 of the sweep in line 1"),
        (damaged(WITNESSES, lambda c: c[:20]), "witnesses.csv: file: expected at least [0-9]+ bytes, as the journal says"),
        (lambda d: (d / SWEEP).unlink(), "a directory with a sweep .* got no such file"),
    ],
)  # fmt: skip
def test_a_damaged_directory_is_refused(damage: Callable[[Path], None], message: str, tmp_path: Path) -> None:
    stopped(tmp_path, 3)
    damage(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(InputError, match=message):
        Store.resume(tmp_path)
    assert contents(tmp_path) == before


# Killed


LONG = ["rnn", "--width", "16", "--variance", "64", "--draws", "48000", "--seed", "1"]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    directory = tmp_path_factory.mktemp("long") / "sweep"
    with certify("sweep", *LONG, "-o", str(directory)) as running:
        running.communicate()
    return contents(directory)


def certify(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "certify", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def session(leader: int) -> dict[int, str]:
    """The processes of a session that run, with their commands."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,sess=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 3) for line in listed.splitlines()]
    return {int(pid): args for pid, sess, stat, args in rows if int(sess) == leader and not stat.startswith("Z")}


def until(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.02)


def interrupt(running: subprocess.Popen[str]) -> None:
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does on Ctrl-C


def kill(running: subprocess.Popen[str]) -> None:
    running.kill()


def kill_a_worker(running: subprocess.Popen[str]) -> None:
    workers = [pid for pid, command in session(running.pid).items() if "spawn_main" in command]
    os.kill(workers[0], signal.SIGKILL)


@pytest.mark.parametrize(
    ("stop", "processes", "said"),
    [
        (interrupt, "1", "interrupted"),
        (interrupt, "2", "interrupted"),
        (kill, "1", None),
        (kill, "2", None),
        (kill_a_worker, "2", "a process of the pool died"),
    ],
)
def test_killed_processes_leave_a_sweep_that_continues(
    stop: Callable[[subprocess.Popen[str]], None],
    processes: str,
    said: str | None,
    long: dict[str, bytes],
    tmp_path: Path,
) -> None:
    directory = tmp_path / "sweep"
    journal = directory / JOURNAL
    with certify("sweep", *LONG, "-o", str(directory), "--processes", processes) as running:
        until(lambda: running.poll() is not None or (journal.exists() and journal.read_bytes().count(b"\n") > 1))
        stop(running)
        _, errors = running.communicate()
    assert not (directory / TABLE).exists(), "it was meant to be interrupted before its end"
    if said:
        assert running.returncode == 130
        assert errors == f"certify: {said}; certify sweep --resume {directory} continues\n"
    until(lambda: not session(running.pid))
    with certify("sweep", "--resume", str(directory), "--processes", "2", "--json") as again:
        output, _ = again.communicate()
    assert again.returncode == 0
    assert contents(directory) == long
    assert output.count("\n") == 1
