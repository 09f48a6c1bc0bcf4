"""Work spread over the processes of one machine, with results in the order of the work."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 4
"""So many pieces of work for each process are under way or done before their turn; memory is bounded by that."""


def in_order(work: Callable[[Item], Result], items: Iterable[Item], processes: int) -> Generator[Result]:
    """work(item) for one item after another, computed by so many processes; by this one alone for `processes` = 1.

    `work` is a function of a module. The processes are ended at once when the caller stops early, by an exception, Ctrl-C or
    `close`, and end themselves when this process dies.
    """
    if processes == 1:
        yield from map(work, items)
        return
    left = iter(items)
    others = set(active_children())
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_prepare)
    try:
        waiting: deque[Future[Result]] = deque(pool.submit(work, item) for item in islice(left, AHEAD * processes))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(work, item) for item in islice(left, 1))
    except BaseException:
        for process in set(active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare() -> None:
    """Ctrl-C is for the parent to handle; without a parent there is nobody to work for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
