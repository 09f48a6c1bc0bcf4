"""What a sweep keeps of one draw: one small row of a structured array."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

UNDECIDED, ORDERED, CHAOTIC = 0, 1, 2
"""The verdicts."""
VERDICTS = ("UNDECIDED", "ORDERED", "CHAOTIC")

NOT_KNOWN, NO, YES = 0, 1, 2
"""Has f a point of least period 3?"""
ANSWERS = ("not known", "no", "yes")

RECORD = np.dtype([("verdict", "u1"), ("level", "u1"), ("n", "u1"), ("period3", "u1"), ("x", "f8")])
"""verdict and period3: as above. With g = f^(2^level):

CHAOTIC: g^n(x) <= x < g(x) or the mirror image, n odd, is proved; x is the double that is exactly the point, or NaN where the
point is no double (then its text is kept beside). A draw with period3 = YES has level 0, n = 3.
ORDERED: level is the least at which g has no 2-cycle, n = 0, x NaN, period3 = NO.
UNDECIDED: level = n = 0, x NaN. A filter says so where it abstains.
"""

Records = npt.NDArray[Any]
"""An array of `RECORD`, one for each draw."""


def undecided(count: int) -> Records:
    """So many records that say nothing."""
    records = np.zeros(count, RECORD)
    records["x"] = np.nan
    return records
