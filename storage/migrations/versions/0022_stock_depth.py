"""Who made a document of the stock room, by id; and a short way to a product's defective units by batch."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """The history knows who began each document; it has said so with the person's id from the first one on."""
    op.add_column("stock_doc", sa.Column("made_by_id", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE stock_doc SET made_by_id = (SELECT event.actor_id FROM event WHERE event.subject = 'stock_doc'"
        " AND event.subject_id = stock_doc.id AND event.verb = 'made' ORDER BY event.id LIMIT 1)"
    )
    op.create_index(
        "ix_stock_ledger_defective",
        "stock_ledger",
        ["sku", "warehouse_id", "batch"],
        sqlite_where=sa.text("bucket = 'defective'"),
        postgresql_where=sa.text("bucket = 'defective'"),
    )
