"""The detail sheets of the day's workbook: which columns, from which fields, with which totals.

Surprising: what can be calculated from the row's other cells is a formula over them, so that a person who doubts a
number can follow it; the result is computed here too and stored beside the formula.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from openpyxl import Workbook

from domain.finance.day_report import DayReport, OrderRow, RecallRow, RefundRow, ReturnRow, ShipmentRow, StockRow
from domain.money import decimals, from_minor
from exports import labels
from exports.cells import Formula, Kind
from exports.sheet import Column, Ink, Table

Translate = Callable[[str], str]
_GRAMS = Decimal(1000)


@dataclass(frozen=True)
class Tables:
    """The six detail sheets."""

    orders: Table[OrderRow]
    refunds: Table[RefundRow]
    returns: Table[ReturnRow]
    shipments: Table[ShipmentRow]
    recalls: Table[RecallRow]
    stock: Table[StockRow]


def make_tables(workbook: Workbook, report: DayReport, ink: Ink, tr: Translate) -> Tables:
    """Adds the sheets to the workbook, in order, and says where everything is."""
    total, shown = tr("Total"), tr("Shown")

    add = workbook.create_sheet
    return Tables(
        Table(add(tr("3 Orders")), ink, _orders(tr), report.orders, "placed", total, shown),
        Table(add(tr("4a Refunds")), ink, _refunds(tr), report.refunds, "at", total, shown),
        Table(add(tr("4b Returns")), ink, _returns(tr), report.returns, "order", total, shown),
        Table(add(tr("7 Shipments")), ink, _shipments(tr, report), report.shipments, "courier", total, shown),
        Table(add(tr("7b Recalls")), ink, _recalls(tr), report.recalls, "courier", total, shown),
        Table(add(tr("10 Stock")), ink, _stock(tr), report.stock, "title", total, shown),
    )


Row = TypeVar("Row")


def _money(
    key: str, header: str, minor: Callable[[Row], int], currency: Callable[[Row], str], by: str = "currency"
) -> Column[Row]:
    """A column of money with its totals, from minor units."""
    return Column(key, header, Kind.MONEY, 13, lambda row, _: from_minor(minor(row), currency(row)), total=True, by=by)


def _orders(tr: Translate) -> tuple[Column[OrderRow], ...]:
    platforms, statuses, bases = labels.platforms(tr), labels.order_statuses(tr), labels.cost_bases(tr)

    def money(key: str, header: str, minor: Callable[[OrderRow], int]) -> Column[OrderRow]:
        return _money(key, header, minor, lambda o: o.currency)

    return (
        Column("shop", tr("Shop"), Kind.TEXT, 18, lambda o, _: o.shop),
        Column("platform", tr("Platform"), Kind.TEXT, 12, lambda o, _: platforms.get(o.platform, o.platform)),
        Column("number", tr("Order no."), Kind.ID, 24, lambda o, _: o.number),
        Column("placed", tr("Placed at"), Kind.DATETIME, 17, lambda o, _: o.placed_at),
        Column("paid_at", tr("Paid at"), Kind.DATETIME, 17, lambda o, _: o.paid_at),
        Column("status", tr("Status"), Kind.TEXT, 14, lambda o, _: statuses.get(o.status, o.status)),
        Column("currency", tr("Currency"), Kind.TEXT, 9, lambda o, _: o.currency),
        money("goods", tr("Goods"), lambda o: o.goods),
        money("shipping", tr("Shipping"), lambda o: o.shipping),
        money("discount", tr("Discount"), lambda o: o.discount),
        money("tax", tr("Tax"), lambda o: o.tax),
        money("total", tr("Order total"), lambda o: o.total),
        money("paid", tr("Paid"), lambda o: o.paid),
        money("refunded", tr("Refunded"), lambda o: o.refunded),
        Column("net", tr("Net"), Kind.MONEY, 13, _order_net, total=True, by="currency"),
        Column("units", tr("Units"), Kind.QUANTITY, 8, lambda o, _: o.sku_units, total=True),
        Column("cost_currency", tr("Cost in"), Kind.TEXT, 9, lambda o, _: o.cost_currency),
        _money("cost", tr("Goods cost"), lambda o: o.cost, lambda o: o.cost_currency, "cost_currency"),
        Column("basis", tr("Cost basis"), Kind.TEXT, 28, lambda o, _: bases[o.cost_basis] if o.cost_basis else ""),
    )


def _order_net(order: OrderRow, row: int) -> Formula:
    return Formula(f"M{row}-N{row}", from_minor(order.paid - order.refunded, order.currency))


def _refunds(tr: Translate) -> tuple[Column[RefundRow], ...]:
    states, stages = labels.refund_states(tr), labels.stages(tr)
    return (
        Column("shop", tr("Shop"), Kind.TEXT, 18, lambda r, _: r.shop),
        Column("order", tr("Order no."), Kind.ID, 24, lambda r, _: r.order_number),
        Column("number", tr("Refund no."), Kind.ID, 24, lambda r, _: r.refund_number),
        Column("at", tr("At"), Kind.DATETIME, 17, lambda r, _: r.at),
        Column("state", tr("State"), Kind.TEXT, 12, lambda r, _: states.get(r.state, r.state)),
        Column("stage", tr("Parcel when it came"), Kind.TEXT, 18, lambda r, _: stages.get(r.stage, r.stage)),
        Column("stopped", tr("Goods stopped"), Kind.TEXT, 12, lambda r, _: labels.yes_no(r.stopped, tr)),
        Column("currency", tr("Currency"), Kind.TEXT, 9, lambda r, _: r.currency),
        _money("asked", tr("Asked"), lambda r: r.amount, lambda r: r.currency),
        _money("refunded", tr("Refunded"), lambda r: r.amount if r.succeeded else 0, lambda r: r.currency),
    )


def _returns(tr: Translate) -> tuple[Column[ReturnRow], ...]:
    return (
        Column("waybill", tr("Return waybill"), Kind.ID, 22, lambda r, _: r.return_waybill),
        Column("order", tr("Order no."), Kind.ID, 24, lambda r, _: r.order_number),
        Column("arrived", tr("Arrived at"), Kind.DATETIME, 17, lambda r, _: r.arrived_at),
        Column("sku", tr("SKU"), Kind.ID, 18, lambda r, _: r.sku),
        Column("title", tr("Goods"), Kind.TEXT, 34, lambda r, _: r.title),
        Column("expected", tr("Expected"), Kind.QUANTITY, 10, lambda r, _: r.expected, total=True),
        Column("received", tr("Received"), Kind.QUANTITY, 10, lambda r, _: r.received, total=True),
        Column("off", tr("Difference"), Kind.QUANTITY, 11, _return_off, total=True, differs=True),
        Column("grade", tr("Grade"), Kind.TEXT, 12, lambda r, _: r.grade),
        Column("effect", tr("Into good stock"), Kind.QUANTITY, 12, lambda r, _: r.stock_effect, total=True),
    )


def _return_off(row: ReturnRow, line: int) -> Formula:
    return Formula(f"G{line}-F{line}", row.received - row.expected)


def _shipments(tr: Translate, report: DayReport) -> tuple[Column[ShipmentRow], ...]:
    first: dict[str, int] = {}
    for line, row in enumerate(report.shipments, start=2):
        first.setdefault(row.waybill, line)
    last = max(2, len(report.shipments) + 1)

    def seen_first(row: ShipmentRow, line: int) -> Formula:
        return Formula(f"IF(MATCH(C{line},C$2:C${last},0)=ROW()-1,1,0)", int(first[row.waybill] == line))

    return (
        Column("at", tr("Handed over at"), Kind.DATETIME, 17, lambda s, _: s.handed_over_at),
        Column("parcel", tr("Parcel"), Kind.ID, 12, lambda s, _: s.parcel),
        Column("waybill", tr("Waybill"), Kind.ID, 22, lambda s, _: s.waybill),
        Column("courier", tr("Courier"), Kind.TEXT, 14, lambda s, _: s.courier),
        Column("warehouse", tr("Warehouse"), Kind.TEXT, 14, lambda s, _: s.warehouse),
        Column("orders", tr("Order no."), Kind.ID, 26, lambda s, _: ", ".join(s.order_numbers)),
        Column("province", tr("Province"), Kind.TEXT, 11, lambda s, _: s.province),
        Column("city", tr("City"), Kind.TEXT, 11, lambda s, _: s.city),
        Column("expected", tr("Expected kg"), Kind.WEIGHT, 11, lambda s, _: _kg(s.expected_g), total=True),
        Column("weighed", tr("Weighed kg"), Kind.WEIGHT, 11, lambda s, _: _kg(s.weighed_g), total=True),
        Column("off", tr("Difference kg"), Kind.WEIGHT, 12, _weight_off),
        Column("size", tr("Size cm"), Kind.TEXT, 14, lambda s, _: _cm(s.size_mm)),
        Column("volumetric", tr("Volumetric kg"), Kind.WEIGHT, 12, lambda s, _: _kg(s.volumetric_g), total=True),
        Column("currency", tr("Currency"), Kind.TEXT, 9, lambda s, _: s.currency),
        _money("freight", tr("Freight estimate"), lambda s: s.freight_estimate, lambda s: s.currency),
        Column("first", tr("New waybill"), Kind.QUANTITY, 9, seen_first, total=True),
        Column("collect_currency", tr("To collect in"), Kind.TEXT, 9, lambda s, _: s.collect_currency),
        Column("collect", tr("Cash on delivery"), Kind.MONEY, 13, _due, total=True, by="collect_currency"),
    )


def _due(row: ShipmentRow, line: int) -> Decimal | None:
    """What the courier collects; a blank where that is nothing."""
    return from_minor(row.collect, row.collect_currency) if row.collect else None


def _weight_off(row: ShipmentRow, line: int) -> Formula:
    """Nothing to compare where one of the two is not known."""
    known = row.expected_g and row.weighed_g
    result: Decimal | str = Decimal(row.weighed_g - row.expected_g) / _GRAMS if known else ""
    return Formula(f'IF(OR(I{line}="",J{line}=""),"",ROUND(J{line}-I{line},3))', result)


def _kg(grams: int) -> Decimal | None:
    return Decimal(grams) / _GRAMS if grams else None


def _cm(size: tuple[int, int, int] | None) -> str:
    """(300, 200, 155) -> 30×20×15.5."""
    return "×".join(f"{side / 10:g}" for side in size) if size else ""


def _recalls(tr: Translate) -> tuple[Column[RecallRow], ...]:
    kinds, states = labels.recall_kinds(tr), labels.recall_states(tr)
    return (
        Column("shop", tr("Shop"), Kind.TEXT, 18, lambda r, _: r.shop),
        Column("order", tr("Order no."), Kind.ID, 24, lambda r, _: r.order_number),
        Column("waybill", tr("Waybill"), Kind.ID, 22, lambda r, _: r.waybill),
        Column("courier", tr("Courier"), Kind.TEXT, 14, lambda r, _: r.courier),
        Column("kind", tr("Asked to"), Kind.TEXT, 18, lambda r, _: kinds.get(r.kind, r.kind)),
        Column("state", tr("State"), Kind.TEXT, 14, lambda r, _: states.get(r.state, r.state)),
        Column("at", tr("At"), Kind.DATETIME, 17, lambda r, _: r.opened_at),
        Column("by", tr("By"), Kind.TEXT, 14, lambda r, _: r.opened_by),
        Column("currency", tr("Currency"), Kind.TEXT, 9, lambda r, _: r.currency),
        _money("fee", tr("Fee"), lambda r: r.fee, lambda r: r.currency),
        Column("why", tr("Reason"), Kind.TEXT, 28, lambda r, _: r.why),
    )


def _stock(tr: Translate) -> tuple[Column[StockRow], ...]:
    def units(key: str, header: str, count: Callable[[StockRow], int]) -> Column[StockRow]:
        return Column(key, header, Kind.QUANTITY, 10, lambda s, _: count(s), total=True)

    return (
        Column("warehouse", tr("Warehouse"), Kind.TEXT, 14, lambda s, _: s.warehouse),
        Column("sku", tr("SKU"), Kind.ID, 18, lambda s, _: s.sku),
        Column("title", tr("Goods"), Kind.TEXT, 34, lambda s, _: s.title),
        units("opening", tr("Opening"), lambda s: s.opening),
        units("in", tr("In"), lambda s: s.moved_in),
        units("out", tr("Out"), lambda s: s.moved_out),
        Column("closing", tr("Closing"), Kind.QUANTITY, 10, _closing, total=True),
        units("since", tr("Moved since"), lambda s: s.since),
        units("on_hand", tr("On hand now"), lambda s: s.on_hand),
        Column("off", tr("Difference"), Kind.QUANTITY, 11, _stock_off, total=True, differs=True),
        units("reserved", tr("Reserved"), lambda s: s.reserved),
        units("put_back", tr("To be put back"), lambda s: s.put_back),
        Column("free", tr("Free"), Kind.QUANTITY, 10, _free, total=True),
        Column("currency", tr("Currency"), Kind.TEXT, 9, lambda s, _: s.currency),
        Column("cost", tr("Average cost"), Kind.MONEY, 11, _average),
        _money("value", tr("Closing value"), lambda s: s.value, lambda s: s.currency),
    )


def _closing(row: StockRow, line: int) -> Formula:
    return Formula(f"D{line}+E{line}-F{line}", row.closing)


def _stock_off(row: StockRow, line: int) -> Formula:
    return Formula(f"I{line}-G{line}-H{line}", row.off)


def _free(row: StockRow, line: int) -> Formula:
    return Formula(f"I{line}-K{line}-L{line}", row.on_hand - row.reserved - row.put_back)


def _average(row: StockRow, line: int) -> Formula:
    """What one unit has cost; nothing to say without units."""
    cost: Decimal | str = from_minor(row.unit_cost, row.currency) if row.closing else ""
    return Formula(f'IF(G{line}=0,"",ROUND(P{line}/G{line},{decimals(row.currency)}))', cost)
