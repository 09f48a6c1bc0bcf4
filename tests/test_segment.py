"""Regions along a segment against the maps of the line, evaluation everywhere, and a walk from kink to kink."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import count, islice, pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import certify
from certify import PLRNN, InputError, Layer, Network
from certify.cli import main
from certify.numbers import fraction
from certify.segment import Region, iterates_along, regions_along

ROOT = Path(__file__).parent.parent

ACTIVATIONS = [
    "identity",
    "relu",
    "leaky_relu:1/3",
    "leaky_relu:-1/2",
    "abs",
    "clip:-1,2",
    "clip:1,1",
    "hardtanh",
    "relu6",
]


def some_layers(rng: random.Random, widths: list[int]) -> list[Layer]:
    def number() -> Fraction:
        return Fraction(rng.randint(-6, 6), rng.choice([1, 2, 3]))

    return [
        Layer([[number() for _ in range(n)] for _ in range(m)], [number() for _ in range(m)], rng.choice(ACTIVATIONS))
        for n, m in pairwise(widths)
    ]


def check_stream(layers: list[Layer], a: list[Fraction], b: list[Fraction]) -> list[Region]:
    """The regions tile [0, 1], are maximal, and agree with the network at their ends and inside."""
    net = Network(layers, None)
    found = list(regions_along(net, a, b))
    assert (found[0].start, found[-1].end) == (0, 1)
    for left, right in pairwise(found):
        assert left.end == right.start
        assert (left.slopes, left.constants) != (right.slopes, right.constants)
    for region in found:
        lo, hi = (Fraction(str(t)) for t in (region.start, region.end))
        assert lo < hi
        for t in (lo, (2 * lo + hi) / 3, hi):
            values = net.values([x + t * (y - x) for x, y in zip(a, b, strict=True)])
            lines = [Fraction(str(s)) * t + Fraction(str(c)) for s, c in zip(region.slopes, region.constants)]
            assert list(values) == lines
    return found


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.lists(st.integers(1, 4), min_size=2, max_size=5))
def test_any_network_on_any_segment(seed: int, widths: list[int]) -> None:
    rng = random.Random(seed)
    a, b = ([Fraction(rng.randint(-9, 9), rng.randint(1, 4)) for _ in range(widths[0])] for _ in range(2))
    check_stream(some_layers(rng, widths), a, b)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.lists(st.integers(1, 4), max_size=3))
def test_one_input_gives_the_pieces_of_the_map(seed: int, hidden: list[int]) -> None:
    layers = some_layers(random.Random(seed), [1, *hidden, 1])
    found = list(regions_along(Network(layers, None), [-3], [2]))
    f = Network(layers, (-3, 2)).to_piecewise_linear()
    assert [5 * region.start - 3 for region in found[1:]] == list(f.breaks)
    assert [region.slopes[0] / 5 for region in found] == list(f.slopes)


def test_the_tent_iterated_by_depth() -> None:
    first = Layer([[1], [1]], [0, "-1/2"], "relu")
    middle = Layer([[2, -4], [2, -4]], [0, "-1/2"], "relu")
    last = Layer([[2, -4]], [0], "identity")
    for depth in range(1, 8):
        found = check_stream([first, *[middle] * (depth - 1), last], [Fraction(0)], [Fraction(1)])
        assert len(found) == 2**depth
        assert {abs(region.slopes[0]) for region in found} == {2**depth}


def test_it_is_a_stream() -> None:
    """The first regions of 2^200 come at once."""
    first = Layer([[1], [1]], [0, "-1/2"], "relu")
    middle = Layer([[2, -4], [2, -4]], [0, "-1/2"], "relu")
    last = Layer([[2, -4]], [0], "identity")
    endless = regions_along(Network([first, *[middle] * 199, last], None), [0], [1])
    starts = [region.start for region in islice(endless, 5)]
    assert [x * 2**200 for x in starts] == [0, 1, 2, 3, 4]


def test_activation_regions_that_carry_one_line() -> None:
    """relu(x) - relu(x) bends nowhere; its two activation regions are one linear region."""
    net = Network([Layer([[1], [1]], [-1, -1], "relu"), Layer([[1, -1]], [0], "identity")], None)
    (region,) = regions_along(net, [0], [2])
    assert region.patterns == 2
    assert region.slopes == (0,)


SUM = Network([Layer([[1, 1]], [0], "relu")], None)


def test_a_segment_of_one_point_is_one_region() -> None:
    (region,) = regions_along(SUM, [1, 2], [1, 2])
    assert (region.slopes, region.constants) == ((0,), (3,))


def test_points_that_do_not_fit() -> None:
    with pytest.raises(InputError, match="end: expected 2 coordinates, one for each input, got 3"):
        regions_along(SUM, [0, 0], [1, 2, 3])
    with pytest.raises(InputError, match="start: expected one coordinate, for the one input, got 2"):
        regions_along(Network([Layer([[1]], [0], "relu")], None), [0, 0], [1])


# Iterates

Line = tuple[Fraction, Fraction]
"""slope, constant"""

PIECES: dict[str, tuple[list[int], list[tuple[int, int]]]] = {
    "identity": ([], [(1, 0)]),
    "relu": ([0], [(0, 0), (1, 0)]),
    "abs": ([0], [(-1, 0), (1, 0)]),
    "clip:-1,2": ([-1, 2], [(0, -1), (1, 0), (0, 2)]),
}
"""Activations by hand: kinks, and the line between them."""

Step = list[tuple[list[list[Fraction]], list[Fraction], str, bool]]
"""Layers (weight, bias, activation, whether it takes the state after the units before it)."""


def walk(step: Step, n: int, a: list[Fraction], b: list[Fraction]) -> list[tuple[Fraction, list[Line]]]:
    """Where the activation regions of f^n begin on the segment, with the lines of the outputs: from one kink to the next.

    The affine map that holds just to the right of a point gives the next place where any of its units meets a kink.
    """
    found, here = [], Fraction(0)
    while here < 1:
        state, ahead = [(y - x, x) for x, y in zip(a, b, strict=True)], Fraction(1)
        for _ in range(n):
            signal = state
            for weight, bias, activation, takes_state in step:
                kinks, lines = PIECES[activation]
                given = signal + state if takes_state else signal
                signal = []
                for row, offset in zip(weight, bias, strict=True):
                    slope = sum((w * s for w, (s, _) in zip(row, given, strict=True)), Fraction(0))
                    constant = sum((w * c for w, (_, c) in zip(row, given, strict=True)), offset)
                    value = slope * here + constant
                    piece = sum(kink < value or (kink == value and slope >= 0) for kink in kinks)
                    signal.append((lines[piece][0] * slope, lines[piece][0] * constant + lines[piece][1]))
                    places = [(kink - constant) / slope for kink in kinks if slope]
                    ahead = min([ahead, *(place for place in places if place > here)])
            state = signal
        found.append((here, state))
        here = ahead
    return found


def check_iterates(f: Network | PLRNN, step: Step, n: int, a: list[Fraction], b: list[Fraction]) -> None:
    """Regions, lines and the numbers of activation regions of f, ..., f^n are those of the walk."""
    found: dict[int, list[Region]] = {k: [] for k in range(1, n + 1)}
    for k, region in iterates_along(f, n, a, b):
        found[k].append(region)
    for k, regions in found.items():
        walked = walk(step, k, a, b)
        assert sum(region.patterns for region in regions) == len(walked)
        bends = [walked[0], *(right for left, right in pairwise(walked) if left[1] != right[1])]
        assert [fraction(region.start) for region in regions] == [start for start, _ in bends]
        assert [fraction(region.end) for region in regions] == [*(start for start, _ in bends[1:]), 1]
        slopes, constants = ([[*map(fraction, getattr(r, name))] for r in regions] for name in ("slopes", "constants"))
        assert [[*zip(*lines, strict=True)] for lines in zip(slopes, constants, strict=True)] == [x for _, x in bends]


def numbers(rng: random.Random, *shape: int) -> list:
    if len(shape) > 1:
        return [numbers(rng, *shape[1:]) for _ in range(shape[0])]
    return [Fraction(rng.randint(-6, 6), rng.choice([1, 2, 3])) for _ in range(shape[0])]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.integers(1, 3), st.lists(st.integers(1, 4), max_size=2), st.integers(1, 4))
def test_iterates_of_networks(seed: int, d: int, hidden: list[int], n: int) -> None:
    rng = random.Random(seed)
    step: Step = [
        (numbers(rng, m, k), numbers(rng, m), rng.choice([*PIECES]), False) for k, m in pairwise([d, *hidden, d])
    ]
    f = Network([Layer(weight, bias, activation) for weight, bias, activation, _ in step], None)
    check_iterates(f, step, n, numbers(rng, d), numbers(rng, d))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4))
def test_iterates_of_plrnns(seed: int, d: int, m: int, n: int) -> None:
    rng = random.Random(seed)
    A, W, C, e, h = numbers(rng, d, d), numbers(rng, d, m), numbers(rng, m, d), numbers(rng, m), numbers(rng, d)
    step: Step = [(C, e, "relu", False), ([w + a for w, a in zip(W, A, strict=True)], h, "identity", True)]
    check_iterates(PLRNN(A, W, C, e, h), step, n, numbers(rng, d), numbers(rng, d))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.lists(st.integers(1, 4), max_size=2))
def test_on_an_interval_they_are_the_counts_of_the_germs(seed: int, hidden: list[int]) -> None:
    """`certify.regions` counts without listing, by another method."""
    layers = some_layers(random.Random(seed), [1, *hidden, 1])
    f = Network([*layers[:-1], Layer(layers[-1].weight, layers[-1].bias, "clip:0,1")], (0, 1))
    linear, patterns = [0] * 4, [0] * 4
    for n, region in iterates_along(f, 4, [0], [1]):
        linear[n - 1] += 1
        patterns[n - 1] += region.patterns
    counted = certify.regions(f, 4).counts
    assert (tuple(linear), tuple(patterns)) == (counted.regions, counted.activation_regions)


def test_two_tents_side_by_side() -> None:
    """From (0, 0) to (1, 5/7) the iterate bends where 2^n t or 5/7 of it is whole: counted by hand."""
    tents = PLRNN([[2, 0], [0, 2]], [[-4, 0], [0, -4]], [[1, 0], [0, 1]], ["-1/2", "-1/2"], [0, 0])
    linear = dict.fromkeys(range(1, 9), 0)
    for n, _ in iterates_along(tents, 8, [0, 0], [1, "5/7"]):
        linear[n] += 1
    assert linear == {n: 2**n + (5 * 2**n - 1) // 7 - (2**n - 1) // 7 for n in range(1, 9)}


def test_iterates_are_a_stream() -> None:
    """The first regions of f^200, the last of some 2^200 regions of iterates, come at once."""
    tent = PLRNN([[2]], [[-4]], [[1]], ["-1/2"], [0])
    ends = (region.end for n, region in iterates_along(tent, 200, [0], [1]) if n == 200)
    assert [x * 2**200 for x in islice(ends, 5)] == [1, 2, 3, 4, 5]


def test_as_many_steps_as_one_likes() -> None:
    half = PLRNN([["1/2"]], [[0]], [[1]], [0], [0])
    found = list(iterates_along(half, 3000, [1], [2]))
    assert [(n, region.slopes[0] * 2**n) for n, region in found] == [(n, 1) for n in range(1, 3001)]


def test_a_segment_of_inputs() -> None:
    """An input that is held over all steps is a part of the state (docs/counting.md): against the recurrence itself."""
    rng = random.Random(5)
    C, U, e = numbers(rng, 3, 3), numbers(rng, 3, 1), numbers(rng, 3)
    rows = [[Fraction(i == j) for j in range(4)] for i in range(4)]
    f = PLRNN(
        [[0] * 4] * 3 + [rows[3]], [row[:3] for row in rows], [c + u for c, u in zip(C, U, strict=True)], e, [0] * 4
    )
    found = [region for n, region in iterates_along(f, 3, [0, 0, 0, -2], [0, 0, 0, 2]) if n == 3]
    assert len(found) > 2
    for region in found:
        place = (fraction(region.start) + 2 * fraction(region.end)) / 3
        x, u = [Fraction(0)] * 3, 4 * place - 2
        for _ in range(3):
            sums = (sum(c * s for c, s in zip(row, x, strict=True)) for row in C)
            x = [max(Fraction(0), s + w[0] * u + b) for s, w, b in zip(sums, U, e, strict=True)]
        lines = zip(region.slopes, region.constants, strict=True)
        assert [fraction(slope) * place + fraction(constant) for slope, constant in lines] == [*x, u]


def test_it_can_be_watched_and_stopped() -> None:
    """Each activation region of f^n is told; what the watch raises ends the stream."""
    lozi = certify.load(ROOT / "cases" / "lozi" / "map.json")
    assert isinstance(lozi, PLRNN)
    seen: list[object] = []
    found = list(iterates_along(lozi, 6, [-1, 0], [1, 0], seen.append))
    assert seen == [region.end for n, region in found if n == 6]
    left = count(3, -1)

    def stop(_: object) -> None:
        if not next(left):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(iterates_along(lozi, 6, [-1, 0], [1, 0], stop))


def test_what_has_no_iterates() -> None:
    with pytest.raises(ValueError, match="steps >= 1, got 0"):
        iterates_along(SUM, 0, [0, 0], [1, 2])
    with pytest.raises(
        InputError, match=r"map.layers: expected as many outputs as inputs.*, got 1 outputs and 2 inputs"
    ):
        iterates_along(SUM, 2, [0, 0], [1, 2])
    with pytest.raises(InputError, match="tanh, which is smooth"):
        iterates_along(Network([Layer([[1]], [0], "tanh")], None), 2, [0], [1])


# The command


def along(case: str, *options: str) -> Result:
    return CliRunner().invoke(main, ["regions", str(ROOT / "cases" / case / "map.json"), *options])


def test_the_command_lists_the_last_iterate_and_counts_all() -> None:
    """f^2 of the Lozi map on the x axis: |x| bends at 0, and |1 - 1.7 |x|| where x is -10/17 or 10/17."""
    *lines, last = along("lozi", "--line", "-1,0", "1,0", "-t", "2", "--json").stdout.splitlines()
    starts = [Fraction(json.loads(line)["start"]) for line in lines]
    assert [2 * start - 1 for start in starts] == [-1, Fraction(-10, 17), 0, Fraction(10, 17)]
    assert json.loads(last) == {"t": [1, 2], "regions": ["2", "4"], "activation_regions": ["2", "4"]}
    printed = along("lozi", "--line", "-1,0", "1,0", "-t", "2").stdout.splitlines()
    assert [line.startswith("[") for line in printed] == [True] * 4 + [False] * 3
    assert [line.split() for line in printed[5:]] == [["1", "2", "2", "2.000000"], ["2", "4", "4", "2.000000"]]


def test_the_command_counts_without_a_list() -> None:
    counted = along("lozi", "--line", "-1,0", "1,0", "-t", "12", "--no-list", "--json").stdout
    listed = along("lozi", "--line", "-1,0", "1,0", "-t", "12", "--json").stdout.splitlines()
    assert counted == listed[-1] + "\n"
    assert json.loads(counted)["regions"][-1] == str(len(listed) - 1)
    assert along("lozi", "--line", "-1,0", "1,0", "--no-list").stdout == "2 linear regions, 2 activation regions\n"
    table = along("lozi", "--line", "-1,0", "1,0", "-t", "2", "--no-list").stdout.splitlines()
    assert [line.split()[0] for line in table] == ["t", "1", "2"]


@pytest.mark.parametrize(
    ("case", "options", "told"),
    [
        ("tanh-hump", ["--line", "0", "1", "-t", "2"], "expected a piecewise-linear activation, got tanh"),
        ("tent", ["--line", "0", "1", "-t", "2"], 'expected "network" or "plrnn", which have regions along a segment'),
        ("lozi", ["--line", "0", "1", "-t", "2"], "start: expected 2 coordinates"),
        ("lozi", ["--line", "0,0", "1,x", "-t", "2"], "--line"),
        ("lozi", ["--line", "0,0", "1,1", "-t", "2", "-o", "never-written.json"], "-o goes with -t T"),
        ("lozi", ["--line", "0,0", "1,1", "-t", "2", "--fixed-points"], "not with --line"),
        ("lozi", ["--line", "0,0", "1,1", "--each"], "say -t T"),
        ("tent", ["-t", "2", "--no-list"], "--no-list goes with --line"),
    ],
)
def test_what_the_command_refuses(case: str, options: list[str], told: str) -> None:
    result = along(case, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr.splitlines()[-1]


def test_a_network_that_cannot_be_fed_back(tmp_path: Path) -> None:
    path = tmp_path / "sum.json"
    certify.save(SUM, path)
    assert CliRunner().invoke(main, ["regions", str(path), "--line", "0,0", "1,1"]).exit_code == 0
    result = CliRunner().invoke(main, ["regions", str(path), "--line", "0,0", "1,1", "-t", "2"])
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert f"{path}: map.layers: expected as many outputs as inputs" in result.stderr


def test_the_time_limit_holds_along_a_line() -> None:
    result = along("lozi", "--line", "-1,0", "1,0", "-t", "60", "--no-list", "--time-limit", "0")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "of the segment" in result.stderr
