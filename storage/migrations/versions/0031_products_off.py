"""Products that are no longer sold."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the column; every product there is stays on."""
    op.add_column("sku", sa.Column("enabled", sa.Boolean(), nullable=False, server_default=sa.true()))
