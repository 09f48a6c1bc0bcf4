"""What a file leaves open and the user must say: the hidden activation, the output activation and the domain.

None of these has a default. A choice that the file leaves open and nobody makes is an error, and so is a choice that
would have no effect because the file already says it: the answer of a proof must not depend on an option that was
silently dropped. The constant input of a recurrent cell is the one choice with a default, zero: the cell runs by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

from certify.errors import InputError
from certify.network import PARAMETERS, Activation
from certify.numbers import Q, rational, shown


class Unset(Enum):
    """The type of `UNSET`: a domain that was not given, as opposed to None, which is the line."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return self.value


UNSET: Final = Unset.UNSET

Domain: TypeAlias = str | Sequence[Any] | Unset | None
Input: TypeAlias = str | Sequence[Any] | None

NOT_RECURRENT = "it is no recurrent cell, which alone has an input beside its state"
"""Why a constant input has no place with anything else."""

_ACTIVATIONS = ", ".join(
    name + (":" + ",".join(f"<{p}>" for p in names) if names else "") for name, names in PARAMETERS.items()
)


@dataclass(frozen=True)
class Choices:
    """The choices as they were given, not yet looked at: what may stand here depends on the file."""

    activation: str | Activation | None = None
    output: str | Activation | None = None
    domain: Domain = UNSET
    input: Input = None

    def hidden(self) -> Activation:
        """The activation after every layer but the last. Raises `InputError` when it was not given or is nonsense."""
        return _activation("--activation", "the activation of the hidden layers", self.activation)

    def last(self) -> Activation:
        """The activation after the last layer. Raises `InputError` when it was not given or is nonsense."""
        return _activation("--output", "the activation of the last layer", self.output)

    def ends(self) -> tuple[Q, Q] | None:
        """The ends of the domain, None for the line. Raises `InputError` when no domain was given or it is nonsense."""
        expected = "the domain: 'lo,hi' with lo < hi, such as 0,1 or -1/2,1/2, or 'line'"
        given = self.domain
        if isinstance(given, Unset):
            raise InputError("--domain", expected, "nothing")
        if given is None or given == "line":
            return None
        parts = given.split(",") if isinstance(given, str) else given
        try:
            lo, hi = (rational(part.strip() if isinstance(part, str) else part) for part in parts)
        except (ValueError, TypeError):
            raise InputError("--domain", expected, repr(given)[:80]) from None
        if not lo < hi:
            raise InputError("--domain", expected, f"{shown(lo)},{shown(hi)}")
        return lo, hi

    def inputs(self, count: int) -> list[Q]:
        """The constant input of a recurrent cell, zero unless it was given. Raises `InputError`."""
        given = self.input
        if given is None:
            return [Q(0)] * count
        parts = given.split(",") if isinstance(given, str) else given
        try:
            values = [rational(part.strip() if isinstance(part, str) else part) for part in parts]
        except (ValueError, TypeError):
            raise InputError("--input", "exact numbers separated by commas, such as 0,1/2", repr(given)[:80]) from None
        if len(values) != count:
            raise InputError(
                "--input", f"{count} number{'s' * (count > 1)}, one for each input of the cell", f"{len(values)}"
            )
        return values

    def refuse_activation(self, reason: str) -> None:
        """Raises `InputError` when a hidden activation was given although, for the stated reason, it has no place."""
        if self.activation is not None:
            raise InputError("--activation", f"nothing, because {reason}", str(self.activation)[:80])

    def refuse_output(self, reason: str) -> None:
        """Raises `InputError` when an output activation was given although, for the stated reason, it has no place."""
        if self.output is not None:
            raise InputError("--output", f"nothing, because {reason}", str(self.output)[:80])

    def refuse_domain(self, reason: str) -> None:
        """Raises `InputError` when a domain was given although, for the stated reason, it has no place."""
        if self.domain is not UNSET:
            raise InputError("--domain", f"nothing, because {reason}", str(self.domain)[:80])

    def refuse_interval(self, reason: str) -> None:
        """Raises `InputError` when a domain was given, unless it is "line", although, for the stated reason, there is no choice."""
        if self.domain is not UNSET and self.ends() is not None:
            raise InputError("--domain", f"nothing, or 'line', because {reason}", str(self.domain)[:80])

    def refuse_input(self, reason: str) -> None:
        """Raises `InputError` when a constant input was given although, for the stated reason, it has no place."""
        if self.input is not None:
            raise InputError("--input", f"nothing, because {reason}", str(self.input)[:80])


def _activation(option: str, meaning: str, given: str | Activation | None) -> Activation:
    if isinstance(given, Activation):
        return given
    if isinstance(given, str):
        try:
            return Activation.parse(given.strip())
        except ValueError:
            pass
    got = "nothing" if given is None else repr(given)[:80]
    raise InputError(option, f"{meaning}, one of {_ACTIVATIONS}", got)
