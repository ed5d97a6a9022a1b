"""The business day's figures, gathered for the workbook (rules.md C3, C4).

Surprising: rows come from the records and the control totals from the store's own sums and the ledger, so the
tie-out compares two sources and can fail.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.desk import Desk
from domain.errors import BadValue
from domain.finance.day_costs import GoodsCost, goods_costs
from domain.finance.day_report import (
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
    Unit,
)
from domain.floor.parcels import Parcel, Refund
from domain.orders.orders import Order
from domain.people import notices
from domain.people.people import Actor, Right, Role, require
from domain.planning.tariffs import volumetric_g
from domain.records import NoticeKind, ReportRun, Return, RunState
from domain.stock.stock import Bucket

LEASE_SECONDS = 600


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The day's start and end in that zone."""
    tz = ZoneInfo(zone)
    return datetime.combine(day, time(), tz), datetime.combine(day + timedelta(days=1), time(), tz)


def claim(desk: Desk, actor: Actor, day: date, *, new: bool) -> ReportRun | None:
    """Claim the day's run: exactly one worker makes it, whoever asks. None: somebody else does, or it is made.

    Raises NotAllowed, and BadValue for a day that has not begun.
    """
    require(actor, Right.REPORT)
    check_begun(desk, day)
    return desk.reports.claim(day, desk.now, LEASE_SECONDS, actor.name, new=new)


def today(desk: Desk) -> date:
    """The business day it is in the company's zone."""
    return desk.now.astimezone(ZoneInfo(desk.catalog.company.zone)).date()


def check_begun(desk: Desk, day: date) -> None:
    """Raises BadValue for a day that has not begun in the company's zone."""
    if day > today(desk):
        raise BadValue("date", day.isoformat(), "not_in_the_future")


def finish(desk: Desk, run: ReportRun, name: str, data: bytes) -> ReportRun | None:
    """Keep the workbook and tell finance; None when the run was taken over meanwhile (then nothing is kept)."""
    stored = desk.files.put(name, data, desk.now)
    if not desk.reports.finish(run_done(run, stored.id, name, desk.now)):
        return None
    notices.tell(desk, NoticeKind.REPORT, run.id, {Role.FINANCE, Role.OWNER}, key=f"report:{run.id}")
    return desk.reports.get(run.id)


def run_done(run: ReportRun, file_id: int, name: str, now: datetime) -> ReportRun:
    """The run as it stands once its file is there."""
    return replace(run, state=RunState.DONE, file_id=file_id, file_name=name, made_at=now)


def collect(desk: Desk, run: ReportRun) -> DayReport:
    """Everything the workbook shows, in one reading of the store."""
    company = desk.catalog.company
    start, end = bounds(run.day, company.zone)
    orders = desk.reports.orders(start, end)
    costs = goods_costs(desk, orders)
    parcels = desk.reports.shipped(start, end)
    refunds = desk.reports.refunds(start, end)
    boxed = desk.orders.many({order_id for parcel in parcels for order_id in parcel.order_ids})
    stock_rows = _stock(desk, start, end)
    sales = desk.reports.daily_sales(start - timedelta(days=13), end, company.zone)
    return DayReport(
        company=company.name,
        day=run.day,
        zone=company.zone,
        version=run.version,
        final=run.final,
        generated_at=desk.now,
        cutoffs=_cutoffs(desk, orders),
        shops=tuple(ShopLine(s.name, s.platform, s.currency) for s in desk.catalog.shops.values()),
        orders=tuple(_order(desk, order, costs[order.id]) for order in orders),
        refunds=tuple(_refund(desk, refund, order) for refund, order in refunds),
        returns=tuple(row for parcel, owners in desk.reports.returns(start, end) for row in _return(parcel, owners)),
        shipments=tuple(_shipment(desk, parcel, boxed) for parcel in parcels),
        recalls=_recalls(desk, start, end),
        stock=stock_rows,
        controls=desk.reports.controls(start, end),
        ties=_ledger_ties(desk),
        trend=tuple(DaySales(day, currency, amount) for (day, currency), amount in sorted(sales.items())),
    )


def _cutoffs(desk: Desk, orders: Sequence[Order]) -> tuple[tuple[str, datetime | None], ...]:
    newest: dict[int, datetime] = {}
    for order in orders:
        newest[order.shop_id] = max(order.created_at, newest.get(order.shop_id, order.created_at))
    return tuple((shop.name, newest.get(shop.id)) for shop in desk.catalog.shops.values())


def _order(desk: Desk, order: Order, cost: GoodsCost) -> OrderRow:
    return OrderRow(
        shop=desk.catalog.shops[order.shop_id].name,
        platform=order.platform,
        number=order.number,
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        status=order.status,
        goods=order.goods,
        shipping=order.shipping,
        discount=order.discount,
        tax=order.tax,
        total=order.total,
        paid=order.paid,
        refunded=order.refunded,
        currency=order.currency,
        sku_units=sum(line.quantity for line in order.lines),
        cost=cost.amount,
        cost_currency=cost.currency,
        cost_basis=cost.basis,
    )


def _refund(desk: Desk, refund: Refund, order: Order) -> RefundRow:
    return RefundRow(
        shop=desk.catalog.shops[order.shop_id].name,
        order_number=order.number,
        refund_number=refund.external_id,
        at=refund.at,
        amount=refund.amount,
        currency=refund.currency,
        state=refund.state,
        stage=refund.stage,
        stopped=refund.stopped,
    )


def _return(parcel: Return, owners: Mapping[int, Order]) -> list[ReturnRow]:
    assert parcel.arrived_at is not None
    if not parcel.items:
        number = next((order.number for order in owners.values()), "")
        return [ReturnRow(parcel.waybill, number, parcel.arrived_at, "", "", 0, 0, "", 0)]
    rows = []
    for item in parcel.items:
        grades = [f"{name} {count}" for name, count in _grades(item.good, item.defective, item.missing) if count]
        received = item.good + item.defective
        rows.append(
            ReturnRow(
                parcel.waybill,
                owners[item.order_id].number,
                parcel.arrived_at,
                item.sku,
                item.title,
                item.expected,
                received,
                ", ".join(grades),
                item.good,
            )
        )
    return rows


def _grades(good: int, defective: int, missing: int) -> tuple[tuple[str, int], ...]:
    return ("good", good), ("defective", defective), ("missing", missing)


def _shipment(desk: Desk, parcel: Parcel, orders: Mapping[int, Order]) -> ShipmentRow:
    assert parcel.handed_over_at is not None
    receiver = orders[parcel.live_orders[0]].receiver
    courier = desk.catalog.couriers.get(parcel.courier_id or 0)
    warehouse = desk.catalog.warehouses.get(parcel.warehouse_id or 0)
    return ShipmentRow(
        handed_over_at=parcel.handed_over_at,
        parcel=parcel.number,
        waybill=parcel.waybill,
        courier=courier.name if courier else "",
        warehouse=warehouse.name if warehouse else "",
        order_numbers=tuple(orders[order_id].number for order_id in parcel.live_orders),
        expected_g=parcel.expected_g,
        weighed_g=parcel.weight_g,
        freight_estimate=parcel.freight,
        currency=parcel.freight_currency,
        province=receiver.province,
        city=receiver.city,
        size_mm=parcel.size,
        volumetric_g=_volumetric(desk, parcel),
        collect=parcel.collect,
        collect_currency=parcel.collect_currency,
    )


def _recalls(desk: Desk, start: datetime, end: datetime) -> tuple[RecallRow, ...]:
    """Those opened on the day; how they stand and what they cost is as it is known now."""
    found = [recall for recall in desk.recalls.since(start, None) if recall.opened_at < end]
    orders = desk.orders.many({recall.order_id for recall in found})
    return tuple(
        RecallRow(
            shop=desk.catalog.shops[recall.shop_id].name,
            order_number=orders[recall.order_id].number,
            waybill=recall.waybill,
            courier=desk.catalog.couriers[recall.courier_id].name,
            kind=recall.kind,
            state=recall.state,
            opened_at=recall.opened_at,
            opened_by=recall.opened_by,
            fee=recall.fee,
            currency=recall.currency,
            why=recall.why or recall.error,
        )
        for recall in found
    )


def _volumetric(desk: Desk, parcel: Parcel) -> int:
    """What the parcel's size counts as by the contract it was priced by."""
    versions = desk.catalog.tariffs.get(parcel.courier_id or 0, ())
    tariff = next((one for one in versions if one.id == parcel.tariff_id), None)
    return volumetric_g(tariff, math.prod(parcel.size)) if tariff and parcel.size else 0


def _stock(desk: Desk, start: datetime, end: datetime) -> tuple[StockRow, ...]:
    """Every sku of every warehouse: the day's ledger sums beside what the stock record says now."""
    moved = desk.reports.ledger_totals(start, end)
    after = desk.reports.ledger_totals(end, desk.now + timedelta(days=1)) if end <= desk.now else {}
    values = desk.stock.values()
    waiting = _waiting_put_back(desk)
    rows = []
    for key, level in sorted(desk.stock.levels().items()):
        item = desk.catalog.skus[level.sku]
        before, came, went, _ = moved.get((*key, Bucket.GOOD), (0, 0, 0, 0))
        _, later_in, later_out, later_value = after.get((*key, Bucket.GOOD), (0, 0, 0, 0))
        rows.append(
            StockRow(
                warehouse=desk.catalog.warehouses[level.warehouse_id].name,
                sku=level.sku,
                title=item.title,
                opening=before,
                moved_in=came,
                moved_out=-went,
                on_hand=level.good,
                reserved=level.reserved,
                put_back=waiting.get(key, 0),
                value=values.get((*key, Bucket.GOOD), 0) - later_value,
                currency=item.currency,
                since=later_in + later_out,
            )
        )
    return tuple(rows)


def _waiting_put_back(desk: Desk) -> dict[tuple[int, str], int]:
    """Units in stopped parcels, by (warehouse, sku)."""
    stops = desk.stops.open_of(None)
    boxes = desk.parcels.many({stop.parcel_id for stop in stops})
    units: dict[tuple[int, str], int] = {}
    for stop in stops:
        parcel = boxes[stop.parcel_id]
        for item in parcel.live_items:
            if item.order_id == stop.order_id and (not stop.line_nos or item.line_no in stop.line_nos):
                key = (parcel.warehouse_id or 0, item.sku)
                units[key] = units.get(key, 0) + item.quantity
    return units


def _ledger_ties(desk: Desk) -> tuple[Tie, ...]:
    """Each bucket's ledger against its levels, over all warehouses and skus, by size of the differences."""
    sums = desk.stock.ledger_sums()
    levels = desk.stock.levels()
    ties = []
    for bucket in Bucket:
        expected = sum(amount for (_, _, name), amount in sums.items() if name == bucket)
        off = 0
        for (warehouse_id, sku), level in levels.items():
            off += abs(getattr(level, bucket.value) - sums.get((warehouse_id, sku, bucket), 0))
        ties.append(Tie(f"ledger_{bucket}", expected, expected + off, Unit.PIECES))
    return tuple(ties)
