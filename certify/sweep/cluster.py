"""Work spread over a Dask cluster, with results in the order of the work: `pool.in_order` beyond one machine.

Needs the package distributed (`pip install certify[dask]`), on the workers also the same certify and numpy as here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import CancelledError
from functools import cache
from hashlib import sha256
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import numpy as np

from certify.errors import InputError
from certify.sweep.pool import AHEAD

Item = TypeVar("Item")
Result = TypeVar("Result")

PATIENCE = 30
"""Seconds to wait for a scheduler, and for its first worker."""


def in_order(work: Callable[[Item], Result], items: Iterable[Item], address: str) -> Generator[Result]:
    """work(item) for one item after another, computed by the workers of the scheduler at an address such as "tcp://10.0.0.1:8786".

    `work` is a pure function of a module. Dask computes again what a worker that died had not handed over, on another one; each
    result is taken once. Workers may join and leave at any time. Raises `InputError` where there is no cluster, where it is lost, where a
    piece of work has taken several workers with it, and where a worker has another certify or numpy.
    """
    dask = _distributed()
    with _client(dask, address) as client:
        left, waiting, run, number = iter(items), deque[Any](), uuid4().hex, 0
        try:
            while True:
                room = AHEAD * max(1, sum(client.nthreads().values())) - len(waiting)
                for item in islice(left, max(0, room)):
                    key = f"certify-{run}-{number}"
                    waiting.append(client.submit(_checked, work, versions(), item, key=key, pure=False))
                    number += 1
                if not waiting:
                    return
                yield waiting.popleft().result()
        except (dask.KilledWorker, dask.comm.CommClosedError, CancelledError) as error:
            got = f"{type(error).__name__}: {error}".splitlines()[0]
            raise InputError("--scheduler", f"a cluster at {address} that lives until all is done", got) from None
        finally:
            client.cancel(list(waiting))


@cache
def versions() -> str:
    """What must be the same on every machine, for the results to be: the source of this package, and numpy."""
    package = Path(__file__).parent.parent
    source = sha256()
    for path in sorted(package.rglob("*.py")):
        source.update(path.read_bytes())
    return f"certify of source {source.hexdigest()[:12]} with numpy {np.__version__}"


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ModuleNotFoundError:
        raise InputError("--scheduler", "the package distributed (pip install certify[dask])", "none") from None


def _client(dask: Any, address: str) -> Any:
    try:
        dask.comm.get_address_host_port(address)  # a Client does not end well on an address without a port
        client = dask.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        got = f"{type(error).__name__}: {error}".splitlines()[0]
        raise InputError("--scheduler", "the address of a Dask scheduler, such as tcp://10.0.0.1:8786", got) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        client.close()
        raise InputError("--scheduler", f"a cluster at {address} with workers", "none") from None
    return client


def _checked(work: Callable[[Item], Result], expected: str, item: Item) -> Result:
    """The work, on a worker that is fit for it."""
    if versions() != expected:
        raise InputError("--scheduler", f"workers with {expected}", versions())
    return work(item)
