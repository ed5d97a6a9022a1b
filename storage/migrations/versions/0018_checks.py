"""Checks between pick and pack: who checks a parcel, and every unit scanned into it with serial number and batch;
and what a parcel is packed into."""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Two tables, and what a parcel is packed into."""
    op.add_column("parcel", sa.Column("material", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "parcel_check",
        sa.Column("parcel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("person", Words(), nullable=False),
        sa.Column("notes_read", Words(), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_check_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("parcel_id", name=op.f("pk_parcel_check")),
    )
    op.create_table(
        "checked_unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        *(sa.Column(name, Words(), nullable=False) for name in ("serial", "batch")),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_checked_unit_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checked_unit")),
    )
    op.create_index("ix_checked_unit_parcel_id", "checked_unit", ["parcel_id"])
    live = sa.text("serial <> '' AND live")
    op.create_index(
        "uq_checked_unit_serial",
        "checked_unit",
        ["sku", "serial"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
