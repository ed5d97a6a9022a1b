"""What is to ship and to sell: everything rules.md B13 names is in it once, and it takes as many queries as for one."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import event

from domain.intake.incoming import PlatformState
from domain.policy.policies import check
from domain.policy.policy import Policy, document_of
from domain.policy.policy_sections import Split, Stock
from domain.stock import selling, stock_posting
from domain.stock.selling import Sellable
from domain.stock.stock import Bucket, Document, Move
from domain.stock.stock_book import Wanted
from domain.stock.stock_docs import DocKind
from domain.stock.stock_scan import Scan
from storage.unit import Unit
from tests.domain.house import House
from tests.domain.stock.test_stock_room import Room
from tests.factory import incoming_line


@pytest.fixture
def room(house: House) -> Room:
    return Room(house)


def cup(room: Room) -> Sellable:
    return room.house.store.read_now(selling.sellable, ["CUP-01"])["CUP-01"]


def choose(room: Room, policy: Policy) -> None:
    room.run(lambda unit: unit.catalog_admin.put_policy(policy, "boss"))


def test_what_lies_free_in_all_warehouses_is_to_ship_and_to_sell(room: Room) -> None:
    assert cup(room) == Sellable("CUP-01", ship=200, shelf=200)
    assert cup(room).sell == 200


def test_an_order_in_review_takes_away_from_what_is_to_sell_and_its_approval_from_both(room: Room) -> None:
    room.house.receive()
    assert (cup(room).ship, cup(room).wanted, cup(room).sell) == (200, Wanted(review=2), 198)
    room.house.approve()
    assert (cup(room).ship, cup(room).wanted, cup(room).sell) == (198, Wanted(), 198)


def test_a_held_order_takes_away_too(room: Room) -> None:
    room.house.receive(buyer_message="开发票 换货 急", total=99_999_999, paid=99_999_999)
    assert room.house.order.held
    assert cup(room).sell == 198


@pytest.mark.parametrize(("locks", "sell"), [(False, 200), (True, 198)])
def test_an_unpaid_order_takes_away_where_the_house_says_so(room: Room, locks: bool, sell: int) -> None:
    choose(room, replace(Policy(), stock=Stock(lock_unpaid=locks)))
    room.house.receive(state=PlatformState.UNPAID, paid=0, paid_at=None)
    assert (cup(room).wanted, cup(room).ship, cup(room).sell) == (Wanted(unpaid=2), 200, sell)


def test_safety_stock_is_kept_back_of_each_product_or_of_this_one(room: Room) -> None:
    choose(room, replace(Policy(), stock=Stock(safety=5, safety_of={"TEA-01": 30})))
    found = room.house.store.read_now(selling.sellable, ["CUP-01", "TEA-01"])
    assert {sku: (one.safety, one.ship - one.sell) for sku, one in found.items()} == {
        "CUP-01": (5, 5),
        "TEA-01": (30, 30),
    }


def test_a_transfer_goes_out_of_what_is_to_sell_and_comes_back(room: Room) -> None:
    doc = room.doc(DocKind.TRANSFER, Scan("CUP-01", 30), to=room.there)
    assert (cup(room).ship, cup(room).leaving, cup(room).sell) == (200, 30, 170)
    doc = room.finish(doc)
    assert (cup(room).ship, cup(room).coming, cup(room).sell) == (170, 30, 170)
    choose(room, replace(Policy(), stock=Stock(sell_coming=True)))
    assert (cup(room).ship, cup(room).coming, cup(room).sell) == (170, 30, 200)


def test_goods_being_received_are_to_sell_where_the_house_says_so(room: Room) -> None:
    doc = room.doc(DocKind.RECEIPT, Scan("CUP-01", 50))
    assert (cup(room).coming, cup(room).sell) == (50, 200)
    choose(room, replace(Policy(), stock=Stock(sell_coming=True)))
    assert (cup(room).coming, cup(room).sell) == (50, 250)
    room.run(stock_posting.finish, room.receiver, doc.id, doc.revision)
    assert (cup(room).ship, cup(room).coming, cup(room).sell) == (250, 0, 250)


def test_goods_not_on_sale_yet_are_sold_and_not_shipped(room: Room) -> None:
    choose(room, replace(Policy(), split=Split(presale=("presale",))))
    room.run(_trait)
    assert (cup(room).ship, cup(room).shelf, cup(room).sell) == (0, 200, 200)


def _trait(unit: Unit) -> None:
    unit.catalog_admin.put_skus([replace(unit.catalog.skus["CUP-01"], traits=frozenset({"presale"}))])


def test_defective_and_material_are_never_to_sell(room: Room) -> None:
    move = Move(room.here, "CUP-01", Bucket.DEFECTIVE, 9, Document.ADJUST, 1)
    room.run(lambda unit: unit.stock.apply([move], "anna"))
    assert cup(room).sell == 200
    box = frozenset({"material"})
    room.run(lambda unit: unit.catalog_admin.put_skus([replace(unit.catalog.skus["CUP-01"], traits=box)]))
    assert room.house.store.read_now(selling.sellable, ["CUP-01"]) == {}


def test_what_is_promised_beyond_what_there_is_is_below_zero(room: Room) -> None:
    lines = (incoming_line("CUP-01", 230),)
    room.house.receive(lines=lines)
    assert cup(room).sell == -30


def statements(room: Room, look: Callable[[Unit], object]) -> int:
    """How many statements a reading takes."""
    seen: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    def counted(unit: Unit) -> int:
        engine = unit.stock._sql.connection.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            look(unit)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    return room.house.store.read_now(counted)


def test_all_products_take_as_many_queries_as_one(room: Room) -> None:
    room.house.receive()
    room.house.run(lambda unit: unit.catalog)

    def one(unit: Unit) -> object:
        assert unit.catalog
        return selling.sellable(unit, ["CUP-01"])

    def every(unit: Unit) -> object:
        assert unit.catalog
        return selling.sellable(unit, None)

    assert statements(room, one) == statements(room, every)
    found = room.house.store.read_now(selling.sellable, None)
    assert found["CUP-01"] == cup(room)
    assert {sku for sku, one in found.items() if one.wanted.review} == {"CUP-01", "TEA-01"}


def test_safety_stock_of_a_product_nobody_knows_is_a_fault(room: Room) -> None:
    document = document_of(replace(Policy(), stock=Stock(safety_of={"CUP-0l": 5, "TEA-01": -1})))
    assert [fault.why for fault in check(document, room.run(lambda unit: unit.catalog)).faults] == [
        "range",
        "no_product",
    ]
    document = document_of(replace(Policy(), stock=Stock(safety_of={"CUP-0l": 5, "TEA-01": 1})))
    (fault,) = check(document, room.run(lambda unit: unit.catalog)).faults
    assert (fault.why, fault.facts["told"]) == ("no_product", "CUP-0l")


def test_of_a_product_that_is_switched_off_nothing_is_to_sell(room: Room) -> None:
    """What is promised of it beyond what there is stays visible."""
    assert cup(room).sell == 200
    room.run(lambda unit: unit.catalog_admin.put_skus([replace(unit.catalog.skus["CUP-01"], enabled=False)]))
    off = cup(room)
    assert (off.ship, off.shelf, off.sell, off.off) == (200, 200, 0, True)
    assert replace(off, wanted=Wanted(owed=210)).sell == -10
