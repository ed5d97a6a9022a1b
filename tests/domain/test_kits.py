"""Sets: a line becomes its parts, money to the cent, refunds by sets, and independent kits travel whole."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import bundles, intake, kits
from domain.bundles import RecipeRow
from domain.catalog import Bundle, Part
from domain.errors import NoSuchLine, NotAllowed, Stale, TooManyUnits
from domain.holds import HoldCode, open_codes
from domain.incoming import IncomingLine, IncomingRefund, RefundState
from domain.interception import typed
from domain.money import apportion
from domain.orders import Kit, Line, Order, OrderStatus
from domain.parcels import ParcelState, StopKind, StopState
from domain.people import Role, Station
from domain.policy import Policy
from domain.policy_sections import Screening, Split
from domain.splitting import boxes, from_places, items_of, shares
from domain.worth import worth
from tests import factory
from tests.domain.house import SCAN, House
from tests.domain.test_screening import CATALOG
from tests.domain.test_splitting import GOODS
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


def test_the_floor_of_a_price_is_the_sets_and_not_its_parts() -> None:
    """A cup costs 12.00, a tea 18.00: 42.00 of goods may go for 42.00, whatever the single prices say."""
    skus = {sku.code: sku for sku in factory.SKUS}
    bundle = Bundle("TEASET", "", (Part("CUP-01", 2), Part("TEA-01", 1)), version=1)
    catalog = replace(CATALOG, skus=skus, bundles={"TEASET": bundle})
    policy = Policy(screening=Screening(price_floor_percent=100))

    def found(amount: int) -> list[dict[str, str]]:
        line = Line(1, "L", "", "", "TEASET", 2, amount // 2, amount)
        order = kits.matched(replace(BASE, lines=(line,), paid=amount), catalog)
        return [dict(one.evidence) for one in worth(order, policy, catalog) if one.code is HoldCode.PRICE_LOW]

    assert found(8400) == []
    assert found(8300) == [{"sku": "TEASET", "price": "4150", "floor": "4200", "currency": "CNY"}]


KIT_LINES = st.lists(
    st.tuples(
        st.booleans(), st.integers(1, 4), st.integers(0, 5000), st.lists(st.integers(1, 3), min_size=1, max_size=3)
    ),
    min_size=1,
    max_size=4,
)


def made(told: list[tuple[bool, int, int, list[int]]], paid: int, *, whole: bool = False) -> tuple[Order, Order]:
    """An order as it is bought, and exploded; its sets' parts are the first skus."""
    lines, known = [], {}
    for number, (is_set, units, amount, recipe) in enumerate(told, 1):
        code = f"SET{number}" if is_set else f"S{number % 3}"
        if is_set:
            known[code] = Bundle(code, "", tuple(Part(f"S{at}", per) for at, per in enumerate(recipe)), whole, 1)
        lines.append(Line(number, f"L{number}", "", "", code, units, amount, amount))
    catalog = replace(CATALOG, skus=GOODS.skus, bundles=known)
    order = replace(BASE, lines=tuple(lines), paid=paid)
    return order, kits.matched(order, catalog)


BASE = Order(1, 1, CATALOG.shops[1].platform, "T1", "", OrderStatus.REVIEW, "paid", "CNY", None)  # type: ignore[arg-type]  # no time needed


@given(KIT_LINES, st.integers(0, 30_000))
def test_money_and_units_of_sets_sum_up(told: list[tuple[bool, int, int, list[int]]], paid: int) -> None:
    order, after = made(told, paid)
    assert sum(line.amount for line in after.lines) == sum(line.amount for line in order.lines)
    for before, group in zip(order.lines, kits.groups(after.lines), strict=True):
        assert sum(line.amount for line in group) == before.amount
        assert kits.sets(group) == before.quantity
    whole, parted = shares(order), shares(after)
    assert sum(parted.values()) == paid
    for group in kits.groups(after.lines):
        assert sum(parted[line.line_no] for line in group) == whole[group[0].line_no]
    assert [(one.quantity, one.amount) for one in kits.sold(after.lines)] == [
        (one.quantity, one.amount) for one in order.lines
    ]


@given(KIT_LINES, st.integers(0, 30_000), st.data())
def test_taking_sets_out_of_a_line_conserves_it(
    told: list[tuple[bool, int, int, list[int]]], paid: int, data: st.DataObject
) -> None:
    _, order = made(told, paid)
    group = data.draw(st.sampled_from(kits.groups(order.lines)))
    count = data.draw(st.integers(0, kits.sets(group)))
    rest, part = kits.taken(group, count, 77)
    for line, kept, gone in zip(group, rest, part, strict=True):
        assert (kept.quantity + gone.quantity, kept.amount + gone.amount) == (line.quantity, line.amount)
    assert min(line.amount for line in (*rest, *part)) >= 0
    amount = sum(line.amount for line in group)
    assert (sum(line.amount for line in rest), sum(line.amount for line in part)) == apportion(
        amount, [kits.sets(group) - count, count]
    )
    assert kits.sets(tuple(part)) == count
    assert {kits.host(line.line_no) for line in part} == {77}


@given(KIT_LINES, st.integers(0, 30_000), st.integers(300, 4000), st.integers(1, 12))
def test_kits_that_travel_whole_are_in_one_box_each(
    told: list[tuple[bool, int, int, list[int]]], paid: int, most_g: int, most_units: int
) -> None:
    _, order = made(told, paid, whole=True)
    found = boxes(order, items_of(order), GOODS, Split(most_g=most_g, most_units=most_units), 30_000)
    assert sum(item.paid for box in found for item in box.items) == paid
    units = Counter[int]()
    for box in found:
        for item in box.items:
            units[item.line_no] += item.quantity
        for line in order.lines:
            if line.kit:
                mates = [one for one in order.lines if kits.host(one.line_no) == kits.host(line.line_no)]
                counts = {_count(box.items, one) for one in mates}
                assert len(counts) == 1
    assert units == {line.line_no: line.quantity for line in order.lines}


def _count(items: tuple[object, ...], line: Line) -> float:
    assert line.kit is not None
    return sum(item.quantity for item in items if item.line_no == line.line_no) / line.kit.per  # type: ignore[attr-defined]


@given(
    KIT_LINES, st.dictionaries(st.tuples(st.integers(1, 2), st.sampled_from(["S0", "S1", "S2"])), st.integers(0, 20))
)
def test_a_whole_kit_comes_from_one_place_that_has_it(
    told: list[tuple[bool, int, int, list[int]]], free: dict[tuple[int, str], int]
) -> None:
    _, order = made(told, 0, whole=True)
    found = from_places(order, items_of(order), [1, 2], free, GOODS)
    places: dict[int, set[int]] = {}
    for place, items in found:
        wanted = Counter[str]()
        for item in items:
            wanted[item.sku] += item.quantity
            places.setdefault(kits.host(item.line_no), set()).add(place)
        assert all(free.get((place, sku), 0) >= units for sku, units in wanted.items())
    assert all(len(each) == 1 for each in places.values())
    if found:
        assert sum(item.quantity for _, items in found for item in items) == sum(line.quantity for line in order.lines)


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
