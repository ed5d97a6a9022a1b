"""Orders, parcels and stock."""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("number", Words(), nullable=False),
        sa.Column("external_id", Words(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("platform_state", sa.String(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", Moment(), nullable=True),
        sa.Column("paid_at", Moment(), nullable=True),
        sa.Column("platform_updated_at", Moment(), nullable=True),
        sa.Column("goods", sa.BigInteger(), nullable=False),
        sa.Column("shipping", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("buyer_id", Words(), nullable=False),
        sa.Column("buyer_message", Words(), nullable=False),
        sa.Column("seller_note", Words(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("decided_by", Words(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("release_at", Moment(), nullable=True),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("receiver_name", Words(), nullable=False),
        sa.Column("receiver_phone", Words(), nullable=False),
        sa.Column("receiver_country", Words(), nullable=False),
        sa.Column("receiver_province", Words(), nullable=False),
        sa.Column("receiver_city", Words(), nullable=False),
        sa.Column("receiver_district", Words(), nullable=False),
        sa.Column("receiver_address", Words(), nullable=False),
        sa.Column("receiver_zip", Words(), nullable=False),
        sa.Column("receiver_masked", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("phone_tail", sa.Text(), nullable=False),
        sa.Column("needle", Words(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_orders_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("shop_id", "number", name=op.f("uq_orders_shop_id_number")),
    )
    op.create_index(op.f("ix_orders_external_id"), "orders", ["external_id"], unique=False)
    op.create_index(op.f("ix_orders_number"), "orders", ["number"], unique=False)
    op.create_index(op.f("ix_orders_paid_at"), "orders", ["paid_at"], unique=False)
    op.create_index(op.f("ix_orders_phone_tail"), "orders", ["phone_tail"], unique=False)
    op.create_index(op.f("ix_orders_placed_at"), "orders", ["placed_at"], unique=False)
    op.create_index(
        op.f("ix_orders_release_at"),
        "orders",
        ["release_at"],
        unique=False,
        sqlite_where=sa.text("release_at IS NOT NULL"),
        postgresql_where=sa.text("release_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_orders_shop_id_buyer_id"), "orders", ["shop_id", "buyer_id"], unique=False)
    op.create_index(op.f("ix_orders_shop_id_external_id"), "orders", ["shop_id", "external_id"], unique=False)
    op.create_index(op.f("ix_orders_status_created_at"), "orders", ["status", "created_at"], unique=False)
    op.create_index(op.f("ix_orders_status_held_id"), "orders", ["status", "held", "id"], unique=False)
    op.create_table(
        "stock_ledger",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_ledger_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_ledger")),
    )
    op.create_index(op.f("ix_stock_ledger_at"), "stock_ledger", ["at"], unique=False)
    op.create_index(op.f("ix_stock_ledger_sku_id"), "stock_ledger", ["sku", "id"], unique=False)
    op.create_table(
        "stock_level",
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("good", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("defective", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "reserved >= 0 AND defective >= 0 AND good >= reserved", name=op.f("ck_stock_level_never_negative")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_stock_level_sku")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_level_warehouse_id")),
        sa.PrimaryKeyConstraint("warehouse_id", "sku", name=op.f("pk_stock_level")),
    )
    op.create_table(
        "waiting_line",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("lines", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("raw", Words(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_waiting_line_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "number", name=op.f("pk_waiting_line")),
    )
    op.create_table(
        "wave",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("owner", Words(), nullable=False),
        sa.Column("parcels", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_wave_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
    )
    op.create_index(op.f("ix_wave_state_warehouse_id"), "wave", ["state", "warehouse_id"], unique=False)
    op.create_table(
        "hold",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("evidence", Words(), nullable=False),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("resolved_by", Words(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_hold_order_id")),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_hold")),
    )
    op.create_index(
        "ix_hold_open",
        "hold",
        ["code", "order_id"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("external_id", Words(), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("variant", Words(), nullable=False),
        sa.Column("merchant_code", Words(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("refund", sa.String(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_line_order_id")),
        sa.PrimaryKeyConstraint("order_id", "line_no", name=op.f("pk_order_line")),
    )
    op.create_table(
        "order_raw",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("raw", Words(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_raw_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_raw")),
    )
    op.create_index(op.f("ix_order_raw_order_id"), "order_raw", ["order_id"], unique=False)
    op.create_table(
        "parcel",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("courier_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("waybill", sa.Text(), nullable=False),
        sa.Column("wave_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), nullable=True),
        sa.Column("holder", Words(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("expected_g", sa.BigInteger(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("freight", sa.BigInteger(), nullable=False),
        sa.Column("freight_currency", sa.Text(), nullable=False),
        sa.Column("ready_at", Moment(), nullable=True),
        sa.Column("state_at", Moment(), nullable=True),
        sa.Column("handed_over_at", Moment(), nullable=True),
        sa.Column("why", Words(), nullable=False),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_parcel_courier_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_parcel_shop_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_parcel_warehouse_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_parcel_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
    )
    op.create_index(op.f("ix_parcel_handed_over_at"), "parcel", ["handed_over_at"], unique=False)
    op.create_index(op.f("ix_parcel_state_blocked_ready_at"), "parcel", ["state", "blocked", "ready_at"], unique=False)
    op.create_index(op.f("ix_parcel_state_state_at"), "parcel", ["state", "state_at"], unique=False)
    op.create_index(op.f("ix_parcel_wave_id"), "parcel", ["wave_id"], unique=False)
    op.create_index(op.f("ix_parcel_waybill"), "parcel", ["waybill"], unique=False)
    op.create_table(
        "refund",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("external_id", Words(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("line_nos", Words(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refund_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("order_id", "external_id", name=op.f("uq_refund_order_id_external_id")),
    )
    op.create_index(op.f("ix_refund_at"), "refund", ["at"], unique=False)
    op.create_table(
        "parcel_item",
        sa.Column("parcel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_parcel_item_order_id")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_item_parcel_id")),
        sa.PrimaryKeyConstraint("parcel_id", "position", name=op.f("pk_parcel_item")),
    )
    op.create_index(op.f("ix_parcel_item_order_id"), "parcel_item", ["order_id"], unique=False)
    op.create_table(
        "stop",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("line_nos", Words(), nullable=False),
        sa.Column("named_id", sa.BigInteger(), nullable=True),
        sa.Column("named", Words(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("acked_by", Words(), nullable=False),
        sa.Column("acked_at", Moment(), nullable=True),
        sa.Column("closed_by", Words(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("answer", Words(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_stop_order_id")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_stop_parcel_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_stop_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop")),
    )
    op.create_index(op.f("ix_stop_parcel_id"), "stop", ["parcel_id"], unique=False)
    op.create_index(op.f("ix_stop_state_next_at"), "stop", ["state", "next_at"], unique=False)
