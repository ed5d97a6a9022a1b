"""What a courier collects at the doors: written down at the hand-over, as the label says it, and summed per list."""

from dataclasses import replace

from domain.floor import dock, manifests
from domain.floor.parcels import ParcelState
from domain.intake.incoming import RefundState
from domain.people.people import Role, Station
from domain.policy.policy import Policy
from storage.unit import Unit
from tests.domain.house import PAID, House

CASH = {"cod": True, "paid": 0, "paid_at": None}


def unconfirmed(unit: Unit) -> None:
    """Cash on delivery needs nobody's word."""
    unit.catalog_admin.put_policy(replace(Policy(), screening=replace(Policy().screening, confirm_cod=False)), "t")


def on_the_dock(house: House, **more: object) -> None:
    house.run(unconfirmed)
    house.bring_to(ParcelState.WEIGHED, **{**CASH, **more})
    assert house.scan(Station.HAND_OVER).ok


def to_collect(house: House) -> dict[str, tuple[int, int]]:
    """The sums of a list made now."""
    boris = house.cast.actor(Role.DISPATCHER)
    made = house.run(manifests.make, boris, house.parcel.warehouse_id or 0, house.parcel.courier_id or 0)
    return house.store.read_now(lambda desk: desk.manifests.to_collect(made.id))


def test_what_is_due_is_kept_though_the_platform_says_later_that_it_was_paid(house: House) -> None:
    on_the_dock(house, paid=700)
    assert (house.parcel.collect, house.parcel.collect_currency) == (PAID - 700, "CNY")
    house.receive(**{**CASH, "paid": PAID})
    assert house.order.at_door == 0
    assert to_collect(house) == {"CNY": (1, PAID - 700)}


def test_a_line_taken_out_before_is_not_collected(house: House) -> None:
    house.run(unconfirmed)
    house.bring_to(ParcelState.PACKED, **CASH)
    house.refund(RefundState.SUCCESS, 0, "TEA-01")
    assert house.scan(Station.PUT_BACK).ok
    left = house.order.at_door
    assert 0 < left < PAID
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok
    assert house.scan(Station.HAND_OVER).ok
    assert (house.parcel.collect, to_collect(house)) == (left, {"CNY": (1, left)})


def test_a_paid_order_collects_nothing(house: House) -> None:
    house.to_the_dock()
    assert (house.parcel.collect, house.parcel.collect_currency, to_collect(house)) == (0, "", {})


def test_a_box_that_is_taken_back_stands_on_no_list(house: House) -> None:
    on_the_dock(house)
    boris = house.cast.actor(Role.DISPATCHER)
    made = house.run(manifests.make, boris, house.parcel.warehouse_id or 0, house.parcel.courier_id or 0)
    assert house.store.read_now(lambda desk: desk.manifests.to_collect(made.id)) == {"CNY": (1, PAID)}
    house.run(dock.take_back, boris, house.parcel.waybill)
    assert house.store.read_now(lambda desk: desk.manifests.to_collect(made.id)) == {}


def test_a_box_that_had_left_after_all_is_collected_as_its_label_says(house: House) -> None:
    on_the_dock(house)
    house.refund(RefundState.SUCCESS, 0, "TEA-01")
    (stop,) = [stop for stop in house.stops if stop.open]
    house.run(dock.left_already, house.cast.actor(Role.DISPATCHER), stop.id, stop.revision)
    assert house.parcel.state is ParcelState.HANDED_OVER
    assert (house.parcel.collect, to_collect(house)) == (PAID, {"CNY": (1, PAID)})
