"""Who scanned for a document of the stock room; and of how many of a line's units the cost was told."""

import sqlalchemy as sa
from alembic import op

from storage.types import Words

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Of documents from before, who made one and who holds it scanned for it as far as we know; a line of goods in
    with a cost had it for all its units."""
    op.add_column("stock_doc", sa.Column("hands", Words(), nullable=False, server_default="[]"))
    op.execute("UPDATE stock_doc SET hands = '[' || made_by_id || ']' WHERE made_by_id IS NOT NULL")
    op.execute(
        "UPDATE stock_doc SET hands = '[' || holder_id || ']' WHERE holder_id IS NOT NULL AND made_by_id IS NULL"
    )
    op.execute(
        "UPDATE stock_doc SET hands = '[' || made_by_id || ',' || holder_id || ']'"
        " WHERE made_by_id IS NOT NULL AND holder_id IS NOT NULL AND holder_id <> made_by_id"
    )
    op.add_column("stock_doc_line", sa.Column("costed", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE stock_doc_line SET costed = done WHERE value IS NOT NULL"
        " AND doc_id IN (SELECT id FROM stock_doc WHERE kind = 'receipt')"
    )
