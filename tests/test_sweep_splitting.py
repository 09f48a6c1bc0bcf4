"""Multilevel splitting against closed forms, and against certified sweeps where the events are not rare."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from statistics import NormalDist, fmean, stdev

import numpy as np
import pytest

import certify
from certify.families import Floats
from certify.numbers import Q
from certify.sweep.engine import Chunk, decide_chunk
from certify.sweep.families import BLOCK, RNN
from certify.sweep.rare import EVENTS, Estimate, estimate
from certify.sweep.splitting import split
from certify.sweep.statistics import bounds


def mean_normal(z: Floats, u: Floats) -> Floats:
    """Normal again."""
    return z.sum(axis=1) / math.sqrt(z.shape[1])


def least_uniform(z: Floats, u: Floats) -> Floats:
    """P(least of q >= t) = (1 - t)^q."""
    return u.min(axis=1)


def product_of_both(z: Floats, u: Floats) -> Floats:
    """An event of either sort: a normal above 2 and three uniforms above 0.9, as the worst of two scores with the same target 0."""
    return np.minimum(z[:, 0] - 2, 10 * (u.min(axis=1) - 0.9))


def with_atoms(z: Floats, u: Floats) -> Floats:
    """Most draws share one score, and more share the next."""
    x = z[:, 0]
    return np.where(x < 1, -np.inf, np.where(x < 2, 0.0, x))


NORMAL = NormalDist()
TOYS = {
    "normal tail": (mean_normal, 10, 0, 5.0, NORMAL.cdf(-5)),
    "uniform corner": (least_uniform, 0, 6, 0.9, 0.1**6),
    "both": (product_of_both, 1, 3, 0.0, NORMAL.cdf(-2) * 0.1**3),
    "atoms": (with_atoms, 1, 0, 4.0, NORMAL.cdf(-4)),
    "certain": (mean_normal, 2, 0, -50.0, 1.0),
}


@pytest.mark.parametrize("name", TOYS)
def test_probabilities_in_closed_form(name: str) -> None:
    """The mean of 20 runs within four standard errors, which are themselves small."""
    score, normals, uniforms, target, exact = TOYS[name]
    found = [
        split(score, normals, uniforms, target, np.random.default_rng(seed), 500, 10).probability for seed in range(20)
    ]
    error = stdev(found) / math.sqrt(20)
    assert error < 0.15 * exact
    assert abs(fmean(found) - exact) <= 4 * error


def test_the_last_particles_follow_the_law_given_the_event() -> None:
    """E(S | S >= 3) = phi(3)/Phi(-3); the uniforms, which have no part in the score, stay uniform."""
    means, idle = [], []
    for seed in range(20):
        last = split(mean_normal, 10, 4, 3.0, np.random.default_rng(seed), 500, 10).population
        assert (last.scores >= 3).all()
        assert (last.scores == mean_normal(last.normals, last.uniforms)).all()
        assert ((last.uniforms >= 0) & (last.uniforms < 1)).all()
        means.append(last.scores.mean())
        idle.append(last.uniforms.mean())
    exact = NORMAL.pdf(3) / NORMAL.cdf(-3)
    assert abs(fmean(means) - exact) < 4 * stdev(means) / math.sqrt(20) < 0.1
    assert abs(fmean(idle) - 0.5) < 4 * stdev(idle) / math.sqrt(20) < 0.1


def test_an_event_that_cannot_be_ends_the_search() -> None:
    for score in (least_uniform, lambda z, u: np.zeros(len(u))):
        found = split(score, 0, 2, 2.0, np.random.default_rng(0), 50, 2)
        assert found.probability == 0
        assert len(found.population.scores) == 0


DRAWS = 20 * BLOCK


def certified() -> dict[str, tuple[str, str]]:
    """Clopper-Pearson bounds of a sweep for each event; a 2-cycle is what an ORDERED map has at a level above 0, and a CHAOTIC one."""
    counts = decide_chunk(Chunk(RNN(16, Q(16)), 5, 0, 0, DRAWS)).tally.statistics()
    cycles = DRAWS - counts["ordered_by_level"]["0"]
    return {
        "2-cycle": bounds(cycles - counts["undecided"], cycles, DRAWS),
        "chaotic": (counts["chaotic_lower"], counts["chaotic_upper"]),
        "period 3": (counts["period3_lower"], counts["period3_upper"]),
    }


def test_estimates_agree_with_a_certified_sweep() -> None:
    direct = certified()
    for event in EVENTS:
        found = estimate(16, Q(16), event, seed=3, particles=400, runs=5, moves=8)
        low, high = found.interval
        assert high < 3 * low, "the estimate says something"
        assert low <= float(direct[event][1]), event
        assert float(direct[event][0]) <= high, event
        assert found.met > 0.7 * found.decided, "the search ends where the event is"


@pytest.fixture(scope="module")
def rare() -> Estimate:
    """Period 3 at width 16, variance 4: some 3 in 10^5."""
    return estimate(16, Q(4), "period 3", seed=1, particles=400, runs=3, moves=10)


def test_the_networks_found_are_proved_to_have_the_event(rare: Estimate) -> None:
    """Their orbits of period 3 are followed in Fractions, by the sum that defines the network."""
    assert 1e-6 < rare.probability < 1e-3
    assert len(rare.examples) == 3
    for network in rare.examples:
        hidden, output = network.layers
        kinks = [-Fraction(str(b)) for b in hidden.bias]
        slopes = [Fraction(str(a)) for a in output.weight[0]]
        orbit = certify.prove(network).period_three
        assert orbit is not None
        assert len(set(orbit)) == 3
        for x, y in zip(orbit, (*orbit[1:], orbit[0])):
            total = sum(a * max(x - b, Fraction(0)) for a, b in zip(slopes, kinks))
            assert min(max(total, Fraction(0)), Fraction(1)) == y


def test_an_estimate_says_that_it_is_one(rare: Estimate) -> None:
    document = json.loads(json.dumps(rare.document()))
    assert document["kind"] == "estimate, not certified"
    assert "ESTIMATE" in (estimate.__doc__ or "")
    low, high = document["interval"]
    assert low < document["probability"] < high
    assert document["probability"] == pytest.approx(fmean(rare.runs))
    assert document["networks_decided"] + document["networks_not_decided"] == 400 * 3


def test_an_estimate_is_a_function_of_its_arguments(rare: Estimate) -> None:
    again = estimate(16, Q(4), "period 3", seed=1, particles=400, runs=2, moves=10)
    assert again.runs == rare.runs[:2]
    other = estimate(16, Q(4), "period 3", seed=2, particles=400, runs=2, moves=10)
    assert other.runs != again.runs


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="expected an event of 2-cycle, chaotic, period 3"):
        estimate(16, Q(4), "period 5")
    with pytest.raises(ValueError, match="at least 2 runs"):
        estimate(16, Q(4), "chaotic", runs=1)
    with pytest.raises(certify.errors.InputError, match="--variance"):
        estimate(16, Q(0))
