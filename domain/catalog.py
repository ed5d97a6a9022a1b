"""The company's own furniture: shops, warehouses, couriers, products. Small tables, read whole.

Surprising: a courier's tariff is here in its simplest form (first weight, then steps); rules.md B10 grows on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.incoming import Platform


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
    """A warehouse. `shops` None = serves all; lower `priority` is preferred."""

    id: int
    code: str
    name: str
    province: str
    priority: int
    country: str = "CN"
    shops: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Courier:
    """A courier's contract. Weights in grams, prices in minor units of `currency`.

    `countries` it serves; `excluded` provinces it does not reach; `warehouses` None = collects from all.
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

    def freight(self, grams: int) -> int:
        """First weight plus started steps (rules.md B10)."""
        over = max(0, grams - self.first_g)
        return self.first_price + -(-over // self.step_g) * self.step_price


@dataclass(frozen=True, slots=True)
class Sku:
    """A product unit we keep. `cost` in minor units of `currency`; `weight_g` 0 = not known yet."""

    code: str
    barcode: str
    title: str
    weight_g: int
    cost: int
    price: int
    currency: str = "CNY"
    bin: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """Whose desk this is."""

    name: str
    zone: str
    currency: str
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything above, by id, plus which platform code means which sku (per shop; shop 0 = any)."""

    company: Company
    shops: Mapping[int, Shop]
    warehouses: Mapping[int, Warehouse]
    couriers: Mapping[int, Courier]
    skus: Mapping[str, Sku]
    aliases: Mapping[tuple[int, str], str]

    def sku_of(self, shop_id: int, code: str) -> str | None:
        """The sku a platform's merchant code means in that shop, or None."""
        code = code.strip()
        if not code:
            return None
        return self.aliases.get((shop_id, code)) or self.aliases.get((0, code)) or (code if code in self.skus else None)
