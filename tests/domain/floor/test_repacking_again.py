"""Repacked once more before the first repack is done: of one line some units lie in the box, one is still to go in."""

from dataclasses import replace

from domain.floor.parcels import ParcelState, StopKind
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.people.people import Role, Station
from tests.domain.floor.test_repacking import ANOTHER, changed, inside, live, repack, ships, tasks
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
