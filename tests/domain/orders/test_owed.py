"""An order that is owed goods, from its approval to its last box: what stops, frees and ends it on the way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import Stale, WrongStatus
from domain.floor import fulfilment, release
from domain.floor.parcels import ParcelState, StopState
from domain.intake.incoming import PlatformState, RefundState
from domain.orders import corrections, owed
from domain.orders.orders import OrderStatus
from domain.people.people import Role, Station
from domain.planning import together
from domain.policy.policy_sections import Split
from domain.policy.policy_stops import RecallKind
from domain.records import AlertKind
from domain.review import dry_run, looking, review, undoing
from domain.review.holds import HoldCode
from domain.stock.stock_book import Wanted
from domain.stops import interception, pulls, recalls, returns
from domain.watch import worries
from tests.domain.house import House
from tests.domain.orders.owing import CUPS, PARTS, TOWELS, Owing, sold
from tests.factory import incoming_line, receiver

HERE, LATER = [("CUP-01", 2)], [("TOWEL-01", 2)]


@pytest.fixture
def shop(house: House) -> Owing:
    return Owing(house)


def test_the_approval_covers_all_and_claims_what_is_there(shop: Owing) -> None:
    shop.receive(sold())
    assert shop.codes() == ()
    assert shop.states() == [(ParcelState.PLANNED, HERE), (ParcelState.PLANNED, LATER)]
    shop.approve()
    assert shop.states() == [(ParcelState.READY, HERE), (ParcelState.OWED, LATER)]
    assert (shop.claimed("CUP-01"), shop.claimed()) == (2, 0)
    box = shop.owed()
    assert (box.warehouse_id, box.courier_id, box.waybill) == (None, None, "")


def test_an_undone_approval_is_as_it_was(shop: Owing) -> None:
    shop.receive(sold())
    shop.approve()
    shop.tap(undoing.undo)
    assert shop.states() == [(ParcelState.PLANNED, HERE), (ParcelState.PLANNED, LATER)]
    assert shop.claimed("CUP-01") == 0


def test_without_the_policy_it_is_held_whole(shop: Owing) -> None:
    shop.policy(Split())
    shop.receive(sold())
    assert (shop.codes(), shop.boxes()) == ((HoldCode.OUT_OF_STOCK,), [])


def test_the_order_has_shipped_when_its_last_box_has_left(shop: Owing) -> None:
    shop.ship_first()
    assert shop.order().status is OrderStatus.RELEASED
    assert shop.states() == [(ParcelState.HANDED_OVER, HERE), (ParcelState.OWED, LATER)]
    shop.arrive()
    box = shop.boxes()[1]
    assert (box.state, box.warehouse_id, box.ready_at, shop.claimed()) == (
        ParcelState.READY,
        shop.place,
        box.state_at,
        2,
    )
    assert box.why["split"] == {"part": 2, "of": 2, "rules": ["shortage"]}
    assert {"warehouse", "courier", "part"} <= set(box.why)
    order_id = shop.order().id
    assert shop.run(lambda desk: desk.history("order", order_id))[0].verb == "rest_ready"
    shop.ship(box)
    assert shop.order().status is OrderStatus.SHIPPED
    assert sum(item.paid for box in shop.boxes() for item in box.live_items) == shop.order().paid


def test_units_of_one_line_go_in_two_boxes(shop: Owing) -> None:
    shop.receive(sold(lines=(incoming_line("LAMP-01", 12, amount=12_000),)))
    assert shop.states() == [(ParcelState.PLANNED, [("LAMP-01", 10)]), (ParcelState.PLANNED, [("LAMP-01", 2)])]
    shop.approve()
    shop.let_go()
    other = shop.house.cast.warehouses[1].id
    assert shop.run(owed.wake) == 1  # the other warehouse has ten of its own
    assert [(box.warehouse_id, box.items[0].paid) for box in shop.boxes()] == [(shop.place, 10_000), (other, 2000)]


def test_nothing_is_ready_before_nobody_can_undo_any_more(shop: Owing) -> None:
    shop.receive(sold())
    shop.approve()
    shop.arrive()
    assert shop.owed().live_items[0].sku == "TOWEL-01"
    shop.let_go()
    assert shop.run(owed.wake) == 1
    assert shop.run(owed.wake) == 0


def test_the_oldest_order_has_what_comes_and_a_small_one_passes_a_large_one(shop: Owing) -> None:
    later = sold().paid_at + timedelta(hours=1)  # type: ignore[operator]  # it is paid
    shop.receive(
        sold("new", paid_at=later, receiver=receiver(address="二路 2 号"), buyer_id="x"),
        sold("old", receiver=receiver(address="三路 3 号"), buyer_id="y"),
        sold("few", (CUPS, incoming_line("TOWEL-01", 1, amount=2900)), receiver=receiver(address="四路 4 号")),
    )
    for number in ("new", "old", "few"):
        shop.approve(number)
    shop.let_go()
    shop.arrive(units=1)
    assert [shop.boxes(number)[1].state for number in ("new", "old", "few")] == ["owed", "owed", "ready"]
    shop.arrive(units=3)
    assert [shop.boxes(number)[1].state for number in ("new", "old", "few")] == ["owed", "ready", "ready"]
    assert shop.claimed() == 3


def test_what_is_owed_travels_in_as_many_boxes_as_it_must(shop: Owing) -> None:
    shop.policy(replace(PARTS, most_units=15))
    shop.receive(sold(lines=(CUPS, incoming_line("TOWEL-01", 40, amount=10_000))))
    shop.approve()
    shop.let_go()
    shop.arrive(units=40)
    rest = shop.boxes()[1:]
    assert [(box.state, box.live_items[0].quantity) for box in rest] == [("ready", 15), ("ready", 15), ("ready", 10)]
    assert shop.claimed() == 40
    assert sum(box.live_items[0].paid for box in rest) == 10_000
    assert [box.why["split"] for box in rest] == [{"part": n, "of": 3, "rules": ["too_many"]} for n in (1, 2, 3)]


def test_presale_goods_wait_for_the_trait_to_go_though_they_are_there(shop: Owing) -> None:
    def trait(*traits: str) -> None:
        def put(unit: object) -> None:
            admin, skus = unit.catalog_admin, unit.catalog.skus  # type: ignore[attr-defined]  # a Unit
            admin.put_skus([replace(skus["LAMP-01"], traits=frozenset(traits))])

        shop.run(put)

    trait("presale")
    shop.receive(sold(lines=(CUPS, incoming_line("LAMP-01", 1, amount=9900))))
    assert shop.boxes()[1].why["split"] == {"part": 2, "of": 2, "rules": ["presale"]}
    shop.approve()
    shop.let_go()
    assert shop.run(owed.wake) == 0
    trait()
    assert shop.run(release.tick) >= 1
    assert shop.boxes()[1].state in (ParcelState.READY, ParcelState.IN_WAVE)


def test_a_held_order_keeps_its_rest_until_it_is_released(shop: Owing) -> None:
    shop.ship_first()
    shop.tap(review.hold, "wait")
    assert shop.owed().blocked
    shop.arrive()
    assert (shop.owed().state, shop.claimed()) == (ParcelState.OWED, 0)
    shop.tap(review.release_hold, HoldCode.FREEZE)
    assert not shop.owed().blocked
    assert shop.run(owed.wake) == 1


def test_a_freeze_that_ends_by_itself_lets_it_go(shop: Owing) -> None:
    shop.ship_first()
    shop.tap(review.hold, "wait", until=shop.house.clock[0] + timedelta(minutes=5))
    shop.arrive()
    shop.house.pass_time(600)
    shop.run(looking.look_again)
    assert shop.run(owed.wake) == 1


@pytest.mark.parametrize("state", [RefundState.REQUESTED, RefundState.SUCCESS])
def test_a_refund_before_anything_is_printed_takes_the_order_back_to_review(shop: Owing, state: RefundState) -> None:
    shop.receive(sold())
    shop.approve()
    shop.let_go()
    shop.refund(state, "TOWEL-01", amount=5800)
    assert shop.order().status is OrderStatus.REVIEW
    assert shop.claimed("CUP-01") == 0
    wants = [(ParcelState.PLANNED, HERE)]
    assert shop.states() == (wants if state is RefundState.SUCCESS else [*wants, (ParcelState.PLANNED, LATER)])


def test_a_refund_of_what_is_owed_ends_the_order(shop: Owing) -> None:
    shop.ship_first()
    shop.refund(RefundState.SUCCESS, "TOWEL-01", amount=5800)
    assert (shop.order().status, shop.states()) == (OrderStatus.SHIPPED, [(ParcelState.HANDED_OVER, HERE)])
    assert [line.dropped for line in shop.order().lines] == [False, True]
    order_id = shop.order().id
    assert shop.run(lambda desk: desk.refunds.of_order(order_id))[0].stopped is True


def test_asked_then_paid_it_ends_just_so(shop: Owing) -> None:
    shop.ship_first()
    shop.refund(RefundState.REQUESTED, "TOWEL-01", amount=5800)
    assert (shop.order().status, shop.states()) == (OrderStatus.RELEASED, [(ParcelState.HANDED_OVER, HERE)])
    shop.arrive()
    assert shop.claimed() == 0
    shop.refund(RefundState.SUCCESS, "TOWEL-01", amount=5800)
    assert (shop.order().status, [line.dropped for line in shop.order().lines]) == (OrderStatus.SHIPPED, [False, True])


@pytest.mark.parametrize("state", [RefundState.REQUESTED, RefundState.SUCCESS])
def test_a_refund_that_is_withdrawn_is_owed_again(shop: Owing, state: RefundState) -> None:
    shop.ship_first()
    shop.refund(state, "TOWEL-01", amount=5800)
    shop.refund(RefundState.CANCELLED, "TOWEL-01", amount=5800)
    assert (shop.order().status, shop.order().held) == (OrderStatus.RELEASED, False)
    assert shop.states() == [(ParcelState.HANDED_OVER, HERE), (ParcelState.OWED, LATER)]
    assert [item.paid for item in shop.owed().live_items] == [5800]
    shop.arrive()
    assert shop.states()[1] == (ParcelState.READY, LATER)


def test_a_refund_of_the_rest_when_it_is_ready_and_back(shop: Owing) -> None:
    """Its claim is given up; withdrawn, it waits for goods like at first, and finds them."""
    shop.ship_first()
    shop.arrive()
    shop.refund(RefundState.REQUESTED, "TOWEL-01", amount=5800)
    assert (shop.claimed(), shop.states()) == (0, [(ParcelState.HANDED_OVER, HERE)])
    shop.refund(RefundState.CANCELLED, "TOWEL-01", amount=5800)
    assert shop.states()[1] == (ParcelState.OWED, LATER)
    assert shop.run(owed.wake) == 1
    assert shop.claimed() == 2


def test_a_refund_typed_and_taken_back_leaves_it_owed(shop: Owing) -> None:
    shop.ship_first()
    order_id = shop.order().id
    shop.run(interception.typed, shop.lead, order_id, "changed his mind")
    assert (shop.order().status, shop.states()) == (OrderStatus.SHIPPED, [(ParcelState.HANDED_OVER, HERE)])
    first = shop.boxes()[0].id
    stops = shop.run(lambda desk: desk.stops.of_parcels([first]))
    assert [stop.state for found in stops.values() for stop in found] == [StopState.TOO_LATE]
    shop.run(interception.withdraw, shop.lead, order_id)
    assert (shop.order().status, shop.states()[1]) == (OrderStatus.RELEASED, (ParcelState.OWED, LATER))


def test_a_refund_of_what_has_left_leaves_the_rest_owed(shop: Owing) -> None:
    shop.ship_first()
    shop.refund(RefundState.SUCCESS, "CUP-01", amount=7800)
    assert (shop.order().status, shop.states()[1]) == (OrderStatus.RELEASED, (ParcelState.OWED, LATER))
    shop.arrive()
    shop.ship(shop.boxes()[1])
    assert shop.order().status is OrderStatus.SHIPPED


def test_a_refund_of_one_of_two_lines_that_are_owed(shop: Owing) -> None:
    shop.receive(sold(lines=(CUPS, TOWELS, incoming_line("LAMP-01", 30, amount=900))))
    shop.policy(replace(shop.run(lambda desk: desk.policy).split, auto=True))
    shop.approve()
    shop.let_go()
    assert shop.states()[1] == (ParcelState.OWED, [("TOWEL-01", 2), ("LAMP-01", 20)])
    shop.ship(shop.boxes()[0])
    shop.refund(RefundState.SUCCESS, "TOWEL-01", amount=5800)
    assert shop.states()[1] == (ParcelState.OWED, [("LAMP-01", 20)])
    shop.refund(RefundState.CANCELLED, "TOWEL-01", amount=5800)
    assert shop.states()[1] == (ParcelState.OWED, [("TOWEL-01", 2), ("LAMP-01", 20)])


def test_a_refund_of_all_while_the_first_box_is_in_hand(shop: Owing) -> None:
    shop.receive(sold())
    shop.approve()
    shop.let_go()
    box = shop.boxes()[0]
    wave = shop.run(release.wave_now, shop.house.cast.actor(Role.DISPATCHER), shop.place)
    shop.refund(RefundState.SUCCESS, amount=13_600)
    assert (shop.order().status, shop.states()) == (OrderStatus.PUT_BACK, [(ParcelState.IN_WAVE, HERE)])
    assert wave.parcels == 1
    (stop,) = shop.run(lambda desk: desk.stops.of_parcels([box.id]))[box.id]
    shop.run(pulls.torn, shop.house.cast.actor(Role.DISPATCHER), stop.id, stop.revision)
    assert (shop.order().status, shop.states()) == (OrderStatus.CANCELLED, [])


def test_a_platform_that_closes_the_order_ends_what_is_owed(shop: Owing) -> None:
    shop.ship_first()
    shop.receive(sold(state=PlatformState.CLOSED))
    assert (shop.order().status, shop.states()) == (OrderStatus.SHIPPED, [(ParcelState.HANDED_OVER, HERE)])


def test_an_address_that_changes_holds_the_rest_and_tells_of_what_has_left(shop: Owing) -> None:
    first = shop.ship_first()
    shop.receive(sold(receiver=receiver(address="新路 9 号")))
    assert shop.codes() == (HoldCode.ADDR_CHANGED,)
    assert shop.owed().blocked
    (stop,) = shop.run(lambda desk: desk.stops.of_parcels([first.id]))[first.id]
    assert stop.state is StopState.TOO_LATE
    shop.tap(review.release_hold, HoldCode.ADDR_CHANGED)
    shop.arrive()
    assert shop.states()[1] == (ParcelState.READY, LATER)


def test_the_rest_may_be_sent_elsewhere_by_hand(shop: Owing) -> None:
    shop.ship_first()
    tibet = receiver(province="西藏自治区", city="拉萨市", district="城关区", address="北京路 1 号")
    shop.tap(corrections.edit_address, tibet)
    assert (shop.order().receiver.city, shop.order().status) == ("拉萨市", OrderStatus.RELEASED)
    shop.arrive()
    couriers = {one.id: one.code for one in shop.house.cast.couriers}
    assert couriers[shop.boxes()[1].courier_id or 0] == "SF"
    shop.tap(
        corrections.edit_address, receiver()
    )  # there is a box for it now: it waits for a person, like the one gone
    assert (shop.codes(), [box.blocked for box in shop.boxes()]) == ((HoldCode.ADDR_CHANGED,), [False, True])


def test_goods_without_a_courier_say_so_and_wait(shop: Owing) -> None:
    shop.ship_first()
    shop.tap(corrections.edit_address, receiver(country="JP", province="", city="Tokyo", district="", address="1-1"))
    shop.arrive()
    assert shop.owed().why["stuck"] == HoldCode.NO_COURIER
    revision = shop.owed().revision
    assert shop.run(owed.wake) == 0
    assert shop.owed().revision == revision
    shop.tap(corrections.edit_address, receiver())
    assert shop.run(owed.wake) == 1
    assert "stuck" not in shop.boxes()[1].why


def test_goods_that_change_hold_the_rest(shop: Owing) -> None:
    shop.ship_first()
    shop.receive(sold(lines=(CUPS, incoming_line("TOWEL-01", 1, amount=2900))))
    assert (shop.codes(), shop.owed().blocked) == ((HoldCode.GOODS_CHANGED,), True)


def test_what_has_left_comes_back_while_the_rest_is_owed(shop: Owing) -> None:
    first = shop.ship_first()
    box = shop.run(lambda desk: desk.parcels.get(first.id))
    shop.run(recalls.register, shop.lead, first.id, RecallKind.SENDER)
    found = shop.run(returns.link, shop.lead, shop.order().id, box.waybill)
    assert [(item.sku, item.expected) for item in found.items] == HERE
    assert shop.owed().state is ParcelState.OWED
    fresh = Owing(shop.house)
    fresh.receive(sold("2", receiver=receiver(address="五路 5 号")))
    with pytest.raises(WrongStatus):
        fresh.run(returns.link, fresh.lead, fresh.order("2").id, "RET12345")


def test_an_order_that_is_owed_goods_travels_with_nobody(shop: Owing) -> None:
    shop.receive(sold("1", buyer_id="b"), sold("2", (CUPS,), buyer_id="b"))
    assert [box.order_ids for box in shop.boxes("1")] == [(shop.order("1").id,)] * 2
    assert shop.states("2") == [(ParcelState.PLANNED, HERE)]
    before = shop.states("1")
    with pytest.raises(Exception, match="merge"):
        shop.tap(together.merge, shop.order("2").id)
    assert (shop.states("1"), shop.order("1").together) == (before, 0)


def test_two_orders_want_the_same_lamps_and_the_second_card_is_out_of_date(shop: Owing) -> None:
    lines = (incoming_line("LAMP-01", 10, amount=10_000), TOWELS)
    shop.receive(sold("1", lines, buyer_id="x"), sold("2", lines, buyer_id="y", receiver=receiver(address="六路 6 号")))
    shop.approve("1")
    with pytest.raises(Stale):
        shop.approve("2")
    assert (shop.order("2").status, shop.order("2").held) == (OrderStatus.REVIEW, False)
    shop.run(review.look_anew, shop.order("2").id)
    assert [box.warehouse_id for box in shop.boxes("2")] == [shop.house.cast.warehouses[1].id, None]
    shop.approve("2")


def test_the_buyer_hears_of_what_is_owed_and_the_clock_of_the_deadline_runs(shop: Owing) -> None:
    shop.ship_first()
    shop.receive(sold("2", (TOWELS,), receiver=receiver(address="八路 8 号")))
    found = {worry.kind: worry for worry in shop.run(worries.found)}
    short = found[AlertKind.SHORTAGE]
    assert (short.count, short.facts) == (2, {"TOWEL-01": "2 4"})
    assert set(short.first) == {shop.order("1").id, shop.order("2").id}
    assert shop.run(lambda desk: desk.orders.wanted(["TOWEL-01"])) == {"TOWEL-01": Wanted(2, 0, 2)}
    shop.house.pass_time(60 * 60 * 100)
    late = {worry.kind: worry for worry in shop.run(worries.found)}[AlertKind.DISPATCH_LATE]
    assert shop.order("1").id in late.first


def test_a_parcel_number_of_what_is_owed_cannot_be_scanned(shop: Owing) -> None:
    shop.ship_first()
    number = shop.owed().number
    for station in (Station.PICK, Station.HAND_OVER):
        refusal = shop.run(fulfilment.scan, shop.house.cast.actor(Role.DISPATCHER), station, number).refusal
        assert refusal is not None
    assert shop.owed().state is ParcelState.OWED


def test_a_dry_run_tells_what_the_rule_would_free(shop: Owing) -> None:
    shop.policy(Split())
    shop.receive(sold("1"), sold("2", (TOWELS,), buyer_id="x", receiver=receiver(address="九路 9 号")))
    ids = [shop.order("1").id, shop.order("2").id]
    parts = replace(shop.run(lambda desk: desk.policy), split=PARTS)
    found = shop.run(dry_run.compare, parts, ids)
    assert (found.looked, found.held, found.freed, found.first_freed) == (2, 0, 1, {HoldCode.OUT_OF_STOCK: ["1"]})
    assert shop.boxes("1") == []
