"""What waits for a wave, sorted by the rules of the policy or by a person's tap.

Surprising: it reads light rows (`Waiting`), not parcels: the clock asks every two seconds, and a backlog of a
thousand must not cost more than one statement; where the goods lie is asked only when a rule or a person speaks of
zones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.desk import Desk
from domain.errors import Unknown
from domain.floor import walking
from domain.floor.parcels import Waiting
from domain.floor.wave_rules import REST, Per, Shape, WaveRule
from domain.hours import next_time
from domain.orders.orders import Order
from domain.stock import bins

Bins = Mapping[int, Sequence[str]]
"""parcel id -> the bins its goods lie in."""
MOST = 1000  # waiting parcels looked at in one warehouse


@dataclass(frozen=True, slots=True)
class Due:
    """A wave that wants to be made: its rule, why now (full | waited | cutoff | tap), what it keeps apart, and its
    parcels, those that must leave first in front."""

    rule: WaveRule
    trigger: str
    parcel_ids: tuple[int, ...]
    courier: str = ""
    zone: str = ""

    def why(self) -> dict[str, str]:
        """What the wave remembers of it."""
        told = {
            "rule": self.rule.name,
            "trigger": self.trigger,
            "shape": str(self.rule.shape) if self.rule.shape is not Shape.ANY else "",
            "rush": "1" if self.rule.rush else "",
            "courier": self.courier or ",".join(self.rule.couriers),
            "zone": self.zone or ",".join(self.rule.zones),
        }
        return {name: text for name, text in told.items() if text}


@dataclass(frozen=True, slots=True)
class Preview:
    """How much waits in a warehouse, seen from several sides. `couriers` by id, `zones` by name."""

    all: int = 0
    rush: int = 0
    single: int = 0
    multi: int = 0
    couriers: Mapping[int, int] = field(default_factory=dict)
    zones: Mapping[str, int] = field(default_factory=dict)


def zone_of(place: str) -> str:
    """The zone of a bin: what stands before the first dash."""
    return place.partition("-")[0]


def _lying(desk: Desk, warehouse_id: int, waiting: Sequence[Waiting]) -> Bins:
    """Where the goods of each would be taken from, the oldest first, besides what open waves are sent to."""
    shelves = walking.Shelves(desk, warehouse_id, {sku for one in waiting for sku in one.units})
    return {one.parcel_id: walking.names(desk, one.units, shelves.take(one.units)) for one in waiting}


def zone(places: Sequence[str]) -> str:
    """The zone all these bins are in; '' when they are in several or nobody knows."""
    found = {zone_of(place) for place in places}
    return found.pop() if len(found) == 1 else ""


def shape(one: Waiting) -> Shape:
    """One product or several."""
    return Shape.SINGLE if len(one.units) == 1 else Shape.MULTI


def is_rush(desk: Desk, due_at: datetime | None, notes: str) -> bool:
    """Whether its deadline is close, or a word says so."""
    close = due_at is not None and due_at <= desk.now + timedelta(hours=desk.policy.urgent_hours)
    return close or _says(notes, desk.policy.waves.rush_words)


def is_gift(desk: Desk, notes: str) -> bool:
    """Whether a word says it is one."""
    return _says(notes, desk.policy.waves.gift_words)


def _says(notes: str, words: Sequence[str]) -> bool:
    text = notes.casefold()
    return any(word.casefold() in text for word in words if word)


def notes_of(orders: Sequence[Order]) -> str:
    """Everything people wrote on these orders."""
    return "\n".join(text for order in orders for text in (order.buyer_message, order.seller_note) if text)


def fits(desk: Desk, rule: WaveRule, one: Waiting, lying: Bins) -> bool:
    """Whether the rule is about such a parcel, whose goods are `lying` there where the rule asks for that."""
    courier = desk.catalog.couriers.get(one.courier_id or 0)
    return (
        rule.shape in (Shape.ANY, shape(one))
        and (not rule.rush or is_rush(desk, one.due_at, one.notes))
        and (not rule.couriers or (courier is not None and courier.code in rule.couriers))
        and (not rule.zones or all(place.startswith(rule.zones) for place in lying[one.parcel_id]))
    )


def due(desk: Desk, warehouse_id: int) -> list[Due]:
    """The waves of a warehouse whose time has come, by priority; one of each kind at most."""
    waiting = desk.parcels.waiting(warehouse_id, MOST)
    if not waiting:
        return []
    code = desk.catalog.warehouses[warehouse_id].code
    rules = sorted(desk.policy.waves.rules, key=lambda rule: rule.priority)
    here = [rule for rule in rules if not rule.warehouses or code in rule.warehouses]
    by_zone = any(rule.zones or rule.per is Per.ZONE for rule in here)
    lying = _lying(desk, warehouse_id, waiting) if by_zone else {}
    kinds: dict[tuple[WaveRule, str, str], list[Waiting]] = {}
    for one in waiting:
        rule = next((rule for rule in here if fits(desk, rule, one, lying)), REST)
        kinds.setdefault((rule, *_apart(desk, rule, one, lying)), []).append(one)
    order = [*here, REST]
    found = []
    for (rule, courier, where), group in sorted(kinds.items(), key=lambda kind: order.index(kind[0][0])):
        if trigger := _trigger(desk, rule, group):
            found.append(Due(rule, trigger, _first(group), courier, where))
    return found


def _apart(desk: Desk, rule: WaveRule, one: Waiting, lying: Bins) -> tuple[str, str]:
    """(courier code, zone), each only where the rule keeps them apart."""
    courier = desk.catalog.couriers.get(one.courier_id or 0)
    return (
        courier.code if courier and rule.per is Per.COURIER else "",
        zone(lying[one.parcel_id]) if rule.per is Per.ZONE else "",
    )


def size_of(desk: Desk, rule: WaveRule) -> int:
    """Parcels in a wave of that rule at most."""
    return rule.size or desk.policy.wave_size


def _trigger(desk: Desk, rule: WaveRule, group: Sequence[Waiting]) -> str:
    """Why the group goes now; '' when it waits."""
    if len(group) >= size_of(desk, rule):
        return "full"
    since = min((one.ready_at for one in group if one.ready_at), default=desk.now)
    if rule.cutoffs and next_time(since, rule.cutoffs, desk.catalog.company.zone) <= desk.now:
        return "cutoff"
    if rule.wait_seconds < 0 and rule.cutoffs:
        return ""
    wait = desk.policy.wave_wait_seconds if rule.wait_seconds < 0 else rule.wait_seconds
    return "waited" if since <= desk.now - timedelta(seconds=wait) else ""


def _first(group: Sequence[Waiting]) -> tuple[int, ...]:
    """The oldest first, as they come; a wave that cannot take all takes these."""
    return tuple(one.parcel_id for one in group)


def preview(desk: Desk, warehouse_id: int) -> Preview:
    """What waits there, counted for a person's choice. The counts overlap: a rush parcel is single or multi, too."""
    waiting = desk.parcels.waiting(warehouse_id, MOST)
    couriers: dict[int, int] = {}
    zones: dict[str, int] = {}
    lying = _lying(desk, warehouse_id, waiting)
    for one in waiting:
        couriers[one.courier_id or 0] = couriers.get(one.courier_id or 0, 0) + 1
        if where := zone(lying[one.parcel_id]):
            zones[where] = zones.get(where, 0) + 1
    single = sum(1 for one in waiting if shape(one) is Shape.SINGLE)
    return Preview(
        all=len(waiting),
        rush=sum(1 for one in waiting if is_rush(desk, one.due_at, one.notes)),
        single=single,
        multi=len(waiting) - single,
        couriers={courier: couriers[courier] for courier in sorted(couriers) if courier},
        zones={where: zones[where] for where in sorted(zones, key=bins.walking_order)},
    )


def wish(desk: Desk, text: str) -> WaveRule:
    """The rule behind a button: all | rush | single | multi | c.COURIER_ID | z.ZONE. Raises Unknown('wave_kind')."""
    kind, _, what = text.partition(".")
    if kind in ("all", "rush", "single", "multi"):
        shaped = Shape(kind) if kind in ("single", "multi") else Shape.ANY
        return WaveRule("", shape=shaped, rush=kind == "rush")
    if kind == "c" and what.isdecimal() and int(what) in desk.catalog.couriers:
        return WaveRule("", couriers=(desk.catalog.couriers[int(what)].code,))
    if kind == "z" and what:
        return WaveRule("", per=Per.ZONE, zones=(what,))
    raise Unknown("wave_kind", text)


def by_tap(desk: Desk, warehouse_id: int, rule: WaveRule) -> Due:
    """What a tap on such a button takes."""
    waiting = desk.parcels.waiting(warehouse_id, MOST)
    lying = _lying(desk, warehouse_id, waiting) if rule.zones else {}
    chosen = [one for one in waiting if fits(desk, rule, one, lying)]
    if rule.per is Per.ZONE:
        chosen = [one for one in chosen if zone(lying[one.parcel_id]) in rule.zones]
    return Due(rule, "tap", _first(chosen))
