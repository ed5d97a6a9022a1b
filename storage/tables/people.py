"""Staff, chats, invitations, strangers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint

from domain.people.people import Role, Station
from domain.records import NoticeKind
from storage.tables import columns as col
from storage.tables.columns import Base, table_of


def roles_of(values: list[str]) -> frozenset[Role]:
    """A person's roles out of JSON."""
    return frozenset(Role(value) for value in values)


def role_names_of(values: list[str]) -> tuple[Role, ...]:
    """An invitation's roles out of JSON."""
    return tuple(Role(value) for value in values)


class ChatRow(Base, table=True):
    """Chats under our own id; `telegram_id` follows a group that became a supergroup."""

    __tablename__ = "chat"
    __table_args__ = (UniqueConstraint("telegram_id"),)
    id: int = col.key()
    telegram_id: int = col.number()
    kind: str = col.text()
    title: str = col.words()
    language: str = col.text()
    role: Role | None = col.choice(Role, optional=True)
    shop_id: int | None = col.ref("shop.id", optional=True)
    warehouse_id: int | None = col.ref("warehouse.id", optional=True)
    parked: str = col.words()
    quiet: str = col.text()


class PersonRow(Base, table=True):
    """Staff."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("telegram_id"),)
    id: int = col.key()
    telegram_id: int = col.number()
    name: str = col.words()
    chat_id: int = col.ref("chat.id")
    language: str = col.text()
    active: bool = col.flag()
    roles: Any = col.document(roles_of)
    shops: Any = col.document(frozenset, optional=True)
    warehouses: Any = col.document(frozenset, optional=True)
    station: Station | None = col.choice(Station, optional=True)
    last_parcel: int | None = col.number(optional=True)
    deputy_id: int | None = col.number(optional=True)
    revision: int = col.number()


class InviteRow(Base, table=True):
    """One-time links, by the hash of their code."""

    __tablename__ = "invite"
    code_hash: str = col.text_key()
    role_names: Any = col.document(role_names_of)
    shop_id: int | None = col.ref("shop.id", optional=True)
    warehouse_id: int | None = col.ref("warehouse.id", optional=True)
    created_by: int | None = col.number(optional=True)
    expires_at: datetime = col.moment()
    used_by: int | None = col.number(optional=True)
    used_at: datetime | None = col.moment(optional=True)


class StrangerRow(Base, table=True):
    """Who knocked, and when they were last answered."""

    __tablename__ = "stranger"
    telegram_id: int = col.own_key()
    name: str = col.words()
    seen_at: datetime = col.moment()
    answered_at: datetime = col.moment()


class CardMessageRow(Base, table=True):
    """Which message shows what."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("chat_id", "message_id"),
        Index(None, "kind", "subject_id"),
        Index(None, "at"),
    )
    id: int = col.key()
    chat_id: int = col.ref("chat.id")
    message_id: int = col.number()
    kind: NoticeKind = col.choice(NoticeKind)
    subject_id: int = col.number()
    shown: str = col.text()
    at: datetime = col.moment()


chat = table_of(ChatRow)
person = table_of(PersonRow)
invite = table_of(InviteRow)
stranger = table_of(StrangerRow)
card = table_of(CardMessageRow)
