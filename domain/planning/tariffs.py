"""Freight tariffs and what a parcel costs by them, with every part explained (rules.md B10).

Surprising: one shape prices all contracts. A rate is a list of tiers; a weight band is a tier without steps, and
"first weight plus steps" is a tier without an upper bound. Volume rebates are left out: they come on the bill. So is a
part of an amount in another currency than the contract's, since nobody here knows a rate; but the quote says so.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from domain.addresses.reach import Spot, lies_in, spot
from domain.money import Sums

_REMEMBERED = 5_000
REMOTE = "remote"
"""Among the areas of a surcharge: those the house calls remote (the policy's `areas.remote`)."""


class Volumetric(StrEnum):
    """When size counts: never, when it gives more than the scale, or half-way between the two (减半计泡)."""

    OFF = "off"
    LARGER = "larger"
    MEAN = "mean"


class SurchargeKind(StrEnum):
    """What a surcharge is a part of: nothing (a fixed amount), the freight, what is collected at the door, what the
    goods are worth (保价)."""

    FIXED = "fixed"
    FREIGHT = "freight"
    COD = "cod"
    INSURED = "insured"


@dataclass(frozen=True, slots=True)
class Tier:
    """Prices up to `up_to_g` billable grams (0 = no bound): `first_price` covers `first_g`, then `step_price` for
    each `step_g`. `step_g` 0 = a band: one price."""

    first_g: int
    first_price: int
    step_g: int = 0
    step_price: int = 0
    up_to_g: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """The tiers for a place, lightest first; an empty province is the rest of the country."""

    tiers: tuple[Tier, ...]
    province: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Surcharge:
    """Something on top, minor units: `amount` fixed, or `basis_points` (1/10000) of what `kind` says with `amount`
    as the least. It applies in `areas` (province or province/city, `REMOTE`; none = everywhere), on days from `starts`
    to `ends`, from `over_g` billable grams and `over_mm` longest side on (0 = always). What `kind` says counts from
    `over_value` on, and not beyond `up_to_value` (0 = all of it): goods worth less are not insured, and no courier
    answers for more."""

    code: str
    kind: SurchargeKind = SurchargeKind.FIXED
    amount: int = 0
    basis_points: int = 0
    areas: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None
    over_g: int = 0
    over_mm: int = 0
    over_value: int = 0
    up_to_value: int = 0


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version of a contract, in force from `starts` to `ends` (both days included).

    Started steps count whole, in units of `unit_g` (0 = the tier's step): 10 prices to the exact 0.01 kg, 500 is
    "under half a kilo counts as half". Up to `drop_g` over a unit are let go, only at the first weight unless
    `drop_every`. `divisor` is cm³ per kg (0 = size never counts); size counts once it is more than
    `volumetric_over_percent` above the scale. `warehouse_id` None = from every warehouse.
    """

    id: int
    courier_id: int
    version: int
    rates: tuple[Rate, ...]
    currency: str = "CNY"
    warehouse_id: int | None = None
    starts: date = date.min
    ends: date | None = None
    unit_g: int = 0
    drop_g: int = 0
    drop_every: bool = False
    divisor: int = 0
    volumetric: Volumetric = Volumetric.LARGER
    volumetric_over_percent: int = 0
    surcharges: tuple[Surcharge, ...] = ()
    _found: dict[tuple[str, str], Rate | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def asks_remote(self) -> bool:
        """Whether it matters to it what the house calls remote."""
        return any(REMOTE in extra.areas for extra in self.surcharges)

    def rate_for(self, province: str, city: str) -> Rate | None:
        """The most specific rate for a place; None when the contract does not name it."""
        key = (province, city)
        if key not in self._found:
            if len(self._found) >= _REMEMBERED:  # buyers type cities: the memory stays small whatever they type
                self._found.clear()
            self._found[key] = _most_specific(self.rates, province, city)
        return self._found[key]


@dataclass(frozen=True, slots=True)
class Load:
    """What one box carries: grams (0 = not known: the first weight is meant), size in mm³ and its longest side in mm
    (0 = not known), traits of the goods. `value` is what its goods are worth, `collected` what the courier takes at
    the door. `units` by sku are what it is made of; two boxes may be alike in all but these."""

    grams: int = 0
    mm3: int = 0
    longest_mm: int = 0
    traits: frozenset[str] = frozenset()
    value: Sums = ()
    collected: Sums = ()
    units: Mapping[str, int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Charge:
    """One surcharge of a quote."""

    code: str
    amount: int


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A surcharge the quote does without: it is a part of these sums, of which some are in another currency."""

    code: str
    of: Sums


@dataclass(frozen=True, slots=True)
class Quote:
    """A price and how it came about: minor units and grams. `area` is the rate's place, * for the rest. With anything
    `left_out` it costs more than the total, nobody knows how much."""

    tariff_id: int
    version: int
    currency: str
    area: str
    grams: int
    volumetric_g: int
    billable_g: int
    base: int
    step_fee: int
    charges: tuple[Charge, ...] = ()
    left_out: tuple[Unpriced, ...] = ()

    @property
    def total(self) -> int:
        """All of it that is known."""
        return self.base + self.step_fee + sum(charge.amount for charge in self.charges)

    def told(self) -> dict[str, str]:
        """For what is said of who loses by it: the sum, what of it comes on top, and what it lacks."""
        facts = {"freight": str(self.total), "currency": self.currency}
        if self.charges:
            facts["charges"] = json.dumps([[one.code, one.amount] for one in self.charges], ensure_ascii=False)
        if self.left_out:
            facts["lacks"] = json.dumps(_flat(self.left_out), ensure_ascii=False)
        return facts

    def as_data(self) -> dict[str, object]:
        """For the parcel's `why`."""
        parts: dict[str, object] = {
            "tariff": self.tariff_id,
            "version": self.version,
            "currency": self.currency,
            "area": self.area,
            "grams": self.grams,
            "volumetric_g": self.volumetric_g,
            "billable_g": self.billable_g,
            "base": self.base,
            "steps": self.step_fee,
            "total": self.total,
        }
        parts["charges"] = [[charge.code, charge.amount] for charge in self.charges]
        if self.left_out:
            parts["left_out"] = _flat(self.left_out)
        return parts


def _flat(left_out: Iterable[Unpriced]) -> list[list[str | int]]:
    return [[one.code, currency, amount] for one in left_out for currency, amount in one.of]


def half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest whole, a half upwards; neither is negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def _most_specific(rates: Iterable[Rate], province: str, city: str) -> Rate | None:
    def depth(rate: Rate) -> int:
        return bool(rate.province) + bool(rate.city)

    there = spot(province, city)
    covering = [rate for rate in rates if lies_in(there, rate.province, rate.city)]
    return max(covering, key=depth, default=None)


@lru_cache(maxsize=256)
def simple(first_g: int, first_price: int, step_g: int, step_price: int, currency: str) -> Tariff:
    """The tariff of a courier without a table: one price for everywhere, started steps count whole."""
    rate = Rate((Tier(first_g, first_price, step_g, step_price),))
    return Tariff(id=0, courier_id=0, version=0, rates=(rate,), currency=currency)


def in_force(tariffs: Iterable[Tariff], warehouse_id: int | None, on: date | None) -> Tariff | None:
    """The contract that counts for a warehouse on a day: its own before the general one, then the newest."""
    fit = [
        tariff
        for tariff in tariffs
        if tariff.warehouse_id in (None, warehouse_id)
        and (on is None or (tariff.starts <= on and (tariff.ends is None or on <= tariff.ends)))
    ]
    return max(fit, key=lambda t: (t.warehouse_id is not None, t.starts, t.version), default=None)


def quote(tariff: Tariff, load: Load, to: Spot, on: date | None = None, *, remote: bool = False) -> Quote | None:
    """What the load costs to that place, which the house may call remote, on that day (None: a day without seasons);
    None when the contract has no rate for the place or no tier for the weight."""
    rate = tariff.rate_for(to.province, to.city)
    if rate is None:
        return None
    by_size = volumetric_g(tariff, load.mm3)
    weight = _weight(tariff, load.grams, by_size)
    for tier in rate.tiers:
        billable = tier.first_g + _over(tariff, tier, weight)
        if not tier.up_to_g or billable <= tier.up_to_g:
            break
    else:
        return None
    steps = half_up((billable - tier.first_g) * tier.step_price, tier.step_g) if tier.step_g else 0
    extras = [extra for extra in tariff.surcharges if _applies(extra, load, billable, to, on, remote)]
    charges, left_out = _charges(extras, load, tier.first_price + steps, tariff.currency) if extras else ((), ())
    area = "/".join(part for part in (rate.province, rate.city) if part) or "*"
    return Quote(
        tariff_id=tariff.id,
        version=tariff.version,
        currency=tariff.currency,
        area=area,
        grams=load.grams,
        volumetric_g=by_size,
        billable_g=billable,
        base=tier.first_price,
        step_fee=steps,
        charges=charges,
        left_out=left_out,
    )


def volumetric_g(tariff: Tariff, mm3: int) -> int:
    """Grams a size counts as: cm³ by the divisor are kilos, so mm³ by it are grams; 0 = size never counts."""
    return half_up(mm3, tariff.divisor) if tariff.divisor else 0


def _weight(tariff: Tariff, grams: int, volumetric_g: int) -> int:
    """The weight that counts, before rounding."""
    much = volumetric_g * 100 > grams * (100 + tariff.volumetric_over_percent)
    if not grams or not much or tariff.volumetric is Volumetric.OFF:
        return grams
    return volumetric_g if tariff.volumetric is Volumetric.LARGER else half_up(grams + volumetric_g, 2)


def _over(tariff: Tariff, tier: Tier, grams: int) -> int:
    """Grams beyond the first weight, in whole units. A band has no units: what is over it belongs to the next tier."""
    over = max(0, grams - tier.first_g)
    unit = tariff.unit_g or tier.step_g or 1
    if over <= tariff.drop_g:
        return 0
    return -(-(over - tariff.drop_g if tariff.drop_every else over) // unit) * unit


def _charges(
    extras: Iterable[Surcharge], load: Load, freight: int, currency: str
) -> tuple[tuple[Charge, ...], tuple[Unpriced, ...]]:
    """What comes on top, and what of it cannot be told."""
    bases = {SurchargeKind.COD: load.collected, SurchargeKind.INSURED: load.value}
    found: list[Charge] = []
    left_out: list[Unpriced] = []
    for extra in extras:
        if extra.kind is SurchargeKind.FIXED:
            found.append(Charge(extra.code, extra.amount))
            continue
        base = bases.get(extra.kind, ((currency, freight),))
        if any(code != currency for code, _ in base):
            left_out.append(Unpriced(extra.code, base))
            continue
        amount = sum(amount for _, amount in base)
        if amount and amount >= extra.over_value:
            found.append(Charge(extra.code, _fee(extra, amount)))
    return tuple(found), tuple(left_out)


def _fee(extra: Surcharge, amount: int) -> int:
    most = min(amount, extra.up_to_value) if extra.up_to_value else amount
    return max(extra.amount, half_up(most * extra.basis_points, 10_000))


def _applies(extra: Surcharge, load: Load, billable: int, to: Spot, on: date | None, remote: bool) -> bool:
    seasonal = extra.starts is not None or extra.ends is not None
    if seasonal and not (on and (extra.starts or date.min) <= on <= (extra.ends or date.max)):
        return False
    if extra.areas and not any(remote if area == REMOTE else _lies_in(area, to) for area in extra.areas):
        return False
    return billable >= extra.over_g and load.longest_mm >= extra.over_mm


def _lies_in(area: str, to: Spot) -> bool:
    province, _, city = area.partition("/")
    return lies_in(to, province, city)
