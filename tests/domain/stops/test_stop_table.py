"""The table of rules.md B7 as a test: every stage, full and partial, and each withdrawn again."""

from dataclasses import dataclass

import pytest

from domain.errors import NotSeen, ParcelStopped
from domain.floor import release
from domain.floor.parcels import OPEN_STOPS, ParcelState, Stage, StopKind, StopState
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, PlatformState, RefundState
from domain.orders import corrections
from domain.orders.orders import OrderStatus
from domain.people.people import SHOP, Role, Station
from domain.review.holds import HoldCode, open_codes
from domain.stops import pulls
from domain.stops.stop_desk import Reply, Verdict
from tests import factory
from tests.domain.house import PAID, SCAN, House

BOTH = {"CUP-01": 2, "TEA-01": 1}
NONE = {"CUP-01": 0, "TEA-01": 0}
WAIT, SUCCESS, SHIPPED, UNKNOWN = Verdict.WAIT, Verdict.SUCCESS, Verdict.SHIPPED, Verdict.NOT_SYNCED
IN_HAND = (Stage.PICKED, Stage.PACKED, Stage.WEIGHED, Stage.DOCK)


@dataclass(frozen=True)
class Row:
    """What a full refund (granted) does at a stage: the order at once, what stays claimed, whether a stop is open,
    and the answer at once, after "on it", and after the second scan ('' = there is no such step)."""

    stage: Stage
    order: OrderStatus
    claimed: dict[str, int]
    stop: StopState | None
    at_once: Verdict
    after_ack: Verdict | None = None
    after_pull: Verdict | None = None


TABLE = (
    Row(Stage.NOT_SYNCED, OrderStatus.CANCELLED, NONE, None, SUCCESS),
    Row(Stage.REVIEW, OrderStatus.CANCELLED, NONE, None, SUCCESS),
    Row(Stage.APPROVED, OrderStatus.CANCELLED, NONE, None, SUCCESS),
    Row(Stage.PRINTED, OrderStatus.PUT_BACK, BOTH, StopState.OPEN, SUCCESS, SUCCESS),
    Row(Stage.PICKING, OrderStatus.PUT_BACK, BOTH, StopState.OPEN, WAIT, SUCCESS),
    Row(Stage.PICKED, OrderStatus.PUT_BACK, BOTH, StopState.OPEN, WAIT, SUCCESS, SUCCESS),
    Row(Stage.PACKED, OrderStatus.PUT_BACK, BOTH, StopState.OPEN, WAIT, SUCCESS, SUCCESS),
    Row(Stage.WEIGHED, OrderStatus.PUT_BACK, BOTH, StopState.OPEN, WAIT, WAIT, SUCCESS),
    Row(Stage.DOCK, OrderStatus.PUT_BACK, BOTH, StopState.OPEN, WAIT, WAIT, SUCCESS),
    Row(Stage.IN_TRANSIT, OrderStatus.SHIPPED, NONE, StopState.TOO_LATE, SHIPPED),
    Row(Stage.DELIVERED, OrderStatus.SHIPPED, NONE, StopState.TOO_LATE, SHIPPED),
)
STAGES = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.stage.name)
IN_HOUSE = pytest.mark.parametrize("row", TABLE[3:9], ids=lambda row: row.stage.name)


def bring(house: House, stage: Stage) -> None:
    """The order up to the stage."""
    if stage is Stage.NOT_SYNCED:
        return
    if stage is Stage.REVIEW:
        house.receive()
    elif stage is Stage.APPROVED:
        house.receive()
        house.approve()
    elif stage is Stage.PRINTED:
        house.bring_to(ParcelState.READY)
        house.run(release.wave_now, house.cast.actor(Role.DISPATCHER), house.parcel.warehouse_id or 0)
    elif stage is Stage.DOCK:
        house.to_the_dock()
    elif stage is Stage.DELIVERED:
        house.bring_to(ParcelState.HANDED_OVER)
        house.receive(state=PlatformState.DONE)
    else:
        house.bring_to(ParcelState(stage))


def tell(house: House, state: RefundState, amount: int = PAID, *skus: str) -> bool:
    """The platform tells refund 77, and waits for an answer."""
    told = IncomingRefund("77", state, amount, tuple(f"L-{sku}" for sku in skus), at=house.clock[0])
    return house.run(intake.refund_told, SHOP, house.cast.shops[0].id, "1001", told)


def reply(house: House) -> Reply:
    shop = house.cast.shops[0].id
    return house.store.read_now(lambda desk: desk.replies.of(shop, ["77"]))["77"]


def ack(house: House) -> None:
    stop = house.stops[-1]
    house.run(pulls.acknowledge, house.cast.actor(Role.PICKER), stop.id, stop.revision)


def refund_at(house: House, row: Row, *lines: str, amount: int = PAID) -> None:
    bring(house, row.stage)
    known = tell(house, RefundState.SUCCESS, amount, *lines)
    assert known == (row.stage is not Stage.NOT_SYNCED)
    if not known:
        assert (reply(house).verdict, reply(house).order_id) == (UNKNOWN, None)
        house.receive()


@STAGES
def test_a_full_refund(house: House, row: Row) -> None:
    refund_at(house, row)
    assert house.order.status is row.order
    assert house.reserved() == row.claimed
    assert reply(house).verdict is row.at_once
    open_or_late = [(stop.state, stop.stage) for stop in house.stops] if house.parcels else []
    assert open_or_late == ([(row.stop, row.stage)] if row.stop else [])
    if row.stop is not StopState.OPEN:
        return
    for station in SCAN.values():
        assert isinstance(house.scan(station, 800).refusal, ParcelStopped)
    ack(house)
    assert reply(house).verdict is row.after_ack
    if row.after_pull:
        assert house.pull().state is StopState.PULLED
        assert reply(house).verdict is row.after_pull
    assert house.reserved() == BOTH
    assert house.scan(Station.PUT_BACK).ok
    assert (house.order.status, house.parcel.state) == (OrderStatus.CANCELLED, ParcelState.CANCELLED)
    assert house.reserved() == NONE
    assert reply(house).verdict is SUCCESS


@STAGES
def test_a_partial_refund_drops_its_line_and_keeps_the_parcel(house: House, row: Row) -> None:
    refund_at(house, row, "TEA-01", amount=5900)
    if row.stage in (Stage.IN_TRANSIT, Stage.DELIVERED):
        assert (house.order.status, reply(house).verdict) == (OrderStatus.SHIPPED, SHIPPED)
        return
    assert [line.dropped for line in house.order.lines] == [False, True]
    if row.stop is StopState.OPEN:
        assert house.stops[0].line_nos == (2,)
        assert house.order.status is OrderStatus.RELEASED
        assert house.reserved() == BOTH
        assert house.scan(Station.PUT_BACK).ok
        assert house.reserved() == {"CUP-01": 2, "TEA-01": 0}
        assert not house.parcel.blocked
    else:
        assert house.order.status is OrderStatus.REVIEW
        assert house.reserved() == NONE
    live = [parcel for parcel in house.parcels if parcel.state is not ParcelState.CANCELLED]
    assert [[item.sku for item in parcel.live_items] for parcel in live] == [["CUP-01"]]
    assert reply(house).verdict is SUCCESS


@STAGES
@pytest.mark.parametrize("lines", [(), ("TEA-01",)], ids=["full", "partial"])
def test_a_request_withdrawn_before_anybody_moved(house: House, row: Row, lines: tuple[str, ...]) -> None:
    bring(house, row.stage)
    before = house.order if row.stage is not Stage.NOT_SYNCED else None
    tell(house, RefundState.REQUESTED, 5900 if lines else PAID, *lines)
    tell(house, RefundState.CANCELLED, 5900 if lines else PAID, *lines)
    if before is None:
        house.receive()
    order = house.order
    unapproved = row.stage in (Stage.NOT_SYNCED, Stage.APPROVED)
    there = OrderStatus.RELEASED if row.stage is Stage.DOCK else before and before.status
    assert order.status is (OrderStatus.REVIEW if unapproved or before is None else there)
    assert (order.held, order.refunded, [line.dropped for line in order.lines]) == (False, 0, [False, False])
    assert [stop.state for stop in house.stops if stop.state in OPEN_STOPS] == []
    assert not house.parcel.blocked
    if row.stop is StopState.OPEN:
        assert house.reserved() == BOTH


@IN_HOUSE
@pytest.mark.parametrize("lines", [(), ("TEA-01",)], ids=["full", "partial"])
def test_withdrawn_half_way_through_a_put_back(house: House, row: Row, lines: tuple[str, ...]) -> None:
    """The parcel lies on the stop shelf, its goods are not on theirs: nothing was freed, it goes on."""
    refund_at(house, row, *lines, amount=5900 if lines else PAID)
    pulled = house.pull()
    tell(house, RefundState.CANCELLED, 5900 if lines else PAID, *lines)
    assert house.reserved() == BOTH
    assert house.stops[0].state is StopState.RELEASED
    assert (house.order.status, reply(house).verdict) == (OrderStatus.RELEASED, Verdict.NONE)
    tasks = [(stop.kind, stop.line_nos) for stop in house.stops if stop.state in OPEN_STOPS]
    assert tasks == ([(StopKind.REPICK, pulled.line_nos)] if lines else [])
    assert house.parcel.blocked == bool(lines)
    if lines:
        assert house.scan(Station.PICK).ok
    assert not house.parcel.blocked


@IN_HOUSE
def test_withdrawn_after_the_put_back(house: House, row: Row) -> None:
    refund_at(house, row)
    assert house.scan(Station.PUT_BACK).ok
    tell(house, RefundState.CANCELLED)
    assert (house.order.status, house.order.held) == (OrderStatus.REVIEW, False)
    assert [parcel.state for parcel in house.parcels] == [ParcelState.CANCELLED, ParcelState.PLANNED]
    assert house.reserved() == NONE


def moves(house: House, who: str) -> None:
    """The buyer wants it elsewhere: the platform tells it, or customer service writes it."""
    elsewhere = factory.receiver(address="文三路 9 号")
    if who == "platform":
        house.receive(receiver=elsewhere)
    else:
        order = house.order
        house.run(corrections.edit_address, house.cast.actor(Role.CS), order.id, order.revision, elsewhere)


WHO_SAYS_SO = pytest.mark.parametrize("who", ["platform", "customer service"])


@WHO_SAYS_SO
@IN_HOUSE
def test_a_new_address_stops_it_the_same_way_and_holds(house: House, row: Row, who: str) -> None:
    bring(house, row.stage)
    moves(house, who)
    (stop,) = house.stops
    assert (stop.kind, stop.state, stop.stage, stop.reason) == (
        StopKind.HOLD,
        StopState.OPEN,
        row.stage,
        HoldCode.ADDR_CHANGED,
    )
    assert house.order.status is OrderStatus.RELEASED
    assert open_codes(house.order.holds) == (HoldCode.ADDR_CHANGED,)
    refused = house.scan(SCAN[ParcelState.PICKED]).refusal
    assert isinstance(refused, ParcelStopped)
    assert (refused.codes, refused.stop_id) == ((HoldCode.ADDR_CHANGED,), stop.id)
    if row.stage is Stage.DOCK:  # nobody knows whether it is still there
        with pytest.raises(NotSeen):
            house.release(HoldCode.ADDR_CHANGED)
    assert not house.scan(Station.PUT_BACK).ok
    house.release(HoldCode.ADDR_CHANGED)
    assert [one.state for one in house.stops] == [StopState.RELEASED]
    assert not house.parcel.blocked
    assert house.reserved() == BOTH


@WHO_SAYS_SO
def test_a_new_address_comes_too_late_for_what_has_left(house: House, who: str) -> None:
    bring(house, Stage.IN_TRANSIT)
    moves(house, who)
    (stop,) = house.stops
    assert (stop.kind, stop.state, stop.stage, stop.reason) == (
        StopKind.HOLD,
        StopState.TOO_LATE,
        Stage.IN_TRANSIT,
        HoldCode.ADDR_CHANGED,
    )
    assert (house.order.status, house.order.held, house.parcel.state) == (
        OrderStatus.SHIPPED,
        False,
        ParcelState.HANDED_OVER,
    )
