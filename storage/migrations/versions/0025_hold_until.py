"""When time alone ends a hold: nobody is late with it before.

Orders in review that such a hold keeps are screened again at once, which puts the moment in.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment

revision = "0025"
down_revision = "0024"

_TIMED = ("PRESALE_WAIT", "MERGE_WAIT", "PAY_DELAY", "TIME_WINDOW", "FREEZE")


def upgrade() -> None:
    """Add the column and have what it is about looked at."""
    op.add_column("hold", sa.Column("until", Moment(), nullable=True))
    hold = sa.table("hold", *map(sa.column, ("order_id", "code", "resolved_at")))
    orders = sa.table("orders", *map(sa.column, ("id", "status", "look_at", "created_at")))
    held = sa.select(hold.c.order_id).where(hold.c.code.in_(_TIMED), hold.c.resolved_at.is_(None))
    due = orders.update().where(orders.c.status == "review", orders.c.id.in_(held))
    op.execute(due.values(look_at=orders.c.created_at))
