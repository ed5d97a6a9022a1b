"""Staff in chat: invitations, the list, suspending, handing over, and making a group the desk of a role.

Surprising: a link lets its bearer in, so it is made in private only, never in front of a group.
"""

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from domain.desk import Desk
from domain.people import staff
from domain.people.people import Actor, Chat, Right, Role, require
from handlers.ask import Ask
from handlers.card import Button, Card
from handlers.cards.office.staff import heirs_card, person_card, staff_card
from handlers.filters import Cmd, Tap
from handlers.services import Services
from handlers.taps import pack
from handlers.wording.terms import role_name
from handlers.words import Words

router = Router(name="staff")
Args = tuple[str, ...]
_IN = frozenset({ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR})


def _must_lead(desk: Desk, actor: Actor) -> None:
    require(actor, Right.STAFF)


@router.message(Cmd("invite"))
async def invite(message: Message, ask: Ask, args: str) -> None:
    """/invite ROLE [shop or warehouse]"""
    await ask.read(_must_lead, ask.actor)
    if not ask.chat.private:
        await ask.say("A link lets its bearer in: ask me for it in private.")
        return
    role, _, scope = args.partition(" ")
    if role:
        await _invite(ask, role, scope)
        return
    text = ask.words("Which role? With a limit: /invite cs SHOP or /invite picker WAREHOUSE")
    await ask.reply(Card(text, _role_buttons(ask.words)))


def _role_buttons(words: Words) -> tuple[tuple[Button, ...], ...]:
    codes = [*Role, "warehouse"]
    buttons = [Button(role_name(code, words), pack("s.iv", code)) for code in codes]
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


@router.callback_query(Tap("s.iv"))
async def invite_role(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """A role was chosen; no limit."""
    if ask.chat.private:
        await _invite(ask, args[0], "")


async def _invite(ask: Ask, role: str, scope: str) -> None:
    roles = staff.roles_of(role)
    code, made = await ask.run(staff.invite, ask.actor, roles, scope, ask.services.new_code)
    link = ask.services.invite_link(code)
    facts = {
        "roles": ask.words.listed(role_name(one, ask.words) for one in roles),
        "scope": scope.strip() or ask.words.plain("everywhere"),
    }
    text = ask.words("<b>🔗 Invitation: {roles}</b> · limited to: {scope}", **facts)
    until = ask.words.when(made.expires_at)
    text += "\n" + ask.words("Works once, until {until}. Whoever has it is let in:", until=until) + f"\n{link}"
    await ask.reply(Card(text, ((Button(ask.words("📋 Copy the link"), copy=link),),)))


@router.message(Cmd("staff"))
async def everybody(message: Message, ask: Ask) -> None:
    """/staff"""
    await ask.read(_must_lead, ask.actor)
    await ask.reply(await ask.read(staff_card, ask.words))


@router.callback_query(Tap("s.l", "s.p", "s.ho"))
async def look(tap: CallbackQuery, ask: Ask, verb: str, args: Args) -> None:
    """The list, a person, the possible heirs."""
    await ask.read(_must_lead, ask.actor)
    if verb == "s.l":
        await ask.edit(await ask.read(staff_card, ask.words))
    else:
        draw = person_card if verb == "s.p" else heirs_card
        await ask.edit(await ask.read(draw, int(args[0]), ask.words))


@router.callback_query(Tap("s.su"))
async def suspend(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Suspend, or take back."""
    active = args[1] == "1"
    await ask.run(staff.suspend, ask.actor, int(args[0]), active=active)
    await ask.toast(ask.words.plain("Back on the staff.") if active else ask.words.plain("Suspended."))
    await ask.edit(await ask.read(person_card, int(args[0]), ask.words))


@router.callback_query(Tap("s.hy"))
async def hand_over(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Everything of one person goes to another."""
    heir = await ask.run(staff.hand_over, ask.actor, int(args[0]), int(args[1]))
    await ask.toast(ask.words.label("Handed over to {name}.", name=heir.name))
    await ask.edit(await ask.read(person_card, heir.id, ask.words))


@router.message(Cmd("desk"))
async def make_desk(message: Message, ask: Ask, args: str) -> None:
    """/desk ROLE [shop or warehouse], in a group"""
    await ask.read(_must_lead, ask.actor)
    role, _, scope = args.partition(" ")
    if not role:
        codes = ask.words.listed([*Role, "warehouse"])
        await ask.say("Which desk shall this group be? /desk ROLE [shop or warehouse]. Roles: {codes}", codes=codes)
        return
    chat = await ask.run(staff.make_desk, ask.actor, ask.chat, staff.roles_of(role), scope)
    await ask.say(
        "This group is now the desk: {role}. Its notices come here; names and phones are masked.",
        role=role_name(chat.role or "", ask.words),
    )


@router.my_chat_member(F.chat.type.in_({"group", "supergroup"}))
async def added(event: ChatMemberUpdated, services: Services) -> None:
    """Somebody of the staff took me into a group: say what I am for. Others' groups get no word."""
    was, now = event.old_chat_member.status, event.new_chat_member.status
    if was in _IN or now not in _IN or event.bot is None:
        return
    words = await services.store.run(_know_group, event.from_user.id, event.chat.id, event.chat.type, event.chat.title)
    if words is None:
        return
    text = words("Hello! An owner can make this group a desk: /desk ROLE [shop or warehouse]. Names are masked here.")
    await event.bot.send_message(event.chat.id, text)


def _know_group(desk: Desk, telegram_id: int, chat_id: int, kind: str, title: str | None) -> Words | None:
    person = desk.people.by_telegram(telegram_id)
    if person is None or not person.active:
        return None
    chat = desk.people.chat_by_telegram(chat_id) or desk.people.add_chat(
        Chat(0, chat_id, kind, title or "", person.language)
    )
    return Words(chat.language, desk.catalog.company.zone)
