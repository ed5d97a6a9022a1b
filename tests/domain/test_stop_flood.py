"""Stops that come faster than a chat can hear them: the board comes instead of ten cards, and to one person only."""

from dataclasses import replace

from domain.people import Role
from domain.records import Notice, NoticeKind
from domain.stopping import FLOOD
from tests.domain.house import House
from tests.domain.yard import Yard, cups
from tests.factory import receiver


def test_who_has_the_parcels_hears_of_three_and_then_gets_the_board(house: House) -> None:
    """One picker has the wave; nobody else of the floor is disturbed at first."""
    yard = Yard(house)
    numbers = [str(number) for number in range(1, FLOOD + 4)]
    for number in numbers:
        yard.receive(replace(cups(number), buyer_id=number, receiver=receiver(address=f"文三路 {number} 号")))
        yard.approve(number)
    yard.wave(numbers[0])
    for number in numbers:
        yard.refund(number, 7800)
    told: dict[Role, list[Notice]] = {
        role: [n for n in waiting(house, role) if n.kind in (NoticeKind.STOP, NoticeKind.STOPS)]
        for role in (Role.PICKER, Role.PACKER)
    }
    stops = [stop.id for number in numbers for stop in yard.stops(yard.boxes(number)[0])]
    assert [(n.kind, n.subject_id) for n in told[Role.PICKER]] == [
        *((NoticeKind.STOP, stop) for stop in stops[:FLOOD]),
        (NoticeKind.STOPS, 0),
    ]
    assert told[Role.PACKER] == []


def waiting(house: House, role: Role) -> list[Notice]:
    """What the person of the role has not been told yet."""
    chat = house.cast.people[role].chat_id
    return house.store.read_now(lambda desk: desk.outbox.waiting(chat))
