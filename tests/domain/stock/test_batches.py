"""Units that come back, go back or are graded anew stay in their batch; two batches of cups, B7 the older one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.errors import BadValue, BatchExpired, BatchNeeded, NotEnoughStock
from domain.floor.check_records import Check
from domain.floor.check_records import Unit as Scanned
from domain.floor.parcels import Parcel, ParcelState
from domain.intake.incoming import RefundState
from domain.people.people import Actor, Role, Station
from domain.policy.policy_checks import CheckRules
from domain.records import Grade, Return
from domain.stock import bins, stock_posting
from domain.stock.stock import Batch, Bucket, Document, Move
from domain.stock.stock_docs import DocKind
from domain.stock.stock_scan import Scan
from domain.stops import returns
from storage.unit import Unit
from tests.domain.house import House
from tests.domain.stock.test_stock_room import Room, batched
from tests.domain.yard import Yard, cups
from tests.factory import incoming_line

B7, B8 = Batch("CUP-01", "B7", date(2027, 3, 1)), Batch("CUP-01", "B8", date(2027, 9, 1))
DAYS = 100


@pytest.fixture
def room(house: House) -> Room:
    return two_batches(house)


def two_batches(house: House) -> Room:
    """No cups but those of the two batches: one B7, nine B8."""
    made = Room(house)
    house.run(batched)
    house.run(lambda unit: unit.catalog_admin.put_policy(replace(unit.policy, checks=CheckRules(batches=False)), "t"))
    for place in (made.here, made.there):
        gone = Move(place, "CUP-01", Bucket.GOOD, -100, Document.ADJUST, 1)
        house.run(lambda unit, gone=gone: unit.stock.apply([gone], "anna"))  # type: ignore[misc]  # bound now
    made.finish(made.doc(DocKind.RECEIPT, Scan("CUP-01", 1, "B7", B7.expires), Scan("CUP-01", 9, "B8", B8.expires)))
    return made


def receiver(room: Room) -> Actor:
    return room.house.cast.actor(Role.RECEIVER)


def back(room: Room, box: Parcel) -> Return:
    """The parcel comes back under the number it left with."""
    return room.run(returns.arrive, receiver(room), box.waybill, room.here)


def grade(room: Room, parcel: Return, verdict: Grade, units: int = 1, told: Batch | None = None) -> Return:
    now = room.run(lambda unit: unit.returns.get(parcel.id))
    (cup,) = [item for item in now.items if item.sku == "CUP-01"]
    return room.run(returns.grade, receiver(room), now.id, now.revision, cup.line_no, verdict, units, told)


def defects(room: Room) -> dict[str, int]:
    found = room.run(lambda unit: unit.stock.defects(["CUP-01"], room.here))
    return {code: units for (_, code), units in found.items()}


def shelves(room: Room) -> dict[str, int]:
    """batch -> good units outside boxes."""
    found: dict[str, int] = {}
    for (name, code), units in room.places().items():
        if not bins.in_box(name):
            found[code] = found.get(code, 0) + units
    return found


def came_back(room: Room) -> list[tuple[object, ...]]:
    """The ledger rows of the return: bucket, batch, units, value."""
    rows = room.run(lambda unit: unit.stock.history("CUP-01", 50))
    keys = ("bucket", "batch", "delta", "value")
    return [tuple(row[key] for key in keys) for row in reversed(rows) if row["document"] == Document.RETURN]


def told(room: Room, parcel: Return) -> list[object]:
    """What the history says of batches, the oldest first."""
    events = room.run(lambda unit: unit.history("return", parcel.id))
    return [event.data.get("batch") for event in reversed(events) if event.verb == "graded"]


def as_it_was(room: Room, parcel: Return) -> object:
    return room.books(), room.run(lambda unit: unit.returns.get(parcel.id))


def test_all_of_two_batches_come_back_each_in_its_own(room: Room) -> None:
    """Nobody is asked: everything that left is here again."""
    room.house.bring_to(ParcelState.HANDED_OVER)
    assert shelves(room) == {"B8": 8}
    parcel = back(room, room.house.parcel)
    grade(room, parcel, Grade.GOOD, 2)
    assert shelves(room) == {"B7": 1, "B8": 9}
    assert came_back(room) == [("good", "B7", 1, 1200), ("good", "B8", 1, 1200)]
    assert told(room, parcel) == ["B7×1, B8×1"]


def test_one_of_two_batches_is_asked_for_and_the_other_is_clear_then(room: Room) -> None:
    room.house.bring_to(ParcelState.HANDED_OVER)
    parcel = back(room, room.house.parcel)
    before = as_it_was(room, parcel)
    with pytest.raises(BatchNeeded) as refusal:
        grade(room, parcel, Grade.GOOD)
    needed = refusal.value
    assert (needed.sku, needed.units, needed.batches, needed.grade) == ("CUP-01", 1, ("B7", "B8"), "good")
    assert as_it_was(room, parcel) == before
    grade(room, parcel, Grade.DEFECTIVE, told=Batch("CUP-01", " b8 "))
    grade(room, parcel, Grade.GOOD)
    assert (shelves(room), defects(room)) == ({"B7": 1, "B8": 8}, {"B8": 1})


def test_missing_units_have_no_batch(room: Room) -> None:
    room.house.bring_to(ParcelState.HANDED_OVER)
    parcel = back(room, room.house.parcel)
    before = room.books()
    grade(room, parcel, Grade.MISSING, 2)
    assert (room.books(), told(room, parcel)) == (before, [None])


def test_what_came_back_in_one_return_is_not_expected_in_the_next(room: Room) -> None:
    """The buyer sends one cup, then the other, under numbers of their own."""
    room.house.bring_to(ParcelState.HANDED_OVER)
    cs = room.house.cast.actor(Role.CS)
    first, second = (
        room.run(returns.link, cs, room.house.order.id, f"YT000000000{number}", "broken") for number in (1, 2)
    )
    for parcel in (first, second):
        room.run(returns.arrive, receiver(room), parcel.waybill, room.here)
    grade(room, first, Grade.GOOD, told=B7)
    grade(room, second, Grade.GOOD)
    assert shelves(room) == {"B7": 1, "B8": 9}
    before = as_it_was(room, second)
    with pytest.raises(BatchNeeded) as refusal:
        grade(room, second, Grade.GOOD)
    assert (refusal.value.batches, as_it_was(room, second)) == ((), before)


@pytest.mark.parametrize(
    ("said", "what", "want"),
    [
        (Batch("CUP-01", "B9"), "expiry", "batch_expiry"),
        (Batch("CUP-01", "B7", date(2028, 1, 1)), "expiry", "expiry_known"),
        (Batch("CUP-01", "B 7"), "batch", "batch"),
        (Batch("CUP-01", ""), "batch", "batch_expiry"),
    ],
)
def test_a_batch_that_does_not_do_is_refused(room: Room, said: Batch, what: str, want: str) -> None:
    room.house.bring_to(ParcelState.HANDED_OVER)
    parcel = back(room, room.house.parcel)
    before = as_it_was(room, parcel)
    with pytest.raises(BadValue) as refusal:
        grade(room, parcel, Grade.GOOD, told=said)
    assert (refusal.value.what, refusal.value.want, as_it_was(room, parcel)) == (what, want, before)


def test_another_batch_than_any_that_left_is_taken_as_told_with_its_expiry(room: Room) -> None:
    room.house.bring_to(ParcelState.HANDED_OVER)
    parcel = back(room, room.house.parcel)
    grade(room, parcel, Grade.GOOD, told=Batch("CUP-01", "B9", date(2027, 12, 1)))
    assert shelves(room) == {"B8": 8, "B9": 1}
    assert room.run(lambda unit: unit.stock.batches(["CUP-01"]))["CUP-01", "B9"] == date(2027, 12, 1)


@pytest.mark.parametrize(("days", "good"), [(DAYS, True), (DAYS + 1, False)])
def test_what_has_expired_is_not_good_any_more_but_may_be_defective(room: Room, days: int, good: bool) -> None:
    room.house.bring_to(ParcelState.HANDED_OVER)
    parcel = back(room, room.house.parcel)
    ends = room.run(bins.today) + timedelta(days=DAYS)
    room.run(lambda unit: unit.stock.put_batches([replace(B7, expires=ends)]))
    room.house.pass_time(days * 86_400)
    if good:
        grade(room, parcel, Grade.GOOD, told=Batch("CUP-01", "B7"))
        assert shelves(room) == {"B7": 1, "B8": 8}
        return
    before = as_it_was(room, parcel)
    with pytest.raises(BatchExpired) as refusal:
        grade(room, parcel, Grade.GOOD, told=Batch("CUP-01", "B7"))
    assert (refusal.value.batch, refusal.value.expires, as_it_was(room, parcel)) == ("B7", ends, before)
    grade(room, parcel, Grade.DEFECTIVE, told=Batch("CUP-01", "B7"))
    assert (shelves(room), defects(room)) == ({"B8": 8}, {"B7": 1})


def test_what_the_check_scanned_differently_is_asked_for(room: Room) -> None:
    """The picker took another cup than the books say; the checker scanned its batch."""
    room.house.bring_to(ParcelState.HANDED_OVER)
    box = room.house.parcel
    room.run(lambda unit: _scanned(unit, box, "B8", "B8"))
    with pytest.raises(BatchNeeded):
        grade(room, back(room, box), Grade.GOOD, 2)
    assert shelves(room) == {"B8": 8}


def _scanned(unit: Unit, box: Parcel, *codes: str) -> None:
    for code in ("B5", *codes):
        unit.checks.put(Check(box.id, unit.now, None, "eve"))
        unit.checks.add_unit(Scanned(0, box.id, "CUP-01", unit.now, batch=code))


def test_a_put_back_returns_each_unit_to_its_batch_and_bin(room: Room) -> None:
    before = room.places()
    room.house.bring_to(ParcelState.PACKED)
    assert shelves(room) == {"B8": 8}
    room.house.refund(RefundState.SUCCESS)
    room.house.scan(Station.PUT_BACK)
    assert room.places() == before


def test_two_orders_in_one_box_go_back_one_after_the_other(house: House, room: Room) -> None:
    """The first one's way home must not be taken for where the second one's goods came from."""
    before, yard = room.places(), Yard(house)
    one = cups("2", lines=(incoming_line("CUP-01", 1),), goods=3900, total=3900, paid=3900)
    yard.receive(cups("1"), one)
    yard.approve("1")
    yard.wave("1")
    box = yard.box("1")
    yard.walk(box, ParcelState.PICKED)
    for number in ("1", "2"):
        yard.refund(number, yard.order(number).paid)
        assert yard.scan(Station.PUT_BACK, box).ok
    assert room.places() == before


def test_grading_down_and_up_keeps_the_batch(room: Room) -> None:
    down = room.doc(DocKind.REGRADE, Scan("CUP-01", 2, "B8"), scope="defective", reason="scratched")
    room.approve(room.finish(down))
    assert (shelves(room), defects(room)) == ({"B7": 1, "B8": 7}, {"B8": 2})
    up = room.doc(DocKind.REGRADE, Scan("CUP-01", 1), scope="good", reason="polished")
    assert [(line.batch, line.expires) for line in up.lines] == [("B8", B8.expires)]
    room.approve(room.finish(up))
    assert (shelves(room), defects(room)) == ({"B7": 1, "B8": 8}, {"B8": 1})
    rows = room.run(lambda unit: unit.stock.history("CUP-01", 4))
    assert [(row["bucket"], row["batch"], row["delta"], row["value"]) for row in reversed(rows)] == [
        ("good", "B8", -2, -2400),
        ("defective", "B8", 2, 2400),
        ("defective", "B8", -1, -1200),
        ("good", "B8", 1, 1200),
    ]


def test_where_several_batches_lie_a_grading_names_one(room: Room) -> None:
    with pytest.raises(BadValue) as refusal:
        room.doc(DocKind.REGRADE, Scan("CUP-01", 1), scope="defective", reason="scratched")
    assert refusal.value.what == "batch"


def test_no_more_of_a_batch_is_graded_than_there_is(room: Room) -> None:
    doc = room.finish(room.doc(DocKind.REGRADE, Scan("CUP-01", 2, "B7"), scope="defective", reason="scratched"))
    before = room.books()
    with pytest.raises(NotEnoughStock) as refusal:
        room.approve(doc)
    assert (refusal.value.free, refusal.value.asked, room.books()) == (1, 2, before)


def test_defects_of_one_batch_are_not_taken_for_another(room: Room) -> None:
    room.approve(room.finish(room.doc(DocKind.REGRADE, Scan("CUP-01", 2, "B8"), scope="defective", reason="scratched")))
    doc = room.finish(room.doc(DocKind.REGRADE, Scan("CUP-01", 1, "B7"), scope="good", reason="polished"))
    before = room.books(), defects(room)
    with pytest.raises(NotEnoughStock):
        room.approve(doc)
    move = Move(room.here, "CUP-01", Bucket.DEFECTIVE, -1, Document.ADJUST, 1, batch="B7")
    with pytest.raises(NotEnoughStock):
        room.run(lambda unit: unit.stock.apply([move], "anna"))
    assert (room.books(), defects(room)) == before


def test_defects_whose_batch_nobody_told_get_it_when_somebody_reads_it(room: Room) -> None:
    """They came back before batches were asked for."""
    old = Move(room.here, "CUP-01", Bucket.DEFECTIVE, 3, Document.RETURN, 1)
    room.run(lambda unit: unit.stock.apply([old], "anna"))
    with pytest.raises(BadValue) as refusal:
        room.doc(DocKind.REGRADE, Scan("CUP-01", 2), scope="good", reason="polished")
    assert (refusal.value.what, refusal.value.want) == ("batch", "batch_expiry")
    scan = Scan("CUP-01", 2, "B6", date(2027, 6, 1))
    room.approve(room.finish(room.doc(DocKind.REGRADE, scan, scope="good", reason="polished")))
    assert (shelves(room), defects(room)) == ({"B6": 2, "B7": 1, "B8": 9}, {"": 1})


def test_what_expires_while_it_waits_for_its_approval_stays_defective(room: Room) -> None:
    room.approve(room.finish(room.doc(DocKind.REGRADE, Scan("CUP-01", 1, "B7"), scope="defective", reason="dusty")))
    doc = room.finish(room.doc(DocKind.REGRADE, Scan("CUP-01", 1), scope="good", reason="polished"))
    ends = room.run(bins.today)
    room.run(lambda unit: unit.stock.put_batches([replace(B7, expires=ends)]))
    room.house.pass_time(86_400)
    before = room.books()
    with pytest.raises(BatchExpired):
        room.run(stock_posting.approve, room.lead, doc.id, doc.revision)
    assert room.books() == before
    with pytest.raises(BatchExpired):
        room.doc(DocKind.REGRADE, Scan("CUP-01", 1), scope="good", reason="polished")


def test_a_count_that_finds_units_nobody_expects_says_of_which_batch(room: Room) -> None:
    doc = room.doc(DocKind.COUNT, scope="TEA")
    before = room.run(lambda unit: unit.stock_docs.get(doc.id))
    with pytest.raises(BadValue) as refusal:
        room.doc(DocKind.COUNT, Scan("A-09", new=True), Scan("CUP-01", 2), scope="TEA")
    assert (refusal.value.what, refusal.value.want) == ("batch", "batch_expiry")
    assert room.run(lambda unit: unit.stock_docs.get(doc.id)).lines == before.lines
