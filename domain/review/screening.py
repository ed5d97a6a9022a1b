"""Screening (审单检查): every reason an order should wait, each with its evidence (rules.md B2).

Surprising: it is a pure function of the order and `Facts`, which are loaded once for a whole set of orders. It
runs again on every change, so a hold goes away by itself when its cause does; a finding that only time ends says
when (`until`), and the order is looked at again then.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.addresses import abroad, areas, phones
from domain.addresses.addresses import CHINA, beyond_mainland, judged, merge_key, place_of
from domain.addresses.characters import simplified
from domain.addresses.place_names import Fault, Why
from domain.customers.customer_records import Entry, KeyKind, ListLevel, keys_of, on_list
from domain.floor.parcels import Item
from domain.intake.exchanges import waits_there
from domain.intake.incoming import Platform, PlatformState, Receiver, RefundState
from domain.orders import kits
from domain.orders.catalog import Catalog
from domain.orders.orders import LIVE, Line, Order
from domain.planning.match import Loser, told
from domain.planning.shortage import Parting, parting, presale
from domain.planning.splitting import from_places, items_of, sealed
from domain.planning.wishes import unsure_of, warehouse_of
from domain.policy.policy import Policy
from domain.review.holds import Finding, HoldCode, thaws_at
from domain.review.waiting import rush_from, waiting
from domain.review.worth import worth
from domain.stock.unit_costs import UnitCosts

_ZERO = timedelta(0)
_GIFT_COLUMN = re.compile(r"gift(?:[-_ ](?:wrap|message|note|text|type))+\s*:")
"""A column's name that stands in a message before what it tells (`gift-wrap-type: Red box`): nobody's word."""
_TOLD = 40
IN_PIECES = Finding(HoldCode.OUT_OF_STOCK, {"sku": "*", "need": "", "free": "", "why": "no single warehouse has all"})
"""Each sku is there somewhere, but not all in one place, nor so that it may be divided."""
BEFORE_OFFERS = frozenset({Platform.TAOBAO})
"""Platforms whose total is the price before points and red packets, which the platform pays: who paid less than that
may have paid all the same (formats.md 1.1)."""
QUOTED = 200
"""Characters of what a buyer or a seller wrote that a hold keeps as evidence."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What screening and matching know besides the order. `free` is (warehouse, sku) -> units a new order may
    claim; `recent` the buyers' other live orders, and by place (merge key) where no buyer is told; `now` the time of
    the command; `listed` the list entries in force by key.

    `costs` is what units cost, known where the policy asks for a margin; `too_old` are units left out of `free`
    because their batch has too little life left; `returned` exchanges whose goods came back.
    `left` is e-waybill account -> numbers left (missing: not counted); `failed` order -> courier -> why it gave no
    number. `memo` keeps matches that must come out the same; it starts empty with every `replace`.
    """

    catalog: Catalog
    policy: Policy
    free: Mapping[tuple[int, str], int]
    recent: Mapping[str, tuple[Order, ...]]
    now: datetime
    listed: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    too_old: Mapping[tuple[int, str], int] = field(default_factory=dict)
    costs: UnitCosts = field(default_factory=UnitCosts)
    left: Mapping[int, int] = field(default_factory=dict)
    failed: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    returned: frozenset[int] = frozenset()
    memo: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)


def wanted(order: Order) -> dict[str, int]:
    """Units wanted by sku, over the lines that still want shipping and are matched."""
    units: dict[str, int] = {}
    for line in order.shippable:
        if line.sku:
            units[line.sku] = units.get(line.sku, 0) + line.quantity
    return units


def serving(order: Order, facts: Facts) -> list[int]:
    """The warehouses that may send this shop's orders, preferred ones first."""
    able = [warehouse for warehouse in facts.catalog.warehouses.values() if warehouse.serves(order.shop_id)]
    return [w.id for w in sorted(able, key=lambda w: (w.fallback, w.priority, w.id))]


def covering(order: Order, facts: Facts, units: Mapping[str, int] | None = None) -> list[int]:
    """Warehouses that serve the shop and hold every unit (by sku; all the order wants when not given)."""
    units = wanted(order) if units is None else units
    return [
        warehouse.id
        for warehouse in facts.catalog.warehouses.values()
        if warehouse.serves(order.shop_id)
        and all(facts.free.get((warehouse.id, sku), 0) >= need for sku, need in units.items())
    ]


def _refund(order: Order) -> Iterator[Finding]:
    asked = [line.title for line in kits.sold([one for one in order.lines if one.refund is RefundState.REQUESTED])]
    if asked:
        yield Finding(HoldCode.REFUND_REQ, {"lines": str(len(asked)), "first": asked[0]})
    taken = sum(line.refunded for line in order.lines if line.dropped)
    if order.refunded > taken:
        yield Finding(HoldCode.REFUNDED, {"amount": str(order.refunded - taken), "currency": order.currency})


def _named(order: Order, facts: Facts) -> Iterator[Finding]:
    """The platform says that a warehouse ships it which is none of ours: it may leave twice. Another reason to have no
    warehouse comes before this one."""
    hint = order.warehouse_hint.strip()
    if warehouse_of(hint, facts.catalog.warehouses.values(), facts.policy.matching) is None:
        yield Finding(HoldCode.NO_WAREHOUSE, {"named": _quoted(hint)})


def _goods(order: Order, facts: Facts) -> Iterator[Finding]:
    lines = order.shippable
    if not lines:
        yield nothing_ships(order)
        return
    yield from _disabled(lines, facts.catalog)
    unmatched = [line for line in lines if line.sku is None]
    if unmatched:
        yield from _unmatched(order, unmatched, facts.catalog)
    elif not covering(order, facts):
        yield from short(order, facts)


def nothing_ships(order: Order) -> Finding:
    """No lines at all, or only such as need no shipping: what was bought is named."""
    kept = kits.sold(order.bought)
    seen = {"lines": str(len(kept)), "first": kept[0].title} if kept else {}
    return Finding(HoldCode.NO_SHIPPING if kept else HoldCode.NO_ITEMS, seen)


def _disabled(lines: Sequence[Line], catalog: Catalog) -> Iterator[Finding]:
    """Lines of products that are no longer sold, a set's parts among them."""
    off = [line for line in lines if (sku := catalog.skus.get(line.sku or "")) and not sku.enabled]
    if off:
        seen = {"lines": str(len(off)), "sku": off[0].sku or "", "title": off[0].title}
        yield Finding(HoldCode.SKU_DISABLED, seen)


def _unmatched(order: Order, lines: Sequence[Line], catalog: Catalog) -> Iterator[Finding]:
    """Lines that mean nothing here, and sets that cannot be made up: without a recipe, or with a part nobody knows."""
    meant = [(line, catalog.bundle_of(order.shop_id, line.known_as)) for line in lines]
    for code, found in (
        (HoldCode.SKU_UNMATCHED, [one for one in meant if one[1] is None]),
        (HoldCode.BUNDLE_UNMATCHED, [one for one in meant if one[1] is not None]),
    ):
        if found:
            line, bundle = found[0]
            seen = {"lines": str(len(found)), "code": line.merchant_code, "title": line.title}
            if bundle is not None:
                seen |= {"set": bundle.code, "unknown": ", ".join(kits.lacking(bundle, catalog.skus))[:QUOTED]}
            yield Finding(code, seen)


def short(order: Order, facts: Facts) -> Iterator[Finding]:
    """Why no warehouse, nor several where the order may be divided, has what it wants; nothing where a part goes."""
    places = serving(order, facts)
    if not places:
        shop = facts.catalog.shops[order.shop_id].name
        lost = [
            Loser(one.name, *(("not_serving", {"shop": shop}) if one.enabled else ("disabled", {})))
            for one in facts.catalog.warehouses.values()
        ]
        yield Finding(HoldCode.NO_WAREHOUSE, {"shop": shop, **told(lost)})
        return
    items = items_of(order)
    if _in_parts(order, items, places, facts):
        return
    parted = parting(order, items, places, facts.free, facts.catalog, facts.policy.split)
    if parted.now:
        return
    for sku, need in sorted(wanted(order).items()):
        best = max(facts.free.get((place, sku), 0) for place in places)
        with_old = max(facts.free.get((place, sku), 0) + facts.too_old.get((place, sku), 0) for place in places)
        seen = {"sku": sku, "need": str(need), "free": str(best)}
        if best < need <= with_old:
            days = str(facts.policy.stock.life_days)
            yield Finding(HoldCode.EXPIRY, {**seen, "days": days, **parted.told})
            return
        if best < need:
            withheld = {"presale": "1"} if presale(facts.catalog.skus[sku], facts.policy.split) else {}
            yield Finding(HoldCode.OUT_OF_STOCK, {**seen, **withheld, **parted.told})
            return
    yield IN_PIECES


def _in_parts(order: Order, items: Sequence[Item], places: Sequence[int], facts: Facts) -> bool:
    """Whether several warehouses have it all together, where it may come from several."""
    whole = sealed(order, facts.policy.split)
    return not whole and bool(from_places(order, items, places, facts.free, facts.catalog))


def parts_of(order: Order, items: Sequence[Item], facts: Facts) -> Parting:
    """What can go now of an order whose goods are not all there; nothing parted where they are, or need not be."""
    places, choices = serving(order, facts), facts.policy.split
    if (
        not places
        or covering(order, facts)
        or (not sealed(order, choices) and from_places(order, items, places, facts.free, facts.catalog))
    ):
        return Parting()
    return parting(order, items, places, facts.free, facts.catalog, choices)


def _phone(receiver: Receiver) -> Iterator[Fault]:
    """Whether the courier can call. Abroad a phone may be left out; outside the mainland any number does."""
    told = phones.numbers(receiver.phone)
    missing = not told[0].base
    if all(phone.callable for phone in told) or (missing and receiver.country != CHINA):
        return
    if beyond_mainland(receiver) and phones.dialable(receiver.phone):
        return
    hidden = any(phone.kind is phones.Kind.MASKED for phone in told)
    yield Fault("phone", Why.HIDDEN if hidden else Why.MISSING if missing else Why.MALFORMED)


def address_faults(receiver: Receiver) -> tuple[Fault, ...]:
    """All that keeps a courier from delivering there: fields missing, unknown or contradicting each other, and the
    phone. Nothing is asked of a receiver whom the platform hides (rules.md B2 ADDR_INVALID)."""
    if receiver.masked:
        return ()
    needed: tuple[str, ...] = ("name", "country", *abroad.needed(receiver))
    if receiver.country == CHINA:
        needed = ("name",) if judged(receiver) else ("name", "province", "city", "address")
    missing = tuple(Fault(field, Why.MISSING) for field in needed if not getattr(receiver, field).strip())
    return (*missing, *place_of(receiver).faults, *_phone(receiver))


def _address(order: Order, policy: Policy) -> Iterator[Finding]:
    """Nothing where nothing is to be sent: who buys a gift card is asked for no address."""
    if order.bought and not order.shippable:
        return
    far = areas.unreachable(order.receiver, policy)
    faults = (*address_faults(order.receiver), *((far,) if far else ()))
    if faults:
        yield Finding(HoldCode.ADDR_INVALID, _listed(faults))


def _listed(faults: Sequence[Fault]) -> dict[str, str]:
    """Faults as evidence: three lists that run side by side."""
    return {
        "fields": ",".join(fault.field for fault in faults),
        "why": ",".join(fault.why for fault in faults),
        "told": ",".join(" ".join(fault.told.replace(",", " ").split())[:_TOLD] for fault in faults),
    }


def _quoted(text: str) -> str:
    """Foreign text as evidence; one that is cut says so."""
    text = text.strip()
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"


def _words(order: Order, policy: Policy) -> Iterator[Finding]:
    """What people wrote. Keywords are plain words and so are their exceptions: a pattern can be so written that one
    message keeps the house busy for ever (rules.md B2 KEYWORD)."""
    text = _GIFT_COLUMN.sub("\n", simplified(f"{order.buyer_message}\n{order.seller_note}".casefold()))
    for word in sorted(policy.keyword_exceptions, key=len, reverse=True):
        text = text.replace(simplified(word.casefold()), "\n") if word.strip() else text
    hit = [word for word in policy.keywords if word.strip() and simplified(word.casefold()) in text]
    hit += sorted(f"{code}?" for code in unsure_of(order, policy.matching))
    if hit:
        yield Finding(HoldCode.KEYWORD, {"words": ",".join(hit)})
    if order.buyer_message.strip():
        yield Finding(HoldCode.MESSAGE, {"text": _quoted(order.buyer_message)})
    if order.seller_note.strip():
        yield Finding(HoldCode.SELLER_NOTE, {"text": _quoted(order.seller_note)})


def _goods_key(order: Order) -> tuple[tuple[str, int], ...]:
    return tuple(
        sorted((line.sku or line.merchant_code or line.title, line.quantity) for line in kits.sold(order.lines))
    )


def _same_receiver(one: Order, other: Order) -> bool:
    """Masks are never compared: they hide different people alike. The platform's own code says it for them."""
    if one.merge_code or one.receiver.masked:
        return bool(one.merge_code) and one.merge_code == other.merge_code
    key = merge_key(one.receiver)
    return one.receiver == other.receiver or (key is not None and key == merge_key(other.receiver))


def _blacklist(order: Order, facts: Facts) -> Iterator[Finding]:
    """The strongest entry that is more than a warning (rules.md B14)."""
    for entry in on_list(order, facts.listed):
        if entry.level is ListLevel.WARN:
            return
        by = next(KeyKind(key.partition(":")[0]) for key in keys_of(order) if key in entry.keys)
        until = f"{entry.expires_at:%Y-%m-%d}" if entry.expires_at else ""
        seen = {"entry": str(entry.id), "level": entry.level, "reason": entry.reason, "by": by, "until": until}
        yield Finding(
            HoldCode.BLACKLIST, {**seen, "buyer": order.buyer_id, "text": entry.evidence[:200]}, entry.expires_at
        )
        return


def _buyer(order: Order, facts: Facts) -> Iterator[Finding]:
    window = timedelta(hours=facts.policy.duplicate_hours)
    who = order.buyer_id or order.merge_key
    for other in facts.recent.get(who, ()) if who else ():
        apart = abs((order.placed_at or order.created_at) - (other.placed_at or other.created_at))
        if (
            other.id != order.id
            and other.status in LIVE
            and _ZERO <= apart <= window
            and _goods_key(other) == _goods_key(order)
            and _same_receiver(order, other)
        ):
            yield Finding(HoldCode.DUPLICATE, {"order": other.number})
            return


def as_told(order: Order, policy: Policy) -> Iterator[Finding]:
    """What the platform says of the order as it stands, or the seller there; often only after it came."""
    choices = policy.screening
    yield from _risky(order, policy)
    if order.seller_flag and order.seller_flag.casefold() in {flag.casefold() for flag in choices.flags}:
        yield Finding(HoldCode.FLAG, {"flag": order.seller_flag})
    if order.cod and choices.confirm_cod:
        yield Finding(HoldCode.PAYMENT, {"owed": str(order.at_door), "currency": order.currency})
    yield from part_paid(order)
    if order.platform_state in (PlatformState.SHIPPED, PlatformState.PART_SHIPPED, PlatformState.DONE):
        yield Finding(HoldCode.PLATFORM_SHIPPED, {"state": order.platform_state})  # it did not leave here
    if order.pickup:  # or nothing is to be sent: a person decides
        yield Finding(HoldCode.PICKUP, {"told": order.pickup})


def _risky(order: Order, policy: Policy) -> Iterator[Finding]:
    """The platform fears fraud."""
    if order.risk and order.risk.casefold() in {risk.casefold() for risk in policy.screening.risky}:
        yield Finding(HoldCode.FRAUD, {"risk": order.risk})


def part_paid(order: Order) -> Iterator[Finding]:
    """The buyer still owes a part (rules.md B2 PART_PAID). What went back counts as paid, and with nothing paid at all
    the platform's own word does."""
    owed = order.total - order.refunded
    if order.platform not in BEFORE_OFFERS and not order.cod and 0 < order.paid < owed:
        seen = {"paid": str(order.paid), "payable": str(owed), "currency": order.currency}
        yield Finding(HoldCode.PART_PAID, seen)


def _frozen(order: Order, facts: Facts) -> Iterator[Finding]:
    """A freeze that ends by time, with the goods' arrival or before it must be shipped is kept up here (reconcile ends
    it when it is not)."""
    for hold in order.holds:
        if not hold.open or hold.code is not HoldCode.FREEZE:
            continue
        when = rush_from(order, facts.policy) if "ship" in hold.evidence else thaws_at(hold)
        arrived = "stock" in hold.evidence and bool(covering(order, facts))
        if not arrived and (when is None or facts.now < when):
            yield Finding(HoldCode.FREEZE, hold.evidence, when)


def screen(order: Order, facts: Facts) -> tuple[Finding, ...]:
    """Every finding on an order in review, in no particular order."""
    found = [
        *_refund(order),
        *_named(order, facts),
        *_goods(order, facts),
        *_address(order, facts.policy),
        *_words(order, facts.policy),
    ]
    found += [
        *_blacklist(order, facts),
        *_buyer(order, facts),
        *as_told(order, facts.policy),
        *waits_there(order, facts.returned),
        *worth(order, facts.policy, facts.catalog),
    ]
    found += waiting(order, facts.policy, facts.catalog.company.zone, facts.now)
    if facts.policy.holds:
        found = [finding for finding in found if facts.policy.screens(finding.code)]
    return (*found, *_frozen(order, facts))  # what a person froze, no policy thaws
