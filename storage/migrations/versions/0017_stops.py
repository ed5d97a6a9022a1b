"""Stops of every kind with their second scan; answers to platforms, recalls of couriers, when shops were heard.

What a stop had as its answer was a note of ours nobody had sent; answers are records of their own now.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0017"
down_revision = "0016"


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def _stops() -> None:
    op.add_column("stop", sa.Column("kind", sa.String(), nullable=False, server_default="refund"))
    op.add_column("stop", sa.Column("told_at", Moment(), nullable=True))
    op.add_column("stop", sa.Column("pulled_by", Words(), nullable=False, server_default=""))
    op.add_column("stop", sa.Column("pulled_at", Moment(), nullable=True))
    op.drop_column("stop", "answer")
    op.create_index("ix_stop_opened_at", "stop", ["opened_at"])


def _replies() -> None:
    op.create_table(
        "reply",
        _id(),
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("refund_no", Words(), nullable=False),
        sa.Column("order_ref", Words(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("said_at", Moment(), nullable=True),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", Words(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_reply_shop_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_reply_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("shop_id", "refund_no", name=op.f("uq_reply_shop_id_refund_no")),
    )
    op.create_index("ix_reply_next_at", "reply", ["next_at"])
    op.create_index("ix_reply_verdict_due_at", "reply", ["verdict", "due_at"])


def _recalls() -> None:
    refs = {"parcel_id": "parcel", "order_id": "orders", "shop_id": "shop", "courier_id": "courier"}
    keys = [
        sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_recall_{name}"))
        for name, table in {**refs, "return_id": "return_parcel"}.items()
    ]
    op.create_table(
        "recall",
        _id(),
        *(sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False) for name in refs),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("waybill", "currency")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "state")),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("picked_up_at", Moment(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        *(sa.Column(name, Words(), nullable=False) for name in ("opened_by", "target", "reference", "why", "error")),
        *(sa.Column(name, Moment(), nullable=True) for name in ("asked_at", "answered_at", "closed_at", "next_at")),
        sa.Column("return_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        *keys,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
    )
    op.create_index("ix_recall_parcel_id", "recall", ["parcel_id"])
    op.create_index("ix_recall_state_next_at", "recall", ["state", "next_at"])
    op.create_index("ix_recall_opened_at", "recall", ["opened_at"])


def upgrade() -> None:
    """Change the stops, add the three tables."""
    _stops()
    _replies()
    _recalls()
    op.create_table(
        "shop_feed",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("heard_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_shop_feed_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "source", name=op.f("pk_shop_feed")),
    )
