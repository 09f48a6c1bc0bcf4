"""The Coq kernel on exported files: read the file back, compare it with the map, compile it, look at its assumptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certify.kernel import coqc
from certify.kernel.compare import Different, compare
from certify.kernel.reader import NotOfThisForm, read


@dataclass(frozen=True)
class Verification:
    """Whether the kernel accepts the file, in this form and about this map: the statement then, else the reason."""

    accepted: bool
    message: str
    facts: tuple[str, ...] = ()


def verify(
    content: str,
    map_file: bytes | None = None,
    map_sha256: str | None = None,
    time_limit: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Verification:
    """Compiles an exported file, after it was read back and, where there is a map file (with its digest), compared with it.

    Raises `NoMap` for a map file that cannot be read, `coqc.NoCoq` without a usable Coq, `BudgetExceeded` when the time
    is over.
    """
    try:
        found = read(content)
        compared = None if map_file is None else compare(found, map_file)
    except NotOfThisForm as error:
        return Verification(False, f"the file is not of the exported form: {error}")
    except Different as error:
        return Verification(False, f"the file speaks of another map: {error}")
    if map_sha256 not in (None, found.sha256):
        return Verification(
            False, f"the file names the map {found.sha256}, but the SHA-256 of this one is {map_sha256}"
        )
    coq = coqc.find()
    reply = coqc.compile_file(coq, content, found.library, time_limit, progress)
    machine_integers = found.library == "CertificatesBig"
    if not reply.accepted:
        return Verification(False, f"Coq {coq.version}: {reply.message}")
    if foreign := reply.foreign(machine_integers):
        return Verification(False, f"the proof rests on {', '.join(foreign[:5])}")
    rests = f"{len(coqc.AXIOMS.intersection(reply.assumptions))} axioms of the real numbers"
    machine = " and the primitives of machine integers" if machine_integers else ""
    link = (
        "which map the_map is was not compared with any map file (--map)"
        if compared is None
        else f"the_map is the map of the map file: {compared} numbers compared, all equal"
    )
    return Verification(True, found.statement, (f"Coq {coq.version} in {reply.seconds:.1f} s; {rests}{machine}", link))
