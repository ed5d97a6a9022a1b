"""What a save writes: only what differs from what was read, and everything when that is not known."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from domain.errors import LostRace
from domain.orders import Order
from domain.parcels import Parcel, ParcelState
from storage import order_rows
from storage.order_rows import row_to_save
from storage.parcels import PARCEL
from storage.tables.orders import orders
from storage.tables.parcels import parcel
from storage.unit import Unit
from tests import factory
from tests.storage.conftest import Each

Rows = list[dict[str, object]]
READ = Parcel(7, ParcelState.READY, 1, revision=3, waybill="SF1", expected_g=300)


def test_a_record_that_was_read_is_written_as_far_as_it_differs() -> None:
    news = replace(READ, state=ParcelState.PICKED, waybill="SF2")
    assert PARCEL.to_save(news, READ) == {"id": 7, "revision": 3, "state": ParcelState.PICKED, "waybill": "SF2"}


def test_one_of_which_nothing_changed_is_still_guarded_by_its_revision() -> None:
    assert PARCEL.to_save(replace(READ), READ) == {"id": 7, "revision": 3}


@pytest.mark.parametrize("read", [None, replace(READ, revision=2), replace(READ, revision=4)])
def test_one_that_was_read_at_another_revision_is_written_whole(read: Parcel | None) -> None:
    news = replace(READ, waybill="SF2")
    assert PARCEL.to_save(news, read) == PARCEL.row(news)
    assert set(PARCEL.row(news)) == set(PARCEL.keys)


def _boxes(unit: Unit, shop_id: int) -> tuple[Parcel, Parcel]:
    first, second = (Parcel(one, ParcelState.READY, shop_id, waybill=f"SF{one}") for one in unit.parcels.next_ids(2))
    unit.parcels.add([first, second])
    return first, second


def test_each_row_of_a_set_keeps_what_it_does_not_name(each: Each) -> None:
    one, two = each.store.run_now(_boxes, each.cast.shops[0].id)

    def save(unit: Unit) -> None:
        rows: Rows = [
            {"id": one.id, "revision": 1, "slot": 4},
            {"id": two.id, "revision": 1, "waybill": "YT9", "slot": 5},
        ]
        unit.parcels._sql.save(parcel, rows)

    each.store.run_now(save)
    found = each.store.read_now(lambda unit: unit.parcels.many([one.id, two.id]))
    assert found == {
        one.id: replace(one, slot=4, revision=2),
        two.id: replace(two, slot=5, waybill="YT9", revision=2),
    }


def test_a_set_with_one_lost_race_changes_nothing(each: Each) -> None:
    one, two = each.store.run_now(_boxes, each.cast.shops[0].id)

    def save(unit: Unit) -> None:
        rows: Rows = [{"id": one.id, "revision": 1, "slot": 4}, {"id": two.id, "revision": 2, "waybill": "YT9"}]
        unit.parcels._sql.save(parcel, rows)

    with pytest.raises(LostRace):
        each.store.run_now(save)
    assert each.store.read_now(lambda unit: unit.parcels.many([one.id, two.id])) == {one.id: one, two.id: two}


def test_a_change_made_behind_our_back_is_not_undone_by_a_save_that_does_not_name_it(each: Each) -> None:
    """A column that was not changed is not written."""

    def given(unit: Unit) -> Order:
        made = factory.order(unit, each.cast.shops[0])
        factory.put(unit, made)
        return made

    order = each.store.run_now(given)

    def change(unit: Unit) -> None:
        read = unit.orders.get(order.id)
        unit.orders._sql.change(update(orders).values(look_at=unit.now))
        unit.orders.save([replace(read, reason="later")])

    each.store.run_now(change)
    assert each.store.read_now(lambda unit: unit.orders.to_look_at(unit.now, 0, 9)) == [order.id]


def test_copies_go_with_what_they_copy(each: Each) -> None:
    """The phone's tail and the text of search with the receiver, `held` with the holds."""
    read = each.store.run_now(lambda unit: factory.order(unit, each.cast.shops[0]))
    moved = replace(read, receiver=factory.receiver(phone="13911112222"))
    row = row_to_save(moved, read)
    assert set(row) == {"id", "revision", "receiver_phone", "phone_tail", "more_tails", "needle"}
    assert row["phone_tail"] == "2222"
    assert row["needle"] == order_rows.order_row(moved)["needle"]
    assert row_to_save(replace(read, reason="x"), read) == {"id": read.id, "revision": 1, "reason": "x"}
    assert set(row_to_save(replace(read, number="77"), read)) == {"id", "revision", "number", "needle"}
    assert row_to_save(replace(read, revision=2), read) == order_rows.order_row(replace(read, revision=2))
