"""The staff: everybody, one person, and what owners are told: a stranger wrote, somebody joined, a chat is dead.

Surprising: the list and a person's card are drawn on demand only and never redrawn by others' doings.
"""

from collections.abc import Mapping

from domain.desk import Desk
from domain.orders.catalog import Catalog
from domain.people.people import Person, Right
from domain.records import NoticeKind
from handlers.card import Button, Card
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import N_, role_name
from handlers.words import Words

LISTED = 40
WHY_DEAD = {
    "blocked": N_("the person has blocked me"),
    "kicked": N_("I was removed from the group"),
    "left": N_("I am no longer in the group"),
    "deactivated": N_("the account is deleted"),
    "gone": N_("the chat does not exist any more"),
}


def roles_text(person: Person, words: Words) -> str:
    """A person's roles in words."""
    return words.listed(role_name(role, words) for role in sorted(person.roles)) or "-"


def scope_text(catalog: Catalog, person: Person, words: Words) -> str:
    """The shops and warehouses a person is limited to."""
    names = [catalog.shops[shop].name for shop in sorted(person.shops or ()) if shop in catalog.shops]
    places = sorted(person.warehouses or ())
    names += [catalog.warehouses[place].name for place in places if place in catalog.warehouses]
    return words.listed(names) or words.plain("everywhere")


def staff_card(desk: Desk, words: Words) -> Card:
    """Everybody, a button each."""
    people = sorted(desk.people.staff().people, key=lambda person: (not person.active, person.name))
    active = sum(person.active for person in people)
    lines = [words("<b>👥 Staff: {active} active, {away} suspended</b>", active=active, away=len(people) - active), ""]
    for person in people[:LISTED]:
        mark = "🟢" if person.active else "⏸"
        scope = scope_text(desk.catalog, person, words)
        lines.append(
            mark + words(" {name}: {roles} · {scope}", name=person.name, roles=roles_text(person, words), scope=scope)
        )
    buttons = [Button(person.name[:40], pack("s.p", person.id)) for person in people[:LISTED]]
    return Card("\n".join(lines), tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)))


def person_card(desk: Desk, person_id: int, words: Words) -> Card:
    """One person and what can be done."""
    person = desk.people.get(person_id)
    chat = desk.people.chat(person.chat_id)
    state = words("🟢 active") if person.active else words("⏸ suspended")
    lines = [words("<b>{name}</b> · {state}", name=person.name, state=state), roles_text(person, words)]
    lines.append(words("Where: {scope}", scope=scope_text(desk.catalog, person, words)))
    if chat.parked:
        lines.append(words("⚠️ Cannot be reached: {why}", why=_why(chat.parked, words)))
    if person.deputy_id:
        lines.append(words("Handed over to {name}.", name=desk.people.get(person.deputy_id).name))
    if person.active:
        toggle = Button(words("⏸ Suspend"), pack("s.su", person.id, 0), "danger")
    else:
        toggle = Button(words("▶ Take back"), pack("s.su", person.id, 1), "success")
    rows = ((toggle, Button(words("🤝 Hand over to…"), pack("s.ho", person.id))), (_back(words),))
    return Card("\n".join(lines), rows)


def heirs_card(desk: Desk, person_id: int, words: Words) -> Card:
    """Who may take everything over from a person."""
    person = desk.people.get(person_id)
    text = words(
        "Roles, shops and open stops of <b>{name}</b> go to the person you choose; {name} is suspended.",
        name=person.name,
    )
    heirs = [one for one in desk.people.staff().people if one.active and one.id != person_id][:LISTED]
    rows = tuple((Button(heir.name[:40], pack("s.hy", person_id, heir.id), "danger"),) for heir in heirs)
    return Card(text, (*rows, (Button(words("◀ Back"), pack("s.p", person_id)),)))


def _back(words: Words) -> Button:
    return Button(words("◀ All staff"), pack("s.l"))


def _why(code: str, words: Words) -> str:
    return words.plain(WHY_DEAD[code]) if code in WHY_DEAD else code


@drawing(NoticeKind.STRANGER)
def stranger_card(desk: Desk, telegram_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """Somebody nobody invited has written. None once that person has joined."""
    if desk.people.by_telegram(telegram_id) is not None:
        return None
    words = viewer.words
    head = words("<b>👤 A stranger wrote: {name}</b> ({id})", name=data.get("name", "?")[:64], id=telegram_id)
    return Card(head + "\n" + words("They got a polite no. To let them in, send them a link: /invite ROLE"))


@drawing(NoticeKind.WELCOME)
def welcome_card(desk: Desk, person_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """Somebody used an invitation."""
    person, words = desk.people.get(person_id), viewer.words
    facts = {"name": person.name, "roles": roles_text(person, words)}
    text = words("<b>👋 {name} joined: {roles}</b>", **facts)
    text += "\n" + words("Where: {scope}", scope=scope_text(desk.catalog, person, words))
    rows = ((Button(words("Open"), pack("s.p", person_id)),),) if viewer.offers(Right.STAFF) else ()
    return Card(text, rows)


@drawing(NoticeKind.ROUTE_DEAD)
def route_dead_card(desk: Desk, chat_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """A chat can no longer be written to; what it should have heard came to the owners. None once it is back."""
    chat, words = desk.people.chat(chat_id), viewer.words
    if not chat.parked and "why" not in data:
        return None
    why = _why(data.get("why", chat.parked), words)
    text = words("<b>⚠️ Nobody is reached in {title}</b>: {why}", title=chat.title, why=why)
    text += "\n" + words("What was meant for it comes to you until it is reachable again or somebody takes over.")
    rows = ((Button(words("👥 Staff"), pack("s.l")),),) if viewer.offers(Right.STAFF) else ()
    return Card(text, rows)
