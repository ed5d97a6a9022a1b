"""What a courier collects at the door for a parcel, as it was when it was handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Of parcels handed over before nothing was written down: their labels say it."""
    op.add_column("parcel", sa.Column("collect", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("parcel", sa.Column("collect_currency", sa.Text(), nullable=False, server_default=""))
