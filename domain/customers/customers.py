"""Customers: find one, see what they did, tag them, make them a VIP, keep a note (rules.md B14).

Surprising: a customer spans the shops of a platform, people do not. Whoever serves one of the shops they bought in
may look and tag; what changes how every shop treats them wants somebody who has all of those shops.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from domain import history
from domain.addresses import phones
from domain.customers.customer_records import Customer, Figures, is_identity
from domain.desk import Desk
from domain.errors import BadValue, NotAllowed, Stale, Unknown
from domain.intake.incoming import Platform
from domain.orders.orders import Order
from domain.people import notices
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind

LONGEST_TAG = 12
MOST_TAGS = 8
LONGEST_NOTE = 500
_LOOKED_AT = 50


def shops_of(desk: Desk, platform: Platform, shops: frozenset[int] | None = None) -> frozenset[int]:
    """The platform's shops, within a scope (None = all)."""
    return frozenset(
        shop.id
        for shop in desk.catalog.shops.values()
        if shop.platform is platform and (shops is None or shop.id in shops)
    )


def figures(desk: Desk, customer: Customer, shops: frozenset[int] | None = None) -> Figures:
    """The customer's history in these shops (None = all)."""
    return all_figures(desk, [customer], shops)[customer.id]


def all_figures(desk: Desk, customers: Collection[Customer], shops: frozenset[int] | None = None) -> dict[int, Figures]:
    """customer id -> history in these shops (None = all), a platform at a time."""
    found: dict[int, Figures] = {}
    for platform in {customer.platform for customer in customers}:
        mine = {customer.buyer_id: customer.id for customer in customers if customer.platform is platform}
        known = desk.customers.figures(shops_of(desk, platform, shops), list(mine))
        found |= {customer_id: known.get(buyer, Figures()) for buyer, customer_id in mine.items()}
    return found


def _bought_in(desk: Desk, customer: Customer) -> frozenset[int]:
    return figures(desk, customer).shops or shops_of(desk, customer.platform)


def require_some(desk: Desk, actor: Actor, right: Right, customer: Customer) -> None:
    """Raises NotAllowed unless the actor has the right in one of the shops the customer bought in."""
    require(actor, right)
    if actor.shops is not None and not actor.shops & _bought_in(desk, customer):
        raise NotAllowed(right, scope="shop")


def require_all(actor: Actor, right: Right, shops: Iterable[int]) -> None:
    """Raises NotAllowed unless the actor has the right in each of the shops."""
    require(actor, right)
    for shop in shops:
        require(actor, right, shop=shop)


def require_where_known(desk: Desk, actor: Actor, right: Right, customer: Customer) -> None:
    """Raises NotAllowed unless the actor has the right in every shop the customer bought in."""
    require(actor, right)
    if actor.shops is not None:
        require_all(actor, right, _bought_in(desk, customer))


def of_order(desk: Desk, actor: Actor, order_id: int) -> Customer:
    """Who bought this order; the row is made at the first look. Raises NotAllowed, BadValue when the platform does
    not tell who it is."""
    order = desk.orders.get(order_id)
    require(actor, Right.VIEW_ORDERS, shop=order.shop_id)
    if not is_identity(order.buyer_id):
        raise BadValue("customer", order.number, "told_buyer")
    who = (order.platform, order.buyer_id)
    desk.customers.make([who])
    return desk.customers.known([who])[who]


def look(desk: Desk, actor: Actor, customer_id: int) -> Customer:
    """The customer, for somebody who may see one of their orders. Raises NotAllowed, Unknown."""
    customer = desk.customers.get(customer_id)
    require_some(desk, actor, Right.VIEW_ORDERS, customer)
    return customer


def find(desk: Desk, actor: Actor, text: str) -> list[Order]:
    """The newest order of each customer called so: by buyer id, else by order number, waybill, phone tail or a part
    of the buyer id. Raises NotAllowed, Unknown, BadValue when only orders of untold buyers were found."""
    require(actor, Right.VIEW_ORDERS)
    wanted = text.strip()
    shops = frozenset(desk.catalog.shops) if actor.shops is None else actor.shops
    exact = desk.orders.many(desk.customers.newest_orders(shops, [wanted])) if wanted else {}
    found = list(exact.values()) or _searched(desk, wanted, actor.shops)
    newest: dict[tuple[Platform, str], Order] = {}
    for order in found:
        if is_identity(order.buyer_id):
            newest.setdefault((order.platform, order.buyer_id), order)
    if found and not newest:
        raise BadValue("customer", wanted, "told_buyer")
    if not found:
        raise Unknown("customer", wanted)
    return list(newest.values())


def _searched(desk: Desk, wanted: str, shops: frozenset[int] | None) -> list[Order]:
    """What the order search finds, without the hits on goods and receivers' names; a single hit is one."""
    hits = desk.orders.search(wanted, shops, _LOOKED_AT)
    return hits if len(hits) == 1 else [order for order in hits if _answers(order, wanted)]


def _answers(order: Order, wanted: str) -> bool:
    digits = "".join(letter for letter in wanted if letter.isdigit())
    by_phone = len(digits) >= 4 and digits == wanted and phones.ends_in(order.receiver.phone, digits)
    by_number = wanted.removeprefix("#") in (order.number.removeprefix("#"), order.external_id)
    return by_phone or by_number or wanted.casefold() in order.buyer_id.casefold()


def last_orders(desk: Desk, customer: Customer, shops: frozenset[int] | None, limit: int) -> list[Order]:
    """The customer's orders in these shops (None = all), newest first."""
    ids = desk.customers.order_ids(shops_of(desk, customer.platform, shops), customer.buyer_id, limit)
    found = desk.orders.many(ids)
    return [found[order_id] for order_id in ids]


def seen(desk: Desk, customer: Customer, revision: int) -> None:
    """Raises Stale, with who did what when, unless the customer is as the card showed it."""
    if customer.revision == revision:
        return
    last = next(iter(desk.history("customer", customer.id, 1)), None)
    raise Stale("the_customer", last.verb, last.actor, last.at) if last else Stale("the_customer", "changed")


def changed(desk: Desk, customers: Collection[Customer]) -> None:
    """Save them and draw their cards again."""
    desk.customers.save(list(customers))
    notices.redraw(desk, NoticeKind.CUSTOMER, [customer.id for customer in customers])


def shown_on_orders(desk: Desk, customer: Customer) -> None:
    """What stands on the cards of their orders has changed: draw the newest ones again, where they are shown."""
    places = shops_of(desk, customer.platform)
    notices.redraw(desk, NoticeKind.ORDER, desk.customers.order_ids(places, customer.buyer_id, _LOOKED_AT))


def tag(desk: Desk, actor: Actor, customer_id: int, revision: int, text: str, *, on: bool) -> Customer:
    """Put a tag on or take it off. Raises NotAllowed, Stale, BadValue for one that is empty, too long, or has a
    colon in it (buttons carry tags), and when there are too many."""
    customer = desk.customers.get(customer_id)
    require_some(desk, actor, Right.CUSTOMERS, customer)
    seen(desk, customer, revision)
    name = " ".join(text.split())
    if on and (not name or len(name) > LONGEST_TAG or len(name.encode()) > 3 * LONGEST_TAG or ":" in name):
        raise BadValue("tag", text[:60], "tag")
    if on and len(customer.tags) >= MOST_TAGS and name not in customer.tags:
        raise BadValue("tag", name, "fewer_tags")
    tags = tuple(one for one in customer.tags if one != name) + ((name,) if on else ())
    if set(tags) == set(customer.tags):
        return customer
    history.note(desk, actor, "customer", customer_id, "tagged" if on else "untagged", name)
    changed(desk, [replace(customer, tags=tags)])
    shown_on_orders(desk, customer)
    return desk.customers.get(customer_id)


def set_vip(desk: Desk, actor: Actor, customer_id: int, revision: int, *, vip: bool) -> Customer:
    """Make a VIP or end it. Raises NotAllowed, Stale."""
    customer = desk.customers.get(customer_id)
    require_where_known(desk, actor, Right.CUSTOMER_LISTS, customer)
    seen(desk, customer, revision)
    if customer.vip == vip:
        return customer
    history.note(desk, actor, "customer", customer_id, "vip_set" if vip else "vip_unset")
    changed(desk, [replace(customer, vip=vip)])
    shown_on_orders(desk, customer)
    return desk.customers.get(customer_id)


def note(desk: Desk, actor: Actor, customer_id: int, revision: int, text: str) -> Customer:
    """Replace the note ('-' empties it); the history keeps every one. Raises NotAllowed, Stale, BadValue."""
    customer = desk.customers.get(customer_id)
    require_some(desk, actor, Right.CUSTOMERS, customer)
    seen(desk, customer, revision)
    told = "" if text.strip() == "-" else text.strip()
    if len(told) > LONGEST_NOTE:
        raise BadValue("note", told[:60], "short_note")
    if told == customer.note:
        return customer
    history.note(desk, actor, "customer", customer_id, "noted", told)
    changed(desk, [replace(customer, note=told)])
    return desk.customers.get(customer_id)
