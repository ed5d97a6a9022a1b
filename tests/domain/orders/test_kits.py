"""Sets: a line becomes its parts, money to the cent, refunds by sets, and independent kits travel whole."""

from collections import Counter
from dataclasses import replace

import pytest

from domain.desk import Desk
from domain.errors import NoSuchLine, NotAllowed, Stale, TooManyUnits
from domain.finance import day_close
from domain.finance.day_costs import goods_costs
from domain.floor.parcels import ParcelState, StopKind, StopState
from domain.intake import intake
from domain.intake.incoming import IncomingLine, IncomingRefund, RefundState
from domain.orders import bundles, kits
from domain.orders.bundles import RecipeRow
from domain.orders.orders import Kit, Order, OrderStatus
from domain.people.people import Role, Station
from domain.review.holds import HoldCode, open_codes
from domain.stops.interception import typed
from tests.domain.house import SCAN, House
from tests.factory import incoming_line

SET = IncomingLine("L-SET", "茶具套装", 2, "TEASET", unit_price=9900, amount=19_800)
RECIPE = [
    RecipeRow(2, "TEASET", "茶具套装", "CUP-01", 2),
    RecipeRow(3, "TEASET", "", "TEA-01", 1),
]


def teach(house: House, rows: list[RecipeRow], role: Role = Role.BUYER) -> None:
    actor = house.cast.actor(role)
    mark = house.store.read_now(lambda desk: bundles.tried(desk, actor, rows)).proposal.mark
    house.run(bundles.keep, actor, rows, mark)


def bought(house: House, *lines: IncomingLine) -> None:
    total = sum(line.amount for line in lines)
    house.receive(lines=lines, goods=total, total=total, paid=total)


def goods(house: House) -> list[tuple[int, str | None, int, int, bool]]:
    return [(line.line_no, line.sku, line.quantity, line.amount, line.dropped) for line in house.order.lines]


def inside(house: House) -> list[tuple[int, str, int, bool]]:
    return [(item.line_no, item.sku, item.quantity, item.dropped) for item in house.parcel.items]


def back(house: House, count: int, amount: int, state: RefundState = RefundState.SUCCESS) -> None:
    told = IncomingRefund("R1", state, amount, ("L-SET",), units=(count,))
    assert house.run(intake.refund_told, house.cast.actor(Role.CS), house.cast.shops[0].id, "1001", told)


def to(house: House, state: ParcelState, *lines: IncomingLine) -> None:
    """Bought, approved, waved, and scanned up to there."""
    total = sum(line.amount for line in lines)
    house.bring_to(state, lines=lines, goods=total, total=total, paid=total)


def test_a_set_is_a_line_for_each_part(house: House) -> None:
    teach(house, RECIPE)
    bought(house, SET, incoming_line("CUP-02", 1, amount=3900))
    assert goods(house) == [
        (1, "CUP-01", 4, 11_272, False),
        (2, "CUP-02", 1, 3900, False),
        (1_000_001, "TEA-01", 2, 8528, False),
    ]
    assert [line.kit for line in house.order.lines] == [
        Kit("TEASET", 1, 2, "陶瓷杯 白"),
        None,
        Kit("TEASET", 1, 1, "茉莉花茶 100g"),
    ]
    first, second = kits.sold(house.order.lines)
    assert (first.sku, first.title, first.quantity, first.amount, first.kit) == ("TEASET", "茶具套装", 2, 19_800, None)
    assert second == house.order.lines[1]
    assert (house.order.paid, house.order.held) == (23_700, False)
    assert [(item.title, item.paid) for item in house.parcel.items] == [
        ("陶瓷杯 白", 11_272),
        ("goods CUP-02", 3900),
        ("茉莉花茶 100g", 8528),
    ]


def test_a_set_without_a_recipe_waits_for_one_and_goes_on_by_itself(house: House) -> None:
    teach(house, [RecipeRow(2, "TEASET", "茶具套装", bundles.NO_PARTS, 0)])
    bought(house, SET)
    hold = next(hold for hold in house.order.holds if hold.open)
    assert (hold.code, dict(hold.evidence)) == (
        HoldCode.BUNDLE_UNMATCHED,
        {"lines": "1", "code": "TEASET", "title": "茶具套装", "set": "TEASET", "unknown": ""},
    )
    assert house.parcels == ()
    teach(house, RECIPE)
    assert (open_codes(house.order.holds), len(house.order.lines)) == ((), 2)
    assert {item.sku: item.quantity for item in house.parcel.items} == {"CUP-01": 4, "TEA-01": 2}


def test_a_part_that_is_no_product_holds_until_it_is_one(house: House) -> None:
    teach(house, [RECIPE[0], RecipeRow(3, "TEASET", "", "POT-01", 1)])
    bought(house, SET)
    hold = next(hold for hold in house.order.holds if hold.open)
    assert (hold.code, hold.evidence["unknown"]) == (HoldCode.BUNDLE_UNMATCHED, "POT-01")
    sku = replace(house.store.read_now(lambda desk: desk.catalog.skus["LAMP-01"]), code="POT-01", barcode="")
    house.run(lambda unit: unit.catalog_admin.put_skus([sku]))
    house.receive(lines=(SET,), goods=19_800, total=19_800, paid=19_800, buyer_message="快点")
    assert HoldCode.BUNDLE_UNMATCHED not in open_codes(house.order.holds)
    assert [line.sku for line in house.order.lines] == ["CUP-01", "POT-01"]


def test_a_code_nobody_knows_waits_for_a_product_until_it_is_a_set(house: House) -> None:
    bought(house, SET)
    assert open_codes(house.order.holds) == (HoldCode.SKU_UNMATCHED,)
    teach(house, RECIPE)
    assert (open_codes(house.order.holds), len(house.order.lines)) == ((), 2)


def test_what_is_exploded_stays_as_it_is(house: House) -> None:
    teach(house, RECIPE)
    bought(house, SET)
    before = goods(house)
    teach(house, [RECIPE[0]])
    house.receive(lines=(SET,), goods=19_800, total=19_800, paid=19_800, buyer_message="快点")
    assert goods(house) == before
    assert {line.kit.version for line in house.order.lines if line.kit} == {1}
    versions = house.store.read_now(lambda desk: desk.bundle_versions("TEASET"))
    assert [(one.version, one.by, len(one.parts)) for one in versions] == [(1, "孙丽 Sun Li", 2), (2, "孙丽 Sun Li", 1)]


def test_the_platform_tells_more_sets_or_fewer(house: House) -> None:
    teach(house, RECIPE)
    bought(house, SET)
    bought(house, replace(SET, quantity=3, amount=29_700))
    assert [(n, sku, units) for n, sku, units, _, _ in goods(house)] == [(1, "CUP-01", 6), (1_000_001, "TEA-01", 3)]
    assert sum(line.amount for line in house.order.lines) == 29_700
    bought(house, replace(SET, merchant_code="CUP-02", quantity=1, amount=3900))
    assert goods(house) == [(1, "CUP-02", 1, 3900, False)]


@pytest.mark.parametrize("state", [ParcelState.IN_WAVE, ParcelState.PICKED, ParcelState.PACKED, ParcelState.WEIGHED])
def test_a_refund_of_the_set_stops_all_of_its_parts(house: House, state: ParcelState) -> None:
    teach(house, RECIPE)
    to(house, state, SET, incoming_line("CUP-02", 1, amount=3900))
    back(house, 2, 19_800)
    assert [(stop.kind, stop.state, stop.line_nos) for stop in house.stops] == [
        (StopKind.REFUND, StopState.OPEN, (1, 1_000_001))
    ]
    assert [line.dropped for line in house.order.lines] == [True, False, True]
    assert house.order.refunded == 19_800


def test_one_of_two_sets_takes_its_share_of_each_part(house: House) -> None:
    teach(house, RECIPE)
    to(house, ParcelState.PICKED, SET)
    back(house, 1, 9900)
    assert goods(house) == [
        (1, "CUP-01", 2, 5636, False),
        (2, "CUP-01", 2, 5636, True),
        (1_000_001, "TEA-01", 1, 4264, False),
        (1_000_002, "TEA-01", 1, 4264, True),
    ]
    assert [(stop.state, stop.line_nos) for stop in house.stops] == [(StopState.OPEN, (2, 1_000_002))]
    back(house, 1, 9900)
    assert len(house.order.lines) == 4
    house.scan(Station.PUT_BACK)
    assert inside(house) == [
        (1, "CUP-01", 2, False),
        (2, "CUP-01", 2, True),
        (1_000_001, "TEA-01", 1, False),
        (1_000_002, "TEA-01", 1, True),
    ]
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}


def test_fewer_sets_told_on_the_floor_say_what_is_too_much_in_the_box(house: House) -> None:
    teach(house, RECIPE)
    to(house, ParcelState.PICKED, SET)
    teach(house, [RECIPE[0]])
    bought(house, replace(SET, quantity=1, amount=9900))
    (hold,) = (hold for hold in house.order.holds if hold.open)
    assert (hold.code, hold.evidence["goods"]) == (HoldCode.GOODS_CHANGED, "CUP-01 × 4 → 2; TEA-01 × 2 → 1")
    bought(house, SET)
    (hold,) = (hold for hold in house.order.holds if hold.open)
    assert hold.evidence["goods"] == "="


def test_the_day_counts_a_set_once_and_its_parts_cost_what_they_cost(house: House) -> None:
    teach(house, RECIPE)
    house.bring_to(ParcelState.HANDED_OVER, lines=(SET,), goods=19_800, total=19_800, paid=19_800)
    cost = house.store.read_now(lambda desk: goods_costs(desk, [house_order(desk)]))
    assert [one.amount for one in cost.values()] == [4 * 1200 + 2 * 1800]
    row = house.store.read_now(lambda desk: day_close._order(desk, house_order(desk), next(iter(cost.values()))))
    assert (row.goods, row.total, row.paid, row.sku_units) == (19_800, 19_800, 19_800, 6)


def house_order(desk: Desk) -> Order:
    return desk.orders.by_number(1, ["1001"])["1001"]


def test_money_for_one_cup_of_the_set_leaves_the_goods_to_a_person(house: House) -> None:
    teach(house, RECIPE)
    to(house, ParcelState.PICKED, SET)
    told = IncomingRefund("R1", RefundState.SUCCESS, 1500, ("L-SET",))
    assert house.run(intake.refund_told, house.cast.actor(Role.CS), house.cast.shops[0].id, "1001", told)
    assert (open_codes(house.order.holds), house.order.refunded) == ((HoldCode.REFUNDED,), 1500)
    assert [line.dropped for line in house.order.lines] == [False, False]


def test_a_refund_that_came_before_the_recipe_is_about_the_whole_set(house: House) -> None:
    bought(house, SET)
    back(house, 2, 0, RefundState.REQUESTED)
    teach(house, RECIPE)
    assert [line.refund for line in house.order.lines] == [RefundState.REQUESTED] * 2
    back(house, 2, 19_800)
    assert (house.order.status, [line.dropped for line in house.order.lines]) == (OrderStatus.CANCELLED, [True, True])


def test_people_refund_sets_by_the_number_of_their_line(house: House) -> None:
    teach(house, RECIPE)
    bought(house, SET, incoming_line("CUP-02", 1, amount=3900))
    cs = house.cast.actor(Role.CS)
    with pytest.raises(TooManyUnits) as many:
        house.run(typed, cs, house.order.id, "", {1: 3})
    assert (many.value.asked, many.value.there) == (3, 2)
    with pytest.raises(NoSuchLine) as none:
        house.run(typed, cs, house.order.id, "", {1_000_001: 1})
    assert none.value.lines == (1, 2)
    house.run(typed, cs, house.order.id, "", {1: 1})
    assert house.order.refunded == 9900
    assert Counter({sku: units for _, sku, units, _, out in goods(house) if out}) == {"CUP-01": 2, "TEA-01": 1}


def test_sets_leave_the_house_by_the_scans_of_their_parts(house: House) -> None:
    teach(house, RECIPE)
    to(house, ParcelState.WEIGHED, SET)
    assert house.parcel.expected_g == 4 * 320 + 2 * 140 + house.store.read_now(lambda desk: desk.policy.packaging_g)
    assert house.scan(SCAN[ParcelState.HANDED_OVER]).ok
    house.collected(house.parcel)
    levels = house.store.read_now(lambda desk: desk.stock.levels(["CUP-01", "TEA-01"]))
    place = house.parcel.warehouse_id or 0
    assert (levels[place, "CUP-01"].good, levels[place, "TEA-01"].good) == (96, 28)
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}


def test_only_who_keeps_products_writes_recipes(house: House) -> None:
    for role in (Role.CS, Role.PICKER, Role.FINANCE):
        with pytest.raises(NotAllowed):
            teach(house, RECIPE, role)
    with pytest.raises(Stale):
        house.run(bundles.keep, house.cast.actor(Role.BUYER), RECIPE, "00000000")
    assert house.store.read_now(lambda desk: dict(desk.catalog.bundles)) == {}


def test_how_many_sets_there_are_is_the_least_of_their_parts(house: House) -> None:
    teach(house, [*RECIPE, RecipeRow(4, "KIT", "", "CUP-01", 60, True), RecipeRow(5, "KIT", "", "TEA-01", 1)])

    def possible() -> dict[str, bundles.Possible]:
        return house.store.read_now(lambda desk: bundles.possible(desk, desk.catalog.bundles.values()))

    assert possible() == {"TEASET": bundles.Possible(60, 60, "TEA-01"), "KIT": bundles.Possible(2, 2, "CUP-01")}
    bought(house, replace(SET, quantity=20, amount=198_000))
    assert possible()["TEASET"] == bundles.Possible(60, 40, "TEA-01")


def test_a_part_that_left_is_not_divided_from_its_set(house: House) -> None:
    """One box of the set has left: k sets are not taken out of the other any more."""
    teach(house, RECIPE)
    to(house, ParcelState.WEIGHED, SET)
    assert house.scan(Station.HAND_OVER).ok
    house.collected(house.parcel)
    back(house, 1, 9900)
    assert [(line.sku, line.quantity, line.dropped) for line in house.order.lines] == [
        ("CUP-01", 4, False),
        ("TEA-01", 2, False),
    ]
