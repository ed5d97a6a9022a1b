"""What the card and /why of an order say when part of it goes now and the rest follows, in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from re import sub
from typing import Any

import pytest

from domain.floor import aftermath, release
from domain.floor.parcels import ParcelState
from domain.intake.incoming import IncomingOrder, Platform
from domain.orders import owed
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Role
from domain.policy.policy import Policy, document_of
from domain.policy.policy_sections import Split
from domain.records import NoticeKind
from domain.review import review
from domain.stock.stock import Bucket, Document, Move
from handlers.card import Card
from handlers.draw import draw
from storage.unit import Unit
from tests.factory import incoming, incoming_line
from tests.handlers.bilingual import each_language
from tests.handlers.desk_chat import DeskChat, open_desk

__all__ = ["each_language"]
pytestmark = pytest.mark.anyio

PARTS = Split(shortage=True, shortage_least={"*": 1000}, shortage_percent=30, presale=("presale",))


@dataclass(frozen=True)
class Said:
    """What is said in one language."""

    now: str
    later: str
    on_sale: str
    waits: str
    why: str
    part: str
    little: str
    platform: str
    off: str
    ready: str
    not_on_sale: str
    sold_then: str
    stuck: str


SAID = {
    "en": Said(
        "📦 Goes now: 2 × CUP-01",
        "⏳ Follows when it is there: 2 × TOWEL-01",
        "⏳ Follows when it is on sale: 1 × LAMP-01",
        ": waits for goods",
        "✂️ Missing: TOWEL-01×2. $78.00 of $136.00 goes first, at least $10.00 and 30% were wanted; "
        "Shopify can be told of parts",
        "✂️ Part 2 of 2: goods are missing",
        "✂️ Not sent in part: $9.00 of $67.00 is there, at least $10.00 must be",
        "✂️ Not sent in part: Taobao cannot be told of a part",
        "✂️ Not sent in part: the house rules do not ask for it",
        "the rest is ready",
        "LAMP-01: 1 wanted, not on sale yet",
        "   goes away when they are on sale; belongs to buyer (purchasing)",
        "⚠️ The goods are there, but: no courier",
    ),
    "zh": Said(
        "📦 先发：2 × CUP-01",
        "⏳ 到货后补发：2 × TOWEL-01",
        "⏳ 预售开售后补发：1 × LAMP-01",
        "等货",
        "✂️ 缺货：TOWEL-01×2。先发金额 $78.00（共 $136.00），要求不少于 $10.00 且不少于 30%；Shopify支持部分发货",
        "✂️ 拆单 2/2：缺货",
        "✂️ 未拆单先发：现货金额 $9.00（共 $67.00），须不少于 $10.00",
        "✂️ 未拆单先发：淘宝不支持部分发货",
        "✂️ 未拆单先发：规则未开启缺货拆单",
        "余下货品可发",
        "LAMP-01：需 1，预售未开售",
        "   开售后自动解除；负责：采购",
        "⚠️ 货已到，但：无可用快递",
    ),
}


@pytest.fixture
def desk(language: str, sqlite_url: str) -> Iterator[DeskChat]:
    """A company that speaks it and ships parts."""
    made = open_desk(sqlite_url, language)
    rules(made, PARTS)
    yield made
    made.store.close()


@pytest.fixture
def said(language: str) -> Said:
    return SAID[language]


def rules(desk: DeskChat, split: Split) -> None:
    policy = replace(Policy(), split=split)
    desk.do(lambda unit: unit.keep_policy(policy, "boss", document_of(policy)))


def sold(number: str, *lines: tuple[str, int, int], **changes: Any) -> IncomingOrder:
    paid = sum(amount for _, _, amount in lines)
    base = incoming(number, platform=Platform.SHOPIFY, currency="USD", goods=paid, total=paid, paid=paid)
    return replace(base, lines=tuple(incoming_line(sku, n, amount=amount) for sku, n, amount in lines), **changes)


CUPS, TOWELS, LAMP = ("CUP-01", 2, 7800), ("TOWEL-01", 2, 5800), ("LAMP-01", 1, 9900)


def card(desk: DeskChat, order: Order, view: str = "") -> str:
    """The order's card in Anna's private chat, or one of its views, without marks."""
    chat = desk.look(lambda unit: unit.people.chat(desk.cast.people[Role.CS].chat_id))
    found = desk.look(lambda unit: draw(unit, NoticeKind.ORDER, order.id, chat, {"view": view}))
    assert isinstance(found, Card)
    return sub("<[^>]+>", "", found.text)


def released(desk: DeskChat, order: Order) -> None:
    """Approved, and nobody can undo it any more."""
    desk.do(review.approve, desk.cast.actor(Role.CS_LEAD), order.id, order.revision)
    desk.clock.forward(60)
    desk.do(release.release_due)


def test_the_card_shows_what_goes_now_and_what_follows(desk: DeskChat, said: Said) -> None:
    (order,) = desk.takes(sold("1", CUPS, TOWELS), shop=2)
    text = card(desk, order)
    assert said.now in text
    assert said.later in text
    why = card(desk, order, "why")
    assert said.part in why
    assert why.count(said.why) == 1


def test_the_rest_waits_and_the_history_tells_when_it_is_ready(desk: DeskChat, said: Said) -> None:
    (order,) = desk.takes(sold("1", CUPS, TOWELS), shop=2)
    released(desk, order)
    text = card(desk, order)
    assert said.waits in text
    assert said.later in text
    desk.do(towels)
    assert said.later not in card(desk, order)
    assert said.ready in card(desk, order, "history")


def towels(unit: Unit) -> None:
    unit.stock.apply([Move(1, "TOWEL-01", Bucket.GOOD, 2, Document.OPENING, 0)], "t")
    aftermath.stock_arrived(unit)


def test_why_says_what_speaks_against_it(desk: DeskChat, said: Said) -> None:
    (little,) = desk.takes(sold("1", ("CUP-01", 1, 900), TOWELS), shop=2)
    assert said.little in card(desk, little, "why")
    (taobao,) = desk.takes(sold("2", CUPS, TOWELS, platform=Platform.TAOBAO, currency="CNY"))
    assert said.platform in card(desk, taobao, "why")
    rules(desk, Split())
    (off,) = desk.takes(sold("3", CUPS, TOWELS, buyer_id="x"), shop=2)
    assert said.off in card(desk, off, "why")


def test_goods_that_are_not_on_sale_yet(desk: DeskChat, said: Said) -> None:
    def presale(unit: Unit) -> None:
        unit.catalog_admin.put_skus([replace(unit.catalog.skus["LAMP-01"], traits=frozenset({"presale"}))])

    desk.do(presale)
    both, alone = desk.takes(sold("1", CUPS, LAMP), sold("2", LAMP, buyer_id="x"), shop=2)
    assert said.on_sale in card(desk, both)
    assert said.not_on_sale in card(desk, alone)
    assert said.sold_then in card(desk, alone, "why")


def test_goods_that_nobody_carries_say_so(desk: DeskChat, said: Said) -> None:
    (order,) = desk.takes(sold("1", CUPS, TOWELS), shop=2)
    released(desk, order)

    def far(unit: Unit) -> None:
        for courier in unit.catalog.couriers.values():
            unit.catalog_admin.save_courier(replace(courier, countries=frozenset({"ZZ"})))

    desk.do(far)
    desk.do(towels)
    assert said.stuck in card(desk, order)
    assert desk.do(owed.wake) == 0


def test_what_is_owed_can_be_sent_elsewhere_while_the_rest_is_gone(desk: DeskChat, language: str) -> None:
    label = {"en": "✏️ Edit address", "zh": "✏️ 改地址"}[language]
    (order,) = desk.takes(sold("1", CUPS, TOWELS), shop=2)
    released(desk, order)
    anna = desk.cast.people[Role.CS]

    def gone(unit: Unit) -> None:
        box = unit.parcels.of_orders([order.id])[order.id][0]
        unit.parcels.save([replace(box, state=ParcelState.HANDED_OVER)])

    desk.do(gone)
    assert label in offered(desk.card(anna, NoticeKind.ORDER, order.id))


def offered(card: Card) -> list[str]:
    return [button.label for row in card.rows for button in row]


async def test_a_refused_approval_draws_the_order_anew(desk: DeskChat) -> None:
    """The lamps its card had in one warehouse went to another order; the next yes takes those of the other."""
    anna, lamps = desk.cast.people[Role.CS], ("LAMP-01", 10, 9900)
    first, second = desk.takes(sold("1", lamps), sold("2", lamps, buyer_id="x"), shop=2)
    await desk.writes(anna, "/order 2")
    data, shown = desk.button(anna.telegram_id, desk.labels[0][0])
    desk.do(review.approve, desk.cast.actor(Role.CS_LEAD), first.id, first.revision)
    await desk.presses(anna, data, shown)
    assert desk.order(second.id).status is OrderStatus.REVIEW
    (box,) = desk.look(lambda unit: unit.parcels.of_orders([second.id]))[second.id]
    assert box.warehouse_id == desk.cast.warehouses[1].id
    desk.do(review.approve, desk.cast.actor(Role.CS_LEAD), second.id, desk.order(second.id).revision)
