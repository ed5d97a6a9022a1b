"""What survives `kill -9`: an append-only journal of table rows, and the bytes of files beside it.

The surprising thing: there is no fsync. The sandbox promises to outlive its process, not the machine's power,
and bytes handed to the operating system outlive the process. One line is one step with all its rows,
so a line that was torn by the kill takes its whole step with it, which nobody has been told about yet.
"""

import fcntl
import hashlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Generic, TypeVar, cast

Key = int | str
Row = tuple[str, Key, object]
K = TypeVar("K", int, str)
V = TypeVar("V")


class JournalDamaged(Exception):
    """A line before the last one does not parse: something else than a kill has written to the journal."""


class DataInUse(Exception):
    """Another process keeps its journal in this directory."""


class Journal:
    """Rows (table, key, value or None for gone) appended step by step; memory only when `directory` is None.

    DataInUse when another process has the directory.
    """

    def __init__(self, directory: Path | None) -> None:
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._lock: BinaryIO | None = None
        self._pending: list[Row] = []
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
            self._path = directory / "journal.jsonl"
            self._lock = _lock(directory)

    def replay(self) -> Iterator[Row]:
        """Every row ever written, oldest first. JournalDamaged when it is broken before its last line."""
        if self._path is None or not self._path.exists():
            return
        lines = self._path.read_bytes().split(b"\n")
        # What follows the last newline was being written when the process died.
        for number, line in enumerate(lines[:-1], start=1):
            try:
                rows = json.loads(line)
            except ValueError as error:
                raise JournalDamaged(f"{self._path.name} line {number}: {error}") from error
            yield from rows

    def start(self, rows: Iterable[Row]) -> None:
        """Replace the journal by `rows` (what replay came to) and open it for appending."""
        if self._path is None:
            return
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            for row in rows:
                file.write(_line([row]))
        fresh.replace(self._path)
        self._file = self._path.open("ab", buffering=0)

    def note(self, table: str, key: Key, value: object) -> None:
        """Add a row to the step in progress."""
        if self._file is not None:
            self._pending.append((table, key, value))

    def commit(self) -> None:
        """Write the step in progress as one line. OSError when the disk refuses."""
        if self._file is not None and self._pending:
            line = memoryview(_line(self._pending))
            self._pending = []
            while line:
                line = line[self._file.write(line) :]

    def close(self) -> None:
        """Write what is pending and close the file."""
        self.commit()
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None


class Table(Generic[K, V]):
    """A dictionary whose changes go to the journal. Values are JSON; change a value, then `put` it again."""

    def __init__(self, name: str, journal: Journal) -> None:
        self.name = name
        self.rows: dict[K, V] = {}
        self._journal = journal

    def load(self, key: Key, value: object) -> None:
        """Take a replayed row; None removes."""
        if value is None:
            self.rows.pop(cast(K, key), None)
        else:
            self.rows[cast(K, key)] = cast(V, value)

    def put(self, key: K, value: V) -> V:
        """Set or change a row."""
        self.rows[key] = value
        self._journal.note(self.name, key, value)
        return value

    def drop(self, key: K) -> None:
        """Remove a row that is there."""
        del self.rows[key]
        self._journal.note(self.name, key, None)


class Blobs:
    """Files by their SHA-256; in a temporary directory of its own when `directory` is None."""

    def __init__(self, directory: Path | None) -> None:
        if directory is None:
            directory = Path(tempfile.mkdtemp(prefix="sandbox-"))
            weakref.finalize(self, shutil.rmtree, directory, ignore_errors=True)
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        for leftover in directory.glob(".part-*"):
            leftover.unlink()

    def path(self, sha: str) -> Path:
        """Where the bytes named `sha` lie."""
        return self._directory / sha

    def writer(self) -> "BlobWriter":
        """A place to stream a file to."""
        return BlobWriter(self._directory)

    def save(self, data: bytes) -> tuple[str, int]:
        """Keep `data`; its SHA-256 and size in bytes."""
        with self.writer() as writer:
            writer.write(data)
            return writer.finish()


class BlobWriter:
    """Takes a file in pieces; what is not finished leaves nothing behind."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        # The handle lives longer than this function: finish() or __exit__ closes it.
        self._file = tempfile.NamedTemporaryFile(dir=directory, prefix=".part-", delete=False)  # noqa: SIM115
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append a piece."""
        self._hash.update(data)
        self._file.write(data)
        self.size += len(data)

    def finish(self) -> tuple[str, int]:
        """Name the file by its SHA-256; returns it and the size in bytes."""
        self._file.close()
        sha = self._hash.hexdigest()
        Path(self._file.name).replace(self._directory / sha)
        return sha, self.size

    def __enter__(self) -> "BlobWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)


def _line(rows: list[Row]) -> bytes:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def _lock(directory: Path) -> BinaryIO:
    file = (directory / "lock").open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise DataInUse(f"another sandbox keeps its data in {directory}") from error
    return file
