"""Which station a code means to somebody who chose none, where returns are received, and the log of a shift."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.desk import Desk
from domain.errors import AlreadyScanned, WrongStatus
from domain.floor import floor, release
from domain.floor.parcels import Parcel, ParcelState
from domain.intake import intake
from domain.people.people import CLOCK, SHOP, Role, Station
from domain.review import review
from storage.store import Store
from tests.factory import NOW, Cast, hire, incoming, seed
from tests.filled import filled


@pytest.fixture
def store() -> Iterator[Store]:
    """A store whose clock stands still."""
    made = Store("sqlite:///:memory:", now=lambda: NOW)
    yield made
    made.close()


def waved(desk: Desk, cast: Cast) -> Parcel:
    """One parcel in a wave."""
    shop = cast.shops[0].id
    intake.receive(desk, SHOP, shop, [incoming()])
    order = desk.orders.by_number(shop, ["1001"])["1001"]
    review.approve(desk, CLOCK, order.id, order.revision)
    parcel = desk.parcels.of_orders([order.id])[order.id][0]
    wave = release.make_wave(desk, CLOCK, parcel.warehouse_id or 0, [parcel])
    return desk.parcels.of_wave(wave.id)[0]


@pytest.mark.parametrize(
    ("role", "state", "station"),
    [
        (Role.PICKER, ParcelState.IN_WAVE, Station.PICK),
        (Role.PICKER, ParcelState.PICKED, Station.PICK),
        (Role.PACKER, ParcelState.IN_WAVE, Station.PACK),
        (Role.DISPATCHER, ParcelState.PACKED, Station.WEIGH),
        (Role.DISPATCHER, ParcelState.WEIGHED, Station.HAND_OVER),
        (Role.DISPATCHER, ParcelState.HANDED_OVER, Station.HAND_OVER),
        (Role.RECEIVER, ParcelState.HANDED_OVER, Station.RECEIVE),
        (Role.RECEIVER, ParcelState.IN_WAVE, Station.RECEIVE),
        (Role.OWNER, ParcelState.PICKED, Station.PACK),
        (Role.OWNER, ParcelState.HANDED_OVER, Station.RECEIVE),
    ],
)
def test_the_station_a_code_means(store: Store, role: Role, state: ParcelState, station: Station) -> None:
    def means(desk: Desk, cast: Cast) -> Station:
        box = waved(desk, cast)
        desk.parcels.save([replace(box, state=state)])
        return floor.station_for(desk, cast.actor(role), box.waybill, None)

    assert store.run_now(means, filled(store, seed)) is station


def test_a_weight_means_the_scales(store: Store) -> None:
    def means(desk: Desk, cast: Cast) -> Station:
        return floor.station_for(desk, cast.actor(Role.DISPATCHER), waved(desk, cast).waybill, 700)

    assert store.run_now(means, filled(store, seed)) is Station.WEIGH


def test_nine_good_codes_stay_good_when_the_tenth_is_refused(store: Store) -> None:
    cast = filled(store, seed)
    box = store.run_now(waved, cast)
    codes = [(box.waybill, None), ("SF99999999", None), (box.waybill, None)]
    scans = store.run_now(floor.scan, cast.actor(Role.PICKER), codes)
    assert [outcome.verdict for outcome in scans.outcomes] == ["ok", "refused", "again"]
    assert isinstance(scans.outcomes[2].refusal, AlreadyScanned)
    assert (scans.before, scans.count) == (0, 1)
    assert store.read_now(lambda desk: desk.parcels.get(box.id)).state is ParcelState.PICKED


def test_returns_wait_until_the_place_is_known_and_it_is_remembered(store: Store) -> None:
    cast = filled(store, seed)
    receiver, place = cast.actor(Role.RECEIVER), cast.warehouses[1].id
    assert store.run_now(floor.scan, receiver, [("YT12345678", None)]).place_needed
    assert store.read_now(lambda desk: desk.returns.by_waybill("YT12345678")) is None
    store.run_now(floor.scan, receiver, [("YT12345678", None)], place=place)
    scans = store.run_now(floor.scan, receiver, [("YT87654321", None)])
    assert scans.outcomes[0].returned is not None
    assert scans.outcomes[0].returned.warehouse_id == place


def test_somebody_of_one_warehouse_is_never_asked(store: Store) -> None:
    cast = filled(store, seed)
    place = cast.warehouses[1].id
    person = store.run_now(lambda desk: hire(desk, 3000, "小武", Role.RECEIVER, warehouses=frozenset({place})))
    assert store.read_now(lambda desk: floor.place_of(desk, person.acting())) == place


def test_a_parcel_in_the_house_is_no_return(store: Store) -> None:
    cast = filled(store, seed)
    box = store.run_now(waved, cast)
    place = cast.warehouses[0].id
    scans = store.run_now(floor.scan, cast.actor(Role.RECEIVER), [(box.waybill, None)], place=place)
    assert isinstance(scans.outcomes[0].refusal, WrongStatus)
    assert store.read_now(lambda desk: desk.returns.by_waybill(box.waybill)) is None


@pytest.mark.parametrize("code", ["6900000000014", "06900000000014", "cup-01"])
def test_goods_are_known_by_barcode_and_code(store: Store, code: str) -> None:
    filled(store, seed)
    assert store.read_now(lambda desk: floor.sku_of(desk, code)) == "CUP-01"


@pytest.mark.parametrize("code", ["", "0", "6900000000015"])
def test_other_codes_are_no_goods(store: Store, code: str) -> None:
    filled(store, seed)
    assert store.read_now(lambda desk: floor.sku_of(desk, code)) == ""
