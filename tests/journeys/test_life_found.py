"""What the life machine once found, by hand."""

from dataclasses import replace
from datetime import UTC, datetime

from domain.intake import intake
from domain.intake.incoming import IncomingRefund, PlatformState, RefundState
from domain.orders.orders import OrderStatus
from domain.people.people import SHOP, Station
from storage.store import Store
from tests.journeys.life_shop import incoming, seed
from tests.journeys.test_life import Life


def test_an_order_that_closes_with_other_lines_stops_the_whole_box() -> None:
    life = Life()
    life.open_the_shop(on_the_floor=1)
    life.platform_tells(number="T0", cups=0, lids=1, state=PlatformState.CLOSED, note="")
    life.pulled_to_the_stop_shelf(pick=0, then_back=False)
    life.scan(pick=0, station=Station.PUT_BACK, grams=None)
    life.promises_hold()
    order = life.store.read_now(lambda desk: desk.orders.by_number(1, ["T0"])["T0"])
    assert order.status is OrderStatus.CANCELLED
    levels = life.store.read_now(lambda desk: desk.stock.levels())
    assert {sku: level.reserved for (_, sku), level in levels.items()} == {"BAG-1": 0, "CUP": 0, "LID": 0}
    life.teardown()


def test_a_file_that_asks_for_more_is_seen_before_the_box_leaves() -> None:
    """The auditor's way: one line is asked for and put back, then the file asks for the other as well."""
    life = Life()
    life.open_the_shop(on_the_floor=1)
    life.scan(pick=0, station=Station.PICK, grams=None)
    life.the_file_asks_for_more_or_less(number="T0", whats=["LID"])
    life.the_file_asks_for_more_or_less(number="T0", whats=["LID", "CUP"])
    life.pulled_to_the_stop_shelf(pick=0, then_back=True)
    life.whole_way(pick=0)
    life.no_stopped_parcel_moves_on()
    life.promises_hold()
    levels = life.store.read_now(lambda desk: desk.stock.levels())
    assert {sku: level.reserved for (_, sku), level in levels.items()} == {"BAG-1": 0, "CUP": 0, "LID": 0}
    life.teardown()


def test_money_of_a_partial_refund_stays_with_its_lines() -> None:
    """A refund for one line drops that line; what the other costs is untouched."""
    store = Store("sqlite:///:memory:", now=lambda: datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    store.run_now(seed)
    news = incoming("T1", 1, 1, PlatformState.PAID, "", 0)
    store.run_now(intake.receive, SHOP, 1, [news])
    refund = IncomingRefund("R1", RefundState.SUCCESS, 500, ("T1-LID",))
    assert store.run_now(intake.refund_told, SHOP, 1, "T1", refund) is True
    order = store.read_now(lambda desk: desk.orders.by_number(1, ["T1"])["T1"])
    assert [(line.sku, line.dropped, line.refunded) for line in order.lines] == [("CUP", False, 0), ("LID", True, 500)]
    assert (order.refunded, order.status, order.held) == (500, OrderStatus.REVIEW, False)
    assert store.run_now(intake.receive, SHOP, 1, [replace(news, raw="again")]) == {news.number: "unchanged"}
    store.close()
