"""The size of a packed box: what somebody measures at the scales, kept on the parcel, and what it costs by it
(rules.md B9, B10).

Surprising: nobody has to measure: a parcel whose packing material has a size is weighed with that
(`materials.sized`), and what is measured counts before it. A size goes with the weighing it is told with. Where that
is refused the size is not kept either; taking the weighing back takes the size back, and so does every change of what
is in the box.
"""

import re
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from domain import history
from domain.desk import Desk
from domain.errors import SizeRefused, Unknown, WrongStatus
from domain.floor import floor, fulfilment
from domain.floor.floor import Scans
from domain.floor.parcels import Parcel, ParcelState, Size
from domain.people.people import Actor, Right, Station, require
from domain.planning.planning import reprice

HARD_MAX_MM = 3_000
_NUMBER = r"\d{1,4}(?:[.,]\d{1,2})?(?!\d)"
_UNIT = r"(?:\s*(?:mm|毫米|cm|厘米|公分|m|米)(?![A-Za-z0-9]))?"
_SIDE = _NUMBER + _UNIT
_TIMES = r"\s*[xX×хХ*＊✕]\s*"
_NAMED = rf"长\s*{_SIDE}\s*宽\s*{_SIDE}\s*高\s*{_SIDE}"
_LIKE = re.compile(rf"(?<![\w.])(?:{_SIDE}(?:{_TIMES}{_SIDE})+|{_NAMED})[^\s,;，；、]*", re.IGNORECASE)
_WHOLE = re.compile(rf"{_SIDE}{_TIMES}{_SIDE}{_TIMES}{_SIDE}|{_NAMED}", re.IGNORECASE)
_PARTS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(mm|毫米|cm|厘米|公分|m|米)?", re.IGNORECASE)
_MM = {"mm": 1, "毫米": 1, "cm": 10, "厘米": 10, "公分": 10, "m": 1000, "米": 1000}
_KEPT = frozenset({"ok", "again", "ask"})


def find_size(text: str) -> tuple[str, str] | None:
    """What looks like a size in a text, and the rest of it; None when nothing does."""
    found = _LIKE.search(text)
    return None if found is None else (found[0], f"{text[: found.start()]} {text[found.end() :]}".strip())


def parse_size(text: str) -> Size | None:
    """`30x20x15` (cm), `30 × 20 × 15 cm`, `300*200*150mm`, `长30宽20高15` to mm as told; None when it is not three
    sides of one unit, or one is nothing or longer than three metres."""
    if not _WHOLE.fullmatch(text.strip()):
        return None
    parts = _PARTS.findall(text)
    units = {unit.casefold() for _, unit in parts if unit} or {"cm"}
    if len(units) > 1:
        return None
    scale = _MM[units.pop()]
    first, second, third = (
        int((Decimal(number.replace(",", ".")) * scale).quantize(Decimal(1), ROUND_HALF_UP)) for number, _ in parts
    )
    return (first, second, third) if all(0 < side <= HARD_MAX_MM for side in (first, second, third)) else None


def weigh(desk: Desk, actor: Actor, code: str, size: Size, grams: int | None, at: datetime | None = None) -> Scans:
    """A parcel's size, with its weight or alone, told `at`; `code` '' = this person's last parcel. The scan at the
    scales is the answer: without a weight it asks for it, and of a weighed parcel only the size is new. Raises
    SizeRefused, changing nothing."""
    codes = [(code, grams)]
    try:
        with desk.attempt():
            measure(desk, actor, code, size)
            scans = floor.scan(desk, actor, codes, station=Station.WEIGH, at=at)
            (outcome,) = scans.outcomes
            if outcome.refusal and outcome.verdict not in _KEPT:
                raise outcome.refusal
            return scans
    except fulfilment.REFUSALS:
        return floor.scan(desk, actor, codes, station=Station.WEIGH, at=at)


def measure(desk: Desk, actor: Actor, code: str, size: Size) -> Parcel:
    """Keep the size of a packed parcel and price it anew; returns it as saved. Raises NotAllowed, Unknown, WrongStatus,
    SizeRefused, and what stops a scan."""
    parcel = _parcel(desk, actor, code)
    require(actor, Right.WEIGH, warehouse=parcel.warehouse_id)
    fulfilment.gate(desk, parcel)
    if parcel.state not in (ParcelState.PACKED, ParcelState.WEIGHED):
        raise WrongStatus(parcel.waybill or parcel.number, parcel.state, ParcelState.PACKED)
    courier = desk.catalog.couriers.get(parcel.courier_id or 0)
    if courier and courier.max_side_mm and max(size) > courier.max_side_mm:
        raise SizeRefused(parcel.waybill, size, courier.name, courier.max_side_mm)
    news = replace(parcel, length_mm=size[0], width_mm=size[1], height_mm=size[2])
    news = reprice(desk, news, news.weight_g or news.expected_g)
    desk.parcels.save([news])
    history.note(desk, actor, "parcel", parcel.id, "measured", size="×".join(str(side) for side in size))
    return replace(news, revision=news.revision + 1)


def _parcel(desk: Desk, actor: Actor, code: str) -> Parcel:
    if code:
        found = desk.parcels.by_waybill(code.strip().upper())
    else:
        last = desk.people.get(actor.person_id).last_parcel if actor.person_id is not None else None
        found = desk.parcels.get(last) if last is not None else None
    if found is None:
        raise Unknown("waybill", code)
    return found
