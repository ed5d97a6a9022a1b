"""A new address for goods in the house: one box goes to one place, and by the time it leaves all of it says so."""

from dataclasses import replace

import pytest

from domain.errors import NoCourierThere, NotAllowed, ParcelStopped, TwoPlaces, WrongStatus
from domain.floor import fulfilment
from domain.floor.parcels import Parcel, ParcelState, StopKind, StopState
from domain.intake.changes import MOVES
from domain.intake.incoming import PlatformState, Receiver, RefundState
from domain.orders import corrections
from domain.orders.catalog import Account
from domain.orders.orders import Order, OrderStatus
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.people.people import Role, Station
from domain.policy.policy_sections import Suspension
from domain.policy.policy_stops import RecallKind
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.stops import recalls
from domain.waybills import numbering
from domain.waybills.ewaybills import Answer, WaybillState
from tests.domain.house import LATER, LINES, SCAN, House
from tests.domain.yard import PAIR, Yard, cups, tea
from tests.factory import incoming_line, receiver

SHENZHEN = receiver(province="广东省", city="深圳市", district="南山区", address="科技园 9 号")


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def release(yard: Yard, number: str) -> None:
    order = yard.order(number)
    yard.run(review.release_hold, yard.cs, order.id, order.revision, HoldCode.ADDR_CHANGED)


def lying(yard: Yard, box: Parcel) -> dict[str, int]:
    """sku -> units the books have in the box."""
    found = yard.house.store.read_now(lambda desk: desk.stock.places(["CUP-01", "TEA-01"], box.warehouse_id))
    return {place.sku: place.units for place in found if place.bin == box.number}


def rename(yard: Yard, number: str, to: Receiver) -> None:
    """The address changes and no hold says so."""
    news = replace(yard.order(number), receiver=to)
    yard.run(lambda desk: desk.orders.save([news]))


@pytest.mark.parametrize("state", LATER)
def test_a_moved_member_is_not_released_while_its_box_goes_elsewhere(yard: Yard, state: ParcelState) -> None:
    yard.bring(state)
    yard.receive(tea("2", receiver=SHENZHEN))
    before = (yard.box("1"), yard.order("1"), yard.order("2"), yard.stops(yard.box("1")))
    with pytest.raises(TwoPlaces) as refused:
        release(yard, "2")
    assert (refused.value.order, refused.value.parcel, refused.value.others) == ("2", yard.box("1").waybill, ("1",))
    assert (yard.box("1"), yard.order("1"), yard.order("2"), yard.stops(yard.box("1"))) == before
    assert (yard.codes("1"), yard.codes("2")) == ((HoldCode.MEMBER_CHANGED,), (HoldCode.ADDR_CHANGED,))


@pytest.mark.parametrize("state", LATER)
def test_shipped_alone_each_goes_to_its_own_place(yard: Yard, state: ParcelState) -> None:
    yard.bring(state)
    yard.receive(tea("2", receiver=SHENZHEN))
    yard.unmerge("2")
    one, two = yard.box("1"), yard.box("2")
    assert one.id != two.id
    again = ParcelState.IN_WAVE if state is ParcelState.IN_WAVE else ParcelState.PICKED
    assert [(box.state, box.weight_g, box.size) for box in (one, two)] == [(again, 0, None)] * 2
    if again is ParcelState.PICKED:
        assert (lying(yard, one), lying(yard, two)) == ({"CUP-01": 2}, {"TEA-01": 1})
    assert (yard.codes("1"), one.blocked, two.blocked) == ((), False, True)
    release(yard, "2")
    for number in PAIR:
        for step, station in SCAN.items():
            if step is not again:
                done = yard.scan(station, yard.box(number))
                assert done.ok or step is ParcelState.PICKED, (number, step, done.refusal)
    assert [yard.box(number).state for number in PAIR] == [ParcelState.HANDED_OVER] * 2
    assert (lying(yard, one), lying(yard, two)) == ({}, {})
    assert yard.house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def test_members_that_move_together_are_released_together(yard: Yard) -> None:
    yard.bring(ParcelState.PICKED)
    yard.receive(tea("2", receiver=SHENZHEN))
    rename(yard, "1", replace(SHENZHEN, address="科技园9号"))
    release(yard, "2")
    assert (yard.codes("1"), yard.codes("2"), yard.box("2").blocked) == ((), (), False)
    assert [stop.state for stop in yard.stops(yard.box("1"))] == [StopState.RELEASED]


@pytest.mark.parametrize("station", [Station.PACK, Station.WEIGH, Station.HAND_OVER])
def test_the_gate_stops_a_box_for_two_places_that_nobody_holds(yard: Yard, station: Station) -> None:
    before = {Station.PACK: ParcelState.PICKED, Station.WEIGH: ParcelState.PACKED}
    box = yard.bring(before.get(station, ParcelState.WEIGHED))
    rename(yard, "2", SHENZHEN)
    refused = yard.scan(station, box).refusal
    assert isinstance(refused, ParcelStopped)
    assert refused.codes == ("TWO_PLACES",)
    assert yard.box("1") == box


def test_any_member_that_moves_voids_the_label(yard: Yard) -> None:
    box = yard.bring(ParcelState.PICKED)
    yard.run(printing.print_parcel, yard.house.cast.actor(Role.PICKER), box.waybill, [Paper.LABEL])
    assert not yard.run(printing.outdated, yard.box("1"))
    rename(yard, "2", SHENZHEN)
    assert yard.run(printing.outdated, yard.box("1"))


TIBET = receiver(province="西藏自治区", city="拉萨市", district="城关区", address="北京路 1 号")


def couriers(house: House) -> dict[str, int]:
    return {courier.code: courier.id for courier in house.cast.couriers}


def rows(house: House, number: str) -> list[WaybillState]:
    return [row.state for row in house.store.read_now(lambda desk: desk.waybills.by_number(number))]


@pytest.mark.parametrize("state", LATER)
def test_a_new_place_has_a_new_number_and_the_old_one_goes_back(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    before = house.parcel
    house.run(printing.print_parcel, house.cast.actor(Role.PICKER), before.waybill, [Paper.LABEL])
    house.receive(receiver=SHENZHEN)
    assert house.parcel.waybill == before.waybill
    house.release(HoldCode.ADDR_CHANGED)
    now = house.parcel
    assert now.waybill not in ("", before.waybill)
    assert (now.state, now.courier_id, now.blocked) == (state, before.courier_id, False)
    assert (rows(house, before.waybill), rows(house, now.waybill)) == ([WaybillState.TO_VOID], [WaybillState.ASSIGNED])
    for _ in range(2):  # the old label says where the new one is, also when its number was given back
        refused = house.run(fulfilment.scan, house.cast.actor(Role.PACKER), Station.PACK, before.waybill).refusal
        assert isinstance(refused, ParcelStopped)
        assert (refused.codes, refused.waybill) == (("LABEL_OLD",), now.waybill)
        house.run(numbering.tick)
    assert rows(house, before.waybill) == [WaybillState.VOIDED]
    assert house.run(printing.outdated, now)
    house.run(printing.print_parcel, house.cast.actor(Role.PICKER), now.waybill, [Paper.LABEL])
    assert not house.run(printing.outdated, now)


def test_a_courier_that_does_not_go_there_is_replaced_and_the_price_is_new(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    before = house.parcel
    assert before.courier_id == couriers(house)["YTO"]
    house.receive(receiver=TIBET)
    house.release(HoldCode.ADDR_CHANGED)
    now = house.parcel
    assert now.courier_id == couriers(house)["SF"]
    assert now.freight > before.freight
    assert now.waybill.startswith("SF")


def test_where_nobody_goes_it_stays_held(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    stopped = tuple(Suspension(code, "西藏", reason="snow") for code in couriers(house))
    house.run(lambda desk: desk.catalog_admin.put_policy(replace(desk.policy, suspensions=stopped), "t"))
    house.receive(receiver=TIBET)
    before = (house.order, house.parcel, house.stops)
    with pytest.raises(NoCourierThere) as refused:
        house.release(HoldCode.ADDR_CHANGED)
    assert (refused.value.order, refused.value.why) == ("1001", "unreachable")
    assert (house.order, house.parcel, house.stops) == before


def test_a_courier_that_is_asked_for_numbers_keeps_the_box_until_it_answers(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    old = house.parcel
    account = Account(0, old.courier_id or 0, "api", shop_id=house.cast.shops[0].id, source="yto")
    house.run(lambda desk: desk.catalog_admin.add_account(account))
    house.receive(receiver=SHENZHEN)
    house.release(HoldCode.ADDR_CHANGED)
    assert (open_codes(house.order.holds), house.parcel.blocked) == ((HoldCode.WAYBILL_ERROR,), True)
    assert house.parcel.waybill == old.waybill
    (wanted,) = house.store.read_now(numbering.wanted)
    assert (wanted.parcel.id, wanted.order.receiver.city) == (old.id, "深圳市")
    house.run(numbering.answered, [Answer(wanted.waybill.id, "NEW1", sort_code="755-A")])
    assert (open_codes(house.order.holds), house.parcel.blocked, house.parcel.waybill) == ((), False, "NEW1")
    assert [stop.state for stop in house.stops] == [StopState.RELEASED]


def edit(house: House, to: Receiver, role: Role = Role.CS) -> Order:
    order = house.order
    return house.run(corrections.edit_address, house.cast.actor(role), order.id, order.revision, to)


@pytest.mark.parametrize("state", LATER)
def test_an_edit_in_the_house_holds_the_box_as_the_platforms_news_would(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    edit(house, SHENZHEN)
    (stop,) = house.stops
    assert (stop.kind, stop.state, stop.reason) == (StopKind.HOLD, StopState.OPEN, HoldCode.ADDR_CHANGED)
    assert (house.order.receiver.city, house.order.status) == ("深圳市", OrderStatus.RELEASED)
    assert (open_codes(house.order.holds), house.parcel.blocked) == ((HoldCode.ADDR_CHANGED,), True)
    old = house.parcel.waybill
    house.release(HoldCode.ADDR_CHANGED)
    assert (house.parcel.blocked, house.parcel.waybill == old) == (False, False)


def test_the_hold_knows_the_address_on_the_box_and_the_newest_one(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    edit(house, SHENZHEN)
    house.pass_time(60)
    house.receive(receiver=TIBET)
    (hold,) = [hold for hold in house.order.holds if hold.code is HoldCode.ADDR_CHANGED]
    assert hold.evidence == {
        "at": "released",
        "was": "张三\n*******1234\n浙江省 杭州市\n西湖区 文三路 1 号 2 单元 303 310000",
        "now": "张三\n*******1234\n西藏自治区 拉萨市\n城关区 北京路 1 号 310000",
        "said_by": house.cast.people[Role.CS].name,
        "said_at": house.clock[0].isoformat(),
    }
    number = house.order.id
    told = [e for e in house.store.read_now(lambda desk: desk.history("order", number)) if e.verb in MOVES]
    assert [(e.verb, e.data["was"].split("\n")[2], e.data["now"].split("\n")[2]) for e in told] == [
        ("address_told", "广东省 深圳市", "西藏自治区 拉萨市"),
        ("address_edited", "浙江省 杭州市", "广东省 深圳市"),
    ]


def test_an_edit_on_its_way_offers_to_ask_the_courier(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    edit(house, SHENZHEN)
    (stop,) = house.stops
    assert (stop.kind, stop.state, stop.reason) == (StopKind.HOLD, StopState.TOO_LATE, HoldCode.ADDR_CHANGED)
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.SHIPPED, ())
    recall = house.run(recalls.register, house.cast.actor(Role.CS), house.parcel.id, RecallKind.ADDRESS)
    assert recall.target == "广东省 深圳市 南山区 科技园 9 号"


def test_an_edit_that_says_the_same_or_comes_after_delivery_changes_nothing(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    before = house.order
    assert edit(house, before.receiver) == before
    house.receive(state=PlatformState.DONE)
    before = house.order
    with pytest.raises(WrongStatus):
        edit(house, SHENZHEN)
    assert (house.order, house.stops) == (before, ())
    with pytest.raises(NotAllowed):
        edit(house, SHENZHEN, Role.PICKER)


def test_an_edited_order_does_not_travel_by_the_platforms_old_code(yard: Yard) -> None:
    yard.receive(cups("1", merge_code="M"), tea("2", merge_code="M"))
    assert yard.box("1").id == yard.box("2").id
    order = yard.order("2")
    yard.run(corrections.edit_address, yard.cs, order.id, order.revision, SHENZHEN)
    assert [yard.box(number).live_orders for number in PAIR] == [(yard.order(number).id,) for number in PAIR]


def test_who_moves_out_of_a_planned_box_leaves_the_others_a_plan(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2"))
    yard.receive(tea("2", receiver=SHENZHEN))
    assert [yard.box(number).live_orders for number in PAIR] == [(yard.order(number).id,) for number in PAIR]
    assert [yard.box(number).state for number in PAIR] == [ParcelState.PLANNED] * 2


def test_a_change_let_go_while_the_order_came_back_is_asked_when_it_goes_out_after_all(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.pass_time(60)
    house.refund(RefundState.SUCCESS)
    house.pass_time(60)
    house.receive(receiver=SHENZHEN)
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.PUT_BACK, (HoldCode.ADDR_CHANGED,))
    old = house.parcel.waybill
    house.release(HoldCode.ADDR_CHANGED)
    assert (open_codes(house.order.holds), house.parcel.waybill) == ((), old)
    house.refund(RefundState.CANCELLED)
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.RELEASED, (HoldCode.ADDR_CHANGED,))
    assert (house.parcel.blocked, house.scan(Station.WEIGH, 500).ok) == (True, False)
    house.release(HoldCode.ADDR_CHANGED)
    assert (house.parcel.blocked, house.parcel.waybill == old) == (False, False)


def test_a_change_taken_in_before_the_refund_is_not_asked_again(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    edit(house, SHENZHEN)
    house.release(HoldCode.ADDR_CHANGED)
    house.pass_time(60)
    house.refund(RefundState.SUCCESS)
    house.refund(RefundState.CANCELLED)
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.RELEASED, ())
    assert not house.parcel.blocked


@pytest.mark.parametrize("more", [True, False])
def test_other_goods_let_go_while_the_order_came_back_are_asked_unless_they_fit(house: House, more: bool) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS)
    told = tuple(replace(line, external_id=f"again {line.external_id}") for line in LINES)
    house.receive(lines=(*told, incoming_line("CUP-01", 1)))
    house.release(HoldCode.GOODS_CHANGED)
    if not more:
        house.receive(lines=told)
        house.release(HoldCode.GOODS_CHANGED)
    house.refund(RefundState.CANCELLED)
    asked = (HoldCode.GOODS_CHANGED,) if more else ()
    assert (house.order.status, open_codes(house.order.holds)) == (OrderStatus.RELEASED, asked)
    assert house.parcel.blocked is more
