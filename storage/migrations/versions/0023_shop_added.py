"""A shop's silence counts from when it was added; for shops that are there, from now on."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from storage.types import Moment

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """When they were added is not known."""
    feed = sa.table("shop_feed", sa.column("shop_id"), sa.column("source"), sa.column("heard_at", Moment))
    shops = op.get_bind().execute(sa.text("SELECT id FROM shop")).scalars().all()
    now = datetime.now(UTC)
    op.bulk_insert(feed, [{"shop_id": shop, "source": "added", "heard_at": now} for shop in shops])
