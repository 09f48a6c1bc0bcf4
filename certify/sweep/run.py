"""A sweep from its first or next chunk to its last."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, closing

from certify.sweep.engine import Chunk, Report, decide_chunk
from certify.sweep.spec import Sweep
from certify.sweep.store import Store
from certify.sweep.tally import Tally

Spread = Callable[[Callable[[Chunk], Report], Iterable[Chunk]], Generator[Report]]
"""work and chunks to the reports in the order of the chunks, wherever they are computed: `pool.in_order` for some processes."""


def run(
    sweep: Sweep, spread: Spread, store: Store | None = None, progress: Callable[[int], None] = lambda _: None
) -> list[Tally]:
    """The tally of each cell. What is in the store is not done again, each chunk that is done goes there, and it is closed.

    `progress` is told how many draws are newly decided.
    """
    tallies = store.tallies if store else [Tally() for _ in sweep.cells]
    with ExitStack() as stack:
        if store:
            stack.callback(store.close)
        reports = stack.enter_context(closing(spread(decide_chunk, store.left() if store else sweep.chunks())))
        for report in reports:
            if store:
                store.append(report)
            else:
                tallies[report.chunk.cell_number].merge(report.tally)
            progress(report.tally.draws)
    if store:
        store.finish()
    return tallies
