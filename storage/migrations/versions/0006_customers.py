"""Customers and the blacklist. Who stood in the policy's `blacklist` becomes an entry with the level hold."""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0006"
down_revision = "0005"

_CUSTOMER = sa.table(
    "customer", *(sa.column(n) for n in ("id", "platform", "buyer_id", "revision", "vip", "tags", "note"))
)
_PLATFORMS = ("taobao", "pinduoduo", "shopify", "woocommerce")
_POLICY = sa.table("policy", sa.column("version"), sa.column("choices"))


def upgrade() -> None:
    """Create them, then move the old list over."""
    _customers()
    _entries()
    op.create_index(
        "ix_orders_money_back",
        "orders",
        ["platform", "buyer_id"],
        unique=False,
        sqlite_where=sa.text("refunded > 0"),
        postgresql_where=sa.text("refunded > 0"),
    )
    refused = sa.text("reason = 'refused'")
    op.create_index("ix_return_refused", "return_parcel", ["order_id"], sqlite_where=refused, postgresql_where=refused)
    missing = sa.text("missing > 0")
    op.create_index(
        "ix_return_item_missing", "return_item", ["return_id"], sqlite_where=missing, postgresql_where=missing
    )
    _move_the_old_list()


def _customers() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("buyer_id", Words(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("vip", sa.Boolean(), nullable=False),
        sa.Column("tags", Words(), nullable=False),
        sa.Column("note", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("platform", "buyer_id", name=op.f("uq_customer_platform_buyer_id")),
    )


def _entries() -> None:
    op.create_table(
        "list_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("added_by", Words(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("evidence", Words(), nullable=False),
        sa.Column("orders", Words(), nullable=False),
        sa.Column("facts", Words(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("decided_by", Words(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("ended_by", Words(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("end_reason", Words(), nullable=False),
        sa.Column("appeal", sa.String(), nullable=False),
        sa.Column("appeal_text", Words(), nullable=False),
        sa.Column("appeal_by", Words(), nullable=False),
        sa.Column("appeal_at", Moment(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_list_entry_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entry")),
    )
    op.create_index(op.f("ix_list_entry_customer_id"), "list_entry", ["customer_id"], unique=False)
    for name, columns, state in (
        ("uq_list_entry_proposed", ["customer_id"], "proposed"),
        ("ix_list_entry_active", ["expires_at"], "active"),
    ):
        only = sa.text(f"state = '{state}'")
        unique = name.startswith("uq")
        op.create_index(name, "list_entry", columns, unique=unique, sqlite_where=only, postgresql_where=only)
    op.create_table(
        "list_key",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["list_entry.id"], name=op.f("fk_list_key_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_list_key")),
    )
    op.create_index(op.f("ix_list_key_key"), "list_key", ["key"], unique=False)


def _move_the_old_list() -> None:
    """The newest policy's entries (`platform:buyer`) move; every version loses the choice nobody knows any more."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(_POLICY).order_by(_POLICY.c.version)).all()
    listed: list[str] = []
    for row in rows:
        choices = json.loads(row.choices)
        listed = choices.pop("blacklist", [])
        kept = json.dumps(choices, ensure_ascii=False, separators=(",", ":"))
        connection.execute(sa.update(_POLICY).where(_POLICY.c.version == row.version).values(choices=kept))
    for name in sorted(set(listed)):
        platform, _, buyer = name.partition(":")
        if platform in _PLATFORMS and buyer:
            _list(connection, platform, buyer)


def _list(connection: sa.Connection, platform: str, buyer: str) -> None:
    values = {"platform": platform, "buyer_id": buyer, "revision": 1, "vip": False, "tags": "[]", "note": ""}
    connection.execute(sa.insert(_CUSTOMER).values(values))
    mine = (_CUSTOMER.c.platform == platform) & (_CUSTOMER.c.buyer_id == buyer)
    customer_id: int = connection.execute(sa.select(_CUSTOMER.c.id).where(mine)).scalar_one()
    entry = {
        "customer_id": customer_id,
        "state": "active",
        "reason": "other",
        "added_by": "operator",
        "added_at": datetime.now(UTC),
        "level": "hold",
        "evidence": "policy: blacklist",
        "orders": "[]",
        "facts": "{}",
        "appeal": "none",
        "revision": 1,
        **dict.fromkeys(("decided_by", "ended_by", "end_reason", "appeal_text", "appeal_by"), ""),
    }
    types: dict[str, Any] = {"added_at": Moment()}
    table = sa.table("list_entry", sa.column("id"), *(sa.column(name, types.get(name)) for name in entry))
    connection.execute(sa.insert(table).values(entry))
    entry_id: int = connection.execute(sa.select(table.c.id).where(table.c.customer_id == customer_id)).scalar_one()
    key = sa.table("list_key", *(sa.column(name) for name in ("entry_id", "position", "key")))
    values = {"entry_id": entry_id, "position": 0, "key": f"buyer:{platform}:{buyer}"}
    connection.execute(sa.insert(key).values(values))
