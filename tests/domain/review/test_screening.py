"""Each hold code: its trigger, its evidence, and that it goes when the trigger does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.customers.customer_records import Entry, EntryState, ListLevel, Reason, phone_key, phone_keys
from domain.floor.parcels import Item
from domain.intake.incoming import Platform, PlatformState, Receiver, RefundState
from domain.orders.catalog import Catalog, Company, Courier, Shop, Sku, Warehouse
from domain.orders.orders import Line, Order, OrderStatus
from domain.planning.match import Loser, told
from domain.planning.planning import grams_of
from domain.planning.plans import plan
from domain.policy.policy import Policy
from domain.policy.policy_sections import Areas, Split
from domain.review.holds import HoldCode
from domain.review.screening import Facts, screen
from tests.domain.asks import match_courier, match_warehouse

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOME = Receiver("王小明", "13812345678", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号", "310000")
HANGZHOU = Warehouse(1, "HZ", "杭州仓", "浙江", 1)
WUHAN = Warehouse(2, "WH", "武汉仓", "湖北", 2)
YTO = Courier(1, "YTO", "圆通", "YT", 13, 1, 1000, 350, 1000, 150, 30_000, excluded=frozenset({"西藏"}))
SF = Courier(2, "SF", "顺丰", "SF", 13, 2, 1000, 1800, 500, 500, 30_000)
CATALOG = Catalog(
    Company("小满家居", "Asia/Shanghai", "CNY"),
    {1: Shop(1, "旗舰店", Platform.TAOBAO, "CNY", "Asia/Shanghai")},
    {1: HANGZHOU, 2: WUHAN},
    {1: YTO, 2: SF},
    {"CUP": Sku("CUP", "6901234567892", "杯子", 300, 900, 2900), "LID": Sku("LID", "", "盖子", 0, 100, 500)},
    {(1, "cup-red"): "CUP"},
)
FACTS = Facts(CATALOG, Policy(), {(1, "CUP"): 5, (2, "CUP"): 9, (2, "LID"): 9}, {}, NOW)
ORDER = Order(
    id=1,
    shop_id=1,
    platform=Platform.TAOBAO,
    number="T1",
    external_id="",
    status=OrderStatus.REVIEW,
    platform_state=PlatformState.PAID,
    currency="CNY",
    created_at=NOW,
    placed_at=NOW,
    paid_at=NOW,
    paid=2900,
    total=2900,
    buyer_id="b1",
    receiver=HOME,
    lines=(Line(1, "l1", "杯子", "红", "cup-red", 1, 2900, 2900, sku="CUP"),),
)


def found(order: Order, facts: Facts = FACTS) -> dict[HoldCode, dict[str, str]]:
    return {finding.code: dict(finding.evidence) for finding in screen(order, facts)}


def line(**changes: object) -> Order:
    return replace(ORDER, lines=(replace(ORDER.lines[0], **changes),))  # type: ignore[arg-type]  # test shorthand


def test_a_usual_order_is_clean() -> None:
    assert found(ORDER) == {}


def test_a_refund_asked_on_a_line() -> None:
    assert found(line(refund=RefundState.REQUESTED)) == {HoldCode.REFUND_REQ: {"lines": "1", "first": "杯子"}}


def test_money_back_without_a_line_wants_a_lead() -> None:
    assert found(replace(ORDER, refunded=500)) == {HoldCode.REFUNDED: {"amount": "500", "currency": "CNY"}}


def test_money_back_for_a_dropped_line_is_explained() -> None:
    lines = (*ORDER.lines, replace(ORDER.lines[0], line_no=2, refunded=500, dropped=True))
    assert found(replace(ORDER, lines=lines, refunded=500)) == {}


def test_no_lines() -> None:
    assert found(replace(ORDER, lines=())) == {HoldCode.NO_ITEMS: {}}


def test_a_line_that_matches_no_product() -> None:
    unmatched = line(sku=None, merchant_code="new-thing")
    assert found(unmatched) == {HoldCode.SKU_UNMATCHED: {"lines": "1", "code": "new-thing", "title": "杯子"}}


def test_more_than_any_warehouse_has() -> None:
    assert found(line(quantity=10)) == {HoldCode.OUT_OF_STOCK: {"sku": "CUP", "need": "10", "free": "9"}}
    assert found(line(quantity=9)) == {}


def test_no_single_warehouse_has_all() -> None:
    facts = replace(FACTS, free={(1, "CUP"): 5, (2, "LID"): 9})
    lines = (*ORDER.lines, replace(ORDER.lines[0], line_no=2, sku="LID"))
    whole = replace(facts, policy=replace(Policy(), split=Split(auto=False)))
    evidence = found(replace(ORDER, lines=lines), whole)[HoldCode.OUT_OF_STOCK]
    assert evidence == {"sku": "*", "need": "", "free": "", "why": "no single warehouse has all"}
    assert found(replace(ORDER, lines=lines), facts) == {}


def test_no_warehouse_serves_the_shop() -> None:
    nobody = {1: replace(HANGZHOU, shops=frozenset({9})), 2: replace(WUHAN, shops=frozenset({9}))}
    facts = replace(FACTS, catalog=replace(CATALOG, warehouses=nobody))
    assert found(ORDER, facts) == {
        HoldCode.NO_WAREHOUSE: {
            "shop": "旗舰店",
            **told([Loser(name, "not_serving", {"shop": "旗舰店"}) for name in ("杭州仓", "武汉仓")]),
        }
    }


@pytest.mark.parametrize(
    ("receiver", "fields", "why", "told"),
    [
        (replace(HOME, phone="12345"), "phone", "malformed", ""),
        (replace(HOME, phone=""), "phone", "missing", ""),
        (replace(HOME, phone="138****1234"), "phone", "hidden", ""),
        (replace(HOME, phone="13800001234/139****1234"), "phone", "hidden", ""),
        (replace(HOME, phone="13800001234/1390000123"), "phone", "malformed", ""),
        (replace(HOME, province="", city=""), "city", "ambiguous", "西湖区"),
        (replace(HOME, province="", city="", district=""), "province,city,district", "missing,missing,missing", ",,"),
        (replace(HOME, district=""), "district", "missing", ""),
        (replace(HOME, district="西胡区"), "district", "unknown", "西胡区"),
        (replace(HOME, district="a,b" + "长" * 90), "district", "unknown", "a b" + "长" * 37),
        (replace(HOME, city="南京市"), "city", "not_in_province", "南京市"),
        (replace(HOME, district="鼓楼区"), "district", "not_in_city", "鼓楼区"),
        (replace(HOME, address="江苏省南京市鼓楼区中山路1号"), "province", "contradicted", "江苏省"),
        (replace(HOME, address=" "), "address", "missing", ""),
        (replace(HOME, name="", phone="1"), "name,phone", "missing,malformed", ","),
        (Receiver("Ann", "13800001234", "CN", "", "Hangzhou", "", ""), "province,address", "missing,missing", ","),
        (Receiver("", "", "CN"), "name,province,city,address,phone", ",".join(["missing"] * 5), ",,,,"),
        (Receiver("Ann", "", "US", "TX", "", "", "1 Main St", "78701"), "city", "missing", ""),
        (Receiver("Ann", "call me", "US", "TX", "Austin", "", "1 Main St", "78701"), "phone", "malformed", ""),
        (Receiver("Ann", "", "US", "", "Austin", "", "1 Main St"), "province,zip", "missing,missing", ","),
    ],
)
def test_an_address_a_courier_could_not_use(receiver: Receiver, fields: str, why: str, told: str) -> None:
    evidence = {"fields": fields, "why": why, "told": told}
    assert found(replace(ORDER, receiver=receiver)) == {HoldCode.ADDR_INVALID: evidence}


@pytest.mark.parametrize(
    "receiver",
    [
        replace(HOME, phone="18877771111-123"),
        replace(HOME, phone="+86 13812345678"),
        replace(HOME, phone="18877771111转123"),
        replace(HOME, phone="0571-87654321"),
        replace(HOME, phone="13800001234/0571-87654321"),
        Receiver("Ann", "13800001234", "CN", "Zhejiang", "Hangzhou", "Xihu", "1 Wensan Rd"),
        Receiver("安", "13800001234", "CN", "CN30", "杭州市", "", "西湖区文三路 1 号"),
        replace(HOME, province="浙江", city="杭州", district="西湖"),
        replace(HOME, province="", city="", district="", address="浙江省杭州市西湖区文三路 1 号"),
        replace(HOME, province="浙江省", city="义乌市", district="", address="北苑街道 1 号"),
        replace(HOME, province="湖北省", city="省直辖县级行政区划", district="仙桃市"),
        replace(HOME, province="广东省", city="东莞市", district=""),
        replace(HOME, phone="+852 9123 4567", province="香港", city="九龙", district="油尖旺区"),
        Receiver("生*", "138****1234", masked=True),
        Receiver("Ann", "", "US", "TX", "Austin", "", "1 Main St", "78701"),
        Receiver("Ann", "+1 (512) 555-0199 ext. 12", "US", "TX", "Austin", "", "1 Main St", "78701"),
    ],
)
def test_addresses_that_do(receiver: Receiver) -> None:
    assert HoldCode.ADDR_INVALID not in found(replace(ORDER, receiver=receiver))


def test_a_place_we_do_not_deliver_to() -> None:
    facts = replace(FACTS, policy=Policy(areas=Areas(unreachable=("西藏", "杭州市西湖区"))))
    evidence = {"fields": "district", "why": "unreachable", "told": "杭州市西湖区"}
    assert found(ORDER, facts) == {HoldCode.ADDR_INVALID: evidence}
    hidden = replace(HOME, name="王*", phone="138****1234", address="****", masked=True)
    assert found(replace(ORDER, receiver=hidden), facts) == {HoldCode.ADDR_INVALID: evidence}
    assert found(replace(ORDER, receiver=replace(HOME, district="余杭区")), facts) == {}


def test_the_same_goods_to_the_same_place_in_other_words_are_a_duplicate() -> None:
    again = replace(ORDER, id=2, number="T2", receiver=replace(HOME, province="浙江", address="文三路1号", zip=""))
    facts = replace(FACTS, recent={"b1": (ORDER, again)})
    assert found(again, facts) == {HoldCode.DUPLICATE: {"order": "T1"}}
    other = replace(again, receiver=replace(again.receiver, phone="13812345678-1"))
    assert found(other, facts) == {}


def test_words_of_buyer_and_seller() -> None:
    order = replace(ORDER, buyer_message="请开发票", seller_note="VIP")
    assert found(order) == {
        HoldCode.KEYWORD: {"words": "发票"},
        HoldCode.MESSAGE: {"text": "请开发票"},
        HoldCode.SELLER_NOTE: {"text": "VIP"},
    }


def test_a_message_of_blanks_is_none() -> None:
    assert found(replace(ORDER, buyer_message=" \n")) == {}


@pytest.mark.parametrize(("paid", "held"), [(99, True), (100, False), (300_000, False), (300_001, True)])
def test_amounts_outside_the_usual(paid: int, held: bool) -> None:
    assert (HoldCode.AMOUNT_RANGE in found(replace(ORDER, paid=paid))) is held


def test_a_currency_without_its_own_range_uses_the_common_one() -> None:
    evidence = found(replace(ORDER, currency="USD", paid=50_001))[HoldCode.AMOUNT_RANGE]
    assert evidence == {"paid": "50001", "low": "1", "high": "50000", "currency": "USD"}


def test_the_same_goods_for_the_same_buyer_again() -> None:
    twin = replace(ORDER, id=2, number="T2", placed_at=NOW - timedelta(hours=71))
    assert found(ORDER, replace(FACTS, recent={"b1": (twin,)})) == {HoldCode.DUPLICATE: {"order": "T2"}}


@pytest.mark.parametrize(
    "change",
    [
        {"id": 1},
        {"placed_at": NOW - timedelta(hours=73)},
        {"status": OrderStatus.CANCELLED},
        {"receiver": replace(HOME, address="别处")},
        {"lines": (replace(ORDER.lines[0], quantity=2),)},
    ],
)
def test_what_is_no_duplicate(change: dict[str, object]) -> None:
    other = replace(ORDER, **{"id": 2, "number": "T2", **change})  # type: ignore[arg-type]  # test shorthand
    assert found(ORDER, replace(FACTS, recent={"b1": (other,)})) == {}


def listed(*entries: Entry) -> Facts:
    """The facts with these entries in force."""
    keys = {key for entry in entries for key in entry.keys}
    return replace(FACTS, listed={key: tuple(e for e in entries if key in e.keys) for key in keys})


ENTRY = Entry(7, 1, EntryState.ACTIVE, Reason.EMPTY_PARCEL, "李雷", NOW, keys=("buyer:taobao:b1",), evidence="2 空包")


def test_a_buyer_on_the_blacklist() -> None:
    seen = {"entry": "7", "level": "hold", "reason": "empty_parcel", "by": "buyer", "until": "", "buyer": "b1"}
    assert found(ORDER, listed(ENTRY)) == {HoldCode.BLACKLIST: {**seen, "text": "2 空包"}}
    assert found(replace(ORDER, platform=Platform.PINDUODUO), listed(ENTRY)) == {}


def test_a_warning_holds_nothing_and_the_strictest_entry_is_the_evidence() -> None:
    warn, refuse = replace(ENTRY, id=1, level=ListLevel.WARN), replace(ENTRY, id=9, level=ListLevel.REFUSE)
    assert found(ORDER, listed(warn)) == {}
    assert found(ORDER, listed(warn, ENTRY, refuse))[HoldCode.BLACKLIST]["entry"] == "9"


def test_another_account_with_the_same_phone() -> None:
    by_phone = replace(ENTRY, keys=("buyer:taobao:b1", phone_key(HOME)))
    other = replace(ORDER, buyer_id="", number="T2")
    assert found(other, listed(by_phone))[HoldCode.BLACKLIST]["by"] == "phone"
    assert found(replace(other, receiver=replace(HOME, phone="13812345679")), listed(by_phone)) == {}


def test_any_of_several_phones_is_known() -> None:
    by_phone = replace(ENTRY, keys=("buyer:taobao:b1", phone_key(HOME)))
    two = replace(ORDER, buyer_id="", number="T2", receiver=replace(HOME, phone=f"13900005678/{HOME.phone}"))
    assert found(two, listed(by_phone))[HoldCode.BLACKLIST]["by"] == "phone"
    assert phone_keys(two.receiver) == (phone_key(replace(HOME, phone="13900005678")), phone_key(HOME))
    assert phone_keys(replace(HOME, phone="13900005678/18877771111-123")) == phone_keys(two.receiver)[:1]


def test_the_platform_says_it_is_shipped() -> None:
    shipped = replace(ORDER, platform_state=PlatformState.SHIPPED)
    assert found(shipped) == {HoldCode.PLATFORM_SHIPPED: {"state": "shipped"}}


def test_several_holds_at_once() -> None:
    order = replace(line(sku=None), buyer_message="发票", paid=1)
    assert set(found(order)) == {
        HoldCode.SKU_UNMATCHED,
        HoldCode.KEYWORD,
        HoldCode.MESSAGE,
        HoldCode.AMOUNT_RANGE,
    }


def test_the_near_warehouse_wins_and_the_other_is_told_why() -> None:
    match = match_warehouse(ORDER, FACTS)
    assert (match.winner, match.because) == (1, "near")
    assert [(loser.name, loser.reason) for loser in match.losers] == [("武汉仓", "farther")]


def test_a_warehouse_that_is_short_loses_with_the_numbers() -> None:
    match = match_warehouse(line(quantity=7), FACTS)
    assert (match.winner, match.because) == (2, "only")
    assert [(x.name, x.reason, dict(x.facts)) for x in match.losers] == [
        ("杭州仓", "short", {"sku": "CUP", "free": "5", "need": "7"})
    ]


def test_the_cheapest_courier_that_reaches_wins() -> None:
    match = match_courier(ORDER, 1, 360, FACTS)
    assert (match.name, match.because) == ("圆通", "cheapest")
    assert [(x.name, x.reason, dict(x.facts)) for x in match.losers] == [
        ("顺丰", "dearer", {"freight": "1800", "currency": "CNY"})
    ]


@pytest.mark.parametrize(
    ("receiver", "grams", "reasons"),
    [
        (replace(HOME, province="西藏自治区"), 360, ["unreachable"]),
        (replace(HOME, country="US"), 360, ["country", "country"]),
        (HOME, 30_001, ["too_heavy", "too_heavy"]),
    ],
)
def test_couriers_that_cannot(receiver: Receiver, grams: int, reasons: list[str]) -> None:
    match = match_courier(replace(ORDER, receiver=receiver), 1, grams, FACTS)
    assert [loser.reason for loser in match.losers][: len(reasons)] == reasons


def test_a_plan_is_one_parcel_with_every_line_and_its_reasons() -> None:
    made = plan([ORDER], FACTS)
    assert made.faults == ()
    (parcel,) = made.parcels
    assert (parcel.warehouse_id, parcel.courier_id, parcel.expected_g, parcel.freight) == (1, 1, 360, 350)
    assert parcel.items == (Item(1, 1, "CUP", "杯子", 1, paid=2900),)
    assert parcel.why["warehouse"]["won"] == "杭州仓"  # type: ignore[index]  # JSON data


def test_no_courier_is_a_finding() -> None:
    made = plan([replace(ORDER, receiver=replace(HOME, country="US"))], FACTS)
    assert made.parcels == ()
    assert [fault.code for fault in made.faults] == [HoldCode.NO_COURIER]


def test_an_unknown_weight_means_no_expectation() -> None:
    assert grams_of({"CUP": 1, "LID": 1}, FACTS.catalog, FACTS.policy) == 0


@pytest.mark.parametrize(("grams", "price"), [(0, 350), (1000, 350), (1001, 500), (2000, 500), (2001, 650)])
def test_freight_counts_started_steps(grams: int, price: int) -> None:
    assert YTO.freight(grams) == price


@pytest.mark.parametrize(
    ("platform", "changes", "owed"),
    [
        (Platform.JST, {"paid": 2899}, "2900"),
        (Platform.JST, {"paid": 2000, "refunded": 100}, "2800"),
        (Platform.SHOPIFY, {"paid": 1}, "2900"),
        (Platform.JST, {"paid": 2900}, None),
        (Platform.JST, {"paid": 3000}, None),
        (Platform.JST, {"paid": 2000, "refunded": 900}, None),
        (Platform.JST, {"paid": 0}, None),
        (Platform.JST, {"paid": 100, "cod": True}, None),
        (Platform.TAOBAO, {"paid": 2000}, None),
    ],
)
def test_an_order_paid_in_part_waits_where_its_platform_tells_what_was_owed(
    platform: Platform, changes: dict[str, int], owed: str | None
) -> None:
    seen = found(replace(ORDER, platform=platform, **changes)).get(HoldCode.PART_PAID)  # type: ignore[arg-type]  # test shorthand
    assert (seen and seen["payable"]) == owed


def test_without_a_buyer_the_place_says_that_two_orders_are_alike() -> None:
    one = replace(ORDER, buyer_id="", merge_key="k")
    facts = replace(FACTS, recent={"k": (replace(one, id=2, number="T2"),)})
    assert found(one, facts)[HoldCode.DUPLICATE] == {"order": "T2"}
    assert HoldCode.DUPLICATE not in found(replace(one, merge_key=""), facts)


def test_two_masks_alike_are_no_duplicate_unless_the_platforms_code_says_so() -> None:
    hidden = replace(HOME, name="王*", phone="138****1234", address="****", masked=True)
    one = replace(ORDER, receiver=hidden)
    other = replace(one, id=2, number="T2")
    assert HoldCode.DUPLICATE not in found(one, replace(FACTS, recent={"b1": (other,)}))
    coded, alike = replace(one, merge_code="m1"), replace(other, merge_code="m1")
    assert found(coded, replace(FACTS, recent={"b1": (alike,)}))[HoldCode.DUPLICATE] == {"order": "T2"}
    elsewhere = replace(alike, merge_code="m2")
    assert HoldCode.DUPLICATE not in found(coded, replace(FACTS, recent={"b1": (elsewhere,)}))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("加急", "加急"),
        ("不加急，慢慢来", None),
        ("不要发票", None),
        ("不要发票，不要发货", "不要发"),
        ("不加急？请加急！", "加急"),
        ("加不加急急", None),
        ("This is NOT urgent, no gift", None),
    ],
)
def test_an_exception_is_struck_out_before_keywords_are_looked_for(message: str, words: str | None) -> None:
    seen = found(replace(ORDER, buyer_message=message)).get(HoldCode.KEYWORD)
    assert (seen and seen["words"]) == words


def test_an_empty_word_finds_and_strikes_nothing() -> None:
    facts = replace(FACTS, policy=replace(Policy(), keywords=("", "急"), keyword_exceptions=("",)))
    seen = [found(replace(ORDER, buyer_message=said), facts).get(HoldCode.KEYWORD) for said in ("急", "好")]
    assert seen == [{"words": "急"}, None]
