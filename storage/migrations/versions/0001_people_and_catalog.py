"""People, chats and the catalog."""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "alias",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "code", name=op.f("pk_alias")),
    )
    op.create_table(
        "catalog_version",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_version")),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_table(
        "courier",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digits", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("first_g", sa.BigInteger(), nullable=False),
        sa.Column("first_price", sa.BigInteger(), nullable=False),
        sa.Column("step_g", sa.BigInteger(), nullable=False),
        sa.Column("step_price", sa.BigInteger(), nullable=False),
        sa.Column("max_g", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("countries", Words(), nullable=False),
        sa.Column("excluded", Words(), nullable=False),
        sa.Column("warehouses", Words(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courier")),
    )
    op.create_table(
        "policy",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("choices", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy")),
    )
    op.create_table(
        "shop",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("fail_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
    )
    op.create_table(
        "sku",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("barcode", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("bin", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sku")),
    )
    op.create_table(
        "stranger",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_stranger")),
    )
    op.create_table(
        "warehouse",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("shops", Words(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse")),
    )
    op.create_table(
        "chat",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("parked", Words(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_chat_shop_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_chat_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_chat_telegram_id")),
    )
    op.create_table(
        "invite",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("role_names", Words(), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_invite_shop_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_invite_warehouse_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_invite")),
    )
    op.create_table(
        "waybill_pool",
        sa.Column("courier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_waybill_pool_courier_id")),
        sa.PrimaryKeyConstraint("courier_id", name=op.f("pk_waybill_pool")),
    )
    op.create_table(
        "card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_card_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("chat_id", "message_id", name=op.f("uq_card_chat_id_message_id")),
    )
    op.create_index(op.f("ix_card_at"), "card", ["at"], unique=False)
    op.create_index(op.f("ix_card_kind_subject_id"), "card", ["kind", "subject_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("roles", Words(), nullable=False),
        sa.Column("shops", Words(), nullable=True),
        sa.Column("warehouses", Words(), nullable=True),
        sa.Column("station", sa.String(), nullable=True),
        sa.Column("last_parcel", sa.BigInteger(), nullable=True),
        sa.Column("deputy_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_person_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_person_telegram_id")),
    )
