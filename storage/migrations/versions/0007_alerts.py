"""Alerts with parts, turns and first records; what is normal in a shop; a chat's quiet hours."""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0007"
down_revision = "0006"

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    """Add them; alerts that are open stay open and are dated by the clock's next round."""
    op.add_column("chat", sa.Column("quiet", sa.Text(), nullable=False, server_default=""))
    op.add_column("alert", sa.Column("part", Words(), nullable=False, server_default=""))
    op.add_column("alert", sa.Column("turn", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("alert", sa.Column("oldest_at", Moment(), nullable=True))
    op.add_column("alert", sa.Column("first", Words(), nullable=False, server_default="[]"))
    op.add_column("alert", sa.Column("facts", Words(), nullable=False, server_default="{}"))
    op.add_column("alert", sa.Column("reason", Words(), nullable=False, server_default=""))
    op.drop_index("uq_alert_open", "alert")
    parts = ["kind", "subject_id", "part"]
    op.create_index("uq_alert_open", "alert", parts, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "rhythm",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("learned_at", Moment(), nullable=False),
        sa.Column("arrivals", sa.BigInteger(), nullable=False),
        sa.Column("bands", Words(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_rhythm_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_rhythm")),
    )
    op.create_index(op.f("ix_orders_shop_id_created_at"), "orders", ["shop_id", "created_at"], unique=False)
    op.create_index(op.f("ix_event_at"), "event", ["at"], unique=False)
