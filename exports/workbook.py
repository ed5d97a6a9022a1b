"""The workbook of a business day, as a file's bytes and a file's name (rules.md C4).

Surprising: the same report gives the same bytes, so a version that was sent can be made again and compared.
"""

import re
import unicodedata
from collections.abc import Callable
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from domain.finance.day_report import DayReport
from exports.book import package, register_styles
from exports.day_cover import cover
from exports.day_overview import Overview
from exports.day_tables import make_tables
from exports.day_ties import TieSheet
from exports.sheet import Ink

Translate = Callable[[str], str]
_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')
_LONGEST_COMPANY = 60


def day_workbook(report: DayReport, tr: Translate) -> bytes:
    """The xlsx file: cover, overview, six detail sheets, tie-out.

    Raises ValueError for a time without a zone, and KeyError (ZoneInfoNotFoundError) for an unknown zone.
    """
    workbook = Workbook()
    front = workbook.worksheets[0]
    front.title = tr("0 Cover")
    ink = Ink(ZoneInfo(report.zone), register_styles(workbook))
    summary = workbook.create_sheet(tr("1 Overview"))
    tables = make_tables(workbook, report, ink, tr)
    overview = Overview(summary, ink, report, tables, tr)
    ties = TieSheet(workbook.create_sheet(tr("99 Tie-out")), ink, report, tables, overview, tr)
    first = cover(front, ink, report, ties.results, workbook.sheetnames[1:], tr)
    details = (tables.orders, tables.refunds, tables.returns, tables.shipments, tables.recalls, tables.stock)
    sheets = (first, overview.grid, *details, ties.grid)
    bodies = ((sheet.extent, sheet.rows()) for sheet in sheets)
    return package(workbook, bodies, report.generated_at, workbook_name(report, tr))


def workbook_name(report: DayReport, tr: Translate) -> str:
    """`日报_公司_2026-11-23_v1暂估.xlsx`, without anything a file system or a chat would stumble over."""
    company = "".join(c for c in report.company if unicodedata.category(c)[0] != "C")
    company = _UNSAFE.sub("_", company).strip("._ ")[:_LONGEST_COMPANY]
    status = tr("final") if report.final else tr("provisional")
    return f"{tr('Daily report')}_{company}_{report.day.isoformat()}_v{report.version}{status}.xlsx"
