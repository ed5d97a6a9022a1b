"""How one order's goods are divided into boxes (rules.md B4), in the order of its rules. Pure.

Surprising: goods are divided in units, not in lines: five kettles of one line may travel as three and two, and each
box knows what the buyer paid for exactly its units, to the cent.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from domain.floor.parcels import Item
from domain.intake.exchanges import returned_of
from domain.intake.incoming import Platform
from domain.money import apportion
from domain.orders import kits
from domain.orders.catalog import Catalog, Sku
from domain.orders.orders import Order, weights
from domain.policy.policy import of_currency
from domain.policy.policy_sections import Split


@dataclass(frozen=True, slots=True)
class Box:
    """Goods that travel together, the rules that divided them from the rest, and a warehouse that has them when no
    one has the whole order."""

    items: tuple[Item, ...]
    rules: tuple[str, ...] = ()
    place: int | None = None


@dataclass(slots=True)
class _Fill:
    """A box being filled."""

    items: list[Item] = field(default_factory=list)
    grams: int = 0
    mm3: int = 0
    units: int = 0
    value: int = 0


_MOST_TRIED = 2000
_MOST_LINES = 200
SHIPS_PARTS = frozenset({Platform.SHOPIFY, Platform.WOOCOMMERCE, Platform.AMAZON, Platform.EBAY, Platform.TIKTOK})
"""Platforms that can be told of one parcel while the rest of the order is still here. Of the others we assume that the
first number reported makes the whole order shipped (rules.md B4), so that is done with the last parcel only."""


def shares(order: Order) -> dict[int, int]:
    """What the buyer paid for each line (freight and discounts spread by line amount), minor units; the sum is what
    was paid for the order, to the cent."""
    return _spread(order, order.paid)


def _spread(order: Order, amount: int) -> dict[int, int]:
    if len(order.lines) < 2:
        return {line.line_no: amount for line in order.lines}
    parts = kits.spread(amount, order.lines)
    return {line.line_no: part for line, part in zip(order.lines, parts, strict=True)}


def value_of(order: Order, items: Sequence[Item]) -> int:
    """What these units of the order are worth, minor units: what was paid for them and, of cash on delivery, is yet to
    be paid. That is what goes back to the buyer when they are lost; gifts are worth nothing."""
    paid = sum(item.paid for item in items)
    if not order.at_door:
        return paid
    units = Counter[int]()
    for item in items:
        units[item.line_no] += item.quantity
    lines = {line.line_no: line for line in order.bought}
    due = dict(zip(lines, kits.spread(order.at_door, order.bought), strict=True)) if lines else {}
    mine = [(due[no], count, lines[no].quantity) for no, count in units.items() if no in lines]
    return paid + sum(apportion(part, [count, max(of - count, 0)])[0] for part, count, of in mine)


def items_of(order: Order) -> tuple[Item, ...]:
    """All that the order still wants shipped, each line whole."""
    paid = shares(order)
    return tuple(
        Item(order.id, line.line_no, line.sku or "", line.goods, line.quantity, paid=paid[line.line_no])
        for line in order.shippable
    )


def sealed(order: Order, choices: Split) -> str:
    """Why this order travels whole; '' when it need not (the bans of rules.md B4): cash on delivery is one amount at
    one door, a person's merge is kept, and an exchange goes against what came back."""
    if order.cod:
        return "cod"
    if order.together:
        return "together"
    if returned_of(order) is not None:
        return "exchange"
    return "" if choices.auto else "auto"


def gifts(order: Order) -> frozenset[int]:
    """Lines that cost nothing beside some that do: they travel with goods, never by themselves (rules.md B4). A part of
    a set that was paid for is none, however little it is worth."""
    worth = list(zip(order.shippable, weights(order.shippable), strict=True))
    paid = {kits.host(line.line_no) for line, amount in worth if line.kit and amount}
    free = {n.line_no for n, amount in worth if not amount and not (n.kit and kits.host(n.line_no) in paid)}
    return frozenset(free) if len(free) < len(order.shippable) else frozenset()


def boxes(order: Order, items: Sequence[Item], catalog: Catalog, choices: Split, limit_g: int) -> list[Box]:
    """The goods in as few boxes as the rules allow; one when nothing speaks against it. `limit_g` is the most grams
    of goods any courier carries."""
    whole = [Box(tuple(items))]
    if sealed(order, choices) or not items:
        return whole
    if _modest(order, items, catalog, choices, limit_g):
        return whole
    fold = kits.folded(order, items, catalog.skus)
    if fold is None:
        return _by_rules(order, items, catalog.skus, choices, limit_g)
    made = _by_rules(order, fold.items, fold.skus, choices, limit_g)
    return whole if len(made) == 1 else [replace(box, items=fold.unfolded(box.items)) for box in made]


def _by_rules(order: Order, items: Sequence[Item], skus: Mapping[str, Sku], choices: Split, limit_g: int) -> list[Box]:
    traits = {item.sku: skus[item.sku].traits for item in items}
    divided = _each([Box(tuple(items))], lambda box: _alone(box, traits, choices))
    divided = _each(divided, lambda box: _apart(box, traits, choices))
    divided = _with_goods(divided, order, traits, choices)
    return _each(divided, lambda box: _sized(box, order, skus, choices, limit_g))


def _modest(order: Order, items: Sequence[Item], catalog: Catalog, choices: Split, limit_g: int) -> bool:
    """Whether no rule could divide it: nothing special in it, and all of it fits one box. True of most orders, and
    cheaper to ask than to try each rule."""
    if len(items) > 1 and any(catalog.skus[item.sku].traits for item in items):
        return False
    return not _over(items, catalog.skus, _most(order, choices, limit_g))


def _most(order: Order, choices: Split, limit_g: int) -> _Fill:
    """What one box may hold; no mm³ means any."""
    value = of_currency(choices.most_value, order.currency)
    return _Fill(grams=min(choices.most_g, limit_g), mm3=choices.most_mm3, units=choices.most_units, value=value)


def _over(items: Sequence[Item], skus: Mapping[str, Sku], most: _Fill) -> tuple[str, ...]:
    """Which limits the goods are above, all in one box."""
    whole = _Fill()
    for item in items:
        _put(whole, item, skus[item.sku].weight_g, _size(skus[item.sku]))
    above = {
        "too_heavy": whole.grams > most.grams,
        "too_large": 0 < most.mm3 < whole.mm3,
        "too_many": whole.units > most.units,
        "too_valuable": whole.value > most.value,
    }
    return tuple(name for name, is_above in above.items() if is_above)


def _each(found: Sequence[Box], rule: Callable[[Box], list[Box]]) -> list[Box]:
    return [part for box in found for part in rule(box)]


def _alone(box: Box, traits: Mapping[str, frozenset[str]], choices: Split) -> list[Box]:
    """Goods of a special kind, each line in a box of its own."""
    special = [item for item in box.items if traits[item.sku].intersection(choices.alone)]
    rest = tuple(item for item in box.items if item not in special)
    if not special or len(box.items) == 1:
        return [box]
    rules = (*box.rules, "alone")
    return [*([Box(rest, rules)] if rest else []), *(Box((item,), rules) for item in special)]


def _apart(box: Box, traits: Mapping[str, frozenset[str]], choices: Split) -> list[Box]:
    """Goods that must not touch: each goes into the first box where it meets no enemy."""
    parts: list[list[Item]] = []
    for item in box.items:
        fitting = (part for part in parts if not any(_enemies(item, other, traits, choices) for other in part))
        place = next(fitting, None)
        if place is None:
            parts.append([item])
        else:
            place.append(item)
    if len(parts) == 1:
        return [box]
    return [Box(tuple(part), (*box.rules, "apart")) for part in parts]


def _with_goods(found: Sequence[Box], order: Order, traits: Mapping[str, frozenset[str]], choices: Split) -> list[Box]:
    """Boxes of nothing but gifts go into the first box of goods where they meet no enemy."""
    free = gifts(order)
    boxes = [box for box in found if not _all_free(box.items, free)]
    for box in found:
        if not _all_free(box.items, free):
            continue
        meets = (
            any(_enemies(mine, other, traits, choices) for mine in box.items for other in one.items) for one in boxes
        )
        at = next((at for at, enemies in enumerate(meets) if not enemies), None)
        if at is None:
            boxes.append(box)
        else:
            boxes[at] = replace(boxes[at], items=(*boxes[at].items, *box.items))
    return [replace(boxes[0], rules=())] if len(boxes) == 1 else boxes


def _all_free(items: Sequence[Item], free: Collection[int]) -> bool:
    return bool(free) and all(item.line_no in free for item in items)


def _enemies(first: Item, second: Item, traits: Mapping[str, frozenset[str]], choices: Split) -> bool:
    mine, yours = traits[first.sku], traits[second.sku]
    return any((a in mine and b in yours) or (b in mine and a in yours) for a, b in choices.apart)


def _size(sku: Sku) -> int:
    """mm³ of one unit; 0 when its size is not known."""
    return sku.length_mm * sku.width_mm * sku.height_mm


def _sized(box: Box, order: Order, skus: Mapping[str, Sku], choices: Split, limit_g: int) -> list[Box]:
    """Heaviest units first, of equal ones the largest, each into the first box with room for it in grams, size, units
    and declared value. A size that is not known takes no room."""
    most = _most(order, choices, limit_g)
    fills: list[_Fill] = []
    for item in sorted(box.items, key=lambda item: (-skus[item.sku].weight_g, -_size(skus[item.sku]))):
        _fill(fills, item, skus[item.sku].weight_g, _size(skus[item.sku]), most)
    if len(fills) == 1:
        return [box]
    rules = (*box.rules, *_over(box.items, skus, most))
    return [Box(tuple(fill.items), rules) for fill in fills]


def _fill(fills: list[_Fill], item: Item, grams: int, mm3: int, most: _Fill) -> None:
    """Each box takes all it has room for at once, then the next: a slip of the pen may ask for a million."""
    paid = list(accumulate(apportion(item.paid, [1] * item.quantity), initial=0))
    done = at = 0
    while done < item.quantity:
        if new := at == len(fills):
            fills.append(_Fill())
        count = max(_room(fills[at], grams, mm3, paid, done, most), int(new))
        if count:
            _put(fills[at], replace(item, quantity=count, paid=paid[done + count] - paid[done]), grams, mm3)
        done, at = done + count, at + 1


def _room(fill: _Fill, grams: int, mm3: int, paid: Sequence[int], done: int, most: _Fill) -> int:
    """How many of the units after the first `done` keep all that is the `most`; no mm³ there means any. `paid` is what
    the first 0, 1, 2 … of them come to."""
    if fill.grams + grams > most.grams:
        return 0
    count = min(len(paid) - 1 - done, most.units - fill.units)
    if grams:
        count = min(count, (most.grams - fill.grams) // grams)
    if most.mm3 and mm3:
        count = min(count, (most.mm3 - fill.mm3) // mm3)
    affordable = bisect_right(paid, most.value - fill.value + paid[done], lo=done) - 1 - done
    return max(min(count, affordable), 0)


def _put(fill: _Fill, part: Item, grams: int, mm3: int) -> None:
    """These units too; units of one line stay one item."""
    count = part.quantity
    fill.grams, fill.units, fill.value = fill.grams + grams * count, fill.units + count, fill.value + part.paid
    fill.mm3 += mm3 * count
    fill.items.append(part)


def units_of(items: Sequence[Item]) -> dict[str, int]:
    """Units by sku."""
    units: dict[str, int] = {}
    for item in items:
        units[item.sku] = units.get(item.sku, 0) + item.quantity
    return units


def from_places(
    order: Order,
    items: Sequence[Item],
    warehouses: Sequence[int],
    free: Mapping[tuple[int, str], int],
    catalog: Catalog,
) -> list[tuple[int, tuple[Item, ...]]]:
    """`by_warehouse` of an order's goods: its gifts go with goods, its independent kits come whole from one place."""
    fold = kits.folded(order, items, catalog.skus, free)
    if fold is None:
        return by_warehouse(items, warehouses, free, gifts(order))
    parts = by_warehouse(fold.items, warehouses, fold.free, gifts(order))
    if not all(fold.fits(part, place, free) for place, part in parts):
        return []
    return [(place, fold.unfolded(part)) for place, part in parts]


def by_warehouse(
    items: Sequence[Item],
    warehouses: Sequence[int],
    free: Mapping[tuple[int, str], int],
    gifts: Collection[int] = (),
) -> list[tuple[int, tuple[Item, ...]]]:
    """The goods by the warehouse they can come from, every line whole, the warehouse that has most lines first; the
    lines that are `gifts` come from where goods do. Empty only when there is no such way."""
    goods = [item for item in items if item.line_no not in gifts]
    if not gifts or not goods or len(goods) == len(items):
        return _divided(items, warehouses, free)
    parts = dict(_divided(goods, warehouses, free))
    taken = Counter[tuple[int, str]]()
    for place, part in parts.items():
        for item in part:
            taken[place, item.sku] += item.quantity
    for item in items:
        if item.line_no not in gifts:
            continue
        room = {place: free.get((place, item.sku), 0) - taken[place, item.sku] for place in parts}
        at = next((place for place in parts if room[place] >= item.quantity), None)
        if at is None:
            return []
        taken[at, item.sku] += item.quantity
        parts[at] += (item,)
    return list(parts.items())


def _divided(
    items: Sequence[Item], warehouses: Sequence[int], free: Mapping[tuple[int, str], int]
) -> list[tuple[int, tuple[Item, ...]]]:
    left, places = list(items), list(warehouses)
    chosen: list[int] = []
    while places and items:
        chosen.append(max(places, key=lambda place: len(_whole_lines(left, place, free))))
        places.remove(chosen[-1])
        found = _placed(items, chosen, free)
        if found:
            parts = ((place, tuple(i for i, at in zip(items, found, strict=True) if at == place)) for place in chosen)
            return [(place, part) for place, part in parts if part]
        gone = _whole_lines(left, chosen[-1], free)
        left = [item for item in left if item not in gone]
    return []


def _whole_lines(items: Sequence[Item], place: int, free: Mapping[tuple[int, str], int]) -> list[Item]:
    """The lines this warehouse has whole, one after the other while its stock lasts."""
    taken: dict[str, int] = {}
    found = []
    for item in items:
        if taken.get(item.sku, 0) + item.quantity <= free.get((place, item.sku), 0):
            taken[item.sku] = taken.get(item.sku, 0) + item.quantity
            found.append(item)
    return found


def _placed(items: Sequence[Item], places: Sequence[int], free: Mapping[tuple[int, str], int]) -> list[int]:
    """A warehouse for each line, the first ones as long as they can; [] when they do not hold all of it. Lines of
    different goods do not compete, so each sku is looked at alone."""
    found: dict[int, int] = {}
    for sku in {item.sku for item in items}:
        mine = sorted((at for at, item in enumerate(items) if item.sku == sku), key=lambda at: -items[at].quantity)
        rooms = tuple(free.get((place, sku), 0) for place in places)
        sizes = tuple(items[at].quantity for at in mine)
        put = _first_fit(sizes, rooms) or (_packed(sizes, rooms, {}) if len(sizes) <= _MOST_LINES else None)
        if put is None:
            return []
        found |= {at: places[room] for at, room in zip(mine, put, strict=True)}
    return [found[at] for at in range(len(items))]


def _first_fit(sizes: Sequence[int], rooms: Sequence[int]) -> tuple[int, ...] | None:
    """The room of each size, each in the first with space for it, which nearly always does; None when one has none."""
    spaces, found = list(rooms), []
    for size in sizes:
        room = next((room for room, space in enumerate(spaces) if size <= space), None)
        if room is None:
            return None
        spaces[room] -= size
        found.append(room)
    return tuple(found)


def _packed(
    sizes: tuple[int, ...], rooms: tuple[int, ...], tried: dict[tuple[int, tuple[int, ...]], None]
) -> tuple[int, ...] | None:
    """As `_first_fit`, by every way there is. What was `tried` is not tried again, and after _MOST_TRIED ways it is
    given up: nobody orders like that but to keep us busy."""
    if not sizes:
        return ()
    state = (len(sizes), tuple(sorted(rooms)))
    if sum(sizes) > sum(rooms) or state in tried or len(tried) >= _MOST_TRIED:
        return None
    for room, space in enumerate(rooms):
        if sizes[0] <= space and space not in rooms[:room]:
            rest = _packed(sizes[1:], (*rooms[:room], space - sizes[0], *rooms[room + 1 :]), tried)
            if rest is not None:
                return (room, *rest)
    tried[state] = None
    return None
