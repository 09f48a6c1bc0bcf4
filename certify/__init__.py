"""certify: is this network chaotic? An answer with a proof.

The public names; everything is exact, and nothing a float says is believed without a proof.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "GRU",
    "LSTM",
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
    "SpatialCycles",
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
    "spatial_cycles",
]

if TYPE_CHECKING:
    from certify.artifact import check, save
    from certify.box import Box
    from certify.checker import Outcome
    from certify.crosscheck.check import crosscheck
    from certify.crosscheck.claims import Claim
    from certify.crosscheck.files import read_claims
    from certify.crosscheck.finding import Finding, Report
    from certify.decision.cycles import Cycles, Periods
    from certify.enclosure.orbit import Orbit, enclose_orbit
    from certify.errors import BudgetExceeded, CertifyError, DomainError, InputError, NotInvariantError
    from certify.gated import GRU, LSTM
    from certify.network import Activation, Layer, Network
    from certify.piecewise import FixedPoints, PiecewiseLinear
    from certify.plrnn import PLRNN
    from certify.reading import load
    from certify.robustness import Radius, radius
    from certify.verdict import SpatialCycles, Verdict, cycles, entropy, periods, prove, regions, spatial_cycles
else:
    # A name is imported when it is first asked for (PEP 562): the command line and the checker start without the rest.
    _HOMES = {
        "artifact": ("check", "save"),
        "box": ("Box",),
        "checker": ("Outcome",),
        "crosscheck.check": ("crosscheck",),
        "crosscheck.claims": ("Claim",),
        "crosscheck.files": ("read_claims",),
        "crosscheck.finding": ("Finding", "Report"),
        "decision.cycles": ("Cycles", "Periods"),
        "enclosure.orbit": ("Orbit", "enclose_orbit"),
        "errors": ("BudgetExceeded", "CertifyError", "DomainError", "InputError", "NotInvariantError"),
        "gated": ("GRU", "LSTM"),
        "network": ("Activation", "Layer", "Network"),
        "piecewise": ("FixedPoints", "PiecewiseLinear"),
        "plrnn": ("PLRNN",),
        "reading": ("load",),
        "robustness": ("Radius", "radius"),
        "verdict": (
            "SpatialCycles",
            "Verdict",
            "cycles",
            "entropy",
            "periods",
            "prove",
            "regions",
            "spatial_cycles",
        ),
    }
    _HOME = {name: home for home, names in _HOMES.items() for name in names}

    # Two functions are called like subpackages, which the first import binds here, and only the first: so that comes now.
    for _name in ("crosscheck", "entropy"):
        import_module(f"certify.{_name}")
        del globals()[_name]

    def __getattr__(name: str) -> Any:
        if name not in _HOME:
            raise AttributeError(f"module 'certify' has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"certify.{_HOME[name]}"), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
