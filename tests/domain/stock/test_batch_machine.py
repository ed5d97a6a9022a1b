"""Batches as a Hypothesis machine: sold, stopped, put back, returned, graded anew, and no unit changes its batch.

It holds promise 2 of the design per batch: what comes in, leaves and returns is all that changes how many of a batch
there are.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import BatchExpired, BatchNeeded, Refusal
from domain.floor import floor
from domain.floor.parcels import RESERVING, Parcel, ParcelState
from domain.people.people import Role, Station
from domain.records import Grade, ReturnState
from domain.stock import bins, stock_posting, stock_room
from domain.stock.stock import Batch, Bucket, Document, Move
from domain.stock.stock_docs import DocKind, DocState
from domain.stock.stock_scan import Scan
from domain.stops import returns
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.domain.house import SCAN, House
from tests.domain.stock.test_stock_room import batched
from tests.domain.yard import Yard, cups
from tests.filled import filled
from tests.storage.test_stock_properties import books, check

UNTIL = {"A1": date(2026, 12, 1), "B7": date(2027, 3, 1), "B8": date(2027, 9, 1)}
CODE = st.sampled_from(sorted(UNTIL))
STAGES = (ParcelState.IN_WAVE, ParcelState.PICKED, ParcelState.PACKED, *[ParcelState.HANDED_OVER] * 4)
COMES_OR_GOES = {Document.RECEIPT, Document.SHIPMENT, Document.RETURN, Document.COUNT}


class Batches(RuleBasedStateMachine):
    """Cups of three batches in two warehouses; A1 is too old to be sent, and expired later on."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = [factory.NOW]
        self.store = Store("sqlite:///:memory:", now=lambda: self.clock[0], pause=lambda _attempt: None)
        self.sold = 0
        self.came: Counter[str] = Counter()

    @initialize()
    def open(self) -> None:
        self.house = House(self.store, filled(self.store, factory.seed), self.clock)
        self.yard, self.here = Yard(self.house), self.house.cast.warehouses[0].id
        self.boss = self.house.cast.actor(Role.OWNER)
        self.house.run(batched)
        gone = [Move(w.id, "CUP-01", Bucket.GOOD, -100, Document.ADJUST, 1) for w in self.house.cast.warehouses]
        self.house.run(lambda unit: unit.stock.apply(gone, "anna"))
        for code in UNTIL:
            self.goods_in(code, 4)
        for units in (3, 2, 1):
            self.sell(units, ParcelState.HANDED_OVER)

    def teardown(self) -> None:
        self.store.close()

    def refused(self, command: Callable[[], object]) -> type[Refusal] | None:
        """What it was refused with, having changed nothing; None when it was done."""
        before = self.store.read_now(books)
        try:
            command()
        except Refusal as refusal:
            assert self.store.read_now(books) == before
            return type(refusal)
        return None

    @rule(code=CODE, units=st.integers(1, 6))
    def goods_in(self, code: str, units: int) -> None:
        self.document(DocKind.RECEIPT, Scan("CUP-01", units, code, UNTIL[code]))
        self.came[code] += units

    def document(self, kind: DocKind, scan: Scan, scope: str = "") -> None:
        run, boss = self.house.run, self.boss
        doc = run(lambda unit: stock_room.begin(unit, boss, kind, self.here, scope=scope, reason="because"))
        doc = run(stock_room.scan, boss, doc.id, [scan])
        doc = run(stock_posting.finish, boss, doc.id, doc.revision)
        if kind is DocKind.REGRADE:
            run(stock_posting.approve, self.house.cast.actor(Role.CS_LEAD), doc.id, doc.revision)

    @rule(units=st.integers(1, 4), stage=st.sampled_from(STAGES))
    def sell(self, units: int, stage: ParcelState) -> None:
        """An order, as far as it goes: its goods may be too few, or too old by now."""
        self.sold += 1
        number = str(self.sold)
        line = (factory.incoming_line("CUP-01", units),)
        self.yard.receive(replace(cups(number, lines=line), buyer_id=number))
        if self.refused(lambda: self.yard.approve(number)):
            return
        self.yard.wave(number)
        for step, station in SCAN.items():
            if stage is ParcelState.IN_WAVE or not self.yard.scan(station, self.yard.box(number)).ok or step is stage:
                break
            if step is ParcelState.PICKED:
                self.check(self.yard.box(number))

    def check(self, box: Parcel) -> None:
        """Every cup of the box with the batch the books have in it."""
        mine = [p for p in self.store.read_now(lambda unit: unit.stock.places(["CUP-01"])) if p.bin == box.number]
        codes = [box.waybill, *(code for p in mine for _ in range(p.units) for code in ("CUP-01", p.batch))]
        packer = self.house.cast.actor(Role.PACKER)
        self.house.run(floor.scan, packer, [(code, None) for code in codes], station=Station.CHECK)
        assert self.boxes(ParcelState.CHECKED) == [self.store.read_now(lambda unit: unit.parcels.get(box.id))]

    def boxes(self, *states: ParcelState) -> list[Parcel]:
        found = self.store.read_now(lambda unit: unit.parcels.many(range(1, 99)))
        return [box for _, box in sorted(found.items()) if box.state in states]

    @rule(which=st.integers(0, 9))
    def stop(self, which: int) -> None:
        """The buyer wants the money back while the box is in the house: its goods go home."""
        boxes = self.boxes(ParcelState.IN_WAVE, ParcelState.PICKED, ParcelState.PACKED)
        if boxes:
            box = boxes[which % len(boxes)]
            order = self.store.read_now(lambda unit: unit.orders.get(box.order_ids[0]))
            self.yard.refund(order.number, order.paid)
            assert self.yard.scan(Station.PUT_BACK, box).ok

    @rule(which=st.integers(0, 9), verdict=st.sampled_from(list(Grade)), units=st.integers(1, 3), told=st.none() | CODE)
    def comes_back(self, which: int, verdict: Grade, units: int, told: str | None) -> None:
        """Some units are graded; where nobody can tell their batch, nothing was done."""
        boxes = self.boxes(ParcelState.HANDED_OVER)
        if not boxes:
            return
        box = boxes[which % len(boxes)]
        self.refused(lambda: self.house.run(returns.arrive, self.boss, box.waybill, self.here))
        back = self.store.read_now(lambda unit: unit.returns.by_waybill(box.waybill))
        assert back is not None
        if back.state is not ReturnState.ARRIVED:
            return
        lot = Batch("CUP-01", told) if told else None
        why = self.refused(
            lambda: self.house.run(returns.grade, self.boss, back.id, back.revision, 1, verdict, units, lot)
        )
        if why is BatchNeeded:
            assert told is None
            left = [row for row in self.rows() if (row["document"], row["document_id"]) == (Document.SHIPMENT, box.id)]
            assert len({row["batch"] for row in left if row["bucket"] == Bucket.GOOD}) > 1 or verdict is Grade.MISSING

    @rule(code=CODE | st.just(""), units=st.integers(1, 3), scope=st.sampled_from(["good", "defective"]))
    def graded_anew(self, code: str, units: int, scope: str) -> None:
        why = self.refused(lambda: self.document(DocKind.REGRADE, Scan("CUP-01", units, code), scope))
        late = self.clock[0].date() > UNTIL["A1"]
        assert why is not BatchExpired or late

    @rule(which=st.integers(0, 9), missing=st.integers(1, 4))
    def a_count_finds_fewer(self, which: int, missing: int) -> None:
        """Units are gone from one place on the shelves, promised ones too."""
        run, boss, lead = self.house.run, self.boss, self.house.cast.actor(Role.CS_LEAD)
        there = [p for p in run(lambda unit: unit.stock.places(["CUP-01"], self.here)) if not bins.in_box(p.bin)]
        if not there:
            return
        doc = run(lambda unit: stock_room.begin(unit, boss, DocKind.COUNT, self.here, scope="CUP-01"))
        for place, spot in enumerate(there):
            units = spot.units - (missing if place == which % len(there) else 0)
            scans = [Scan(spot.bin or "A-01"), *([Scan("CUP-01", units, spot.batch)] if units > 0 else [])]
            doc = run(stock_room.scan, boss, doc.id, scans)
        doc = run(stock_posting.finish, boss, doc.id, doc.revision)
        assert doc.state is DocState.WAITING
        self.refused(lambda: run(stock_posting.approve, lead, doc.id, doc.revision))

    @rule()
    def a_fortnight_passes(self) -> None:
        self.house.pass_time(14 * 86_400)

    def rows(self) -> list[dict[str, object]]:
        return [dict(row) for row in self.store.read_now(lambda unit: unit.stock.history("CUP-01", 10_000))]

    @invariant()
    def the_books_agree(self) -> None:
        self.store.read_now(check)

    @invariant()
    def every_unit_keeps_its_batch(self) -> None:
        there: Counter[str] = Counter()
        moved: Counter[str] = Counter()
        for row in self.rows():
            if row["bucket"] == Bucket.RESERVED or not row["batch"]:
                assert row["bucket"] == Bucket.RESERVED or row["document"] in (Document.OPENING, Document.ADJUST)
                continue
            code, delta = str(row["batch"]), row["delta"]
            assert isinstance(delta, int)
            there[code] += delta
            moved[code] += delta if row["document"] in COMES_OR_GOES else 0
        assert there == moved
        assert there == self.lying()

    def lying(self) -> Counter[str]:
        """batch -> units on shelves and in boxes, and defective ones."""

        def look(unit: Unit) -> Counter[str]:
            found: Counter[str] = Counter()
            for place in unit.stock.places(["CUP-01"]):
                found[place.batch] += place.units
            for (_, code), units in unit.stock.defects(["CUP-01"], self.here).items():
                assert units > 0
                found[code] += units
            return found

        return self.store.read_now(look)

    @invariant()
    def what_is_promised_is_in_boxes(self) -> None:
        promised: Counter[int | None] = Counter()
        for box in self.boxes(*RESERVING):
            promised[box.warehouse_id] += sum(item.quantity for item in box.live_items)
        levels = self.store.read_now(lambda unit: unit.stock.levels(["CUP-01"]))
        assert {place: level.reserved for (place, _), level in levels.items() if level.reserved} == promised

    @invariant()
    def nothing_expired_became_good(self) -> None:
        for row in self.rows():
            told = (row["document"], row["bucket"]) in {(d, Bucket.GOOD) for d in (Document.RETURN, Document.REGRADE)}
            delta, at = row["delta"], row["at"]
            if told and isinstance(delta, int) and delta > 0:
                assert str(at)[:10] <= UNTIL[str(row["batch"])].isoformat()


TestBatches = Batches.TestCase
TestBatches.settings = settings(
    max_examples=12,
    derandomize=True,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
