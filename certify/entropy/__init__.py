"""Topological entropy: exact or enclosed from both sides, with evidence to be replayed; and what a cycle implies."""

from certify.entropy.algebra import Algebraic
from certify.entropy.cycle_growth import CycleGrowth, cycle_growth, increasing_bound, period_bound
from certify.entropy.enclosure import entropy
from certify.entropy.evidence import ConstantSlope, Covering, Transfer
from certify.entropy.result import Entropy

__all__ = [
    "Algebraic",
    "ConstantSlope",
    "Covering",
    "CycleGrowth",
    "Entropy",
    "Transfer",
    "cycle_growth",
    "entropy",
    "increasing_bound",
    "period_bound",
]
