"""Why a wave was made, the courier's sort code, printed copies, couriers' manifests."""

import sqlalchemy as sa
from alembic import op

from storage.types import Document, Moment, Words

revision = "0015"
down_revision = "0014"


def _key() -> "sa.types.TypeEngine[int]":
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, then the tables."""
    op.add_column("wave", sa.Column("why", Document(dict), nullable=False, server_default="{}"))
    op.add_column("ewaybill", sa.Column("sort_code", Words(), nullable=False, server_default=""))
    op.add_column("ewaybill", sa.Column("hub", Words(), nullable=False, server_default=""))
    _printed()
    _manifests()


def _printed() -> None:
    op.create_table(
        "printed",
        sa.Column("id", _key(), autoincrement=True, nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_printed_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed")),
    )
    op.create_index(op.f("ix_printed_parcel_id"), "printed", ["parcel_id"])


def _manifests() -> None:
    op.create_table(
        "manifest",
        sa.Column("id", _key(), autoincrement=True, nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("courier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", Words(), nullable=False),
        sa.Column("parcels", sa.BigInteger(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", Words(), nullable=False),
        sa.Column("signed_by", Words(), nullable=False),
        sa.Column("signed_at", Moment(), nullable=True),
        sa.Column("file_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_manifest_warehouse_id")),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_manifest_courier_id")),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_manifest_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest")),
    )
    op.create_index(op.f("ix_manifest_warehouse_id_id"), "manifest", ["warehouse_id", "id"])
    op.create_table(
        "manifest_parcel",
        sa.Column("parcel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("manifest_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_manifest_parcel_parcel_id")),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_manifest_parcel_manifest_id")),
        sa.PrimaryKeyConstraint("parcel_id", name=op.f("pk_manifest_parcel")),
    )
    op.create_index(op.f("ix_manifest_parcel_manifest_id"), "manifest_parcel", ["manifest_id"])
