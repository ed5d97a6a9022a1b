"""The tie-out sheet: every check of `domain.finance.day_report.tie_out` again, as formulas over the other sheets.

Surprising: what the store's own sums say stands here as plain numbers, what the sheets say as formulas. A row
deleted or a number overtyped in any sheet turns its light red in the reader's own hands.
"""

from collections.abc import Callable
from decimal import Decimal

from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from domain.finance.day_report import Check, CheckResult, DayReport, Unit, tie_out
from domain.intake.incoming import RefundState
from domain.money import decimals, from_minor
from exports import labels
from exports.cells import Formula, Kind, Style, Value
from exports.day_overview import Overview, quoted, sum_where
from exports.day_tables import Tables
from exports.sheet import Grid, Ink, light, red_unless_zero

Translate = Callable[[str], str]
PASS, FAIL = "PASS", "FAIL"
_HEADER = 1


class TieSheet:
    """Writes the sheet; afterwards `results` is the range of its PASS/FAIL words."""

    def __init__(
        self, sheet: Worksheet, ink: Ink, report: DayReport, tables: Tables, overview: Overview, tr: Translate
    ) -> None:
        """Fills the whole sheet."""
        self._tables, self._overview, self._tr = tables, overview, tr
        self.grid = Grid(sheet, ink, (64, 12, 18, 18, 16, 10))
        titles = (tr("Check"), tr("Unit"), tr("Should be"), tr("Is"), tr("Off by"), tr("Result"))
        self.grid.header(_HEADER, titles)
        checks = tie_out(report)
        for row, check in enumerate(checks, start=_HEADER + 1):
            self._line(row, check)
        last = _HEADER + len(checks)
        self.results = f"{quote_sheetname(sheet.title)}!$F${_HEADER + 1}:$F${last}"
        light(sheet, f"F{_HEADER + 1}:F{last}", PASS, FAIL)
        red_unless_zero(sheet, f"E{_HEADER + 1}:E{last}")
        sheet.freeze_panes = f"B{_HEADER + 1}"
        sheet.auto_filter.ref = f"A{_HEADER}:F{last}"
        sheet.print_title_rows = f"{_HEADER}:{_HEADER}"

    def _line(self, row: int, check: CheckResult) -> None:
        money = check.unit not in tuple(Unit)
        kind = Kind.MONEY if money else Kind.QUANTITY
        places = decimals(check.unit) if money else 0
        expected, actual = self._sides(check, row)
        name = labels.checks(self._tr).get(check.name) or self._tr(check.name)
        about = f"{name} ({check.currency})" if check.currency else name
        self.grid.place(row, 1, about)
        self.grid.place(row, 2, labels.units(self._tr).get(check.unit, check.unit))
        self.grid.place(row, 3, _side(expected, check, check.expected), kind=kind)
        self.grid.place(row, 4, _side(actual, check, check.actual), kind=kind)
        self.grid.place(row, 5, self._off(check, row, places), kind=kind)
        result = Formula(f'IF(E{row}=0,"{PASS}","{FAIL}")', PASS if check.ok else FAIL)
        self.grid.place(row, 6, result, Style.TOTAL)

    def _off(self, check: CheckResult, row: int, places: int) -> Formula:
        off = _amount(check, check.off)
        if check.name == Check.STOCK_MOVES:
            return Formula(f"SUMPRODUCT(ABS({self._tables.stock.range('off')}))", off)
        return Formula(f"ROUND(D{row}-C{row},{places})", off)

    def _sides(self, check: CheckResult, row: int) -> tuple[str, str]:
        """Formula texts for what should be and what is; '' where it is a plain number from the store."""
        t = self._tables
        here = ("currency", quoted(check.currency))
        cash = ("collect_currency", here[1])
        done = ("state", quoted(labels.refund_states(self._tr)[RefundState.SUCCESS]))
        paid = sum_where(t.orders, "paid", here)
        shops = f"EXACT({self._overview.shop_range('C')},{here[1]})*{self._overview.shop_range('F')}"
        closing, since = t.stock.range("closing"), t.stock.range("since")
        sides = {
            Check.ORDERS: ("", sum_where(t.orders, "", here)),
            Check.PAID: ("", paid),
            Check.SHOPS_PAID: (paid, f"SUMPRODUCT({shops})"),
            Check.REFUNDS: ("", sum_where(t.refunds, "", here, done)),
            Check.REFUNDED: ("", sum_where(t.refunds, "refunded", here)),
            Check.SHIPMENTS: ("", sum_where(t.shipments, "", here)),
            Check.FREIGHT: ("", sum_where(t.shipments, "freight", here)),
            Check.COD_PARCELS: ("", sum_where(t.shipments, "", cash)),
            Check.COD: ("", sum_where(t.shipments, "collect", cash)),
            Check.RECALLS: ("", sum_where(t.recalls, "", here)),
            Check.RECALL_FEES: ("", sum_where(t.recalls, "fee", here)),
            Check.STOCK_VALUE: ("", sum_where(t.stock, "value", here)),
            Check.WAYBILLS: (f"COUNTA({t.shipments.range('parcel')})", f"SUM({t.shipments.range('first')})"),
            Check.STOCK_MOVES: (f"SUM({closing})+SUM({since})", f"SUM({t.stock.range('on_hand')})"),
        }
        return next((texts for name, texts in sides.items() if name == check.name), ("", ""))


def _side(formula: str, check: CheckResult, minor: int) -> Value:
    amount = _amount(check, minor)
    return Formula(formula, amount) if formula else amount


def _amount(check: CheckResult, minor: int) -> Decimal:
    return Decimal(minor) if check.unit in tuple(Unit) else from_minor(minor, check.unit)
