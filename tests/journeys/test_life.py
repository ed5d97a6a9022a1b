"""The order's life as a Hypothesis machine: commands, scans, refunds, crashes and retries in any order.

It holds the promises of the design: 1 (no stopped parcel leaves), 2 (the ledger is the stock, and a stopped
parcel's stock is free only after its put-back), 3 (money), 5 (one winner); and no box goes on under a label, or is
packed with a slip, that says something else than it should.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from domain.desk import Desk
from domain.errors import AlreadyApplied, Refusal, Stale, Unknown
from domain.floor import floor, fulfilment, release, undo_scan
from domain.floor.parcels import Parcel
from domain.intake import intake
from domain.intake.incoming import (
    IncomingRefund,
    PlatformState,
    RefundState,
)
from domain.orders import kits
from domain.orders.catalog import Part
from domain.paper.paper_records import Paper
from domain.people.people import SHOP, Station
from domain.planning import together
from domain.policy.policy_checks import CheckMode
from domain.records import Grade
from domain.review import looking, queue, review, undoing
from domain.review.holds import open_codes
from domain.stops import interception, pulls, returns
from storage.store import Store
from tests.journeys.check_life import check_checks
from tests.journeys.life_shop import HAND, HOME, RECIPES, incoming, recipe, seed
from tests.journeys.owed_life import OwedLife, check_owed
from tests.journeys.promises import ALL, check_orders, check_stock, check_stops, snapshot, stopped, wrong_paper
from tests.journeys.stop_life import BOSS, NUMBERS

STATES = [PlatformState.UNPAID, *[PlatformState.PAID] * 4, PlatformState.CLOSED, PlatformState.SHIPPED]
SCANS = [Station.PICK, Station.CHECK, Station.PACK, Station.WEIGH, Station.HAND_OVER, Station.PUT_BACK]


class Crash(Exception):
    """The process dies in the middle of a command."""


class Life(OwedLife):
    """Six orders, one warehouse, everything at once."""

    hand = HAND

    def __init__(self) -> None:
        super().__init__()
        self.clock = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        self.store = Store("sqlite:///:memory:", now=lambda: self.clock)
        self.update_id = 0
        self.shipped_with_stop: list[str] = []
        self.owed: frozenset[int] = frozenset()
        self.sets = False

    @precondition(lambda self: self.sets)
    @rule(parts=st.sampled_from(RECIPES), whole=st.booleans())
    def the_recipe_changes(self, parts: tuple[Part, ...], whole: bool) -> None:
        """What is sold as a set is made up otherwise, or cannot be for a while."""
        self.store.run_now(recipe, parts, whole)

    @initialize(
        on_the_floor=st.integers(0, 3), mode=st.sampled_from(list(CheckMode)), parts=st.booleans(), sets=st.booleans()
    )
    def open_the_shop(
        self, on_the_floor: int, mode: CheckMode = CheckMode.NONE, parts: bool = False, sets: bool = False
    ) -> None:
        self.store.run_now(seed, mode, parts=parts)
        self.sets = sets
        if sets:
            self.store.run_now(recipe, RECIPES[0], whole=False)
        units = 2 if parts else 1
        for number in ALL[:on_the_floor]:
            news = incoming(number, units, units, PlatformState.PAID, "", 0, sets=sets)
            self.store.run_now(intake.receive, SHOP, 1, [news])
            self.tap(review.approve, number)
        self.time_passes(15)
        self.time_passes(40)

    @rule(number=NUMBERS)
    def unmerge(self, number: str) -> None:
        self.tap(together.unmerge, number)

    @rule(number=NUMBERS, other=NUMBERS)
    def merge(self, number: str, other: str) -> None:
        other_id = self.order_id(other)
        if other_id is not None and other != number:
            self.tap(together.merge, number, other_id)

    @rule(number=NUMBERS)
    def next_step(self, number: str) -> None:
        """The order's parcel is scanned where it should be scanned next."""
        order_id = self.order_id(number)
        boxes = self.store.read_now(lambda desk: desk.parcels.of_orders([order_id])) if order_id else {}
        for parcel in boxes.get(order_id or 0, ()):
            station = self.store.read_now(fulfilment.next_station, parcel)
            if station is Station.CHECK:
                self.check_all(parcel.waybill)
            elif station is not None:
                self.scan_at(parcel.waybill, station, parcel.expected_g or 300)

    def teardown(self) -> None:
        self.store.close()

    def order_id(self, number: str) -> int | None:
        found = self.store.read_now(lambda desk: desk.orders.by_number(1, [number]))
        return found[number].id if number in found else None

    def tap(self, command: Callable[..., object], number: str, *args: object) -> None:
        """A tap on a fresh card; refusals are answers, not failures, and the order is looked at anew."""
        order_id = self.order_id(number)
        if order_id is None:
            return
        revision = self.store.read_now(lambda desk: desk.orders.get(order_id).revision)
        try:
            self.store.run_now(command, BOSS, order_id, revision, *args)
        except Refusal:
            self.store.run_now(review.look_anew, order_id)

    @rule(
        number=NUMBERS,
        cups=st.integers(0, 3),
        lids=st.integers(0, 2),
        state=st.sampled_from(STATES),
        note=st.sampled_from(["", "", "发票"]),
        street=st.sampled_from([HOME.address, HOME.address, "新路 2 号"]),
    )
    def platform_tells(
        self, number: str, cups: int, lids: int, state: PlatformState, note: str, street: str = HOME.address
    ) -> None:
        if cups + lids:
            news = incoming(number, cups, lids, state, note, 0, sets=self.sets)
            there = replace(news, receiver=replace(HOME, address=street))
            self.store.run_now(intake.receive, SHOP, 1, [there])

    def told_again(self, number: str, street: str) -> None:
        news = replace(
            incoming(number, 1, 1, PlatformState.PAID, "", 0, sets=self.sets), receiver=replace(HOME, address=street)
        )
        self.store.run_now(intake.receive, SHOP, 1, [news])

    def goods_told(self, number: str, cups: int, lids: int) -> None:
        self.platform_tells(number, cups, lids, PlatformState.PAID, "")

    @rule(
        number=NUMBERS,
        state=st.sampled_from([RefundState.REQUESTED, RefundState.SUCCESS, RefundState.CANCELLED]),
        which=st.sampled_from(["all", "CUP", "LID", "amount"]),
        refund_no=st.integers(1, 2),
        units=st.integers(0, 2),
    )
    def refund(self, number: str, state: RefundState, which: str, refund_no: int, units: int = 0) -> None:
        lines = () if which in ("all", "amount") else (f"{number}-{which}",)
        amount = {"all": 1_000_000, "amount": 100}.get(which, 2900)
        told = (units,) if units and lines else ()
        news = IncomingRefund(f"R{number}-{refund_no}", state, amount, lines, units=told)
        self.store.run_now(intake.refund_told, SHOP, 1, number, news)

    @rule(number=NUMBERS)
    def approve(self, number: str) -> None:
        self.tap(review.approve, number)

    @rule(number=NUMBERS)
    def release_and_approve(self, number: str) -> None:
        self.tap(review.release_and_approve, number)

    @rule(number=NUMBERS)
    def a_lead_has_looked(self, number: str) -> None:
        """Every hold a person may release is released, wherever the order is."""
        order_id = self.order_id(number)
        if order_id is None:
            return
        for code in self.store.read_now(lambda desk: open_codes(desk.orders.get(order_id).holds)):
            self.tap(partial(review.release_hold, sure=True), number, code)

    @rule(number=NUMBERS)
    def the_buyer_moves(self, number: str) -> None:
        """Nothing else changes; the label may be printed, and a lead lets the order go on."""
        order_id = self.order_id(number)
        if order_id is None:
            return
        order = self.store.read_now(lambda desk: desk.orders.get(order_id))
        units = Counter[str]()
        for line in kits.sold(order.lines):
            units[line.title] += line.quantity
        street = "新路 2 号" if order.receiver.address == HOME.address else HOME.address
        cups, lids = units["CUP"], units["LID"]
        self.platform_tells(number, cups, lids, order.platform_state, order.buyer_message, street)
        self.a_lead_has_looked(number)

    @rule(number=NUMBERS)
    def undo(self, number: str) -> None:
        self.tap(undoing.undo, number)

    @rule(number=NUMBERS, seconds=st.sampled_from([0, 0, 60]))
    def hold(self, number: str, seconds: int) -> None:
        until = self.clock + timedelta(seconds=seconds) if seconds else None
        self.tap(partial(review.hold, until=until), number, "wait")

    @rule(number=NUMBERS)
    def reject(self, number: str) -> None:
        self.tap(review.reject, number, "no")

    @rule()
    def approve_all_clean(self) -> None:
        shown = self.store.read_now(queue.clean, BOSS)
        try:
            self.store.run_now(review.approve_clean, BOSS, shown.watermark, shown.checksum)
        except Refusal:
            return

    @rule(number=NUMBERS)
    def customer_service_types_a_refund(self, number: str) -> None:
        order_id = self.order_id(number)
        if order_id is None:
            return
        try:
            self.store.run_now(interception.typed, BOSS, order_id, "changed his mind")
        except Stale:
            return

    @rule(number=NUMBERS)
    def customer_service_takes_it_back(self, number: str) -> None:
        order_id = self.order_id(number)
        if order_id is None:
            return
        try:
            self.store.run_now(interception.withdraw, BOSS, order_id)
        except Unknown:
            return

    @rule(seconds=st.sampled_from([5, 15, 40, 200]))
    def time_passes(self, seconds: int) -> None:
        self.clock += timedelta(seconds=seconds)
        self.store.run_now(release.tick)
        self.store.run_now(pulls.tick)
        self.store.run_now(looking.look_again)

    def waybills(self) -> list[str]:
        def look(desk: Desk) -> list[str]:
            ids = [order.id for order in desk.orders.by_number(1, ALL).values()]
            boxes = desk.parcels.of_orders(ids)
            return sorted({p.waybill for found in boxes.values() for p in found if p.waybill})

        return self.store.read_now(look)

    @precondition(lambda self: self.waybills())
    @rule(pick=st.integers(0, 20), station=st.sampled_from(SCANS), grams=st.sampled_from([None, 0, 360, 660, 100_000]))
    def scan(self, pick: int, station: Station, grams: int | None) -> None:
        codes = self.waybills()
        self.scan_at(codes[pick % len(codes)], station, grams)

    def scan_at(self, code: str, station: Station, grams: int | None) -> None:
        before = self.store.read_now(partial(stopped, code=code, picking=station is Station.PICK))
        old = {paper: self.store.read_now(wrong_paper, code, paper) for paper in Paper}
        asked = self.store.read_now(self.asked_for, code)
        result = self.store.run_now(fulfilment.scan, BOSS, station, code, grams)
        if before and result.ok and station is not Station.PUT_BACK:
            self.shipped_with_stop.append(f"{station} {code}")
        if asked and result.ok and station is Station.HAND_OVER:
            self.shipped_with_stop.append(f"{station} {code} with goods that are asked for")
        if old[Paper.LABEL] and result.ok and station in (Station.PACK, Station.WEIGH, Station.HAND_OVER):
            self.shipped_with_stop.append(f"{station} {code} with an old label")
        if old[Paper.SLIP] and result.ok and station in (Station.CHECK, Station.PACK):
            self.shipped_with_stop.append(f"{station} {code} with an old slip")

    @precondition(lambda self: self.waybills())
    @rule(pick=st.integers(0, 20), seconds=st.sampled_from([0, 30, 61]))
    def scanned_by_mistake(self, pick: int, seconds: int) -> None:
        """The last own scan is taken back: the parcel stands where it stood, or nothing has changed."""
        codes = self.waybills()
        before = self.box(codes[pick % len(codes)])
        station = self.store.read_now(fulfilment.next_station, before)
        if station is None:
            return
        was_stopped = self.store.read_now(partial(stopped, code=before.waybill, picking=station is Station.PICK))
        scans = self.store.run_now(floor.scan, HAND, [(before.waybill, before.expected_g or 300)], station=station)
        if was_stopped and scans.outcomes[0].verdict == "ok":
            self.shipped_with_stop.append(f"{station} {before.waybill}")
        self.clock += timedelta(seconds=seconds)
        after = self.box(before.waybill)
        try:
            self.store.run_now(undo_scan.undo, HAND, before.waybill)
        except Refusal:
            assert self.box(before.waybill) == after
        else:
            undone = self.box(before.waybill)
            assert (undone.state, undone.weight_g, undone.items) == (before.state, before.weight_g, before.items)

    def box(self, code: str) -> Parcel:
        """The parcel as it is now."""
        found = self.store.read_now(lambda desk: desk.parcels.by_waybill(code))
        assert found is not None
        return found

    @precondition(lambda self: self.waybills())
    @rule(pick=st.integers(0, 20))
    def whole_way(self, pick: int) -> None:
        """A parcel that nobody disturbs goes all the way."""
        codes = self.waybills()
        code = codes[pick % len(codes)]
        for station in (Station.PICK, Station.CHECK, Station.PACK, Station.WEIGH, Station.HAND_OVER):
            if station is Station.CHECK:
                self.check_all(code)
                continue
            parcel = self.store.read_now(lambda desk: desk.parcels.by_waybill(code))
            assert parcel is not None
            self.scan_at(code, station, parcel.expected_g or 300)

    @precondition(lambda self: self.waybills())
    @rule(pick=st.integers(0, 20), verdict=st.sampled_from(list(Grade)))
    def comes_back(self, pick: int, verdict: Grade) -> None:
        codes = self.waybills()
        code = codes[pick % len(codes)]
        try:
            parcel = self.store.run_now(returns.arrive, BOSS, code, 1)
            for item in parcel.items:
                parcel = self.store.run_now(
                    returns.grade, BOSS, parcel.id, parcel.revision, item.line_no, verdict, item.expected
                )
        except Refusal:
            return

    @rule(number=NUMBERS)
    def crash_in_mid_command(self, number: str) -> None:
        """Everything a command wrote before the process died is gone."""
        before = self.store.read_now(snapshot)
        order_id = self.order_id(number)

        def dying(desk: Desk) -> None:
            if order_id is not None:
                intake.refund_told(
                    desk, BOSS, 1, number, IncomingRefund("crash", RefundState.SUCCESS, 100, (), "crash", self.clock)
                )
            raise Crash

        with pytest.raises(Crash):
            self.store.run_now(dying)
        assert self.store.read_now(snapshot) == before

    @rule(number=NUMBERS)
    def fed_again_after_a_crash(self, number: str) -> None:
        """The same update twice: the command is carried out once."""
        if self.order_id(number) is None:
            return
        self.update_id += 1
        update = self.update_id
        self.store.run_now(lambda unit: unit.inbox.put(update, 1, "{}", self.clock))
        refund = IncomingRefund(f"once {update}", RefundState.SUCCESS, 100, (), "once", self.clock)
        self.store.run_now(intake.refund_told, BOSS, 1, number, refund, claim=update)
        before = self.store.read_now(snapshot)
        with pytest.raises(AlreadyApplied):
            self.store.run_now(intake.refund_told, BOSS, 1, number, refund, claim=update)
        assert self.store.read_now(snapshot) == before

    @invariant()
    def no_stopped_parcel_moves_on(self) -> None:
        assert self.shipped_with_stop == []

    @invariant()
    def promises_hold(self) -> None:
        self.store.read_now(check_stock)
        self.store.read_now(check_orders)
        self.store.read_now(check_stops)
        self.store.read_now(check_checks)
        self.owed = self.store.read_now(check_owed, self.owed)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=int(os.environ.get("XIAOER_LIVES", "20")),
    derandomize="XIAOER_LIVES" not in os.environ,
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)
