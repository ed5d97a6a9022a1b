"""Small things on the order's card that a tired eye stumbles over."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import domain
from domain.floor.parcels import Stage, Stop, StopKind, StopState
from domain.people.people import Role
from domain.planning import together
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice
from domain.records import NoticeKind
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from handlers.cards.desk.orders import _goods_line, _stop_line
from handlers.wording.back_terms import BACK
from handlers.wording.goods import beside
from handlers.wording.terms import hold_name
from handlers.words import Words
from tests.factory import NOW, incoming, incoming_line, line, receiver
from tests.handlers.bilingual import each_language
from tests.handlers.desk_chat import open_desk
from tests.handlers.floor_chat import GROUP

pytestmark = pytest.mark.anyio
BIG = {"paid": 1_000_000, "total": 1_000_000}


__all__ = ["each_language"]
EN, ZH = Words("en", "Asia/Shanghai"), Words("zh", "Asia/Shanghai")
TASK = Stop(1, 1, 1, StopState.OPEN, Stage.PICKED, NOW, "withdrawn", kind=StopKind.REPICK)


def test_a_title_that_is_the_code_is_not_said_twice(sqlite_url: str) -> None:
    desk = open_desk(sqlite_url)
    assert (beside("CUP-W", "cup-w "), beside("CUP-W", "White cup")) == ("", "White cup")
    cup = line(sku="CUP-W", title="CUP-W")
    foreign = replace(cup, sku=None, merchant_code="CUP-W")
    assert desk.look(lambda d: _goods_line(d, cup, "CNY", EN)) == "2 × <b>CUP-W</b> · ¥78.00"
    assert desk.look(lambda d: _goods_line(d, foreign, "CNY", ZH)) == "2 × ❓ 未匹配「CUP-W」 · ¥78.00"
    desk.store.close()


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        ({}, "🔁 To be picked again since 10:00, open", "🔁 10:00 起待补拣，未处理"),
        ({"state": StopState.DONE, "closed_at": NOW}, "🔁 Picked again, 11-23 10:00", "🔁 已补拣，11-23 10:00"),
        (
            {"state": StopState.RELEASED, "closed_at": NOW},
            "Nothing to pick again, 11-23 10:00",
            "无需补拣，11-23 10:00",
        ),
        ({"kind": StopKind.HOLD}, "✋ Must wait since 10:00, open", "✋ 10:00 起暂停，未处理"),
        (
            {"kind": StopKind.HOLD, "state": StopState.RELEASED, "closed_at": NOW},
            "▶️ May go on, 11-23 10:00",
            "▶️ 可继续发货，11-23 10:00",
        ),
        ({"kind": StopKind.REFUND}, "⛔ Stop since 10:00, open", "⛔ 10:00 起拦截，未处理"),
        (
            {"kind": StopKind.REFUND, "named": "<b>"},
            "⛔ Stop since 10:00, open: &lt;b&gt;",
            "⛔ 10:00 起拦截，未处理：&lt;b&gt;",
        ),
    ],
)
def test_goods_to_pick_again_are_no_stop(changes: dict[str, Any], english: str, chinese: str) -> None:
    stop = replace(TASK, **changes)
    assert [_stop_line(stop, words) for words in (EN, ZH)] == [english, chinese]


async def test_an_approval_that_fell_says_who_took_it_back_and_why(language: str, sqlite_url: str) -> None:
    desk = open_desk(sqlite_url, language)
    lead = desk.cast.people[Role.CS_LEAD]
    (one,) = desk.takes(incoming("1", buyer_id="a"))
    desk.do(review.approve, lead.acting(), one.id, one.revision)
    (two,) = desk.takes(incoming("2", buyer_id="a", lines=(incoming_line("TEA-01", 1),)))
    desk.do(together.take_back, desk.cast.actor(Role.CS), two.id, two.revision, one.id)
    anna = desk.cast.people[Role.CS].name
    assert (
        desk.card(lead, NoticeKind.ORDER, one.id).text.split("\n")[1]
        == {
            "en": f"↩ Back in review since 11-23 10:00 by {anna}: to travel with another order",
            "zh": f"↩ 11-23 10:00 由 {anna} 退回审单：与另一单合单",
        }[language]
    )
    desk.do(review.approve, lead.acting(), one.id, desk.order(one.id).revision)
    assert "↩" not in desk.card(lead, NoticeKind.ORDER, one.id).text
    desk.store.close()


async def test_the_second_of_two_is_asked_and_the_first_is_not(language: str, sqlite_url: str) -> None:
    desk = open_desk(sqlite_url, language)
    policy = replace(Policy(), holds={HoldCode.AMOUNT_RANGE: HoldChoice(on=False)})
    desk.do(lambda unit: unit.catalog_admin.put_policy(policy, "test"))
    lead, owner, anna = (desk.cast.people[role] for role in (Role.CS_LEAD, Role.OWNER, Role.CS))
    (one, two) = desk.takes(incoming("1", **BIG), incoming("2", **BIG, receiver=receiver(address="别处 2 号")))
    desk.do(review.approve, lead.acting(), one.id, one.revision)
    assert desk.notices(owner, NoticeKind.ORDER) == [(one.id, False)]
    desk.do(review.approve, owner.acting(), two.id, two.revision)
    waiting = {who.id: desk.look(lambda d, who=who: d.outbox.waiting(who.chat_id)) for who in (lead, owner, anna)}
    told = {who: [n.subject_id for n in news if n.kind is NoticeKind.ORDER] for who, news in waiting.items()}
    assert told == {lead.id: [two.id], owner.id: [], anna.id: []}
    desk.store.close()


async def test_a_remote_area_is_said_on_the_card_and_another_is_not(language: str, sqlite_url: str) -> None:
    desk = open_desk(sqlite_url, language)
    far = receiver(province="新疆维吾尔自治区", city="喀什地区", district="喀什市", address="人民路 1 号")
    one, two = desk.takes(incoming("1", receiver=far), incoming("2"))
    said = {"en": "🏔 Remote area", "zh": "🏔 偏远地区"}[language]
    anna = desk.cast.people[Role.CS]
    cards = [desk.card(anna, NoticeKind.ORDER, order.id).text.split("\n") for order in (one, two)]
    assert [text.count(said) for text in cards] == [1, 0]
    desk.store.close()


async def test_orders_to_one_address_stand_in_one_line(language: str, sqlite_url: str) -> None:
    desk = open_desk(sqlite_url, language)
    desk.takes(*(incoming(number) for number in "1234"))
    [text] = await desk.writes(desk.cast.people[Role.CS], "1")
    said = {
        "en": "🔗 Also waiting: 2, 3, 4 (same address, other buyer)",
        "zh": "🔗 另有待审：2、3、4（同地址、不同买家）",
    }
    assert said[language] in text.split("\n")
    desk.store.close()


async def test_a_group_that_saw_the_refund_typed_gets_no_notice_of_it(sqlite_url: str) -> None:
    desk = open_desk(sqlite_url)
    anna, bella = desk.cast.people[Role.CS], desk.cast.anna2
    (order,) = desk.takes(incoming("1"))
    desk.do(review.approve, desk.cast.actor(Role.CS_LEAD), order.id, order.revision)
    await desk.writes(desk.cast.people[Role.OWNER], "/desk cs", group=True)
    group = desk.look(lambda d: d.people.chat_by_telegram(GROUP))
    [text] = await desk.writes(anna, "/refund 1 broken", group=True)
    assert text.startswith("<b>❌ Cancelled</b> · 1")
    for chat in (group.id, bella.chat_id):
        assert [n for n in desk.look(lambda d, c=chat: d.outbox.waiting(c)) if n.kind is NoticeKind.ORDER] == []
    desk.store.close()


def test_every_reason_an_approval_falls_for_has_words() -> None:
    """As the domain's source gives them to `unapprove`."""
    calls = [
        node
        for path in Path(domain.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("unapprove")
    ]
    reasons = [word.value for call in calls for word in call.keywords if word.arg == "reason"]
    assert {reason.value for reason in reasons if isinstance(reason, ast.Constant)} == set(BACK)


async def test_what_has_left_is_in_nobodys_hands(sqlite_url: str) -> None:
    desk = open_desk(sqlite_url)
    anna, picker = desk.cast.people[Role.CS], desk.cast.people[Role.PICKER]
    (order,) = desk.takes(incoming("1"))
    desk.do(review.approve, desk.cast.actor(Role.CS_LEAD), order.id, order.revision)
    _, (box,) = desk.wave()
    await desk.writes(picker, box.waybill)
    assert f" · held by {picker.name} · " in desk.card(anna, NoticeKind.ORDER, order.id).text
    for role, text in (
        (Role.PACKER, box.waybill),
        (Role.DISPATCHER, f"{box.waybill} {box.expected_g}"),
        (Role.DISPATCHER, box.waybill),
    ):
        await desk.writes(desk.cast.people[role], text)
    text = desk.card(anna, NoticeKind.ORDER, order.id).text
    assert text.startswith("<b>🚚 Shipped</b>")
    assert "held by" not in text
    desk.store.close()


async def test_the_card_says_what_the_courier_collects(sqlite_url: str) -> None:
    desk = open_desk(sqlite_url)
    desk.takes(incoming("1", cod=True, paid=0, paid_at=None), incoming("2", receiver=receiver(address="别处 2 号")))
    due = desk.look(lambda d: next(one.at_door for one in d.orders.by_number(1, ["1"]).values()))
    anna = desk.cast.people[Role.CS]
    [cash], [paid] = await desk.writes(anna, "/order 1"), await desk.writes(anna, "/order 2")
    assert due > 0
    assert EN("Collect {amount}", amount=EN.money(due, "CNY")) in cash.split("\n")
    assert "Collect" not in paid
    desk.store.close()


async def test_a_cash_order_paid_in_part_is_headed_by_what_it_is_worth(sqlite_url: str) -> None:
    """JD takes some of it from the buyer's balance: the card said ¥20.00 of an order of ¥78.00."""
    desk = open_desk(sqlite_url)
    desk.takes(incoming("1", cod=True, paid=2000, paid_at=None))
    [card] = await desk.writes(desk.cast.people[Role.CS], "/order 1")
    assert f" · 1 · {EN.money(7800, 'CNY')} · " in card.split("\n")[0]
    assert EN("Collect {amount}", amount=EN.money(5800, "CNY")) in card.split("\n")
    desk.store.close()


async def test_the_heading_names_three_reasons_and_counts_the_others(sqlite_url: str) -> None:
    """With six of them a notification showed no order number."""
    desk = open_desk(sqlite_url)
    there = receiver(province="", city="", district="", phone="123")
    desk.takes(incoming("1", buyer_message="加急", seller_note="x", seller_flag="1", receiver=there))
    [card] = await desk.writes(desk.cast.people[Role.CS], "/order 1")
    order = desk.look(lambda d: d.orders.by_number(1, ["1"])["1"])
    codes = open_codes(order.holds)
    named = EN.listed([hold_name(code, EN) for code in codes[:3]], len(codes) - 3)
    assert len(codes) > 3
    assert card.split("\n")[0].startswith(f"<b>✋ Held: {named}</b> · 1 · ")
    assert all(hold_name(code, EN) in card for code in codes)
    desk.store.close()
