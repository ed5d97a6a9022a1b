"""What changed too late: asked once more before a hold is released, and on the order's card goods that lie in no box.

Surprising: nothing of this is kept. It is worked out anew for each drawing, so it goes when it is not so any more.
"""

from collections.abc import Mapping, Sequence

from domain.desk import Desk
from domain.floor import repacking
from domain.orders import boxed
from domain.orders.orders import Order, OrderStatus
from domain.review.holds import HoldCode, open_codes
from domain.stops import readdress
from domain.stops.readdress import AsItIs
from handlers.card import Button, Card
from handlers.cards.desk.choices import LOST, told
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import N_, hold_name
from handlers.words import Html, Words

LATE = {
    "warehouse": N_("⚠️ {parcel} goes from {ships}, not from {asked}: {why}"),
    "courier": N_("⚠️ {parcel} goes with {ships}, not with {asked}: {why}"),
    "anyhow": N_("⚠️ {parcel} goes with {ships} all the same: {why}"),
    "missing": N_("⚠️ In no box, so it does not ship: {goods}"),
    "extra": N_("⚠️ In the box, and no longer ordered so: {goods}"),
}
WHY = {
    "in_hand": N_("too late, its goods are picked or being picked"),
    "shared": N_("it travels with {others}; ship it alone first (✂️)"),
    "not_ours": N_("no courier of ours is called so"),
}
_LEFT = (OrderStatus.RELEASED, OrderStatus.SHIPPED)


def late_line(late: AsItIs, words: Words) -> str:
    """One thing that was asked for and does not happen, and what does."""
    what = late.what if late.asked or late.what != "courier" else "anyhow"
    held = late.why in set(HoldCode)
    why = words("{name}", name=hold_name(late.why, words)) if held else told(WHY | LOST, late.why, late.facts, words)
    facts = {"parcel": late.parcel, "ships": late.ships, "asked": late.asked or "-", "goods": late.asked}
    return words(LATE[what], **facts, why=Html(why))


def as_it_is(desk: Desk, order: Order, viewer: Viewer, data: Mapping[str, str], head: str) -> Card:
    """Before the hold of `data['code']` is released: what ships all the same, and the tap that says one knows."""
    words, code = viewer.words, HoldCode(data["code"])
    lines = [late_line(late, words) for late in readdress.foreseen(desk, order, (code,))]
    question = words("Release «{hold}» all the same?", hold=hold_name(code, words))
    rows = [(Button(words("◀ Back"), pack("o.o", order.id)),)]
    if code in open_codes(order.holds):
        yes = pack("o.rl", order.id, order.revision, code, "sure")
        rows.insert(0, (Button(words("Release, it ships as it is"), yes, "danger"),))
        if code is HoldCode.GOODS_CHANGED and repacking.possible(desk, order):
            again = pack("o.rl", order.id, order.revision, code, "repack")
            rows.insert(0, (Button(words("🔁 Have it repacked as ordered now"), again, "primary"),))
    return Card("\n".join([head, "", *lines, question]), tuple(rows))


def unshipped(desk: Desk, order: Order) -> list[boxed.Gap]:
    """Goods of an order in the house, or gone, that lie in none of its boxes."""
    if order.status not in _LEFT:
        return []
    return boxed.missing(order, desk.parcels.of_orders([order.id]).get(order.id, ()), desk.catalog)


def unshipped_line(order: Order, found: Sequence[boxed.Gap], words: Words) -> str:
    """That they do not ship, or did not."""
    went = order.status is OrderStatus.SHIPPED
    text = N_("⚠️ Lay in no box, did not ship: {goods}") if went else LATE["missing"]
    return words(text, goods=boxed.told(found))
