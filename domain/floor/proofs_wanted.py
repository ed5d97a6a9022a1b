"""Boxes that leave only when a photo or a film of their packing is kept (the field's "pack photo required").

Surprising: only a picture of what is in the box now counts. One that was sent before goods came out or went in shows
another box.
"""

from collections import Counter

from domain.desk import Desk
from domain.errors import ProofMissing
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import Station
from domain.stock.stock import Document

VERB = "proof"
REPICKED = "repicked"
_OTHER_GOODS = {str(ParcelState.PICKED), str(Document.PUT_BACK), "repick", REPICKED}
_LOOKED_AT = 1000


def wanted(desk: Desk, parcel: Parcel) -> bool:
    """Whether the policy asks for one of this box."""
    rules = desk.policy.proofs
    if not (rules.worth or rules.skus or rules.shops):
        return False
    orders = desk.orders.many(parcel.live_orders)
    worth = Counter[str]()
    for item in parcel.live_items:
        worth[orders[item.order_id].currency] += item.paid
    least = {currency: rules.worth.get(currency, rules.worth.get("*", 0)) for currency in worth}
    dear = any(0 < least[currency] <= amount for currency, amount in worth.items())
    marked = any(item.sku in rules.skus for item in parcel.live_items)
    return dear or marked or any(desk.catalog.shops[one.shop_id].name in rules.shops for one in orders.values())


def missing(desk: Desk, parcel: Parcel) -> bool:
    """Whether it is asked for, and nobody has sent one of what is in the box."""
    if not wanted(desk, parcel):
        return False
    for event in desk.history("parcel", parcel.id, _LOOKED_AT):
        if event.verb == VERB and event.data["step"] == Station.PACK:
            return False
        if event.verb in _OTHER_GOODS:
            return True
    return True


def require(desk: Desk, parcel: Parcel) -> None:
    """Raises ProofMissing."""
    if missing(desk, parcel):
        raise ProofMissing(parcel.waybill)
