"""certify: is this network chaotic? An answer with a proof.

The public names; everything is exact, and nothing a float says is believed without a proof.
"""

from certify.artifact import check, save
from certify.box import Box
from certify.checker import Outcome
from certify.crosscheck import Claim, Finding, Report, crosscheck, read_claims
from certify.decision.cycles import Cycles, Periods
from certify.enclosure.orbit import Orbit, enclose_orbit
from certify.errors import BudgetExceeded, CertifyError, DomainError, InputError, NotInvariantError
from certify.network import Activation, Layer, Network
from certify.piecewise import FixedPoints, PiecewiseLinear
from certify.plrnn import PLRNN
from certify.reading import load
from certify.robustness import Radius, radius
from certify.verdict import Verdict, cycles, entropy, periods, prove, regions

__version__ = "0.1.0"

__all__ = [
    "PLRNN",
    "Activation",
    "Box",
    "BudgetExceeded",
    "CertifyError",
    "Claim",
    "Cycles",
    "DomainError",
    "Finding",
    "FixedPoints",
    "InputError",
    "Layer",
    "Network",
    "NotInvariantError",
    "Orbit",
    "Outcome",
    "Periods",
    "PiecewiseLinear",
    "Radius",
    "Report",
    "Verdict",
    "check",
    "crosscheck",
    "cycles",
    "enclose_orbit",
    "entropy",
    "load",
    "periods",
    "prove",
    "radius",
    "read_claims",
    "regions",
    "save",
]
