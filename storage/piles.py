"""Heaps of late records: each kind is one statement that counts, dates and opens every heap at once.

Surprising: `_piles` is the only shape there is. A question names the late records with their place, part, id and
moment; a window function does the rest, on SQLite and PostgreSQL alike.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
)

from domain.floor.parcels import RESERVING, ParcelState, StopState
from domain.intake.incoming import Receiver
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.records import ReturnState
from domain.review.holds import HoldCode
from domain.stock.stock_docs import ASKED_AGAIN, WORKED, DocKind, DocState
from domain.stops.stop_desk import SAID, RecallState
from domain.watch.lookout import FIRST, RELEASED, Bound, Pile, Shortage
from domain.waybills.ewaybills import WaybillState
from storage.order_queries import in_shops
from storage.papers import MISSED
from storage.sql import Sql
from storage.tables.orders import hold, orders
from storage.tables.parcels import ewaybill, parcel, parcel_item, stop
from storage.tables.records import event, return_parcel
from storage.tables.stock import stock_doc
from storage.tables.stops import recall, reply

TO_SHIP = (OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED)
_IN_REVIEW = orders.c.status == OrderStatus.REVIEW
_HELD_IN = orders.c.status.in_([OrderStatus.REVIEW, OrderStatus.RELEASED])
_OPEN = hold.c.resolved_at.is_(None)
_DUE_FROM = case((hold.c.until > hold.c.opened_at, hold.c.until), else_=hold.c.opened_at)
_REFUND_ASKED = exists().where(hold.c.order_id == orders.c.id, _OPEN, hold.c.code == HoldCode.REFUND_REQ)
_SUSPENDED = exists().where(hold.c.order_id == orders.c.id, _OPEN, hold.c.code == HoldCode.COURIER_SUSPENDED)
_BETWEEN = "\n"
_LIVE = sorted({ParcelState.PLANNED, *RESERVING})


def _late(
    place: ColumnElement[Any], part: ColumnElement[Any], key: ColumnElement[Any], at: ColumnElement[Any]
) -> Select[Any]:
    return select(place.label("place"), part.label("part"), key.label("id"), at.label("at"))


def _first(at: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.min(at, type_=at.type)


_OWING = (parcel.c.id == parcel_item.c.parcel_id, parcel.c.state == ParcelState.OWED, ~parcel_item.c.dropped)
_OWED = _late(
    literal(0), literal(""), parcel_item.c.order_id, func.min(parcel.c.state_at, type_=parcel.c.state_at.type)
)
_OWED = _OWED.where(*_OWING).group_by(parcel_item.c.order_id)
_OWED_SKUS = select(
    parcel_item.c.sku,
    func.count(parcel_item.c.order_id.distinct()).label("orders"),
    func.sum(parcel_item.c.quantity).label("units"),
)
_OWED_SKUS = _OWED_SKUS.where(*_OWING).group_by(parcel_item.c.sku)


_CLOCK_SINCE = func.coalesce(orders.c.paid_at, orders.c.placed_at, orders.c.created_at, type_=orders.c.created_at.type)
_DOC = stock_doc.c
_DOC_OPEN = _DOC.state.in_(sorted(WORKED | {DocState.WAITING}))
_DOC_PART = case(
    (_DOC.state == DocState.WAITING, literal("waiting")),
    (_DOC.state == DocState.IN_TRANSIT, literal("transit")),
    (and_(_DOC.kind == DocKind.COUNT, _DOC.holder_id.is_(None)), literal("count")),
    (_DOC.kind.in_([DocKind.RECEIPT, DocKind.MOVE]), literal(Role.RECEIVER.value)),
    else_=literal(Role.PICKER.value),
)
_DOC_WHERE = func.coalesce(_DOC.to_warehouse_id, _DOC.warehouse_id)
_DOC_PLACE = case((_DOC.state == DocState.OPEN, _DOC.warehouse_id), else_=_DOC_WHERE)
_TOUCHED = func.coalesce(
    select(func.max(event.c.at, type_=event.c.at.type))
    .where(event.c.subject == "stock_doc", event.c.subject_id == _DOC.id, event.c.verb != ASKED_AGAIN)
    .scalar_subquery(),
    _DOC.made_at,
)

_FAILED = reply.c.error != literal_column("''")
"""As the index says it: a bound '' would not find it."""


def _bound(pile: Pile) -> Bound:
    held, country, province, *below = pile.part.split(_BETWEEN)
    city, district = below or ("", "")
    to = Receiver(country=country, province=province, city=city, district=district)
    return Bound(pile.place, bool(held), to, pile)


class Piles:
    """Implements domain.watch.lookout.Piles."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _piles(self, late: Select[Any] | CompoundSelect[Any]) -> list[Pile]:
        """`late` selects place, part, id, at."""
        inner = late.subquery()
        heap = [inner.c.place, inner.c.part]
        rank = func.row_number().over(partition_by=heap, order_by=[inner.c.at, inner.c.id]).label("rank")
        ranked = select(inner, func.count().over(partition_by=heap).label("size"), rank).subquery()
        opened = select(ranked).where(ranked.c.rank <= FIRST)
        found: dict[tuple[int, str], Pile] = {}
        ids: dict[tuple[int, str], list[int]] = defaultdict(list)
        for row in self._sql.rows(opened.order_by(ranked.c.place, ranked.c.part, ranked.c.rank)):
            key = (row.place, row.part)
            ids[key].append(row.id)
            found.setdefault(key, Pile(row.place, row.part, row.size, row.at, ()))
        return [Pile(p.place, p.part, p.count, p.oldest, tuple(ids[key])) for key, p in found.items()]

    def approvals(self, before: datetime) -> list[Pile]:
        """By shop: clean orders in REVIEW that came before."""
        late = _late(orders.c.shop_id, literal(""), orders.c.id, orders.c.created_at)
        return self._piles(late.where(_IN_REVIEW, ~orders.c.held, orders.c.created_at < before))

    def holds(self, before: Mapping[HoldCode, datetime], owners: Mapping[HoldCode, Role]) -> list[Pile]:
        """By shop and owner, those with the warehouse apart: orders with an open hold that somebody has been waited for
        since before its code's moment (`Hold.due_from`), each once."""
        role = case(*((hold.c.code == code, literal(role.value)) for code, role in owners.items()), else_="")
        owner = role + case((_IN_REVIEW, literal("")), else_=RELEASED)
        overdue = or_(*(and_(hold.c.code == code, at > _DUE_FROM) for code, at in before.items()))
        late = _late(orders.c.shop_id, owner, orders.c.id, func.min(_DUE_FROM, type_=hold.c.opened_at.type))
        late = late.join(orders, orders.c.id == hold.c.order_id).where(_HELD_IN, _OPEN, overdue)
        return self._piles(late.group_by(orders.c.shop_id, "part", orders.c.id))

    def dispatch(self, ends: Mapping[str, datetime], *, shops: frozenset[int] | None = None) -> list[Pile]:
        """By shop and bucket: orders still to be shipped that are due up to its end, each in the first bucket that
        reaches it. While a refund is asked for, nobody waits for the parcel."""
        reached = [(orders.c.due_at <= end, literal(name)) for name, end in ends.items()]
        late = _late(orders.c.shop_id, case(*reached, else_=""), orders.c.id, _CLOCK_SINCE)
        late = late.where(orders.c.status.in_(TO_SHIP), ~_REFUND_ASKED, orders.c.due_at <= max(ends.values()))
        return self._piles(late.where(in_shops(shops)))

    def parcels(self, states: Collection[ParcelState], before: datetime) -> list[Pile]:
        """By warehouse: parcels in one of these states since before."""
        place = func.coalesce(parcel.c.warehouse_id, 0)
        late = _late(place, literal(""), parcel.c.id, parcel.c.state_at)
        return self._piles(late.where(parcel.c.state.in_(sorted(states)), parcel.c.state_at < before))

    def unlisted(self, before: datetime) -> list[Pile]:
        """By warehouse: parcels handed over before to a courier that signs lists, and on none."""
        place = func.coalesce(parcel.c.warehouse_id, 0)
        late = _late(place, literal(""), parcel.c.id, parcel.c.handed_over_at)
        return self._piles(late.where(*MISSED, parcel.c.handed_over_at < before))

    def returns(self, before: datetime) -> list[Pile]:
        """All in one: unclaimed returns that came before."""
        came = func.coalesce(return_parcel.c.arrived_at, return_parcel.c.created_at)
        late = _late(literal(0), literal(""), return_parcel.c.id, came)
        return self._piles(late.where(return_parcel.c.state == ReturnState.UNCLAIMED, came < before))

    def left(self, before: datetime) -> list[Pile]:
        """By shop: orders of parcels that had left when their stop came, before, and that nobody has answered for."""
        late = _late(orders.c.shop_id, literal(""), stop.c.order_id, _first(stop.c.opened_at))
        late = late.join(orders, orders.c.id == stop.c.order_id).where(stop.c.state == StopState.TOO_LATE)
        late = late.where(stop.c.acked_at.is_(None), stop.c.opened_at < before)
        return self._piles(late.group_by(orders.c.shop_id, stop.c.order_id))

    def recalls(self, before: datetime) -> list[Pile]:
        """By shop: orders of recalls registered before that no courier was asked about, nor will be by the clock."""
        late = _late(recall.c.shop_id, literal(""), recall.c.order_id, _first(recall.c.opened_at))
        late = late.where(recall.c.state == RecallState.REGISTERED, recall.c.next_at.is_(None))
        return self._piles(late.where(recall.c.opened_at < before).group_by(recall.c.shop_id, recall.c.order_id))

    def untold(self) -> list[Pile]:
        """By shop: orders whose refund has an answer the platform did not take and is not told again by the clock."""
        late = _late(reply.c.shop_id, literal(""), reply.c.order_id, _first(reply.c.decided_at))
        late = late.where(reply.c.verdict.in_(sorted(SAID)), reply.c.next_at.is_(None), _FAILED)
        late = late.where(reply.c.order_id.is_not(None), reply.c.said != reply.c.verdict)
        return self._piles(late.group_by(reply.c.shop_id, reply.c.order_id))

    def not_taken_back(self, attempts: int) -> list[Pile]:
        """By e-waybill account: numbers the courier did not take back, so often asked."""
        late = _late(ewaybill.c.account_id, literal(""), ewaybill.c.id, ewaybill.c.changed_at)
        again = and_(ewaybill.c.state == WaybillState.TO_VOID, ewaybill.c.attempts >= attempts)
        return self._piles(late.where(or_(ewaybill.c.state == WaybillState.VOID_FAILED, again)))

    def stock_docs(self, before: Mapping[str, datetime]) -> list[Pile]:
        """By warehouse where it is worked and part (waiting, transit, count, receiver, picker): open stock documents
        that nobody has touched since their part's moment."""
        late = _late(_DOC_PLACE, _DOC_PART, stock_doc.c.id, _TOUCHED).where(_DOC_OPEN).subquery()
        overdue = [and_(late.c.part == part, late.c.at < at) for part, at in before.items()]
        return self._piles(select(late).where(or_(*overdue)))

    def short(self) -> tuple[list[Pile], list[Shortage]]:
        """Orders in REVIEW that are out of stock, and those that are owed goods: all in one pile, and by sku, the most
        orders first."""
        waits = (_IN_REVIEW, _OPEN, hold.c.code == HoldCode.OUT_OF_STOCK)
        late = _late(literal(0), literal(""), orders.c.id, hold.c.opened_at)
        late = late.join(orders, orders.c.id == hold.c.order_id).where(*waits)
        piles = self._piles(late.union_all(_OWED))
        evidence = type_coerce(hold.c.evidence, Text)
        alike = select(evidence.label("evidence"), func.count().label("orders"))
        alike = alike.join(orders, orders.c.id == hold.c.order_id).where(*waits).group_by(evidence)
        by_sku: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        told = [(json.loads(row.evidence), row.orders) for row in self._sql.rows(alike)] if piles else []
        missing = [(seen["sku"], count, count * int(seen["need"] or 0)) for seen, count in told]
        missing += [(row.sku, row.orders, row.units) for row in self._sql.rows(_OWED_SKUS)] if piles else []
        for sku, more, wanted in missing:
            count, units = by_sku[sku]
            by_sku[sku] = (count + more, units + wanted)
        ordered = sorted(by_sku.items(), key=lambda item: (-item[1][0], item[0]))
        return piles, [Shortage(sku, count, units) for sku, (count, units) in ordered]

    def to_ship(self, *, deep: bool = False) -> list[Bound]:
        """By courier, place and whether a suspension holds them: orders not yet shipped."""
        boxes = (
            select(parcel_item.c.order_id, func.max(parcel.c.courier_id).label("courier_id"))
            .join(parcel, parcel.c.id == parcel_item.c.parcel_id)
            .where(parcel.c.state.in_(_LIVE))
            .group_by(parcel_item.c.order_id)
            .subquery()
        )
        there = [orders.c.receiver_country, orders.c.receiver_province]
        there += [orders.c.receiver_city, orders.c.receiver_district] if deep else []
        part: ColumnElement[str] = case((_SUSPENDED, literal("1")), else_="")
        for column in there:
            part = part + literal(_BETWEEN) + column
        late = _late(func.coalesce(boxes.c.courier_id, 0), part, orders.c.id, _CLOCK_SINCE)
        late = late.select_from(orders).join(boxes, boxes.c.order_id == orders.c.id, isouter=True)
        return [_bound(pile) for pile in self._piles(late.where(orders.c.status.in_(TO_SHIP)))]

    def in_review(self, ages: Mapping[str, datetime], shops: frozenset[int] | None) -> dict[str, int]:
        """Age -> orders in REVIEW: each counts for the first age whose moment it came after; '' = older than all."""
        age = case(*((orders.c.created_at > at, literal(name)) for name, at in ages.items()), else_="").label("age")
        counted = select(age, func.count().label("orders")).where(_IN_REVIEW, in_shops(shops)).group_by("age")
        return {row.age: row.orders for row in self._sql.rows(counted)}

    def oldest_holds(self, shops: frozenset[int] | None, limit: int) -> list[int]:
        """Held orders in REVIEW, the longest held first."""
        since = func.min(hold.c.opened_at)
        held = select(orders.c.id).join(hold, hold.c.order_id == orders.c.id).where(_IN_REVIEW, _OPEN)
        held = held.where(in_shops(shops))
        ordered = held.group_by(orders.c.id).order_by(since, orders.c.id).limit(limit)
        return [row.id for row in self._sql.rows(ordered)]
