"""Pictures of maps and of families of maps, by matplotlib, which is loaded when the first one is drawn (the extra `plot`)."""

from certify.plot.canvas import save
from certify.plot.family import Value, diagram, examine, scaled
from certify.plot.graph import graph
from certify.plot.plane import plane

__all__ = ["Value", "diagram", "examine", "graph", "plane", "save", "scaled"]
