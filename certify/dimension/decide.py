"""The decision in R^d: a contraction, a tree of boxes, a horseshoe, covering chains, or not decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from certify.decision.budget import Budget
from certify.decision.decide import NotDecided
from certify.dimension.chains.proof import CoveringChains
from certify.dimension.chains.search import search_chains
from certify.dimension.contraction import Contraction, contraction
from certify.dimension.horseshoes.proof import BlockHorseshoe
from certify.dimension.horseshoes.search import search_horseshoes
from certify.dimension.order.proof import OrderTree
from certify.dimension.order.search import search_tree
from certify.dimension.system import System
from certify.errors import InputError
from certify.gated import Cell
from certify.mapfile import Spatial
from certify.network import Network
from certify.plrnn import PLRNN

SECONDS = 50.0
"""Of a search, where no other limit is given: with what cannot be interrupted it ends within a minute."""
TREE_SHARE = 0.4
"""Of the time, for a tree of boxes, before chaos is sought."""

SpatialDecision = BlockHorseshoe | CoveringChains | Contraction | OrderTree | NotDecided


def decide_spatial(
    given: Spatial, budget: Budget, progress: Callable[[str], None], seed: int = 0, greatest: bool = False
) -> SpatialDecision:
    """Decides a map of R^d; of the budget only the time counts. Raises `InputError` for a network of another shape.

    The verdict is that of one seed; whether chaos is found may depend on it, what is proved does not. With `greatest` the
    search goes on for as much entropy as it finds. Without a time limit there is one of `SECONDS`.
    """
    if budget.time_limit is None:
        budget = replace(budget, time_limit=SECONDS)
    if given.dimension is None:
        raise InputError("layers", "as many outputs as inputs, to feed back", f"{given}")
    if not isinstance(given, Cell):
        with np.errstate(all="ignore"):  # doubles only propose
            if found := contraction(given):
                return found
    if isinstance(given, PLRNN):
        return search_horseshoes(System(given), budget, progress, seed, greatest)
    share = replace(budget, time_limit=TREE_SHARE * (budget.time_limit or 0))
    settled = search_tree(given, share, progress, seed)  # which gives up at once where orbits do not come to rest
    if isinstance(settled, OrderTree):
        return settled
    if isinstance(given, Network) and not given.smooth:
        chaos: SpatialDecision = search_horseshoes(System(given), budget, progress, seed, greatest)
    else:
        chaos = search_chains(given, budget, progress, seed, greatest)
    return NotDecided(f"{settled.reason}; {chaos.reason}") if isinstance(chaos, NotDecided) else chaos
