"""Who has taken an order in review or put it off; what a card of the queue walks through."""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "review_hand",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_by", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("snoozed_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_review_hand_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_review_hand")),
    )
    op.add_column("card", sa.Column("shown", sa.Text(), nullable=False, server_default=""))
