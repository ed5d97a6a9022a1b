"""A business day as finance reads it, and its tie-out: does the detail add up to what the books say?

Surprising: a check compares two *sources*. `ControlTotal` and `Tie.expected` must come from the store's own
sums (aggregate queries, the ledger), the rows from the records; filling both from one list would make a check
that cannot fail. Different currencies are never added: every sum of money is for one currency (rules.md C4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.intake.incoming import RefundState
from domain.stock.stock import share


@dataclass(frozen=True, slots=True)
class ShopLine:
    """A shop the overview has a row for, also when it sold nothing. `platform` is the Platform's value."""

    shop: str
    platform: str
    currency: str


class CostBasis(StrEnum):
    """Where an order's goods cost comes from. The texts for people are in exports."""

    LEFT = "left"  # every unit at the moving average it left its warehouse at
    PARTLY = "partly"  # those that left so, the rest at the average of where it waits
    EXPECTED = "expected"  # nothing has left: the average of where it waits, the product's card where there is none


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order paid on the day. Money in minor units of `currency`, `cost` of `cost_currency`; aware UTC.

    `status` is the OrderStatus value; `sku_units` how many units it holds; `refunded` all that went back;
    `cost_basis` what `cost` is made of, None when no unit of the order has a cost.
    """

    shop: str
    platform: str
    number: str
    placed_at: datetime | None
    paid_at: datetime | None
    status: str
    goods: int
    shipping: int
    discount: int
    tax: int
    total: int
    paid: int
    refunded: int
    currency: str
    sku_units: int
    cost: int
    cost_currency: str
    cost_basis: CostBasis | None


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund of the day. `state` is a RefundState value, `stage` the ParcelState value when it came, or ''.

    `stopped`: did the goods stay in the house; None while undecided.
    """

    shop: str
    order_number: str
    refund_number: str
    at: datetime
    amount: int
    currency: str
    state: str
    stage: str
    stopped: bool | None

    @property
    def succeeded(self) -> bool:
        """Whether the money went back; other states are shown but not summed."""
        return self.state == RefundState.SUCCESS


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One sku in one return parcel of the day. `stock_effect`: signed units added to good stock."""

    return_waybill: str
    order_number: str
    arrived_at: datetime
    sku: str
    title: str
    expected: int
    received: int
    grade: str
    stock_effect: int


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """A parcel handed over on the day. Grams; `freight_estimate` in minor units of `currency`; `collect` what its
    courier collects at the door, minor units of `collect_currency`, 0 and '' when nothing.

    `weighed_g` 0 = it was not weighed, `expected_g` 0 = some weight is not known. `size_mm` None = not known;
    `volumetric_g` is what the size counts as by the contract the parcel was priced by, 0 = it does not (rules.md B10).
    """

    handed_over_at: datetime
    parcel: str
    waybill: str
    courier: str
    warehouse: str
    order_numbers: tuple[str, ...]
    expected_g: int
    weighed_g: int
    freight_estimate: int
    currency: str
    province: str
    city: str
    size_mm: tuple[int, int, int] | None = None
    volumetric_g: int = 0
    collect: int = 0
    collect_currency: str = ""


@dataclass(frozen=True, slots=True)
class RecallRow:
    """A courier was asked on the day for a parcel that had left. `kind` and `state` (as it is now) are values of
    RecallKind and RecallState; `fee` in minor units of `currency`, as far as it is known; `why` what made it fail."""

    shop: str
    order_number: str
    waybill: str
    courier: str
    kind: str
    state: str
    opened_at: datetime
    opened_by: str
    fee: int
    currency: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class StockRow:
    """One sku in one warehouse. `opening`, `moved_in`, `moved_out` (both positive) are the day's ledger sums.

    `since` is the ledger's net movement from the day's end until the report was made, and `on_hand` what the
    stock record says at that moment; so opening + in - out + since must be on hand. `reserved` and `put_back`
    (waiting for the put-back scan) are parts of `on_hand`. `value` is what the closing units have cost, minor units of
    `currency`: quantity by the moving average of the warehouse (rules.md B13).
    """

    warehouse: str
    sku: str
    title: str
    opening: int
    moved_in: int
    moved_out: int
    on_hand: int
    reserved: int
    put_back: int
    value: int
    currency: str
    since: int = 0

    @property
    def closing(self) -> int:
        """Units at the end of the day."""
        return self.opening + self.moved_in - self.moved_out

    @property
    def off(self) -> int:
        """On hand minus what the ledger says; 0 when they agree."""
        return self.on_hand - self.closing - self.since

    @property
    def unit_cost(self) -> int:
        """What one closing unit has cost on average, minor units, half up; 0 without units."""
        return share(self.value, 1, self.closing) if self.closing > 0 else 0


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """What the store's own sums say for one currency, asked independently of the rows. Money in minor units.

    `orders`/`paid`: orders paid on the day; `refunds`/`refunded`: refunds of the day that succeeded;
    `shipments`/`freight`: parcels handed over and their estimate; `stock_value`: what the closing units
    have cost by the ledger; `recalls`/`recall_fees`: recalls opened on the day and what they cost;
    `cod_parcels`/`cod`: parcels handed over for which couriers collect money, and how much.
    """

    currency: str
    orders: int
    paid: int
    refunds: int
    refunded: int
    shipments: int
    freight: int
    stock_value: int
    recalls: int = 0
    recall_fees: int = 0
    cod_parcels: int = 0
    cod: int = 0


class Unit(StrEnum):
    """What a tie counts when it is not money (money carries its currency code instead)."""

    COUNT = "count"
    PIECES = "pieces"
    GRAMS = "grams"


@dataclass(frozen=True, slots=True)
class Tie:
    """One more comparison of two sources. `name` is an English msgid; `unit` a Unit value or a currency."""

    name: str
    expected: int
    actual: int
    unit: str


@dataclass(frozen=True, slots=True)
class DaySales:
    """Paid minus refunded on one day in one currency, minor units: a bar of the chart."""

    day: date
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class DayReport:
    """Everything the day's workbook shows. `zone` is the IANA zone the day is cut in and times are shown in.

    `cutoffs`: (source, until when its data is in; None = nothing received). `trend` is the last 14 days,
    oldest first. `changes` says in words what differs from the version before (empty in version 1).
    """

    company: str
    day: date
    zone: str
    version: int
    final: bool
    generated_at: datetime
    cutoffs: tuple[tuple[str, datetime | None], ...]
    shops: tuple[ShopLine, ...]
    orders: tuple[OrderRow, ...]
    refunds: tuple[RefundRow, ...]
    returns: tuple[ReturnRow, ...]
    shipments: tuple[ShipmentRow, ...]
    stock: tuple[StockRow, ...]
    controls: tuple[ControlTotal, ...]
    recalls: tuple[RecallRow, ...] = ()
    ties: tuple[Tie, ...] = ()
    trend: tuple[DaySales, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every currency that occurs, sorted."""
        groups: tuple[Iterable[str], ...] = (
            (row.currency for row in self.shops),
            (row.currency for row in self.orders),
            (row.cost_currency for row in self.orders),
            (row.currency for row in self.refunds),
            (row.currency for row in self.shipments),
            (row.collect_currency for row in self.shipments),
            (row.currency for row in self.recalls),
            (row.currency for row in self.stock),
            (row.currency for row in self.controls),
        )
        return tuple(sorted({code for group in groups for code in group if code}))


class Check(StrEnum):
    """The comparisons every day has. The texts for people are in exports."""

    ORDERS = "orders"
    PAID = "paid"
    SHOPS_PAID = "shops_paid"
    REFUNDS = "refunds"
    REFUNDED = "refunded"
    SHIPMENTS = "shipments"
    FREIGHT = "freight"
    COD_PARCELS = "cod_parcels"
    COD = "cod"
    RECALLS = "recalls"
    RECALL_FEES = "recall_fees"
    STOCK_VALUE = "stock_value"
    WAYBILLS = "waybills"
    STOCK_MOVES = "stock_moves"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the tie-out. `name` is a Check value or a Tie's name; `off` is by how much it fails.

    `currency` is whose records are compared, '' = all; `unit` what the numbers are (a Unit value or a currency).
    """

    name: str
    unit: str
    expected: int
    actual: int
    off: int
    currency: str = ""

    @property
    def ok(self) -> bool:
        """PASS?"""
        return self.off == 0


def tie_out(report: DayReport) -> tuple[CheckResult, ...]:
    """Every check of the day, in the order of the workbook's tie-out sheet (rules.md C4)."""
    results: list[CheckResult] = []
    for currency in report.currencies:
        results += _money_checks(report, currency)
    waybills = {row.waybill for row in report.shipments}
    results.append(_compare(Check.WAYBILLS, Unit.COUNT, len(report.shipments), len(waybills)))
    results.append(_stock_moves(report))
    results += [_compare(tie.name, tie.unit, tie.expected, tie.actual) for tie in report.ties]
    return tuple(results)


def control_of(report: DayReport, currency: str) -> ControlTotal:
    """The store's sums for the currency; all zero when the store has none."""
    found = (total for total in report.controls if total.currency == currency)
    return next(found, ControlTotal(currency, 0, 0, 0, 0, 0, 0, 0))


def cash_by_courier(report: DayReport) -> dict[tuple[str, str], tuple[int, int]]:
    """(currency, courier) -> parcels handed over for which the courier collects money, and how much of it."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in report.shipments:
        if row.collect:
            parcels, amount = found.get((row.collect_currency, row.courier), (0, 0))
            found[row.collect_currency, row.courier] = parcels + 1, amount + row.collect
    return dict(sorted(found.items()))


def _money_checks(report: DayReport, currency: str) -> list[CheckResult]:
    control = control_of(report, currency)
    orders = [row for row in report.orders if row.currency == currency]
    shops = [line.shop for line in report.shops if line.currency == currency]
    refunds = [row for row in report.refunds if row.currency == currency and row.succeeded]
    shipments = [row for row in report.shipments if row.currency == currency]
    cash = [row.collect for row in report.shipments if row.collect_currency == currency]
    recalls = [row for row in report.recalls if row.currency == currency]
    stock = [row for row in report.stock if row.currency == currency]
    paid = sum(row.paid for row in orders)
    by_shop = sum(row.paid for shop in shops for row in orders if row.shop == shop)
    refunded, freight = sum(row.amount for row in refunds), sum(row.freight_estimate for row in shipments)
    return [
        _compare(Check.ORDERS, Unit.COUNT, control.orders, len(orders), currency),
        _compare(Check.PAID, currency, control.paid, paid, currency),
        _compare(Check.SHOPS_PAID, currency, paid, by_shop, currency),
        _compare(Check.REFUNDS, Unit.COUNT, control.refunds, len(refunds), currency),
        _compare(Check.REFUNDED, currency, control.refunded, refunded, currency),
        _compare(Check.SHIPMENTS, Unit.COUNT, control.shipments, len(shipments), currency),
        _compare(Check.FREIGHT, currency, control.freight, freight, currency),
        _compare(Check.COD_PARCELS, Unit.COUNT, control.cod_parcels, len(cash), currency),
        _compare(Check.COD, currency, control.cod, sum(cash), currency),
        _compare(Check.RECALLS, Unit.COUNT, control.recalls, len(recalls), currency),
        _compare(Check.RECALL_FEES, currency, control.recall_fees, sum(row.fee for row in recalls), currency),
        _compare(Check.STOCK_VALUE, currency, control.stock_value, sum(row.value for row in stock), currency),
    ]


def _stock_moves(report: DayReport) -> CheckResult:
    """`off` adds up sizes, so that one sku's surplus cannot hide another's loss."""
    expected = sum(row.closing + row.since for row in report.stock)
    actual = sum(row.on_hand for row in report.stock)
    return CheckResult(Check.STOCK_MOVES, Unit.PIECES, expected, actual, sum(abs(row.off) for row in report.stock))


def _compare(name: str, unit: str, expected: int, actual: int, currency: str = "") -> CheckResult:
    return CheckResult(name, unit, expected, actual, actual - expected, currency)
