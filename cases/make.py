"""Writes the maps and the certificates of all cases anew. The expected verdicts, in each case.json, are not touched.

The maps are given here by hand, by formula, or by the seed of a family; what their verdict must be is known from elsewhere.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from certify import GRU, LSTM, PLRNN, Layer, Network, PiecewiseLinear, families, load, prove, save
from certify.artifact import write_whole
from certify.certificate import certificate
from certify.dimension.horseshoes.proof import Block, BlockHorseshoe, Word
from certify.layout import json_text
from certify.mapfile import Map, sha256
from certify.numbers import Q, rational
from certify.sweep.draws import block, place
from certify.sweep.families import RNN
from certify.verdict import spatial_cycles

HERE = Path(__file__).parent


def paper_perturbed_tent() -> Network:
    """The saved draw of the paper's recurrent network, in its doubles."""
    return Network(
        [
            Layer([[0.9268734900175533], [1.0159205459103513]], [-0.04035479074957106, -0.6072381264676494], "relu"),
            Layer([[1.9844817095443414, -3.994050227066154]], [0.061194172930627615], "identity"),
        ],
        None,
    )


def paper_hidden_units() -> Network:
    """The same network in the coordinates of its hidden units: h -> relu(w_in (w_out h + b_out) + b_in)."""
    hidden, output = paper_perturbed_tent().layers
    weight = [[u * v for v in output.weight[0]] for (u,) in hidden.weight]
    bias = [u * output.bias[0] + b for (u,), b in zip(hidden.weight, hidden.bias)]
    return Network([Layer(weight, bias, "relu")], None)


def stunted_plane(height: str) -> PLRNN:
    """min(tent, height) in the plane: of s = x + y it makes 2 s - 2 relu(s - height/2) - 2 relu(s - 1 + height/2)."""
    half = Fraction(height) / 2
    return PLRNN([[3, 3], [-1, -1]], [[-1, 1], [-1, -3]], [[1, 1], [1, 1]], [-half, half - 1], [0, 0])


def paper_figure_one(output: str, domain: tuple[int, int] | None) -> Network:
    """1.9999 relu(x + 1e-5) - 4 relu(x - 0.502), in decimals, as the paper's notebook for Fig. 1 writes it."""
    return Network(
        [Layer([[1], [1]], ["1e-5", "-0.502"], "relu"), Layer([["1.9999", "-4"]], [0], output)],
        domain,
    )


def monotone() -> Network:
    """min(.93, max(.1, .52 - 1.5 (x - .5))): non-increasing, and called chaotic by a grid test of f^4 against f."""
    return Network([Layer([["-1.5"]], ["1.27"], "clip:0.1,0.93")], (0, 1))


def steep_but_ordered() -> Network:
    """Slopes up to 6.3, and order."""
    bends = [("0.8", "0"), ("-1.5", "-0.2"), ("5", "-0.4"), ("-9", "-0.5"), ("11", "-0.6"), ("-8.4", "-0.7")]
    return Network(
        [Layer([[1]] * 6, [b for _, b in bends], "relu"), Layer([[a for a, _ in bends]], [0], "relu")], (0, 1)
    )


def five_not_three() -> PiecewiseLinear:
    """1 -> 3 -> 4 -> 2 -> 5 -> 1: period 5 without period 3 (Li, Yorke 1975), on [1, 5]."""
    return PiecewiseLinear([(1, 3), (2, 5), (3, 4), (4, 2), (5, 1)])


def deep_tent() -> Network:
    """The third iterate of the tent as a network of three hidden layers, clipped to [0, 1]."""
    first = Layer([[1], [1]], [0, "-1/2"], "relu")
    middle = Layer([[2, -4], [2, -4]], [0, "-1/2"], "relu")
    return Network([first, middle, middle, Layer([[2, -4]], [0], "clip:0,1")], (0, 1))


def ties() -> Network:
    """The tent, with kinks that cancel, coincide, and are mapped to one another."""
    hidden = Layer([[1], [1], [1], [1], [-1], [1]], [0, "-1/2", "-1/4", "-1/4", "1/2", "-3/4"], "relu")
    return Network([hidden, Layer([[0, -2, 1, -1, -2, 0]], [1], "clip:0,1")], (0, 1))


def stunted_network(height: str) -> Network:
    """min(tent, height) as a network."""
    hidden = Layer([[1], [1]], [0, "-1/2"], "relu")
    return Network([hidden, Layer([[2, -4]], [0], f"clip:0,{height}")], (0, 1))


def markov_network() -> Network:
    """The case "markov-thirds" as a network: its biases, -1/3 and -2/3, are no floats, and next to them the map is no Markov map."""
    hidden = Layer([[1], [1], [1]], [0, "-1/3", "-2/3"], "relu")
    return Network([hidden, Layer([[3, -5, 4]], [0], "clip:0,1")], (0, 1))


def wide_with_ties() -> Network:
    """10,000 units with weights of 8 binary places and kinks of 12: many units share a kink, and some kinks cancel."""
    generator = np.random.default_rng(3)
    a = generator.normal(0.0, math.sqrt(64 / 10_000), 10_000)
    b = generator.random(10_000)
    return families.rnn_from_arrays(np.round(a * 2**8) / 2**8, np.round(b * 2**12) / 2**12)


def swept(cell: RNN, seed: int, draw: int) -> Network:
    """A draw of a sweep."""
    number, row = place(draw)
    return cell.network(block(cell, seed, number), row)


def tanh_hump() -> Network:
    """A hump of two tanh on [0, 1], which no activation keeps there: a cover shows that it does stay."""
    hidden = Layer([[12], [12]], [-4, -8], "tanh")
    return Network([hidden, Layer([["0.49", "-0.49"]], ["0.01"], "identity")], (0, 1))


def gelu_tent() -> Network:
    """A tent with its corners rounded by gelu."""
    hidden = Layer([[10], [10], [10]], [0, -5, -10], "gelu")
    return Network([hidden, Layer([["0.2", "-0.4", "0.2"]], [0], "clip:0,1")], (0, 1))


def sine() -> Network:
    """clip(0.97 sin(3 x + 0.05)) on [0, 1]: period 5 is seen before period 3."""
    return Network([Layer([[3]], ["0.05"], "sin"), Layer([["0.97"]], [0], "clip:0,1")], (0, 1))


def in_decimals(layers: list[tuple[str, str, str]], domain: list[str] | None) -> dict[str, Any]:
    """A map file with its weights and biases as they are written: rows with ";" between them, entries with blanks."""
    content = []
    for weight, bias, activation in layers:
        name, _, parameters = activation.partition(":")
        ends = dict(zip(("lo", "hi"), parameters.split(","))) if parameters else {}
        rows = [row.split() for row in weight.split(";")]
        content.append({"weight": rows, "bias": bias.split(), "activation": name, **ends})
    shape = {"kind": "network", "layers": content}
    return {"format": "certify-map", "version": 1, "domain": domain, "map": shape}


def printed_perturbed_tent() -> dict[str, Any]:
    """The paper's recurrent network as one would print it, with two decimals: every network that prints so."""
    return in_decimals(
        [("0.93?; 1.02?", "-0.04? -0.61?", "relu"), ("1.98? -3.99?", "0.06?", "identity")],
        None,
    )


def printed_monotone() -> dict[str, Any]:
    """The case "monotone" with its numbers known to three decimals."""
    return in_decimals([("-1.500?", "1.270?", "clip:0.1,0.93")], ["0", "1"])


def tents_of_all_kinds() -> dict[str, Any]:
    """A box that holds the chaotic tent, and an ordered one with slope 1/2."""
    return in_decimals([("1; 1", "0 -1/2", "relu"), ("[1/2,2] -4", "0", "clip:0,1")], ["0", "1"])


def lozi(a: str, b: str) -> PLRNN:
    """(x, y) -> (1 - a |x| + y, b x)."""
    return PLRNN([[a, 1], [b, 0]], [[-2 * Fraction(a)], [0]], [[1, 0]], [0], [1, 0])


def border_collision(traces: tuple[str, str], determinants: tuple[str, str]) -> PLRNN:
    """The normal form in R^2 with these traces and determinants left and right of the border."""
    (t, u), (d, e) = (map(Fraction, pair) for pair in (traces, determinants))
    return PLRNN([[t, 1], [-d, 0]], [[u - t], [d - e]], [[1, 0]], [0], [1, 0])


def coupled_lozi() -> PLRNN:
    """Two Lozi maps with a = 1.7, b = 0.3 that share a twentieth of what they send: two expanding directions."""
    own, other, stretch = Fraction(19, 20), Fraction(1, 20), Fraction(17, 10)
    A = [
        [own * stretch, own, other * stretch, other],
        ["0.3", 0, 0, 0],
        [other * stretch, other, own * stretch, own],
        [0, 0, "0.3", 0],
    ]
    W = [[-2 * own * stretch, -2 * other * stretch], [0, 0], [-2 * other * stretch, -2 * own * stretch], [0, 0]]
    return PLRNN(A, W, [[1, 0, 0, 0], [0, 0, 1, 0]], [0, 0], [1, 0, 1, 0])


def relu_rnn(d: int, seed: int, gain: float = 2.5) -> PLRNN:
    """x -> max(0, C x + e) with normal entries of 8 binary places."""
    generator = np.random.default_rng(seed)
    C, e = generator.normal(size=(d, d)) * gain / np.sqrt(d), generator.normal(size=d)
    return PLRNN(np.zeros((d, d)), np.eye(d), _places(C), _places(e), np.zeros(d))


def plrnn(d: int, seed: int) -> PLRNN:
    """x -> A x + W max(0, x) + h, A diagonal and W and h normal, all of 8 binary places."""
    generator = np.random.default_rng(seed)
    A, W = np.diag(generator.uniform(-0.9, 0.9, d)), generator.normal(size=(d, d)) * 2 / np.sqrt(d)
    return PLRNN(_places(A), _places(W), np.eye(d), np.zeros(d), _places(generator.normal(size=d)))


def full_shift_by_hand() -> BlockHorseshoe:
    """Of the Lozi map with a = 4, b = 1/2: the block |x| <= 3/5, |y| <= 3/10 is crossed by both pieces in one step (docs/lozi.md)."""
    hi = (Q(3, 5), Q(3, 10))
    block = Block(((Q(1), Q(0)), (Q(0), Q(1))), tuple(-x for x in hi), hi)
    return BlockHorseshoe(1, (block,), (Word(0, 0, (b"\0",)), Word(0, 0, (b"\1",))), (1,), Q(2))


def _places(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.round(array * 2**8) / 2**8


def lozi_network() -> Network:
    """The Lozi map with a = 1.7, b = 0.5 by layers; y is passed on by a unit that is on wherever y > -10."""
    hidden = Layer([[1, 0], [-1, 0], [0, 1]], [0, 0, 10], "relu")
    return Network([hidden, Layer([["-1.7", "-1.7", 1], ["1/2", "-1/2", 0]], [-9, 0], "identity")], None)


def laurent_von_brecht_lstm() -> LSTM:
    """Two units, no input and no bias: the chaotic cell of Laurent and von Brecht 2017."""
    i, f, g, o = [[-1, -4], [-3, -2]], [[-2, 6], [0, -6]], [[-1, -6], [6, -9]], [[4, 1], [-9, -7]]
    return LSTM((i, [0, 0]), (f, [0, 0]), (g, [0, 0]), (o, [0, 0]))


def laurent_von_brecht_gru() -> GRU:
    """The same for h' = z h + (1 - z) tanh(U (r h)). Their matrices as they are remembered; which of z and 1 - z goes with h is not
    certain, and this is the way of torch and ONNX."""
    r, z, u = [[0, 1], [1, 0]], [[0, 1], [1, 1]], [[-5, -8], [8, 5]]
    return GRU((r, [0, 0]), (z, [0, 0]), (u, [0, 0]), "before")


def one_unit_gru() -> GRU:
    """A map of the line, of which 1/5 shows the chaos: f(1/5) < 1/5 < f^3(1/5) (Li and Yorke 1975)."""
    return GRU(([[-12]], [4]), ([[-6]], [0]), ([[-8]], [1]), "before")


def one_unit_lstm() -> LSTM:
    """A chaotic map of the plane."""
    return LSTM(([[-12]], [5]), ([[9]], [0]), ([[-11]], [0]), ([[6]], [2]))


def tanh_rnn(d: int, seed: int, gain: float = 3.0) -> Network:
    """x -> tanh(W x + b) with normal entries of 6 binary places, those of W of standard deviation gain/sqrt(d)."""
    generator = np.random.default_rng(seed)
    weight, bias = generator.normal(size=(d, d)) * gain / np.sqrt(d), generator.normal(size=d) / 2
    return Network([Layer(np.round(weight * 2**6) / 2**6, np.round(bias * 2**6) / 2**6, "tanh")], None)


def settling_lstm() -> LSTM:
    """Two units with small weights: all orbits that were seen come to rest."""
    gates = [[1, 2], [2, -1]], [[1, -2], [1, 1]], [[1, -1], [2, 1]], [[1, 0], [0, 1]]
    biases = [0, 0], [1, 1], ["1/2", 0], [0, 0]
    return LSTM(*zip(gates, biases))


def resting_lstm() -> LSTM:
    """The same with smaller weights, so that a tree of boxes shows it."""
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    i, f = [[half, -quarter], [quarter, half]], [[half, 0], [0, -half]]
    g, o = [[half, -half], [half, quarter]], [[half, 0], [quarter, half]]
    return LSTM((i, [0, 0]), (f, [0, 0]), (g, [quarter, 0]), (o, [0, 0]))


def remembering_lstm() -> LSTM:
    """One unit with two fixed points that attract, by g = 4 h, and a saddle at 0."""
    return LSTM(([[0]], [2]), ([[0]], [0]), ([[4]], [0]), ([[0]], [2]))


def remembering_gru() -> GRU:
    """Two units, of which the first remembers a sign."""
    r, z, n = [[1, 0], [0, 1]], [[0, 1], [-1, 0]], [[3, 1], ["-1/2", "1/2"]]
    return GRU((r, [1, 1]), (z, [-1, -1]), (n, [0, 0]), "after", [0, 0])


def spiral_rnn() -> Network:
    """Two tanh units: a turn by 45 degrees and a contraction by 0.9, around a fixed point that attracts."""
    return Network([Layer([["163/256", "-163/256"], ["163/256", "163/256"]], ["1/8", 0], "tanh")], None)


def bistable_rnn() -> Network:
    """Two tanh units with two fixed points that attract, and a saddle between them."""
    return Network([Layer([[2, "1/4"], ["1/4", "1/2"]], [0, "1/8"], "tanh")], None)


CASES: dict[str, Callable[[], Map | dict[str, Any]]] = {
    "tent": families.tent,
    "tent-on-the-line": lambda: PiecewiseLinear([(0, 0), ("1/2", 1)], slopes=(2, -2)),
    "flip": lambda: PiecewiseLinear([(0, 1), (1, 0)]),
    "fibonacci": lambda: PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)]),
    "five-not-three": five_not_three,
    "monotone": monotone,
    "steep-but-ordered": steep_but_ordered,
    "stunted-tent-level-3": lambda: families.stunted_tent("0.824"),
    "stunted-tent-chaotic": lambda: families.stunted_tent("0.825"),
    "stunted-tent-undecided": lambda: stunted_network("0.8249"),
    "deep-tent": deep_tent,
    "narrow-plateau": lambda: families.stunted_tent(1 - Fraction(1, 2**40)),
    "markov-thirds": lambda: PiecewiseLinear([(0, 0), ("1/3", 1), ("2/3", "1/3"), (1, 1)]),
    "markov-network": markov_network,
    "ties": ties,
    "expanding-line": lambda: PiecewiseLinear([(0, 0)], slopes=(2, 2)),
    "reflection": lambda: PiecewiseLinear([(0, 0)], slopes=(-1, -1)),
    "translation": lambda: PiecewiseLinear([(0, 1)], slopes=(1, 1)),
    "absolute-value": lambda: PiecewiseLinear([(0, 0)], slopes=(-1, 1)),
    "leaky": lambda: Network(
        [Layer([[3]], [-1], "abs"), Layer([[1]], ["-1"], "leaky_relu:-1/2"), Layer([[1]], [0], "relu6")], None
    ),
    "paper-perturbed-tent": paper_perturbed_tent,
    "paper-hidden-units": paper_hidden_units,
    "paper-figure-1": lambda: paper_figure_one("identity", None),
    "paper-figure-1-clipped": lambda: paper_figure_one("clip:0,1", (0, 1)),
    "paper-glorot": lambda: families.initialised("glorot-glorot", 4, 6),
    "paper-he-deep-level-2": lambda: families.initialised("he-he", 4, 108, hidden_layers=3),
    "paper-he-clipped": lambda: families.initialised("he-he", 4, 203, hidden_layers=2, clipped=True),
    "rnn-16-odd-5": lambda: families.rnn(16, 64, 41),
    "rnn-64-period-3": lambda: families.rnn(64, 256, 8),
    "rnn-64-chaotic-level-1": lambda: families.rnn(64, 64, 107),
    "rnn-16-chaotic-level-2": lambda: families.rnn(16, 64, 438),
    "rnn-64-ordered": lambda: families.rnn(64, 2, 1),
    "rnn-64-he-period-3": lambda: swept(RNN(64, rational(2)), 1, 98717412),
    "rnn-64-ordered-level-2": lambda: families.rnn(64, 64, 4),
    "rnn-1000-chaotic": lambda: families.rnn(1000, 256, 4),
    "rnn-1000-ordered": lambda: families.rnn(1000, 64, 11),
    "rnn-10000-ties": wide_with_ties,
    "sawtooth-8": lambda: families.sawtooth(8),
    "sawtooth-20": lambda: families.sawtooth(20),
    "tanh-hump": tanh_hump,
    "tanh-he-64-ordered": lambda: families.initialised("he-he", 64, 8, activation="tanh"),
    "tanh-he-4-ordered-level-1": lambda: families.initialised("he-he", 4, 14, activation="tanh"),
    "gelu-tent": gelu_tent,
    "sine-odd-5": sine,
    "printed-perturbed-tent": printed_perturbed_tent,
    "printed-monotone": printed_monotone,
    "tents-of-all-kinds": tents_of_all_kinds,
    "never-home": lambda: PiecewiseLinear([(0, 1)], slopes=(0, 2)),
    "two-steps-to-a-point": lambda: PiecewiseLinear([(0, 0)], slopes=(-1, 0)),
    "lozi": lambda: lozi("1.7", "0.5"),
    "lozi-full-shift": lambda: lozi("4", "1/2"),
    "lozi-zero-entropy": lambda: lozi("1", "1/2"),
    "lozi-contracts": lambda: lozi("2/5", "1/5"),
    "lozi-network": lozi_network,
    "lozi-coupled": coupled_lozi,
    "lozi-all-escape": lambda: lozi("-1", "1/2"),
    "border-collision": lambda: border_collision(("1.4", "-1.7"), ("0.2", "0.3")),
    "border-collision-contracts": lambda: border_collision(("0.3", "-0.4"), ("0.1", "0.2")),
    "relu-rnn-3": lambda: relu_rnn(3, 77),
    "relu-rnn-5": lambda: relu_rnn(5, 98),
    "relu-rnn-8": lambda: relu_rnn(8, 39),
    "relu-rnn-10": lambda: relu_rnn(10, 18),
    "relu-rnn-5-ordered": lambda: relu_rnn(5, 1, gain=0.5),
    "plrnn-3": lambda: plrnn(3, 35),
    "plrnn-5": lambda: plrnn(5, 17),
    "plrnn-8": lambda: plrnn(8, 39),
    "plrnn-10": lambda: plrnn(10, 17),
    "two-memories": lambda: Network([Layer([[2, 0], [0, 2]], [0, 0], "hardtanh")], None),
    "stunted-plane-level-3": lambda: stunted_plane("0.824"),
    "stunted-plane-chaotic": lambda: stunted_plane("0.825"),
    "laurent-von-brecht-lstm": laurent_von_brecht_lstm,
    "laurent-von-brecht-gru": laurent_von_brecht_gru,
    "one-unit-gru": one_unit_gru,
    "one-unit-lstm": one_unit_lstm,
    "tanh-rnn-3": lambda: tanh_rnn(3, 251),
    "tanh-rnn-6": lambda: tanh_rnn(6, 1),
    "tanh-rnn-settles": lambda: tanh_rnn(2, 1),
    "tanh-rnn-4-contracts": lambda: tanh_rnn(4, 1, gain=0.5),
    "lstm-settles": settling_lstm,
    "lstm-comes-to-rest": resting_lstm,
    "lstm-remembers": remembering_lstm,
    "gru-remembers": remembering_gru,
    "tanh-rnn-remembers": bistable_rnn,
    "tanh-rnn-spirals": spiral_rnn,
    "tent-below-zero": lambda: PiecewiseLinear([(-1, -1), ("-1/2", 0), (0, -1)]),
}


def main() -> None:
    """Writes map.json and certificate.json of every case here; keeps what is there for the cases that have no formula."""
    for name, build in CASES.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        built = build()
        if isinstance(built, dict):  # as it is written, not in canonical form
            write_whole(folder / "map.json", json_text({"name": name, **built}))
        else:
            save(built, folder / "map.json", name)
        given = load(folder / "map.json")
        expected = folder / "case.json"
        options = json.loads(expected.read_text()).get("options", {}) if expected.exists() else {}
        verdict = prove(given, **options)
        if verdict.certificate:
            save(verdict.certificate, folder / "certificate.json")
        if expected.exists() and (cycles := json.loads(expected.read_text()).get("cycles")):
            proof = spatial_cycles(given, cycles["period"], complete=True).certificate
            save(proof, folder / "cycles.json")
        print(f"{verdict.verdict:10} {name}: {verdict.reason[:110]}")
    shift = HERE / "lozi-full-shift"
    save(certificate(full_shift_by_hand(), None, sha256(load(shift / "map.json")), None), shift / "by-hand.json")


if __name__ == "__main__":
    main()
