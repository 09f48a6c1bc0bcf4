"""What other tools say of a map, checked: each claim is CONFIRMED, REFUTED with an exact counter-fact, or UNDECIDED.

The claims are those of docs/claims-format.md; `claims` reads them, `files` reads files of them. Each type has one function that
examines it: `cycles` (by `near`, the true cycles near given points), `orbit`, `counts`, `knots`, `verdicts`, `bounds`; `subject` is
the map, with what several of them ask for.
"""

from certify.crosscheck.check import crosscheck
from certify.crosscheck.claims import Claim, claim
from certify.crosscheck.files import read_claims
from certify.crosscheck.finding import Finding, Report

__all__ = ["Claim", "Finding", "Report", "claim", "crosscheck", "read_claims"]
