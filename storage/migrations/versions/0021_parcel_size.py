"""The size of a packed box as it was measured."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Nothing was measured before."""
    for side in ("length_mm", "width_mm", "height_mm"):
        op.add_column("parcel", sa.Column(side, sa.BigInteger(), nullable=False, server_default="0"))
