"""Who has answered for parcels that had left: found quickly, and nobody is asked about those of before."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """What had left before had no clock, so it counts as answered when it was told."""
    op.create_index(
        "ix_stop_unanswered",
        "stop",
        ["state", "opened_at"],
        sqlite_where=sa.text("acked_at IS NULL"),
        postgresql_where=sa.text("acked_at IS NULL"),
    )
    op.create_index(
        "ix_reply_failed",
        "reply",
        ["shop_id"],
        sqlite_where=sa.text("error <> ''"),
        postgresql_where=sa.text("error <> ''"),
    )
    op.execute("UPDATE stop SET acked_at = opened_at WHERE state = 'too_late' AND acked_at IS NULL")
