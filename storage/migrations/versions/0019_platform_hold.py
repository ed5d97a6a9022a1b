"""Why a platform lets an order wait itself."""

import sqlalchemy as sa
from alembic import op

from storage.types import Words

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """One text per order."""
    op.add_column("orders", sa.Column("platform_hold", Words(), nullable=False, server_default=""))
