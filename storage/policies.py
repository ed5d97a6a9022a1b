"""Versions of the policy as they were kept, and the tally of looking again under each."""

from collections.abc import Sequence

from sqlalchemy import select, update

from domain.errors import Unknown
from domain.policy.policy_versions import Look, PolicyVersion
from storage.sql import Shape, Sql
from storage.tables.catalog import policy, policy_look

VERSION = Shape(PolicyVersion, policy)
LOOK = Shape(Look, policy_look)


class Policies:
    """Implements domain.policy.policy_versions.Policies."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def versions(self, limit: int, before: int | None = None) -> Sequence[PolicyVersion]:
        """The newest first, of those before a version when one is given."""
        statement = select(*VERSION.columns).order_by(policy.c.version.desc()).limit(limit)
        if before is not None:
            statement = statement.where(policy.c.version < before)
        return [VERSION.thing(row) for row in self._sql.rows(statement)]

    def get(self, version: int) -> PolicyVersion:
        """Raises Unknown('policy')."""
        row = self._sql.row(select(*VERSION.columns).where(policy.c.version == version))
        if row is None:
            raise Unknown("policy", str(version))
        return VERSION.thing(row)

    def begin_look(self, look: Look) -> None:
        """The first tally of a version."""
        self._sql.insert(policy_look, [LOOK.row(look)])

    def look(self, version: int, *, lock: bool = False) -> Look | None:
        """None for a version nobody put in force; `lock` holds it until the end (PostgreSQL)."""
        statement = select(*LOOK.columns).where(policy_look.c.version == version)
        row = self._sql.row(statement.with_for_update() if lock else statement)
        return None if row is None else LOOK.thing(row)

    def save_look(self, look: Look) -> None:
        """Replace; whoever writes holds it."""
        self._sql.change(update(policy_look).where(policy_look.c.version == look.version).values(**LOOK.row(look)))
