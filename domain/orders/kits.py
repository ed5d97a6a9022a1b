"""Sets on an order (组合装): a line that means a set becomes a line for each of its parts, and is summed up again.

Surprising: a part's number is its set's with millions in front, so what named the line before it was exploded means the
set ever after. An independent kit is folded into one imagined product for the rules of splitting (docs/decisions/0021).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from domain.floor.parcels import Item
from domain.money import apportion
from domain.orders.catalog import Bundle, Catalog, Sku
from domain.orders.orders import Kit, Line, Order, Virtual, weights

SPAN = 1_000_000
"""How far the numbers of a set's parts lie apart; no order has so many lines."""
Free = Mapping[tuple[int, str], int]
Shape = Mapping[tuple[int, str], int]
"""What lies of a set where only numbers and products are known: (place of the part, sku) -> units."""


def host(line_no: int) -> int:
    """The number of the line as it was told."""
    return line_no % SPAN


def lacking(bundle: Bundle, skus: Collection[str]) -> tuple[str, ...]:
    """Its parts that are no products."""
    return tuple(part.sku for part in bundle.parts if part.sku not in skus)


def complete(bundle: Bundle, catalog: Catalog) -> bool:
    """Whether it can be exploded."""
    return bool(bundle.parts) and not lacking(bundle, catalog.skus)


def matched(order: Order, catalog: Catalog) -> Order:
    """Give each unmatched line the sku that its merchant code, or else its title, means in that shop, or its parts when
    that is a set."""
    lines = order.lines if all(line.sku for line in order.lines) else _meant(order, catalog)
    lines = tuple(_marked(line, catalog) for line in lines)
    return order if lines == order.lines else replace(order, lines=lines)


def _marked(line: Line, catalog: Catalog) -> Line:
    """The line as its product makes it: one that is no goods is virtual, unless the platform says so anyway."""
    sku = catalog.skus.get(line.sku or "")
    virtual = Virtual.PRODUCT if sku and sku.virtual else Virtual.NO
    return line if line.virtual in (virtual, Virtual.TOLD) else replace(line, virtual=virtual)


def _meant(order: Order, catalog: Catalog) -> tuple[Line, ...]:
    lines: list[Line] = []
    for line in order.lines:
        bundle = catalog.bundle_of(order.shop_id, line.known_as) if line.ships and not line.sku else None
        if bundle is not None and complete(bundle, catalog):
            lines += exploded(line, bundle, catalog)
        else:
            lines.append(line if line.sku else replace(line, sku=catalog.sku_of(order.shop_id, line.known_as)))
    if len(lines) != len(order.lines):
        lines.sort(key=lambda line: line.line_no)
    return tuple(lines)


def exploded(line: Line, bundle: Bundle, catalog: Catalog) -> list[Line]:
    """A line for each part of the set."""
    skus = [catalog.skus[part.sku] for part in bundle.parts]
    parts = _weights(bundle, skus)
    shares = (apportion(amount, parts) for amount in (line.amount, line.unit_price, line.refunded))
    return [
        replace(
            line,
            line_no=line.line_no + place * SPAN,
            quantity=line.quantity * part.units,
            unit_price=price // part.units,
            amount=amount,
            refunded=back,
            sku=part.sku,
            kit=Kit(bundle.code, bundle.version, part.units, sku.title or part.sku, bundle.whole),
        )
        for place, (part, sku, amount, price, back) in enumerate(zip(bundle.parts, skus, *shares, strict=True))
    ]


def shapes(items: Iterable[Item]) -> dict[int, Shape]:
    """The number of each set that these items of one order may be, with what lies there of it."""
    found: dict[int, Counter[tuple[int, str]]] = {}
    for item in items:
        found.setdefault(host(item.line_no), Counter())[item.line_no // SPAN, item.sku] += item.quantity
    return dict[int, Shape](found)


def sets_by(recipe: Bundle, inside: Shape) -> int:
    """How many sets by this recipe that is; 0 when it is none: versions may differ in nothing but units."""
    parts = {(place, part.sku): part.units for place, part in enumerate(recipe.parts)}
    if not parts or inside.keys() != parts.keys():
        return 0
    count, even = _wholes([(inside[key], units) for key, units in parts.items()])
    return count if even else 0


def _wholes(parts: Sequence[tuple[int, int]]) -> tuple[int, bool]:
    """How many whole sets there are of these, (units there, units in one set), and whether nothing is over."""
    count = min(there // per for there, per in parts)
    return count, all(there == count * per for there, per in parts)


def _weights(bundle: Bundle, skus: Sequence[Sku]) -> list[int]:
    """What the parts of a set cost to buy singly, else what they cost us, else how many they are."""
    units = [part.units for part in bundle.parts]
    one_currency = len({sku.currency for sku in skus}) == 1
    by_price = [sku.price * count for sku, count in zip(skus, units, strict=True)]
    by_cost = [sku.cost * count for sku, count in zip(skus, units, strict=True)]
    told = (weights for weights in (by_price, by_cost) if one_currency and all(weights))
    return next(told, units)


def groups(lines: Iterable[Line]) -> list[tuple[Line, ...]]:
    """What was told as one: the parts of each set together, any other line alone; by number."""
    ordered = sorted(lines, key=lambda line: (host(line.line_no), line.line_no))
    return [tuple(group) for _, group in groupby(ordered, key=lambda line: host(line.line_no))]


def sets(group: Sequence[Line]) -> int:
    """How many of what was told: sets, or the units of a line that is none."""
    first = group[0]
    return first.quantity // first.kit.per if first.kit else first.quantity


def sold(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines as they were bought: a set is one of them again, with its code for a sku."""
    return tuple(map(whole, groups(lines))) if any(line.kit for line in lines) else tuple(lines)


def whole(group: tuple[Line, ...]) -> Line:
    """One of `groups` as it was bought."""
    first = group[0]
    if first.kit is None:
        return first
    return replace(
        first,
        quantity=sets(group),
        unit_price=sum(line.unit_price * line.kit.per for line in group if line.kit),
        amount=sum(line.amount for line in group),
        refunded=sum(line.refunded for line in group),
        dropped=all(line.dropped for line in group),
        sku=first.kit.code,
        kit=None,
    )


def told_as(group: tuple[Line, ...], told: Line, count: int, amount: int) -> list[Line]:
    """What is there of a told line (`group`) as it is told now, `count` of it for `amount`. It brings texts, numbers
    and amounts; a set whose code is another now is one line again."""
    first = group[0]
    if first.kit is None or first.merchant_code != told.merchant_code:
        return [replace(told, line_no=first.line_no, quantity=count, amount=amount)]
    amounts = apportion(amount, _as_before(group))
    return [
        replace(
            told,
            line_no=line.line_no,
            quantity=count * line.kit.per,
            unit_price=line.unit_price,
            amount=share,
            kit=line.kit,
        )
        for line, share in zip(group, amounts, strict=True)
        if line.kit
    ]


def taken(group: tuple[Line, ...], count: int, number: int) -> tuple[list[Line], list[Line]]:
    """What is left of it without `count`, and these as lines of their own, the first with that number. The money is
    divided as that of one line would be."""
    rest, part = [], []
    left = sets(group) - count
    stays, _ = apportion(sum(line.amount for line in group), [left, count])
    for line, kept in zip(group, apportion(stays, _as_before(group)), strict=True):
        per = line.kit.per if line.kit else 1
        rest.append(replace(line, quantity=left * per, amount=kept))
        new = number + line.line_no - host(line.line_no)
        part.append(replace(line, line_no=new, quantity=count * per, amount=line.amount - kept))
    return rest, part


def _as_before(group: Sequence[Line]) -> list[int]:
    return [max(line.amount, 0) for line in group]


def spread(total: int, lines: Sequence[Line]) -> tuple[int, ...]:
    """Money over lines by their amounts: first over what was bought, then within each set, so that a set has to the
    cent what one line would have."""
    if not any(line.kit for line in lines):
        return apportion(total, weights(lines))
    bought = groups(lines)
    shares = apportion(total, weights([whole(group) for group in bought]))
    found: dict[int, int] = {}
    for group, share in zip(bought, shares, strict=True):
        parts = apportion(share, weights(group))
        found |= {line.line_no: part for line, part in zip(group, parts, strict=True)}
    return tuple(found[line.line_no] for line in lines)


@dataclass(frozen=True, slots=True)
class InBox:
    """A set as it lies in a box: `count` whole ones; `parted` when some of its parts travel in another box."""

    order_id: int
    code: str
    title: str
    count: int
    parts: tuple[tuple[str, str, int], ...]
    line_nos: frozenset[int]
    parted: bool = False


def in_box(items: Sequence[Item], orders: Mapping[int, Order]) -> list[InBox]:
    """The sets that these items of a box build, order by order; parts are (sku, name, units)."""
    found = []
    for order_id in dict.fromkeys(item.order_id for item in items):
        inside: Counter[int] = Counter()
        for item in items:
            if item.order_id == order_id:
                inside[item.line_no] += item.quantity
        for group in groups(orders[order_id].lines) if order_id in orders else ():
            if group[0].kit is not None and any(inside[line.line_no] for line in group):
                found.append(_built(order_id, group, inside))
    return found


def _built(order_id: int, group: tuple[Line, ...], inside: Mapping[int, int]) -> InBox:
    kits = [(line, line.kit) for line in group if line.kit]
    count, even = _wholes([(inside.get(line.line_no, 0), kit.per) for line, kit in kits])
    here = [(line, kit) for line, kit in kits if inside.get(line.line_no, 0)]
    parts = tuple((line.sku or "", kit.title, inside[line.line_no]) for line, kit in here)
    numbers = frozenset(line.line_no for line, _ in here)
    first = kits[0]
    return InBox(order_id, first[1].code, first[0].title, count, parts, numbers, parted=not even)


@dataclass(frozen=True, slots=True)
class Folded:
    """Goods of which each independent kit is one imagined product, and what unfolds them."""

    items: tuple[Item, ...]
    skus: Mapping[str, Sku]
    free: Free
    parts: Mapping[str, tuple[Item, ...]]

    def unfolded(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """The goods themselves again, in the order they were given; the money of a kit goes by what was left of it."""
        found: list[Item] = []
        for item in items:
            parts = self.parts.get(item.sku)
            if parts is None:
                found.append(item)
                continue
            counts = [part.quantity for part in parts]
            paid = apportion(item.paid, [part.paid for part in parts])
            found += [
                replace(part, quantity=count * item.quantity, paid=share)
                for part, count, share in zip(parts, counts, paid, strict=True)
            ]
        return tuple(found)

    def fits(self, items: Iterable[Item], place: int, free: Free) -> bool:
        """Whether the place has the goods themselves: a kit and a single line may want the same units."""
        units: Counter[str] = Counter()
        for item in self.unfolded(items):
            units[item.sku] += item.quantity
        return all(free.get((place, sku), 0) >= count for sku, count in units.items())


def folded(order: Order, items: Sequence[Item], skus: Mapping[str, Sku], free: Free | None = None) -> Folded | None:
    """The goods with each independent kit of the order folded; None where there is none, as nearly always."""
    if not any(line.kit and line.kit.whole for line in order.lines):
        return None
    kits = {line.line_no: line.kit for line in order.lines if line.kit and line.kit.whole}
    of_kit: dict[int, list[Item]] = {}
    for item in items:
        if item.order_id == order.id and item.line_no in kits:
            of_kit.setdefault(host(item.line_no), []).append(item)
    shown, parts, made = list[Item](), dict[str, tuple[Item, ...]](), dict(skus)
    free = free or {}
    rooms = dict(free)
    for item in items:
        inside = of_kit.get(host(item.line_no)) if item.order_id == order.id and item.line_no in kits else None
        if inside is None or not _even(inside, kits):
            shown.append(item)
        elif inside[0] is item:
            count = item.quantity // kits[item.line_no].per
            code = f"\0{host(item.line_no)}"
            parts[code] = tuple(replace(one, quantity=kits[one.line_no].per) for one in inside)
            made[code] = _imagined(code, parts[code], skus)
            for place in {place for place, _ in free}:
                rooms[place, code] = min(free.get((place, one.sku), 0) // one.quantity for one in parts[code])
            paid = sum(one.paid for one in inside)
            shown.append(Item(order.id, host(item.line_no), code, item.title, count, paid=paid))
    return Folded(tuple(shown), made, rooms, parts)


def _even(inside: Sequence[Item], kits: Mapping[int, Kit]) -> bool:
    """Whether these are so many whole kits: what somebody parted already is goods like any others."""
    return _wholes([(one.quantity, kits[one.line_no].per) for one in inside])[1]


def _imagined(code: str, parts: Sequence[Item], skus: Mapping[str, Sku]) -> Sku:
    """One kit as a product: what its parts weigh and take up together, and all that is special about any."""
    inside = [(skus[part.sku], part.quantity) for part in parts]

    def total(of: Callable[[Sku], int]) -> int:
        return sum(of(sku) * units for sku, units in inside)

    mm3 = total(lambda sku: sku.length_mm * sku.width_mm * sku.height_mm)
    traits = frozenset().union(*(sku.traits for sku, _ in inside))
    grams, cost, price = total(lambda sku: sku.weight_g), total(lambda sku: sku.cost), total(lambda sku: sku.price)
    first = inside[0][0]
    return Sku(code, "", first.title, grams, cost, price, first.currency, "", mm3, 1, 1, traits)
