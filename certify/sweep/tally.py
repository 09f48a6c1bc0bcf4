"""Counts of what the draws of a cell turned out to be, with exact bounds for the probabilities behind them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from certify.sweep.record import CHAOTIC, NOT_KNOWN, ORDERED, UNDECIDED, YES, Records
from certify.sweep.statistics import bounds


class Kind(NamedTuple):
    """The entries of a `record.RECORD` that are counted."""

    verdict: int
    level: int
    n: int
    period3: int


@dataclass
class Tally:
    """How many draws are of each kind, and how many of them a filter decided in doubles."""

    kinds: Counter[Kind] = field(default_factory=Counter)
    by_filter: int = 0

    def add(self, records: Records) -> None:
        """Counts these too."""
        codes = np.zeros(len(records), np.int64)
        for name in Kind._fields:
            codes = codes << 8 | records[name]
        for code, count in zip(*np.unique(codes, return_counts=True)):
            self.kinds[Kind(*int(code).to_bytes(4, "big"))] += int(count)

    def merge(self, other: Tally) -> None:
        """Counts what the other one counted too."""
        self.kinds.update(other.kinds)
        self.by_filter += other.by_filter

    def document(self) -> dict[str, Any]:
        """The tally as JSON: [verdict, level, n, period3, count] for each kind, in order."""
        return {"kinds": [[*kind, self.kinds[kind]] for kind in sorted(self.kinds)], "by_filter": self.by_filter}

    @classmethod
    def from_document(cls, content: dict[str, Any]) -> Tally:
        """The tally that `document` gave. Raises `KeyError`, `TypeError`."""
        return cls(Counter({Kind(*kind): count for *kind, count in content["kinds"]}), content["by_filter"])

    @property
    def draws(self) -> int:
        """All of them."""
        return sum(self.kinds.values())

    def verdicts(self, verdict: int) -> int:
        """Draws with this verdict."""
        return sum(count for kind, count in self.kinds.items() if kind.verdict == verdict)

    def period3(self, answer: int) -> int:
        """Draws of which it is known, or not known, whether they have a point of least period 3."""
        return sum(count for kind, count in self.kinds.items() if kind.period3 == answer)

    def statistics(self) -> dict[str, Any]:
        """The counts with exact 95 % bounds for the probabilities behind them, decimals rounded outwards.

        A draw that is not decided counts against each lower bound and for each upper one.
        """
        undecided = self.verdicts(UNDECIDED)
        found: dict[str, Any] = {"draws": self.draws}
        for name, count, doubt in (
            ("chaotic", self.verdicts(CHAOTIC), undecided),
            ("period3", self.period3(YES), self.period3(NOT_KNOWN)),
            ("ordered", self.verdicts(ORDERED), undecided),
        ):
            lower, upper = bounds(count, count + doubt, self.draws)
            found |= {name: count, f"{name}_lower": lower, f"{name}_upper": upper}
        return found | {
            "undecided": undecided,
            "period3_not_known": self.period3(NOT_KNOWN),
            "chaotic_by_level_and_n": self._by(CHAOTIC, "level", "n"),
            "ordered_by_level": self._by(ORDERED, "level"),
            "by_filter": self.by_filter,
        }

    def _by(self, verdict: int, *names: str) -> dict[str, int]:
        """The draws with this verdict, counted by some entries: {"0/3": 56, ...}."""
        found: Counter[str] = Counter()
        for kind in sorted(self.kinds):
            if kind.verdict == verdict:
                found["/".join(str(getattr(kind, name)) for name in names)] += self.kinds[kind]
        return dict(found)
