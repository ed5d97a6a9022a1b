"""Alerts, the hand-over and quiet hours in chat, through the real dispatcher."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.people.people import Person, Role
from domain.policy.policy import Policy
from domain.policy.policy_sections import Suspension
from domain.records import Alert, AlertKind, Notice, NoticeKind
from domain.review import review, undoing
from domain.review.holds import HoldCode
from domain.stock import stock_posting
from domain.watch import shift, urgency, watch
from domain.watch.worries import OF_ACCOUNT, OF_STOCK_DOC, OF_WAREHOUSE
from handlers.cards.office.alert_facts import FACTS, KINDS, SHORT
from handlers.cards.office.alerts import alert_buttons
from handlers.draw import draw
from handlers.words import Words
from storage.unit import Unit
from tests.factory import NOW, incoming, incoming_line
from tests.handlers.desk_chat import DeskChat
from tests.handlers.floor.test_numbers import account
from tests.handlers.floor_chat import GROUP

pytestmark = pytest.mark.anyio
TOWELS = (incoming_line("TOWEL-01", 2),)


def alerts(desk: DeskChat) -> list[Alert]:
    """The clock's rounds; what is open then."""
    while desk.do(watch.tick):
        pass
    found: list[Alert] = desk.look(lambda d: d.alerts.open())
    return found


def delivered(desk: DeskChat) -> list[Notice]:
    """Everything that is due now; it counts as sent."""

    def deliver(unit: Unit) -> list[Notice]:
        taken = unit.deliveries.claim("test", unit.now, 50, 60)
        for one in taken:
            unit.deliveries.sent(one.id, one.version, unit.now)
        return [one.notice for one in taken]

    found: list[Notice] = []
    while due := desk.do(deliver):
        found += due
    return found


def who(desk: DeskChat, role: Role) -> Person:
    """The person of the role."""
    return desk.cast.people[role]


async def test_the_list_opens_an_alert_whose_records_are_buttons(desk: DeskChat) -> None:
    desk.takes(*(incoming(f"{n}") for n in range(5)))
    desk.clock.forward(5 * 3600)
    (alert,) = alerts(desk)
    anna = who(desk, Role.CS)
    [text] = await desk.writes(anna, "/alerts")
    assert text.split("\n") == [
        "<b>⏰ Open alerts: 1</b>",
        "",
        "• Clean orders wait too long for approval: 5 · 小满旗舰店 · open for 0 min"
        " · nobody yet; customer service told",
    ]
    [text] = await desk.taps(anna, "Approvals late 5 · 小满旗舰店")
    assert text.startswith("<b>⏰ Clean orders wait too long for approval: 5</b> · 小满旗舰店\n")
    label = "¥78.00 · in review"
    assert desk.labels == [
        ["🙋 Taking it", "📋 List"],
        ["📥 New orders"],
        [f"0 · {label}"],
        [f"1 · {label}"],
        [f"2 · {label}"],
        ["💤 15 min", "💤 60 min", "💤 morning"],
        ["◀ All alerts"],
    ]
    await desk.taps(anna, "📋 List")
    assert [row[0] for row in desk.labels[2:7]] == [f"{n} · {label}" for n in range(5)]
    assert desk.labels[0] == ["🙋 Taking it"]
    [text] = await desk.taps(anna, "🙋 Taking it")
    assert f"🙋 {anna.name} is on it. Not settled by 11-23 16:00: it goes to service lead." in text.split("\n")
    assert desk.labels[0] == ["🙋 Take it over", "📋 List"]
    [text] = await desk.taps(anna, "◀ All alerts")
    assert text.endswith(f" · 🙋 {anna.name}")
    assert desk.look(lambda d: d.alerts.get(alert.id)).taken_by == anna.name


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_at_the_end_of_the_chain_the_same_people_are_reminded(desk: DeskChat, language: str) -> None:
    owner = desk.speaks(Role.OWNER, language)
    desk.takes(incoming("1"))
    desk.clock.forward(5 * 3600)
    (alert,) = alerts(desk)
    while alert.level < 3:
        desk.clock.forward(8 * 3600)
        (alert,) = (one for one in alerts(desk) if one.kind is AlertKind.APPROVAL_LATE)
    lines = desk.card(owner, NoticeKind.ALERT, alert.id).text.split("\n")
    assert lines[2].startswith({"en": "Level 3: owner ", "zh": "第 3 级："}[language])
    assert lines[3].endswith({"en": ": owner is reminded again.", "zh": "，将再次提醒负责人。"}[language])


async def test_an_alert_opens_all_that_wait_for_whoever_may_decide(desk: DeskChat) -> None:
    """Clean ones as the digest of the shop, held ones as its queue; a dispatcher gets neither."""
    desk.takes(incoming("1"), incoming("2", buyer_message="急"))
    desk.clock.forward(5 * 3600)
    late = {alert.kind: alert.id for alert in alerts(desk)}
    anna = who(desk, Role.CS)
    await desk.shown(anna, NoticeKind.ALERT, late[AlertKind.APPROVAL_LATE])
    [text] = await desk.taps(anna, "📥 New orders")
    assert text.startswith("<b>📥 2 new: 1 clean, 1 held</b>\n🔎 小满旗舰店\n")
    await desk.shown(anna, NoticeKind.ALERT, late[AlertKind.HOLD_LATE])
    [text] = await desk.taps(anna, "✋ Held orders")
    assert text.startswith("<b>✋ Held: buyer's message</b> · 2 ·")
    rows = desk.card(who(desk, Role.DISPATCHER), NoticeKind.ALERT, late[AlertKind.HOLD_LATE]).rows
    assert "✋ Held orders" not in [button.label for row in rows for button in row]


async def test_an_alert_is_put_off_until_the_morning(desk: DeskChat) -> None:
    desk.takes(incoming("1"))
    desk.clock.forward(5 * 3600)
    (alert,) = alerts(desk)
    anna = who(desk, Role.CS)
    await desk.shown(anna, NoticeKind.ALERT, alert.id)
    [text] = await desk.taps(anna, "💤 morning")
    assert desk.toasts == ["You are asked again at 11-24 08:00."]
    line = f"💤 Snoozed by {anna.name}: the same people are asked again at 11-24 08:00."
    assert text.split("\n")[-1] == line


async def test_no_problem_is_said_with_a_reason(desk: DeskChat) -> None:
    """Out of stock: the buyer sees what is short, and says that it comes."""
    desk.takes(incoming("1", lines=TOWELS), incoming("2", lines=TOWELS))
    (alert,) = alerts(desk)
    assert alert.kind is AlertKind.SHORTAGE
    sun = desk.speaks(Role.BUYER, "en")
    [listed] = await desk.writes(sun, "/alerts")
    assert listed.endswith(" · nobody yet, buyer (purchasing) will hear of it at 11-23 13:00")
    [text] = await desk.taps(sun, "Short of stock 2")
    assert text.split("\n") == [
        "<b>⏰ Orders wait for stock: 2</b> · 小满家居",
        "• TOWEL-01 毛巾: 2 orders, 4 units · to ship 0, to sell -4",
        "Open since 11-23 10:00 · oldest: 1 since 11-23 10:00",
        "Level 1: buyer (purchasing) will hear of it at 11-23 13:00.",
        "Nobody on it by 11-23 21:00: it goes to service lead.",
    ]
    [asked] = await desk.taps(sun, "🆗 Not a problem…")
    assert asked.startswith("Orders wait for stock: why is it not a problem? Answer this message.")
    [text] = await desk.answers(sun, "a pallet comes <tomorrow>")
    line = f"🆗 {sun.name}: not a problem, a pallet comes &lt;tomorrow&gt;. Asked again at 11-24 10:00."
    assert text.split("\n")[-1] == line


async def test_other_steps_do_not_move_when_it_was_told(desk: DeskChat) -> None:
    desk.takes(incoming("1", lines=TOWELS))
    alerts(desk)
    slow = replace(Policy().alerts, step_minutes={"*": 6})
    desk.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), alerts=slow), "owner"))
    [listed] = await desk.writes(desk.speaks(Role.BUYER, "en"), "/alerts")
    assert listed.endswith(" · nobody yet, buyer (purchasing) will hear of it at 11-23 13:00")


async def test_a_button_of_an_older_turn_does_nothing(desk: DeskChat) -> None:
    desk.takes(incoming("1"))
    desk.clock.forward(5 * 3600)
    (alert,) = alerts(desk)
    anna, lead = who(desk, Role.CS), who(desk, Role.CS_LEAD)
    for person in (anna, lead):
        await desk.shown(person, NoticeKind.ALERT, alert.id)
    await desk.taps(anna, "🙋 Taking it")
    await desk.taps(lead, "💤 15 min")
    assert desk.toasts == ["The alert has changed meanwhile. Nothing was done; please look again."]
    found = desk.look(lambda d: d.alerts.get(alert.id))
    assert (found.taken_by, found.snoozed_until) == (anna.name, None)


async def test_what_is_not_ones_business_is_not_listed_and_cannot_be_taken(desk: DeskChat) -> None:
    desk.takes(incoming("1"))
    desk.clock.forward(5 * 3600)
    (alert,) = alerts(desk)
    picker = who(desk, Role.PICKER)
    assert await desk.writes(picker, "/alerts") == ["<b>✅ No open alerts</b>"]
    await desk.shown(picker, NoticeKind.ALERT, alert.id)
    await desk.taps(picker, "🙋 Taking it")
    assert desk.toasts == ["Your role does not allow this (decide what only a lead may)."]
    assert desk.look(lambda d: d.alerts.open()) == [alert]


async def test_a_collected_list_of_what_settled_itself_is_not_sent(desk: DeskChat) -> None:
    chat = desk.look(lambda d: d.people.chat(who(desk, Role.CS).chat_id))
    assert desk.look(lambda d: draw(d, NoticeKind.ALERTS, 0, chat, urgency.UNASKED)) is None
    redrawn = desk.look(lambda d: draw(d, NoticeKind.ALERTS, 0, chat, {}))
    assert redrawn.text == "<b>✅ No open alerts</b>"


async def test_a_suspension_says_who_does_not_carry_where_until_when(desk: DeskChat) -> None:
    snow = Suspension("YTO", "浙江", "2026-11-20", "2026-11-25", "snow <storm>")
    desk.takes(incoming("1"))
    desk.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), suspensions=(snow,)), "owner"))
    (alert,) = alerts(desk)
    card = desk.card(who(desk, Role.OWNER), NoticeKind.ALERT, alert.id)
    assert card.text.split("\n")[:3] == [
        "<b>⏰ Suspended: 圆通 → 浙江, 1 order</b> · 小满家居",
        "Until 11-25 00:00 · reason: snow &lt;storm&gt;",
        "Orders in review get another courier or are held by themselves. Hold those with the warehouse one by one.",
    ]
    label = "圆通 → 浙江 · 1"
    await desk.writes(who(desk, Role.OWNER), "/alerts")
    await desk.taps(who(desk, Role.OWNER), label)
    assert desk.labels[1] == ["✋ Held orders"]
    desk.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), version=2), "owner"))
    desk.do(watch.tick)
    ended = desk.card(who(desk, Role.OWNER), NoticeKind.ALERT, alert.id)
    assert ended.text == "<b>✅ Settled: Courier or region suspended: 圆通 → 浙江</b> · 小满家居"


async def test_what_is_late_to_leave_opens_the_queue_of_just_those(desk: DeskChat) -> None:
    lead = who(desk, Role.CS_LEAD)
    paid = {"late": 49, "near": 47, "far": 1}
    desk.takes(*(incoming(name, paid_at=NOW - timedelta(hours=hours)) for name, hours in paid.items()))
    late, near = sorted(alerts(desk), key=lambda alert: alert.kind)
    assert (late.kind, near.kind) == (AlertKind.DISPATCH_LATE, AlertKind.DISPATCH_NEAR)
    for alert, oldest, place in ((late, "late", "1 of 1"), (near, "near", "1 of 2")):
        await desk.shown(lead, NoticeKind.ALERT, alert.id)
        assert f"oldest: {oldest}, paid " in desk.card(lead, NoticeKind.ALERT, alert.id).text
        [text] = await desk.taps(lead, "⏳ Those in review")
        assert text.split("\n")[-1].startswith(place)


async def test_quiet_hours_are_shown_set_refused_and_given_back(desk: DeskChat) -> None:
    anna = who(desk, Role.CS)
    told = "Quiet here: {}. Only stops and what cannot wait come then. Change: /quiet 22:00-08:00, off or company."
    assert await desk.writes(anna, "/quiet") == [told.format("22:00-08:00")]
    assert await desk.writes(anna, "/quiet 23:30-7:00") == [told.format("23:30-07:00")]
    refused = "«nights» is not valid for quiet hours. Expected: hours like 22:00-08:00, off or company."
    assert await desk.writes(anna, "/quiet nights") == [refused]
    assert desk.look(lambda d: d.people.chat(anna.chat_id)).quiet == "23:30-07:00"
    off = "No quiet hours here. Set them with /quiet 22:00-08:00, or /quiet company."
    assert await desk.writes(anna, "/quiet off") == [off]
    assert await desk.writes(anna, "/quiet company") == [told.format("22:00-08:00")]
    assert desk.look(lambda d: d.people.chat(anna.chat_id)).quiet == ""


async def test_a_groups_quiet_hours_are_the_owners_choice(desk: DeskChat) -> None:
    await desk.writes(who(desk, Role.OWNER), "/quiet 20:00-09:00", group=True)
    assert desk.look(lambda d: d.people.chat_by_telegram(GROUP)).quiet == "20:00-09:00"
    [text] = await desk.writes(who(desk, Role.CS), "/quiet off", group=True)
    assert text == "Your role does not allow this (staff)."
    assert desk.look(lambda d: d.people.chat_by_telegram(GROUP)).quiet == "20:00-09:00"


async def test_the_hand_over_counts_what_was_taken_back_too(desk: DeskChat) -> None:
    anna = who(desk, Role.CS)
    (order,) = desk.takes(incoming("1"))
    yes = desk.do(review.approve, anna.acting(), order.id, order.revision)
    desk.do(undoing.undo, anna.acting(), order.id, yes.revision)
    [text] = await desk.writes(anna, "/shift")
    assert "Done: approved 1, taken back to review 1" in text.split("\n")


async def test_the_hand_over_tells_service_what_was_done_and_what_to_watch(desk: DeskChat) -> None:
    held, late = (incoming("2", buyer_message="急"), incoming("3", paid_at=NOW - timedelta(hours=49)))
    desk.orders(incoming("1"))
    desk.takes(held, late, incoming("4", paid_at=NOW - timedelta(hours=40)))
    desk.clock.forward(3600)
    alerts(desk)
    anna = who(desk, Role.CS)
    [text] = await desk.writes(anna, "/shift")
    assert text.split("\n") == [
        "<b>🔁 Hand-over</b> · 11-23 08:00 – 11-23 11:00",
        "",
        "Done: approved 1",
        "",
        "📥 In review: 2 clean, 1 held",
        "Waiting under 4 h: 3",
        "✋ Held for: buyer's message 1",
        "Longest held: 2, 60 min (buyer's message)",
        "⏰ Past the dispatch deadline: 1",
        "⏳ Must leave within 12 h: 1, the first by 11-23 18:00",
    ]
    assert desk.labels == [["2 · ¥78.00 · held · 小满旗舰店"], ["🔄 As it is now"]]
    [text] = await desk.writes(who(desk, Role.CS_LEAD), "/shift")
    alert_lines = [line for line in text.split("\n") if line.startswith("•")]
    assert alert_lines[0].startswith("• Orders are past the dispatch deadline: 1 · 小满旗舰店")
    assert len(alert_lines) == 2


async def test_the_hand_over_tells_the_floor_of_its_parcels_stops_and_waves(desk: DeskChat) -> None:
    (order,) = desk.orders(incoming("1"))
    _, (box,) = desk.wave()
    picker = who(desk, Role.PICKER)
    await desk.writes(picker, box.waybill)
    desk.refund(order)
    [text] = await desk.writes(picker, "/shift")
    assert text.split("\n")[2:] == [
        "Done: picked 1, stopped 1",
        "",
        "📦 In the house: picked 1",
        "",
        "⛔ Open stops: 1, not yet taken: 1",
    ]
    assert desk.labels == [[f"⛔ {box.waybill}"], ["🔄 As it is now"]]
    assert "¥" not in text
    [text] = await desk.writes(who(desk, Role.CS_LEAD), "/shift")
    assert "⛔ Open stops: 1, not yet taken: 1" in text.split("\n")
    [text] = await desk.writes(who(desk, Role.CS), "/shift")
    assert "⛔" not in text
    [text] = await desk.taps(picker, f"⛔ {box.waybill}")
    assert f"STOP {box.waybill}" in text


async def test_stock_documents_that_wait_are_named_with_who_has_them(desk: DeskChat) -> None:
    he, lead = who(desk, Role.RECEIVER), who(desk, Role.CS_LEAD)
    await desk.writes(he, "/receipt HZ")
    await desk.writes(he, "CUP-01 5")
    desk.clock.forward(4 * 3600 + 60)
    (alert,) = alerts(desk)
    label = "Left open 1: receiver · 杭州仓"
    await desk.writes(he, "/alerts")
    [text] = await desk.taps(he, label)
    assert text.split("\n")[:3] == [
        "<b>⏰ Stock documents were begun and left (receiver): 1</b> · 杭州仓",
        f"• 📥 Goods in R00001 · being scanned · {he.name}",
        "The card of each says what to do (/stockroom).",
    ]
    assert "Open since 11-23 14:01 · oldest: R00001 since 11-23 10:00" in text.split("\n")
    [text] = await desk.taps(he, "📥 Goods in R00001")
    assert text.split("\n")[0] == "📥 Goods in R00001 · being scanned"
    [text] = await desk.writes(he, "/shift")
    assert text.split("\n")[4:] == [
        "📦 In the house: nothing",
        "🗄 Stock documents: open: 1",
        "",
        "• Stock documents were begun and left (receiver): 1 · 杭州仓 · open for 0 min · nobody yet; receiver told",
        "",
        f"🙋 {he.name}: R00001",
    ]
    [text] = await desk.writes(lead, "/shift")
    assert "🗄 Stock documents: open: 1" in text.split("\n")
    assert "🗄" not in (await desk.writes(who(desk, Role.CS), "/shift"))[0]
    desk.do(lambda d: d.stock_docs.save([replace(d.stock_docs.get(1), holder_id=None, holder="")]))
    shown = desk.card(he, NoticeKind.ALERT, alert.id).text
    assert f"• 📥 Goods in R00001 · in nobody's hands · {he.name}" in shown.split("\n")
    document = desk.look(lambda d: d.stock_docs.get(1))
    desk.do(stock_posting.finish, he.acting(), 1, document.revision)
    assert alerts(desk) == []


def test_every_kind_of_alert_has_a_name_and_lines_of_its_own() -> None:
    assert set(KINDS) == set(SHORT) == set(FACTS) == set(AlertKind)


async def test_the_hand_over_of_the_hour_is_about_the_shift_that_ended(desk: DeskChat) -> None:
    desk.orders(incoming("1"))
    desk.clock.forward(10 * 3600 + 300)  # 20:05
    desk.do(shift.tick)
    anna = who(desk, Role.CS)
    chat = desk.look(lambda d: d.people.chat(anna.chat_id))
    told = [notice for notice in delivered(desk) if (notice.chat_id, notice.kind) == (chat.id, NoticeKind.SHIFT)]
    card = desk.look(lambda d: draw(d, NoticeKind.SHIFT, 0, chat, told[0].data))
    assert len(told) == 1
    assert card.text.split("\n")[:3] == ["<b>🔁 Hand-over</b> · 11-23 08:00 – 11-23 20:00", "", "Done: approved 1"]


async def test_a_scope_narrows_the_hand_over(desk: DeskChat) -> None:
    """Anna works for the second shop only: the first shop's orders are not hers to hear of."""
    desk.takes(incoming("1", buyer_message="急"))
    anna = who(desk, Role.CS)
    other = frozenset({desk.cast.shops[1].id})
    desk.do(lambda unit: unit.people.save(replace(unit.people.get(anna.id), shops=other)))
    [text] = await desk.writes(anna, "/shift")
    assert text.split("\n")[2:] == ["Done: nothing yet", "", "📥 In review: 0 clean, 0 held"]
    assert HoldCode.MESSAGE in {hold.code for hold in desk.look(lambda d: d.orders.search("1", None, 1))[0].holds}


WIDE = 40


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_button_of_the_list_is_no_wider_than_a_phone(desk: DeskChat, language: str) -> None:
    """About what fits at 390 pixels, a Chinese letter counted as two; with a thousand of each in a shop of five."""
    words = Words(language, "Asia/Shanghai")
    shop, place = desk.cast.shops[0].id, desk.cast.warehouses[0].id
    places = dict.fromkeys(OF_WAREHOUSE | OF_STOCK_DOC, place) | dict.fromkeys(OF_ACCOUNT, account(desk, 30).id)
    roles = {AlertKind.HOLD_LATE: "cs", AlertKind.STOCK_LEFT: "receiver"}
    alerts = [Alert(0, kind, places.get(kind, shop), NOW, NOW, 999, part=roles.get(kind, "")) for kind in AlertKind]
    rows = desk.look(lambda unit: alert_buttons(unit, alerts, words))
    labels = [button.label for row in rows for button in row]
    assert [label for label in labels if sum(1 + (letter > "\u2e80") for letter in label) > WIDE] == []
    assert len(set(labels)) == len(AlertKind)
