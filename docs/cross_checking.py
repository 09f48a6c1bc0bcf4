"""Claims of other tools, checked: writes claims.json of some cases, the notebooks' draws, and docs/cross-checking.md (`make docs`).

The claims about the tent come from tools that are run by `docs/float_tools.py`. All others are made here, in floats, as the rules and
formats that they speak for make them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import certify
from certify import Network, PiecewiseLinear, families
from certify.rounding import FORMATS, Arithmetic, program_of, rounded_map

ROOT = Path(__file__).parent.parent
CASES = ROOT / "cases"
DRAWS = CASES / "paper-notebooks" / "draws.json"
PAGE = ROOT / "docs" / "cross-checking.md"

Floats = npt.NDArray[np.float64]
Claims = list[dict[str, Any]]

GRID = {"points": 163, "rule": "f4"}
NETWORKS, WIDTH = 1000, 4
MILLION = 1_000_000


def map_of(name: str) -> Network | PiecewiseLinear:
    """The map of a case that is one exact map."""
    given = certify.load(CASES / name / "map.json")
    assert isinstance(given, Network | PiecewiseLinear)
    return given


# What the tools say


def notebook_rule(given: Network, lo: float, hi: float, k: int = 4) -> bool:
    """The rule of the paper's notebooks, in doubles on a grid: x - f^k(x) changes its sign more often than x - f(x)."""
    f = program_of(given, Arithmetic("float64")).values
    x = np.linspace(lo, hi, GRID["points"])
    once = f(x)
    value = once
    for _ in range(k - 1):
        value = f(value)
    return _sign_changes(x - value) > _sign_changes(x - once)


def _sign_changes(d: Floats) -> int:
    """Neighbours of opposite sign, and zeros between such, as the notebooks count them: without the last pair."""
    neighbours = d[:-2] * d[1:-1] < 0
    across = (d[1:-1] == 0) & (d[:-2] * d[2:] < 0)
    return int(np.count_nonzero(neighbours) + np.count_nonzero(across))


def monotone() -> Claims:
    """The rule on min(.93, max(.1, .52 - 1.5 (x - .5)))."""
    network = map_of("monotone")
    assert isinstance(network, Network)
    says = notebook_rule(network, 0, 1)
    grid = {**GRID, "lo": 0, "hi": 1}
    return [
        {"claim": "period3", "value": says, **grid, "note": "the notebooks' rule: f⁴ against f"},
        {"claim": "chaotic", "value": says, "note": "what the notebooks conclude"},
    ]


def markov() -> Claims:
    """Counts for float32 weights, which are those of another map: exact ones of it, and by a grid in doubles."""
    network = map_of("markov-network")
    near = rounded_map(network, FORMATS["float32"])
    counts = certify.regions(near, 20).counts.regions
    f = program_of(near, Arithmetic("float64")).values
    claims: Claims = [
        {
            "claim": "region_count",
            "t": t,
            "value": counts[t - 1],
            "weights": "float32",
            "note": "all regions, float32 weights",
        }
        for t in (10, 20)
    ]
    for t in (6, 10, 20):
        y = np.linspace(0, 1, MILLION)
        for _ in range(t):
            y = f(y)
        bent = np.abs(np.diff(y, 2)) > 1e-9  # a knot between two points of the grid bends it at one or both of them
        value = 1 + int(np.count_nonzero(bent[1:] & ~bent[:-1])) + int(bent[0])
        note = "a grid of 1,000,000 points, float32 weights"
        claims.append({"claim": "region_count", "t": t, "value": value, "weights": "float32", "note": note})
    return claims


def two_digits() -> Claims:
    """All cycles up to period 3 of the sawtooth with eight laps, less those that the rule "two digits" takes for duplicates.

    A cycle is kept unless its first point, rounded to two digits, is a point, so rounded, of one that is kept already. Every cycle
    is offered with each of its points as the first.
    """
    f = map_of("sawtooth-8")
    known: set[float] = set()
    claims: Claims = []
    for period in (1, 2, 3):
        left = [floats_of(orbit.points) for orbit in certify.cycles(f, period).orbits]
        kept: list[list[float]] = []
        for phase in range(period):
            for cycle in list(left):
                turned = cycle[phase:] + cycle[:phase]
                if round(turned[0], 2) not in known:
                    known |= {round(x, 2) for x in turned}
                    kept.append(turned)
                    left.remove(cycle)
        note = "duplicates removed by two digits"
        claims.append({"claim": "all_cycles", "period": period, "cycles": kept, "tolerance": "1e-9", "note": note})
    return claims


def floats_of(points: Any) -> list[float]:
    """The doubles next to exact points."""
    return [float(x) for x in points]


MADE = {"monotone": monotone, "markov-network": markov, "sawtooth-8": two_digits}


def draw(seed: int) -> list[Any]:
    """A network of the notebooks: what the rule says with f^4 and with f^3, and whether there is period 3, and chaos."""
    network = families.initialised("he-he", WIDTH, seed)
    says = notebook_rule(network, -1, 1)
    report = certify.crosscheck(
        network,
        [{"claim": "period3", "value": says, **GRID, "lo": -1, "hi": 1}, {"claim": "chaotic", "value": says}],
    )
    truth = [None if f.status == "UNDECIDED" else says == (f.status == "CONFIRMED") for f in report]
    return [says, notebook_rule(network, -1, 1, k=3), *truth]


def draws() -> list[list[Any]]:
    """All of them, one for each seed."""
    return [draw(seed) for seed in range(NETWORKS)]


# The page


def page() -> str:
    """docs/cross-checking.md, from the claims files, the draws, and what is found out about them now."""
    data = json.loads(DRAWS.read_text())
    return TEXT.format(
        tent=table("tent"),
        monotone=table("monotone"),
        markov=table("markov-network", facts=("weights_error", "arithmetic_error")),
        sawtooth=table("sawtooth-8"),
        draws=draws_table(data),
        **numbers(data),
    )


def table(name: str, facts: tuple[str, ...] = ()) -> str:
    """One row for each claim of a case: who claims what, and the answer; with these facts in columns of their own."""
    report = certify.crosscheck(map_of(name), certify.read_claims(CASES / name / "claims.json"))
    given = json.loads((CASES / name / "claims.json").read_text())["claims"]
    head = ["from", "claim", "", *(fact.replace("_", " ") for fact in facts), "because"]
    rows = [
        [claim["note"], _said(claim), finding.status, *(str(finding.fact[fact]) for fact in facts), finding.reason]
        for claim, finding in zip(given, report)
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def _said(claim: dict[str, Any]) -> str:
    """The claim in a few words."""
    match claim["claim"]:
        case "orbit":
            return f"orbit of {claim.get('start', claim['points'][0])}, {len(claim['points']) - 1} steps, tolerance {claim['tolerance']}"
        case "all_cycles":
            return f"all cycles of period {claim['period']}: {len(claim['cycles'])}"
        case "region_count":
            return f"f^{claim['t']} has {claim['value']:,} regions"
        case "lyapunov_upper_bound":
            return f"greatest exponent {claim['value']:.4f}"
        case "period3":
            return f"period 3: {_yes(claim['value'])}"
    return f"{claim['claim']}: {_yes(claim['value'])}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def draws_table(data: list[list[Any]]) -> str:
    """What the rules say against what is true, in numbers of networks."""
    lines = ["| rule | says chaos | networks | of these, have period 3 | are chaotic |", "|---|---|---|---|---|"]
    for i, rule in enumerate(("f⁴ against f, as executed", "f³ against f")):
        for says in (True, False):
            rows = [row for row in data if row[i] == says]
            truth = f"{sum(row[2] for row in rows)} | {sum(row[3] for row in rows)}"
            lines.append(f"| {rule} | {_yes(says)} | {len(rows)} | {truth} |")
    return "\n".join(lines)


def numbers(data: list[list[Any]]) -> dict[str, str | int]:
    """The figures in the text."""
    return {
        "networks": f"{len(data):,}",
        "said": sum(says for says, _, _, _ in data),
        "wrong": sum(says and not period_three for says, _, period_three, _ in data),
        "false_alarms": sum(says and not chaotic for says, _, _, chaotic in data),
        "missed": sum(chaotic and not says for says, _, _, chaotic in data),
        "others": sum(chaotic and not period_three for _, _, period_three, chaotic in data),
        "chaotic": sum(chaotic for _, _, _, chaotic in data),
    }


TEXT = """\
# What other tools say, checked

Numbers come from everywhere: a cycle from a search with random restarts, a number of regions from a grid, an exponent from a time series.
`certify crosscheck MAP CLAIMS` says of each whether it is true of the exact map: CONFIRMED, REFUTED with the fact that is true instead,
or UNDECIDED ([claims files](claims-format.md)).

Below are some numbers that published tools and rules produce, for maps whose truth is known. Each claims file lies beside the map in
`cases/`, so that every table is what one command prints:

```text
certify crosscheck cases/tent/map.json cases/tent/claims.json
```

## The tent in doubles

`cases/tent`: f(x) = 2x for x < ½, 2 − 2x otherwise. nolds and pynamical were run (`docs/float_tools.py`); the grid is the usual one:
evaluate, take second differences, count the runs that are not 0.

{tent}

In doubles every orbit of the tent dies at 0 within 1,075 steps, and this one after 56. Nothing is rounded on the way: the computed orbit
is the true orbit of the double next to 1/10. But all doubles are among the countably many preimages of 0, and say little about the other
points. An exponent estimated from a series that is 0 from there on is no exponent of the map. [What floats compute](rounding.md) goes
through all numbers of float16, and all of them die.

The grid counts well as long as it is finer than the pieces. With a piece for each point it sees one long bend, and says 2.

## A Markov map, with its weights rounded

`cases/markov-network`: the map through (0, 0), (1/3, 1), (2/3, 1/3), (1, 1), as a network with the biases −1/3 and −2/3. Its knots are
mapped to knots, and fᵗ has 2ᵗ⁺¹ − 1 regions. In float32 the biases are next to thirds, the knots miss each other, and the regions that
should merge do not. The first two claims are exact counts for the float32 weights: the best answer that a program can give which reads
these weights. The two errors are told apart: where the grid seems right, it overlooks by its coarseness just the pieces that the rounded
weights have made.

{markov}

## Duplicates removed by two digits

`cases/sawtooth-8`: eight full laps. SCYFI (Eisenmann, Monfared, Göring, Durstewitz 2023) tells a new cycle from a known one by its first
point, rounded to two digits, and its published source was followed here, not run (it is in Julia): all cycles up to period 3, exactly
known, were offered to this rule, each with every one of its points as the first. What it keeps depends on the order. But each cycle that
is kept takes a number of two digits for itself, and in [0, 1] there are 101 of them for 204 cycles.

{sawtooth}

## The rule of the notebooks

The notebooks of Chatziafratis, Panageas, Sanford and Stavroulakis (2022) call a network chaotic if x − F₃(x) changes its sign more often
than x − f(x) on a grid of 163 points. As executed, F₃ is f⁴, which fixes the points of period 2 and 4, and not those of period 3.
`cases/monotone` is a map that does not increase, and so cannot be chaotic:

{monotone}

The same for {networks} networks of one of their cells, w_out relu(w_in x + b_in) + b_out with a relu on the output, width 4, He-normal
weights and biases, the grid on [−1, 1] (`certify.families.initialised("he-he", 4, seed)`, seeds 0 … 999):

{draws}

So {wrong} of the {said} networks that the rule calls chaotic have no point of period 3, and {false_alarms} are ordered. A point of period
3 is not all that makes chaos: {others} networks are chaotic by longer cycles, and of the {chaotic} chaotic ones the rule misses {missed}.
The notebook itself prints 8.77 % for this cell. Every figure in the two right columns is proved, network by network;
`cases/paper-notebooks/draws.json` has one row for each: the rule with f⁴ and with f³, period 3, chaos.

## The shapes that tools return

Lists, numpy arrays and tensors go into a claim as they are. `certify.crosscheck.adapters` has what needs more than that:

```python
import certify
from certify.crosscheck import adapters

adapters.scyfi(cycles, tolerance="1e-6")  # SCYFI: cycles[order - 1][i] is the i-th cycle, a list of states
adapters.scyfi_in_space(cycles, "1e-6", eigenvalues, "1e-3")  # the same for states in R^d, with the eigenvalues
adapters.syrenn(found, tolerance="1e-6")  # SyReNN: exactline(start, end, compute_preimages=True, include_post=…)
adapters.syrenn(ratios, tolerance="1e-6", line=(start, end))  # the same without preimages
adapters.evaluations(x, y, tolerance="1e-5")  # inputs and outputs of any runtime, such as an ONNX session

for finding in certify.crosscheck(network, claims):
    print(finding.status, finding.reason)
```

Each returns a list of claims. A Julia program hands its nested lists over through juliacall, or as JSON. The domain of the map must be
the line that SyReNN was asked about. In a test suite of your own, [`assert_claims`](testing.md) takes the same lists. The shapes are those
of the tools' public sources. SCYFI and SyReNN themselves were not run: the one needs Julia, the other a server that must be built first.

A one-dimensional shallow PLRNN of SCYFI, z ↦ A z + W₁ relu(W₂ z + h₂) + h₁ with W₁ of shape (1, H) and W₂ of shape (H, 1), is the network

```python
hidden = certify.Layer([*W2, [1], [-1]], [*h2, 0, 0], "relu")
network = certify.Network([hidden, certify.Layer([[*W1[0], A, -A]], [h1], "identity")], domain=None)
```

`python docs/cross_checking.py` writes this page and the claims files anew; `docs/float_tools.py` runs the tools.
"""


def write_claims(path: Path, claims: Claims) -> None:
    """A claims file with one claim on each line."""
    rows = ",\n".join(f"  {json.dumps(claim, ensure_ascii=False)}" for claim in claims)
    path.write_text(f'{{\n "format": "certify-claims",\n "version": 1,\n "claims": [\n{rows}\n ]\n}}\n')


def main() -> None:
    """Makes the claims anew, has them checked, and writes the page."""
    for name, make in MADE.items():
        write_claims(CASES / name / "claims.json", make())
    DRAWS.parent.mkdir(exist_ok=True)
    rows = ",\n".join(f" {json.dumps(row)}" for row in draws())
    DRAWS.write_text(f"[\n{rows}\n]\n")
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
