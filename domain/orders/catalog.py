"""The company's own furniture: shops, warehouses, couriers, products. Small tables, read whole.

Surprising: a courier without a tariff table is priced by the simplest form it has itself (first weight, then steps);
`Catalog.tariff` is the one place that decides which of the two counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.addresses.reach import Area
from domain.intake.incoming import Platform
from domain.planning.tariffs import Tariff, in_force, simple


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop on a platform. `zone` is the IANA zone its naive times are in; `secret` signs its webhooks."""

    id: int
    name: str
    platform: Platform
    currency: str
    zone: str
    secret: str = ""
    fail_open: bool = False


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A warehouse. `shops` None = serves all; lower `priority` is preferred; a `fallback` only when no other can.

    `cutoff` (HH:MM in the company's zone, empty = none) is when the last parcel of a day leaves; `areas` say where it
    sends to and with what weights, places not named are served.
    """

    id: int
    code: str
    name: str
    province: str
    priority: int
    country: str = "CN"
    shops: frozenset[int] | None = None
    city: str = ""
    enabled: bool = True
    fallback: bool = False
    cutoff: str = ""
    areas: tuple[Area, ...] = ()

    def serves(self, shop_id: int) -> bool:
        """Whether it may send that shop's orders at all."""
        return self.enabled and (self.shops is None or shop_id in self.shops)


@dataclass(frozen=True, slots=True)
class Courier:
    """A courier's contract. Weights in grams, prices in minor units of `currency`.

    `countries` it serves; `excluded` provinces it does not reach (`areas` say the same down to the district);
    `warehouses` None = collects from all. `refuses` traits of goods (Sku.traits); `cod` whether it collects money;
    `max_side_mm` the longest side (0 = any); `service` its level, lower is better; a `fallback` only when no other can.
    """

    id: int
    code: str
    name: str
    prefix: str
    digits: int
    priority: int
    first_g: int
    first_price: int
    step_g: int
    step_price: int
    max_g: int
    currency: str = "CNY"
    countries: frozenset[str] = frozenset({"CN"})
    excluded: frozenset[str] = frozenset()
    warehouses: frozenset[int] | None = None
    enabled: bool = True
    fallback: bool = False
    areas: tuple[Area, ...] = ()
    refuses: frozenset[str] = frozenset()
    cod: bool = False
    max_side_mm: int = 0
    service: int = 0

    def freight(self, grams: int) -> int:
        """First weight plus started steps (rules.md B10): the price without a tariff table."""
        over = max(0, grams - self.first_g)
        return self.first_price + -(-over // self.step_g) * self.step_price


@dataclass(frozen=True, slots=True)
class Account:
    """An e-waybill account with a courier. `shop_id` None = any shop; `platforms` empty = any platform (rules.md B6).

    `source` says who gives the numbers: "local" = we count them out of a range the courier gave us (`prefix` and
    `digits`, the courier's own when empty), else the name of the adapter that asks the courier.
    """

    id: int
    courier_id: int
    code: str = ""
    shop_id: int | None = None
    platforms: frozenset[str] = frozenset()
    source: str = "local"
    prefix: str = ""
    digits: int = 0

    def fits(self, shop: Shop) -> bool:
        """Whether the shop may ship on it."""
        return self.shop_id in (None, shop.id) and (not self.platforms or shop.platform in self.platforms)


@dataclass(frozen=True, slots=True)
class Sku:
    """A product unit we keep. `cost` in minor units of `currency`; `weight_g` and the sides in mm 0 = not known yet.

    `traits` are what a courier may refuse to carry: liquid, battery, cold …; `batch`: its units are kept by batch; and
    `virtual`: it needs no shipping (补差价, an extra postage).
    One that is not `enabled` is no longer sold: what is ordered of it waits for a person, its stock is kept as ever.
    """

    code: str
    barcode: str
    title: str
    weight_g: int
    cost: int
    price: int
    currency: str = "CNY"
    bin: str = ""
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    traits: frozenset[str] = frozenset()
    enabled: bool = True

    @property
    def batched(self) -> bool:
        """Whether its units are kept by batch."""
        return "batch" in self.traits

    @property
    def virtual(self) -> bool:
        """Whether it is only sold, and never kept or sent."""
        return "virtual" in self.traits


@dataclass(frozen=True, slots=True)
class Part:
    """So many units of a product in one set."""

    sku: str
    units: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """A version of a set's recipe (组合装): its parts are products, never sets. Without parts it is known and cannot be
    sent. `whole`: an independent kit (独立套件), its parts travel together."""

    code: str
    title: str
    parts: tuple[Part, ...] = ()
    whole: bool = False
    version: int = 0
    by: str = ""
    at: datetime | None = None

    @property
    def recipe(self) -> tuple[str, tuple[Part, ...], bool]:
        """What two versions may differ in."""
        return self.title, self.parts, self.whole


@dataclass(frozen=True, slots=True)
class Company:
    """Whose desk this is."""

    name: str
    zone: str
    currency: str
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything above, by id, plus which platform code means which sku (per shop; shop 0 = any).

    `tariffs` and `accounts` are by courier id; `bundles` the newest recipe of each set by code.
    """

    company: Company
    shops: Mapping[int, Shop]
    warehouses: Mapping[int, Warehouse]
    couriers: Mapping[int, Courier]
    skus: Mapping[str, Sku]
    aliases: Mapping[tuple[int, str], str]
    tariffs: Mapping[int, tuple[Tariff, ...]] = field(default_factory=dict)
    accounts: Mapping[int, tuple[Account, ...]] = field(default_factory=dict)
    bundles: Mapping[str, Bundle] = field(default_factory=dict)

    def tariff(self, courier: Courier, warehouse_id: int | None, on: date | None) -> Tariff:
        """What the courier is paid by for parcels from that warehouse on that day: its table, else its own terms."""
        table = in_force(self.tariffs.get(courier.id, ()), warehouse_id, on)
        own = courier
        return table or simple(own.first_g, own.first_price, own.step_g, own.step_price, own.currency)

    def account(self, courier_id: int, shop_id: int) -> Account | None:
        """The account the shop ships on with a courier: its own, else its platform's, else anybody's; or None."""
        shop = self.shops[shop_id]
        fit = [account for account in self.accounts.get(courier_id, ()) if account.fits(shop)]
        return min(fit, key=lambda a: (a.shop_id is None, not a.platforms, a.id), default=None)

    def meaning(self, shop_id: int, code: str) -> str:
        """The code of ours, a product's or a set's, that a platform's merchant code means in that shop; '' for none."""
        code = code.strip()
        ours = code if code in self.skus or code in self.bundles else ""
        return self.aliases.get((shop_id, code)) or self.aliases.get((0, code)) or ours if code else ""

    def sku_of(self, shop_id: int, code: str) -> str | None:
        """The sku a platform's merchant code means in that shop, or None."""
        meant = self.meaning(shop_id, code)
        return meant if meant and meant not in self.bundles else None

    def bundle_of(self, shop_id: int, code: str) -> Bundle | None:
        """The set a platform's merchant code means in that shop, or None."""
        return self.bundles.get(self.meaning(shop_id, code)) if self.bundles else None
