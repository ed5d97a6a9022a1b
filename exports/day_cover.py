"""The cover of the day's workbook: what it covers, how fresh each source is, whether it ties, and what words mean.

Surprising: the lights on the cover are formulas over the tie-out sheet, so they change when somebody edits a number.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from openpyxl.worksheet.worksheet import Worksheet

from domain.finance.day_report import DayReport, tie_out
from exports.cells import Formula, Kind, Style, Value
from exports.day_overview import quoted
from exports.day_ties import FAIL, PASS
from exports.sheet import Grid, Ink, light

Translate = Callable[[str], str]


def cover(sheet: Worksheet, ink: Ink, report: DayReport, results: str, titles: Sequence[str], tr: Translate) -> Grid:
    """Fills the cover. `results` is the range of the PASS/FAIL words, `titles` the other sheets' names."""
    grid = Grid(sheet, ink, (26, 30, 60))
    grid.place(1, 1, tr("{company} · daily report").format(company=report.company), Style.TITLE)
    row = _facts(grid, 3, report, ink, tr)
    row = _lights(grid, row + 1, report, results, tr)
    row = _cutoffs(grid, row + 1, report, tr)
    row = _contents(grid, row + 1, titles, tr)
    if report.changes:
        row = _notes(grid, row + 1, tr("What changed since the version before"), report.changes)
    _notes(grid, row + 1, tr("What the words mean"), _definitions(tr))
    return grid


def _facts(grid: Grid, row: int, report: DayReport, ink: Ink, tr: Translate) -> int:
    begin = datetime.combine(report.day, time(), ink.zone)
    end = datetime.combine(report.day + timedelta(days=1), time(), ink.zone)
    facts: list[tuple[str, Value, Kind]] = [
        (tr("Day"), report.day, Kind.DATE),
        (tr("From"), begin, Kind.DATETIME),
        (tr("Until (not included)"), end, Kind.DATETIME),
        (tr("Time zone"), report.zone, Kind.TEXT),
        (tr("Generated at"), report.generated_at, Kind.DATETIME),
        (tr("Version"), f"v{report.version}", Kind.TEXT),
        (tr("Status"), tr("final") if report.final else tr("provisional"), Kind.TEXT),
    ]
    for label, value, kind in facts:
        grid.place(row, 1, label, Style.TOTAL)
        grid.place(row, 2, value, kind=kind)
        row += 1
    return row


def _lights(grid: Grid, row: int, report: DayReport, results: str, tr: Translate) -> int:
    checks = tie_out(report)
    failed = sum(not check.ok for check in checks)
    grid.place(row, 1, tr("Tie-out"), Style.SECTION)
    grid.place(row + 1, 1, tr("Checks passed"), Style.TOTAL)
    passed = Formula(f'COUNTIF({results},"{PASS}")', len(checks) - failed)
    grid.place(row + 1, 2, passed, kind=Kind.QUANTITY)
    grid.place(row + 2, 1, tr("Checks failed"), Style.TOTAL)
    grid.place(row + 2, 2, Formula(f'COUNTIF({results},"{FAIL}")', failed), kind=Kind.QUANTITY)
    grid.place(row + 3, 1, tr("Light"), Style.TOTAL)
    word = Formula(f'IF(B{row + 2}=0,"{PASS}","{FAIL}")', FAIL if failed else PASS)
    grid.place(row + 3, 2, word, Style.TOTAL)
    light(grid.sheet, f"B{row + 3}", PASS, FAIL)
    return row + 4


def _cutoffs(grid: Grid, row: int, report: DayReport, tr: Translate) -> int:
    grid.place(row, 1, tr("Data in until"), Style.SECTION)
    row += 1
    for source, moment in report.cutoffs:
        grid.place(row, 1, source)
        value: Value = tr("nothing received") if moment is None else moment
        grid.place(row, 2, value, kind=Kind.TEXT if moment is None else Kind.DATETIME)
        row += 1
    return row


def _contents(grid: Grid, row: int, titles: Sequence[str], tr: Translate) -> int:
    grid.place(row, 1, tr("Sheets"), Style.SECTION)
    for number, title in enumerate(titles, start=row + 1):
        target = "#'" + title.replace("'", "''") + "'!A1"
        grid.place(number, 1, Formula(f"HYPERLINK({quoted(target)},{quoted(title)})", title), Style.LINK)
    return row + 1 + len(titles)


def _notes(grid: Grid, row: int, title: str, lines: Sequence[str]) -> int:
    grid.place(row, 1, title, Style.SECTION)
    for number, line in enumerate(lines, start=row + 1):
        grid.place(number, 1, line)
    return row + 1 + len(lines)


def _definitions(tr: Translate) -> tuple[str, ...]:
    return (
        tr("Orders: those paid on the day in the zone above. Refunds: those of the day, whenever the order was."),
        tr("Net sales: paid minus refunded of the day. Currencies are never added together."),
        tr("Cash on delivery: what couriers are to collect for parcels handed over on the day, as their labels say."),
        tr("Freight is the estimate by the courier's tariff; the courier's bill decides."),
        tr(
            "Goods cost: the average cost at which the goods left their warehouse; "
            "what has not left at the average of where it waits, else at the product card, see 'Cost basis'."
        ),
        tr("Closing value of the stock: what its units have cost, by the moving average of their warehouse."),
        tr("Stock: opening and closing of the day by the ledger; 'Moved since' until the report was made."),
        tr("PASS: both sources agree to the last unit. FAIL: the tie-out sheet says by how much not."),
        tr("Provisional: bills are still to come; the final version says what changed."),
    )
