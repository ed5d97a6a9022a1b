"""An invented day in two currencies that ties out, and texts that try to harm a workbook."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from domain.finance.day_report import (
    ControlTotal,
    CostBasis,
    DayReport,
    DaySales,
    OrderRow,
    RecallRow,
    RefundRow,
    ReturnRow,
    ShipmentRow,
    ShopLine,
    StockRow,
    Tie,
)

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
EVIL = '=HYPERLINK("http://evil.example","win")'
LONG_A, LONG_B = "401234567890123456", "401234567890123457"


def order(number: str, paid: int, *, shop: str = "Tao One", currency: str = "CNY", cost: int = 1000) -> OrderRow:
    """An order paid at noon in Shanghai."""
    platform = "taobao" if currency == "CNY" else "shopify"
    return OrderRow(
        shop, platform, number, NOON - timedelta(hours=1), NOON, "shipped",
        paid - 500, 500, 0, 0, paid, paid, 0, currency, 2, cost, "CNY", CostBasis.LEFT,
    )  # fmt: skip


def stock(sku: str, opening: int, came: int, left: int, on_hand: int, *, since: int = 0) -> StockRow:
    """A sku at 12.50 CNY on average."""
    value = (opening + came - left) * 1250
    return StockRow("HZ-1", sku, f"Goods {sku}", opening, came, left, on_hand, 1, 1, value, "CNY", since)


def shipment(parcel: str, waybill: str, freight: int, *, currency: str = "CNY") -> ShipmentRow:
    """A parcel 20 g heavier than expected."""
    return ShipmentRow(NOON, parcel, waybill, "SF", "HZ-1", ("A", "B"), 480, 500, freight, currency, "浙江省", "杭州市")


ORDERS = (
    order(LONG_A, 12_345),
    order(LONG_B, 10_000, shop=">5"),
    order("#1001", 4_999, shop="Ship & Co", currency="USD"),
    order("@cmd", 2_001, shop="Ship & Co", currency="USD"),
)
REFUNDS = (
    RefundRow(">5", LONG_B, "R1", NOON, 2_500, "CNY", "success", "picked", True),
    RefundRow("Tao One", LONG_A, "R2", NOON, 9_999, "CNY", "requested", "", None),
    RefundRow("Ship & Co", "#1001", "R3", NOON, 999, "USD", "success", "handed_over", False),
)
REPORT = DayReport(
    company="小二/贸易: 公司",
    day=DAY,
    zone="Asia/Shanghai",
    version=1,
    final=False,
    generated_at=datetime(2026, 11, 23, 0, 0, tzinfo=UTC),
    cutoffs=(("Tao One", NOON), ("Ship & Co", None)),
    shops=(
        ShopLine("Tao One", "taobao", "CNY"),
        ShopLine(">5", "taobao", "CNY"),
        ShopLine("Ship & Co", "shopify", "USD"),
        ShopLine("Quiet shop", "pinduoduo", "CNY"),
    ),
    orders=ORDERS,
    refunds=REFUNDS,
    returns=(
        ReturnRow("RT1", LONG_B, NOON, "TEE", "T-shirt", 2, 1, "good", 1),
        ReturnRow("RT2", LONG_A, NOON, "CUP", EVIL, 1, 1, "damaged", 0),
    ),
    shipments=(shipment("P1", "SF100000000000000001", 1_200), shipment("P2", "SF100000000000000002", 850)),
    recalls=(
        RecallRow("Tao One", LONG_A, "SF1", "SF", "return_sender", "failed", NOON, "Anna", 1_200, "CNY", EVIL),
        RecallRow(">5", LONG_B, "SF2", "SF", "change_address", "returning", NOON, "Anna", 0, "CNY"),
        RecallRow("Ship & Co", "#1001", "SF3", "SF", "return_station", "back", NOON, "Anna", 700, "USD"),
    ),
    stock=(stock("TEE", 10, 5, 3, 14, since=2), stock("CUP", 0, 0, 0, 0), stock("-MUG", 7, 0, 7, 0)),
    controls=(
        ControlTotal("CNY", 2, 22_345, 1, 2_500, 2, 2_050, 15_000, 2, 1_200),
        ControlTotal("USD", 2, 7_000, 1, 999, 0, 0, 0, 1, 700),
    ),
    ties=(Tie("Returned units: the ledger = the return sheet", 1, 1, "pieces"),),
    trend=tuple(
        DaySales(DAY - timedelta(days=13 - n), currency, (n * 7919) % 50_000 * sign)
        for n in range(14)
        for currency, sign in (("CNY", 1), ("USD", -1 if n == 5 else 1))
    ),
)


def _collected(row: ShipmentRow, courier: str, due: int, currency: str) -> ShipmentRow:
    return replace(row, courier=courier, collect=due, collect_currency=currency)


CASH = replace(
    REPORT,
    shipments=(
        _collected(shipment("P1", "SF1", 1_200), "SF", 12_345, "CNY"),
        shipment("P2", "SF2", 800),
        _collected(shipment("P3", "SF3", 20), "SF", 1, "CNY"),
        _collected(shipment("P4", "DB1", 20), "DB", 5_000, "CNY"),
        _collected(shipment("P5", "SF4", 10), "SF", 4_999, "USD"),
    ),
    controls=(
        replace(REPORT.controls[0], shipments=5, cod_parcels=3, cod=17_346),
        replace(REPORT.controls[1], cod_parcels=1, cod=4_999),
    ),
)
"""The same day, with money to collect at the doors: two couriers, two currencies, and a parcel that is paid."""
