"""`/void`: a number voided by hand in chat, and what is said instead when it cannot be."""

from dataclasses import replace

import pytest

from domain.floor.parcels import ParcelState
from domain.people.people import Role
from domain.waybills import numbering
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio


async def test_a_number_in_the_house_stays_and_the_answer_says_what_to_do(floor: Floor) -> None:
    floor.orders()
    box = floor.wave()[1][0]
    boris, picker = floor.cast.people[Role.DISPATCHER], floor.cast.people[Role.PICKER]
    (said,) = await floor.writes(picker, f"/void {box.waybill} torn")
    assert said.startswith("Your role does not allow this")
    assert await floor.writes(boris, f"/void {box.waybill}") == [
        f"Write the waybill, then the reason: /void {box.waybill} label torn"
    ]
    assert await floor.writes(boris, f"/void {box.waybill} torn <b>") == [
        f"{box.waybill} is on a parcel still in the warehouse and stays valid. Label torn? /print {box.waybill}. "
        "Parcel not to ship? Cancel its order, then the number goes back by itself."
    ]
    assert floor.parcel(box.id) == box


async def test_a_cancelled_parcels_number_is_voided_once(floor: Floor) -> None:
    floor.orders()
    box = floor.wave()[1][0]
    floor.do(lambda unit: unit.parcels.save([replace(box, state=ParcelState.CANCELLED)]))
    floor.do(numbering.tick)
    boris = floor.cast.people[Role.DISPATCHER]
    assert await floor.writes(boris, f"/void {box.waybill.lower()} torn <b>") == [
        f"You voided {box.waybill}; it is never used again. Reason: torn &lt;b&gt;"
    ]
    assert await floor.writes(boris, f"/void {box.waybill} again") == [f"{box.waybill} is void already."]
