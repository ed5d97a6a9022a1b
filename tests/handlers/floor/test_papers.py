"""The packing slip's words: goods order by order, only of those whose goods are in the box, and which part it is."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from domain.desk import Desk
from domain.floor.parcels import ParcelState
from domain.floor.release import orders_of
from domain.paper import printing
from domain.paper.documents import PackingSlip, PickList
from domain.paper.paper_records import Paper
from domain.paper.printing import Sheet
from domain.people.people import Station
from domain.stock.stock import Bucket, Document, Move
from handlers.floor import papers
from handlers.words import Words
from storage.store import Store
from storage.unit import Unit
from tests.domain.house import House
from tests.domain.yard import Yard, cups, split_order, tea
from tests.factory import NOW, incoming_line, receiver, seed
from tests.filled import filled

WORDS = Words("en", "Asia/Shanghai")


@pytest.fixture
def yard() -> Iterator[Yard]:
    """A house with several orders."""
    clock = [NOW]
    store = Store("sqlite:///:memory:", now=lambda: clock[0])
    yield Yard(House(store, filled(store, seed), clock))
    store.close()


def slips_of(yard: Yard, wave_id: int) -> list[PackingSlip]:
    """What the first printing of a wave's slips says."""

    def look(desk: Desk) -> list[PackingSlip]:
        boxes = [box for box in desk.parcels.of_wave(wave_id) if printing.printable(box)]
        orders = orders_of(desk, boxes)
        return [papers._slip(desk, box, orders, Sheet(box.id, Paper.SLIP, 1), WORDS) for box in boxes]

    return yard.house.store.read_now(look)


def slips(yard: Yard, number: str) -> list[PackingSlip]:
    """Those of the wave in which the order's first parcel is."""
    return slips_of(yard, yard.boxes(number)[0].wave_id or 0)


def goods(slip: PackingSlip) -> list[tuple[str, str, int]]:
    return [(line.order, line.sku, line.quantity) for line in slip.lines]


def merged(yard: Yard) -> None:
    """Two orders in one parcel in a wave, the first of two lines."""
    two = (incoming_line("CUP-01", 2), incoming_line("LAMP-01", 1, amount=16_900))
    first = replace(cups("1"), lines=two, goods=24_700, total=24_700, paid=24_700)
    yard.receive(first, tea("2"))
    yard.approve("1")
    yard.wave("1")


def test_a_merged_parcel_names_each_order_over_its_goods(yard: Yard) -> None:
    merged(yard)
    (slip,) = slips(yard, "1")
    assert slip.order_numbers == ("1", "2")
    assert goods(slip) == [("1", "CUP-01", 2), ("1", "LAMP-01", 1), ("2", "TEA-01", 1)]
    assert slip.part == (1, 1)


def test_goods_stand_order_by_order_however_they_lie_in_the_parcel(yard: Yard) -> None:
    merged(yard)
    box = yard.box("1")
    mixed = (box.items[0], box.items[2], box.items[1])
    yard.run(lambda desk: desk.parcels.save([replace(box, items=mixed)]))
    (slip,) = slips(yard, "1")
    assert goods(slip) == [("1", "CUP-01", 2), ("1", "LAMP-01", 1), ("2", "TEA-01", 1)]


def test_an_order_whose_goods_are_back_on_their_shelf_is_not_named(yard: Yard) -> None:
    merged(yard)
    yard.refund("2", 5900)
    assert slips(yard, "1") == []
    assert yard.scan(Station.PUT_BACK, yard.box("1")).ok
    (slip,) = slips(yard, "1")
    assert (slip.order_numbers, goods(slip)) == (("1",), [("", "CUP-01", 2), ("", "LAMP-01", 1)])


def test_each_parcel_of_a_divided_order_says_which_it_is(yard: Yard) -> None:
    one, two = split_order(yard)
    assert one.wave_id != two.wave_id
    (first,) = slips(yard, "1")
    assert (first.part, goods(first)) == ((1, 2), [("", one.items[0].sku, one.items[0].quantity)])
    yard.walk(one, ParcelState.HANDED_OVER)
    wave_id = two.wave_id or 0
    (second,) = slips_of(yard, wave_id)
    assert (second.part, goods(second)) == ((2, 2), [("", two.items[0].sku, two.items[0].quantity)])


def test_the_pick_list_adds_up_what_a_merged_parcel_needs(yard: Yard) -> None:
    merged(yard)
    wave_id = yard.box("1").wave_id or 0
    (paper,) = yard.house.store.read_now(lambda desk: papers.pick_paper(desk, desk.waves.get(wave_id), WORDS))
    assert isinstance(paper, partial)
    pick: PickList = paper.args[0]
    assert (pick.parcels, pick.units) == (1, 4)
    assert [(line.sku, line.quantity, line.slots) for line in pick.lines] == [
        ("CUP-01", 2, ((1, 2),)),
        ("TEA-01", 1, ((1, 1),)),
        ("LAMP-01", 1, ((1, 1),)),
    ]


def test_the_pick_list_names_each_bin_and_what_of_it_is_whose(yard: Yard) -> None:
    """One cup is left on its own shelf, the others lie in B-09."""
    merged(yard)
    wave_id = yard.box("1").wave_id or 0
    house = yard.boxes("1")[0].warehouse_id or 0

    def move(desk: Unit) -> None:
        there = next(place for place in desk.stock.places(["CUP-01"], house) if place.bin == "")
        moved = Move(house, "CUP-01", Bucket.GOOD, 1 - there.units, Document.ADJUST, 1, "")
        desk.stock.apply([moved, replace(moved, delta=there.units - 1, bin="B-09")], "test")

    yard.house.store.run_now(move)
    (paper,) = yard.house.store.read_now(lambda desk: papers.pick_paper(desk, desk.waves.get(wave_id), WORDS))
    assert isinstance(paper, partial)
    pick: PickList = paper.args[0]
    found = [(line.bin, line.quantity, line.slots) for line in pick.lines if line.sku == "CUP-01"]
    assert found == [("A-01", 1, ((1, 1),)), ("B-09", 1, ((1, 1),))]


@pytest.mark.parametrize(
    ("country", "end", "due"), [("US", " 02108 US", "COD ¥78.00"), ("CN", " 303 310000", "¥78.00")]
)
def test_abroad_the_label_names_the_country_and_says_cod_in_letters(
    yard: Yard, country: str, end: str, due: str
) -> None:
    there = receiver(country="US", province="MA", city="Boston", district="", address="1 Main St", zip="02108")
    yard.receive(cups("1", receiver=there if country == "US" else receiver()))
    yard.approve("1")
    yard.wave("1")
    box = yard.box("1")

    def look(desk: Desk) -> tuple[str, str]:
        orders = {number: replace(order, cod=True, paid=0) for number, order in orders_of(desk, [box]).items()}
        label = papers._label(desk, box, orders, Sheet(box.id, Paper.LABEL, 1), ("", ""), WORDS)
        return label.receiver_address, label.cod

    address, cod = yard.house.store.read_now(look)
    assert (address[-len(end) :], cod) == (end, due)
