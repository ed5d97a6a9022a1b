"""When an alert's owners heard of it: no longer reckoned back from its next clock, which a changed policy moves."""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Standing alerts count as told; their next reminder says when."""
    op.add_column("alert", sa.Column("told_at", Moment(), nullable=True))
