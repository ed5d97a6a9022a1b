"""How tables without a format are read."""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    """Create it."""
    op.create_table(
        "table_mapping",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_name", Words(), nullable=False),
        sa.Column("header", Words(), nullable=False),
        sa.Column("samples", Words(), nullable=False),
        sa.Column("columns", Words(), nullable=False),
        sa.Column("words", Words(), nullable=False),
        sa.Column("per_line", sa.Boolean(), nullable=False),
        sa.Column("made_by", Words(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_table_mapping_file_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_table_mapping_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_table_mapping")),
        sa.UniqueConstraint("shop_id", "signature", name=op.f("uq_table_mapping_shop_id_signature")),
    )
