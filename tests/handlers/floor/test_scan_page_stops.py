"""Stops on the phone's scan page: put back bin by bin, in the page's own language."""

from dataclasses import replace

import pytest

from domain.floor import release
from domain.floor.parcels import ParcelState
from domain.people.people import Role, Station
from domain.policy.policy_stops import StopRules
from tests.handlers.floor.test_scan_page import Page
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio


async def test_the_bin_is_scanned_on_the_page_where_the_policy_asks_for_it(floor: Floor) -> None:
    rules = StopRules(put_back_bins=True)
    floor.do(lambda unit: unit.catalog_admin.put_policy(replace(unit.policy, stops=rules), "t"))
    order = floor.orders()[0]
    box, page = floor.wave()[1][0], Page(floor, Role.PICKER)
    floor.refund(order)
    wanted = page.scans(box.waybill, Station.PUT_BACK)
    assert (wanted["verdict"], wanted["head"]) == ("bin", "Now scan the bin")
    done = page.scans(floor.look(lambda desk: desk.catalog.skus["CUP-01"].bin))
    assert (done["verdict"], done["text"]) == ("ok", box.waybill)
    assert floor.parcel(box.id).state is ParcelState.CANCELLED


@pytest.mark.parametrize(
    ("language", "head", "step"),
    [
        ("en", "STOP", "👉 Take the parcel out, put the goods on their shelf, then scan {waybill} at ↩️ Put back."),
        ("zh", "拦截", "👉 请取出该包裹，把货放回货架，再到 ↩️ 放回 扫描 {waybill}。"),
    ],
)
def test_a_stop_speaks_the_pages_language_and_calls_stations_by_their_buttons(
    floor: Floor, language: str, head: str, step: str
) -> None:
    order = floor.orders()[0]
    wave, (box,) = floor.wave()
    picker = floor.cast.people[Role.PICKER]
    floor.do(release.take_wave, picker.acting(), wave.id, wave.revision)
    floor.refund(order)
    told = Page(floor, Role.PICKER, language).scans(box.waybill, Station.PICK)
    assert (told["head"], told["text"].split("\n")[-1]) == (head, step.format(waybill=box.waybill))
