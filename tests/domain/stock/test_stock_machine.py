"""The stock room as a Hypothesis machine: documents of every kind and orders at once, and the books agree throughout.

It holds promise 2 of the design where the life machine does not go: two warehouses, bins, transfers, counts, cost.
"""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.desk import Desk
from domain.errors import Refusal
from domain.people.people import Person, Role
from domain.stock import stock_posting, stock_room
from domain.stock.stock import Bucket, Document, Move
from domain.stock.stock_docs import WORKED, DocKind, DocState, StockDoc
from domain.stock.stock_scan import How, Scan
from storage.store import Store
from tests import factory
from tests.filled import filled
from tests.storage.test_stock_properties import books, check

SKU = st.sampled_from(["CUP-01", "TEA-01"])
BINS = st.sampled_from(["A-01", "B-01", "A-09", "IN"])
ALL_SKUS = ("CUP-01", "CUP-02", "TEA-01", "LAMP-01", "TOWEL-01")


class StockRoom(RuleBasedStateMachine):
    """Two warehouses, one person who does everything but approve, and two others who say yes."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store("sqlite:///:memory:", now=lambda: factory.NOW)

    @initialize()
    def open(self) -> None:
        self.cast = filled(self.store, factory.seed)
        self.boss = self.cast.people[Role.OWNER]
        self.places = [warehouse.id for warehouse in self.cast.warehouses]

    def teardown(self) -> None:
        self.store.close()

    def docs(self) -> list[StockDoc]:
        return self.store.read_now(lambda unit: unit.stock_docs.open_of(None, 100))

    def try_(self, command: object, person: Person, *args: object, **more: object) -> None:
        """A refusal is an answer, and has changed nothing."""
        before = self.store.read_now(books)
        try:
            self.store.run_now(command, person.acting(), *args, **more)  # type: ignore[call-overload]  # any command
        except Refusal:
            assert self.store.read_now(books) == before

    @rule(
        kind=st.sampled_from(list(DocKind)),
        place=st.integers(0, 1),
        scope=st.sampled_from(["A", "A-01", "good", "defective", "TEA"]),
    )
    def begin(self, kind: DocKind, place: int, scope: str) -> None:
        here, there = self.places[place], self.places[1 - place]
        to = there if kind is DocKind.TRANSFER else None
        self.try_(stock_room.begin, self.boss, kind, here, to=to, scope=scope, reason="because")

    @rule(sku=SKU, units=st.integers(1, 40), where=BINS, cost=st.sampled_from([None, 0, 777]))
    def scan(self, sku: str, units: int, where: str, cost: int | None) -> None:
        held = self.store.read_now(lambda unit: unit.stock_docs.held_by(self.boss.id))
        if held:
            scans = [Scan(where, new=True), Scan(sku, units, cost=cost)]
            scans = scans[::-1] if held.kind is DocKind.MOVE else scans
            self.try_(stock_room.scan, self.boss, held.id, scans)

    @rule(sku=SKU, units=st.integers(0, 40), how=st.sampled_from([How.SET, How.LESS]))
    def corrects(self, sku: str, units: int, how: How) -> None:
        held = self.store.read_now(lambda unit: unit.stock_docs.held_by(self.boss.id))
        if held:
            self.try_(stock_room.scan, self.boss, held.id, [Scan(sku, units, how=how)])

    @rule()
    def takes_back(self) -> None:
        held = self.store.read_now(lambda unit: unit.stock_docs.held_by(self.boss.id))
        if held:
            self.try_(stock_room.undo, self.boss, held.id)

    @rule(sku=SKU, units=st.integers(1, 20), place=st.integers(0, 1), where=st.sampled_from(["", "A-01", "B-01", "IN"]))
    def leaves(self, sku: str, units: int, place: int, where: str) -> None:
        """A transfer that goes at once, out of any bin or out of a certain one when it has as many."""
        self.begin(DocKind.TRANSFER, place, "")
        held = self.store.read_now(lambda unit: unit.stock_docs.held_by(self.boss.id))
        assert held is not None
        scans = [*([Scan(where, new=True)] if where else []), Scan(sku, units)]
        self.try_(stock_room.scan, self.boss, held.id, scans)
        scanned = self.store.read_now(lambda unit: unit.stock_docs.get(held.id))
        self.try_(stock_posting.finish, self.boss, scanned.id, scanned.revision)

    @rule(which=st.integers(0, 9), off=st.sampled_from([-3, -1, 0, 0, 2]))
    def comes_in(self, which: int, off: int) -> None:
        """A transfer, or one that came with differences, is taken up where it arrives, scanned and finished."""
        there = (DocState.IN_TRANSIT, DocState.WAITING)
        away = [doc for doc in self.docs() if doc.kind is DocKind.TRANSFER and doc.state in there]
        if away:
            doc = away[which % len(away)]
            mine = self.store.run_now(stock_room.take_up, self.boss.acting(), doc.id, doc.revision)
            for line in mine.lines:
                if line.planned - line.done + off > 0:
                    scan = Scan(line.sku, line.planned - line.done + off)
                    mine = self.store.run_now(stock_room.scan, self.boss.acting(), doc.id, [scan])
            self.try_(stock_posting.finish, self.boss, mine.id, mine.revision)

    @rule(which=st.integers(0, 9))
    def finish(self, which: int) -> None:
        worked = [doc for doc in self.docs() if doc.state in WORKED]
        if worked:
            doc = worked[which % len(worked)]
            self.try_(stock_posting.finish, self.boss, doc.id, doc.revision)

    @rule(which=st.integers(0, 9), yes=st.booleans(), second=st.booleans())
    def decide(self, which: int, yes: bool, second: bool) -> None:
        waiting = [doc for doc in self.docs() if doc.state is DocState.WAITING]
        if waiting:
            doc = waiting[which % len(waiting)]
            who = self.cast.people[Role.FINANCE if second else Role.CS_LEAD]
            self.try_(stock_posting.approve if yes else stock_posting.refuse, who, doc.id, doc.revision)

    @rule(sku=SKU, place=st.integers(0, 1), units=st.integers(-30, 30).filter(bool))
    def orders_promise_units(self, sku: str, place: int, units: int) -> None:
        move = Move(self.places[place], sku, Bucket.RESERVED, units, Document.APPROVAL, 1)

        def apply(desk: Desk, actor: object) -> None:
            desk.stock.apply([move], "orders")

        self.try_(apply, self.boss)

    @invariant()
    def the_books_agree(self) -> None:
        self.store.read_now(check)

    @invariant()
    def what_is_on_its_way_is_on_its_documents(self) -> None:
        away: dict[tuple[int, str], int] = {}
        for doc in self.docs():
            for line in doc.lines if doc.kind is DocKind.TRANSFER and doc.state is not DocState.OPEN else ():
                key = (doc.place, line.sku)
                away[key] = away.get(key, 0) + line.planned - line.posted
        levels = self.store.read_now(lambda unit: unit.stock.levels(ALL_SKUS))
        assert {key: level.in_transit for key, level in levels.items() if level.in_transit} == {
            key: units for key, units in away.items() if units
        }


TestStockRoom = StockRoom.TestCase
TestStockRoom.settings = settings(
    max_examples=20,
    derandomize=True,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
