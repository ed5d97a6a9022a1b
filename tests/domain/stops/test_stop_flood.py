"""Stops that come faster than a chat can hear them: the board comes instead of ten cards, and to one person only."""

from dataclasses import replace

import pytest

from domain.desk import Desk
from domain.people.people import Role
from domain.records import Notice, NoticeKind
from domain.stops import stop_calls
from domain.stops.stop_calls import FLOOD
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


def test_when_the_bot_itself_is_behind_everybody_gets_the_board_and_the_leads_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One board names each stop; the leads' is drawn again within half a second, the others' in three."""
    yard = Yard(house)
    for number in "12":
        yard.receive(replace(cups(number), buyer_id=number, receiver=receiver(address=f"文三路 {number} 号")))
        yard.approve(number)
    yard.wave("1")
    monkeypatch.setattr(stop_calls, "FLOOD_EVERYWHERE", 1)
    yard.refund("1", 7800)
    (first,) = yard.stops(yard.box("1"))
    assert [n.subject_id for n in waiting(house, Role.PICKER) if n.kind is NoticeKind.STOP] == [first.id]
    yard.refund("2", 7800)
    roles = (Role.PICKER, Role.DISPATCHER, Role.CS_LEAD, Role.PACKER)
    told = {role: [n for n in waiting(house, role) if n.kind is NoticeKind.STOPS] for role in roles}
    assert {role: [(n.subject_id, n.redraw) for n in found] for role, found in told.items()} == {
        Role.PICKER: [(0, False)],
        Role.DISPATCHER: [(0, False)],
        Role.CS_LEAD: [(0, False)],
        Role.PACKER: [],
    }
    house.run(_show_boards, [house.cast.people[role].chat_id for role in roles])
    house.run(stop_calls.redraw_boards)
    again = {role: [n for n in waiting(house, role) if n.redraw] for role in roles}
    assert {role: [(n.due_at - house.clock[0]).total_seconds() for n in found] for role, found in again.items()} == {
        Role.PICKER: [3.0],
        Role.DISPATCHER: [0.5],
        Role.CS_LEAD: [0.5],
        Role.PACKER: [3.0],
    }


def _show_boards(desk: Desk, chats: list[int]) -> None:
    for chat in chats:
        desk.cards.put(chat, chat, NoticeKind.STOPS, 0)


def waiting(house: House, role: Role) -> list[Notice]:
    """What the person of the role has not been told yet."""
    chat = house.cast.people[role].chat_id
    return house.store.read_now(lambda desk: desk.outbox.waiting(chat))
