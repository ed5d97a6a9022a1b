"""Whether what somebody writes is a scan: a bin they were asked for, or a code of ours, among words and searches.

Surprising: bins are called as their house likes, so any one word may be one, if a bin was asked for last.
"""

from domain.desk import Desk
from domain.floor import floor
from domain.people.people import Station
from domain.stops import pulls


def names_bin(desk: Desk, person_id: int, text: str) -> bool:
    """Whether a text is the bin's code that this person was asked for last: bins are called as they like, so any word
    that is no parcel's or stop shelf's code is."""
    last = next(iter(floor.log(desk, person_id, 1)), None)
    if last is None or last.data["verdict"] != "bin" or len(text.split()) != 1 or len(text.strip()) > 40:
        return False
    code = text.strip().upper()
    return desk.parcels.by_waybill(code) is None and pulls.shelf_of(desk, code) is None


def ours(desk: Desk, code: str, station: Station, *, checks: bool = False) -> bool:
    """Whether a text of somebody who also searches is a scan: a parcel of ours; at the returns' table, or while a
    check of theirs is open (`checks`), anything that is not an order's number."""
    code = code.strip().upper()
    if desk.parcels.by_waybill(code) is not None or pulls.shelf_of(desk, code) is not None:
        return True
    known = any(desk.orders.by_number(shop, [code]) for shop in desk.catalog.shops)
    if checks or known:
        return not known
    return station is Station.RECEIVE and not floor.sku_of(desk, code)
