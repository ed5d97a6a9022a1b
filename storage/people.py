"""Staff, chats, invitations, strangers, and the cards in the chats."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update

from domain.errors import Unknown
from domain.people.people import Chat, Invite, Person, Staff
from domain.records import CardRow, NoticeKind
from storage.sql import Shape, Sql, among
from storage.tables.people import card, chat, invite, person, stranger

PERSON = Shape(Person, person)
CHAT = Shape(Chat, chat)
INVITE = Shape(Invite, invite)
CARD = Shape(CardRow, card)

_STAFF = select(*PERSON.columns).order_by(person.c.id)
_CHATS = select(*CHAT.columns).order_by(chat.c.id)
_PERSON = select(*PERSON.columns).where(person.c.id == bindparam("key"))
_PERSON_BY_TELEGRAM = select(*PERSON.columns).where(person.c.telegram_id == bindparam("key"))
_CHAT = select(*CHAT.columns).where(chat.c.id == bindparam("key"))
_CHAT_BY_TELEGRAM = select(*CHAT.columns).where(chat.c.telegram_id == bindparam("key"))
_CARDS_OF = select(*CARD.columns).where(card.c.kind == bindparam("kind"), card.c.subject_id == bindparam("subject_id"))
_CARDS_OF = _CARDS_OF.order_by(card.c.id)
_CARDS_SHOWING = select(*CARD.columns).where(
    card.c.kind.in_(bindparam("kinds", expanding=True, type_=card.c.kind.type)), among(card.c.subject_id)
)


class People:
    """Implements domain.desk.People. Everybody and all chats are read once a transaction: each route asks for them."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self._staff: Staff | None = None
        self._chats: tuple[Chat, ...] | None = None

    def _person(self, statement: Select[Any], key: int) -> Person | None:
        row = self._sql.row(statement, key=key)
        return None if row is None else PERSON.thing(row)

    def _chat(self, statement: Select[Any], key: int) -> Chat | None:
        row = self._sql.row(statement, key=key)
        return None if row is None else CHAT.thing(row)

    def staff(self) -> Staff:
        """Everybody, by id, suspended ones too."""
        if self._staff is None:
            self._staff = Staff(tuple(PERSON.thing(row) for row in self._sql.rows(_STAFF)))
        return self._staff

    def get(self, person_id: int) -> Person:
        """Raises Unknown('person')."""
        found = self._person(_PERSON, person_id)
        if found is None:
            raise Unknown("person", str(person_id))
        return found

    def by_telegram(self, telegram_id: int) -> Person | None:
        """By Telegram's user id."""
        return self._person(_PERSON_BY_TELEGRAM, telegram_id)

    def add(self, new: Person) -> Person:
        """Insert (the id given is ignored) and return it with its id."""
        self._staff = None
        return replace(new, id=self._sql.insert_new(person, PERSON.row(new)))

    def save(self, changed: Person) -> None:
        """By revision. Raises LostRace."""
        self._staff = None
        self._sql.save(person, [PERSON.row(changed)])

    def chat(self, chat_id: int) -> Chat:
        """By our own id. Raises Unknown('chat')."""
        found = self._chat(_CHAT, chat_id)
        if found is None:
            raise Unknown("chat", str(chat_id))
        return found

    def chat_by_telegram(self, telegram_id: int) -> Chat | None:
        """By Telegram's chat id."""
        return self._chat(_CHAT_BY_TELEGRAM, telegram_id)

    def chats(self) -> tuple[Chat, ...]:
        """All chats, by id."""
        if self._chats is None:
            self._chats = tuple(CHAT.thing(row) for row in self._sql.rows(_CHATS))
        return self._chats

    def add_chat(self, new: Chat) -> Chat:
        """Insert (the id given is ignored) and return it with its id."""
        self._chats = None
        return replace(new, id=self._sql.insert_new(chat, CHAT.row(new)))

    def save_chat(self, changed: Chat) -> None:
        """The last writer wins: a chat has no revision. Raises Unknown('chat')."""
        self._chats = None
        values = CHAT.row(changed)
        if not self._sql.change(update(chat).where(chat.c.id == values.pop("id")).values(values)):
            raise Unknown("chat", str(changed.id))

    def add_invite(self, new: Invite) -> None:
        """Keep an invitation."""
        self._sql.insert(invite, [INVITE.row(new)])

    def invite(self, code_hash: str) -> Invite | None:
        """By the hash of its code."""
        row = self._sql.row(select(*INVITE.columns).where(invite.c.code_hash == code_hash))
        return None if row is None else INVITE.thing(row)

    def use_invite(self, code_hash: str, person_id: int, at: datetime) -> bool:
        """Whether it was still unused; then it is used now."""
        unused = (invite.c.code_hash == code_hash) & invite.c.used_at.is_(None)
        return bool(self._sql.change(update(invite).where(unused).values(used_by=person_id, used_at=at)))

    def seen_stranger(self, telegram_id: int, name: str, at: datetime, quiet_minutes: int) -> bool:
        """Remember a stranger; True when they may be answered again (and the owner told)."""
        new = {"telegram_id": telegram_id, "name": name, "seen_at": at, "answered_at": at}
        if self._sql.change(self._sql.upsert(stranger).values(new).on_conflict_do_nothing()):
            return True
        known = stranger.c.telegram_id == telegram_id
        self._sql.change(update(stranger).where(known).values(name=name, seen_at=at))
        rested = known & (stranger.c.answered_at <= at - timedelta(minutes=quiet_minutes))
        return bool(self._sql.change(update(stranger).where(rested).values(answered_at=at)))


class Cards:
    """Implements domain.desk.Cards."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def of(self, kind: NoticeKind, subject_id: int) -> list[CardRow]:
        """Every message that shows this, oldest first."""
        rows = self._sql.rows(_CARDS_OF, kind=kind, subject_id=subject_id)
        return [CARD.thing(row) for row in rows]

    def showing(self, kinds: Collection[NoticeKind], subject_ids: Collection[int]) -> list[CardRow]:
        """Every message that shows one of these subjects as one of these kinds."""
        found = self._sql.rows_in(_CARDS_SHOWING, subject_ids, kinds=tuple(kinds))
        return [CARD.thing(row) for row in found]

    def at(self, chat_id: int, message_id: int) -> CardRow | None:
        """What this message shows."""
        here = (card.c.chat_id == chat_id) & (card.c.message_id == message_id)
        row = self._sql.row(select(*CARD.columns).where(here))
        return None if row is None else CARD.thing(row)

    def put(self, chat_id: int, message_id: int, kind: NoticeKind, subject_id: int, shown: str = "") -> None:
        """The message now shows this (replaces what it showed)."""
        shows = {"kind": kind, "subject_id": subject_id, "at": self._sql.now, "shown": shown}
        statement = self._sql.upsert(card).values(chat_id=chat_id, message_id=message_id, **shows)
        self._sql.change(statement.on_conflict_do_update(index_elements=["chat_id", "message_id"], set_=shows))

    def drop(self, chat_id: int, message_id: int) -> None:
        """The message shows nothing any more."""
        self._sql.change(delete(card).where((card.c.chat_id == chat_id) & (card.c.message_id == message_id)))

    def recent(self, limit: int) -> list[CardRow]:
        """The cards put last, newest first."""
        rows = self._sql.rows(select(*CARD.columns).order_by(card.c.at.desc(), card.c.id.desc()).limit(limit))
        return [CARD.thing(row) for row in rows]
