"""Staff: invitations, joining, roles and scopes, suspension, handing over.

Surprising: only the hash of an invitation's code is kept, so that reading the store lets nobody in.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, NotAllowed, Refusal, Unknown
from domain.floor import wave_hands
from domain.people import notices
from domain.people.people import WAREHOUSE_ROLES, Actor, Chat, Invite, Person, Right, Role, require
from domain.records import NoticeKind


@dataclass(eq=False)
class InviteDead(Refusal):
    """The link was used, revoked or has expired."""

    why: str


@dataclass(eq=False)
class LastOwner(Refusal):
    """The company would be left without an owner."""

    name: str


def hashed(code: str) -> str:
    """What is kept of an invitation's code."""
    return hashlib.sha256(code.encode()).hexdigest()


def roles_of(name: str) -> tuple[Role, ...]:
    """`cs` -> (CS,), `warehouse` -> all four of the floor. Raises BadValue naming what would do."""
    name = name.strip().casefold()
    if name == "warehouse":
        return tuple(role for role in Role if role in WAREHOUSE_ROLES)
    try:
        return (Role(name),)
    except ValueError:
        raise BadValue("role", name, "|".join([*Role, "warehouse"])) from None


def scope_of(desk: Desk, name: str) -> tuple[int | None, int | None]:
    """A shop's or warehouse's name or code to (shop id, warehouse id); '' = no limit. Raises Unknown."""
    wanted = name.strip().casefold()
    if not wanted:
        return None, None
    for shop in desk.catalog.shops.values():
        if wanted == shop.name.casefold():
            return shop.id, None
    for warehouse in desk.catalog.warehouses.values():
        if wanted in (warehouse.name.casefold(), warehouse.code.casefold()):
            return None, warehouse.id
    raise Unknown("shop_or_warehouse", name)


def invite(
    desk: Desk, actor: Actor, roles: Collection[Role], scope: str, new_code: Callable[[], str]
) -> tuple[str, Invite]:
    """Make a one-time link's code (returned once, never stored). Raises NotAllowed, Unknown."""
    require(actor, Right.STAFF)
    shop_id, warehouse_id = scope_of(desk, scope)
    code = new_code()
    expires = desk.now + timedelta(hours=desk.policy.invite_hours)
    made = Invite(hashed(code), tuple(roles), shop_id, warehouse_id, actor.person_id, expires)
    desk.people.add_invite(made)
    history.note(desk, actor, "invite", 0, "invited", ",".join(roles))
    return code, made


def join(desk: Desk, code: str, telegram_id: int, name: str, language: str, cause: int | None = None) -> Person:
    """Use a link. Someone known gains the role, someone new joins. Raises InviteDead.

    Whoever used it is let in again while active: the update may be fed a second time after a crash.
    """
    found = desk.people.invite(hashed(code))
    if found is None:
        raise InviteDead("unknown")
    if found.used_by is not None:
        person = desk.people.by_telegram(telegram_id)
        if person is None or person.id != found.used_by or not person.active:
            raise InviteDead("used")
        return person
    if desk.now >= found.expires_at:
        raise InviteDead("expired")
    person = desk.people.by_telegram(telegram_id) or _newcomer(desk, telegram_id, name, language)
    fresh = not person.roles
    person = replace(
        person,
        active=True,
        roles=person.roles | set(found.role_names),
        shops=_widen(person.shops, found.shop_id, fresh),
        warehouses=_widen(person.warehouses, found.warehouse_id, fresh),
    )
    desk.people.save(person)
    if not desk.people.use_invite(found.code_hash, person.id, desk.now):
        raise InviteDead("used")
    history.note(desk, person.acting(cause), "person", person.id, "joined", ",".join(found.role_names))
    for owner in desk.people.staff().with_role(frozenset({Role.OWNER})):
        if owner.id != person.id:
            notices.tell_chat(desk, NoticeKind.WELCOME, person.id, owner.chat_id, key=f"joined:{found.code_hash[:16]}")
    return desk.people.get(person.id)


def _newcomer(desk: Desk, telegram_id: int, name: str, language: str) -> Person:
    chat = desk.people.chat_by_telegram(telegram_id) or desk.people.add_chat(
        Chat(0, telegram_id, "private", name, language)
    )
    return desk.people.add(Person(0, telegram_id, name, chat.id, language, roles=frozenset()))


def _widen(old: frozenset[int] | None, new: int | None, fresh: bool) -> frozenset[int] | None:
    """A second link adds to the scope; a link without a scope lifts the limit."""
    if new is None:
        return None if fresh or old is None else old
    if fresh:
        return frozenset({new})
    return None if old is None else old | {new}


def suspend(desk: Desk, actor: Actor, person_id: int, *, active: bool) -> Person:
    """Suspend or take back. Raises NotAllowed, LastOwner."""
    require(actor, Right.STAFF)
    person = desk.people.get(person_id)
    if not active and Role.OWNER in person.roles:
        others = [p for p in desk.people.staff().with_role(frozenset({Role.OWNER})) if p.id != person_id]
        if not others:
            raise LastOwner(person.name)
    desk.people.save(replace(person, active=active))
    history.note(desk, actor, "person", person_id, "resumed" if active else "suspended")
    return desk.people.get(person_id)


def hand_over(desk: Desk, actor: Actor, from_id: int, to_id: int) -> Person:
    """Everything of one person (roles, scopes, waves, open stops' name) goes to another; the first is suspended."""
    require(actor, Right.STAFF)
    old, new = desk.people.get(from_id), desk.people.get(to_id)
    if from_id == to_id or not new.active:
        raise BadValue("person", new.name, "another_active_person")
    shops = None if old.shops is None or new.shops is None else old.shops | new.shops
    places = None if old.warehouses is None or new.warehouses is None else old.warehouses | new.warehouses
    desk.people.save(replace(new, roles=new.roles | old.roles, shops=shops, warehouses=places))
    desk.people.save(replace(old, active=False, deputy_id=to_id))
    for wave in desk.waves.open_of(None):
        if wave.owner_id == from_id:
            wave_hands.handed(desk, actor, wave, new)
    for stop in desk.stops.open_of(None):
        if stop.named_id == from_id:
            desk.stops.save(replace(stop, named_id=to_id, named=new.name))
            notices.tell_chat(desk, NoticeKind.STOP, stop.id, new.chat_id, key=f"stop:{stop.id}:handed:{to_id}")
    history.note(desk, actor, "person", to_id, "took_over", old.name)
    return desk.people.get(to_id)


def set_language(desk: Desk, person: Person, language: str) -> Person:
    """zh or en. Raises BadValue."""
    if language not in ("zh", "en"):
        raise BadValue("language", language, "zh|en")
    desk.people.save(replace(person, language=language))
    desk.people.save_chat(replace(desk.people.chat(person.chat_id), language=language))
    return desk.people.get(person.id)


def make_desk(desk: Desk, actor: Actor, chat: Chat, roles: Collection[Role], scope: str) -> Chat:
    """This group is the desk of a role from now on: its notices come here. Raises NotAllowed, BadValue."""
    require(actor, Right.STAFF)
    if chat.private:
        raise BadValue("chat", chat.title, "group")
    shop_id, warehouse_id = scope_of(desk, scope)
    role = next(iter(roles), None)
    desk.people.save_chat(replace(chat, role=role, shop_id=shop_id, warehouse_id=warehouse_id))
    history.note(desk, actor, "chat", chat.id, "desk_of", role or "")
    return desk.people.chat(chat.id)


def stranger(desk: Desk, telegram_id: int, name: str) -> bool:
    """Someone nobody invited wrote. True: give the polite no (and the owners are told); False: stay silent."""
    if not desk.people.seen_stranger(telegram_id, name, desk.now, desk.policy.stranger_minutes):
        return False
    for owner in desk.people.staff().with_role(frozenset({Role.OWNER})):
        key = f"stranger:{telegram_id}:{desk.now:%Y%m%d%H}"
        notices.tell_chat(desk, NoticeKind.STRANGER, telegram_id, owner.chat_id, key=key, name=name[:64])
    return True


def who(desk: Desk, telegram_id: int) -> Person:
    """The active member of staff behind a Telegram user. Raises NotAllowed for strangers and suspended people."""
    person = desk.people.by_telegram(telegram_id)
    if person is None or not person.active or not person.roles:
        raise NotAllowed("staff")
    return person
