"""What a save writes (only what differs from what was read, and everything when that is not known), and what is read
once."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import delete, event, update

from domain.errors import LostRace, Unknown
from domain.floor.parcels import Parcel, ParcelState, Refund
from domain.intake.incoming import RefundState
from domain.orders.orders import Order
from domain.stock.stock import Bucket, Document, Move
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


def _statements(unit: Unit, ask: Callable[[], object]) -> int:
    """How many questions to the database the asking took."""
    seen: list[str] = []
    said = lambda *args: seen.append(args[2])  # noqa: E731  # event.remove wants the same function
    event.listen(unit._sql.connection, "before_cursor_execute", said)
    ask()
    event.remove(unit._sql.connection, "before_cursor_execute", said)
    return sum(one.startswith("SELECT") for one in seen)


def test_what_a_command_read_it_asks_for_once_where_one_writes_at_a_time(each: Each) -> None:
    one, _ = each.store.run_now(_boxes, each.cast.shops[0].id)

    def ask(unit: Unit) -> list[int]:
        return [_statements(unit, partial(unit.parcels.get, one.id)) for _ in range(2)]

    assert each.store.run_now(ask) == ([2, 2] if each.url.startswith("postgres") else [2, 0])
    assert each.store.read_now(ask) == ([2, 2] if each.url.startswith("postgres") else [2, 0])


def test_the_shelves_are_looked_at_once_until_something_moves(each: Each) -> None:
    """The pick asks for them rule by rule; of one warehouse or of one bin is another question."""
    here = each.cast.warehouses[0].id

    def ask(unit: Unit) -> list[int]:
        asked: list[Callable[[], object]] = [
            partial(unit.stock.places, ["CUP-01"], here),
            partial(unit.stock.places, ["CUP-01"], here, "Z-9"),
            partial(unit.stock.last_moves, here, ["CUP-01"]),
        ]
        return [_statements(unit, one) for one in asked * 2]

    def move(unit: Unit) -> list[int]:
        found = []
        for _ in range(2):
            unit.stock.apply([Move(here, "CUP-01", Bucket.GOOD, 1, Document.ADJUST, 1, "Z-9")], "t")
            found += [place.units for place in unit.stock.places(["CUP-01"], here, "Z-9")]
        return found

    assert each.store.read_now(ask) == ([1] * 6 if each.url.startswith("postgres") else [1, 1, 1, 0, 0, 0])
    assert each.store.run_now(move) == [1, 2]


def test_what_it_wrote_itself_it_reads_anew(each: Each) -> None:
    one, two = each.store.run_now(_boxes, each.cast.shops[0].id)

    def write(unit: Unit) -> list[str]:
        found = [unit.parcels.get(one.id).waybill]
        unit.parcels.save([replace(one, waybill="YT7")])
        found.append(unit.parcels.get(one.id).waybill)
        unit._sql.change(update(parcel).where(parcel.c.id == two.id).values(waybill="YT8"))
        found.append(unit.parcels.get(two.id).waybill)
        unit._sql.change(delete(parcel).where(parcel.c.id == two.id))
        return [*found, *(box.waybill for box in unit.parcels.many([two.id]).values())]

    assert each.store.run_now(write) == [one.waybill, "YT7", "YT8"]


def test_what_it_added_is_there_when_it_asks_again(each: Each) -> None:
    def write(unit: Unit) -> list[int]:
        order = factory.order(unit, each.cast.shops[0])
        factory.put(unit, order)
        found = [len(unit.refunds.of_order(order.id))]
        unit.refunds.add(Refund(0, order.id, "R1", RefundState.REQUESTED, 100, "", unit.now))
        return [*found, len(unit.refunds.of_order(order.id))]

    assert each.store.run_now(write) == [0, 1]


def test_what_was_undone_is_read_anew(each: Each) -> None:
    one, _ = each.store.run_now(_boxes, each.cast.shops[0].id)

    def write(unit: Unit) -> list[str]:
        found = []
        with suppress(Unknown), unit.attempt():
            unit.parcels.save([replace(one, waybill="YT7")])
            found.append(unit.parcels.get(one.id).waybill)
            raise Unknown("parcel", "")
        return [*found, unit.parcels.get(one.id).waybill]

    assert each.store.run_now(write) == ["YT7", one.waybill]
