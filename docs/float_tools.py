"""Runs tools that others use on the tent 2x, 2 - 2x, and writes what they say as claims: cases/tent/claims.json.

It needs nolds 0.6.1 and pynamical 0.3.3 (`pip install nolds==0.6.1 pynamical==0.3.3`, in an environment of their own) and nothing
of this package. `docs/cross-checking.md` says which of the claims are true.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nolds
import numpy as np
import pynamical
from numba import jit

CLAIMS = Path(__file__).parent.parent / "cases" / "tent" / "claims.json"
START, STEPS = 0.1, 60
SERIES, GRID = 1000, 1_000_000


@jit(nopython=True)
def tent(x: float, height: float) -> float:
    """The tent as a model for pynamical: it compiles its models."""
    return height * x if x < 0.5 else height * (1 - x)


def grid_regions(t: int) -> int:
    """Linear regions of the t-th iterate as a grid of a million points shows them: runs of non-zero second differences are knots."""
    y = np.linspace(0, 1, GRID)
    for _ in range(t):
        y = np.where(y < 0.5, 2 * y, 2 - 2 * y)
    bent = np.abs(np.diff(y, 2)) > 1e-9
    return 1 + int(np.count_nonzero(bent[1:] & ~bent[:-1])) + int(bent[0])


def claims() -> list[dict[str, Any]]:
    """What the tools say."""
    of_nolds, of_pynamical = f"nolds {version('nolds')}", f"pynamical {version('pynamical')}"
    series = [START, *map(float, nolds.datasets.tent_map(START, SERIES, mu=2))]
    orbit = series[: STEPS + 1]
    simulated = pynamical.simulate(
        model=tent, num_gens=STEPS + 1, rate_min=2, rate_max=2, num_rates=1, initial_pop=START
    )
    exponent = float(nolds.lyap_r(np.array(series), lag=1, min_tsep=1, fit="poly"))
    counts = [
        {"claim": "region_count", "t": t, "value": grid_regions(t), "note": "a grid of 1,000,000 points"}
        for t in (6, 20)
    ]
    return [
        {"claim": "orbit", "points": orbit, "tolerance": "1/1000", "start": "1/10", "note": f"{of_nolds}, tent_map"},
        {
            "claim": "orbit",
            "points": orbit,
            "tolerance": 0,
            "note": f"{of_nolds}, tent_map, from the double next to 1/10",
        },
        {
            "claim": "orbit",
            "points": [float(x) for x in simulated.iloc[:, 0]],
            "tolerance": "1/1000",
            "start": "1/10",
            "note": f"{of_pynamical}, simulate",
        },
        {"claim": "lyapunov_upper_bound", "value": exponent, "note": f"{of_nolds}, lyap_r on tent_map"},
        *counts,
    ]


def main() -> None:
    """Writes one claim on each line."""
    rows = ",\n".join(f"  {json.dumps(claim)}" for claim in claims())
    CLAIMS.write_text(f'{{\n "format": "certify-claims",\n "version": 1,\n "claims": [\n{rows}\n ]\n}}\n')


if __name__ == "__main__":
    main()
