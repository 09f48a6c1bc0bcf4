"""How long does the Coq kernel take? Networks of 1,000 units with 53-bit weights, both verdicts, levels 0 to 2.

    python -m tests.bench.coq_bench

Seconds of coqc for the exported file, loading its theories included; compiling the theories, once for each version of
Coq, is not.
"""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from certify import families, prove
from certify.export.coq import coq
from certify.kernel import coqc
from tests.bench.figures import Line, show

WIDTH, SECONDS = 1000, 10.0

DRAWS = {  # RNN(1000, variance) of Chatziafratis et al. (2022): the verdict and its level; the variance and the seed
    ("CHAOTIC", 0): (64, 19),
    ("CHAOTIC", 1): (64, 271),
    ("CHAOTIC", 2): (256, 107),
    ("ORDERED", 0): (64, 0),
    ("ORDERED", 1): (64, 48),
    ("ORDERED", 2): (64, 340),
}


def main() -> None:
    """Measures and reports."""
    program, lines = coqc.find(), []
    for (verdict, level), (variance, seed) in DRAWS.items():
        network = families.rnn(WIDTH, variance, seed)
        found = prove(network)
        assert found.certificate
        assert (found.verdict, found.certificate["level"]) == (verdict, level)
        text = coq(network, found.certificate)
        reply = coqc.compile_file(program, text, "Certificates", None, lambda _: None)
        assert reply.accepted, reply.message
        lines.append(Line(f"{verdict} at level {level}, {len(text) // 1000} kB", reply.seconds, "s", SECONDS))
    show(lines, title=f"the Coq kernel on networks of {WIDTH} units")


if __name__ == "__main__":
    main()
