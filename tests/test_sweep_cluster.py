"""A sweep on a real Dask cluster of three worker processes, one of which is killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from certify.cli import main
from certify.errors import InputError
from certify.numbers import Q
from certify.sweep import cluster, pool
from certify.sweep.families import RNN
from certify.sweep.run import run
from certify.sweep.spec import Sweep
from certify.sweep.store import Store
from tests.optional import require

distributed = require("distributed")

ROOT = Path(__file__).parent.parent
SWEEP = Sweep((RNN(16, Q(64)), RNN(32, Q(2))), 40_000, 7)


class Cluster:
    """A scheduler and three workers on the loopback, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        place = folder / "scheduler.json"
        self.start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(place))
        limit = time.monotonic() + 60
        while not place.exists() or not place.read_bytes().endswith(b"}"):
            assert time.monotonic() < limit, (folder / "scheduler.log").read_text()
            time.sleep(0.05)
        with distributed.Client(scheduler_file=str(place), set_as_default=False) as client:
            self.address: str = client.scheduler.address
            for _ in range(3):
                self.start("worker", self.address, "--no-nanny", "--nthreads", "1", "--no-dashboard")
            client.wait_for_workers(3, timeout=60)

    def start(self, what: str, *arguments: str) -> None:
        command = [sys.executable, "-m", "dask", what, "--host", "127.0.0.1", *arguments]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        with (self.folder / f"{what}.log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
            )

    def kill_a_worker(self) -> int:
        """At once, one that holds work or results not handed over yet; how many pieces."""
        with distributed.Client(self.address, set_as_default=False) as client:
            held = {
                worker: set(client.has_what()[worker]) | set(client.processing()[worker])
                for worker in client.nthreads()
            }
            fullest = max(held, key=lambda worker: len(held[worker]))
            process = client.run(os.getpid, workers=[fullest])[fullest]
        worker = next(each for each in self.processes if each.pid == process)
        worker.kill()
        worker.wait()
        return len(held[fullest])

    def workers(self) -> int:
        with distributed.Client(self.address, set_as_default=False) as client:
            return len(client.nthreads())

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.stop()


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_results_come_in_order_and_no_work_is_taken_too_early(started: Cluster) -> None:
    taken = []

    def items() -> Iterator[int]:
        for i in range(100):
            taken.append(i)
            yield i

    results = cluster.in_order(partial(pow, 2), items(), started.address)
    assert next(results) == 1
    assert len(taken) <= pool.AHEAD * 3
    assert list(results) == [2**i for i in range(1, 100)]


def test_another_version_on_a_worker_is_refused(started: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "versions", lambda: "an older certify")
    with pytest.raises(InputError, match="expected workers with an older certify, got certify of source"):
        list(cluster.in_order(partial(pow, 2), [1], started.address))


def test_an_error_in_the_work_comes_back(started: Cluster) -> None:
    results = cluster.in_order(partial(divmod, 1), [1, 0, 1], started.address)
    assert next(results) == (1, 0)
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_no_cluster_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://1"):
        with pytest.raises(InputError, match="--scheduler: expected the address of a Dask scheduler"):
            next(cluster.in_order(partial(pow, 2), [1], address))


def test_a_worker_killed_in_the_middle_changes_no_byte(started: Cluster, tmp_path: Path) -> None:
    """The files of the sweep are those that one process writes; every draw is counted once."""
    lost, reports = [], 0

    def progress(_: int) -> None:
        nonlocal reports
        reports += 1
        if reports == 20:
            lost.append(started.kill_a_worker())

    by_cluster = partial(cluster.in_order, address=started.address)
    tallies = run(SWEEP, by_cluster, Store.create(tmp_path / "cluster", SWEEP), progress)
    assert lost
    assert lost[0] > 0, "the worker had something to lose"
    assert started.workers() == 2
    assert reports == len(list(SWEEP.chunks()))
    assert [tally.draws for tally in tallies] == [SWEEP.draws] * 2
    run(SWEEP, partial(pool.in_order, processes=1), Store.create(tmp_path / "pool", SWEEP))
    assert files(tmp_path / "cluster") == files(tmp_path / "pool")


def test_the_command_with_a_scheduler(started: Cluster) -> None:
    cell = "sweep rnn --width 16 --variance 16 --draws 5000 --seed 3 --json"
    shown = [
        CliRunner().invoke(main, f"{cell} {where}".split())
        for where in (f"--scheduler {started.address}", "--processes 1")
    ]
    assert [result.exit_code for result in shown] == [0, 0]
    assert shown[0].stdout == shown[1].stdout
    both = CliRunner().invoke(main, f"{cell} --scheduler {started.address} --processes 1".split())
    assert both.exit_code == 2
    assert both.stderr == "certify: --processes: expected nothing of the kind with --scheduler, got one\n"


def test_a_lost_scheduler_is_one_clear_error(started: Cluster) -> None:
    """The last test of this cluster."""
    results = cluster.in_order(partial(pow, 2), range(10_000), started.address)
    assert next(results) == 1
    started.processes[0].kill()
    with pytest.raises(InputError, match=r"--scheduler: expected a cluster at tcp://.* that lives until all is done"):
        list(results)
