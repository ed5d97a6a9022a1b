"""Where parcels of waves are sent, on every database."""

from domain.floor.parcels import ParcelState
from domain.stock.stock import Place
from storage.unit import Unit
from tests.storage.conftest import Each
from tests.storage.test_warehouse import boxed


def test_places_come_in_order_and_are_replaced_as_a_whole(each: Each) -> None:
    one, two = boxed(each, {}, {})
    place = one.warehouse_id or 0
    near, far = Place(place, "CUP-01", "", "B2", 1), Place(place, "CUP-01", "Z-9", "", 1)
    each.store.run_now(lambda unit: unit.walks.put({one.id: [far, near], two.id: [near]}))
    assert each.store.read_now(lambda unit: unit.walks.of([one.id, two.id])) == {one.id: (far, near), two.id: (near,)}
    each.store.run_now(lambda unit: unit.walks.put({one.id: [near], two.id: []}))
    assert each.store.read_now(lambda unit: unit.walks.of([one.id, two.id])) == {one.id: (near,)}


def test_only_what_waits_there_to_be_picked_counts_and_no_more_than_it_wants(each: Each) -> None:
    """The boxes hold two cups each."""
    waved: dict[str, object] = {"state": ParcelState.IN_WAVE}
    one, two, _picked, elsewhere = boxed(
        each, waved, waved, {"state": ParcelState.PICKED}, {**waved, "warehouse_id": each.cast.warehouses[1].id}
    )
    place = one.warehouse_id or 0

    def go(unit: Unit) -> None:
        for box in (one, two, _picked, elsewhere):
            unit.walks.put({box.id: [Place(place, "CUP-01", "A-1", "", 1), Place(place, "CUP-01", "B-1", "", 3)]})

    each.store.run_now(go)
    found = each.store.read_now(lambda unit: unit.walks.open_in(place, ["CUP-01", "TEA-01"]))
    wanted = (Place(place, "CUP-01", "A-1", "", 1), Place(place, "CUP-01", "B-1", "", 1))
    assert found == {one.id: wanted, two.id: wanted}
    assert each.store.read_now(lambda unit: unit.walks.open_in(place, ["TEA-01"])) == {}
