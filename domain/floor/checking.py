"""The check between pick and pack: every unit is scanned once, into the right box (rules.md B8).

Surprising: notes that must be read come first, not last as in the rules' list, because "no invoice in the box" is of
use only before the box is filled. A parcel with a strong serial number, or with goods of a batch, is checked item by
item in every warehouse.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile

from domain import history
from domain.codes import Code
from domain.desk import Desk
from domain.errors import ItemRefused, NoteUnread
from domain.floor import marks
from domain.floor.check_records import Check, Unit
from domain.floor.parcels import Parcel, ParcelState
from domain.orders.catalog import Sku
from domain.people.people import Actor, Right, require
from domain.policy.policy_checks import CheckMode
from domain.records import ReturnState

SERIAL, WEAK_SERIAL, BATCH = "serial", "serial_weak", "batch"
"""Traits of a product: its serial number must be scanned, may be scanned; its batch must be scanned."""
MARKS = frozenset({SERIAL, WEAK_SERIAL, BATCH})
RIGHT_BEHIND = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One product of the box: how many were scanned, of how many."""

    sku: str
    title: str
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check is. `want` is what the last unit of `sku` still asks for: serial, batch, or nothing."""

    lines: tuple[CheckLine, ...]
    want: str = ""
    sku: str = ""

    @property
    def complete(self) -> bool:
        """Whether everything is in the box, and nothing else."""
        return not self.want and all(line.done == line.of for line in self.lines)


def wanted(desk: Desk, parcel: Parcel) -> CheckMode:
    """What the parcel's check asks for, by its warehouse and its goods."""
    rules = desk.policy.checks
    marked = {SERIAL, BATCH} if rules.batches else {SERIAL}
    if any(marked & traits(desk, item.sku) for item in parcel.live_items):
        return CheckMode.ITEMS
    place = desk.catalog.warehouses.get(parcel.warehouse_id or 0)
    return rules.by_warehouse.get(place.code, rules.mode) if place else rules.mode


def traits(desk: Desk, sku: str) -> frozenset[str]:
    """What is special about the product; nothing of one we do not know."""
    found: Sku | None = desk.catalog.skus.get(sku)
    return found.traits if found else frozenset()


def expected(parcel: Parcel) -> Mapping[str, int]:
    """sku -> units the box should hold."""
    counts: Counter[str] = Counter()
    for item in parcel.live_items:
        counts[item.sku] += item.quantity
    return counts


def progress(desk: Desk, parcel: Parcel) -> Progress:
    """How far the parcel's check is."""
    return _progress(desk, parcel, _units(desk, parcel))


def _units(desk: Desk, parcel: Parcel) -> tuple[Unit, ...]:
    check = desk.checks.get(parcel.id)
    return check.units if check else ()


def _progress(desk: Desk, parcel: Parcel, units: tuple[Unit, ...]) -> Progress:
    done = Counter(unit.sku for unit in units)
    titles = {item.sku: item.title for item in parcel.live_items}
    lines = tuple(CheckLine(sku, titles[sku], done[sku], count) for sku, count in expected(parcel).items())
    want = _want(desk, units[-1]) if units else ""
    return Progress(lines, want, units[-1].sku if want else "")


def _want(desk: Desk, unit: Unit) -> str:
    own = traits(desk, unit.sku)
    if SERIAL in own and not unit.serial:
        return SERIAL
    return BATCH if BATCH in own and not unit.batch else ""


def open_for(desk: Desk, actor: Actor, parcel_id: int | None) -> Parcel | None:
    """The parcel whose check this person has begun and not finished, if it is this one."""
    if parcel_id is None or actor.person_id is None:
        return None
    check = desk.checks.get(parcel_id)
    if check is None or check.person_id != actor.person_id:
        return None
    parcel = desk.parcels.get(parcel_id)
    open_now = parcel.state is ParcelState.PICKED and wanted(desk, parcel) is not CheckMode.QUICK
    return parcel if open_now else None


def require_room(desk: Desk, actor: Actor, parcel_id: int | None, sku: str) -> None:
    """Goods scanned right behind the last unit of a check are meant for that box, which is full: raises ItemRefused.
    Most boxes hold one unit, so this is where most units too many are found."""
    check = desk.checks.get(parcel_id) if parcel_id is not None else None
    if check is None or check.person_id is None or check.person_id != actor.person_id or not check.units:
        return
    parcel = desk.parcels.get(check.parcel_id)
    if parcel.state is not ParcelState.CHECKED or desk.now - check.units[-1].at > RIGHT_BEHIND:
        return
    wanted_units = expected(parcel).get(sku, 0)
    why = "over" if wanted_units else "wrong"
    raise ItemRefused(parcel.waybill, why, sku, desk.catalog.skus[sku].title, wanted_units)


def opened(desk: Desk, actor: Actor, parcel: Parcel) -> Parcel:
    """This person checks the parcel from here on; what it holds by now counts. Returns it, still to be saved."""
    before = desk.checks.get(parcel.id)
    desk.checks.put(Check(parcel.id, desk.now, actor.person_id, actor.name, before.notes_read if before else ""))
    trim(desk, parcel)
    return replace(parcel, holder_id=actor.person_id, holder=actor.name)


def count(desk: Desk, actor: Actor, parcel: Parcel, told: Code, sku: str) -> int:
    """One scanned code of an open check: units (`sku`), or the serial number or batch of the last ones. Returns how
    many units it was about. Raises ItemRefused, then nothing was counted."""
    require(actor, Right.CHECK, warehouse=parcel.warehouse_id)
    units = _units(desk, parcel)
    if not sku:
        return _tell(desk, parcel, units, told.text)
    now = _progress(desk, parcel, units)
    line = next((line for line in now.lines if line.sku == sku), None)
    title = desk.catalog.skus[sku].title
    if line is None:
        raise ItemRefused(parcel.waybill, "wrong", sku, title)
    if now.want:
        raise ItemRefused(parcel.waybill, now.want, now.sku, desk.catalog.skus[now.sku].title)
    left = line.of - line.done
    if left <= 0:
        raise ItemRefused(parcel.waybill, "over", sku, line.title, line.of)
    if told.units > left:
        raise ItemRefused(parcel.waybill, "too_many", sku, line.title, left, str(told.units))
    if told.units > 1 and (SERIAL in traits(desk, sku) or told.serial):
        raise ItemRefused(parcel.waybill, "one_by_one", sku, title)
    for _ in range(told.units):
        desk.checks.add_unit(Unit(0, parcel.id, sku, desk.now))
    _told_at_once(desk, parcel, told)
    return told.units


def _told_at_once(desk: Desk, parcel: Parcel, told: Code) -> None:
    """What the same barcode said of the units; what the product does not ask for is let pass."""
    last = _units(desk, parcel)[-1]
    own = traits(desk, last.sku)
    strong = SERIAL in own
    if told.serial and (strong or (WEAK_SERIAL in own and marks.serial_fits(desk, last.sku, told.serial))):
        _number(desk, parcel, last, told.serial)
    if told.batch and BATCH in own:
        _batch(desk, parcel, _units(desk, parcel), told.batch, told.expires)


def _tell(desk: Desk, parcel: Parcel, units: tuple[Unit, ...], code: str) -> int:
    """The code belongs to the units scanned last: the serial number first, where one is due and this may be it."""
    if not units:
        raise ItemRefused(parcel.waybill, "unknown", code)
    last = units[-1]
    own = traits(desk, last.sku)
    numbered = not last.serial and own & {SERIAL, WEAK_SERIAL}
    if numbered and (SERIAL in own or marks.serial_fits(desk, last.sku, code)):
        _number(desk, parcel, last, code)
        return 1
    if BATCH in own and not last.batch:
        return _batch(desk, parcel, units, code)
    raise ItemRefused(parcel.waybill, "unknown", code)


def _number(desk: Desk, parcel: Parcel, unit: Unit, serial: str) -> None:
    if not marks.serial_fits(desk, unit.sku, serial):
        raise ItemRefused(parcel.waybill, "no_serial", serial, desk.catalog.skus[unit.sku].title)
    _free_for(desk, parcel, unit.sku, serial)
    desk.checks.save_unit(replace(unit, serial=serial))


def _batch(desk: Desk, parcel: Parcel, units: tuple[Unit, ...], code: str, expires: date | None = None) -> int:
    """The batch of all that were counted last and have none yet."""
    sku = units[-1].sku
    bare = list(takewhile(lambda unit: unit.sku == sku and not unit.batch, reversed(units)))
    name = marks.batch_told(desk, parcel, units, code, len(bare), expires)
    for unit in bare:
        desk.checks.save_unit(replace(unit, batch=name))
    return len(bare)


def swap_batch(desk: Desk, actor: Actor, parcel: Parcel, code: str) -> None:
    """A lead says that the last unit's batch may go out though another was picked; the ledger then has it in the box.
    Raises NotAllowed, ItemRefused, NotEnoughStock."""
    require(actor, Right.OVERRIDE, warehouse=parcel.warehouse_id)
    units = _units(desk, parcel)
    if parcel.state is not ParcelState.PICKED or not units or _want(desk, units[-1]) != BATCH:
        raise ItemRefused(parcel.waybill, "not_asked", code)
    name = marks.swapped(desk, actor.name, parcel, units, code)
    desk.checks.save_unit(replace(units[-1], batch=name))
    history.note(desk, actor, "parcel", parcel.id, "batch_swapped", sku=units[-1].sku, batch=name)


def _free_for(desk: Desk, parcel: Parcel, sku: str, serial: str) -> None:
    """Raises ItemRefused when the number lies in a box or went out and has not come back since."""
    other = desk.checks.of_serial(sku, serial)
    if other is None:
        return
    box = desk.parcels.get(other.parcel_id)
    returned = [one for order_id in box.order_ids for one in desk.returns.of_order(order_id)]
    back = any(
        one.state is ReturnState.DONE and any(item.sku == sku and item.order_id in box.order_ids for item in one.items)
        for one in returned
    )
    if box.state is not ParcelState.HANDED_OVER or not back:
        raise ItemRefused(parcel.waybill, "taken", serial, other=box.waybill or box.number)
    desk.checks.save_unit(replace(other, live=False))


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote on an order whose goods are in the box; `buyers`: the buyer did, else the seller."""

    order_number: str
    buyers: bool
    text: str


def remarks(desk: Desk, parcel: Parcel) -> list[Remark]:
    """Everything written on the parcel's orders, by order, the buyer's words first."""
    orders = desk.orders.many(parcel.live_orders)
    told = [
        Remark(order.number, buyers, text.strip())
        for _, order in sorted(orders.items())
        for buyers, text in ((True, order.buyer_message), (False, order.seller_note))
    ]
    return [remark for remark in told if remark.text]


def notes_of(desk: Desk, parcel: Parcel) -> str:
    """The notes on the parcel's orders that must be read before the box is packed, '' when there are none."""
    words = [word.casefold() for word in desk.policy.checks.remarks]
    texts = [remark.text for remark in remarks(desk, parcel)]
    return "\n".join(dict.fromkeys(text for text in texts if any(word in text.casefold() for word in words)))


def require_notes_read(desk: Desk, parcel: Parcel) -> None:
    """Raises NoteUnread while nobody has confirmed the notes as they stand now."""
    notes = notes_of(desk, parcel)
    check = desk.checks.get(parcel.id) if notes else None
    if notes and (check is None or check.notes_read != notes):
        raise NoteUnread(parcel.waybill, parcel.id, notes)


def read_notes(desk: Desk, actor: Actor, parcel_id: int) -> Parcel:
    """This person has read the notes. Raises NotAllowed."""
    parcel = desk.parcels.get(parcel_id)
    require(actor, Right.CHECK, warehouse=parcel.warehouse_id)
    old = desk.checks.get(parcel.id)
    notes = notes_of(desk, parcel)
    if old is None or old.notes_read != notes:
        begun = old or Check(parcel.id, desk.now, actor.person_id, actor.name)
        desk.checks.put(replace(begun, notes_read=notes))
        history.note(desk, actor, "parcel", parcel.id, "notes_read", notes=notes[:200])
    return parcel


def trim(desk: Desk, parcel: Parcel) -> None:
    """Goods left the box: so do the units that were scanned into it beyond what it should hold, the newest first."""
    if parcel.state is ParcelState.CANCELLED:
        desk.checks.drop(parcel.id)
        return
    left = Counter(expected(parcel))
    beyond = []
    for unit in _units(desk, parcel):
        if left[unit.sku] > 0:
            left[unit.sku] -= 1
        else:
            beyond.append(unit.id)
    if beyond:
        desk.checks.drop_units(beyond)


def take_back(desk: Desk, parcel: Parcel, code: str, units: int = 1) -> None:
    """The last code of the check, which was about so many units, did not happen: they are out again, or bear no number
    or batch. Of the slip's own scan only the opening goes."""
    check = desk.checks.get(parcel.id)
    if check is None:
        return
    last = check.units[-1] if check.units else None
    if last is None or code in (parcel.waybill, parcel.number):
        desk.checks.put(replace(check, person_id=None, person=""))
    elif code and code.casefold() == last.serial.casefold():
        desk.checks.save_unit(replace(last, serial=""))
    elif code and code.casefold() == last.batch.casefold():
        for unit in check.units[-units:]:
            desk.checks.save_unit(replace(unit, batch=""))
    else:
        desk.checks.drop_units([unit.id for unit in check.units[-units:]])
