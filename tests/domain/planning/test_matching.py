"""Who sends and who carries: each reason to lose, and each reason to win in its order (rules.md B5, B6)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.addresses.reach import Area, distance, most_specific, region, same_place
from domain.intake.incoming import Platform, PlatformState, Receiver
from domain.orders.catalog import Account, Catalog, Company, Courier, Shop, Sku, Warehouse
from domain.orders.orders import Line, Order, OrderStatus
from domain.planning.field_rules import FieldRule, Op
from domain.planning.match import Loser, Match, losers_in, told
from domain.planning.matching import departs
from domain.planning.plans import Plan, plan
from domain.planning.tariffs import Rate, Surcharge, Tariff, Tier
from domain.policy.policy import Policy
from domain.policy.policy_sections import Areas, Matching, Suspension, Upgrade
from domain.review.holds import HoldCode
from domain.review.screening import Facts
from tests.domain.asks import match_courier, match_warehouse

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 17:00 in Shanghai
HOME = Receiver("王小明", "13812345678", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号")
HZ = Warehouse(1, "HZ", "杭州仓", "浙江", 1, city="杭州")
WH = Warehouse(2, "WH", "武汉仓", "湖北", 2, city="武汉")
YTO = Courier(1, "YTO", "圆通", "YT", 13, 1, 1000, 350, 1000, 150, 30_000)
SF = Courier(2, "SF", "顺丰", "SF", 13, 2, 1000, 1800, 500, 500, 30_000, cod=True, service=1)
ZTO = Courier(3, "ZTO", "中通", "78", 12, 3, 1000, 360, 1000, 150, 30_000)
CUP = Sku("CUP", "", "杯子", 300, 900, 2900)
JAR = Sku("JAR", "", "蜂蜜", 500, 900, 2900, length_mm=100, width_mm=100, height_mm=150, traits=frozenset({"liquid"}))
CATALOG = Catalog(
    Company("小满家居", "Asia/Shanghai", "CNY"),
    {
        1: Shop(1, "旗舰店", Platform.TAOBAO, "CNY", "Asia/Shanghai"),
        2: Shop(2, "拼多多店", Platform.PINDUODUO, "CNY", "Asia/Shanghai"),
    },
    {1: HZ, 2: WH},
    {1: YTO, 2: SF, 3: ZTO},
    {"CUP": CUP, "JAR": JAR},
    {},
)
FREE = {(place, sku): 10 for place in (1, 2) for sku in ("CUP", "JAR")}
FACTS = Facts(CATALOG, Policy(), FREE, {}, NOW)
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
    paid=2900,
    receiver=HOME,
    lines=(Line(1, "l1", "杯子", "红", "cup-red", 1, 2900, 2900, sku="CUP"),),
)


def hinted(**hints: object) -> Order:
    return replace(ORDER, **hints)  # type: ignore[arg-type]  # test shorthand


def choices(**changes: object) -> Facts:
    return replace(FACTS, policy=replace(Policy(), matching=replace(Matching(), **changes)))  # type: ignore[arg-type]  # test shorthand


def world(
    couriers: tuple[Courier, ...] = (YTO, SF, ZTO), places: tuple[Warehouse, ...] = (HZ, WH), **more: object
) -> Facts:
    catalog = replace(CATALOG, couriers={c.id: c for c in couriers}, warehouses={p.id: p for p in places}, **more)  # type: ignore[arg-type]  # test shorthand
    return replace(FACTS, catalog=catalog)


def lost(match: Match) -> dict[str, tuple[str, Mapping[str, str]]]:
    return {loser.name: (loser.reason, loser.facts) for loser in match.losers}


def won(match: Match) -> tuple[str, str]:
    return match.name, match.because


# --- couriers ---------------------------------------------------------------------------------------------------


def test_without_wishes_the_cheapest_carries_and_says_what_it_costs() -> None:
    match = match_courier(ORDER, 1, 360, FACTS)
    assert won(match) == ("圆通", "cheapest")
    assert lost(match) == {
        "顺丰": ("dearer", {"freight": "1800", "currency": "CNY"}),
        "中通": ("dearer", {"freight": "360", "currency": "CNY"}),
    }
    assert match.inputs == {"grams": "360", "place": "浙江省/杭州市"}
    data = match.as_data()
    assert match.quote is not None
    assert (data["won"], data["quote"]) == ("圆通", match.quote.as_data())
    assert (match.quote.total, match.quote.billable_g, match.quote.tariff_id) == (350, 1000, 0)


def test_the_precedence_of_wishes() -> None:
    """Platform, then what the buyer paid for, then the note, then the house's rules, then cost."""
    rule = FieldRule("near goes by 中通", "receiver.province", Op.CONTAINS, "浙江", ("ZTO",))
    facts = choices(courier_rules=(rule,), upgrades=(Upgrade("ZTO", 1000),))
    noted = replace(ORDER, seller_note="发顺丰")
    assert won(match_courier(ORDER, 1, 360, facts)) == ("中通", "rule")
    assert won(match_courier(noted, 1, 360, facts)) == ("顺丰", "note")
    assert won(match_courier(replace(noted, shipping=1000), 1, 360, facts)) == ("中通", "upgrade")
    platform = match_courier(hinted(courier_hint="圆通速递", seller_note="发顺丰", shipping=1000), 1, 360, facts)
    assert won(platform) == ("圆通", "platform")
    assert lost(platform) == {
        "顺丰": ("platform_other", {"asked": "YTO"}),
        "中通": ("platform_other", {"asked": "YTO"}),
    }


def test_a_wish_that_cannot_be_met_is_passed_over_unless_it_binds() -> None:
    far = replace(ORDER, seller_note="发顺丰", receiver=replace(HOME, province="西藏自治区", city="拉萨市"))
    facts = world(couriers=(YTO, replace(SF, excluded=frozenset({"西藏"}))))
    match = match_courier(far, 1, 360, facts)
    assert (won(match), lost(match)["顺丰"][0]) == (("圆通", "only"), "unreachable")
    bound = replace(facts, policy=replace(Policy(), matching=Matching(note_must=True)))
    assert match_courier(far, 1, 360, bound).winner is None
    assert lost(match_courier(far, 1, 360, bound))["圆通"] == ("note_other", {"asked": "SF"})
    asked = replace(far, seller_note="")
    hint = replace(hinted(courier_hint="顺丰"), receiver=asked.receiver)
    assert match_courier(hint, 1, 360, facts).winner is None


def test_who_is_asked_for_wins_over_the_cheaper() -> None:
    assert lost(match_courier(replace(ORDER, seller_note="发顺丰"), 1, 360, FACTS)) == {
        "圆通": ("not_favoured", {"won": "顺丰"}),
        "中通": ("not_favoured", {"won": "顺丰"}),
    }


@pytest.mark.parametrize(
    ("order", "courier", "reason", "facts"),
    [
        (ORDER, replace(YTO, enabled=False), "disabled", {}),
        (replace(ORDER, receiver=replace(HOME, country="US")), YTO, "country", {"country": "US"}),
        (ORDER, replace(YTO, warehouses=frozenset({2})), "no_pickup", {}),
        (replace(ORDER, buyer_message="不要圆通"), YTO, "refused", {}),
        (hinted(cod=True, total=5000), YTO, "no_cod", {}),
        (ORDER, replace(YTO, excluded=frozenset({"浙江"})), "unreachable", {"province": "浙江省"}),
        (ORDER, replace(YTO, areas=(Area(city="杭州", arrives=False),)), "unreachable", {"province": "杭州"}),
        (ORDER, replace(YTO, max_g=300), "too_heavy", {"grams": "360", "max": "300"}),
        (ORDER, replace(YTO, areas=(Area(province="浙江", max_g=350),)), "too_heavy", {"grams": "360", "max": "350"}),
        (ORDER, replace(YTO, areas=(Area(province="浙江", min_g=500),)), "too_light", {"grams": "360", "min": "500"}),
    ],
)
def test_why_a_courier_cannot(order: Order, courier: Courier, reason: str, facts: dict[str, str]) -> None:
    assert lost(match_courier(order, 1, 360, world(couriers=(courier, SF))))["圆通"] == (reason, facts)


def test_goods_a_courier_refuses_and_boxes_it_cannot_hold() -> None:
    facts = world(couriers=(replace(YTO, refuses=frozenset({"liquid"})), replace(ZTO, max_side_mm=120), SF))
    match = match_courier(ORDER, 1, 560, facts, {"JAR": 1})
    assert won(match) == ("顺丰", "only")
    assert lost(match) == {
        "圆通": ("refuses", {"trait": "liquid"}),
        "中通": ("too_long", {"side": "150", "max_side": "120"}),
    }
    assert (match.inputs["traits"], match.inputs["volume_mm3"]) == ("liquid", "1500000")


def test_the_account_must_fit_the_shop_and_have_numbers() -> None:
    accounts = {
        1: (Account(7, 1, "pdd", platforms=frozenset({Platform.PINDUODUO})),),
        3: (Account(8, 3, "hz", shop_id=1), Account(9, 3, "any")),
    }
    facts = replace(world(accounts=accounts), left={8: 0, 9: 5})
    match = match_courier(ORDER, 1, 360, facts)
    assert (match.name, lost(match)) == (
        "顺丰",
        {"圆通": ("no_account", {"shop": "旗舰店"}), "中通": ("no_numbers", {"account": "hz"})},
    )
    assert won(match_courier(replace(ORDER, shop_id=2), 1, 360, facts)) == ("圆通", "cheapest")


def test_a_courier_that_gave_no_number_is_passed_over_for_that_order_only() -> None:
    facts = replace(FACTS, failed={1: {1: "balance low"}})
    match = match_courier(ORDER, 1, 360, facts)
    assert (match.name, lost(match)["圆通"]) == ("中通", ("waybill_error", {"error": "balance low"}))
    assert match_courier(replace(ORDER, id=2), 1, 360, facts).name == "圆通"


def test_a_suspension_counts_from_its_start_to_its_end() -> None:
    storm = Suspension("YTO", "浙江", "2026-11-23T08:00:00+00:00", "2026-11-23T10:00:00+00:00", "台风")
    facts = replace(FACTS, policy=replace(Policy(), suspensions=(storm,)))
    match = match_courier(ORDER, 1, 360, facts)
    until = {"until": "2026-11-23T10:00+00:00"}
    assert (match.name, lost(match)["圆通"]) == (
        "中通",
        ("suspended", {"province": "浙江省", "reason": "台风", **until}),
    )
    for minutes in (-61, 60):
        assert match_courier(ORDER, 1, 360, replace(facts, now=NOW + timedelta(minutes=minutes))).name == "圆通"
    elsewhere = replace(ORDER, receiver=replace(HOME, province="江苏省"))
    assert match_courier(elsewhere, 1, 360, facts).name == "圆通"


def test_a_table_replaces_the_simple_terms_and_may_not_know_the_place() -> None:
    table = Tariff(5, 2, 4, (Rate((Tier(1000, 300, 1000, 100),), "浙江"),))
    facts = world(tariffs={2: (table,)})
    match = match_courier(ORDER, 1, 360, facts)
    assert match.quote is not None
    assert (won(match), match.quote.tariff_id, match.quote.version) == (("顺丰", "cheapest"), 5, 4)
    away = match_courier(replace(ORDER, receiver=replace(HOME, province="江苏省")), 1, 360, facts)
    assert (away.name, lost(away)["顺丰"]) == ("圆通", ("no_tariff", {"province": "江苏省"}))


def test_equal_prices_go_by_service_then_preference_and_the_stopgap_comes_last() -> None:
    same = replace(ZTO, first_price=350)
    assert won(match_courier(ORDER, 1, 360, world((YTO, same)))) == ("圆通", "priority")
    assert won(match_courier(ORDER, 1, 360, world((replace(YTO, service=2), replace(same, service=1))))) == (
        "中通",
        "service",
    )
    match = match_courier(ORDER, 1, 360, world((replace(YTO, fallback=True), SF)))
    assert (won(match), lost(match)["圆通"][0]) == (("顺丰", "not_default"), "is_default")
    abroad = world((replace(YTO, currency="USD", service=2), SF))
    assert won(match_courier(ORDER, 1, 360, abroad)) == ("顺丰", "service")  # dollars and yuan are not compared


def test_a_must_rule_leaves_only_its_own() -> None:
    rule = FieldRule("dear goods by 顺丰", "paid", Op.MORE, "2000", ("SF",), must=True)
    match = match_courier(ORDER, 1, 360, choices(courier_rules=(rule,)))
    assert (won(match), lost(match)["圆通"]) == (("顺丰", "rule"), ("ruled_out", {"rule": "dear goods by 顺丰"}))


def test_orders_that_ask_the_same_share_one_answer() -> None:
    facts = replace(FACTS)
    first = match_courier(ORDER, 1, 360, facts)
    assert match_courier(replace(ORDER, id=2, number="T2"), 1, 360, facts) is first
    assert match_courier(replace(ORDER, seller_note="发顺丰"), 1, 360, facts) is not first
    assert match_courier(ORDER, 1, 361, facts) is not first
    assert replace(facts, policy=Policy()).memo == {}


# --- warehouses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (replace(HZ, enabled=False), "disabled"),
        (replace(HZ, shops=frozenset({2})), "not_serving"),
        (replace(HZ, areas=(Area(province="浙江"), Area(province="浙江", city="杭州", arrives=False))), "unreachable"),
        (replace(HZ, areas=(Area(province="浙江", max_g=100),)), "too_heavy"),
        (replace(HZ, areas=(Area(min_g=1000),)), "too_light"),
    ],
)
def test_why_a_warehouse_cannot(place: Warehouse, reason: str) -> None:
    match = match_warehouse(ORDER, world(places=(place, WH)))
    assert (won(match), lost(match)["杭州仓"][0]) == (("武汉仓", "only"), reason)


def test_stock_is_asked_for_the_given_units() -> None:
    facts = replace(FACTS, free={**FREE, (1, "JAR"): 1})
    match = match_warehouse(ORDER, facts, {"JAR": 2})
    assert (match.name, lost(match)["杭州仓"]) == ("武汉仓", ("short", {"sku": "JAR", "free": "1", "need": "2"}))


def test_the_platforms_warehouse_binds_if_it_is_ours() -> None:
    match = match_warehouse(hinted(warehouse_hint="WH"), FACTS)
    assert (won(match), lost(match)["杭州仓"]) == (("武汉仓", "only"), ("elsewhere", {"asked": "WH"}))
    assert match_warehouse(hinted(warehouse_hint="CAINIAO-9"), FACTS).name == "杭州仓"


def test_a_remote_area_of_the_policy_makes_the_dearer_there_lose() -> None:
    far = Surcharge("remote", amount=2000, areas=("remote",))
    table = Tariff(7, 1, 2, (Rate((Tier(1000, 350, 1000, 150),)),), surcharges=(far,))
    facts = world(tariffs={1: (table,)})
    assert won(match_courier(ORDER, 1, 300, facts)) == ("圆通", "cheapest")
    remote = replace(facts, policy=Policy(areas=Areas(remote=("浙江杭州",))))
    assert won(match_courier(ORDER, 1, 300, remote)) == ("中通", "cheapest")


def test_freight_comes_before_nearness() -> None:
    table = Tariff(5, 1, 1, (Rate((Tier(1000, 200, 1000, 100),)),), warehouse_id=2)
    match = match_warehouse(ORDER, world(tariffs={1: (table,)}))
    assert (won(match), lost(match)["杭州仓"]) == (
        ("武汉仓", "cheapest"),
        ("dearer_from", {"freight": "350", "currency": "CNY"}),
    )


def test_a_promise_comes_before_freight_and_late_is_better_than_never() -> None:
    early, late = replace(HZ, cutoff="16:30"), replace(WH, cutoff="18:00")  # it is 17:00
    promise = hinted(promised_ship_at=NOW + timedelta(hours=3))
    match = match_warehouse(promise, world(places=(early, late)))
    assert (won(match), lost(match)["杭州仓"]) == (("武汉仓", "promise"), ("late", {"cutoff": "16:30"}))
    assert match_warehouse(promise, world(places=(early, replace(late, cutoff="16:00")))).name == "杭州仓"
    assert departs(early, NOW, "Asia/Shanghai") == NOW + timedelta(hours=23, minutes=30)
    assert departs(late, NOW, "Asia/Shanghai") == NOW + timedelta(hours=1)
    assert departs(HZ, NOW, "Asia/Shanghai") == NOW


def test_nearness_then_stock_then_preference() -> None:
    assert won(match_warehouse(ORDER, FACTS)) == ("杭州仓", "near_city")
    suzhou = replace(ORDER, receiver=replace(HOME, province="江苏省", city="苏州市"))
    assert won(match_warehouse(suzhou, FACTS)) == ("杭州仓", "near_region")
    xian = replace(ORDER, receiver=replace(HOME, province="陕西省", city="西安市"))
    more = replace(FACTS, free={**FREE, (2, "CUP"): 40})
    match = match_warehouse(xian, more)
    assert (won(match), lost(match)["杭州仓"]) == (("武汉仓", "stock"), ("less_stock", {"cover": "10"}))
    assert won(match_warehouse(xian, FACTS)) == ("杭州仓", "priority")


def test_the_stopgap_warehouse_and_one_nobody_collects_from_come_last() -> None:
    match = match_warehouse(ORDER, world(places=(replace(HZ, fallback=True), WH)))
    assert (won(match), lost(match)["杭州仓"][0]) == (("武汉仓", "not_default"), "is_default")
    facts = world(couriers=(replace(YTO, warehouses=frozenset({2})),))
    match = match_warehouse(ORDER, facts)
    assert (won(match), lost(match)["杭州仓"][0]) == (("武汉仓", "reachable"), "no_courier")


def test_the_first_rule_that_leaves_exactly_one_decides() -> None:
    both = FieldRule("either", "shop_id", Op.IS, "1", ("HZ", "WH"), priority=1)
    wuhan = FieldRule("cups from 武汉", "line.sku", Op.IS, "cup", ("WH",), priority=2)
    assert match_warehouse(ORDER, choices(warehouse_rules=(both, wuhan))).facts == {"rule": "cups from 武汉"}
    nobody = FieldRule("nobody", "shop_id", Op.IS, "1", ("SH",), must=True)
    match = match_warehouse(ORDER, choices(warehouse_rules=(nobody,)))
    assert (match.winner, {reason for reason, _ in lost(match).values()}) == (None, {"ruled_out"})


def test_no_warehouse_for_another_reason_than_stock_is_a_finding() -> None:
    nobody, by = FieldRule("nobody", "shop_id", Op.IS, "1", ("SH",), must=True), {"rule": "nobody"}
    made = plan([ORDER], choices(warehouse_rules=(nobody,)))
    assert made.parcels == ()
    lost = told([Loser(name, "ruled_out", by) for name in ("杭州仓", "武汉仓")])
    assert [(f.code, dict(f.evidence)) for f in made.faults] == [
        (HoldCode.NO_WAREHOUSE, {"shop": "旗舰店", "tried": "2", "why": "ruled_out", **lost})
    ]
    assert plan([ORDER], replace(FACTS, free={})) == Plan()  # screening tells that one


def test_only_failed_numbers_are_a_waybill_error() -> None:
    facts = replace(world(couriers=(YTO,)), failed={1: {1: "timeout"}})
    faults = plan([ORDER], facts).faults
    assert [(f.code, dict(f.evidence)) for f in faults] == [
        (
            HoldCode.WAYBILL_ERROR,
            {"tried": "1", "error": "timeout", **told([Loser("圆通", "waybill_error", {"error": "timeout"})])},
        )
    ]


# --- places -----------------------------------------------------------------------------------------------------


def test_places_are_compared_without_their_suffix() -> None:
    assert same_place("浙江", "浙江省")
    assert same_place("内蒙古自治区", "内蒙古")
    assert not same_place("", "浙江省")
    assert not same_place("浙", "浙江省")
    assert not same_place("河南", "河北省")
    assert (region("黑龙江省"), region("浙江"), region("Texas")) == ("northeast", "east", "")
    there = (HOME, replace(HOME, city="宁波市"), replace(HOME, province="江苏"), replace(HOME, province="四川"))
    assert [distance("浙江", "杭州", receiver) for receiver in there] == [0, 1, 2, 3]


def test_the_most_specific_entry_decides() -> None:
    places = (Area(arrives=False), Area(province="浙江"), Area(province="浙江", city="杭州", district="西湖", max_g=5))
    assert most_specific(places, HOME) == places[2]
    assert most_specific(places, replace(HOME, district="余杭区")) == places[1]
    assert most_specific(places, replace(HOME, province="江苏省", district="")) == places[0]
    assert most_specific(places[1:], replace(HOME, province="江苏省", district="")) is None
    assert [area.name for area in places] == ["*", "浙江", "浙江/杭州/西湖"]


def test_every_courier_that_cannot_is_evidence_with_its_own_reason() -> None:
    snow = Suspension("YTO", city="杭州", reason="台风")
    facts = replace(world(couriers=(YTO, ZTO)), policy=replace(Policy(), suspensions=(snow,)))
    order = replace(ORDER, buyer_message="不要中通")
    (fault,) = plan([order], facts).faults
    assert fault.code is HoldCode.COURIER_SUSPENDED
    assert [(one["name"], one["reason"], one["facts"]) for one in losers_in(fault.evidence)] == [
        ("圆通", "suspended", {"province": "浙江省", "reason": "台风"}),
        ("中通", "refused", {}),
    ]
    assert losers_in({"tried": "9"}) == []
