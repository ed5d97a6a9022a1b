"""Tariffs, e-waybill accounts and numbers; what matching asks of warehouses, couriers and products.

Surprising: each courier's old pool of numbers becomes its general account and counts on where it stood.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0008"
down_revision = "0007"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEW_COLUMNS = {
    "warehouse": (
        ("city", sa.Text(), ""),
        ("enabled", sa.Boolean(), sa.true()),
        ("fallback", sa.Boolean(), sa.false()),
        ("cutoff", sa.Text(), ""),
        ("areas", Words(), "[]"),
    ),
    "courier": (
        ("enabled", sa.Boolean(), sa.true()),
        ("fallback", sa.Boolean(), sa.false()),
        ("areas", Words(), "[]"),
        ("refuses", Words(), "[]"),
        ("cod", sa.Boolean(), sa.false()),
        ("max_side_mm", sa.BigInteger(), "0"),
        ("service", sa.BigInteger(), "0"),
    ),
    "sku": (
        ("length_mm", sa.BigInteger(), "0"),
        ("width_mm", sa.BigInteger(), "0"),
        ("height_mm", sa.BigInteger(), "0"),
        ("traits", Words(), "[]"),
    ),
}


def upgrade() -> None:
    """Create them and move the pools."""
    for table, columns in _NEW_COLUMNS.items():
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))
    op.add_column("parcel", sa.Column("tariff_id", sa.BigInteger(), nullable=True))
    _tariffs()
    _accounts()
    _numbers()


def _tariffs() -> None:
    op.create_table(
        "tariff",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("courier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("rates", Words(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("unit_g", sa.BigInteger(), nullable=False),
        sa.Column("drop_g", sa.BigInteger(), nullable=False),
        sa.Column("drop_every", sa.Boolean(), nullable=False),
        sa.Column("divisor", sa.BigInteger(), nullable=False),
        sa.Column("volumetric", sa.String(), nullable=False),
        sa.Column("volumetric_over_percent", sa.BigInteger(), nullable=False),
        sa.Column("surcharges", Words(), nullable=False),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_tariff_courier_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_tariff_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff")),
        sa.UniqueConstraint("courier_id", "version", name=op.f("uq_tariff_courier_id_version")),
    )


def _accounts() -> None:
    op.create_table(
        "waybill_account",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("courier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("platforms", Words(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digits", sa.BigInteger(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_waybill_account_courier_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_waybill_account_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waybill_account")),
    )
    op.create_index(op.f("ix_waybill_account_courier_id"), "waybill_account", ["courier_id"], unique=False)
    op.execute(
        "INSERT INTO waybill_account (courier_id, code, platforms, source, prefix, digits, next_number) "
        "SELECT courier_id, '', '[]', 'local', '', 0, next_number FROM waybill_pool ORDER BY courier_id"
    )
    op.drop_table("waybill_pool")


def _numbers() -> None:
    op.create_table(
        "ewaybill",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("courier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.BigInteger(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("error", Words(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["waybill_account.id"], name=op.f("fk_ewaybill_account_id")),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_ewaybill_courier_id")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_ewaybill_parcel_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_ewaybill_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ewaybill")),
    )
    op.create_index(
        "uq_ewaybill_number",
        "ewaybill",
        ["courier_id", "number"],
        unique=True,
        sqlite_where=sa.text("number <> ''"),
        postgresql_where=sa.text("number <> ''"),
    )
    op.create_index(op.f("ix_ewaybill_state_next_at"), "ewaybill", ["state", "next_at"], unique=False)
    op.create_index(
        op.f("ix_ewaybill_account_id_state_changed_at"), "ewaybill", ["account_id", "state", "changed_at"], unique=False
    )
    op.create_index(op.f("ix_ewaybill_parcel_id"), "ewaybill", ["parcel_id"], unique=False)
