"""How fast is exact counting? Seconds for the goals, growth when T doubles, and the listing of 2^20 pieces for comparison.

    python -m tests.bench.count_bench [--json] [--turns N]

Each figure is the median over the turns; the garbage collector stands still while a clock runs.

    fig1       the slope-1.9999 map of Chatziafratis et al. (2022), Fig. 1, on the line and on its invariant core
    rnn24      RNN(24, 64) of that paper, the chaotic ones among the first seeds, clipped to [0, 1]
               both with what doubling T costs, up to T = 4000
    wide       RNN(10,000, 64) and RNN(10,000, 256): seconds for each iterate, network to map not included
    list       the 2^20 pieces of the 20-fold tent: `PiecewiseLinear.iterate` against a plain propagation of knots in rationals
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from certify.counting import counts
from certify.families import rnn, tent
from certify.numbers import Q
from certify.piecewise import PiecewiseLinear
from tests.bench.figures import Line, middle, report

T = 1000
LONGEST = 4000
SEEDS = range(80)
WIDE, WIDE_STEPS = 10_000, 4
FOLDS = 20


def with_doubling(name: str, f: PiecewiseLinear, goal: float, turns: int) -> list[Line]:
    """T steps, and how many times as long twice as many take, up to `LONGEST`: the goal is what O(T^2) would cost."""
    lines: list[Line] = []
    steps, before = T // 2, middle(partial(counts, f, T // 2), turns)
    while steps < LONGEST:
        steps *= 2
        spent = middle(partial(counts, f, steps), turns if steps <= T else min(turns, 3))
        if steps == T:
            lines.append(Line(f"{name}, T = {T}", spent, "s", goal))
        lines.append(Line(f"{name}, from T = {steps // 2} to {steps}", spent / before, "times", 4.0))
        before = spent
    return lines


def fig1(turns: int) -> list[Line]:
    """1.9999 relu(x + 1e-5) - 4 relu(x - 0.502), decimal and as doubles."""
    lines = []
    for kind, read in (("decimal", str), ("double", float)):
        left, turn, slope = -Q(1) * _exact(read("1e-5")), _exact(read("0.502")), _exact(read("1.9999"))
        f = PiecewiseLinear([(left, 0), (turn, slope * (turn - left))], slopes=(0, slope - 4))
        top = f.values[2]
        assert isinstance(top, Q)
        lines += with_doubling(f"fig1 {kind}, line", f, 2.0, turns)
        lines += with_doubling(f"fig1 {kind}, core", f.restrict(f.at(top), top), 2.0, turns)
    return lines


def _exact(value: str | float) -> Q:
    return PiecewiseLinear([(0, value)], slopes=(0, 0)).intercepts[0]


def rnn24(turns: int) -> list[Line]:
    """Every chaotic draw, the slowest one as the measure."""
    chaotic = []
    for seed in SEEDS:
        f = rnn(24, 64.0, seed).to_piecewise_linear()
        if f.pieces > 1 and counts(f, 100).laps[-1] > 10**9:
            chaotic.append((middle(partial(counts, f, T), turns), seed, f))
    chaotic.sort(key=lambda found: found[0])
    (_, seed, slowest), middle_one = chaotic[-1], chaotic[len(chaotic) // 2]
    lines = with_doubling(f"rnn24, seed {seed}, the slowest of {len(chaotic)} chaotic draws", slowest, 0.5, turns)
    return [Line(f"rnn24, seed {middle_one[1]}, the median draw, T = {T}", middle_one[0], "s", 0.5), *lines]


def wide(turns: int) -> list[Line]:
    """Seconds for each of the first iterates, on average and at most."""
    lines = []
    for variance, seed in ((64.0, 0), (256.0, 0)):
        f = rnn(WIDE, variance, seed).to_piecewise_linear()
        each = middle(partial(counts, f, WIDE_STEPS), turns) / WIDE_STEPS
        lines.append(Line(f"wide, variance {variance:g}: {f.pieces} pieces, per iterate", each, "s", 0.2))
    return lines


def listing(turns: int) -> list[Line]:
    """The 2^20 pieces of the 20-fold tent."""
    f = tent()
    assert plain_iterate(f, 10) == plain_knots(f.iterate(10))
    ours = middle(lambda: f.iterate(FOLDS), min(turns, 3))
    plain = middle(lambda: plain_iterate(f, FOLDS), min(turns, 3))
    counted = middle(lambda: counts(f, FOLDS), turns)
    return [
        Line("list, PiecewiseLinear.iterate", ours, "s"),
        Line("list, plain propagation", plain, "s"),
        Line("list, plain over PiecewiseLinear.iterate", plain / ours, "times", 5.0, above=True),
        Line("list, for comparison: counting them", counted, "s"),
    ]


Knots = list[tuple[Q, Q]]


def plain_knots(f: PiecewiseLinear) -> Knots:
    """The corners of a map of an interval with their values."""
    return [(x, y) for x, y in zip(f.corners, f.values) if isinstance(x, Q) and isinstance(y, Q)]


def plain_iterate(f: PiecewiseLinear, steps: int) -> Knots:
    """The knots of f^steps, one f at a time: old knots move on, and between them lie the preimages of the knots of f."""
    breaks = plain_knots(f)[1:-1]
    g = plain_knots(f)
    for _ in range(steps - 1):
        moved = [plain_value(f, y) for _, y in g]
        knots: Knots = []
        for (a, y), (b, z), value in zip(g, g[1:], moved):
            knots.append((a, value))
            met = (
                [knot for knot in breaks if y < knot[0] < z] if y < z else [knot for knot in breaks if z < knot[0] < y]
            )
            if met:
                run = (b - a) / (z - y)
                knots += [(a + (x - y) * run, v) for x, v in (met if y < z else reversed(met))]
        g = [*knots, (g[-1][0], moved[-1])]
    return g


def plain_value(f: PiecewiseLinear, x: Q) -> Q:
    """The value, piece by piece."""
    for b, s, c in zip(f.breaks, f.slopes, f.intercepts):
        if x <= b:
            return s * x + c
    return f.slopes[-1] * x + f.intercepts[-1]


if __name__ == "__main__":
    report(__doc__, "exact counts", 5, fig1, rnn24, wide, listing)
