"""What is not sent by courier: pick-up orders, lines that need no shipping, and a day before which nothing ships."""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """What is known of older orders stays; their files say the rest when they are told again."""
    op.add_column("orders", sa.Column("pickup", Words(), nullable=False, server_default=""))
    op.add_column("orders", sa.Column("ship_from", Moment(), nullable=True))
    op.add_column("order_line", sa.Column("virtual", sa.String(), nullable=False, server_default=""))
