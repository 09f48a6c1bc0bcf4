"""What a decision may cost: cells examined and seconds. Beyond it the answer is "not decided", never a guess."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from certify.errors import BudgetExceeded


@dataclass
class Budget:
    """`max_pieces` bounds the cells of a mesh and the pieces of an iterate, `time_limit` the seconds of the whole decision."""

    max_pieces: int = 100_000
    time_limit: float | None = None
    started: float = field(default_factory=time.monotonic)

    def check(self, pieces: int) -> None:
        """Raises `BudgetExceeded` when more than `max_pieces` pieces, or the time, are used up."""
        if pieces > self.max_pieces:
            raise BudgetExceeded(f"more than {self.max_pieces} pieces (--max-pieces)")
        if self.time_limit is not None and time.monotonic() - self.started > self.time_limit:
            raise BudgetExceeded(f"the time limit of {self.time_limit:g} seconds (--time-limit)")
