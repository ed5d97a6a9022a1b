"""Where the parcels of a wave are sent."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Waves from before were sent nowhere in particular: their lists go by what is there when they are printed."""
    op.create_table(
        "pick_place",
        sa.Column("parcel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("sku", "bin", "batch")),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_pick_place_units")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_pick_place_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("parcel_id", "position", name=op.f("pk_pick_place")),
    )
