"""What is found out about a claim, and all of it together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from certify.certificate import Certificate
from certify.crosscheck.claims import Claim

Status = Literal["CONFIRMED", "REFUTED", "UNDECIDED"]
Fact = dict[str, Any]
"""Numbers in it are text in lowest terms."""

FORMAT, VERSION = "certify-findings", 1


@dataclass(frozen=True)
class Answer:
    """What is true, and why; `certificates` are those that the independent checker has accepted."""

    status: Status
    reason: str
    fact: Fact = field(default_factory=dict)
    certificates: tuple[Certificate, ...] = ()


@dataclass(frozen=True, repr=False)
class Finding:
    """One claim with its answer: CONFIRMED, REFUTED or UNDECIDED, the reason in words, and the exact facts."""

    claim: Claim
    status: Status
    reason: str
    fact: Fact
    certificates: tuple[Certificate, ...]

    def document(self) -> dict[str, Any]:
        """The finding as docs/claims-format.md has it."""
        note = {} if self.claim.note is None else {"note": self.claim.note}
        answer = {"status": self.status, "reason": self.reason, "fact": self.fact}
        return {"claim": self.claim.type, **note, **answer, "certificates": list(self.certificates)}

    def __repr__(self) -> str:
        return f"<Finding {self.claim.type} {self.status}: {self.reason}>"


@dataclass(frozen=True)
class Report:
    """The findings, in the order of the claims, about the map with this digest."""

    map_sha256: str
    findings: tuple[Finding, ...]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, index: int) -> Finding:
        return self.findings[index]

    def having(self, status: Status) -> tuple[Finding, ...]:
        """Those with this status."""
        return tuple(finding for finding in self.findings if finding.status == status)

    def document(self) -> dict[str, Any]:
        """The report as docs/claims-format.md has it."""
        found = [finding.document() for finding in self.findings]
        return {"format": FORMAT, "version": VERSION, "map_sha256": self.map_sha256, "findings": found}
