"""Until when an order must have left, kept with it: what the queue is sorted by.

Orders from before get what the platform promised, else 48 hours from payment; those in review are screened again at
once, which puts the policy's own hours in.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import Deadline, Moment

revision = "0013"
down_revision = "0012"

_NEVER = {"sqlite": "'9999-01-01 00:00:00.000000'", "postgresql": "'9999-01-01 00:00:00.000000+00'"}
_FILL = {
    "sqlite": "UPDATE orders SET due_at = coalesce(promised_ship_at, "
    "strftime('%Y-%m-%d %H:%M:%S', paid_at, '+48 hours') || substr(paid_at, 20)) WHERE paid_at IS NOT NULL",
    "postgresql": "UPDATE orders SET due_at = coalesce(promised_ship_at, paid_at + interval '48 hours')"
    " WHERE paid_at IS NOT NULL",
}
_QUEUE = ["status", "held", "due_at", "created_at", "id"]


def upgrade() -> None:
    """Add the column and sort the queue by it."""
    database = op.get_bind().dialect.name
    op.add_column("orders", sa.Column("due_at", Deadline(), nullable=False, server_default=sa.text(_NEVER[database])))
    op.execute(_FILL[database])
    orders = sa.table("orders", sa.column("status"), sa.column("created_at", Moment()), sa.column("look_at", Moment()))
    op.execute(orders.update().where(orders.c.status == "review").values(look_at=orders.c.created_at))
    op.drop_index("ix_orders_status_held_id", "orders")
    op.create_index("ix_orders_status_held_due_at_created_at_id", "orders", _QUEUE)
