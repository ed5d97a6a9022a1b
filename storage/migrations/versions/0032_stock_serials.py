"""Serial numbers that were read of a stock document's units."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the table; no document has any yet."""
    op.create_table(
        "stock_doc_serial",
        sa.Column("doc_id", sa.BigInteger(), sa.ForeignKey("stock_doc.id"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", "position", "place"),
    )
    op.create_index("ix_stock_doc_serial_serial", "stock_doc_serial", ["serial"])
