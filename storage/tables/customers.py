"""Customers, the entries of the blacklist, and the keys the entries recognise orders by."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as sql

from domain.customers.customer_records import Appeal, EntryState, ListLevel, Reason
from domain.intake.incoming import Platform
from storage.tables import columns as col
from storage.tables.columns import Base, table_of

_PROPOSED = sql("state = 'proposed'")
_ACTIVE = sql("state = 'active'")


class CustomerRow(Base, table=True):
    """Who somebody looked at or decided on; all others are only buyer ids on orders."""

    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("platform", "buyer_id"),)
    id: int = col.key()
    platform: Platform = col.choice(Platform)
    buyer_id: str = col.words()
    revision: int = col.number()
    vip: bool = col.flag()
    tags: Any = col.document(tuple)
    note: str = col.words()


class EntryRow(Base, table=True):
    """Entries; at most one waits for a decision per customer."""

    __tablename__ = "list_entry"
    __table_args__ = (
        Index(None, "customer_id"),
        Index("uq_list_entry_proposed", "customer_id", unique=True, sqlite_where=_PROPOSED, postgresql_where=_PROPOSED),
        Index("ix_list_entry_active", "expires_at", sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
    )
    id: int = col.key()
    customer_id: int = col.ref("customer.id")
    state: EntryState = col.choice(EntryState)
    reason: Reason = col.choice(Reason)
    added_by: str = col.words()
    added_at: datetime = col.moment()
    level: ListLevel = col.choice(ListLevel)
    evidence: str = col.words()
    orders: Any = col.document(tuple)
    facts: Any = col.document()
    expires_at: datetime | None = col.moment(optional=True)
    decided_by: str = col.words()
    decided_at: datetime | None = col.moment(optional=True)
    ended_by: str = col.words()
    ended_at: datetime | None = col.moment(optional=True)
    end_reason: str = col.words()
    appeal: Appeal = col.choice(Appeal)
    appeal_text: str = col.words()
    appeal_by: str = col.words()
    appeal_at: datetime | None = col.moment(optional=True)
    revision: int = col.number()


class EntryKeyRow(Base, table=True):
    """What an entry recognises an order by."""

    __tablename__ = "list_key"
    __table_args__ = (Index(None, "key"),)
    entry_id: int = col.ref("list_entry.id", primary=True)
    position: int = col.own_key()
    key: str = col.words()


customer = table_of(CustomerRow)
list_entry = table_of(EntryRow)
list_key = table_of(EntryKeyRow)
