"""Which courier carries a box, and why each other does not (rules.md B6).

Surprising: the same questions are asked again when the wave is made (`courier_fault`), so a courier that was good
when the order was approved and is suspended, refused or out of numbers since is replaced before a label is printed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from domain import money
from domain.addresses import areas
from domain.addresses.reach import lies_in, most_specific, spot_of
from domain.orders.catalog import Courier
from domain.orders.orders import Order
from domain.planning.field_rules import FieldRule, applies
from domain.planning.loads import load_of
from domain.planning.match import Candidate, Fault, Favour, Loser, Match, Point, decide, favours, ruled_out
from domain.planning.suspensions import moment, suspended
from domain.planning.tariffs import Load, Quote, quote
from domain.planning.wishes import Wishes, wishes_of
from domain.review.screening import Facts


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: this load of the order's from that warehouse. `rules` are the courier rules that apply to the
    order."""

    order: Order
    warehouse_id: int
    load: Load
    wishes: Wishes
    rules: tuple[FieldRule, ...]
    facts: Facts

    def at(self, warehouse_id: int) -> "Ask":
        """The same from another warehouse."""
        return replace(self, warehouse_id=warehouse_id)

    def key(self) -> tuple[object, ...]:
        """Everything the answer depends on, besides the facts."""
        place = (self.order.receiver.country, *spot_of(self.order.receiver))
        return ("courier", self.warehouse_id, self.order.shop_id, *place, self.load, self.wishes, self.rules)


def asked(order: Order, warehouse_id: int, load: Load, facts: Facts) -> Ask:
    """The question for a load, with all that is wanted for the order."""
    choices = facts.policy.matching
    rules = tuple(rule for rule in choices.courier_rules if applies(rule, order)) if choices.courier_rules else ()
    return Ask(order, warehouse_id, load, wishes_of(order, choices), rules, facts)


def match_courier(ask: Ask) -> Match:
    """Who can, then who is asked for, then the cheapest. Loads that ask the same get the same answer, found once per
    `facts`."""
    if ask.order.id in ask.facts.failed:
        return _match(ask)
    key = ask.key()
    known = ask.facts.memo.get(key)
    if not isinstance(known, Match):
        known = ask.facts.memo[key] = _match(ask)
    return known


def _match(ask: Ask) -> Match:
    losers: list[Loser] = []
    able: list[Candidate] = []
    quotes: dict[int, Quote] = {}
    for courier in ask.facts.catalog.couriers.values():
        fault = courier_fault(courier, ask)
        price = None if fault else price_of(courier, ask)
        if price is None:
            losers.append(Loser(courier.name, *(fault or ("no_tariff", {"province": ask.order.receiver.province}))))
        else:
            able.append(Candidate(courier.id, courier.code, courier.name))
            quotes[courier.id] = price
    found = decide(able, losers, _favours(ask, able), _points(ask, quotes))
    return found.told(_inputs(ask), quotes[found.winner] if found.winner is not None else None)


def today(facts: Facts) -> date | None:
    """The day in the company's zone; None when the facts have no time."""
    if facts.now is None:
        return None
    key = "today"
    day = facts.memo.get(key)
    if not isinstance(day, date):
        day = facts.memo[key] = facts.now.astimezone(ZoneInfo(facts.catalog.company.zone)).date()
    return day


def price_of(courier: Courier, ask: Ask) -> Quote | None:
    """What the courier takes for it; None when its contract does not say."""
    on = today(ask.facts)
    tariff = ask.facts.catalog.tariff(courier, ask.warehouse_id, on)
    far = tariff.asks_remote and areas.remote(ask.order.receiver, ask.facts.policy)
    return quote(tariff, ask.load, spot_of(ask.order.receiver), on, remote=far)


def _inputs(ask: Ask) -> dict[str, str]:
    """What the decision was made on, as text; what is not known or not asked is left out."""
    wishes, load = ask.wishes, ask.load
    found = {
        "grams": load.grams,
        "volume_mm3": load.mm3,
        "traits": ",".join(sorted(load.traits)),
        "place": "/".join(part for part in (ask.order.receiver.province, ask.order.receiver.city) if part),
        "platform": wishes.platform,
        "upgrade": wishes.upgrade,
        "note": wishes.note,
        "refused": ",".join(sorted(wishes.refused)),
        "value": money.written(load.value),
        "collect": money.written(load.collected),
    }
    return {name: str(value) for name, value in found.items() if value}


def _favours(ask: Ask, able: Sequence[Candidate]) -> list[Favour]:
    """Platform, paid upgrade, note, the company's own rules: in that order."""
    wishes = ask.wishes
    stages = (("platform", wishes.platform), ("upgrade", wishes.upgrade), ("note", wishes.note))
    asked_for = [Favour(code, because) for because, code in stages if code]
    return asked_for + favours(ask.rules, able)


def rank(price: Quote | None, *, compared: bool) -> tuple[int, int, Mapping[str, str]]:
    """What a price counts for, less is better: whether it lacks something, then how much it is, and its facts. One that
    lacks something comes after all that lack nothing and wins by its sum over nobody; prices that are not `compared`
    say nothing."""
    if price is None:
        return 0, 0, {}
    lacks = bool(price.left_out)
    return int(compared and lacks), price.total if compared and not lacks else 0, price.told()


def _points(ask: Ask, quotes: Mapping[int, Quote]) -> dict[int, list[Point]]:
    """Default last, then cost, service, preference. Prices in several currencies are not compared."""
    compared = len({price.currency for price in quotes.values()}) == 1
    couriers = ask.facts.catalog.couriers
    return {courier_id: _points_of(couriers[courier_id], price, compared) for courier_id, price in quotes.items()}


def _points_of(courier: Courier, price: Quote, compared: bool) -> list[Point]:
    lacks, amount, cost = rank(price, compared=compared)
    return [
        Point("not_default", "is_default", int(courier.fallback)),
        Point("priced", "unpriced", lacks, cost),
        Point("cheapest", "dearer", amount, cost),
        Point("service", "worse_service", courier.service),
        Point("priority", "lower_priority", courier.priority, {"priority": str(courier.priority)}),
    ]


def courier_fault(courier: Courier, ask: Ask) -> Fault | None:
    """The first reason it cannot carry this box, in the order of rules.md B6; None when it can."""
    for check in _CHECKS:
        fault = check(courier, ask)
        if fault:
            return fault
    return None


def _contract(courier: Courier, ask: Ask) -> Fault | None:
    country = ask.order.receiver.country
    if not courier.enabled:
        return "disabled", {}
    if country and country not in courier.countries:
        return "country", {"country": country}
    if courier.warehouses is not None and ask.warehouse_id not in courier.warehouses:
        return "no_pickup", {}
    return None


def _asked_otherwise(courier: Courier, ask: Ask) -> Fault | None:
    """A platform's courier binds; so does a note's, where the policy says so."""
    wishes = ask.wishes
    if wishes.platform and courier.code != wishes.platform:
        return "platform_other", {"asked": wishes.platform}
    if courier.code in wishes.refused and courier.code != wishes.platform:
        return "refused", {}
    if ask.facts.policy.matching.note_must and not wishes.platform and wishes.note not in ("", courier.code):
        return "note_other", {"asked": wishes.note}
    return ruled_out(ask.rules, courier.code)


def _numbers(courier: Courier, ask: Ask) -> Fault | None:
    """An e-waybill account that fits the shop, whose courier did not just fail."""
    catalog = ask.facts.catalog
    error = ask.facts.failed.get(ask.order.id, {}).get(courier.id)
    if error is not None:
        return "waybill_error", {"error": error}
    if courier.id not in catalog.accounts:
        return None
    account = catalog.account(courier.id, ask.order.shop_id)
    if account is None:
        return "no_account", {"shop": catalog.shops[ask.order.shop_id].name}
    return None


def _goods(courier: Courier, ask: Ask) -> Fault | None:
    refused = sorted(ask.load.traits & courier.refuses)
    if refused:
        return "refuses", {"trait": refused[0]}
    if ask.load.collected and not courier.cod:
        return "no_cod", {}
    return None


def _place(courier: Courier, ask: Ask) -> Fault | None:
    to = ask.order.receiver
    area = most_specific(courier.areas, to) if courier.areas else None
    if courier.excluded and any(lies_in(spot_of(to), place) for place in courier.excluded):
        return "unreachable", {"province": to.province}
    if area is not None and not area.arrives:
        return "unreachable", {"province": area.name}
    found = suspended(ask.facts.policy, ask.facts.now, courier.code, to, ask.facts.catalog.company.zone)
    if found is None:
        return None
    until = moment(found.until, ask.facts.catalog.company.zone)
    ends = {} if until is None else {"until": until.isoformat(timespec="minutes")}
    return "suspended", {"province": to.province, "reason": found.reason, **ends}


def carried_g(order: Order, warehouse_ids: Iterable[int], facts: Facts) -> int:
    """The most grams that a courier carries to this order's place from one of these warehouses; 0 when none goes
    there with anything."""
    ask = asked(order, 0, load_of([order], (), facts, 0), facts)
    ways = ((courier, ask.at(place)) for place in warehouse_ids for courier in facts.catalog.couriers.values())
    able = (_limits(courier, order)[1] for courier, ask in ways if courier_fault(courier, ask) is None)
    return max(able, default=0)


def _limits(courier: Courier, order: Order) -> tuple[int, int]:
    """(least, most) grams to this order's place."""
    area = most_specific(courier.areas, order.receiver) if courier.areas else None
    most = min(courier.max_g, area.max_g) if area and area.max_g else courier.max_g
    return area.min_g if area else 0, most


def _weight(courier: Courier, ask: Ask) -> Fault | None:
    least, limit = _limits(courier, ask.order)
    grams = ask.load.grams
    if grams > limit:
        return "too_heavy", {"grams": str(grams), "max": str(limit)}
    if 0 < grams < least:
        return "too_light", {"grams": str(grams), "min": str(least)}
    if courier.max_side_mm and ask.load.longest_mm > courier.max_side_mm:
        return "too_long", {"side": str(ask.load.longest_mm), "max_side": str(courier.max_side_mm)}
    return None


def _funds(courier: Courier, ask: Ask) -> Fault | None:
    """Numbers left in the account. Asked last: who fails here could carry it, were the account topped up."""
    account = ask.facts.catalog.account(courier.id, ask.order.shop_id)
    if account is None or ask.facts.left.get(account.id, 1) > 0:
        return None
    return "no_numbers", {"account": account.code or courier.name}


_CHECKS: tuple[Callable[[Courier, Ask], Fault | None], ...] = (
    _contract,
    _asked_otherwise,
    _numbers,
    _goods,
    _place,
    _weight,
    _funds,
)
