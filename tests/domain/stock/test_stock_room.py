"""The stock room: what a document does to the books, what it refuses, and who must say yes."""

from dataclasses import replace
from datetime import date

import pytest

from domain.errors import BadValue, NotAllowed, NotEnoughStock, SameApprover, Stale, Unknown, WrongStatus
from domain.floor.parcels import ParcelState
from domain.floor.walking import Shelves
from domain.intake.incoming import RefundState
from domain.people.people import Actor, Role, Station
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice, Stock
from domain.records import Grade
from domain.review.holds import HoldCode
from domain.stock import bins, stock_posting, stock_room
from domain.stock.stock import Batch, Bucket, Document, Level, Move
from domain.stock.stock_docs import DocKind, DocState, StockDoc
from domain.stock.stock_scan import Scan
from domain.stops import returns
from storage.unit import Unit
from tests.domain.house import House

BUCKETS = tuple(Bucket)


class Room:
    """The house's stock room, worked by its picker and receiver."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.run = house.run
        self.here, self.there = (warehouse.id for warehouse in house.cast.warehouses)
        self.picker, self.receiver, self.lead, self.finance = (
            house.cast.actor(role) for role in (Role.PICKER, Role.RECEIVER, Role.CS_LEAD, Role.FINANCE)
        )

    def doc(self, kind: DocKind, *scans: Scan, **more: object) -> StockDoc:
        """A document with its scans, by whoever works on that kind."""
        who = self.receiver if kind is DocKind.RECEIPT else self.picker
        made = self.run(lambda unit: stock_room.begin(unit, who, kind, self.here, **more))  # type: ignore[arg-type]  # test shorthand
        return self.run(stock_room.scan, who, made.id, scans) if scans else made

    def finish(self, doc: StockDoc) -> StockDoc:
        who = self.receiver if doc.kind is DocKind.RECEIPT else self.picker
        return self.run(stock_posting.finish, who, doc.id, doc.revision)

    def approve(self, doc: StockDoc) -> StockDoc:
        return self.run(stock_posting.approve, self.lead, doc.id, doc.revision)

    def level(self, sku: str = "CUP-01", place: int | None = None) -> Level:
        where = place or self.here
        levels = self.house.store.read_now(lambda unit: unit.stock.levels([sku]))
        return levels.get((where, sku), Level(where, sku, 0, 0, 0))

    def value(self, bucket: Bucket, sku: str = "CUP-01", place: int | None = None) -> int:
        values = self.house.store.read_now(lambda unit: unit.stock.values([sku]))
        return values.get((place or self.here, sku, bucket.value), 0)

    def places(self, sku: str = "CUP-01") -> dict[tuple[str, str], int]:
        found = self.house.store.read_now(lambda unit: unit.stock.places([sku], self.here))
        return {(place.bin, place.batch): place.units for place in found}

    def books(self) -> object:
        def look(unit: Unit) -> object:
            return unit.stock.levels(), unit.stock.ledger_sums(), unit.stock.places(), unit.stock.values()

        return self.house.store.read_now(look)


@pytest.fixture
def room(house: House) -> Room:
    return Room(house)


def batched(unit: Unit) -> None:
    skus = [replace(sku, traits=frozenset({"batch"})) for sku in unit.catalog.skus.values() if sku.code == "CUP-01"]
    unit.catalog_admin.put_skus(skus)


def test_goods_come_in_at_their_cost_and_the_average_moves(room: Room) -> None:
    done = room.finish(room.doc(DocKind.RECEIPT, Scan("CUP-01", 50, cost=900)))
    assert (done.state, room.level().good) == (DocState.DONE, 150)
    assert room.places() == {("", ""): 100, (bins.RECEIVING, ""): 50}
    assert room.value(Bucket.GOOD) == 100 * 1200 + 50 * 900
    (value,) = room.run(
        lambda unit: unit.stock.apply([Move(room.here, "CUP-01", Bucket.GOOD, -1, Document.ADJUST, 1)], "anna")
    )
    assert value == -1100


def test_a_batch_is_asked_for_where_the_product_wants_one(room: Room) -> None:
    room.run(batched)
    before = room.books()
    doc = room.doc(DocKind.RECEIPT)
    with pytest.raises(BadValue) as refusal:
        room.run(stock_room.scan, room.receiver, doc.id, [Scan("CUP-01", 5)])
    assert (refusal.value.what, room.books()) == ("batch", before)


def test_what_expires_first_is_taken_first_and_too_old_is_not_taken(room: Room) -> None:
    room.run(batched)
    room.run(lambda unit: unit.stock.apply([Move(room.here, "CUP-01", Bucket.GOOD, -100, Document.ADJUST, 1)], "anna"))
    scans = [
        Scan("CUP-01", 5, "LATE", date(2027, 9, 1)),
        Scan("CUP-01", 4, "SOON", date(2027, 1, 15)),
        Scan("CUP-01", 3, "OLD", date(2026, 12, 1)),
    ]
    room.finish(room.doc(DocKind.RECEIPT, *scans))
    found = room.run(lambda unit: Shelves(unit, room.here, ["CUP-01"]).take({"CUP-01": 6}))
    assert [(spot.place.batch, spot.units, spot.expires) for spot in found] == [
        ("SOON", 4, date(2027, 1, 15)),
        ("LATE", 2, date(2027, 9, 1)),
    ]
    assert room.run(bins.stale, ["CUP-01"]) == {(room.here, "CUP-01"): 3}
    with pytest.raises(NotEnoughStock) as refusal:
        room.run(bins.drawn, room.here, {"CUP-01": 10})
    assert (refusal.value.free, refusal.value.asked) == (9, 10)


def test_put_away_moves_units_and_nothing_else(room: Room) -> None:
    doc = room.doc(DocKind.MOVE, Scan("CUP-01", 30), scope="A-01")
    assert room.places() == {("", ""): 100}
    room.run(stock_room.scan, room.picker, doc.id, [Scan("A-09", new=True), Scan("CUP-01", 5), Scan("B-01")])
    assert room.places() == {("", ""): 65, ("A-09", ""): 30, ("B-01", ""): 5}
    assert (room.level().good, room.value(Bucket.GOOD)) == (100, 120_000)


def test_a_picked_unit_lies_in_its_box_and_goes_back_to_its_bin(room: Room) -> None:
    doc = room.doc(DocKind.MOVE, Scan("CUP-01", 99), scope="A-01")
    room.run(stock_room.scan, room.picker, doc.id, [Scan("A-09", new=True)])
    room.house.bring_to(ParcelState.PICKED)
    box = room.house.parcel
    assert room.places() == {("A-09", ""): 98, (box.number, ""): 2}
    assert room.run(bins.home_names, box)["CUP-01"] == "A-09, A-01"
    room.house.refund(RefundState.SUCCESS)
    assert room.house.scan(Station.PUT_BACK).ok
    assert room.places() == {("", ""): 1, ("A-09", ""): 99}


def test_a_transfer_is_nobodys_to_ship_while_it_is_on_its_way(room: Room) -> None:
    sent = room.finish(room.doc(DocKind.TRANSFER, Scan("CUP-01", 10), to=room.there))
    assert (sent.state, room.level().good) == (DocState.IN_TRANSIT, 90)
    assert room.level(place=room.there) == Level(room.there, "CUP-01", 100, 0, 0, 10)
    assert room.level(place=room.there).free == 100
    assert room.value(Bucket.IN_TRANSIT, place=room.there) == 12_000


def test_a_transfers_missing_units_wait_for_a_lead_and_the_rest_is_stock(room: Room) -> None:
    sent = room.finish(room.doc(DocKind.TRANSFER, Scan("CUP-01", 10), to=room.there))
    mine = room.run(stock_room.take_up, room.receiver, sent.id, sent.revision)
    got = room.run(stock_room.scan, room.receiver, mine.id, [Scan("CUP-01", 8)])
    waiting = room.run(stock_posting.finish, room.receiver, got.id, got.revision)
    assert (waiting.state, room.level(place=room.there)) == (
        DocState.WAITING,
        Level(room.there, "CUP-01", 108, 0, 0, 2),
    )
    done = room.approve(waiting)
    assert (done.state, room.level(place=room.there)) == (DocState.DONE, Level(room.there, "CUP-01", 108, 0, 0, 0))
    assert room.value(Bucket.GOOD, place=room.there) == 100 * 1200 + 8 * 1200
    assert room.value(Bucket.IN_TRANSIT, place=room.there) == 0


def test_a_transfer_that_was_sent_back_is_counted_on(room: Room) -> None:
    """Two more are found; nothing is posted twice."""
    sent = room.finish(room.doc(DocKind.TRANSFER, Scan("CUP-01", 10), to=room.there))
    mine = room.run(stock_room.take_up, room.receiver, sent.id, sent.revision)
    got = room.run(stock_room.scan, room.receiver, mine.id, [Scan("CUP-01", 8)])
    waiting = room.run(stock_posting.finish, room.receiver, got.id, got.revision)
    back = room.run(stock_posting.refuse, room.lead, waiting.id, waiting.revision)
    mine = room.run(stock_room.take_up, room.receiver, back.id, back.revision)
    got = room.run(stock_room.scan, room.receiver, mine.id, [Scan("CUP-01", 2)])
    done = room.run(stock_posting.finish, room.receiver, got.id, got.revision)
    assert (done.state, room.level(place=room.there)) == (DocState.DONE, Level(room.there, "CUP-01", 110, 0, 0, 0))


def test_promised_units_do_not_leave_with_a_transfer(room: Room) -> None:
    room.run(lambda unit: unit.stock.apply([Move(room.here, "CUP-01", Bucket.RESERVED, 95, Document.ADJUST, 1)], "a"))
    doc = room.doc(DocKind.TRANSFER, Scan("CUP-01", 6), to=room.there)
    before = room.books()
    with pytest.raises(NotEnoughStock):
        room.finish(doc)
    assert room.books() == before
    assert room.run(lambda unit: unit.stock_docs.get(doc.id)) == doc


def test_a_count_is_held_against_the_books_of_its_moment(room: Room) -> None:
    doc = room.doc(DocKind.COUNT, Scan("A-01"), Scan("CUP-01", 97), scope="A-01")
    waiting = room.finish(doc)
    assert [(line.planned, line.done) for line in waiting.lines] == [(100, 97)]
    room.run(lambda unit: unit.stock.apply([Move(room.here, "CUP-01", Bucket.GOOD, -10, Document.ADJUST, 1)], "anna"))
    room.approve(waiting)
    assert (room.level().good, room.value(Bucket.GOOD)) == (87, 87 * 1200)


def test_what_moved_while_it_was_counted_is_counted_again(room: Room) -> None:
    doc = room.doc(DocKind.COUNT, Scan("A-01"), Scan("CUP-01", 97), scope="A-01")
    room.run(lambda unit: unit.stock.apply([Move(room.here, "CUP-01", Bucket.GOOD, -1, Document.ADJUST, 1)], "anna"))
    again = room.finish(doc)
    assert [(line.again, line.planned, line.done) for line in again.lines] == [(True, 99, 0)]
    assert (again.state, again.holder_id) == (DocState.OPEN, room.picker.person_id)
    counted = room.run(stock_room.scan, room.picker, doc.id, [Scan("CUP-01", 99)])
    assert room.finish(counted).state is DocState.DONE


def test_a_count_of_which_nothing_was_scanned_is_not_done(room: Room) -> None:
    """An empty bin is: somebody stood before it."""
    doc = room.doc(DocKind.COUNT, scope="A-01")
    with pytest.raises(BadValue):
        room.finish(doc)
    stood = room.run(stock_room.scan, room.picker, doc.id, [Scan("A-01")])
    assert room.finish(stood).state is DocState.WAITING


def test_what_is_missing_but_promised_cannot_be_written_off(room: Room) -> None:
    room.run(lambda unit: unit.stock.apply([Move(room.here, "CUP-01", Bucket.RESERVED, 99, Document.ADJUST, 1)], "a"))
    waiting = room.finish(room.doc(DocKind.COUNT, Scan("CUP-01", 97), scope="A-01"))
    before = room.books()
    with pytest.raises(NotEnoughStock) as refusal:
        room.approve(waiting)
    assert (refusal.value.free, refusal.value.asked, room.books()) == (1, 3, before)


def test_from_the_limit_on_two_different_people_approve(room: Room) -> None:
    policy = replace(Policy(), stock=Stock(two_people={"CNY": 12_000, "*": 1}))
    room.run(lambda unit: unit.catalog_admin.put_policy(policy, "boss"))
    waiting = room.finish(room.doc(DocKind.COUNT, Scan("CUP-01", 90), scope="A-01"))
    first = room.approve(waiting)
    assert (first.state, first.first, room.level().good) == (DocState.WAITING, room.lead.name, 100)
    with pytest.raises(SameApprover):
        room.approve(first)
    assert room.level().good == 100
    done = room.run(stock_posting.approve, room.finance, first.id, first.revision)
    assert (done.state, room.level().good) == (DocState.DONE, 90)


def test_below_the_limit_one_is_enough(room: Room) -> None:
    policy = replace(Policy(), stock=Stock(two_people={"CNY": 12_001, "*": 1}))
    room.run(lambda unit: unit.catalog_admin.put_policy(policy, "boss"))
    waiting = room.finish(room.doc(DocKind.COUNT, Scan("CUP-01", 90), scope="A-01"))
    assert room.approve(waiting).state is DocState.DONE


def counts(room: Room, by: Actor, units: int) -> StockDoc:
    """A stock-take of A-01 by this person, scanned and waiting."""
    made = room.run(lambda unit: stock_room.begin(unit, by, DocKind.COUNT, room.here, scope="A-01"))
    made = room.run(stock_room.scan, by, made.id, [Scan("CUP-01", units)])
    return room.run(stock_posting.finish, by, made.id, made.revision)


def small_steps(room: Room, limit: int) -> None:
    """The receiver counts twice: 4 cups missing, then 2 too many, 7200 in all."""
    policy = replace(Policy(), stock=Stock(two_people={"CNY": limit, "*": 1}))
    room.run(lambda unit: unit.catalog_admin.put_policy(policy, "boss"))
    for units in (96, 98):
        assert room.approve(counts(room, room.receiver, units)).state is DocState.DONE


def test_small_counts_of_one_product_in_a_day_are_held_against_the_limit_together(room: Room) -> None:
    small_steps(room, 12_000)
    first = room.approve(counts(room, room.receiver, 94))
    assert (first.state, first.first, room.level().good) == (DocState.WAITING, room.lead.name, 98)
    before = room.books()
    with pytest.raises(SameApprover):
        room.approve(first)
    assert room.books() == before
    done = room.run(stock_posting.approve, room.finance, first.id, first.revision)
    assert (done.state, room.level().good) == (DocState.DONE, 94)


def test_small_counts_under_the_limit_need_one(room: Room) -> None:
    small_steps(room, 12_001)
    assert room.approve(counts(room, room.receiver, 94)).state is DocState.DONE


@pytest.mark.parametrize(("seconds", "state"), [(86_399, DocState.WAITING), (86_400, DocState.DONE)])
def test_a_count_is_forgotten_after_a_day(room: Room, seconds: int, state: DocState) -> None:
    small_steps(room, 12_000)
    room.house.pass_time(seconds)
    assert room.approve(counts(room, room.receiver, 94)).state is state


def test_another_persons_counts_are_not_added(room: Room) -> None:
    small_steps(room, 12_000)
    assert room.approve(counts(room, room.picker, 94)).state is DocState.DONE


def test_good_units_become_defective_at_what_they_have_cost_and_back(room: Room) -> None:
    waiting = room.finish(room.doc(DocKind.REGRADE, Scan("CUP-01", 3), scope="defective", reason="scratched"))
    assert room.level().defective == 0
    room.approve(waiting)
    assert room.level() == Level(room.here, "CUP-01", 97, 0, 3)
    assert (room.value(Bucket.GOOD), room.value(Bucket.DEFECTIVE)) == (97 * 1200, 3600)
    back = room.finish(room.doc(DocKind.REGRADE, Scan("CUP-01", 2), scope="good", reason="polished"))
    room.approve(back)
    assert room.level() == Level(room.here, "CUP-01", 99, 0, 1)
    assert (room.value(Bucket.GOOD), room.value(Bucket.DEFECTIVE)) == (99 * 1200, 1200)
    assert room.places() == {("", ""): 97, (bins.RECEIVING, ""): 2}


def test_rights_and_places_are_asked_for(room: Room) -> None:
    far = replace(room.picker, warehouses=frozenset({room.there}))
    for actor, kind in ((far, DocKind.COUNT), (room.picker, DocKind.RECEIPT), (room.finance, DocKind.MOVE)):
        with pytest.raises(NotAllowed):
            room.run(stock_room.begin, actor, kind, room.here, scope="A-01")
    waiting = room.finish(room.doc(DocKind.COUNT, Scan("CUP-01", 90), scope="A-01"))
    for actor in (room.picker, replace(room.lead, warehouses=frozenset({room.there}))):
        with pytest.raises(NotAllowed):
            room.run(stock_posting.approve, actor, waiting.id, waiting.revision)
    with pytest.raises(Stale):
        room.run(stock_posting.approve, room.lead, waiting.id, waiting.revision - 1)
    assert room.level().good == 100
    assert room.run(lambda unit: unit.stock_docs.open_of(None, 9)) == [waiting]


def test_only_who_holds_it_scans_for_it_and_another_one_is_laid_aside(room: Room) -> None:
    first = room.doc(DocKind.COUNT, scope="A-01")
    second = room.doc(DocKind.COUNT, scope="B-01")
    aside = room.run(lambda unit: unit.stock_docs.get(first.id))
    assert (aside.holder_id, second.holder_id) == (None, room.picker.person_id)
    with pytest.raises(WrongStatus):
        room.run(stock_room.scan, room.picker, first.id, [Scan("CUP-01", 1)])
    assert room.run(lambda unit: unit.stock_docs.get(first.id)) == aside


def test_a_scan_is_carried_out_whole_or_not_at_all(room: Room) -> None:
    doc = room.doc(DocKind.TRANSFER, to=room.there)
    with pytest.raises(Unknown):
        room.run(stock_room.scan, room.picker, doc.id, [Scan("CUP-01", 5), Scan("4711471147114")])
    assert room.run(lambda unit: unit.stock_docs.get(doc.id)) == doc


def test_a_cancelled_document_has_done_nothing(room: Room) -> None:
    before = room.books()
    doc = room.doc(DocKind.TRANSFER, Scan("CUP-01", 5), to=room.there)
    gone = room.run(stock_posting.cancel, room.picker, doc.id, doc.revision)
    assert (gone.state, room.books()) == (DocState.CANCELLED, before)
    with pytest.raises(WrongStatus):
        room.run(stock_posting.finish, room.picker, gone.id, gone.revision)


def test_an_order_waits_for_a_batch_that_lives_long_enough(room: Room) -> None:
    """Held while all there is expires too soon; the next goods in let it go by themselves."""
    room.run(batched)
    for place in (room.here, room.there):
        room.run(
            lambda unit, place=place: unit.stock.apply(  # type: ignore[misc]  # bound now
                [Move(place, "CUP-01", Bucket.GOOD, -100, Document.ADJUST, 1)], "anna"
            )
        )
    room.finish(room.doc(DocKind.RECEIPT, Scan("CUP-01", 9, "OLD", date(2026, 12, 1))))
    room.house.receive()
    assert [(hold.code, dict(hold.evidence)) for hold in room.house.order.holds if hold.open] == [
        (HoldCode.EXPIRY, {"sku": "CUP-01", "need": "2", "free": "0", "days": "30"})
    ]
    room.finish(room.doc(DocKind.RECEIPT, Scan("CUP-01", 9, "NEW", date(2027, 9, 1))))
    assert [hold.code for hold in room.house.order.holds if hold.open] == []
    room.house.approve()
    assert room.house.reserved()["CUP-01"] == 2


def test_without_the_hold_every_batch_is_sent(room: Room) -> None:
    room.run(batched)
    room.finish(room.doc(DocKind.RECEIPT, Scan("CUP-01", 9, "OLD", date(2026, 12, 1))))
    assert room.run(bins.stale, ["CUP-01"]) == {(room.here, "CUP-01"): 9}
    policy = replace(Policy(), holds={HoldCode.EXPIRY: HoldChoice(on=False)})
    assert room.run(bins.stale, ["CUP-01"], policy) == {}
    room.run(lambda unit: unit.catalog_admin.put_policy(policy, "boss"))
    assert room.run(bins.spots, room.here, ["CUP-01"])["CUP-01"][0].place.batch == "OLD"


def test_a_return_comes_back_at_what_it_cost_when_it_left(room: Room) -> None:
    room.house.bring_to(ParcelState.HANDED_OVER)
    room.finish(room.doc(DocKind.RECEIPT, Scan("CUP-01", 100, cost=2000)))
    before = room.value(Bucket.GOOD)
    back = room.run(returns.arrive, room.receiver, room.house.parcel.waybill, room.here)
    (cup,) = [item for item in back.items if item.sku == "CUP-01"]
    room.run(returns.grade, room.receiver, back.id, back.revision, cup.line_no, Grade.GOOD, 2)
    assert room.value(Bucket.GOOD) - before == 2 * 1200
    assert room.places()[bins.RECEIVING, ""] == 102


def test_a_pick_of_goods_that_are_too_old_is_refused_and_writes_nothing(room: Room) -> None:
    """They grew too old between approval and pick."""
    room.run(batched)
    room.run(lambda unit: unit.stock.apply([Move(room.here, "CUP-01", Bucket.GOOD, -100, Document.ADJUST, 1)], "anna"))
    room.finish(room.doc(DocKind.RECEIPT, Scan("CUP-01", 9, "B7", date(2027, 1, 15))))
    room.house.bring_to(ParcelState.IN_WAVE)
    room.run(lambda unit: unit.stock.put_batches([Batch("CUP-01", "B7", date(2026, 12, 1))]))
    before = room.books()
    done = room.house.scan(Station.PICK)
    assert isinstance(done.refusal, NotEnoughStock)
    assert (room.books(), room.house.parcel.state) == (before, ParcelState.IN_WAVE)
