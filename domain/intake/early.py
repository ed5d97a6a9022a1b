"""What is told of an order before the order itself: lines and refunds wait for it and are filled in when it comes.

Surprising: it may wait under the order's number or, as a platform tells refunds, under its inner id.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.desk import Desk
from domain.intake.incoming import Fragment, IncomingOrder, IncomingRefund, PlatformState
from domain.intake.told import both_refunds, filled_with
from domain.people.people import Actor, ActorKind
from domain.stops import replies


def kept(desk: Desk, shop_id: int, fresh: Sequence[IncomingOrder]) -> dict[str, Fragment]:
    """What was put aside for these, by number: under that or, as refunds may be told, under the inner id."""
    names = {one.number: one.external_id for one in fresh}
    found = desk.orders.take_fragments(shop_id, {name for pair in names.items() for name in pair if name})
    empty = Fragment()
    pairs = {number: (found.get(number, empty), found.get(inner, empty)) for number, inner in names.items()}
    joined = {
        number: Fragment(one.lines or other.lines, both_refunds(one.refunds, other.refunds))
        for number, (one, other) in pairs.items()
    }
    return {number: fragment for number, fragment in joined.items() if fragment != empty}


def wait_for_order(desk: Desk, actor: Actor, shop_id: int, number: str, refund: IncomingRefund) -> None:
    """Put a refund of an order we do not know aside; who told it by itself hears that."""
    shop = desk.catalog.shops[shop_id]
    told = IncomingOrder(shop.platform, number, PlatformState.PAID, shop.currency, 0, "", fragment=True)
    kept = desk.orders.take_fragments(shop_id, [number]).get(number)
    desk.orders.keep_fragments(shop_id, [filled_with(replace(told, refunds=(refund,)), kept)])
    if actor.kind is ActorKind.SHOP:
        replies.not_known(desk, shop_id, refund.external_id, number)
