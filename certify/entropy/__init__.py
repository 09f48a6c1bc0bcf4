"""Topological entropy: exact or enclosed from both sides, with evidence that can be replayed; and what a cycle implies."""

from certify.entropy.algebra import Algebraic
from certify.entropy.enclosure import entropy
from certify.entropy.evidence import ConstantSlope, Covering, Transfer
from certify.entropy.result import Entropy

__all__ = ["Algebraic", "ConstantSlope", "Covering", "Entropy", "Transfer", "entropy"]
