"""What all commands share: the MAP argument with its options, budgets, exit codes, and errors in one line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from certify.errors import BudgetExceeded, CertifyError, InputError

if TYPE_CHECKING:
    from fractions import Fraction

    from certify.certificate import Certificate
    from certify.mapfile import Map, MapFile
    from certify.numbers import Q

INVALID, BAD_INPUT, UNDECIDED, UNSUPPORTED, INTERRUPTED = 1, 2, 3, 4, 130

FILE = click.Path(path_type=Path)


@dataclass(frozen=True)
class Source:
    """The MAP that a command was given, with the choices that a file of bare weights leaves open."""

    path: Path
    activation: str | None
    output: str | None
    domain: str | None
    input: str | None

    def read(self) -> MapFile:
        """The map. Raises `InputError`."""
        from certify.reading import UNSET, read

        domain = UNSET if self.domain is None else self.domain
        return read(self.path, activation=self.activation, output=self.output, domain=domain, input=self.input)

    @property
    def says_all(self) -> bool:
        """Whether it is a JSON map file, taken as it stands."""
        chosen = self.activation, self.output, self.domain, self.input
        return self.path.suffix.lower() == ".json" and not any(choice is not None for choice in chosen)

    @contextmanager
    def named(self) -> Iterator[None]:
        """Adds the file's name to an input error that arises after reading."""
        try:
            yield
        except InputError as error:
            raise (error if error.source else error.at(str(self.path))) from None


def choices(command: Callable[..., None]) -> Callable[..., None]:
    """The options that a file of bare weights leaves open."""
    for option in (
        click.option("--input", "constant", metavar="X,…", help="Constant input of a recurrent cell; zero without it."),
        click.option("--domain", metavar="LO,HI|line", help="The interval to study, or the whole line."),
        click.option(
            "--output", metavar="NAME[:P,…]", help="Activation of the last layer: identity, relu, clip:0,1, …"
        ),
        click.option(
            "--activation",
            metavar="NAME[:P,…]",
            help="Activation of the hidden layers: relu, tanh, leaky_relu:1/100, …",
        ),
    ):
        command = option(command)
    return command


def map_source(command: Callable[..., None]) -> Callable[..., None]:
    """The MAP argument and its options, as one `source: Source`."""

    @wraps(command)
    def run(
        *args: Any,
        map_path: Path,
        activation: str | None,
        output: str | None,
        domain: str | None,
        constant: str | None,
        **options: Any,
    ) -> None:
        command(*args, source=Source(map_path, activation, output, domain, constant), **options)

    return choices(click.argument("map_path", metavar="MAP", type=FILE)(run))


time_limit = click.option(
    "--time-limit", metavar="S", type=click.FloatRange(min=0), help="Seconds that the work may take."
)

max_level = click.option(
    "--max-level",
    metavar="J",
    type=click.IntRange(0, 16),
    default=8,
    show_default=True,
    help="Last level j of g = f^(2^j) to try.",
)

max_pieces = click.option(
    "--max-pieces",
    metavar="N",
    type=click.IntRange(min=1),
    default=100_000,
    show_default=True,
    help="Pieces of an iterate, or cells of a mesh.",
)


def budgets(command: Callable[..., None]) -> Callable[..., None]:
    """--max-pieces and --time-limit."""
    return max_pieces(time_limit(command))


def careful(command: Callable[..., None]) -> Callable[..., None]:
    """Every error that a user can cause becomes one line and an exit code."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except BudgetExceeded as error:
            click.echo(f"not decided: {error}", err=True)
            sys.exit(UNDECIDED)
        except (CertifyError, ValueError) as error:
            click.echo(f"certify: {error}", err=True)
            sys.exit(BAD_INPUT)
        except KeyboardInterrupt:
            click.echo("certify: interrupted; nothing was written", err=True)
            sys.exit(INTERRUPTED)

    return run


def numbers_of(option: str, given: str) -> list[Q]:
    """The exact numbers in an option's value, separated by commas. Raises `InputError` that names the option."""
    from certify.numbers import rational

    try:
        return [rational(part.strip()) for part in given.split(",")]
    except ValueError as error:
        raise InputError(option, "exact numbers separated by commas, such as 0,1/2", str(error)) from None


def number_of(option: str, given: str) -> Q:
    """The one exact number in an option's value. Raises `InputError` that names the option."""
    number, *more = numbers_of(option, given)
    if more:
        raise InputError(option, "one exact number", repr(given))
    return number


def refuse_what_does_not_count(*names: str) -> None:
    """Raises `InputError` where one of these options was given: it means nothing for the map at hand."""
    context = click.get_current_context()
    for name in names:
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            what = "one dimension" if name.startswith("max") else "several dimensions"
            raise InputError(f"--{name.replace('_', '-')}", "no such option for this map", f"one for maps of {what}")


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on stderr that says what is being done, on a terminal only."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("reading") as status:
        yield status.update


def end(x: Fraction | None, infinite: str) -> str:
    """A number, or the word for an infinite end."""
    return infinite if x is None else str(x)


def valid_certificate(given: Map, path: Path) -> Certificate:
    """The certificate in a file that the checker accepts for this map; otherwise its answer, and the end."""
    from certify import checker
    from certify.mapfile import document

    try:
        certificate = checker.read(str(path))
    except checker.Beyond as error:
        click.echo(f"{path}: UNSUPPORTED {error}", err=True)
        sys.exit(UNSUPPORTED)
    outcome = checker.check(document(given), certificate)
    if outcome.status != "VALID" or not isinstance(certificate, dict):
        click.echo(f"{path}: {outcome.status} {outcome.message}", err=True)
        sys.exit(INVALID if outcome.status == "INVALID" else UNSUPPORTED)
    return certificate
