"""Report runs, and the store's own sums that a day's workbook is checked against.

Surprising: a run is fenced by `attempt`. Who wakes up after the lease was taken over cannot write the outcome.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, case, func, select, update

from domain.errors import Unknown
from domain.finance.day_report import ControlTotal
from domain.floor.parcels import Parcel, Refund
from domain.intake.incoming import RefundState
from domain.orders.orders import Order
from domain.records import ReportRun, Return, RunState
from domain.stock.stock import RELOCATING, Bucket
from storage.orders import Orders
from storage.parcels import PARCEL, Parcels
from storage.records import RETURN, Returns
from storage.sql import Shape, Sql
from storage.tables.catalog import sku
from storage.tables.orders import orders
from storage.tables.parcels import parcel, refund
from storage.tables.records import report_run, return_parcel
from storage.tables.stock import stock_ledger
from storage.tables.stops import recall
from storage.warehouse import REFUND

RUN = Shape(ReportRun, report_run)


def _within(column: ColumnElement[Any], start: datetime, end: datetime) -> ColumnElement[bool]:
    return (column >= start) & (column < end)


def _of_day(start: datetime, end: datetime) -> ColumnElement[bool]:
    """Paid in [start, end); where no payment time is told, placed in it."""
    untold = orders.c.paid_at.is_(None) & _within(orders.c.placed_at, start, end)
    return _within(orders.c.paid_at, start, end) | untold


class Reports:
    """Implements domain.desk.Reports."""

    def __init__(self, sql: Sql, order_book: Orders, parcels: Parcels, returned: Returns) -> None:
        self._sql = sql
        self._orders = order_book
        self._parcels = parcels
        self._returns = returned

    def claim(self, day: date, now: datetime, lease_seconds: int, asked_by: str, *, new: bool) -> ReportRun | None:
        """Claim the run of the day. A RUNNING run whose lease is over, and a FAILED one, is taken over with
        attempt + 1. None when another holds it or (not `new`) it is done."""
        lease = now + timedelta(seconds=lease_seconds)
        last = self.latest(day)
        if last is None or (last.state is RunState.DONE and new):
            version = 1 if last is None else last.version + 1
            return self._start(ReportRun(0, day, version, RunState.RUNNING, 1, lease, asked_by=asked_by))
        if last.state is RunState.DONE or (last.state is RunState.RUNNING and last.lease_until > now):
            return None
        taken = replace(last, state=RunState.RUNNING, attempt=last.attempt + 1, lease_until=lease)
        return taken if self._write(taken, last.attempt) else None

    def _start(self, run: ReportRun) -> ReportRun | None:
        row = {key: value for key, value in RUN.row(run).items() if key != "id"}
        if not self._sql.change(self._sql.upsert(report_run).values(row).on_conflict_do_nothing()):
            return None
        return self.latest(run.day)

    def _write(self, run: ReportRun, attempt: int) -> bool:
        values = RUN.row(run)
        held = (report_run.c.id == values.pop("id")) & (report_run.c.attempt == attempt)
        return bool(
            self._sql.change(update(report_run).where(held, report_run.c.state != RunState.DONE).values(values))
        )

    def finish(self, run: ReportRun) -> bool:
        """Write the outcome if this attempt still holds the run; False when it was taken over or is done."""
        return self._write(run, run.attempt)

    def latest(self, day: date) -> ReportRun | None:
        """The day's highest version, in whatever state."""
        newest = select(*RUN.columns).where(report_run.c.day == day).order_by(report_run.c.version.desc()).limit(1)
        row = self._sql.row(newest)
        return None if row is None else RUN.thing(row)

    def get(self, run_id: int) -> ReportRun:
        """Raises Unknown('report')."""
        row = self._sql.row(select(*RUN.columns).where(report_run.c.id == run_id))
        if row is None:
            raise Unknown("report", str(run_id))
        return RUN.thing(row)

    def orders(self, start: datetime, end: datetime) -> list[Order]:
        """Orders paid (or, unpaid, placed) in [start, end), by id."""
        rows = self._sql.rows(select(orders.c.id).where(_of_day(start, end)))
        return list(self._orders.many([row.id for row in rows]).values())

    def refunds(self, start: datetime, end: datetime) -> list[tuple[Refund, Order]]:
        """Refunds of [start, end) with their orders, by time."""
        mine = select(*REFUND.columns).where(_within(refund.c.at, start, end)).order_by(refund.c.at, refund.c.id)
        found = [REFUND.thing(row) for row in self._sql.rows(mine)]
        owners = self._orders.many({item.order_id for item in found})
        return [(item, owners[item.order_id]) for item in found]

    def returns(self, start: datetime, end: datetime) -> list[tuple[Return, Mapping[int, Order]]]:
        """Arrived in [start, end), by time, each with the orders whose goods are in it (none for the unclaimed)."""
        mine = select(*RETURN.columns).where(_within(return_parcel.c.arrived_at, start, end))
        found = self._returns.load(mine.order_by(return_parcel.c.arrived_at, return_parcel.c.id))
        owners = self._orders.many({order_id for item in found for order_id in item.order_ids})
        return [(item, {order_id: owners[order_id] for order_id in item.order_ids}) for item in found]

    def shipped(self, start: datetime, end: datetime) -> list[Parcel]:
        """Handed over in [start, end), by time."""
        mine = select(*PARCEL.columns).where(_within(parcel.c.handed_over_at, start, end))
        return self._parcels.load(mine.order_by(parcel.c.handed_over_at, parcel.c.id))

    def ledger_totals(self, start: datetime, end: datetime) -> dict[tuple[int, str, str], tuple[int, int, int, int]]:
        """(warehouse, sku, bucket) -> (sum before start, sum in > 0 within, sum out < 0 within, value within)."""
        book = stock_ledger.c
        within = book.at >= start
        statement = select(
            book.warehouse_id,
            book.sku,
            book.bucket,
            func.sum(case((book.at < start, book.delta), else_=0)).label("opening"),
            func.sum(case((within & (book.delta > 0), book.delta), else_=0)).label("moved_in"),
            func.sum(case((within & (book.delta < 0), book.delta), else_=0)).label("moved_out"),
            func.sum(case((within, book.value), else_=0)).label("value"),
        ).where(book.at < end, book.document.not_in(sorted(RELOCATING)))
        rows = self._sql.rows(statement.group_by(book.warehouse_id, book.sku, book.bucket))
        found = {(row.warehouse_id, row.sku, row.bucket.value): row for row in rows}
        return {
            key: (int(row.opening), int(row.moved_in), int(row.moved_out), int(row.value)) for key, row in found.items()
        }

    def controls(self, start: datetime, end: datetime) -> tuple[ControlTotal, ...]:
        """The store's own sums of [start, end) per currency, by currency: orders as in `orders`, refunds that
        succeeded, parcels handed over and what is collected for them, recalls opened, and what the GOOD units of the
        ledger before `end` have cost by it."""
        book = stock_ledger.join(sku, sku.c.code == stock_ledger.c.sku)
        succeeded = _within(refund.c.at, start, end) & (refund.c.state == RefundState.SUCCESS)
        good = (stock_ledger.c.at < end) & (stock_ledger.c.bucket == Bucket.GOOD)
        paid = self._sums(orders.c.currency, orders.c.paid, orders, _of_day(start, end))
        back = self._sums(refund.c.currency, refund.c.amount, refund, succeeded)
        shipped = _within(parcel.c.handed_over_at, start, end)
        sent = self._sums(parcel.c.freight_currency, parcel.c.freight, parcel, shipped)
        cash = shipped & (parcel.c.collect > 0)
        due = self._sums(parcel.c.collect_currency, parcel.c.collect, parcel, cash)
        asked = self._sums(recall.c.currency, recall.c.fee, recall, _within(recall.c.opened_at, start, end))
        kept = self._sums(sku.c.currency, stock_ledger.c.value, book, good)
        nothing = (0, 0)
        totals = []
        for code in sorted({*paid, *back, *sent, *due, *asked, *kept}):
            counted = (paid.get(code, nothing), back.get(code, nothing), sent.get(code, nothing))
            (orders_n, money), (refunds_n, returned), (shipments, freight) = counted
            value = kept.get(code, nothing)[1]
            told = ControlTotal(code, orders_n, money, refunds_n, returned, shipments, freight, value)
            recalls, fees = asked.get(code, nothing)
            cod_parcels, cod = due.get(code, nothing)
            totals.append(replace(told, recalls=recalls, recall_fees=fees, cod_parcels=cod_parcels, cod=cod))
        return tuple(totals)

    def _sums(
        self, currency: ColumnElement[str], amount: ColumnElement[int], source: FromClause, which: ColumnElement[bool]
    ) -> dict[str, tuple[int, int]]:
        """currency -> (rows, sum)."""
        statement = select(currency.label("currency"), func.count().label("rows"), func.sum(amount).label("amount"))
        rows = self._sql.rows(statement.select_from(source).where(which).group_by(currency))
        return {row.currency: (row.rows, int(row.amount)) for row in rows}

    def daily_sales(self, start: datetime, end: datetime, zone: str) -> dict[tuple[date, str], int]:
        """(day in the zone, currency) -> paid minor units of orders paid in [start, end); days without are missing."""
        there = ZoneInfo(zone)
        first = start.astimezone(there).date()
        days = (end.astimezone(there).date() - first).days + 1
        midnights = [datetime.combine(first + timedelta(n), datetime.min.time(), there) for n in range(1, days)]
        day_no = case(
            *((orders.c.paid_at < midnight.astimezone(UTC), n) for n, midnight in enumerate(midnights)),
            else_=len(midnights),
        ).label("day_no")
        sales = select(day_no, orders.c.currency, func.sum(orders.c.paid).label("paid"))
        sales = sales.where(_within(orders.c.paid_at, start, end)).group_by("day_no", orders.c.currency)
        return {(first + timedelta(row.day_no), row.currency): int(row.paid) for row in self._sql.rows(sales)}
