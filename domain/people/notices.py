"""Who must know: routes from roles and scopes to chats. A notice is a row of the same transaction as its cause.

Surprising: a group that is the desk of a role gets the notice instead of each person; a named person is told in
private as well. Parked chats are passed over, so the next person is told.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from domain.desk import Desk
from domain.orders.orders import Order
from domain.people.people import WAREHOUSE_ROLES, Actor, Chat, Person, Role
from domain.records import Notice, NoticeKind
from domain.review.holds import CATALOGUE, HoldCode

DIGEST_MINUTES = 30


def _desk_of(chat: Chat, roles: Collection[Role], shop: int | None, warehouse: int | None) -> bool:
    serves = chat.role in roles or (chat.role in WAREHOUSE_ROLES and bool(WAREHOUSE_ROLES & set(roles)))
    return (
        serves
        and not chat.parked
        and (shop is None or chat.shop_id in (None, shop))
        and (warehouse is None or chat.warehouse_id in (None, warehouse))
    )


def route(
    desk: Desk,
    roles: Collection[Role],
    *,
    shop: int | None = None,
    warehouse: int | None = None,
    named: int | None = None,
    others: bool = True,
) -> list[int]:
    """Our chat ids to tell: the named person, then the roles' groups or else each person; without `others` each person
    only in the named one's place. Nobody left, or the named person is out of reach: the owners as well."""
    chats = {chat.id: chat for chat in desk.people.chats()}
    staff = desk.people.staff()
    told = [p.chat_id for p in staff.people if p.id == named and p.active and not chats[p.chat_id].parked]
    lost = named is not None and not told
    groups = [chat.id for chat in chats.values() if _desk_of(chat, roles, shop, warehouse)]
    if groups or others or not told:
        told += groups or _reached(staff.with_role(frozenset(roles), shop=shop, warehouse=warehouse), chats)
    if lost or not told:
        told += _reached(staff.with_role(frozenset({Role.OWNER})), chats)
    return list(dict.fromkeys(told))


def each(desk: Desk, roles: Collection[Role], *, warehouse: int | None = None) -> list[int]:
    """Our chat ids of everybody in one of the roles, in private, whatever groups there are."""
    chats = {chat.id: chat for chat in desk.people.chats()}
    return _reached(desk.people.staff().with_role(frozenset(roles), warehouse=warehouse), chats)


def _reached(people: Iterable[Person], chats: Mapping[int, Chat]) -> list[int]:
    return [person.chat_id for person in people if not chats[person.chat_id].parked]


def tell(
    desk: Desk,
    kind: NoticeKind,
    subject_id: int,
    roles: Collection[Role],
    *,
    key: str,
    shop: int | None = None,
    warehouse: int | None = None,
    named: int | None = None,
    delay_seconds: int = 0,
    quiet: bool = False,
    doer: Actor | None = None,
    **data: str,
) -> None:
    """Queue one notice per chat of the route, once per key; the `doer` has the record on screen, in private and
    in the group they acted in, and is told in neither."""
    due = desk.now + timedelta(seconds=delay_seconds)
    chats = route(desk, roles, shop=shop, warehouse=warehouse, named=named)
    if doer is not None:
        own = {person.chat_id for person in desk.people.staff().people if person.id == doer.person_id} | {doer.chat_id}
        chats = [chat for chat in chats if chat not in own]
    desk.outbox.add([Notice(kind, subject_id, chat, key, due, quiet=quiet, data=data) for chat in chats])


def ask_owners(desk: Desk, order: Order, codes: Collection[HoldCode]) -> None:
    """Whoever is to decide on these new holds gets the order's card: the floor only keeps its box, the answer is
    theirs. A freeze is known to who wrote it, a neighbour's trouble to who has the neighbour."""
    told = [code for code in codes if code not in (HoldCode.MEMBER_CHANGED, HoldCode.FREEZE)]
    roles = {CATALOGUE[code].owner for code in told}
    if roles:
        key = f"held:{order.id}:{order.revision}:{','.join(told)}"
        tell(desk, NoticeKind.ORDER, order.id, roles, key=key, shop=order.shop_id)


def tell_chat(desk: Desk, kind: NoticeKind, subject_id: int, chat_id: int, *, key: str, **data: str) -> None:
    """Queue one notice for one chat."""
    desk.outbox.add([Notice(kind, subject_id, chat_id, key, desk.now, data=data)])


def tell_people(desk: Desk, kind: NoticeKind, subjects: Mapping[int, int], *, key: str, **data: str) -> None:
    """Queue one quiet notice in private for each of these people (person id -> what of) who is there and reachable."""
    if not subjects:
        return
    chats = {chat.id for chat in desk.people.chats() if not chat.parked}
    told = [p for p in desk.people.staff().people if p.id in subjects and p.active and p.chat_id in chats]
    desk.outbox.add([Notice(kind, subjects[p.id], p.chat_id, key, desk.now, quiet=True, data=data) for p in told])


def redraw(desk: Desk, kind: NoticeKind, subject_ids: Iterable[int], *, digest: bool = False) -> None:
    """Every card that shows one of these is drawn again: when one person acts, all copies change.

    An order stands on its own card and on the queue's; with `digest` the digest counts it as well.
    """
    desk.outbox.add(redraws(desk, kind, subject_ids, digest=digest))


def redraws(desk: Desk, kind: NoticeKind, subject_ids: Iterable[int], *, digest: bool = False) -> list[Notice]:
    """What `redraw` queues."""
    ids = set(subject_ids)
    kinds = {kind, NoticeKind.QUEUE} if kind is NoticeKind.ORDER else {kind}
    cards = desk.cards.showing(kinds | {NoticeKind.DIGEST} if digest else kinds, ids | {0} if digest else ids)
    return [
        Notice(card.kind, card.subject_id, card.chat_id, f"redraw:{card.kind}:{card.subject_id}", desk.now, redraw=True)
        for card in cards
    ]


def digest(desk: Desk, shops: Collection[int]) -> None:
    """New orders are there: at most one new digest card per chat and half hour, the last one redrawn in between."""
    now = desk.now
    bucket = int(now.timestamp()) // (DIGEST_MINUTES * 60)
    for shop in sorted(shops):
        tell(desk, NoticeKind.DIGEST, 0, {Role.CS, Role.CS_LEAD}, key=f"digest:{bucket}", shop=shop, delay_seconds=2)
    redraw(desk, NoticeKind.DIGEST, [0])


def unreachable(desk: Desk, chat: Chat, why: str) -> None:
    """A chat is gone (blocked, kicked, deleted): nothing is sent there until it is back; the owners are told, and all
    it should have heard goes to them."""
    desk.people.save_chat(replace(chat, parked=why))
    owners = [p for p in desk.people.staff().with_role(frozenset({Role.OWNER})) if p.chat_id != chat.id]
    unheard = [notice for notice in desk.outbox.waiting(chat.id) if not notice.redraw]
    for owner in owners:
        tell_chat(desk, NoticeKind.ROUTE_DEAD, chat.id, owner.chat_id, key=f"dead:{chat.id}:{why}", why=why)
        for notice in unheard:
            tell_chat(desk, notice.kind, notice.subject_id, owner.chat_id, key=notice.key, **dict(notice.data))
