"""What leaves the package: files written whole or not at all, and certificates checked against maps."""

from __future__ import annotations

import os
from pathlib import Path

from certify import checker
from certify.certificate import Certificate, to_json
from certify.checker import Outcome
from certify.errors import InputError
from certify.layout import json_text
from certify.mapfile import Map, document


def check(given: Map | str | Path, proof: Certificate | str | Path) -> Outcome:
    """What the independent checker says of a certificate for a map: `Outcome(status, message)`, VALID, INVALID or UNSUPPORTED.

    Each may be the path of a JSON file or the thing itself. Raises `certify.checker.Unreadable`, a `ValueError`, for files that
    cannot be read.
    """
    content = document(given) if isinstance(given, Map) else checker.read(str(given))
    return checker.check(content, proof if isinstance(proof, dict) else checker.read(str(proof)))


def save(thing: Map | Certificate, path: str | Path, name: str | None = None) -> None:
    """Writes a map file (with this name in it) or a certificate. Raises `InputError` where the file cannot be written."""
    write_whole(path, to_json(thing) if isinstance(thing, dict) else json_text(document(thing, name)))


def write_whole(path: str | Path, content: str | bytes) -> None:
    """Writes a file (text as UTF-8) by way of a neighbour that is then renamed, so that no partial file is ever left behind."""
    target = Path(path)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        draft.replace(target)
    except OSError as error:
        raise InputError(
            "output", "a file that can be written", (error.strerror or str(error)).lower(), str(path)
        ) from None
    finally:
        draft.unlink(missing_ok=True)
