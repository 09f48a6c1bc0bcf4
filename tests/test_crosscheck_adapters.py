"""What other tools return, in the shapes that they return it in, as claims."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from certify import InputError, Layer, Network, crosscheck, families
from certify.crosscheck import adapters
from certify.crosscheck.claims import Knots, Orbit, RegionCount
from tests import optional

TENT = families.tent()


class Tensor:
    """What adapters use of a torch tensor: `tolist()`."""

    def __init__(self, content: Any) -> None:
        self.content = content

    def tolist(self) -> Any:
        return self.content


class Vector:
    """What they use of a Julia vector seen from Python: it can be iterated."""

    def __init__(self, *entries: Any) -> None:
        self.entries = entries

    def __iter__(self) -> Any:
        return iter(self.entries)


def statuses(claims: Any, f: Any = TENT) -> list[str]:
    return [finding.status for finding in crosscheck(f, claims)]


def exact(points: Any) -> list[Fraction]:
    return [Fraction(str(x)) for x in points]


# cycles[order - 1][cycle][t] is a vector with one entry for each dimension of the state.
FOUND = [
    [[[0.0]], [[2 / 3]]],
    [[[0.4], [0.8]]],
    [[[2 / 7], [4 / 7], [6 / 7]], [[2 / 9], [4 / 9], [8 / 9]]],
]


@pytest.mark.parametrize(
    "cycles",
    [
        FOUND,
        [[np.array(cycle) for cycle in found] for found in FOUND],
        [[[Tensor(state) for state in cycle] for cycle in found] for found in FOUND],
        Vector(*[Vector(*[Vector(*[Vector(*state) for state in cycle]) for cycle in found]) for found in FOUND]),
        [[[state[0] for state in cycle] for cycle in found] for found in FOUND],
    ],
    ids=["lists", "arrays", "tensors", "Julia", "scalars"],
)
def test_cycles_of_scyfi(cycles: Any) -> None:
    claims = adapters.scyfi(cycles, "1e-12")
    assert [(claim.period, len(claim.cycles)) for claim in claims] == [(1, 2), (2, 1), (3, 2)]
    assert exact(claims[2].cycles[0]) == [Fraction(2 / 7), Fraction(4 / 7), Fraction(6 / 7)]
    assert claims[2].note == "SCYFI, order 3"
    assert statuses(claims) == ["CONFIRMED"] * 3


def test_cycles_that_scyfi_missed() -> None:
    report = crosscheck(TENT, adapters.scyfi([FOUND[0], [], FOUND[2][:1]], "1e-12"))
    assert [finding.status for finding in report] == ["CONFIRMED", "REFUTED", "REFUTED"]
    assert report[1].fact["missing"] == [{"cycle": ["2/5", "4/5"]}]
    assert report[2].fact["missing"] == [{"cycle": ["2/9", "4/9", "8/9"]}]


@pytest.mark.parametrize(
    ("cycles", "line"),
    [
        ([[[[0.1, 0.2]]]], r"cycles\[0\]\[0\]\[0\]: expected a state of one coordinate, got one of 2"),
        ([[], [[[0.1]]]], r"cycles\[1\]\[0\]: expected a cycle of 2 states, got 1"),
        ([[["x"]]], r"cycles\[0\]\[0\]\[0\]: expected a finite number.*"),
        (3, "cycles: expected a list, got 3"),
        ([3], r"cycles\[0\]: expected a list, got 3"),
    ],
)
def test_lists_that_are_not_scyfis(cycles: Any, line: str) -> None:
    with pytest.raises(InputError, match=f"^{line}$"):
        adapters.scyfi(cycles, 0)


RATIOS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
TWICE = TENT.iterate(2)


def test_endpoints_of_syrenn() -> None:
    """Ratios along a line, points, and points with the values of the network there."""
    points, values = RATIOS[:, None], np.array([[0.0], [1.0], [0.0], [1.0], [0.0]])
    for found, line in ((RATIOS, (0, 1)), (RATIOS, ([0.0], [1.0])), (points, None), (list(RATIOS), None)):
        knots, count = adapters.syrenn(found, 0, line)
        assert isinstance(knots, Knots)
        assert exact(knots.points) == [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)]
        assert isinstance(count, RegionCount)
        assert (count.t, count.value) == (1, 4)
        assert statuses([knots, count], TWICE) == ["CONFIRMED"] * 2
    assert statuses(adapters.syrenn((points, values), 0), TWICE) == ["CONFIRMED"] * 7
    values[3] = 0.75
    assert statuses(adapters.syrenn((points, values), "1/5"), TWICE) == ["CONFIRMED"] * 5 + ["REFUTED", "CONFIRMED"]


def test_ratios_are_taken_along_the_line_exactly() -> None:
    third = 1 / 3
    knots, _ = adapters.syrenn([0.0, third, 1.0], 0, ("-1/7", 0.1))
    assert isinstance(knots, Knots)
    assert exact(knots.points) == [Fraction(-1, 7) + Fraction(third) * (Fraction(0.1) + Fraction(1, 7))]


def test_a_tie_that_floats_split() -> None:
    """The same knot twice, one unit in the last place apart, as rounding makes of a tie."""
    split = [0.0, 0.5, math.nextafter(0.5, 1), 1.0]
    report = crosscheck(TENT, adapters.syrenn(split, "1e-9"))
    assert [finding.status for finding in report] == ["REFUTED", "REFUTED"]
    assert report[0].fact["duplicate_count"] == "1"
    assert (report[1].fact["linear"], report[1].fact["off_by"]) == ("2", "1")


def test_endpoints_that_are_no_numbers_are_refuted() -> None:
    assert statuses(adapters.syrenn([0.0, math.nan, 1.0], 0, (0, 1)))[0] == "REFUTED"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (([0.5], 0), "endpoints: expected at least the two ends of the line, got 1"),
        (([[0.0, 0.0], [1.0, 1.0]], 0), r"endpoints\[0\]: expected a state of one coordinate, got one of 2"),
        (([0.0, 1.0], 0, (0, math.inf)), r"line\[1\]: expected a finite number.*"),
    ],
)
def test_endpoints_that_are_not_syrenns(arguments: Any, line: str) -> None:
    with pytest.raises(InputError, match=f"^{line}$"):
        adapters.syrenn(*arguments)


def test_outputs_of_an_onnx_runtime() -> None:
    """The reference evaluator runs the network in float32; the exact network is that of its float32 weights."""
    onnx = optional.require("onnx")
    from onnx import TensorProto, helper, numpy_helper
    from onnx.reference import ReferenceEvaluator

    generator = np.random.default_rng(5)
    w, b, v = (generator.normal(size=s).astype(np.float32) for s in ((1, 16), (16,), (16, 1)))
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["p"]),
        helper.make_node("Add", ["p", "b"], ["s"]),
        helper.make_node("Relu", ["s"], ["h"]),
        helper.make_node("MatMul", ["h", "v"], ["y"]),
    ]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 1]) for name in ("x", "y")]
    stored = [numpy_helper.from_array(a, name) for a, name in ((w, "w"), (b, "b"), (v, "v"))]
    model = helper.make_model(helper.make_graph(nodes, "net", ends[:1], ends[1:], stored))
    onnx.checker.check_model(model)
    x = np.linspace(-1, 1, 50, dtype=np.float32)[:, None]
    (y,) = ReferenceEvaluator(model).run(None, {"x": x})
    net = Network([Layer(w.T, b, "relu"), Layer(v.T, np.zeros(1, dtype=np.float32), "identity")], None)
    assert y.shape == (50, 1)
    assert statuses(adapters.evaluations(x, y, 1e-5), net) == ["CONFIRMED"] * 50
    report = crosscheck(net, adapters.evaluations(x, y, 0))
    assert "REFUTED" in {finding.status for finding in report}, "float32 rounds"
    for finding, a, c in zip(report, x[:, 0], y[:, 0]):
        error = abs(net(float(a)) - Fraction(float(c)))
        assert Fraction(finding.fact["delta"]) == error
        assert finding.status == ("CONFIRMED" if error == 0 else "REFUTED")
    y[7] += np.float32(0.01)
    found = statuses(adapters.evaluations(x, y, 1e-5), net)
    assert [i for i, status in enumerate(found) if status == "REFUTED"] == [7]


def test_evaluations_in_every_container() -> None:
    for x, y in (
        ([0.25, 0.75], [0.5, 0.5]),
        (np.array([[0.25], [0.75]], dtype=np.float16), Tensor([[0.5], [0.5]])),
        (Vector(0.25, 0.75), (0.5, 0.5)),
    ):
        claims = adapters.evaluations(x, y, 0, note="a runtime")
        assert all(isinstance(claim, Orbit) and claim.note == "a runtime" for claim in claims)
        assert statuses(claims) == ["CONFIRMED"] * 2
    assert statuses(adapters.evaluations([0.5, 0.5], [math.nan, 1.0], 0)) == ["REFUTED", "CONFIRMED"]
    with pytest.raises(InputError, match=r"^y: expected 2 values, one for each x, got 1$"):
        adapters.evaluations([0.1, 0.2], [0.1], 0)


def test_arrays_and_tensors_need_no_adapter() -> None:
    points = np.array([2 / 7, 4 / 7, 6 / 7], dtype=np.float32)
    for given in (points, Tensor(points.tolist()), tuple(points)):
        claim = {"claim": "cycle", "period": 3, "points": given, "tolerance": np.float64(1e-7)}
        assert statuses([claim]) == ["CONFIRMED"]
