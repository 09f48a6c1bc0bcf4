"""A finished sweep doubted: a random sample of its draws proved again from the seed, apart from how the sweep decided them.

Here `certify.verdict.prove` decides, in exact arithmetic or by enclosures, and the independent checker replays its certificates and the
witnesses that the sweep wrote down.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from certify import checker
from certify.certificate import certificate
from certify.decision.decide import OddReturn
from certify.decision.witness import Side
from certify.enclosure.decide import OddReturnBox
from certify.errors import BudgetExceeded, DomainError, InputError
from certify.mapfile import canonical_json_sha256, document
from certify.network import Network
from certify.numbers import Q, rational
from certify.sweep.draws import block, place
from certify.sweep.exact import PIECES
from certify.sweep.families import Cell
from certify.sweep.record import ANSWERS, NO, ORDERED, VERDICTS
from certify.sweep.spec import Sweep
from certify.sweep.store import HEAD, TABLE, WITNESSES, load, read_journal
from certify.sweep.table import rows, table_csv
from certify.sweep.tally import Kind, Tally
from certify.verdict import Verdict, checked_enclosure, prove

CANDIDATES = 16
"""So many draws are drawn for each ORDERED one that is wanted; those that turn out not to be ORDERED are dropped."""


class Witness(NamedTuple):
    """A line of `witnesses.csv`."""

    cell: int
    draw: int
    kind: Kind
    x: Q | None


@dataclass
class Findings:
    """How many sampled draws have each verdict, and in a line each what does not agree and what could not be proved again."""

    sampled: dict[str, int] = field(default_factory=lambda: dict.fromkeys(reversed(VERDICTS), 0))
    disagreements: list[str] = field(default_factory=list)
    not_confirmed: list[str] = field(default_factory=list)


def prove_again(cell: Cell, seed: int, draw: int) -> tuple[Network, Verdict]:
    """A draw from its seed: the exact network, and the verdict with a certificate that the checker has replayed."""
    number, row = place(draw)
    network = cell.network(block(cell, seed, number), row)
    return network, prove(network, max_pieces=PIECES)


def recheck(directory: Path, sample: int, seed: int) -> Findings:
    """Compares the files of a finished sweep with each other, and a sample of the draws with what is proved again.

    Raises `InputError` for a directory that holds no finished sweep.
    """
    sweep = load(directory)
    done = read_journal(directory, sweep)
    if sum(tally.draws for tally in done.tallies) < sweep.draws * len(sweep.cells) or not (directory / TABLE).exists():
        raise InputError(
            "directory", "a finished sweep (--resume finishes it)", "one without its table", str(directory)
        )
    findings = Findings()
    if (directory / TABLE).read_text("utf-8") != table_csv(rows(sweep, done.tallies)):
        findings.disagreements.append(f"{TABLE} is not what the journal adds up to")
    chosen, counted = _choose(directory, sweep, sample, random.Random(seed))
    for number, (tally, listed) in enumerate(zip(done.tallies, counted)):
        if {kind: count for kind, count in tally.kinds.items() if kind.verdict != ORDERED} != listed.kinds:
            findings.disagreements.append(
                f"{WITNESSES} does not list the draws of cell {number} that the journal counts"
            )
    for witness in chosen:
        _compare(sweep, witness, findings)
    return findings


def read_witnesses(directory: Path, sweep: Sweep) -> Iterator[Witness]:
    """The lines of `witnesses.csv`. Raises `InputError` that names the line."""
    path = directory / WITNESSES
    last = (0, -1)
    with path.open(encoding="ascii", errors="replace", newline="") as lines:
        if next(lines, "") != HEAD:
            raise InputError("line 1", repr(HEAD), "something else", str(path))
        for number, line in enumerate(lines, 2):
            try:
                cell, draw, verdict, level, n, period3, x = line.removesuffix("\n").split(",")
                kind = Kind(VERDICTS.index(verdict), int(level), int(n), ANSWERS.index(period3))
                witness = Witness(int(cell), int(draw), kind, rational(x) if x else None)
                if not last < witness[:2] or witness.cell >= len(sweep.cells) or witness.draw >= sweep.draws:
                    raise ValueError("a place out of order or beyond the sweep")
            except ValueError as error:
                raise InputError(f"line {number}", "a draw of the sweep, in order", str(error), str(path)) from None
            last = witness[:2]
            yield witness


def _choose(directory: Path, sweep: Sweep, sample: int, chance: random.Random) -> tuple[list[Witness], list[Tally]]:
    """The sample, about a third of it of each verdict where there are as many; and the tallies of all lines of the file."""
    share = -(-sample // len(VERDICTS))
    listed = [Tally() for _ in sweep.cells]
    seen: Counter[int] = Counter()
    kept: dict[int, list[Witness]] = {verdict: [] for verdict in range(len(VERDICTS))}
    places = sweep.draws * len(sweep.cells)
    ordered = {divmod(chance.randrange(places), sweep.draws) for _ in range(CANDIDATES * sample)}
    for witness in read_witnesses(directory, sweep):
        verdict = witness.kind.verdict
        listed[witness.cell].kinds[witness.kind] += 1
        ordered.discard(witness[:2])
        seen[verdict] += 1  # a random sample of a stream (Vitter 1985, algorithm R)
        if len(kept[verdict]) < sample:
            kept[verdict].append(witness)
        elif (slot := chance.randrange(seen[verdict])) < sample:
            kept[verdict][slot] = witness
    kept[ORDERED] = [Witness(*place, Kind(ORDERED, 0, 0, NO), None) for place in sorted(ordered)]
    for verdict in kept:
        kept[verdict] = chance.sample(kept[verdict], min(sample, len(kept[verdict])))
    first = [witness for verdict in kept for witness in kept[verdict][:share]]
    rest = [witness for verdict in kept for witness in kept[verdict][share:]]
    return sorted([*first, *rest][:sample]), listed


def _compare(sweep: Sweep, witness: Witness, findings: Findings) -> None:
    """Proves one draw again and notes how that compares with what the sweep says."""
    recorded = VERDICTS[witness.kind.verdict]
    findings.sampled[recorded] += 1
    network, verdict = prove_again(sweep.cells[witness.cell], sweep.seed, witness.draw)
    where = f"cell {witness.cell}, draw {witness.draw}: {recorded} in the sweep"
    if witness.x is not None and not holds(network, witness.kind, witness.x):
        findings.disagreements.append(f"{where}, but the checker refuses its witness")
    elif verdict.verdict == recorded:
        if verdict.period_three and witness.kind.period3 == NO:
            findings.disagreements.append(f"{where} without period 3, which it has")
    elif verdict.verdict == "UNDECIDED":
        findings.not_confirmed.append(f"{where}, not decided now: {verdict.reason}")
    else:
        findings.disagreements.append(f"{where}, {verdict.verdict} now")


def holds(network: Network, kind: Kind, x: Q) -> bool:
    """Whether the checker accepts the point as an odd return."""
    try:
        if network.smooth:
            return any(_accepted(OddReturnBox(kind.level, kind.n, x, side, 64), network) for side in ("right", "left"))
        f = network.to_piecewise_linear()
        side: Side = "right" if f.trajectory(x, 1 << kind.level)[-1] > x else "left"
        content = document(network)
        proof = OddReturn(kind.level, kind.n, x, side, None)
        made = certificate(proof, f, canonical_json_sha256(content), content["domain"])
        return checker.check(content, made).status == "VALID"
    except DomainError:  # x is no point of the domain
        return False


def _accepted(proof: OddReturnBox, network: Network) -> bool:
    try:
        checked_enclosure(proof, network)
    except BudgetExceeded:
        return False
    return True
