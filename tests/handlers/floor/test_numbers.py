"""Waybill numbers in chat: alerts of a pool that runs low and of numbers no courier took back, in both languages."""

import pytest

from domain.orders.catalog import Account
from domain.people.people import Role
from domain.records import Alert, NoticeKind
from domain.watch import watch
from domain.waybills.ewaybills import Ewaybill, WaybillState
from tests.factory import NOW
from tests.handlers.bilingual import desk_speaking_it, each_language
from tests.handlers.desk_chat import DeskChat

__all__ = ["desk_speaking_it", "each_language"]
pytestmark = pytest.mark.anyio

LOW = {
    "en": (
        "<b>⏰ Waybill numbers are running low: 30 left</b> · #{id} 圆通 paid · 小满旗舰店",
        "60 used in the last 24 h; at this pace they run out at 11-23 22:00.",
        "Get more from the courier, then enter them here:",
        "<code>/numbers #{id} 500</code> adds 500",
        "Open since 11-23 10:00",
        "Level 1: told finance.",
        "Nobody on it by 11-23 14:00: it goes to owner.",
    ),
    "zh": (
        "<b>⏰ 面单余额即将用完：剩 30 个</b> · #{id} 圆通 paid · 小满旗舰店",
        "近 24 小时用了 60 个，按此速度将于 11-23 22:00 用完。",
        "请向快递领取新号段，然后在这里登记：",
        "<code>/numbers #{id} 500</code> 即增加 500 个",
    ),
}
STUCK = {
    "en": (
        "<b>⏰ Waybill numbers the courier did not take back: 2</b> · #{id} 圆通 paid · 小满旗舰店",
        "• YT00001234 (-): busy",
        "• YT00005678 (-): call *******0000",
        "The courier may charge for them: ask it again, or cancel them on its site and tap ✋.",
    ),
    "zh": (
        "<b>⏰ 快递未回收的面单号：2</b> · #{id} 圆通 paid · 小满旗舰店",
        "• YT00001234（-）：busy",
        "• YT00005678（-）：call *******0000",
        "快递可能照常收费：可再次请求回收，或在快递网站上取消后点 ✋ 登记。",
    ),
}
ACTS = {
    "en": (
        (
            "🔁 Ask again …1234",
            "YT00001234: asking the courier again.",
            "• YT00001234 (-): ⏳ asking the courier again",
        ),
        ("✋ Cancelled …5678", "YT00005678: how was it settled? Answer this message. The number is never used again."),
        "You voided YT00005678; it is never used again. Reason: cancelled there",
    ),
    "zh": (
        ("🔁 再次回收 …1234", "YT00001234：正在再次请求快递回收。", "• YT00001234（-）：⏳ 正在再次请求快递回收"),
        ("✋ 已取消 …5678", "YT00005678：是怎么处理的？请回复本消息。该单号不再使用。"),
        "YT00005678 已由你手工作废，不再使用。原因：cancelled there",
    ),
}


STALE = {
    "en": "waybill has changed meanwhile. Nothing was done; please look again.",
    "zh": "运单号 已有变化。未做任何改动，请重新查看。",
}


def account(desk: DeskChat, balance: int, source: str = "local") -> Account:
    """A counted account of the first courier and shop."""
    courier, shop = desk.cast.couriers[0].id, desk.cast.shops[0].id
    made = Account(0, courier, "paid", shop_id=shop, source=source)
    found: Account = desk.do(lambda unit: unit.catalog_admin.add_account(made, 500, balance))
    return found


def add(desk: DeskChat, of: Account, state: WaybillState, *numbers: str, **more: object) -> None:
    shop = desk.cast.shops[0].id
    rows = [Ewaybill(0, of.id, of.courier_id, shop, number, state, NOW, **more) for number in numbers]  # type: ignore[arg-type]  # test shorthand
    desk.do(lambda unit: unit.waybills.add(rows))


def alert(desk: DeskChat) -> Alert:
    """The one there is after the clock's round."""
    desk.do(watch.tick)
    (found,) = desk.look(lambda unit: unit.alerts.open())
    assert isinstance(found, Alert)
    return found


def stuck(desk: DeskChat) -> Account:
    of = account(desk, 999, "yto")
    add(desk, of, WaybillState.VOID_FAILED, "YT00001234", error="busy", attempts=3)
    add(desk, of, WaybillState.VOID_FAILED, "YT00005678", error="call 13800000000", attempts=3)
    return of


async def test_the_card_says_how_long_they_last_and_what_to_do(desk: DeskChat, language: str) -> None:
    of = account(desk, 30)
    add(desk, of, WaybillState.ASSIGNED, *(f"N{n}" for n in range(60)), taken_at=NOW)
    finance = desk.cast.people[Role.FINANCE]
    [text] = await desk.shown(finance, NoticeKind.ALERT, alert(desk).id)
    said = [line.replace("{id}", str(of.id)) for line in LOW[language]]
    assert text.split("\n")[: len(said)] == said
    [listed] = await desk.taps(finance, {"en": "🔢 All accounts", "zh": "🔢 全部账户"}[language])
    assert f"#{of.id} 圆通 paid" in listed
    await desk.writes(finance, f"/numbers #{of.id} 500")
    desk.do(watch.tick)
    assert desk.look(lambda unit: unit.alerts.open()) == []


async def test_a_number_is_asked_about_again_or_settled_with_who_and_why(desk: DeskChat, language: str) -> None:
    of = stuck(desk)
    boris, opened = desk.cast.people[Role.DISPATCHER], alert(desk)
    (again, toast, asked), (by_hand, question), done = ACTS[language]
    [text] = await desk.shown(boris, NoticeKind.ALERT, opened.id)
    said = [line.replace("{id}", str(of.id)) for line in STUCK[language]]
    assert text.split("\n")[:4] == said
    old = desk.button(boris.telegram_id, again)
    [text] = await desk.taps(boris, again)
    assert desk.toasts == [toast]
    assert text.split("\n")[1] == asked
    await desk.presses(boris, *old)
    assert desk.toasts == [STALE[language]]
    [asks] = await desk.taps(boris, by_hand)
    assert asks.split("\n")[0] == question
    [settled, text] = await desk.answers(boris, "cancelled there")
    assert settled == done
    assert text.split("\n")[1:3] == [asked, said[3]]
    (row,) = desk.look(lambda unit: unit.waybills.by_number("YT00005678"))
    assert (row.state, row.error) == (WaybillState.VOID_BY_HAND, "cancelled there")
    (event,) = [one for one in desk.look(lambda u: u.history("account", of.id)) if one.verb == "waybill_voided"]
    assert (event.actor, event.reason, event.data["number"]) == (boris.name, "cancelled there", "YT00005678")


async def test_the_list_of_alerts_names_the_account_and_opens_the_alert(desk: DeskChat, language: str) -> None:
    low = account(desk, 30)
    of = stuck(desk)
    desk.do(watch.tick)
    owner = desk.cast.people[Role.OWNER]
    await desk.writes(owner, "/alerts")
    few, not_back = {"en": ("Numbers left", "Numbers not taken back"), "zh": ("面单余额", "单号未回收")}[language]
    assert desk.labels == [[f"{few} 30 · #{low.id}"], [f"{not_back} 2 · #{of.id}"]]
    [text] = await desk.taps(owner, f"{few} 30 · #{low.id}")
    assert text.split("\n")[0] == LOW[language][0].replace("{id}", str(low.id))


async def test_the_owner_sees_both_and_finance_no_buttons_of_the_dispatcher_s(desk: DeskChat) -> None:
    stuck(desk)
    opened = alert(desk)
    rows = desk.card(desk.cast.people[Role.FINANCE], NoticeKind.ALERT, opened.id).rows
    assert not [button for row in rows for button in row if button.tap.startswith("nb.")]
    rows = desk.card(desk.cast.people[Role.OWNER], NoticeKind.ALERT, opened.id).rows
    assert [len(row) for row in rows if row[0].tap.startswith("nb.")] == [2, 2]
