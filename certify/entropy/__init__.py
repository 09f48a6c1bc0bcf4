"""Topological entropy: exact or enclosed from both sides, with evidence that can be replayed; and what a cycle implies."""

from certify.entropy.algebra import Algebraic
from certify.entropy.enclosure import Entropy, entropy
from certify.entropy.evidence import Covering, Transfer

__all__ = ["Algebraic", "Covering", "Entropy", "Transfer", "entropy"]
