"""The part of the life machine that is about stops and papers: second scans, torn sheets, moves, recalls, answers."""

from collections.abc import Callable
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from domain.desk import Desk
from domain.errors import Refusal
from domain.floor.parcels import Stop
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.orders import boxed
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.people.people import SHOP, Actor, ActorKind, Role, Station
from domain.policy.policy_stops import RecallKind
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.stops import interception, pulls, recalls, replies, stopping
from domain.stops.stop_desk import RecallState
from storage.store import Store
from tests.journeys.promises import ALL, stopped

BOSS = Actor(ActorKind.PERSON, "boss", None, frozenset(Role))
NUMBERS = st.sampled_from(ALL)


def pull(desk: Desk, actor: Actor, code: str) -> None:
    """A parcel's code, then the stop shelf's."""
    parcel = desk.parcels.by_waybill(code)
    assert parcel is not None
    pulls.pull(desk, actor, parcel, 1)


def _apart(desk: Desk, order_id: int) -> list[boxed.Gap]:
    """What an order wants beside what lies in its boxes, once nothing stops them."""
    boxes = desk.parcels.of_orders([order_id])[order_id]
    stopped_yet = any(stopping.open_of(desk, box) for box in boxes)
    return [] if stopped_yet else boxed.gaps(desk.orders.get(order_id), boxes, desk.catalog)


class StopLife(RuleBasedStateMachine):
    """What `Life` has to offer is named here; the rules are those of stops."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, tuple[str, ...]] = {}

    @rule(number=NUMBERS, whats=st.lists(st.sampled_from(["CUP", "LID"]), unique=True))
    def the_file_asks_for_more_or_less(self, number: str, whats: list[str]) -> None:
        """An export tells all that is asked for under one number and with no amount, whatever it comes to be about."""
        order = self.store.read_now(lambda desk: desk.orders.by_number(1, [number])).get(number)
        if order is None:
            return
        there = [line.external_id for line in order.lines]
        asked = tuple(line_id for line_id in (f"{number}-{what}" for what in whats) if line_id in there)
        state = RefundState.REQUESTED if asked else RefundState.CANCELLED
        news = IncomingRefund(f"{number}:file:open", state, 0, asked)
        self.store.run_now(intake.refund_told, SHOP, 1, number, news)
        self.asked[number] = asked

    @rule(number=NUMBERS, line_no=st.integers(1, 4), units=st.integers(0, 2))
    def customer_service_takes_a_part_out(self, number: str, line_no: int, units: int) -> None:
        order = self.store.read_now(lambda desk: desk.orders.by_number(1, [number])).get(number)
        if order is not None:
            self.refusable(interception.typed, BOSS, order.id, "one too many", {line_no: units})

    def asked_for(self, desk: Desk, code: str) -> bool:
        """Whether goods the last file asked for are in this box."""
        box = desk.parcels.by_waybill(code)
        assert box is not None
        orders = desk.orders.many(box.live_orders)
        ids = {(o.id, line.line_no): line.external_id for o in orders.values() for line in o.lines}
        found = {ids.get((item.order_id, item.line_no), "") for item in box.live_items}
        return any(not found.isdisjoint(self.asked.get(order.number, ())) for order in orders.values())

    def waybills(self) -> list[str]:
        """Every parcel's."""
        raise NotImplementedError

    def scan_at(self, code: str, station: Station, grams: int | None) -> None:
        """One scan."""
        raise NotImplementedError

    def tap(self, command: Callable[..., object], number: str, *args: object) -> None:
        """A tap on an order's fresh card."""
        raise NotImplementedError

    def told_again(self, number: str, street: str) -> None:
        """The platform tells the order with another street."""
        raise NotImplementedError

    @precondition(lambda self: self.waybills())
    @rule(pick=st.integers(0, 20), paper=st.sampled_from(Paper))
    def papers_are_printed(self, pick: int, paper: Paper) -> None:
        """What is wanted of a wave; nothing of what is stopped."""
        codes = self.waybills()
        code = codes[pick % len(codes)]
        wave_id = self.store.read_now(lambda desk: getattr(desk.parcels.by_waybill(code), "wave_id", None))
        try:
            job = self.store.run_now(printing.print_wave, BOSS, wave_id or 0, paper)
        except Refusal:
            return
        boxes = self.store.read_now(lambda desk: desk.parcels.many([sheet.parcel_id for sheet in job.sheets]))
        for box in boxes.values():
            assert not self.store.read_now(stopped, box.waybill)
            assert not self.store.read_now(printing.standings, [box])[paper][box.id].wanted

    @precondition(lambda self: self.waybills())
    @rule(pick=st.integers(0, 20), then_back=st.booleans())
    def pulled_to_the_stop_shelf(self, pick: int, then_back: bool) -> None:
        """The second scan, and perhaps the goods' way back to their bins."""
        codes = self.waybills()
        code = codes[pick % len(codes)]
        self.refusable(pull, BOSS, code)
        if then_back:
            self.scan_at(code, Station.PUT_BACK, None)

    @precondition(lambda self: self.stops())
    @rule(pick=st.integers(0, 20), answer=st.sampled_from([pulls.acknowledge, pulls.torn]))
    def somebody_answers(self, pick: int, answer: Callable[..., object]) -> None:
        stop = self.stops()[pick % len(self.stops())]
        self.refusable(answer, BOSS, stop.id, stop.revision)

    @rule(number=NUMBERS, street=st.sampled_from(["文三路 2 号", "文三路 3 号"]))
    def buyer_moves(self, number: str, street: str) -> None:
        self.told_again(number, street)

    @rule(number=NUMBERS, code=st.sampled_from([HoldCode.ADDR_CHANGED, HoldCode.GOODS_CHANGED, HoldCode.FREEZE]))
    def hold_is_released(self, number: str, code: HoldCode) -> None:
        self.tap(partial(review.release_hold, sure=True), number, code)

    @rule(number=NUMBERS, cups=st.integers(0, 3), lids=st.integers(0, 2), ready=st.booleans())
    def it_is_repacked(self, number: str, cups: int, lids: int, ready: bool) -> None:
        """Other goods are told, and the boxes become what is ordered now; once the floor is ready they hold just that.
        Nothing (0, 0) is told: then it is about what was told before."""
        if cups + lids:
            self.goods_told(number, cups, lids)
        order = self.store.read_now(lambda desk: desk.orders.by_number(1, [number])).get(number)
        if order is None or HoldCode.GOODS_CHANGED not in open_codes(order.holds):
            return
        try:
            now = (order.id, order.revision, HoldCode.GOODS_CHANGED)
            self.store.run_now(partial(review.release_hold, repack=True), BOSS, *now)
        except Refusal:
            return
        boxes = self.store.read_now(lambda desk: desk.parcels.of_orders([order.id])[order.id])
        for station in (Station.PUT_BACK, Station.PICK) if ready else ():
            for box in boxes:
                if box.waybill:
                    self.scan_at(box.waybill, station, None)
        assert self.store.read_now(_apart, order.id) == [] or not ready

    def goods_told(self, number: str, cups: int, lids: int) -> None:
        """The platform tells the order with other goods."""
        raise NotImplementedError

    @precondition(lambda self: self.waybills())
    @rule(pick=st.integers(0, 20), kind=st.sampled_from(list(RecallKind)))
    def courier_is_asked_for_it(self, pick: int, kind: RecallKind) -> None:
        codes = self.waybills()
        parcel = self.store.read_now(lambda desk: desk.parcels.by_waybill(codes[pick % len(codes)]))
        assert parcel is not None
        self.refusable(recalls.register, BOSS, parcel.id, kind)

    @rule(state=st.sampled_from([RecallState.ASKING, RecallState.ACCEPTED, RecallState.FAILED]), by_hand=st.booleans())
    def courier_says(self, state: RecallState, by_hand: bool) -> None:
        for recall in self.store.read_now(lambda desk: desk.recalls.coming(None, 1)):
            if by_hand:
                self.refusable(recalls.told, BOSS, recall.id, recall.revision, state, "so")
            else:
                self.store.run_now(recalls.answered, [recalls.Word(recall.id, state)])

    @rule(error=st.sampled_from(["", "timeout"]))
    def platforms_hear(self, error: str) -> None:
        due = self.store.read_now(replies.to_say)
        self.store.run_now(replies.received, [(reply, replies.Receipt(reply.id, error)) for reply in due])

    def refusable(self, command: Callable[..., object], *args: object) -> None:
        """Refusals are answers, not failures."""
        try:
            self.store.run_now(command, *args)
        except Refusal:
            return

    def stops(self) -> list[Stop]:
        return self.store.read_now(lambda desk: desk.stops.open_of(None))
