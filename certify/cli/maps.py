"""convert, info, family: map files made and described."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certify.cli.shared import FILE, Source, budgets, careful, end, map_source
from certify.errors import InputError

if TYPE_CHECKING:
    from certify.box import Box
    from certify.decision.budget import Budget
    from certify.dimension.rank_one import Reduction
    from certify.mapfile import Map
    from certify.network import Network
    from certify.piecewise import PiecewiseLinear


@click.command()
@map_source
@click.option("-o", "--out", "out", metavar="FILE", type=FILE, required=True, help="The map file to write.")
@click.option("--name", help="A name for people, written into the file.")
@click.option("--reduce", is_flag=True, help="Write the map of the line that MAP, of R^d, is in disguise.")
@careful
def convert(source: Source, out: Path, name: str | None, reduce: bool) -> None:
    """Write MAP as an exact JSON map file, and print the SHA-256 of what was read and of the map.

    With --reduce, of a map f of R^d that goes through one number: the map p of the line with v·f(x) = p(v·x). It has the same
    least periods and the same entropy, and is chaotic, or ordered, just as f is. The row v is printed.
    """
    from certify.artifact import write_whole
    from certify.layout import json_text
    from certify.mapfile import canonical_json_sha256, document

    read = source.read()
    with source.named():
        reduced = _reduced(read.map) if reduce else None
    origin = read.source or _provenance(source.path)
    content = document(reduced.line, name, origin) if reduced else document(read.map, name or read.name, origin)
    write_whole(out, json_text(content))
    click.echo(f"read   {origin['sha256']}  {source.path}")
    click.echo(f"map    {canonical_json_sha256(content)}  {out}")
    if reduced:
        click.echo(f"row    {', '.join(map(str, reduced.row))}")


def _reduced(given: Map) -> Reduction:
    """The map of the line, of one in disguise. Raises `InputError` for other maps."""
    from certify.dimension.rank_one import reduction
    from certify.mapfile import is_spatial

    if not is_spatial(given):
        raise InputError("map", "for --reduce one of R^d", "one of an interval or of the line")
    found = reduction(given)
    if found is None:
        raise InputError("map", "for --reduce weights for x of rank one", "others, or a gated cell")
    return found


def _provenance(path: Path) -> dict[str, str]:
    import hashlib

    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


@click.command()
@map_source
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
@budgets
@careful
def info(
    source: Source, as_json: bool, max_pieces: int, time_limit: float | None,
) -> None:  # fmt: skip
    """What MAP is: its kind, domain, pieces, image, fixed points, and whether its domain is mapped into itself.

    Of a box of networks, and with smooth activations, what enclosures show.
    """
    from certify.box import Box
    from certify.decision.budget import Budget
    from certify.mapfile import is_spatial, sha256
    from certify.network import Network

    budget = Budget(max_pieces, time_limit)
    with source.named():
        read = source.read()
        given = read.map
        enclosed = isinstance(given, Box) or (isinstance(given, Network) and given.smooth)
        about: dict[str, Any] = {}
        if not is_spatial(given):
            about = _of_enclosures(given, budget) if enclosed else _of_pieces(given, budget)  # type: ignore[arg-type]
    facts = {
        "name": read.name,
        "kind": _kind(given),
        "domain": _domain(given),
        **about,
        "sha256": sha256(given),
    }
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    for key, value in facts.items():
        listed = value if isinstance(value, list) else [value] if value is not None else []
        words = [_end_of(*x) if isinstance(x, list) else _short(str(x)) for x in listed]
        click.echo(f"{key.replace('_', ' '):>24}  {', '.join(words) or 'none'}")


def _domain(given: Map) -> str | list[str]:
    from certify.mapfile import is_spatial

    if given.domain is not None:
        return [str(x) for x in given.domain]
    return f"R^{given.dimension}" if is_spatial(given) else "the line"


def _kind(given: Map) -> str:
    from certify.box import Box
    from certify.gated import GRU, LSTM
    from certify.piecewise import PiecewiseLinear
    from certify.plrnn import PLRNN

    if isinstance(given, LSTM):
        return f"lstm with {given.units} unit{'s' * (given.units > 1)}"
    if isinstance(given, GRU):
        return f"gru with {given.units} unit{'s' * (given.units > 1)}, reset {given.reset} the product"
    if isinstance(given, PLRNN):
        return f"plrnn with {given.units} hidden unit{'s' * (given.units > 1)}"
    if isinstance(given, PiecewiseLinear):
        return "piecewise-linear"
    many = "box of networks" if isinstance(given, Box) else "network"
    smooth = " with smooth activations" if given.smooth else ""
    return f"{many} of widths {list(given.widths)}{smooth}"


def _of_pieces(given: Network | PiecewiseLinear, budget: Budget) -> dict[str, Any]:
    from certify.verdict import piecewise_linear

    f = piecewise_linear(given, budget)
    low, high = f.image()
    fixed = f.fixed_points()
    return {
        "pieces": f.pieces,
        "turning_points": len(f.turning[0]),
        "image": [end(low, "-inf"), end(high, "inf")],
        "maps_domain_into_itself": f.is_self_map(),
        "fixed_points": [str(x) for x in fixed.points],
        "fixed_intervals": [[end(a, "-inf"), end(b, "inf")] for a, b in fixed.intervals],
    }


def _of_enclosures(given: Network | Box, budget: Budget) -> dict[str, Any]:
    from certify.box import Box
    from certify.enclosure.invariance import NotShown, cover
    from certify.errors import NotInvariantError

    box = given if isinstance(given, Box) else Box.of(given)
    try:
        cover(box, budget)
        into: bool | None = True
    except NotInvariantError:
        into = False
    except NotShown:
        into = None
    return {"largest_interval": str(box.widest), "maps_domain_into_itself": into}


def _short(word: str) -> str:
    """A number shortened for people; other words as they are."""
    from certify.numbers import rational, shown

    return shown(rational(word)) if word.lstrip("-")[:1].isdigit() and len(word) != 64 else word


def _end_of(a: str, b: str) -> str:
    return f"[{_short(a)}, {_short(b)}]"


@click.command()
@click.argument(
    "name", type=click.Choice(["tent", "skew-tent", "stunted-tent", "sawtooth", "rnn", "perturbed-tent", "initialised"])
)
@click.option("-o", "--out", "out", metavar="FILE", type=FILE, required=True, help="The map file to write.")
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
@click.option(
    "--activation", default="relu", show_default=True, help="initialised: the activation, relu or tanh in the paper."
)
@careful
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
            made = families.initialised(
                o["row"], o["width"], o["seed"], o["hidden_layers"], o["clipped"], o["activation"]
            )
    save(made, out, name)
    click.echo(f"wrote {out}")
