"""Bins, batches, stock in transit, cost, and the stock room's documents.

What is there lies on its own shelf, and has cost what the product is planned to cost: so in the levels and in every
row of the ledger, and the two agree.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0014"
down_revision = "0013"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_VALUES = (
    "INSERT INTO stock_value (sku, warehouse_id, bucket, value) SELECT sku, warehouse_id, 'good', "
    "good * COALESCE((SELECT cost FROM sku WHERE sku.code = stock_level.sku), 0) FROM stock_level WHERE good > 0",
    "INSERT INTO stock_value (sku, warehouse_id, bucket, value) SELECT sku, warehouse_id, 'defective', "
    "defective * COALESCE((SELECT cost FROM sku WHERE sku.code = stock_level.sku), 0) FROM stock_level"
    " WHERE defective > 0",
    "UPDATE stock_ledger SET value = delta * COALESCE((SELECT cost FROM sku WHERE sku.code = stock_ledger.sku), 0)"
    " WHERE bucket <> 'reserved'",
)


def _ref(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=optional)


def upgrade() -> None:
    """Create them and place what is there."""
    op.execute(
        "ALTER TABLE stock_level ADD COLUMN in_transit BIGINT NOT NULL DEFAULT 0"
        " CONSTRAINT ck_stock_level_in_transit CHECK (in_transit >= 0)"
    )
    for name, kind, default in (("bin", sa.Text(), ""), ("batch", sa.Text(), ""), ("value", sa.BigInteger(), "0")):
        op.add_column("stock_ledger", sa.Column(name, kind, nullable=False, server_default=default))
    op.create_index("ix_stock_ledger_document_document_id", "stock_ledger", ["document", "document_id"])
    _places()
    _documents()
    op.execute(
        "INSERT INTO stock_place (sku, warehouse_id, bin, batch, units) "
        "SELECT sku, warehouse_id, '', '', good FROM stock_level WHERE good > 0"
    )
    for statement in _VALUES:
        op.execute(statement)


def _places() -> None:
    op.create_table(
        "stock_place",
        sa.Column("sku", sa.Text(), nullable=False),
        _ref("warehouse_id"),
        sa.Column("bin", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_stock_place_units")),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_stock_place_sku")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_place_warehouse_id")),
        sa.PrimaryKeyConstraint("sku", "warehouse_id", "bin", "batch", name=op.f("pk_stock_place")),
    )
    op.create_index(op.f("ix_stock_place_warehouse_id_bin"), "stock_place", ["warehouse_id", "bin"])
    op.create_table(
        "stock_value",
        sa.Column("sku", sa.Text(), nullable=False),
        _ref("warehouse_id"),
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_stock_value_sku")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_value_warehouse_id")),
        sa.PrimaryKeyConstraint("sku", "warehouse_id", "bucket", name=op.f("pk_stock_value")),
    )
    op.create_table(
        "batch",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_batch_sku")),
        sa.PrimaryKeyConstraint("sku", "code", name=op.f("pk_batch")),
    )


def _documents() -> None:
    op.create_table(
        "stock_doc",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _ref("warehouse_id"),
        _ref("to_warehouse_id", optional=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", Words(), nullable=False),
        _ref("holder_id", optional=True),
        sa.Column("holder", Words(), nullable=False),
        sa.Column("bin", Words(), nullable=False),
        sa.Column("scope", Words(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        _ref("first_id", optional=True),
        sa.Column("first", Words(), nullable=False),
        sa.Column("decided_by", Words(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_doc_warehouse_id")),
        sa.ForeignKeyConstraint(["to_warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_doc_to_warehouse_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_stock_doc_holder_id")),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_stock_doc_first_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_doc")),
    )
    op.create_index(op.f("ix_stock_doc_state_id"), "stock_doc", ["state", "id"])
    op.create_index(op.f("ix_stock_doc_holder_id_state"), "stock_doc", ["holder_id", "state"])
    op.create_table(
        "stock_doc_line",
        _ref("doc_id"),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("bin", Words(), nullable=False),
        sa.Column("batch", Words(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("planned", "done", "posted")),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["doc_id"], ["stock_doc.id"], name=op.f("fk_stock_doc_line_doc_id")),
        sa.PrimaryKeyConstraint("doc_id", "position", name=op.f("pk_stock_doc_line")),
    )
