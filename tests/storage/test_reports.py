"""Report runs are made once, and the store's sums are its own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.errors import Unknown
from domain.finance.day_report import ControlTotal
from domain.floor.parcels import Item, Parcel, ParcelState, Refund
from domain.orders.orders import Order
from domain.policy.policy_stops import RecallKind
from domain.records import ReportRun, Return, ReturnState, RunState
from domain.stock.stock import Bucket, Document, Move
from domain.stops.stop_desk import Recall, RecallState
from storage.unit import Unit
from tests import factory
from tests.factory import NOW, OPENING
from tests.storage.conftest import Each

DAY = date(2026, 11, 22)
START, END = NOW, NOW + timedelta(hours=1)


def claim(each: Each, *, new: bool = False, by: str = "clock") -> ReportRun | None:
    """A claim now, for a minute."""
    return each.store.run_now(lambda unit: unit.reports.claim(DAY, unit.now, 60, by, new=new))


def finish(each: Each, run: ReportRun, **changes: object) -> bool:
    """The outcome."""
    done = replace(run, state=RunState.DONE, **changes)  # type: ignore[arg-type]  # whatever the test is about
    return each.store.run_now(lambda unit: unit.reports.finish(done))


def claimed(each: Each, *, new: bool = False) -> ReportRun:
    """A claim that must succeed."""
    run = claim(each, new=new)
    assert run is not None
    return run


def test_a_day_is_made_once(each: Each) -> None:
    """While it runs, and after it is done, nobody else gets it."""
    run = claimed(each)
    assert run == ReportRun(run.id, DAY, 1, RunState.RUNNING, 1, NOW + timedelta(seconds=60), asked_by="clock")
    assert claim(each) is None
    assert claim(each, new=True) is None
    assert finish(each, run, passes=9, summary={"paid": "1"}, made_at=NOW)
    assert claim(each) is None
    stored = each.store.read_now(lambda unit: unit.reports.latest(DAY))
    assert stored == replace(run, state=RunState.DONE, passes=9, summary={"paid": "1"}, made_at=NOW)
    assert each.store.read_now(lambda unit: unit.reports.get(run.id)) == stored
    assert not finish(each, run, passes=1)


def test_a_new_version_is_made_only_when_asked_for(each: Each) -> None:
    """The old one stays."""
    first = claimed(each)
    finish(each, first)
    second = claimed(each, new=True)
    assert (second.version, second.attempt) == (2, 1)
    assert claim(each, new=True) is None
    assert each.store.read_now(lambda unit: unit.reports.get(first.id).state) is RunState.DONE


def test_who_lost_the_lease_cannot_finish(each: Each) -> None:
    """The attempt fences; the one who took over finishes."""
    slow = claimed(each)
    each.clock.move(59)
    assert claim(each) is None
    each.clock.move(1)
    quick = claimed(each)
    assert (quick.id, quick.attempt) == (slow.id, 2)
    assert not finish(each, slow, passes=1)
    assert finish(each, quick, passes=2)
    assert each.store.read_now(lambda unit: unit.reports.get(slow.id).passes) == 2


def test_a_failed_run_is_tried_again(each: Each) -> None:
    """As the same version."""
    run = claimed(each)
    each.store.run_now(lambda unit: unit.reports.finish(replace(run, state=RunState.FAILED)))
    again = claimed(each)
    assert (again.id, again.version, again.attempt, again.state) == (run.id, 1, 2, RunState.RUNNING)


def test_an_unknown_run_is_refused(each: Each) -> None:
    """And a day without one answers None."""
    with pytest.raises(Unknown):
        each.store.read_now(lambda unit: unit.reports.get(10**9))
    assert each.store.read_now(lambda unit: unit.reports.latest(DAY)) is None


def order(unit: Unit, each: Each, number: str, **changes: object) -> Order:
    """A stored order."""
    made = factory.order(unit, each.cast.shops[0], number, **changes)
    factory.put(unit, made)
    return made


def test_a_day_holds_what_happened_in_it(each: Each) -> None:
    """From its first moment to before its end."""

    def given(unit: Unit) -> tuple[list[Order], list[Refund], list[Return], list[Parcel]]:
        paid = order(unit, each, "paid", paid_at=START)
        unpaid = order(unit, each, "unpaid", paid_at=None, placed_at=END - timedelta(microseconds=1), paid=0)
        order(unit, each, "later", paid_at=END, placed_at=START)
        order(unit, each, "before", paid_at=None, placed_at=START - timedelta(microseconds=1))
        refund = Refund(0, paid.id, "R", "success", 100, "CNY", START)
        refunds = [unit.refunds.add(replace(refund, external_id=f"R{n}", at=at)) for n, at in enumerate((START, END))]
        arrived = Return(0, "W", ReturnState.ARRIVED, START, order_id=paid.id, arrived_at=START)
        returns = [unit.returns.add(arrived), unit.returns.add(replace(arrived, waybill="X", order_id=None))]
        unit.returns.add(replace(arrived, waybill="Y", arrived_at=END))
        items = (Item(paid.id, 1, "CUP-01", "cup", 2),)
        boxes = [
            Parcel(parcel_id, ParcelState.HANDED_OVER, paid.shop_id, handed_over_at=at, freight=500, items=items)
            for parcel_id, at in zip(unit.parcels.next_ids(2), (START, END), strict=True)
        ]
        unit.parcels.add(boxes)
        return [paid, unpaid], refunds, returns, boxes

    orders, refunds, returns, boxes = each.store.run_now(given)
    assert each.store.read_now(lambda unit: unit.reports.orders(START, END)) == orders
    assert each.store.read_now(lambda unit: unit.reports.refunds(START, END)) == [(refunds[0], orders[0])]
    expected = [(returns[0], {orders[0].id: orders[0]}), (returns[1], {})]
    assert each.store.read_now(lambda unit: unit.reports.returns(START, END)) == expected
    assert each.store.read_now(lambda unit: unit.reports.shipped(START, END)) == [boxes[0]]


def test_control_totals_are_per_currency(each: Each) -> None:
    """Orders without a payment time count by when they were placed; only refunds that succeeded; only good units,
    and stock that came later does not count."""

    def given(unit: Unit) -> None:
        first = order(unit, each, "1", paid=100)
        order(unit, each, "2", paid=50)
        order(unit, each, "3", paid=7, currency="USD")
        order(unit, each, "4", paid=0, paid_at=None)
        for number, state in enumerate(("success", "requested")):
            unit.refunds.add(Refund(0, first.id, f"R{number}", state, 30, "CNY", START))
        items = (Item(first.id, 1, "CUP-01", "cup", 2),)
        box_id, *others = unit.parcels.next_ids(4)
        box = Parcel(box_id, ParcelState.HANDED_OVER, first.shop_id, handed_over_at=START, freight=500, items=items)
        cash = [
            replace(box, id=number, freight=0, handed_over_at=at, collect=due, collect_currency=money)
            for number, at, due, money in zip(
                others, (START, START, END), (99, 1, 7), ("CNY", "USD", "CNY"), strict=True
            )
        ]
        unit.parcels.add([box, *cash])
        courier = each.cast.couriers[0].id
        asked = Recall(
            0, box_id, first.id, first.shop_id, courier, "SF1", RecallKind.SENDER, RecallState.FAILED, START, "a", START
        )
        for at, fee in ((START, 1200), (END - timedelta(seconds=1), 300), (END, 9)):
            unit.recalls.add(replace(asked, opened_at=at, fee=fee))
        here = each.cast.warehouses[0].id
        unit.stock.apply([Move(here, "CUP-01", Bucket.DEFECTIVE, 3, Document.ADJUST, 1)], "anna")

    each.store.run_now(given)
    each.clock.time = END
    late = Move(each.cast.warehouses[0].id, "CUP-01", Bucket.GOOD, 1000, Document.ADJUST, 1)
    each.store.run_now(lambda unit: unit.stock.apply([late], "anna"))
    value = 2 * sum(sku.cost * OPENING[sku.code] for sku in factory.SKUS)
    assert each.store.read_now(lambda unit: unit.reports.controls(START, END)) == (
        ControlTotal("CNY", 3, 150, 1, 30, 3, 500, value, 2, 1500, 1, 99),
        ControlTotal("USD", 1, 7, 0, 0, 0, 0, 0, 0, 0, 1, 1),
    )


def test_ledger_totals_split_before_in_and_out(each: Each) -> None:
    """What came after the end is not in it."""
    here = each.cast.warehouses[0].id

    def move(hours: float, delta: int) -> None:
        each.clock.time = START + timedelta(hours=hours)
        moves = [Move(here, "CUP-01", Bucket.GOOD, delta, Document.ADJUST, 1)]
        each.store.run_now(lambda unit: unit.stock.apply(moves, "anna"))

    for hours, delta in ((1, 5), (1.5, 7), (1.6, -3), (1.9, -1), (2, 50)):
        move(hours, delta)
    first, last = START + timedelta(hours=1), START + timedelta(hours=2)
    totals = each.store.read_now(lambda unit: unit.reports.ledger_totals(first, last))
    assert totals[here, "CUP-01", "good"] == (100, 12, -4, 8 * 1200)
    assert totals[here, "TEA-01", "good"] == (30, 0, 0, 0)


def test_sales_by_day_of_the_zone(each: Each) -> None:
    """A day begins at the zone's midnight, also when the clocks change; unpaid days are missing."""
    autumn = datetime(2026, 11, 1, tzinfo=UTC)

    def given(unit: Unit) -> None:
        # New York leaves summer time on 1 November 2026: that day lasts from 04:00 UTC to 05:00 UTC of the next.
        for number, (hours, paid) in enumerate(((3.9, 1), (4, 2), (28.9, 4), (29, 8), (52.9, 16), (53, 32))):
            order(unit, each, f"{number}", paid_at=autumn + timedelta(hours=hours), paid=paid)
        order(unit, each, "usd", paid_at=autumn + timedelta(hours=5), paid=64, currency="USD")

    each.store.run_now(given)
    start, end = autumn - timedelta(days=2), autumn + timedelta(hours=53)
    sales = each.store.read_now(lambda unit: unit.reports.daily_sales(start, end, "America/New_York"))
    assert sales == {
        (date(2026, 10, 31), "CNY"): 1,
        (date(2026, 11, 1), "CNY"): 6,
        (date(2026, 11, 1), "USD"): 64,
        (date(2026, 11, 2), "CNY"): 24,
    }
