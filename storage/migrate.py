"""Bring a database to this program's revision, and refuse one that is ahead of it.

Surprising: there is no alembic.ini; migrations live in the package and run on every start, under a lock, in one
transaction (SQLite's DDL is transactional too, once the driver is told to leave BEGIN alone).
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_HERE = Path(__file__).parent / "migrations"
_LOCK = 7_224_961


class NewerDatabase(Exception):
    """The database was written by a newer program; both revisions are in the message."""

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"the database is at revision {found}, this program knows revisions up to {known}: start the newer program"
        )
        self.found = found
        self.known = known


def config_for(connection: Connection) -> Config:
    """Alembic's configuration around an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _revisions() -> tuple[frozenset[str], str | None]:
    """Every revision this program knows, and the newest: read once, for loading the scripts costs every open."""
    scripts = ScriptDirectory(str(_HERE))
    return frozenset(script.revision for script in scripts.walk_revisions()), scripts.get_current_head()


def upgrade(engine: Engine) -> None:
    """To the newest revision, all or nothing. Raises NewerDatabase, changing nothing."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        found = MigrationContext.configure(connection).get_current_revision()
        known, head = _revisions()
        if found is not None and found not in known:
            raise NewerDatabase(found, str(head))
        if found != head:
            command.upgrade(config_for(connection), "head")
