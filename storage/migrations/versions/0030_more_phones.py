"""Of several phones in one place each is found by its last digits."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

_BETWEEN = re.compile(r"[/\\;；,，、|]|或")


def upgrade() -> None:
    """Add the column. Where two numbers stood only the last one was found."""
    op.add_column("orders", sa.Column("more_tails", sa.Text(), nullable=False, server_default=""))
    told = sa.text("more_tails <> ''")
    op.create_index("ix_orders_more_tails", "orders", ["more_tails"], sqlite_where=told, postgresql_where=told)
    orders = sa.table("orders", *map(sa.column, ("id", "receiver_phone", "phone_tail", "more_tails")))
    long = sa.select(orders.c.id, orders.c.receiver_phone).where(sa.func.length(orders.c.receiver_phone) > 18)
    connection = op.get_bind()
    for order_id, phone in connection.execute(long).all():
        tails = [digits[-4:] for part in _BETWEEN.split(phone) if len(digits := re.sub(r"\D", "", part)) > 6]
        if len(tails) > 1:
            row = {"phone_tail": tails[0], "more_tails": f" {' '.join(tails[1:])} "}
            connection.execute(orders.update().where(orders.c.id == order_id).values(row))
