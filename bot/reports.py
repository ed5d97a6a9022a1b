"""Closing a day: claim the run, collect, build the workbook, keep it and tell finance. For clock, chat and shell.

Surprising: exactly one worker makes a version. Who comes second gets None; a worker that died loses its lease, and
a failed run is tried again by the clock only when its lease time is over.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from domain.desk import Desk
from domain.finance import day_close
from domain.finance.day_report import DayReport, cash_by_courier, tie_out
from domain.people.people import CLOCK, Actor
from domain.records import ReportRun, RunState
from exports.workbook import day_workbook, workbook_name
from handlers.words import Words
from storage.store import Store

log = logging.getLogger(__name__)


class DayCloser:
    """Implements handlers.services.CloseDay."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, day: date, actor: Actor, *, new: bool) -> ReportRun | None:
        """The finished run; None when another worker makes it or (not `new`) it is made. Raises NotAllowed."""
        run = await self._store.run(day_close.claim, actor, day, new=new)
        if run is None:
            return None
        try:
            report = await self._store.read(day_close.collect, run)
            language = await self._store.read(_language)
            name, data = await asyncio.to_thread(_build, report, Words(language, report.zone))
        except Exception:
            await self._store.run(_fail, run)
            raise
        return await self._store.run(day_close.finish, _with_ties(run, report), name, data)

    async def when_due(self) -> ReportRun | None:
        """Yesterday's report once the company's hour has come, whoever was down at that hour."""
        day = await self._store.read(due_day)
        if day is None:
            return None
        log.info("closing %s", day)
        return await self(day, CLOCK, new=False)


def due_day(desk: Desk) -> date | None:
    """The business day that should be closed now and is not, None when there is none."""
    local = desk.now.astimezone(ZoneInfo(desk.catalog.company.zone))
    if not desk.catalog.shops or local.strftime("%H:%M") < desk.policy.report_time:
        return None
    day = local.date() - timedelta(days=1)
    last = desk.reports.latest(day)
    if last is not None and (last.state is RunState.DONE or last.lease_until > desk.now):
        return None
    return day


def _language(desk: Desk) -> str:
    return desk.catalog.company.language


def _build(report: DayReport, words: Words) -> tuple[str, bytes]:
    return workbook_name(report, words.plain), day_workbook(report, words.plain)


def _with_ties(run: ReportRun, report: DayReport) -> ReportRun:
    results = tie_out(report)
    passed = sum(result.off == 0 for result in results)
    summary = {
        f"{name}.{total.currency}": str(getattr(total, name))
        for total in report.controls
        for name in ("orders", "paid", "refunds", "refunded", "shipments", "freight")
    }
    for (currency, courier), (parcels, amount) in cash_by_courier(report).items():
        summary[f"cod.{currency}.{courier}"] = f"{parcels} {amount}"
    return replace(run, passes=passed, fails=len(results) - passed, summary=summary)


def _fail(desk: Desk, run: ReportRun) -> bool:
    return desk.reports.finish(replace(run, state=RunState.FAILED))
