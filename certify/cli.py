"""The command line. Verdicts and data go to stdout, errors and progress to stderr.

Exit codes: 0 success (CHAOTIC, ORDERED, VALID), 1 INVALID, 2 bad input or usage, 3 UNDECIDED, 4 UNSUPPORTED, 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certify import __version__
from certify.errors import BudgetExceeded, CertifyError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from certify.mapfile import MapFile

INVALID, BAD_INPUT, UNDECIDED, UNSUPPORTED, INTERRUPTED = 1, 2, 3, 4, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="certify")
def main() -> None:
    """Is this network chaotic? Answers with proofs.

    MAP is a map file (.json), or saved weights: .pt, .pth, .safetensors, .npz, .onnx. Weights alone do not say everything:
    --activation, --output and --domain do.
    """


def _careful(command: Callable[..., None]) -> Callable[..., None]:
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


def _map_options(command: Callable[..., None]) -> Callable[..., None]:
    """The MAP argument, and the choices that a file of bare weights leaves open."""
    for option in (
        click.option("--domain", metavar="LO,HI|line", help="The interval to study, or the whole line."),
        click.option(
            "--output", metavar="NAME[:P,…]", help="Activation of the last layer: identity, relu, clip:0,1, …"
        ),
        click.option(
            "--activation", metavar="NAME[:P,…]", help="Activation of the hidden layers: relu, leaky_relu:1/100, …"
        ),
        click.argument("map_path", metavar="MAP", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


def _budget_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--time-limit", metavar="S", type=click.FloatRange(min=0), help="Seconds that the work may take."),
        click.option(
            "--max-pieces",
            metavar="N",
            type=click.IntRange(min=1),
            default=100_000,
            show_default=True,
            help="Pieces of an iterate, or cells of a mesh.",
        ),
    ):
        command = option(command)
    return command


def _read(map_path: Path, activation: str | None, output: str | None, domain: str | None) -> MapFile:
    from certify.reading import UNSET, read

    return read(map_path, activation=activation, output=output, domain=UNSET if domain is None else domain)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Adds the file's name to an input error that arises after reading."""
    try:
        yield
    except InputError as error:
        raise (error if error.source else error.at(str(path))) from None


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line on stderr that says what is being done, on a terminal only."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("reading") as status:
        yield status.update


@main.command()
@_map_options
@click.option(
    "-o", "--out", "out", metavar="CERT", type=click.Path(path_type=Path), help="Write the certificate to this file."
)
@click.option("--json", "as_json", is_flag=True, help="Print verdict, reason and certificate as JSON.")
@click.option(
    "--max-level",
    metavar="J",
    type=click.IntRange(0, 16),
    default=8,
    show_default=True,
    help="Last level j of g = f^(2^j) to try.",
)
@_budget_options
@_careful
def prove(
    map_path: Path, activation: str | None, output: str | None, domain: str | None,
    out: Path | None, as_json: bool, max_level: int, max_pieces: int, time_limit: float | None,
) -> None:  # fmt: skip
    """Decide whether MAP is chaotic: CHAOTIC, ORDERED or UNDECIDED, with a proof.

    The first line is the verdict, the next ones say why. The certificate has been replayed by the independent checker
    before anything is printed. Exit code 0 for CHAOTIC and ORDERED, 3 for UNDECIDED, 2 for bad input.
    """
    from certify.artifact import save
    from certify.verdict import prove as decide

    with _progress() as progress, _named(map_path):
        given = _read(map_path, activation, output, domain).map
        verdict = decide(given, max_level=max_level, max_pieces=max_pieces, time_limit=time_limit, progress=progress)
    if out and verdict.certificate:
        save(verdict.certificate, out)
    if as_json:
        orbit = verdict.period_three
        content = {
            "verdict": verdict.verdict,
            "reason": verdict.reason,
            "period_three": [str(x) for x in orbit] if orbit else None,
            "certificate": verdict.certificate,
        }
        click.echo(json.dumps(content, sort_keys=True, indent=2))
    else:
        click.echo(verdict.explain())
        if out and verdict.certificate:
            click.echo(f"Certificate: {out}")
    if verdict.certificate is None:
        sys.exit(UNDECIDED)


@main.command()
@_map_options
@click.argument("cert_path", metavar="CERT", type=click.Path(path_type=Path))
@_careful
def check(map_path: Path, activation: str | None, output: str | None, domain: str | None, cert_path: Path) -> None:
    """Replay the certificate CERT for MAP with the independent checker.

    The first word is VALID (exit code 0), INVALID (1) or UNSUPPORTED (4). The same file runs alone, without this package:
    python -I -S certify/checker.py MAP.json CERT
    """
    from certify import checker
    from certify.mapfile import document

    if map_path.suffix.lower() == ".json" and (activation, output, domain) == (None, None, None):
        sys.exit(checker.main([str(map_path), str(cert_path)]))
    with _named(map_path):
        content = document(_read(map_path, activation, output, domain).map)
    outcome = checker.check(content, checker.read(str(cert_path)))
    click.echo(f"{outcome.status} {outcome.message}")
    sys.exit({"VALID": 0, "INVALID": INVALID}.get(outcome.status, UNSUPPORTED))


@main.command()
@_map_options
@click.option("--period", metavar="P", type=click.IntRange(min=1), required=True, help="The least period.")
@click.option("--json", "as_json", is_flag=True, help="Print points and intervals as JSON.")
@_budget_options
@_careful
def cycles(
    map_path: Path, activation: str | None, output: str | None, domain: str | None,
    period: int, as_json: bool, max_pieces: int, time_limit: float | None,
) -> None:  # fmt: skip
    """All points of least period P of MAP, exactly: isolated points, and whole intervals of them."""
    from certify.numbers import rational, shown
    from certify.verdict import cycles as find

    with _named(map_path):
        found = find(
            _read(map_path, activation, output, domain).map, period, max_pieces=max_pieces, time_limit=time_limit
        )
    if as_json:
        content = {
            "period": period,
            "points": [str(x) for x in found.points],
            "intervals": [[_end(a, "-inf"), _end(b, "inf")] for a, b in found.intervals],
            "excluded": [str(x) for x in found.excluded],
            "orbits": [
                {"points": [str(x) for x in orbit.points], "itinerary": list(orbit.itinerary)} for orbit in found.orbits
            ],
        }
        click.echo(json.dumps(content, indent=2))
        return
    click.echo(f"{len(found.points)} isolated points and {len(found.intervals)} intervals of least period {period}")
    for orbit in found.orbits:
        laps = " ".join(map(str, orbit.itinerary))
        click.echo(f"  {' → '.join(shown(rational(x)) for x in orbit.points)}   laps {laps}")
    for a, b in found.intervals:
        click.echo(f"  all of ({_end(a, '-inf')}, {_end(b, 'inf')})")
    if found.excluded:
        click.echo(f"  ends of intervals that have a smaller period: {', '.join(map(str, found.excluded))}")


def _end(x: Fraction | None, infinite: str) -> str:
    return infinite if x is None else str(x)


@main.command()
@_map_options
@click.option("--up-to", metavar="N", type=click.IntRange(min=1), required=True, help="The largest period to ask for.")
@click.option("--json", "as_json", is_flag=True, help="Print the sets as JSON.")
@_budget_options
@_careful
def periods(
    map_path: Path, activation: str | None, output: str | None, domain: str | None,
    up_to: int, as_json: bool, max_pieces: int, time_limit: float | None,
) -> None:  # fmt: skip
    """Which of 1, …, N are least periods of MAP, and what Sharkovsky's order forces beyond N.

    Exit code 3 when some of them are not decided within the budget.
    """
    from certify.verdict import periods as find

    with _named(map_path):
        found = find(
            _read(map_path, activation, output, domain).map, up_to, max_pieces=max_pieces, time_limit=time_limit
        )
    if as_json:
        content = {
            "up_to": up_to,
            "present": list(found.present),
            "absent": list(found.absent),
            "undecided": list(found.undecided),
            "forced_beyond": found.beyond,
        }
        click.echo(json.dumps(content, indent=2))
    else:
        for name, values in (("present", found.present), ("absent", found.absent), ("not decided", found.undecided)):
            click.echo(f"{name}: {', '.join(map(str, values)) or 'none'}")
        click.echo(f"beyond {up_to}: {found.beyond}")
    if found.undecided:
        sys.exit(UNDECIDED)


@main.command()
@_map_options
@click.option(
    "-o", "--out", "out", metavar="FILE", type=click.Path(path_type=Path), required=True, help="The map file to write."
)
@click.option("--name", help="A name for people, written into the file.")
@_careful
def convert(
    map_path: Path, activation: str | None, output: str | None, domain: str | None, out: Path, name: str | None
) -> None:
    """Write MAP as an exact JSON map file, and print the SHA-256 of what was read and of the map."""
    from certify.artifact import map_json, write_whole
    from certify.mapfile import canonical_json_sha256, document

    read = _read(map_path, activation, output, domain)
    source = read.source or _provenance(map_path)
    content = document(read.map, name or read.name, source)
    write_whole(out, map_json(content))
    click.echo(f"read   {source['sha256']}  {map_path}")
    click.echo(f"map    {canonical_json_sha256(content)}  {out}")


def _provenance(path: Path) -> dict[str, str]:
    import hashlib

    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


@main.command()
@_map_options
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
@_budget_options
@_careful
def info(
    map_path: Path, activation: str | None, output: str | None, domain: str | None,
    as_json: bool, max_pieces: int, time_limit: float | None,
) -> None:  # fmt: skip
    """What MAP is: its kind, domain, pieces, image, fixed points, and whether its domain is mapped into itself."""
    from certify.decision.budget import Budget
    from certify.mapfile import sha256
    from certify.network import Network
    from certify.verdict import piecewise_linear

    with _named(map_path):
        read = _read(map_path, activation, output, domain)
        f = piecewise_linear(read.map, Budget(max_pieces, time_limit))
    low, high = f.image()
    fixed = f.fixed_points()
    facts = {
        "name": read.name,
        "kind": f"network of widths {list(read.map.widths)}" if isinstance(read.map, Network) else "piecewise-linear",
        "domain": "the line" if f.domain is None else [str(x) for x in f.domain],
        "pieces": f.pieces,
        "turning_points": len(f.turning[0]),
        "image": [_end(low, "-inf"), _end(high, "inf")],
        "maps_domain_into_itself": f.is_self_map(),
        "fixed_points": [str(x) for x in fixed.points],
        "fixed_intervals": [[_end(a, "-inf"), _end(b, "inf")] for a, b in fixed.intervals],
        "sha256": sha256(read.map),
    }
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    for key, value in facts.items():
        listed = value if isinstance(value, list) else [value]
        words = [_end_of(*x) if isinstance(x, list) else _short(str(x)) for x in listed]
        click.echo(f"{key.replace('_', ' '):>24}  {', '.join(words) or 'none'}")


def _short(word: str) -> str:
    """A number shortened for people; other words as they are."""
    from certify.numbers import rational, shown

    return shown(rational(word)) if word.lstrip("-")[:1].isdigit() and len(word) != 64 else word


def _end_of(a: str, b: str) -> str:
    return f"[{_short(a)}, {_short(b)}]"


@main.command()
@click.argument(
    "name", type=click.Choice(["tent", "skew-tent", "stunted-tent", "sawtooth", "rnn", "perturbed-tent", "initialised"])
)
@click.option(
    "-o", "--out", "out", metavar="FILE", type=click.Path(path_type=Path), required=True, help="The map file to write."
)
@click.option("--height", default="1", show_default=True, help="tent, stunted-tent: the height, exactly.")
@click.option("--tip", default="1/3", show_default=True, help="skew-tent: where the tip is, exactly.")
@click.option("--teeth", type=click.IntRange(min=1), default=4, show_default=True, help="sawtooth: the number of laps.")
@click.option(
    "--width",
    type=click.IntRange(min=1),
    default=64,
    show_default=True,
    help="rnn, initialised: units in a hidden layer.",
)
@click.option("--variance", type=click.FloatRange(min=0), default=2.0, show_default=True, help="rnn: the variance σ².")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Random families: the seed.")
@click.option("--row", default="he-he", show_default=True, help="initialised: the row of the paper's tables.")
@click.option(
    "--hidden-layers", type=click.IntRange(min=1), default=1, show_default=True, help="initialised: how many."
)
@click.option("--clipped", is_flag=True, help="initialised: clip the output to [0, 1].")
@_careful
def family(name: str, out: Path, **options: Any) -> None:
    """Write a member of a family of maps to a map file.

    rnn is RNN(k, σ²), perturbed-tent and initialised are the random networks of Chatziafratis, Panageas, Sanford and
    Stavroulakis (2022), drawn from the seed; their weights are then data, and exact.
    """
    from certify import families
    from certify.artifact import save

    o = options
    match name:
        case "tent":
            made: Any = families.tent(o["height"])
        case "skew-tent":
            made = families.skew_tent(o["tip"])
        case "stunted-tent":
            made = families.stunted_tent(o["height"])
        case "sawtooth":
            made = families.sawtooth(o["teeth"])
        case "rnn":
            made = families.rnn(o["width"], o["variance"], o["seed"])
        case "perturbed-tent":
            made = families.perturbed_tent(o["seed"])
        case _:
            made = families.initialised(o["row"], o["width"], o["seed"], o["hidden_layers"], o["clipped"])
    save(made, out, name)
    click.echo(f"wrote {out}")
