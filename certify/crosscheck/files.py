"""Claims files: JSON as docs/claims-format.md specifies it, and CSV for orbits."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from certify.crosscheck.claims import NOT_FINITE, Claim, claim, wrong
from certify.errors import InputError
from certify.mapfile import MAX_BYTES
from certify.numbers import rational

FORMAT, VERSION = "certify-claims", 1


def read_claims(path: str | Path, tolerance: Any = None) -> list[Claim]:
    """The claims in a JSON file; or, with a tolerance, the one claim that a CSV file of a single column is an orbit.

    Raises `InputError`, one line that names the file and the field.
    """
    path = Path(path)
    is_csv = path.suffix.lower() == ".csv"
    if is_csv and tolerance is None:
        raise InputError("tolerance", "a tolerance for the orbit in a CSV file", "none")
    if not is_csv and tolerance is not None:
        raise InputError("tolerance", "no tolerance beside a claims file, whose claims have their own", str(tolerance))
    with _named(path):
        if is_csv:
            return [claim({"claim": "orbit", "points": _column(path, {}), "tolerance": tolerance})]
        content = _document(path)
        found = []
        for i, given in enumerate(content["claims"]):
            try:
                found.append(_claim(given, path.parent))
            except InputError as error:
                if error.source:
                    raise
                where = f"claims[{i}]" if error.where == "claim" else f"claims[{i}].{error.where}"
                raise InputError(where, error.expected, error.got) from None
        return found


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise (error if error.source else error.at(str(path))) from None


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError("file", f"at most {MAX_BYTES} bytes", f"{path.stat().st_size}")
        return path.read_bytes()
    except InputError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("file", "a readable file", reason.lower()) from None


def _document(path: Path) -> dict[str, Any]:
    data = _bytes(path)
    try:
        content = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_int=_integer)
    except InputError:
        raise
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError("file", "a JSON claims file", reason) from None
    if not isinstance(content, dict):
        wrong("file", "an object", content)
    for key in ("format", "version", "claims"):
        if key not in content:
            raise InputError("file", f'the key "{key}"', "no such key")
    for key in content:
        if key not in ("format", "version", "claims"):
            raise InputError("file", "the keys format, version, claims and no other", json.dumps(key)[:60])
    if content["format"] != FORMAT:
        wrong("format", json.dumps(FORMAT), content["format"])
    if content["version"] != VERSION or type(content["version"]) is not int:
        wrong("version", f"{VERSION}", content["version"])
    if not isinstance(content["claims"], list):
        wrong("claims", "a list of claims", content["claims"])
    return content


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in content if keys.count(key) > 1)
        raise InputError("file", "each key once", f"the key {json.dumps(twice)[:60]} twice")
    return content


def _integer(literal: str) -> int:
    return int(rational(literal).p)


def _claim(given: Any, folder: Path) -> Claim:
    """The claim, with the points of an orbit from the CSV file that it names."""
    if not isinstance(given, dict) or given.get("claim") != "orbit" or "file" not in given:
        return claim(given)
    if "points" in given:
        raise InputError("file", "either points or a file", "both")
    if not isinstance(given["file"], str):
        wrong("file", "the name of a CSV file", given["file"])
    where = {key: given[key] for key in ("column", "decimals") if key in given}
    rest = {key: value for key, value in given.items() if key not in ("file", *where)}
    with _named(path := folder / given["file"]):
        points = _column(path, where)
    return claim({**rest, "points": points})


def _column(path: Path, choice: dict[str, Any]) -> list[Any]:
    """The numbers in one column of a CSV file, as a claims file would give them."""
    decimals = choice.get("decimals", "double")
    if decimals not in ("double", "exact"):
        wrong("decimals", 'one of "double", "exact"', decimals)
    read: Callable[[str], Any] = _double if decimals == "double" else str
    try:
        text = _bytes(path).decode("utf-8-sig")
        rows = [(i, row) for i, row in enumerate(csv.reader(io.StringIO(text, newline="")), 1) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError("file", "a CSV file", str(error).splitlines()[0]) from None
    if not rows:
        raise InputError("file", "at least one line with a number", "none")
    width = len(rows[0][1])
    header = None if all(_is_number(cell) for cell in rows[0][1]) else [cell.strip() for cell in rows.pop(0)[1]]
    index = _index(choice.get("column"), header, width)
    found = []
    for line, row in rows:
        if len(row) != width:
            raise InputError(f"line {line}", f"{width} columns, as in the first line", f"{len(row)}")
        if not _is_number(row[index]):
            wrong(f"line {line}", "a number", row[index])
        found.append(read(row[index].strip()))
    return found


def _index(column: Any, header: list[str] | None, width: int) -> int:
    if column is None:
        if width == 1:
            return 0
        raise InputError("column", f"the name or the index of one of {width} columns", "none")
    if isinstance(column, str) and header is not None and header.count(column) == 1:
        return header.index(column)
    if type(column) is int and 0 <= column < width:
        return column
    names = f"one of the names {', '.join(header)}, or " if header else ""
    return wrong("column", f"{names}an index from 0 to {width - 1}", column)


def _is_number(cell: str) -> bool:
    cell = cell.strip()
    if cell.lower() in NOT_FINITE:
        return True
    try:
        rational(cell.removeprefix("+"))
    except ValueError:
        return False
    return True


def _double(cell: str) -> Any:
    """A number with a point or an exponent as the double that it stands for; fractions and integers as they are."""
    plain = cell.lower().removeprefix("-")
    if plain.startswith("0x") or not any(mark in plain for mark in ".e"):
        return cell.removeprefix("+")
    return float(cell)
