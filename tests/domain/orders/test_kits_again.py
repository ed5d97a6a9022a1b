"""Sets that one file leaves out and the next one tells again are what lies in the box."""

from dataclasses import replace

import pytest

from domain.floor.parcels import ParcelState, StopKind
from tests.domain.house import House
from tests.domain.orders.test_kits import RECIPE, SET, back, goods, inside, teach, to
from tests.factory import incoming_line

CUP = incoming_line("CUP-02", 1, amount=3900)


@pytest.mark.parametrize("changed", [False, True])
def test_a_set_told_again_is_the_one_in_the_box(house: House, changed: bool) -> None:
    """Also where its recipe is another by now; a refund finds its parts and stops them."""
    teach(house, RECIPE)
    to(house, ParcelState.PICKED, SET, CUP)
    before = goods(house)
    house.receive(lines=(CUP,), goods=3900, total=23_700, paid=23_700)
    assert goods(house) == [(2, "CUP-02", 1, 3900, False)]
    if changed:
        teach(house, [RECIPE[0], replace(RECIPE[1], units=2)])
    house.receive(lines=(SET, CUP), goods=23_700, total=23_700, paid=23_700)
    assert goods(house) == before
    assert {line.kit.version for line in house.order.lines if line.kit} == {1}
    back(house, 2, 19_800)
    stops = [stop.line_nos for stop in house.stops if stop.kind is StopKind.REFUND]
    assert stops == [(1, 1_000_001)]
    assert [(one[0], one[-1]) for one in goods(house)] == [(1, True), (2, False), (1_000_001, True)]


def test_a_product_told_first_is_no_part_that_is_called_alike(house: House) -> None:
    """The tea of a set lies in the box when somebody buys one more by itself: that is a line of its own."""
    teach(house, RECIPE)
    to(house, ParcelState.PICKED, SET, CUP)
    title = next(item.title for item in house.parcel.items if item.sku == "TEA-01")
    tea = replace(incoming_line("TEA-01", 1, amount=4900), title=title)
    house.receive(lines=(CUP, tea), goods=8800, total=23_700, paid=23_700)
    assert [line.line_no for line in house.order.lines] == [2, 3]
    assert [number for number, *_ in inside(house)] == [1, 2, 1_000_001]
