"""Filters for piecewise-linear maps: most draws are decided in doubles with proven error bounds, many at once."""

from certify.sweep.lines.rnn import decide_rnn

__all__ = ["decide_rnn"]
