"""Recipes of sets, and which set a line of an order is a part of."""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """No set was known before: lines that stand for one are matched to a product or to nothing, and stay so."""
    op.create_table(
        "bundle",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("parts", Words(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_bundle")),
    )
    op.add_column("order_line", sa.Column("kit", Words(), nullable=True))
