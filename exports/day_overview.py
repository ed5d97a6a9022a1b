"""The overview sheet: one line of key figures per currency, one per shop, and 14 days of net sales with a chart.

Surprising: sums over other sheets use SUMPRODUCT with EXACT, not SUMIFS. SUMIFS would read a shop called ">5" as
a condition and two 18-digit numbers as one.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import NumData, NumVal, StrData, StrRef, StrVal
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from domain.finance.day_report import DayReport, DaySales, ShopLine, cash_by_courier
from domain.intake.incoming import RefundState
from domain.money import decimals, from_minor
from exports import labels
from exports.cells import Formula, Kind, Style, Value
from exports.day_tables import Tables
from exports.sheet import Grid, Ink, T, Table

Translate = Callable[[str], str]
Line = list[tuple[Value, Kind]]
_WIDTHS = (20, 14, 14, 14, 14, 14, 14, 14, 14, 14, 16)
_TITLE_ROW, _FIRST = 1, 3


def quoted(text: str) -> str:
    """A string literal inside a formula."""
    return '"' + text.replace('"', '""') + '"'


def sum_where(table: Table[T], key: str, *same: tuple[str, str]) -> str:
    """Formula text: the column's sum over the rows where each (column, cell) is exactly the same text.

    With the key "" it counts the rows.
    """
    marks = "*".join(f"EXACT({table.range(column)},{cell})" for column, cell in same)
    return f"SUMPRODUCT({marks}*{table.range(key)})" if key else f"SUMPRODUCT({marks}*1)"


class Overview:
    """Writes the sheet; afterwards `shop_range` points at its shop block."""

    def __init__(self, sheet: Worksheet, ink: Ink, report: DayReport, tables: Tables, tr: Translate) -> None:
        """Fills the whole sheet."""
        self._report, self._tables, self._tr = report, tables, tr
        self.grid = Grid(sheet, ink, _WIDTHS)
        sheet.freeze_panes = "A2"
        head = tr("{company} · {day} · overview").format(company=report.company, day=report.day.isoformat())
        self.grid.place(_TITLE_ROW, 1, head, Style.TITLE)
        row = self._currencies(_FIRST)
        self._shops_first = row + 2
        row = self._cash(self._shops(row))
        self._trend(sheet, row)

    def shop_range(self, column: str) -> str:
        """The column (a letter) of the shop block, at least one row."""
        last = self._shops_first + max(1, len(self._report.shops)) - 1
        name = quote_sheetname(self.grid.sheet.title)
        return f"{name}!${column}${self._shops_first}:${column}${last}"

    def _currencies(self, row: int) -> int:
        tr = self._tr
        self.grid.place(row, 1, tr("Key figures, each currency by itself"), Style.SECTION)
        titles = (tr("Currency"), tr("Orders"), tr("Units"), tr("Paid"), tr("Refunded"), tr("Net sales"))
        more = (tr("Average order"), tr("Goods cost"), tr("Shipments"), tr("Freight estimate"))
        self.grid.header(row + 1, (*titles, *more, tr("Stock value")))
        row += 2
        for currency in self._report.currencies:
            self.grid.line(row, self._currency(currency, row))
            row += 1
        return row + 1

    def _currency(self, currency: str, row: int) -> Line:
        report, t, here = self._report, self._tables, ("currency", f"$A{row}")
        orders = [order for order in report.orders if order.currency == currency]
        refunds = [r for r in report.refunds if r.currency == currency and r.succeeded]
        shipments = sum(shipment.currency == currency for shipment in report.shipments)
        paid, refunded = sum(o.paid for o in orders), sum(r.amount for r in refunds)
        money, mean = _money(currency), _mean(paid, len(orders), currency)
        cost = sum(o.cost for o in report.orders if o.cost_currency == currency)
        freight = sum(s.freight_estimate for s in report.shipments if s.currency == currency)
        value = sum(s.value for s in report.stock if s.currency == currency)
        average = f"IF(B{row}=0,0,ROUND(D{row}/B{row},{decimals(currency)}))"
        return [
            (currency, Kind.TEXT),
            (Formula(sum_where(t.orders, "", here), len(orders)), Kind.QUANTITY),
            (Formula(sum_where(t.orders, "units", here), sum(o.sku_units for o in orders)), Kind.QUANTITY),
            (Formula(sum_where(t.orders, "paid", here), money(paid)), Kind.MONEY),
            (Formula(sum_where(t.refunds, "refunded", here), money(refunded)), Kind.MONEY),
            (Formula(f"D{row}-E{row}", money(paid - refunded)), Kind.MONEY),
            (Formula(average, mean), Kind.MONEY),
            (Formula(sum_where(t.orders, "cost", ("cost_currency", here[1])), money(cost)), Kind.MONEY),
            (Formula(sum_where(t.shipments, "", here), shipments), Kind.QUANTITY),
            (Formula(sum_where(t.shipments, "freight", here), money(freight)), Kind.MONEY),
            (Formula(sum_where(t.stock, "value", here), money(value)), Kind.MONEY),
        ]

    def _shops(self, row: int) -> int:
        tr = self._tr
        self.grid.place(row, 1, tr("By shop"), Style.SECTION)
        titles = (tr("Shop"), tr("Platform"), tr("Currency"), tr("Orders"), tr("Units"), tr("Paid"))
        self.grid.header(row + 1, (*titles, tr("Refunds"), tr("Refunded"), tr("Net sales"), tr("Refunded / paid")))
        row += 2
        for shop in self._report.shops:
            self.grid.line(row, self._shop(shop, row))
            row += 1
        return max(row, self._shops_first + 1) + 1

    def _shop(self, line: ShopLine, row: int) -> Line:
        report, t = self._report, self._tables
        here = (("shop", f"$A{row}"), ("currency", f"$C{row}"))
        done = ("state", quoted(labels.refund_states(self._tr)[RefundState.SUCCESS]))
        key, money = (line.shop, line.currency), _money(line.currency)
        orders = [o for o in report.orders if (o.shop, o.currency) == key]
        refunds = [r for r in report.refunds if (r.shop, r.currency) == key and r.succeeded]
        paid, refunded = sum(o.paid for o in orders), sum(r.amount for r in refunds)
        rate = (Decimal(refunded) / paid if paid else Decimal(0)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        return [
            (line.shop, Kind.TEXT),
            (labels.platforms(self._tr).get(line.platform, line.platform), Kind.TEXT),
            (line.currency, Kind.TEXT),
            (Formula(sum_where(t.orders, "", *here), len(orders)), Kind.QUANTITY),
            (Formula(sum_where(t.orders, "units", *here), sum(o.sku_units for o in orders)), Kind.QUANTITY),
            (Formula(sum_where(t.orders, "paid", *here), money(paid)), Kind.MONEY),
            (Formula(sum_where(t.refunds, "", *here, done), len(refunds)), Kind.QUANTITY),
            (Formula(sum_where(t.refunds, "refunded", *here), money(refunded)), Kind.MONEY),
            (Formula(f"F{row}-H{row}", money(paid - refunded)), Kind.MONEY),
            (Formula(f"IF(F{row}=0,0,ROUND(H{row}/F{row},4))", rate), Kind.RATE),
        ]

    def _cash(self, row: int) -> int:
        """What each courier collects at the doors for parcels of the day; nothing where none does."""
        tr, found = self._tr, cash_by_courier(self._report)
        if not found:
            return row
        self.grid.place(row, 1, tr("Cash on delivery, by courier"), Style.SECTION)
        self.grid.header(row + 1, (tr("Courier"), tr("Currency"), tr("Shipments"), tr("To collect")))
        t, row = self._tables, row + 2
        for (currency, courier), (parcels, amount) in found.items():
            here = (("courier", f"$A{row}"), ("collect_currency", f"$B{row}"))
            due = Formula(sum_where(t.shipments, "collect", *here), from_minor(amount, currency))
            line: Line = [(courier, Kind.TEXT), (currency, Kind.TEXT)]
            line += [(Formula(sum_where(t.shipments, "", *here), parcels), Kind.QUANTITY), (due, Kind.MONEY)]
            self.grid.line(row, line)
            row += 1
        return row + 1

    def _trend(self, sheet: Worksheet, row: int) -> None:
        """Days downwards, currencies across, a chart for each currency beside them."""
        trend = self._report.trend
        if not trend:
            return
        tr = self._tr
        currencies = tuple(sorted({point.currency for point in trend}))
        days = tuple(sorted({point.day for point in trend}))
        found = {(point.day, point.currency): point.amount for point in trend}
        self.grid.place(row, 1, tr("Net sales of the last days"), Style.SECTION)
        self.grid.header(row + 1, (tr("Day"), *currencies))
        for number, day in enumerate(days, start=row + 2):
            amounts: Line = [(from_minor(found.get((day, c), 0), c), Kind.MONEY) for c in currencies]
            self.grid.line(number, [(day, Kind.DATE), *amounts])
        for number, currency in enumerate(currencies):
            points = [DaySales(day, currency, found.get((day, currency), 0)) for day in days]
            chart = _bar_chart(sheet, points, number + 2, row + 1)
            chart.title = tr("Net sales, {currency}").format(currency=currency)
            sheet.add_chart(chart, f"{'EL'[number % 2]}{row + 1 + number // 2 * 16}")


def _bar_chart(sheet: Worksheet, points: list[DaySales], column: int, header: int) -> BarChart:
    """Bars over the trend's cells, with the values stored in the chart for viewers that do not calculate."""
    chart = BarChart()
    chart.height, chart.width, chart.legend = 7.5, 15, None
    first, last = header + 1, header + len(points)
    chart.add_data(Reference(sheet, min_col=column, min_row=first, max_row=last))
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=last))
    chart.x_axis.delete = chart.y_axis.delete = False
    series = chart.series[0]
    values = [NumVal(idx=n, v=str(from_minor(p.amount, p.currency))) for n, p in enumerate(points)]
    series.val.numRef.numCache = NumData(formatCode="#,##0", ptCount=len(points), pt=values)
    days = [StrVal(idx=n, v=point.day.isoformat()) for n, point in enumerate(points)]
    series.cat.strRef = StrRef(f=series.cat.numRef.f, strCache=StrData(ptCount=len(points), pt=days))
    series.cat.numRef = None
    series.graphicalProperties.solidFill = "2E75B6"
    chart.gapWidth = 60
    return chart


def _money(currency: str) -> Callable[[int], Decimal]:
    return lambda minor: from_minor(minor, currency)


def _mean(total: int, count: int, currency: str) -> Decimal:
    if not count:
        return Decimal(0)
    unit = Decimal(1).scaleb(-decimals(currency))
    return (from_minor(total, currency) / count).quantize(unit, ROUND_HALF_UP)
