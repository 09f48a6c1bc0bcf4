"""One exception for each kind of mistake, each a subclass of the builtin that a caller would expect."""

from __future__ import annotations

from fractions import Fraction


class CertifyError(Exception):
    """The base of every error that this package raises on purpose."""


class InputError(CertifyError, ValueError):
    """Something that a user gave cannot be read. Its text is one line: where, what was expected, what came."""

    def __init__(self, where: str, expected: str, got: str, source: str | None = None) -> None:
        self.where, self.expected, self.got, self.source = where, expected, got, source
        super().__init__(where, expected, got, source)

    def __str__(self) -> str:
        place = f"{self.source}: {self.where}" if self.source else self.where
        return f"{place}: expected {self.expected}, got {self.got}"

    def at(self, source: str) -> InputError:
        """The same error with the name of the file that it was found in."""
        self.source = source
        return self


class NotInvariantError(InputError):
    """The map does not send its domain into itself; `point` is mapped to `value`, outside the domain."""

    def __init__(self, domain: str, point: Fraction, value: Fraction, shown: tuple[str, str]) -> None:
        super().__init__("domain", f"a map of {domain} into itself", f"f({shown[0]}) = {shown[1]}")
        self.point, self.value = point, value


class DomainError(CertifyError, ValueError):
    """A point or an interval lies outside a map's domain, or two maps do not fit together."""


class BudgetExceeded(CertifyError):
    """The work would go beyond a budget that the caller stated (pieces, cells, time)."""


class NoExport(CertifyError):
    """This certificate has no form in that language, or one that would be too long."""
