"""Held orders for bulk releases: notes, measures, the card somebody opened, and a refusal that changed nothing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from domain.desk import Desk
from domain.errors import Refusal
from domain.intake import intake
from domain.intake.incoming import IncomingOrder
from domain.orders.orders import Order
from domain.people.people import SHOP, Actor
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice
from domain.review import bulk
from domain.review.bulk import Batch, Seen
from domain.review.holds import HoldCode
from domain.review.scope import Scope
from tests.domain.customers.customer_desk import Shop
from tests.factory import incoming, incoming_line, receiver

NOTES = Scope(code=HoldCode.MESSAGE)
LEAD, TWO = 500_000, 1_000_000
TEA = (incoming_line("TEA-01", 1),)


def took(shop: Shop, *orders: IncomingOrder, at: int = 0) -> list[Order]:
    place = shop.cast.shops[at].id
    shop.do(intake.receive, SHOP, place, orders)
    found = shop.store.read_now(lambda desk: desk.orders.by_number(place, [order.number for order in orders]))
    return [found[order.number] for order in orders]


def note(number: str, **changes: Any) -> IncomingOrder:
    """An order that a buyer's message holds, to a door of its own."""
    return incoming(
        number, **{"buyer_message": f"note {number}", "receiver": receiver(address=f"文三路 {number} 号"), **changes}
    )


def notes(shop: Shop, count: int, **changes: Any) -> list[Order]:
    return took(shop, *(note(str(number), lines=(incoming_line(quantity=1),), **changes) for number in range(count)))


def look(shop: Shop, actor: Actor, scope: Scope = NOTES) -> Batch:
    """The next page in this person's hands, or a measure's whole."""

    def opened(desk: Desk) -> Batch:
        assert scope.code
        if bulk.at_once(scope.code):
            return bulk.whole(desk, actor, scope)
        bulk.take(desk, actor, bulk.to_read(desk, actor, scope, actor))
        return bulk.page(desk, actor, scope, desk.now)

    shop.later(seconds=1)
    found: Batch = shop.do(opened)
    return found


def seen(batch: Batch, scope: Scope = NOTES) -> Seen:
    return Seen(scope, batch.mark, batch.checksum)


def numbers(batch: Batch) -> list[str]:
    return [order.number for order in batch.orders]


def state(shop: Shop) -> Any:
    """Every order, its history, and the stock that is promised."""

    def all_(desk: Desk) -> Any:
        ids = [one for one, _ in desk.orders.in_review(shops=None, held=None)]
        levels = desk.stock.levels(["CUP-01", "LAMP-01"]).values()
        events = [desk.history("order", one) for one in ids] + [desk.history("bulk", 0)]
        boxes = desk.parcels.of_orders(ids)
        return desk.orders.many(ids), events, boxes, sum(level.reserved for level in levels)

    return shop.store.read_now(all_)


def refused(shop: Shop, fault: type[Refusal], actor: Actor, told: Seen) -> Refusal:
    """The refusal of a release; nothing changes."""
    before = state(shop)
    with pytest.raises(fault) as caught:
        shop.do(bulk.release, actor, told)
    assert state(shop) == before
    return caught.value


def measured(shop: Shop, count: int) -> Scope:
    """So many orders of an unusual amount, as a measure holds them."""
    took(shop, *(incoming(str(number), paid=10, total=10, buyer_id=str(number)) for number in range(count)))
    return Scope(code=HoldCode.AMOUNT_RANGE)


def limited(shop: Shop) -> None:
    off = {HoldCode.AMOUNT_RANGE: HoldChoice(on=False)}
    shop.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), holds=off), "test"))


def again(shop: Shop, actor: Actor, batch: Batch, scope: Scope = NOTES) -> Batch:
    """The same page as it is now."""
    assert isinstance(batch.mark, datetime)
    found: Batch = shop.store.read_now(bulk.page, actor, scope, batch.mark)
    return found
