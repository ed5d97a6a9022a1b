"""What a person sets right on an order: where it goes, and in review which product a line means.

Surprising: a product is learnt for the shop, so one answer frees every order that waits for the same name.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain import history
from domain.addresses.addresses import filled
from domain.desk import Desk
from domain.errors import BadValue, WrongStatus
from domain.floor import dock
from domain.floor.parcels import IN_HOUSE, Parcel, ParcelState
from domain.intake.changes import EDITED_MOVE, hold_change, moved_to
from domain.intake.incoming import Receiver
from domain.orders.orders import Order, OrderStatus, check_move
from domain.paper import printing
from domain.people.people import Actor, Right, require
from domain.planning.planning import prepared, refresh
from domain.review import looking, review
from domain.review.holds import UNMATCHED, HoldCode
from domain.stops import away, interception, withdrawal
from domain.stops.delivery import delivered


def edit_address(desk: Desk, actor: Actor, order_id: int, revision: int, receiver: Receiver) -> Order:
    """Change where it goes. In review: screened and matched anew. Later, before the wave: back to review first; what
    is owed while the rest has left just goes there. From the wave on it is the platform's news over again (rules.md
    B7): boxes in the house and on the dock are held until the address is released, of those on their way the courier
    may be asked.

    Province, city and district that stand in the street alone are put in their fields.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.EDIT, shop=order.shop_id)
    review.seen(desk, order, revision)
    if not receiver.name.strip() or not receiver.address.strip():
        raise BadValue("address", receiver.address, "name_and_street")
    parcels = desk.parcels.of_orders([order_id]).get(order_id, ())
    receiver = replace(receiver, masked=False)
    if _out_of_review(desk, order, parcels) or dock.standing(desk, order):
        return _moved(desk, actor, order, filled(receiver))
    if order.status in (OrderStatus.APPROVED, OrderStatus.RELEASED) and not any(
        p.state in IN_HOUSE or p.state is ParcelState.HANDED_OVER for p in parcels
    ):
        order = withdrawal.unapprove(desk, actor, order, parcels, reason="address edited")
    owed = only_owed(order, parcels)
    if order.status not in (OrderStatus.UNPAID, OrderStatus.REVIEW) and not owed:
        raise WrongStatus(order.number, order.status, OrderStatus.REVIEW)
    _note_move(desk, actor, order, filled(receiver))
    news = replace(order, receiver=filled(receiver), merge_code="", first_approver=0)  # the code meant the old place
    if owed:  # warehouse and courier are chosen when its goods come
        interception.keep(desk, prepared(news, desk.catalog, desk.policy))
    else:
        refresh(desk, [news])
    review.announce(desk, [order_id])
    return desk.orders.get(order_id)


def movable(desk: Desk, order: Order, parcels: Sequence[Parcel]) -> bool:
    """Whether its address can still be changed: by us, or by asking the courier."""
    if order.status in (OrderStatus.UNPAID, OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED):
        return True
    return _out_of_review(desk, order, parcels)


def _out_of_review(desk: Desk, order: Order, parcels: Sequence[Parcel]) -> bool:
    """Whether a box of it is in somebody's hands: in the house, or on its way and not delivered yet."""
    mine = {p.state for p in parcels if order.id in p.live_orders}
    if order.status is OrderStatus.SHIPPED:
        gone = [p for p in parcels if p.state is ParcelState.HANDED_OVER and order.id in p.live_orders]
        return any(not delivered(desk, order, p) for p in gone)
    return order.status is OrderStatus.RELEASED and (
        bool(mine & IN_HOUSE) or (ParcelState.HANDED_OVER in mine and not only_owed(order, parcels))
    )


def _moved(desk: Desk, actor: Actor, order: Order, receiver: Receiver) -> Order:
    if filled(order.receiver) == receiver:
        return order
    seen = _note_move(desk, actor, order, receiver)
    news = dock.call_back(desk, actor, replace(order, receiver=receiver, merge_code=""))
    if news.status is OrderStatus.RELEASED:
        news = hold_change(desk, news, {HoldCode.ADDR_CHANGED: seen})
    away.changed_too_late(desk, news, desk.parcels.of_orders([order.id]).get(order.id, ()), moved=True)
    interception.keep(desk, news)
    printing.changed(desk, [order.id])
    review.announce(desk, [order.id])
    return desk.orders.get(order.id)


def _note_move(desk: Desk, actor: Actor, order: Order, to: Receiver) -> dict[str, str]:
    """Write it down; returns the evidence."""
    seen = moved_to(desk, actor, order.receiver, to)
    history.note(desk, actor, "order", order.id, EDITED_MOVE, was=seen["was"], now=seen["now"])
    return seen


def only_owed(order: Order, parcels: Sequence[Parcel]) -> bool:
    """Whether all of a released order that is still to go is owed."""
    here = {p.state for p in parcels if order.id in p.live_orders} - {ParcelState.HANDED_OVER, ParcelState.CANCELLED}
    return order.status is OrderStatus.RELEASED and here == {ParcelState.OWED}


def match_sku(desk: Desk, actor: Actor, order_id: int, revision: int, line_no: int, sku: str) -> tuple[Order, int]:
    """Say which product or set a line means: from now on in this shop, and for every order that waits for it.

    Returns the order, and how many others that wait for a product are looked at in the next moments. Raises BadValue
    for an unknown sku.
    """
    order = desk.orders.get(order_id)
    require(actor, Right.EDIT, shop=order.shop_id)
    review.seen(desk, order, revision)
    check_move(order, OrderStatus.APPROVED)
    known = {s.code.casefold(): s.code for s in desk.catalog.skus.values()}
    known |= {s.barcode: s.code for s in desk.catalog.skus.values() if s.barcode}
    known |= {code.casefold(): code for code in desk.catalog.bundles}
    code = known.get(sku.strip().casefold())
    if code is None or line_no not in {line.line_no for line in order.lines}:
        raise BadValue("sku", sku, "known_sku")
    name = next(line.known_as for line in order.lines if line.line_no == line_no)
    desk.learn_sku(order.shop_id, name, code)
    history.note(desk, actor, "order", order_id, "sku_matched", code, line=str(line_no))
    meant = code if code in desk.catalog.skus else None  # a set is made up of its parts as it is screened
    lines = tuple(replace(line, sku=meant) if line.line_no == line_no else line for line in order.lines)
    refresh(desk, [replace(order, lines=lines, first_approver=0)])
    review.announce(desk, [order_id])

    def waits(one: Order) -> bool:
        return one.shop_id == order.shop_id and any(not line.sku and line.known_as == name for line in one.lines)

    left = looking.at_once(desk, UNMATCHED, waits)
    return desk.orders.get(order_id), left
