"""Of several phones in one place each is found by its last digits.

Surprising: the program itself is asked what stands in a phone's place. The tails are copies: what it writes with the
next save is what must stand here.
"""

import sqlalchemy as sa
from alembic import op

from domain.addresses import phones

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the column. Where two numbers stood only the last one was found."""
    op.add_column("orders", sa.Column("more_tails", sa.Text(), nullable=False, server_default=""))
    told = sa.text("more_tails <> ''")
    op.create_index("ix_orders_more_tails", "orders", ["more_tails"], sqlite_where=told, postgresql_where=told)
    orders = sa.table("orders", *map(sa.column, ("id", "receiver_phone", "phone_tail", "more_tails")))
    place = orders.c.receiver_phone
    room_for_two = sa.or_(sa.func.length(place) > 18, place.contains("/"))
    connection = op.get_bind()
    for order_id, phone in connection.execute(sa.select(orders.c.id, place).where(room_for_two)).all():
        first, *more = [digits[-4:] for digits in phones.digits(phone)] or [""]
        if more:
            row = {"phone_tail": first, "more_tails": f" {' '.join(more)} "}
            connection.execute(orders.update().where(orders.c.id == order_id).values(row))
