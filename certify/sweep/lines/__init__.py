"""Filters for piecewise-linear maps: most draws are decided in doubles with proven error bounds, many at once."""

from certify.sweep.lines.layers import decide_layers
from certify.sweep.lines.rnn import decide_blocks, decide_rnn

__all__ = ["decide_blocks", "decide_layers", "decide_rnn"]
