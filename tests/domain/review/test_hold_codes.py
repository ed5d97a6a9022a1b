"""Every code of the catalogue: what opens it, with its exact evidence, and the change that lets it go by itself."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from domain.intake.changes import differences
from domain.intake.incoming import Platform, PlatformState, Receiver, RefundState
from domain.orders.catalog import Account, Bundle, Part, Sku
from domain.orders.kits import matched
from domain.orders.orders import Order, Virtual
from domain.people.people import CLOCK, Actor, ActorKind, Right, Role, may
from domain.planning.planning import arrange
from domain.policy.policy import Policy, policy_of
from domain.policy.policy_sections import HoldChoice, Merge, Release, Screening, Suspension
from domain.review import review
from domain.review.holds import CATALOGUE, ENDING, UNTOUCHABLE, Finding, Hold, HoldCode, Source, open_codes, reconcile
from domain.review.screening import Facts
from tests.domain.review.test_screening import CATALOG, ENTRY, FACTS, HANGZHOU, HOME, NOW, ORDER, WUHAN, line, listed

LATER = NOW + timedelta(hours=1)


@dataclass(frozen=True)
class Case:
    """An order and facts that open the code with this evidence, and the order or facts with which it goes."""

    order: Order
    evidence: dict[str, str]
    then: Order = ORDER
    facts: Facts = FACTS
    after: Facts = FACTS
    others: tuple[Order, ...] = field(default=())


def choosing(**choices: object) -> Facts:
    screening = Screening(**choices)  # type: ignore[arg-type]  # test shorthand
    return replace(FACTS, policy=Policy(screening=screening))


def later(facts: Facts) -> Facts:
    return replace(facts, now=LATER)


def frozen(**evidence: str) -> Order:
    hold = Hold(HoldCode.FREEZE, Source.PERSON, NOW, {"reason": "call", "by": "anna", **evidence})
    return replace(ORDER, holds=(hold,))


UNTIL = {"until": (NOW + timedelta(minutes=30)).isoformat(timespec="minutes")}
LIMITED = replace(FACTS, catalog=replace(CATALOG, couriers={}))
NOBODY = {1: replace(HANGZHOU, shops=frozenset({9})), 2: replace(WUHAN, shops=frozenset({9}))}
FAILED = replace(FACTS, failed={0: {1: "no credit", 2: "no credit"}, 1: {1: "no credit", 2: "no credit"}})
EMPTY = replace(
    FACTS,
    catalog=replace(CATALOG, couriers={1: CATALOG.couriers[1]}, accounts={1: (Account(3, 1, "hz"),)}),
    left={3: 0},
)
DEAR = replace(CATALOG, skus={**CATALOG.skus, "CUP": Sku("CUP", "", "杯子", 300, 9000, 2900)})
HELD = replace(ORDER, id=2, number="T2", buyer_message="等等", merge_key="k")
WAITING = replace(FACTS, policy=Policy(merge=Merge(wait_minutes=30)))

SNOW = Suspension(province="浙江", until=UNTIL["until"], reason="snow")
SNOWED = replace(FACTS, policy=Policy(suspensions=(SNOW,)))
OLD = replace(FACTS, free={(1, "CUP"): 0, (2, "CUP"): 0}, too_old={(1, "CUP"): 5})

TEASET = Bundle("TEASET", "茶具", (Part("CUP", 2), Part("POT", 1)), version=1)
OFF = replace(CATALOG, skus={**CATALOG.skus, "CUP": replace(CATALOG.skus["CUP"], enabled=False)})
COMPLETE = replace(CATALOG, bundles={"TEASET": replace(TEASET, parts=TEASET.parts[:1])})

CASES: dict[HoldCode, Case] = {
    HoldCode.EXPIRY: Case(ORDER, {"sku": "CUP", "need": "1", "free": "0", "days": "30"}, facts=OLD),
    HoldCode.REFUND_REQ: Case(line(refund=RefundState.REQUESTED), {"lines": "1", "first": "杯子"}),
    HoldCode.REFUNDED: Case(replace(ORDER, refunded=500), {"amount": "500", "currency": "CNY"}),
    HoldCode.BLACKLIST: Case(
        ORDER,
        {
            "entry": "7",
            "level": "hold",
            "reason": "empty_parcel",
            "by": "buyer",
            "until": "",
            "buyer": "b1",
            "text": "2 空包",
        },
        facts=listed(ENTRY),
    ),
    HoldCode.FRAUD: Case(replace(ORDER, risk="HIGH"), {"risk": "HIGH"}),
    HoldCode.PLATFORM_SHIPPED: Case(replace(ORDER, platform_state=PlatformState.DONE), {"state": "done"}),
    HoldCode.NO_ITEMS: Case(replace(ORDER, lines=()), {}),
    HoldCode.NO_SHIPPING: Case(line(virtual=Virtual.TOLD), {"lines": "1", "first": "杯子"}),
    HoldCode.PICKUP: Case(replace(ORDER, pickup="上门自提"), {"told": "上门自提"}),
    HoldCode.PAYMENT: Case(
        replace(ORDER, cod=True, paid=900), {"owed": "2000", "currency": "CNY"}, after=choosing(confirm_cod=False)
    ),
    HoldCode.PART_PAID: Case(
        replace(ORDER, platform=Platform.JST, paid=2000),
        {"paid": "2000", "payable": "2900", "currency": "CNY"},
        then=replace(ORDER, platform=Platform.JST),
    ),
    HoldCode.SKU_UNMATCHED: Case(line(sku=None, merchant_code="new"), {"lines": "1", "code": "new", "title": "杯子"}),
    HoldCode.SKU_DISABLED: Case(
        ORDER, {"lines": "1", "sku": "CUP", "title": "杯子"}, facts=replace(FACTS, catalog=OFF)
    ),
    HoldCode.BUNDLE_UNMATCHED: Case(
        line(sku=None, merchant_code="TEASET"),
        {"lines": "1", "code": "TEASET", "title": "杯子", "set": "TEASET", "unknown": "POT"},
        then=matched(line(sku=None, merchant_code="TEASET"), COMPLETE),
        facts=replace(FACTS, catalog=replace(CATALOG, bundles={"TEASET": TEASET})),
        after=replace(FACTS, catalog=COMPLETE),
    ),
    HoldCode.OUT_OF_STOCK: Case(
        line(quantity=10),
        {"sku": "CUP", "need": "10", "free": "9"},
        then=line(quantity=10),
        after=replace(FACTS, free={(1, "CUP"): 10}),
    ),
    HoldCode.PRESALE_WAIT: Case(replace(ORDER, presale=True), {"until": ""}),
    HoldCode.NO_WAREHOUSE: Case(
        ORDER, {"shop": "旗舰店"}, facts=replace(FACTS, catalog=replace(CATALOG, warehouses=NOBODY))
    ),
    HoldCode.NO_COURIER: Case(ORDER, {"tried": "0"}, facts=LIMITED),
    HoldCode.COURIER_SUSPENDED: Case(
        ORDER,
        {"tried": "2", "courier": "圆通", "province": "浙江省", "why": "snow", **UNTIL},
        facts=SNOWED,
        after=later(SNOWED),
    ),
    HoldCode.WAYBILL_ERROR: Case(ORDER, {"tried": "2", "error": "no credit"}, facts=FAILED),
    HoldCode.FUNDS_SHORT: Case(ORDER, {"courier": "圆通", "account": "hz"}, facts=EMPTY),
    HoldCode.WAIT_RETURN: Case(
        replace(ORDER, platform_hold="return:T0"),
        {"order": "T0"},
        then=replace(ORDER, platform_hold="return:T0"),
        after=replace(FACTS, returned=frozenset({ORDER.id})),
    ),
    HoldCode.PLATFORM_LOCK: Case(replace(ORDER, platform_hold="审核中"), {"told": "审核中"}),
    HoldCode.ADDR_INVALID: Case(
        replace(ORDER, receiver=replace(HOME, phone="")), {"fields": "phone", "why": "missing", "told": ""}
    ),
    HoldCode.DUPLICATE: Case(
        ORDER, {"order": "T2"}, facts=replace(FACTS, recent={"b1": (replace(ORDER, id=2, number="T2"),)})
    ),
    HoldCode.MERGE_WAIT: Case(
        replace(ORDER, merge_key="k"),
        {"order": "T2", "until": UNTIL["until"]},
        then=replace(ORDER, merge_key="k"),
        facts=WAITING,
        after=later(WAITING),
        others=(HELD,),
    ),
    HoldCode.AMOUNT_RANGE: Case(
        replace(ORDER, paid=1), {"paid": "1", "low": "100", "high": "300000", "currency": "CNY"}
    ),
    HoldCode.QTY_RANGE: Case(line(quantity=2), {"units": "2", "most": "1"}, facts=choosing(most_units=1)),
    HoldCode.KIND_RANGE: Case(
        replace(ORDER, lines=(*ORDER.lines, replace(ORDER.lines[0], line_no=2, sku="LID"))),
        {"kinds": "2", "most": "1"},
        facts=choosing(most_kinds=1),
    ),
    HoldCode.PRICE_LOW: Case(
        line(amount=899),
        {"sku": "CUP", "price": "899", "floor": "900", "currency": "CNY"},
        facts=choosing(price_floor_percent=100),
        after=choosing(price_floor_percent=100),
    ),
    HoldCode.MARGIN_LOW: Case(
        ORDER,
        {"left": "-6450", "paid": "2900", "least": "10", "currency": "CNY", "cost": "9000", "freight": "350"},
        facts=replace(choosing(margin_percent=10), catalog=DEAR),
        after=choosing(margin_percent=10),
    ),
    HoldCode.KEYWORD: Case(replace(ORDER, seller_note="Urgent!"), {"words": "urgent"}),
    HoldCode.MESSAGE: Case(replace(ORDER, buyer_message=" 快点 "), {"text": "快点"}),
    HoldCode.FLAG: Case(replace(ORDER, seller_flag="Red"), {"flag": "Red"}),
    HoldCode.SELLER_NOTE: Case(replace(ORDER, seller_note="VIP"), {"text": "VIP"}),
    HoldCode.PAY_DELAY: Case(ORDER, UNTIL, facts=choosing(regret_minutes=30), after=later(choosing(regret_minutes=30))),
    HoldCode.TIME_WINDOW: Case(
        ORDER,
        {"hours": "18:00-20:00", "until": "2026-11-23T10:00+00:00"},
        facts=choosing(hours="18:00-20:00"),
        after=later(choosing(hours="18:00-20:00")),
    ),
    HoldCode.FREEZE: Case(
        frozen(**UNTIL), {"reason": "call", "by": "anna", **UNTIL}, then=frozen(**UNTIL), after=later(FACTS)
    ),
}
CHANGES: dict[HoldCode, tuple[dict[str, object], dict[str, str]]] = {
    HoldCode.ADDR_CHANGED: ({"receiver": replace(HOME, address="别处 2 号")}, {}),
    HoldCode.GOODS_CHANGED: ({"lines": (replace(ORDER.lines[0], quantity=3),)}, {}),
    HoldCode.INVOICE_CHANGED: ({"invoice": "某公司"}, {"now": "某公司"}),
    HoldCode.MESSAGE_CHANGED: ({"buyer_message": "改了"}, {"now": "改了"}),
    HoldCode.NOTE_CHANGED: ({"seller_note": "改了"}, {"now": "改了"}),
    HoldCode.COURIER_CHANGED: ({"courier_hint": "SF"}, {"now": "SF"}),
    HoldCode.WAREHOUSE_CHANGED: ({"warehouse_hint": "WH"}, {"now": "WH"}),
    HoldCode.SHIP_TIME_CHANGED: ({"promised_ship_at": NOW}, {"now": "2026-11-23T09:00+00:00"}),
}
"""Opened by the platform after a decision; a person ends them (their cause is what the person has not seen)."""


def held(order: Order, facts: Facts, others: tuple[Order, ...] = ()) -> dict[HoldCode, dict[str, str]]:
    first = arrange([order, *others], facts).orders[0]
    return {
        hold.code: {name: fact for name, fact in hold.evidence.items() if name != "lost"}
        for hold in first.holds
        if hold.open
    }


def test_every_code_has_its_case() -> None:
    """MEMBER_CHANGED needs a merged parcel in the house: planning/test_together.py opens and releases it."""
    assert {*CASES, *CHANGES, HoldCode.MEMBER_CHANGED} == set(HoldCode)
    assert set(CATALOGUE) == set(HoldCode)


@pytest.mark.parametrize("code", CASES)
def test_the_trigger_opens_it_and_the_change_releases_it(code: HoldCode) -> None:
    case = CASES[code]
    assert held(case.order, case.facts, case.others)[code] == case.evidence
    opened = arrange([case.order, *case.others], case.facts).orders[0]
    then = arrange([replace(case.then, holds=opened.holds), *case.others], case.after).orders[0]
    assert [h.open for h in then.holds if h.code is code] == [False]
    assert [h.resolution for h in then.holds if h.code is code] == ["auto"]


@pytest.mark.parametrize("code", [code for code in CASES if code not in UNTOUCHABLE | {HoldCode.FREEZE}])
def test_a_code_switched_off_is_not_screened(code: HoldCode) -> None:
    case = CASES[code]
    policy = replace(case.facts.policy, holds={code: HoldChoice(on=False)})
    assert code not in held(case.order, replace(case.facts, policy=policy), case.others)


def test_what_a_person_froze_no_policy_thaws() -> None:
    policy = Policy(holds={HoldCode.FREEZE: HoldChoice(on=False)})
    assert HoldCode.FREEZE in held(frozen(**UNTIL), replace(FACTS, policy=policy))


def test_two_freezes_end_each_by_its_own_condition() -> None:
    both = replace(ORDER, holds=(*frozen(**UNTIL).holds, *frozen(stock="1").holds, *frozen().holds))
    lacking = replace(FACTS, free={})
    assert [h.open for h in arrange([both], lacking).orders[0].holds if h.code is HoldCode.FREEZE] == [True] * 3
    timed = arrange([both], later(lacking)).orders[0].holds
    assert [h.open for h in timed if h.code is HoldCode.FREEZE] == [False, True, True]
    arrived = arrange([both], FACTS).orders[0].holds
    assert [h.open for h in arrived if h.code is HoldCode.FREEZE] == [True, False, True]
    assert {"until", "stock", "ship"} == ENDING


@pytest.mark.parametrize("code", CHANGES)
def test_a_change_after_the_decision_is_seen_with_what_it_says_now(code: HoldCode) -> None:
    change, evidence = CHANGES[code]
    news = replace(ORDER, **change)  # type: ignore[arg-type]  # test shorthand
    assert differences(ORDER, news, news.receiver) == {code: evidence}
    assert differences(ORDER, ORDER, ORDER.receiver) == {}


@pytest.mark.parametrize("code", [*CHANGES, HoldCode.MEMBER_CHANGED])
def test_screening_does_not_take_the_platforms_holds_away(code: HoldCode) -> None:
    hold = Hold(code, Source.PLATFORM, NOW, {"at": "approved"})
    assert open_codes(reconcile((hold,), [Finding(HoldCode.MESSAGE, {})], LATER)) == (code, HoldCode.MESSAGE)


@pytest.mark.parametrize("code", sorted(UNTOUCHABLE))
def test_an_untouchable_code_is_never_off_nor_released_by_a_machine(code: HoldCode) -> None:
    for chosen, line_no in ((f"[holds.{code}]\non = false", 2), (f'[holds.{code}]\nrelease = "approve"', 2)):
        found = policy_of(chosen, 1)
        assert found.value is None
        assert [(fault.line, fault.why) for fault in found.faults] == [(line_no, "untouchable")]
    free = Policy(holds={code: HoldChoice(release=Release.OVERRIDE)})
    assert not review.releasable(free, CLOCK, ORDER, code)


def test_who_may_release_is_the_companys_choice() -> None:
    assert Policy().release_right(HoldCode.MESSAGE) is Right.APPROVE
    for chosen, right in ((Release.NOBODY, None), (Release.OVERRIDE, Right.OVERRIDE), (None, Right.APPROVE)):
        policy = Policy(holds={HoldCode.MESSAGE: HoldChoice(release=chosen, sla_min=7)})
        assert (policy.release_right(HoldCode.MESSAGE), policy.sla_minutes(HoldCode.MESSAGE)) == (right, 7)


@pytest.mark.parametrize("code", [code for code, rule in CATALOGUE.items() if rule.release is not None])
def test_whoever_is_called_first_may_act(code: HoldCode) -> None:
    """To release it, or to end its cause: who writes the address, and who receives the return."""
    rule = CATALOGUE[code]
    cures = {HoldCode.ADDR_INVALID: Right.EDIT, HoldCode.WAIT_RETURN: Right.RECEIVE}
    owner = Actor(ActorKind.PERSON, "Chen", 1, frozenset({rule.owner}), frozenset({ORDER.shop_id}))
    elsewhere = replace(owner, shops=frozenset({99}))
    assert review.releasable(Policy(), owner, ORDER, code) is (code not in cures)
    assert code not in cures or may(owner, cures[code])
    assert not review.releasable(Policy(), elsewhere, ORDER, code)
    assert review.releasable(Policy(), replace(owner, roles=frozenset({Role.CS_LEAD})), ORDER, code)


def test_the_house_may_take_its_own_from_an_owner() -> None:
    finance = Actor(ActorKind.PERSON, "Chen", 1, frozenset({Role.FINANCE}))
    for release in (Release.OVERRIDE, Release.NOBODY):
        policy = Policy(holds={HoldCode.PAYMENT: HoldChoice(release=release)})
        assert not review.releasable(policy, finance, ORDER, HoldCode.PAYMENT)
    assert not review.releasable(Policy(), finance, ORDER, HoldCode.MESSAGE)


def test_that_nobody_goes_nowhere_is_no_hold_of_its_own() -> None:
    """Not told where to, an order waits for its address alone; with that hold released it waits for a courier."""
    lost = replace(ORDER, receiver=Receiver())
    opened = arrange([lost], LIMITED).orders[0]
    assert open_codes(opened.holds) == (HoldCode.ADDR_INVALID,)
    released = [replace(hold, resolved_at=NOW, resolution="released") for hold in opened.holds]
    again = arrange([replace(lost, holds=tuple(released))], LIMITED).orders[0]
    assert open_codes(again.holds) == (HoldCode.NO_COURIER,)
