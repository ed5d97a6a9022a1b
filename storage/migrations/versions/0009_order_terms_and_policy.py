"""What platforms ask of an order, when to look at it again, money per parcel, and the policy as a document."""

import json

import sqlalchemy as sa
from alembic import op

from storage.types import Moment, Words

revision = "0009"
down_revision = "0008"

_WORDS = ("seller_flag", "invoice", "warehouse_hint", "courier_hint", "merge_code", "risk")
_FLAGS = ("cod", "presale", "apart")


def upgrade() -> None:
    """Add the columns; turn the stored choices into documents."""
    for name in _WORDS:
        op.add_column("orders", sa.Column(name, Words(), nullable=False, server_default=""))
    for name in _FLAGS:
        op.add_column("orders", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("orders", sa.Column("merge_key", sa.Text(), nullable=False, server_default=""))
    for name in ("together", "first_approver"):
        op.add_column("orders", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("orders", sa.Column("promised_ship_at", Moment(), nullable=True))
    op.add_column("orders", sa.Column("look_at", Moment(), nullable=True))
    some_key, some_look = sa.text("merge_key <> ''"), sa.text("look_at IS NOT NULL")
    op.create_index("ix_orders_merge_key", "orders", ["merge_key"], sqlite_where=some_key, postgresql_where=some_key)
    op.create_index("ix_orders_look_at", "orders", ["look_at"], sqlite_where=some_look, postgresql_where=some_look)
    op.add_column("parcel_item", sa.Column("paid", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("policy", sa.Column("document", Words(), nullable=False, server_default=""))
    _documents(op.get_bind())
    op.drop_column("policy", "choices")


def _documents(connection: sa.Connection) -> None:
    policy = sa.table(
        "policy", sa.column("version", sa.BigInteger), sa.column("choices", sa.Text), sa.column("document")
    )
    for row in connection.execute(sa.select(policy.c.version, policy.c.choices)).fetchall():
        lines = [f"{name} = {_toml(value)}" for name, value in json.loads(row.choices).items()]
        change = sa.update(policy).where(policy.c.version == row.version)
        connection.execute(change.values(document="\n".join(lines) + "\n"))


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
