"""Deciding: from a piecewise-linear map to the data of a proof. Nothing here is trusted; the checker replays it."""
