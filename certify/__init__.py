"""certify: is this network chaotic? An answer with a proof.

The public names; everything is exact, and nothing a float says is believed without a proof.
"""

from certify.artifact import check, save
from certify.checker import Outcome
from certify.decision.cycles import Cycles, Periods
from certify.errors import BudgetExceeded, CertifyError, DomainError, InputError, NotInvariantError
from certify.network import Activation, Layer, Network
from certify.piecewise import FixedPoints, PiecewiseLinear
from certify.reading import load
from certify.verdict import Verdict, cycles, entropy, periods, prove, regions

__version__ = "0.1.0"

__all__ = [
    "Activation",
    "BudgetExceeded",
    "CertifyError",
    "Cycles",
    "DomainError",
    "FixedPoints",
    "InputError",
    "Layer",
    "Network",
    "NotInvariantError",
    "Outcome",
    "Periods",
    "PiecewiseLinear",
    "Verdict",
    "check",
    "cycles",
    "entropy",
    "load",
    "periods",
    "prove",
    "regions",
    "save",
]
