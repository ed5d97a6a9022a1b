"""Each line of a return says in which order, and on which line of it, its units were sold.

Surprising: of a merged parcel that came back, the lines were written in the order they lie in the parcel, so their
places tell whose they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_OF_PARCEL = """
UPDATE return_item SET (order_id, order_line) = (
    SELECT packed.order_id, packed.line_no
    FROM (
        SELECT parcel_id, order_id, line_no, row_number() OVER (PARTITION BY parcel_id ORDER BY position) AS place
        FROM parcel_item WHERE NOT dropped
    ) AS packed
    JOIN return_parcel ON return_parcel.parcel_id = packed.parcel_id
    WHERE return_parcel.id = return_item.return_id AND packed.place = return_item.line_no
)
WHERE return_id IN (SELECT id FROM return_parcel WHERE parcel_id IS NOT NULL)
"""
_OF_ORDER = """
UPDATE return_item SET
    order_id = (SELECT order_id FROM return_parcel WHERE return_parcel.id = return_item.return_id),
    order_line = coalesce((
        SELECT min(line.line_no) FROM order_line AS line
        JOIN return_parcel ON return_parcel.order_id = line.order_id
        WHERE return_parcel.id = return_item.return_id AND line.sku = return_item.sku
    ), 0)
WHERE order_id IS NULL
"""


def upgrade() -> None:
    """Add the columns, find out whose the lines are, and from now on ask for it."""
    op.add_column("return_item", sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=True))
    op.add_column("return_item", sa.Column("order_line", sa.BigInteger(), nullable=True))
    op.execute(_OF_PARCEL)
    op.execute(_OF_ORDER)
    with op.batch_alter_table("return_item") as table:
        table.alter_column("order_id", existing_type=sa.BigInteger(), nullable=False)
        table.alter_column("order_line", existing_type=sa.BigInteger(), nullable=False)
        table.create_foreign_key(op.f("fk_return_item_order_id"), "orders", ["order_id"], ["id"])
    op.create_index(op.f("ix_return_item_order_id"), "return_item", ["order_id"])
