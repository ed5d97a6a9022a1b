"""Staff, reports, alerts and coming in, through the real dispatcher."""

from typing import Any

import pytest

from domain.people import staff
from domain.people.people import Role
from domain.people.staff import InviteDead
from domain.records import NoticeKind
from domain.watch import watch
from handlers.draw import draw
from tests.factory import incoming
from tests.handlers.desk_chat import LINK, DeskChat
from tests.handlers.floor_chat import GROUP

pytestmark = pytest.mark.anyio


async def _comes(desk: DeskChat, telegram_id: int, name: str, text: str) -> list[str]:
    """Somebody we may not know writes in private."""
    who = {"id": telegram_id, "is_bot": False, "first_name": name, "language_code": "en"}
    chat = {"id": telegram_id, "type": "private"}
    return await desk._feed({"message": {"message_id": 1, "date": 0, "chat": chat, "from": who, "text": text}})


async def test_a_link_lets_one_person_in_once(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    [text] = await desk.writes(owner, "/invite cs 小满旗舰店")
    assert text.split("\n")[0] == "<b>🔗 Invitation: customer service</b> · limited to: 小满旗舰店"
    assert text.split("\n")[-1] == LINK + "one-time-code"
    assert await _comes(desk, 7, "Zoe", "/start one-time-code") == ["Welcome, Zoe! /help shows what you can do."]
    menu = next(call for call in desk.last if call.name == "setMyCommands")
    commands = {command["command"] for command in menu.said["commands"]}
    assert "new" in commands
    assert "staff" not in commands
    zoe = desk.look(lambda d: d.people.by_telegram(7))
    assert (zoe.roles, zoe.shops) == (frozenset({Role.CS}), frozenset({desk.cast.shops[0].id}))
    assert await _comes(desk, 8, "Yan", "/start one-time-code") == [
        "This invitation was used already. Ask for a new one."
    ]
    assert desk.look(lambda d: d.people.by_telegram(8)) is None


async def test_invite_lists_the_roles_and_is_not_for_groups(desk: DeskChat) -> None:
    owner, anna = desk.cast.people[Role.OWNER], desk.cast.people[Role.CS]
    await desk.writes(owner, "/invite")
    assert sum(len(row) for row in desk.labels) == len(Role) + 1
    assert await desk.writes(owner, "/invite cs", group=True) == [
        "A link lets its bearer in: ask me for it in private."
    ]
    assert await desk.writes(anna, "/invite owner") == ["Your role does not allow this (staff)."]


async def test_somebody_is_suspended_taken_back_and_handed_over(desk: DeskChat) -> None:
    owner, anna = desk.cast.people[Role.OWNER], desk.cast.people[Role.CS]
    [text] = await desk.writes(owner, "/staff")
    assert text.split("\n")[0] == "<b>👥 Staff: 10 active, 0 suspended</b>"
    await desk.taps(owner, anna.name)
    [text] = await desk.taps(owner, "⏸ Suspend")
    assert text.split("\n")[0] == f"<b>{anna.name}</b> · ⏸ suspended"
    assert not desk.look(lambda d: d.people.get(anna.id)).active
    [text] = await desk.taps(owner, "▶ Take back")
    assert text.split("\n")[0] == f"<b>{anna.name}</b> · 🟢 active"
    await desk.taps(owner, "🤝 Hand over to…")
    await desk.taps(owner, desk.cast.anna2.name)
    assert desk.look(lambda d: d.people.get(anna.id)).deputy_id == desk.cast.anna2.id


async def test_the_last_owner_stays(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    await desk.writes(owner, "/staff")
    await desk.taps(owner, owner.name)
    await desk.taps(owner, "⏸ Suspend")
    assert desk.toasts == [f"{owner.name} is the only owner; the company needs one."]
    assert desk.look(lambda d: d.people.get(owner.id)).active


async def test_a_group_becomes_a_desk(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    [text] = await desk.writes(owner, "/desk cs 小满旗舰店", group=True)
    assert text.startswith("This group is now the desk: customer service.")
    chat = desk.look(lambda d: d.people.chat_by_telegram(GROUP))
    assert (chat.role, chat.shop_id) == (Role.CS, desk.cast.shops[0].id)


async def test_added_to_a_group_by_staff_it_says_what_it_is_for(desk: DeskChat) -> None:
    assert len(await _added(desk, desk.cast.people[Role.OWNER].telegram_id)) == 1
    assert desk.look(lambda d: d.people.chat_by_telegram(-77)).title == "客服群"


async def test_added_to_a_strangers_group_it_is_silent(desk: DeskChat) -> None:
    assert await _added(desk, 999) == []
    assert desk.look(lambda d: d.people.chat_by_telegram(-77)) is None


async def _added(desk: DeskChat, by: int) -> list[str]:
    me: dict[str, Any] = {"user": {"id": desk.bot.id, "is_bot": True, "first_name": "Xiaoer"}}
    change = {
        "chat": {"id": -77, "type": "group", "title": "客服群"},
        "from": {"id": by, "is_bot": False, "first_name": "x"},
        "date": 0,
        "old_chat_member": {**me, "status": "left"},
        "new_chat_member": {**me, "status": "member"},
    }
    return await desk._feed({"my_chat_member": change})


async def test_a_stranger_gets_one_polite_no_and_the_owner_a_card(desk: DeskChat) -> None:
    assert await _comes(desk, 9, "Eve", "hello") == [
        "Sorry, this is a company's working chat. Ask the owner for an invitation."
    ]
    assert await _comes(desk, 9, "Eve", "hello?") == []
    owner = desk.cast.people[Role.OWNER]
    chat = desk.look(lambda d: d.people.chat(owner.chat_id))
    card = desk.look(lambda d: draw(d, NoticeKind.STRANGER, 9, chat, {"name": "Eve <x>"}))
    assert card.text.split("\n")[0] == "<b>👤 A stranger wrote: Eve &lt;x&gt;</b> (9)"


async def test_the_report_is_made_and_told(desk: DeskChat) -> None:
    chen = desk.cast.people[Role.FINANCE]
    desk.takes(incoming("1"))
    texts = await desk.writes(chen, "/report")
    assert texts == ["📊 Report 2026-11-23: making it…", "📊 Report 2026-11-23: version 1 is made."]
    run = desk.look(lambda d: d.reports.latest(desk.clock().date()))
    chat = desk.look(lambda d: d.people.chat(chen.chat_id))
    card = desk.look(lambda d: draw(d, NoticeKind.REPORT, run.id, chat, {}))
    assert card.text.split("\n")[0] == (
        f"<b>📊 Report 2026-11-23, version 1 · 🟢 tie-out PASS: {run.passes} checks</b>"
    )
    assert "1 order, ¥78.00 paid · 0 refunds, ¥0.00 back" in card.text.split("\n")
    [file] = [make() for make in card.files]
    assert file.name.endswith(".xlsx")
    assert file.data[:2] == b"PK"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-11-24", "«2026-11-24» is not valid for date. Expected: a day that is not in the future."),
        ("yesterday", "«yesterday» is not valid for date. Expected: a date like 2026-11-23."),
    ],
)
async def test_a_wrong_day_is_refused_and_nothing_is_made(desk: DeskChat, text: str, why: str) -> None:
    assert await desk.writes(desk.cast.people[Role.FINANCE], f"/report {text}") == [why]
    assert desk.look(lambda d: d.reports.latest(desk.clock().date())) is None


async def test_an_alert_is_taken_once_and_shows_its_orders(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    (order,) = desk.takes(incoming("1"))
    desk.clock.forward(5 * 3600)
    assert desk.do(watch.tick) == 1
    [alert] = desk.look(lambda d: d.alerts.open())
    chat = desk.look(lambda d: d.people.chat(anna.chat_id))
    card = desk.look(lambda d: draw(d, NoticeKind.ALERT, alert.id, chat, {}))
    assert card.text.split("\n") == [
        "<b>⏰ Clean orders wait too long for approval: 1</b> · 小满旗舰店",
        "Open since 11-23 15:00 · oldest: 1 since 11-23 10:00",
        "Level 1: told customer service.",
        "Nobody on it by 11-23 15:30: it goes to service lead.",
    ]
    shown = await _send(desk, anna.telegram_id, card.text)
    data = card.rows[0][0].tap
    [text] = await desk.presses(anna, data, shown)
    assert text.split("\n")[2] == f"🙋 {anna.name} is on it. Not settled by 11-23 16:00: it goes to service lead."
    assert desk.labels[2] == ["1 · ¥78.00 · in review"]
    await desk.presses(anna, data, shown)
    assert desk.toasts == ["The alert has changed meanwhile. Nothing was done; please look again."]
    assert desk.look(lambda d: d.alerts.get(alert.id)).taken_by == anna.name
    assert desk.order(order.id) == order


async def _send(desk: DeskChat, chat_id: int, text: str) -> Any:
    await desk.bot.send_message(chat_id, text)
    return desk.wire.calls[-1]


async def test_a_link_fed_twice_lets_the_same_person_in_but_never_a_suspended_one(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    await desk.writes(owner, "/invite cs")
    await _comes(desk, 7, "Zoe", "/start one-time-code")
    zoe = desk.look(lambda d: d.people.by_telegram(7))
    desk.do(staff.suspend, desk.cast.actor(Role.OWNER), zoe.id, active=False)
    used = ["This invitation was used already. Ask for a new one."]
    assert await _comes(desk, 7, "Zoe", "/start one-time-code") == used
    assert not desk.look(lambda d: d.people.get(zoe.id)).active
    desk.do(staff.suspend, desk.cast.actor(Role.OWNER), zoe.id, active=True)
    with pytest.raises(InviteDead):
        desk.do(staff.join, "one-time-code", 8, "Yan", "en")
    assert desk.do(staff.join, "one-time-code", 7, "Zoe", "en").id == zoe.id


async def test_nothing_a_person_sends_in_private_meets_silence(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    heard = "I read text, files with orders and photos of labels. /help shows what you can do."
    assert await desk._message(anna, {"location": {"longitude": 1.0, "latitude": 1.0}}) == [heard]
    shown = await _send(desk, anna.telegram_id, "old")
    await desk.presses(anna, "zz:1", shown)
    assert desk.toasts == ["This button is no longer in use. Please open the record again."]
