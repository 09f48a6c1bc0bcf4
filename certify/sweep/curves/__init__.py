"""A filter for tanh networks: doubles with proved error bounds decide nearly every draw, and abstain on the rest."""

from certify.sweep.curves.decide import decide_layers

__all__ = ["decide_layers"]
