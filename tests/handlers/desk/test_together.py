"""Merging and shipping alone from an order's card, in both languages; what the papers say of a merged parcel."""

from dataclasses import dataclass, replace
from re import sub

import pytest

from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.planning import together
from domain.policy.policy import Policy, document_of
from domain.records import NoticeKind
from domain.review import review
from domain.stock.stock import Bucket, Document, Move
from storage.unit import Unit
from tests.factory import incoming, incoming_line
from tests.handlers.bilingual import desk_speaking_it, each_language
from tests.handlers.desk_chat import DeskChat

__all__ = ["desk_speaking_it", "each_language"]
pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Said:
    """What the card and its buttons say in one language."""

    merge: str
    merged: str
    together: str
    alone: str
    apart: str
    stays: str


SAID = {
    "en": Said(
        "🔗 Merge with 2",
        "Merged: they travel in one parcel.",
        "🔗 In one parcel with 2",
        "✂️ Ship alone",
        "It travels alone.",
        "✂️ Travels alone: a person said so",
    ),
    "zh": Said(
        "🔗 与 2 合单",
        "已合单，同一包裹发出。",
        "🔗 与 2 同一包裹",
        "✂️ 单独发货",
        "已改为单独发货。",
        "✂️ 人工指定单独发货",
    ),
}


async def test_a_tap_merges_and_a_tap_takes_apart(desk: DeskChat, language: str) -> None:
    anna, said = desk.cast.people[Role.CS], SAID[language]
    tea = incoming_line("TEA-01", 1)
    one, two = desk.takes(incoming("1", buyer_id="a"), incoming("2", buyer_id="b", lines=(tea,)))
    await desk.writes(anna, "1")
    [text] = await desk.taps(anna, said.merge)
    assert desk.toasts == [said.merged]
    assert said.together in text.split("\n")
    assert desk.order(one.id).together == desk.order(two.id).together == one.id
    data, shown = desk.button(anna.telegram_id, said.alone)
    [text] = await desk.taps(anna, said.alone)
    assert desk.toasts[-1] == said.apart
    assert said.stays in text.split("\n")
    assert (desk.order(one.id).apart, desk.order(one.id).together) == (True, 0)
    before = desk.order(one.id)
    await desk.presses(anna, data, shown)
    assert desk.order(one.id) == before


async def test_who_may_not_approve_sees_no_such_buttons(desk: DeskChat, language: str) -> None:
    picker, said = desk.cast.people[Role.PICKER], SAID[language]
    tea = incoming_line("TEA-01", 1)
    desk.takes(incoming("1", buyer_id="a"), incoming("2", buyer_id="b", lines=(tea,)))
    await desk.writes(picker, "/order 1")
    assert said.merge not in [label for row in desk.labels for label in row]


BACK = {
    "en": (
        "↩️ Take 1 back and merge",
        "Back in review, in one parcel with this one. Approve them again.",
        "🔗 In one parcel",
    ),
    "zh": ("↩️ 撤回 1 的审核并合单", "已退回审单，与本单合为一个包裹。请重新审核。", "🔗 与 1 同一包裹"),
}
WAITS = {
    "en": "🔗 Approved already, same address: 1 (same buyer, same address) · 📦 {parcel}: ready for a wave",
    "zh": "🔗 同地址已审核订单：1（同买家、同地址）· 📦 {parcel}：待组波次",
}


async def test_a_card_tells_of_an_approved_one_and_takes_it_back(desk: DeskChat, language: str) -> None:
    anna, (button, toast, together) = desk.cast.people[Role.CS], BACK[language]
    [one] = desk.takes(incoming("1", buyer_id="a"))
    await desk.writes(anna, "1")
    await desk.taps(anna, desk.labels[0][0])
    [two] = desk.takes(incoming("2", buyer_id="a", lines=(incoming_line("TEA-01", 1),)))
    [text] = await desk.writes(anna, "2")
    parcel = desk.store.read_now(lambda unit: unit.parcels.of_orders([one.id])[one.id][0].number)
    assert WAITS[language].format(parcel=parcel) in text.split("\n")
    [text] = await desk.taps(anna, button)
    assert desk.toasts[-1] == toast
    assert any(line.startswith(together) for line in text.split("\n"))
    assert [desk.order(order.id).status for order in (one, two)] == [OrderStatus.REVIEW] * 2
    picker = desk.cast.people[Role.PICKER]
    await desk.writes(picker, "/order 2")
    assert button not in [label for row in desk.labels for label in row]


async def test_one_approval_on_a_card_approves_both(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    tea = incoming_line("TEA-01", 1)
    one, two = desk.takes(incoming("1", buyer_id="a"), incoming("2", buyer_id="a", lines=(tea,)))
    await desk.writes(anna, "1")
    await desk.taps(anna, desk.labels[0][0])
    assert [desk.order(order.id).status for order in (one, two)] == [OrderStatus.APPROVED] * 2


LEFT_OUT = {
    "en": (
        "🔗 Merged: 1, 2, same buyer, same address",
        "🔗 Not together with 3: too many pieces for one parcel",
        "🔗 Not together with 1, 2: too many pieces for one parcel",
    ),
    "zh": (
        "🔗 合单：1、2，同买家、同地址",
        "🔗 未与 3 合单：一个包裹超件数",
        "🔗 未与 1、2 合单：一个包裹超件数",
    ),
}


async def test_why_says_who_did_not_fit_in(desk: DeskChat, language: str) -> None:
    anna, (merged, left, out) = desk.cast.people[Role.CS], LEFT_OUT[language]
    policy = Policy(split=replace(Policy().split, most_units=9))
    desk.do(Unit.keep_policy, policy, "boss", document_of(policy))
    tea, cups = (incoming_line("TEA-01", 1),), (incoming_line("CUP-01", 8),)
    desk.takes(incoming("1", buyer_id="a"), incoming("2", buyer_id="a", lines=tea))
    desk.takes(incoming("3", buyer_id="a", lines=cups))
    [text] = await desk.writes(anna, "/why 1")
    assert text.split("\n")[5:7] == [merged, left]
    [text] = await desk.writes(anna, "/why 3")
    assert text.split("\n")[5] == out


LAST = {
    "en": "☝️ Tell the platform only with the last parcel: the first number may mark the whole order shipped",
    "zh": "☝️ 发最后一个包裹时再回传平台：先回传可能使整单变为已发货",
}


@pytest.mark.parametrize(("shop", "warned"), [(0, True), (2, False)], ids=["taobao", "shopify"])
async def test_a_divided_order_says_when_to_tell_the_platform(
    desk: DeskChat, language: str, shop: int, warned: bool
) -> None:
    first, second = desk.cast.warehouses
    desk.do(_empty, first.id, "TEA-01")
    desk.do(_empty, second.id, "CUP-01")
    lines = (incoming_line("CUP-01", 2), incoming_line("TEA-01", 1))
    platform = desk.cast.shops[shop].platform
    desk.takes(incoming("1", lines=lines, platform=platform), shop=shop)
    [text] = await desk.writes(desk.cast.people[Role.CS], "1")
    assert {"en": "✂️ In 2 parcels", "zh": "✂️ 分 2 个包裹"}[language] in text.split("\n")
    assert (LAST[language] in text.split("\n")) is warned


def _empty(unit: Unit, warehouse: int, sku: str) -> None:
    """That warehouse has none of it."""
    level = unit.stock.levels([sku])[(warehouse, sku)]
    unit.stock.apply([Move(warehouse, sku, Bucket.GOOD, -level.free, Document.OPENING, 0)], "test")


THIN = {
    "en": (
        "• margin too low: ¥90.00 of ¥137.00 would be left of 1, 2 in one parcel, "
        "after goods ¥42.00 and one freight ¥5.00",
        "🔗 Margin of the parcel: ¥90.00 of ¥137.00 left, freight ¥5.00 counted once, 66% wanted",
    ),
    "zh": (
        "• 毛利过低：1, 2 合单实付 ¥137.00，扣除货品成本 ¥42.00 和一份运费 ¥5.00 后只剩 ¥90.00",
        "🔗 合单毛利：实付 ¥137.00，剩 ¥90.00，运费 ¥5.00 只计一次，要求 66%",
    ),
}


async def test_why_says_that_the_margin_is_the_parcels(desk: DeskChat, language: str) -> None:
    policy = replace(Policy(), screening=replace(Policy().screening, margin_percent=66))
    desk.do(lambda unit: unit.keep_policy(policy, "boss", document_of(policy)))
    tea = incoming(
        "2", buyer_id="b", lines=(incoming_line("TEA-01", 1, amount=5900),), goods=5900, total=5900, paid=5900
    )
    desk.takes(incoming("1", buyer_id="b"))
    desk.takes(tea)
    [text] = await desk.writes(desk.cast.people[Role.CS], "/why 2")
    lines = sub("</?b>", "", text).split("\n")
    assert [line for line in THIN[language] if line not in lines] == []


APART = {
    "en": "✂️ A box of its own now: slot 2, {waybill}: 1 × TEA-01. Take them out of the shared box.",
    "zh": "✂️ 已拆为单独包裹：格口 2，{waybill}：1 × TEA-01。请从原合单包裹中取出。",
}


async def test_the_wave_tells_of_a_box_that_was_parted_on_the_floor(desk: DeskChat, language: str) -> None:
    lead, picker = desk.cast.people[Role.CS_LEAD], desk.cast.people[Role.PICKER]
    tea = incoming_line("TEA-01", 1)
    one, two = desk.takes(incoming("1", buyer_id="a"), incoming("2", buyer_id="a", lines=(tea,)))
    desk.do(review.approve, lead.acting(), one.id, one.revision)
    wave, (box,) = desk.wave()
    desk.do(together.unmerge, lead.acting(), two.id, desk.order(two.id).revision)
    old, new = desk.look(lambda d: d.parcels.of_wave(wave.id))
    assert (old.id, wave.parcels) == (box.id, 1)
    text = desk.card(picker, NoticeKind.WAVE, wave.id).text
    assert APART[language].format(waybill=new.waybill) in text.split("\n")
    head = {"en": "🌊 Wave W0001 · 2 parcels · 3 units", "zh": "🌊 波次 W0001 · 2 个包裹 · 3 件"}
    assert text.startswith(head[language])
