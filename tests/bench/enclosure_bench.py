"""What enclosures cost: a tanh network against the same one with ReLU, and the certified radius at width 64.

    python -m tests.bench.enclosure_bench [--json] [--turns N]

Each figure is the median over the networks, and for each network over the turns; the garbage collector stands still while a clock runs.
Milliseconds of the radius are processor time, so that the goal does not depend on what else the machine does.

    tanh       two groups of 32 units with noise, which make a bump with tanh and a tent with ReLU, clipped to [0, 1], all of them
               chaotic: from the network to the certificate that the checker has replayed (`prove`), and the ratio of the two; for
               comparison the parts before anything is written down (`decide_box`; the exact map and `decide`)
    radius     RNN(64, 64), chaotic draws, absolute and relative: from the network to the radius with the certificate that the checker
               has replayed, the upper bound not included; the slowest draw; and all with the upper bound, for comparison
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

import numpy as np

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from certify import Layer, Network, families, prove, radius
from certify.decision.budget import Budget
from certify.decision.decide import DEFAULT_LEVEL, decide
from certify.enclosure.decide import decide_box
from tests.bench.figures import Line, middle, report

WIDTH = 64
DRAWS = range(8)
CHAOTIC = (7, 14, 34, 35)
"""Seeds of chaotic RNN(64, 64)."""
TIMES, MILLISECONDS = 5.0, 100.0


def bump(seed: int, activation: str) -> Network:
    """Up at 1/4 and down twice as much at 3/5."""
    rng = np.random.default_rng(seed)
    weights = 6 * (1 + 0.1 * rng.normal(size=WIDTH))
    centres = np.repeat([0.25, 0.6], WIDTH // 2) + 0.02 * rng.normal(size=WIDTH)
    output = np.repeat([0.9, -1.8], WIDTH // 2) / WIDTH * (1 + 0.1 * rng.normal(size=WIDTH))
    hidden = Layer(weights[:, None], -weights * centres, activation)
    return Network([hidden, Layer(output[None, :], [0], "clip:0,1")], (0, 1))


def smooth(turns: int) -> list[Line]:
    """The same weights with tanh and with ReLU."""
    proofs: list[tuple[float, float]] = []
    decisions: list[tuple[float, float]] = []
    for seed in DRAWS:
        tanh, relu = bump(seed, "tanh"), bump(seed, "relu")
        assert {prove(tanh).verdict, prove(relu).verdict} == {"CHAOTIC"}

        def enclosed(net: Network = tanh) -> object:
            return decide_box(net, DEFAULT_LEVEL, Budget(), lambda _: None)

        def exact(net: Network = relu) -> object:
            return decide(net.to_piecewise_linear(), DEFAULT_LEVEL, Budget(), lambda _: None)

        proofs.append((middle(lambda net=tanh: prove(net), turns), middle(lambda net=relu: prove(net), turns)))
        decisions.append((middle(enclosed, turns), middle(exact, turns)))
    return [
        Line("tanh, network to certificate", 1e3 * median(a for a, _ in proofs), "ms"),
        Line("relu, network to certificate", 1e3 * median(b for _, b in proofs), "ms"),
        Line("tanh over relu, network to certificate", median(a / b for a, b in proofs), "times", TIMES),
        Line("tanh over relu, network to witness", median(a / b for a, b in decisions), "times", TIMES),
    ]


def robust(turns: int) -> list[Line]:
    """The radius without and with its upper bound."""
    alone, bounded = [], []
    for seed in CHAOTIC:
        network = families.rnn(WIDTH, float(WIDTH), seed)
        for weights in ("absolute", "relative"):
            alone.append(
                1e3 * middle(lambda net=network, w=weights: radius(net, w, upper=False), turns, time.process_time)
            )
            bounded.append(1e3 * middle(lambda net=network, w=weights: radius(net, w), 1, time.process_time))
    return [
        Line("radius with its certificate, processor time", median(alone), "ms", MILLISECONDS),
        Line("the same, the slowest draw", max(alone), "ms", MILLISECONDS),
        Line("the same with the upper bound", median(bounded), "ms"),
    ]


if __name__ == "__main__":
    report(__doc__, "enclosures", 7, smooth, robust)
