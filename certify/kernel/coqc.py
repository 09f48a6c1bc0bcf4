"""Coq itself: where it is, its theories compiled once for each user, and what it says of a file."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from certify.errors import BudgetExceeded

PACKAGE = Path(__file__).parent.parent

AXIOMS = frozenset(
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
    }
)
"""What the real numbers of Coq's standard library rest on."""

MACHINE_INTEGERS = ("PrimInt63.", "Uint63.")
"""How the names of the primitives begin that the fast integers add."""

EXHAUSTED = ("Out of memory", "Stack overflow", "makes inconsistent assumptions over library")
"""What coqc says, with the exit code of an error, when it is not the proof that is at fault."""

IMPORT = re.compile(r"From\s+Certify\s+Require\s+(?:Import\s|Export\s)?([\w\s]*)\.")


class NoCoq(Exception):
    """There is no coqc, or it cannot compile the theories."""


@dataclass(frozen=True)
class Coq:
    """A coqc and its version."""

    program: str
    version: str


@dataclass(frozen=True)
class Reply:
    """What coqc made of a file: whether it accepted it, the assumptions it printed, its message, and its seconds."""

    accepted: bool
    assumptions: tuple[str, ...]
    message: str
    seconds: float

    def foreign(self, machine_integers: bool) -> list[str]:
        """The assumptions beyond the allowed ones."""
        extra = MACHINE_INTEGERS if machine_integers else ()
        return [name for name in self.assumptions if name not in AXIOMS and not name.startswith(extra)]


def find() -> Coq:
    """The coqc on the PATH. Raises `NoCoq`."""
    program = shutil.which("coqc")
    if program is None:
        raise NoCoq("coqc is not on the PATH (Debian and Ubuntu: apt install coq)")
    try:
        said = _run([program, "--version"], None, 60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoCoq(f"coqc does not run: {error}") from None
    match = re.search(r"version ([0-9][^ \n]*)", said.stdout)
    if said.returncode or not match:
        raise NoCoq(f"coqc --version says {said.stdout[:60]!r}")
    return Coq(program, match[1])


def sources() -> Path:
    """The folder of the theories: in the package as it is installed, or in the repository beside it. Raises `NoCoq`."""
    for folder in (PACKAGE / "theories", PACKAGE.parent / "proofs" / "theories"):
        if (folder / "Certificates.v").is_file():
            return folder
    raise NoCoq("this installation has no theories")


class Theory(NamedTuple):
    """A theory: its name, its text, and the theories that it imports."""

    name: str
    content: bytes
    imports: tuple[str, ...]


def needed(library: str, folder: Path) -> list[Theory]:
    """The theories that one of them needs, itself last, each after those that it imports. Raises `NoCoq`."""
    found: dict[str, Theory] = {}

    def visit(name: str) -> None:
        try:
            content = (folder / f"{name}.v").read_bytes()
        except OSError:
            raise NoCoq(f"the theory {name} is missing in {folder}") from None
        imports = tuple(other for names in IMPORT.findall(content.decode()) for other in names.split())
        for other in imports:
            if other not in found:
                visit(other)
        found[name] = Theory(name, content, imports)

    visit(library)
    return [*found.values()]


def cache() -> Path:
    """Where compiled theories are kept."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "certify"


def theories(coq: Coq, library: str, folder: Path, progress: Callable[[str], None]) -> None:
    """Puts the compiled theories that a library needs into a folder. What was not compiled before is compiled now.

    A compiled theory is kept under a name made of its text, of the texts of all that it rests on, and of Coq's version; it
    appears there when it is complete. Raises `NoCoq`.
    """
    files, store = needed(library, sources()), cache()
    keys: dict[str, str] = {}
    for name, content, imports in files:
        parts = (coq.version.encode(), name.encode(), *(keys[other].encode() for other in imports), content)
        keys[name] = hashlib.sha256(b"".join(b"%d %s" % (len(part), part) for part in parts)).hexdigest()[:32]
    kept = {name: store / f"{name}-{key}.vo" for name, key in keys.items()}
    try:
        store.mkdir(parents=True, exist_ok=True, mode=0o700)
        complete = all(path.is_file() for path in kept.values())
        with nullcontext() if complete else _alone(store / "lock"):
            new = set[str]()
            for i, (name, content, imports) in enumerate(files, 1):
                if not kept[name].is_file() or new.intersection(imports):
                    progress(f"compiling the theories, once for this version of Coq: {i} of {len(files)}, {name}")
                    (folder / f"{name}.v").write_bytes(content)
                    said = _run([coq.program, "-q", "-w", "none", "-Q", ".", "Certify", f"{name}.v"], folder, None)
                    if said.returncode:
                        raise NoCoq(f"coqc {coq.version} does not compile {name}.v: {_first(said.stderr)}")
                    draft = store / f".{name}.{os.getpid()}.part"
                    try:
                        shutil.copyfile(folder / f"{name}.vo", draft)
                        draft.replace(kept[name])
                    finally:
                        draft.unlink(missing_ok=True)
                    new.add(name)
                else:
                    shutil.copyfile(kept[name], folder / f"{name}.vo")
    except OSError as error:
        raise NoCoq(f"the compiled theories cannot be kept in {store}: {error.strerror}") from None


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process of many at a time, where the system can see to it; the lock goes when its holder does."""
    with lock.open("w") as file:
        try:
            import fcntl
        except ModuleNotFoundError:  # Windows: several may compile, one is the first to be done
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def compile_file(
    coq: Coq, content: str, library: str, time_limit: float | None, progress: Callable[[str], None]
) -> Reply:
    """What coqc says of a file with this content, which imports that library.

    Raises `NoCoq` where the theories do not compile, and `BudgetExceeded` where time or memory ends first.
    """
    with tempfile.TemporaryDirectory(prefix="certify-") as name:
        folder = Path(name)
        (folder / "theories").mkdir()
        theories(coq, library, folder / "theories", progress)
        progress("coqc is checking the proof")
        started = time.monotonic()
        (folder / "certified.v").write_text(content, encoding="ascii")
        try:
            command = [coq.program, "-q", "-w", "none", "-Q", "theories", "Certify", "certified.v"]
            said = _run(command, folder, time_limit)
        except subprocess.TimeoutExpired:
            raise BudgetExceeded(f"coqc was stopped after {time_limit:g} seconds (--time-limit)") from None
    message = _first(said.stderr) or f"exit code {said.returncode}"
    if said.returncode not in (0, 1) or any(word in said.stderr for word in EXHAUSTED):
        raise BudgetExceeded(f"coqc ended without an answer: {message}")
    return Reply(said.returncode == 0, assumptions(said.stdout), message, time.monotonic() - started)


def assumptions(printed: str) -> tuple[str, ...]:
    """The names that `Print Assumptions` printed. What is not its output counts as a name, and so does silence."""
    first, *rest = printed.splitlines() or ["no assumptions printed"]
    if first == "Closed under the global context":
        return tuple(rest)
    names = [line.split(" ")[0] for line in rest if line and not line.startswith(" ")]
    return tuple(names if first == "Axioms:" else [first, *names])


def _run(command: list[str], folder: Path | None, time_limit: float | None) -> subprocess.CompletedProcess[str]:
    """A child that sees no settings of the user's for Coq, and that is gone when this returns."""
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("COQ")}
    return subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=time_limit, check=False
    )


def _first(said: str) -> str:
    """An error of coqc on one line."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("File ")]
    return " ".join(lines)[:200]
