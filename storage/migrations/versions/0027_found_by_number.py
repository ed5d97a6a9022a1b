"""A unit's serial number or batch is looked for by itself: what took it is found without reading every check."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Only units that bear one stand in these."""
    for column in ("serial", "batch"):
        told = sa.text(f"{column} <> ''")
        op.create_index(f"ix_checked_unit_{column}", "checked_unit", [column], sqlite_where=told, postgresql_where=told)
