"""What the phones' scan pages were answered, so that a job sent twice is done once."""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """A table of its own."""
    op.create_table(
        "page_answer",
        sa.Column("person_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("answer", Words(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "job", name=op.f("pk_page_answer")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_page_answer_person_id_person")),
    )
    op.create_index(op.f("ix_page_answer_person_id_at"), "page_answer", ["person_id", "at"])
