"""Recipes of sets (组合装): judged, tried on the orders that wait, and kept. Every version stays.

Surprising: a part that is no product yet is no fault. The set is known then, and its orders wait as BUNDLE_UNMATCHED
until the product is there; a set that has a faulty row is left out whole, the others are taken.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.desk import Desk
from domain.errors import Stale, Unknown
from domain.orders import kits
from domain.orders.catalog import Bundle, Catalog, Part
from domain.orders.orders import Order
from domain.people.people import Actor, Right, require
from domain.review import looking
from domain.review.holds import UNMATCHED
from domain.stock import bins
from domain.stock.selling import Sellable, sellable

MOST_UNITS = 9_999
"""Of one product in a set."""
NO_PARTS = "-"
"""What stands in the place of a part where the set has none any more."""


class Why(StrEnum):
    """What is wrong with a row, and the facts that fill its text. The first four are told by whoever reads it."""

    MISSING = "missing"  # column
    NOT_A_NUMBER = "not_a_number"  # column, value
    OUT_OF_RANGE = "out_of_range"  # column, value
    NOT_YES_OR_NO = "not_yes_or_no"  # column, value
    PRODUCT = "product"  # the set's code is a product's: value
    NESTED = "nested"  # the part is a set itself: value
    IS_PART = "is_part"  # the set is a part of another one: value, other
    TWICE = "twice"  # the part stands in the set twice: value, other_row
    TWO_KINDS = "two_kinds"  # rows of one set differ in whether it is an independent kit: other_row
    TWO_NAMES = "two_names"  # rows of one set differ in its name: value, other_row
    PART_OF_REFUSED = "part_of_refused"  # another row of the set has a fault: other_row


@dataclass(frozen=True, slots=True)
class Fault:
    """One row and what is wrong with it; `facts` fill its text. `code` is the set it belongs to, '' where unknown."""

    row: int
    why: Why
    facts: Mapping[str, str]
    code: str = ""


@dataclass(frozen=True, slots=True)
class RecipeRow:
    """A row as it was told: so many units of a part in a set. `whole` None = not said."""

    row: int
    code: str
    title: str
    sku: str
    units: int
    whole: bool | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What rows come to: sets that would be made up otherwise from now on, sets that stay, rows that are refused, and
    the parts that are no products, by set."""

    changed: tuple[Bundle, ...]
    same: tuple[str, ...]
    faults: tuple[Fault, ...]
    unknown: Mapping[str, tuple[str, ...]]
    mark: str
    """Says which recipes it was tried against."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A proposal and the orders in review that wait for its sets: how many, and how many of them could go on."""

    proposal: Proposal
    waiting: int = 0
    freed: int = 0


def proposed(catalog: Catalog, rows: Sequence[RecipeRow], faults: Sequence[Fault] = ()) -> Proposal:
    """The rows as sets. `faults` are of rows that could not be read; their sets are left out."""
    names = _Names.of(catalog)
    sets: dict[str, list[RecipeRow]] = {}
    for row in rows:
        code = names.sets.get(row.code.casefold(), row.code)
        sets.setdefault(code, []).append(replace(row, code=code, sku=names.skus.get(row.sku.casefold(), row.sku)))
    told = [replace(one, code=names.sets.get(one.code.casefold(), one.code)) for one in faults]
    parts_of, new = _parts_of(catalog, sets), sets.keys() - catalog.skus.keys()
    for code, mine in sets.items():
        told += _faults(code, mine, catalog, new, parts_of)
    bad = {one.code: one.row for one in reversed(told)}
    blamed = {one.row for one in told}
    others = [
        Fault(row.row, Why.PART_OF_REFUSED, {"other_row": str(bad[code])}, code)
        for code, mine in sets.items()
        if code in bad
        for row in mine
        if row.row not in blamed
    ]
    made = [_made(code, mine, catalog) for code, mine in sets.items() if code not in bad]
    changed = tuple(b for b in made if differs(b, catalog))
    return Proposal(
        changed,
        tuple(b.code for b in made if not differs(b, catalog)),
        tuple(sorted([*told, *others], key=lambda one: one.row)),
        {b.code: lacking for b in made if (lacking := kits.lacking(b, catalog.skus))},
        _mark(catalog, [b.code for b in changed]),
    )


def differs(bundle: Bundle, catalog: Catalog) -> bool:
    """Whether the set is made up otherwise today."""
    old = catalog.bundles.get(bundle.code)
    return old is None or old.recipe != bundle.recipe


@dataclass(frozen=True, slots=True)
class _Names:
    """Codes as people type them -> as we write them."""

    sets: Mapping[str, str]
    skus: Mapping[str, str]

    @classmethod
    def of(cls, catalog: Catalog) -> "_Names":
        """A product answers to its barcode too."""
        skus = {sku.barcode.casefold(): sku.code for sku in catalog.skus.values() if sku.barcode}
        skus |= {code.casefold(): code for code in catalog.skus}
        return cls({code.casefold(): code for code in catalog.bundles}, skus)


def _parts_of(catalog: Catalog, sets: Mapping[str, Sequence[RecipeRow]]) -> dict[str, str]:
    """Code -> a set it is a part of, as things will stand."""
    found = {part.sku: code for code, bundle in catalog.bundles.items() if code not in sets for part in bundle.parts}
    return found | {row.sku: code for code, mine in sets.items() for row in mine}


def _faults(
    code: str, rows: Sequence[RecipeRow], catalog: Catalog, new: Collection[str], parts_of: Mapping[str, str]
) -> list[Fault]:
    found: list[Fault] = []

    def blame(row: RecipeRow, why: Why, **facts: str) -> None:
        found.append(Fault(row.row, why, facts, code))

    first = rows[0]
    if code in catalog.skus:
        blame(first, Why.PRODUCT, value=code)
    elif code in parts_of and parts_of[code] != code:
        blame(first, Why.IS_PART, value=code, other=parts_of[code])
    titled = next((row for row in rows if row.title), first)
    said = next((row for row in rows if row.whole is not None), first)
    seen: dict[str, int] = {}
    for row in rows:
        if row.sku == code or row.sku in catalog.bundles or row.sku in new:
            blame(row, Why.NESTED, value=row.sku)
        elif row.sku in seen:
            blame(row, Why.TWICE, value=row.sku, other_row=str(seen[row.sku]))
        elif row.title and row.title != titled.title:
            blame(row, Why.TWO_NAMES, value=row.title, other_row=str(titled.row))
        elif row.whole is not None and row.whole != said.whole:
            blame(row, Why.TWO_KINDS, other_row=str(said.row))
        seen.setdefault(row.sku, row.row)
    return found


def _made(code: str, rows: Sequence[RecipeRow], catalog: Catalog) -> Bundle:
    """The next version of a set. What no row says stays as it was."""
    old = catalog.bundles.get(code, Bundle(code, ""))
    title = next((row.title for row in rows if row.title), old.title)
    whole = next((row.whole for row in rows if row.whole is not None), old.whole)
    parts = tuple(Part(row.sku, row.units) for row in rows if row.sku != NO_PARTS)
    return Bundle(code, title, parts, whole, old.version + 1)


def _mark(catalog: Catalog, codes: Sequence[str]) -> str:
    versions = [(code, old.version if (old := catalog.bundles.get(code)) else 0) for code in sorted(codes)]
    return hashlib.blake2b(repr(versions).encode(), digest_size=4).hexdigest()


def tried(desk: Desk, actor: Actor, rows: Sequence[RecipeRow], faults: Sequence[Fault] = ()) -> Tried:
    """What rows would do, with nothing written. Orders exploded already keep what they are. Raises NotAllowed."""
    require(actor, Right.PRODUCTS)
    proposal = proposed(desk.catalog, rows, faults)
    if not proposal.changed:
        return Tried(proposal)
    then = with_bundles(desk.catalog, proposal.changed)
    codes = {bundle.code for bundle in proposal.changed}
    found = [order for order in _waiting(desk) if means(order, then, codes)]
    freed = sum(all(line.sku for line in kits.matched(order, then).shippable) for order in found)
    return Tried(proposal, len(found), freed)


def with_bundles(catalog: Catalog, bundles: Collection[Bundle]) -> Catalog:
    """The catalog as it will be."""
    return replace(catalog, bundles={**catalog.bundles, **{bundle.code: bundle for bundle in bundles}})


def _waiting(desk: Desk) -> list[Order]:
    ids = desk.orders.held_with(UNMATCHED, desk.policy.batch_limit)
    return list(desk.orders.many(ids).values())


def means(order: Order, catalog: Catalog, codes: Collection[str]) -> bool:
    """Whether a line that is not matched yet means one of these sets."""
    meant = (catalog.bundle_of(order.shop_id, line.known_as) for line in order.shippable if not line.sku)
    return any(bundle.code in codes for bundle in meant if bundle is not None)


def waiting_for(desk: Desk, code: str) -> list[Order]:
    """The orders in review that wait for this set's recipe, oldest first."""
    return [order for order in _waiting(desk) if means(order, desk.catalog, {code})]


def keep(
    desk: Desk, actor: Actor, rows: Sequence[RecipeRow], mark: str, faults: Sequence[Fault] = ()
) -> tuple[Proposal, int]:
    """Make the sets up so from now on, and look again at the orders that wait for them. Returns what was kept, and how
    many orders are looked at in the next moments. Raises NotAllowed, Stale when the recipes are others than those it
    was tried against."""
    require(actor, Right.PRODUCTS)
    proposal = proposed(desk.catalog, rows, faults)
    if proposal.mark != mark:
        raise Stale("bundle")
    if not proposal.changed:
        return proposal, 0
    desk.keep_bundles([replace(bundle, by=actor.name, at=desk.now) for bundle in proposal.changed])
    codes, catalog = {bundle.code for bundle in proposal.changed}, desk.catalog
    return proposal, looking.at_once(desk, UNMATCHED, lambda order: means(order, catalog, codes))


def every(desk: Desk, actor: Actor) -> list[Bundle]:
    """All sets. Raises NotAllowed."""
    require(actor, Right.STOCK)
    return list(desk.catalog.bundles.values())


def find(desk: Desk, actor: Actor, code: str) -> Bundle:
    """A set by its code. Raises NotAllowed, Unknown('bundle')."""
    require(actor, Right.STOCK)
    wanted = code.strip().casefold()
    for bundle in desk.catalog.bundles.values():
        if bundle.code.casefold() == wanted:
            return bundle
    raise Unknown("bundle", code)


@dataclass(frozen=True, slots=True)
class Possible:
    """How many sets there are: to ship now, to sell (below 0: more is promised), and which part is the least."""

    ship: int
    sell: int
    least: str


def possible(desk: Desk, bundles: Collection[Bundle]) -> dict[str, Possible]:
    """Set -> how many can be made up; those that cannot be made up are missing. A kit that travels whole must have all
    its parts in one place. The same queries for one set as for all."""
    known = [bundle for bundle in bundles if kits.complete(bundle, desk.catalog)]
    skus = {part.sku for bundle in known for part in bundle.parts}
    if not skus:
        return {}
    there = sellable(desk, skus)
    free = bins.to_ship(desk.stock.levels(skus), bins.stale(desk, skus), bins.withheld(desk, skus))
    places = {place.id for place in desk.catalog.warehouses.values() if place.enabled}
    return {bundle.code: _possible(bundle, there, free, places) for bundle in known}


def _possible(
    bundle: Bundle, there: Mapping[str, Sellable], free: Mapping[tuple[int, str], int], places: Collection[int]
) -> Possible:
    def most(units: Mapping[str, int]) -> tuple[int, str]:
        return min((units[part.sku] // part.units, part.sku) for part in bundle.parts)

    ship, _ = most({sku: max(0, one.ship) for sku, one in there.items()})
    sell, least = most({sku: one.sell for sku, one in there.items()})
    if bundle.whole:
        rooms = (min(max(0, free.get((place, p.sku), 0)) // p.units for p in bundle.parts) for place in places)
        ship = sum(rooms)
        sell = min(sell, ship)
    return Possible(ship, sell, least)
