"""Where waves send people: to units that no other wave is sent to, past the bins as one walks, and the pick follows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotAllowed
from domain.floor import not_there, release, walking, wave_choice
from domain.floor.fulfilment import scan
from domain.floor.parcels import Parcel, Wave
from domain.floor.wave_rules import Per, WaveRule
from domain.orders.catalog import Sku
from domain.people.people import Role, Station
from domain.stock import bins
from domain.stock.stock import Batch, Bucket, Document, Move, relocate
from domain.stops import interception
from storage.unit import Unit
from tests.domain.floor.test_waves_by_rule import Hall, hall
from tests.factory import incoming, incoming_line

__all__ = ["hall"]


def put(hall: Hall, code: str, home: str, *lying: tuple[str, int], batches: tuple[Batch, ...] = ()) -> None:
    """A product with a home bin, and units in bins ('' = at home); with `batches`, those of one each."""

    def run(unit: Unit) -> None:
        traits = frozenset({"batch"}) if batches else frozenset[str]()
        unit.catalog_admin.put_skus([Sku(code, "", code, 100, 100, 200, bin=home, traits=traits)])
        unit.stock.put_batches(batches)
        for place, (name, units) in enumerate(lying):
            batch = batches[place].code if batches else ""
            opening = Move(hall.place, code, Bucket.GOOD, units, Document.OPENING, 0, name, batch)
            unit.stock.apply([opening], "anna")

    hall.store.run_now(run)


def wave(hall: Hall, *orders: tuple[str, dict[str, int]], kind: str = "all") -> tuple[Wave, list[Parcel]]:
    """These orders in a wave made by a tap."""
    hall.orders(*(incoming(n, lines=tuple(incoming_line(s, u) for s, u in goods.items())) for n, goods in orders))
    made = hall.store.run_now(release.wave_now, hall.cast.actor(Role.PICKER), hall.place, kind)
    return made, boxes(hall, made)


def boxes(hall: Hall, made: Wave) -> list[Parcel]:
    return hall.store.read_now(lambda desk: desk.parcels.of_wave(made.id))


def sent(hall: Hall, made: Wave) -> list[tuple[int, str, str, int]]:
    """(slot, bin, batch, units) of a wave's walk as its pick list tells it now."""
    found = boxes(hall, made)
    walks = hall.store.read_now(walking.walk, hall.place, found)
    return [(box.slot, spot.bin, spot.place.batch, spot.units) for box in found for spot in walks[box.id]]


def lying(hall: Hall, code: str) -> dict[str, int]:
    return {place.bin: place.units for place in hall.store.read_now(lambda desk: desk.stock.places([code]))}


def pick(hall: Hall, box: Parcel) -> None:
    done = hall.store.run_now(scan, hall.cast.actor(Role.PICKER), Station.PICK, box.waybill)
    assert done.ok, done.refusal


def test_bins_come_as_they_are_walked_past() -> None:
    names = ["B-1", "A-10", "A-2", "", "A-1-3", "a-1", "A-02", "A-1-12", "IN"]
    told = ["", "a-1", "A-1-3", "A-1-12", "A-02", "A-2", "A-10", "B-1", "IN"]
    assert sorted(names, key=bins.walking_order) == told


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=6)))
def test_any_name_of_a_bin_can_be_sorted(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(names, key=bins.walking_order) == sorted(backwards, key=bins.walking_order)


def test_two_waves_are_not_sent_to_the_same_units(hall: Hall) -> None:
    put(hall, "PEN", "P-01", ("", 3), ("R-09", 20))
    first, (one,) = wave(hall, ("1", {"PEN": 2}))
    second, (two,) = wave(hall, ("2", {"PEN": 2}))
    assert sent(hall, first) == [(1, "P-01", "", 2)]
    assert sent(hall, second) == [(1, "P-01", "", 1), (1, "R-09", "", 1)]
    pick(hall, two)
    assert lying(hall, "PEN") == {"": 2, "R-09": 19, two.number: 2}
    pick(hall, one)
    assert lying(hall, "PEN") == {"R-09": 19, one.number: 2, two.number: 2}
    assert (sent(hall, first), sent(hall, second)) == (
        [(1, "P-01", "", 2)],
        [(1, "P-01", "", 1), (1, "R-09", "", 1)],
    )


def test_a_list_printed_again_says_the_same_though_goods_came(hall: Hall) -> None:
    """New units on the nearer shelf are for waves to come."""
    put(hall, "PEN", "P-01", ("R-09", 4))
    made, _ = wave(hall, ("1", {"PEN": 4}))
    put(hall, "PEN", "P-01", ("", 9))
    assert sent(hall, made) == [(1, "R-09", "", 4)]
    later, _ = wave(hall, ("2", {"PEN": 4}))
    assert sent(hall, later) == [(1, "P-01", "", 4)]


def test_what_was_moved_away_is_looked_for_where_nobody_else_is_sent(hall: Hall) -> None:
    put(hall, "PEN", "P-01", ("A-1", 2), ("B-1", 2), ("C-1", 2))
    first, (one,) = wave(hall, ("1", {"PEN": 2}))
    second, _ = wave(hall, ("2", {"PEN": 2}))
    gone = Move(hall.place, "PEN", Bucket.GOOD, 1, Document.MOVE, 1, "A-1")
    hall.store.run_now(lambda unit: unit.stock.apply(relocate(gone, "Z-1"), "anna"))
    assert sent(hall, first) == [(1, "A-1", "", 1), (1, "C-1", "", 1)]
    assert sent(hall, second) == [(1, "B-1", "", 2)]
    pick(hall, one)
    assert lying(hall, "PEN") == {"B-1": 2, "C-1": 1, "Z-1": 1, one.number: 2}


def test_the_last_units_are_taken_though_another_wave_is_sent_there(hall: Hall) -> None:
    """Places are a plan and no claim: who comes first is not refused goods that lie there."""
    put(hall, "PEN", "P-01", ("A-1", 2), ("B-1", 2))
    _, (one,) = wave(hall, ("1", {"PEN": 2}))
    _, (two,) = wave(hall, ("2", {"PEN": 2}))
    lost = Move(hall.place, "PEN", Bucket.GOOD, 2, Document.MOVE, 1, "A-1")
    hall.store.run_now(lambda unit: unit.stock.apply(relocate(lost, two.number), "anna"))
    pick(hall, one)
    assert lying(hall, "PEN") == {two.number: 2, one.number: 2}


def test_a_pick_taken_back_is_sent_to_the_same_place_again(hall: Hall) -> None:
    put(hall, "PEN", "P-01", ("A-1", 2), ("B-1", 2))
    first, (one,) = wave(hall, ("1", {"PEN": 2}))
    pick(hall, one)
    picker = hall.cast.actor(Role.PICKER)

    def back(unit: Unit) -> None:
        bins.put_home(unit, picker, one, [("PEN", 2)])

    hall.store.run_now(back)
    assert lying(hall, "PEN") == {"A-1": 2, "B-1": 2}
    assert sent(hall, first) == [(1, "A-1", "", 2)]


def test_a_line_that_left_the_box_leaves_its_units_to_others(hall: Hall) -> None:
    put(hall, "PEN", "P-01", ("A-1", 2), ("B-1", 9))
    put(hall, "INK", "I-01", ("", 5))
    first, (one,) = wave(hall, ("1", {"PEN": 2, "INK": 1}))
    hall.store.run_now(interception.typed, hall.cast.actor(Role.CS), one.order_ids[0], "no pens", {1: 2})
    put_back = hall.store.run_now(scan, hall.cast.actor(Role.PICKER), Station.PUT_BACK, one.waybill)
    assert put_back.ok
    second, _ = wave(hall, ("2", {"PEN": 2}))
    assert (sent(hall, first), sent(hall, second)) == ([(1, "I-01", "", 1)], [(1, "A-1", "", 2)])


def test_the_count_is_of_the_bin_the_paper_named(hall: Hall) -> None:
    """It was sent to R-09, whatever has come to the nearer shelf since."""
    put(hall, "PEN", "P-01", ("", 2), ("R-09", 20))
    wave(hall, ("1", {"PEN": 2}))
    _, (two,) = wave(hall, ("2", {"PEN": 1}))
    put(hall, "PEN", "P-01", ("", 9))
    (doc,) = hall.store.run_now(not_there.report, hall.cast.actor(Role.PICKER), two.waybill, "", "not there").counts
    assert doc.scope == "R-09"


def test_what_the_books_saw_move_is_not_counted_but_told(hall: Hall) -> None:
    put(hall, "PEN", "P-01", ("", 1), ("R-09", 20))
    _, (one,) = wave(hall, ("1", {"PEN": 1}))
    gone = Move(hall.place, "PEN", Bucket.GOOD, 1, Document.MOVE, 1)
    hall.store.run_now(lambda unit: unit.stock.apply(relocate(gone, "R-09"), "anna"))
    said = hall.store.run_now(not_there.report, hall.cast.actor(Role.PICKER), one.waybill, "", "not there")
    assert (said.sku, said.lies_in, said.counts) == ("PEN", ("R-09",), ())
    assert not boxes(hall, hall.waves[0][0])[0].blocked
    assert hall.store.read_now(lambda desk: desk.stock_docs.open_of(None, 9)) == []


def test_of_two_bins_both_are_counted_and_the_parcel_waits_for_both(hall: Hall) -> None:
    put(hall, "PEN", "P-01", ("A-1", 1), ("B-1", 1))
    _, (one,) = wave(hall, ("1", {"PEN": 2}))
    docs = hall.store.run_now(not_there.report, hall.cast.actor(Role.PICKER), one.waybill, "", "not there").counts
    assert [doc.scope for doc in docs] == ["A-1", "B-1"]
    order = hall.store.read_now(lambda desk: desk.orders.get(one.order_ids[0]))
    assert [hold.evidence["count"] for hold in order.holds if hold.open] == [doc.number for doc in docs]


def test_what_expires_first_goes_first_and_is_named(hall: Hall) -> None:
    soon, late = Batch("MILK", "B1", date(2027, 2, 1)), Batch("MILK", "B2", date(2027, 3, 1))
    put(hall, "MILK", "M-01", ("", 9), ("", 2), batches=(late, soon))
    made, _ = wave(hall, ("1", {"MILK": 3}))
    assert sent(hall, made) == [(1, "M-01", "B1", 2), (1, "M-01", "B2", 1)]
    assert (
        hall.store.read_now(walking.walk, hall.place, boxes(hall, made))[boxes(hall, made)[0].id][0].expires
        == soon.expires
    )


def test_slots_go_by_where_the_units_lie(hall: Hall) -> None:
    """The pens' home is A-2, but they stand in A-10; the ink stands in A-3."""
    put(hall, "PEN", "A-2", ("A-10", 5))
    put(hall, "INK", "A-20", ("A-3", 5))
    made, _ = wave(hall, ("1", {"PEN": 1}), ("2", {"INK": 1}))
    assert sent(hall, made) == [(1, "A-3", "", 1), (2, "A-10", "", 1)]


def test_zones_go_by_where_the_units_lie_and_the_oldest_gets_the_near_ones(hall: Hall) -> None:
    put(hall, "PEN", "P-01", ("", 2), ("Z-05", 9))
    hall.orders(*(incoming(str(n), lines=(incoming_line("PEN", 1),)) for n in range(1, 6)))
    assert dict(hall.store.read_now(wave_choice.preview, hall.place).zones) == {"P": 2, "Z": 3}
    near = hall.store.run_now(release.wave_now, hall.cast.actor(Role.PICKER), hall.place, "z.P")
    assert sent(hall, near) == [(1, "P-01", "", 1), (2, "P-01", "", 1)]
    assert dict(hall.store.read_now(wave_choice.preview, hall.place).zones) == {"Z": 3}
    far = hall.store.run_now(release.wave_now, hall.cast.actor(Role.PICKER), hall.place, "z.Z")
    assert [place for _, place, _, _ in sent(hall, far)] == ["Z-05"] * 3


def test_a_rule_of_a_zone_takes_what_lies_there(hall: Hall) -> None:
    put(hall, "INK", "P-02", ("Z-05", 20))
    hall.rules(WaveRule("near", zones=("P",), per=Per.ZONE), WaveRule("far", zones=("Z",)))
    hall.orders(incoming("1", lines=(incoming_line("INK", 1),)))
    hall.later(seconds=30)
    assert hall.due() == [("far", "waited", 1)]


def test_what_lies_nowhere_is_looked_for_at_home(hall: Hall) -> None:
    put(hall, "PEN", "P-01", ("A-1", 2))
    hall.orders(incoming("1", lines=(incoming_line("PEN", 2),)))
    (waiting,) = hall.store.read_now(lambda desk: desk.parcels.waiting(hall.place, 9))
    away = Move(hall.place, "PEN", Bucket.GOOD, 2, Document.MOVE, 1, "A-1")
    hall.store.run_now(lambda unit: unit.stock.apply(relocate(away, f"P{waiting.parcel_id:06d}"), "anna"))
    assert dict(hall.store.read_now(wave_choice.preview, hall.place).zones) == {"P": 1}


@pytest.mark.parametrize("units", [(5, 5), (1, 9), (2, 3)])
def test_no_unit_is_promised_to_two_waves(hall: Hall, units: tuple[int, int]) -> None:
    """Whatever lies where: what all open waves are sent to lies there, once."""
    put(hall, "PEN", "P-01", ("A-1", units[0]), ("B-1", units[1]))
    for number in range(sum(units)):
        wave(hall, (str(number), {"PEN": 1}))
    found = hall.store.read_now(lambda desk: desk.walks.open_in(hall.place, ["PEN"]))
    told: dict[str, int] = {}
    for place in (place for places in found.values() for place in places):
        told[place.bin] = told.get(place.bin, 0) + place.units
    assert told == lying(hall, "PEN") == {"A-1": units[0], "B-1": units[1]}


def moved(hall: Hall, units: int, of: str, to: str) -> None:
    """Pens from one bin to another, by a document."""
    gone = Move(hall.place, "PEN", Bucket.GOOD, units, Document.MOVE, 1, of)
    hall.store.run_now(lambda unit: unit.stock.apply(relocate(gone, to), "anna"))


def renewed(hall: Hall, made: Wave) -> list[tuple[int, str, str, int]]:
    """What the wave's list says when a person has it printed again."""
    hall.store.run_now(walking.renew, hall.cast.actor(Role.PICKER), made.id)
    return sent(hall, made)


def test_of_units_that_became_fewer_the_first_wave_keeps_its_own(hall: Hall) -> None:
    """Both were sent to A-1; two of its four were moved. The lists do not both name the two that are left."""
    put(hall, "PEN", "P-01", ("A-1", 4))
    first, _ = wave(hall, ("1", {"PEN": 2}))
    second, _ = wave(hall, ("2", {"PEN": 2}))
    moved(hall, 2, "A-1", "Z-1")
    assert (sent(hall, second), sent(hall, first)) == ([(1, "Z-1", "", 2)], [(1, "A-1", "", 2)])


def test_lists_printed_again_send_no_two_pickers_to_the_same_units(hall: Hall) -> None:
    """What both waves were sent to was moved. Each keeps what its list said, also when a third wave comes."""
    put(hall, "PEN", "P-01", ("A-1", 1), ("B-1", 1), ("C-1", 1))
    first, _ = wave(hall, ("1", {"PEN": 1}))
    second, _ = wave(hall, ("2", {"PEN": 1}))
    moved(hall, 1, "A-1", "Y-1")
    moved(hall, 1, "B-1", "Z-1")
    assert (renewed(hall, first), renewed(hall, second)) == ([(1, "C-1", "", 1)], [(1, "Y-1", "", 1)])
    third, _ = wave(hall, ("3", {"PEN": 1}))
    assert [sent(hall, one) for one in (first, second, third)] == [
        [(1, "C-1", "", 1)],
        [(1, "Y-1", "", 1)],
        [(1, "Z-1", "", 1)],
    ]


def test_who_may_not_print_sends_nobody_on(hall: Hall) -> None:
    put(hall, "PEN", "P-01", ("A-1", 1), ("B-1", 1))
    made, (one,) = wave(hall, ("1", {"PEN": 1}))
    moved(hall, 1, "A-1", "B-1")
    with pytest.raises(NotAllowed):
        hall.store.run_now(walking.renew, hall.cast.actor(Role.FINANCE), made.id)
    assert [place.bin for place in hall.store.read_now(lambda desk: desk.walks.of([one.id]))[one.id]] == ["A-1"]


def test_where_it_was_told_to_lie_is_counted_when_it_is_not_there_either(hall: Hall) -> None:
    put(hall, "PEN", "P-01", ("A-1", 1), ("B-1", 1))
    _, (one,) = wave(hall, ("1", {"PEN": 1}))
    moved(hall, 1, "A-1", "B-1")
    told = [
        hall.store.run_now(not_there.report, hall.cast.actor(Role.PICKER), one.waybill, "", "not there")
        for _ in range(2)
    ]
    assert [(said.lies_in, [doc.scope for doc in said.counts]) for said in told] == [(("B-1",), []), ((), ["B-1"])]
