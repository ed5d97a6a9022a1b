"""Scans typed as commands, one after another: one running card, not a reply each.

Surprising: what matters is what is *not* sent. A reply takes its turn at Telegram's pace, and the scans behind it in
that chat would wait for it.
"""

import pytest

from domain.floor.floor import BUSY
from domain.floor.parcels import ParcelState
from domain.people.people import Role
from domain.records import NoticeKind
from tests.factory import incoming
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("group", [False, True])
async def test_typed_scans_in_a_row_share_the_running_card(floor: Floor, group: bool) -> None:
    floor.orders(*(incoming(str(1001 + number)) for number in range(4)))
    boxes, picker = floor.wave()[1], floor.cast.people[Role.PICKER]
    first, second, third, fourth = (f"/pick {box.waybill}" for box in boxes)
    assert len(await floor.writes(picker, first, group=group)) == 1
    for typed in (second, third):
        floor.clock.forward(2)
        assert await floor.writes(picker, typed, group=group) == []
        assert floor.last == []
    lines = floor.card(picker, NoticeKind.SCAN, picker.id).text.split("\n")
    assert [boxes[n].waybill in lines[4 - n] for n in range(3)] == [True] * 3
    floor.clock.forward(BUSY.total_seconds())
    (card,) = await floor.writes(picker, fourth, group=group)
    assert boxes[3].waybill in card
    assert [floor.parcel(box.id).state for box in boxes] == [ParcelState.PICKED] * 4


async def test_what_goes_wrong_is_said_all_the_same(floor: Floor) -> None:
    floor.orders(incoming("1001"), incoming("1002"))
    boxes, packer = floor.wave()[1], floor.cast.people[Role.PACKER]
    assert len(await floor.writes(packer, f"/pack {boxes[0].waybill}")) == 2
    (said,) = await floor.writes(packer, f"/pack {boxes[1].waybill}")
    assert said.startswith(f"{boxes[1].waybill} is to be picked; this step needs picked.")


async def test_the_codes_may_begin_on_the_line_below_their_command(floor: Floor) -> None:
    floor.orders(incoming("1001"), incoming("1002"))
    boxes, picker = floor.wave()[1], floor.cast.people[Role.PICKER]
    (card,) = await floor.writes(picker, "\n".join(("/pick", *(box.waybill for box in boxes))))
    assert [box.waybill in card for box in boxes] == [True, True]
    assert [floor.parcel(box.id).state for box in boxes] == [ParcelState.PICKED] * 2
