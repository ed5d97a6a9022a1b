"""What changes after the approval: released, it is brought about where that is still possible, and else told first."""

from dataclasses import replace

import pytest

from domain.errors import ShipsAsItIs
from domain.floor import release
from domain.floor.parcels import IN_HOUSE, Parcel, ParcelState, StopState, WaveState
from domain.orders.orders import OrderStatus
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.people.people import Role, Station
from domain.policy.policy_sections import Matching
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.stock.stock import Bucket, Document, Move
from domain.stops import readdress
from domain.stops.readdress import AsItIs
from domain.waybills import numbering
from domain.waybills.ewaybills import WaybillState
from tests.domain.house import LATER, LINES, SCAN, House
from tests.domain.yard import PAIR, Yard, cups, tea
from tests.factory import incoming_line


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def courier(house: House, parcel: Parcel) -> str:
    return next(one.code for one in house.cast.couriers if one.id == parcel.courier_id)


def warehouse(house: House, parcel: Parcel) -> str:
    return next(one.code for one in house.cast.warehouses if one.id == parcel.warehouse_id)


def foreseen(house: House, code: HoldCode) -> tuple[AsItIs, ...]:
    order = house.order
    return house.store.read_now(lambda desk: readdress.foreseen(desk, order, (code,)))


def waved(house: House) -> Parcel:
    """In a wave that nobody has taken."""
    house.bring_to(ParcelState.READY)
    house.run(release.wave_now, house.cast.actor(Role.DISPATCHER), house.parcel.warehouse_id or 0)
    return house.parcel


def live(house: House) -> Parcel:
    (box,) = [parcel for parcel in house.parcels if parcel.state is not ParcelState.CANCELLED]
    return box


@pytest.mark.parametrize("state", LATER)
def test_the_platforms_new_courier_gets_the_box_with_its_own_number(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    old = house.parcel
    house.run(printing.print_parcel, house.cast.actor(Role.PICKER), old.waybill, [Paper.LABEL])
    house.receive(courier_hint="顺丰快递")
    assert (open_codes(house.order.holds), foreseen(house, HoldCode.COURIER_CHANGED)) == (
        (HoldCode.COURIER_CHANGED,),
        (),
    )
    house.release(HoldCode.COURIER_CHANGED)
    now = house.parcel
    assert (courier(house, old), courier(house, now), now.state, now.blocked) == ("YTO", "SF", state, False)
    assert now.waybill.startswith("SF")
    assert now.freight > old.freight
    assert house.store.read_now(lambda desk: printing.outdated(desk, now))
    rows = house.store.read_now(lambda desk: desk.waybills.by_number(old.waybill))
    assert [row.state for row in rows] == [WaybillState.TO_VOID]
    house.run(printing.print_parcel, house.cast.actor(Role.PICKER), now.waybill, [Paper.LABEL])
    done = [step for step in SCAN if list(ParcelState).index(step) <= list(ParcelState).index(state)]
    for step, station in SCAN.items():
        if step not in done:
            scanned = house.scan(station, now.expected_g if station is Station.WEIGH else None)
            assert scanned.ok, scanned.refusal
    assert (house.order.status, courier(house, house.parcel)) == (OrderStatus.SHIPPED, "SF")


@pytest.mark.parametrize(("note", "code"), [("改发顺丰", "SF"), ("不要圆通", "SF"), ("请加急", "YTO")])
def test_a_new_note_counts_as_it_would_have_before(house: House, note: str, code: str) -> None:
    house.bring_to(ParcelState.PACKED)
    old = house.parcel
    house.receive(seller_note=note)
    house.release(HoldCode.NOTE_CHANGED)
    assert courier(house, house.parcel) == code
    assert (house.parcel.waybill == old.waybill) is (code == "YTO")


def test_a_courier_that_cannot_is_told_before_the_box_goes_as_it_is(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    old = house.parcel
    house.receive(courier_hint="DHL")
    before = (house.order, house.parcel, house.stops)
    late = (AsItIs("courier", "DHL", old.waybill, "圆通", "country", {"country": "CN"}),)
    assert foreseen(house, HoldCode.COURIER_CHANGED) == late
    with pytest.raises(ShipsAsItIs):
        house.run(
            review.release_hold,
            house.cast.actor(Role.CS),
            house.order.id,
            house.order.revision,
            HoldCode.COURIER_CHANGED,
        )
    assert (house.order, house.parcel, house.stops) == before
    house.release(HoldCode.COURIER_CHANGED)
    assert (courier(house, house.parcel), house.parcel.waybill, house.parcel.blocked) == ("YTO", old.waybill, False)
    number = house.order.id
    told = [e.reason for e in house.store.read_now(lambda d: d.history("order", number))]
    assert f"DHL / {old.waybill} 圆通 / country" in told


def test_a_courier_nobody_here_has_is_told_so(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.receive(courier_hint="京东快递")
    late = AsItIs("courier", "京东快递", house.parcel.waybill, "圆通", "not_ours")
    assert foreseen(house, HoldCode.COURIER_CHANGED) == (late,)


def test_no_other_courier_than_the_one_a_note_rules_out(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.receive(buyer_message="不要圆通，不要顺丰")
    late = AsItIs("courier", "", house.parcel.waybill, "圆通", "refused")
    assert foreseen(house, HoldCode.MESSAGE_CHANGED) == (late,)


def test_while_nobody_took_the_wave_the_other_warehouse_sends_it(house: House) -> None:
    old = waved(house)
    house.receive(warehouse_hint="WH")
    assert foreseen(house, HoldCode.WAREHOUSE_CHANGED) == ()
    house.release(HoldCode.WAREHOUSE_CHANGED)
    now = live(house)
    assert (warehouse(house, old), warehouse(house, now), now.state) == ("HZ", "WH", ParcelState.READY)
    assert (now.waybill, now.wave_id, now.blocked, now.live_items) == ("", None, False, old.live_items)
    gone, wave = house.store.read_now(lambda d: (d.parcels.get(old.id), d.waves.get(old.wave_id or 0)))
    assert (gone.state, wave.state) == (ParcelState.CANCELLED, WaveState.DONE)
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}
    assert {stop.state for stop in house.store.read_now(lambda d: d.stops.of_parcels([old.id]))[old.id]} == {
        StopState.RELEASED
    }
    house.run(numbering.tick)
    rows = house.store.read_now(lambda desk: desk.waybills.by_number(old.waybill))
    assert [row.state for row in rows] == [WaybillState.VOIDED]
    house.run(release.wave_now, house.cast.actor(Role.DISPATCHER), now.warehouse_id or 0)
    assert live(house).state is ParcelState.IN_WAVE


@pytest.mark.parametrize("state", LATER)
def test_once_somebody_has_the_goods_in_hand_the_warehouse_stays_and_that_is_told(
    house: House, state: ParcelState
) -> None:
    house.bring_to(state)
    old = house.parcel
    house.receive(warehouse_hint="WH")
    late = AsItIs("warehouse", "WH", old.waybill, "杭州仓", "in_hand")
    assert foreseen(house, HoldCode.WAREHOUSE_CHANGED) == (late,)
    house.release(HoldCode.WAREHOUSE_CHANGED)
    assert (warehouse(house, house.parcel), house.parcel.waybill) == ("HZ", old.waybill)
    assert (house.parcel.blocked, house.reserved()) == (False, {"CUP-01": 2, "TEA-01": 1})


def test_a_warehouse_without_the_goods_is_told(house: House) -> None:
    old = waved(house)
    gone = [
        Move(house.cast.warehouses[1].id, "CUP-01", Bucket.GOOD, -units, Document.COUNT, 0)
        for units in [
            house.store.read_now(lambda d: d.stock.levels(["CUP-01"]))[house.cast.warehouses[1].id, "CUP-01"].good
        ]
    ]
    house.run(lambda desk: desk.stock.apply(gone, "t"))
    house.receive(warehouse_hint="WH")
    (late,) = foreseen(house, HoldCode.WAREHOUSE_CHANGED)
    assert (late.what, late.asked, late.parcel, late.ships) == ("warehouse", "WH", old.waybill, "杭州仓")
    house.release(HoldCode.WAREHOUSE_CHANGED)
    assert (live(house).id, live(house).state) == (old.id, ParcelState.IN_WAVE)


def test_a_box_shared_with_another_order_stays_where_it_is(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2"))
    for number in PAIR:
        if yard.order(number).status is OrderStatus.REVIEW:
            yard.run(review.approve, yard.cs, yard.order(number).id, yard.order(number).revision)
    yard.house.pass_time(60)
    yard.run(release.release_due)
    yard.run(release.wave_now, yard.house.cast.actor(Role.DISPATCHER), yard.box("1").warehouse_id or 0)
    yard.receive(tea("2", warehouse_hint="WH"))
    order = yard.order("2")
    found = yard.house.store.read_now(lambda d: readdress.foreseen(d, order, (HoldCode.WAREHOUSE_CHANGED,)))
    assert [(late.why, late.facts) for late in found] == [("shared", {"others": "1"})]


def test_a_courier_asked_for_one_order_takes_the_box_of_both(yard: Yard) -> None:
    yard.bring(ParcelState.PACKED)
    yard.receive(tea("2", courier_hint="顺丰"))
    order = yard.order("2")
    yard.run(review.release_hold, yard.cs, order.id, order.revision, HoldCode.COURIER_CHANGED)
    assert (courier(yard.house, yard.box("1")), yard.box("1").id) == ("SF", yard.box("2").id)
    assert not yard.box("1").blocked


ADDED = (*LINES, incoming_line("CUP-02", 1))
ONE_BY_ONE = (incoming_line("CUP-01", 1, external_id="A"), incoming_line("CUP-01", 1, external_id="B"), LINES[1])


@pytest.mark.parametrize(
    ("lines", "goods"),
    [
        (ADDED, "+ CUP-02 × 1"),
        ((incoming_line("CUP-01", 3), LINES[1]), "CUP-01 × 2 → 3"),
        ((incoming_line("CUP-02", 2, external_id="L-CUP-01"), LINES[1]), "− CUP-01 × 2; + CUP-02 × 2"),
        ((LINES[1],), "− CUP-01 × 2"),
        (ONE_BY_ONE, "="),
        ((*LINES, incoming_line("what?", 1)), "+ what? × 1"),
    ],
)
@pytest.mark.parametrize("state", [ParcelState.READY, ParcelState.PACKED])
def test_a_change_of_goods_says_which(house: House, state: ParcelState, lines: tuple[object, ...], goods: str) -> None:
    house.bring_to(state)
    house.receive(lines=lines)
    (hold,) = [hold for hold in house.order.holds if hold.code is HoldCode.GOODS_CHANGED]
    assert hold.evidence == {"at": "released", "goods": goods}


def test_the_second_change_of_goods_is_told_against_the_box(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.receive(lines=ADDED)
    house.receive(lines=(incoming_line("CUP-01", 3), *ADDED[1:]))
    (hold,) = [hold for hold in house.order.holds if hold.code is HoldCode.GOODS_CHANGED]
    assert hold.evidence["goods"] == "CUP-01 × 2 → 3; + CUP-02 × 1"


def test_what_lies_in_no_box_is_told_before_and_after_it_did_not_ship(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.receive(lines=(incoming_line("CUP-01", 1), *ADDED[1:]))
    found = foreseen(house, HoldCode.GOODS_CHANGED)
    assert found == (AsItIs("missing", "+ CUP-02 × 1"), AsItIs("extra", "CUP-01 × 2 → 1"))
    order = house.order
    with pytest.raises(ShipsAsItIs):
        house.run(review.release_hold, house.cast.actor(Role.CS), order.id, order.revision, HoldCode.GOODS_CHANGED)
    assert (house.order, house.parcel.blocked) == (order, True)
    house.release(HoldCode.GOODS_CHANGED)
    for station in (Station.WEIGH, Station.HAND_OVER):
        assert house.scan(station, house.parcel.expected_g if station is Station.WEIGH else None).ok
    number = house.order.id
    events = house.store.read_now(lambda d: d.history("order", number))
    assert [(e.verb, e.reason) for e in events if e.verb in ("shipped", "not_shipped")] == [
        ("not_shipped", "+ CUP-02 × 1"),
        ("shipped", ""),
    ]


def test_an_order_whose_goods_all_lie_in_its_boxes_is_released_at_once(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.receive(lines=ONE_BY_ONE)
    order = house.order
    house.run(review.release_hold, house.cast.actor(Role.CS), order.id, order.revision, HoldCode.GOODS_CHANGED)
    assert (open_codes(house.order.holds), house.parcel.blocked) == ((), False)


def test_a_binding_note_that_nobody_can_follow_keeps_no_box_for_ever(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    rules = Matching(note_must=True)
    house.run(lambda desk: desk.catalog_admin.put_policy(replace(desk.policy, matching=rules), "t"))
    house.receive(seller_note="发DHL")
    house.release(HoldCode.NOTE_CHANGED)
    assert (courier(house, house.parcel), house.parcel.state in IN_HOUSE, house.parcel.blocked) == ("YTO", True, False)


@pytest.mark.parametrize("state", [ParcelState.READY, *LATER])
def test_a_fear_of_fraud_that_comes_late_stops_the_box(house: House, state: ParcelState) -> None:
    """The platform looks at the buyer after the order came; a lead may let it go, and is not asked the same again."""
    house.bring_to(state)
    house.receive(risk="High")
    assert open_codes(house.order.holds) == (HoldCode.FRAUD,)
    assert state is ParcelState.READY or house.parcel.blocked
    order = house.order
    house.run(review.release_hold, house.cast.actor(Role.CS_LEAD), order.id, order.revision, HoldCode.FRAUD)
    house.receive(risk="High", platform_hold="")
    assert (open_codes(house.order.holds), house.parcel.blocked) == ((), False)


def test_a_report_without_a_word_on_risk_takes_no_fear_away(house: House) -> None:
    house.receive(risk="high")
    house.receive(buyer_id="someone")
    assert (house.order.risk, HoldCode.FRAUD in open_codes(house.order.holds)) == ("high", True)
    house.receive(risk="low")
    assert HoldCode.FRAUD not in open_codes(house.order.holds)
