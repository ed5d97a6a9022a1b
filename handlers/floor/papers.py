"""Papers out of the store: a wave's pick list, and the labels and slips of a printing job.

Surprising: parcels with an open stop are left out, so that what is printed late does not lead anybody to pick what
must not leave. Labels and slips name receivers: they go to people in private, never to a group, as masked as the
platform demands.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from domain.desk import Desk
from domain.floor import walking, wave_choice
from domain.floor.parcels import Item, Parcel, ParcelState, Wave
from domain.floor.release import orders_of
from domain.intake.incoming import Receiver
from domain.orders import kits
from domain.orders.orders import Order
from domain.paper.documents import PackingSlip, PickLine, PickList, ShippingLabel, SlipLine, SortSlot
from domain.paper.paper_records import Paper
from domain.paper.paper_rules import Mask, Sender, masked
from domain.paper.printing import Job, Sheet, printable
from domain.stock import bins
from domain.waybills import numbering
from domain.waybills.ewaybills import LOCAL
from exports.documents import packing_slips_pdf, pick_list_pdf
from exports.shipping_labels import label_png, labels_pdf
from handlers.card import File
from handlers.wording.goods import built_text
from handlers.wording.wave_terms import wave_why
from handlers.words import Words

Papers = tuple[Callable[[], File], ...]


def pick_paper(desk: Desk, wave: Wave, words: Words) -> Papers:
    """A function that makes the pick list, everything read already; none when nothing of the wave is left to ship."""
    boxes = [p for p in desk.parcels.of_wave(wave.id) if not p.blocked and p.state is not ParcelState.CANCELLED]
    return (partial(_pick_file, _pick_list(desk, wave, boxes, words), words),) if boxes else ()


def sheets(desk: Desk, job: Job, words: Words, name: str, *, picture: bool = False) -> Papers:
    """Functions that make what a job prints, one file per kind of paper called after `name`; with `picture` the first
    label as an image, too. A parcel stopped since is left out."""
    boxes = desk.parcels.many([sheet.parcel_id for sheet in job.sheets])
    orders = orders_of(desk, list(boxes.values()))
    wanted = [sheet for sheet in job.sheets if printable(boxes[sheet.parcel_id])]
    labels = _labels(desk, [s for s in wanted if s.paper is Paper.LABEL], boxes, orders, words)
    slips = [_slip(desk, boxes[s.parcel_id], orders, s, words) for s in wanted if s.paper is Paper.SLIP]
    made: list[Callable[[], File]] = []
    if labels:
        made.append(lambda: File(f"{name}-labels.pdf", labels_pdf(labels, words.plain)))
    if labels and picture:
        made.append(lambda: File(f"{name}-label.png", label_png(labels[0], words.plain)))
    if slips:
        made.append(lambda: File(f"{name}-slips.pdf", packing_slips_pdf(slips, words.plain)))
    return tuple(made)


def _pick_file(pick: PickList, words: Words) -> File:
    return File(f"{pick.wave_number}-pick.pdf", pick_list_pdf(pick, words.plain))


def _pick_list(desk: Desk, wave: Wave, boxes: Sequence[Parcel], words: Words) -> PickList:
    lines, orders = _pick_lines(desk, wave, boxes), orders_of(desk, boxes)
    return PickList(
        wave_number=wave.number,
        warehouse=desk.catalog.warehouses[wave.warehouse_id].name,
        made_at_text=words.when(wave.made_at),
        lines=lines,
        parcels=len(boxes),
        units=sum(line.quantity for line in lines),
        single=all(len({item.sku for item in box.live_items}) == 1 for box in boxes),
        sorting=tuple(_sort_slot(desk, box, orders, words) for box in boxes),
        note=wave_why(desk, wave, words),
    )


def _pick_lines(desk: Desk, wave: Wave, boxes: Sequence[Parcel]) -> tuple[PickLine, ...]:
    """A line per bin and batch, as they are walked past, of one bin what expires first before the rest; what no bin has
    stands at the product's own shelf."""
    walks = walking.walk(desk, wave.warehouse_id, boxes)
    slots: dict[tuple[str, str, str, date | None], Counter[int]] = {}
    for box in boxes:
        left = Counter(dict(_units(box)))
        for spot in walks[box.id]:
            place = (spot.bin, spot.place.sku, spot.place.batch, spot.expires)
            slots.setdefault(place, Counter())[box.slot] += spot.units
            left[spot.place.sku] -= spot.units
        for code, units in (+left).items():
            own = desk.catalog.skus[code].bin if code in desk.catalog.skus else ""
            slots.setdefault((own, code, "", None), Counter())[box.slot] += units
    titles = {item.sku: item.title for box in boxes for item in box.live_items}
    order = sorted(slots, key=lambda one: (bins.walking_order(one[0]), one[1], one[3] or date.max, one[2]))
    return tuple(_pick_line(desk, place, titles, slots[place]) for place in order)


def _pick_line(
    desk: Desk, place: tuple[str, str, str, date | None], titles: Mapping[str, str], units: Mapping[int, int]
) -> PickLine:
    where, code, batch, expires = place
    sku = desk.catalog.skus.get(code)
    return PickLine(
        bin=where,
        sku=code,
        barcode=sku.barcode if sku else "",
        title=sku.title if sku else titles[code],
        quantity=sum(units.values()),
        slots=tuple(sorted(units.items())),
        batch=batch,
        expires=expires.isoformat() if expires else "",
    )


def _sort_slot(desk: Desk, box: Parcel, orders: Mapping[int, Order], words: Words) -> SortSlot:
    sets = tuple(built_text(desk, one, words) for one in kits.in_box(box.live_items, orders))
    return SortSlot(box.slot, box.waybill, _courier(desk, box), _units(box), marks_of(desk, box, orders), sets)


def _units(box: Parcel) -> tuple[tuple[str, int], ...]:
    units: dict[str, int] = {}
    for item in box.live_items:
        units[item.sku] = units.get(item.sku, 0) + item.quantity
    return tuple(units.items())


def marks_of(desk: Desk, box: Parcel, orders: Mapping[int, Order]) -> tuple[str, ...]:
    """What is special about a parcel: rush, gift, note."""
    inside = [orders[order_id] for order_id in box.live_orders]
    notes = wave_choice.notes_of(inside)
    due = min((order.due_at for order in inside if order.due_at), default=None)
    found = {
        "rush": wave_choice.is_rush(desk, due, notes),
        "gift": wave_choice.is_gift(desk, notes),
        "note": bool(notes),
    }
    return tuple(mark for mark, so in found.items() if so)


def _courier(desk: Desk, box: Parcel) -> str:
    return desk.catalog.couriers[box.courier_id].name if box.courier_id else ""


def receiver_of(desk: Desk, box: Parcel, order: Order) -> Receiver:
    """The receiver as paper may show it."""
    rules = desk.policy.papers
    account = numbering.account_of(desk, box)
    own = rules.whole_for_own_numbers and account is not None and account.source == LOCAL
    return masked(order.receiver, Mask.WHOLE if own else rules.mask(order.platform))


def _address(to: Receiver) -> str:
    """In one line; a municipality is province and city and stands once. Abroad the country stands last."""
    parts = (to.province, to.city, to.district, to.address, to.zip, to.country if _abroad(to) else "")
    return " ".join(dict.fromkeys(part for part in parts if part))


def _abroad(to: Receiver) -> bool:
    return to.country not in ("", "CN")


def sender_of(desk: Desk, box: Parcel) -> Sender:
    """Who the policy says sends it; else the shop, from the warehouse."""
    assert box.warehouse_id is not None
    shop, place = desk.catalog.shops[box.shop_id].name, desk.catalog.warehouses[box.warehouse_id]
    for sender in desk.policy.papers.senders:
        if sender.shop in ("", shop) and sender.warehouse in ("", place.code):
            return sender
    return Sender(shop, "", " ".join(part for part in (place.province, place.city, place.name) if part))


def _labels(
    desk: Desk, wanted: Sequence[Sheet], boxes: Mapping[int, Parcel], orders: Mapping[int, Order], words: Words
) -> list[ShippingLabel]:
    numbers = desk.waybills.of_parcels([sheet.parcel_id for sheet in wanted])
    made = []
    for sheet in wanted:
        box = boxes[sheet.parcel_id]
        row = next((row for row in numbers.get(box.id, ()) if row.number == box.waybill), None)
        codes = (row.sort_code, row.hub) if row else ("", "")
        made.append(_label(desk, box, orders, sheet, codes, words))
    return made


def _label(
    desk: Desk, box: Parcel, orders: Mapping[int, Order], sheet: Sheet, codes: tuple[str, str], words: Words
) -> ShippingLabel:
    inside = [orders[order_id] for order_id in box.live_orders]
    to, sender = receiver_of(desk, box, inside[0]), sender_of(desk, box)
    due = sum(order.at_door for order in inside)
    money = words.money(due, inside[0].currency) if due > 0 else ""
    titles = {item.sku: item.title for item in box.live_items}
    wave = desk.waves.get(box.wave_id).number if box.wave_id else ""
    return ShippingLabel(
        waybill=box.waybill,
        parcel_number=box.number,
        courier=_courier(desk, box),
        destination=" ".join(part for part in (to.city or to.province, to.district) if part) or to.country,
        receiver_name=to.name,
        receiver_phone=to.phone,
        receiver_address=_address(to),
        sender_name=sender.name,
        sender_phone=sender.phone,
        sender_address=sender.address,
        shop=desk.catalog.shops[box.shop_id].name,
        order_numbers=tuple(order.number for order in inside),
        goods=tuple(f"{sku} ×{units}  {titles[sku]}" for sku, units in _units(box)),
        printed=words.when(desk.now),
        sort_code=codes[0],
        hub=codes[1],
        wave_number=wave,
        slot=box.slot,
        part=_part(box),
        cod=f"COD {money}" if money and _abroad(to) else money,  # whoever collects there reads no Chinese
        buyer_message=_notes(inside, "buyer_message"),
        seller_note=_notes(inside, "seller_note"),
        copy=sheet.copy,
        replaces=words.when(sheet.replaces.at) if sheet.replaces else "",
        marks=tuple(mark for mark in marks_of(desk, box, orders) if mark != "note"),
    )


def _notes(orders: Sequence[Order], name: str) -> str:
    return "\n".join(dict.fromkeys(text for order in orders if (text := str(getattr(order, name)))))


def _slip(desk: Desk, box: Parcel, orders: dict[int, Order], sheet: Sheet, words: Words) -> PackingSlip:
    inside = [orders[order_id] for order_id in box.live_orders]
    to = receiver_of(desk, box, inside[0])
    assert box.warehouse_id is not None
    return PackingSlip(
        slot=box.slot,
        parcel_number=box.number,
        waybill=box.waybill,
        courier=_courier(desk, box),
        shop=desk.catalog.shops[box.shop_id].name,
        order_numbers=tuple(order.number for order in inside),
        receiver_name=to.name,
        receiver_phone=to.phone,
        receiver_address=_address(to),
        lines=_slip_lines(desk, box, orders, words),
        buyer_message=_notes(inside, "buyer_message"),
        seller_note=_notes(inside, "seller_note"),
        warehouse=desk.catalog.warehouses[box.warehouse_id].name,
        part=_part(box),
        copy=sheet.copy,
        replaces=words.when(sheet.replaces.at) if sheet.replaces else "",
        marks=marks_of(desk, box, orders),
    )


def _part(box: Parcel) -> tuple[int, int]:
    """Which of how many parcels of its order."""
    split = box.why.get("split")
    return (int(split["part"]), int(split["of"])) if isinstance(split, Mapping) else (1, 1)


def _slip_lines(desk: Desk, box: Parcel, orders: dict[int, Order], words: Words) -> tuple[SlipLine, ...]:
    """The goods, order by order, each named where there are several; what makes up a set stands under its name, behind
    the single goods."""
    several = len(box.live_orders) > 1
    variants = {(order.id, line.line_no): line.variant for order in orders.values() for line in order.lines}
    sets = kits.in_box(box.live_items, orders)
    place = {(one.order_id, number): at for at, one in enumerate(sets, 1) for number in one.line_nos}
    skus = desk.catalog.skus

    def line(item: Item) -> SlipLine:
        at = place.get((item.order_id, item.line_no), 0)
        return SlipLine(
            sku=item.sku,
            barcode=skus[item.sku].barcode if item.sku in skus else "",
            title=item.title,
            variant="" if at else variants.get((item.order_id, item.line_no), ""),
            quantity=item.quantity,
            order=orders[item.order_id].number if several else "",
            set_name=built_text(desk, sets[at - 1], words) if at else "",
        )

    order_of = {order_id: at for at, order_id in enumerate(box.live_orders)}
    inside = [item for item in box.live_items if item.order_id in order_of]
    inside.sort(key=lambda item: (order_of[item.order_id], place.get((item.order_id, item.line_no), 0)))
    return tuple(map(line, inside))
