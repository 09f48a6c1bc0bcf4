"""certify: is this network chaotic? An answer with a proof.

The public names; everything is exact, and nothing a float says is believed without a proof.
"""

from certify.artifact import Outcome, check, save
from certify.errors import BudgetExceeded, CertifyError, DomainError, InputError, NotInvariantError
from certify.network import Activation, Layer, Network
from certify.piecewise import FixedPoints, PiecewiseLinear
from certify.verdict import Cycles, Periods, Verdict, cycles, periods, prove
from certify.reading import load

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
    "load",
    "periods",
    "prove",
    "save",
]
