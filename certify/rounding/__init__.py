"""Float execution as what it is: the map that float16, bfloat16, float32 or float64 arithmetic computes is not f.

`formats` rounds, `arithmetic` adds products in a stated order, `program` executes a map in it; `orbit` has the exact error of
every step of a float orbit, `states` the fate of every state of a 16-bit format.
"""

from certify.rounding.arithmetic import ORDERS, Arithmetic
from certify.rounding.formats import FORMATS, Format
from certify.rounding.orbit import FloatOrbit, StepError, float_orbit
from certify.rounding.program import Program, program_of, rounded_map
from certify.rounding.states import FloatCycle, FloatStates, float_states

__all__ = [
    "FORMATS",
    "ORDERS",
    "Arithmetic",
    "FloatCycle",
    "FloatOrbit",
    "FloatStates",
    "Format",
    "Program",
    "StepError",
    "float_orbit",
    "float_states",
    "program_of",
    "rounded_map",
]
