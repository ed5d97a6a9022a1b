"""Repacked once more before the first repack is done: of one line some units lie in the box, one is still to go in."""

from dataclasses import replace

from domain.floor import checking
from domain.floor.parcels import ParcelState, Stage, StopKind
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.people.people import Role, Station
from tests.domain.floor.test_checking import CUP, TEA, mark, scan
from tests.domain.floor.test_repacking import ANOTHER, MORE, SWAPPED, changed, inside, live, repack, ships, tasks
from tests.domain.house import LINES, House
from tests.factory import incoming_line

BLUE = incoming_line("CUP-02", 1)
MIXED = (replace(LINES[0], external_id="L-NEW", quantity=3, amount=11_700), LINES[1], BLUE)


def mixed(house: House) -> None:
    """Two cups of the new line lie in the box, the third and a blue one are still to be put in."""
    changed(house, ParcelState.PACKED, (*LINES, ANOTHER))
    house.receive(lines=MIXED)
    repack(house)
    assert inside(house) == {"CUP-01": 2, "TEA-01": 1}
    assert live(house) == {"CUP-01": 3, "CUP-02": 1, "TEA-01": 1}


def test_a_refund_of_a_line_that_lies_there_in_part_takes_out_just_that_part(house: House) -> None:
    mixed(house)
    told = IncomingRefund("R1", RefundState.SUCCESS, 11_700, ("L-NEW",))
    house.run(intake.refund_told, house.cast.actor(Role.CS), house.cast.shops[0].id, "1001", told)
    assert house.scan(Station.PUT_BACK).ok
    assert inside(house) == {"TEA-01": 1}
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-02": 1, "TEA-01": 1})


def test_when_it_is_dropped_only_what_lies_there_comes_out(house: House) -> None:
    mixed(house)
    house.receive(lines=(LINES[1], BLUE))
    repack(house)
    assert tasks(house) == [(StopKind.REPACK, {"CUP-01": 2}), (StopKind.REPICK, {"CUP-02": 1})]
    assert house.scan(Station.PUT_BACK).ok
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-02": 1, "TEA-01": 1})


def test_what_is_to_come_out_stays_so_when_the_rest_changes_again(house: House) -> None:
    mixed(house)
    house.receive(lines=(LINES[1], BLUE))
    repack(house)
    house.receive(lines=(LINES[1], replace(BLUE, quantity=2)))
    repack(house)
    assert [kind for kind, _ in tasks(house)] == [StopKind.REPACK, StopKind.REPICK]
    assert live(house) == {"CUP-01": 2, "CUP-02": 2, "TEA-01": 1}
    assert house.scan(Station.PUT_BACK).ok
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-02": 2, "TEA-01": 1})


def test_what_comes_of_a_line_that_was_never_one_of_the_order_is_told_apart(house: House) -> None:
    """The line is forgotten by the platform altogether: its number in the box is nobody's."""
    mixed(house)
    house.receive(lines=(BLUE,))
    repack(house)
    assert tasks(house)[0] == (StopKind.REPACK, {"CUP-01": 2, "TEA-01": 1})
    assert inside(house) == {"CUP-01": 2, "TEA-01": 1}
    assert house.scan(Station.PUT_BACK).ok
    assert house.scan(Station.PICK).ok
    ships(house, {"CUP-02": 1})


def test_the_tasks_say_where_the_box_was_and_not_how_far_it_was_set_back(house: House) -> None:
    """With a serial number in it, it is checked again: it counts as picked from then on."""
    mark(house, "TEA-01", checking.SERIAL)
    house.bring_to(ParcelState.PICKED)
    assert scan(house, house.parcel.waybill, TEA, "SN-0001", CUP, CUP)[-1].verdict == "ok"
    assert house.scan(Station.PACK).ok
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok
    house.receive(lines=MORE)
    repack(house)
    assert house.parcel.state is ParcelState.PICKED
    assert [(stop.kind, stop.stage) for stop in house.stops if stop.open] == [(StopKind.REPICK, Stage.WEIGHED)]


def test_both_tasks_of_a_weighed_box_say_so(house: House) -> None:
    changed(house, ParcelState.WEIGHED, SWAPPED)
    assert house.parcel.state is ParcelState.PACKED
    assert [stop.stage for stop in house.stops if stop.open] == [Stage.WEIGHED, Stage.WEIGHED]
