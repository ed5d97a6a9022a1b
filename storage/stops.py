"""Stops and what belongs to them: answers to platforms, recalls, when shops were heard."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, select

from domain.errors import LostRace, Unknown
from domain.floor.parcels import OPEN_STOPS, Stage, Stop, StopKind
from domain.policy.policy_stops import FeedSource, RecallKind
from domain.records import ReturnState
from domain.stops.stop_desk import (
    COMING,
    SAID,
    Answered,
    Board,
    Ended,
    Feed,
    Recall,
    RecallState,
    Reply,
    StopFact,
    Verdict,
)
from storage import stop_rates
from storage.sql import Shape, Sql, among
from storage.tables.parcels import parcel, parcel_item, stop
from storage.tables.records import return_item, return_parcel
from storage.tables.stops import recall, reply, shop_feed

STOP = Shape(Stop, stop)
FACT = Shape(StopFact, stop)
REPLY = Shape(Reply, reply)
RECALL = Shape(Recall, recall)
ANSWERED = Shape(Answered, reply)

_STOPS_OF = select(*STOP.columns).where(among(stop.c.parcel_id)).order_by(stop.c.id)
_PILES = select(stop.c.stage, func.count().label("stops"), func.min(stop.c.opened_at).label("oldest"))
_REPLIES = select(*REPLY.columns)
_REPLIES_OF = _REPLIES.where(among(reply.c.refund_no), reply.c.shop_id == bindparam("shop"))
_REPLIES_BY_ID = _REPLIES.where(among(reply.c.id))
_RECALLS = select(*RECALL.columns)
_RECALLS_BY_ID = _RECALLS.where(among(recall.c.id))
_RECALLS_OF = _RECALLS.where(among(recall.c.parcel_id)).order_by(recall.c.id)
_FEEDS = select(shop_feed).order_by(shop_feed.c.shop_id, shop_feed.c.source)


class Stops:
    """Implements domain.stops.stop_desk.Stops."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _load(self, statement: Select[Any]) -> list[Stop]:
        return [STOP.thing(row) for row in self._sql.rows(statement)]

    def get(self, stop_id: int) -> Stop:
        """Raises Unknown('stop')."""
        found = self._load(select(*STOP.columns).where(stop.c.id == stop_id))
        if not found:
            raise Unknown("stop", str(stop_id))
        return found[0]

    def add(self, new: Stop) -> Stop:
        """Insert (the id given is ignored) and return it with its id."""
        return replace(new, id=self._sql.insert_new(stop, STOP.row(new)))

    def save(self, changed: Stop) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(stop, [STOP.row(changed)])

    def of_parcels(self, parcel_ids: Collection[int]) -> dict[int, tuple[Stop, ...]]:
        """parcel id -> its stops by id; parcels without any are missing."""
        result: dict[int, tuple[Stop, ...]] = defaultdict(tuple)
        for row in self._sql.rows_in(_STOPS_OF, parcel_ids):
            result[row.parcel_id] += (STOP.thing(row),)
        return dict(result)

    def open_of(self, warehouse_id: int | None) -> list[Stop]:
        """Open stops, oldest first."""
        statement = select(*STOP.columns).where(stop.c.state.in_(sorted(OPEN_STOPS)))
        if warehouse_id is not None:
            here = select(parcel.c.id).where(parcel.c.warehouse_id == warehouse_id)
            statement = statement.where(stop.c.parcel_id.in_(here))
        return self._load(statement.order_by(stop.c.opened_at, stop.c.id))

    def board(self, warehouses: frozenset[int] | None, mine: int | None, first: int, newest: int) -> Board:
        """Open stops of these warehouses: those that name the person `mine`, then the oldest."""
        piles = _open_here(_PILES, warehouses)
        stages = {Stage(row.stage): (row.stops, row.oldest) for row in self._sql.rows(piles.group_by(stop.c.stage))}
        order = (case((stop.c.named_id == (mine or 0), 0), else_=1), stop.c.opened_at, stop.c.id)
        shown = self._load(_open_here(select(*STOP.columns), warehouses).order_by(*order).limit(first))
        if sum(count for count, _ in stages.values()) <= len(shown):
            return Board(tuple(shown), (), stages)
        others = _open_here(select(parcel.c.waybill), warehouses).where(stop.c.id.not_in([one.id for one in shown]))
        rows = self._sql.rows(others.order_by(stop.c.opened_at.desc(), stop.c.id.desc()).limit(newest))
        return Board(tuple(shown), tuple(row.waybill for row in rows), stages)

    def due(self, now: datetime, limit: int) -> list[Stop]:
        """Open stops whose next_at has come, longest due first."""
        statement = select(*STOP.columns).where(stop.c.state.in_(sorted(OPEN_STOPS)), stop.c.next_at <= now)
        return self._load(statement.order_by(stop.c.next_at, stop.c.id).limit(limit))

    def facts(self, since: datetime, warehouses: frozenset[int] | None) -> list[StopFact]:
        """Refunds' stops opened since, of parcels of these warehouses."""
        statement = select(*FACT.columns, parcel.c.courier_id).join(parcel, parcel.c.id == stop.c.parcel_id)
        statement = statement.where(stop.c.opened_at >= since, stop.c.kind == StopKind.REFUND)
        if warehouses is not None:
            statement = statement.where(parcel.c.warehouse_id.in_(sorted(warehouses)))
        return [FACT.thing(row[:-1], courier_id=row.courier_id) for row in self._sql.rows(statement)]

    def ended(self, since: datetime, warehouses: frozenset[int] | None) -> list[Ended]:
        """Refunds told since that were before the hand-over and are decided, by stage and courier."""
        return stop_rates.ended(self._sql, since, warehouses)


def _open_here(statement: Select[Any], warehouses: frozenset[int] | None) -> Select[Any]:
    """Of open stops in these warehouses; parcels are joined."""
    here = statement.join_from(stop, parcel, parcel.c.id == stop.c.parcel_id).where(
        stop.c.state.in_(sorted(OPEN_STOPS))
    )
    return here if warehouses is None else here.where(parcel.c.warehouse_id.in_(sorted(warehouses)))


class Replies:
    """Implements domain.stops.stop_desk.Replies."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def of(self, shop_id: int, refund_nos: Collection[str]) -> dict[str, Reply]:
        """By the platform's refund number."""
        rows = self._sql.rows_in(_REPLIES_OF, refund_nos, shop=shop_id)
        return {row.refund_no: REPLY.thing(row) for row in rows}

    def many(self, reply_ids: Collection[int]) -> dict[int, Reply]:
        """By id; missing ones are missing."""
        return {row.id: REPLY.thing(row) for row in self._sql.rows_in(_REPLIES_BY_ID, reply_ids)}

    def add(self, new: Reply) -> Reply:
        """Insert (the id given is ignored) and return it with its id. Raises LostRace when it is there already."""
        values = {key: value for key, value in REPLY.row(new).items() if key != "id"}
        row = self._sql.row(self._sql.upsert(reply).values(values).on_conflict_do_nothing().returning(reply.c.id))
        if row is None:
            raise LostRace("reply")
        return replace(new, id=row.id)

    def save(self, replies: Sequence[Reply]) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(reply, [REPLY.row(one) for one in replies])

    def to_say(self, now: datetime, limit: int) -> list[Reply]:
        """Those whose next_at has come, longest due first."""
        statement = _REPLIES.where(reply.c.next_at <= now).order_by(reply.c.next_at, reply.c.id).limit(limit)
        return [REPLY.thing(row) for row in self._sql.rows(statement)]

    def late(self, now: datetime, limit: int) -> list[Reply]:
        """Those that still WAIT after their due_at."""
        statement = _REPLIES.where(reply.c.verdict == Verdict.WAIT, reply.c.due_at <= now)
        return [REPLY.thing(row) for row in self._sql.rows(statement.order_by(reply.c.due_at, reply.c.id).limit(limit))]

    def answered(self, since: datetime, shops: frozenset[int] | None, limit: int) -> list[Answered]:
        """Decided answers to what was asked since, the newest first."""
        statement = select(*ANSWERED.columns).where(reply.c.verdict.in_(sorted(SAID)), reply.c.asked_at >= since)
        if shops is not None:
            statement = statement.where(reply.c.shop_id.in_(sorted(shops)))
        statement = statement.where(reply.c.decided_at.is_not(None)).order_by(reply.c.id.desc()).limit(limit)
        return [ANSWERED.thing(row) for row in self._sql.rows(statement)]


_BRINGS_BACK = and_(recall.c.state == RecallState.ACCEPTED, recall.c.kind != RecallKind.ADDRESS)
_RECALLED = (
    select(func.sum(parcel_item.c.quantity).label("units"))
    .join(recall, recall.c.parcel_id == parcel_item.c.parcel_id)
    .where(_BRINGS_BACK, parcel_item.c.sku == bindparam("sku"), parcel_item.c.dropped.is_(False))
)
_ANNOUNCED = (
    select(func.sum(return_item.c.expected).label("units"))
    .join(return_parcel, return_parcel.c.id == return_item.c.return_id)
    .where(
        return_parcel.c.state == ReturnState.EXPECTED,
        return_item.c.sku == bindparam("sku"),
        return_item.c.order_id.not_in(select(recall.c.order_id).where(_BRINGS_BACK)),
    )
)


class Recalls:
    """Implements domain.stops.stop_desk.Recalls."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _load(self, statement: Select[Any]) -> list[Recall]:
        return [RECALL.thing(row) for row in self._sql.rows(statement)]

    def get(self, recall_id: int) -> Recall:
        """Raises Unknown('recall')."""
        found = self._load(_RECALLS.where(recall.c.id == recall_id))
        if not found:
            raise Unknown("recall", str(recall_id))
        return found[0]

    def many(self, recall_ids: Collection[int]) -> dict[int, Recall]:
        """By id; missing ones are missing."""
        rows = self._sql.rows_in(_RECALLS_BY_ID, recall_ids)
        return {row.id: RECALL.thing(row) for row in rows}

    def of_parcels(self, parcel_ids: Collection[int]) -> dict[int, tuple[Recall, ...]]:
        """parcel id -> its recalls by id; parcels without any are missing."""
        result: dict[int, tuple[Recall, ...]] = defaultdict(tuple)
        for row in self._sql.rows_in(_RECALLS_OF, parcel_ids):
            result[row.parcel_id] += (RECALL.thing(row),)
        return dict(result)

    def add(self, new: Recall) -> Recall:
        """Insert (the id given is ignored) and return it with its id."""
        return replace(new, id=self._sql.insert_new(recall, RECALL.row(new)))

    def save(self, changed: Recall) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(recall, [RECALL.row(changed)])

    def coming(self, shops: frozenset[int] | None, limit: int) -> list[Recall]:
        """Those not at their end, oldest first."""
        statement = _in_shops(_RECALLS, shops).where(recall.c.state.in_(sorted(COMING)), recall.c.closed_at.is_(None))
        return self._load(statement.order_by(recall.c.opened_at, recall.c.id).limit(limit))

    def coming_back(self, sku: str) -> tuple[int, int]:
        """Units of it on their way back: in parcels a courier said it brings back, and in announced returns of other
        orders."""
        row = self._sql.row(_RECALLED, sku=sku)
        announced = self._sql.row(_ANNOUNCED, sku=sku)
        return (row.units or 0 if row else 0), (announced.units or 0 if announced else 0)

    def to_ask(self, now: datetime, limit: int) -> list[Recall]:
        """Those not at their end whose next_at has come."""
        statement = _RECALLS.where(recall.c.state.in_(sorted(COMING)), recall.c.next_at <= now)
        return self._load(statement.order_by(recall.c.next_at, recall.c.id).limit(limit))

    def since(self, at: datetime, shops: frozenset[int] | None) -> list[Recall]:
        """Opened since."""
        return self._load(_in_shops(_RECALLS, shops).where(recall.c.opened_at >= at).order_by(recall.c.id))


def _in_shops(statement: Select[Any], shops: frozenset[int] | None) -> Select[Any]:
    return statement if shops is None else statement.where(recall.c.shop_id.in_(sorted(shops)))


class Feeds:
    """Implements domain.stops.stop_desk.Feeds."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def all(self) -> list[Feed]:
        """By shop and source."""
        return [Feed(row.shop_id, FeedSource(row.source), row.heard_at) for row in self._sql.rows(_FEEDS)]

    def heard(self, feed: Feed) -> None:
        """Keep the moment in the place of an earlier one."""
        statement = self._sql.upsert(shop_feed).values(shop_id=feed.shop_id, source=feed.source, heard_at=feed.heard_at)
        news = {"heard_at": statement.excluded.heard_at}
        self._sql.change(statement.on_conflict_do_update(index_elements=["shop_id", "source"], set_=news))
