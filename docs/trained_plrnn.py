"""Trains small PLRNNs on chaotic data and asks for proofs: writes two cases, docs/trained-plrnn.csv with its table, and the picture.

It needs torch and matplotlib and takes some minutes. On another processor other weights come out; those that are kept are
in cases/lorenz-plrnn and cases/logistic-plrnn, as the float32 numbers that they are.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray

from certify import PLRNN, load, prove, save
from certify.dimension.horseshoes.orbits import exponents
from certify.dimension.system import System
from certify.numbers import rational
from certify.plot.canvas import save as save_figure

DOCS = Path(__file__).parent
CASES = DOCS.parent / "cases"
TABLE = DOCS / "trained-plrnn.csv"
COLUMNS = ("data", "seed", "loss", "exponents", "verdict", "words", "growth")
SEEDS = range(8)
"""The first is the case."""
INTERVAL = 0.05
"""Of time, between two states of the Lorenz data."""
FREE = 20_000
"""Steps of a free run, for its Lyapunov exponents, after a tenth as many in which it settles."""

Floats = NDArray[np.floating[Any]]


def lorenz(states: int) -> Floats:
    """Of the system of Lorenz 1963, sigma = 10, rho = 28, beta = 8/3, by Runge and Kutta's method with steps of 1/400."""

    def field(v: Floats) -> Floats:
        x, y, z = v
        return np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])

    substeps, settle = 20, 200
    h = INTERVAL / substeps
    x, found = np.array([1.0, 2.0, 25.0]), []
    for _ in range(settle + states):
        for _ in range(substeps):
            a = field(x)
            b = field(x + h / 2 * a)
            c = field(x + h / 2 * b)
            x = x + h / 6 * (a + 2 * b + 2 * c + field(x + h * c))
        found.append(x)
    return np.array(found[settle:])


def logistic(states: int) -> Floats:
    """Pairs (x_n, x_(n-1)) of an orbit of x -> 3.9 x (1 - x)."""
    x = [0.3]
    for _ in range(states):
        x.append(3.9 * x[-1] * (1 - x[-1]))
    return np.array([x[1:], x[:-1]]).T


@dataclass(frozen=True)
class Task:
    """`hidden` units are trained on `data` by so many steps of Adam, to predict up to `horizon` states from one."""

    data: Callable[[int], Floats]
    hidden: int
    horizon: int
    steps: int


TASKS = {"lorenz": Task(lorenz, 20, 10, 6000), "logistic": Task(logistic, 8, 2, 6000)}


def train(data: Floats, task: Task, seed: int) -> tuple[PLRNN, float]:
    """A PLRNN with its last loss, the mean squared error in units of the data's variance.

    Every batch starts at true states and runs freely from there, for a time that grows with the training; A is full (the
    shallow PLRNN of Hess, Monfared, Brenner and Durstewitz 2023).
    """
    generator = torch.Generator().manual_seed(seed)
    states = torch.tensor(data, dtype=torch.float32)
    d, m = data.shape[1], task.hidden

    def normal(*shape: int) -> torch.Tensor:
        return (torch.randn(shape, generator=generator) / shape[-1] ** 0.5).requires_grad_()

    A = (torch.eye(d) / 2).requires_grad_()
    W, C, e, h = normal(d, m), normal(m, d), normal(1, m), normal(1, d)
    optimiser = torch.optim.Adam([A, W, C, e, h], lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, task.steps, 1e-5)
    loss = torch.zeros(())
    for step in range(task.steps):
        horizon = 1 + min(task.horizon - 1, 3 * task.horizon * step // (2 * task.steps))
        start = torch.randint(len(states) - horizon, (64,), generator=generator)
        x, loss = states[start], torch.zeros(())
        for ahead in range(1, horizon + 1):
            x = x @ A.T + torch.relu(x @ C.T + e) @ W.T + h
            loss = loss + ((x - states[start + ahead]) ** 2).mean() / horizon
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([A, W, C, e, h], 1.0)
        optimiser.step()
        schedule.step()
    weights = [p.detach().numpy() for p in (A, W, C, e, h)]
    return PLRNN(*weights[:3], weights[3][0], weights[4][0]), loss.item()


def free_run(f: PLRNN, start: Floats) -> tuple[Floats, Floats]:
    """A long orbit in doubles from a state of the data, and its Lyapunov exponents, the largest first."""
    system, x = System(f), start[None]
    points, patterns = [], []
    for _ in range(FREE + FREE // 10):
        x, pattern = system.step(x)
        points.append(x[0])
        patterns.append(pattern[0])
    kept = slice(FREE // 10, None)
    return np.array(points[kept]), exponents(system, np.array([patterns[kept]]), FREE)[0]


def rows() -> list[list[str]]:
    """A line of the table for each network; the first one of each kind becomes a case."""
    torch.set_num_threads(1)
    found = []
    for name, task in TASKS.items():
        raw = task.data(4000)
        data = (raw - raw.mean(axis=0)) / raw.std(axis=0)
        for seed in SEEDS:
            f, loss = train(data, task, seed)
            _, spectrum = free_run(f, data[0])
            verdict = prove(f)
            proof: dict[str, Any] = verdict.certificate or {}
            lengths = " ".join(str(len(word[2].split())) for word in proof.get("words", []))
            shown = " ".join(f"{x:.3f}" for x in spectrum)
            found.append([name, str(seed), f"{loss:.1e}", shown, verdict.verdict, lengths, proof.get("growth", "")])
            print(*found[-1], flush=True)
            if seed == SEEDS[0]:
                folder = CASES / f"{name}-plrnn"
                folder.mkdir(exist_ok=True)
                save(f, folder / "map.json", folder.name)
                if verdict.certificate:
                    save(verdict.certificate, folder / "certificate.json")
    return found


def table(lines: list[list[str]]) -> str:
    """The lines in Markdown; of the growth the logarithm, which bounds the entropy."""
    head = "| data | seed | loss | Lyapunov exponents | verdict | steps of the words | entropy at least |\n"
    body = (
        f"| {' | '.join(cells)} | {f'log({growth}) ≈ {np.log(float(rational(growth))):.4f}' if growth else ''} |\n"
        for *cells, growth in lines
    )
    return head + "|---|---|---|---|---|---|---|\n" + "".join(body)


def corners(block: dict[str, Any]) -> Floats:
    """Of a block in R^3, two for each of its twelve edges."""
    rows, lo, hi = (np.array(block[key], dtype=object) for key in ("rows", "lo", "hi"))
    matrix, ends = np.vectorize(lambda x: float(rational(x)))(rows), [lo, hi]
    edges = []
    for axis in range(3):
        others = [i for i in range(3) if i != axis]
        for first in (0, 1):
            for second in (0, 1):
                choice = np.zeros((2, 3), int)
                choice[:, axis], choice[:, others] = (0, 1), (first, second)
                values = [[float(rational(ends[k][i])) for i, k in enumerate(line)] for line in choice]
                edges.append(np.linalg.solve(matrix, np.array(values).T).T)
    return np.array(edges)


def cycle(f: PLRNN, word: str) -> Floats:
    """The points of the periodic orbit of a word, in doubles, the first once more at the end."""
    system, d = System(f), f.dimension
    pieces = [system.float_piece(bytes(map(int, pattern))) for pattern in word.split()]
    matrix, offset = np.eye(d), np.zeros(d)
    for piece in pieces:
        matrix, offset = piece.matrix @ matrix, piece.matrix @ offset + piece.offset
    points = [np.linalg.solve(np.eye(d) - matrix, offset)]
    for piece in pieces:
        points.append(piece.matrix @ points[-1] + piece.offset)
    return np.array(points)


def draw() -> None:
    """The data, a free run of the network with the cycles of its two words, and the block that they cross."""
    f, raw = load(CASES / "lorenz-plrnn" / "map.json"), lorenz(4000)
    assert isinstance(f, PLRNN)
    proof = json.loads((CASES / "lorenz-plrnn" / "certificate.json").read_text())
    data = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    orbit, _ = free_run(f, data[0])
    figure = Figure(figsize=(9.5, 3.6))
    panels = figure.subplots(1, 3)
    for axes, points, title in zip(panels, (data, orbit), ("the Lorenz system", "the network, running freely")):
        axes.plot(*points[:2500, [0, 2]].T, ".", markersize=1.2, color="0.45")
        axes.set(title=title, xlabel="x (standardised)", ylabel="z (standardised)")
    short, long = (cycle(f, word[2]) for word in sorted(proof["words"], key=lambda word: len(word[2])))
    panels[2].set(title="its block, with two cycles", xlabel="x (standardised)")
    for axes in panels[1:]:
        for edge in corners(proof["blocks"][0]):
            axes.plot(*edge[:, [0, 2]].T, color="#c0392b", linewidth=1, zorder=3)
        axes.plot(*long[:, [0, 2]].T, ".-", color="#2471a3", markersize=3, linewidth=0.6)
        axes.plot(*short[:, [0, 2]].T, ".", color="black", markersize=4, zorder=4)
    seen = corners(proof["blocks"][0])[:, :, [0, 2]].reshape(-1, 2)
    margin = 0.3 * (seen.max(axis=0) - seen.min(axis=0))
    panels[2].set_xlim(*((seen.min(axis=0) - margin)[0], (seen.max(axis=0) + margin)[0]))
    panels[2].set_ylim(*((seen.min(axis=0) - margin)[1], (seen.max(axis=0) + margin)[1]))
    figure.tight_layout()
    save_figure(figure, DOCS / "trained-plrnn.png")


def main() -> None:
    """Trains, proves, writes and draws."""
    lines = rows()
    with TABLE.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *lines])
    page = DOCS / "trained-plrnn.md"
    text = page.read_text()
    start = text.index("| data |")
    page.write_text(text[:start] + table(lines) + text[text.index("\n\n", start) + 1 :])
    draw()


if __name__ == "__main__":
    main()
