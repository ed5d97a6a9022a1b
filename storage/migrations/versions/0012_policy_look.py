"""Under which policy an order was screened, and how far looking again under a new one has come.

The index of merge keys gets the status: without it SQLite walked all orders in review for every batch.
Orders that are in review now count as screened under no policy: they are looked at again once.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column, the table and the indexes."""
    op.add_column("orders", sa.Column("screened", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_orders_status_screened_id", "orders", ["status", "screened", "id"])
    some_key = sa.text("merge_key <> ''")
    op.drop_index("ix_orders_merge_key", "orders")
    op.create_index(
        "ix_orders_merge_key_status",
        "orders",
        ["merge_key", "status"],
        sqlite_where=some_key,
        postgresql_where=some_key,
    )
    op.create_table(
        "policy_look",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("looked", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("freed", sa.BigInteger(), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["version"], ["policy.version"], name=op.f("fk_policy_look_version")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy_look")),
    )
