"""What comes back of merged and single parcels: each unit is the business of the order it was sold in."""

from collections.abc import Mapping

import pytest

from domain.errors import Stale
from domain.finance import day_close
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import Role
from domain.records import Event, Grade, ReportRun, Return, ReturnItem, ReturnState, RunState
from domain.stock.stock import Level
from domain.stops import returns
from tests.domain.house import House
from tests.domain.yard import PAIR, Yard
from tests.factory import NOW

STRANGE = "YT0099887766"


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def arrive(yard: Yard, code: str, box: Parcel) -> Return:
    receiver = yard.house.cast.actor(Role.RECEIVER)
    return yard.run(returns.arrive, receiver, code, box.warehouse_id or 0)


def link(yard: Yard, number: str, waybill: str) -> Return:
    return yard.run(returns.link, yard.cs, yard.order(number).id, waybill, "broken")


def told(yard: Yard, number: str) -> list[tuple[str, Mapping[str, object]]]:
    """What the order's history says of returns, the oldest first."""
    order_id = yard.order(number).id
    events: list[Event] = yard.house.store.read_now(lambda desk: desk.history("order", order_id))
    return [(event.verb, event.data) for event in reversed(events) if event.verb.startswith("return_")]


def levels(yard: Yard, box: Parcel) -> dict[str, tuple[int, int]]:
    found: Mapping[tuple[int, str], Level] = yard.house.store.read_now(lambda desk: desk.stock.levels())
    place = box.warehouse_id or 0
    return {sku: (found[place, sku].good, found[place, sku].defective) for sku in ("CUP-01", "TEA-01")}


def of_order(yard: Yard, number: str) -> tuple[Return, ...]:
    order_id = yard.order(number).id
    return yard.house.store.read_now(lambda desk: desk.returns.of_order(order_id))


def test_a_merged_parcel_that_comes_back_is_credited_to_each_order(yard: Yard) -> None:
    box = yard.bring(ParcelState.HANDED_OVER)
    first, second = (yard.order(number).id for number in PAIR)
    before = levels(yard, box)
    back = arrive(yard, box.waybill, box)
    cups, tea = (item.title for item in box.live_items)
    assert back.items == (ReturnItem(1, "CUP-01", cups, 2, first, 1), ReturnItem(2, "TEA-01", tea, 1, second, 1))
    assert (back.parcel_id, back.order_ids) == (box.id, (first, second))
    receiver = yard.house.cast.actor(Role.RECEIVER)
    back = yard.run(returns.grade, receiver, back.id, back.revision, 1, Grade.GOOD)
    back = yard.run(returns.grade, receiver, back.id, back.revision, 1, Grade.MISSING)
    assert [verb for verb, _ in told(yard, "1")] == ["return_arrived"]
    back = yard.run(returns.grade, receiver, back.id, back.revision, 2, Grade.DEFECTIVE)
    assert back.state is ReturnState.DONE
    came = ("return_arrived", {"waybill": box.waybill})
    assert told(yard, "1") == [came, ("return_done", {"waybill": box.waybill, "good": "1", "missing": "1"})]
    assert told(yard, "2") == [came, ("return_done", {"waybill": box.waybill, "defective": "1"})]
    after = {sku: (good, bad) for sku, (good, bad) in before.items()}
    after["CUP-01"], after["TEA-01"] = (before["CUP-01"][0] + 1, 0), (before["TEA-01"][0], 1)
    assert levels(yard, box) == after
    assert of_order(yard, "1") == of_order(yard, "2") == (back,)


def test_the_report_names_each_units_order(yard: Yard) -> None:
    box = yard.bring(ParcelState.HANDED_OVER)
    arrive(yard, box.waybill, box)
    day = yard.run(day_close.today)
    run = ReportRun(1, day, 1, RunState.RUNNING, 1, NOW)
    rows = yard.house.store.read_now(day_close.collect, run).returns
    assert [(row.order_number, row.sku, row.expected) for row in rows] == [("1", "CUP-01", 2), ("2", "TEA-01", 1)]


def test_a_member_that_sends_its_own_goods_back_is_expected_alone(yard: Yard) -> None:
    yard.bring(ParcelState.HANDED_OVER)
    second = yard.order("2").id
    back = link(yard, "2", STRANGE)
    assert [(item.sku, item.expected, item.order_id) for item in back.items] == [("TEA-01", 1, second)]
    assert (told(yard, "1"), told(yard, "2")) == ([], [("return_linked", {"waybill": STRANGE})])
    assert of_order(yard, "1") == ()


def test_announced_under_our_own_number_the_whole_parcel_is_expected_once(yard: Yard) -> None:
    box = yard.bring(ParcelState.HANDED_OVER)
    back = link(yard, "2", box.waybill)
    assert [item.sku for item in back.items] == ["CUP-01", "TEA-01"]
    assert (back.order_id, back.parcel_id, back.reason) == (yard.order("2").id, box.id, "broken")
    assert link(yard, "1", box.waybill) == link(yard, "1", box.number) == back
    assert arrive(yard, box.number, box).id == back.id
    assert [verb for verb, _ in told(yard, "1")] == ["return_linked", "return_arrived"]


def test_a_return_of_one_order_is_not_given_to_another(yard: Yard) -> None:
    yard.bring(ParcelState.HANDED_OVER)
    back = link(yard, "2", STRANGE)
    with pytest.raises(Stale):
        link(yard, "1", STRANGE)
    assert of_order(yard, "2") == (back,)
    assert told(yard, "1") == []
