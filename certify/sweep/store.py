"""The directory of a sweep: written in order while the sweep runs, so that it can be continued wherever it was interrupted.

`sweep.json` says what the sweep is, `journal.jsonl` has a line for each finished chunk, `witnesses.csv` a line for each draw that is
not ORDERED, and `table.csv`, written last, a line for each cell. The bytes are a function of the sweep alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from certify.artifact import write_whole
from certify.errors import InputError
from certify.sweep.engine import Chunk, Report
from certify.sweep.spec import Sweep, read_sweep
from certify.sweep.table import rows, table_csv
from certify.sweep.tally import Tally

SWEEP, JOURNAL, WITNESSES, TABLE = "sweep.json", "journal.jsonl", "witnesses.csv", "table.csv"
HEAD = "cell,draw,verdict,level,n,period3,x\n"


class Store:
    """The directory of a sweep, open for writing, with the tallies of the cells so far."""

    def __init__(self, directory: Path, sweep: Sweep) -> None:
        """Continues behind the last whole line of the journal; what came after it is cut off. Raises `InputError`."""
        self.directory, self.sweep = directory, sweep
        self._done = read_journal(directory, sweep)
        self._witnesses = _open(directory / WITNESSES, self._done.witness_bytes)
        self._journal = _open(directory / JOURNAL, self._done.journal_bytes)
        if not self._witnesses.tell():
            self._witnesses.write(HEAD.encode("ascii"))

    @classmethod
    def create(cls, directory: Path, sweep: Sweep) -> Store:
        """A new directory, or an empty one, for a sweep. Raises `InputError`."""
        make_directory(directory)
        if (directory / SWEEP).exists():
            raise _refused(directory, "a new or empty directory", "one with a sweep, which --resume continues")
        if inside := sorted(path.name for path in directory.iterdir()):
            raise _refused(directory, "a new or empty directory", f"one that holds {inside[0]}")
        write_whole(directory / SWEEP, json.dumps(sweep.document(), indent=2) + "\n")
        return cls(directory, sweep)

    @classmethod
    def resume(cls, directory: Path) -> Store:
        """The directory that an earlier run left. Raises `InputError`."""
        return cls(directory, load(directory))

    @property
    def tallies(self) -> list[Tally]:
        """What is counted so far, for each cell."""
        return self._done.tallies

    def left(self) -> Iterator[Chunk]:
        """The chunks that are not finished, in order."""
        return islice(self.sweep.chunks(), self._done.chunks, None)

    def append(self, report: Report) -> None:
        """Writes down the next chunk: its witnesses first, so that a line of the journal stands for all that came before it."""
        self._witnesses.write(report.witnesses.encode("ascii"))
        _flush(self._witnesses)
        line = _line(self._done.chunks, report, self._witnesses.tell())
        self._journal.write(line.encode("ascii"))
        _flush(self._journal)
        self._done.chunks += 1
        self.tallies[report.chunk.cell_number].merge(report.tally)

    def finish(self) -> None:
        """Writes the table, when no chunk is left."""
        write_whole(self.directory / TABLE, table_csv(rows(self.sweep, self.tallies)))

    def close(self) -> None:
        """Closes the files; the directory can be resumed."""
        self._witnesses.close()
        self._journal.close()


@dataclass
class Done:
    """What the whole lines of a journal say: tallies of the cells, finished chunks, and the bytes of the files that count."""

    tallies: list[Tally]
    chunks: int = 0
    journal_bytes: int = 0
    witness_bytes: int = 0


def make_directory(directory: Path) -> None:
    """Makes the directory unless it is there. Raises `InputError`."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("output", "a directory that can be written", _words(error), str(directory)) from None


def load(directory: Path) -> Sweep:
    """The sweep of a directory. Raises `InputError`."""
    path = directory / SWEEP
    try:
        return read_sweep(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise _refused(directory, f"a directory with a sweep ({SWEEP})", _words(error)) from None
    except InputError as error:
        raise error.at(str(path)) from None
    except ValueError as error:
        raise _refused(path, "JSON", str(error)) from None


def read_journal(directory: Path, sweep: Sweep) -> Done:
    """What is finished of a sweep. A last line without its end is left out. Raises `InputError` for any other damage."""
    done = Done([Tally() for _ in sweep.cells])
    path = directory / JOURNAL
    if not path.exists():
        return done
    with path.open("rb") as journal:
        for line, chunk in zip(journal, sweep.chunks()):
            if not line.endswith(b"\n"):
                break
            try:
                content = json.loads(line)
                tally = Tally.from_document(content)
                report = Report(chunk, tally, "")
                whole = line == _line(done.chunks, report, content["witness_bytes"]).encode("ascii")
            except (ValueError, KeyError, TypeError):
                whole = False
            if not whole or tally.draws != chunk.stop - chunk.start:
                raise _refused(path, f"chunk {done.chunks} of the sweep in line {done.chunks + 1}", _start(line))
            done.tallies[chunk.cell_number].merge(tally)
            done.chunks += 1
            done.journal_bytes += len(line)
            done.witness_bytes = content["witness_bytes"]
    return done


def _line(number: int, report: Report, witness_bytes: int) -> str:
    chunk = report.chunk
    content: dict[str, Any] = {"chunk": number, "cell": chunk.cell_number, "draws": [chunk.start, chunk.stop]}
    return json.dumps(content | report.tally.document() | {"witness_bytes": witness_bytes}) + "\n"


def _open(path: Path, size: int) -> BinaryIO:
    """The file, cut after so many bytes and ready for more."""
    try:
        path.touch()
        file = path.open("r+b")
    except OSError as error:
        raise _refused(path, "a file that can be written", _words(error)) from None
    if (found := file.seek(0, os.SEEK_END)) < size:
        file.close()
        raise _refused(path, f"at least {size} bytes, as the journal says", f"{found}")
    file.truncate(size)
    file.seek(size)
    return file


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _refused(path: Path, expected: str, got: str) -> InputError:
    return InputError("directory" if path.is_dir() else "file", expected, got, str(path))


def _words(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _start(line: bytes) -> str:
    return repr(line[:60].decode("ascii", "replace"))
