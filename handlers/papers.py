"""A wave's papers out of the store: the pick list, and the packing slips with the receivers on them.

Surprising: parcels with an open stop are left out, so that what is printed late does not lead anybody to pick what
must not leave. Slips hold names and addresses whole: they go to people in private, never to a group.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from domain import history
from domain.desk import Desk
from domain.documents import PackingSlip, PickLine, PickList, SlipLine
from domain.orders import Order
from domain.parcels import Parcel, ParcelState, Wave
from domain.people import Actor
from domain.release import orders_of
from exports.documents import packing_slips_pdf, pick_list_pdf
from handlers.card import File
from handlers.words import Words

Papers = tuple[Callable[[], File], ...]


def papers(desk: Desk, wave: Wave, words: Words, *, slips: bool) -> Papers:
    """Functions that make the PDFs, everything read already; none when nothing of the wave is left to ship."""
    boxes = [p for p in desk.parcels.of_wave(wave.id) if not p.blocked and p.state is not ParcelState.CANCELLED]
    if not boxes:
        return ()
    made: list[Callable[[], File]] = [partial(_pick_file, _pick_list(desk, wave, boxes, words), words)]
    if slips:
        orders = orders_of(desk, boxes)
        made.append(partial(_slips_file, wave.number, [_slip(desk, box, orders) for box in boxes], words))
    return tuple(made)


def slip_again(desk: Desk, actor: Actor, box: Parcel, words: Words) -> Callable[[], File]:
    """A function that makes one parcel's slip as it is now, for one that goes on with less in it."""
    history.note(desk, actor, "parcel", box.id, "printed")
    return partial(_slips_file, box.number, [_slip(desk, box, orders_of(desk, [box]))], words)


def _pick_file(pick: PickList, words: Words) -> File:
    return File(f"{pick.wave_number}-pick.pdf", pick_list_pdf(pick, words.plain))


def _slips_file(number: str, slips: Sequence[PackingSlip], words: Words) -> File:
    return File(f"{number}-slips.pdf", packing_slips_pdf(slips, words.plain))


def _pick_list(desk: Desk, wave: Wave, boxes: Sequence[Parcel], words: Words) -> PickList:
    slots: dict[str, dict[int, int]] = {}
    titles: dict[str, str] = {}
    for box in boxes:
        for item in box.live_items:
            units = slots.setdefault(item.sku, {})
            units[box.slot] = units.get(box.slot, 0) + item.quantity
            titles[item.sku] = item.title
    lines = [_pick_line(desk, code, titles[code], units) for code, units in slots.items()]
    return PickList(
        wave_number=wave.number,
        warehouse=desk.catalog.warehouses[wave.warehouse_id].name,
        made_at_text=words.when(wave.made_at),
        lines=tuple(sorted(lines, key=lambda line: (line.bin, line.sku))),
        parcels=len(boxes),
        units=sum(line.quantity for line in lines),
    )


def _pick_line(desk: Desk, code: str, title: str, units: dict[int, int]) -> PickLine:
    sku = desk.catalog.skus.get(code)
    return PickLine(
        bin=sku.bin if sku else "",
        sku=code,
        barcode=sku.barcode if sku else "",
        title=sku.title if sku else title,
        quantity=sum(units.values()),
        slots=tuple(sorted(units.items())),
    )


def _slip(desk: Desk, box: Parcel, orders: dict[int, Order]) -> PackingSlip:
    inside = [orders[order_id] for order_id in box.live_orders]
    to = inside[0].receiver
    courier = desk.catalog.couriers[box.courier_id].name if box.courier_id else ""
    assert box.warehouse_id is not None
    return PackingSlip(
        slot=box.slot,
        parcel_number=box.number,
        waybill=box.waybill,
        courier=courier,
        shop=desk.catalog.shops[box.shop_id].name,
        order_numbers=tuple(order.number for order in inside),
        receiver_name=to.name,
        receiver_phone=to.phone,
        receiver_address=" ".join(part for part in (to.province, to.city, to.district, to.address, to.zip) if part),
        lines=_slip_lines(desk, box, orders),
        buyer_message="\n".join(order.buyer_message for order in inside if order.buyer_message),
        seller_note="\n".join(order.seller_note for order in inside if order.seller_note),
        warehouse=desk.catalog.warehouses[box.warehouse_id].name,
        part=_part(box),
    )


def _part(box: Parcel) -> tuple[int, int]:
    """Which of how many parcels of its order."""
    split = box.why.get("split")
    return (int(split["part"]), int(split["of"])) if isinstance(split, Mapping) else (1, 1)


def _slip_lines(desk: Desk, box: Parcel, orders: dict[int, Order]) -> tuple[SlipLine, ...]:
    """The goods, order by order; each is named where there are several."""
    several = len(box.live_orders) > 1
    variants = {(order.id, line.line_no): line.variant for order in orders.values() for line in order.lines}
    skus = desk.catalog.skus
    return tuple(
        SlipLine(
            sku=item.sku,
            barcode=skus[item.sku].barcode if item.sku in skus else "",
            title=item.title,
            variant=variants.get((item.order_id, item.line_no), ""),
            quantity=item.quantity,
            order=orders[item.order_id].number if several else "",
        )
        for order_id in box.live_orders
        for item in box.live_items
        if item.order_id == order_id
    )
